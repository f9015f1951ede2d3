/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"
#include "policy/profile.h"
#include "report/report.h"
#include "rules/rules.h"

const char *cli_words(const char *set, size_t index)
{
    if (strcmp(set, "profiles") == 0)
        return index <= PROFILE_ALL ? profile_level_name((enum profile_level)index) : NULL;
    if (strcmp(set, "rules") == 0)
        return index < rules_all.count ? rules_all.rules[index]->id : NULL;
    for (size_t i = 0; i <= index; i++)
        if (!report_formats[i])
            return NULL;
    return report_formats[index]->name;
}
