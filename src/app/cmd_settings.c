#include "app/commands.h"
#include "base/io.h"
#include "base/limits.h"
#include "picture/rendition_name.h"
#include "site/pass.h"
#include "text/json.h"

#include <stdio.h>
#include <unistd.h>

/* The value that counts: set, or the default. */
static enum status read_value(struct store_reader *r, struct arena *a,
                              const struct setting_def *def, struct str *ret, bool *ret_is_set,
                              struct err *err) {
    enum status status = store_setting(r, a, str_of(def->key), ret, err);
    *ret_is_set = ret->ptr != NULL;
    if (!*ret_is_set) {
        *ret = str_of(def->fallback);
    }
    return status;
}

static int unknown_key(struct cli *cli, struct str key) {
    return cli_usage(cli, "there is no setting '%.*s'; 'broadsheet get' lists them all",
                     STR_FMT(key));
}

/* The site can stand on a page only that is there for its readers. */
static enum status check_front_page(struct cli *cli, struct store_reader *r, struct str path) {
    struct address address;
    struct story story;
    struct err lost = { 0 };
    enum status status = store_address(r, &cli->arena, path, &address, &lost);
    bool is_page = status == STATUS_OK && address.kind == ADDRESS_STORY && !address.redirect;
    if (is_page) {
        status = store_story(r, &cli->arena, address.id, STORY_CARD, &story, &lost);
        is_page = status == STATUS_OK && story.kind == STORY_PAGE &&
                  story.state == STORY_PUBLISHED && story.visibility == STORY_PUBLIC;
    }
    if (status != STATUS_OK && status != STATUS_NOT_FOUND) {
        return err_set(&cli->err, status, "%s", lost.message);
    }
    return is_page ? STATUS_OK
                   : err_set(&cli->err, STATUS_INVALID,
                             "front_page: no public page stands at '%.*s'; '' shows the stories",
                             STR_FMT(path));
}

/* Nor can a picture be shown that is not here. */
static enum status check_logo(struct cli *cli, struct store_reader *r, struct str path) {
    struct address address = { 0 };
    struct media media;
    struct rendition_name name;
    struct err lost = { 0 };
    enum status status;
    if (rendition_name_parse(path, &name)) { /* copied from a page */
        status = store_media(r, &cli->arena, name.id, &media, &lost);
        address.kind = ADDRESS_MEDIA;
    } else {
        status = store_address(r, &cli->arena, path, &address, &lost);
    }
    if (status != STATUS_OK && status != STATUS_NOT_FOUND) {
        return err_set(&cli->err, status, "%s", lost.message);
    }
    return status == STATUS_OK && address.kind == ADDRESS_MEDIA
               ? STATUS_OK
               : err_set(&cli->err, STATUS_INVALID, "logo: no picture of this site is at '%.*s'",
                         STR_FMT(path));
}

static enum status put_value(struct cli *cli, struct store_writer *w, void *arg) {
    struct str value = *(const struct str *)arg;
    if (str_eq(str_of(cli->args[0]), STR("front_page")) && value.len > 0) {
        enum status status = check_front_page(cli, store_writer_reader(w), value);
        if (status != STATUS_OK) {
            return status;
        }
    }
    if (str_eq(str_of(cli->args[0]), STR("logo")) && str_starts(value, STR("/"))) {
        enum status status = check_logo(cli, store_writer_reader(w), value);
        if (status != STATUS_OK) {
            return status;
        }
    }
    return store_setting_put(w, str_of(cli->args[0]), *(const struct str *)arg, &cli->err);
}

/* "-" stands for the standard input where the value is a file. */
static enum status take_value(struct cli *cli, struct str *ret) {
    const struct setting_def *def = settings_find(str_of(cli->args[0]));
    *ret = str_of(cli->args[1]);
    if (def == NULL || def->kind != SETTING_LINES || !str_eq(*ret, STR("-"))) {
        return STATUS_OK;
    }
    struct buf input;
    buf_init(&input, LIMIT_SETTING_LINES_BYTES);
    enum status status = io_read_all(STDIN_FILENO, "the standard input", &input, &cli->err);
    *ret = arena_str(&cli->arena, buf_str(&input));
    buf_done(&input);
    return status;
}

/* A language that the theme does not speak may be meant so: its wording can be added. */
static void warn_of_language(struct cli *cli, struct str language) {
    struct store *store = NULL;
    struct look *look = NULL;
    struct err lost = { 0 };
    if (cli_open_store(cli, &store) != STATUS_OK) {
        return;
    }
    struct str dir = arena_printf(&cli->arena, "%s/theme", store_dir(store));
    if (look_open(dir.ptr, &pass_rules, &look, &lost) == STATUS_OK &&
        !look_speaks(look, language)) {
        fprintf(
            stderr,
            "broadsheet: the theme has no words in %.*s: its own are shown in English, dates and "
            "numbers in\n%.*s. It speaks %.*s; more can be put into theme/strings/%.*s.json.\n",
            STR_FMT(language), STR_FMT(language), STR_FMT(look_languages(look, &cli->arena)),
            STR_FMT(language));
    }
    look_close(look);
    store_close(store);
}

static int run_set(struct cli *cli) {
    struct str key = str_of(cli->args[0]), value;
    if (take_value(cli, &value) != STATUS_OK) {
        return cli_fail(cli);
    }
    switch (settings_check(key, value, &cli->err)) {
    case STATUS_OK: break;
    case STATUS_NOT_FOUND: return unknown_key(cli, key);
    default: return cli_fail(cli);
    }
    if (cli_write(cli, put_value, &value) != STATUS_OK) {
        return cli_fail(cli);
    }
    if (str_eq(key, STR("language"))) {
        warn_of_language(cli, value);
    }
    return EXIT_DONE;
}

static void put_setting(struct cli *cli, struct buf *out, struct json *j,
                        const struct setting_def *def, struct str value, bool is_set) {
    if (cli->json) {
        json_key(j, str_of(def->key));
        json_open(j, '{');
        json_field_str(j, STR("value"), value);
        json_field_bool(j, STR("set"), is_set);
        json_field_str(j, STR("meaning"), str_of(def->meaning));
        json_close(j, '}');
    } else if (cli->n_args == 1) {
        buf_printf(out, "%.*s\n", STR_FMT(value));
    } else {
        buf_printf(out, "%-26s %s%.*s\n%-26s   %s\n", def->key, is_set ? "" : "(default) ",
                   STR_FMT(value), "", def->meaning);
    }
}

static enum status show_values(struct cli *cli, struct store *store, struct store_reader *r,
                               struct buf *out, void *arg) {
    (void)store, (void)arg;
    struct json j;
    enum status status = STATUS_OK;
    json_init(&j, out);
    if (cli->json) {
        json_open(&j, '{');
    }
    for (size_t i = 0; status == STATUS_OK && i < setting_defs_len; i++) {
        const struct setting_def *def = &setting_defs[i];
        struct str value;
        bool is_set;
        if (cli->n_args == 1 && !str_eq(str_of(cli->args[0]), str_of(def->key))) {
            continue;
        }
        status = read_value(r, &cli->arena, def, &value, &is_set, &cli->err);
        if (status == STATUS_OK) {
            put_setting(cli, out, &j, def, value, is_set);
        }
    }
    if (cli->json) {
        cli_json_close(&j);
    }
    return status;
}

static int run_get(struct cli *cli) {
    if (cli->n_args == 1 && settings_find(str_of(cli->args[0])) == NULL) {
        return unknown_key(cli, str_of(cli->args[0]));
    }
    return cli_read(cli, show_values, NULL, 1u << 20);
}

const struct cli_command cmd_set = {
    .name = "set",
    .arguments = "KEY VALUE",
    .summary = "change a setting of the site",
    .details =
        "A running server hears of it within about a tenth of a second and then shows it "
        "everywhere at "
        "once. 'broadsheet get' lists all settings and what they "
        "mean. The value of one that is a file, such as ads_txt, may be - for the standard input.",
    .examples = "  broadsheet set title 'The Quay Lantern'\n"
                "  broadsheet set timezone Europe/London\n"
                "  broadsheet set stories_per_page 20\n"
                "  broadsheet set ads_txt - < ads.txt",
    .min_args = 2,
    .max_args = 2,
    .options = { CLI_SITE_OPTION, CLI_JSON_OPTION },
    .run = run_set,
};

const struct cli_command cmd_get = {
    .name = "get",
    .arguments = "[KEY]",
    .summary = "show a setting, or all of them with their meaning",
    .examples = "  broadsheet get\n"
                "  broadsheet get title\n"
                "  broadsheet get --json",
    .max_args = 1,
    .options = { CLI_SITE_OPTION, CLI_JSON_OPTION },
    .run = run_get,
};
