/* SPDX-License-Identifier: Apache-2.0
 *
 * A rule for readers: its metadata and the .md beside it.
 */
#ifndef CLI_RULES_PAGE_H
#define CLI_RULES_PAGE_H

#include "base/jsonw.h"
#include "cli/cli.h"
#include "policy/rule.h"

/* Every rule on a line, by category. */
void rules_page_list(struct buf *out, const struct rule_set *set, unsigned width, bool color);
/* One rule for a terminal: the Markdown wrapped, code as it is. */
void rules_page_tty(struct buf *out, const struct rule_set *set, size_t index, unsigned width,
                    bool color);
/* One rule as a section of docs/rules.md. */
void rules_page_markdown(struct buf *out, const struct rule_set *set, size_t index);

#endif
