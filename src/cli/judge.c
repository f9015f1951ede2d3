/* SPDX-License-Identifier: Apache-2.0
 *
 * One file: what it is, its documents, and what becomes of what is no manifest. The rule (shared
 * reference: semantics.md 8): what was named, or shows apiVersion and kind, must be readable; what
 * was only met on a walk may be anything.
 */
#include "cli/audit.h"
#include "load/source.h"
#include "load/stream.h"

#include <unistd.h>

enum { PEEKED = 64 << 10 /* bytes of a file too large to be read, to see what it is */ };

const struct str audit_template_reason = STR_INIT("template, not rendered");

struct judgement {
    const struct audit_inputs *inputs;
    struct gathered *gathered;
    struct arena *scratch, *trees; /* of the file; of the present document */
    const struct walk_file *file;
    struct str text;
    struct engine_run run;
    size_t patches;       /* documents that are kustomize patches */
    size_t errors_before; /* gathered of other files */
    struct str reason;    /* of the first error, should the file be skipped for it */
};

static bool is_standard_input(const struct walk_file *file)
{
    return file->named && str_is(file->path, "-");
}

static struct str shown_name(const struct walk_file *file)
{
    return is_standard_input(file) ? STR("<stdin>") : file->path;
}

static void add_error(struct gathered *g, const struct walk_file *file,
                      struct doc_position position, struct str text)
{
    struct report_error *error = vec_push(&g->errors, &g->arena);
    if (!error)
        return;
    *error = (struct report_error){
        .file = arena_str(&g->arena, shown_name(file)),
        .file_index = file->index,
        .position = position,
        .message = arena_str(&g->arena, text),
    };
}

static void add_skipped(struct gathered *g, const struct walk_file *file, struct str reason)
{
    struct skipped_file *skipped = vec_push(&g->skipped_files, &g->arena);
    if (!skipped)
        return;
    *skipped = (struct skipped_file){
        .skipped = {arena_str(&g->arena, shown_name(file)), arena_str(&g->arena, reason)},
        .file_index = file->index,
        .named = file->named,
    };
    g->skipped++;
}

/* It could not be looked at as a whole: an error if it matters, else skipped. */
static void refuse(const struct audit_inputs *inputs, struct gathered *g,
                   const struct walk_file *file, struct str reason, bool matters)
{
    if (!matters && !file->named && !inputs->strict) {
        add_skipped(g, file, reason);
        return;
    }
    add_error(g, file, (struct doc_position){0, 0}, reason);
    g->files++;
}

/* The line at the start of text, without its end. */
static struct str first_line(struct str text)
{
    struct str line = str_take(text, str_find(text, '\n'));
    return str_ends_with(line, STR("\r")) ? str_take(line, line.len - 1) : line;
}

/* Whether a line begins with a key, plain or in quotes. */
static bool begins_with_key(struct str line, struct str key)
{
    bool quoted = line.len && (line.ptr[0] == '"' || line.ptr[0] == '\'');
    char quote = quoted ? line.ptr[0] : '\0';
    line = str_skip(line, quoted);
    if (!str_starts_with(line, key))
        return false;
    line = str_skip(line, key.len);
    if (quoted && (!line.len || line.ptr[0] != quote))
        return false;
    return str_starts_with(str_trim(str_skip(line, quoted)), STR(":"));
}

/* As much of UTF-16 as this needs: the bytes of its ASCII. Other text as it is. */
static struct str without_zeros(struct str text, struct arena *arena)
{
    if (!str_starts_with(text, STR("\xFF\xFE")) && !str_starts_with(text, STR("\xFE\xFF")))
        return text;
    char *bytes = arena_alloc(arena, text.len);
    size_t len = 0;
    for (size_t i = 2; bytes && i < text.len; i++)
        if (text.ptr[i])
            bytes[len++] = text.ptr[i];
    return bytes ? (struct str){bytes, len} : STR_EMPTY;
}

/* Whether a text that may not parse has apiVersion and kind at the top of one document. */
static bool shows_object(struct str text, struct arena *arena)
{
    bool version = false, kind = false;
    text = without_zeros(text, arena);
    if (str_starts_with(text, STR("\xEF\xBB\xBF")))
        text = str_skip(text, 3);
    if (str_starts_with(str_trim(str_take(text, PEEKED)), STR("{")))
        return str_find_str(text, STR("\"apiVersion\"")) < text.len &&
               str_find_str(text, STR("\"kind\"")) < text.len;
    while (text.len && !(version && kind)) {
        struct str line = first_line(text);
        if (str_starts_with(line, STR("---")))
            version = kind = false;
        version |= begins_with_key(line, STR("apiVersion"));
        kind |= begins_with_key(line, STR("kind"));
        text = str_skip(text, str_find(text, '\n') + 1);
    }
    return (version && kind) || arena->failed;
}

/* The first line that is neither blank nor a comment begins like an instruction. */
static bool looks_like_dockerfile(struct str text)
{
    static const char *const words[] = {"FROM", "ARG",    "RUN",     "COPY", "ADD", "LABEL",
                                        "ENV",  "EXPOSE", "WORKDIR", "USER", "CMD", "SHELL"};
    while (text.len) {
        struct str line = str_trim(first_line(text));
        text = str_skip(text, str_find(text, '\n') + 1);
        if (!line.len || line.ptr[0] == '#')
            continue;
        struct str word = str_take(line, str_find(line, ' '));
        for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
            if (word.len < line.len && str_equal_nocase(word, str_from(words[i])))
                return true;
        return false;
    }
    return false;
}

static bool holds_patch_key(const struct doc_node *node)
{
    doc_foreach_item (node, item)
        if (holds_patch_key(item))
            return true;
    doc_foreach_entry (node, entry)
        if (str_is(doc_key(entry), "$patch") || holds_patch_key(&entry->value))
            return true;
    return false;
}

/* A patch shows apiVersion and kind, but is half an object. */
static bool is_patch(const struct stream_item *item)
{
    return str_find_str(item->text, STR("$patch")) < item->text.len &&
           holds_patch_key(item->doc->root);
}

static bool judge_item(struct judgement *j, const struct stream_item *item)
{
    if (item->error) {
        if (!j->reason.len)
            j->reason = arena_printf(j->scratch, "not a manifest: %s", item->error->text);
        add_error(j->gathered, j->file, doc_position_in(j->text, item->error->begin),
                  str_from(item->error->text));
        return item->error->code != DIAG_MEMORY;
    }
    if (is_patch(item)) {
        j->patches++;
        return true;
    }
    return !j->inputs->engine || engine_document(&j->run, item->doc);
}

/* A document that was judged is not needed again: a long file takes the memory of its text and of
 * its largest document. */
static bool visit(void *context, const struct stream_item *item)
{
    struct judgement *j = context;
    if (!judge_item(j, item) || j->trees->failed)
        return false;
    arena_clear(j->trees);
    return true;
}

static void forget_errors(struct judgement *j)
{
    j->gathered->errors.count = j->errors_before;
}

/* What a second run needs to hold custom resources to their definitions. */
static void note_custom(struct judgement *j)
{
    struct gathered *g = j->gathered;
    uint32_t *undescribed = j->run.undescribed ? vec_push(&g->undescribed, &g->arena) : NULL;
    if (undescribed)
        *undescribed = j->file->index;
    if (is_standard_input(j->file) && (j->run.definitions || j->run.undescribed))
        g->standard = arena_str(&g->arena, j->text);
    struct definition_file *file = j->run.definitions ? vec_push(&g->definitions, &g->arena) : NULL;
    if (file)
        *file = (struct definition_file){arena_str(&g->arena, j->file->path), j->file->index};
}

/* What the file was, now that all of it was seen. */
static void conclude(struct judgement *j, bool complete)
{
    struct gathered *g = j->gathered;
    if (!complete || j->scratch->failed) {
        forget_errors(j);
        add_error(g, j->file, (struct doc_position){0, 0},
                  STR("needs more memory than rampart may have"));
    }
    g->objects += j->run.objects;
    note_custom(j);
    bool errors = g->errors.count > j->errors_before;
    bool template = errors && str_find_str(j->text, STR("{{")) < j->text.len && !j->file->named;
    bool matters =
        j->file->named || j->inputs->strict || (errors && shows_object(j->text, j->scratch));
    if (errors && j->run.objects == 0 && (template || !matters)) {
        forget_errors(j);
        add_skipped(g, j->file, template ? audit_template_reason : j->reason);
    } else if (errors || j->run.objects > 0 || !j->inputs->engine || !complete) {
        g->files++;
        g->skipped += j->run.no_objects + j->patches;
    } else if (j->patches > 0) {
        add_skipped(g, j->file, STR("kustomize patch"));
    } else if (j->inputs->strict && !j->file->named) {
        refuse(j->inputs, g, j->file, STR("expected apiVersion and kind"), true);
    } else {
        add_skipped(g, j->file, STR("no apiVersion and kind"));
    }
}

static bool read_text(struct judgement *j)
{
    struct diag diag = {0};
    const struct walk_file *file = j->file;
    bool standard = is_standard_input(file);
    if (standard && j->inputs->standard.ptr) {
        j->text = j->inputs->standard;
        return true;
    }
    if (j->inputs->revision) /* nothing, where it was not there */
        return !standard &&
               revision_read(j->inputs->revision, file->path.ptr, j->scratch, &j->text);
    if (standard ? source_read_fd(STDIN_FILENO, j->scratch, &j->text, &diag)
                 : source_read(file->path.ptr, j->scratch, &j->text, &diag))
        return true;
    bool matters = diag.code == DIAG_MEMORY;
    if (diag.code == DIAG_LIMIT && !file->named) {
        char *head = malloc(PEEKED);
        struct str peeked = {head, head ? source_peek(file->path.ptr, head, PEEKED) : 0};
        matters = !head || shows_object(peeked, j->scratch);
        free(head);
    }
    refuse(j->inputs, j->gathered, file, str_from(diag.text), matters);
    return false;
}

static enum walk_type type_of(const struct judgement *j)
{
    if (j->file->type != WALK_UNKNOWN)
        return j->file->type;
    if (j->inputs->type != WALK_UNKNOWN)
        return j->inputs->type;
    return looks_like_dockerfile(j->text) ? WALK_DOCKERFILE : WALK_MANIFEST;
}

void judge_file(const struct audit_inputs *inputs, struct gathered *gathered, struct arena *scratch,
                struct arena *trees, const struct walk_file *file)
{
    struct judgement j = {.inputs = inputs,
                          .gathered = gathered,
                          .scratch = scratch,
                          .trees = trees,
                          .file = file,
                          .errors_before = gathered->errors.count,
                          .reason = STR_EMPTY};
    if (file->state == WALK_FAILED) {
        refuse(inputs, gathered, file, file->reason, false);
        return;
    }
    if (file->state == WALK_SKIP || walk_is_kustomization(file->path)) {
        add_skipped(gathered, file,
                    file->reason.len ? file->reason : STR("kustomization, not rendered"));
        return;
    }
    bool dockerfile = file->type == WALK_DOCKERFILE;
    if (!dockerfile && !read_text(&j))
        return;
    if (dockerfile || type_of(&j) == WALK_DOCKERFILE) {
        add_skipped(gathered, file, STR("Dockerfile, which this version does not judge"));
        return;
    }
    struct source source = {.name = shown_name(file), .text = j.text};
    j.run = (struct engine_run){
        .engine = inputs->engine,
        .scratch = scratch,
        .findings = &gathered->findings,
        .groups = &gathered->groups,
        .file = source.name,
        .file_index = file->index,
        .json_file = str_ends_with(file->path, STR(".json")),
    };
    conclude(&j, stream_read(&source, trees, visit, &j));
}
