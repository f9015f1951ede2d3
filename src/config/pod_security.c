/* SPDX-License-Identifier: Apache-2.0
 *
 * Decoding comes first and stops at the first wrong type; then what strict decoding objects to, all
 * of it; then the defaults; then the exemptions. The order is upstream's, and so are the texts,
 * which name Go types: who searches for one finds the same advice.
 */
#include "config/pod_security.h"

#include "base/quote.h"
#include "doc/position.h"
#include "kube/type_meta.h"
#include "load/stream.h"

#include <stdlib.h>

enum { DNS_LABEL_MAX = 63, DNS_SUBDOMAIN_MAX = 253 }; /* RFC 1123 as Kubernetes has it */

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
    size_t documents;
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

static void note_unknown(struct reader *r, struct str path, const struct doc_node *map,
                         const struct field *fields)
{
    const struct doc_entry **entries = entries_of(r, map);
    for (uint32_t i = 0; entries && i < map->len; i++) {
        const struct field *f = find_field(fields, entries[i]->name);
        struct str key = doc_key(entries[i]);
        if (!f) {
            next_error(r, entries[i]->key_begin);
            buf_printf(&r->errors, "unknown field \"%.*s%.*s\"", STR_ARG(path), STR_ARG(key));
        } else if (f->form == FORM_MAP) {
            note_unknown(r, arena_printf(r->arena, "%.*s.", STR_ARG(key)), &entries[i]->value,
                         f->fields);
        }
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
static void note_yaml_duplicates(struct reader *r, struct doc_duplicate *list, uint32_t count)
{
    qsort(list, count, sizeof *list, compare_duplicates);
    next_error(r, list[0].again_begin);
    buf_add_c(&r->errors, "yaml: unmarshal errors:");
    for (uint32_t i = 0; i < count; i++)
        buf_printf(&r->errors, "\n  line %u: key \"%.*s\" already set in map",
                   doc_position_in(r->text, list[i].value->begin).line, STR_ARG(list[i].key));
}

static void note_json_duplicates(struct reader *r, const struct doc_duplicate *list, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        next_error(r, list[i].again_begin);
        buf_add_c(&r->errors, "duplicate field \"");
        doc_path(&r->errors, r->doc->root, list[i].value);
        buf_add_char(&r->errors, '"');
    }
}

static void note_duplicates(struct reader *r)
{
    uint32_t count = r->doc->duplicate_count;
    struct doc_duplicate *list = arena_zalloc(r->arena, count, sizeof *list);
    if (!count || !list)
        return;
    memcpy(list, r->doc->duplicates, count * sizeof *list);
    if (r->doc->json)
        note_json_duplicates(r, list, count);
    else
        note_yaml_duplicates(r, list, count);
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

static bool is_alphanumeric(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* [a-z0-9]([-a-z0-9]*[a-z0-9])? */
static bool is_label(struct str s)
{
    if (!s.len || !is_alphanumeric(s.ptr[0]) || !is_alphanumeric(s.ptr[s.len - 1]))
        return false;
    for (size_t i = 0; i < s.len; i++) {
        if (!is_alphanumeric(s.ptr[i]) && s.ptr[i] != '-')
            return false;
    }
    return true;
}

/* Labels joined by dots. */
static bool is_subdomain(struct str s)
{
    for (;;) {
        size_t dot = str_find(s, '.');
        if (!is_label(str_take(s, dot)))
            return false;
        if (dot == s.len)
            return true;
        s = str_skip(s, dot + 1);
    }
}

#define LABEL_PATTERN     "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
#define ALPHANUMERIC_ENDS "and must start and end with an alphanumeric character (e.g. "

/* Adds what is wrong with a name, several faults joined by ", "; false when something is. */
typedef bool name_check_fn(struct buf *out, struct str name);

static bool check_namespace(struct buf *out, struct str name)
{
    bool fits = name.len <= DNS_LABEL_MAX, good = is_label(name);
    if (!fits)
        buf_add_c(out, "must be no more than 63 characters");
    if (good)
        return fits;
    buf_add_c(out, fits ? "" : ", ");
    buf_add_c(out, is_subdomain(name)
                       ? "must not contain dots"
                       : "a lowercase RFC 1123 label must consist of lower case alphanumeric "
                         "characters or '-', " ALPHANUMERIC_ENDS
                         "'my-name',  or '123-abc', regex used for validation is '" LABEL_PATTERN
                         "')");
    return false;
}

static bool check_runtime_class(struct buf *out, struct str name)
{
    bool fits = name.len <= DNS_SUBDOMAIN_MAX, good = is_subdomain(name);
    if (!fits)
        buf_add_c(out, "must be no more than 253 characters");
    if (good)
        return fits;
    buf_add_c(out, fits ? "" : ", ");
    buf_add_c(out, "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric "
                   "characters, '-' or '.', " ALPHANUMERIC_ENDS
                   "'example.com', regex used for validation is '" LABEL_PATTERN
                   "(\\." LABEL_PATTERN ")*')");
    return false;
}

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
    quote_go(&r->errors, meta->api_version);
    return fail_at(r, place_of(r, culprit), taken(r));
}

static bool check_type(struct reader *r, const struct doc_node *root)
{
    static const char *const versions[] = {"v1", "v1beta1", "v1alpha1"};
    struct type_meta meta;
    const struct doc_node *bad;
    struct str group;
    if (!type_meta_find(&meta, root, &bad)) {
        struct str text = arena_printf(
            r->arena,
            "couldn't get version/kind; json parse error: json: cannot unmarshal %s into %s",
            json_kind(bad),
            bad == root ? "Go value of type struct { APIVersion string "
                          "\"json:\\\"apiVersion,omitempty\\\"\"; Kind string "
                          "\"json:\\\"kind,omitempty\\\"\" }"
                        : "Go struct field of type string");
        return fail_at(r, bad->begin, text);
    }
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
    note_duplicates(r);
    note_unknown(r, STR_EMPTY, root, configuration_fields);
    if (!no_errors(r, "strict decoding error: ", false))
        return false;
    read_default(r, PSS_ENFORCE, N_enforce, N_enforce_version);
    read_default(r, PSS_AUDIT, N_audit, N_audit_version);
    read_default(r, PSS_WARN, N_warn, N_warn_version);
    if (!no_errors(r, "configuration error: ", true))
        return false;
    read_names(r, &config->namespaces, N_namespaces, check_namespace);
    read_names(r, &config->runtime_classes, N_runtimeClasses, check_runtime_class);
    read_names(r, &config->usernames, N_usernames, check_username);
    return no_errors(r, "invalid configuration: ", true);
}

/* Upstream takes the first document and overlooks the rest; here a second one is an error, since
 * half a file that does nothing is not what anybody wants. */
static bool visit(void *context, const struct stream_item *item)
{
    struct reader *r = context;
    const struct diag *broken = item->error ? item->error : item->not_json;
    if (r->documents++)
        return fail_at(r, (uint32_t)(item->text.ptr - r->text.ptr),
                       STR("expected one document, found a second one"));
    if (broken) {
        const char *heading =
            item->not_json ? "couldn't get version/kind; json parse error: " : "yaml: ";
        return fail_at(r, broken->begin, arena_printf(r->arena, "%s%s", heading, broken->text));
    }
    r->doc = item->doc;
    return read_configuration(r);
}

bool pod_security_read(struct str text, struct arena *arena, struct pss_config *config,
                       struct pod_security_error *error)
{
    struct reader r = {.arena = arena, .text = text, .config = config, .error = error};
    struct source source = {STR_EMPTY, text};
    *config = PSS_CONFIG_DEFAULT;
    *error = (struct pod_security_error){0, 0, STR_EMPTY};
    if (!text.len)
        return true;
    buf_init(&r.errors, LIMIT_FILE_BYTES);
    bool good = stream_read(&source, arena, visit, &r);
    if (good && !r.documents)
        good = missing(&r, "Kind");
    buf_release(&r.errors);
    return good && !arena->failed;
}
