/* SPDX-License-Identifier: Apache-2.0 */
#include "load/json.h"

#include <criterion/criterion.h>

/* Of a review over a ceiling all is kept but the two objects, whose syntax still counts. */
Test(json, an_outline)
{
    static struct json_reader reader;
    struct arena arena;
    struct doc doc;
    struct diag diag = {0};
    static char text[2 * LIMIT_DOC_NODES + 200];
    const char head[] = "{\"object\":{\"a\":1},\"request\":{\"uid\":\"u\",\"oldObject\":null,"
                        "\"object\":{\"spec\":[";
    char *p = stpcpy(text, head);
    for (uint32_t i = 0; i <= LIMIT_DOC_NODES; i++)
        p = stpcpy(p, "0,");
    stpcpy(p, "0]},\"options\":{\"object\":{\"b\":2}}}}");
    struct str s = str_from(text);
    arena_init(&arena, LIMIT_REQUEST_ARENA);
    json_reader_init(&reader);
    cr_assert(!json_read(&reader, s, &arena, &doc, &diag) && diag.code == DIAG_LIMIT);
    diag = (struct diag){0};
    arena_clear(&arena);
    cr_assert(json_read_outline(&reader, s, &arena, &doc, &diag), "%s", diag.text);
    const struct doc_node *request = doc_get_str(doc.root, STR("request"));
    const struct doc_node *object = doc_get_str(request, STR("object"));
    cr_expect(str_is(doc_str(doc_get_str(request, STR("uid"))), "u"));
    cr_expect(object && object->kind == DOC_MAP && object->flags & DOC_OPAQUE && !object->len);
    cr_expect(doc_get_str(request, STR("oldObject"))->kind == DOC_NULL);
    cr_expect(doc_get_str(doc_get_str(doc.root, STR("object")), STR("a")),
              "one that is not the request's");
    cr_expect(
        doc_get_str(doc_get_str(doc_get_str(request, STR("options")), STR("object")), STR("b")));
    strstr(text, "0]")[0] = 'x';
    diag = (struct diag){0};
    cr_expect(!json_read_outline(&reader, s, &arena, &doc, &diag) && diag.code == DIAG_SYNTAX);
    cr_expect(!reader.outline);
    json_reader_release(&reader);
    arena_release(&arena);
}
