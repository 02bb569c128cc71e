#include "app/commands.h"
#include "text/json.h"
#include "transfer/static_export.h"
#include "transfer/static_file.h"

#include <stdio.h>
#include <unistd.h>

enum { THREADS_MAX = 256, LEVEL_DEFAULT = 2 };

static void show_progress(void *ctx, const struct static_progress *p) {
    (void)ctx;
    cli_progress("addresses", p->done, p->total, p->per_second, p->seconds_left);
}

static void warn(void *ctx, const char *message) {
    (void)ctx;
    fprintf(stderr, "%s\n", message);
}

static void put_json(const struct static_report *r, struct buf *out) {
    struct json j;
    cli_json_open(&j, out);
    json_field_bool(&j, STR("whole"), r->whole);
    json_field_i64(&j, STR("rendered"), r->rendered);
    json_field_i64(&j, STR("written"), r->written);
    json_field_i64(&j, STR("unchanged"), r->unchanged);
    json_field_i64(&j, STR("removed"), r->removed);
    json_field_i64(&j, STR("files"), r->files);
    json_field_i64(&j, STR("redirects"), r->redirects);
    json_field_i64(&j, STR("gone"), r->gone);
    json_field_i64(&j, STR("left_out"), r->left_out);
    json_field_i64(&j, STR("failed"), r->failed);
    json_field_i64(&j, STR("bytes"), (int64_t)r->bytes);
    json_field_i64(&j, STR("milliseconds"), (int64_t)(r->seconds * 1000));
    cli_json_close(&j);
}

static void put_text(const struct static_report *r, struct buf *out) {
    double per_second = r->seconds > 0 ? (double)r->rendered / r->seconds : 0;
    buf_printf(out,
               "%s: %lld pages and fragments rendered (%.0f a second), %lld files written "
               "(%.1f MB),\n%lld unchanged, %lld removed, in %.2f s.\n",
               r->whole ? "The whole site" : "What changed", (long long)r->rendered, per_second,
               (long long)r->written, (double)r->bytes / 1e6, (long long)r->unchanged,
               (long long)r->removed, r->seconds);
    buf_printf(out,
               "The export has %lld files, %lld redirects and %lld addresses of what is gone.\n",
               (long long)r->files, (long long)r->redirects, (long long)r->gone);
    if (r->left_out > 0) {
        buf_printf(out, "%lld addresses are left out.\n", (long long)r->left_out);
    }
    if (r->failed > 0) {
        buf_printf(out, "%lld could not be made; the next export tries them again.\n",
                   (long long)r->failed);
    }
}

static int run(struct cli *cli) {
    int64_t level = LEVEL_DEFAULT, threads = 0;
    const char *text = cli_value(cli, "--level");
    if (text != NULL &&
        (!str_to_i64(str_of(text), &level) || level < 0 || level > STATIC_LEVEL_MAX)) {
        return cli_usage(cli, "--level is a number from 0 to %d", STATIC_LEVEL_MAX);
    }
    text = cli_value(cli, "--threads");
    if (text != NULL &&
        (!str_to_i64(str_of(text), &threads) || threads < 1 || threads > THREADS_MAX)) {
        return cli_usage(cli, "--threads is a number from 1 to %d", THREADS_MAX);
    }
    bool progress = cli_flag(cli, "--progress") || isatty(STDERR_FILENO);
    struct static_options options = {
        .folder = cli->args[0],
        .includes = cli_flag(cli, "--includes"),
        .level = (int)level,
        .threads = (size_t)threads,
        .whole = cli_flag(cli, "--whole"),
        .progress = progress ? show_progress : NULL,
        .warn = warn,
    };
    struct store *store = NULL;
    if (cli_open_store(cli, &store) != STATUS_OK) {
        return cli_fail(cli);
    }
    struct static_report report;
    enum status status = static_export(store, &options, &report, &cli->err);
    store_close(store);
    if (progress) {
        fputs("\r\x1b[K", stderr);
    }
    if (status != STATUS_OK) {
        return cli_fail(cli);
    }
    struct buf out;
    buf_init(&out, 64u << 10);
    if (cli->json) {
        put_json(&report, &out);
    } else {
        put_text(&report, &out);
    }
    int exit_code = cli_print(cli, &out);
    return exit_code == EXIT_DONE && report.failed > 0 ? EXIT_FAILED : exit_code;
}

const struct cli_command cmd_export_static = {
    .name = "export static",
    .arguments = "DIR",
    .summary = "write the site as files for any web server: whole, then only what changed",
    .details =
        "DIR is made, or is the folder of an earlier export, of which only what changed since is "
        "made\nanew; what vanished is removed. It can be interrupted and run again at any time, "
        "and beside\n`serve`. Addresses that are queries (/?p=7) and the search are left out. "
        "docs/static.md says\nhow nginx serves it.",
    .examples = "  broadsheet export static /srv/www --site mysite\n"
                "  broadsheet export static /srv/www --includes --level 6\n"
                "  broadsheet export static /srv/www --json | jq .written",
    .min_args = 1,
    .max_args = 1,
    .options = { CLI_SITE_OPTION,
                 { "--includes", NULL,
                   "shared blocks as files, included by nginx (SSI): few files change", NULL },
                 { "--level", "N",
                   "how well .gz and .br are packed: 0 (none) to 9 (slow); default 2", NULL },
                 { "--threads", "N", "rendering threads (default: one a core)", NULL },
                 { "--whole", NULL, "look at every page, whatever the last export knows", NULL },
                 { "--progress", NULL, "show progress although stderr is no terminal", NULL },
                 CLI_JSON_OPTION },
    .run = run,
};
