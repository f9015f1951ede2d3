/* SPDX-License-Identifier: Apache-2.0 */
#include "base/str.h"
typedef int placeholder_until_written;
