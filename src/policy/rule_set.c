/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/rule.h"
typedef int placeholder_until_written;
