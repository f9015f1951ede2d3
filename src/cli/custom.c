/* SPDX-License-Identifier: Apache-2.0
 *
 * Custom resources among the inputs are held to the CustomResourceDefinitions among the inputs. A
 * definition may come after its resources, so this is a second run, made only where both were met
 * of one API group, and over the files with custom resources.
 */
#include "base/limits.h"
#include "cli/audit.h"
#include "config/schema_file.h"
#include "load/source.h"

#include <stdlib.h>

static int order_files(const void *left, const void *right)
{
    const struct definition_file *a = left, *b = right;
    return (a->file_index > b->file_index) - (a->file_index < b->file_index);
}

/* False when memory ran out. A file that is gone by now describes nothing. */
static bool add_file(struct schema_import *import, const struct audit *audit,
                     const struct definition_file *file)
{
    struct diag diag = {0};
    struct str text = STR_EMPTY;
    bool read = true;
    if (str_is(file->path, "-"))
        text = audit->gathered[0].standard;
    else if (audit->inputs->revision)
        read = revision_read(audit->inputs->revision, file->path.ptr, import->arena, &text);
    else
        read = source_read(file->path.ptr, import->arena, &text, &diag);
    return read ? schema_text_add(import, text) : diag.code != DIAG_MEMORY;
}

/* In file order, so that the last definition of a kind wins whatever the threads did. */
static bool read_definitions(struct schema *schema, struct audit *audit)
{
    struct gathered *all = &audit->gathered[0];
    struct schema_import import;
    struct diag diag = {0};
    qsort(all->definitions.items, all->definitions.count, sizeof *all->definitions.items,
          order_files);
    schema_import_init(&import, audit->inputs->engine->schema, &all->arena, &diag);
    bool ok = true;
    for (size_t i = 0; ok && i < all->definitions.count; i++)
        ok = add_file(&import, audit, &all->definitions.items[i]);
    diag = (struct diag){0};
    return ok && schema_import_finish(&import, schema);
}

/* Or may have: where there are too many groups to know. */
static bool group_has_both(const struct strmap *groups)
{
    for (size_t i = 0; i < groups->cap; i++)
        if (groups->slots[i].key.ptr &&
            groups->slots[i].value == (ENGINE_UNDESCRIBED | ENGINE_DEFINED))
            return true;
    return groups->count > LIMIT_API_GROUPS;
}

bool audit_run_custom(struct audit *custom, struct audit *audit, const char *const *paths,
                      size_t count)
{
    struct gathered *all = &audit->gathered[0];
    const struct engine *engine = audit->inputs->engine;
    if (!engine || !group_has_both(&all->groups))
        return true;
    struct schema schema;
    struct engine narrow = *engine;
    struct audit_inputs inputs = *audit->inputs;
    bool *none = arena_zalloc(&all->arena, engine->rules->count, sizeof *none);
    if (!none || !read_definitions(&schema, audit))
        return false;
    engine_narrow(&narrow, &schema, none);
    inputs.engine = &narrow;
    inputs.only = all->undescribed.items;
    inputs.only_count = all->undescribed.count;
    inputs.progress = false;
    inputs.standard = all->standard;
    bool ok = audit_run(custom, &inputs, paths, count);
    custom->inputs = NULL;
    if (!ok)
        return false;
    audit_forget_errors(custom, audit);
    return audit_add_errors(audit, custom) &&
           findings_append(&all->findings, &custom->gathered[0].findings) &&
           findings_finish(&all->findings);
}
