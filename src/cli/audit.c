/* SPDX-License-Identifier: Apache-2.0
 *
 * `rampart audit`: the run, the reports, the exit status.
 */
#include "cli/settings.h"
#include "config/repository.h"
#include "config/terminal.h"
#include "rules/rules.h"
#include "version.h"

#include <sys/stat.h>
#include <unistd.h>

static const char adopt_hint[] = "rampart audit --write-baseline .rampart-baseline.json";

/* One thread a file is enough where no directory is named. */
static unsigned useful_jobs(unsigned jobs, const char *const *paths, size_t count)
{
    struct stat st;
    for (size_t i = 0; i < count; i++)
        if (stat(paths[i], &st) == 0 && S_ISDIR(st.st_mode))
            return jobs;
    return jobs < count ? jobs : (unsigned)count;
}

/* Errors, where the report on standard output does not say them to a reader. */
static void print_errors(const struct settings *settings, const struct report *report, bool reports)
{
    bool told = false;
    for (size_t i = 0; i < settings->destinations.count && reports; i++)
        told |= settings->destinations.items[i].format == &report_tty &&
                !settings->destinations.items[i].path;
    for (size_t i = 0; i < report->error_count && !told; i++) {
        const struct report_error *e = &report->errors[i];
        if (e->position.line)
            message("%.*s:%u:%u: %.*s", STR_ARG(e->file), e->position.line, e->position.column,
                    STR_ARG(e->message));
        else
            message("%.*s: %.*s", STR_ARG(e->file), STR_ARG(e->message));
    }
}

/* What was named and yet is no input, and templates that look like manifests. */
static void print_skipped(const struct gathered *all)
{
    size_t templates = 0;
    for (size_t i = 0; i < all->skipped_files.count; i++) {
        const struct skipped_file *s = &all->skipped_files.items[i];
        templates += str_equal(s->skipped.reason, audit_template_reason);
        if (s->named)
            message("note: %.*s was skipped: %.*s", STR_ARG(s->skipped.file),
                    STR_ARG(s->skipped.reason));
    }
    if (templates)
        message(
            "note: files skipped as templates, for the {{ in them: %zu; render them first, as in "
            "helm template CHART | rampart audit -",
            templates);
}

static bool write_report(struct report *report, const struct options *options,
                         const struct destination *destination)
{
    struct output output;
    if (!output_open(&output, destination->path))
        return false;
    report->color = terminal_color(options_text(options, OPTION_COLOR), output.fd);
    report->width = terminal_width(output.fd);
    destination->format->write(report, &output.buf);
    return output_close(&output);
}

/* Files before standard output: its reader may go away. */
static bool write_reports(struct report *report, const struct options *options,
                          const struct settings *settings)
{
    bool ok = true;
    for (size_t i = 0; i < settings->destinations.count; i++)
        if (settings->destinations.items[i].path)
            ok &= write_report(report, options, &settings->destinations.items[i]);
    for (size_t i = 0; i < settings->destinations.count; i++)
        if (!settings->destinations.items[i].path)
            ok &= write_report(report, options, &settings->destinations.items[i]);
    return ok;
}

static enum status verdict(const struct options *options, const struct settings *settings,
                           const struct report *report)
{
    size_t count[SEVERITY_COUNT], suppressed, failing = 0;
    report_count(report, count, &suppressed);
    for (unsigned severity = settings->fail_on; severity < SEVERITY_COUNT; severity++)
        failing += count[severity];
    if (report->error_count)
        return STATUS_INPUT;
    if (failing || (options_has(options, OPTION_FAIL_ON_EMPTY) && report->objects == 0))
        return STATUS_FINDINGS;
    return STATUS_CLEAN;
}

static bool list_skipped(struct gathered *all, struct report *report)
{
    struct report_skipped *list =
        arena_zalloc(&all->arena, all->skipped_files.count + 1, sizeof *list);
    for (size_t i = 0; list && i < all->skipped_files.count; i++)
        list[i] = all->skipped_files.items[i].skipped;
    report->skipped_files = list;
    report->skipped_file_count = all->skipped_files.count;
    return list != NULL;
}

static void apply_baseline(const struct options *options, const struct settings *settings,
                           struct gathered *all)
{
    const char *path = options_text(options, OPTION_BASELINE);
    if (!path)
        return;
    struct str reason = arena_printf(&all->arena, "recorded in %s", path);
    size_t gone = baseline_apply(&settings->baseline, &all->findings, STR("baseline"), reason);
    if (gone && !options_has(options, OPTION_QUIET))
        message("note: %zu of the findings in %s no longer occur; --write-baseline brings it up to "
                "date",
                gone, path);
}

static void apply_revision(const struct options *options, const struct settings *settings,
                           struct gathered *all)
{
    const char *name = options_text(options, OPTION_NEW_FROM);
    if (name)
        baseline_apply(&settings->existing, &all->findings, STR("new-from"),
                       arena_printf(&all->arena, "already there at %s", name));
}

/* Without --format the findings are not shown as well: they are being accepted. */
static bool write_baseline(const struct options *options, const struct gathered *all)
{
    struct output output;
    if (!output_open(&output, options_text(options, OPTION_WRITE_BASELINE)))
        return false;
    baseline_write(&output.buf, &all->findings);
    if (!output_close(&output))
        return false;
    if (!options_has(options, OPTION_QUIET))
        message("recorded %zu findings in %s", all->findings.list.count,
                options_text(options, OPTION_WRITE_BASELINE));
    return true;
}

static enum status report_audit(const struct options *options, const struct settings *settings,
                                struct audit *audit)
{
    struct gathered *all = &audit->gathered[0];
    const char *category = options_text(options, OPTION_CATEGORY);
    struct report report = {
        .rules = &rules_all,
        .engine = &settings->engine,
        .findings = &all->findings,
        .errors = all->errors.items,
        .error_count = all->errors.count,
        .files = all->files,
        .objects = all->objects,
        .skipped = all->skipped,
        .show_suppressed = options_has(options, OPTION_SHOW_SUPPRESSED),
        .quiet = options_has(options, OPTION_QUIET),
        .statistics = options_has(options, OPTION_STATISTICS),
        .version = RAMPART_VERSION,
        .pss_version = settings->pss_version,
        .adopt_hint = options_has(options, OPTION_BASELINE) ? NULL : adopt_hint,
        .category = str_from(category),
        .fail_on = settings->fail_on,
    };
    repository_here(&all->arena, &report.root, &report.prefix);
    bool adopt = options_has(options, OPTION_WRITE_BASELINE);
    apply_baseline(options, settings, all);
    apply_revision(options, settings, all);
    if (!list_skipped(all, &report)) {
        message("out of memory");
        return STATUS_USAGE;
    }
    bool reports = !adopt || options_has(options, OPTION_FORMAT);
    print_errors(settings, &report, reports);
    if (!report.quiet) {
        print_skipped(all);
        notes_print(&audit->notes);
    }
    if (adopt && !write_baseline(options, all))
        return STATUS_USAGE;
    if (reports && !write_reports(&report, options, settings))
        return STATUS_USAGE;
    enum status status = verdict(options, settings, &report);
    return adopt && status == STATUS_FINDINGS ? STATUS_CLEAN : status;
}

/* Objects of --context are read as facts. No rule asks for one yet, so what counts is that they can
 * be read: their errors join the others. */
static bool read_context(const struct options *options, const struct settings *settings,
                         struct audit *audit)
{
    const struct option_texts *paths = &options->values[OPTION_CONTEXT];
    struct audit_inputs inputs = settings->inputs;
    struct audit context = {0};
    struct diag diag = {0};
    if (!paths->given.count)
        return true;
    inputs.engine = NULL;
    bool ok = ignore_init(&context.ignore, NULL, 0, !options_has(options, OPTION_NO_IGNORE), &diag);
    ok = ok && audit_run(&context, &inputs, paths->given.items, paths->given.count) &&
         audit_add_errors(audit, &context);
    audit_release(&context);
    return ok;
}

static bool init_ignore(const struct options *options, struct audit *audit)
{
    const struct option_texts *excludes = &options->values[OPTION_EXCLUDE];
    struct diag diag = {0};
    bool ok = ignore_init(&audit->ignore, excludes->given.items, excludes->given.count,
                          !options_has(options, OPTION_NO_IGNORE), &diag);
    if (!ok)
        message("%s", diag.text);
    return ok;
}

/* The findings at --new-from: the same run over the same paths, with their text as it was there. */
static bool read_revision(const struct options *options, struct settings *settings,
                          const char *const *paths, size_t count, struct arena *arena)
{
    struct revision revision;
    struct audit before = {0}, custom = {0};
    struct diag diag = {0};
    struct audit_inputs inputs = settings->inputs;
    inputs.revision = &revision;
    inputs.progress = false;
    if (!options_has(options, OPTION_NEW_FROM))
        return true;
    if (!revision_open(&revision, options_text(options, OPTION_NEW_FROM), &diag)) {
        message("%s", diag.text);
        return false;
    }
    bool ok = init_ignore(options, &before) && init_ignore(options, &custom) &&
              audit_run(&before, &inputs, paths, count) &&
              audit_run_custom(&custom, &before, paths, count) &&
              baseline_of(&settings->existing, &before.gathered[0].findings, arena);
    audit_release(&before);
    audit_release(&custom);
    bool complete = revision_close(&revision);
    if (!complete)
        message("--new-from \"%s\": git failed while files were read",
                options_text(options, OPTION_NEW_FROM));
    else if (!ok)
        message("out of memory");
    return ok && complete;
}

enum status cli_audit(const struct options *options, struct arena *arena)
{
    static const char *const here[] = {"."};
    struct settings settings;
    struct audit audit = {0}, custom = {0};
    struct diag diag = {0};
    bool given = options->arguments.count > 0;
    const char *const *paths = given ? options->arguments.items : here;
    size_t count = given ? options->arguments.count : 1;
    if (!settings_init(&settings, options, arena, &diag)) {
        message("%s", diag.text);
        return STATUS_USAGE;
    }
    settings.inputs.jobs = useful_jobs(settings.inputs.jobs, paths, count);
    enum status status = STATUS_USAGE;
    if (init_ignore(options, &audit) && init_ignore(options, &custom) &&
        read_revision(options, &settings, paths, count, arena)) {
        if (audit_run(&audit, &settings.inputs, paths, count) &&
            audit_run_custom(&custom, &audit, paths, count) &&
            read_context(options, &settings, &audit))
            status = report_audit(options, &settings, &audit);
        else
            message("out of memory");
    }
    audit_release(&audit);
    audit_release(&custom);
    return status;
}
