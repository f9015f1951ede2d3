/* SPDX-License-Identifier: Apache-2.0
 *
 * What several test programs share.
 */
#ifndef TESTS_SUPPORT_H
#define TESTS_SUPPORT_H

#include "base/str.h"

/* The folder of external inputs, or NULL; who needs it and has none prints so and skips. */
const char *support_shared(void);
/* The whole file, terminated, from malloc; exits when unreadable. */
struct str support_read_file(const char *path);

#endif
