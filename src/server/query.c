/* SPDX-License-Identifier: Apache-2.0 */
#include "server/query.h"

bool query_value(struct str query, struct str key, struct str *value)
{
    while (query.len > 0) {
        struct str pair = str_take(query, str_find(query, '&'));
        query = str_skip(query, pair.len + 1);
        size_t equals = str_find(pair, '=');
        if (str_equal(str_take(pair, equals), key)) {
            *value = str_skip(pair, equals + 1);
            return true;
        }
    }
    return false;
}
