/* SPDX-License-Identifier: Apache-2.0
 *
 * Which cluster, and by what right: a kubeconfig, or what a pod finds around itself.
 */
#include "config/environment.h"
#include "doc/position.h"
#include "kubeapi/access.h"
#include "load/source.h"
#include "load/yaml.h"
#include "server/internal.h"

#include <errno.h>
#include <unistd.h>

static struct str directory_of(const char *path)
{
    struct str s = str_from(path);
    size_t slash = str_rfind(s, '/');
    return slash == s.len ? STR(".") : str_take(s, slash == 0 ? 1 : slash);
}

static bool read_document(struct str text, struct arena *arena, struct doc *doc, struct diag *diag)
{
    struct yaml_reader reader;
    uint32_t rest = 0;
    yaml_reader_init(&reader);
    bool ok = yaml_read(&reader, text, 0, (uint32_t)text.len, arena, doc, &rest, diag);
    yaml_reader_release(&reader);
    return ok;
}

static bool from_kubeconfig(struct service *service, struct str text, struct diag *diag)
{
    /* The access block borrows from the document, and that from the text. */
    struct arena *arena = &service->arena;
    const char *path = service->options->kubeconfig;
    struct doc *doc = arena_zalloc(arena, 1, sizeof *doc);
    struct diag why = {0};
    text = arena_str(arena, text);
    if (arena->failed)
        return diag_set(diag, DIAG_MEMORY, 0, 0, "out of memory");
    return (read_document(text, arena, doc, &why) &&
            kubeapi_access_kubeconfig(&service->access, doc, STR_EMPTY, directory_of(path), arena,
                                      &why)) ||
           doc_position_fault(diag, str_from(path), text, &why);
}

static bool in_cluster(struct service *service, struct diag *diag)
{
    return kubeapi_access_in_cluster(&service->access, environment("KUBERNETES_SERVICE_HOST"),
                                     environment("KUBERNETES_SERVICE_PORT"),
                                     KUBEAPI_SERVICE_ACCOUNT_DIR, &service->arena, diag);
}

/* So that a slip in a path shows at once, and not as a cluster that cannot be reached. */
static bool files_are_there(const struct kubeapi_access *a, struct diag *diag)
{
    const struct str files[] = {a->ca_file, a->cert_file, a->key_file, a->token_file};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        if (files[i].len > 0 && access(files[i].ptr, R_OK) != 0)
            return diag_set(diag, DIAG_IO, 0, 0, "%s: cannot be read: %s", files[i].ptr,
                            source_error(errno).text);
    return true;
}

bool connect_apply(void *context, const struct reload_contents *contents, struct diag *diag)
{
    struct service *service = context;
    if (service->options->kubeconfig ? !from_kubeconfig(service, contents->files[0], diag)
                                     : !in_cluster(service, diag))
        return false;
    if (!contents->again && !files_are_there(&service->access, diag))
        return false;
    struct str command = service->access.exec_command;
    return command.len == 0 || service->options->allow_exec ||
           diag_set(diag, DIAG_VALUE, 0, 0,
                    "the kubeconfig runs \"%.*s\" for its credentials; --allow-exec is expected "
                    "with it",
                    STR_ARG(command));
}
