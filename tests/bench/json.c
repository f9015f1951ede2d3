/* SPDX-License-Identifier: Apache-2.0
 *
 * What reading one AdmissionReview costs, beside jansson in the same run:
 *
 *   bench_json [FILE]...    FILE: a JSON text; default: the review of the external test inputs
 *                           (SHARED), else one built in
 *
 * Prints nanoseconds a body, the best of several rounds each, and the ratio.
 */
#include "load/json.h"

#include "support/support.h"

#include <jansson.h>

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ROUNDS = 15, ROUND_NS = 40000000 };

static uint64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static struct json_reader reader;
static struct arena arena;

static void read_ours(struct str text)
{
    struct doc doc;
    struct diag diag = {0};
    if (!json_read(&reader, text, &arena, &doc, &diag)) {
        fprintf(stderr, "byte %u: %s\n", diag.begin, diag.text);
        exit(1);
    }
    arena_clear(&arena);
}

static void read_jansson(struct str text)
{
    json_error_t error;
    json_t *json = json_loadb(text.ptr, text.len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    if (!json) {
        fprintf(stderr, "jansson, byte %d: %s\n", error.position, error.text);
        exit(1);
    }
    json_decref(json);
}

/* Nanoseconds a call, over about ROUND_NS. */
static double round_ns(void (*read)(struct str), struct str text)
{
    uint64_t begin = now_ns(), spent = 0;
    unsigned calls = 0;
    for (; spent < ROUND_NS; spent = now_ns() - begin)
        for (unsigned i = 0; i < 16; i++, calls++)
            read(text);
    return (double)spent / calls;
}

/* Rounds take turns, so that what else the machine does hits both alike. */
static void compare(const char *name, struct str text)
{
    double ours = 1e300, theirs = 1e300;
    for (int i = 0; i < ROUNDS; i++) {
        double a = round_ns(read_ours, text), b = round_ns(read_jansson, text);
        ours = a < ours ? a : ours;
        theirs = b < theirs ? b : theirs;
    }
    printf("%s: %zu bytes, rampart %.0f ns (%.2f GB/s), jansson %.0f ns, ratio %.1f\n", name,
           text.len, ours, (double)text.len / ours, theirs, theirs / ours);
}

static void compare_file(const char *path)
{
    struct str text = support_read_file(path);
    compare(path, text);
    free((void *)(uintptr_t)text.ptr);
}

static const char review[] =
    "{\"kind\":\"AdmissionReview\",\"apiVersion\":\"admission.k8s.io/v1\",\"request\":{\"uid\":"
    "\"705ab4f5-6393-11e8-b7cc-42010a800002\",\"kind\":{\"group\":\"\",\"version\":\"v1\",\"kind\":"
    "\"Pod\"},\"resource\":{\"group\":\"\",\"version\":\"v1\",\"resource\":\"pods\"},\"namespace\":"
    "\"shop\",\"operation\":\"CREATE\",\"userInfo\":{\"username\":\"admin\",\"groups\":["
    "\"system:authenticated\"]},\"object\":{\"kind\":\"Pod\",\"apiVersion\":\"v1\",\"metadata\":{"
    "\"name\":\"web\",\"namespace\":\"shop\",\"labels\":{\"app.kubernetes.io/name\":\"web\"}},"
    "\"spec\":{\"containers\":[{\"name\":\"web\",\"image\":\"registry.example.com/shop/web:1.2\","
    "\"ports\":[{\"containerPort\":8080,\"protocol\":\"TCP\"}],\"resources\":{\"limits\":{\"cpu\":"
    "\"500m\",\"memory\":\"128Mi\"}},\"securityContext\":{\"capabilities\":{\"drop\":[\"ALL\"]},"
    "\"runAsNonRoot\":true,\"allowPrivilegeEscalation\":false}}],\"restartPolicy\":\"Always\"},"
    "\"status\":{}},\"oldObject\":null,\"dryRun\":false}}";

int main(int argc, char **argv)
{
    json_reader_init(&reader);
    arena_init(&arena, LIMIT_REQUEST_ARENA);
    char path[4096];
    const char *shared = support_shared();
    for (int i = 1; i < argc; i++)
        compare_file(argv[i]);
    if (argc == 1 && shared) {
        snprintf(path, sizeof path, "%s/corpora/admission-review.json", shared);
        compare_file(path);
    }
    if (argc == 1 && !shared)
        compare("built-in review (SHARED is not set)", str_from(review));
    json_reader_release(&reader);
    arena_release(&arena);
    return 0;
}
