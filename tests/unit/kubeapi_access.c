/* SPDX-License-Identifier: Apache-2.0 */
#include "kubeapi/access.h"
#include "kubeapi/exec.h"
#include "load/json.h"

#include <criterion/criterion.h>

static struct arena arena;
static struct diag diag;
static struct kubeapi_access access;

static void begin(void)
{
    arena_init(&arena, 1 << 20);
    diag = (struct diag){0};
}

static void finish(void)
{
    arena_release(&arena);
}

TestSuite(access, .init = begin, .fini = finish);

static bool read_config(const char *json)
{
    struct json_reader reader;
    static struct doc doc;
    json_reader_init(&reader);
    cr_assert(json_read(&reader, str_from(json), &arena, &doc, &diag), "%s", diag.text);
    json_reader_release(&reader);
    return kubeapi_access_kubeconfig(&access, &doc, STR_EMPTY, STR("/etc/kube"), &arena, &diag);
}

Test(access, in_cluster)
{
    cr_assert(kubeapi_access_in_cluster(&access, "10.0.0.1", "443", "/d", &arena, &diag));
    cr_assert(str_is(access.server, "https://10.0.0.1:443"));
    cr_assert(str_is(access.token_file, "/d/token"));
    cr_assert(kubeapi_access_in_cluster(&access, "fd00::1", "443", "/d", &arena, &diag));
    cr_assert(str_is(access.server, "https://[fd00::1]:443"));
    cr_assert(!kubeapi_access_in_cluster(&access, NULL, "443", "/d", &arena, &diag));
    cr_assert(str_find_str(str_from(diag.text), STR("KUBERNETES_SERVICE_HOST")) <
              strlen(diag.text));
}

Test(access, the_current_context_decides)
{
    cr_assert(
        read_config(
            "{\"current-context\":\"b\",\"contexts\":[{\"name\":\"a\",\"context\":{}},{\"name\":"
            "\"b\",\"context\":"
            "{\"cluster\":\"c\",\"user\":\"u\"}}],\"clusters\":[{\"name\":\"c\",\"cluster\":{"
            "\"server\":\"https://h:1/\","
            "\"certificate-authority\":\"ca.crt\",\"tls-server-name\":\"n\"}}],\"users\":[{"
            "\"name\":\"u\",\"user\":"
            "{\"client-certificate-data\":\"aGVsbG8=\",\"client-key\":\"/k\",\"token\":\"t\"}}]}"),
        "%s", diag.text);
    cr_assert(str_is(access.server, "https://h:1"));
    cr_assert(str_is(access.ca_file, "/etc/kube/ca.crt"));
    cr_assert(str_is(access.cert_data, "hello"));
    cr_assert(str_is(access.key_file, "/k"));
    cr_assert(str_is(access.token, "t"));
    cr_assert(str_is(access.tls_server_name, "n"));
}

#define WITH_USER(user)                                                                            \
    "{\"current-context\":\"x\",\"contexts\":[{\"name\":\"x\",\"context\":{\"cluster\":\"c\","     \
    "\"user\":\"u\"}}],\"clusters\":[{\"name\":\"c\",\"cluster\":{\"server\":\"https://x\"}}],"    \
    "\"users\":[{\"name\":\"u\",\"user\":" user "}]}"

Test(access, what_is_missing_or_wrong_is_named)
{
    static const struct {
        const char *config, *text;
    } cases[] = {
        {"[]", "expected a kubeconfig"},
        {"{}", "current-context"},
        {"{\"current-context\":5}", "expected a string for current-context"},
        {"{\"current-context\":\"x\"}", "contexts has no item named \"x\""},
        {"{\"current-context\":\"x\",\"contexts\":[{\"name\":\"x\",\"context\":{\"cluster\":\"c\"}}"
         "]}",
         "clusters has no item named \"c\""},
        {"{\"current-context\":\"x\",\"contexts\":[{\"name\":\"x\",\"context\":{\"cluster\":\"c\"}}"
         "],"
         "\"clusters\":[{\"name\":\"c\",\"cluster\":{\"server\":\"ftp://x\"}}]}",
         "expected server: https://"},
        {"{\"current-context\":\"x\",\"contexts\":[{\"name\":\"x\",\"context\":{\"cluster\":\"c\"}}"
         "],"
         "\"clusters\":[{\"name\":\"c\",\"cluster\":{\"server\":\"https://"
         "x\",\"certificate-authority-data\":\"&\"}}]}",
         "expected base64 for certificate-authority-data"},
        {"{\"current-context\":\"x\",\"contexts\":[{\"name\":\"x\",\"context\":{\"cluster\":\"c\","
         "\"user\":\"u\"}}],"
         "\"clusters\":[{\"name\":\"c\",\"cluster\":{\"server\":\"https://x\"}}],"
         "\"users\":[{\"name\":\"u\",\"user\":{\"auth-provider\":{\"name\":\"gcp\"}}}]}",
         "Kubernetes has no auth-provider since 1.26"},
        {WITH_USER("{\"client-certificate\":\"c\"}"),
         "expected client-key beside the client certificate"},
        {WITH_USER("{\"exec\":\"x\"}"), "expected command in exec"},
        {WITH_USER("{\"exec\":{\"command\":5}}"), "expected a string for command"},
        {"{\"current-context\":\"x\",\"contexts\":[{\"name\":\"x\",\"context\":{\"cluster\":\"c\"}}"
         "],"
         "\"clusters\":[{\"name\":\"c\",\"cluster\":{\"server\":\"https://x\","
         "\"insecure-skip-tls-verify\":\"true\"}}]}",
         "expected true or false for insecure-skip-tls-verify"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        diag = (struct diag){0};
        cr_assert(!read_config(cases[i].config), "%s", cases[i].config);
        cr_assert(str_find_str(str_from(diag.text), str_from(cases[i].text)) < strlen(diag.text),
                  "%s: %s", cases[i].config, diag.text);
    }
}

Test(access, a_plugin_lies_beside_the_kubeconfig)
{
    cr_assert(read_config(WITH_USER("{\"exec\":{\"command\":\"./p\"}}")), "%s", diag.text);
    cr_assert(str_is(access.exec_command, "/etc/kube/./p"), "%s", access.exec_command.ptr);
    cr_assert(read_config(WITH_USER("{\"exec\":{\"command\":\"p\"}}")), "%s", diag.text);
    cr_assert(str_is(access.exec_command, "p"), "%s", access.exec_command.ptr);
}

static void read_plugin(void)
{
    cr_assert(read_config("{\"current-context\":\"x\",\"contexts\":[{\"name\":\"x\",\"context\":{"
                          "\"cluster\":\"c\",\"user\":\"u\"}}],"
                          "\"clusters\":[{\"name\":\"c\",\"cluster\":{\"server\":\"https://"
                          "x\"}}],\"users\":[{\"name\":\"u\",\"user\":"
                          "{\"exec\":{\"apiVersion\":\"client.authentication.k8s.io/"
                          "v1\",\"command\":\"sh\",\"args\":[\"-c\","
                          "\"echo "
                          "\\\"{\\\\\\\"status\\\\\\\":{\\\\\\\"token\\\\\\\":\\\\\\\"$T\\\\\\\"}}"
                          "\\\"\"],\"env\":[{\"name\":\"T\","
                          "\"value\":\"secret\"}]}}}]}"),
              "%s", diag.text);
}

Test(access, a_credential_plugin_is_run)
{
    struct kube_credential credential;
    read_plugin();
    cr_assert(kube_exec_run(&access, NULL, &credential, &arena, &diag), "%s", diag.text);
    cr_assert(str_is(credential.token, "secret"), "%s", credential.token.ptr);
    access.exec_command = STR("/nonexistent/plugin");
    cr_assert(!kube_exec_run(&access, NULL, &credential, &arena, &diag));
}

/* Without memory for an argument or a variable it is not run with an empty one. */
Test(access, a_credential_plugin_is_run_whole_or_not_at_all)
{
    struct kube_credential credential;
    unsigned runs = 0;
    read_plugin();
    for (size_t taken = 64; taken < LIMIT_ARENA_BLOCK_MIN; taken += 64) {
        struct arena small;
        arena_init(&small, LIMIT_ARENA_BLOCK_MIN);
        arena_alloc(&small, taken);
        diag = (struct diag){0};
        bool ok = kube_exec_run(&access, NULL, &credential, &small, &diag);
        cr_assert(ok ? str_is(credential.token, "secret") : diag.code == DIAG_MEMORY, "%s",
                  diag.text);
        runs += ok;
        arena_release(&small);
    }
    cr_assert(runs > 0);
}
