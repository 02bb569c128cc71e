/* How a user signs in: password, second factor, sessions, application passwords, tokens. */
#include "app/cmd_user.h"
#include "site/settings.h"

#include <stdio.h>

/* What a command works with: the site, its identity, the user. */
struct job {
    struct cli *cli;
    struct store *store;
    struct identity *identity;
    struct user user;
    struct buf out;
    struct json j;
    int64_t now_us;
};

/* Done in one transaction, with job->user read in it. */
typedef enum status job_write(struct job *job, struct store_writer *w, void *arg);

static enum status job_open(struct job *job, struct cli *cli) {
    *job = (struct job){ .cli = cli, .now_us = clock_now_us() };
    buf_init(&job->out, 1u << 20);
    json_init(&job->j, &job->out);
    enum status status = cli_open_store(cli, &job->store);
    return status == STATUS_OK ? identity_open(job->store, &job->identity, &cli->err) : status;
}

static enum status job_do(struct job *job, job_write *body, void *arg) {
    struct store_writer *w = NULL;
    enum status status = store_write_begin(job->store, &w, &job->cli->err);
    if (status != STATUS_OK) {
        return status;
    }
    cli_write_as_caller(w);
    status = cmd_user_find(job->cli, store_writer_reader(w), &job->user);
    if (status == STATUS_OK) {
        status = body(job, w, arg);
    }
    if (status != STATUS_OK) {
        store_write_rollback(w);
        return status;
    }
    return store_write_commit(w, &job->cli->err);
}

static int job_end(struct job *job, enum status status) {
    identity_close(job->identity);
    store_close(job->store);
    if (status != STATUS_OK) {
        buf_done(&job->out);
        return cli_fail(job->cli);
    }
    return cli_print(job->cli, &job->out);
}

static int job_run(struct cli *cli, job_write *body, void *arg) {
    struct job job;
    enum status status = job_open(&job, cli);
    if (status == STATUS_OK) {
        status = job_do(&job, body, arg);
    }
    return job_end(&job, status);
}

static void say(struct job *job, const char *text) {
    if (job->cli->json) {
        json_open(&job->j, '{');
        json_field_str(&job->j, STR("login"), job->user.login);
        json_field_str(&job->j, STR("done"), str_of(text));
        json_close(&job->j, '}');
        buf_put_char(&job->out, '\n');
    } else {
        buf_printf(&job->out, "%s\n", text);
    }
}

/* ---- user password ---- */

static enum status put_password(struct job *job, struct store_writer *w, void *arg) {
    const char *hash = arg;
    enum status status =
        identity_password_put(w, job->user.id, hash, 0, job->now_us, &job->cli->err);
    say(job, hash[0] != '\0' ? "The password is set; all sessions have ended."
                             : "There is no password any more; all sessions have ended.");
    return status;
}

static enum status put_link(struct job *job, struct store_writer *w, void *arg) {
    (void)arg;
    struct cli *cli = job->cli;
    struct str secret;
    struct site_settings settings;
    enum status status = settings_load(store_writer_reader(w), &cli->arena, &settings, &cli->err);
    if (status == STATUS_OK) {
        status = identity_reset_make(job->identity, w, job->user.id, job->now_us, &cli->arena,
                                     &secret, &cli->err);
    }
    if (status == STATUS_OK) {
        struct str link = arena_printf(&cli->arena, "%.*s/desk/password?key=%.*s",
                                       STR_FMT(settings.url), STR_FMT(secret));
        if (cli->json) {
            json_open(&job->j, '{');
            json_field_str(&job->j, STR("login"), job->user.login);
            json_field_str(&job->j, STR("link"), link);
            json_field_str(&job->j, STR("key"), secret);
            json_close(&job->j, '}');
            buf_put_char(&job->out, '\n');
        } else {
            buf_printf(&job->out, "%.*s\nGood for a day, and once.\n", STR_FMT(link));
        }
    }
    return status;
}

/* The hash takes its time: before the transaction. */
static enum status hash_password(struct job *job, struct str password, char *hash) {
    struct store_reader *r = NULL;
    enum status status = store_reader_open(job->store, &r, &job->cli->err);
    if (status == STATUS_OK) {
        status = store_read_begin(r, NULL, &job->cli->err);
    }
    if (status == STATUS_OK) {
        status = cmd_user_find(job->cli, r, &job->user);
        store_read_end(r);
    }
    store_reader_close(r);
    return status == STATUS_OK
               ? identity_password_hash(job->identity, &job->user, password, hash, &job->cli->err)
               : status;
}

static int run_password(struct cli *cli) {
    char password[LIMIT_PASSWORD_BYTES + 2] = "", hash[PASSWORD_HASH_BYTES] = "";
    struct job job;
    if (cli_flag(cli, "--link")) {
        return job_run(cli, put_link, NULL);
    }
    if (cli_flag(cli, "--off")) {
        return job_run(cli, put_password, hash);
    }
    int code = cmd_user_new_password(cli, password);
    if (code != EXIT_DONE) {
        return code;
    }
    enum status status = job_open(&job, cli);
    if (status == STATUS_OK) {
        status = hash_password(&job, str_of(password), hash);
    }
    explicit_bzero(password, sizeof password);
    if (status == STATUS_OK) {
        status = job_do(&job, put_password, hash);
    }
    return job_end(&job, status);
}

const struct cli_command cmd_user_password = {
    .name = "user password",
    .arguments = "LOGIN",
    .summary = "set a user's password, or make a link to set it by",
    .details = "The password is read from standard input. All of the user's sessions end.",
    .examples = "  broadsheet user password nightbell\n"
                "  broadsheet user password nightbell --link",
    .min_args = 1,
    .max_args = 1,
    .options = { CLI_SITE_OPTION,
                 { "--link", NULL, "print a link that works once, for a day", NULL },
                 { "--off", NULL, "take the password away", NULL },
                 CLI_JSON_OPTION },
    .run = run_password,
};

/* ---- user totp ---- */

static void put_codes(struct job *job, const struct str *codes) {
    if (job->cli->json) {
        json_open(&job->j, '{');
        json_field_str(&job->j, STR("login"), job->user.login);
        json_key(&job->j, STR("recovery_codes"));
        json_open(&job->j, '[');
    } else {
        buf_put(&job->out, STR("Recovery codes, each for one use; they are not shown again:\n"));
    }
    for (size_t i = 0; i < RECOVERY_CODES; i++) {
        if (job->cli->json) {
            json_str(&job->j, codes[i]);
        } else {
            buf_printf(&job->out, "  %.*s\n", STR_FMT(codes[i]));
        }
    }
    if (job->cli->json) {
        json_close(&job->j, ']');
        json_close(&job->j, '}');
        buf_put_char(&job->out, '\n');
    }
}

static enum status totp_off(struct job *job, struct store_writer *w, void *arg) {
    (void)arg;
    say(job, "The second factor is removed.");
    return identity_totp_remove(w, job->user.id, &job->cli->err);
}

static enum status totp_codes(struct job *job, struct store_writer *w, void *arg) {
    (void)arg;
    struct str *codes;
    enum status status = identity_recovery_renew(job->identity, w, job->user.id, &job->cli->arena,
                                                 &codes, &job->cli->err);
    if (status == STATUS_OK) {
        put_codes(job, codes);
    }
    return status;
}

static enum status totp_begin(struct job *job, struct store_writer *w, void *arg) {
    (void)arg;
    struct cli *cli = job->cli;
    struct site_settings settings;
    struct str uri, base32;
    enum status status = settings_load(store_writer_reader(w), &cli->arena, &settings, &cli->err);
    if (status == STATUS_OK) {
        status = identity_totp_begin(job->identity, w, job->user.id, settings.title, &cli->arena,
                                     &uri, &base32, &cli->err);
    }
    if (status == STATUS_OK) {
        fprintf(stderr, "For the app on the telephone:\n  %.*s\nor by hand: %.*s\n", STR_FMT(uri),
                STR_FMT(base32));
    }
    return status;
}

static enum status totp_confirm(struct job *job, struct store_writer *w, void *arg) {
    struct str *codes;
    enum status status = identity_totp_confirm(job->identity, w, job->user.id, str_of(arg),
                                               job->now_us, &job->cli->arena, &codes,
                                               &job->cli->err);
    if (status == STATUS_OK) {
        put_codes(job, codes);
    }
    return status;
}

static int run_totp(struct cli *cli) {
    char code[LIMIT_PASSWORD_BYTES + 2] = "";
    struct job job;
    if (cli_flag(cli, "--off")) {
        return job_run(cli, totp_off, NULL);
    }
    if (cli_flag(cli, "--codes")) {
        return job_run(cli, totp_codes, NULL);
    }
    enum status status = job_open(&job, cli);
    if (status == STATUS_OK) {
        status = job_do(&job, totp_begin, NULL);
    }
    if (status == STATUS_OK && !cmd_user_line("The code that it shows: ", false, code)) {
        status = err_set(&cli->err, STATUS_INVALID,
                         "no code on standard input: the second factor is not asked for yet");
    }
    if (status == STATUS_OK) {
        job.now_us = clock_now_us();
        status = job_do(&job, totp_confirm, code);
    }
    return job_end(&job, status);
}

const struct cli_command cmd_user_totp = {
    .name = "user totp",
    .arguments = "LOGIN",
    .summary = "set up the codes from a telephone for a user, or take them away",
    .details =
        "Prints what the app needs, waits for the first code on standard input, and prints ten "
        "recovery\ncodes. 'broadsheet set second_factor_from editor' requires it of editors and "
        "above.",
    .examples = "  broadsheet user totp nightbell\n"
                "  broadsheet user totp nightbell --codes\n"
                "  broadsheet user totp nightbell --off",
    .min_args = 1,
    .max_args = 1,
    .options = { CLI_SITE_OPTION,
                 { "--codes", NULL, "new recovery codes in place of the old", NULL },
                 { "--off", NULL, "remove it: telephone and codes are lost", NULL },
                 CLI_JSON_OPTION },
    .run = run_totp,
};

/* ---- lists of sessions and keys ---- */

/* The option's number; -1: it is none. 0: not given. */
static int64_t number_of(const struct cli *cli, const char *option) {
    const char *text = cli_value(cli, option);
    int64_t n = 0;
    return text == NULL ? 0 : str_to_i64(str_of(text), &n) && n > 0 ? n : -1;
}

static void put_row(struct job *job, int64_t id, struct str name, struct str from,
                    int64_t created_us, int64_t used_us, struct str scopes) {
    char created[CLOCK_RFC3339_LEN + 1], used[CLOCK_RFC3339_LEN + 1];
    cmd_user_time(created_us, created);
    cmd_user_time(used_us, used);
    if (!job->cli->json) {
        buf_printf(&job->out, "%6lld  %s  %-20s  %-16.*s  %.*s%s%.*s\n", (long long)id, created,
                   used[0] ? used : "never used", STR_FMT(from), STR_FMT(name),
                   scopes.len ? "  " : "", STR_FMT(scopes));
        return;
    }
    json_open(&job->j, '{');
    json_field_i64(&job->j, STR("id"), id);
    json_field_str(&job->j, STR("name"), name);
    json_field_str(&job->j, STR("created"), str_of(created));
    json_field_str(&job->j, STR("used"), str_of(used));
    json_field_str(&job->j, STR("from"), from);
    if (scopes.len > 0) {
        json_field_str(&job->j, STR("scopes"), scopes);
    }
    json_close(&job->j, '}');
}

static void begin_list(struct job *job) {
    if (job->cli->json) {
        json_open(&job->j, '[');
    }
}

static void end_list(struct job *job) {
    if (job->cli->json) {
        json_close(&job->j, ']');
        buf_put_char(&job->out, '\n');
    }
}

static enum status list_sessions(struct job *job, struct store_writer *w, void *arg) {
    (void)arg;
    struct cli *cli = job->cli;
    struct sessions all = { 0 };
    enum status status =
        store_sessions(store_writer_reader(w), &cli->arena, job->user.id, &all, &cli->err);
    begin_list(job);
    for (size_t i = 0; i < all.len; i++) {
        const struct session *s = &all.ptr[i];
        if (job->now_us < s->expires_us && job->now_us - s->seen_us < SESSION_IDLE_US) {
            put_row(job, s->id, s->agent, s->address, s->created_us, s->seen_us, STR(""));
        }
    }
    end_list(job);
    return status;
}

static enum status end_session(struct job *job, struct store_writer *w, void *arg) {
    const int64_t *id = arg;
    say(job, "The session has ended.");
    enum status status = store_session_end(w, job->user.id, *id, &job->cli->err);
    return status == STATUS_OK
               ? store_audit(w, "end session", "user", job->user.id, STR(""), &job->cli->err)
               : status;
}

static enum status end_sessions(struct job *job, struct store_writer *w, void *arg) {
    (void)arg;
    int64_t ended;
    say(job, "All sessions have ended.");
    return identity_sign_out_everywhere(w, job->user.id, 0, &ended, &job->cli->err);
}

static int run_sessions(struct cli *cli) {
    int64_t id = number_of(cli, "--end");
    if (id < 0) {
        return cli_usage(cli, "--end takes the number of a session");
    }
    return cli_flag(cli, "--end-all") ? job_run(cli, end_sessions, NULL)
           : id > 0                   ? job_run(cli, end_session, &id)
                                      : job_run(cli, list_sessions, NULL);
}

const struct cli_command cmd_user_sessions = {
    .name = "user sessions",
    .arguments = "LOGIN",
    .summary = "list where a user is signed in, and end it",
    .examples = "  broadsheet user sessions nightbell\n"
                "  broadsheet user sessions nightbell --end 17\n"
                "  broadsheet user sessions nightbell --end-all",
    .min_args = 1,
    .max_args = 1,
    .options = { CLI_SITE_OPTION,
                 { "--end", "ID", "end this session", NULL },
                 { "--end-all", NULL, "end all of them", NULL },
                 CLI_JSON_OPTION },
    .run = run_sessions,
};

/* ---- user app-password, user token ---- */

static enum status list_keys(struct job *job, struct store_writer *w, void *arg) {
    const struct access_key *key = arg;
    struct cli *cli = job->cli;
    struct access_keys all = { 0 };
    enum status status = store_access_keys(store_writer_reader(w), &cli->arena, job->user.id,
                                           key->kind, &all, &cli->err);
    begin_list(job);
    for (size_t i = 0; i < all.len; i++) {
        const struct access_key *k = &all.ptr[i];
        struct str scopes = k->kind == ACCESS_TOKEN ? scopes_text(&cli->arena, k->scopes) : STR("");
        put_row(job, k->id, k->name, k->used_from, k->created_us, k->used_us, scopes);
    }
    end_list(job);
    return status;
}

static enum status make_key(struct job *job, struct store_writer *w, void *arg) {
    struct access_key key = *(const struct access_key *)arg;
    struct cli *cli = job->cli;
    struct str secret;
    int64_t id;
    key.user_id = job->user.id;
    enum status status = identity_access_make(job->identity, w, &key, job->now_us, &cli->arena,
                                              &secret, &id, &cli->err);
    if (status != STATUS_OK) {
        return status;
    }
    if (cli->json) {
        json_open(&job->j, '{');
        json_field_i64(&job->j, STR("id"), id);
        json_field_str(&job->j, STR("name"), key.name);
        json_field_str(&job->j, key.kind == ACCESS_TOKEN ? STR("token") : STR("password"), secret);
        json_close(&job->j, '}');
        buf_put_char(&job->out, '\n');
    } else {
        buf_printf(&job->out, "%.*s\nIt is not shown again.\n", STR_FMT(secret));
    }
    return status;
}

static enum status remove_key(struct job *job, struct store_writer *w, void *arg) {
    const int64_t *id = arg;
    say(job, "It is revoked.");
    return identity_access_remove(w, job->user.id, *id, &job->cli->err);
}

static int run_keys(struct cli *cli, struct access_key *key) {
    int64_t id = number_of(cli, "--revoke");
    if (id < 0) {
        return cli_usage(cli, "--revoke takes the number that the list shows");
    }
    if (id > 0) {
        return job_run(cli, remove_key, &id);
    }
    if (cli->n_args < 2) {
        return job_run(cli, list_keys, key);
    }
    key->name = str_of(cli->args[1]);
    return job_run(cli, make_key, key);
}

static int run_app_password(struct cli *cli) {
    struct access_key key = { .kind = ACCESS_PASSWORD };
    return run_keys(cli, &key);
}

const struct cli_command cmd_user_app_password = {
    .name = "user app-password",
    .arguments = "LOGIN [NAME]",
    .summary = "make an application password for a program, or list them",
    .details = "For Authorization: Basic, with the user's login. It may whatever the user may, and "
               "is shown once.",
    .examples = "  broadsheet user app-password nightbell 'The app on the tablet'\n"
                "  broadsheet user app-password nightbell\n"
                "  broadsheet user app-password nightbell --revoke 3",
    .min_args = 1,
    .max_args = 2,
    .options = { CLI_SITE_OPTION,
                 { "--revoke", "ID", "take this one away", NULL },
                 CLI_JSON_OPTION },
    .run = run_app_password,
};

static int run_token(struct cli *cli) {
    struct access_key key = { .kind = ACCESS_TOKEN };
    const char *scopes = cli_value(cli, "--scopes");
    int64_t days = number_of(cli, "--days");
    if (!scopes_parse(str_of(scopes ? scopes : "read"), &key.scopes)) {
        return cli_usage(cli, "--scopes has read, write, media, publish, account, manage or all");
    }
    if (days < 0 || days > 36500) {
        return cli_usage(cli, "--days is a number of days");
    }
    key.expires_us = days > 0 ? clock_now_us() + days * US_PER_DAY : 0;
    return run_keys(cli, &key);
}

const struct cli_command cmd_user_token = {
    .name = "user token",
    .arguments = "LOGIN [NAME]",
    .summary = "make an access token for a program, or list them",
    .details =
        "For Authorization: Bearer. It may what the user may within its scopes, and is shown "
        "once.",
    .examples = "  broadsheet user token wire 'Picture desk' --scopes read,media --days 365\n"
                "  broadsheet user token wire\n"
                "  broadsheet user token wire --revoke 4",
    .min_args = 1,
    .max_args = 2,
    .options = { CLI_SITE_OPTION,
                 { "--scopes", "LIST",
                   "read (default), write, media, publish, account, manage, all", NULL },
                 { "--days", "N", "how long it is good (default: until it is revoked)", NULL },
                 { "--revoke", "ID", "take this one away", NULL },
                 CLI_JSON_OPTION },
    .run = run_token,
};
