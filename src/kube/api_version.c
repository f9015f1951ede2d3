/* SPDX-License-Identifier: Apache-2.0 */
#include "kube/api_version.h"

static const struct api_version versions[] = {
#define API(kind, version, deprecated, removed, instead)                                           \
    {kind, version, deprecated, removed, instead},
#include "kube/api_versions.def"
#undef API
};

const struct api_version *api_version_find(struct str api_version, struct str kind)
{
    size_t low = 0, high = sizeof versions / sizeof versions[0];
    while (low < high) {
        size_t middle = (low + high) / 2;
        const struct api_version *v = &versions[middle];
        int order = str_compare(kind, str_from(v->kind));
        if (!order)
            order = str_compare(api_version, str_from(v->version));
        if (!order)
            return v;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}
