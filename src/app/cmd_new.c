#include "app/commands.h"
#include "base/clock.h"
#include "site/settings.h"
#include "text/json.h"

#include <stdio.h>

static enum status put(struct store_writer *w, const char *key, const char *value,
                       struct err *err) {
    if (value == NULL) {
        return STATUS_OK;
    }
    struct str v = str_of(value);
    enum status status = settings_check(str_of(key), v, err);
    return status != STATUS_OK ? status : store_setting_put(w, str_of(key), v, err);
}

static int run(struct cli *cli) {
    const char *dir = cli->args[0];
    static const char *const keys[] = { "title", "url", "tagline", "timezone", "language" };
    if (cli_value(cli, "--title") == NULL || cli_value(cli, "--url") == NULL) {
        return cli_usage(cli, "a new site needs --title and --url");
    }
    /* Before anything is made: a refused value leaves no folder behind. */
    const char *values[COUNT_OF(keys)];
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        char option[32];
        snprintf(option, sizeof option, "--%s", keys[i]);
        values[i] = cli_value(cli, option);
        if (values[i] != NULL &&
            settings_check(str_of(keys[i]), str_of(values[i]), &cli->err) != STATUS_OK) {
            return cli_usage(cli, "%s: %s", option, cli->err.message);
        }
    }
    struct store *store = NULL;
    struct store_writer *w = NULL;
    enum status status = store_create(dir, &cli->err);
    if (status == STATUS_OK) {
        status = store_open(dir, &store, &cli->err);
    }
    if (status == STATUS_OK) {
        status = store_write_begin(store, &w, &cli->err);
    }
    for (size_t i = 0; status == STATUS_OK && i < COUNT_OF(keys); i++) {
        status = put(w, keys[i], values[i], &cli->err);
    }
    if (status == STATUS_OK) {
        struct str now = arena_printf(&cli->arena, "%lld", (long long)clock_now_us());
        status = store_setting_put(w, STR("made_us"), now, &cli->err); /* site/feed.c */
    }
    if (w != NULL) {
        if (status == STATUS_OK) {
            status = store_write_commit(w, &cli->err);
        } else {
            store_write_rollback(w);
        }
    }
    store_close(store);
    if (status != STATUS_OK) {
        return cli_fail(cli);
    }
    struct buf out;
    buf_init(&out, 64u << 10);
    if (cli->json) {
        struct json j;
        cli_json_open(&j, &out);
        json_field_str(&j, STR("site"), str_of(dir));
        cli_json_close(&j);
    } else {
        buf_printf(&out,
                   "Made the site %s.\n"
                   "Next: broadsheet import wordpress FILE… --site %s\n"
                   "      broadsheet serve --site %s\n",
                   dir, dir, dir);
    }
    return cli_print(cli, &out);
}

const struct cli_command cmd_new = {
    .name = "new",
    .arguments = "DIR",
    .summary = "make a site: a folder with its database",
    .details =
        "The folder must not hold a site yet. Everything said here can be changed later with "
        "'broadsheet set'.",
    .examples = "  broadsheet new lantern --title 'The Quay Lantern' --url https://example.org\n"
                "  broadsheet new zeitung --title Hafenblatt --url https://example.org \\\n"
                "      --timezone Europe/Berlin --language de",
    .min_args = 1,
    .max_args = 1,
    .options = { { "--title", "TEXT", "the site's name (needed)", NULL },
                 { "--url", "URL", "its address, such as https://example.org (needed)", NULL },
                 { "--tagline", "TEXT", "a line under the name", NULL },
                 { "--timezone", "ZONE", "an IANA time zone (default UTC)", NULL },
                 { "--language", "TAG", "a BCP 47 language tag (default en)", NULL },
                 CLI_JSON_OPTION },
    .run = run,
};
