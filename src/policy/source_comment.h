/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_SOURCE_COMMENT_H
#define POLICY_SOURCE_COMMENT_H

#include "doc/doc.h"

/* The path that `# Source: chart/templates/x.yaml` names among the comments at the head of a
 * document, as `helm template` writes it; empty where there is none. Points into doc->text. */
struct str source_comment(const struct doc *doc);

#endif
