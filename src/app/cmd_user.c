#include "app/cmd_user.h"

#include "base/clock.h"
#include "newsroom/people.h"

#include <stdio.h>
#include <termios.h>
#include <unistd.h>

/* ---- what the commands on users share ---- */

bool cmd_user_line(const char *prompt, bool is_secret, char line[LIMIT_PASSWORD_BYTES + 2]) {
    struct termios old, quiet;
    bool terminal = isatty(STDIN_FILENO) && tcgetattr(STDIN_FILENO, &old) == 0;
    if (terminal) {
        fputs(prompt, stderr);
        quiet = old;
        if (is_secret) {
            quiet.c_lflag &= ~(tcflag_t)ECHO;
        }
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
    }
    bool ok = fgets(line, LIMIT_PASSWORD_BYTES + 2, stdin) != NULL;
    if (terminal) {
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &old);
        if (is_secret) {
            fputc('\n', stderr);
        }
    }
    if (ok) {
        line[strcspn(line, "\r\n")] = '\0';
    }
    return ok;
}

int cmd_user_new_password(struct cli *cli, char password[LIMIT_PASSWORD_BYTES + 2]) {
    char again[LIMIT_PASSWORD_BYTES + 2] = "";
    int code = EXIT_DONE;
    if (!cmd_user_line("Password: ", true, password)) {
        code = cli_failf(cli, "no password on standard input");
    } else if (password[0] == '\0') {
        code = cli_failf(cli, "the password is empty; nothing was changed");
    } else if (isatty(STDIN_FILENO) &&
               (!cmd_user_line("Once more: ", true, again) || strcmp(password, again) != 0)) {
        code = cli_failf(cli, "the two passwords differ; nothing was changed");
    }
    explicit_bzero(again, sizeof again);
    return code;
}

enum status cmd_user_find(struct cli *cli, struct store_reader *r, struct user *ret) {
    struct str login = str_of(cli->args[0]);
    struct err none = { 0 };
    enum status status = store_user(r, &cli->arena, login, ret, &none);
    return status == STATUS_NOT_FOUND ? err_set(&cli->err, status, "there is no user '%.*s'",
                                                (int)(login.len < 80 ? login.len : 80), login.ptr)
           : status != STATUS_OK      ? err_set(&cli->err, status, "%s", none.message)
                                      : status;
}

void cmd_user_time(int64_t us, char out[CLOCK_RFC3339_LEN + 1]) {
    out[0] = '\0';
    if (us > 0) {
        clock_format_rfc3339(us, out);
    }
}

int cmd_user_say(struct cli *cli, const char *said, const char *done) {
    struct buf out;
    buf_init(&out, 64u << 10);
    if (cli->json) {
        struct json j;
        cli_json_open(&j, &out);
        json_field_str(&j, STR("login"), str_of(cli->args[0]));
        json_field_str(&j, STR("done"), str_of(done));
        cli_json_close(&j);
    } else {
        buf_printf(&out, "%s\n", said);
    }
    return cli_print(cli, &out);
}

/* ---- user add ---- */

struct person {
    struct str login, name, email, password;
    enum user_role role;
    int64_t id;
};

static enum status add(struct cli *cli, struct store_writer *w, void *arg) {
    struct person *p = arg;
    enum status status =
        people_add(w, p->login, p->name, p->email, p->role, p->password, &p->id, &cli->err);
    return status == STATUS_OK
               ? store_audit(w, "add user", "user", p->id, str_of(role_name(p->role)), &cli->err)
               : status;
}

static int run_add(struct cli *cli) {
    struct str login = str_of(cli->args[0]);
    const char *name = cli_value(cli, "--name");
    const char *email = cli_value(cli, "--email");
    const char *role_text = cli_value(cli, "--role");
    enum user_role role;
    if (!role_find(str_of(role_text ? role_text : "author"), &role)) {
        return cli_usage(cli, "--role %s is none of contributor, author, editor, chief", role_text);
    }
    char password[LIMIT_PASSWORD_BYTES + 2] = "";
    if (!cli_flag(cli, "--no-password")) {
        int code = cmd_user_new_password(cli, password);
        if (code != EXIT_DONE) {
            return code;
        }
    }
    struct person person = { login,         name ? str_of(name) : login,
                             str_of(email), str_of(password),
                             role,          0 };
    enum status status = cli_write(cli, add, &person);
    explicit_bzero(password, sizeof password);
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
    .run = run_add,
};

/* ---- user list ---- */

static void put_user(struct cli *cli, struct json *j, const struct user *u, bool has_factor) {
    char created[CLOCK_RFC3339_LEN + 1];
    cmd_user_time(u->created_us, created);
    const char *state = u->is_disabled              ? "disabled"
                        : u->password_hash.len == 0 ? "no password"
                                                    : "active";
    if (!cli->json) {
        buf_printf(j->out, "%-20.*s %-12s %-12s %s  %.*s\n", STR_FMT(u->login), role_name(u->role),
                   state, has_factor ? "totp" : "    ", STR_FMT(u->name));
        return;
    }
    json_open(j, '{');
    json_field_i64(j, STR("id"), u->id);
    json_field_str(j, STR("login"), u->login);
    json_field_str(j, STR("name"), u->name);
    json_field_str(j, STR("email"), u->email);
    json_field_str(j, STR("role"), str_of(role_name(u->role)));
    json_field_str(j, STR("state"), str_of(state));
    json_field_bool(j, STR("totp"), has_factor);
    json_field_str(j, STR("created"), str_of(created));
    json_close(j, '}');
}

static enum status list(struct cli *cli, struct store *store, struct store_reader *r,
                        struct buf *out, void *arg) {
    (void)store;
    (void)arg;
    struct json j;
    json_init(&j, out);
    if (cli->json) {
        json_open(&j, '[');
    }
    for (int64_t id = 0; store_user_next(r, id, &id, NULL) == STATUS_OK;) {
        struct user user;
        struct second_factor factor = { 0 };
        enum status status = store_user_get(r, &cli->arena, id, &user, &cli->err);
        if (status != STATUS_OK) {
            return status;
        }
        bool has_factor = store_second_factor(r, &cli->arena, id, &factor, NULL) == STATUS_OK &&
                          factor.confirmed_us != 0;
        put_user(cli, &j, &user, has_factor);
    }
    if (cli->json) {
        json_close(&j, ']');
        buf_put_char(out, '\n');
    }
    return STATUS_OK;
}

static int run_list(struct cli *cli) {
    return cli_read(cli, list, NULL, 8u << 20);
}

const struct cli_command cmd_user_list = {
    .name = "user list",
    .arguments = "",
    .summary = "list the staff with their roles",
    .examples = "  broadsheet user list\n"
                "  broadsheet user list --json | jq -r '.[] | select(.role == \"chief\").login'",
    .max_args = 0,
    .options = { CLI_SITE_OPTION, CLI_JSON_OPTION },
    .run = run_list,
};

/* ---- user role, disable, remove ---- */

static enum status change(struct cli *cli, struct store_writer *w, const struct user *user,
                          const char *action, const char *summary) {
    int64_t id;
    enum status status = store_user_put(w, user, &id, &cli->err);
    return status == STATUS_OK
               ? store_audit(w, action, "user", user->id, str_of(summary), &cli->err)
               : status;
}

static enum status set_role(struct cli *cli, struct store_writer *w, void *arg) {
    const enum user_role *role = arg;
    struct user user;
    enum status status = cmd_user_find(cli, store_writer_reader(w), &user);
    if (status != STATUS_OK) {
        return status;
    }
    char summary[64];
    snprintf(summary, sizeof summary, "%s -> %s", role_name(user.role), role_name(*role));
    user.role = *role;
    return change(cli, w, &user, "change role", summary);
}

static int run_role(struct cli *cli) {
    enum user_role role;
    if (!role_find(str_of(cli->args[1]), &role)) {
        return cli_usage(cli, "%s is none of contributor, author, editor, chief", cli->args[1]);
    }
    return cli_write(cli, set_role, &role) == STATUS_OK
               ? cmd_user_say(cli, "The role is changed, from the next request on.", cli->args[1])
               : cli_fail(cli);
}

const struct cli_command cmd_user_role = {
    .name = "user role",
    .arguments = "LOGIN ROLE",
    .summary = "change what a user may do",
    .details = "ROLE is contributor (writes drafts), author (publishes their own), editor (edits "
               "all) or\nchief (also users, settings, the theme). docs/identity.md has the table.",
    .examples = "  broadsheet user role nightbell editor",
    .min_args = 2,
    .max_args = 2,
    .options = { CLI_SITE_OPTION, CLI_JSON_OPTION },
    .run = run_role,
};

static enum status set_disabled(struct cli *cli, struct store_writer *w, void *arg) {
    const bool *disabled = arg;
    struct user user;
    int64_t ended;
    enum status status = cmd_user_find(cli, store_writer_reader(w), &user);
    if (status == STATUS_OK) {
        user.is_disabled = *disabled;
        status = change(cli, w, &user, *disabled ? "disable" : "enable", "");
    }
    return status == STATUS_OK && *disabled ? store_sessions_end(w, user.id, 0, &ended, &cli->err)
                                            : status;
}

static int run_disable(struct cli *cli) {
    bool disabled = !cli_flag(cli, "--off");
    return cli_write(cli, set_disabled, &disabled) == STATUS_OK
               ? cmd_user_say(cli,
                              disabled ? "The user cannot sign in any more, by any way."
                                       : "The user may sign in again.",
                              disabled ? "disabled" : "enabled")
               : cli_fail(cli);
}

const struct cli_command cmd_user_disable = {
    .name = "user disable",
    .arguments = "LOGIN",
    .summary = "keep a user from signing in, at once and by any way",
    .details = "Sessions end; application passwords and tokens wait for --off. Stories and byline "
               "stay.",
    .examples = "  broadsheet user disable nightbell\n"
                "  broadsheet user disable nightbell --off",
    .min_args = 1,
    .max_args = 1,
    .options = { CLI_SITE_OPTION,
                 { "--off", NULL, "let the user sign in again", NULL },
                 CLI_JSON_OPTION },
    .run = run_disable,
};

static enum status remove_user(struct cli *cli, struct store_writer *w, void *arg) {
    (void)arg;
    struct user user;
    enum status status = cmd_user_find(cli, store_writer_reader(w), &user);
    if (status == STATUS_OK) {
        status = store_user_remove(w, user.id, &cli->err);
    }
    return status == STATUS_OK
               ? store_audit(w, "remove user", "user", user.id, user.login, &cli->err)
               : status;
}

static int run_remove(struct cli *cli) {
    return cli_write(cli, remove_user, NULL) == STATUS_OK
               ? cmd_user_say(cli, "The user is removed; the byline stays, as a guest's.",
                              "removed")
               : cli_fail(cli);
}

const struct cli_command cmd_user_remove = {
    .name = "user remove",
    .arguments = "LOGIN",
    .summary = "remove a user with sessions, keys and autosaves; the byline stays",
    .details =
        "Stories, revisions and the audit stay. To bar somebody for a while, 'user disable'.",
    .examples = "  broadsheet user remove nightbell",
    .min_args = 1,
    .max_args = 1,
    .options = { CLI_SITE_OPTION, CLI_JSON_OPTION },
    .run = run_remove,
};
