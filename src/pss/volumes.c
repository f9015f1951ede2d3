/* SPDX-License-Identifier: Apache-2.0
 *
 * Volumes by their source. A source counts as set when its map is there, even an empty one.
 */
#include "pss/internal.h"

static struct str volume_name(const struct doc_node *volume)
{
    return doc_str(doc_get(volume, N_name));
}

/* volume "a"; volumes "a", "b": in list order, equal names twice. */
static void add_volumes(const struct pss_text *text)
{
    pss_add_plural(text->out, text->count, "volume ", "volumes ");
    for (uint32_t i = 0; i < text->count; i++)
        pss_add_quoted_item(text->out, i, text->offenders[i].volume);
}

void pss_host_path_volumes(struct pss_run *run)
{
    doc_foreach_item (doc_get(run->pod->spec, N_volumes), volume) {
        const struct doc_node *source = doc_get(volume, N_hostPath);
        if (doc_is(source, DOC_MAP))
            pss_offend_volume(run, source, volume_name(volume), STR_EMPTY);
    }
}

void pss_host_path_volumes_text(const struct pss_text *text)
{
    add_volumes(text);
}

static const name_t allowed[] = {
    N_configMap, N_csi,    N_downwardAPI,           N_emptyDir,  N_ephemeral,
    N_image,     N_secret, N_persistentVolumeClaim, N_projected, N_NONE,
};

/* In the order in which upstream looks for the type to name. */
static const name_t restricted[] = {
    N_hostPath,
    N_gcePersistentDisk,
    N_awsElasticBlockStore,
    N_gitRepo,
    N_nfs,
    N_iscsi,
    N_glusterfs,
    N_rbd,
    N_flexVolume,
    N_cinder,
    N_cephfs,
    N_flocker,
    N_fc,
    N_azureFile,
    N_vsphereVolume,
    N_quobyte,
    N_azureDisk,
    N_photonPersistentDisk,
    N_portworxVolume,
    N_scaleIO,
    N_storageos,
    N_NONE,
};

/* The first of the sources that is set; N_NONE when none is. */
static name_t first_source(const struct doc_node *volume, const name_t *sources)
{
    while (*sources != N_NONE && !doc_is(doc_get(volume, *sources), DOC_MAP))
        sources++;
    return *sources;
}

/* A volume that names an allowed source passes whatever else it names. */
static void judge_volume(struct pss_run *run, const struct doc_node *volume)
{
    if (first_source(volume, allowed) != N_NONE)
        return;
    name_t source = first_source(volume, restricted);
    if (source != N_NONE)
        pss_offend_volume(run, doc_get(volume, source), volume_name(volume), name_text(source));
    else if (run->pod->view == POD_AS_ADMITTED) /* in a file it will become an emptyDir */
        pss_offend_volume(run, volume, volume_name(volume), STR("unknown"));
}

void pss_restricted_volumes(struct pss_run *run)
{
    doc_foreach_item (doc_get(run->pod->spec, N_volumes), volume)
        judge_volume(run, volume);
}

void pss_restricted_volumes_text(const struct pss_text *text)
{
    struct pss_strings types = pss_sorted_set(text, PSS_ANY_PART, pss_value_of);
    add_volumes(text);
    pss_add_plural(text->out, text->count, " uses ", " use ");
    pss_add_plural(text->out, types.count, "restricted volume type ", "restricted volume types ");
    pss_add_quoted(text->out, &types);
}
