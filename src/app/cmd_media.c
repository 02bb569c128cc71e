/* `broadsheet media …`: the media library from the command line. */
#include "app/commands.h"
#include "base/clock.h"
#include "base/limits.h"
#include "newsroom/library.h"
#include "newsroom/library_care.h"
#include "newsroom/library_probe.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

/* ---- add ---- */

static struct str text_option(const struct cli *cli, const char *name) {
    const char *value = cli_value(cli, name);
    return str_trim(str_of(value));
}

/* "250,700" */
static bool parse_focal(const char *text, struct media *m) {
    struct str s = str_of(text);
    size_t comma = str_find_char(s, ',', 0);
    int64_t x, y;
    if (comma == STR_NPOS || !str_to_i64(str_slice(s, 0, comma), &x) ||
        !str_to_i64(str_from(s, comma + 1), &y) || x < 0 || x > 1000 || y < 0 || y > 1000) {
        return false;
    }
    m->focal_x = (int)x;
    m->focal_y = (int)y;
    return true;
}

static bool parse_given(const struct cli *cli, struct media *m) {
    *m = (struct media){
        .title = text_option(cli, "--title"),
        .alt = text_option(cli, "--alt"),
        .caption = text_option(cli, "--caption"),
        .credit = text_option(cli, "--credit"),
        .licence = text_option(cli, "--licence"),
        .source = text_option(cli, "--source"),
        .place = text_option(cli, "--place"),
        .people = text_option(cli, "--people"),
        .decorative = cli_flag(cli, "--decorative"),
        .unsyndicated = cli_flag(cli, "--unsyndicated"),
    };
    const char *focal = cli_value(cli, "--focal");
    return focal == NULL || parse_focal(focal, m);
}

static void put_media(struct json *j, const struct media *m) {
    json_field_i64(j, STR("id"), m->id);
    json_field_str(j, STR("path"), m->path);
    json_field_str(j, STR("file"), m->file);
    json_field_str(j, STR("hash"), m->hash);
    json_field_str(j, STR("type"), m->mime);
    json_field_i64(j, STR("bytes"), m->size_bytes);
    json_field_i64(j, STR("width"), m->width);
    json_field_i64(j, STR("height"), m->height);
    json_field_bool(j, STR("probed"), m->probed);
    json_field_str(j, STR("title"), m->title);
    json_field_str(j, STR("alt"), m->alt);
    json_field_str(j, STR("caption"), m->caption);
    json_field_str(j, STR("credit"), m->credit);
    json_field_str(j, STR("byline"), m->byline);
    json_field_str(j, STR("licence"), m->licence);
    json_field_str(j, STR("source"), m->source);
    json_field_str(j, STR("usage"), m->usage);
    json_field_str(j, STR("taken"), m->taken);
    json_field_str(j, STR("place"), m->place);
    json_field_str(j, STR("people"), m->people);
    json_field_i64(j, STR("focal_x"), m->focal_x);
    json_field_i64(j, STR("focal_y"), m->focal_y);
    json_field_bool(j, STR("decorative"), m->decorative);
    json_field_bool(j, STR("may_be_syndicated"), !m->unsyndicated);
}

/* One line on standard output each, at once: what it says is on the disk. */
static void tell_taken(const struct cli *cli, const char *path, const struct library_taken *taken) {
    const struct media *m = &taken->media;
    if (!cli->json) {
        printf("%lld\t%.*s\t%s%s\n", (long long)taken->id, STR_FMT(m->path), path,
               taken->was_there ? "\t(was there)" : "");
    } else {
        struct buf line;
        struct json j;
        buf_init(&line, 1u << 20);
        json_init(&j, &line);
        json_open(&j, '{');
        json_field_str(&j, STR("from"), str_of(path));
        json_field_bool(&j, STR("was_there"), taken->was_there);
        put_media(&j, m);
        json_close(&j, '}');
        printf("%.*s\n", STR_FMT(buf_str(&line)));
        buf_done(&line);
    }
    fflush(stdout);
    if (taken->unprobed.status != STATUS_OK) {
        fprintf(stderr, "broadsheet: %s is kept, but was not looked into: %s\n", path,
                taken->unprobed.message);
    }
}

static void tell_refused(const struct cli *cli, const char *path, const struct err *why) {
    if (cli->json) {
        struct buf line;
        struct json j;
        buf_init(&line, 64u << 10);
        json_init(&j, &line);
        json_open(&j, '{');
        json_field_str(&j, STR("from"), str_of(path));
        json_field_str(&j, STR("error"), str_of(why->message));
        json_field_str(&j, STR("status"), str_of(status_text(why->status)));
        json_close(&j, '}');
        printf("%.*s\n", STR_FMT(buf_str(&line)));
        fflush(stdout);
        buf_done(&line);
    }
    fprintf(stderr, "broadsheet: %s: %s\n", path, why->message);
}

static enum status add_file(const struct library *l, struct arena *a, const char *path,
                            const struct media *given, struct library_taken *ret, struct err *err) {
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        return err_set(err, errno == ENOENT ? STATUS_NOT_FOUND : STATUS_IO, "cannot open it: %s",
                       strerror(errno));
    }
    enum status status = library_take_file(l, a, fd, str_of(path), given, clock_now_us(), ret, err);
    close(fd);
    return status;
}

static int run_add(struct cli *cli) {
    struct media given;
    if (!parse_given(cli, &given)) {
        return cli_usage(cli, "--focal is two numbers from 0 to 1000, across and down: 500,300");
    }
    struct library library = { .by_content = cli_flag(cli, "--by-content") };
    if (cli_open_store(cli, &library.store) != STATUS_OK) {
        return cli_fail(cli);
    }
    media_files_sweep(store_dir(library.store));
    library.decoder = decoder_new(NULL);
    int refused = 0;
    for (int i = 0; i < cli->n_args; i++) {
        struct library_taken taken = { 0 };
        struct err why = { 0 };
        if (add_file(&library, &cli->arena, cli->args[i], &given, &taken, &why) == STATUS_OK) {
            tell_taken(cli, cli->args[i], &taken);
        } else {
            tell_refused(cli, cli->args[i], &why);
            refused++;
        }
        arena_reset(&cli->arena);
    }
    decoder_free(library.decoder);
    store_close(library.store);
    return refused > 0 || ferror(stdout) ? EXIT_FAILED : EXIT_DONE;
}

const struct cli_command cmd_media_add = {
    .name = "media add",
    .arguments = "FILE…",
    .summary = "take pictures and other files into the media library",
    .details =
        "Each file that is acknowledged, by a line with its number, address and name, is whole "
        "and\n"
        "on the disk. Pictures are looked into by a confined process; their credit, caption and\n"
        "date are taken from what is written in them, unless given here. A file that is not what\n"
        "its name says is refused. A file that is there already is not stored again.\n"
        "Exit code 1: at least one was refused; the others are taken in.",
    .examples = "  broadsheet media add ferry.jpg --alt 'A ferry leaving' --credit 'Tide Desk'\n"
                "  broadsheet media add *.jpg --licence CC-BY-4.0\n"
                "  broadsheet media add portrait.jpg --focal 500,250 --json | jq -r .path",
    .min_args = 1,
    .max_args = -1,
    .options = { CLI_SITE_OPTION,
                 { "--title", "TEXT", "for editors", NULL },
                 { "--alt", "TEXT", "what it shows, for those who do not see it", NULL },
                 { "--caption", "TEXT", "under it", NULL },
                 { "--credit", "TEXT", "as it has to stand beside it", NULL },
                 { "--licence", "TEXT", "its terms, or their address", NULL },
                 { "--source", "TEXT", "where it comes from", NULL },
                 { "--place", "TEXT", "where it was made", NULL },
                 { "--people", "TEXT", "who is to be seen: 'A; B'", NULL },
                 { "--focal", "X,Y", "what crops must keep, in thousandths: 500,500 is the middle",
                   NULL },
                 { "--decorative", NULL, "it says nothing: its alt text stays empty", NULL },
                 { "--unsyndicated", NULL, "it must not leave in feeds", NULL },
                 { "--by-content", NULL, "take files in whose names are wrong", NULL },
                 CLI_JSON_OPTION },
    .run = run_add,
};

/* ---- list ---- */

static enum status list_media(struct cli *cli, struct store *store, struct store_reader *r,
                              struct buf *out, void *arg) {
    (void)store, (void)arg;
    struct arena row = { 0 };
    struct json j;
    int64_t id = 0;
    enum status status;
    json_init(&j, out);
    if (cli->json) {
        json_open(&j, '[');
    }
    while ((status = store_media_next(r, id, &id, &cli->err)) == STATUS_OK) {
        struct media m;
        status = store_media(r, &row, id, &m, &cli->err);
        if (status != STATUS_OK) {
            break;
        }
        if (cli->json) {
            json_open(&j, '{');
            put_media(&j, &m);
            json_close(&j, '}');
        } else {
            struct str address = m.path.len > 0 ? m.path : m.remote_url;
            buf_printf(out, "%lld\t%.*s\t%d×%d\t%lld\t%.*s\t%.*s\n", (long long)m.id,
                       STR_FMT(m.mime), m.width, m.height, (long long)m.size_bytes,
                       STR_FMT(address), STR_FMT(m.title));
        }
        arena_reset(&row);
    }
    if (cli->json) {
        json_close(&j, ']');
        buf_put_char(out, '\n');
    }
    arena_done(&row);
    return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

static int run_list(struct cli *cli) {
    return cli_read(cli, list_media, NULL, 1u << 30);
}

const struct cli_command cmd_media_list = {
    .name = "media list",
    .arguments = "",
    .summary = "list the media library",
    .details = "One line each: number, type, size in pixels and bytes, address, title; with --json "
               "all\nthat is known.",
    .examples = "  broadsheet media list | grep image/jpeg\n"
                "  broadsheet media list --json | jq -r '.[] | select(.alt == \"\") | .path'",
    .options = { CLI_SITE_OPTION, CLI_JSON_OPTION },
    .run = run_list,
};

/* ---- check ---- */

struct checking {
    struct cli *cli;
    struct buf out;
    struct json j;
    size_t faults;
    int64_t begin_us;
    bool progress;
};

static void on_fault(void *ctx, const struct library_fault *f) {
    static const char *const kinds[] = { [LIBRARY_MISSING] = "missing",
                                         [LIBRARY_DAMAGED] = "damaged",
                                         [LIBRARY_UNREADABLE] = "unreadable" };
    struct checking *c = ctx;
    c->faults++;
    if (c->cli->json) {
        json_open(&c->j, '{');
        json_field_str(&c->j, STR("fault"), str_of(kinds[f->kind]));
        json_field_str(&c->j, STR("file"), f->file);
        json_field_str(&c->j, STR("why"), f->why);
        json_key(&c->j, STR("media"));
        json_open(&c->j, '[');
        for (size_t i = 0; i < f->media.len; i++) {
            json_i64(&c->j, f->media.ptr[i]);
        }
        json_close(&c->j, ']');
        json_close(&c->j, '}');
        return;
    }
    buf_printf(&c->out, "%s: media/%.*s: %.*s (media", kinds[f->kind], STR_FMT(f->file),
               STR_FMT(f->why));
    for (size_t i = 0; i < f->media.len; i++) {
        buf_printf(&c->out, " %lld", (long long)f->media.ptr[i]);
    }
    buf_put(&c->out, STR(")\n"));
}

static void on_progress(void *ctx, const struct library_progress *p) {
    struct checking *c = ctx;
    double seconds = (double)(clock_mono_us() - c->begin_us) / 1e6;
    double rate = seconds > 0 ? (double)p->bytes / seconds : 0;
    double left = rate > 0 ? (double)(p->bytes_total - p->bytes) / rate : 0;
    if (c->progress) {
        cli_progress("MB", p->bytes / MIB, p->bytes_total / MIB, rate / MIB, left > 0 ? left : 0);
    }
}

static int run_check(struct cli *cli) {
    struct store *store;
    struct library_progress done;
    struct checking c = { .cli = cli,
                          .begin_us = clock_mono_us(),
                          .progress = cli_flag(cli, "--progress") || isatty(STDERR_FILENO) };
    const struct library_listener listener = { on_fault, on_progress, &c };
    if (cli_open_store(cli, &store) != STATUS_OK) {
        return cli_fail(cli);
    }
    buf_init(&c.out, 256u << 20);
    if (cli->json) {
        cli_json_open(&c.j, &c.out);
        json_key(&c.j, STR("faults"));
        json_open(&c.j, '[');
    }
    enum status status = library_check(store, &listener, &done, &cli->err);
    store_close(store);
    if (c.progress) {
        fputc('\n', stderr);
    }
    if (status != STATUS_OK) {
        buf_done(&c.out);
        return cli_fail(cli);
    }
    if (cli->json) {
        json_close(&c.j, ']');
        json_field_i64(&c.j, STR("files"), done.files);
        json_field_i64(&c.j, STR("bytes"), done.bytes);
        cli_json_close(&c.j);
    } else {
        buf_printf(&c.out, "%lld files, %lld MB: %zu %s\n", (long long)done.files,
                   (long long)(done.bytes / MIB), c.faults, c.faults == 1 ? "fault" : "faults");
    }
    int exit_code = cli_print(cli, &c.out);
    return c.faults > 0 ? EXIT_FAILED : exit_code;
}

const struct cli_command cmd_media_check = {
    .name = "media check",
    .arguments = "",
    .summary = "read and hash every file of the media library again",
    .details = "Names what is damaged or missing, with the media that it belongs to. Exit code 1: "
               "something is.",
    .examples = "  broadsheet media check\n"
                "  broadsheet media check --json | jq -r '.faults[].file'",
    .options = { CLI_SITE_OPTION,
                 { "--progress", NULL, "show progress although stderr is no terminal", NULL },
                 CLI_JSON_OPTION },
    .run = run_check,
};

/* ---- probe ---- */

static void tell_fault(void *ctx, int64_t media_id, const char *why) {
    (void)ctx;
    fprintf(stderr, "broadsheet: media %lld: %s\n", (long long)media_id, why);
}

static int run_probe(struct cli *cli) {
    struct library_prober prober = { .fault = tell_fault };
    struct library_probed done = { 0 };
    struct buf out;
    if (cli_open_store(cli, &prober.store) != STATUS_OK) {
        return cli_fail(cli);
    }
    prober.decoder = decoder_new(NULL);
    enum status status = library_probe(&prober, &done, &cli->err);
    decoder_free(prober.decoder);
    store_close(prober.store);
    if (status != STATUS_OK) {
        return cli_fail(cli);
    }
    buf_init(&out, 4096);
    if (cli->json) {
        struct json j;
        cli_json_open(&j, &out);
        json_field_i64(&j, STR("looked_into"), done.looked_into);
        json_field_i64(&j, STR("damaged"), done.damaged);
        json_field_i64(&j, STR("missing"), done.missing);
        cli_json_close(&j);
    } else {
        buf_printf(&out, "%lld pictures looked into, %lld damaged, %lld missing\n",
                   (long long)done.looked_into, (long long)done.damaged, (long long)done.missing);
    }
    int exit_code = cli_print(cli, &out);
    return done.damaged + done.missing > 0 ? EXIT_FAILED : exit_code;
}

const struct cli_command cmd_media_probe = {
    .name = "media probe",
    .arguments = "",
    .summary = "look into pictures that came when nobody could",
    .details = "Those of earlier versions, and those that were taken in where no picture may be "
               "decoded:\nthey have no smaller sizes and formats until then. 'broadsheet serve' "
               "does the same when it\nstarts. Exit code 1: some are damaged or missing.",
    .examples = "  broadsheet media probe",
    .options = { CLI_SITE_OPTION, CLI_JSON_OPTION },
    .run = run_probe,
};

/* ---- gc ---- */

struct collecting {
    struct cli *cli;
    struct buf out;
    struct json j;
    int64_t files, bytes;
};

static void on_orphan(void *ctx, const struct library_orphan *o) {
    struct collecting *c = ctx;
    c->files++;
    c->bytes += o->size_bytes;
    if (c->cli->json) {
        json_str(&c->j, o->file);
    } else {
        buf_printf(&c->out, "media/%.*s\n", STR_FMT(o->file));
    }
}

static int run_gc(struct cli *cli) {
    struct store *store;
    struct collecting c = { .cli = cli };
    const struct library_collector collector = { on_orphan, &c, cli_flag(cli, "--remove") };
    if (cli_open_store(cli, &store) != STATUS_OK) {
        return cli_fail(cli);
    }
    buf_init(&c.out, 256u << 20);
    if (cli->json) {
        cli_json_open(&c.j, &c.out);
        json_key(&c.j, STR("orphans"));
        json_open(&c.j, '[');
    }
    enum status status = library_gc(store, &collector, &cli->err);
    store_close(store);
    if (status != STATUS_OK) {
        buf_done(&c.out);
        return cli_fail(cli);
    }
    if (cli->json) {
        json_close(&c.j, ']');
        json_field_i64(&c.j, STR("bytes"), c.bytes);
        json_field_bool(&c.j, STR("removed"), collector.remove);
        cli_json_close(&c.j);
    } else {
        buf_printf(&c.out, "%lld files, %lld bytes: %s\n", (long long)c.files, (long long)c.bytes,
                   collector.remove ? "removed"
                   : c.files > 0    ? "not removed: that needs --remove"
                                    : "nothing to remove");
    }
    return cli_print(cli, &c.out);
}

const struct cli_command cmd_media_gc = {
    .name = "media gc",
    .arguments = "",
    .summary = "find the files in media/ that belong to nothing",
    .details = "They are left by uploads and imports that were killed, and by what was replaced. "
               "Only with\n--remove are they taken away, and their renditions with them; never one "
               "that is just being taken in. "
               "Files whose name is not\nthat of their content are left alone.",
    .examples = "  broadsheet media gc\n"
                "  broadsheet media gc --remove",
    .options = { CLI_SITE_OPTION, { "--remove", NULL, "remove them", NULL }, CLI_JSON_OPTION },
    .run = run_gc,
};
