/* SPDX-License-Identifier: Apache-2.0 */
#include "doc/doc.h"
typedef int placeholder_until_written;
