#include "app/commands.h"
#include "newsroom/people.h"
#include "newsroom/rights.h"
#include "text/json.h"

#include <stdio.h>
#include <termios.h>
#include <unistd.h>

/* One line of standard input, without echo when a person types it. */
static bool read_line(const char *prompt, char line[LIMIT_PASSWORD_BYTES + 2]) {
    struct termios old, quiet;
    bool terminal = isatty(STDIN_FILENO) && tcgetattr(STDIN_FILENO, &old) == 0;
    if (terminal) {
        fputs(prompt, stderr);
        quiet = old;
        quiet.c_lflag &= ~(tcflag_t)ECHO;
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
    }
    bool ok = fgets(line, LIMIT_PASSWORD_BYTES + 2, stdin) != NULL;
    if (terminal) {
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &old);
        fputc('\n', stderr);
    }
    if (ok) {
        line[strcspn(line, "\r\n")] = '\0';
    }
    return ok;
}

struct person {
    struct str login, name, email, password;
    enum user_role role;
    int64_t id;
};

static enum status add(struct cli *cli, struct store_writer *w, void *arg) {
    struct person *p = arg;
    return people_add(w, p->login, p->name, p->email, p->role, p->password, &p->id, &cli->err);
}

static int run(struct cli *cli) {
    struct str login = str_of(cli->args[0]);
    const char *name = cli_value(cli, "--name");
    const char *email = cli_value(cli, "--email");
    const char *role_name = cli_value(cli, "--role");
    enum user_role role;
    if (!role_find(str_of(role_name ? role_name : "author"), &role)) {
        return cli_usage(cli, "--role %s is none of contributor, author, editor, chief", role_name);
    }
    char password[LIMIT_PASSWORD_BYTES + 2] = "", again[LIMIT_PASSWORD_BYTES + 2] = "";
    if (!cli_flag(cli, "--no-password")) {
        if (!read_line("Password: ", password)) {
            return cli_failf(cli, "no password on standard input; --no-password makes a user who "
                                  "cannot sign in");
        }
        if (password[0] == '\0') {
            return cli_failf(cli, "the password is empty; --no-password makes a user who cannot "
                                  "sign in");
        }
        if (isatty(STDIN_FILENO) &&
            (!read_line("Once more: ", again) || strcmp(password, again) != 0)) {
            return cli_failf(cli, "the two passwords differ; nothing was changed");
        }
    }
    struct person person = { login,         name ? str_of(name) : login,
                             str_of(email), str_of(password),
                             role,          0 };
    enum status status = cli_write(cli, add, &person);
    explicit_bzero(password, sizeof password);
    explicit_bzero(again, sizeof again);
    if (status != STATUS_OK) {
        return cli_fail(cli);
    }
    struct buf out;
    buf_init(&out, 64u << 10);
    if (cli->json) {
        struct json j;
        cli_json_open(&j, &out);
        json_field_i64(&j, STR("id"), person.id);
        json_field_str(&j, STR("login"), login);
        cli_json_close(&j);
    } else {
        buf_printf(&out, "Added the user %.*s.\n", STR_FMT(login));
    }
    return cli_print(cli, &out);
}

const struct cli_command cmd_user_add = {
    .name = "user add",
    .arguments = "LOGIN",
    .summary = "add a member of the staff",
    .details =
        "The password is read from standard input (12 letters or more) and kept as an argon2id "
        "hash.",
    .examples = "  broadsheet user add tideclerk --name 'The Tide Clerk' --role editor\n"
                "  printf '%s\\n' \"$PASSWORD\" | broadsheet user add nightbell --role author\n"
                "  broadsheet user add wire --no-password",
    .min_args = 1,
    .max_args = 1,
    .options = { CLI_SITE_OPTION,
                 { "--name", "TEXT", "the name that readers see (default: the login)", NULL },
                 { "--email", "ADDRESS", "never shown to readers", NULL },
                 { "--role", "ROLE", "contributor, author (default), editor or chief", NULL },
                 { "--no-password", NULL, "a user who cannot sign in", NULL },
                 CLI_JSON_OPTION },
    .run = run,
};
