/* SPDX-License-Identifier: Apache-2.0
 *
 * The checks of the level restricted, as pss_baseline.c does with the others.
 */
#include "support/pss_case.h"

TestSuite(pss_restricted, .init = begin, .fini = finish);

Test(pss_restricted, seccomp_restricted)
{
    RUN({PSS_SECCOMP_RESTRICTED, 18, "spec: {containers: [{name: a}]}", ""},
        {PSS_SECCOMP_RESTRICTED, 19, "spec: {containers: [{name: a}, {name: b}]}",
         "seccompProfile (pod or containers \"a\", \"b\" must set "
         "securityContext.seccompProfile.type to \"RuntimeDefault\" or \"Localhost\")"},
        {PSS_SECCOMP_RESTRICTED, 37,
         "spec: {containers: [{name: a, securityContext: {seccompProfile: {type: Localhost}}}], "
         "ephemeralContainers: [{name: e}]}",
         "seccompProfile (pod or container \"e\" must set securityContext.seccompProfile.type to "
         "\"RuntimeDefault\" or \"Localhost\")"},
        {PSS_SECCOMP_RESTRICTED, 37,
         "spec: {securityContext: {seccompProfile: {type: RuntimeDefault}}, containers: [{name: "
         "a}]}",
         ""},
        {PSS_SECCOMP_RESTRICTED, 37,
         "spec: {securityContext: {seccompProfile: {type: RuntimeDefault}}, containers: [{name: "
         "a}, {name: b, securityContext: {seccompProfile: {type: Unconfined}}}]}",
         "seccompProfile (container \"b\" must not set securityContext.seccompProfile.type to "
         "\"Unconfined\")"},
        {PSS_SECCOMP_RESTRICTED, 37,
         "spec: {securityContext: {seccompProfile: {}}, containers: [{name: a}, {name: b, "
         "securityContext: {seccompProfile: {type: X}}}]}",
         "seccompProfile (pod and container \"b\" must not set securityContext.seccompProfile.type "
         "to \"\", \"X\")"},
        {PSS_SECCOMP_RESTRICTED, 37, "spec: {}", ""});
}

Test(pss_restricted, allow_privilege_escalation)
{
    static const char pods[] = "spec: {containers: [{name: a}, {name: b, securityContext: {}}, "
                               "{name: c, securityContext: {allowPrivilegeEscalation: true}}, "
                               "{name: d, securityContext: {allowPrivilegeEscalation: false}}]}";
    RUN({PSS_ALLOW_PRIVILEGE_ESCALATION, 7, pods, ""},
        {PSS_ALLOW_PRIVILEGE_ESCALATION, 8, pods,
         "allowPrivilegeEscalation != false (containers \"a\", \"b\", \"c\" must set "
         "securityContext.allowPrivilegeEscalation=false)"},
        {PSS_ALLOW_PRIVILEGE_ESCALATION, 37,
         "spec: {initContainers: [{name: i, securityContext: {allowPrivilegeEscalation: null}}], "
         "containers: [{name: a, securityContext: {allowPrivilegeEscalation: false}}], "
         "ephemeralContainers: [null]}",
         "allowPrivilegeEscalation != false (containers \"i\", \"\" must set "
         "securityContext.allowPrivilegeEscalation=false)"});
}

Test(pss_restricted, capabilities_restricted)
{
    RUN({PSS_CAPABILITIES_RESTRICTED, 21, "spec: {containers: [{name: a}]}", ""},
        {PSS_CAPABILITIES_RESTRICTED, 22, "spec: {containers: [{name: a}]}",
         "unrestricted capabilities (container \"a\" must set "
         "securityContext.capabilities.drop=[\"ALL\"])"},
        {PSS_CAPABILITIES_RESTRICTED, 22,
         "spec: {containers: [{name: a, securityContext: {capabilities: {add: [FOO, BAR]}}}, "
         "{name: b, securityContext: {capabilities: {drop: [all], add: [BAR, BAZ]}}}, {name: c, "
         "securityContext: {capabilities: {drop: [X, ALL], add: [NET_BIND_SERVICE, CHOWN]}}}]}",
         "unrestricted capabilities (containers \"a\", \"b\" must set "
         "securityContext.capabilities.drop=[\"ALL\"]; containers \"a\", \"b\", \"c\" must not "
         "include \"BAR\", \"BAZ\", \"CHOWN\", \"FOO\" in securityContext.capabilities.add)"},
        {PSS_CAPABILITIES_RESTRICTED, 37,
         "spec: {initContainers: [{name: a, securityContext: {capabilities: {drop: [ALL], add: "
         "[ALL]}}}], containers: [{name: b, securityContext: {capabilities: {drop: [ALL], add: "
         "[ALL]}}}], ephemeralContainers: [{name: c, securityContext: {capabilities: {drop: [ALL], "
         "add: [ALL]}}}]}",
         "unrestricted capabilities (containers \"a\", \"b\", \"c\" must not include \"ALL\" in "
         "securityContext.capabilities.add)"},
        {PSS_CAPABILITIES_RESTRICTED, 37,
         "spec: {containers: [{name: a, securityContext: {capabilities: {}}}, {name: b, "
         "securityContext: {capabilities: null}}]}",
         "unrestricted capabilities (containers \"a\", \"b\" must set "
         "securityContext.capabilities.drop=[\"ALL\"])"},
        {PSS_CAPABILITIES_RESTRICTED, 37,
         "spec: {containers: [{name: a, securityContext: {capabilities: {drop: [ALL], add: "
         "[NET_BIND_SERVICE]}}}]}",
         ""});
}

Test(pss_restricted, restricted_volumes)
{
    RUN({PSS_RESTRICTED_VOLUMES, 0,
         "spec: {volumes: [{name: a, configMap: {}}, {name: b, csi: {}}, {name: c, downwardAPI: "
         "{}}, {name: d, emptyDir: {}}, {name: e, ephemeral: {}}, {name: f, image: {}}, {name: g, "
         "persistentVolumeClaim: {}}, {name: h, projected: {}}, {name: i, secret: {}}]}",
         ""},
        {PSS_RESTRICTED_VOLUMES, 0, "spec: {volumes: [{name: volume1, nfs: {}}]}",
         "restricted volume types (volume \"volume1\" uses restricted volume type \"nfs\")"},
        {PSS_RESTRICTED_VOLUMES, 0,
         "spec: {volumes: [{name: b1, hostPath: {}}, {name: x, emptyDir: {}}, {name: b2, "
         "gcePersistentDisk: {}}]}",
         "restricted volume types (volumes \"b1\", \"b2\" use restricted volume types "
         "\"gcePersistentDisk\", \"hostPath\")"},
        {PSS_RESTRICTED_VOLUMES, 37,
         "spec: {volumes: [{name: a, hostPath: {}}, {name: b, hostPath: {}}]}",
         "restricted volume types (volumes \"a\", \"b\" use restricted volume type \"hostPath\")"},
        {PSS_RESTRICTED_VOLUMES, 37, "spec: {volumes: [{name: a, nfs: {}, secret: {}}]}", ""},
        {PSS_RESTRICTED_VOLUMES, 37, "spec: {volumes: [{name: a, storageos: {}, gitRepo: {}}]}",
         "restricted volume types (volume \"a\" uses restricted volume type \"gitRepo\")"});
}

Test(pss_restricted, each_restricted_volume_type_is_named)
{
    static const char *const types[] = {
        "hostPath",
        "gcePersistentDisk",
        "awsElasticBlockStore",
        "gitRepo",
        "nfs",
        "iscsi",
        "glusterfs",
        "rbd",
        "flexVolume",
        "cinder",
        "cephfs",
        "flocker",
        "fc",
        "azureFile",
        "vsphereVolume",
        "quobyte",
        "azureDisk",
        "photonPersistentDisk",
        "portworxVolume",
        "scaleIO",
        "storageos",
    };
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        struct str pods = arena_printf(&arena, "spec: {volumes: [{name: v, %s: {}}]}", types[i]);
        struct str text = arena_printf(
            &arena, "restricted volume types (volume \"v\" uses restricted volume type \"%s\")",
            types[i]);
        run_cases(POD_AS_WRITTEN,
                  &(struct pss_case){PSS_RESTRICTED_VOLUMES, 37, pods.ptr, text.ptr}, 1);
    }
}

Test(pss_restricted, a_volume_without_a_source_becomes_an_empty_dir)
{
    static const char pods[] = "spec: {volumes: [{name: v}, {name: w, emptyDir: null}, null]}";
    RUN({PSS_RESTRICTED_VOLUMES, 37, pods, ""});
    RUN_AS(POD_AS_ADMITTED, {PSS_RESTRICTED_VOLUMES, 37, pods,
                             "restricted volume types (volumes \"v\", \"w\", \"\" use restricted "
                             "volume type \"unknown\")"});
}

Test(pss_restricted, run_as_non_root)
{
    RUN({PSS_RUN_AS_NON_ROOT, 0, "spec: {containers: [{name: a}]}",
         "runAsNonRoot != true (pod or container \"a\" must set "
         "securityContext.runAsNonRoot=true)"},
        {PSS_RUN_AS_NON_ROOT, 0,
         "spec: {containers: [{name: a, securityContext: {runAsNonRoot: true}}], "
         "ephemeralContainers: [{name: e}]}",
         "runAsNonRoot != true (pod or container \"e\" must set "
         "securityContext.runAsNonRoot=true)"},
        {PSS_RUN_AS_NON_ROOT, 0,
         "spec: {securityContext: {runAsNonRoot: false}, containers: [{name: a, securityContext: "
         "{runAsNonRoot: true}}]}",
         "runAsNonRoot != true (pod must not set securityContext.runAsNonRoot=false)"},
        {PSS_RUN_AS_NON_ROOT, 0,
         "spec: {securityContext: {runAsNonRoot: true}, containers: [{name: a}, {name: b, "
         "securityContext: {runAsNonRoot: true}}, {name: c, securityContext: {runAsNonRoot: "
         "false}}, {name: d, securityContext: {runAsNonRoot: false}}]}",
         "runAsNonRoot != true (containers \"c\", \"d\" must not set "
         "securityContext.runAsNonRoot=false)"},
        {PSS_RUN_AS_NON_ROOT, 0,
         "spec: {securityContext: {runAsNonRoot: false}, containers: [{name: a}, {name: b, "
         "securityContext: {runAsNonRoot: false}}]}",
         "runAsNonRoot != true (pod and container \"b\" must not set "
         "securityContext.runAsNonRoot=false)"},
        {PSS_RUN_AS_NON_ROOT, 37,
         "spec: {containers: [{name: a, securityContext: {runAsNonRoot: null, runAsUser: 1000}}, "
         "{name: b, securityContext: {runAsNonRoot: 'true'}}]}",
         "runAsNonRoot != true (pod or containers \"a\", \"b\" must set "
         "securityContext.runAsNonRoot=true)"},
        {PSS_RUN_AS_NON_ROOT, 37,
         "spec: {securityContext: {runAsNonRoot: true}, containers: [{name: a}]}", ""},
        {PSS_RUN_AS_NON_ROOT, 37, "spec: {securityContext: {}}", ""},
        {PSS_RUN_AS_NON_ROOT, 37, "{}", ""},
        {PSS_RUN_AS_NON_ROOT, 34, "spec: {hostUsers: false, containers: [{name: a}]}",
         "runAsNonRoot != true (pod or container \"a\" must set "
         "securityContext.runAsNonRoot=true)"},
        {PSS_RUN_AS_NON_ROOT, 35,
         "spec: {hostUsers: false, securityContext: {runAsNonRoot: false}, containers: [{name: "
         "a}]}",
         ""},
        {PSS_RUN_AS_NON_ROOT, 35, "spec: {hostUsers: null, containers: [{name: a}]}",
         "runAsNonRoot != true (pod or container \"a\" must set "
         "securityContext.runAsNonRoot=true)"});
}

Test(pss_restricted, run_as_user)
{
    static const char user_namespace[] =
        "spec: {hostUsers: false, securityContext: {runAsUser: 0}, containers: [{name: a, "
        "securityContext: {runAsUser: 1}}]}";
    RUN({PSS_RUN_AS_USER, 22, user_namespace, ""},
        {PSS_RUN_AS_USER, 23, user_namespace, "runAsUser=0 (pod must not set runAsUser=0)"},
        {PSS_RUN_AS_USER, 34, user_namespace, "runAsUser=0 (pod must not set runAsUser=0)"},
        {PSS_RUN_AS_USER, 35, user_namespace, ""},
        {PSS_RUN_AS_USER, 35,
         "spec: {hostUsers: true, ephemeralContainers: [{name: e, securityContext: {runAsUser: "
         "0}}]}",
         "runAsUser=0 (container \"e\" must not set runAsUser=0)"},
        {PSS_RUN_AS_USER, 37,
         "spec: {containers: [{name: a}, {name: b, securityContext: {runAsUser: 1}}, {name: c, "
         "securityContext: {runAsUser: 0}}, {name: d, securityContext: {runAsUser: 0}}, {name: e, "
         "securityContext: {runAsUser: null}}]}",
         "runAsUser=0 (containers \"c\", \"d\" must not set runAsUser=0)"});
}

Test(pss_restricted, windows_pods_are_exempt_from_three_checks_since_v1_25)
{
    static const char windows[] = "spec: {os: {name: windows}, containers: [{name: a}]}";
    static const char linux_too[] = "spec: {os: {name: Windows}, containers: [{name: a}]}";
    static const struct {
        enum pss_check check;
        const char *text;
    } exempt[] = {
        {PSS_ALLOW_PRIVILEGE_ESCALATION, "allowPrivilegeEscalation != false (container \"a\" must "
                                         "set securityContext.allowPrivilegeEscalation=false)"},
        {PSS_CAPABILITIES_RESTRICTED, "unrestricted capabilities (container \"a\" must set "
                                      "securityContext.capabilities.drop=[\"ALL\"])"},
        {PSS_SECCOMP_RESTRICTED,
         "seccompProfile (pod or container \"a\" must set securityContext.seccompProfile.type to "
         "\"RuntimeDefault\" or \"Localhost\")"},
    };
    for (size_t i = 0; i < sizeof exempt / sizeof exempt[0]; i++) {
        const struct pss_case cases[] = {
            {exempt[i].check, 24, windows, exempt[i].text},
            {exempt[i].check, 25, windows, ""},
            {exempt[i].check, PSS_LATEST, windows, ""},
            {exempt[i].check, 25, linux_too, exempt[i].text},
        };
        run_cases(POD_AS_WRITTEN, cases, sizeof cases / sizeof cases[0]);
    }
    RUN({PSS_RUN_AS_NON_ROOT, 37, windows,
         "runAsNonRoot != true (pod or container \"a\" must set "
         "securityContext.runAsNonRoot=true)"},
        {PSS_RUN_AS_USER, 37, "spec: {os: {name: windows}, securityContext: {runAsUser: 0}}",
         "runAsUser=0 (pod must not set runAsUser=0)"});
}
