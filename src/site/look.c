#include "site/look.h"

#include "base/embed.h"
#include "base/hash.h"
#include "base/io.h"
#include "base/limits.h"

#include <dirent.h>
#include <limits.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#define EMBEDDED "themes/broadsheet/"

/* A sheet up to this size is put into every page's head: about 14 KB of gzip. */
#define STYLE_INLINE_MAX_BYTES (56 * KIB)

struct theme_file {
    struct str name;  /* within the theme: "partials/card.hbs" */
    struct str shown; /* in messages */
    struct str bytes;
};

struct wording {
    struct str language; /* "pt-BR" */
    bool own;            /* from the site's folder */
    struct phrases *phrases;
};

struct look {
    _Atomic unsigned owners;
    struct arena arena;
    struct theme *theme;
    struct html style, script;
    struct str script_source;
    VEC(struct theme_file) files;
    VEC(struct wording) wordings;
    VEC(struct asset) assets;
};

/* ---- finding the files ---- */

static void add_file(struct look *look, struct str name, struct str shown, struct str bytes) {
    for (size_t i = 0; i < look->files.len; i++) {
        /* The site's wording completes the theme's; every other file takes its place. */
        if (str_eq(look->files.ptr[i].name, name) && !str_starts(name, STR("strings/"))) {
            look->files.ptr[i] = (struct theme_file){ name, shown, bytes };
            return;
        }
    }
    *vec_push(&look->arena, &look->files) = (struct theme_file){ name, shown, bytes };
}

/* Letters, digits, dots, hyphens and underlines; not hidden. */
static bool is_plain_name(struct str name) {
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        if (!char_is_alnum(c) && c != '-' && c != '_' && c != '.') {
            return false;
        }
    }
    return name.len > 0 && name.ptr[0] != '.';
}

static enum status add_folder(struct look *look, const char *dir, const char *sub,
                              struct err *err) {
    struct arena *a = &look->arena;
    struct str folder = arena_printf(a, "%s/%s", dir, sub);
    DIR *d = opendir(folder.ptr);
    if (d == NULL) {
        return STATUS_OK; /* a site without a theme of its own */
    }
    enum status status = STATUS_OK;
    struct dirent *entry;
    while (status == STATUS_OK && (entry = readdir(d)) != NULL) {
        struct str base = str_of(entry->d_name);
        if (!is_plain_name(base) || entry->d_type == DT_DIR) {
            continue;
        }
        struct str path = arena_printf(a, "%s%s", folder.ptr, entry->d_name);
        struct buf bytes;
        buf_init(&bytes, LIMIT_THEME_FILE_BYTES);
        status = io_read_file(path.ptr, &bytes, err);
        if (status == STATUS_OK) {
            add_file(look, arena_printf(a, "%s%s", sub, entry->d_name), path,
                     arena_str(a, buf_str(&bytes)));
        }
        buf_done(&bytes);
    }
    closedir(d);
    return status;
}

static const char *const folders[] = { "", "partials/", "strings/", "assets/" };

static enum status find_files(struct look *look, const char *dir, struct err *err) {
    for (const struct embed_file *f = embed_files; f->path != NULL; f++) {
        struct str path = str_of(f->path);
        if (str_starts(path, STR(EMBEDDED))) {
            add_file(look, str_from(path, sizeof EMBEDDED - 1), path,
                     str_make(f->begin, (size_t)(f->end - f->begin)));
        }
    }
    enum status status = STATUS_OK;
    for (size_t i = 0; status == STATUS_OK && i < COUNT_OF(folders); i++) {
        status = add_folder(look, dir, folders[i], err);
    }
    return status;
}

/* ---- templates and wording ---- */

static enum status compile(struct look *look, const struct template_entry *entries,
                           size_t entries_len, const struct helper *helpers, struct err *err) {
    VEC(struct template_source) sources = { 0 };
    for (size_t i = 0; i < look->files.len; i++) {
        const struct theme_file *f = &look->files.ptr[i];
        if (str_ends(f->name, STR(".hbs"))) {
            *vec_push(&look->arena, &sources) = (struct template_source){
                .name = str_slice(f->name, 0, f->name.len - 4),
                .text = f->bytes,
                .file = f->shown,
            };
        }
    }
    return theme_compile(sources.ptr, sources.len, entries, entries_len, helpers, &look->theme,
                         err);
}

static enum status parse_wording(struct look *look, struct err *err) {
    const size_t prefix = sizeof "strings/" - 1, suffix = sizeof ".json" - 1;
    for (size_t i = 0; i < look->files.len; i++) {
        const struct theme_file *f = &look->files.ptr[i];
        if (!str_starts(f->name, STR("strings/")) || !str_ends(f->name, STR(".json"))) {
            continue;
        }
        struct str language =
            arena_str(&look->arena, str_slice(f->name, prefix, f->name.len - suffix));
        struct phrases *phrases;
        enum status status = phrases_parse(f->bytes, language.ptr, f->shown, &phrases, err);
        if (status != STATUS_OK) {
            return status;
        }
        *vec_push(&look->arena, &look->wordings) =
            (struct wording){ language, !str_starts(f->shown, STR(EMBEDDED)), phrases };
    }
    return STATUS_OK;
}

static const struct phrases *wording_with(const struct look *look, struct str language, bool own,
                                          struct str key) {
    for (size_t i = 0; i < look->wordings.len; i++) {
        const struct wording *w = &look->wordings.ptr[i];
        if (w->own == own && str_eq_nocase(w->language, language) && phrases_has(w->phrases, key)) {
            return w->phrases;
        }
    }
    return NULL;
}

struct str look_phrase(const struct look *look, struct arena *a, struct str language,
                       struct str key, const struct phrase_arg *args, size_t n) {
    struct str tries[] = { language, str_slice(language, 0, str_find_char(language, '-', 0)),
                           STR("en") };
    for (size_t i = 0; i < COUNT_OF(tries); i++) {
        const struct phrases *p = wording_with(look, tries[i], true, key);
        if (p == NULL) {
            p = wording_with(look, tries[i], false, key);
        }
        if (p != NULL) {
            return phrases_format(p, a, key, args, n);
        }
    }
    return key;
}

/* ---- the style sheet and other files ---- */

static struct str mime_of(struct str name) {
    static const struct {
        struct str suffix, mime;
    } mimes[] = {
        { STR_INIT(".css"), STR_INIT("text/css; charset=utf-8") },
        { STR_INIT(".svg"), STR_INIT("image/svg+xml") },
        { STR_INIT(".png"), STR_INIT("image/png") },
        { STR_INIT(".jpg"), STR_INIT("image/jpeg") },
        { STR_INIT(".webp"), STR_INIT("image/webp") },
        { STR_INIT(".avif"), STR_INIT("image/avif") },
        { STR_INIT(".ico"), STR_INIT("image/x-icon") },
        { STR_INIT(".woff2"), STR_INIT("font/woff2") },
        { STR_INIT(".js"), STR_INIT("text/javascript; charset=utf-8") },
        { STR_INIT(".txt"), STR_INIT("text/plain; charset=utf-8") },
    };
    for (size_t i = 0; i < COUNT_OF(mimes); i++) {
        if (str_ends(name, mimes[i].suffix)) {
            return mimes[i].mime;
        }
    }
    return STR("application/octet-stream");
}

static void add_asset(struct look *look, struct str name, struct str bytes) {
    *vec_push(&look->arena, &look->assets) =
        (struct asset){ name, bytes, mime_of(name),
                        arena_printf(&look->arena, "/assets/%016llx/%.*s",
                                     (unsigned long long)hash_content(bytes), STR_FMT(name)) };
}

/* Without comments, indentation and empty lines; strings stay as they are. */
static struct str css_tighten(struct arena *a, struct str css) {
    char *out = arena_alloc(a, css.len + 1);
    size_t n = 0;
    char quote = '\0';
    for (size_t i = 0; i < css.len; i++) {
        char c = css.ptr[i];
        if (quote != '\0') {
            if (c == '\\' && i + 1 < css.len) {
                out[n++] = c;
                c = css.ptr[++i];
            } else if (c == quote) {
                quote = '\0';
            }
        } else if (c == '/' && i + 1 < css.len && css.ptr[i + 1] == '*') {
            size_t end = str_find(css, STR("*/"), i + 2);
            i = end == STR_NPOS ? css.len : end + 1;
            continue;
        } else if (char_is_space(c)) {
            if (n == 0 || out[n - 1] == '\n' || out[n - 1] == ' ') {
                if (n > 0 && c == '\n') {
                    out[n - 1] = '\n';
                }
                continue;
            }
        } else if (c == '"' || c == '\'') {
            quote = c;
        }
        out[n++] = c;
    }
    return str_make(out, n);
}

static enum status set_style(struct look *look, const struct theme_file *sheet, struct err *err) {
    if (str_find_nocase(sheet->bytes, STR("</style"), 0) != STR_NPOS) {
        return err_set(err, STATUS_INVALID, "%.*s: a style sheet cannot contain '</style'",
                       STR_FMT(sheet->shown));
    }
    struct str css = css_tighten(&look->arena, sheet->bytes);
    if (css.len <= STYLE_INLINE_MAX_BYTES) {
        look->style.raw = arena_printf(&look->arena, "<style>\n%.*s</style>", STR_FMT(css));
        return STATUS_OK;
    }
    add_asset(look, STR("style.css"), css);
    look->style.raw = arena_printf(&look->arena, "<link rel=\"stylesheet\" href=\"%.*s\">",
                                   STR_FMT(look_asset(look, STR("style.css"))->path));
    return STATUS_OK;
}

/* What the page's policy names it by: the hash of what stands between the tags, byte for byte. */
static struct str hash_source(struct arena *a, struct str text) {
    unsigned char hash[crypto_hash_sha256_BYTES];
    char encoded[sodium_base64_ENCODED_LEN(sizeof hash, sodium_base64_VARIANT_ORIGINAL)];
    crypto_hash_sha256(hash, (const unsigned char *)text.ptr, text.len);
    sodium_bin2base64(encoded, sizeof encoded, hash, sizeof hash, sodium_base64_VARIANT_ORIGINAL);
    return arena_printf(a, "'sha256-%s'", encoded);
}

static enum status set_script(struct look *look, const struct theme_file *file, struct err *err) {
    struct str js = str_trim(file->bytes);
    if (str_find_nocase(js, STR("</script"), 0) != STR_NPOS ||
        str_find(js, STR("<!--"), 0) != STR_NPOS) {
        return err_set(err, STATUS_INVALID,
                       "%.*s: a script in a page cannot contain '</script' or '<!--'",
                       STR_FMT(file->shown));
    }
    if (str_starts(js, STR("/*")) && str_find(js, STR("*/"), 2) != STR_NPOS) {
        js = str_trim(str_from(js, str_find(js, STR("*/"), 2) + 2));
    }
    if (js.len > 0) {
        look->script.raw = arena_printf(&look->arena, "<script>%.*s</script>", STR_FMT(js));
        look->script_source = hash_source(&look->arena, js);
    }
    return STATUS_OK;
}

static enum status collect_assets(struct look *look, struct err *err) {
    enum status status = STATUS_OK;
    for (size_t i = 0; status == STATUS_OK && i < look->files.len; i++) {
        const struct theme_file *f = &look->files.ptr[i];
        if (str_eq(f->name, STR("style.css"))) {
            status = set_style(look, f, err);
        } else if (str_eq(f->name, STR("inline.js"))) {
            status = set_script(look, f, err);
        } else if (str_starts(f->name, STR("assets/"))) {
            add_asset(look, str_from(f->name, sizeof "assets/" - 1), f->bytes);
        } else if (str_find_char(f->name, '/', 0) == STR_NPOS && !str_ends(f->name, STR(".hbs"))) {
            add_asset(look, f->name, f->bytes);
        }
    }
    return status;
}

struct html look_style(const struct look *look) {
    return look->style;
}

struct html look_script(const struct look *look) {
    return look->script;
}

struct str look_script_source(const struct look *look) {
    return look->script_source;
}

const struct asset *look_asset(const struct look *look, struct str name) {
    for (size_t i = 0; i < look->assets.len; i++) {
        if (str_eq(look->assets.ptr[i].name, name)) {
            return &look->assets.ptr[i];
        }
    }
    return NULL;
}

const struct asset *look_asset_at(const struct look *look, struct str path) {
    for (size_t i = 0; i < look->assets.len; i++) {
        if (str_eq(look->assets.ptr[i].path, path)) {
            return &look->assets.ptr[i];
        }
    }
    return NULL;
}

/* ---- opening ---- */

const struct theme *look_theme(const struct look *look) {
    return look->theme;
}

enum status look_open(const char *dir, const struct template_entry *entries, size_t entries_len,
                      const struct helper *helpers, struct look **ret, struct err *err) {
    struct look *look = calloc(1, sizeof *look);
    if (look == NULL) {
        return err_set(err, STATUS_NO_MEMORY, "no memory for the theme");
    }
    atomic_init(&look->owners, 1);
    arena_init(&look->arena);
    enum status status = find_files(look, dir, err);
    if (status == STATUS_OK) {
        status = parse_wording(look, err);
    }
    if (status == STATUS_OK) {
        status = collect_assets(look, err);
    }
    if (status == STATUS_OK) {
        status = compile(look, entries, entries_len, helpers, err);
    }
    if (status != STATUS_OK) {
        look_close(look);
        return status;
    }
    *ret = look;
    return STATUS_OK;
}

struct look *look_ref(struct look *look) {
    atomic_fetch_add(&look->owners, 1);
    return look;
}

void look_close(struct look *look) {
    if (look == NULL || atomic_fetch_sub(&look->owners, 1) > 1) {
        return;
    }
    theme_free(look->theme);
    for (size_t i = 0; i < look->wordings.len; i++) {
        phrases_free(look->wordings.ptr[i].phrases);
    }
    arena_done(&look->arena);
    free(look);
}

uint64_t look_stamp(const char *dir) {
    uint64_t stamp = 0;
    for (size_t i = 0; i < COUNT_OF(folders); i++) {
        char path[PATH_MAX];
        (void)snprintf(path, sizeof path, "%s/%s", dir, folders[i]);
        DIR *d = opendir(path);
        struct dirent *entry;
        while (d != NULL && (entry = readdir(d)) != NULL) {
            struct stat st;
            if (entry->d_name[0] == '.' || fstatat(dirfd(d), entry->d_name, &st, 0) != 0 ||
                !S_ISREG(st.st_mode)) {
                continue;
            }
            int64_t facts[] = { (int64_t)i, (int64_t)st.st_ino, (int64_t)st.st_size,
                                (int64_t)st.st_mtim.tv_sec, (int64_t)st.st_mtim.tv_nsec };
            /* A sum, since a folder has no order. */
            stamp += hash_content(str_make((const char *)facts, sizeof facts)) ^
                     hash_content(str_of(entry->d_name));
        }
        if (d != NULL) {
            closedir(d);
        }
    }
    return stamp;
}
