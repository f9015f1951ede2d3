/* SPDX-License-Identifier: Apache-2.0 */
#include "pss/pss.h"
typedef int placeholder_until_written;
