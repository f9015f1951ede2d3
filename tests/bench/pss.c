/* SPDX-License-Identifier: Apache-2.0
 *
 * What judging one pod of two containers at restricted:latest costs, allowed and denied:
 *
 *   bench_pss
 *
 * Prints nanoseconds a pod, the best of several rounds.
 */
#include "pss/pss.h"

#include "load/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ROUNDS = 15, CALLS = 20000 };

static const char good[] =
    "{\"metadata\":{\"name\":\"web\",\"labels\":{\"app\":\"web\"},\"annotations\":{\"a.example.com/"
    "b\":\"c\"}},\"spec\":{\"securityContext\":{\"runAsNonRoot\":true,\"seccompProfile\":{\"type\":"
    "\"RuntimeDefault\"}},\"volumes\":[{\"name\":\"a\",\"emptyDir\":{}},{\"name\":\"b\","
    "\"projected\":{}}],\"containers\":[{\"name\":\"app\",\"image\":\"app:1\",\"ports\":[{"
    "\"containerPort\":80}],\"resources\":{},\"livenessProbe\":{\"httpGet\":{\"port\":80}},"
    "\"securityContext\":{\"allowPrivilegeEscalation\":false,\"capabilities\":{\"drop\":[\"ALL\"]}}"
    "},{\"name\":\"proxy\",\"image\":\"proxy:1\",\"ports\":[{\"containerPort\":81}],"
    "\"securityContext\":{\"allowPrivilegeEscalation\":false,\"capabilities\":{\"drop\":[\"ALL\"],"
    "\"add\":[\"NET_BIND_SERVICE\"]}}}]}}";
static const char bad[] =
    "{\"metadata\":{\"name\":\"web\"},\"spec\":{\"hostNetwork\":true,\"containers\":[{\"name\":"
    "\"app\",\"image\":\"app:1\",\"securityContext\":{\"privileged\":true}},{\"name\":\"proxy\","
    "\"image\":\"proxy:1\"}]}}";

static uint64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void measure(const char *name, const char *text, uint32_t fired)
{
    static const struct object nothing;
    struct arena tree, arena;
    struct json_reader reader;
    struct doc doc;
    struct diag diag = {0};
    struct pod pod;
    uint64_t best = UINT64_MAX;
    arena_init(&tree, 1 << 20);
    arena_init(&arena, 1 << 20);
    json_reader_init(&reader);
    if (!json_read(&reader, str_from(text), &tree, &doc, &diag))
        exit(1);
    pod_of_node(&pod, &nothing, doc.root, false, POD_AS_ADMITTED);
    for (int round = 0; round < ROUNDS; round++) {
        uint64_t begin = now_ns();
        for (int i = 0; i < CALLS; i++) {
            struct pss_results results;
            pss_evaluate(&results, PSS_ALL_CHECKS, PSS_LATEST, &pod, &arena);
            if (results.count != fired)
                exit(1);
            arena_clear(&arena);
        }
        uint64_t spent = now_ns() - begin;
        best = spent < best ? spent : best;
    }
    printf("%s: %.0f ns\n", name, (double)best / CALLS);
    json_reader_release(&reader);
    arena_release(&tree);
    arena_release(&arena);
}

int main(void)
{
    measure("allowed", good, 0);
    measure("denied", bad, 6);
    return 0;
}
