/* Made-up news archives of any size, the same for everybody: `archive --help`. What the stories are
 * like says generator/archive.h. */
#include "base/io.h"
#include "generator/archive_site.h"
#include "generator/formats.h"
#include "generator/must.h"

#include <getopt.h>
#include <string.h>

enum { OUT_BYTES = 4 << 20, FLUSH_BYTES = 1 << 20 };

static const char usage[] =
    "Usage: archive wxr N [OPTION…] > FILE       a WordPress export (WXR 1.2) of N stories\n"
    "       archive jsonl N [OPTION…] > FILE     one line of JSON a story\n"
    "       archive hugo DIR N [OPTION…]         DIR/content/news/…: Markdown with front matter\n"
    "       archive site DIR N [OPTION…]         a site of Broadsheet's in the new folder DIR\n"
    "       archive publish DIR N [OPTION…]      publish N more in that site, one commit each\n"
    "       archive addresses DIR N [OPTION…]    addresses of N of its stories, drawn at random\n"
    "\n"
    "Made-up stories, drawn from a seed and their number: everybody has the same, story 7 of a\n"
    "thousand has the text of story 7 of a million, and nothing is kept in memory. 12 years,\n"
    "denser lately; some 6 KB a story as WXR. N is at most 100,000,000.\n"
    "\n"
    "Options:\n"
    "  --seed S          another archive (default 20240607)\n"
    "  --of N            the dates of an archive of N stories (default: as many as asked for)\n"
    "  --from N          leave out the first N\n"
    "  --url URL         the site's address in WXR (default https://archive.example)\n"
    "  --pictures        six in ten have a picture, whose file does not exist (not for site)\n"
    "  --comments        up to four readers' comments a story (wxr)\n"
    "  --every SECONDS   publish: pause so long between two (default 0)\n"
    "\n"
    "Examples:\n"
    "  archive wxr 100000 > archive.xml\n"
    "  archive wxr 1000 --pictures --comments --seed 5 | gzip > small.xml.gz\n"
    "  archive site /srv/million 1000000\n"
    "  archive hugo /tmp/hugo 10000\n"
    "  archive hugo /tmp/hugo 10001 --from 10000 --of 10000     one story more, after the last\n";

struct options {
    struct archive archive;
    struct str url;
    int64_t from;
    double every_s;
    bool comments;
};

NORETURN static void wrong(const char *what, const char *value) {
    fprintf(stderr, "archive: %s%s%s\n'archive --help' says how it is used.\n", what,
            value != NULL ? ": " : "", value != NULL ? value : "");
    exit(2);
}

static int64_t number(const char *text, int64_t least, const char *what) {
    int64_t n;
    if (!str_to_i64(str_of(text), &n) || n < least || n > ARCHIVE_STORIES_MAX) {
        wrong(what, text);
    }
    return n;
}

static void flush(struct buf *out) {
    check(out->status == STATUS_OK); /* a story is much smaller than what is left */
    if (fwrite(out->ptr, 1, out->len, stdout) != out->len) {
        perror("archive: standard output");
        exit(1);
    }
    buf_reset(out);
}

/* ---- the forms ---- */

/* month: yyyymm of the story before, whose folder is made. */
static void write_hugo_page(const char *dir, const struct archive_story *s, struct arena *a,
                            struct str text, int *month) {
    int now = archive_day(s->published_us) / 100;
    struct str folder = arena_printf(a, "%s/content/news/%04d/%02d", dir, now / 100, now % 100);
    if (now != *month) {
        MUST(io_make_dirs(folder.ptr, &err));
        *month = now;
    }
    struct str path = arena_printf(a, "%.*s/%.*s.md", STR_FMT(folder), STR_FMT(s->slug));
    FILE *f = fopen(path.ptr, "w");
    if (f == NULL || fwrite(text.ptr, 1, text.len, f) != text.len || fclose(f) != 0) {
        perror(path.ptr);
        exit(1);
    }
}

/* The stories one after the other into one of the forms that are text. */
static void write_stories(const struct options *o, const char *form, const char *hugo_dir,
                          int64_t to) {
    const struct archive *x = &o->archive;
    const struct format_wxr wxr = { .archive = x, .url = o->url, .comments = o->comments };
    bool is_wxr = strcmp(form, "wxr") == 0;
    struct archive_story *s = calloc(1, sizeof *s);
    struct arena a = { 0 };
    struct buf out;
    int month = 0;
    check(s != NULL);
    buf_init(&out, OUT_BYTES);
    if (is_wxr) {
        format_wxr_begin(&wxr, &a, &out);
    }
    for (int64_t i = o->from; i < to; i++) {
        archive_story(x, &a, i, s);
        if (hugo_dir != NULL) {
            format_markdown(x, &a, s, &out);
            write_hugo_page(hugo_dir, s, &a, buf_str(&out), &month);
            buf_reset(&out);
        } else if (is_wxr) {
            format_wxr_story(&wxr, &a, s, &out);
        } else {
            format_json(x, &a, s, &out);
        }
        if (out.len > FLUSH_BYTES) {
            flush(&out);
        }
        arena_reset(&a);
    }
    if (is_wxr) {
        format_wxr_end(&out);
    }
    flush(&out);
    if (fflush(stdout) != 0) {
        perror("archive: standard output");
        exit(1);
    }
    buf_done(&out);
    arena_done(&a);
    free(s);
}

/* ---- the command line ---- */

static void read_options(int argc, char **argv, struct options *o) {
    enum { SEED = 1, OF, FROM, URL, PICTURES, COMMENTS, EVERY, HELP };
    static const struct option known[] = {
        { "seed", required_argument, NULL, SEED },
        { "of", required_argument, NULL, OF },
        { "from", required_argument, NULL, FROM },
        { "url", required_argument, NULL, URL },
        { "pictures", no_argument, NULL, PICTURES },
        { "comments", no_argument, NULL, COMMENTS },
        { "every", required_argument, NULL, EVERY },
        { "help", no_argument, NULL, HELP },
        { NULL, 0, NULL, 0 },
    };
    *o = (struct options){ .archive.seed = ARCHIVE_SEED, .url = STR("https://archive.example") };
    for (int c; (c = getopt_long(argc, argv, "h", known, NULL)) != -1;) {
        char *end = NULL;
        switch (c) {
        case SEED:
            o->archive.seed = strtoull(optarg, &end, 10);
            if (*end != '\0' || end == optarg) {
                wrong("--seed is a number", optarg);
            }
            break;
        case OF: o->archive.stories = number(optarg, 1, "--of is a number of stories"); break;
        case FROM: o->from = number(optarg, 0, "--from is a number of stories"); break;
        case URL:
            o->url = str_of(optarg);
            if (!str_starts(o->url, STR("http")) || str_ends(o->url, STR("/"))) {
                wrong("--url is an http address without a slash at its end", optarg);
            }
            break;
        case PICTURES: o->archive.pictures = true; break;
        case COMMENTS: o->comments = true; break;
        case EVERY:
            o->every_s = strtod(optarg, &end);
            if (*end != '\0' || end == optarg || !(o->every_s >= 0)) {
                wrong("--every is a number of seconds", optarg);
            }
            break;
        case HELP:
        case 'h': fputs(usage, stdout); exit(0);
        default: wrong("unknown option", NULL);
        }
    }
}

int main(int argc, char **argv) {
    struct options o;
    read_options(argc, argv, &o);
    const char *form = optind < argc ? argv[optind] : "";
    bool is_text = strcmp(form, "wxr") == 0 || strcmp(form, "jsonl") == 0;
    bool is_known = is_text || strcmp(form, "hugo") == 0 || strcmp(form, "site") == 0 ||
                    strcmp(form, "publish") == 0 || strcmp(form, "addresses") == 0;
    if (!is_known) {
        wrong(form[0] != '\0' ? "unknown command" : "a command is missing",
              form[0] != '\0' ? form : NULL);
    }
    if (argc - optind != (is_text ? 2 : 3)) {
        wrong(is_text ? "it takes the number of stories" : "it takes a folder and a number", form);
    }
    const char *dir = argv[optind + 1];
    int64_t n = number(argv[argc - 1], 0, "not a number of stories");
    if (o.archive.stories == 0) {
        o.archive.stories = n;
    }
    if (strcmp(form, "publish") == 0) {
        archive_site_publish(dir, o.archive.seed, n, o.every_s);
    } else if (strcmp(form, "addresses") == 0) {
        archive_site_addresses(dir, o.archive.seed, n);
    } else if (strcmp(form, "site") == 0) {
        if (o.archive.pictures || o.comments || o.from > 0) {
            wrong("a site has neither pictures nor comments nor --from: import a wxr", NULL);
        }
        archive_site_make(dir, &o.archive);
    } else {
        write_stories(&o, form, is_text ? NULL : dir, n);
    }
    return 0;
}
