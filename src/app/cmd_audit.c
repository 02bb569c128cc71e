#include "app/cmd_user.h"

enum { COUNT_DEFAULT = 50, OUTPUT_MAX_BYTES = 8 << 20 };

static void put_entry(const struct cli *cli, struct json *j, const struct audit_entry *e) {
    char at[CLOCK_RFC3339_LEN + 1];
    cmd_user_time(e->at_us, at);
    if (!cli->json) {
        buf_printf(j->out, "%6lld  %s  %-16.*s %-20.*s %.*s", (long long)e->id, at, STR_FMT(e->who),
                   STR_FMT(e->way), STR_FMT(e->action));
        if (e->object_kind.len > 0) {
            buf_printf(j->out, " %.*s:%lld", STR_FMT(e->object_kind), (long long)e->object_id);
        }
        buf_printf(j->out, "%s%.*s\n", e->summary.len ? "  " : "", STR_FMT(e->summary));
        return;
    }
    json_open(j, '{');
    json_field_i64(j, STR("id"), e->id);
    json_field_str(j, STR("at"), str_of(at));
    json_field_i64(j, STR("user"), e->user_id);
    json_field_str(j, STR("who"), e->who);
    json_field_str(j, STR("way"), e->way);
    json_field_str(j, STR("address"), e->address);
    json_field_str(j, STR("action"), e->action);
    json_field_str(j, STR("kind"), e->object_kind);
    json_field_i64(j, STR("object"), e->object_id);
    json_field_str(j, STR("summary"), e->summary);
    json_close(j, '}');
}

struct wanted {
    struct audit_filter filter;
    const char *login;
    size_t n;
};

static enum status show(struct cli *cli, struct store *store, struct store_reader *r,
                        struct buf *out, void *arg) {
    (void)store;
    struct wanted *wanted = arg;
    struct audit_entries entries = { 0 };
    struct json j;
    enum status status = STATUS_OK;
    if (wanted->login != NULL) {
        struct user user;
        status = store_user(r, &cli->arena, str_of(wanted->login), &user, &cli->err);
        wanted->filter.user_id = status == STATUS_OK ? user.id : 0;
    }
    if (status == STATUS_OK) {
        status = store_audit_read(r, &cli->arena, &wanted->filter, wanted->n, &entries, &cli->err);
    }
    json_init(&j, out);
    if (cli->json) {
        json_open(&j, '[');
    }
    for (size_t i = 0; i < entries.len; i++) {
        put_entry(cli, &j, &entries.ptr[i]);
    }
    if (cli->json) {
        json_close(&j, ']');
        buf_put_char(out, '\n');
    }
    return status;
}

static bool read_number(const char *text, int64_t *ret) {
    return text == NULL || (str_to_i64(str_of(text), ret) && *ret > 0);
}

/* "story:42". */
static bool read_object(const char *text, struct audit_filter *filter) {
    struct str s = str_of(text);
    size_t colon = str_find_char(s, ':', 0);
    filter->object_kind = str_slice(s, 0, colon == STR_NPOS ? 0 : colon);
    return filter->object_kind.len > 0 && str_to_i64(str_from(s, colon + 1), &filter->object_id);
}

static int run(struct cli *cli) {
    struct wanted wanted = { .login = cli_value(cli, "--user") };
    const char *object = cli_value(cli, "--object");
    int64_t n = COUNT_DEFAULT;
    if (!read_number(cli_value(cli, "--before"), &wanted.filter.before_id)) {
        return cli_usage(cli, "--before takes the number of an entry");
    }
    if (!read_number(cli_value(cli, "--count"), &n) || n > LIMIT_AUDIT_PAGE) {
        return cli_usage(cli, "--count is a number from 1 to %d", LIMIT_AUDIT_PAGE);
    }
    if (object != NULL && (wanted.login != NULL || !read_object(object, &wanted.filter))) {
        return cli_usage(cli, "--object is like story:42, and goes without --user");
    }
    wanted.n = (size_t)n;
    return cli_read(cli, show, &wanted, OUTPUT_MAX_BYTES);
}

const struct cli_command cmd_audit = {
    .name = "audit",
    .arguments = "",
    .summary = "show who changed what, the newest first",
    .details = "Every change by somebody who is signed in, and by the commands. Entries older than "
               "the setting\naudit_days are removed. --before pages on: the number of the last "
               "entry seen.",
    .examples = "  broadsheet audit\n"
                "  broadsheet audit --user nightbell --count 10\n"
                "  broadsheet audit --object story:42 --json\n"
                "  broadsheet audit --before 1200",
    .max_args = 0,
    .options = { CLI_SITE_OPTION,
                 { "--user", "LOGIN", "what this user did", NULL },
                 { "--object", "KIND:ID", "what was done to this", NULL },
                 { "--before", "ID", "only what is older than this entry", NULL },
                 { "--count", "N", "how many (default 50)", NULL },
                 CLI_JSON_OPTION },
    .run = run,
};
