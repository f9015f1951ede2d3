/* SPDX-License-Identifier: Apache-2.0
 *
 * Every block of every rule's .md, judged as a file and again as the object of an AdmissionReview.
 * A block opens with ```yaml bad or ```yaml good; `# want ID…` at the end of a line names the rules
 * that must report this line, once for each finding. A third word `written` keeps a block from the
 * second pass: what it shows, the API server would have changed before.
 *
 * Only the rule itself and those that the block wants run, so that a block need not be perfect.
 */
#include "base/jsonw.h"
#include "load/json.h"
#include "load/stream.h"
#include "policy/profile.h"
#include "rules/rules.h"

#include <criterion/criterion.h>
#include <criterion/parameterized.h>

#include <stdio.h>
#include <stdlib.h>

struct block {
    size_t rule; /* whose .md it stands in */
    uint32_t number;
    bool bad, written, json;
    struct str text;
};

static struct arena arena;

/* The lines that say what was found, or wanted, sorted: two of them are compared as one text. */
struct lines {
    VEC(struct str) list;
};

static void add_line(struct lines *lines, struct str line)
{
    struct str *s = vec_push(&lines->list, &arena);
    cr_assert(s);
    *s = line;
}

static int compare(const void *a, const void *b)
{
    return str_compare(*(const struct str *)a, *(const struct str *)b);
}

static struct str joined(struct lines *lines)
{
    struct buf out;
    buf_init(&out, 1 << 20);
    if (lines->list.count)
        qsort(lines->list.items, lines->list.count, sizeof *lines->list.items, compare);
    for (size_t i = 0; i < lines->list.count; i++) {
        buf_add_c(&out, "    ");
        buf_add_str(&out, lines->list.items[i]);
        buf_add_char(&out, '\n');
    }
    struct str text = arena_str(&arena, buf_str(&out));
    buf_release(&out);
    return text;
}

static void expect_equal(const struct block *block, const char *what, struct lines *got,
                         struct lines *wanted)
{
    struct str g = joined(got), w = joined(wanted);
    cr_expect(str_equal(g, w), "%s, block %u, %s\n  found:\n%.*s  wanted:\n%.*s",
              rules_all.rules[block->rule]->id, block->number, what, STR_ARG(g), STR_ARG(w));
}

static struct str take_until(struct str *rest, char separator)
{
    struct str taken = str_take(*rest, str_find(*rest, separator));
    *rest = str_skip(*rest, taken.len + 1);
    return taken;
}

/* What the block wants; the rules it names are switched on. */
static void read_wants(const struct block *block, struct profile *profile, struct lines *wanted)
{
    const struct str mark = STR("# want ");
    struct str rest = block->text;
    for (unsigned number = 1; rest.len; number++) {
        struct str line = take_until(&rest, '\n');
        struct str ids = str_skip(line, str_find_str(line, mark) + mark.len);
        while (ids.len) {
            struct str id = take_until(&ids, ' ');
            size_t rule = rule_set_index(&rules_all, id);
            cr_assert(rule < rules_all.count, "%s, block %u wants \"%.*s\", which is no rule",
                      rules_all.rules[block->rule]->id, block->number, STR_ARG(id));
            cr_assert(profile_switch(profile, id, true, NULL));
            add_line(wanted, arena_printf(&arena, "line %u: %.*s", number, STR_ARG(id)));
        }
    }
}

struct pass {
    const struct block *block;
    struct engine written, admitted;
    struct findings found_written, found_admitted;
    struct json_reader reader;
};

static void write_json(struct jsonw *w, const struct doc_node *n);

static void write_entries(struct jsonw *w, const struct doc_node *map)
{
    jsonw_object(w);
    doc_foreach_entry (map, e) {
        jsonw_key_str(w, doc_key(e));
        write_json(w, &e->value);
    }
    jsonw_object_end(w);
}

static void write_items(struct jsonw *w, const struct doc_node *seq)
{
    jsonw_array(w);
    doc_foreach_item (seq, item)
        write_json(w, item);
    jsonw_array_end(w);
}

static void write_json(struct jsonw *w, const struct doc_node *n)
{
    switch ((enum doc_kind)n->kind) {
    case DOC_NULL:
        jsonw_null(w);
        break;
    case DOC_BOOL:
        jsonw_bool(w, n->v.b);
        break;
    case DOC_INT:
        jsonw_int(w, n->v.i);
        break;
    case DOC_REAL:
        jsonw_raw(w, arena_printf(&arena, "%.17g", n->v.r));
        break;
    case DOC_STR:
        jsonw_str(w, doc_str(n));
        break;
    case DOC_SEQ:
        write_items(w, n);
        break;
    case DOC_MAP:
        write_entries(w, n);
        break;
    }
}

static struct str review_of(const struct doc_node *object)
{
    struct buf out;
    struct jsonw w;
    buf_init(&out, 1 << 20);
    jsonw_init(&w, &out, 0);
    jsonw_object(&w);
    jsonw_key_c(&w, "apiVersion", "admission.k8s.io/v1");
    jsonw_key_c(&w, "kind", "AdmissionReview");
    jsonw_key(&w, "request");
    jsonw_object(&w);
    jsonw_key_c(&w, "uid", "1");
    jsonw_key_c(&w, "operation", "CREATE");
    jsonw_key(&w, "object");
    write_json(&w, object);
    jsonw_object_end(&w);
    jsonw_object_end(&w);
    struct str text = arena_str(&arena, buf_str(&out));
    cr_assert_not(out.failed);
    buf_release(&out);
    return text;
}

static bool judge_review(void *context, const struct object *object)
{
    struct pass *pass = context;
    struct doc doc;
    struct diag diag = {0};
    struct str text = review_of(object->node);
    cr_assert(json_read(&pass->reader, text, &arena, &doc, &diag), "%s: %.*s", diag.text,
              STR_ARG(text));
    struct object reviewed;
    cr_assert(object_view(&reviewed, &doc, doc_at(doc.root, N_request, N_object).node));
    struct engine_run run = {.engine = &pass->admitted,
                             .scratch = &arena,
                             .findings = &pass->found_admitted,
                             .file = STR("request")};
    return engine_object(&run, &reviewed);
}

static bool judge_item(void *context, const struct stream_item *item)
{
    struct pass *pass = context;
    cr_assert(item->doc, "%s, block %u: %s", rules_all.rules[pass->block->rule]->id,
              pass->block->number, item->error->text);
    struct engine_run run = {.engine = &pass->written,
                             .scratch = &arena,
                             .findings = &pass->found_written,
                             .file = STR("block"),
                             .json_file = pass->block->json};
    cr_assert(engine_document(&run, item->doc));
    cr_assert_gt(run.objects, 0);
    if (!pass->block->written)
        cr_assert(object_foreach(item->doc, judge_review, pass));
    return true;
}

/* Faults of a file's text and shape are no matter of the webhook. */
static bool acts_at_admission(const struct rule *rule)
{
    return rule->kind == RULE_PSS || rule->kind == RULE_POD || rule->kind == RULE_OBJECT;
}

static struct str describe(const struct finding *f)
{
    return arena_printf(&arena, "%s at %.*s: %.*s", f->rule->id, STR_ARG(f->path),
                        STR_ARG(f->message));
}

static void expect_block(const struct block *block, struct profile *profile)
{
    struct lines wanted = {0}, lines = {0}, as_file = {0}, as_request = {0};
    struct pass pass = {.block = block};
    struct source source = {STR("block"), block->text};
    memset(profile->enabled, 0, rules_all.count * sizeof *profile->enabled);
    profile->enabled[block->rule] = true;
    read_wants(block, profile, &wanted);
    cr_expect_eq(wanted.list.count > 0, block->bad, "%s, block %u: bad blocks want, good ones not",
                 rules_all.rules[block->rule]->id, block->number);
    profile_engine(profile, PSS_LATEST, PSS_LATEST, POD_AS_WRITTEN, &pass.written);
    profile_engine(profile, PSS_LATEST, PSS_LATEST, POD_AS_ADMITTED, &pass.admitted);
    findings_init(&pass.found_written, &arena);
    findings_init(&pass.found_admitted, &arena);
    json_reader_init(&pass.reader);
    cr_assert(stream_read(&source, &arena, judge_item, &pass));
    json_reader_release(&pass.reader);
    for (size_t i = 0; i < pass.found_written.list.count; i++) {
        const struct finding *f = &pass.found_written.list.items[i];
        cr_expect_gt(f->message.len, 0);
        add_line(&lines, arena_printf(&arena, "line %u: %s", f->span.begin.line, f->rule->id));
        if (acts_at_admission(f->rule) && !block->written)
            add_line(&as_file, describe(f));
    }
    for (size_t i = 0; i < pass.found_admitted.list.count; i++)
        add_line(&as_request, describe(&pass.found_admitted.list.items[i]));
    expect_equal(block, "as a file", &lines, &wanted);
    expect_equal(block, "as a request", &as_request, &as_file);
}

/* The word at the start of *rest. */
static bool take_word(struct str *rest, const char *word)
{
    struct str copy = *rest;
    if (!str_is(take_until(&copy, ' '), word))
        return false;
    *rest = copy;
    return true;
}

/* The next fenced block of *rest; false when there is none. */
static bool next_block(struct str *rest, struct block *block)
{
    struct str line = STR_EMPTY;
    while (rest->len && !str_starts_with(line, STR("```")))
        line = take_until(rest, '\n');
    if (!str_starts_with(line, STR("```")))
        return false;
    struct str words = str_skip(line, 3), begin = *rest;
    block->json = take_word(&words, "json");
    bool known = block->json || take_word(&words, "yaml");
    block->bad = take_word(&words, "bad");
    known &= block->bad || take_word(&words, "good");
    block->written = take_word(&words, "written");
    cr_assert(known && words.len == 0, "%s: a block opens with %.*s",
              rules_all.rules[block->rule]->id, STR_ARG(line));
    do
        line = take_until(rest, '\n');
    while (rest->len && !str_is(line, "```"));
    cr_assert(str_is(line, "```"), "%s: a block has no end", rules_all.rules[block->rule]->id);
    block->text = str_take(begin, (size_t)(line.ptr - begin.ptr));
    block->number++;
    return true;
}

ParameterizedTestParameters(rule_blocks, findings_are_those_wanted)
{
    size_t *indexes = cr_malloc(rules_all.count * sizeof *indexes);
    for (size_t i = 0; i < rules_all.count; i++)
        indexes[i] = i;
    return cr_make_param_array(size_t, indexes, rules_all.count, NULL);
}

ParameterizedTest(size_t *rule, rule_blocks, findings_are_those_wanted)
{
    struct block block = {.rule = *rule};
    struct str rest = str_from(rules_all.markdown[*rule]);
    struct profile profile;
    arena_init(&arena, 64 << 20);
    cr_assert(profile_init(&profile, &rules_all, PROFILE_ALL, &arena));
    while (next_block(&rest, &block))
        expect_block(&block, &profile);
    cr_expect_geq(block.number, 2);
    arena_release(&arena);
}
