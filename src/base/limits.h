/* SPDX-License-Identifier: Apache-2.0
 *
 * Every ceiling of the program, each with its reason. Sizes in bytes unless said otherwise.
 */
#ifndef BASE_LIMITS_H
#define BASE_LIMITS_H

/* Documents. Deepest real CustomResourceDefinition: 31 levels, 13 780 nodes (shared corpora). */
#define LIMIT_DOC_DEPTH 64u
/* Of JSON that is checked and not kept, a bit each. Go's decoder stops at 10 000. */
#define LIMIT_JSON_DEPTH 16384u
#define LIMIT_DOC_NODES  500000u /* of one document; a List counts each item for itself */
/* Children of all open containers together, which lie on the builder's stack at 48 bytes each. The
 * items of a List have budgets of their own, so a list of two million empty ones ends here. */
#define LIMIT_DOC_PENDING 2097152u
/* Of which so many stay allocated from one document to the next (0.8 MB): one huge request must not
 * fatten a server for good. */
#define LIMIT_DOC_KEPT 16384u
/* Nodes that aliases and merge keys may add by expansion: a billion-laughs file dies here, in
 * milliseconds. */
#define LIMIT_ALIAS_NODES 100000u
/* Duplicate keys recorded of one document; the rest are counted. */
#define LIMIT_DOC_DUPLICATES 100u

/* Files. A 200 MB file is refused with a message, not read. 64 MiB holds the largest real bundle
 * six times over. */
#define LIMIT_FILE_BYTES  (64u << 20)
#define LIMIT_FILE_ARENA  (1024u << 20)
#define LIMIT_STATE_BYTES (64u << 20) /* manifests of a --state folder, which stay in memory */
#define LIMIT_WALK_DEPTH  64u         /* directories below a named one */
#define LIMIT_JOBS        256u        /* threads of an audit */
#define LIMIT_PATH_BYTES  4096u

/* Requests. The API server's own body limit is 3 MiB; an UPDATE carries object and oldObject and
 * overhead. */
#define LIMIT_REQUEST_BYTES (8u << 20)
#define LIMIT_REQUEST_ARENA (128u << 20)

/* The server. libh2o keeps whole bodies, so its memory is bounded by this sum, which
 * tests/integration/webhook_connections holds it to:
 *     connections x 29 kB (an idle TLS connection, measured: 30 MB; 60 kB while half a record of
 *     TLS has come, which only a hostile client leaves at that, for ten seconds)
 *   + bodies from their first byte to their answer's last, and answers, all together (64 MiB)
 *   + the documents of those that are judged, one a thread: twelve times the body at worst (24
 * bytes for each "0,"), a tenth as a rule.
 */
#define LIMIT_CONNECTIONS     1024u        /* by default; the oldest idle one goes */
#define LIMIT_CONNECTIONS_OPS 64u          /* of the plain listener: probes and scrapes */
#define LIMIT_BODIES_BYTES    (64u << 20)  /* of requests, eight of the largest size at once */
#define LIMIT_BODIES_MS       10u          /* between two looks at what they have become */
#define LIMIT_INPUT_BYTES     (32u << 10)  /* first buffer of a request: most come in one read(2) */
#define LIMIT_PIECE_BYTES     (256u << 10) /* of an answer, encrypted and given to the kernel */
#define LIMIT_PARKED          512u         /* requests that wait for the cluster, of one loop */
#define LIMIT_LOOPS           64u          /* threads that serve */
#define LIMIT_BACKLOG         1024u        /* connections that wait while a worker starts again */
#define LIMIT_ACCEPT_BATCH    16u          /* connections taken before the loop serves on */
#define LIMIT_VICTIMS_LOOKED  64u          /* connections looked at for an idle one at the cap */
#define LIMIT_LINGERING       16u          /* sockets of a loop that are refused and still send */
#define LIMIT_RESPONSE_KEPT   (256u << 10) /* memory for answers that a loop keeps between them */
#define LIMIT_HEAD_BYTES      (417u << 10) /* H2O_MAX_REQLEN: what libh2o takes as a request head */
/* Milliseconds. The client, an API server, gives up after 30 s and keeps idle connections 90 s. */
#define LIMIT_REQUEST_MS    10000u  /* from the first byte of a request to its last */
#define LIMIT_WORDLESS_MS   1000u   /* at the end: for the first byte of a new connection */
#define LIMIT_RESPONSE_MS   10000u  /* for the client to take an answer */
#define LIMIT_UNREAD_MS     1000u   /* less, where its connection is wanted by another client */
#define LIMIT_LINGER_MS     2000u   /* for a refused client to stop sending and read why */
#define LIMIT_IDLE_MS       120000u /* closed later than the client would, or its request is lost */
#define LIMIT_REVIEW_MS     10000u  /* to answer a review whose client names no timeout */
#define LIMIT_REVIEW_MAX_MS 30000u  /* the longest timeout a webhook may be given */
#define LIMIT_METRICS_BYTES (16u << 20) /* of a scrape: every series at its longest is 10 MB */
#define LIMIT_DRAIN_MS      35000u /* for requests in hand at the end: the API server's own bound */
#define LIMIT_SWEEP_MS      250u   /* between two looks at all connections of a loop */
#define LIMIT_STALL_MS      10000u /* a loop that did not tick for so long is dead */
#define LIMIT_RELOAD_MS     1000u  /* between two looks at the files that are watched */

/* Counters, lines and users that a hostile client can multiply. */
#define LIMIT_METRIC_SERIES     500u /* of one metric; the rest counts as "other" */
#define LIMIT_METRIC_NAMESPACED 400u /* less: after so many, new namespaces count as "other" */
#define LIMIT_LABEL_BYTES       128u
#define LIMIT_AUDIT_BYTES       (4u << 20)   /* lines that wait for the disk; the rest is dropped */
#define LIMIT_AUDIT_LINE        (704u << 10) /* a decision's texts, cut and escaped */
#define LIMIT_AUTHN_LINES       10u /* a minute, of clients that are refused: 4 MB a day at worst */
#define LIMIT_USERS             4096u /* whose request rate, and whose refusals, are remembered */
#define LIMIT_POISON            64u   /* digests of bodies that crashed a worker */

/* Findings. Past these an object is hopeless already; the rest is counted, and the report says so.
 */
#define LIMIT_FINDINGS_OBJECT 1000u
#define LIMIT_FINDINGS_TOTAL  1000000u
#define LIMIT_MESSAGE_BYTES   16384u
#define LIMIT_NAME_BYTES      1024u /* of a name in a finding; Kubernetes' own have at most 253 */
#define LIMIT_FRAME_BYTES     200u  /* of one source line shown in a code frame */

/* A --schema. All of Kubernetes 1.36 with the 200 definitions of a large cluster: 20 000 types.
 * Types and names are numbered in 16 bits. */
#define LIMIT_SCHEMA_TYPES  60000u
#define LIMIT_SCHEMA_NAMES  60000u
#define LIMIT_SCHEMA_FIELDS 4096u /* of one type */
#define LIMIT_SCHEMA_VALUES 4096u /* of one enum */
#define LIMIT_SCHEMA_KEYS   16u   /* of a list map; ResourceClaim's allocated devices have four */
#define LIMIT_API_GROUPS    4096u /* remembered of an audit; a large cluster has some hundreds */

/* Reports. What a reader takes: GitHub's code scanning 25 000 results of a run and 20 tags of a
 * rule; its log 10 annotations of a kind of a step. */
#define LIMIT_SARIF_RESULTS      25000u
#define LIMIT_SARIF_TAGS         20u
#define LIMIT_GITHUB_ANNOTATIONS 10u

/* Text that is built in memory. A report is flushed to its file in chunks; a Pod Security text
 * names what a request forbids: the request again, each byte quoted as \xNN. */
#define LIMIT_DIAG_BYTES     2048u
#define LIMIT_OUTPUT_CHUNK   (64u << 10)
#define LIMIT_PSS_TEXT_BYTES (4u * LIMIT_REQUEST_BYTES)
/* All texts of an answer. A pod of 3 MB, the most that an API server takes, with nothing but
 * containers that break every rule comes to 6 MB. */
#define LIMIT_RESPONSE_BYTES (4u * LIMIT_REQUEST_BYTES)

/* Arenas grow by blocks: the first is small, for most files are. */
#define LIMIT_ARENA_BLOCK_MIN (8u << 10)
#define LIMIT_ARENA_BLOCK_MAX (4u << 20)

#endif
