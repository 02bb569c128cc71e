#include "site/markup.h"

#include "render/template.h"
#include "text/html.h"

/* In the place of what a template computes, so that offsets stay: */
enum {
    MASK_VALUE = '\x01', /* {{x}} */
    MASK_RAW = '\x02',   /* {{{x}}} */
    MASK_OTHER = '\x03', /* blocks, partials, fragments, comments */
};

struct markup {
    struct arena *arena;
    struct str text; /* masked */
    size_t at;
    bool is_svg; /* a file by itself: XML, and none of it computed */
    markup_fault_fn *say;
    void *ctx;
};

struct tag {
    struct str name;
    size_t at;
    bool has_alt, has_src, is_data; /* is_data: a <script> of another type than JavaScript */
    bool is_refresh;                /* <meta http-equiv=refresh> */
    struct str rel, href;           /* of a <link> */
    struct str content;             /* of a <meta> */
};

static void fault(struct markup *m, size_t at, bool is_error, struct str message) {
    struct markup_fault f = { at, is_error, message };
    m->say(m->ctx, &f);
}

static char byte(const struct markup *m, size_t at) {
    return at < m->text.len ? m->text.ptr[at] : '\0';
}

static bool is_mask(char c) {
    return c >= MASK_VALUE && c <= MASK_OTHER;
}

static bool has_value(struct str s) {
    return str_find_char(s, MASK_VALUE, 0) != STR_NPOS;
}

static bool has_any_value(struct str s) {
    return has_value(s) || str_find_char(s, MASK_RAW, 0) != STR_NPOS;
}

static bool one_of(struct str s, const char *names) {
    struct str rest = str_of(names), name;
    while (str_split(&rest, ' ', &name)) {
        if (str_eq_nocase(s, name)) {
            return true;
        }
    }
    return false;
}

bool markup_is_external(struct str address) {
    struct str s = str_trim(address);
    return str_starts_nocase(s, STR("http:")) || str_starts_nocase(s, STR("https:")) ||
           str_starts(s, STR("//"));
}

/* ---- masking ---- */

struct masking {
    struct str text;
    char *out;
};

static void mask_piece(void *ctx, enum template_piece piece, size_t from, size_t to) {
    static const char masks[] = { [PIECE_TEXT] = ' ',
                                  [PIECE_VALUE] = MASK_VALUE,
                                  [PIECE_RAW_VALUE] = MASK_RAW,
                                  [PIECE_OTHER] = MASK_OTHER };
    struct masking *m = ctx;
    for (size_t i = from; i < to && i < m->text.len; i++) {
        char c = m->text.ptr[i];
        m->out[i] = piece != PIECE_TEXT ? masks[piece] : is_mask(c) || c == '\0' ? ' ' : c;
    }
}

static struct str masked(struct arena *a, struct str template) {
    struct masking m = { template, arena_alloc(a, template.len + 1) };
    memset(m.out, ' ', template.len);
    template_pieces(template, mask_piece, &m);
    return str_make(m.out, template.len);
}

/* ---- attributes ---- */

static void external(struct markup *m, size_t at, struct str address) {
    struct str shown = str_trim(address), url = shown;
    (void)str_split(&shown, ' ', &url); /* "a.png 2x" */
    fault(m, at, false,
          arena_printf(m->arena, "\"%.*s\" is a request to another site: put the file into assets/",
                       STR_FMT(str_slice(url, 0, url.len < 100 ? url.len : 100))));
}

/* url(…) in a style attribute or element. */
static void check_urls(struct markup *m, size_t at, struct str css) {
    for (size_t i = 0; (i = str_find_nocase(css, STR("url("), i)) != STR_NPOS; i++) {
        size_t begin = i + 4;
        while (begin < css.len &&
               (char_is_space(css.ptr[begin]) || css.ptr[begin] == '"' || css.ptr[begin] == '\'')) {
            begin++;
        }
        size_t end = begin;
        while (end < css.len && strchr("\"')", css.ptr[end]) == NULL) {
            end++;
        }
        if (markup_is_external(str_slice(css, begin, end))) {
            external(m, at + begin, str_slice(css, begin, end));
        }
        i = end; /* what is not closed is read once */
    }
}

static void check_srcset(struct markup *m, size_t at, struct str value) {
    struct str rest = value, part;
    while (str_split(&rest, ',', &part)) {
        if (markup_is_external(part)) {
            external(m, at + (size_t)(part.ptr - value.ptr), part);
        }
    }
}

static void svg_script(struct markup *m, size_t at) {
    fault(m, at, false,
          STR("a script in an SVG: it may do all that the site may where a browser opens the file "
              "by itself"));
}

/* As browsers compare an address's scheme: without white space, references to characters decoded.
 * Masks stay. */
static struct str bare_address(struct markup *m, struct str value) {
    struct str decoded = html_unescape(m->arena, value);
    char *bare = arena_alloc(m->arena, decoded.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < decoded.len; i++) {
        char c = decoded.ptr[i];
        if ((unsigned char)c > ' ' || is_mask(c)) {
            bare[len++] = c;
        }
    }
    return str_make(bare, len);
}

/* What a browser runs or shows as a page when somebody follows it. An address begins at the
 * attribute's beginning, or behind an {{#if}} or {{else}}. */
static void check_scheme(struct markup *m, size_t at, struct str name, struct str value) {
    static const char *const schemes[] = { "javascript:", "vbscript:", "data:" };
    struct str rest = bare_address(m, value), part;
    while (rest.ptr != NULL) {
        for (size_t i = 0; i < COUNT_OF(schemes); i++) {
            if (!str_starts_nocase(rest, str_of(schemes[i]))) {
                continue;
            }
            if (has_any_value(rest)) {
                fault(m, at, true,
                      arena_printf(m->arena,
                                   "a value behind %s in %.*s=: escaping for HTML does not make "
                                   "it safe there",
                                   schemes[i], STR_FMT(name)));
            } else if (i < 2 && m->is_svg) {
                svg_script(m, at);
            } else if (i < 2) {
                fault(m, at, false,
                      arena_printf(m->arena,
                                   "browsers refuse %s where the site has a "
                                   "Content-Security-Policy: put the script into inline.js",
                                   schemes[i]));
            }
            return;
        }
        (void)!str_split(&rest, MASK_OTHER, &part);
    }
}

static void check_attribute(struct markup *m, struct tag *tag, size_t at, struct str name,
                            struct str value) {
    bool is_link = str_eq_nocase(tag->name, STR("link"));
    if (str_eq_nocase(name, STR("alt"))) {
        tag->has_alt = true;
    } else if (str_eq_nocase(name, STR("rel"))) {
        tag->rel = value;
    } else if (str_eq_nocase(name, STR("type"))) {
        tag->is_data = !one_of(value, "module text/javascript application/javascript") &&
                       value.len > 0;
    } else if (str_eq_nocase(name, STR("href")) && is_link) {
        tag->href = value;
    } else if (str_eq_nocase(name, STR("http-equiv"))) {
        tag->is_refresh = str_eq_nocase(str_trim(value), STR("refresh"));
    } else if (str_eq_nocase(name, STR("content"))) {
        tag->content = value;
    }
    bool is_object = str_eq_nocase(name, STR("data")) && str_eq_nocase(tag->name, STR("object"));
    if (is_object || one_of(name, "href src action formaction xlink:href")) {
        check_scheme(m, at, name, value);
    }
    tag->has_src = tag->has_src || str_eq_nocase(name, STR("src"));
    if (one_of(name, "srcset imagesrcset")) {
        check_srcset(m, at, value);
    } else if (one_of(name, "src poster ping background") || is_object ||
               (one_of(name, "href xlink:href") && one_of(tag->name, "use image base"))) {
        if (markup_is_external(value)) {
            external(m, at, value);
        }
    } else if (str_eq_nocase(name, STR("style"))) {
        check_urls(m, at, value);
        if (has_value(value)) {
            fault(m, at, false, STR("a value in a style attribute may end the rule that it is in"));
        }
    } else if (str_eq_nocase(name, STR("srcdoc"))) {
        if (has_any_value(value)) {
            fault(m, at, true,
                  STR("a value in srcdoc= is read as HTML once more: escaping does not make it "
                      "safe there"));
        }
    } else if (str_starts_nocase(name, STR("on"))) {
        if (m->is_svg) {
            svg_script(m, at);
        } else if (has_value(value)) {
            fault(m, at, true,
                  arena_printf(m->arena,
                               "a value in %.*s= is a script: escaping for HTML does not make it "
                               "safe there",
                               STR_FMT(name)));
        }
    }
}

/* At what follows '='. */
static struct str take_value(struct markup *m) {
    while (char_is_space(byte(m, m->at))) {
        m->at++;
    }
    char quote = byte(m, m->at);
    size_t begin = m->at;
    if (quote == '"' || quote == '\'') {
        size_t end = str_find_char(m->text, quote, ++begin);
        end = end == STR_NPOS ? m->text.len : end;
        m->at = end < m->text.len ? end + 1 : end;
        return str_slice(m->text, begin, end);
    }
    while (m->at < m->text.len && !char_is_space(byte(m, m->at)) && byte(m, m->at) != '>') {
        m->at++;
    }
    struct str value = str_slice(m->text, begin, m->at);
    if (has_value(value)) {
        fault(m, begin, true,
              STR("a value wants quotes around it: a blank in it would begin another attribute"));
    }
    return value;
}

/* Behind the tag's name, to its '>'. */
static void take_attributes(struct markup *m, struct tag *tag) {
    while (m->at < m->text.len && byte(m, m->at) != '>') {
        size_t begin = m->at;
        char c = byte(m, m->at);
        if (char_is_space(c) || c == '/' || c == '=' || is_mask(c)) {
            m->at++;
            continue;
        }
        while (m->at < m->text.len && !char_is_space(c) && c != '>' && c != '/' && c != '=' &&
               !is_mask(c)) {
            c = byte(m, ++m->at);
        }
        struct str name = str_slice(m->text, begin, m->at), value = STR("");
        size_t at = begin;
        if (byte(m, m->at) == '=') {
            m->at++;
            value = take_value(m);
            at = (size_t)(value.ptr - m->text.ptr);
        }
        check_attribute(m, tag, at, name, value);
    }
    m->at++;
}

/* ---- elements ---- */

/* What stands between <script> or <style> and its end. */
static void take_raw_text(struct markup *m, const struct tag *tag) {
    struct str end_tag = arena_printf(m->arena, "</%.*s", STR_FMT(tag->name));
    size_t begin = m->at, end = str_find_nocase(m->text, end_tag, begin);
    end = end == STR_NPOS ? m->text.len : end;
    struct str inside = str_slice(m->text, begin, end);
    bool is_script = str_eq_nocase(tag->name, STR("script"));
    size_t value = str_find_char(inside, MASK_VALUE, 0);
    m->at = end;
    if (value != STR_NPOS) {
        fault(m, begin + value, true,
              is_script ? STR("a value in a script: escaping for HTML does not make it safe there; "
                              "put it into a data- attribute and read that")
                        : STR("a value in a style sheet: escaping for HTML does not make it safe "
                              "there"));
    }
    if (!is_script) {
        check_urls(m, begin, inside);
    } else if (!tag->has_src && !tag->is_data && str_trim(inside).len > 0) {
        fault(m, tag->at, false,
              STR("browsers refuse this script where the site has a Content-Security-Policy: put "
                  "it into inline.js"));
    }
}

static void take_name(struct markup *m) {
    while (char_is_alnum(byte(m, m->at)) || byte(m, m->at) == '-') {
        m->at++;
    }
}

/* Behind its tag. What is inside an XML file's <script> or <style> is markup as well. */
static void check_svg_element(struct markup *m, const struct tag *tag) {
    if (str_eq_nocase(tag->name, STR("script"))) {
        svg_script(m, tag->at);
    } else if (str_eq_nocase(tag->name, STR("style"))) {
        check_urls(m, m->at, str_slice(m->text, m->at, str_find_char(m->text, '<', m->at)));
    }
}

static void take_tag(struct markup *m) {
    struct tag tag = { .at = m->at, .rel = STR(""), .href = STR(""), .content = STR("") };
    size_t begin = ++m->at;
    take_name(m);
    if (m->is_svg && byte(m, m->at) == ':') { /* <svg:script> */
        begin = ++m->at;
        take_name(m);
    }
    tag.name = str_slice(m->text, begin, m->at);
    take_attributes(m, &tag);
    if (m->is_svg) {
        check_svg_element(m, &tag);
        return;
    }
    if (tag.is_refresh && has_any_value(tag.content)) {
        fault(m, (size_t)(tag.content.ptr - m->text.ptr), true,
              STR("a value in a refresh's content may lead readers to any address"));
    }
    if (str_eq_nocase(tag.name, STR("img")) && !tag.has_alt) {
        fault(m, tag.at, false,
              STR("an img without alt: say what it shows, or alt=\"\" if it says nothing"));
    }
    if (markup_is_external(tag.href) &&
        one_of(tag.rel, "stylesheet preload modulepreload prefetch icon apple-touch-icon manifest "
                        "preconnect dns-prefetch")) {
        external(m, tag.at, tag.href);
    }
    if (one_of(tag.name, "script style")) {
        take_raw_text(m, &tag);
    }
}

static void take_all(struct markup *m) {
    while ((m->at = str_find_char(m->text, '<', m->at)) != STR_NPOS) {
        /* One in CDATA is no comment of an SVG's, and would hide the rest. */
        if (!m->is_svg && str_starts(str_from(m->text, m->at), STR("<!--"))) {
            size_t end = str_find(m->text, STR("-->"), m->at + 4);
            m->at = end == STR_NPOS ? m->text.len : end + 3;
        } else if (char_is_alpha(byte(m, m->at + 1))) {
            take_tag(m);
        } else {
            m->at++;
        }
    }
}

void markup_check(struct arena *a, struct str template, markup_fault_fn *say, void *ctx) {
    struct markup m = { .arena = a, .text = masked(a, template), .say = say, .ctx = ctx };
    take_all(&m);
}

void markup_check_svg(struct arena *a, struct str svg, markup_fault_fn *say, void *ctx) {
    char *text = arena_alloc(a, svg.len + 1);
    struct masking plain = { svg, text };
    mask_piece(&plain, PIECE_TEXT, 0, svg.len);
    struct markup m = {
        .arena = a, .text = str_make(text, svg.len), .is_svg = true, .say = say, .ctx = ctx
    };
    take_all(&m);
}
