#include "app/commands.h"
#include "base/clock.h"
#include "text/json.h"

enum { TOP_DEFAULT = 20, TOP_MAX = 1000, OUTPUT_MAX_BYTES = 8 << 20 };

static enum status show_views(struct cli *cli, struct store *store, struct store_reader *r,
                              struct buf *out, void *arg) {
    (void)store;
    struct view_counts top = { NULL, 0 };
    struct json j;
    enum status status = store_views_top(r, &cli->arena, clock_now_us() / US_PER_HOUR,
                                         *(const size_t *)arg, &top, &cli->err);
    json_init(&j, out);
    if (cli->json) {
        json_open(&j, '[');
    }
    for (size_t i = 0; status == STATUS_OK && i < top.len; i++) {
        struct story story;
        status = store_story(r, &cli->arena, top.ptr[i].story_id, STORY_CARD, &story, &cli->err);
        if (status != STATUS_OK) {
            break;
        }
        if (cli->json) {
            json_open(&j, '{');
            json_field_str(&j, STR("path"), story.path);
            json_field_str(&j, STR("headline"), story.headline);
            json_field_i64(&j, STR("views"), top.ptr[i].count);
            json_close(&j, '}');
        } else {
            buf_printf(out, "%8lld  %.*s  %.*s\n", (long long)top.ptr[i].count, STR_FMT(story.path),
                       STR_FMT(story.headline));
        }
    }
    if (cli->json) {
        json_close(&j, ']');
        buf_put_char(out, '\n');
    }
    return status;
}

static int run(struct cli *cli) {
    const char *text = cli_value(cli, "--top");
    int64_t n = TOP_DEFAULT;
    if (text != NULL && (!str_to_i64(str_of(text), &n) || n < 1 || n > TOP_MAX)) {
        return cli_usage(cli, "--top is a number of stories from 1 to %d", TOP_MAX);
    }
    size_t top = (size_t)n;
    return cli_read(cli, show_views, &top, OUTPUT_MAX_BYTES);
}

const struct cli_command cmd_views = {
    .name = "views",
    .arguments = "",
    .summary = "show the most read stories of the last 24 hours, with their views",
    .details =
        "The server counts views itself and keeps nothing of who looked; crawlers are left out. It "
        "writes\nthem down every ten seconds (serve --count-every). The setting views says how it "
        "counts:\n"
        "  server   the answers that it gives itself\n"
        "  beacon   a picture of one pixel on each story page, for a site behind a cache\n"
        "  off      not at all",
    .examples = "  broadsheet views\n"
                "  broadsheet views --top 5 --json\n"
                "  broadsheet set views beacon",
    .max_args = 0,
    .options = { CLI_SITE_OPTION,
                 { "--top", "N", "how many stories (default 20)", NULL },
                 CLI_JSON_OPTION },
    .run = run,
};
