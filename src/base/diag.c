/* SPDX-License-Identifier: Apache-2.0 */
#include "base/diag.h"

#include <stdarg.h>
#include <stdio.h>

bool diag_set(struct diag *diag, enum diag_code code, uint32_t begin, uint32_t end,
              const char *format, ...)
{
    if (!diag || diag->code != DIAG_NONE)
        return false;
    diag->code = code;
    diag->begin = begin;
    diag->end = end;
    va_list args;
    va_start(args, format);
    vsnprintf(diag->text, sizeof diag->text, format, args);
    va_end(args);
    return false;
}
