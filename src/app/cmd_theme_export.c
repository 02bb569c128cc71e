/* `broadsheet theme export` and `new`: a folder to begin a theme with. */
#include "app/commands.h"

#include "base/embed.h"
#include "base/io.h"

#include <dirent.h>
#include <stdio.h>

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

static enum status write_file(struct cli *cli, const char *dir, struct str name, struct str bytes) {
    struct str path = arena_printf(&cli->arena, "%s/%.*s", dir, STR_FMT(name));
    struct str folder = arena_str(&cli->arena, str_slice(path, 0, str_rfind_char(path, '/')));
    enum status status = io_make_dirs(folder.ptr, &cli->err);
    return status == STATUS_OK ? io_write_file(path.ptr, bytes, &cli->err) : status;
}

/* The files of the program that begin with `from`. */
static int write_files(struct cli *cli, struct str from) {
    const char *dir = cli->args[0];
    size_t files = 0;
    if (!is_free(dir)) {
        return cli_failf(cli, "%s is not empty: name a new folder", dir);
    }
    for (const struct embed_file *f = embed_files; f->path != NULL; f++) {
        struct str path = str_of(f->path);
        if (!str_starts(path, from)) {
            continue;
        }
        if (write_file(cli, dir, str_from(path, from.len),
                       str_make(f->begin, (size_t)(f->end - f->begin))) != STATUS_OK) {
            return cli_fail(cli);
        }
        files++;
    }
    printf("Wrote %zu files to %s\n", files, dir);
    return EXIT_DONE;
}

static int run_export(struct cli *cli) {
    return write_files(cli, STR("themes/broadsheet/"));
}

static int run_new(struct cli *cli) {
    return write_files(cli, STR("themes/start/"));
}

const struct cli_command cmd_theme_export = {
    .name = "theme export",
    .arguments = "DIR",
    .summary = "write the whole default theme into a folder",
    .details = "A site's own theme is the folder theme/ in it. Keep there what you change and "
               "delete the rest:\nwhat is not there is the default theme's, and gets better with "
               "each version.",
    .examples = "  broadsheet theme export mytheme\n"
                "  broadsheet theme export mysite/theme && broadsheet serve --dev --site mysite",
    .min_args = 1,
    .max_args = 1,
    .run = run_export,
};

const struct cli_command cmd_theme_new = {
    .name = "theme new",
    .arguments = "DIR",
    .summary = "write a small theme to begin with, on top of the default one",
    .details = "A few files that change something small each: colours and type, a template, a "
               "phrase. Everything\nelse is the default theme's.",
    .examples = "  broadsheet theme new mytheme\n"
                "  broadsheet serve --site mysite --theme mytheme --dev",
    .min_args = 1,
    .max_args = 1,
    .run = run_new,
};
