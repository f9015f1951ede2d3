/* SPDX-License-Identifier: Apache-2.0
 *
 * Handshakes in memory: who is let in, and what is said of who is not.
 */
#include "server/tls.h"

#include <criterion/criterion.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

enum { TURNS = 10, HOUR = 3600 };

struct identity {
    EVP_PKEY *key;
    X509 *certificate;
};

static struct identity ca, serving;
static struct tls *tls;

static void set_common_name(X509_NAME *name, struct str common)
{
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)common.ptr,
                               (int)common.len, -1, 0);
}

/* Signed by the issuer, or by itself. Of version 1, whose self-signed certificates may sign. */
static struct identity make(struct str common, const struct identity *issuer)
{
    struct identity made = {EVP_EC_gen("P-256"), X509_new()};
    X509 *c = made.certificate;
    const struct identity *signer = issuer ? issuer : &made;
    ASN1_INTEGER_set(X509_get_serialNumber(c), 1);
    X509_gmtime_adj(X509_getm_notBefore(c), -HOUR);
    X509_gmtime_adj(X509_getm_notAfter(c), HOUR);
    set_common_name(X509_get_subject_name(c), common);
    X509_set_issuer_name(c, X509_get_subject_name(signer->certificate));
    X509_set_pubkey(c, made.key);
    cr_assert_gt(X509_sign(c, signer->key, EVP_sha256()), 0);
    return made;
}

static void drop(struct identity *identity)
{
    EVP_PKEY_free(identity->key);
    X509_free(identity->certificate);
}

static struct tls_file file_of(const char *name, BIO *bio)
{
    char *text = NULL;
    long len = BIO_get_mem_data(bio, &text);
    return (struct tls_file){.name = name, .pem = {text, (size_t)len}};
}

static void begin(void)
{
    static const char *const names[] = {"other", "caller"};
    struct diag diag = {0};
    BIO *certificate = BIO_new(BIO_s_mem()), *key = BIO_new(BIO_s_mem()),
        *trust = BIO_new(BIO_s_mem());
    ca = make(STR("CA"), NULL);
    serving = make(STR("serving"), &ca);
    PEM_write_bio_X509(certificate, serving.certificate);
    PEM_write_bio_PrivateKey(key, serving.key, NULL, NULL, 0, NULL, NULL);
    PEM_write_bio_X509(trust, ca.certificate);
    tls = tls_new((struct tls_names){names, 2});
    struct tls_pair pair = {.certificate = file_of("certificate", certificate),
                            .key = file_of("key", key),
                            .client_ca = file_of("trust", trust)};
    cr_assert(tls_use(tls, pair, &diag), "%s", diag.text);
    BIO_free(certificate);
    BIO_free(key);
    BIO_free(trust);
}

static void end(void)
{
    tls_free(tls);
    drop(&ca);
    drop(&serving);
}

TestSuite(tls, .init = begin, .fini = end);

/* Both sides take turns until one is done or has failed. */
static bool shake(SSL *server, SSL *client)
{
    int accepted = 0;
    for (unsigned i = 0; i < TURNS && accepted != 1; i++) {
        SSL_connect(client);
        accepted = SSL_accept(server);
        if (accepted != 1 && SSL_get_error(server, accepted) != SSL_ERROR_WANT_READ)
            return false;
    }
    return accepted == 1;
}

/* NULL: a client without a certificate. */
static bool let_in(const struct identity *who, int version)
{
    SSL_CTX *ours = tls_context(tls), *theirs = SSL_CTX_new(TLS_client_method());
    BIO *a = NULL, *b = NULL;
    SSL_CTX_set_max_proto_version(theirs, version);
    if (who) {
        SSL_CTX_use_certificate(theirs, who->certificate);
        SSL_CTX_use_PrivateKey(theirs, who->key);
    }
    SSL *server = SSL_new(ours), *client = SSL_new(theirs);
    cr_assert(BIO_new_bio_pair(&a, 0, &b, 0));
    SSL_set_bio(server, a, a);
    SSL_set_bio(client, b, b);
    bool ok = shake(server, client);
    SSL_free(server);
    SSL_free(client);
    SSL_CTX_free(theirs);
    tls_context_release(ours);
    return ok;
}

static const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};

static void expect_refused(const struct identity *who, const char *reason, const char *subject)
{
    struct tls_failure failure;
    for (size_t i = 0; i < 2; i++) {
        cr_expect_not(let_in(who, versions[i]), "%s", reason);
        tls_failed(&failure);
        cr_assert(failure.reason, "%s, version %x", reason, (unsigned)versions[i]);
        cr_expect_str_eq(failure.reason, reason);
        cr_expect_str_eq(failure.subject, subject);
        cr_expect_gt(failure.farewell.len, 0, "the alert");
        tls_failed(&failure);
        cr_expect(!failure.reason && failure.farewell.len == 0, "told twice");
    }
}

Test(tls, an_accepted_name_is_let_in)
{
    struct identity caller = make(STR("caller"), &ca);
    struct tls_failure failure;
    for (size_t i = 0; i < 2; i++) {
        cr_expect(let_in(&caller, versions[i]));
        tls_failed(&failure);
        cr_expect(!failure.reason && failure.farewell.len == 0);
    }
    drop(&caller);
}

Test(tls, a_refused_client_is_told_of)
{
    struct identity stranger = make(STR("stranger"), &ca), self = make(STR("caller"), NULL);
    expect_refused(NULL, "no certificate was shown", "");
    expect_refused(&stranger, "its name is none of those accepted", "/CN=stranger");
    expect_refused(&self, X509_verify_cert_error_string(X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT),
                   "/CN=caller");
    /* What another handshake failed for is not this one's. */
    expect_refused(NULL, "no certificate was shown", "");
    drop(&stranger);
    drop(&self);
}

Test(tls, a_name_is_compared_whole)
{
    struct identity nul = make(STR("caller\0.example.com"), &ca),
                    longer = make(STR("caller2"), &ca);
    expect_refused(&nul, "its name is none of those accepted", "/CN=caller\\x00.example.com");
    expect_refused(&longer, "its name is none of those accepted", "/CN=caller2");
    drop(&nul);
    drop(&longer);
}

Test(tls, another_failure_is_no_refusal)
{
    struct tls_failure failure;
    struct identity caller = make(STR("caller"), &ca);
    cr_expect_not(let_in(&caller, TLS1_1_VERSION));
    tls_failed(&failure);
    cr_expect_null(failure.reason);
    drop(&caller);
}
