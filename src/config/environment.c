/* SPDX-License-Identifier: Apache-2.0
 *
 * getenv, allowed in this file only.
 */
#include "config/environment.h"

#include <stdlib.h>

#undef getenv

const char *environment(const char *name)
{
    return getenv(name);
}
