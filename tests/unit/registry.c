/* SPDX-License-Identifier: Apache-2.0
 *
 * What holds for every rule there is, so that a new one is held to it without an edit here.
 */
#include "rules/rules.h"

#include <criterion/criterion.h>

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

enum { PATH_ROOM = 1024 };

static bool is_kebab(const char *id)
{
    for (const char *c = id; *c; c++)
        if (!islower((unsigned char)*c) && !isdigit((unsigned char)*c) &&
            (*c != '-' || c == id || c[1] == '-' || !c[1]))
            return false;
    return *id != '\0';
}

Test(registry, ids_are_kebab_case_sorted_and_unique)
{
    cr_assert_gt(rules_all.count, 19);
    for (size_t i = 0; i < rules_all.count; i++) {
        const char *id = rules_all.rules[i]->id;
        cr_expect(is_kebab(id), "%s", id);
        if (i)
            cr_expect_lt(strcmp(rules_all.rules[i - 1]->id, id), 0, "%s", id);
    }
    cr_expect_null(rules_all.rules[rules_all.count]);
}

Test(registry, every_check_has_one_rule)
{
    unsigned rules[PSS_CHECK_COUNT] = {0};
    for (size_t i = 0; i < rules_all.count; i++)
        if (rules_all.rules[i]->kind == RULE_PSS)
            rules[rules_all.rules[i]->pss]++;
    for (enum pss_check check = 0; check < PSS_CHECK_COUNT; check++) {
        cr_expect_eq(rules[check], 1, "%s has %u", pss_check_id(check), rules[check]);
        cr_expect(rule_set_of_check(&rules_all, check), "%s", pss_check_id(check));
    }
}

/* Counts the rules of src/rules/FOLDER; each .c must define the rule of its stem. */
static size_t check_folder(const char *folder)
{
    size_t count = 0;
    DIR *dir = opendir(folder);
    cr_assert(dir, "%s", folder);
    for (struct dirent *e = readdir(dir); e; e = readdir(dir)) {
        struct str name = str_from(e->d_name);
        if (!str_ends_with(name, STR(".c")))
            continue;
        char id[PATH_ROOM];
        snprintf(id, sizeof id, "%.*s", (int)(name.len - 2), name.ptr);
        for (char *c = id; *c; c++)
            if (*c == '_')
                *c = '-';
        cr_expect(rule_set_index(&rules_all, str_from(id)) < rules_all.count,
                  "%s/%s has no rule \"%s\"", folder, name.ptr, id);
        count++;
    }
    closedir(dir);
    return count;
}

Test(registry, each_file_defines_the_rule_of_its_name)
{
    const char *source = getenv("SOURCE_DIR");
    char folder[PATH_ROOM];
    size_t count = 0;
    cr_assert(source, "run by ctest, which says where the sources are");
    snprintf(folder, sizeof folder, "%s/src/rules", source);
    DIR *dir = opendir(folder);
    cr_assert(dir, "%s", folder);
    for (struct dirent *e = readdir(dir); e; e = readdir(dir)) {
        if (strchr(e->d_name, '.'))
            continue;
        snprintf(folder, sizeof folder, "%s/src/rules/%s", source, e->d_name);
        count += check_folder(folder);
    }
    closedir(dir);
    cr_expect_eq(count, rules_all.count);
}

/* A sentence or a phrase of one line, for people. */
static bool is_line(const char *text)
{
    return text && isupper((unsigned char)*text) && strlen(text) > 10 && !strchr(text, '\n');
}

static bool ends_with_stop(const char *text)
{
    return text[strlen(text) - 1] == '.';
}

Test(registry, metadata_is_there)
{
    for (size_t i = 0; i < rules_all.count; i++) {
        const struct rule *rule = rules_all.rules[i];
        cr_expect(is_line(rule->title) && !ends_with_stop(rule->title), "%s: title", rule->id);
        cr_expect(is_line(rule->remediation) && ends_with_stop(rule->remediation),
                  "%s: remediation", rule->id);
        cr_expect(rule->kinds && *rule->kinds, "%s: kinds", rule->id);
        cr_expect(rule->severity < SEVERITY_COUNT && rule->category < CATEGORY_COUNT &&
                      rule->profile <= PROFILE_ALL && rule->admission <= ADMISSION_DENY,
                  "%s", rule->id);
        cr_expect_eq(rule->kind == RULE_POD, rule->pod != NULL, "%s: .pod", rule->id);
        cr_expect_eq(rule->kind == RULE_OBJECT, rule->object != NULL, "%s: .object", rule->id);
        cr_expect_eq(rule->kind == RULE_SCHEMA, rule->fault != FAULT_NONE, "%s: .fault", rule->id);
    }
}

/* Whether a line opens a block of any language with the verdict. */
static bool has_block(struct str text, const char *verdict)
{
    while (text.len) {
        struct str line = str_take(text, str_find(text, '\n'));
        size_t word = str_find(line, ' ');
        if (str_starts_with(line, STR("```")) &&
            str_starts_with(str_skip(line, word + 1), str_from(verdict)))
            return true;
        text = str_skip(text, line.len + 1);
    }
    return false;
}

Test(registry, markdown_has_prose_and_blocks_of_both_kinds)
{
    for (size_t i = 0; i < rules_all.count; i++) {
        struct str text = str_from(rules_all.markdown[i]);
        const char *id = rules_all.rules[i]->id;
        char want[PATH_ROOM];
        snprintf(want, sizeof want, "# want %s", id);
        cr_expect(text.len > 200 && !str_starts_with(text, STR("```")) && text.ptr[0] != '#',
                  "%s begins with prose", id);
        cr_expect(has_block(text, "bad") && has_block(text, "good"), "%s", id);
        cr_expect_lt(str_find_str(text, str_from(want)), text.len, "%s: no block wants it", id);
    }
}

static bool is_known_tool(struct str tool)
{
    static const char *const tools[] = {
        "hadolint", "buildkit", "kube-linter", "polaris",    "kube-score", "kubesec",
        "kyverno",  "trivy",    "checkov",     "gatekeeper", "dockle",     "terrascan",
    };
    for (size_t i = 0; i < sizeof tools / sizeof tools[0]; i++)
        if (str_is(tool, tools[i]))
            return true;
    return false;
}

/* tool:ID; trivy's and checkov's ids in the one form that the contract names. */
static bool is_alias(const char *alias)
{
    struct str text = str_from(alias);
    struct str tool = str_take(text, str_find(text, ':')), id = str_skip(text, tool.len + 1);
    if (!is_known_tool(tool) || id.len == 0 || str_find(id, ' ') < id.len)
        return false;
    if (str_is(tool, "trivy"))
        return id.len == 8 && str_starts_with(id, STR("KSV-"))
                   ? true
                   : id.len == 7 && str_starts_with(id, STR("DS-"));
    return !str_is(tool, "checkov") || str_starts_with(id, STR("CKV"));
}

Test(registry, aliases_are_well_formed_and_said_once)
{
    for (size_t i = 0; i < rules_all.count; i++)
        for (const char *const *a = rules_all.rules[i]->aliases; a && *a; a++) {
            cr_expect(is_alias(*a), "%s: %s", rules_all.rules[i]->id, *a);
            for (const char *const *b = a + 1; *b; b++)
                cr_expect_str_neq(*a, *b, "%s", rules_all.rules[i]->id);
        }
}

/* One rule elsewhere may be several of ours, but then these are of one kind, and not too many to be
 * switched together. */
Test(registry, rules_that_share_an_alias_are_of_one_category)
{
    for (size_t i = 0; i < rules_all.count; i++)
        for (const char *const *a = rules_all.rules[i]->aliases; a && *a; a++) {
            size_t indexes[RULE_SET_MATCHES];
            size_t count = rule_set_find_alias(&rules_all, str_from(*a), indexes);
            cr_assert(count >= 1 && count < RULE_SET_MATCHES);
            for (size_t k = 0; k < count; k++)
                cr_expect_eq(rules_all.rules[indexes[k]]->category, rules_all.rules[i]->category,
                             "%s is %s and %s", *a, rules_all.rules[i]->id,
                             rules_all.rules[indexes[k]]->id);
        }
}

Test(registry, refs_are_well_formed)
{
    static const char *const families[] = {"PSS:", "CIS:", "CWE:", "NSA:"};
    for (size_t i = 0; i < rules_all.count; i++)
        for (const char *const *r = rules_all.rules[i]->refs; r && *r; r++) {
            bool known = false;
            for (size_t f = 0; f < sizeof families / sizeof families[0]; f++)
                known |= str_starts_with(str_from(*r), str_from(families[f]));
            cr_expect(known && strlen(*r) > 4 && !strchr(*r, ' '), "%s: %s", rules_all.rules[i]->id,
                      *r);
        }
}

/* Each check of Pod Security has one rule, in the profile and with the reference of its level. */
Test(registry, pod_security_is_complete)
{
    for (enum pss_check check = 0; check < PSS_CHECK_COUNT; check++) {
        const struct rule *found = NULL;
        for (size_t i = 0; i < rules_all.count; i++)
            if (rules_all.rules[i]->kind == RULE_PSS && rules_all.rules[i]->pss == check) {
                cr_expect_null(found, "%s twice", pss_check_id(check));
                found = rules_all.rules[i];
            }
        cr_assert(found, "no rule for %s", pss_check_id(check));
        bool baseline = pss_check_level(check) == PSS_BASELINE;
        char ref[PATH_ROOM];
        snprintf(ref, sizeof ref, "PSS:%s/%s", pss_level_name(pss_check_level(check)),
                 pss_check_id(check));
        cr_expect_eq(found->profile, baseline ? PROFILE_BASELINE : PROFILE_RESTRICTED, "%s", ref);
        cr_expect_eq(found->severity, baseline ? SEVERITY_ERROR : SEVERITY_WARNING, "%s", ref);
        cr_expect_str_eq(found->refs[0], ref);
    }
}
