/* SPDX-License-Identifier: Apache-2.0
 *
 * A kubeconfig is read leniently in what it may hold and strictly in what is used: unknown keys are
 * other programs' business, a used key of another type is an error.
 */
#include "kubeapi/access.h"

#include "base/base64.h"

bool kubeapi_access_in_cluster(struct kubeapi_access *access, const char *host, const char *port,
                               const char *dir, struct arena *arena, struct diag *diag)
{
    *access = (struct kubeapi_access){0};
    if (!host || !*host || !port || !*port)
        return diag_set(diag, DIAG_VALUE, 0, 0,
                        "not in a cluster: KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are "
                        "not set; expected them, --kubeconfig or --state");
    bool v6 = strchr(host, ':') != NULL;
    access->server =
        arena_printf(arena, "https://%s%s%s:%s", v6 ? "[" : "", host, v6 ? "]" : "", port);
    access->ca_file = arena_printf(arena, "%s/ca.crt", dir);
    access->token_file = arena_printf(arena, "%s/token", dir);
    return !arena->failed || diag_set(diag, DIAG_MEMORY, 0, 0, "out of memory");
}

struct reading {
    struct str directory;
    struct arena *arena;
    struct diag *diag;
    bool ok;
};

static struct str text_of(struct reading *r, const struct doc_node *map, name_t name)
{
    const struct doc_node *value = doc_get(map, name);
    if (!doc_is_unset(value) && value->kind != DOC_STR)
        r->ok = diag_set(r->diag, DIAG_TYPE, value->begin, value->end, "expected a string for %s",
                         name_text(name).ptr);
    return arena_str(r->arena, doc_str(value));
}

static struct str path_of(struct reading *r, const struct doc_node *map, name_t name)
{
    struct str path = text_of(r, map, name);
    if (!path.len || path.ptr[0] == '/' || !r->directory.len)
        return path;
    return arena_printf(r->arena, "%.*s/%.*s", STR_ARG(r->directory), STR_ARG(path));
}

static struct str data_of(struct reading *r, const struct doc_node *map, name_t name)
{
    struct str text = text_of(r, map, name), data;
    if (!text.len)
        return STR_EMPTY;
    if (base64_decode(r->arena, text, &data))
        return arena_str(r->arena, data);
    const struct doc_node *value = doc_get(map, name);
    r->ok = diag_set(r->diag, DIAG_VALUE, value->begin, value->end, "expected base64 for %s",
                     name_text(name).ptr);
    return STR_EMPTY;
}

static bool bool_of(struct reading *r, const struct doc_node *map, name_t name)
{
    const struct doc_node *value = doc_get(map, name);
    if (!doc_is_unset(value) && value->kind != DOC_BOOL)
        r->ok = diag_set(r->diag, DIAG_TYPE, value->begin, value->end,
                         "expected true or false for %s", name_text(name).ptr);
    return doc_is_true(value);
}

/* The map under `inner` of the item of `list` that has that name. */
static const struct doc_node *named(struct reading *r, const struct doc_node *root, name_t list,
                                    struct str name, name_t inner)
{
    doc_foreach_item (doc_get(root, list), item) {
        if (!str_equal(doc_str(doc_get(item, N_name)), name))
            continue;
        const struct doc_node *map = doc_get(item, inner);
        return doc_is(map, DOC_MAP) ? map : NULL;
    }
    r->ok = diag_set(r->diag, DIAG_VALUE, root->begin, root->begin, "%s has no item named \"%.*s\"",
                     name_text(list).ptr, (int)(name.len < 100 ? name.len : 100), name.ptr);
    return NULL;
}

static void read_cluster(struct kubeapi_access *a, struct reading *r,
                         const struct doc_node *cluster)
{
    struct str server = text_of(r, cluster, N_server);
    while (str_ends_with(server, STR("/")))
        server = arena_str(r->arena, str_take(server, server.len - 1));
    a->server = server;
    a->ca_file = path_of(r, cluster, N_certificate_authority);
    a->ca_data = data_of(r, cluster, N_certificate_authority_data);
    a->tls_server_name = text_of(r, cluster, N_tls_server_name);
    a->proxy_url = text_of(r, cluster, N_proxy_url);
    a->insecure = bool_of(r, cluster, N_insecure_skip_tls_verify);
    bool https = str_starts_with(server, STR("https://"));
    if (r->ok && cluster && !https && !str_starts_with(server, STR("http://")))
        r->ok = diag_set(r->diag, DIAG_VALUE, cluster->begin, cluster->end,
                         "expected server: https://… in the cluster");
}

static void read_user(struct kubeapi_access *a, struct reading *r, const struct doc_node *user)
{
    a->cert_file = path_of(r, user, N_client_certificate);
    a->cert_data = data_of(r, user, N_client_certificate_data);
    a->key_file = path_of(r, user, N_client_key);
    a->key_data = data_of(r, user, N_client_key_data);
    /* A key without a certificate is of no use, and no error to client-go either. */
    if (r->ok && (a->cert_file.len || a->cert_data.len) && !a->key_file.len && !a->key_data.len)
        r->ok = diag_set(r->diag, DIAG_VALUE, user->begin, user->end,
                         "expected client-key beside the client certificate");
    a->token = text_of(r, user, N_token);
    a->token_file = path_of(r, user, N_tokenFile);
    a->username = text_of(r, user, N_username);
    a->password = text_of(r, user, N_password);
    const struct doc_node *exec = doc_get(user, N_exec);
    const struct doc_node *provider = doc_get_str(user, STR("auth-provider"));
    if (r->ok && !doc_is_unset(provider))
        r->ok = diag_set(r->diag, DIAG_VALUE, provider->begin, provider->end,
                         "expected a token, a client certificate or exec: Kubernetes has no "
                         "auth-provider since 1.26");
    if (!doc_is_unset(exec)) {
        struct str command = text_of(r, exec, N_command);
        a->exec = exec;
        /* A plain name is looked up in $PATH; "./x" lies beside the kubeconfig, as for kubectl. */
        a->exec_command =
            str_find(command, '/') < command.len ? path_of(r, exec, N_command) : command;
        if (r->ok && !command.len)
            r->ok = diag_set(r->diag, DIAG_VALUE, exec->begin, exec->end,
                             "expected command in exec: the credential plugin to run");
    }
}

bool kubeapi_access_kubeconfig(struct kubeapi_access *access, const struct doc *doc,
                               struct str context, struct str directory, struct arena *arena,
                               struct diag *diag)
{
    struct reading r = {directory, arena, diag, true};
    *access = (struct kubeapi_access){0};
    if (!doc_is(doc->root, DOC_MAP))
        return diag_set(diag, DIAG_TYPE, 0, 0,
                        "expected a kubeconfig: a map with clusters, contexts and users");
    if (!context.len)
        context = text_of(&r, doc->root, N_current_context);
    if (r.ok && !context.len)
        return diag_set(diag, DIAG_VALUE, doc->root->begin, doc->root->begin,
                        "expected current-context to name a context");
    const struct doc_node *chosen = named(&r, doc->root, N_contexts, context, N_context);
    if (!r.ok)
        return false;
    const struct doc_node *cluster =
        named(&r, doc->root, N_clusters, text_of(&r, chosen, N_cluster), N_cluster);
    struct str user_name = text_of(&r, chosen, N_user);
    const struct doc_node *user =
        user_name.len ? named(&r, doc->root, N_users, user_name, N_user) : NULL;
    if (!r.ok)
        return false;
    read_cluster(access, &r, cluster);
    read_user(access, &r, user);
    if (arena->failed)
        return diag_set(diag, DIAG_MEMORY, 0, 0, "out of memory");
    return r.ok;
}
