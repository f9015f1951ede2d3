/* SPDX-License-Identifier: Apache-2.0
 *
 * Decoding comes first and stops at the first wrong type; then what strict decoding objects to, all
 * of it; then the defaults; then the exemptions. The order is upstream's, and so are the texts,
 * which name Go types: who searches for one finds the same advice.
 */
#include "config/pod_security.h"

#include "base/quote.h"
#include "config/names.h"
#include "doc/position.h"
#include "kube/type_meta.h"
#include "load/json.h"
#include "load/yaml.h"

#include <stdlib.h>

struct reader {
    struct arena *arena;
    struct str text;
    const struct doc *doc;
    struct pss_config *config;
    struct pod_security_error *error;
    struct str package; /* of the Go types: v1, v1beta1 or v1alpha1 */
    struct buf errors;  /* of one stage, joined by ", " */
    uint32_t error_count;
    uint32_t first_offset; /* where the first of them is */
};

static bool fail_at(struct reader *r, uint32_t offset, struct str text)
{
    struct doc_position position = doc_position_in(r->text, offset);
    *r->error = (struct pod_security_error){position.line, position.column, text};
    return false;
}

static struct str taken(struct reader *r)
{
    struct str text = arena_str(r->arena, buf_str(&r->errors));
    r->arena->failed |= r->errors.failed;
    return text;
}

/* --- a stage that gathers errors --- */

static void next_error(struct reader *r, uint32_t offset)
{
    if (r->error_count++)
        buf_add_c(&r->errors, ", ");
    else
        r->first_offset = offset;
}

/* The gathered errors after a heading, in brackets where several are an aggregate. True when there
 * are none. */
static bool no_errors(struct reader *r, const char *heading, bool brackets)
{
    if (!r->error_count)
        return true;
    struct str list = taken(r);
    buf_clear(&r->errors);
    buf_add_c(&r->errors, heading);
    brackets &= r->error_count > 1;
    buf_add_c(&r->errors, brackets ? "[" : "");
    buf_add_str(&r->errors, list);
    buf_add_c(&r->errors, brackets ? "]" : "");
    return fail_at(r, r->first_offset, taken(r));
}

/* --- order: YAML becomes JSON with sorted keys before anybody looks at it --- */

static int compare_keys(const void *a, const void *b)
{
    const struct doc_entry *x = *(const struct doc_entry *const *)a;
    const struct doc_entry *y = *(const struct doc_entry *const *)b;
    return str_compare(doc_key(x), doc_key(y));
}

/* The map's entries as upstream meets them; NULL when there are none or memory ran out. */
static const struct doc_entry **entries_of(struct reader *r, const struct doc_node *map)
{
    if (!doc_is(map, DOC_MAP) || !map->len)
        return NULL;
    const struct doc_entry **list = arena_zalloc(r->arena, map->len, sizeof *list);
    if (!list)
        return NULL;
    for (uint32_t i = 0; i < map->len; i++)
        list[i] = &map->v.entry[i];
    if (!r->doc->json)
        qsort(list, map->len, sizeof *list, compare_keys);
    return list;
}

/* --- decoding --- */

enum form { FORM_TEXT, FORM_TEXTS, FORM_MAP };

struct field {
    name_t name;
    enum form form;
    const char *type; /* Go's, of a FORM_MAP: PodSecurityDefaults */
    const struct field *fields;
};

static const struct field default_fields[] = {
    {N_enforce, FORM_TEXT, NULL, NULL}, {N_enforce_version, FORM_TEXT, NULL, NULL},
    {N_audit, FORM_TEXT, NULL, NULL},   {N_audit_version, FORM_TEXT, NULL, NULL},
    {N_warn, FORM_TEXT, NULL, NULL},    {N_warn_version, FORM_TEXT, NULL, NULL},
    {N_NONE, FORM_TEXT, NULL, NULL},
};

static const struct field exemption_fields[] = {
    {N_usernames, FORM_TEXTS, NULL, NULL},
    {N_namespaces, FORM_TEXTS, NULL, NULL},
    {N_runtimeClasses, FORM_TEXTS, NULL, NULL},
    {N_NONE, FORM_TEXT, NULL, NULL},
};

static const struct field configuration_fields[] = {
    {N_kind, FORM_TEXT, NULL, NULL},
    {N_apiVersion, FORM_TEXT, NULL, NULL},
    {N_defaults, FORM_MAP, "PodSecurityDefaults", default_fields},
    {N_exemptions, FORM_MAP, "PodSecurityExemptions", exemption_fields},
    {N_NONE, FORM_TEXT, NULL, NULL},
};

static const struct field *find_field(const struct field *fields, name_t name)
{
    for (; fields->name != N_NONE; fields++) {
        if (fields->name == name)
            return fields;
    }
    return NULL;
}

static const char *json_kind(const struct doc_node *n)
{
    switch ((enum doc_kind)n->kind) {
    case DOC_NULL:
        return "null";
    case DOC_BOOL:
        return "bool";
    case DOC_INT:
    case DOC_REAL:
        return "number";
    case DOC_STR:
        return "string";
    case DOC_SEQ:
        return "array";
    case DOC_MAP:
        break;
    }
    return "object";
}

/* Where in the configuration: Go's struct, and the path to it with a dot, or nothing. */
struct place {
    const char *type;
    struct str path;
};

static bool wrong_type(struct reader *r, struct place in, struct str field,
                       const struct doc_node *n, const char *expected)
{
    buf_clear(&r->errors);
    buf_printf(&r->errors, "json: cannot unmarshal %s into Go struct field %s.%.*s%.*s of type %s",
               json_kind(n), in.type, STR_ARG(in.path), STR_ARG(field), expected);
    return fail_at(r, n->begin, taken(r));
}

static bool check_texts(struct reader *r, struct place in, struct str field,
                        const struct doc_node *n)
{
    if (n->kind != DOC_SEQ)
        return wrong_type(r, in, field, n, "[]string");
    doc_foreach_item (n, item) {
        if (item->kind != DOC_STR && item->kind != DOC_NULL)
            return wrong_type(r, in, field, item, "string");
    }
    return true;
}

static bool check_map(struct reader *r, struct place in, const struct doc_node *map,
                      const struct field *fields);

static bool check_value(struct reader *r, struct place in, const struct field *f,
                        const struct doc_node *n)
{
    struct str name = name_text(f->name);
    if (n->kind == DOC_NULL)
        return true;
    switch (f->form) {
    case FORM_TEXT:
        return n->kind == DOC_STR || wrong_type(r, in, name, n, "string");
    case FORM_TEXTS:
        return check_texts(r, in, name, n);
    case FORM_MAP:
        break;
    }
    if (n->kind == DOC_MAP) {
        struct str path = arena_printf(r->arena, "%.*s.", STR_ARG(name));
        return check_map(r, (struct place){f->type, path}, n, f->fields);
    }
    struct str type = arena_printf(r->arena, "%.*s.%s", STR_ARG(r->package), f->type);
    return wrong_type(r, in, name, n, type.ptr);
}

/* Stops at the first wrong type and notes unknown fields. Its depth is that of the tables. */
static bool check_map(struct reader *r, struct place in, const struct doc_node *map,
                      const struct field *fields)
{
    const struct doc_entry **entries = entries_of(r, map);
    for (uint32_t i = 0; entries && i < map->len; i++) {
        const struct field *f = find_field(fields, entries[i]->name);
        if (f && !check_value(r, in, f, &entries[i]->value))
            return false;
    }
    return !r->arena->failed;
}

/* --- what strict decoding objects to --- */

static void note_field(struct reader *r, const char *what, const struct doc_entry *e,
                       struct str path, struct str key)
{
    next_error(r, e->key_begin);
    buf_printf(&r->errors, "%s field ", what);
    quote_go(&r->errors, arena_printf(r->arena, "%.*s%.*s", STR_ARG(path), STR_ARG(key)));
}

static bool stands_twice(const struct reader *r, const struct doc_node *value)
{
    for (uint32_t i = 0; i < r->doc->duplicate_count; i++) {
        if (r->doc->duplicates[i].value == value)
            return true;
    }
    return false;
}

/* In JSON also what stands twice; upstream looks for that only at fields that it knows. */
static void note_fields(struct reader *r, struct str path, const struct doc_node *map,
                        const struct field *fields)
{
    const struct doc_entry **entries = entries_of(r, map);
    for (uint32_t i = 0; entries && i < map->len; i++) {
        const struct doc_entry *e = entries[i];
        const struct field *f = find_field(fields, e->name);
        struct str key = doc_key(e);
        if (!f)
            note_field(r, "unknown", e, path, key);
        else if (r->doc->json && stands_twice(r, &e->value))
            note_field(r, "duplicate", e, path, key);
        if (f && f->form == FORM_MAP)
            note_fields(r, arena_printf(r->arena, "%.*s.", STR_ARG(key)), &e->value, f->fields);
    }
}

static int compare_duplicates(const void *a, const void *b)
{
    uint32_t x = ((const struct doc_duplicate *)a)->value->end;
    uint32_t y = ((const struct doc_duplicate *)b)->value->end;
    return (x > y) - (x < y);
}

/* One error whatever their number, as the YAML reader of Go gives it; a key is met again when its
 * value is complete. */
static void note_yaml_duplicates(struct reader *r)
{
    uint32_t count = r->doc->json ? 0 : r->doc->duplicate_count;
    struct doc_duplicate *list = arena_zalloc(r->arena, count, sizeof *list);
    if (!count || !list)
        return;
    memcpy(list, r->doc->duplicates, count * sizeof *list);
    qsort(list, count, sizeof *list, compare_duplicates);
    next_error(r, list[0].again_begin);
    buf_add_c(&r->errors, "yaml: unmarshal errors:");
    for (uint32_t i = 0; i < count; i++) {
        buf_printf(&r->errors, "\n  line %u: key ",
                   doc_position_in(r->text, list[i].value->begin).line);
        quote_go(&r->errors, list[i].key);
        buf_add_c(&r->errors, " already set in map");
    }
}

/* --- defaults --- */

static void bad_default(struct reader *r, const struct doc_node *n, name_t field, const char *why)
{
    next_error(r, n->begin);
    struct str name = name_text(field);
    buf_printf(&r->errors, "%.*s: %s", STR_ARG(name), why);
}

static void read_default(struct reader *r, enum pss_mode mode, name_t level, name_t version)
{
    struct pss_level_version *lv = &r->config->defaults.mode[mode];
    const struct doc_node *defaults = doc_get(r->doc->root, N_defaults);
    const struct doc_node *n = doc_get(defaults, level);
    if (doc_str(n).len && !pss_parse_level(doc_str(n), &lv->level))
        bad_default(r, n, level, "must be one of privileged, baseline, restricted");
    n = doc_get(defaults, version);
    if (!doc_str(n).len)
        return;
    if (pss_parse_version(doc_str(n), &lv->minor))
        lv->version = arena_str(r->arena, doc_str(n));
    else
        bad_default(r, n, version, "must be \"latest\" or \"v1.x\"");
}

/* --- exemptions --- */

/* Adds what is wrong with a name, several faults joined by ", "; false when something is. */
typedef bool name_check_fn(struct buf *out, struct str name);

static bool check_username(struct buf *out, struct str name)
{
    if (!name.len)
        buf_add_c(out, "username must not be empty");
    return name.len > 0;
}

static bool holds(const struct str *items, size_t count, struct str name)
{
    for (size_t i = 0; i < count; i++) {
        if (str_equal(items[i], name))
            return true;
    }
    return false;
}

static void bad_name(struct reader *r, const struct doc_node *item, name_t list, uint32_t index,
                     const char *what)
{
    struct str name = name_text(list);
    next_error(r, item->begin);
    buf_printf(&r->errors, "exemptions.%.*s[%u]: %s value: ", STR_ARG(name), index, what);
    quote_go(&r->errors, doc_str(item));
}

static void read_names(struct reader *r, struct pss_names *names, name_t field,
                       name_check_fn *check)
{
    const struct doc_node *list = doc_at(r->doc->root, N_exemptions, field).node;
    uint32_t index = 0;
    struct str *items =
        arena_zalloc(r->arena, doc_is(list, DOC_SEQ) ? list->len : 0, sizeof *items);
    if (!items)
        return;
    names->items = items;
    struct buf why;
    buf_init(&why, LIMIT_MESSAGE_BYTES);
    doc_foreach_item (list, item) {
        struct str name = doc_str(item);
        buf_clear(&why);
        if (!check(&why, name)) {
            bad_name(r, item, field, index, "Invalid");
            buf_add_c(&r->errors, ": ");
            buf_add_str(&r->errors, buf_str(&why));
        } else if (holds(items, names->count, name)) {
            bad_name(r, item, field, index, "Duplicate");
        } else {
            items[names->count++] = arena_str(r->arena, name);
        }
        index++;
    }
    r->arena->failed |= why.failed;
    buf_release(&why);
}

/* --- the whole --- */

#define GROUP "pod-security.admission.config.k8s.io"
#define KIND  "PodSecurityConfiguration"
/* How upstream's JSON reader begins whatever it says; it looks for these two fields first. */
#define JSON_PROBLEM "couldn't get version/kind; json parse error: "

static bool missing(struct reader *r, const char *what)
{
    buf_clear(&r->errors);
    buf_printf(&r->errors, "Object '%s' is missing in '", what);
    buf_add_str(&r->errors, r->text);
    buf_add_char(&r->errors, '\'');
    return fail_at(r, r->doc ? r->doc->root->begin : 0, taken(r));
}

/* Where the field of the root stands, or the root when it is written in another case. */
static uint32_t place_of(const struct reader *r, name_t field)
{
    const struct doc_node *node = doc_get(r->doc->root, field);
    return node ? node->begin : r->doc->root->begin;
}

static bool not_registered(struct reader *r, const struct type_meta *meta)
{
    name_t culprit = str_is(meta->kind, KIND) ? N_apiVersion : N_kind;
    buf_clear(&r->errors);
    buf_add_c(&r->errors, "no kind ");
    quote_go(&r->errors, meta->kind);
    buf_add_c(&r->errors, " is registered for version ");
    bool core = str_starts_with(meta->api_version, STR("/")); /* written "/v1", named "v1" */
    quote_go(&r->errors, str_skip(meta->api_version, core));
    return fail_at(r, place_of(r, culprit), taken(r));
}

/* bad is the root, or its kind or apiVersion, however that is written. */
static bool no_type(struct reader *r, const struct doc_node *root, const struct doc_node *bad)
{
    const char *into = "Go value of type struct { APIVersion string "
                       "\"json:\\\"apiVersion,omitempty\\\"\"; Kind string "
                       "\"json:\\\"kind,omitempty\\\"\" }";
    doc_foreach_entry (root, e) {
        if (&e->value == bad)
            into = str_equal_nocase(doc_key(e), STR("kind"))
                       ? "Go struct field .kind of type string"
                       : "Go struct field .apiVersion of type string";
    }
    return fail_at(r, bad->begin,
                   arena_printf(r->arena, JSON_PROBLEM "json: cannot unmarshal %s into %s",
                                json_kind(bad), into));
}

static bool check_type(struct reader *r, const struct doc_node *root)
{
    static const char *const versions[] = {"v1", "v1beta1", "v1alpha1"};
    struct type_meta meta;
    const struct doc_node *bad;
    struct str group;
    if (!type_meta_find(&meta, root, &bad))
        return no_type(r, root, bad);
    if (!type_meta_split(meta.api_version, &group, &r->package))
        return fail_at(r, place_of(r, N_apiVersion),
                       arena_printf(r->arena, "unexpected GroupVersion string: %.*s",
                                    STR_ARG(meta.api_version)));
    if (!meta.kind.len)
        return missing(r, "Kind");
    if (!r->package.len)
        return missing(r, "apiVersion");
    for (size_t i = 0; i < sizeof versions / sizeof versions[0]; i++) {
        if (str_is(group, GROUP) && str_is(r->package, versions[i]) && str_is(meta.kind, KIND))
            return true;
    }
    return not_registered(r, &meta);
}

static bool read_configuration(struct reader *r)
{
    const struct doc_node *root = r->doc->root;
    struct pss_config *config = r->config;
    if (!check_type(r, root) ||
        !check_map(r, (struct place){KIND, STR_EMPTY}, root, configuration_fields))
        return false;
    note_yaml_duplicates(r);
    note_fields(r, STR_EMPTY, root, configuration_fields);
    if (!no_errors(r, "strict decoding error: ", false))
        return false;
    read_default(r, PSS_ENFORCE, N_enforce, N_enforce_version);
    read_default(r, PSS_AUDIT, N_audit, N_audit_version);
    read_default(r, PSS_WARN, N_warn, N_warn_version);
    if (!no_errors(r, "configuration error: ", true))
        return false;
    read_names(r, &config->namespaces, N_namespaces, name_check_label);
    read_names(r, &config->runtime_classes, N_runtimeClasses, name_check_subdomain);
    read_names(r, &config->usernames, N_usernames, check_username);
    return no_errors(r, "invalid configuration: ", true);
}

/* --- the text --- */

/* One value, and nothing after it. */
static bool read_json(struct reader *r, struct doc *doc, struct diag *diag)
{
    struct json_reader json;
    size_t at = 0;
    json_reader_init(&json);
    bool ok = json_read_value(&json, r->text, &at, r->text.len, r->arena, doc, diag);
    json_reader_release(&json);
    struct str rest = str_trim(str_skip(r->text, at));
    if (!ok || !rest.len)
        return ok;
    return diag_set(diag, DIAG_SYNTAX, (uint32_t)(rest.ptr - r->text.ptr), (uint32_t)r->text.len,
                    "expected the end after the object");
}

/* Upstream takes the first document and overlooks the rest; here a second one is an error, since
 * half a file that does nothing is not what anybody wants. *second is where it begins, or the end.
 */
static bool read_yaml(struct reader *r, struct doc *doc, uint32_t *second, struct diag *diag)
{
    struct yaml_reader yaml;
    struct doc more = {0};
    uint32_t end = (uint32_t)r->text.len, rest;
    yaml_reader_init(&yaml);
    bool ok = yaml_read(&yaml, r->text, 0, end, r->arena, doc, &rest, diag);
    *second = rest;
    while (ok && *second < end) {
        struct diag unread = {0};
        if (!yaml_read(&yaml, r->text, *second, end, r->arena, &more, &rest, &unread) ||
            !doc_is_unset(more.root) || rest == *second)
            break;
        *second = rest;
    }
    if (ok && *second < end && more.root)
        *second = more.root->begin;
    yaml_reader_release(&yaml);
    return ok;
}

static bool read_text(struct reader *r)
{
    struct doc doc = {0};
    struct diag diag = {0};
    uint32_t second = (uint32_t)r->text.len;
    bool json = str_starts_with(str_trim(r->text), STR("{"));
    if (!(json ? read_json(r, &doc, &diag) : read_yaml(r, &doc, &second, &diag)))
        return fail_at(r, diag.begin,
                       arena_printf(r->arena, "%s%s", json ? JSON_PROBLEM : "yaml: ", diag.text));
    if (doc_is_unset(doc.root))
        return missing(r, "Kind");
    r->doc = &doc;
    if (!read_configuration(r))
        return false;
    return second == r->text.len ||
           fail_at(r, second, STR("expected one document, found a second one"));
}

bool pod_security_read(struct str text, struct arena *arena, struct pss_config *config,
                       struct pod_security_error *error)
{
    struct reader r = {.arena = arena, .text = text, .config = config, .error = error};
    *config = PSS_CONFIG_DEFAULT;
    *error = (struct pod_security_error){0, 0, STR_EMPTY};
    if (!text.len)
        return true;
    buf_init(&r.errors, LIMIT_FILE_BYTES);
    bool good = read_text(&r);
    buf_release(&r.errors);
    return good && !arena->failed;
}
