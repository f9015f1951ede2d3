/* SPDX-License-Identifier: Apache-2.0
 *
 * The phrases that upstream's texts are made of. Names and values stand between quotes as they are:
 * upstream escapes nothing there, so neither may we.
 */
#include "base/limits.h"
#include "base/quote.h"
#include "pss/internal.h"

struct str pss_value_of(const struct pss_offender *offender)
{
    return offender->value;
}

struct str pss_container_of(const struct pss_offender *offender)
{
    return offender->container.name;
}

struct pss_strings pss_sorted_set(const struct pss_text *text, uint32_t parts, pss_key_fn *key)
{
    struct pss_strings set = {arena_zalloc(text->arena, text->count, sizeof *set.items), 0};
    if (!set.items)
        return set;
    uint32_t count = 0;
    for (uint32_t i = 0; i < text->count; i++)
        if (text->offenders[i].part & parts)
            set.items[count++] = key(&text->offenders[i]);
    qsort(set.items, count, sizeof *set.items, str_order);
    for (uint32_t i = 0; i < count; i++)
        if (i == 0 || !str_equal(set.items[i], set.items[set.count - 1]))
            set.items[set.count++] = set.items[i];
    return set;
}

bool pss_has_part(const struct pss_text *text, uint32_t parts)
{
    for (uint32_t i = 0; i < text->count; i++)
        if (text->offenders[i].part & parts)
            return true;
    return false;
}

void pss_add_plural(struct buf *out, uint32_t count, const char *one, const char *many)
{
    buf_add_c(out, count == 1 ? one : many);
}

void pss_add_quoted_item(struct buf *out, uint32_t index, struct str item)
{
    buf_add_c(out, index ? ", \"" : "\"");
    buf_add_str(out, item);
    buf_add_char(out, '"');
}

void pss_add_quoted(struct buf *out, const struct pss_strings *strings)
{
    for (uint32_t i = 0; i < strings->count; i++)
        pss_add_quoted_item(out, i, strings->items[i]);
}

void pss_add_plain(struct buf *out, const struct pss_strings *strings)
{
    for (uint32_t i = 0; i < strings->count; i++) {
        buf_add_c(out, i ? ", " : "");
        buf_add_str(out, strings->items[i]);
    }
}

struct str pss_annotation(struct arena *arena, const struct doc_entry *annotation)
{
    struct buf out;
    buf_init(&out, LIMIT_PSS_TEXT_BYTES);
    buf_add_str(&out, doc_key(annotation));
    buf_add_char(&out, '=');
    quote_go(&out, doc_str(&annotation->value));
    if (out.failed)
        arena->failed = true;
    struct str text = arena_str(arena, buf_str(&out));
    buf_release(&out);
    return text;
}

/* The next offender from *i on that begins another container than `last`, or NULL. Offenders of one
 * container follow each other, so that is enough to name each once. */
static const struct pss_offender *next_container(const struct pss_text *text, uint32_t parts,
                                                 const struct pss_offender *last, uint32_t *i)
{
    while (*i < text->count) {
        const struct pss_offender *o = &text->offenders[(*i)++];
        if (!(o->part & parts) || !o->container.node)
            continue;
        if (!last || o->container.kind != last->container.kind ||
            o->container.index != last->container.index)
            return o;
    }
    return NULL;
}

static uint32_t count_containers(const struct pss_text *text, uint32_t parts)
{
    uint32_t count = 0, i = 0;
    for (const struct pss_offender *o = next_container(text, parts, NULL, &i); o;
         o = next_container(text, parts, o, &i))
        count++;
    return count;
}

uint32_t pss_add_containers(const struct pss_text *text, uint32_t parts)
{
    uint32_t count = count_containers(text, parts), n = 0, i = 0;
    pss_add_plural(text->out, count, "container ", "containers ");
    for (const struct pss_offender *o = next_container(text, parts, NULL, &i); o;
         o = next_container(text, parts, o, &i))
        pss_add_quoted_item(text->out, n++, o->container.name);
    return count;
}

static bool has_pod(const struct pss_text *text, uint32_t parts)
{
    for (uint32_t i = 0; i < text->count; i++)
        if ((text->offenders[i].part & parts) && !text->offenders[i].container.node)
            return true;
    return false;
}

void pss_add_setters(const struct pss_text *text, uint32_t parts)
{
    bool pod = has_pod(text, parts), containers = count_containers(text, parts) > 0;
    if (pod)
        buf_add_c(text->out, containers ? "pod and " : "pod");
    if (containers)
        pss_add_containers(text, parts);
}

void pss_add_values(const struct pss_text *text, uint32_t parts)
{
    struct pss_strings values = pss_sorted_set(text, parts, pss_value_of);
    pss_add_quoted(text->out, &values);
}

void pss_values_text(const struct pss_text *text)
{
    for (uint32_t i = 0; i < text->count; i++) {
        buf_add_c(text->out, i ? ", " : "");
        buf_add_str(text->out, text->offenders[i].value);
    }
}
