/* SPDX-License-Identifier: Apache-2.0
 *
 * One hash table of series a shard; a thread takes the lock of another's only for a series that is
 * new to it. A series' key is its labels, each with its length before it, so
 * that no value can pass for two.
 */
#include "server/metrics.h"

#include "base/limits.h"
#include "base/unset.h"
#include "base/utf8.h"

#include <pthread.h>
#include <stdlib.h>

enum metric_type { COUNTER, GAUGE, HISTOGRAM };

static const struct {
    enum metric_type type;
    const char *name, *labels, *help;
} table[METRIC_COUNT] = {
#define METRIC(id, type, name, labels, help) [METRIC_##id] = {type, name, labels, help},
#include "server/metrics.def"
};

/* Seconds. A review takes microseconds; what waits for the API server, up to its timeout. */
static const double buckets[] = {0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005,
                                 0.01,    0.025,  0.05,    0.1,    0.5,   1,      5};
enum {
    BUCKETS = sizeof buckets / sizeof *buckets,
    SLOTS = 512,
    KEY_BYTES = METRIC_LABELS * (LIMIT_LABEL_BYTES + 1)
};

struct values {
    uint64_t count, bucket[BUCKETS]; /* count: of a counter; of all observations */
    double sum;                      /* of a gauge: its value */
};

struct series {
    struct series *next;
    enum metric metric;
    uint64_t hash;
    struct values *values;
    size_t key_len;
    char key[];
};

struct shard {
    pthread_mutex_t lock;
    struct series *slots[SLOTS];
    unsigned count[METRIC_COUNT];
};

struct metrics {
    unsigned shards;
    struct shard shard[];
};

struct metrics *metrics_new(unsigned shards)
{
    struct metrics *metrics = calloc(1, sizeof *metrics + shards * sizeof metrics->shard[0]);
    if (!metrics)
        return NULL;
    metrics->shards = shards;
    for (unsigned i = 0; i < shards; i++)
        pthread_mutex_init(&metrics->shard[i].lock, NULL);
    return metrics;
}

static void series_free(struct series *series)
{
    free(series->values);
    free(series);
}

static void shard_clear(struct shard *shard, enum metric first, enum metric last)
{
    for (size_t i = 0; i < SLOTS; i++)
        for (struct series **at = &shard->slots[i]; *at;) {
            struct series *series = *at;
            if (series->metric < first || series->metric > last) {
                at = &series->next;
                continue;
            }
            *at = series->next;
            shard->count[series->metric]--;
            series_free(series);
        }
}

void metrics_free(struct metrics *metrics)
{
    if (!metrics)
        return;
    for (unsigned i = 0; i < metrics->shards; i++) {
        shard_clear(&metrics->shard[i], 0, METRIC_COUNT - 1);
        pthread_mutex_destroy(&metrics->shard[i].lock);
    }
    free(metrics);
}

void metrics_clear(struct metrics *metrics, enum metric metric)
{
    for (unsigned i = 0; i < metrics->shards; i++) {
        pthread_mutex_lock(&metrics->shard[i].lock);
        shard_clear(&metrics->shard[i], metric, metric);
        pthread_mutex_unlock(&metrics->shard[i].lock);
    }
}

/* Keys */

struct key {
    bool namespaced; /* holds a namespace */
    size_t len;
    uint64_t hash;
    char bytes[KEY_BYTES];
};

/* Where the series of a metric run out, namespaces are given up first: the sums over all of them
 * stay right. */
enum detail { EXACT, OTHER_NAMESPACE, OTHER };

/* The first name of a list, which is moved on. */
static struct str next_name(struct str *names)
{
    struct str name = str_take(*names, str_find(*names, ','));
    *names = str_skip(*names, name.len + (name.len < names->len));
    return name;
}

static bool is_namespace(struct str name, struct str value)
{
    return value.len > 0 && str_is(name, "namespace");
}

/* Eight bytes a step; the high bits, where a product is mixed best, come down. */
static uint64_t hash_key(const char *bytes, size_t len)
{
    uint64_t hash = len, word;
    for (; len >= sizeof word; len -= sizeof word, bytes += sizeof word) {
        memcpy(&word, bytes, sizeof word);
        hash = (hash ^ word) * 0x9E3779B97F4A7C15u;
        hash ^= hash >> 32;
    }
    word = 0;
    memcpy(&word, bytes, len);
    hash = (hash ^ word) * 0x9E3779B97F4A7C15u;
    return hash ^ hash >> 32;
}

static void key_make(struct key *key, enum metric metric, const struct str *labels,
                     enum detail detail)
{
    struct str names = str_from(table[metric].labels);
    key->len = 0;
    key->namespaced = false;
    for (unsigned i = 0; names.len > 0; i++) {
        bool namespace = is_namespace(next_name(&names), labels[i]);
        bool other = detail == OTHER || (detail == OTHER_NAMESPACE && namespace);
        struct str value = other ? STR("other") : utf8_cut(labels[i], LIMIT_LABEL_BYTES);
        key->namespaced |= namespace && !other;
        key->bytes[key->len++] = (char)value.len;
        if (value.len > 0)
            memcpy(key->bytes + key->len, value.ptr, value.len);
        key->len += value.len;
    }
    key->hash = hash_key(key->bytes, key->len) ^ metric;
}

/* Series */

static struct series *series_find(struct shard *shard, enum metric metric, const struct key *key)
{
    struct series *at = shard->slots[key->hash % SLOTS];
    while (at && (at->hash != key->hash || at->metric != metric || at->key_len != key->len ||
                  memcmp(at->key, key->bytes, key->len) != 0))
        at = at->next;
    return at;
}

static struct series *series_new(struct shard *shard, enum metric metric, const struct key *key)
{
    struct series *series = malloc(sizeof *series + key->len);
    struct values *values = calloc(1, sizeof *values);
    if (!series || !values) {
        free(series);
        free(values);
        return NULL;
    }
    struct series **slot = &shard->slots[key->hash % SLOTS];
    *series = (struct series){
        .next = *slot, .metric = metric, .hash = key->hash, .values = values, .key_len = key->len};
    memcpy(series->key, key->bytes, key->len);
    *slot = series;
    shard->count[metric]++;
    return series;
}

/* Every series is in the first shard, whose count is the metric's. The key is what is counted
 * under in the end. */
static struct series *series_admit(struct shard *first, enum metric metric,
                                   const struct str *labels, struct key *key)
{
    for (enum detail detail = EXACT; detail <= OTHER; detail++) {
        key_make(key, metric, labels, detail);
        struct series *series = series_find(first, metric, key);
        unsigned room = key->namespaced ? LIMIT_METRIC_NAMESPACED : LIMIT_METRIC_SERIES;
        if (series)
            return series;
        if (first->count[metric] < room)
            break;
    }
    return series_new(first, metric, key);
}

/* NULL only without memory: a count is lost then. */
static struct values *series_get(struct metrics *metrics, struct shard *shard, enum metric metric,
                                 const struct str *labels)
{
    struct key key UNSET;
    key_make(&key, metric, labels, EXACT);
    struct series *series = series_find(shard, metric, &key);
    struct shard *first = &metrics->shard[0];
    if (!series && shard == first) {
        series = series_admit(first, metric, labels, &key);
    } else if (!series) {
        pthread_mutex_lock(&first->lock);
        bool admitted = series_admit(first, metric, labels, &key) != NULL;
        pthread_mutex_unlock(&first->lock);
        series = admitted ? series_find(shard, metric, &key) : NULL;
        if (admitted && !series)
            series = series_new(shard, metric, &key);
    }
    return series ? series->values : NULL;
}

void metrics_add(struct metrics *metrics, unsigned shard, enum metric metric, uint64_t n,
                 const struct str *labels)
{
    struct shard *s = &metrics->shard[shard];
    pthread_mutex_lock(&s->lock);
    struct values *values = series_get(metrics, s, metric, labels);
    if (values)
        values->count += n;
    pthread_mutex_unlock(&s->lock);
}

void metrics_observe(struct metrics *metrics, unsigned shard, enum metric metric, double value,
                     const struct str *labels)
{
    struct shard *s = &metrics->shard[shard];
    pthread_mutex_lock(&s->lock);
    struct values *values = series_get(metrics, s, metric, labels);
    if (values) {
        size_t i = 0;
        while (i < BUCKETS && value > buckets[i])
            i++;
        if (i < BUCKETS)
            values->bucket[i]++;
        values->count++;
        values->sum += value;
    }
    pthread_mutex_unlock(&s->lock);
}

void metrics_set(struct metrics *metrics, enum metric metric, double value,
                 const struct str *labels)
{
    struct shard *s = &metrics->shard[0];
    pthread_mutex_lock(&s->lock);
    struct values *values = series_get(metrics, s, metric, labels);
    if (values)
        values->sum = value;
    pthread_mutex_unlock(&s->lock);
}

/* The text format */

struct copy {
    enum metric metric;
    struct values values;
    size_t key_len;
    char key[KEY_BYTES];
};

static int copy_compare(const void *a, const void *b)
{
    const struct copy *x = a, *y = b;
    if (x->metric != y->metric)
        return x->metric < y->metric ? -1 : 1;
    return str_compare((struct str){x->key, x->key_len}, (struct str){y->key, y->key_len});
}

static size_t shard_count(struct shard *shard)
{
    size_t count = 0;
    for (unsigned i = 0; i < METRIC_COUNT; i++)
        count += shard->count[i];
    return count;
}

/* Appends copies of a shard's series; false without memory. */
static bool collect(struct shard *shard, struct copy **copies, size_t *count)
{
    pthread_mutex_lock(&shard->lock);
    size_t total = *count + shard_count(shard);
    struct copy *grown = realloc(*copies, (total + 1) * sizeof **copies);
    if (grown)
        *copies = grown;
    for (size_t i = 0; grown && i < SLOTS; i++)
        for (struct series *s = shard->slots[i]; s; s = s->next) {
            struct copy *c = &grown[(*count)++];
            c->metric = s->metric;
            c->values = *s->values;
            c->key_len = s->key_len;
            memcpy(c->key, s->key, s->key_len);
        }
    pthread_mutex_unlock(&shard->lock);
    return grown != NULL;
}

/* Adds up equal series of several shards; returns how many are left. */
static size_t merge(struct copy *copies, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (kept == 0 || copy_compare(&copies[kept - 1], &copies[i]) != 0) {
            copies[kept++] = copies[i];
            continue;
        }
        struct values *sum = &copies[kept - 1].values;
        sum->count += copies[i].values.count;
        sum->sum += copies[i].values.sum;
        for (size_t b = 0; b < BUCKETS; b++)
            sum->bucket[b] += copies[i].values.bucket[b];
    }
    return kept;
}

static void write_value(struct buf *out, struct str value)
{
    for (size_t i = 0; i < value.len; i++) {
        char c = value.ptr[i];
        if (c == '\\' || c == '"')
            buf_add_char(out, '\\');
        if (c == '\n')
            buf_add_c(out, "\\n");
        else
            buf_add_char(out, c);
    }
}

/* le is the label of a histogram's bucket, or NULL. */
static void write_labels(struct buf *out, const struct copy *copy, const char *le)
{
    struct str names = str_from(table[copy->metric].labels);
    const char *at = copy->key;
    if (names.len == 0 && !le)
        return;
    buf_add_char(out, '{');
    while (names.len > 0) {
        struct str name = next_name(&names);
        struct str value = {at + 1, (unsigned char)*at};
        at += 1 + value.len;
        if (!value.len && str_is(name, "namespace"))
            continue;
        buf_printf(out, "%.*s=\"", STR_ARG(name));
        write_value(out, value);
        buf_add_c(out, names.len > 0 || le ? "\"," : "\"");
    }
    if (le)
        buf_printf(out, "le=\"%s\"", le);
    buf_add_char(out, '}');
}

static void write_histogram(struct buf *out, const struct copy *copy)
{
    const char *name = table[copy->metric].name;
    uint64_t below = 0;
    for (size_t i = 0; i < BUCKETS; i++) {
        char le[32];
        snprintf(le, sizeof le, "%g", buckets[i]);
        below += copy->values.bucket[i];
        buf_printf(out, "%s_bucket", name);
        write_labels(out, copy, le);
        buf_printf(out, " %ju\n", (uintmax_t)below);
    }
    buf_printf(out, "%s_bucket", name);
    write_labels(out, copy, "+Inf");
    buf_printf(out, " %ju\n%s_sum", (uintmax_t)copy->values.count, name);
    write_labels(out, copy, NULL);
    buf_printf(out, " %.9g\n%s_count", copy->values.sum, name);
    write_labels(out, copy, NULL);
    buf_printf(out, " %ju\n", (uintmax_t)copy->values.count);
}

static void write_series(struct buf *out, const struct copy *copy)
{
    if (table[copy->metric].type == HISTOGRAM) {
        write_histogram(out, copy);
        return;
    }
    buf_add_c(out, table[copy->metric].name);
    write_labels(out, copy, NULL);
    if (table[copy->metric].type == COUNTER)
        buf_printf(out, " %ju\n", (uintmax_t)copy->values.count);
    else
        buf_printf(out, " %.15g\n", copy->values.sum);
}

static void write_head(struct buf *out, enum metric metric)
{
    static const char *const types[] = {"counter", "gauge", "histogram"};
    buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", table[metric].name, table[metric].help,
               table[metric].name, types[table[metric].type]);
}

void metrics_write(struct metrics *metrics, struct buf *out)
{
    struct copy *copies = NULL;
    size_t count = 0;
    bool ok = true;
    for (unsigned i = 0; ok && i < metrics->shards; i++)
        ok = collect(&metrics->shard[i], &copies, &count);
    if (ok && count > 0) {
        qsort(copies, count, sizeof *copies, copy_compare);
        count = merge(copies, count);
        for (size_t i = 0; i < count; i++) {
            if (i == 0 || copies[i].metric != copies[i - 1].metric)
                write_head(out, copies[i].metric);
            write_series(out, &copies[i]);
        }
    }
    out->failed = out->failed || !ok;
    free(copies);
}
