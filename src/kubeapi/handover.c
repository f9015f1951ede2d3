/* SPDX-License-Identifier: Apache-2.0
 *
 * What one worker knew of the namespaces, for the next: after a crash while the API server is out
 * of reach they are judged on, by labels a second older. It is a list as the API server would send
 * it, so that it is read as one.
 */
#include "base/jsonw.h"
#include "kubeapi/internal.h"
#include "load/json.h"
#include "load/source.h"

#include <errno.h>
#include <stdio.h>

static void write_namespace(struct jsonw *w, const struct inventory_namespace *ns)
{
    jsonw_object(w);
    jsonw_key(w, "metadata");
    jsonw_object(w);
    jsonw_key_value(w, "name", ns->name);
    if (ns->terminating)
        jsonw_key_bool(w, "deletionTimestamp", true);
    jsonw_key(w, "labels");
    jsonw_object(w);
    for (uint32_t i = 0; i < ns->label_count; i++) {
        jsonw_key_str(w, ns->labels[i].key);
        jsonw_str(w, ns->labels[i].value);
    }
    jsonw_object_end(w);
    jsonw_object_end(w);
    jsonw_object_end(w);
}

static void write_list(struct buf *out, const struct inventory *inventory)
{
    struct jsonw w;
    jsonw_init(&w, out, 0);
    jsonw_object(&w);
    jsonw_key(&w, "items");
    jsonw_array(&w);
    for (size_t i = 0; i < inventory_namespace_count(inventory); i++)
        write_namespace(&w, inventory_namespace_at(inventory, i));
    jsonw_array_end(&w);
    jsonw_object_end(&w);
}

void cluster_keep(struct cluster *c)
{
    const struct inventory *inventory = c->options.state_dir ? NULL : cluster_inventory(c);
    if (!c->options.kept || !inventory || inventory == c->handed_over) {
        inventory_drop(inventory);
        return;
    }
    struct buf list;
    buf_init(&list, CLUSTER_PAGE_BYTES);
    write_list(&list, inventory);
    errno = ENOMEM;
    struct str part = buf_str(&list);
    if (list.failed || !kept_store(c->options.kept, &part, 1)) {
        char text[200];
        snprintf(text, sizeof text, "the namespaces cannot be kept for a worker after a crash: %s",
                 source_error(errno).text);
        cluster_log(c, CLUSTER_STATE_ERROR, text);
    }
    buf_release(&list);
    inventory_drop(c->handed_over); /* held, so that no other snapshot has its address */
    c->handed_over = inventory;
}

static const struct inventory *read_list(struct str text)
{
    struct json_reader reader;
    struct arena arena;
    struct doc doc;
    struct inventory_edit edit;
    arena_init(&arena, CLUSTER_PAGE_ARENA);
    json_reader_init(&reader);
    inventory_edit_init(&edit, NULL);
    bool ok = json_read(&reader, text, &arena, &doc, &(struct diag){0});
    doc_foreach_item (ok ? doc_get(doc.root, N_items) : NULL, object)
        inventory_edit_put(&edit, doc_get(object, N_metadata));
    json_reader_release(&reader);
    arena_release(&arena);
    if (!ok)
        inventory_edit_release(&edit);
    return ok ? inventory_edit_finish(&edit) : NULL;
}

void cluster_take_over(struct cluster *c)
{
    struct arena arena;
    struct str *parts;
    size_t count;
    arena_init(&arena, CLUSTER_PAGE_ARENA);
    const struct inventory *inventory = NULL;
    if (c->options.kept && kept_load(c->options.kept, &arena, &parts, &count) && count == 1)
        inventory = read_list(parts[0]);
    arena_release(&arena);
    if (!inventory)
        return;
    cluster_publish(c, inventory, NULL);
    cluster_log(c, CLUSTER_SYNCED, "namespaces are those that the worker before knew");
}
