/* `broadsheet check`: is everything whole?
 *
 *   database   the file itself, foreign keys, and that lists, counts and addresses agree with the
 *              stories (store_check)
 *   bodies     every story's body is in the canonical subset (text/body.h)
 *   media      every file below media/ has a row and every row its file, of its size
 *   addresses  every address answers with what its kind says: 200, 410 or one redirect */
#include "app/commands.h"

#include "base/limits.h"
#include "site/reserved.h"
#include "site/site.h"
#include "text/body.h"
#include "text/json.h"

#include <dirent.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>

struct checker {
    struct cli *cli;
    struct store *store;
    struct store_reader *r;
    struct buf *out;
    struct json j;
    size_t faults;
    size_t stories, media, addresses;
};

static void fault(void *ctx, struct str what) {
    struct checker *c = ctx;
    c->faults++;
    if (c->cli->json) {
        json_str(&c->j, what);
    } else {
        buf_printf(c->out, "fault: %.*s\n", STR_FMT(what));
    }
}

static void faultf(struct checker *c, const char *fmt, ...) PRINTF(2, 3);
static void faultf(struct checker *c, const char *fmt, ...) {
    char text[ERR_MESSAGE_MAX + LIMIT_PATH_BYTES];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    fault(c, str_of(text));
}

static enum status check_bodies(struct checker *c) {
    int64_t id = 0;
    struct arena a = { 0 };
    enum status status;
    while ((status = store_story_next(c->r, id, &id, &c->cli->err)) == STATUS_OK) {
        struct story story;
        struct err why = { 0 };
        status = store_story(c->r, &a, id, STORY_FULL, &story, &c->cli->err);
        if (status != STATUS_OK) {
            break;
        }
        if (!body_valid(story.body, &why)) {
            faultf(c, "story %lld (%.*s): its body is damaged: %s", (long long)id,
                   STR_FMT(story.path), why.message);
        }
        c->stories++;
        arena_reset(&a);
    }
    arena_done(&a);
    return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

/* Rows first; then the files that no row named are orphans. */
static enum status check_media(struct checker *c) {
    struct map files = { 0 };
    struct arena a = { 0 };
    int64_t id = 0;
    enum status status;
    while ((status = store_media_next(c->r, id, &id, &c->cli->err)) == STATUS_OK) {
        struct media media;
        status = store_media(c->r, &a, id, &media, &c->cli->err);
        if (status != STATUS_OK) {
            break;
        }
        c->media++;
        if (media.file.len > 0) {
            char path[PATH_MAX];
            struct stat st;
            snprintf(path, sizeof path, "%s/media/%.*s", store_dir(c->store), STR_FMT(media.file));
            if (stat(path, &st) != 0) {
                faultf(c, "media %lld (%.*s): its file %s is missing", (long long)id,
                       STR_FMT(media.path), path);
            } else if (media.size_bytes != 0 && st.st_size != media.size_bytes) {
                faultf(c, "media %lld (%.*s): its file %s has %lld bytes instead of %lld",
                       (long long)id, STR_FMT(media.path), path, (long long)st.st_size,
                       (long long)media.size_bytes);
            }
            map_put(&files, media.file, c);
        }
        arena_reset(&a);
    }
    char root[PATH_MAX];
    snprintf(root, sizeof root, "%s/media", store_dir(c->store));
    DIR *dir = status == STATUS_NOT_FOUND ? opendir(root) : NULL;
    for (struct dirent *e; dir != NULL && (e = readdir(dir)) != NULL;) {
        char folder[PATH_MAX + 256];
        if (e->d_name[0] == '.') {
            continue;
        }
        snprintf(folder, sizeof folder, "%s/%s", root, e->d_name);
        DIR *sub = opendir(folder);
        for (struct dirent *f; sub != NULL && (f = readdir(sub)) != NULL;) {
            struct str name = arena_printf(&a, "%s/%s", e->d_name, f->d_name);
            if (f->d_name[0] != '.' && !map_has(&files, name)) {
                faultf(c, "the file media/%.*s belongs to nothing", STR_FMT(name));
            }
        }
        if (sub != NULL) {
            closedir(sub);
        }
    }
    if (dir != NULL) {
        closedir(dir);
    }
    map_done(&files);
    arena_done(&a);
    return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

/* What a reader gets at each address. */
static enum status check_addresses(struct checker *c) {
    struct site *site = NULL;
    void *thread = NULL;
    enum status status = site_open(c->store, NULL, &site, &c->cli->err);
    if (status != STATUS_OK) {
        return status;
    }
    struct render_source source = site_source(site);
    status = source.thread_open(source.ctx, &thread, &c->cli->err);
    struct arena a = { 0 };
    struct buf path;
    buf_init(&path, 2 * LIMIT_PATH_BYTES);
    while (status == STATUS_OK) {
        struct str next;
        struct address address;
        struct err why = { 0 };
        struct keys keys;
        status = store_address_next(c->r, &a, buf_str(&path), &next, &address, &c->cli->err);
        if (status != STATUS_OK) {
            break;
        }
        buf_reset(&path);
        buf_put(&path, next);
        keys_init(&keys);
        struct page_build page = { .arena = &a, .keys = &keys, .status = 200 };
        if (reserved_address(next)) {
            faultf(c, "%.*s is the program's own address: what else stands there cannot be read",
                   STR_FMT(next));
        } else if (source.page(thread, next, &page, &why) != STATUS_OK) {
            faultf(c, "%.*s cannot be shown: %s", STR_FMT(next), why.message);
        } else if (address.redirect && page.status != 301 && page.status != 302 &&
                   page.alias.len == 0) {
            faultf(c, "%.*s should lead elsewhere but answers %d", STR_FMT(next), page.status);
        }
        keys_done(&keys);
        c->addresses++;
        arena_reset(&a);
    }
    if (thread != NULL) {
        source.thread_close(thread);
    }
    buf_done(&path);
    arena_done(&a);
    site_close(site);
    return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

static void put_summary(struct checker *c) {
    if (c->cli->json) {
        json_close(&c->j, ']');
        json_field_i64(&c->j, STR("stories"), (int64_t)c->stories);
        json_field_i64(&c->j, STR("media"), (int64_t)c->media);
        json_field_i64(&c->j, STR("addresses"), (int64_t)c->addresses);
        json_close(&c->j, '}');
        buf_put_char(c->out, '\n');
    } else {
        buf_printf(c->out, "%zu stories and pages, %zu media, %zu addresses: %zu %s\n", c->stories,
                   c->media, c->addresses, c->faults, c->faults == 1 ? "fault" : "faults");
    }
}

static enum status check_all(struct cli *cli, struct store *store, struct store_reader *r,
                             struct buf *out, void *arg) {
    struct checker *c = arg;
    size_t database_faults = 0;
    *c = (struct checker){ .cli = cli, .store = store, .r = r, .out = out };
    if (cli->json) {
        json_init(&c->j, out);
        json_open(&c->j, '{');
        json_key(&c->j, STR("faults"));
        json_open(&c->j, '[');
    }
    enum status status = store_check(r, fault, c, &database_faults, &cli->err);
    status = status == STATUS_OK ? check_bodies(c) : status;
    status = status == STATUS_OK ? check_media(c) : status;
    status = status == STATUS_OK ? check_addresses(c) : status;
    if (status == STATUS_OK) {
        put_summary(c);
    }
    return status;
}

static int run(struct cli *cli) {
    struct checker c = { 0 };
    int exit_code = cli_read(cli, check_all, &c, 256u << 20);
    return exit_code == EXIT_DONE && c.faults > 0 ? EXIT_FAILED : exit_code;
}

const struct cli_command cmd_check = {
    .name = "check",
    .arguments = "",
    .summary = "verify the whole site: database, bodies, media, addresses",
    .details = "Changes nothing. Exits 1 when it finds a fault, and names each.",
    .examples = "  broadsheet check --site mysite\n"
                "  broadsheet check --json | jq .faults",
    .max_args = 0,
    .options = { CLI_SITE_OPTION, CLI_JSON_OPTION },
    .run = run,
};
