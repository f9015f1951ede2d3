/* SPDX-License-Identifier: Apache-2.0
 *
 * A cluster on paper and a caller of admission/: request bytes in, HTTP status, body and metric
 * lines out. Half of the namespaces are in the inventory, the others must be asked for; pods come
 * in pages.
 */
#ifndef TESTS_SUPPORT_ADMISSION_H
#define TESTS_SUPPORT_ADMISSION_H

#include "admission/admission.h"
#include "load/json.h"

struct admission_world {
    struct arena arena; /* the cluster's text and tree */
    struct doc doc;
    const struct inventory *inventory;
    struct json_reader reader;
    uint32_t page; /* pods a page */
    int64_t tick;  /* nanoseconds that each look at the clock takes */
    int64_t clock;
    size_t ceiling;      /* of a request's arena */
    const char *failure; /* text of every answer of the API server, instead of one; NULL: none */
};

/* text: {"namespaces": [{"metadata": …}], "pods": {"NAMESPACE": [Pod …]}}; it must outlive the
 * world. Exits when it cannot be read. */
void admission_world_init(struct admission_world *world, struct str text);
void admission_world_release(struct admission_world *world);

struct admission_result {
    unsigned status; /* HTTP: 200, 400 or 500 */
    struct buf body;
    struct admission_record record; /* only its counts, sets and enums are valid after the run */
};

/* timeout in nanoseconds, or negative for none. Calls count with each metric's line, without a
 * value, when it is not NULL. result->body is to be initialised by the caller; it is cleared. */
typedef void admission_count_fn(void *context, struct str line);
void admission_run(struct admission_world *world, const struct admission_config *config,
                   struct str body, int64_t timeout, struct admission_result *result,
                   admission_count_fn *count, void *context);

#endif
