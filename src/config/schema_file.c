/* SPDX-License-Identifier: Apache-2.0 */
#include "config/schema_file.h"

#include "doc/position.h"
#include "kube/object.h"
#include "load/source.h"
#include "load/stream.h"

struct schema_reader {
    struct schema_import import;
    struct diag diag; /* with offsets into the present file */
    bool found;
};

/* Objects beside the definitions of an installation are left alone. */
static bool visit(void *context, const struct stream_item *item)
{
    struct schema_reader *r = context;
    struct object object;
    if (item->error)
        return diag_set(&r->diag, item->error->code, item->error->begin, item->error->end, "%s",
                        item->error->text);
    bool other = object_view(&object, item->doc, item->doc->root) && !object_is_list(&object) &&
                 !schema_import_knows(item->doc->root);
    if (other)
        return true;
    size_t kinds = r->import.kinds.count;
    bool ok = schema_import_document(&r->import, item->doc);
    r->found |= r->import.kinds.count > kinds || !object_is_list(&object);
    return ok;
}

static bool read_file(struct schema_reader *r, const char *path, struct diag *diag)
{
    struct source source = {.name = str_from(path), .text = STR_EMPTY};
    struct diag fault = {0};
    r->diag = (struct diag){0};
    r->found = false;
    if (!source_read(path, r->import.arena, &source.text, &fault))
        return diag_set(diag, fault.code, 0, 0, "schema file %s %s", path, fault.text);
    if (!stream_read(&source, r->import.arena, visit, r))
        diag_set(&r->diag, DIAG_MEMORY, 0, 0, "out of memory");
    else if (!r->found)
        diag_set(&r->diag, DIAG_TYPE, 0, 0,
                 "expected OpenAPI or a CustomResourceDefinition, found neither");
    return r->diag.code == DIAG_NONE ||
           doc_position_fault(diag, source.name, source.text, &r->diag);
}

bool schema_files_read(struct schema *schema, const char *const *paths, size_t count,
                       struct arena *arena, struct diag *diag)
{
    struct schema_reader r;
    schema_import_init(&r.import, &schema_builtin, arena, &r.diag);
    for (size_t i = 0; i < count; i++)
        if (!read_file(&r, paths[i], diag))
            return false;
    r.diag = (struct diag){0};
    return schema_import_finish(&r.import, schema) ||
           diag_set(diag, r.diag.code, 0, 0, "%s", r.diag.text);
}

static bool visit_definition(void *context, const struct stream_item *item)
{
    struct schema_import *import = context;
    if (item->error)
        return item->error->code != DIAG_MEMORY;
    if (!schema_import_document(import, item->doc))
        *import->diag = (struct diag){0};
    return !import->arena->failed;
}

bool schema_text_add(struct schema_import *import, struct str text)
{
    struct source source = {.name = STR_EMPTY, .text = text};
    return stream_read(&source, import->arena, visit_definition, import);
}
