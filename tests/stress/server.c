/* SPDX-License-Identifier: Apache-2.0
 *
 * What the webhook's threads share, all at once, for ThreadSanitizer: policy snapshots,
 * certificates, counters, the audit log, token buckets, namespaces. Loops read while reloads and
 * events write; in the end the sums must be right.
 */
#include "kube/inventory.h"
#include "server/internal.h"

#include <openssl/pem.h>
#include <openssl/x509.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { LOOPS = 4, ROUNDS = 4000, SWAPS = 300 };

static struct service service;
static atomic_bool done;
static atomic_uint wrong;

#define EXPECT(condition)                                                                          \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            atomic_fetch_add(&wrong, 1);                                                           \
            fprintf(stderr, "%s:%d: expected %s\n", __FILE__, __LINE__, #condition);               \
        }                                                                                          \
    } while (0)

static struct tls_pair pair;

static struct str take_text(BIO *bio)
{
    char *text = NULL;
    long len = BIO_get_mem_data(bio, &text);
    return (struct str){text, (size_t)len}; /* the BIO lives as long as the program */
}

static void make_pair(BIO *certificate_text, BIO *key_text)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = X509_new();
    X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_set_pubkey(certificate, key);
    X509_sign(certificate, key, EVP_sha256());
    PEM_write_bio_X509(certificate_text, certificate);
    PEM_write_bio_PrivateKey(key_text, key, NULL, NULL, 0, NULL, NULL);
    pair = (struct tls_pair){.certificate = {"certificate", take_text(certificate_text)},
                             .key = {"key", take_text(key_text)}};
    X509_free(certificate);
    EVP_PKEY_free(key);
}

static const char *const policies[] = {
    "", "apiVersion: pod-security.admission.config.k8s.io/v1\nkind: PodSecurityConfiguration\n"
        "defaults: {enforce: restricted}\nexemptions: {usernames: [somebody]}\n"};

/* A snapshot is one policy or the other, never half of each. */
static void look_at_policy(void)
{
    struct snapshot *snapshot = snapshot_hold(&service);
    const struct pss_config *config = &snapshot->config.pod_security;
    bool restricted = config->defaults.mode[PSS_ENFORCE].level == PSS_RESTRICTED;
    EXPECT(config->usernames.count == (restricted ? 1u : 0u));
    EXPECT(!restricted || str_is(config->usernames.items[0], "somebody"));
    EXPECT(strlen(snapshot->digest) == TLS_DIGEST_BYTES - 1);
    snapshot_drop(snapshot);
}

static void *run_loop(void *data)
{
    unsigned index = (unsigned)(uintptr_t)data;
    struct str label = index % 2 ? STR("odd") : STR("even");
    for (unsigned i = 0; i < ROUNDS; i++) {
        look_at_policy();
        struct ssl_ctx_st *context = tls_context(service.tls);
        EXPECT(context);
        tls_context_release(context);
        metrics_add(service.metrics, index, METRIC_REQUEST_ERRORS, 1, LABELS(label));
        metrics_add(service.metrics, 0, METRIC_RATE_LIMITED, 1, NO_LABELS);
        metrics_observe(service.metrics, index, METRIC_DURATION, 0.001, LABELS(STR("pods")));
        audit_log_add(service.audit, "decision", STR("\"uid\":\"x\""));
        rate_take(service.rate, label, i);
        refusals_add(service.refusals, label, i);
        event_authn(&service, "127.0.0.1:1",
                    &(struct tls_failure){.reason = "no", .subject = "/CN=a"});
    }
    return NULL;
}

static void *run_policy(void *unused)
{
    for (unsigned i = 0; i < SWAPS; i++) {
        struct diag diag = {0};
        struct reload_contents contents = {.files = {str_from(policies[i % 2])}};
        EXPECT(policy_apply(&service, &contents, &diag));
        contents.files[0] = STR("kind: Nothing\n");
        EXPECT(!policy_apply(&service, &contents, &diag));
        event_reload(&service, false, diag.text);
    }
    return unused;
}

static void *run_certificates(void *unused)
{
    for (unsigned i = 0; i < SWAPS; i++) {
        struct diag diag = {0};
        struct tls_pair bad = pair;
        bad.key.pem = STR("no key");
        EXPECT(tls_use(service.tls, pair, &diag));
        EXPECT(!tls_use(service.tls, bad, &diag));
        EXPECT(tls_validity(service.tls).serving_until > 0);
    }
    return unused;
}

static void *run_scrapes(void *unused)
{
    while (!atomic_load(&done)) {
        struct buf text;
        buf_init(&text, LIMIT_METRICS_BYTES);
        metrics_set(service.metrics, METRIC_BUILD_INFO, 1, LABELS(STR("1")));
        metrics_write(service.metrics, &text);
        EXPECT(!text.failed);
        EXPECT(refusals_over(service.refusals, 0) <= 2);
        buf_release(&text);
        audit_log_reopen(service.audit);
        metrics_clear(service.metrics, METRIC_POLICY_INFO);
    }
    return unused;
}

static void check_sums(void)
{
    char line[64];
    struct buf text;
    buf_init(&text, LIMIT_METRICS_BYTES);
    metrics_write(service.metrics, &text);
    buf_add_char(&text, '\0');
    snprintf(line, sizeof line, "rampart_rate_limited_total %d\n", LOOPS * ROUNDS);
    EXPECT(strstr(text.ptr, line));
    snprintf(line, sizeof line, "{reason=\"odd\"} %d\n", LOOPS / 2 * ROUNDS);
    EXPECT(strstr(text.ptr, line));
    snprintf(line, sizeof line, "_count{resource=\"pods\"} %d\n", LOOPS * ROUNDS);
    EXPECT(strstr(text.ptr, line));
    snprintf(line, sizeof line, "reloads_total{result=\"failure\"} %d\n", SWAPS);
    EXPECT(strstr(text.ptr, line));
    EXPECT(refusals_over(service.refusals, ROUNDS) == 2);
    buf_release(&text);
}

static bool is_event(const char *line, const char *event)
{
    char head[64];
    int len = snprintf(head, sizeof head, "{\"event\":\"%s\",\"sequence\":", event);
    return strncmp(line, head, (size_t)len) == 0;
}

/* How many refusals a line of strangers stands for; 0: it is another. */
static uint64_t told(const char *line)
{
    const char *count = strstr(line, ",\"count\":");
    return is_event(line, "authn") && count ? strtoull(count + strlen(",\"count\":"), NULL, 10) : 0;
}

/* Every line that was not dropped is in the file, whole. */
static void check_log(const char *path, uint64_t dropped)
{
    char line[1024];
    uint64_t others = 0, strangers = 0, refused = service.authn.untold;
    FILE *file = fopen(path, "r");
    EXPECT(file);
    while (file && fgets(line, sizeof line, file)) {
        refused += told(line);
        strangers += told(line) > 0;
        others += told(line) == 0;
        EXPECT(told(line) || (is_event(line, "decision") && strstr(line, ",\"uid\":\"x\"}\n")) ||
               (is_event(line, "reload") && strstr(line, "\"}\n")));
    }
    EXPECT(strangers <= (uint64_t)2 * LIMIT_AUTHN_LINES); /* a minute may end meanwhile */
    EXPECT(others + dropped >= LOOPS * ROUNDS + SWAPS && (dropped || refused == LOOPS * ROUNDS));
    EXPECT(others <= LOOPS * ROUNDS + SWAPS);
    if (file)
        fclose(file);
}

static void prepare(const char *path)
{
    static struct service_options options = {.pod_security_config = "policy.yaml"};
    struct diag diag = {0};
    service.options = &options;
    service.latest = PSS_NEWEST;
    pthread_mutex_init(&service.lock, NULL);
    pthread_mutex_init(&service.authn.lock, NULL);
    service.metrics = metrics_new(LOOPS);
    service.rate = rate_new(1000, 10);
    service.refusals = refusals_new();
    service.tls = tls_new((struct tls_names){0});
    service.audit = audit_log_open(path, true, &diag);
    struct reload_contents contents = {.files = {STR_EMPTY}};
    EXPECT(service.audit && policy_apply(&service, &contents, &diag));
    EXPECT(tls_use(service.tls, pair, &diag));
}

int main(void)
{
    static void *(*const others[])(void *) = {run_policy, run_certificates, run_scrapes};
    BIO *certificate_text = BIO_new(BIO_s_mem()), *key_text = BIO_new(BIO_s_mem());
    char path[] = "/tmp/rampart-stress-XXXXXX";
    pthread_t loops[LOOPS], threads[3];
    close(mkstemp(path));
    make_pair(certificate_text, key_text);
    prepare(path);
    for (uintptr_t i = 0; i < LOOPS; i++)
        pthread_create(&loops[i], NULL, run_loop, (void *)i);
    for (unsigned i = 0; i < 3; i++)
        pthread_create(&threads[i], NULL, others[i], NULL);
    for (unsigned i = 0; i < LOOPS; i++)
        pthread_join(loops[i], NULL);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    atomic_store(&done, true);
    pthread_join(threads[2], NULL);
    check_sums();
    uint64_t dropped = audit_log_dropped(service.audit);
    audit_log_close(service.audit);
    check_log(path, dropped);
    unlink(path);
    snapshot_drop(service.snapshot);
    tls_free(service.tls);
    rate_free(service.rate);
    refusals_free(service.refusals);
    metrics_free(service.metrics);
    BIO_free(certificate_text);
    BIO_free(key_text);
    printf("%d rounds of %d loops beside %d reloads: %u wrong\n", ROUNDS, LOOPS, SWAPS,
           atomic_load(&wrong));
    return atomic_load(&wrong) ? 1 : 0;
}
