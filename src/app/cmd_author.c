#include "app/commands.h"
#include "base/clock.h"
#include "newsroom/authors.h"
#include "newsroom/library.h"
#include "text/json.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static bool is_change(const struct cli *cli) {
    static const char *const names[] = { "--name",    "--biography", "--picture",
                                         "--website", "--profiles",  "--fediverse" };
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (cli_value(cli, names[i]) != NULL) {
            return true;
        }
    }
    return false;
}

/* ---- changing ---- */

static struct str value_of(const struct cli *cli, const char *name) {
    const char *value = cli_value(cli, name);
    return value != NULL ? str_of(value) : (struct str){ NULL, 0 };
}

/* Only pictures. */
static enum status look_at_picture(const char *path, int fd, struct err *err) {
    char head[FILE_TYPE_HEAD_BYTES];
    ssize_t n = pread(fd, head, sizeof head, 0);
    if (n < 0) {
        return err_set(err, STATUS_IO, "cannot read %s: %s", path, strerror(errno));
    }
    const struct file_type *type = file_type_of(str_make(head, (size_t)n), str_of(path));
    return type->class == FILE_PICTURE
               ? STATUS_OK
               : err_set(err, STATUS_INVALID, "%s is no PNG, JPEG, GIF, WebP, AVIF or HEIC picture",
                         path);
}

/* The file goes into the media library, in a transaction of its own: should what follows fail, it
 * stays there. */
static enum status take_picture(struct cli *cli, const char *path, int64_t *ret_media_id) {
    struct library library = { 0 };
    struct library_taken taken;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        return err_set(&cli->err, errno == ENOENT ? STATUS_NOT_FOUND : STATUS_IO,
                       "cannot open %s: %s", path, strerror(errno));
    }
    enum status status = look_at_picture(path, fd, &cli->err);
    if (status == STATUS_OK) {
        status = cli_open_store(cli, &library.store);
    }
    if (status == STATUS_OK) {
        library.decoder = decoder_new(NULL);
        status = library_take_file(&library, &cli->arena, fd, str_of(path), NULL, clock_now_us(),
                                   &taken, &cli->err);
        decoder_free(library.decoder);
        store_close(library.store);
    }
    close(fd);
    if (status == STATUS_OK) {
        *ret_media_id = taken.id;
    }
    return status;
}

/* arg: the picture's id, 0 for none. */
static enum status change_author(struct cli *cli, struct store_writer *w, void *arg) {
    const int64_t *picture_id = arg;
    struct author author;
    struct media picture;
    struct author_change change = {
        .name = value_of(cli, "--name"),
        .biography = value_of(cli, "--biography"),
        .website = value_of(cli, "--website"),
        .profiles = value_of(cli, "--profiles"),
        .fediverse = value_of(cli, "--fediverse"),
    };
    change.has_media = cli_value(cli, "--picture") != NULL;
    change.media_id = *picture_id;
    enum status status =
        authors_find(store_writer_reader(w), &cli->arena, str_of(cli->args[0]), &author, &cli->err);
    if (status == STATUS_OK && *picture_id != 0) {
        status = store_media(store_writer_reader(w), &cli->arena, *picture_id, &picture, &cli->err);
        if (status == STATUS_OK && picture.alt.len == 0) {
            picture.alt = change.name.len > 0 ? change.name : author.name;
            status = store_media_put(w, &picture, &picture.id, &cli->err);
        }
    }
    return status == STATUS_OK ? authors_change(w, author.id, &change, &cli->err) : status;
}

/* ---- showing ---- */

struct shown {
    struct author author;
    struct settings metas;
    struct media picture; /* id 0: none */
};

static enum status read_author(struct cli *cli, struct store_reader *r, struct str slug,
                               struct shown *ret) {
    *ret = (struct shown){ 0 };
    enum status status = authors_find(r, &cli->arena, slug, &ret->author, &cli->err);
    if (status == STATUS_OK) {
        status = store_metas(r, &cli->arena, META_AUTHOR, ret->author.id, &ret->metas, &cli->err);
    }
    if (status == STATUS_OK && ret->author.media_id != 0) {
        status = store_media(r, &cli->arena, ret->author.media_id, &ret->picture, &cli->err);
    }
    return status;
}

/* The values of a key, with blanks between. */
static struct str meta_of(struct cli *cli, struct settings metas, const char *key) {
    struct str all = STR("");
    for (size_t i = 0; i < metas.len; i++) {
        if (str_eq(metas.ptr[i].key, str_of(key))) {
            all = arena_printf(&cli->arena, "%.*s%s%.*s", STR_FMT(all), all.len ? " " : "",
                               STR_FMT(metas.ptr[i].value));
        }
    }
    return all;
}

static void put_fields(struct cli *cli, struct buf *out, const struct shown *s) {
    struct str website = meta_of(cli, s->metas, AUTHOR_WEBSITE);
    const struct {
        const char *name;
        struct str value;
    } fields[] = {
        { "slug", s->author.slug },
        { "name", s->author.name },
        { "path", s->author.path },
        { "biography", s->author.biography },
        { "picture", s->picture.path },
        { "website", website.len > 0 ? website : meta_of(cli, s->metas, AUTHOR_CAP_WEBSITE) },
        { "profiles", meta_of(cli, s->metas, AUTHOR_PROFILE) },
        { "fediverse", meta_of(cli, s->metas, AUTHOR_FEDIVERSE) },
    };
    struct json j;
    json_init(&j, out);
    if (cli->json) {
        json_open(&j, '{');
    }
    for (size_t i = 0; i < COUNT_OF(fields); i++) {
        if (cli->json) {
            json_field_str(&j, str_of(fields[i].name), fields[i].value);
        } else if (fields[i].value.len > 0) {
            buf_printf(out, "%-10s %.*s\n", fields[i].name, STR_FMT(fields[i].value));
        }
    }
    if (cli->json) {
        cli_json_close(&j);
    }
}

static enum status show_author(struct cli *cli, struct store *store, struct store_reader *r,
                               struct buf *out, void *arg) {
    (void)store, (void)arg;
    struct shown shown;
    enum status status = read_author(cli, r, str_of(cli->args[0]), &shown);
    if (status == STATUS_OK) {
        put_fields(cli, out, &shown);
    }
    return status;
}

static enum status list_authors(struct cli *cli, struct store *store, struct store_reader *r,
                                struct buf *out, void *arg) {
    (void)store, (void)arg;
    struct json j;
    int64_t id = 0;
    enum status status = store_author_next(r, id, &id, &cli->err);
    json_init(&j, out);
    if (cli->json) {
        json_open(&j, '[');
    }
    while (status == STATUS_OK) {
        struct author author;
        status = store_author(r, &cli->arena, id, &author, &cli->err);
        if (status == STATUS_OK && cli->json) {
            json_open(&j, '{');
            json_field_str(&j, STR("slug"), author.slug);
            json_field_str(&j, STR("name"), author.name);
            json_field_str(&j, STR("path"), author.path);
            json_close(&j, '}');
        } else if (status == STATUS_OK) {
            buf_printf(out, "%-24.*s %.*s\n", STR_FMT(author.slug), STR_FMT(author.name));
        }
        if (status == STATUS_OK) {
            status = store_author_next(r, id, &id, &cli->err);
        }
    }
    if (cli->json) {
        json_close(&j, ']');
        buf_put_char(out, '\n');
    }
    return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

static int run(struct cli *cli) {
    if (cli->n_args == 0) {
        return is_change(cli) ? cli_usage(cli, "name the author to change")
                              : cli_read(cli, list_authors, NULL, 64u << 20);
    }
    const char *picture = cli_value(cli, "--picture");
    int64_t picture_id = 0;
    if (picture != NULL && picture[0] != '\0' &&
        take_picture(cli, picture, &picture_id) != STATUS_OK) {
        return cli_fail(cli);
    }
    if (is_change(cli) && cli_write(cli, change_author, &picture_id) != STATUS_OK) {
        return cli_fail(cli);
    }
    return cli_read(cli, show_author, NULL, 1u << 20);
}

const struct cli_command cmd_author = {
    .name = "author",
    .arguments = "[SLUG]",
    .summary = "list the authors that readers see, show one, or change what is said of one",
    .details = "SLUG is the last part of the address of the author's page. An empty value takes "
               "away what\nthere was.",
    .examples = "  broadsheet author\n"
                "  broadsheet author tideclerk\n"
                "  broadsheet author tideclerk --biography 'Counts the tides; both of them.' \\\n"
                "      --picture portrait.jpg --website https://example.org/tides\n"
                "  broadsheet author tideclerk --fediverse @tides@example.social --picture ''",
    .max_args = 1,
    .options = { CLI_SITE_OPTION,
                 { "--name", "TEXT", "the name in bylines", NULL },
                 { "--biography", "TEXT", "blank lines part its paragraphs", NULL },
                 { "--picture", "FILE", "a picture, taken into the media library", NULL },
                 { "--website", "URL", "linked on the author's page", NULL },
                 { "--profiles", "URLS", "pages elsewhere, with blanks between", NULL },
                 { "--fediverse", "@NAME@HOST", "whom Mastodon names under the stories", NULL },
                 CLI_JSON_OPTION },
    .run = run,
};
