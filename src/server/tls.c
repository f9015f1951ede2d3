/* SPDX-License-Identifier: Apache-2.0
 *
 * The only file that knows OpenSSL. A context is made from bytes, checked whole, and then put in
 * place of the one before; handshakes that began with that keep it alive by its count.
 */
#include "server/tls.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct tls {
    struct tls_names names;
    pthread_mutex_t lock;
    SSL_CTX *current;
    struct tls_validity validity;
};

enum { DAY_SECONDS = 86400 };

struct tls *tls_new(struct tls_names names)
{
    struct tls *tls = calloc(1, sizeof *tls);
    if (!tls)
        return NULL;
    tls->names = names;
    pthread_mutex_init(&tls->lock, NULL);
    return tls;
}

void tls_free(struct tls *tls)
{
    if (!tls)
        return;
    SSL_CTX_free(tls->current);
    pthread_mutex_destroy(&tls->lock);
    free(tls);
}

struct ssl_ctx_st *tls_context(struct tls *tls)
{
    pthread_mutex_lock(&tls->lock);
    SSL_CTX *context = tls->current;
    if (context)
        SSL_CTX_up_ref(context);
    pthread_mutex_unlock(&tls->lock);
    return context;
}

void tls_context_release(struct ssl_ctx_st *context)
{
    SSL_CTX_free(context);
}

struct tls_validity tls_validity(struct tls *tls)
{
    pthread_mutex_lock(&tls->lock);
    struct tls_validity validity = tls->validity;
    pthread_mutex_unlock(&tls->lock);
    return validity;
}

static bool last_error_is(int library, int reason)
{
    unsigned long error = ERR_peek_last_error();
    return ERR_GET_LIB(error) == library && ERR_GET_REASON(error) == reason;
}

/* OpenSSL's own words for what just failed, as the end of a message. */
static bool refuse(struct diag *diag, const char *file, const char *expected)
{
    const char *why = ERR_reason_error_string(ERR_peek_last_error());
    if (last_error_is(ERR_LIB_PEM, PEM_R_NO_START_LINE))
        why = "found none";
    ERR_clear_error();
    return diag_set(diag, DIAG_VALUE, 0, 0, "%s: expected %s%s%s", file, expected, why ? ": " : "",
                    why ? why : "");
}

/* Who may call */

static bool name_accepted(const struct tls_names *names, X509 *certificate)
{
    enum { EXACT = X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_WILDCARDS };
    char common[256] = "";
    int len = X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, common,
                                        sizeof common);
    struct str subject = {common, len > 0 ? (size_t)len : 0}; /* may hold NUL bytes */
    for (size_t i = 0; i < names->count; i++) {
        const char *name = names->items[i];
        if (str_is(subject, name) || X509_check_host(certificate, name, 0, EXACT, NULL) == 1)
            return true;
    }
    return names->count == 0;
}

/* The client that the handshake of this thread refuses. libh2o hands out neither the SSL nor the
 * certificate, but calls back before it turns to another connection. */
static _Thread_local struct {
    const char *reason;
    char subject[TLS_SUBJECT_BYTES];
} refused;

static int refuse_client(X509_STORE_CTX *store, const char *reason)
{
    refused.reason = reason;
    X509_NAME_oneline(X509_get_subject_name(X509_STORE_CTX_get0_cert(store)), refused.subject,
                      sizeof refused.subject);
    return 0;
}

/* Refused within the handshake, so that a stranger never gets as far as a request. */
static int on_verify(int ok, X509_STORE_CTX *store)
{
    if (!ok)
        return refuse_client(store, X509_verify_cert_error_string(X509_STORE_CTX_get_error(store)));
    if (X509_STORE_CTX_get_error_depth(store) != 0)
        return 1;
    const SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
    const struct tls_names *names = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
    if (name_accepted(names, X509_STORE_CTX_get_current_cert(store)))
        return 1;
    X509_STORE_CTX_set_error(store, X509_V_ERR_HOSTNAME_MISMATCH);
    return refuse_client(store, "its name is none of those accepted");
}

/* What is spoken */

/* HTTP/2 must not be chosen; a client that offers only that is refused (RFC 7301, 3.2). */
static int on_alpn(SSL *ssl, const unsigned char **out, unsigned char *outlen,
                   const unsigned char *in, unsigned int inlen, void *context)
{
    static const unsigned char ours[] = "\x08http/1.1";
    (void)ssl;
    (void)context;
    unsigned char *chosen = NULL;
    if (SSL_select_next_proto(&chosen, outlen, ours, sizeof ours - 1, in, inlen) !=
        OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    *out = chosen;
    return SSL_TLSEXT_ERR_OK;
}

/* What is said at the end

 * libh2o drops what OpenSSL wrote when a handshake fails, the alert that says why, and the client
 * sees a connection that just ends. So the last small record is noted as it passes. */
static _Thread_local struct {
    char record[96]; /* an alert takes 7 bytes, encrypted 24 */
    size_t len;
    bool fatal;
} last;

static long on_bio(BIO *bio, int operation, const char *bytes, size_t len, int argi, long argl,
                   int result, size_t *processed)
{
    (void)bio;
    (void)argi;
    (void)argl;
    (void)processed;
    if (operation == BIO_CB_WRITE) {
        last.len = len <= sizeof last.record ? len : 0;
        memcpy(last.record, bytes, last.len);
    }
    return result;
}

static void on_info(const SSL *ssl, int where, int value)
{
    if (where & SSL_CB_HANDSHAKE_START)
        BIO_set_callback_ex(SSL_get_wbio(ssl), on_bio);
    else if (where & SSL_CB_HANDSHAKE_DONE)
        BIO_set_callback_ex(SSL_get_wbio(ssl), NULL);
    else if (where == SSL_CB_WRITE_ALERT)
        last.fatal = value >> 8 == SSL3_AL_FATAL;
}

void tls_failed(struct tls_failure *failure)
{
    *failure = (struct tls_failure){.reason = refused.reason};
    memcpy(failure->subject, refused.subject, sizeof failure->subject);
    if (!failure->reason && last_error_is(ERR_LIB_SSL, SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE))
        failure->reason = "no certificate was shown";
    if (last_error_is(ERR_LIB_SSL, SSL_R_HTTP_REQUEST))
        failure->farewell = STR("HTTP/1.0 400 Bad Request\r\nContent-Type: text/plain\r\n"
                                "Connection: close\r\n\r\nTLS is expected here: https://\n");
    else if (last.fatal)
        failure->farewell = (struct str){last.record, last.len};
    last.fatal = false;
    refused.reason = NULL;
    refused.subject[0] = '\0';
    ERR_clear_error();
}

static SSL_CTX *context_new(struct tls *tls)
{
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    if (!context)
        return NULL;
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET |
                                     SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(context, 0);
    SSL_CTX_set_alpn_select_cb(context, on_alpn, NULL);
    SSL_CTX_set_app_data(context, &tls->names);
    SSL_CTX_set_info_callback(context, on_info);
    /* AEAD with forward secrecy only (RFC 9325, 4.2); those of TLS 1.3 are AEAD anyway. */
    if (SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20") != 1) {
        SSL_CTX_free(context);
        return NULL;
    }
    return context;
}

/* What is served */

/* Never asks a terminal for the password of an encrypted key. */
static int no_password(char *buffer, int size, int writing, void *context)
{
    (void)buffer;
    (void)size;
    (void)writing;
    (void)context;
    return -1;
}

static BIO *reader(struct str pem)
{
    return BIO_new_mem_buf(pem.ptr, (int)pem.len);
}

static X509 *read_certificate(BIO *bio)
{
    return PEM_read_bio_X509(bio, NULL, no_password, NULL);
}

/* True when the reader ended because there was nothing left to read. */
static bool read_to_end(void)
{
    bool end = last_error_is(ERR_LIB_PEM, PEM_R_NO_START_LINE);
    if (end)
        ERR_clear_error();
    return end;
}

/* The first end of several certificates. */
static void note_end(X509 *certificate, int64_t *until)
{
    int days = 0, seconds = 0;
    if (ASN1_TIME_diff(&days, &seconds, NULL, X509_get0_notAfter(certificate)) != 1)
        return;
    int64_t end = (int64_t)time(NULL) + (int64_t)days * DAY_SECONDS + seconds;
    if (*until == 0 || end < *until)
        *until = end;
}

struct dates {
    int64_t until;
    bool again; /* of struct tls_pair */
};

static bool dates_hold(X509 *certificate, const char *file, struct dates *dates, struct diag *diag)
{
    note_end(certificate, &dates->until);
    if (dates->again)
        return true;
    if (X509_cmp_current_time(X509_get0_notBefore(certificate)) >= 0)
        return diag_set(diag, DIAG_VALUE, 0, 0,
                        "%s: expected a certificate in force, found one whose time has not come",
                        file);
    return X509_cmp_current_time(X509_get0_notAfter(certificate)) > 0 ||
           diag_set(diag, DIAG_VALUE, 0, 0,
                    "%s: expected a certificate in force, found one that has expired", file);
}

static bool in_force(X509 *certificate)
{
    return X509_cmp_current_time(X509_get0_notBefore(certificate)) < 0 &&
           X509_cmp_current_time(X509_get0_notAfter(certificate)) > 0;
}

/* Of several, one in force: a file may hold the old and the new intermediate. */
static X509 *issuer_of(X509 *certificate, STACK_OF(X509) * chain)
{
    X509 *found = NULL;
    for (int i = 0; i < sk_X509_num(chain) && !(found && in_force(found)); i++) {
        X509 *candidate = sk_X509_value(chain, i);
        if (X509_check_issued(candidate, certificate) == X509_V_OK)
            found = candidate;
    }
    return found;
}

static bool is_self_issued(X509 *certificate)
{
    return (X509_get_extension_flags(certificate) & EXFLAG_SI) != 0;
}

/* From the leaf up to a root, which is the client's own matter, or to where the file ends. */
static bool check_chain(SSL_CTX *context, const char *file, struct dates *dates, struct diag *diag)
{
    STACK_OF(X509) *chain = NULL;
    X509 *leaf = SSL_CTX_get0_certificate(context);
    SSL_CTX_get0_chain_certs(context, &chain);
    if (sk_X509_num(chain) <= 0 || is_self_issued(leaf))
        return true;
    X509 *at = issuer_of(leaf, chain);
    if (!at)
        return diag_set(diag, DIAG_VALUE, 0, 0,
                        "%s: expected the issuer of the first certificate among those that follow",
                        file);
    for (int i = 0; at && !is_self_issued(at) && i < sk_X509_num(chain); i++) {
        if (!dates_hold(at, file, dates, diag))
            return false;
        at = issuer_of(at, chain);
    }
    return true;
}

static bool use_leaf(SSL_CTX *context, BIO *bio, const char *file, struct dates *dates,
                     struct diag *diag)
{
    X509 *leaf = bio ? read_certificate(bio) : NULL;
    if (!leaf)
        return refuse(diag, file, "a PEM certificate");
    bool ok = dates_hold(leaf, file, dates, diag);
    if (ok && SSL_CTX_use_certificate(context, leaf) != 1)
        ok = refuse(diag, file, "a certificate with at least 112 bits of security");
    X509_free(leaf);
    return ok;
}

static bool use_certificates(SSL_CTX *context, struct tls_file file, struct dates *dates,
                             struct diag *diag)
{
    BIO *bio = reader(file.pem);
    bool ok = use_leaf(context, bio, file.name, dates, diag);
    X509 *next = NULL;
    while (ok && (next = read_certificate(bio)) != NULL) {
        ok = SSL_CTX_add1_chain_cert(context, next) == 1 ||
             refuse(diag, file.name, "a chain of PEM certificates");
        X509_free(next);
    }
    if (ok && !read_to_end())
        ok = refuse(diag, file.name, "a chain of PEM certificates");
    BIO_free(bio);
    return ok && check_chain(context, file.name, dates, diag);
}

static bool use_key(SSL_CTX *context, struct tls_file file, struct diag *diag)
{
    BIO *bio = reader(file.pem);
    EVP_PKEY *key = bio ? PEM_read_bio_PrivateKey(bio, NULL, no_password, NULL) : NULL;
    bool ok = key || refuse(diag, file.name, "a PEM private key without a password");
    if (ok && (X509_check_private_key(SSL_CTX_get0_certificate(context), key) != 1 ||
               SSL_CTX_use_PrivateKey(context, key) != 1))
        ok = refuse(diag, file.name, "the private key of the certificate");
    EVP_PKEY_free(key);
    BIO_free(bio);
    return ok;
}

/* One that has expired may stand beside its successor, and counts no more. */
static bool trust(SSL_CTX *context, X509 *ca, struct dates *dates)
{
    if (dates->again || in_force(ca))
        note_end(ca, &dates->until);
    return X509_STORE_add_cert(SSL_CTX_get_cert_store(context), ca) == 1 &&
           SSL_CTX_add_client_CA(context, ca) == 1;
}

static bool use_client_ca(SSL_CTX *context, struct tls_file file, struct dates *dates,
                          struct diag *diag)
{
    BIO *bio = reader(file.pem);
    X509 *ca = NULL;
    bool ok = bio != NULL, any = false;
    while (ok && (ca = read_certificate(bio)) != NULL) {
        ok = trust(context, ca, dates);
        X509_free(ca);
        any = true;
    }
    /* A file without any must not mean that everybody may call. */
    ok = ok && any && read_to_end();
    if (!ok)
        refuse(diag, file.name, "PEM certificates of client CAs");
    else if (!dates->until)
        ok = diag_set(diag, DIAG_VALUE, 0, 0, "%s: expected a client CA in force, found none",
                      file.name);
    BIO_free(bio);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, on_verify);
    return ok;
}

bool tls_use(struct tls *tls, struct tls_pair pair, struct diag *diag)
{
    struct tls_validity validity = {0};
    struct dates dates = {.again = pair.again}, ca_dates = dates;
    SSL_CTX *context = context_new(tls);
    bool ok = context || refuse(diag, "TLS", "a context");
    ERR_clear_error();
    ok = ok && use_certificates(context, pair.certificate, &dates, diag) &&
         use_key(context, pair.key, diag) &&
         (!pair.client_ca.name || use_client_ca(context, pair.client_ca, &ca_dates, diag));
    if (!ok) {
        SSL_CTX_free(context);
        return false;
    }
    validity.serving_until = dates.until;
    validity.client_ca_until = ca_dates.until;
    pthread_mutex_lock(&tls->lock);
    SSL_CTX *before = tls->current;
    tls->current = context;
    tls->validity = validity;
    pthread_mutex_unlock(&tls->lock);
    SSL_CTX_free(before);
    return true;
}

void tls_digest(struct str bytes, char hex[TLS_DIGEST_BYTES])
{
    unsigned char digest[EVP_MAX_MD_SIZE] = {0};
    unsigned int len = 0;
    EVP_Digest(bytes.ptr, bytes.len, digest, &len, EVP_sha256(), NULL);
    for (size_t i = 0; i < (TLS_DIGEST_BYTES - 1) / 2; i++)
        snprintf(hex + 2 * i, 3, "%02x", (unsigned)digest[i]);
}
