/* SPDX-License-Identifier: Apache-2.0
 *
 * The checks of the level baseline: each revision on both sides of its version, singular and
 * plural, and what upstream's fixtures leave out.
 */
#include "support/pss_case.h"

TestSuite(pss_baseline, .init = begin, .fini = finish);

Test(pss_baseline, apparmor_profile)
{
    RUN({PSS_APPARMOR_PROFILE, 0, "spec: {containers: [{name: a}]}", ""},
        {PSS_APPARMOR_PROFILE, 0,
         "spec: {securityContext: {appArmorProfile: {type: RuntimeDefault}}, containers: [{name: "
         "a, securityContext: {appArmorProfile: {type: Localhost, localhostProfile: x}}}]}",
         ""},
        {PSS_APPARMOR_PROFILE, 0,
         "spec: {securityContext: {appArmorProfile: {type: Unconfined}}, containers: [{name: a}]}",
         "forbidden AppArmor profile (pod must not set AppArmor profile type to \"Unconfined\")"},
        {PSS_APPARMOR_PROFILE, 0,
         "spec: {containers: [{name: foo, securityContext: {appArmorProfile: {type: "
         "Unconfined}}}]}",
         "forbidden AppArmor profile (container \"foo\" must not set AppArmor profile type to "
         "\"Unconfined\")"},
        {PSS_APPARMOR_PROFILE, 0,
         "spec: {initContainers: [{name: a, securityContext: {appArmorProfile: {type: "
         "Unconfined}}}], containers: [{name: b, securityContext: {appArmorProfile: {type: "
         "Unconfined}}}], ephemeralContainers: [{name: c, securityContext: {appArmorProfile: "
         "{type: Unconfined}}}]}",
         "forbidden AppArmor profile (containers \"a\", \"b\", \"c\" must not set AppArmor profile "
         "type to \"Unconfined\")"},
        {PSS_APPARMOR_PROFILE, 37,
         "spec: {containers: [{name: a, securityContext: {appArmorProfile: {}}}]}",
         "forbidden AppArmor profile (container \"a\" must not set AppArmor profile type to \"\")"},
        {PSS_APPARMOR_PROFILE, 0,
         "spec: {containers: [{name: a, securityContext: {appArmorProfile: null}}]}", ""},
        {PSS_APPARMOR_PROFILE, 0,
         "metadata: {annotations: {container.apparmor.security.beta.kubernetes.io/container1: "
         "unconfined}}",
         "forbidden AppArmor profile (annotation must not set AppArmor profile type to "
         "\"container.apparmor.security.beta.kubernetes.io/container1=\"unconfined\"\")"},
        {PSS_APPARMOR_PROFILE, 0,
         "metadata: {annotations: {container.apparmor.security.beta.kubernetes.io/a: localhost/, "
         "container.apparmor.security.beta.kubernetes.io/b: '', "
         "container.apparmor.security.beta.kubernetes.io/c: runtime/default, "
         "container.apparmor.security.beta.kubernetes.io/d: null, "
         "xcontainer.apparmor.security.beta.kubernetes.io/e: unconfined}}",
         ""},
        {PSS_APPARMOR_PROFILE, 0,
         "metadata: {annotations: {container.apparmor.security.beta.kubernetes.io/b: "
         "\"a\\u0000\\\"\", container.apparmor.security.beta.kubernetes.io/: localhost}}",
         "forbidden AppArmor profiles (annotations must not set AppArmor profile type to "
         "\"container.apparmor.security.beta.kubernetes.io/=\"localhost\"\", "
         "\"container.apparmor.security.beta.kubernetes.io/b=\"a\\x00\\\"\"\")"},
        {PSS_APPARMOR_PROFILE, 0,
         "metadata: {annotations: {container.apparmor.security.beta.kubernetes.io/a: "
         "unconfined}}\nspec: {securityContext: {appArmorProfile: {type: Unconfined}}, containers: "
         "[{name: a, securityContext: {appArmorProfile: {type: Unconfined}}}, {name: b, "
         "securityContext: {appArmorProfile: {type: Unconfined}}}]}",
         "forbidden AppArmor profiles (pod and containers \"a\", \"b\" and annotation must not set "
         "AppArmor profile type to \"Unconfined\", "
         "\"container.apparmor.security.beta.kubernetes.io/a=\"unconfined\"\")"});
}

Test(pss_baseline, capabilities_baseline)
{
    RUN({PSS_CAPABILITIES_BASELINE, 37,
         "spec: {initContainers: [{name: a, securityContext: {capabilities: {add: [AUDIT_WRITE, "
         "CHOWN, DAC_OVERRIDE, FOWNER, FSETID, KILL, MKNOD, NET_BIND_SERVICE, SETFCAP, SETGID, "
         "SETPCAP, SETUID, SYS_CHROOT]}}}], containers: [{name: b, securityContext: {capabilities: "
         "{add: [AUDIT_WRITE, CHOWN, DAC_OVERRIDE, FOWNER, FSETID, KILL, MKNOD, NET_BIND_SERVICE, "
         "SETFCAP, SETGID, SETPCAP, SETUID, SYS_CHROOT]}}}], ephemeralContainers: [{name: c, "
         "securityContext: {capabilities: {add: [AUDIT_WRITE, CHOWN, DAC_OVERRIDE, FOWNER, FSETID, "
         "KILL, MKNOD, NET_BIND_SERVICE, SETFCAP, SETGID, SETPCAP, SETUID, SYS_CHROOT]}}}]}",
         ""},
        {PSS_CAPABILITIES_BASELINE, 0,
         "spec: {containers: [{name: a, securityContext: {capabilities: {add: [FOO, BAR]}}}, "
         "{name: b, securityContext: {capabilities: {add: [BAR, BAZ]}}}]}",
         "non-default capabilities (containers \"a\", \"b\" must not include \"BAR\", \"BAZ\", "
         "\"FOO\" in securityContext.capabilities.add)"},
        {PSS_CAPABILITIES_BASELINE, 0,
         "spec: {ephemeralContainers: [{name: e, securityContext: {capabilities: {add: [chown, "
         "CAP_CHOWN, ALL, NET_RAW, null]}}}]}",
         "non-default capabilities (container \"e\" must not include \"\", \"ALL\", \"CAP_CHOWN\", "
         "\"NET_RAW\", \"chown\" in securityContext.capabilities.add)"});
}

Test(pss_baseline, host_namespaces)
{
    RUN({PSS_HOST_NAMESPACES, 0, "spec: {hostIPC: true, hostPID: true, hostNetwork: true}",
         "host namespaces (hostNetwork=true, hostPID=true, hostIPC=true)"},
        {PSS_HOST_NAMESPACES, 0, "spec: {hostPID: true, hostIPC: false, hostUsers: true}",
         "host namespaces (hostPID=true)"},
        {PSS_HOST_NAMESPACES, 0, "spec: {hostNetwork: 'true', hostPID: null}", ""});
}

Test(pss_baseline, host_path_volumes)
{
    RUN({PSS_HOST_PATH_VOLUMES, 0,
         "spec: {volumes: [{name: a, hostPath: {}}, {name: x, emptyDir: {}}, {name: b, hostPath: "
         "{path: '/'}}]}",
         "hostPath volumes (volumes \"a\", \"b\")"},
        {PSS_HOST_PATH_VOLUMES, 0, "spec: {volumes: [{hostPath: {}, emptyDir: {}}]}",
         "hostPath volumes (volume \"\")"},
        {PSS_HOST_PATH_VOLUMES, 0, "spec: {volumes: [null, {name: a, hostPath: null}]}", ""});
}

Test(pss_baseline, host_ports)
{
    RUN({PSS_HOST_PORTS, 0,
         "spec: {containers: [{name: a, ports: [{containerPort: 1}]}, {name: b, ports: [{hostPort: "
         "20}]}]}",
         "hostPort (container \"b\" uses hostPort 20)"},
        {PSS_HOST_PORTS, 0,
         "spec: {containers: [{name: a, ports: [{hostPort: 0}]}, {name: b, ports: [{hostPort: 10}, "
         "{hostPort: 20}]}, {name: c, ports: [{hostPort: 10}, {hostPort: 30}]}]}",
         "hostPort (containers \"b\", \"c\" use hostPorts 10, 20, 30)"},
        {PSS_HOST_PORTS, 0,
         "spec: {ephemeralContainers: [{name: e, ports: [{hostPort: 9100}, {hostPort: 80}, "
         "{hostPort: 443}]}]}",
         "hostPort (container \"e\" uses hostPorts 443, 80, 9100)"},
        {PSS_HOST_PORTS, 0,
         "spec: {initContainers: [{name: a, ports: [{hostPort: 80}]}], containers: [{name: a, "
         "ports: [{hostPort: 80}]}]}",
         "hostPort (containers \"a\", \"a\" use hostPort 80)"},
        {PSS_HOST_PORTS, 0,
         "spec: {containers: [{name: a, ports: [{hostPort: -1}, {hostPort: '80'}, null]}]}",
         "hostPort (container \"a\" uses hostPort -1)"});
}

Test(pss_baseline, the_host_network_makes_container_ports_host_ports)
{
    static const char pods[] =
        "spec: {hostNetwork: true, initContainers: [{name: i, ports: [{containerPort: 1}]}], "
        "containers: [{name: a, ports: [{containerPort: 8080, hostPort: 0}, {hostPort: 9}]}], "
        "ephemeralContainers: [{name: e, ports: [{containerPort: 2}]}]}";
    RUN({PSS_HOST_PORTS, 37, pods, "hostPort (containers \"i\", \"a\" use hostPorts 1, 8080, 9)"},
        {PSS_HOST_PORTS, 37, pods, "hostPort (containers \"i\", \"a\" use hostPorts 1, 8080, 9)"});
    RUN_AS(POD_AS_ADMITTED,
           {PSS_HOST_PORTS, 37, pods, "hostPort (container \"a\" uses hostPort 9)"});
    struct pod template = read_pod(pods, true, POD_AS_WRITTEN);
    struct pss_results results;
    pss_evaluate(&results, 1u << PSS_HOST_PORTS, 37, &template, &arena);
    expect_text(pss_details_text(&results, &arena), "hostPort (container \"a\" uses hostPort 9)",
                "template");
}

Test(pss_baseline, host_probes_and_lifecycle)
{
    static const char pods[] = "spec: {containers: [{name: a, livenessProbe: {httpGet: {host: "
                               "localhost}}, readinessProbe: {tcpSocket: {host: '127.0.0.1'}}, "
                               "startupProbe: {httpGet: {host: '::1'}}}]}";
    RUN({PSS_HOST_PROBES, 33, pods, ""},
        {PSS_HOST_PROBES, 34, pods,
         "probe or lifecycle host (container \"a\" uses probe or lifecycle hosts \"127.0.0.1\", "
         "\"::1\", \"localhost\")"},
        {PSS_HOST_PROBES, 34,
         "spec: {containers: [{name: invalid2, lifecycle: {preStop: {tcpSocket: {host: b.com}}}}, "
         "{name: invalid1, lifecycle: {postStart: {httpGet: {host: a.com}}}}]}",
         "probe or lifecycle host (containers \"invalid1\", \"invalid2\" use probe or lifecycle "
         "hosts \"a.com\", \"b.com\")"},
        {PSS_HOST_PROBES, 34,
         "spec: {initContainers: [{name: x, startupProbe: {tcpSocket: {host: h}}}], "
         "ephemeralContainers: [{name: x, lifecycle: {preStop: {httpGet: {host: h}}, postStart: "
         "{tcpSocket: {host: h}}}}]}",
         "probe or lifecycle host (container \"x\" uses probe or lifecycle host \"h\")"},
        {PSS_HOST_PROBES, 37,
         "spec: {containers: [{name: a, livenessProbe: {httpGet: {host: ''}}, readinessProbe: "
         "{grpc: {host: x}}, lifecycle: {preStop: {exec: {}, httpGet: {httpHeaders: [{name: Host, "
         "value: x}], host: null}}}}]}",
         ""});
}

Test(pss_baseline, privileged)
{
    RUN({PSS_PRIVILEGED_CONTAINER, 0,
         "spec: {containers: [{name: a, securityContext: {}}, {name: b, securityContext: "
         "{privileged: false}}, {name: c, securityContext: {privileged: null}}, {name: d, "
         "securityContext: {privileged: true}}, {name: e, securityContext: {privileged: true}}]}",
         "privileged (containers \"d\", \"e\" must not set securityContext.privileged=true)"},
        {PSS_PRIVILEGED_CONTAINER, 37,
         "spec: {ephemeralContainers: [{name: debug, securityContext: {privileged: true}}]}",
         "privileged (container \"debug\" must not set securityContext.privileged=true)"});
}

Test(pss_baseline, proc_mount)
{
    static const char user_namespace[] =
        "spec: {hostUsers: false, containers: [{name: a, securityContext: {procMount: Unmasked}}]}";
    static const char text[] =
        "procMount (container \"a\" must not set securityContext.procMount to \"Unmasked\")";
    RUN({PSS_PROC_MOUNT, 0,
         "spec: {containers: [{name: b, securityContext: {procMount: Default}}, {name: c, "
         "securityContext: {procMount: null}}, {name: d, securityContext: {procMount: other}}, "
         "{name: e, securityContext: {procMount: Unmasked}}]}",
         "procMount (containers \"d\", \"e\" must not set securityContext.procMount to "
         "\"Unmasked\", \"other\")"},
        {PSS_PROC_MOUNT, 37, "spec: {containers: [{name: a, securityContext: {procMount: ''}}]}",
         "procMount (container \"a\" must not set securityContext.procMount to \"\")"},
        {PSS_PROC_MOUNT, 34, user_namespace, text}, {PSS_PROC_MOUNT, 35, user_namespace, ""},
        {PSS_PROC_MOUNT, 35,
         "spec: {hostUsers: true, containers: [{name: a, securityContext: {procMount: Unmasked}}]}",
         text},
        {PSS_PROC_MOUNT_RESTRICTED, 34, user_namespace, ""},
        {PSS_PROC_MOUNT_RESTRICTED, 35, user_namespace, text});
}

Test(pss_baseline, selinux_options)
{
    static const char engine[] = "spec: {containers: [{name: a, securityContext: {seLinuxOptions: "
                                 "{type: container_engine_t}}}]}";
    RUN({PSS_SELINUX_OPTIONS, 0,
         "spec: {securityContext: {seLinuxOptions: {type: container_t, level: x}}, containers: "
         "[{name: a, securityContext: {seLinuxOptions: {type: container_init_t}}}, {name: b, "
         "securityContext: {seLinuxOptions: {type: container_kvm_t, user: '', role: null}}}, "
         "{name: c, securityContext: {seLinuxOptions: {}}}]}",
         ""},
        {PSS_SELINUX_OPTIONS, 0, "spec: {securityContext: {seLinuxOptions: {type: bad}}}",
         "seLinuxOptions (pod set forbidden securityContext.seLinuxOptions: type \"bad\")"},
        {PSS_SELINUX_OPTIONS, 0,
         "spec: {securityContext: {seLinuxOptions: {type: foo}}, containers: [{name: e, "
         "securityContext: {seLinuxOptions: {type: bar}}}, {name: f, securityContext: "
         "{seLinuxOptions: {user: u}}}, {name: g, securityContext: {seLinuxOptions: {role: r}}}]}",
         "seLinuxOptions (pod and containers \"e\", \"f\", \"g\" set forbidden "
         "securityContext.seLinuxOptions: types \"bar\", \"foo\"; user may not be set; role may "
         "not be set)"},
        {PSS_SELINUX_OPTIONS, 37,
         "spec: {ephemeralContainers: [{name: e, securityContext: {seLinuxOptions: {user: u, role: "
         "r}}}]}",
         "seLinuxOptions (container \"e\" set forbidden securityContext.seLinuxOptions: user may "
         "not be set; role may not be set)"},
        {PSS_SELINUX_OPTIONS, 30, engine,
         "seLinuxOptions (container \"a\" set forbidden securityContext.seLinuxOptions: type "
         "\"container_engine_t\")"},
        {PSS_SELINUX_OPTIONS, 31, engine, ""});
}

Test(pss_baseline, seccomp_annotations)
{
    RUN({PSS_SECCOMP_BASELINE, 18,
         "metadata: {annotations: {container.seccomp.security.alpha.kubernetes.io/b: unknown, "
         "container.seccomp.security.alpha.kubernetes.io/a: unconfined, "
         "seccomp.security.alpha.kubernetes.io/pod: unconfined, "
         "container.seccomp.security.alpha.kubernetes.io/stranger: unconfined}}\nspec: "
         "{initContainers: [{name: a}], ephemeralContainers: [{name: b}]}",
         "seccompProfile (forbidden annotations "
         "container.seccomp.security.alpha.kubernetes.io/a=\"unconfined\", "
         "container.seccomp.security.alpha.kubernetes.io/b=\"unknown\", "
         "seccomp.security.alpha.kubernetes.io/pod=\"unconfined\")"},
        {PSS_SECCOMP_BASELINE, 0,
         "metadata: {annotations: {container.seccomp.security.alpha.kubernetes.io/a: "
         "docker/default, container.seccomp.security.alpha.kubernetes.io/b: runtime/default, "
         "seccomp.security.alpha.kubernetes.io/pod: localhost/}}\nspec: {containers: [{name: a}, "
         "{name: b, securityContext: {seccompProfile: {type: Unconfined}}}]}",
         ""},
        {PSS_SECCOMP_BASELINE, 0,
         "metadata: {annotations: {seccomp.security.alpha.kubernetes.io/pod: null}}",
         "seccompProfile (forbidden annotation seccomp.security.alpha.kubernetes.io/pod=\"\")"},
        {PSS_SECCOMP_BASELINE, 19,
         "metadata: {annotations: {seccomp.security.alpha.kubernetes.io/pod: unconfined}}", ""});
}

Test(pss_baseline, seccomp_fields)
{
    RUN({PSS_SECCOMP_BASELINE, 19,
         "spec: {securityContext: {seccompProfile: {type: Unconfined}}, containers: [{name: a, "
         "securityContext: {seccompProfile: {type: Localhost}}}, {name: b, securityContext: "
         "{seccompProfile: {type: RuntimeDefault}}}, {name: c, securityContext: {seccompProfile: "
         "{type: Unconfined}}}, {name: d, securityContext: {seccompProfile: {type: Unconfined}}}]}",
         "seccompProfile (pod and containers \"c\", \"d\" must not set "
         "securityContext.seccompProfile.type to \"Unconfined\")"},
        {PSS_SECCOMP_BASELINE, 37,
         "spec: {initContainers: [{name: a, securityContext: {seccompProfile: {}}}], containers: "
         "[{name: b, securityContext: {seccompProfile: {}}}], ephemeralContainers: [{name: c, "
         "securityContext: {seccompProfile: {}}}]}",
         "seccompProfile (containers \"a\", \"b\", \"c\" must not set "
         "securityContext.seccompProfile.type to \"\")"},
        {PSS_SECCOMP_BASELINE, 37, "spec: {containers: [{name: a}]}", ""});
}

Test(pss_baseline, sysctls)
{
    RUN({PSS_SYSCTLS, 0,
         "spec: {securityContext: {sysctls: [{name: kernel.shm_rmid_forced, value: '1'}, {name: "
         "net.ipv4.ip_local_port_range, value: '1'}, {name: net.ipv4.tcp_syncookies, value: '1'}, "
         "{name: net.ipv4.ping_group_range, value: '1'}, {name: "
         "net.ipv4.ip_unprivileged_port_start, value: '1'}]}}",
         ""},
        {PSS_SYSCTLS, 0,
         "spec: {securityContext: {sysctls: [{name: a, value: '1'}, {name: b, value: '1'}]}}",
         "forbidden sysctls (a, b)"},
        {PSS_SYSCTLS, 37,
         "spec: {securityContext: {sysctls: [{name: b, value: '1'}, {name: a, value: '1'}, {name: "
         "b, value: '1'}]}}",
         "forbidden sysctls (b, a, b)"},
        {PSS_SYSCTLS, 37,
         "spec: {securityContext: {sysctls: [{name: net/ipv4/tcp_syncookies, value: '1'}]}}",
         "forbidden sysctls (net/ipv4/tcp_syncookies)"});
    static const struct {
        const char *name;
        uint32_t since;
    } added[] = {
        {"net.ipv4.ip_local_reserved_ports", 27},
        {"net.ipv4.tcp_keepalive_time", 29},
        {"net.ipv4.tcp_fin_timeout", 29},
        {"net.ipv4.tcp_keepalive_intvl", 29},
        {"net.ipv4.tcp_keepalive_probes", 29},
        {"net.ipv4.tcp_rmem", 32},
        {"net.ipv4.tcp_wmem", 32},
        {"net.ipv4.tcp_slow_start_after_idle", 37},
        {"net.ipv4.tcp_notsent_lowat", 37},
    };
    for (size_t i = 0; i < sizeof added / sizeof added[0]; i++) {
        struct str pods = arena_printf(
            &arena, "spec: {securityContext: {sysctls: [{name: %s, value: '1'}]}}", added[i].name);
        struct str text = arena_printf(&arena, "forbidden sysctls (%s)", added[i].name);
        run_cases(POD_AS_WRITTEN,
                  &(struct pss_case){PSS_SYSCTLS, added[i].since - 1, pods.ptr, text.ptr}, 1);
        run_cases(POD_AS_WRITTEN, &(struct pss_case){PSS_SYSCTLS, added[i].since, pods.ptr, ""}, 1);
    }
}

Test(pss_baseline, windows_host_process)
{
    RUN({PSS_WINDOWS_HOST_PROCESS, 0,
         "spec: {securityContext: {windowsOptions: {hostProcess: true}}, containers: [{name: a}, "
         "{name: e, securityContext: {windowsOptions: {hostProcess: true}}}, {name: f, "
         "securityContext: {windowsOptions: {hostProcess: true}}}]}",
         "hostProcess (pod and containers \"e\", \"f\" must not set "
         "securityContext.windowsOptions.hostProcess=true)"},
        {PSS_WINDOWS_HOST_PROCESS, 37,
         "spec: {os: {name: windows}, ephemeralContainers: [{name: e, securityContext: "
         "{windowsOptions: {hostProcess: true}}}]}",
         "hostProcess (container \"e\" must not set "
         "securityContext.windowsOptions.hostProcess=true)"},
        {PSS_WINDOWS_HOST_PROCESS, 0,
         "spec: {containers: [{name: a, securityContext: {windowsOptions: {hostProcess: false}}}, "
         "{name: b, securityContext: {windowsOptions: {}}}]}",
         ""});
}
