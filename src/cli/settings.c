/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/settings.h"

#include "base/nearest.h"
#include "config/policy_file.h"
#include "config/schema_file.h"
#include "config/terminal.h"
#include "policy/profile.h"
#include "rules/rules.h"

#include <unistd.h>

#define usage(diag, ...) diag_set((diag), DIAG_VALUE, 0, 0, __VA_ARGS__)

/* A name, or a file: what holds a slash or a dot, or is there. */
static bool find_profile(const struct options *options, struct profile *profile,
                         struct arena *arena, struct diag *diag)
{
    const char *text = options_text(options, OPTION_PROFILE);
    struct str name = str_from(text);
    enum profile_level level;
    if (profile_level_parse(name, &level))
        return profile_init(profile, &rules_all, level, arena) ||
               diag_set(diag, DIAG_MEMORY, 0, 0, "out of memory");
    if (strpbrk(text, "./") || access(text, F_OK) == 0)
        return policy_file_read(profile, text, &rules_all, arena, diag);
    struct nearest near = nearest_to(name);
    const char *word;
    for (size_t i = 0; (word = cli_words("profiles", i)); i++)
        nearest_offer(&near, str_from(word));
    if (near.best.ptr)
        return usage(diag, "unknown profile \"%s\", did you mean %.*s?", text, STR_ARG(near.best));
    return usage(diag,
                 "unknown profile \"%s\", expected baseline, restricted, hardened, all or a file",
                 text);
}

/* LEVEL[:VERSION] */
static bool find_standard(const struct options *options, struct profile *profile, uint32_t *minor,
                          struct arena *arena, struct diag *diag)
{
    struct str text = str_from(options_text(options, OPTION_PSS));
    size_t colon = str_find(text, ':');
    struct str version = str_skip(text, colon + 1);
    enum pss_level level;
    uint32_t asked;
    if (options_has(options, OPTION_PROFILE) || options_has(options, OPTION_ENABLE))
        return usage(diag, "--pss judges by the standards alone: leave out --profile and --enable");
    if (!pss_parse_level(str_take(text, colon), &level) || level == PSS_PRIVILEGED)
        return usage(diag, "--pss is \"%.*s\", expected baseline or restricted", STR_ARG(text));
    if (colon < text.len) {
        if (!pss_parse_version(version, &asked))
            return usage(diag, "the version of --pss is \"%.*s\", expected latest or v1.N",
                         STR_ARG(version));
        if (asked != PSS_LATEST)
            *minor = asked;
    }
    return profile_init_pss(profile, &rules_all, level, arena) ||
           diag_set(diag, DIAG_MEMORY, 0, 0, "out of memory");
}

static bool find_kubernetes(const struct options *options, uint32_t *minor, struct diag *diag)
{
    struct str text = str_from(options_text(options, OPTION_KUBERNETES_VERSION));
    *minor = PSS_LATEST;
    if (str_is(text, "auto"))
        return true;
    return (!str_is(text, "latest") && pss_parse_version(text, minor)) ||
           usage(diag, "--kubernetes-version is \"%.*s\", expected auto or v1.N", STR_ARG(text));
}

/* Says which rules an alias of several means. */
static void explain_alias(const char *name)
{
    size_t indexes[RULE_SET_MATCHES];
    size_t count = rule_set_resolve(&rules_all, str_from(name), indexes);
    for (size_t i = 0; count > 1 && i < count; i++)
        message("note: %s means %s", name, rules_all.rules[indexes[i]]->id);
}

static bool switch_rules(const struct options *options, enum option option, bool on,
                         struct profile *profile, struct diag *diag)
{
    const struct option_texts *texts = &options->values[option];
    for (size_t i = 0; i < texts->given.count; i++) {
        const char *name = texts->given.items[i];
        if (!profile_switch(profile, str_from(name), on, diag))
            return false;
        if (!options_has(options, OPTION_QUIET))
            explain_alias(name);
    }
    return true;
}

static bool make_engine(const struct options *options, struct settings *settings,
                        struct arena *arena, struct diag *diag)
{
    struct profile profile;
    uint32_t kubernetes_minor, pss_minor;
    if (!find_kubernetes(options, &kubernetes_minor, diag))
        return false;
    pss_minor = kubernetes_minor;
    bool ok = options_has(options, OPTION_PSS)
                  ? find_standard(options, &profile, &pss_minor, arena, diag)
                  : find_profile(options, &profile, arena, diag);
    if (!ok || !switch_rules(options, OPTION_ENABLE, true, &profile, diag) ||
        !switch_rules(options, OPTION_DISABLE, false, &profile, diag))
        return false;
    profile_engine(&profile, pss_minor, kubernetes_minor, POD_AS_WRITTEN, &settings->engine);
    snprintf(settings->pss_version, sizeof settings->pss_version, "v1.%u",
             pss_minor == PSS_LATEST ? PSS_NEWEST : pss_minor);
    return true;
}

/* FORMAT[=FILE] */
static bool add_destination(struct settings *settings, const char *text, struct arena *arena,
                            struct diag *diag)
{
    struct str all = str_from(text), name = str_take(all, str_find(all, '='));
    struct nearest near = nearest_to(name);
    const struct report_format *format = report_format_find(name);
    if (!format) {
        for (size_t i = 0; report_formats[i]; i++)
            nearest_offer(&near, str_from(report_formats[i]->name));
        if (near.best.ptr)
            return usage(diag, "unknown format \"%.*s\", did you mean %.*s?", STR_ARG(name),
                         STR_ARG(near.best));
        return usage(diag, "unknown format \"%.*s\"; 'rampart audit --help' lists them",
                     STR_ARG(name));
    }
    if (name.len + 1 == all.len)
        return usage(diag, "--format %s has no file after the =", text);
    struct destination *d = vec_push(&settings->destinations, arena);
    if (!d)
        return diag_set(diag, DIAG_MEMORY, 0, 0, "out of memory");
    const char *path = name.len < all.len ? text + name.len + 1 : NULL;
    *d = (struct destination){format, path && strcmp(path, "-") == 0 ? NULL : path};
    return true;
}

/* Two reports in one place would be no report. */
static bool check_destinations(const struct settings *settings, struct diag *diag)
{
    for (size_t i = 0; i < settings->destinations.count; i++) {
        for (size_t k = 0; k < i; k++) {
            const char *a = settings->destinations.items[i].path;
            const char *b = settings->destinations.items[k].path;
            if (!a && !b)
                return usage(diag, "two formats to standard output: write one to a file, as in "
                                   "--format json=FILE");
            if (a && b && strcmp(a, b) == 0)
                return usage(diag, "two formats to %s", a);
        }
    }
    return true;
}

static bool find_destinations(const struct options *options, struct settings *settings,
                              struct arena *arena, struct diag *diag)
{
    const struct option_texts *texts = &options->values[OPTION_FORMAT];
    const char *file = options_text(options, OPTION_OUTPUT);
    for (size_t i = 0; i < texts->given.count; i++)
        if (!add_destination(settings, texts->given.items[i], arena, diag))
            return false;
    if (!texts->given.count &&
        !add_destination(settings, options_text(options, OPTION_FORMAT), arena, diag))
        return false;
    bool used = !file;
    for (size_t i = 0; i < settings->destinations.count && !used; i++) {
        struct destination *d = &settings->destinations.items[i];
        if (!d->path) {
            d->path = file;
            used = true;
        }
    }
    if (!used)
        return usage(diag, "--output %s: every --format has a file of its own", file);
    return check_destinations(settings, diag);
}

static void find_inputs(const struct options *options, struct settings *settings)
{
    const char *type = options_text(options, OPTION_TYPE);
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    unsigned jobs = options_number(options, OPTION_JOBS);
    if (!jobs)
        jobs = processors > (long)LIMIT_JOBS ? LIMIT_JOBS
               : processors > 0              ? (unsigned)processors
                                             : 1;
    settings->inputs = (struct audit_inputs){
        .engine = &settings->engine,
        .type = !type                             ? WALK_UNKNOWN
                : strcmp(type, "dockerfile") == 0 ? WALK_DOCKERFILE
                                                  : WALK_MANIFEST,
        .strict = options_has(options, OPTION_STRICT_INPUTS),
        .progress = !options_has(options, OPTION_QUIET) && terminal_is_interactive(STDERR_FILENO),
        .jobs = jobs,
    };
    settings->fail_on = SEVERITY_COUNT; /* never */
    severity_parse(str_from(options_text(options, OPTION_FAIL_ON)), &settings->fail_on);
}

static bool find_schema(const struct options *options, struct settings *settings,
                        struct arena *arena, struct diag *diag)
{
    const struct option_texts *texts = &options->values[OPTION_SCHEMA];
    if (!texts->given.count)
        return true;
    settings->engine.schema = &settings->schema;
    return schema_files_read(&settings->schema, texts->given.items, texts->given.count, arena,
                             diag);
}

bool settings_init(struct settings *settings, const struct options *options, struct arena *arena,
                   struct diag *diag)
{
    const char *baseline = options_text(options, OPTION_BASELINE);
    *settings = (struct settings){0};
    find_inputs(options, settings);
    return (!baseline || baseline_read(&settings->baseline, baseline, arena, diag)) &&
           make_engine(options, settings, arena, diag) &&
           find_schema(options, settings, arena, diag) &&
           find_destinations(options, settings, arena, diag);
}
