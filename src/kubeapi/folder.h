/* SPDX-License-Identifier: Apache-2.0
 *
 * The manifests below a folder, as they were at one moment: read whole, then only parsed from
 * memory. Immutable once it is shared, and counted.
 */
#ifndef KUBEAPI_FOLDER_H
#define KUBEAPI_FOLDER_H

#include "base/diag.h"
#include "kube/inventory.h"
#include "kube/object.h"
#include "load/kept.h"

struct folder;

/* Reads all its manifests; diag names the file that could not be. */
struct folder *folder_read(const char *dir, struct diag *diag);
/* What folder_keep stored, maybe in another process. NULL: nothing is kept, or no memory. */
struct folder *folder_load(const struct kept *kept);
/* False: errno says why. */
bool folder_keep(const struct folder *folder, struct kept *kept);
struct folder *folder_hold(struct folder *folder);
/* NULL is allowed. */
void folder_drop(struct folder *folder);

/* A number that differs when a manifest in it came, went or changed: by names, sizes, inodes and
 * times. Reads no file. */
uint64_t folder_signature(const char *dir);

/* Before it is shared: parses all of it. Its namespaces; NULL when a file is broken, with its name,
 * line and column in diag. */
const struct inventory *folder_parse(struct folder *folder, struct diag *diag);
/* After that: calls visit for each object of that kind of v1, until it returns false. The objects'
 * nodes are in the arena, what they say in the folder. False when it was stopped or memory ran out.
 */
bool folder_find(const struct folder *folder, const char *kind, struct arena *arena,
                 object_visit_fn *visit, void *context);

#endif
