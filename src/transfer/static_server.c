/* What web servers read beside the files: for nginx a part of `http` (maps of what is elsewhere and
 * of what is gone) and a part of `server`; for hosts that read it, `_redirects`. docs/static.md
 * says how they are used. */
#include "transfer/static_run.h"

#include "base/hash.h"
#include "base/limits.h"
#include "http/mime.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#define HTTP_NAME      STATIC_OWN_FOLDER "/http.conf"
#define SERVER_NAME    STATIC_OWN_FOLDER "/server.conf"
#define REDIRECTS_NAME "_redirects"

/* ---- the maps ---- */

struct maps {
    struct static_run *run;
    FILE *redirects;           /* _redirects */
    FILE *moved, *gone;        /* the lines of both maps */
    struct static_table lower; /* the addresses in small letters: nginx's maps do not tell them
                                * apart */
    size_t n, longest;
    struct arena arena;
};

/* Within double quotes; a `$` of a value would be a variable. */
static void put_quoted(FILE *f, struct str text, bool is_value) {
    fputc('"', f);
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '$' && is_value) {
            fputs("%24", f);
            continue;
        }
        if (c == '"' || c == '\\') {
            fputc('\\', f);
        }
        fputc(c, f);
    }
    fputc('"', f);
}

static enum status put_mapped(void *arg, const struct static_record *r, struct err *err) {
    (void)err;
    struct maps *m = arg;
    struct str uri;
    if ((r->kind != STATIC_REDIRECT && r->kind != STATIC_GONE) ||
        !static_uri(&m->arena, r->key, &uri)) {
        return STATUS_OK;
    }
    char *lower = arena_alloc(&m->arena, uri.len + 1);
    for (size_t i = 0; i < uri.len; i++) {
        lower[i] = char_lower(uri.ptr[i]);
    }
    uint64_t target = hash_content(r->text);
    struct static_entry *e =
        static_table_put(&m->lower, static_table_key(str_make(lower, uri.len)));
    if (e->kind == 0) {
        e->kind = (uint8_t)r->kind;
        e->content = target;
        FILE *map = r->kind == STATIC_GONE ? m->gone : m->moved;
        fputs("    ", map);
        put_quoted(map, uri, false);
        fputc(' ', map);
        put_quoted(map, r->kind == STATIC_GONE ? STR("1") : r->text, true);
        fputs(";\n", map);
        m->n++;
        m->longest = uri.len > m->longest ? uri.len : m->longest;
    } else if (e->content != target) {
        m->run->counts.left_out++;
        static_warn(m->run, "%.*s is left out of nginx's map: it differs from another only in case",
                    STR_FMT(r->key));
    }
    if (r->kind == STATIC_REDIRECT) {
        fprintf(m->redirects, "%.*s %.*s 301\n", STR_FMT(r->key), STR_FMT(r->text));
    }
    arena_reset(&m->arena);
    return STATUS_OK;
}

static size_t power_of_two(size_t least, size_t n) {
    while (least < n) {
        least *= 2;
    }
    return least;
}

static void put_lines(FILE *from, FILE *to) {
    char bytes[16 * KIB];
    rewind(from);
    for (size_t n; (n = fread(bytes, 1, sizeof bytes, from)) > 0;) {
        (void)fwrite(bytes, 1, n, to);
    }
}

static struct str header(struct str head, struct str name) {
    struct str line;
    while (str_split(&head, '\n', &line)) {
        if (str_starts_nocase(line, name)) {
            return str_trim(str_from(line, name.len));
        }
    }
    return STR("");
}

static void put_http(struct maps *m, FILE *out) {
    fprintf(out,
            "# Made by `broadsheet export static`, for http { }.\n"
            "map_hash_max_size %zu;\nmap_hash_bucket_size %zu;\n\n"
            "map $uri $broadsheet_redirect {\n    default \"\";\n",
            power_of_two(2048, 2 * m->n), power_of_two(64, m->longest + 64));
    put_lines(m->moved, out);
    fputs("}\nmap $uri $broadsheet_gone {\n    default \"\";\n", out);
    put_lines(m->gone, out);
    fputs("}\n"
          "# Uploads are shown, never run.\n"
          "map $sent_http_content_type $broadsheet_disposition {\n"
          "    default attachment;\n"
          "    ~^(image|audio|video)/ \"\";\n"
          "    ~^application/pdf \"\";\n"
          "    ~^text/plain \"\";\n"
          "}\n"
          "map $sent_http_content_type $broadsheet_upload_policy {\n"
          "    default \"default-src 'none'; style-src 'unsafe-inline'; sandbox\";\n"
          "    ~^application/pdf \"\";\n"
          "}\n",
          out);
}

/* ---- the server's part ---- */

/* Of uploads; servers' own lists differ. */
static void put_types(FILE *out) {
    static const char *const endings[] = {
        "aac",  "apng", "avif", "bmp",  "css",  "csv",  "doc",   "docx", "epub", "flac", "gif",
        "gz",   "heic", "htm",  "html", "ico",  "ics",  "jpeg",  "jpg",  "js",   "json", "m4a",
        "m4v",  "mov",  "mp3",  "mp4",  "mpeg", "odp",  "ods",   "odt",  "oga",  "ogg",  "ogv",
        "opus", "otf",  "pdf",  "png",  "ppt",  "pptx", "rtf",   "svg",  "tif",  "tiff", "ttf",
        "txt",  "wav",  "weba", "webm", "webp", "woff", "woff2", "xls",  "xlsx", "xml",  "zip",
    };
    fputs("    types {\n", out);
    for (size_t i = 0; i < COUNT_OF(endings); i++) {
        char name[16];
        (void)snprintf(name, sizeof name, "a.%s", endings[i]);
        struct str type = http_mime(str_of(name));
        fprintf(out, "        %.*s %s;\n", STR_FMT(str_slice(type, 0, str_find_char(type, ';', 0))),
                endings[i]);
    }
    fputs("    }\n", out);
}

/* What was uploaded, and what is made of it. */
static void put_uploads(const char *folder, const char *kept, FILE *out) {
    fprintf(out, "location ^~ /%s/ {\n", folder);
    put_types(out);
    fprintf(out,
            "    default_type application/octet-stream;\n"
            "    try_files $uri @broadsheet_missing;\n"
            "    add_header X-Content-Type-Options nosniff always;\n"
            "    add_header Cache-Control \"%s\";\n"
            "    add_header Content-Disposition $broadsheet_disposition;\n"
            "    add_header Content-Security-Policy $broadsheet_upload_policy;\n}\n",
            kept);
}

static void put_server(const struct static_run *run, struct str head, FILE *out) {
    struct str policy = header(head, STR("Content-Security-Policy:"));
    bool includes = run->options->includes;
    fputs("# Made by `broadsheet export static`, for server { }, beside `root`.\n"
          "index index.html index.rss index.atom index.jsonfeed;\n"
          "charset utf-8;\n"
          "charset_types text/plain text/css text/xml application/xml application/rss+xml "
          "application/atom+xml application/javascript "
          "application/opensearchdescription+xml;\n"
          "absolute_redirect off;\n"
          "recursive_error_pages on;\n"
          "error_page 403 = @broadsheet_missing;\n"
          "error_page 404 /404.html;\n"
          "error_page 410 /410.html;\n"
          "gzip_static on;\n"
          "gzip_vary on;\n"
          "# With the module libnginx-mod-http-brotli-static:\n"
          "# brotli_static on;\n"
          "add_header X-Content-Type-Options nosniff always;\n"
          "add_header Referrer-Policy strict-origin-when-cross-origin always;\n"
          "add_header Cache-Control no-cache always;\n",
          out);
    if (policy.len > 0) {
        fputs("add_header Content-Security-Policy ", out);
        put_quoted(out, policy, false);
        fputs(" always;\n", out);
    }
    if (includes) {
        fputs("ssi_silent_errors on;\n", out);
    }
    const char *ssi = includes ? "    ssi on;\n    gzip on;\n" : "";
    fprintf(out,
            "\nlocation / {\n%s    try_files $uri $uri.html $uri/ @broadsheet_missing;\n}\n"
            "location @broadsheet_missing {\n"
            "    if ($broadsheet_gone) { return 410; }\n"
            "    if ($broadsheet_redirect) { return 301 $broadsheet_redirect; }\n"
            "    return 404;\n}\n"
            "location = /404.html {\n    internal;\n%s}\n"
            "location = /410.html {\n    internal;\n%s}\n",
            ssi, ssi, ssi);
    if (includes) {
        /* The variant without the page's own story, or the plain fragment. */
        fputs("location ~ ^(?<broadsheet_fragment>/" STATIC_FRAGMENT_FOLDER
              "/.+)/except:[0-9]+\\.html$ {\n"
              "    internal;\n    ssi on;\n"
              "    try_files $uri $broadsheet_fragment.html =404;\n}\n"
              "location /" STATIC_FRAGMENT_FOLDER "/ {\n    internal;\n    ssi on;\n}\n",
              out);
    }
    fputs("location ~ \\.rss$ {\n    types { }\n    default_type application/rss+xml;\n}\n"
          "location ~ \\.atom$ {\n    types { }\n    default_type application/atom+xml;\n}\n"
          "location ~ \\.jsonfeed$ {\n    types { }\n    default_type application/feed+json;\n}\n"
          "location ~ \\.webmanifest$ {\n    types { }\n"
          "    default_type application/manifest+json;\n}\n"
          "location ~ ^/sitemap[^/]*\\.xml$ {\n    types { }\n    default_type application/xml;\n"
          "    try_files $uri @broadsheet_missing;\n}\n"
          "location = /opensearch.xml {\n    types { }\n"
          "    default_type application/opensearchdescription+xml;\n}\n"
          "location ^~ /" STATIC_OWN_FOLDER "/ { return 404; }\n"
          "location = /_redirects { return 404; }\n"
          "location ^~ /_view/ { empty_gif; }\n"
          "location ^~ /assets/ {\n"
          "    add_header X-Content-Type-Options nosniff always;\n"
          "    add_header Cache-Control \"public, max-age=31536000, immutable\";\n}\n",
          out);
    put_uploads("wp-content/uploads", "no-cache", out);
    put_uploads("media", "public, max-age=31536000, immutable", out);
}

/* ---- writing them ---- */

/* NULL: it could not be opened. */
static FILE *create(const struct static_run *run, const char *name) {
    char path[128];
    (void)snprintf(path, sizeof path, "%s.tmp", name);
    int fd = openat(run->folder, path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    return fd >= 0 ? fdopen(fd, "w+") : NULL;
}

static enum status finish(const struct static_run *run, FILE *file, const char *name,
                          struct err *err) {
    char path[128];
    (void)snprintf(path, sizeof path, "%s.tmp", name);
    bool ok = file != NULL && fflush(file) == 0 && ferror(file) == 0;
    ok = (file == NULL || fclose(file) == 0) && ok;
    ok = ok && renameat(run->folder, path, run->folder, name) == 0;
    return ok ? STATUS_OK : err_set(err, STATUS_IO, "cannot write %s: %s", name, strerror(errno));
}

static bool exists(const struct static_run *run, const char *name) {
    return faccessat(run->folder, name, F_OK, 0) == 0;
}

static enum status write_maps(struct static_run *run, static_server_walk *walk, void *ctx,
                              struct err *err) {
    struct maps m = { .run = run, .moved = tmpfile(), .gone = tmpfile() };
    m.redirects = create(run, REDIRECTS_NAME);
    FILE *http = create(run, HTTP_NAME);
    enum status status = STATUS_OK;
    if (m.moved == NULL || m.gone == NULL || m.redirects == NULL || http == NULL) {
        status = err_set(err, STATUS_IO, "cannot write the maps: %s", strerror(errno));
    }
    if (status == STATUS_OK) {
        status = walk(ctx, put_mapped, &m, err);
    }
    if (status == STATUS_OK) {
        put_http(&m, http);
        status = finish(run, m.redirects, REDIRECTS_NAME, err);
        m.redirects = NULL;
    }
    if (status == STATUS_OK) {
        status = finish(run, http, HTTP_NAME, err);
        http = NULL;
    }
    FILE *left[] = { m.moved, m.gone, m.redirects, http };
    for (size_t i = 0; i < COUNT_OF(left); i++) {
        if (left[i] != NULL) {
            fclose(left[i]);
        }
    }
    static_table_done(&m.lower);
    arena_done(&m.arena);
    return status;
}

/* The headers of the page for what is not found are those of all pages. */
static enum status write_server(struct static_run *run, struct err *err) {
    struct arena a = { 0 };
    struct keys keys;
    keys_init(&keys);
    struct page_build page = { .arena = &a, .keys = &keys, .status = 200 };
    enum status status = run->source.page(run->thread, STR("error:404"), &page, err);
    if (status == STATUS_OK) {
        FILE *server = create(run, SERVER_NAME);
        if (server != NULL) {
            put_server(run, page.head, server);
        }
        status = finish(run, server, SERVER_NAME, err);
    }
    keys_done(&keys);
    arena_done(&a);
    return status;
}

enum status static_server_files(struct static_run *run, static_server_walk *walk, void *ctx,
                                struct err *err) {
    enum status status = STATUS_OK;
    if (atomic_load(&run->maps_changed) || run->is_whole || !exists(run, HTTP_NAME) ||
        !exists(run, REDIRECTS_NAME)) {
        status = write_maps(run, walk, ctx, err);
    }
    if (status == STATUS_OK && (run->is_whole || !exists(run, SERVER_NAME))) {
        status = write_server(run, err);
    }
    return status;
}
