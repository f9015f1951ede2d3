/* SPDX-License-Identifier: Apache-2.0
 *
 * What libyaml found wrong, said so that the reader of the message knows what to write instead.
 */
#ifndef LOAD_YAML_PROBLEM_H
#define LOAD_YAML_PROBLEM_H

#include "base/diag.h"
#include "base/str.h"

/* As libyaml tells it; offsets in the source's bytes. */
struct yaml_problem {
    const char *problem; /* may be NULL */
    uint32_t at;         /* where it was noticed */
    uint32_t start;      /* where the thing began that could not be finished, or the document */
};

/* Sets diag; returns false. end: of the document in text. */
bool yaml_problem_report(struct diag *diag, struct str text, uint32_t end,
                         struct yaml_problem problem);
/* Where the line holds `{{`: sets diag and returns true, for the text is a template. */
bool yaml_problem_template(struct diag *diag, struct str text, uint32_t at);
/* A character that YAML does not allow. */
bool yaml_problem_character(struct diag *diag, uint32_t at, uint32_t code);

#endif
