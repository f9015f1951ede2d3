/* SPDX-License-Identifier: Apache-2.0
 *
 * What a worker that crashed knew of the namespaces is known to the next, and nothing that is not
 * whole. The API server of these tests is out of reach.
 */
#include "kubeapi/cluster.h"

#include <criterion/criterion.h>

static const struct kubeapi_access nowhere = {.server = {"https://127.0.0.1:1", 19}};
static struct kept *kept;
static struct cluster *cluster;

static void keep(const char *text)
{
    cr_assert(kept_store(kept, &(struct str){text, strlen(text)}, 1));
}

static void start(void)
{
    struct diag diag = {0};
    cluster = cluster_start(
        &(struct cluster_options){.access = &nowhere, .kept = kept, .user_agent = "test"}, &diag);
    cr_assert(cluster, "%s", diag.text);
}

static void begin(void)
{
    cr_assert(kept = kept_new());
}

static void finish(void)
{
    cluster_stop(cluster);
}

TestSuite(handover, .init = begin, .fini = finish, .timeout = 20);

static const char two[] =
    "{\"items\":[{\"metadata\":{\"name\":\"a\",\"labels\":{\"k\\\"\\n\":\"v\",\"l\":\"\"}}},"
    "{\"metadata\":{\"name\":\"b\",\"deletionTimestamp\":true,\"labels\":{}}}]}";

Test(handover, the_next_worker_begins_with_what_is_kept)
{
    struct str value;
    keep(two);
    start();
    const struct inventory *inventory = cluster_inventory(cluster);
    cr_assert_eq(inventory_namespace_count(inventory), 2);
    const struct inventory_namespace *a = inventory_namespace(inventory, STR("a"));
    cr_expect(a && !a->terminating && a->label_count == 2);
    cr_expect(inventory_label(a, STR("k\"\n"), &value) && str_is(value, "v"));
    cr_expect(inventory_namespace(inventory, STR("b"))->terminating);
    inventory_drop(inventory);
    struct cluster_status status;
    cluster_status(cluster, &status);
    cr_expect(status.synced);
    cr_expect_not(status.watching);
}

Test(handover, what_is_known_is_kept_as_it_was_found)
{
    struct arena arena;
    struct str *parts, empty = STR_EMPTY;
    size_t count;
    keep(two);
    start();
    cr_assert(kept_store(kept, &empty, 1));
    cluster_keep(cluster);
    arena_init(&arena, 1 << 20);
    cr_assert(kept_load(kept, &arena, &parts, &count) && count == 1);
    cr_expect(str_is(parts[0], two), "%.*s", STR_ARG(parts[0]));
    /* Nothing has changed since, so nothing is written. */
    cr_assert(kept_store(kept, &empty, 1));
    cluster_keep(cluster);
    cr_assert(kept_load(kept, &arena, &parts, &count) && parts[0].len == 0);
    arena_release(&arena);
}

Test(handover, nothing_or_half_a_list_is_no_knowledge)
{
    struct cluster_status status;
    start();
    cluster_keep(cluster);
    cluster_stop(cluster);
    keep("{\"items\":[{\"metadata\":{\"name\":\"a\"}}");
    start();
    cr_expect_null(cluster_inventory(cluster));
    cluster_status(cluster, &status);
    cr_expect_not(status.synced);
}
