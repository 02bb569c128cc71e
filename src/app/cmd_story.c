#include "app/commands.h"
#include "app/find.h"
#include "base/clock.h"
#include "site/settings.h"
#include "text/date.h"
#include "text/json.h"

/* By its number, or by an address. */
static enum status find(struct cli *cli, struct store_reader *r, struct story *ret) {
    const char *text = cli->args[0];
    int64_t id;
    return str_to_i64(str_of(text), &id)
               ? store_story(r, &cli->arena, id, STORY_CARD, ret, &cli->err)
               : find_story(cli, r, text, ret);
}

/* Why no reader can have seen it; NULL: it is public, or was. */
static const char *hidden_as(const struct story *story) {
    if (story->visibility == STORY_PRIVATE) {
        return "is private";
    }
    switch (story->state) {
    case STORY_DRAFT:
    case STORY_REVIEW: return "is a draft";
    case STORY_SCHEDULED: return "is only scheduled";
    case STORY_TRASHED: return "is in the bin";
    case STORY_PUBLISHED:
    case STORY_WITHDRAWN: break;
    }
    return NULL;
}

static enum status withdraw(struct cli *cli, struct store_writer *w, void *arg) {
    struct story *story = arg;
    enum status status = find(cli, store_writer_reader(w), story);
    const char *hidden = status == STATUS_OK ? hidden_as(story) : NULL;
    if (hidden != NULL) {
        return err_set(&cli->err, STATUS_INVALID,
                       "'%s' %s: there is nothing to take back, and its address would say 410 Gone",
                       cli->args[0], hidden);
    }
    return status == STATUS_OK ? store_story_withdraw(w, story->id, clock_now_us(), &cli->err)
                               : status;
}

/* The day of `us` in the site's zone. */
static enum status day_of(struct cli *cli, struct store_reader *r, int64_t us, int *ret_day) {
    struct site_settings settings;
    struct dates *dates = NULL;
    enum status status = settings_load(r, &cli->arena, &settings, &cli->err);
    if (status == STATUS_OK) {
        status = dates_new(arena_str(&cli->arena, settings.language).ptr,
                           arena_str(&cli->arena, settings.timezone).ptr, &dates, &cli->err);
    }
    if (status == STATUS_OK) {
        struct civil day = dates_civil(dates, us);
        *ret_day = day.year * 10000 + day.month * 100 + day.day;
    }
    dates_free(dates);
    return status;
}

static enum status publish(struct cli *cli, struct store_writer *w, void *arg) {
    struct story *story = arg;
    int64_t now_us = clock_now_us();
    int day;
    enum status status = find(cli, store_writer_reader(w), story);
    if (status == STATUS_OK && story->path.len == 0) {
        return err_set(&cli->err, STATUS_INVALID, "'%s' has no address to be published at",
                       cli->args[0]);
    }
    if (status == STATUS_OK && story->visibility == STORY_PRIVATE) {
        return err_set(&cli->err, STATUS_INVALID,
                       "'%s' is private: publishing it would not show it to readers", cli->args[0]);
    }
    if (status == STATUS_OK) {
        status = day_of(cli, store_writer_reader(w), now_us, &day);
    }
    return status == STATUS_OK ? store_story_publish(w, story->id, now_us, day, now_us, &cli->err)
                               : status;
}

static int run(struct cli *cli, cli_write_fn *body, const char *state, const char *said) {
    struct story story = { 0 };
    if (cli_write(cli, body, &story) != STATUS_OK) {
        return cli_fail(cli);
    }
    struct buf out;
    buf_init(&out, 64u << 10);
    if (cli->json) {
        struct json j;
        cli_json_open(&j, &out);
        json_field_i64(&j, STR("id"), story.id);
        json_field_str(&j, STR("path"), story.path);
        json_field_str(&j, STR("headline"), story.headline);
        json_field_str(&j, STR("state"), str_of(state));
        cli_json_close(&j);
    } else {
        buf_printf(&out, "%.*s %s\n", STR_FMT(story.path), said);
    }
    return cli_print(cli, &out);
}

static int run_withdraw(struct cli *cli) {
    return run(cli, withdraw, "withdrawn", "is withdrawn: its address says 410 Gone.");
}

static int run_publish(struct cli *cli) {
    return run(cli, publish, "published", "is published.");
}

const struct cli_command cmd_story_withdraw = {
    .name = "story withdraw",
    .arguments = "ADDRESS|ID",
    .summary = "take a published story or page back",
    .details =
        "It leaves all lists, feeds and the sitemap, and its addresses say 410 Gone. Nothing "
        "of it is\nlost: 'broadsheet story publish' brings it back at its old date. What no reader "
        "has "
        "seen (a\ndraft, a scheduled or a private story) cannot be withdrawn.",
    .examples = "  broadsheet story withdraw /2022/03/14/the-ferry/\n"
                "  broadsheet story withdraw https://example.org/?p=238",
    .min_args = 1,
    .max_args = 1,
    .options = { CLI_SITE_OPTION, CLI_JSON_OPTION },
    .run = run_withdraw,
};

const struct cli_command cmd_story_publish = {
    .name = "story publish",
    .arguments = "ADDRESS|ID",
    .summary = "publish a draft, or a story that was withdrawn, now",
    .details =
        "A story that was published before keeps the date of its first publication; one that "
        "was\nscheduled for later goes out now. A private story stays private: it is refused.",
    .examples = "  broadsheet story publish /2022/03/14/the-ferry/\n"
                "  broadsheet story publish 238",
    .min_args = 1,
    .max_args = 1,
    .options = { CLI_SITE_OPTION, CLI_JSON_OPTION },
    .run = run_publish,
};
