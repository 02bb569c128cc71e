/* `broadsheet theme check` and `apply`: for those who design how a site looks. */
#include "app/commands.h"

#include "base/limits.h"
#include "site/look_check.h"
#include "site/pass.h"
#include "text/json.h"

#include <sys/stat.h>

/* ---- check ---- */

static void put_place(struct json *j, struct str place) {
    static const char *const names[] = { "line", "column" };
    struct str rest = place, part;
    for (size_t i = 0; i < COUNT_OF(names) && place.len > 0 && str_split(&rest, ':', &part); i++) {
        int64_t number = 0;
        if (str_to_i64(part, &number)) {
            json_field_i64(j, str_of(names[i]), number);
        }
    }
}

static void put_fault_json(struct json *j, const struct look_fault *f) {
    json_open(j, '{');
    json_field_str(j, STR("severity"), f->is_error ? STR("error") : STR("warning"));
    json_field_str(j, STR("file"), f->file);
    put_place(j, f->place);
    json_field_str(j, STR("message"), f->message);
    if (f->caller.len > 0) {
        json_field_str(j, STR("called_from"), f->caller);
    }
    json_close(j, '}');
}

static void put_result_json(struct buf *out, const struct look_faults *faults) {
    struct json j;
    cli_json_open(&j, out);
    json_field_i64(&j, STR("files"), (int64_t)faults->files);
    json_field_i64(&j, STR("errors"), (int64_t)faults->errors);
    json_field_i64(&j, STR("warnings"), (int64_t)(faults->len - faults->errors));
    json_key(&j, STR("faults"));
    json_open(&j, '[');
    for (size_t i = 0; i < faults->len; i++) {
        put_fault_json(&j, &faults->ptr[i]);
    }
    json_close(&j, ']');
    cli_json_close(&j);
}

static int run_check(struct cli *cli) {
    struct look_faults faults;
    struct buf out;
    if (look_check(&cli->arena, cli->args[0], &pass_rules, &faults, &cli->err) != STATUS_OK) {
        return cli_fail(cli);
    }
    buf_init(&out, 64 * MIB);
    size_t warnings = faults.len - faults.errors;
    if (cli->json) {
        put_result_json(&out, &faults);
    } else {
        for (size_t i = 0; i < faults.len; i++) {
            look_fault_put(&out, &faults.ptr[i]);
        }
        buf_printf(&out, "%zu file%s: %zu error%s, %zu warning%s\n", faults.files,
                   faults.files == 1 ? "" : "s", faults.errors, faults.errors == 1 ? "" : "s",
                   warnings, warnings == 1 ? "" : "s");
    }
    bool failed = faults.errors > 0 || (cli_flag(cli, "--strict") && warnings > 0);
    int exit_code = cli_print(cli, &out);
    return exit_code == EXIT_DONE && failed ? EXIT_FAILED : exit_code;
}

const struct cli_command cmd_theme_check = {
    .name = "theme check",
    .arguments = "DIR",
    .summary = "say everything that is wrong in a theme's folder",
    .details = "Names that templates cannot have (with file, line, column and the nearest name), "
               "phrases and files that\nare not there, values where escaping does not make them "
               "safe, translations that lack something,\nrequests to other sites, files that are "
               "not read. Exits 1 when there is an error: then the theme would\nnot be shown, or "
               "readers would see that it is wrong. Warnings alone exit 0.",
    .examples = "  broadsheet theme check mysite/theme\n"
                "  broadsheet theme check mytheme --strict\n"
                "  broadsheet theme check mytheme --json | jq -r '.faults[].message'",
    .min_args = 1,
    .max_args = 1,
    .options = { { "--strict", NULL, "exit 1 for warnings, too", NULL }, CLI_JSON_OPTION },
    .run = run_check,
};

/* ---- the folder ---- */

/* A misspelt folder would show readers the default look, and nobody would be told. */
enum status cmd_theme_dir(struct cli *cli, const char **ret) {
    struct stat st;
    *ret = cli_value(cli, "--theme");
    if (*ret != NULL && (stat(*ret, &st) != 0 || !S_ISDIR(st.st_mode))) {
        return err_set(&cli->err, STATUS_NOT_FOUND,
                       "there is no folder %s: name the theme's with --theme DIR or "
                       "BROADSHEET_THEME, make one with 'broadsheet theme new DIR', or leave both "
                       "out for theme/ in the site's",
                       *ret);
    }
    return STATUS_OK;
}

/* ---- apply ---- */

static enum status touch_theme(struct cli *cli, struct store_writer *w, void *arg) {
    (void)cli, (void)arg;
    store_touch(w, STR("theme"));
    return STATUS_OK;
}

static int run_apply(struct cli *cli) {
    struct store *store = NULL;
    struct look *look = NULL;
    const char *dir;
    if (cmd_theme_dir(cli, &dir) != STATUS_OK || cli_open_store(cli, &store) != STATUS_OK) {
        return cli_fail(cli);
    }
    dir = dir ? dir : arena_printf(&cli->arena, "%s/theme", store_dir(store)).ptr;
    enum status status = look_open(dir, &pass_rules, &look, &cli->err);
    look_close(look);
    store_close(store);
    if (status == STATUS_OK) {
        status = cli_write(cli, touch_theme, NULL);
    }
    return status == STATUS_OK ? EXIT_DONE : cli_fail(cli);
}

const struct cli_command cmd_theme_apply = {
    .name = "theme apply",
    .arguments = "",
    .summary = "have the site's servers show the theme folder as it is now",
    .details = "Nothing is shown that is wrong: then this fails, and readers keep the old look. "
               "Each page changes\nas a whole. A server started with --theme reads that folder and "
               "judges it by itself: name the same\none here to be told of what is wrong in it.",
    .examples = "  broadsheet theme apply --site mysite\n"
                "  broadsheet theme apply --site mysite --theme mytheme",
    .max_args = 0,
    .options = { CLI_SITE_OPTION,
                 { "--theme", "DIR", "the folder to check first (default: theme/ in the site's)",
                   "BROADSHEET_THEME" } },
    .run = run_apply,
};
