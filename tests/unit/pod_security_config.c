/* SPDX-License-Identifier: Apache-2.0
 *
 * The expected texts were printed by Kubernetes' own webhook when it was started with these files;
 * in brackets where it stands is ours.
 */
#include "config/pod_security.h"

#include <criterion/criterion.h>

#include <stdio.h>

static struct arena arena;
static struct pss_config config;
static struct pod_security_error error;

static void begin(void)
{
    arena_init(&arena, 16 << 20);
}

static void finish(void)
{
    arena_release(&arena);
}

TestSuite(pod_security_config, .init = begin, .fini = finish);

#define GROUP "pod-security.admission.config.k8s.io"
#define HEAD  "apiVersion: " GROUP "/v1\nkind: PodSecurityConfiguration\n"
#define JSON  "\"apiVersion\":\"" GROUP "/v1\",\"kind\":\"PodSecurityConfiguration\""
#define LABEL                                                                                      \
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and "   \
    "must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex "     \
    "used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
#define SUBDOMAIN                                                                                  \
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or "   \
    "'.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used "  \
    "for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
#define A64  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define A256 A64 A64 A64 A64

static const struct refused {
    const char *text, *error; /* error: LINE:COLUMN, a space, upstream's text */
} refused[] = {
    /* what it is */
    {"# c\n", "1:1 Object 'Kind' is missing in '# c\n'"},
    {"   \n", "1:1 Object 'Kind' is missing in '   \n'"},
    {"null\n", "1:1 Object 'Kind' is missing in 'null\n'"},
    {"{}", "1:1 Object 'Kind' is missing in '{}'"},
    {"apiVersion: " GROUP "/v1\n", "1:1 Object 'Kind' is missing in 'apiVersion: " GROUP "/v1\n'"},
    {"kind: PodSecurityConfiguration\n",
     "1:1 Object 'apiVersion' is missing in 'kind: PodSecurityConfiguration\n'"},
    {"apiVersion: a/b/c\nkind: PodSecurityConfiguration\n",
     "1:13 unexpected GroupVersion string: a/b/c"},
    {"apiVersion: " GROUP "/v2\nkind: PodSecurityConfiguration\n",
     "1:13 no kind \"PodSecurityConfiguration\" is registered for version \"" GROUP "/v2\""},
    {"apiVersion: " GROUP "/v1\nkind: Foo\n",
     "2:7 no kind \"Foo\" is registered for version \"" GROUP "/v1\""},
    {"apiVersion: v1\nkind: PodSecurityConfiguration\n",
     "1:13 no kind \"PodSecurityConfiguration\" is registered for version \"v1\""},
    {"apiVersion: /v1\nkind: Foo\n", "2:7 no kind \"Foo\" is registered for version \"v1\""},
    {"---\n---\n" HEAD, "1:1 Object 'Kind' is missing in '---\n---\n" HEAD "'"},
    {"kind: 5\n", "1:7 couldn't get version/kind; json parse error: json: cannot unmarshal number "
                  "into Go struct field .kind of type string"},
    {"APIVERSION: {}\n", "1:13 couldn't get version/kind; json parse error: json: cannot unmarshal "
                         "object into Go struct field .apiVersion of type string"},
    {"[]", "1:1 couldn't get version/kind; json parse error: json: cannot unmarshal array into Go "
           "value of type struct { APIVersion string \"json:\\\"apiVersion,omitempty\\\"\"; Kind "
           "string \"json:\\\"kind,omitempty\\\"\" }"},
    /* types: the first one in the order of sorted keys */
    {HEAD "defaults:\n  warn: Y\n", "4:9 json: cannot unmarshal bool into Go struct field "
                                    "PodSecurityDefaults.defaults.warn of type string"},
    {HEAD "defaults:\n  enforce: 1\n  audit: 1.5\n",
     "5:10 json: cannot unmarshal number into Go struct field PodSecurityDefaults.defaults.audit "
     "of "
     "type string"},
    {HEAD "defaults: [a]\n", "3:11 json: cannot unmarshal array into Go struct field "
                             "PodSecurityConfiguration.defaults of type v1.PodSecurityDefaults"},
    {"apiVersion: " GROUP "/v1beta1\nkind: PodSecurityConfiguration\nexemptions: 1\n",
     "3:13 json: cannot unmarshal number into Go struct field PodSecurityConfiguration.exemptions "
     "of type v1beta1.PodSecurityExemptions"},
    {HEAD "exemptions:\n  usernames: x\n",
     "4:14 json: cannot unmarshal string into Go struct field "
     "PodSecurityExemptions.exemptions.usernames of type []string"},
    {HEAD "exemptions:\n  usernames: [{}, []]\n",
     "4:15 json: cannot unmarshal object into Go struct field "
     "PodSecurityExemptions.exemptions.usernames of type string"},
    {HEAD "exemptions:\n  usernames: x\ndefaults:\n  enforce: {}\n  foo: 1\n",
     "6:12 json: cannot unmarshal object into Go struct field PodSecurityDefaults.defaults.enforce "
     "of type string"},
    {"{" JSON ",\"zz\":1,\"exemptions\":{\"usernames\":[1.5]}}",
     "1:125 json: cannot unmarshal number into Go struct field "
     "PodSecurityExemptions.exemptions.usernames of type string"},
    {HEAD "defaults:\n  enforced: x\ndefaults:\n  warn: y\n",
     "6:9 json: cannot unmarshal bool into Go struct field PodSecurityDefaults.defaults.warn of "
     "type string"},
    /* strict decoding: everything at once */
    {HEAD "defaults:\n  enforced: x\nexemptions:\n  runtimeClassNames: []\n",
     "4:3 strict decoding error: unknown field \"defaults.enforced\", unknown field "
     "\"exemptions.runtimeClassNames\""},
    {HEAD "zz: 1\naa: 2\ndefaults: {x: 1, b: 2}\n",
     "4:1 strict decoding error: unknown field \"aa\", unknown field \"defaults.b\", unknown field "
     "\"defaults.x\", unknown field \"zz\""},
    {HEAD "metadata: {name: x}\n", "3:1 strict decoding error: unknown field \"metadata\""},
    {"apiVersion: " GROUP "/v1\nKind: PodSecurityConfiguration\nDefaults: {}\n",
     "3:1 strict decoding error: unknown field \"Defaults\", unknown field \"Kind\""},
    {"{" JSON ",\"defaults\":{\"enforce\":\"x\",\"enforce\":\"baseline\"},\"z\":1}",
     "1:117 strict decoding error: duplicate field \"defaults.enforce\", unknown field \"z\""},
    {HEAD "defaults:\n  warn: baseline\ndefaults:\n  warn: restricted\n  foo: 1\n  warn: x\n",
     "8:3 strict decoding error: yaml: unmarshal errors:\n  line 8: key \"warn\" already set in "
     "map\n  line 6: key \"defaults\" already set in map, unknown field \"defaults.foo\""},
    {HEAD "defaults: {'a\"b': 1}\n'c\\d': 1\n'c\\d': 2\n",
     "5:1 strict decoding error: yaml: unmarshal errors:\n  line 5: key \"c\\\\d\" already set in "
     "map, unknown field \"c\\\\d\", unknown field \"defaults.a\\\"b\""},
    {"{" JSON ",\"z\":{\"a\":1,\"a\":2},\"defaults\":{\"warn\":\"x\",\"warn\":\"baseline\"}}",
     "1:91 strict decoding error: unknown field \"z\", duplicate field \"defaults.warn\""},
    /* defaults */
    {HEAD "defaults:\n  enforce: foo\n  warn-version: v2\n  audit: bar\nexemptions:\n  usernames: "
          "[\"\"]\n",
     "4:12 configuration error: [enforce: must be one of privileged, baseline, restricted, audit: "
     "must be one of privileged, baseline, restricted, warn-version: must be \"latest\" or "
     "\"v1.x\"]"},
    {"apiVersion: " GROUP "/v1alpha1\nkind: PodSecurityConfiguration\ndefaults: {enforce: ba}\n",
     "3:21 configuration error: enforce: must be one of privileged, baseline, restricted"},
    /* exemptions */
    {HEAD "exemptions:\n  usernames: [\"\", a, a]\n  namespaces: [TEST, a.b, \"\", null, ok, ok]\n "
          " runtimeClasses: [A.b, a..b, x]\n",
     "5:16 invalid configuration: [exemptions.namespaces[0]: Invalid value: \"TEST\": " LABEL
     ", exemptions.namespaces[1]: Invalid value: \"a.b\": must not contain dots, "
     "exemptions.namespaces[2]: Invalid value: \"\": " LABEL
     ", exemptions.namespaces[3]: Invalid value: \"\": " LABEL
     ", exemptions.namespaces[5]: Duplicate value: \"ok\", exemptions.runtimeClasses[0]: Invalid "
     "value: \"A.b\": " SUBDOMAIN
     ", exemptions.runtimeClasses[1]: Invalid value: \"a..b\": " SUBDOMAIN
     ", exemptions.usernames[0]: Invalid value: \"\": username must not be empty, "
     "exemptions.usernames[2]: Duplicate value: \"a\"]"},
    {HEAD "exemptions: {namespaces: [\"a\\\"b\"]}\n",
     "3:27 invalid configuration: exemptions.namespaces[0]: Invalid value: \"a\\\"b\": " LABEL},
    {HEAD "exemptions: {namespaces: [" A64 "]}\n",
     "3:27 invalid configuration: exemptions.namespaces[0]: Invalid value: \"" A64
     "\": must be no more than 63 characters"},
    {HEAD "exemptions: {namespaces: [A." A64 "]}\n",
     "3:27 invalid configuration: exemptions.namespaces[0]: Invalid value: \"A." A64
     "\": must be no more than 63 characters, " LABEL},
    {HEAD "exemptions: {runtimeClasses: [" A256 "]}\n",
     "3:31 invalid configuration: exemptions.runtimeClasses[0]: Invalid value: \"" A256
     "\": must be no more than 253 characters"},
    /* ours */
    {HEAD "---\nfoo: bar\n", "4:1 expected one document, found a second one"},
    {HEAD "---\n# c\n---\na: b: c\n", "5:1 expected one document, found a second one"},
    {HEAD "...\nfoo\n", "4:1 expected one document, found a second one"},
};

Test(pod_security_config, is_refused_in_upstreams_words)
{
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        char got[4096];
        cr_expect_not(pod_security_read(str_from(refused[i].text), &arena, &config, &error),
                      "accepted: %s", refused[i].text);
        snprintf(got, sizeof got, "%u:%u %.*s", error.line, error.column, STR_ARG(error.text));
        cr_expect_str_eq(got, refused[i].error, "of:\n%s\ngot:  %s\nwant: %s", refused[i].text, got,
                         refused[i].error);
    }
}

/* What parsers say of broken text is their own; how it begins is upstream's. */
Test(pod_security_config, broken_text_is_refused_with_its_place)
{
    static const struct refused broken[] = {
        {HEAD "a: b: c\n", "yaml: "},
        {"{" JSON ",}", "couldn't get version/kind; json parse error: "},
        {"{" JSON "} x", "couldn't get version/kind; json parse error: "},
        {"{" JSON "}\n---\n", "couldn't get version/kind; json parse error: "},
        {"{" JSON "}\n# c\n", "couldn't get version/kind; json parse error: "},
        {"\tfoo", ""},
    };
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        cr_expect_not(pod_security_read(str_from(broken[i].text), &arena, &config, &error), "%s",
                      broken[i].text);
        cr_expect(str_starts_with(error.text, str_from(broken[i].error)), "%s: %.*s",
                  broken[i].text, STR_ARG(error.text));
        cr_expect_gt(error.text.len, 0);
    }
}

static void read_good(const char *text)
{
    bool good = pod_security_read(str_from(text), &arena, &config, &error);
    cr_assert(good, "%s: %.*s", text, STR_ARG(error.text));
}

static void expect_mode(enum pss_mode mode, enum pss_level level, uint32_t minor,
                        const char *version)
{
    cr_expect_eq(config.defaults.mode[mode].level, level);
    cr_expect_eq(config.defaults.mode[mode].minor, minor);
    cr_expect(str_is(config.defaults.mode[mode].version, version));
}

Test(pod_security_config, nothing_said_is_privileged_latest)
{
    static const char *const texts[] = {"",
                                        HEAD,
                                        HEAD "defaults: null\nexemptions:\n",
                                        HEAD "defaults: {enforce: \"\", warn-version: null}\n",
                                        "{" JSON "}",
                                        " \n{" JSON "}\t\n",
                                        "%YAML 1.1\n---\n" HEAD,
                                        "\xEF\xBB\xBF# c\n---\n" HEAD "---\n# c\n...\n"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        read_good(texts[i]);
        for (unsigned mode = 0; mode < PSS_MODE_COUNT; mode++)
            expect_mode(mode, PSS_PRIVILEGED, PSS_LATEST, "latest");
        cr_expect_eq(
            config.usernames.count + config.namespaces.count + config.runtime_classes.count, 0);
    }
}

Test(pod_security_config, everything_said_is_taken)
{
    read_good("apiVersion: " GROUP "/v1beta1\nkind: PodSecurityConfiguration\n"
              "defaults:\n  enforce: baseline\n  enforce-version: v1.22\n  audit: restricted\n"
              "  audit-version: latest\n  warn: restricted\n  warn-version: v1.9999\n"
              "exemptions:\n  usernames: [\"system:x\", b]\n  namespaces: [kube-system]\n"
              "  runtimeClasses: [a.b]\n");
    expect_mode(PSS_ENFORCE, PSS_BASELINE, 22, "v1.22");
    expect_mode(PSS_AUDIT, PSS_RESTRICTED, PSS_LATEST, "latest");
    expect_mode(PSS_WARN, PSS_RESTRICTED, 9999, "v1.9999");
    cr_assert_eq(config.usernames.count, 2);
    cr_expect(str_is(config.usernames.items[0], "system:x"));
    cr_assert_eq(config.namespaces.count, 1);
    cr_expect(str_is(config.namespaces.items[0], "kube-system"));
    cr_assert_eq(config.runtime_classes.count, 1);
    cr_expect(str_is(config.runtime_classes.items[0], "a.b"));
}
