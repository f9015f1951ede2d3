/* SPDX-License-Identifier: Apache-2.0
 *
 * One pattern as gitignore(5) has them: ! negates, a slash at the start or in the middle anchors, a
 * slash at the end means directories, * ? [] do not match a slash, ** does.
 */
#ifndef CONFIG_GLOB_H
#define CONFIG_GLOB_H

#include "base/buf.h"
#include "base/diag.h"
#include "base/str.h"

#include <stdbool.h>

struct glob {
    void *code, *match, *context; /* PCRE2's */
    bool negated;
    bool directories; /* matches only directories */
    bool no_memory;   /* a match had not enough, and is not known */
};

/* False with diag when the pattern is malformed (an open bracket) or memory ran out; *glob holds
 * nothing then. */
bool glob_init(struct glob *glob, struct str pattern, struct diag *diag);
void glob_release(struct glob *glob);
/* path is relative to where the pattern is from. Negation is the caller's business. A pattern that
 * takes too long on a hostile name does not match. */
bool glob_match(struct glob *glob, struct str path, bool is_directory);

#endif
