/* SPDX-License-Identifier: Apache-2.0
 *
 * Source of the grammar: the reference package of the distribution project.
 */
#include "kube/image.h"

enum { TAG_BYTES = 128, DIGEST_HEX_BYTES = 32 };

static bool is_lower(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static bool is_word(char c)
{
    return is_lower(c) || (c >= 'A' && c <= 'Z') || c == '_';
}

/* Alphanumeric runs, joined by one dot, one or two underscores, or any number of dashes. */
static bool is_component(struct str s)
{
    if (!s.len || !is_lower(s.ptr[0]) || !is_lower(s.ptr[s.len - 1]))
        return false;
    for (size_t i = 1; i < s.len; i++) {
        char c = s.ptr[i], before = s.ptr[i - 1];
        if (!is_lower(c) && c != '.' && c != '_' && c != '-')
            return false;
        if (c == '.' && !is_lower(before))
            return false;
        if (c == '_' && (before == '.' || before == '-' || (before == '_' && s.ptr[i - 2] == '_')))
            return false;
        if (c == '-' && before != '-' && !is_lower(before))
            return false;
    }
    return true;
}

static bool is_path(struct str path)
{
    for (;;) {
        size_t slash = str_find(path, '/');
        if (!is_component(str_take(path, slash)))
            return false;
        if (slash == path.len)
            return true;
        path = str_skip(path, slash + 1);
    }
}

static bool is_tag(struct str tag)
{
    if (!tag.len || tag.len > TAG_BYTES || !is_word(tag.ptr[0]))
        return false;
    for (size_t i = 0; i < tag.len; i++)
        if (!is_word(tag.ptr[i]) && tag.ptr[i] != '.' && tag.ptr[i] != '-')
            return false;
    return true;
}

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool is_digest(struct str digest)
{
    size_t colon = str_find(digest, ':');
    struct str hex = str_skip(digest, colon + 1);
    if (!is_component(str_take(digest, colon)) || hex.len < DIGEST_HEX_BYTES)
        return false;
    for (size_t i = 0; i < hex.len; i++)
        if (!(hex.ptr[i] >= '0' && hex.ptr[i] <= '9') && !(hex.ptr[i] >= 'a' && hex.ptr[i] <= 'f'))
            return false;
    return true;
}

/* Letters and digits, and dashes between them. */
static bool is_host_label(struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        bool end = i == 0 || i == s.len - 1;
        if (s.ptr[i] == '_' || (!is_word(s.ptr[i]) && (end || s.ptr[i] != '-')))
            return false;
    }
    return s.len > 0;
}

/* Labels joined by dots, or what stands in brackets for an IPv6 address. */
static bool is_host(struct str host)
{
    if (host.len && host.ptr[0] == '[')
        return host.len > 2 && host.ptr[host.len - 1] == ']';
    while (is_host_label(str_take(host, str_find(host, '.')))) {
        size_t dot = str_find(host, '.');
        if (dot == host.len)
            return true;
        host = str_skip(host, dot + 1);
    }
    return false;
}

static bool is_port(struct str port)
{
    for (size_t i = 0; i < port.len; i++)
        if (port.ptr[i] < '0' || port.ptr[i] > '9')
            return false;
    return port.len > 0;
}

/* host[:port] */
static bool is_registry(struct str registry)
{
    size_t bracket = str_find(registry, ']');
    size_t colon = str_find(registry, ':');
    if (bracket < registry.len) {
        struct str after = str_skip(registry, bracket + 1);
        colon = after.len && after.ptr[0] == ':' ? bracket + 1 : registry.len;
        for (size_t i = 1; i < bracket; i++)
            if (!is_hex(registry.ptr[i]) && registry.ptr[i] != ':')
                return false;
    }
    return is_host(str_take(registry, colon)) &&
           (colon == registry.len || is_port(str_skip(registry, colon + 1)));
}

/* A first part is a registry when it cannot be a part of a name: it has a dot, a colon or a capital
 * letter, or is localhost. */
static bool names_registry(struct str first)
{
    for (size_t i = 0; i < first.len; i++)
        if (first.ptr[i] == '.' || first.ptr[i] == ':' ||
            (first.ptr[i] >= 'A' && first.ptr[i] <= 'Z'))
            return true;
    return str_is(first, "localhost");
}

bool image_parse(struct image *image, struct str text)
{
    *image = (struct image){.registry = STR("docker.io"), .tag = STR_EMPTY, .digest = STR_EMPTY};
    size_t at = str_find(text, '@');
    if (at < text.len) {
        image->digest = str_skip(text, at + 1);
        if (!is_digest(image->digest))
            return false;
        text = str_take(text, at);
    }
    size_t slash = str_find(text, '/');
    if (slash < text.len && names_registry(str_take(text, slash))) {
        image->registry = str_take(text, slash);
        text = str_skip(text, slash + 1);
    }
    size_t colon = str_rfind(text, ':');
    if (colon < text.len) {
        image->tag = str_skip(text, colon + 1);
        if (!is_tag(image->tag))
            return false;
        text = str_take(text, colon);
    }
    if (str_is(image->registry, "index.docker.io"))
        image->registry = STR("docker.io");
    bool docker = str_is(image->registry, "docker.io");
    if (docker && str_starts_with(text, STR("library/")) &&
        str_find(str_skip(text, strlen("library/")), '/') == text.len - strlen("library/"))
        text = str_skip(text, strlen("library/"));
    image->repository = text;
    image->library = docker && str_find(text, '/') == text.len;
    return is_registry(image->registry) && is_path(text);
}

void image_write(struct buf *out, const struct image *image)
{
    buf_add_str(out, image->registry);
    buf_add_c(out, image->library ? "/library/" : "/");
    buf_add_str(out, image->repository);
    if (image->tag.len) {
        buf_add_char(out, ':');
        buf_add_str(out, image->tag);
    }
    if (image->digest.len) {
        buf_add_char(out, '@');
        buf_add_str(out, image->digest);
    }
}
