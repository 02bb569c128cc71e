#include "app/commands.h"
#include "app/server.h"

#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>

enum { THREADS_MAX = 1023, MEMORY_MAX_MIB = 1 << 20, COUNT_EVERY_MAX_S = 3600 };

static void report(void *ctx, bool is_error, const char *message) {
    (void)ctx;
    fprintf(stderr, "%s%s\n", is_error ? "error: " : "", message);
}

/* "127.0.0.1:8080", "[::1]:8080", ":8080" (all addresses), "8080" (this machine only). */
static bool parse_listen(struct str listen, char address[64], int *ret_port) {
    size_t colon = str_rfind_char(listen, ':');
    struct str host = colon == STR_NPOS ? STR("127.0.0.1") : str_slice(listen, 0, colon);
    struct str port = colon == STR_NPOS ? listen : str_from(listen, colon + 1);
    if (host.len == 0) {
        host = STR("0.0.0.0");
    }
    if (host.len > 2 && host.ptr[0] == '[' && host.ptr[host.len - 1] == ']') {
        host = str_slice(host, 1, host.len - 1);
    }
    if (str_eq(host, STR("localhost"))) {
        host = STR("127.0.0.1");
    }
    int64_t number = 0;
    if (host.len >= 64 || !str_to_i64(port, &number) || number < 0 || number > 65535) {
        return false;
    }
    memcpy(address, host.ptr, host.len);
    address[host.len] = '\0';
    *ret_port = (int)number;
    return true;
}

/* The option's number, 0 if it is not given; false if it is no number from 1 to max. */
static bool read_number(const struct cli *cli, const char *option, int64_t max, size_t *ret) {
    const char *text = cli_value(cli, option);
    int64_t value = 0;
    if (text != NULL && (!str_to_i64(str_of(text), &value) || value < 1 || value > max)) {
        return false;
    }
    *ret = (size_t)value;
    return true;
}

/* A connection is a descriptor: take as many as we may have. */
static void raise_descriptors(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &limit);
    }
}

static int run(struct cli *cli) {
    const char *listen = cli_value(cli, "--listen");
    char address[64];
    int port = 0;
    if (!parse_listen(str_of(listen ? listen : "127.0.0.1:8080"), address, &port)) {
        return cli_usage(cli, "--listen %s is no ADDR:PORT, such as 0.0.0.0:8080 or [::1]:8080",
                         listen);
    }
    size_t loops, renderers, memory_mib, count_s;
    if (!read_number(cli, "--loops", THREADS_MAX, &loops) ||
        !read_number(cli, "--renderers", THREADS_MAX, &renderers)) {
        return cli_usage(cli, "--loops and --renderers are numbers from 1 to %d", THREADS_MAX);
    }
    if (!read_number(cli, "--memory", MEMORY_MAX_MIB, &memory_mib)) {
        return cli_usage(cli, "--memory is a number of MiB from 1 to %d", MEMORY_MAX_MIB);
    }
    if (!read_number(cli, "--count-every", COUNT_EVERY_MAX_S, &count_s)) {
        return cli_usage(cli, "--count-every is a number of seconds from 1 to %d",
                         COUNT_EVERY_MAX_S);
    }
    /* Blocked in every thread from here on; this one waits for them. */
    sigset_t stops;
    sigemptyset(&stops);
    sigaddset(&stops, SIGTERM);
    sigaddset(&stops, SIGINT);
    pthread_sigmask(SIG_BLOCK, &stops, NULL);
    signal(SIGPIPE, SIG_IGN);
    raise_descriptors();

    struct store *store = NULL;
    struct server *server = NULL;
    if (cli_open_store(cli, &store) != STATUS_OK) {
        return cli_fail(cli);
    }
    struct server_options options = {
        .address = address,
        .port = port,
        .loops = loops,
        .renderers = renderers,
        .memory_max_bytes = memory_mib << 20,
        .views_write_ms = (int64_t)count_s * 1000,
        .theme_dir = cli_value(cli, "--theme"),
        .dev = cli_flag(cli, "--dev"),
        .report = report,
    };
    if (server_start(store, &options, &server, &cli->err) != STATUS_OK) {
        store_close(store);
        return cli_fail(cli);
    }
    bool is_v6 = strchr(address, ':') != NULL;
    bool is_any = strcmp(address, "0.0.0.0") == 0 || strcmp(address, "::") == 0 ||
                  strcmp(address, "127.0.0.1") == 0;
    printf("Serving %s on http://%s%s%s:%d\n", store_dir(store), is_v6 && !is_any ? "[" : "",
           is_any ? "localhost" : address, is_v6 && !is_any ? "]" : "", server_port(server));
    fflush(stdout);
    int signal_number = 0;
    sigwait(&stops, &signal_number);
    fprintf(stderr, "Stopping: finishing what is in flight\n");
    server_stop(server);
    store_close(store);
    return EXIT_DONE;
}

const struct cli_command cmd_serve = {
    .name = "serve",
    .arguments = "",
    .summary = "serve the site over HTTP until SIGTERM or SIGINT",
    .details =
        "Publishes scheduled stories at their second. What other commands change in the same "
        "site shows\nat once, without a restart. SIGTERM finishes the requests in flight.",
    .examples = "  broadsheet serve --site mysite\n"
                "  broadsheet serve --listen 0.0.0.0:80\n"
                "  broadsheet serve --listen '[::1]:8080'",
    .max_args = 0,
    .options = { CLI_SITE_OPTION,
                 { "--listen", "ADDR:PORT", "where to listen (default 127.0.0.1:8080)",
                   "BROADSHEET_LISTEN" },
                 { "--loops", "N", "event loops (default: one a core)", NULL },
                 { "--renderers", "N", "rendering threads (default: one a core)", NULL },
                 { "--memory", "MIB", "memory for rendered fragments (default 64)", NULL },
                 { "--count-every", "SECONDS",
                   "how often counted views are written down (default 10)", NULL },
                 { "--theme", "DIR", "the theme's folder (default: theme/ in the site's)",
                   "BROADSHEET_THEME" },
                 { "--dev", NULL,
                   "show a changed file of the theme at the next request, and what is wrong in it",
                   NULL } },
    .run = run,
};
