/* SPDX-License-Identifier: Apache-2.0
 *
 * Credentials are read again as they age: a bound token is replaced by the kubelet at 80 % of its
 * life, and a CA can rotate, both behind a symlink swap, so files are opened by path and never
 * held.
 */
#include "kubeapi/http.h"

#include "base/limits.h"
#include "kubeapi/exec.h"

#include <curl/curl.h>

#include <ctype.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

enum {
    TOKEN_LIFE_S = 60,      /* client-go re-reads the token file as often */
    TOKEN_BYTES = 64 << 10, /* more is no token */
    CREDENTIAL_ARENA = 4 << 20,
    CONNECT_TIMEOUT_MS = 10000,
    /* A peer that is gone without a word, or a firewall that forgot us, is found in 45 s: as soon
     * as client-go does it by HTTP/2's pings. */
    KEEPALIVE_IDLE_S = 15,
    KEEPALIVE_EVERY_S = 10,
    UNACKNOWLEDGED_MS = 30000,
};

struct kube_http {
    CURL *curl;
    const struct kubeapi_access *access;
    struct curl_slist *connect_to;
    const char *user_agent;
    char *token;        /* read from the file, or NULL */
    int64_t token_read; /* seconds of the monotonic clock */
    struct arena exec_arena;
    struct kube_credential credential; /* of the plugin; asked for again after a 401 */
    bool renewed; /* the token or the credential was got for the present request */
    char error[CURL_ERROR_SIZE];
    /* of the present request */
    const atomic_bool *stop;
    kube_chunk_fn *chunk;
    void *context;
    struct buf *body;
    bool cut;
};

static int64_t monotonic_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int64_t monotonic_seconds(void)
{
    return monotonic_ms() / 1000;
}

/* An answer without end has begun. */
static bool is_streaming(struct kube_http *h)
{
    long status = 0;
    return h->chunk && curl_easy_getinfo(h->curl, CURLINFO_RESPONSE_CODE, &status) == CURLE_OK &&
           status == 200;
}

static size_t on_bytes(char *bytes, size_t size, size_t count, void *context)
{
    struct kube_http *h = context;
    struct str piece = {bytes, size * count};
    if (is_streaming(h)) {
        h->cut = !h->chunk(h->context, piece);
        return h->cut ? CURL_WRITEFUNC_ERROR : piece.len;
    }
    buf_add_str(h->body, piece);
    return h->body->failed ? CURL_WRITEFUNC_ERROR : piece.len;
}

static int on_progress(void *context, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    struct kube_http *h = context;
    (void)a, (void)b, (void)c, (void)d;
    if (is_streaming(h) && !h->chunk(h->context, STR_EMPTY))
        return 1;
    return h->stop && atomic_load(h->stop);
}

static void set_blob(CURL *curl, CURLoption option, struct str data)
{
    /* libcurl only reads it: CURL_BLOB_NOCOPY */
    struct curl_blob blob = {
        .data = (char *)(uintptr_t)data.ptr, .len = data.len, .flags = CURL_BLOB_NOCOPY};
    curl_easy_setopt(curl, option, &blob);
}

static void set_tls(struct kube_http *h)
{
    const struct kubeapi_access *a = h->access;
    if (a->insecure) {
        curl_easy_setopt(h->curl, CURLOPT_SSL_VERIFYPEER, 0L);
        curl_easy_setopt(h->curl, CURLOPT_SSL_VERIFYHOST, 0L);
    }
    if (a->ca_data.len)
        set_blob(h->curl, CURLOPT_CAINFO_BLOB, a->ca_data);
    else if (a->ca_file.len)
        curl_easy_setopt(h->curl, CURLOPT_CAINFO, a->ca_file.ptr);
    if (a->cert_data.len)
        set_blob(h->curl, CURLOPT_SSLCERT_BLOB, a->cert_data);
    else if (a->cert_file.len)
        curl_easy_setopt(h->curl, CURLOPT_SSLCERT, a->cert_file.ptr);
    if (a->key_data.len)
        set_blob(h->curl, CURLOPT_SSLKEY_BLOB, a->key_data);
    else if (a->key_file.len)
        curl_easy_setopt(h->curl, CURLOPT_SSLKEY, a->key_file.ptr);
    curl_easy_setopt(h->curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(h->curl, CURLOPT_CA_CACHE_TIMEOUT,
                     0L); /* a rotated CA counts from the next connection on */
}

struct kube_http *kube_http_new(const struct kubeapi_access *access, const char *user_agent)
{
    struct kube_http *h = calloc(1, sizeof *h);
    /* The first of a process starts libcurl as a whole, on any thread (7.84 and later). */
    CURL *curl = h ? curl_easy_init() : NULL;
    if (!curl) {
        free(h);
        return NULL;
    }
    *h = (struct kube_http){
        .curl = curl, .access = access, .user_agent = user_agent, .token_read = -TOKEN_LIFE_S};
    arena_init(&h->exec_arena, CREDENTIAL_ARENA);
    return h;
}

void kube_http_free(struct kube_http *h)
{
    if (!h)
        return;
    curl_easy_cleanup(h->curl);
    curl_slist_free_all(h->connect_to);
    free(h->token);
    arena_release(&h->exec_arena);
    free(h);
}

/* The token, read again when it is old. An unreadable file keeps the last one: the kubelet may be
 * swapping it. */
static void refresh_token(struct kube_http *h)
{
    if (!h->access->token_file.len || monotonic_seconds() - h->token_read < TOKEN_LIFE_S)
        return;
    FILE *in = fopen(h->access->token_file.ptr, "re");
    char *text = in ? malloc(TOKEN_BYTES) : NULL;
    size_t len = text ? fread(text, 1, TOKEN_BYTES - 1, in) : 0;
    if (in)
        fclose(in);
    while (len && isspace((unsigned char)text[len - 1]))
        len--;
    if (!len) {
        free(text);
        return;
    }
    text[len] = '\0';
    free(h->token);
    h->token = text;
    h->token_read = monotonic_seconds();
    h->renewed = true;
}

/* The API server's name in its certificate differs from where it is reached: URL and SNI take the
 * name, the connection goes to the server. Returns the URL in url. */
static bool set_url(struct kube_http *h, const char *path, struct buf *url)
{
    const struct kubeapi_access *a = h->access;
    struct str scheme = str_take(a->server, str_find_str(a->server, STR("://")) + 3);
    struct str rest = str_skip(a->server, scheme.len);
    struct str authority = str_take(rest, str_find(rest, '/'));
    if (a->tls_server_name.len) {
        size_t colon = str_rfind(authority, ':');
        bool has_port = colon < authority.len &&
                        str_find(str_skip(authority, colon), ']') == authority.len - colon;
        struct str port = has_port ? str_skip(authority, colon) : STR(":443");
        buf_printf(url, "%.*s%.*s%.*s", STR_ARG(scheme), STR_ARG(a->tls_server_name),
                   STR_ARG(port));
        buf_add_str(url, str_skip(rest, authority.len));
        if (!h->connect_to) {
            struct buf to;
            buf_init(&to, LIMIT_PATH_BYTES);
            buf_printf(&to, "::%.*s%s", STR_ARG(authority), has_port ? "" : ":443");
            buf_add_char(&to, '\0');
            h->connect_to = to.failed ? NULL : curl_slist_append(NULL, to.ptr);
            buf_release(&to);
        }
        curl_easy_setopt(h->curl, CURLOPT_CONNECT_TO, h->connect_to);
    } else {
        buf_add_str(url, a->server);
    }
    buf_add_c(url, path);
    buf_add_char(url, '\0');
    return !url->failed && curl_easy_setopt(h->curl, CURLOPT_URL, url->ptr) == CURLE_OK;
}

static struct curl_slist *make_headers(const char *accept)
{
    char line[512];
    snprintf(line, sizeof line, "Accept: %s", accept ? accept : "application/json");
    return curl_slist_append(NULL, line);
}

/* The plugin's credential, asked for once and again after a 401; false when it fails. */
static bool refresh_credential(struct kube_http *h, struct diag *diag)
{
    if (!h->access->exec_command.len || h->credential.token.len || h->credential.cert_data.len)
        return true;
    h->renewed = true;
    arena_clear(&h->exec_arena);
    if (kube_exec_run(h->access, h->stop, &h->credential, &h->exec_arena, diag))
        return true;
    h->credential = (struct kube_credential){0};
    return false;
}

static void set_credentials(struct kube_http *h)
{
    const struct kubeapi_access *a = h->access;
    if (h->credential.cert_data.len) {
        set_blob(h->curl, CURLOPT_SSLCERT_BLOB, h->credential.cert_data);
        set_blob(h->curl, CURLOPT_SSLKEY_BLOB, h->credential.key_data);
    }
    const char *token = h->token                  ? h->token
                        : h->credential.token.len ? h->credential.token.ptr
                        : a->token.len            ? a->token.ptr
                                                  : NULL;
    if (token) {
        curl_easy_setopt(h->curl, CURLOPT_HTTPAUTH, (long)CURLAUTH_BEARER);
        curl_easy_setopt(h->curl, CURLOPT_XOAUTH2_BEARER, token);
    } else if (a->username.len) {
        curl_easy_setopt(h->curl, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
        curl_easy_setopt(h->curl, CURLOPT_USERNAME, a->username.ptr);
        curl_easy_setopt(h->curl, CURLOPT_PASSWORD, a->password.ptr);
    }
}

/* How many probes of keep-alive may fail, libcurl 7.88 cannot say; this can (tcp(7)). */
static int on_socket(void *context, curl_socket_t fd, curlsocktype purpose)
{
    unsigned limit = UNACKNOWLEDGED_MS;
    (void)context;
    (void)purpose;
    setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &limit, sizeof limit);
    return CURL_SOCKOPT_OK;
}

static void set_common(struct kube_http *h, struct curl_slist *headers)
{
    CURL *c = h->curl;
    curl_easy_reset(c); /* keeps connections */
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_ERRORBUFFER, h->error);
    curl_easy_setopt(c, CURLOPT_USERAGENT, h->user_agent);
    curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "https,http");
    curl_easy_setopt(c, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_TIMEOUT_MS);
    curl_easy_setopt(c, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(c, CURLOPT_TCP_KEEPIDLE, (long)KEEPALIVE_IDLE_S);
    curl_easy_setopt(c, CURLOPT_TCP_KEEPINTVL, (long)KEEPALIVE_EVERY_S);
    curl_easy_setopt(c, CURLOPT_SOCKOPTFUNCTION, on_socket);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_bytes);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, h);
    curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_easy_setopt(c, CURLOPT_XFERINFODATA, h);
    curl_easy_setopt(c, CURLOPT_PROXY, h->access->proxy_url.len ? h->access->proxy_url.ptr : "");
    set_tls(h);
    set_credentials(h);
}

struct wanted {
    const char *path, *accept;
    int64_t timeout_ms, silence_s; /* 0: none */
};

static CURLcode transfer(struct kube_http *h, const struct wanted *wanted)
{
    struct curl_slist *headers = make_headers(wanted->accept);
    struct buf url;
    buf_init(&url, 4 * LIMIT_PATH_BYTES);
    set_common(h, headers);
    curl_easy_setopt(h->curl, CURLOPT_TIMEOUT_MS, (long)wanted->timeout_ms);
    if (wanted->silence_s) {
        curl_easy_setopt(h->curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
        curl_easy_setopt(h->curl, CURLOPT_LOW_SPEED_TIME, (long)wanted->silence_s);
    }
    CURLcode code = headers && set_url(h, wanted->path, &url) ? curl_easy_perform(h->curl)
                                                              : CURLE_OUT_OF_MEMORY;
    buf_release(&url);
    curl_slist_free_all(headers);
    return code;
}

static struct kube_result attempt(struct kube_http *h, const struct wanted *wanted)
{
    struct kube_result result = {0};
    struct diag diag = {0};
    h->error[0] = '\0';
    h->cut = h->renewed = false;
    refresh_token(h);
    if (!refresh_credential(h, &diag)) {
        snprintf(result.error, sizeof result.error, "%.*s", (int)sizeof result.error - 1,
                 diag.text);
        return result;
    }
    CURLcode code = transfer(h, wanted);
    long status = 0;
    curl_off_t retry = 0;
    curl_easy_getinfo(h->curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(h->curl, CURLINFO_RETRY_AFTER, &retry);
    result.began = status == 200;
    result.retry_after = retry > 0 && retry < UINT32_MAX ? (uint32_t)retry : 0;
    if (code != CURLE_OK && !h->cut)
        snprintf(result.error, sizeof result.error, "%s",
                 h->body->failed ? "the answer is too large"
                 : h->error[0]   ? h->error
                                 : curl_easy_strerror(code));
    else
        result.status = (unsigned)status;
    if (status == 401) { /* revoked or expired: get them again */
        h->token_read = -TOKEN_LIFE_S;
        h->credential = (struct kube_credential){0};
    }
    return result;
}

/* Credentials that have run out are got again at once: a review that waits for the answer would be
 * denied for nothing. */
static struct kube_result perform(struct kube_http *h, struct wanted wanted)
{
    int64_t began = monotonic_ms();
    struct kube_result result = attempt(h, &wanted);
    bool can_renew = h->access->token_file.len || h->access->exec_command.len;
    if (result.status != 401 || h->renewed || !can_renew)
        return result;
    if (wanted.timeout_ms > 0) {
        wanted.timeout_ms -= monotonic_ms() - began;
        if (wanted.timeout_ms <= 0)
            return result;
    }
    buf_clear(h->body);
    return attempt(h, &wanted);
}

struct kube_result kube_http_get(struct kube_http *h, const char *path, const char *accept,
                                 int64_t timeout_ms, const atomic_bool *stop, struct buf *body)
{
    h->stop = stop;
    h->chunk = NULL;
    h->body = body;
    return perform(h, (struct wanted){.path = path, .accept = accept, .timeout_ms = timeout_ms});
}

struct kube_result kube_http_stream(struct kube_http *h, const char *path, const char *accept,
                                    int64_t silence_s, const atomic_bool *stop,
                                    kube_chunk_fn *chunk, void *context, struct buf *body)
{
    h->stop = stop;
    h->chunk = chunk;
    h->context = context;
    h->body = body;
    return perform(h, (struct wanted){.path = path, .accept = accept, .silence_s = silence_s});
}
