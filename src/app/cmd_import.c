#include "app/commands.h"
#include "base/cpus.h"
#include "picture/decoder.h"
#include "transfer/import.h"

#include <stdio.h>
#include <unistd.h>

enum { TYPES_MAX = 32, THREADS_MAX = 16 };

static void show_progress(void *ctx, const struct import_progress *p) {
    (void)ctx;
    cli_progress("items", p->items, p->items_total, p->items_per_second, p->seconds_left);
}

/* "recipe=story,place=page" */
static bool parse_types(const char *text, struct import_type types[TYPES_MAX], size_t *ret_n) {
    struct str rest = str_of(text), pair;
    *ret_n = 0;
    while (text != NULL && str_split(&rest, ',', &pair)) {
        size_t equals = str_find_char(pair, '=', 0);
        struct str kind = equals == STR_NPOS ? STR("") : str_from(pair, equals + 1);
        bool as_page = str_eq(kind, STR("page"));
        if (*ret_n == TYPES_MAX || equals == 0 || (!as_page && !str_eq(kind, STR("story")))) {
            return false;
        }
        types[(*ret_n)++] = (struct import_type){ str_slice(pair, 0, equals), as_page };
    }
    return true;
}

static int run(struct cli *cli) {
    struct import_type types[TYPES_MAX];
    struct import_options options = {
        .files = cli->args,
        .n_files = (size_t)cli->n_args,
        .uploads = cli_value(cli, "--uploads"),
        .types = types,
    };
    if (!parse_types(cli_value(cli, "--types"), types, &options.n_types)) {
        return cli_usage(cli, "--types %s is no list such as recipe=story,place=page",
                         cli_value(cli, "--types"));
    }
    int64_t threads = 0;
    const char *text = cli_value(cli, "--threads");
    if (text != NULL &&
        (!str_to_i64(str_of(text), &threads) || threads < 1 || threads > THREADS_MAX)) {
        return cli_usage(cli, "--threads is a number from 1 to %d", THREADS_MAX);
    }
    options.threads = (size_t)threads;
    bool progress = cli_flag(cli, "--progress") || isatty(STDERR_FILENO);
    if (progress) {
        options.progress = show_progress;
    }
    struct store *store = NULL;
    if (cli_open_store(cli, &store) != STATUS_OK) {
        return cli_fail(cli);
    }
    struct import_report report = { 0 };
    options.decoder = decoder_new(&(struct decoder_options){
        .workers = (unsigned)(threads > 0 ? (size_t)threads : cpus_usable()) });
    enum status status = import_wordpress(store, &options, &report, &cli->err);
    decoder_free(options.decoder);
    store_close(store);
    if (progress) {
        fputc('\n', stderr);
    }
    struct buf out;
    buf_init(&out, 256u << 20);
    if (cli->json) {
        import_report_json(&report, status == STATUS_OK ? NULL : &cli->err, &out);
    } else {
        import_report_text(&report, &out);
    }
    import_report_done(&report);
    int exit_code = cli_print(cli, &out);
    if (status != STATUS_OK) {
        fprintf(stderr, "broadsheet: %s\n", cli->err.message);
        return EXIT_FAILED;
    }
    return exit_code;
}

const struct cli_command cmd_import_wordpress = {
    .name = "import wordpress",
    .arguments = "FILE…",
    .summary = "bring in a WordPress site from its export files (WXR)",
    .details =
        "The files are what WordPress writes under Tools, Export; .gz is read too. Old addresses\n"
        "keep answering; nothing becomes public that was not. An import that was interrupted goes "
        "on\nwhen it is run again, and the same file twice changes nothing. With --json the last "
        "line of\nthe output is the report as one object.",
    .examples = "  broadsheet import wordpress export.xml --uploads wp-content/uploads\n"
                "  broadsheet import wordpress part1.xml part2.xml.gz --site mysite\n"
                "  broadsheet import wordpress export.xml --json | tail -n 1 | jq .counts",
    .min_args = 1,
    .max_args = -1,
    .options = { CLI_SITE_OPTION,
                 { "--uploads", "DIR",
                   "a copy of wp-content/uploads; without it files stay at their remote addresses",
                   NULL },
                 { "--types", "LIST", "what custom post types become: recipe=story,place=page",
                   NULL },
                 { "--threads", "N", "parsing threads (default: one a core)", NULL },
                 { "--progress", NULL, "show progress although stderr is no terminal", NULL },
                 CLI_JSON_OPTION },
    .run = run,
};
