#include "app/commands.h"
#include "app/server.h"
#include "base/limits.h"

#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>

enum {
    THREADS_MAX = 1023,
    MEMORY_MAX_MIB = 1 << 20,
    COUNT_EVERY_MAX_S = 3600,
    HSTS_MAX_DAYS = 3650
};

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

/* Until SIGTERM or SIGINT; SIGHUP takes a new certificate. */
static void wait_for_stop(struct server *server, const sigset_t *signals) {
    int number = 0;
    while (sigwait(signals, &number) == 0 && number == SIGHUP) {
        struct err err = { 0 };
        if (server_reload(server, &err) == STATUS_OK) {
            report(NULL, false, "Certificate and key have been read anew");
        } else {
            err_prefix(&err, "certificate and key stay as they were");
            report(NULL, true, err.message);
        }
    }
}

/* The options of HTTPS. False: the usage was said. */
static bool read_https(struct cli *cli, struct server_options *o, char redirect_address[64],
                       int *ret_exit) {
    const char *redirect = cli_value(cli, "--redirect");
    o->certificate_file = cli_value(cli, "--certificate");
    o->key_file = cli_value(cli, "--key");
    o->challenges_dir = cli_value(cli, "--challenges");
    *ret_exit = 0;
    if ((o->certificate_file == NULL) != (o->key_file == NULL)) {
        *ret_exit = cli_usage(cli, "--certificate and --key belong together");
    } else if (redirect != NULL && o->certificate_file == NULL) {
        *ret_exit = cli_usage(cli, "--redirect leads to HTTPS: it needs --certificate and --key");
    } else if (redirect != NULL &&
               !parse_listen(str_of(redirect), redirect_address, &o->redirect_port)) {
        *ret_exit = cli_usage(cli, "--redirect %s is no ADDR:PORT, such as 0.0.0.0:80", redirect);
    } else if (o->challenges_dir != NULL && redirect == NULL) {
        *ret_exit = cli_usage(cli, "--challenges are answered where --redirect listens: give both");
    } else if (!read_number(cli, "--hsts", HSTS_MAX_DAYS, &o->hsts_days)) {
        *ret_exit = cli_usage(cli, "--hsts is a number of days from 1 to %d", HSTS_MAX_DAYS);
    } else if (o->hsts_days > 0 && o->certificate_file == NULL) {
        *ret_exit = cli_usage(cli, "--hsts promises HTTPS: it needs --certificate and --key");
    }
    o->redirect_address = redirect ? redirect_address : NULL;
    return *ret_exit == 0;
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
    struct server_options options = { .address = address,
                                      .port = port,
                                      .loops = loops,
                                      .renderers = renderers,
                                      .memory_max_bytes = memory_mib << 20,
                                      .views_write_ms = (int64_t)count_s * 1000,
                                      .dev = cli_flag(cli, "--dev"),
                                      .report = report };
    char redirect_address[64];
    int exit_code;
    if (!read_https(cli, &options, redirect_address, &exit_code)) {
        return exit_code;
    }
    if (cmd_theme_dir(cli, &options.theme_dir) != STATUS_OK) {
        return cli_fail(cli);
    }
    const char *scheme = options.certificate_file ? "https" : "http";
    /* Blocked in every thread from here on; this one waits for them. */
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    if (options.certificate_file != NULL) {
        sigaddset(&signals, SIGHUP);
    }
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    signal(SIGPIPE, SIG_IGN);
    raise_descriptors();

    struct store *store = NULL;
    struct server *server = NULL;
    if (cli_open_store(cli, &store) != STATUS_OK) {
        return cli_fail(cli);
    }
    if (server_start(store, &options, &server, &cli->err) != STATUS_OK) {
        store_close(store);
        return cli_fail(cli);
    }
    bool is_v6 = strchr(address, ':') != NULL;
    bool is_any = strcmp(address, "0.0.0.0") == 0 || strcmp(address, "::") == 0 ||
                  strcmp(address, "127.0.0.1") == 0;
    printf("Serving %s on %s://%s%s%s:%d\n", store_dir(store), scheme, is_v6 && !is_any ? "[" : "",
           is_any ? "localhost" : address, is_v6 && !is_any ? "]" : "", server_port(server));
    if (server_connections_max(server) < LIMIT_CONNECTIONS) {
        printf(
            "At most %zu connections at a time, for want of descriptors (ulimit -n, LimitNOFILE)\n",
            server_connections_max(server));
    }
    if (options.redirect_address != NULL) {
        printf("Leading to it from http port %d\n", server_redirect_port(server));
    }
    fflush(stdout);
    wait_for_stop(server, &signals);
    fprintf(stderr, "Stopping: finishing what is in flight\n");
    server_stop(server);
    store_close(store);
    return EXIT_DONE;
}

const struct cli_command cmd_serve = {
    .name = "serve",
    .arguments = "",
    .summary = "serve the site over HTTP or HTTPS until SIGTERM or SIGINT",
    .details =
        "Publishes scheduled stories at their second. What other commands change in the same "
        "site is heard\nof within about a tenth of a second and then shown everywhere at once, "
        "without a restart.\nSIGTERM finishes the requests in flight; SIGHUP reads certificate and "
        "key anew.",
    .examples = "  broadsheet serve --site mysite\n"
                "  broadsheet serve --listen 0.0.0.0:80\n"
                "  broadsheet serve --listen '[::1]:8080'\n"
                "  broadsheet serve --listen 0.0.0.0:443 --certificate site.pem --key site.key "
                "--redirect 0.0.0.0:80",
    .max_args = 0,
    .options = { CLI_SITE_OPTION,
                 { "--listen", "ADDR:PORT", "where to listen (default 127.0.0.1:8080)",
                   "BROADSHEET_LISTEN" },
                 { "--certificate", "FILE", "serve HTTPS: its certificate and chain, PEM",
                   "BROADSHEET_CERTIFICATE" },
                 { "--key", "FILE", "the certificate's private key, PEM", "BROADSHEET_KEY" },
                 { "--redirect", "ADDR:PORT", "answer HTTP there with redirects to HTTPS",
                   "BROADSHEET_REDIRECT" },
                 { "--challenges", "DIR",
                   "answer a certificate authority there from DIR (certbot --webroot -w DIR)",
                   "BROADSHEET_CHALLENGES" },
                 { "--hsts", "DAYS", "have browsers come by HTTPS only, for so long",
                   "BROADSHEET_HSTS" },
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
