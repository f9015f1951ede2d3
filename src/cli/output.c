/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"
#include "load/source.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum { FILE_MODE = 0666 };

static bool drain(void *context, const char *bytes, size_t len)
{
    struct output *output = context;
    while (len) {
        ssize_t n = write(output->fd, bytes, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            output->error = errno;
            return false;
        }
        bytes += n;
        len -= (size_t)n;
    }
    return true;
}

bool output_open(struct output *output, const char *path)
{
    bool standard = !path || strcmp(path, "-") == 0;
    *output = (struct output){.path = standard ? NULL : path, .fd = STDOUT_FILENO};
    if (!standard)
        output->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, FILE_MODE);
    if (output->fd < 0) {
        message("cannot write %s: %s", path, source_error(errno).text);
        return false;
    }
    buf_init_stream(&output->buf, drain, output);
    return true;
}

bool output_close(struct output *output)
{
    bool ok = buf_flush(&output->buf);
    buf_release(&output->buf);
    if (output->path && close(output->fd) != 0 && ok) {
        output->error = errno;
        ok = false;
    }
    if (!ok && output->error != EPIPE)
        message("cannot write %s: %s", output->path ? output->path : "standard output",
                output->error ? source_error(output->error).text : "out of memory");
    return ok;
}
