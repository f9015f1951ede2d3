/* SPDX-License-Identifier: Apache-2.0
 *
 * Counters, gauges and histograms, by the table metrics.def, in Prometheus' text format. Each
 * thread counts in a shard of its own; they are added up when somebody asks. Any function on any
 * thread.
 */
#ifndef SERVER_METRICS_H
#define SERVER_METRICS_H

#include "base/buf.h"
#include "base/str.h"

#include <stdint.h>

enum metric {
#define METRIC(id, ...) METRIC_##id,
#include "server/metrics.def"
    METRIC_COUNT
};

enum { METRIC_LABELS = 8 };

struct metrics;

/* NULL without memory. */
struct metrics *metrics_new(unsigned shards);
void metrics_free(struct metrics *metrics);

/* Label values in the table's order. They are cut at LIMIT_LABEL_BYTES; near
 * LIMIT_METRIC_SERIES of one metric a namespace becomes "other", and past it all values do. */
#define LABELS(...) ((const struct str[]){__VA_ARGS__})
#define NO_LABELS   ((const struct str *)0)

void metrics_add(struct metrics *metrics, unsigned shard, enum metric metric, uint64_t n,
                 const struct str *labels);
void metrics_observe(struct metrics *metrics, unsigned shard, enum metric metric, double value,
                     const struct str *labels);
/* Gauges live in the first shard. */
void metrics_set(struct metrics *metrics, enum metric metric, double value,
                 const struct str *labels);
/* Forgets every series of a metric: before a gauge whose label changed is set again. */
void metrics_clear(struct metrics *metrics, enum metric metric);

/* The whole exposition. A metric without series prints nothing. */
void metrics_write(struct metrics *metrics, struct buf *out);

#endif
