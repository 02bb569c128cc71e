#include "app/cli.h"

#include "base/clock.h"
#include "store/staff.h"
#include "text/json.h"

#include <errno.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static size_t options_len(const struct cli_command *command) {
    size_t n = 0;
    while (n < CLI_OPTIONS_MAX && command->options[n].name != NULL) {
        n++;
    }
    return n;
}

const char *cli_value(const struct cli *cli, const char *name) {
    for (size_t i = 0; i < options_len(cli->command); i++) {
        if (strcmp(cli->command->options[i].name, name) == 0) {
            return cli->values[i];
        }
    }
    const bool declared = false;
    check(declared);
    return NULL;
}

bool cli_flag(const struct cli *cli, const char *name) {
    return cli_value(cli, name) != NULL;
}

/* ---- failing ---- */

int cli_fail(struct cli *cli) {
    const char *message = cli->err.message[0] ? cli->err.message : "failed without a reason";
    if (cli->json) {
        struct buf out;
        buf_init(&out, 64u << 10);
        buf_put(&out, STR("{\"error\":"));
        json_put_str(&out, str_of(message));
        buf_put(&out, STR(",\"status\":"));
        json_put_str(&out, str_of(status_text(cli->err.status)));
        buf_put(&out, STR("}\n"));
        (void)cli_print(cli, &out);
    }
    fprintf(stderr, "broadsheet: %s\n", message);
    return EXIT_FAILED;
}

int cli_failf(struct cli *cli, const char *fmt, ...) {
    va_list args;
    va_start(args, fmt);
    cli->err.status = cli->err.status ? cli->err.status : STATUS_INVALID;
    vsnprintf(cli->err.message, sizeof cli->err.message, fmt, args);
    va_end(args);
    return cli_fail(cli);
}

int cli_usage(struct cli *cli, const char *fmt, ...) {
    va_list args;
    va_start(args, fmt);
    fputs("broadsheet: ", stderr);
    vfprintf(stderr, fmt, args);
    fprintf(stderr, "\nTry: broadsheet help %s\n", cli->command->name);
    va_end(args);
    return EXIT_USAGE;
}

void cli_progress(const char *things, int64_t done, int64_t total, double per_second,
                  double seconds_left) {
    bool minutes = seconds_left >= 60;
    fprintf(stderr, "\r%lld of %lld %s, %.0f a second, %.0f %s left\x1b[K", (long long)done,
            (long long)total, things, per_second, minutes ? seconds_left / 60 : seconds_left,
            minutes ? "min" : "s");
    fflush(stderr);
}

void cli_json_open(struct json *j, struct buf *out) {
    json_init(j, out);
    json_open(j, '{');
}

void cli_json_close(struct json *j) {
    json_close(j, '}');
    buf_put_char(j->out, '\n');
}

int cli_print(struct cli *cli, struct buf *out) {
    int exit_code = EXIT_DONE;
    if (out->status != STATUS_OK) {
        exit_code = cli_failf(cli, "the output is %s", status_text(out->status));
    } else if (fwrite(buf_str(out).ptr, 1, out->len, stdout) != out->len || fflush(stdout) != 0) {
        fprintf(stderr, "broadsheet: cannot write: %s\n", strerror(errno));
        exit_code = EXIT_FAILED;
    }
    buf_done(out);
    return exit_code;
}

/* ---- help ---- */

static void print_usage(FILE *to, const struct cli_command *command) {
    fprintf(to, "Usage: broadsheet %s%s%s%s\n", command->name, command->arguments[0] ? " " : "",
            command->arguments, command->options[0].name ? " [OPTION…]" : "");
}

static void print_help(const struct cli_command *command) {
    print_usage(stdout, command);
    printf("\n%s\n", command->summary);
    if (command->details != NULL) {
        printf("\n%s\n", command->details);
    }
    if (command->options[0].name != NULL) {
        printf("\nOptions:\n");
        for (size_t i = 0; i < options_len(command); i++) {
            const struct cli_option *o = &command->options[i];
            char left[64];
            snprintf(left, sizeof left, "%s%s%s", o->name, o->value ? " " : "",
                     o->value ? o->value : "");
            printf("  %-24s %s", left, o->help);
            if (o->env != NULL) {
                printf(" [%s]", o->env);
            }
            printf("\n");
        }
    }
    if (command->examples != NULL) {
        printf("\nExamples:\n%s\n", command->examples);
    }
}

static void print_commands(FILE *to, const struct cli_command *const *commands, size_t n) {
    fprintf(to, "Broadsheet: a newsroom's whole web site in one program.\n\n"
                "Usage: broadsheet COMMAND [ARGUMENT…]\n\nCommands:\n");
    for (size_t i = 0; i < n; i++) {
        fprintf(to, "  %-18s %s\n", commands[i]->name, commands[i]->summary);
    }
    fprintf(to, "  %-18s %s\n", "help [COMMAND]", "what a command does, with examples");
    fprintf(to, "\nA first site:\n"
                "  broadsheet new mysite --title 'The Quay Lantern' --url https://example.org\n"
                "  broadsheet import wordpress export.xml --site mysite\n"
                "  broadsheet serve --site mysite\n");
}

/* ---- finding and reading ---- */

/* The command whose words begin argv; *ret_words is how many they are. */
static const struct cli_command *find(const struct cli_command *const *commands, size_t n, int argc,
                                      char **argv, int *ret_words) {
    for (size_t i = 0; i < n; i++) {
        struct str rest = str_of(commands[i]->name), word;
        int words = 0;
        bool matches = true;
        while (matches && str_split(&rest, ' ', &word)) {
            matches = words < argc && str_eq(word, str_of(argv[words]));
            words++;
        }
        if (matches) {
            *ret_words = words;
            return commands[i];
        }
    }
    return NULL;
}

/* Is `word` the first of several words of the command's name, as "import" of "import wordpress"? */
static bool is_in_group(const struct cli_command *command, struct str word) {
    struct str rest = str_of(command->name), first;
    return str_split(&rest, ' ', &first) && rest.len > 0 && str_eq(first, word);
}

/* The help of all commands that begin with this word; false if none does. */
static bool print_group(const struct cli_command *const *commands, size_t n, const char *word) {
    bool found = false;
    for (size_t i = 0; i < n; i++) {
        if (is_in_group(commands[i], str_of(word))) {
            printf("%s", found ? "\n" : "");
            print_help(commands[i]);
            found = true;
        }
    }
    return found;
}

/* The first word may be a good one: then its help says which others there are. */
static int no_command(const struct cli_command *const *commands, size_t n, int argc, char **argv) {
    bool in_group = false;
    for (size_t i = 0; i < n; i++) {
        in_group |= is_in_group(commands[i], str_of(argv[0]));
    }
    fprintf(stderr, "broadsheet: there is no command '%s%s%s'\nTry: broadsheet help%s%s\n", argv[0],
            in_group && argc > 1 ? " " : "", in_group && argc > 1 ? argv[1] : "",
            in_group ? " " : "", in_group ? argv[0] : "");
    return EXIT_USAGE;
}

/* Read one "--name", "--name=value" or "--name value". Returns how many words it took, 0 on error.
 */
static int read_option(struct cli *cli, int left, char **argv) {
    struct str word = str_of(argv[0]);
    size_t equals = str_find_char(word, '=', 0);
    struct str name = str_slice(word, 0, equals);
    for (size_t i = 0; i < options_len(cli->command); i++) {
        const struct cli_option *o = &cli->command->options[i];
        if (!str_eq(name, str_of(o->name))) {
            continue;
        }
        if (o->value == NULL) {
            if (equals != STR_NPOS) {
                cli_usage(cli, "%s takes no value", o->name);
                return 0;
            }
            cli->values[i] = "yes";
            return 1;
        }
        if (equals != STR_NPOS) {
            cli->values[i] = argv[0] + equals + 1;
            return 1;
        }
        if (left < 2) {
            cli_usage(cli, "%s needs a value: %s %s", o->name, o->name, o->value);
            return 0;
        }
        cli->values[i] = argv[1];
        return 2;
    }
    cli_usage(cli, "unknown option %.*s", STR_FMT(name));
    return 0;
}

static int run(const struct cli_command *command, int argc, char **argv) {
    struct cli cli = { .command = command };
    cli.args = calloc((size_t)argc + 1, sizeof *cli.args);
    check(cli.args != NULL);
    bool options_ended = false;
    int exit_code = EXIT_DONE;
    for (int i = 0; i < argc && exit_code == EXIT_DONE;) {
        if (!options_ended && strcmp(argv[i], "--") == 0) {
            options_ended = true;
            i++;
        } else if (!options_ended &&
                   (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)) {
            print_help(command);
            free(cli.args);
            return EXIT_DONE;
        } else if (!options_ended && argv[i][0] == '-' && argv[i][1] == '-') {
            int took = read_option(&cli, argc - i, argv + i);
            exit_code = took ? EXIT_DONE : EXIT_USAGE;
            i += took;
        } else {
            cli.args[cli.n_args++] = argv[i++];
        }
    }
    for (size_t i = 0; i < options_len(command); i++) {
        const char *env = command->options[i].env;
        const char *value = env != NULL ? getenv(env) : NULL;
        if (cli.values[i] == NULL && value != NULL && value[0] != '\0') {
            cli.values[i] = value;
        }
        if (strcmp(command->options[i].name, "--json") == 0) {
            cli.json = cli.values[i] != NULL;
        }
    }
    if (exit_code == EXIT_DONE && cli.n_args < command->min_args) {
        exit_code = cli_usage(&cli, "'%s' needs %s", command->name, command->arguments);
    }
    if (exit_code == EXIT_DONE && command->max_args >= 0 && cli.n_args > command->max_args) {
        exit_code = cli_usage(&cli, "'%s' is one word too many for '%s'",
                              cli.args[command->max_args], command->name);
    }
    if (exit_code == EXIT_DONE) {
        exit_code = command->run(&cli);
    }
    arena_done(&cli.arena);
    free(cli.args);
    return exit_code;
}

static bool is_help(const char *word) {
    return strcmp(word, "help") == 0 || strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

int cli_main(const struct cli_command *const *commands, size_t n, int argc, char **argv) {
    argc--, argv++;
    if (argc == 0) {
        print_commands(stderr, commands, n);
        return EXIT_USAGE;
    }
    bool help = is_help(argv[0]);
    while (argc > 0 && is_help(argv[0])) {
        argc--, argv++;
    }
    if (argc == 0) {
        print_commands(stdout, commands, n);
        return EXIT_DONE;
    }
    int words = 0;
    const struct cli_command *command = find(commands, n, argc, argv, &words);
    help |= command == NULL && argc == 2 && is_help(argv[1]);
    if (command == NULL) {
        return help && print_group(commands, n, argv[0]) ? EXIT_DONE
                                                         : no_command(commands, n, argc, argv);
    }
    if (help) {
        print_help(command);
        return EXIT_DONE;
    }
    return run(command, argc - words, argv + words);
}

enum status cli_open_store(struct cli *cli, struct store **ret) {
    const char *dir = cli_value(cli, "--site");
    dir = dir ? dir : ".";
    enum status status = store_open(dir, ret, &cli->err);
    if (status == STATUS_NOT_FOUND) {
        cli->err = (struct err){ 0 };
        err_set(&cli->err, status,
                "there is no site in %s: name its folder with --site DIR or BROADSHEET_SITE, or "
                "make one with 'broadsheet new DIR'",
                dir);
    }
    return status;
}

int cli_read(struct cli *cli, cli_read_fn *body, void *arg, size_t max_bytes) {
    struct store *store = NULL;
    struct store_reader *r = NULL;
    struct buf out;
    buf_init(&out, max_bytes);
    enum status status = cli_open_store(cli, &store);
    if (status == STATUS_OK) {
        status = store_reader_open(store, &r, &cli->err);
    }
    if (status == STATUS_OK) {
        status = store_read_begin(r, NULL, &cli->err);
    }
    if (status == STATUS_OK) {
        status = body(cli, store, r, &out, arg);
        store_read_end(r);
    }
    store_reader_close(r);
    store_close(store);
    if (status != STATUS_OK) {
        buf_done(&out);
        return cli_fail(cli);
    }
    return cli_print(cli, &out);
}

void cli_write_as_caller(struct store_writer *w) {
    const char *sudo = getenv("SUDO_USER");
    struct passwd room, *found = NULL;
    char text[4096];
    if (sudo == NULL && getpwuid_r(getuid(), &room, text, sizeof text, &found) != 0) {
        found = NULL;
    }
    const struct audit_actor caller = { .who = sudo    ? str_of(sudo)
                                               : found ? str_of(found->pw_name)
                                                       : STR(""),
                                        .way = "command line",
                                        .address = STR(""),
                                        .now_us = clock_now_us() };
    store_write_as(w, &caller);
}

enum status cli_write(struct cli *cli, cli_write_fn *body, void *arg) {
    struct store *store = NULL;
    struct store_writer *w = NULL;
    enum status status = cli_open_store(cli, &store);
    if (status == STATUS_OK) {
        status = store_write_begin(store, &w, &cli->err);
    }
    if (status == STATUS_OK) {
        cli_write_as_caller(w);
        status = body(cli, w, arg);
        if (status == STATUS_OK) {
            status = store_write_commit(w, &cli->err);
        } else {
            store_write_rollback(w);
        }
    }
    store_close(store);
    return status;
}
