/* The command line: one table of commands, one way to declare and read options, one way to fail.
 *
 * A command exits 0, 1 (it failed: the reason is on stderr) or 2 (it was used wrongly: the usage is
 * on stderr). With --json its result is JSON on stdout, also when it failed:
 * {"error":"…","status":"not found"}. */
#ifndef APP_CLI_H
#define APP_CLI_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/status.h"
#include "store/store.h"
#include "text/json.h"

enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

enum { CLI_OPTIONS_MAX = 16 };

/* An option of a command. Flags have no value name and read "yes" when given. */
struct cli_option {
    const char *name;  /* "--listen" */
    const char *value; /* "ADDR:PORT"; NULL: a flag */
    const char *help;
    const char *env; /* variable that stands in for it; NULL: none */
};

struct cli;

struct cli_command {
    const char *name;       /* "import wordpress": words separated by one blank */
    const char *arguments;  /* "FILE…" */
    const char *summary;    /* one line */
    const char *details;    /* paragraphs, may be NULL */
    const char *examples;   /* lines; NULL only for trivial commands */
    int min_args, max_args; /* max -1: any number */
    struct cli_option options[CLI_OPTIONS_MAX];
    int (*run)(struct cli *cli);
};

/* What a command's run gets. */
struct cli {
    const struct cli_command *command;
    const char *values[CLI_OPTIONS_MAX]; /* in the order of command->options; NULL: not given */
    const char **args;
    int n_args;
    bool json;
    struct arena arena;
    struct err err;
};

/* Find the command, read its options and run it. Returns the exit code. */
int cli_main(const struct cli_command *const *commands, size_t n, int argc, char **argv);

/* The value of an option that the command declares; NULL if not given. */
const char *cli_value(const struct cli *cli, const char *name);
bool cli_flag(const struct cli *cli, const char *name);

/* Report cli->err (or the given text) and return EXIT_FAILED. */
int cli_fail(struct cli *cli);
int cli_failf(struct cli *cli, const char *fmt, ...) PRINTF(2, 3);
/* Wrong use: the text, then a hint at the command's help. Returns EXIT_USAGE. */
int cli_usage(struct cli *cli, const char *fmt, ...) PRINTF(2, 3);

/* Open the site of --site, BROADSHEET_SITE or the present folder. On failure cli->err says so. */
NODISCARD enum status cli_open_store(struct cli *cli, struct store **ret);
/* The options that every command on a site has. */
#define CLI_SITE_OPTION                                                                            \
    { "--site", "DIR", "the site's folder (default: the present one)", "BROADSHEET_SITE" }
#define CLI_JSON_OPTION                                                                            \
    { "--json", NULL, "print the result as JSON", NULL }

/* Run `body` on one snapshot of the site and print what it put out (up to max_bytes). Returns the
 * exit code. */
typedef enum status cli_read_fn(struct cli *cli, struct store *store, struct store_reader *r,
                                struct buf *out, void *arg);
int cli_read(struct cli *cli, cli_read_fn *body, void *arg, size_t max_bytes);
/* What the writer does is audited as the command line's, of whoever runs it; cli_write says so. */
void cli_write_as_caller(struct store_writer *w);
/* Run `body` in a write transaction on the site, committed when it returns OK. */
typedef enum status cli_write_fn(struct cli *cli, struct store_writer *w, void *arg);
NODISCARD enum status cli_write(struct cli *cli, cli_write_fn *body, void *arg);

/* Begin the object that --json prints; and end it, with its line. */
void cli_json_open(struct json *j, struct buf *out);
void cli_json_close(struct json *j);
/* Write the buffer to stdout and free it; EXIT_FAILED when that fails. */
int cli_print(struct cli *cli, struct buf *out);

/* On standard error, a line that the next one is written over:
 * "1234 of 5678 items, 410 a second, 11 s left". */
void cli_progress(const char *things, int64_t done, int64_t total, double per_second,
                  double seconds_left);

#endif
