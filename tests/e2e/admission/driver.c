/* SPDX-License-Identifier: Apache-2.0
 *
 * Judges reviews from standard input: driver_admission CLUSTER.json [CONFIG.yaml [KNOWN_MINORS]].
 * Each line is a timeout in milliseconds (or -1), a space and the body of a review; each answer is
 * a line with the HTTP status, a space and the body. At the end of input the counters follow.
 */
#include "config/pod_security.h"
#include "support/admission.h"
#include "support/support.h"

#include <jansson.h>

#include <stdio.h>
#include <stdlib.h>

static void count(void *context, struct str line)
{
    json_t *counters = context;
    json_t *value = json_object_getn(counters, line.ptr, line.len);
    if (value)
        json_integer_set(value, json_integer_value(value) + 1);
    else
        json_object_setn_new(counters, line.ptr, line.len, json_integer(1));
}

static void read_config(const char *path, struct arena *arena, struct admission_config *config)
{
    struct pod_security_error error;
    if (pod_security_read(support_read_file(path), arena, &config->pod_security, &error))
        return;
    fprintf(stderr, "%s:%u:%u: %.*s\n", path, error.line, error.column, STR_ARG(error.text));
    exit(2);
}

static void judge_line(struct admission_world *world, const struct admission_config *config,
                       struct str line, struct admission_result *result, json_t *counters)
{
    char *rest;
    double milliseconds = strtod(line.ptr, &rest);
    struct str body = str_skip(line, (size_t)(rest + 1 - line.ptr));
    int64_t timeout = milliseconds < 0 ? -1 : (int64_t)(milliseconds * 1e6);
    admission_run(world, config, body, timeout, result, count, counters);
    printf("%u %.*s\n", result->status, STR_ARG(buf_str(&result->body)));
    fflush(stdout);
}

int main(int argc, char **argv)
{
    struct admission_world world;
    struct admission_config config = ADMISSION_CONFIG_DEFAULT;
    struct admission_result result = {0};
    struct arena arena;
    arena_init(&arena, LIMIT_FILE_ARENA);
    if (argc < 2)
        return 2;
    admission_world_init(&world, support_read_file(argv[1]));
    if (argc > 2)
        read_config(argv[2], &arena, &config);
    if (argc > 3)
        config.known_minors = (uint32_t)strtoul(argv[3], NULL, 10);
    buf_init(&result.body, LIMIT_REQUEST_ARENA);
    json_t *counters = json_object();
    char *line = NULL;
    size_t room = 0;
    for (ssize_t n; (n = getline(&line, &room, stdin)) > 0;)
        judge_line(&world, &config, (struct str){line, (size_t)n - (line[n - 1] == '\n')}, &result,
                   counters);
    json_dumpf(counters, stdout, JSON_SORT_KEYS);
    putchar('\n');
    json_decref(counters);
    free(line);
    buf_release(&result.body);
    admission_world_release(&world);
    arena_release(&arena);
    return 0;
}
