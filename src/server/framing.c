/* SPDX-License-Identifier: Apache-2.0
 *
 * The length and the host of a request as its head tells them, looked at byte by byte: two programs
 * that disagree about them see different requests in one stream (request smuggling).
 */
#include "server/framing.h"

struct told {
    unsigned lengths, codings, hosts;
};

static bool is_digits(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] < '0' || s.ptr[i] > '9')
            return false;
    return s.len > 0;
}

/* Without white space or control characters: what another reader might take for the end of it. */
static bool is_name(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)s.ptr[i] <= ' ' || s.ptr[i] == 0x7f)
            return false;
    return s.len > 0;
}

static const char *line_fault(struct str line, struct told *told)
{
    if (line.ptr[0] == ' ' || line.ptr[0] == '\t')
        return "a header is expected to stand on one line\n";
    size_t colon = str_find(line, ':');
    struct str name = str_take(line, colon);
    if (colon == line.len || !is_name(name) || str_find(line, '\r') < line.len)
        return "a header is expected to be a name, a colon and a value\n";
    struct str value = str_trim(str_skip(line, colon + 1));
    if (str_equal_nocase(name, STR("content-length"))) {
        told->lengths++;
        if (!is_digits(value))
            return "Content-Length is expected to be one number\n";
    }
    if (str_equal_nocase(name, STR("transfer-encoding")))
        told->codings++;
    if (str_equal_nocase(name, STR("host")))
        told->hosts++;
    if (told->lengths + told->codings > 1)
        return "one Content-Length or one Transfer-Encoding is expected, not more\n";
    return NULL;
}

const char *framing_fault(struct str head)
{
    struct told told = {0};
    struct str request = STR_EMPTY;
    bool first = true;
    while (head.len > 0) {
        size_t end = str_find(head, '\n');
        struct str line = str_take(head, end);
        if (line.len > 0 && line.ptr[line.len - 1] == '\r')
            line.len--;
        head = str_skip(head, end + 1);
        if (line.len == 0) {
            if (first) /* empty lines before the request line are allowed (RFC 9112, 2.2) */
                continue;
            break;
        }
        const char *fault = first ? NULL : line_fault(line, &told);
        if (fault)
            return fault;
        if (first)
            request = line;
        first = false;
    }
    bool old = str_ends_with(request, STR("HTTP/1.0")); /* RFC 9112, 3.2 */
    return told.hosts == 1 || (old && told.hosts == 0) ? NULL : "one Host header is expected\n";
}
