/* SPDX-License-Identifier: Apache-2.0
 *
 * An image reference, as container runtimes read it: the registry written out, docker.io/library/
 * where none is said.
 */
#ifndef KUBE_IMAGE_H
#define KUBE_IMAGE_H

#include "base/buf.h"

struct image {
    struct str registry;   /* "docker.io" where the text names none */
    struct str repository; /* below the registry, without an implied "library/" */
    struct str tag;        /* empty where there is none */
    struct str digest;     /* "sha256:…", empty where there is none */
    bool library;          /* an official image: "library/" goes before the repository */
};

/* Borrows from text. False where it is no reference (distribution's grammar); *image is then not to
 * be used. */
bool image_parse(struct image *image, struct str text);
/* Appends the reference with nothing implied: docker.io/library/nginx:1.27. */
void image_write(struct buf *out, const struct image *image);

#endif
