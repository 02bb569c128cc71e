/* `broadsheet theme …`: for those who design how a site looks. */
#include "app/commands.h"

#include "base/embed.h"
#include "base/io.h"
#include "base/limits.h"
#include "site/look_check.h"
#include "site/pass.h"
#include "site/view.h"
#include "text/json.h"

#include <dirent.h>
#include <stdio.h>

#define EMBEDDED "themes/broadsheet/"

/* ---- check ---- */

static void put_fault(struct cli *cli, struct json *j, struct buf *out,
                      const struct look_fault *f) {
    if (cli->json) {
        json_open(j, '{');
        json_field_str(j, STR("file"), f->file);
        struct str rest = f->place, part;
        static const char *const names[] = { "line", "column" };
        for (size_t i = 0; i < 2 && f->place.len > 0 && str_split(&rest, ':', &part); i++) {
            int64_t number = 0;
            if (str_to_i64(part, &number)) {
                json_field_i64(j, str_of(names[i]), number);
            }
        }
        json_field_str(j, STR("message"), f->message);
        json_close(j, '}');
    } else {
        buf_printf(out, "%.*s%s%.*s: %.*s\n", STR_FMT(f->file), f->place.len > 0 ? ":" : "",
                   STR_FMT(f->place), STR_FMT(f->message));
    }
}

static enum status check_folder(struct cli *cli, const char *dir, struct look_faults *ret) {
    return look_check(&cli->arena, dir, view_entries, view_entries_len, pass_helpers, ret,
                      &cli->err);
}

static int run_check(struct cli *cli) {
    struct look_faults faults;
    struct buf out;
    struct json j;
    if (check_folder(cli, cli->args[0], &faults) != STATUS_OK) {
        return cli_fail(cli);
    }
    buf_init(&out, 64 * MIB);
    if (cli->json) {
        json_init(&j, &out);
        json_open(&j, '{');
        json_key(&j, STR("faults"));
        json_open(&j, '[');
    }
    for (size_t i = 0; i < faults.len; i++) {
        put_fault(cli, &j, &out, &faults.ptr[i]);
    }
    if (cli->json) {
        json_close(&j, ']');
        json_field_i64(&j, STR("files"), (int64_t)faults.files);
        json_close(&j, '}');
        buf_put_char(&out, '\n');
    } else {
        buf_printf(&out, "%zu files: %zu %s\n", faults.files, faults.len,
                   faults.len == 1 ? "fault" : "faults");
    }
    int exit_code = cli_print(cli, &out);
    return exit_code == EXIT_DONE && faults.len > 0 ? EXIT_FAILED : exit_code;
}

const struct cli_command cmd_theme_check = {
    .name = "theme check",
    .arguments = "DIR",
    .summary = "say everything that is wrong in a theme's folder",
    .details = "Templates (with file, line, column and the nearest name), phrases that are not "
               "there, translations\nthat lack something, the style sheet, files that are not "
               "read. Exits 1 when it finds a fault.",
    .examples = "  broadsheet theme check mysite/theme\n"
                "  broadsheet theme check mytheme --json | jq .faults",
    .min_args = 1,
    .max_args = 1,
    .options = { CLI_JSON_OPTION },
    .run = run_check,
};

/* ---- export ---- */

static bool is_free(const char *dir) {
    DIR *d = opendir(dir);
    bool empty = true;
    for (struct dirent *entry; d != NULL && (entry = readdir(d)) != NULL;) {
        empty = empty && (str_eq(str_of(entry->d_name), STR(".")) ||
                          str_eq(str_of(entry->d_name), STR("..")));
    }
    if (d != NULL) {
        closedir(d);
    }
    return empty;
}

static enum status export_file(struct cli *cli, const char *dir, const struct embed_file *f) {
    struct str path = arena_printf(&cli->arena, "%s/%s", dir, f->path + strlen(EMBEDDED));
    struct str folder = arena_str(&cli->arena, str_slice(path, 0, str_rfind_char(path, '/')));
    enum status status = io_make_dirs(folder.ptr, &cli->err);
    if (status == STATUS_OK) {
        status =
            io_write_file(path.ptr, str_make(f->begin, (size_t)(f->end - f->begin)), &cli->err);
    }
    return status;
}

static int run_export(struct cli *cli) {
    const char *dir = cli->args[0];
    size_t files = 0;
    if (!is_free(dir)) {
        return cli_failf(cli, "%s is not empty: name a new folder", dir);
    }
    for (const struct embed_file *f = embed_files; f->path != NULL; f++) {
        if (str_starts(str_of(f->path), STR(EMBEDDED))) {
            if (export_file(cli, dir, f) != STATUS_OK) {
                return cli_fail(cli);
            }
            files++;
        }
    }
    printf("Wrote %zu files to %s\n", files, dir);
    return EXIT_DONE;
}

const struct cli_command cmd_theme_export = {
    .name = "theme export",
    .arguments = "DIR",
    .summary = "write the default theme into a folder, to begin a theme with",
    .details = "A site's own theme is the folder theme/ in it. Keep there what you change and "
               "delete the rest:\nwhat is not there is the default theme's, and gets better with "
               "each version.",
    .examples = "  broadsheet theme export mytheme\n"
                "  broadsheet theme export mysite/theme && broadsheet serve --dev --site mysite",
    .min_args = 1,
    .max_args = 1,
    .run = run_export,
};

/* ---- apply ---- */

static enum status touch_theme(struct cli *cli, struct store_writer *w, void *arg) {
    (void)cli, (void)arg;
    store_touch(w, STR("theme"));
    return STATUS_OK;
}

static int run_apply(struct cli *cli) {
    struct store *store = NULL;
    struct look *look = NULL;
    if (cli_open_store(cli, &store) != STATUS_OK) {
        return cli_fail(cli);
    }
    struct str dir = arena_printf(&cli->arena, "%s/theme", store_dir(store));
    enum status status =
        look_open(dir.ptr, view_entries, view_entries_len, pass_helpers, &look, &cli->err);
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
               "Each page changes\nas a whole.",
    .examples = "  broadsheet theme apply --site mysite",
    .max_args = 0,
    .options = { CLI_SITE_OPTION },
    .run = run_apply,
};
