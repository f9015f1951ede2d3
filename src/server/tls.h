/* SPDX-License-Identifier: Apache-2.0
 *
 * TLS of the admission listener: which pair is served, whose certificate is asked for. Pairs come
 * as bytes, so that what was compared, checked and served is one and the same reading of the files.
 */
#ifndef SERVER_TLS_H
#define SERVER_TLS_H

#include "base/diag.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ssl_ctx_st; /* OpenSSL's, for libh2o */
struct tls;

struct tls_names {
    const char *const *items; /* of the client certificate: common name or DNS name; none: any */
    size_t count;
};

/* What a file holds, and its name for messages. */
struct tls_file {
    const char *name;
    struct str pem;
};

struct tls_pair {
    struct tls_file certificate; /* the leaf, then its chain in any order */
    struct tls_file key;         /* not encrypted */
    struct tls_file client_ca;   /* name NULL: clients need no certificate */
    bool again;                  /* was served before: dates do not matter */
};

/* Serves nothing yet. names outlives it. NULL without memory. */
struct tls *tls_new(struct tls_names names);
/* When no other thread uses it. */
void tls_free(struct tls *tls);
/* Checks the pair (it parses, the key is the certificate's, the chain issued it, the dates hold
 * now) and serves it from the next handshake on. False: diag says why, and what was served is
 * served still. Any thread. */
bool tls_use(struct tls *tls, struct tls_pair pair, struct diag *diag);
/* What to make a handshake with, to be given back with tls_context_release. Any thread. NULL before
 * the first tls_use. */
struct ssl_ctx_st *tls_context(struct tls *tls);
void tls_context_release(struct ssl_ctx_st *context);

/* How the handshake that has just failed on this thread ended. */
enum { TLS_SUBJECT_BYTES = 256 };
struct tls_failure {
    /* What the client is still to be told, as bytes for its socket: the alert, or an HTTP answer to
     * one that speaks no TLS. Empty: nothing. Good until the next handshake of the thread. */
    struct str farewell;
    /* Why the client's certificate was refused, constant; NULL: that was not it. */
    const char *reason;
    char subject[TLS_SUBJECT_BYTES]; /* of the certificate it showed, printable; empty: none */
};
/* On that thread, before its next handshake. */
void tls_failed(struct tls_failure *failure);

struct tls_validity {
    int64_t serving_until, client_ca_until; /* seconds since 1970; 0: there is none */
};
struct tls_validity tls_validity(struct tls *tls);

/* SHA-256 in hexadecimal, terminated. */
enum { TLS_DIGEST_BYTES = 65 };
void tls_digest(struct str bytes, char hex[TLS_DIGEST_BYTES]);

#endif
