/* SPDX-License-Identifier: Apache-2.0
 *
 * The floor: libh2o and TLS and nothing else. Reads a body, answers with as many bytes as a verdict
 * has. tests/bench/webhook compares the webhook with it, on the same bodies.
 *
 *   bench_webhook_echo PORT CERTIFICATE KEY
 */
#include <h2o.h>
#include <h2o/http1.h>

#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

static const char answer[] =
    "{\"apiVersion\":\"admission.k8s.io/v1\",\"kind\":\"AdmissionReview\",\"response\":{\"uid\":"
    "\"c6d7268c-b28f-404d-9594-8a39ac4ac33b\",\"allowed\":true,\"auditAnnotations\":{\"enforce-"
    "policy\":\"restricted:latest\"}}}";

static h2o_context_t context;
static h2o_accept_ctx_t accept_context;

static int on_request(h2o_handler_t *self, h2o_req_t *req)
{
    static h2o_generator_t generator;
    unsigned char touched = 0;
    (void)self;
    for (size_t i = 0; i < req->entity.len; i++)
        touched ^= (unsigned char)req->entity.base[i];
    h2o_iovec_t body = h2o_iovec_init(answer, sizeof answer - 1 - (touched == 1 ? 1 : 0));
    req->res.status = 200;
    req->res.reason = "OK";
    req->res.content_length = body.len;
    h2o_add_header(&req->pool, &req->res.headers, H2O_TOKEN_CONTENT_TYPE, NULL,
                   H2O_STRLIT("application/json"));
    h2o_start_response(req, &generator);
    h2o_send(req, &body, 1, H2O_SEND_STATE_FINAL);
    return 0;
}

static void on_accept(h2o_socket_t *listener, const char *err)
{
    h2o_socket_t *socket;
    while (!err && (socket = h2o_evloop_socket_accept(listener)) != NULL)
        h2o_accept(&accept_context, socket);
}

static SSL_CTX *make_tls(const char *certificate, const char *key)
{
    SSL_CTX *tls = SSL_CTX_new(TLS_server_method());
    SSL_CTX_set_min_proto_version(tls, TLS1_2_VERSION);
    SSL_CTX_set_options(tls, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION);
    SSL_CTX_set_session_cache_mode(tls, SSL_SESS_CACHE_OFF);
    if (SSL_CTX_use_certificate_chain_file(tls, certificate) != 1 ||
        SSL_CTX_use_PrivateKey_file(tls, key, SSL_FILETYPE_PEM) != 1)
        exit(1);
    return tls;
}

static int make_listener(unsigned short port)
{
    struct sockaddr_in at = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int on = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, (struct sockaddr *)&at, sizeof at) != 0 || listen(fd, SOMAXCONN) != 0)
        exit(1);
    return fd;
}

int main(int argc, char **argv)
{
    static h2o_globalconf_t config;
    if (argc != 4)
        return 2;
    signal(SIGPIPE, SIG_IGN);
    h2o_config_init(&config);
    config.http1.req_timeout = 120000;
    config.http1.upgrade_to_http2 = 0;
    h2o_hostconf_t *host =
        h2o_config_register_host(&config, h2o_iovec_init(H2O_STRLIT("default")), 65535);
    h2o_create_handler(h2o_config_register_path(host, "/", 0), sizeof(h2o_handler_t))->on_req =
        on_request;
    h2o_context_init(&context, h2o_evloop_create(), &config);
    accept_context = (h2o_accept_ctx_t){
        .ctx = &context, .hosts = config.hosts, .ssl_ctx = make_tls(argv[2], argv[3])};
    h2o_socket_t *listener = h2o_evloop_socket_create(
        context.loop, make_listener((unsigned short)strtoul(argv[1], NULL, 10)),
        H2O_SOCKET_FLAG_DONT_READ);
    h2o_socket_read_start(listener, on_accept);
    for (;;)
        h2o_evloop_run(context.loop, INT32_MAX);
}
