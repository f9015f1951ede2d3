/* SPDX-License-Identifier: Apache-2.0
 *
 * The 19 checks: each revision on both sides of its version, each text in singular and plural, and
 * what upstream's fixtures leave out. Texts are those of Kubernetes.
 */
#include "pss/pss.h"

#include "load/json.h"

#include <criterion/criterion.h>

static struct arena arena;
static struct json_reader reader;
static struct object object; /* of no interest here */

static void begin(void)
{
    arena_init(&arena, 64 << 20);
    json_reader_init(&reader);
}

static void finish(void)
{
    json_reader_release(&reader);
    arena_release(&arena);
}

TestSuite(pss, .init = begin, .fini = finish);

/* JSON with ' for ", so that pods are readable in C. */
static const struct doc_node *read_json(const char *quoted)
{
    struct diag diag = {0};
    struct doc doc;
    struct str text = arena_str(&arena, str_from(quoted));
    char *copy = arena_alloc(&arena, text.len + 1);
    for (size_t i = 0; i <= text.len; i++)
        copy[i] = text.ptr[i] == '\'' ? '"' : text.ptr[i];
    cr_assert(json_read(&reader, (struct str){copy, text.len}, &arena, &doc, &diag), "%s: %s",
              diag.text, quoted);
    return doc.root;
}

static struct pod read_pod(const char *quoted, bool is_template, enum pod_view view)
{
    struct pod pod;
    pod_of_node(&pod, &object, read_json(quoted), is_template, view);
    return pod;
}

static void expect_text(struct str got, const char *wanted, const char *pod)
{
    cr_expect(str_is(got, wanted), "%s\n  got    %.*s\n  wanted %s", pod, STR_ARG(got), wanted);
}

struct pss_case {
    enum pss_check check;
    uint32_t minor;
    const char *pod;
    const char *text; /* reason (detail); empty where the pod passes */
};

static void run_cases(enum pod_view view, const struct pss_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct pod pod = read_pod(cases[i].pod, false, view);
        struct pss_results results;
        pss_evaluate(&results, 1u << cases[i].check, cases[i].minor, &pod, &arena);
        expect_text(pss_details_text(&results, &arena), cases[i].text, cases[i].pod);
    }
    cr_assert_not(arena.failed);
}

#define RUN_AS(view, ...)                                                                          \
    do {                                                                                           \
        static const struct pss_case cases[] = {__VA_ARGS__};                                      \
        run_cases(view, cases, sizeof cases / sizeof cases[0]);                                    \
    } while (0)
#define RUN(...) RUN_AS(POD_AS_WRITTEN, __VA_ARGS__)

/* A pod of containers, or of one container with a securityContext; of a pod securityContext. */
#define PODS(...)         "{'spec':{" __VA_ARGS__ "}}"
#define CTRS(...)         "'containers':[" __VA_ARGS__ "]"
#define INITS(...)        "'initContainers':[" __VA_ARGS__ "]"
#define EPHS(...)         "'ephemeralContainers':[" __VA_ARGS__ "]"
#define CTR(name, ...)    "{'name':'" name "','securityContext':{" __VA_ARGS__ "}}"
#define PLAIN(name)       "{'name':'" name "'}"
#define POD_CONTEXT(...)  "'securityContext':{" __VA_ARGS__ "}"
#define ANNOTATIONS(...)  "{'metadata':{'annotations':{" __VA_ARGS__ "}}"
#define ALL_THREE(before) /* the same in an init, a main and an ephemeral container */             \
    PODS(INITS(CTR("a", before)) "," CTRS(CTR("b", before)) "," EPHS(CTR("c", before)))

#define APPARMOR_KEY "container.apparmor.security.beta.kubernetes.io/"
#define SECCOMP_KEY  "container.seccomp.security.alpha.kubernetes.io/"

Test(pss, apparmor_profile)
{
    RUN({PSS_APPARMOR_PROFILE, 0, PODS(CTRS(PLAIN("a"))), ""},
        {PSS_APPARMOR_PROFILE, 0,
         PODS(POD_CONTEXT("'appArmorProfile':{'type':'RuntimeDefault'}") "," CTRS(
             CTR("a", "'appArmorProfile':{'type':'Localhost','localhostProfile':'x'}"))),
         ""},
        {PSS_APPARMOR_PROFILE, 0,
         PODS(POD_CONTEXT("'appArmorProfile':{'type':'Unconfined'}") "," CTRS(PLAIN("a"))),
         "forbidden AppArmor profile (pod must not set AppArmor profile type to \"Unconfined\")"},
        {PSS_APPARMOR_PROFILE, 0, PODS(CTRS(CTR("foo", "'appArmorProfile':{'type':'Unconfined'}"))),
         "forbidden AppArmor profile (container \"foo\" must not set AppArmor profile type to "
         "\"Unconfined\")"},
        {PSS_APPARMOR_PROFILE, 0, ALL_THREE("'appArmorProfile':{'type':'Unconfined'}"),
         "forbidden AppArmor profile (containers \"a\", \"b\", \"c\" must not set AppArmor profile "
         "type to \"Unconfined\")"},
        {PSS_APPARMOR_PROFILE, 37, PODS(CTRS(CTR("a", "'appArmorProfile':{}"))),
         "forbidden AppArmor profile (container \"a\" must not set AppArmor profile type to \"\")"},
        {PSS_APPARMOR_PROFILE, 0, PODS(CTRS(CTR("a", "'appArmorProfile':null"))), ""},
        {PSS_APPARMOR_PROFILE, 0, ANNOTATIONS("'" APPARMOR_KEY "container1':'unconfined'") "}",
         "forbidden AppArmor profile (annotation must not set AppArmor profile type to "
         "\"container.apparmor.security.beta.kubernetes.io/container1=\"unconfined\"\")"},
        {PSS_APPARMOR_PROFILE, 0,
         ANNOTATIONS("'" APPARMOR_KEY "a':'localhost/','" APPARMOR_KEY "b':'','" APPARMOR_KEY
                     "c':'runtime/default','" APPARMOR_KEY "d':null,'x" APPARMOR_KEY
                     "e':'unconfined'") "}",
         ""},
        {PSS_APPARMOR_PROFILE, 0,
         ANNOTATIONS("'" APPARMOR_KEY "b':'a\\u0000\\'','" APPARMOR_KEY "':'localhost'") "}", "forbidden AppArmor profiles (annotations must not set AppArmor profile type to "
         "\"container.apparmor.security.beta.kubernetes.io/=\"localhost\"\", "
         "\"container.apparmor.security.beta.kubernetes.io/b=\"a\\x00\\\"\"\")"},
        {PSS_APPARMOR_PROFILE, 0,
         ANNOTATIONS("'" APPARMOR_KEY "a':'unconfined'") ",'spec':{" POD_CONTEXT(
             "'appArmorProfile':{'type':'Unconfined'}") "," CTRS(CTR("a",
                                                                     "'appArmorProfile':{'type':'"
                                                                     "Unconfined'}") "," CTR("b",
                                                                                             "'appA"
                                                                                             "rmorP"
                                                                                             "rofil"
                                                                                             "e':{'"
                                                                                             "type'"
                                                                                             ":'"
                                                                                             "Uncon"
                                                                                             "fined"
                                                                                             "'}")) "}}",
         "forbidden AppArmor profiles (pod and containers \"a\", \"b\" and annotation must not set "
         "AppArmor profile type to \"Unconfined\", "
         "\"container.apparmor.security.beta.kubernetes.io/a=\"unconfined\"\")"});
}

Test(pss, capabilities_baseline)
{
    RUN({PSS_CAPABILITIES_BASELINE, 37,
         ALL_THREE("'capabilities':{'add':['AUDIT_WRITE','CHOWN','DAC_OVERRIDE','FOWNER','FSETID',"
                   "'KILL','MKNOD','NET_BIND_SERVICE','SETFCAP','SETGID','SETPCAP','SETUID',"
                   "'SYS_CHROOT']}"),
         ""},
        {PSS_CAPABILITIES_BASELINE, 0,
         PODS(CTRS(CTR("a", "'capabilities':{'add':['FOO','BAR']}") "," CTR(
             "b", "'capabilities':{'add':['BAR','BAZ']}"))),
         "non-default capabilities (containers \"a\", \"b\" must not include \"BAR\", \"BAZ\", "
         "\"FOO\" in securityContext.capabilities.add)"},
        {PSS_CAPABILITIES_BASELINE, 0,
         PODS(EPHS(CTR("e", "'capabilities':{'add':['chown','CAP_CHOWN','ALL','NET_RAW',null]}"))),
         "non-default capabilities (container \"e\" must not include \"\", \"ALL\", \"CAP_CHOWN\", "
         "\"NET_RAW\", \"chown\" in securityContext.capabilities.add)"});
}

Test(pss, host_namespaces)
{
    RUN({PSS_HOST_NAMESPACES, 0, PODS("'hostIPC':true,'hostPID':true,'hostNetwork':true"),
         "host namespaces (hostNetwork=true, hostPID=true, hostIPC=true)"},
        {PSS_HOST_NAMESPACES, 0, PODS("'hostPID':true,'hostIPC':false,'hostUsers':true"),
         "host namespaces (hostPID=true)"},
        {PSS_HOST_NAMESPACES, 0, PODS("'hostNetwork':'true','hostPID':null"), ""});
}

Test(pss, host_path_volumes)
{
    RUN({PSS_HOST_PATH_VOLUMES, 0,
         PODS("'volumes':[{'name':'a','hostPath':{}},{'name':'x','emptyDir':{}},"
              "{'name':'b','hostPath':{'path':'/'}}]"),
         "hostPath volumes (volumes \"a\", \"b\")"},
        {PSS_HOST_PATH_VOLUMES, 0, PODS("'volumes':[{'hostPath':{},'emptyDir':{}}]"),
         "hostPath volumes (volume \"\")"},
        {PSS_HOST_PATH_VOLUMES, 0, PODS("'volumes':[null,{'name':'a','hostPath':null}]"), ""});
}

#define PORTS(name, ports) "{'name':'" name "','ports':[" ports "]}"

Test(pss, host_ports)
{
    RUN({PSS_HOST_PORTS, 0,
         PODS(CTRS(PORTS("a", "{'containerPort':1}") "," PORTS("b", "{'hostPort':20}"))),
         "hostPort (container \"b\" uses hostPort 20)"},
        {PSS_HOST_PORTS, 0,
         PODS(CTRS(PORTS("a", "{'hostPort':0}") "," PORTS(
             "b", "{'hostPort':10},{'hostPort':20}") "," PORTS("c",
                                                               "{'hostPort':10},{'hostPort':30}"))),
         "hostPort (containers \"b\", \"c\" use hostPorts 10, 20, 30)"},
        {PSS_HOST_PORTS, 0,
         PODS(EPHS(PORTS("e", "{'hostPort':9100},{'hostPort':80},{'hostPort':443}"))),
         "hostPort (container \"e\" uses hostPorts 443, 80, 9100)"},
        {PSS_HOST_PORTS, 0,
         PODS(INITS(PORTS("a", "{'hostPort':80}")) "," CTRS(PORTS("a", "{'hostPort':80}"))),
         "hostPort (containers \"a\", \"a\" use hostPort 80)"},
        {PSS_HOST_PORTS, 0, PODS(CTRS(PORTS("a", "{'hostPort':-1},{'hostPort':'80'},null"))),
         "hostPort (container \"a\" uses hostPort -1)"});
}

Test(pss, the_host_network_makes_container_ports_host_ports)
{
    static const char pods[] = PODS("'hostNetwork':true," INITS(PORTS(
        "i",
        "{'containerPort':1}")) "," CTRS(PORTS("a",
                                               "{'containerPort':8080,'hostPort':0},{'hostPort':"
                                               "9}")) "," EPHS(PORTS("e", "{'containerPort':2}")));
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

#define HTTP(host)      "{'httpGet':{'host':'" host "'}}"
#define TCP(host)       "{'tcpSocket':{'host':'" host "'}}"
#define WITH(name, ...) "{'name':'" name "'," __VA_ARGS__ "}"

Test(pss, host_probes_and_lifecycle)
{
    static const char pods[] =
        PODS(CTRS(WITH("a", "'livenessProbe':" HTTP("localhost") ",'readinessProbe':" TCP(
                                "127.0.0.1") ",'startupProbe':" HTTP("::1"))));
    RUN({PSS_HOST_PROBES, 33, pods, ""},
        {PSS_HOST_PROBES, 34, pods,
         "probe or lifecycle host (container \"a\" uses probe or lifecycle hosts \"127.0.0.1\", "
         "\"::1\", \"localhost\")"},
        {PSS_HOST_PROBES, 34,
         PODS(CTRS(WITH("invalid2", "'lifecycle':{'preStop':" TCP("b.com") "}") "," WITH(
             "invalid1", "'lifecycle':{'postStart':" HTTP("a.com") "}"))),
         "probe or lifecycle host (containers \"invalid1\", \"invalid2\" use probe or lifecycle "
         "hosts \"a.com\", \"b.com\")"},
        {PSS_HOST_PROBES, 34,
         PODS(INITS(WITH("x", "'startupProbe':" TCP("h"))) "," EPHS(
             WITH("x", "'lifecycle':{'preStop':" HTTP("h") ",'postStart':" TCP("h") "}"))),
         "probe or lifecycle host (container \"x\" uses probe or lifecycle host \"h\")"},
        {PSS_HOST_PROBES, 37,
         PODS(CTRS(WITH(
             "a", "'livenessProbe':" HTTP(
                      "") ",'readinessProbe':{'grpc':{'host':'x'}},"
                          "'lifecycle':{'preStop':{'exec':{},'httpGet':{'httpHeaders':[{'name':"
                          "'Host','value':'x'}],'host':null}}}"))),
         ""});
}

Test(pss, privileged)
{
    RUN({PSS_PRIVILEGED_CONTAINER, 0,
         PODS(CTRS(CTR("a", "") "," CTR("b", "'privileged':false") "," CTR(
             "c", "'privileged':null") "," CTR("d",
                                               "'privileged':true") "," CTR("e",
                                                                            "'privileged':true"))),
         "privileged (containers \"d\", \"e\" must not set securityContext.privileged=true)"},
        {PSS_PRIVILEGED_CONTAINER, 37, PODS(EPHS(CTR("debug", "'privileged':true"))),
         "privileged (container \"debug\" must not set securityContext.privileged=true)"});
}

Test(pss, proc_mount)
{
    static const char user_namespace[] =
        PODS("'hostUsers':false," CTRS(CTR("a", "'procMount':'Unmasked'")));
    static const char text[] =
        "procMount (container \"a\" must not set securityContext.procMount to \"Unmasked\")";
    RUN({PSS_PROC_MOUNT, 0,
         PODS(CTRS(CTR("b", "'procMount':'Default'") "," CTR("c", "'procMount':null") "," CTR(
             "d", "'procMount':'other'") "," CTR("e", "'procMount':'Unmasked'"))),
         "procMount (containers \"d\", \"e\" must not set securityContext.procMount to "
         "\"Unmasked\", \"other\")"},
        {PSS_PROC_MOUNT, 37, PODS(CTRS(CTR("a", "'procMount':''"))),
         "procMount (container \"a\" must not set securityContext.procMount to \"\")"},
        {PSS_PROC_MOUNT, 34, user_namespace, text}, {PSS_PROC_MOUNT, 35, user_namespace, ""},
        {PSS_PROC_MOUNT, 35, PODS("'hostUsers':true," CTRS(CTR("a", "'procMount':'Unmasked'"))),
         text},
        {PSS_PROC_MOUNT_RESTRICTED, 34, user_namespace, ""},
        {PSS_PROC_MOUNT_RESTRICTED, 35, user_namespace, text});
}

#define SELINUX(...) "'seLinuxOptions':{" __VA_ARGS__ "}"

Test(pss, selinux_options)
{
    static const char engine[] = PODS(CTRS(CTR("a", SELINUX("'type':'container_engine_t'"))));
    RUN({PSS_SELINUX_OPTIONS, 0,
         PODS(POD_CONTEXT(SELINUX("'type':'container_t','level':'x'")) "," CTRS(
             CTR("a", SELINUX("'type':'container_init_t'")) "," CTR(
                 "b",
                 SELINUX("'type':'container_kvm_t','user':'','role':null")) "," CTR("c",
                                                                                    SELINUX("")))),
         ""},
        {PSS_SELINUX_OPTIONS, 0, PODS(POD_CONTEXT(SELINUX("'type':'bad'"))),
         "seLinuxOptions (pod set forbidden securityContext.seLinuxOptions: type \"bad\")"},
        {PSS_SELINUX_OPTIONS, 0,
         PODS(POD_CONTEXT(SELINUX("'type':'foo'")) "," CTRS(
             CTR("e", SELINUX("'type':'bar'")) "," CTR("f", SELINUX("'user':'u'")) "," CTR(
                 "g", SELINUX("'role':'r'")))),
         "seLinuxOptions (pod and containers \"e\", \"f\", \"g\" set forbidden "
         "securityContext.seLinuxOptions: types \"bar\", \"foo\"; user may not be set; role may "
         "not be set)"},
        {PSS_SELINUX_OPTIONS, 37, PODS(EPHS(CTR("e", SELINUX("'user':'u','role':'r'")))),
         "seLinuxOptions (container \"e\" set forbidden securityContext.seLinuxOptions: user may "
         "not be set; role may not be set)"},
        {PSS_SELINUX_OPTIONS, 30, engine,
         "seLinuxOptions (container \"a\" set forbidden securityContext.seLinuxOptions: type "
         "\"container_engine_t\")"},
        {PSS_SELINUX_OPTIONS, 31, engine, ""});
}

Test(pss, seccomp_annotations)
{
    RUN({PSS_SECCOMP_BASELINE, 18,
         ANNOTATIONS(
             "'" SECCOMP_KEY "b':'unknown','" SECCOMP_KEY
             "a':'unconfined','seccomp.security.alpha.kubernetes.io/pod':'unconfined','" SECCOMP_KEY
             "stranger':'unconfined'") ",'spec':{" INITS(PLAIN("a")) "," EPHS(PLAIN("b")) "}}",
         "seccompProfile (forbidden annotations "
         "container.seccomp.security.alpha.kubernetes.io/a=\"unconfined\", "
         "container.seccomp.security.alpha.kubernetes.io/b=\"unknown\", "
         "seccomp.security.alpha.kubernetes.io/pod=\"unconfined\")"},
        {PSS_SECCOMP_BASELINE, 0,
         ANNOTATIONS(
             "'" SECCOMP_KEY "a':'docker/default','" SECCOMP_KEY "b':'runtime/default',"
             "'seccomp.security.alpha.kubernetes.io/pod':'localhost/'") ",'spec':{" CTRS(PLAIN("a") "," CTR("b",
                                                                                                            "'seccompProfile':{'type':'Unconfined'}")) "}}",
         ""},
        {PSS_SECCOMP_BASELINE, 0,
         ANNOTATIONS("'seccomp.security.alpha.kubernetes.io/pod':null") "}",
         "seccompProfile (forbidden annotation seccomp.security.alpha.kubernetes.io/pod=\"\")"},
        {PSS_SECCOMP_BASELINE, 19,
         ANNOTATIONS("'seccomp.security.alpha.kubernetes.io/pod':'unconfined'") "}", ""});
}

#define SECCOMP(type) "'seccompProfile':{'type':'" type "'}"

Test(pss, seccomp_fields)
{
    RUN({PSS_SECCOMP_BASELINE, 19,
         PODS(POD_CONTEXT(SECCOMP("Unconfined")) "," CTRS(
             CTR("a", SECCOMP("Localhost")) "," CTR("b", SECCOMP("RuntimeDefault")) "," CTR(
                 "c", SECCOMP("Unconfined")) "," CTR("d", SECCOMP("Unconfined")))),
         "seccompProfile (pod and containers \"c\", \"d\" must not set "
         "securityContext.seccompProfile.type to \"Unconfined\")"},
        {PSS_SECCOMP_BASELINE, 37, ALL_THREE("'seccompProfile':{}"),
         "seccompProfile (containers \"a\", \"b\", \"c\" must not set "
         "securityContext.seccompProfile.type to \"\")"},
        {PSS_SECCOMP_BASELINE, 37, PODS(CTRS(PLAIN("a"))), ""});
}

Test(pss, seccomp_restricted)
{
    RUN({PSS_SECCOMP_RESTRICTED, 18, PODS(CTRS(PLAIN("a"))), ""},
        {PSS_SECCOMP_RESTRICTED, 19, PODS(CTRS(PLAIN("a") "," PLAIN("b"))),
         "seccompProfile (pod or containers \"a\", \"b\" must set "
         "securityContext.seccompProfile.type to \"RuntimeDefault\" or \"Localhost\")"},
        {PSS_SECCOMP_RESTRICTED, 37,
         PODS(CTRS(CTR("a", SECCOMP("Localhost"))) "," EPHS(PLAIN("e"))),
         "seccompProfile (pod or container \"e\" must set securityContext.seccompProfile.type to "
         "\"RuntimeDefault\" or \"Localhost\")"},
        {PSS_SECCOMP_RESTRICTED, 37,
         PODS(POD_CONTEXT(SECCOMP("RuntimeDefault")) "," CTRS(PLAIN("a"))), ""},
        {PSS_SECCOMP_RESTRICTED, 37,
         PODS(POD_CONTEXT(SECCOMP("RuntimeDefault")) "," CTRS(
             PLAIN("a") "," CTR("b", SECCOMP("Unconfined")))),
         "seccompProfile (container \"b\" must not set securityContext.seccompProfile.type to "
         "\"Unconfined\")"},
        {PSS_SECCOMP_RESTRICTED, 37,
         PODS(POD_CONTEXT("'seccompProfile':{}") "," CTRS(PLAIN("a") "," CTR("b", SECCOMP("X")))),
         "seccompProfile (pod and container \"b\" must not set securityContext.seccompProfile.type "
         "to \"\", \"X\")"},
        {PSS_SECCOMP_RESTRICTED, 37, PODS(""), ""});
}

#define SYSCTLS(...) PODS(POD_CONTEXT("'sysctls':[" __VA_ARGS__ "]"))
#define SYSCTL(name) "{'name':'" name "','value':'1'}"

Test(pss, sysctls)
{
    RUN({PSS_SYSCTLS, 0,
         SYSCTLS(
             SYSCTL("kernel.shm_rmid_forced") "," SYSCTL("net.ipv4.ip_local_port_range") "," SYSCTL(
                 "net.ipv4.tcp_syncookies") "," SYSCTL("net.ipv4.ping_group_range") "," SYSCTL("net"
                                                                                               ".ip"
                                                                                               "v4."
                                                                                               "ip_"
                                                                                               "unp"
                                                                                               "riv"
                                                                                               "ile"
                                                                                               "ged"
                                                                                               "_po"
                                                                                               "rt_"
                                                                                               "sta"
                                                                                               "r"
                                                                                               "t")),
         ""},
        {PSS_SYSCTLS, 0, SYSCTLS(SYSCTL("a") "," SYSCTL("b")), "forbidden sysctls (a, b)"},
        {PSS_SYSCTLS, 37, SYSCTLS(SYSCTL("b") "," SYSCTL("a") "," SYSCTL("b")),
         "forbidden sysctls (b, a, b)"},
        {PSS_SYSCTLS, 37, SYSCTLS(SYSCTL("net/ipv4/tcp_syncookies")),
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
        struct str pods = arena_printf(&arena, SYSCTLS(SYSCTL("%s")), added[i].name);
        struct str text = arena_printf(&arena, "forbidden sysctls (%s)", added[i].name);
        run_cases(POD_AS_WRITTEN, &(struct pss_case){PSS_SYSCTLS, added[i].since - 1, pods.ptr, text.ptr}, 1);
        run_cases(POD_AS_WRITTEN, &(struct pss_case){PSS_SYSCTLS, added[i].since, pods.ptr, ""}, 1);
    }
}

#define HOST_PROCESS "'windowsOptions':{'hostProcess':true}"

Test(pss, windows_host_process)
{
    RUN({PSS_WINDOWS_HOST_PROCESS, 0,
         PODS(POD_CONTEXT(HOST_PROCESS) "," CTRS(
             PLAIN("a") "," CTR("e", HOST_PROCESS) "," CTR("f", HOST_PROCESS))),
         "hostProcess (pod and containers \"e\", \"f\" must not set "
         "securityContext.windowsOptions.hostProcess=true)"},
        {PSS_WINDOWS_HOST_PROCESS, 37,
         PODS("'os':{'name':'windows'}," EPHS(CTR("e", HOST_PROCESS))),
         "hostProcess (container \"e\" must not set "
         "securityContext.windowsOptions.hostProcess=true)"},
        {PSS_WINDOWS_HOST_PROCESS, 0,
         PODS(CTRS(CTR("a", "'windowsOptions':{'hostProcess':false}") "," CTR(
             "b", "'windowsOptions':{}"))),
         ""});
}

Test(pss, allow_privilege_escalation)
{
    static const char pods[] = PODS(CTRS(PLAIN("a") "," CTR("b", "") "," CTR(
        "c", "'allowPrivilegeEscalation':true") "," CTR("d", "'allowPrivilegeEscalation':false")));
    RUN({PSS_ALLOW_PRIVILEGE_ESCALATION, 7, pods, ""},
        {PSS_ALLOW_PRIVILEGE_ESCALATION, 8, pods,
         "allowPrivilegeEscalation != false (containers \"a\", \"b\", \"c\" must set "
         "securityContext.allowPrivilegeEscalation=false)"},
        {PSS_ALLOW_PRIVILEGE_ESCALATION, 37,
         PODS(INITS(CTR("i", "'allowPrivilegeEscalation':null")) "," CTRS(
             CTR("a", "'allowPrivilegeEscalation':false")) "," EPHS("null")),
         "allowPrivilegeEscalation != false (containers \"i\", \"\" must set "
         "securityContext.allowPrivilegeEscalation=false)"});
}

#define CAPABILITIES(...) "'capabilities':{" __VA_ARGS__ "}"

Test(pss, capabilities_restricted)
{
    RUN({PSS_CAPABILITIES_RESTRICTED, 21, PODS(CTRS(PLAIN("a"))), ""},
        {PSS_CAPABILITIES_RESTRICTED, 22, PODS(CTRS(PLAIN("a"))),
         "unrestricted capabilities (container \"a\" must set "
         "securityContext.capabilities.drop=[\"ALL\"])"},
        {PSS_CAPABILITIES_RESTRICTED, 22,
         PODS(CTRS(CTR("a", CAPABILITIES("'add':['FOO','BAR']")) "," CTR(
             "b", CAPABILITIES(
                      "'drop':['all'],'add':['BAR','BAZ']")) "," CTR("c",
                                                                     CAPABILITIES(
                                                                         "'drop':['X','ALL'],'add':"
                                                                         "['NET_BIND_SERVICE','"
                                                                         "CHOWN']")))),
         "unrestricted capabilities (containers \"a\", \"b\" must set "
         "securityContext.capabilities.drop=[\"ALL\"]; containers \"a\", \"b\", \"c\" must not "
         "include \"BAR\", \"BAZ\", \"CHOWN\", \"FOO\" in securityContext.capabilities.add)"},
        {PSS_CAPABILITIES_RESTRICTED, 37, ALL_THREE(CAPABILITIES("'drop':['ALL'],'add':['ALL']")),
         "unrestricted capabilities (containers \"a\", \"b\", \"c\" must not include \"ALL\" in "
         "securityContext.capabilities.add)"},
        {PSS_CAPABILITIES_RESTRICTED, 37,
         PODS(CTRS(CTR("a", CAPABILITIES("")) "," CTR("b", "'capabilities':null"))),
         "unrestricted capabilities (containers \"a\", \"b\" must set "
         "securityContext.capabilities.drop=[\"ALL\"])"},
        {PSS_CAPABILITIES_RESTRICTED, 37,
         PODS(CTRS(CTR("a", CAPABILITIES("'drop':['ALL'],'add':['NET_BIND_SERVICE']")))), ""});
}

#define VOLUME(name, source) "{'name':'" name "','" source "':{}}"

Test(pss, restricted_volumes)
{
    RUN({PSS_RESTRICTED_VOLUMES, 0,
         PODS("'volumes':[" VOLUME("a", "configMap") "," VOLUME("b", "csi") "," VOLUME("c", "downwa"
                                                                                            "rdAPI") "," VOLUME(
             "d",
             "emptyDir") "," VOLUME("e",
                                    "ephemeral") "," VOLUME("f",
                                                            "image") "," VOLUME("g",
                                                                                "persistentVolumeCl"
                                                                                "aim") "," VOLUME("h",
                                                                                                  "projected") "," VOLUME("i",
                                                                                                                          "secret") "]"),
         ""},
        {PSS_RESTRICTED_VOLUMES, 0, PODS("'volumes':[" VOLUME("volume1", "nfs") "]"),
         "restricted volume types (volume \"volume1\" uses restricted volume type \"nfs\")"},
        {PSS_RESTRICTED_VOLUMES, 0,
         PODS("'volumes':[" VOLUME("b1", "hostPath") "," VOLUME("x", "emptyDir") "," VOLUME(
             "b2", "gcePersistentDisk") "]"),
         "restricted volume types (volumes \"b1\", \"b2\" use restricted volume types "
         "\"gcePersistentDisk\", \"hostPath\")"},
        {PSS_RESTRICTED_VOLUMES, 37,
         PODS("'volumes':[" VOLUME("a", "hostPath") "," VOLUME("b", "hostPath") "]"),
         "restricted volume types (volumes \"a\", \"b\" use restricted volume type \"hostPath\")"},
        {PSS_RESTRICTED_VOLUMES, 37, PODS("'volumes':[{'name':'a','nfs':{},'secret':{}}]"), ""},
        {PSS_RESTRICTED_VOLUMES, 37, PODS("'volumes':[{'name':'a','storageos':{},'gitRepo':{}}]"),
         "restricted volume types (volume \"a\" uses restricted volume type \"gitRepo\")"});
}

Test(pss, each_restricted_volume_type_is_named)
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
        struct str pods = arena_printf(&arena, PODS("'volumes':[" VOLUME("v", "%s") "]"), types[i]);
        struct str text = arena_printf(
            &arena, "restricted volume types (volume \"v\" uses restricted volume type \"%s\")",
            types[i]);
        run_cases(POD_AS_WRITTEN, &(struct pss_case){PSS_RESTRICTED_VOLUMES, 37, pods.ptr, text.ptr}, 1);
    }
}

Test(pss, a_volume_without_a_source_becomes_an_empty_dir)
{
    static const char pods[] = PODS("'volumes':[{'name':'v'},{'name':'w','emptyDir':null},null]");
    RUN({PSS_RESTRICTED_VOLUMES, 37, pods, ""});
    RUN_AS(POD_AS_ADMITTED,
           {PSS_RESTRICTED_VOLUMES, 37, pods,
            "restricted volume types (volumes \"v\", \"w\", \"\" use restricted volume type "
            "\"unknown\")"});
}

#define NON_ROOT(value) "'runAsNonRoot':" value

Test(pss, run_as_non_root)
{
    RUN({PSS_RUN_AS_NON_ROOT, 0, PODS(CTRS(PLAIN("a"))),
         "runAsNonRoot != true (pod or container \"a\" must set "
         "securityContext.runAsNonRoot=true)"},
        {PSS_RUN_AS_NON_ROOT, 0, PODS(CTRS(CTR("a", NON_ROOT("true"))) "," EPHS(PLAIN("e"))),
         "runAsNonRoot != true (pod or container \"e\" must set "
         "securityContext.runAsNonRoot=true)"},
        {PSS_RUN_AS_NON_ROOT, 0,
         PODS(POD_CONTEXT(NON_ROOT("false")) "," CTRS(CTR("a", NON_ROOT("true")))),
         "runAsNonRoot != true (pod must not set securityContext.runAsNonRoot=false)"},
        {PSS_RUN_AS_NON_ROOT, 0,
         PODS(POD_CONTEXT(NON_ROOT("true")) "," CTRS(
             PLAIN("a") "," CTR("b", NON_ROOT("true")) "," CTR("c", NON_ROOT("false")) "," CTR(
                 "d", NON_ROOT("false")))),
         "runAsNonRoot != true (containers \"c\", \"d\" must not set "
         "securityContext.runAsNonRoot=false)"},
        {PSS_RUN_AS_NON_ROOT, 0,
         PODS(POD_CONTEXT(NON_ROOT("false")) "," CTRS(PLAIN("a") "," CTR("b", NON_ROOT("false")))),
         "runAsNonRoot != true (pod and container \"b\" must not set "
         "securityContext.runAsNonRoot=false)"},
        {PSS_RUN_AS_NON_ROOT, 37,
         PODS(
             CTRS(CTR("a", NON_ROOT("null") ",'runAsUser':1000") "," CTR("b", NON_ROOT("'true'")))),
         "runAsNonRoot != true (pod or containers \"a\", \"b\" must set "
         "securityContext.runAsNonRoot=true)"},
        {PSS_RUN_AS_NON_ROOT, 37, PODS(POD_CONTEXT(NON_ROOT("true")) "," CTRS(PLAIN("a"))), ""},
        {PSS_RUN_AS_NON_ROOT, 37, PODS(POD_CONTEXT("")), ""}, {PSS_RUN_AS_NON_ROOT, 37, "{}", ""},
        {PSS_RUN_AS_NON_ROOT, 34, PODS("'hostUsers':false," CTRS(PLAIN("a"))),
         "runAsNonRoot != true (pod or container \"a\" must set "
         "securityContext.runAsNonRoot=true)"},
        {PSS_RUN_AS_NON_ROOT, 35,
         PODS("'hostUsers':false," POD_CONTEXT(NON_ROOT("false")) "," CTRS(PLAIN("a"))), ""},
        {PSS_RUN_AS_NON_ROOT, 35, PODS("'hostUsers':null," CTRS(PLAIN("a"))),
         "runAsNonRoot != true (pod or container \"a\" must set "
         "securityContext.runAsNonRoot=true)"});
}

Test(pss, run_as_user)
{
    static const char user_namespace[] =
        PODS("'hostUsers':false," POD_CONTEXT("'runAsUser':0") "," CTRS(CTR("a", "'runAsUser':1")));
    RUN({PSS_RUN_AS_USER, 22, user_namespace, ""},
        {PSS_RUN_AS_USER, 23, user_namespace, "runAsUser=0 (pod must not set runAsUser=0)"},
        {PSS_RUN_AS_USER, 34, user_namespace, "runAsUser=0 (pod must not set runAsUser=0)"},
        {PSS_RUN_AS_USER, 35, user_namespace, ""},
        {PSS_RUN_AS_USER, 35, PODS("'hostUsers':true," EPHS(CTR("e", "'runAsUser':0"))),
         "runAsUser=0 (container \"e\" must not set runAsUser=0)"},
        {PSS_RUN_AS_USER, 37,
         PODS(CTRS(PLAIN("a") "," CTR("b", "'runAsUser':1") "," CTR("c", "'runAsUser':0") "," CTR(
             "d", "'runAsUser':0") "," CTR("e", "'runAsUser':null"))),
         "runAsUser=0 (containers \"c\", \"d\" must not set runAsUser=0)"});
}

Test(pss, windows_pods_are_exempt_from_three_checks_since_v1_25)
{
    static const char windows[] = PODS("'os':{'name':'windows'}," CTRS(PLAIN("a")));
    static const char linux_too[] = PODS("'os':{'name':'Windows'}," CTRS(PLAIN("a")));
    static const struct {
        enum pss_check check;
        const char *text;
    } exempt[] = {
        {PSS_ALLOW_PRIVILEGE_ESCALATION,
         "allowPrivilegeEscalation != false (container \"a\" must set "
         "securityContext.allowPrivilegeEscalation=false)"},
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
        {PSS_RUN_AS_USER, 37, PODS("'os':{'name':'windows'}," POD_CONTEXT("'runAsUser':0")),
         "runAsUser=0 (pod must not set runAsUser=0)"});
}

static struct pss_results evaluate(const char *quoted, enum pss_level level, uint32_t minor)
{
    struct pod pod = read_pod(quoted, false, POD_AS_WRITTEN);
    struct pss_results results;
    pss_evaluate(&results, pss_level_checks(level), minor, &pod, &arena);
    return results;
}

Test(pss, whole_texts_join_reasons_and_details)
{
    static const char nginx[] = PODS(CTRS(PLAIN("nginx")));
    struct pss_results results = evaluate(nginx, PSS_RESTRICTED, PSS_LATEST);
    expect_text(
        pss_details_text(&results, &arena),
        "allowPrivilegeEscalation != false (container \"nginx\" must set "
        "securityContext.allowPrivilegeEscalation=false), unrestricted capabilities (container "
        "\"nginx\" must set securityContext.capabilities.drop=[\"ALL\"]), runAsNonRoot != true "
        "(pod or container \"nginx\" must set securityContext.runAsNonRoot=true), seccompProfile "
        "(pod or container \"nginx\" must set securityContext.seccompProfile.type to "
        "\"RuntimeDefault\" or \"Localhost\")",
        nginx);
    expect_text(pss_reasons_text(&results, &arena),
                "allowPrivilegeEscalation != false, unrestricted capabilities, runAsNonRoot != "
                "true, seccompProfile",
                nginx);
    cr_expect_eq(evaluate(nginx, PSS_BASELINE, PSS_LATEST).count, 0);
    cr_expect_eq(evaluate(nginx, PSS_PRIVILEGED, PSS_LATEST).count, 0);
}

/* Breaks all that can be broken at once; every check that is active and not overridden fires. */
static const char worst[] = ANNOTATIONS("'seccomp.security.alpha.kubernetes.io/pod':'unconfined'") ",'spec':{'hostNetwork':true,'volumes':[" VOLUME("v", "hostPath") "]," POD_CONTEXT(
    "'runAsNonRoot':false,'runAsUser':0,'sysctls':[" SYSCTL("a") "]," SELINUX(
        "'user':'u'") "," HOST_PROCESS
                      "," SECCOMP(
                          "Unconfined") ",'appArmorProfile':{}") "," CTRS(WITH("a",
                                                                               "'ports':[{'"
                                                                               "hostPort':1}],'"
                                                                               "livenessProbe'"
                                                                               ":" HTTP("h") "," POD_CONTEXT(
                                                                                   "'privileged':"
                                                                                   "true,'"
                                                                                   "procMount':'"
                                                                                   "Unmasked'"
                                                                                   "," CAPABILITIES(
                                                                                       "'add':['"
                                                                                       "SYS_ADMIN'"
                                                                                       "]")))) "}}";

static pss_set checks_that_fire(enum pss_level level, uint32_t minor)
{
    struct pss_results results = evaluate(worst, level, minor);
    pss_set set = 0;
    for (uint32_t i = 0; i < results.count; i++) {
        cr_expect(i == 0 || results.items[i - 1].check < results.items[i].check);
        cr_expect(results.items[i].detail.len > 0);
        set |= 1u << results.items[i].check;
    }
    return set;
}

#define BIT(suffix) (1u << PSS_##suffix)

/* Which checks a version has, as the tables of the reference list them. */
static pss_set expected_checks(enum pss_level level, uint32_t minor)
{
    pss_set set = pss_level_checks(PSS_BASELINE);
    if (minor < 34)
        set &= ~BIT(HOST_PROBES);
    if (level == PSS_BASELINE)
        return set;
    set = (set & ~BIT(HOST_PATH_VOLUMES)) | BIT(RESTRICTED_VOLUMES) | BIT(RUN_AS_NON_ROOT);
    if (minor >= 8)
        set |= BIT(ALLOW_PRIVILEGE_ESCALATION);
    if (minor >= 19)
        set = (set & ~BIT(SECCOMP_BASELINE)) | BIT(SECCOMP_RESTRICTED);
    if (minor >= 22)
        set = (set & ~BIT(CAPABILITIES_BASELINE)) | BIT(CAPABILITIES_RESTRICTED);
    if (minor >= 23)
        set |= BIT(RUN_AS_USER);
    if (minor >= 35)
        set = (set & ~BIT(PROC_MOUNT)) | BIT(PROC_MOUNT_RESTRICTED);
    return set;
}

Test(pss, each_version_has_its_checks_and_overrides)
{
    for (uint32_t minor = 0; minor <= PSS_NEWEST + 2; minor++)
        for (enum pss_level level = PSS_BASELINE; level <= PSS_RESTRICTED; level++)
            cr_expect_eq(checks_that_fire(level, minor), expected_checks(level, minor),
                         "level %d, minor %u", (int)level, minor);
    cr_expect_eq(checks_that_fire(PSS_PRIVILEGED, 37), 0);
}

Test(pss, a_set_without_the_overriding_check_keeps_the_overridden_one)
{
    struct pod pod = read_pod(worst, false, POD_AS_WRITTEN);
    struct pss_results results;
    pss_evaluate(&results, PSS_ALL_CHECKS & ~BIT(RESTRICTED_VOLUMES), 37, &pod, &arena);
    bool found = false;
    for (uint32_t i = 0; i < results.count; i++)
        found |= results.items[i].check == PSS_HOST_PATH_VOLUMES;
    cr_expect(found);
}

Test(pss, the_newest_version_is_the_last_that_changed_anything)
{
    static const char pods[] = SYSCTLS(SYSCTL("net.ipv4.tcp_notsent_lowat"));
    cr_expect_eq(evaluate(pods, PSS_BASELINE, PSS_NEWEST - 1).count, 1);
    cr_expect_eq(evaluate(pods, PSS_BASELINE, PSS_NEWEST).count, 0);
    cr_expect_eq(evaluate(pods, PSS_BASELINE, 999).count, 0);
    cr_expect_eq(evaluate(pods, PSS_BASELINE, PSS_LATEST).count, 0);
}

Test(pss, checks_are_sorted_by_level_and_id)
{
    for (enum pss_check check = 1; check < PSS_CHECK_COUNT; check++) {
        enum pss_check before = check - 1;
        cr_expect(pss_check_level(before) <= pss_check_level(check));
        if (pss_check_level(before) == pss_check_level(check))
            cr_expect_lt(strcmp(pss_check_id(before), pss_check_id(check)), 0);
        cr_expect(pss_check_active(check, PSS_LATEST));
    }
    cr_expect_not(pss_check_active(PSS_HOST_PROBES, 33));
    cr_expect(pss_check_active(PSS_HOST_PROBES, 34));
    cr_expect_eq(pss_level_checks(PSS_RESTRICTED), PSS_ALL_CHECKS);
}

Test(pss, levels_are_exact)
{
    static const char *const wrong[] = {"", "Restricted", "restricted ", "foo", "base"};
    enum pss_level level;
    for (enum pss_level l = PSS_PRIVILEGED; l <= PSS_RESTRICTED; l++) {
        cr_expect(pss_parse_level(str_from(pss_level_name(l)), &level));
        cr_expect_eq(level, l);
    }
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        cr_expect_not(pss_parse_level(str_from(wrong[i]), &level), "%s", wrong[i]);
}

Test(pss, versions_are_exact)
{
    static const struct {
        const char *text;
        uint32_t minor;
    } right[] = {
        {"latest", PSS_LATEST},
        {"v1.0", 0},
        {"v1.1", 1},
        {"v1.20", 20},
        {"v1.10000", 10000},
        {"v1.4294967294", PSS_LATEST - 1},
        {"v1.4294967295", PSS_LATEST - 1},
        {"v1.9223372036854775807", PSS_LATEST - 1},
    };
    static const char *const wrong[] = {
        "",
        "foo",
        "v1",
        "1.1",
        "v2.0",
        "v1.",
        "v1.01",
        "v1.00",
        "v1.1.0",
        "v1.-1",
        "v1.+1",
        "v1.1 ",
        " v1.1",
        "v1.1\n",
        "Latest",
        "V1.1",
        "v1.0x10",
        "v1.1a",
        "v1.9223372036854775808",
        "v1.99999999999999999999",
    };
    for (size_t i = 0; i < sizeof right / sizeof right[0]; i++) {
        uint32_t minor = 7;
        cr_expect(pss_parse_version(str_from(right[i].text), &minor), "%s", right[i].text);
        cr_expect_eq(minor, right[i].minor, "%s", right[i].text);
    }
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        uint32_t minor = 7;
        cr_expect_not(pss_parse_version(str_from(wrong[i]), &minor), "%s", wrong[i]);
        cr_expect_eq(minor, 7);
    }
}

Test(pss, one_offender_makes_the_message_for_its_place)
{
    struct pss_results results =
        evaluate(PODS(CTRS(CTR("a", CAPABILITIES("'add':['B','A']")) "," CTR(
                     "b", CAPABILITIES("'drop':[]")))),
                 PSS_RESTRICTED, 22);
    static const char *const messages[] = {
        "container \"a\" must set securityContext.capabilities.drop=[\"ALL\"]",
        "container \"a\" must not include \"B\" in securityContext.capabilities.add",
        "container \"a\" must not include \"A\" in securityContext.capabilities.add",
        "container \"b\" must set securityContext.capabilities.drop=[\"ALL\"]",
    };
    const struct pss_result *result = &results.items[1];
    cr_assert_eq(result->check, PSS_CAPABILITIES_RESTRICTED);
    cr_assert_eq(result->offender_count, 4);
    for (uint32_t i = 0; i < 4; i++)
        expect_text(pss_detail(result, &result->offenders[i], 1, &arena), messages[i], "offender");
    cr_expect(str_is(doc_str(result->offenders[1].at), "B"));
    cr_expect_eq(result->offenders[0].at->kind, DOC_MAP, "the capabilities that lack drop");
    cr_expect_eq(result->offenders[3].at->kind, DOC_SEQ, "the drop that lacks ALL");
}

/* Fields of any other type crash nothing. Only sysctls without names make an empty detail, as they
 * do upstream. */
Test(pss, wrong_types_count_as_unset)
{
    static const char *const values[] = {
        "null", "true", "7",    "1.5",      "'text'",
        "[]",   "{}",   "[[]]", "{'a':{}}", "[null,1,'x',{},[],true]"};
    static const char *const places[] = {
        "{'metadata':%s}",
        "{'spec':%s}",
        "{'metadata':{'annotations':%s}}",
        "{'metadata':{'annotations':{'" APPARMOR_KEY "a':%s}}}",
        "{'metadata':{'annotations':{'seccomp.security.alpha.kubernetes.io/pod':%s}}}",
        PODS("'containers':%s"),
        PODS("'initContainers':%s"),
        PODS("'ephemeralContainers':%s"),
        PODS("'volumes':%s"),
        PODS("'securityContext':%s"),
        PODS("'os':%s"),
        PODS("'hostUsers':%s"),
        PODS("'hostNetwork':%s," CTRS(PORTS("a", "{'containerPort':7}"))),
        PODS(POD_CONTEXT("'sysctls':%s")),
        PODS(POD_CONTEXT("'seLinuxOptions':%s")),
        PODS(POD_CONTEXT("'windowsOptions':%s")),
        PODS(POD_CONTEXT("'seccompProfile':%s")),
        PODS(POD_CONTEXT("'appArmorProfile':%s")),
        PODS(POD_CONTEXT("'runAsUser':%s")),
        PODS(CTRS("{'name':%s}")),
        PODS(CTRS("{'ports':%s}")),
        PODS(CTRS("{'ports':[{'hostPort':%s}]}")),
        PODS(CTRS("{'lifecycle':%s}")),
        PODS(CTRS("{'livenessProbe':%s}")),
        PODS(CTRS("{'livenessProbe':{'httpGet':%s}}")),
        PODS(CTRS("{'securityContext':%s}")),
        PODS(CTRS("{'securityContext':{'capabilities':%s}}")),
        PODS(CTRS("{'securityContext':{'capabilities':{'add':%s}}}")),
        PODS(CTRS("{'securityContext':{'capabilities':{'drop':%s}}}")),
    };
    for (size_t p = 0; p < sizeof places / sizeof places[0]; p++)
        for (size_t v = 0; v < sizeof values / sizeof values[0]; v++) {
            const char *at = strstr(places[p], "%s");
            struct str pods = arena_printf(&arena, "%.*s%s%s", (int)(at - places[p]), places[p],
                                           values[v], at + 2);
            for (uint32_t minor = 0; minor <= PSS_NEWEST; minor++) {
                struct pss_results results = evaluate(pods.ptr, PSS_RESTRICTED, minor);
                for (uint32_t i = 0; i < results.count; i++)
                    cr_expect(results.items[i].detail.len > 0 ||
                                  results.items[i].check == PSS_SYSCTLS,
                              "%s", pods.ptr);
            }
        }
}

/* No wrong "clean": whichever allocation fails, the arena says so. */
Test(pss, an_arena_that_fails_never_means_allowed)
{
    struct pod pod = read_pod(worst, false, POD_AS_WRITTEN);
    struct pss_results complete, results;
    pss_evaluate(&complete, PSS_ALL_CHECKS, 37, &pod, &arena);
    for (size_t ceiling = 0; ceiling < 200000; ceiling += 500) {
        struct arena small;
        arena_init(&small, ceiling);
        pss_evaluate(&results, PSS_ALL_CHECKS, 37, &pod, &small);
        if (small.failed) {
            arena_release(&small);
            continue;
        }
        cr_expect_eq(results.count, complete.count);
        arena_release(&small);
        return;
    }
    cr_expect(false, "no ceiling was enough");
}
