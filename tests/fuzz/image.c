/* SPDX-License-Identifier: Apache-2.0
 *
 * Any text is a reference or none; one that is, written out, reads as itself again.
 */
#include "kube/image.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct image image, again;
    struct buf first, second;
    if (!image_parse(&image, (struct str){(const char *)data, size}))
        return 0;
    buf_init(&first, 1 << 20);
    buf_init(&second, 1 << 20);
    image_write(&first, &image);
    if (!image_parse(&again, buf_str(&first)))
        abort();
    image_write(&second, &again);
    if (!str_equal(buf_str(&first), buf_str(&second)) || !str_equal(image.tag, again.tag) ||
        !str_equal(image.digest, again.digest) || image.library != again.library)
        abort();
    buf_release(&first);
    buf_release(&second);
    return 0;
}
