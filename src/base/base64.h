/* SPDX-License-Identifier: Apache-2.0
 *
 * Base64 as Go's StdEncoding reads it: the standard alphabet, padding required, line ends ignored.
 */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include "base/arena.h"

bool base64_check(struct str text);
/* The bytes of text, in the arena; false where it is no base64 or the arena failed. */
bool base64_decode(struct arena *arena, struct str text, struct str *bytes);

#endif
