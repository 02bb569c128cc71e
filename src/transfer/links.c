#include "transfer/links.h"

#include "base/limits.h"
#include "text/body.h"
#include "text/body_writer.h"
#include "text/sanitize.h"
#include "text/utf8.h"

#include <unicode/ucasemap.h>

/* ---- labels ---- */

/* What newsrooms put before a link to another story, folded. */
static const char *const labels[] = {
    "also read",
    "read also",
    "read more",
    "also see",
    "see also",
    "related",
    "related story",
    "related stories",
    "related article",
    "related articles",
    "related news",
    "related content",
    "read next",
    "read this too",
    "must read",
    "more on this",
    "more",
    "you may also like",
    "you might also like",
    "also watch",
    "recommended",
    "keep reading",
    "don't miss",
    "don’t miss",
    "à lire aussi",
    "a lire aussi",
    "lire aussi",
    "à lire également",
    "lisez aussi",
    "à lire",
    "voir aussi",
    "sur le même sujet",
    "lesen sie auch",
    "lies auch",
    "auch interessant",
    "mehr dazu",
    "siehe auch",
    "mehr zum thema",
    "lea también",
    "lee también",
    "lee tambien",
    "lea tambien",
    "leer más",
    "leer mas",
    "lea más",
    "te puede interesar",
    "también te puede interesar",
    "también lee",
    "ver también",
    "relacionado",
    "relacionada",
    "relacionados",
    "leia também",
    "leia mais",
    "veja também",
    "saiba mais",
    "leia ainda",
    "ler também",
    "leggi anche",
    "leggi di più",
    "vedi anche",
    "per approfondire",
    "lees ook",
    "lees meer",
    "lees verder",
    "läs också",
    "läs även",
    "läs mer",
    "les også",
    "les mer",
    "læs også",
    "læs mere",
    "lue myös",
    "lue lisää",
    "czytaj też",
    "czytaj także",
    "zobacz też",
    "zobacz także",
    "przeczytaj także",
    "czytaj więcej",
    "читайте также",
    "читать также",
    "также читайте",
    "читайте ещё",
    "по теме",
    "читайте також",
    "ayrıca okuyun",
    "bunu da okuyun",
    "ilgili haber",
    "baca juga",
    "xem thêm",
    "đọc thêm",
    "اقرأ أيضا",
    "اقرأ أيضًا",
    "إقرأ أيضا",
    "اقرأ ايضا",
    "بیشتر بخوانید",
    "یہ بھی پڑھیں",
    "مزید پڑھیں",
    "यह भी पढ़ें",
    "ये भी पढ़ें",
    "और पढ़ें",
    "আরও পড়ুন",
    "மேலும் படிக்க",
    "ఇది కూడా చదవండి",
    "διαβάστε επίσης",
    "διαβάστε ακόμη",
    "citește și",
    "citiți și",
    "olvasta már",
    "olvasd el",
    "čtěte také",
    "přečtěte si také",
    "čítajte tiež",
    "pročitajte još",
    "pročitajte i",
    "прочетете още",
    "קראו גם",
    "קראו עוד",
    "関連記事",
    "あわせて読みたい",
    "相关阅读",
    "相關閱讀",
    "延伸阅读",
    "延伸閱讀",
    "阅读更多",
    "관련기사",
    "관련 기사",
    "soma pia",
    "lees ook dit",
};

/* White space at the ends, and what stands between a label and its link. */
static struct str trim_marks(struct str s) {
    static const struct str marks[] = {
        STR_INIT("\xC2\xA0"), STR_INIT(":"), STR_INIT("："), STR_INIT("-"), STR_INIT("–"),
        STR_INIT("—"),        STR_INIT("»"), STR_INIT("›"),  STR_INIT(">"), STR_INIT("→"),
        STR_INIT("|"),        STR_INIT("•"), STR_INIT("►"),  STR_INIT("▶"), STR_INIT("👉"),
        STR_INIT("["),        STR_INIT("]"), STR_INIT("("),  STR_INIT(")"), STR_INIT("…"),
        STR_INIT("."),        STR_INIT("*"),
    };
    for (bool again = true; again;) {
        again = false;
        s = str_trim(s);
        for (size_t i = 0; i < COUNT_OF(marks); i++) {
            if (str_starts(s, marks[i])) {
                s = str_from(s, marks[i].len);
                again = true;
            }
            if (s.len > 0 && str_ends(s, marks[i])) {
                s = str_slice(s, 0, s.len - marks[i].len);
                again = true;
            }
        }
    }
    return s;
}

/* White space of any kind becomes one blank. */
static struct str collapse(struct arena *a, struct str s) {
    char *bytes = arena_alloc(a, s.len + 1);
    size_t n = 0;
    bool space = true;
    for (size_t at = 0; at < s.len;) {
        size_t from = at;
        if (utf8_is_space(utf8_next(s, &at))) {
            if (!space) {
                bytes[n++] = ' ';
            }
            space = true;
            continue;
        }
        memcpy(bytes + n, s.ptr + from, at - from);
        n += at - from;
        space = false;
    }
    return str_make(bytes, space && n > 0 ? n - 1 : n);
}

static struct str fold(struct arena *a, struct str s) {
    UErrorCode error = U_ZERO_ERROR;
    UCaseMap *map = ucasemap_open("", 0, &error);
    size_t cap = s.len * 3 + 8;
    char *bytes = arena_alloc(a, cap);
    int32_t n = ucasemap_utf8FoldCase(map, bytes, (int32_t)cap, s.ptr, (int32_t)s.len, &error);
    ucasemap_close(map);
    return U_FAILURE(error) ? s : str_make(bytes, (size_t)n);
}

bool links_is_label(struct arena *a, struct str text) {
    if (text.len > 200) {
        return false;
    }
    struct str folded = fold(a, trim_marks(collapse(a, text)));
    for (size_t i = 0; i < COUNT_OF(labels); i++) {
        if (str_eq(folded, str_of(labels[i]))) {
            return true;
        }
    }
    return false;
}

/* ---- the walk ---- */

struct walk {
    struct arena *a;
    link_resolver *resolver;
    void *ctx;
    struct buf out;
    const char *link; /* the next one, or the end; NULL: not looked for yet */
    bool changed;
    bool has_cards;
    bool is_loose; /* what was written may not be in the canonical spelling */
    int depth;     /* elements open */
    size_t unknown;
};

static enum status resolve(struct walk *w, struct str raw, bool is_resource,
                           struct link_target *ret, struct err *err) {
    *ret = (struct link_target){ .kind = LINK_FOREIGN };
    struct str url = html_unescape(w->a, raw);
    if (url.len == 0 || url.ptr[0] == '#') {
        return STATUS_OK;
    }
    enum status status = w->resolver(w->ctx, w->a, url, is_resource, ret, err);
    w->unknown += status == STATUS_OK && ret->kind == LINK_UNKNOWN;
    return status;
}

/* An attribute in the canonical spelling. */
static void put_value(struct walk *w, struct buf *out, struct str name, enum body_value kind,
                      struct str value) {
    struct str canonical = body_value(w->a, kind, value, STR(""));
    w->is_loose |= canonical.ptr == NULL;
    buf_put_char(out, ' ');
    buf_put(out, name);
    buf_put(out, STR("=\""));
    body_put_value(out, canonical.ptr != NULL ? canonical : value);
    buf_put_char(out, '"');
}

static struct str fragment_of(struct str url) {
    size_t at = str_find_char(url, '#', 0);
    return at == STR_NPOS ? STR("") : str_from(url, at);
}

static void put_raw_attr(struct buf *out, const struct body_attr *attr) {
    buf_put_char(out, ' ');
    buf_put(out, attr->name);
    buf_put(out, STR("=\""));
    buf_put(out, attr->value);
    buf_put_char(out, '"');
}

/* A link: identity beside the present address. */
static enum status put_link(struct walk *w, const struct body_token *token, struct buf *tag,
                            struct err *err) {
    struct str href = body_attr(token, STR("href"));
    struct link_target target = { .kind = LINK_FOREIGN };
    enum status status = href.ptr != NULL ? resolve(w, href, false, &target, err) : STATUS_OK;
    bool ours = target.path.len > 0;
    if (ours && target.kind == LINK_STORY) {
        put_value(w, tag, STR("data-story"), VALUE_STORY,
                  arena_printf(w->a, "%lld", (long long)target.story_id));
    }
    for (size_t i = 0; i < token->n_attrs; i++) {
        if (ours && str_eq(token->attrs[i].name, STR("href"))) {
            struct str fragment = fragment_of(html_unescape(w->a, href));
            put_value(w, tag, STR("href"), VALUE_LINK,
                      arena_printf(w->a, "%.*s%.*s", STR_FMT(target.path), STR_FMT(fragment)));
        } else if (!ours || !str_eq(token->attrs[i].name, STR("data-story"))) {
            put_raw_attr(tag, &token->attrs[i]);
        }
    }
    return status;
}

/* A picture, a film, a sound. */
static enum status put_resource(struct walk *w, const struct body_token *token, struct buf *tag,
                                struct err *err) {
    bool moved = false;
    enum status status = STATUS_OK;
    for (size_t i = 0; status == STATUS_OK && i < token->n_attrs; i++) {
        const struct body_attr *attr = &token->attrs[i];
        struct link_target target = { .kind = LINK_FOREIGN };
        if (str_eq(attr->name, STR("src")) || str_eq(attr->name, STR("poster"))) {
            status = resolve(w, attr->value, true, &target, err);
        }
        bool sizes = str_eq(attr->name, STR("srcset")) || str_eq(attr->name, STR("sizes"));
        if (target.kind == LINK_PATH && target.path.len > 0) {
            put_value(w, tag, attr->name,
                      str_eq(token->name, STR("img")) ? VALUE_IMAGE : VALUE_RESOURCE, target.path);
            moved = true;
        } else if (!moved || !sizes) { /* the sizes were those of the old site's copies */
            put_raw_attr(tag, attr);
        }
    }
    return status;
}

static enum status put_tag(struct walk *w, const struct body_token *token, struct err *err) {
    struct buf tag;
    if (!str_eq(token->name, STR("a")) && body_attr(token, STR("src")).ptr == NULL &&
        body_attr(token, STR("poster")).ptr == NULL) {
        buf_put(&w->out, token->raw);
        return STATUS_OK;
    }
    buf_init(&tag, LIMIT_BODY_HTML_BYTES);
    buf_put_char(&tag, '<');
    buf_put(&tag, token->name);
    enum status status = str_eq(token->name, STR("a")) ? put_link(w, token, &tag, err)
                                                       : put_resource(w, token, &tag, err);
    buf_put_char(&tag, '>');
    w->changed |= !str_eq(buf_str(&tag), token->raw);
    buf_put(&w->out, buf_str(&tag));
    buf_done(&tag);
    return status;
}

/* ---- cards ---- */

enum { PARAGRAPH_TOKENS_MAX = 40 };

struct paragraph {
    struct buf before, inside, after; /* texts, by their place to the link */
    struct str href;
    int links;
};

static bool is_inline(struct str name) {
    static const char *const names[] = { "strong", "b",     "em",   "i",  "u",
                                         "span",   "small", "mark", "br", "a" };
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (str_eq(name, str_of(names[i]))) {
            return true;
        }
    }
    return false;
}

/* Read on to the </p>; false: it holds something else than words and one link. */
static bool read_paragraph(struct body_reader *r, struct paragraph *p) {
    struct body_token token;
    bool in_link = false;
    for (int i = 0; i < PARAGRAPH_TOKENS_MAX; i++) {
        switch (body_next(r, &token)) {
        case BODY_TEXT:
            buf_put(in_link ? &p->inside : p->links > 0 ? &p->after : &p->before, token.raw);
            break;
        case BODY_OPEN:
            if (!is_inline(token.name)) {
                return false;
            }
            if (str_eq(token.name, STR("a"))) {
                p->links++;
                in_link = true;
                p->href = body_attr(&token, STR("href"));
            }
            break;
        case BODY_CLOSE:
            if (str_eq(token.name, STR("p"))) {
                return p->links == 1 && p->href.len > 0;
            }
            in_link &= !str_eq(token.name, STR("a"));
            break;
        default: return false;
        }
    }
    return false;
}

/* More than white space and marks? */
static bool has_words(struct arena *a, struct str text) {
    for (size_t i = 0; i < text.len; i++) {
        if (char_is_alnum(text.ptr[i])) {
            return true;
        }
    }
    return trim_marks(collapse(a, text)).len > 0;
}

/* The label as it is written: before the link, or in it up to a colon. ptr NULL: there is none. */
static struct str find_label(struct walk *w, const struct paragraph *p) {
    struct str none = { 0 };
    struct str inside = html_unescape(w->a, buf_str(&p->inside));
    if (has_words(w->a, html_unescape(w->a, buf_str(&p->after))) || str_trim(inside).len == 0) {
        return none;
    }
    struct str before = collapse(w->a, html_unescape(w->a, buf_str(&p->before)));
    if (trim_marks(before).len > 0) {
        return links_is_label(w->a, before) ? before : none;
    }
    size_t colon = str_find_char(inside, ':', 0);
    struct str label = str_slice(inside, 0, colon == STR_NPOS ? 0 : colon + 1);
    bool rest = str_trim(str_from(inside, label.len)).len > 0;
    return rest && links_is_label(w->a, label) ? collapse(w->a, label) : none;
}

/* Is there a link in the paragraph that begins here? Most have none. */
static bool has_link(struct walk *w, const struct body_reader *r) {
    if (w->link == NULL || w->link < r->rest.ptr) {
        size_t at = str_find(r->rest, STR("<a "), 0);
        w->link = r->rest.ptr + (at == STR_NPOS ? r->rest.len : at);
    }
    size_t end = str_find(r->rest, STR("</p>"), 0);
    return end != STR_NPOS && w->link < r->rest.ptr + end;
}

/* Write the paragraph that begins here as a card; false: it is none. */
static enum status put_card(struct walk *w, struct body_reader *r, bool *ret_done,
                            struct err *err) {
    struct body_reader ahead = *r;
    struct paragraph p = { 0 };
    *ret_done = false;
    if (!has_link(w, r)) {
        return STATUS_OK;
    }
    buf_init(&p.before, 4096);
    buf_init(&p.inside, 4096);
    buf_init(&p.after, 4096);
    struct str label = { 0 };
    enum status status = STATUS_OK;
    if (read_paragraph(&ahead, &p) && p.before.status == STATUS_OK &&
        p.inside.status == STATUS_OK && p.after.status == STATUS_OK) {
        label = find_label(w, &p);
    }
    if (label.ptr != NULL) {
        struct link_target target;
        size_t unknown = w->unknown;
        status = resolve(w, p.href, false, &target, err);
        w->unknown = unknown; /* the link itself is counted when it is written */
        if (status == STATUS_OK && target.kind == LINK_STORY) {
            buf_put(&w->out, STR("<div data-card=\"also-read\""));
            put_value(w, &w->out, STR("data-story"), VALUE_STORY,
                      arena_printf(w->a, "%lld", (long long)target.story_id));
            put_value(w, &w->out, STR("data-label"), VALUE_TEXT, label);
            buf_put(&w->out, STR("></div>"));
            *r = ahead;
            w->changed = w->has_cards = true;
            w->is_loose |= w->depth > 0; /* where it stands may say what may be around it */
            *ret_done = true;
        }
    }
    buf_done(&p.before);
    buf_done(&p.inside);
    buf_done(&p.after);
    return status;
}

enum status links_settle(struct arena *a, struct html body, link_resolver *resolver, void *ctx,
                         struct links_result *ret, struct err *err) {
    struct walk w = { .a = a, .resolver = resolver, .ctx = ctx };
    struct body_reader r;
    struct body_token token;
    enum status status = STATUS_OK;
    buf_init(&w.out, 2 * LIMIT_BODY_HTML_BYTES);
    buf_reserve(&w.out, body.raw.len + body.raw.len / 4);
    body_reader_init(&r, body);
    while (status == STATUS_OK && body_next(&r, &token) != BODY_END) {
        if (token.kind == BODY_BAD) {
            status = err_set(err, STATUS_CORRUPT, "a stored body is not in the body subset");
        } else if (token.kind != BODY_OPEN) {
            w.depth -= token.kind == BODY_CLOSE;
            buf_put(&w.out, token.raw);
        } else {
            bool done = false;
            if (str_eq(token.name, STR("p"))) {
                status = put_card(&w, &r, &done, err);
            }
            if (status == STATUS_OK && !done) {
                status = put_tag(&w, &token, err);
                w.depth += !body_is_void(token.name);
            }
        }
    }
    if (status == STATUS_OK && w.out.status != STATUS_OK) {
        status = err_set(err, w.out.status, "the body is too large with its links");
    }
    *ret = (struct links_result){ .body = body, .unknown = w.unknown };
    if (status == STATUS_OK && w.changed && !w.is_loose && w.out.len <= LIMIT_BODY_HTML_BYTES) {
        /* Attributes in their order and spelling, blocks where blocks were: canonical as it is. */
        ret->body.raw = arena_str(a, buf_str(&w.out));
        ret->changed = !str_eq(ret->body.raw, body.raw);
        ret->other_words = ret->changed && w.has_cards;
    } else if (status == STATUS_OK && w.changed) {
        status = sanitize_html(a, buf_str(&w.out), NULL, &ret->body, err);
        ret->changed = status == STATUS_OK && !str_eq(ret->body.raw, body.raw);
        ret->other_words = ret->changed;
    }
    buf_done(&w.out);
    return status;
}
