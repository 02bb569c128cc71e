#include "app/commands.h"
#include "app/find.h"
#include "base/limits.h"
#include "text/json.h"

/* The lists that pages show. Another name would be kept, and never seen. */
static bool is_shown(struct str name) {
    return str_eq(name, STR("dont-miss")) || str_eq(name, STR("lead")) ||
           str_eq(name, STR("secondaries")) ||
           (str_starts(name, STR("section-")) && name.len > sizeof "section-" - 1);
}

/* A band belongs to a section at the top. */
static enum status check_section(struct cli *cli, struct store_reader *r) {
    struct str name = str_of(cli->args[0]), slug = str_from(name, sizeof "section-" - 1);
    struct sections sections;
    if (!str_starts(name, STR("section-"))) {
        return STATUS_OK;
    }
    enum status status = store_sections(r, &cli->arena, &sections, &cli->err);
    bool is_there = false, is_top = false;
    for (size_t i = 0; status == STATUS_OK && i < sections.len; i++) {
        if (str_eq(sections.ptr[i].slug, slug)) {
            is_there = true;
            is_top |= sections.ptr[i].parent_id == 0;
        }
    }
    if (status != STATUS_OK || is_top) {
        return status;
    }
    return is_there
               ? err_set(&cli->err, STATUS_INVALID,
                         "'%.*s' stands below another section: the front page has bands for "
                         "the top ones",
                         STR_FMT(slug))
               : err_set(&cli->err, STATUS_NOT_FOUND, "there is no section '%.*s'", STR_FMT(slug));
}

static enum status set_slot(struct cli *cli, struct store_writer *w, void *arg) {
    (void)arg;
    int64_t *ids = arena_array(&cli->arena, (size_t)cli->n_args, sizeof *ids);
    size_t n = 0;
    struct store_reader *r = store_writer_reader(w);
    enum status status = check_section(cli, r);
    for (int i = 1; status == STATUS_OK && i < cli->n_args; i++) {
        struct story story;
        status = find_story(cli, r, cli->args[i], &story);
        if (status == STATUS_OK && story.kind != STORY_STORY) {
            return err_set(&cli->err, STATUS_INVALID, "'%s' is a page: lists hold stories",
                           cli->args[i]);
        }
        for (size_t k = 0; status == STATUS_OK && k < n; k++) {
            if (ids[k] == story.id) {
                return err_set(&cli->err, STATUS_INVALID, "'%s' is named twice", cli->args[i]);
            }
        }
        ids[n++] = story.id;
    }
    return status != STATUS_OK
               ? status
               : store_slot_put(w, str_of(cli->args[0]), (struct ids){ ids, n }, &cli->err);
}

static enum status show_slot(struct cli *cli, struct store *store, struct store_reader *r,
                             struct buf *out, void *arg) {
    (void)store, (void)arg;
    struct ids ids;
    struct json j;
    json_init(&j, out);
    enum status status = check_section(cli, r);
    if (status == STATUS_OK) {
        status = store_slot(r, &cli->arena, str_of(cli->args[0]), &ids, &cli->err);
    }
    if (status != STATUS_OK) {
        return status;
    }
    if (cli->json) {
        json_open(&j, '[');
    }
    for (size_t i = 0; status == STATUS_OK && i < ids.len; i++) {
        struct story story;
        status = store_story(r, &cli->arena, ids.ptr[i], STORY_CARD, &story, &cli->err);
        if (status != STATUS_OK) {
            break;
        }
        bool is_public = story.state == STORY_PUBLISHED && story.visibility == STORY_PUBLIC;
        if (cli->json) {
            json_open(&j, '{');
            json_field_str(&j, STR("path"), story.path);
            json_field_str(&j, STR("headline"), story.headline);
            json_field_bool(&j, STR("public"), is_public);
            json_close(&j, '}');
        } else {
            buf_printf(out, "%.*s  %.*s%s\n", STR_FMT(story.path), STR_FMT(story.headline),
                       is_public ? "" : "  (not public: left out)");
        }
    }
    if (cli->json) {
        json_close(&j, ']');
        buf_put_char(out, '\n');
    }
    return status;
}

static int run(struct cli *cli) {
    if (cli->n_args - 1 > LIMIT_SLOT_STORIES) {
        return cli_usage(cli, "a slot holds at most %d stories", LIMIT_SLOT_STORIES);
    }
    if (cli_flag(cli, "--clear") && cli->n_args > 1) {
        return cli_usage(cli, "--clear empties the list: name no stories");
    }
    bool sets = cli->n_args > 1 || cli_flag(cli, "--clear");
    bool is_counted = str_eq(str_of(cli->args[0]), STORE_SLOT_MOST_READ);
    if (is_counted && sets) {
        return cli_usage(cli, "most-read is what readers make it: pick stories for dont-miss or "
                              "lead; 'broadsheet set views off' shows it nowhere");
    }
    if (!is_counted && !is_shown(str_of(cli->args[0]))) {
        return cli_usage(cli, "no page shows a list '%s'", cli->args[0]);
    }
    if (sets && cli_write(cli, set_slot, NULL) != STATUS_OK) {
        return cli_fail(cli);
    }
    return cli_read(cli, show_slot, NULL, 1u << 20);
}

const struct cli_command cmd_slot = {
    .name = "slot",
    .arguments = "NAME [PATH…]",
    .summary = "show a curated list, or set it to the stories at these addresses",
    .details = "The lists:\n"
               "  dont-miss                at the end of every story\n"
               "  lead, secondaries        the front page's first story, and those below it\n"
               "  section-SLUG             a top section's block on the front page\n"
               "  most-read                counted by the server; can only be looked at\n\n"
               "What is not public is left out there; empty places fill up with the newest "
               "stories, those of\ndont-miss with the most read first.",
    .examples = "  broadsheet slot dont-miss\n"
                "  broadsheet slot dont-miss /2022/03/14/the-ferry/ /2022/03/15/the-gulls/\n"
                "  broadsheet slot dont-miss --clear",
    .min_args = 1,
    .max_args = -1,
    .options = { CLI_SITE_OPTION, { "--clear", NULL, "empty the list", NULL }, CLI_JSON_OPTION },
    .run = run,
};
