#include "site/look_private.h"

#include "base/hash.h"
#include "base/limits.h"
#include "site/style.h"

#include <sodium.h>
#include <stdlib.h>

/* A sheet up to this size is put into every page's head: about 14 KB of gzip. */
#define STYLE_INLINE_MAX_BYTES (56 * KIB)

/* ---- templates and wording ---- */

void look_templates(struct look *look, const struct template_source **ret, size_t *ret_len) {
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
    *ret = sources.ptr;
    *ret_len = sources.len;
}

static enum status compile(struct look *look, const struct template_rules *rules, struct err *err) {
    const struct template_source *sources;
    size_t len;
    look_templates(look, &sources, &len);
    return theme_compile(sources, len, rules, &look->theme, err);
}

enum status look_parse_wording(struct look *look, const struct theme_file *f, struct err *err) {
    const size_t prefix = sizeof "strings/" - 1, suffix = sizeof ".json" - 1;
    if (!str_starts(f->name, STR("strings/")) || !str_ends(f->name, STR(".json"))) {
        return STATUS_OK;
    }
    struct str language = arena_str(&look->arena, str_slice(f->name, prefix, f->name.len - suffix));
    struct phrases *phrases;
    enum status status = phrases_parse(f->bytes, language.ptr, f->shown, &phrases, err);
    if (status == STATUS_OK) {
        *vec_push(&look->arena, &look->wordings) = (struct wording){ language, f->own, phrases };
    }
    return status;
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

/* "pt" of "pt-BR"; empty when that is written in another script. */
static struct str main_language(struct str language) {
    struct str rest = language, name, script;
    str_split(&rest, '-', &name);
    if (!str_split(&rest, '-', &script)) {
        return name;
    }
    bool is_chinese = str_eq_nocase(name, STR("zh"));
    bool is_script = script.len == 4 && char_is_alpha(script.ptr[0]);
    if (!is_script) {
        return is_chinese && (str_eq_nocase(script, STR("TW")) ||
                              str_eq_nocase(script, STR("HK")) || str_eq_nocase(script, STR("MO")))
                   ? STR("")
                   : name;
    }
    return str_eq_nocase(script, STR("Latn")) || (is_chinese && str_eq_nocase(script, STR("Hans")))
               ? name
               : STR("");
}

static bool has_wording(const struct look *look, struct str language) {
    for (size_t i = 0; i < look->wordings.len; i++) {
        if (str_eq_nocase(look->wordings.ptr[i].language, language)) {
            return true;
        }
    }
    return false;
}

bool look_speaks(const struct look *look, struct str language) {
    return has_wording(look, language) || has_wording(look, main_language(language));
}

static int by_name(const void *a, const void *b) {
    return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

struct str look_languages(const struct look *look, struct arena *a) {
    size_t n = look->wordings.len;
    struct str *names = arena_array(a, n + 1, sizeof *names), all = STR("");
    for (size_t i = 0; i < n; i++) {
        names[i] = look->wordings.ptr[i].language;
    }
    if (n > 1) {
        qsort(names, n, sizeof *names, by_name);
    }
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || !str_eq(names[i], names[i - 1])) {
            all = arena_printf(a, "%.*s%s%.*s", STR_FMT(all), all.len > 0 ? ", " : "",
                               STR_FMT(names[i]));
        }
    }
    return all;
}

struct str look_phrase(const struct look *look, struct arena *a, struct str language,
                       struct str key, const struct phrase_arg *args, size_t n) {
    struct str tries[] = { language, main_language(language), STR("en") };
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

struct styling {
    struct look *look;
    struct style_fault first;
};

static struct str styling_asset(void *ctx, struct str name) {
    const struct asset *asset = look_asset(((struct styling *)ctx)->look, name);
    return asset ? asset->path : (struct str){ NULL, 0 };
}

static void styling_fault(void *ctx, const struct style_fault *fault) {
    struct styling *styling = ctx;
    if (fault->fatal && !styling->first.fatal) {
        styling->first = *fault;
    }
}

bool look_is_sheet(const struct look *look, struct str file) {
    if (str_find_char(file, '/', 0) != STR_NPOS || !str_ends(file, STR(".css"))) {
        return false;
    }
    struct str name = str_slice(file, 0, file.len - strlen(".css"));
    bool is_sheet = str_eq(name, STR("style")) || str_eq(name, STR("custom"));
    for (size_t i = 0; !is_sheet && i < look->files.len; i++) {
        struct str other = look->files.ptr[i].name;
        is_sheet = other.len == file.len && str_starts(other, name) &&
                   str_eq(str_from(other, name.len), STR(".hbs"));
    }
    return is_sheet;
}

static enum status add_sheet(struct look *look, const struct theme_file *sheet, struct err *err) {
    struct styling styling = { .look = look };
    const struct style_options options = { styling_asset, styling_fault, &styling };
    struct str css = style_make(&look->arena, sheet->bytes, &options);
    if (styling.first.fatal) {
        return err_set(err, STATUS_INVALID, "%.*s:%s: %.*s", STR_FMT(sheet->shown),
                       look_place(&look->arena, sheet->bytes, styling.first.at).ptr,
                       STR_FMT(styling.first.message));
    }
    struct look_sheet *made = vec_push(&look->arena, &look->sheets);
    made->name = str_slice(sheet->name, 0, sheet->name.len - strlen(".css"));
    add_asset(look, sheet->name, css);
    made->linked.raw = arena_printf(&look->arena, "<link rel=\"stylesheet\" href=\"%.*s\">",
                                    STR_FMT(look_asset(look, sheet->name)->path));
    made->style.raw = css.len <= STYLE_INLINE_MAX_BYTES
                          ? arena_printf(&look->arena, "<style>\n%.*s</style>", STR_FMT(css))
                          : made->linked.raw;
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

/* The sheets come last: they name the others. */
enum status look_collect(struct look *look, struct err *err) {
    enum status status = STATUS_OK;
    for (size_t i = 0; status == STATUS_OK && i < look->files.len; i++) {
        const struct theme_file *f = &look->files.ptr[i];
        if (look_is_sheet(look, f->name)) {
            continue;
        }
        if (str_eq(f->name, STR("inline.js"))) {
            status = set_script(look, f, err);
        } else if (str_starts(f->name, STR("assets/"))) {
            add_asset(look, str_from(f->name, sizeof "assets/" - 1), f->bytes);
        } else if (str_find_char(f->name, '/', 0) == STR_NPOS && !str_ends(f->name, STR(".hbs"))) {
            add_asset(look, f->name, f->bytes);
        }
    }
    for (size_t i = 0; status == STATUS_OK && i < look->files.len; i++) {
        if (look_is_sheet(look, look->files.ptr[i].name)) {
            status = add_sheet(look, &look->files.ptr[i], err);
        }
    }
    return status;
}

struct html look_style(const struct look *look, struct str name, bool linked) {
    for (size_t i = 0; i < look->sheets.len; i++) {
        const struct look_sheet *sheet = &look->sheets.ptr[i];
        if (str_eq(sheet->name, name)) {
            return linked ? sheet->linked : sheet->style;
        }
    }
    return (struct html){ STR("") };
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

const struct image_offer *look_offers(const struct look *look, size_t *ret_len) {
    *ret_len = look->offers.len;
    return look->offers.ptr;
}

const struct asset *look_assets(const struct look *look, size_t *ret_len) {
    *ret_len = look->assets.len;
    return look->assets.ptr;
}

/* ---- opening ---- */

struct mentioning {
    struct look *look;
    const struct theme_file *file;
    struct err *err;
    enum status status;
};

static void add_offer(struct look *look, const struct image_offer *offer) {
    for (size_t i = 0; i < look->offers.len; i++) {
        if (memcmp(&look->offers.ptr[i], offer, sizeof *offer) == 0) {
            return;
        }
    }
    *vec_push(&look->arena, &look->offers) = *offer;
}

static void check_picture(struct mentioning *m, struct str text, const char *place) {
    struct image_offer offer;
    const char *message;
    if (image_offer_read(text, &offer, &message)) {
        add_offer(m->look, &offer);
    } else {
        m->status = err_set(m->err, STATUS_INVALID, "%.*s:%s: \"%.*s\": %s",
                            STR_FMT(m->file->shown), place, STR_FMT(text), message);
    }
}

static void check_name(void *ctx, enum template_mention kind, struct str helper, struct str name,
                       const char *place) {
    struct mentioning *m = ctx;
    if (kind == MENTION_ARGUMENT && str_eq(helper, STR("picture")) && m->status == STATUS_OK) {
        check_picture(m, name, place);
    }
    if (kind == MENTION_ARGUMENT && str_eq(helper, STR("asset")) && m->status == STATUS_OK &&
        look_asset(m->look, name) == NULL) {
        m->status = err_set(m->err, STATUS_INVALID, "%.*s:%s: there is no file \"%.*s\" in assets/",
                            STR_FMT(m->file->shown), place, STR_FMT(name));
    }
}

static enum status check_names(struct look *look, struct err *err) {
    struct mentioning m = { .look = look, .err = err, .status = STATUS_OK };
    for (size_t i = 0; m.status == STATUS_OK && i < look->files.len; i++) {
        m.file = &look->files.ptr[i];
        if (str_ends(m.file->name, STR(".hbs"))) {
            template_mentions(m.file->bytes, check_name, &m);
        }
    }
    return m.status;
}

const struct theme *look_theme(const struct look *look) {
    return look->theme;
}

struct look *look_new(void) {
    struct look *look = calloc(1, sizeof *look);
    check(look != NULL);
    atomic_init(&look->owners, 1);
    arena_init(&look->arena);
    return look;
}

static enum status add_entry(void *ctx, const struct look_entry *entry, struct err *err) {
    bool is_read = look_is_plain_name(str_of(entry->name)) && !S_ISDIR(entry->st.st_mode);
    return is_read ? look_add_file(ctx, entry, err) : STATUS_OK;
}

static enum status find_files(struct look *look, const char *dir, struct err *err) {
    struct err failed = { 0 };
    look_add_default(look);
    enum status status = look_walk(&look->arena, dir, add_entry, look, &failed);
    if (status == STATUS_NOT_FOUND) {
        return STATUS_OK; /* a site without a theme of its own */
    }
    return status == STATUS_OK ? STATUS_OK : err_set(err, status, "%s", failed.message);
}

enum status look_open(const char *dir, const struct template_rules *rules, struct look **ret,
                      struct err *err) {
    struct look *look = look_new();
    enum status status = find_files(look, dir, err);
    for (size_t i = 0; status == STATUS_OK && i < look->files.len; i++) {
        status = look_parse_wording(look, &look->files.ptr[i], err);
    }
    if (status == STATUS_OK) {
        status = look_collect(look, err);
    }
    if (status == STATUS_OK) {
        status = compile(look, rules, err);
    }
    if (status == STATUS_OK) {
        status = check_names(look, err);
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
