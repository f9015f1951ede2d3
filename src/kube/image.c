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

/* host[:port]; letters of any case, digits, dots, dashes, or an IPv6 address in brackets. */
static bool is_registry(struct str registry)
{
    bool bracket = registry.len && registry.ptr[0] == '[';
    for (size_t i = 0; i < registry.len; i++) {
        char c = registry.ptr[i];
        bool plain = is_word(c) ? c != '_' : c == '.' || c == '-' || c == ':';
        if (!plain && !(bracket && (c == '[' || c == ']')))
            return false;
    }
    return registry.len && registry.ptr[0] != ':' && registry.ptr[registry.len - 1] != ':';
}

/* A first part is a registry when it cannot be a part of a name: it has a dot, a colon, or is
 * localhost. */
static bool names_registry(struct str first)
{
    return str_find(first, '.') < first.len || str_find(first, ':') < first.len ||
           str_is(first, "localhost");
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
