#include "generator/archive.h"

#include "base/clock.h"
#include "generator/words.h"

/* The streams of chance that a number has. Other stories need a story's date and headline too (to
 * link to it, to repeat it), without its text. */
enum stream { OF_TOPIC, OF_HEADLINE, OF_DATE, OF_TEXT, OF_TAG, OF_AUTHOR, STREAMS };

enum {
    FORMATS = 60,       /* of headlines that come again and again */
    RECENT = 200,       /* a headline repeats one of so many before it */
    SLUG_WORDS = 8,     /* of the headline */
    LINKED_BACK = 5000, /* half of the links to stories go to one of so many before it */
};

static struct chance chance_for(const struct archive *x, enum stream stream, int64_t number) {
    return chance_of(x->seed, (uint64_t)number * STREAMS + stream);
}

int archive_day(int64_t us) {
    struct civil c = civil_of_us(us);
    return c.year * 10000 + c.month * 100 + c.day;
}

/* ---- sections, tags, authors ---- */

struct archive_section archive_section(size_t number) {
    static const struct {
        const char *name, *slug;
    } names[ARCHIVE_SECTIONS] = {
        { "World", "world" },
        { "Politics", "politics" },
        { "Business", "business" },
        { "The Town", "town" },
        { "Sport", "sport" },
        { "Culture", "culture" },
        { "Science", "science" },
        { "Technology", "technology" },
        { "Health", "health" },
        { "Education", "education" },
        { "Environment", "environment" },
        { "Opinion", "opinion" },
        { "Europe", "europe" },
        { "Asia", "asia" },
        { "Parliament", "parliament" },
        { "Elections", "elections" },
        { "Markets", "markets" },
        { "Work & Pay", "work" },
        { "Harbour", "harbour" },
        { "Roads", "roads" },
        { "Football", "football" },
        { "Sailing", "sailing" },
        { "Books", "books" },
        { "Music", "music" },
        { "Space", "space" },
        { "Animals", "animals" },
        { "Computers", "computers" },
        { "Telephones", "telephones" },
        { "Medicine", "medicine" },
        { "Food", "food" },
        { "Schools", "schools" },
        { "Universities", "universities" },
        { "Climate", "climate" },
        { "Energy", "energy" },
        { "Letters", "letters" },
        { "Columns", "columns" },
    };
    const size_t top = 12;
    return (struct archive_section){ .name = names[number].name,
                                     .slug = names[number].slug,
                                     .parent = number < top ? number : (number - top) / 2 };
}

static struct archive_term term(struct arena *a, struct chance c, size_t words, size_t number) {
    struct buf b;
    buf_init(&b, 1000);
    for (size_t i = 0; i < words; i++) {
        if (i > 0) {
            buf_put_char(&b, ' ');
        }
        words_put_name(&b, 500 + chance_below(&c, 20000));
    }
    struct str name = arena_str(a, buf_str(&b));
    for (size_t i = 0; i < b.len; i++) {
        b.ptr[i] = b.ptr[i] == ' ' ? '-' : char_lower(b.ptr[i]);
    }
    struct str slug = arena_printf(a, "%.*s-%zu", STR_FMT(buf_str(&b)), number);
    buf_done(&b);
    return (struct archive_term){ .slug = slug, .name = name };
}

struct archive_term archive_tag(const struct archive *x, struct arena *a, size_t number) {
    return term(a, chance_for(x, OF_TAG, (int64_t)number), 1 + number % 2, number);
}

struct archive_term archive_author(const struct archive *x, struct arena *a, size_t number) {
    return term(a, chance_for(x, OF_AUTHOR, (int64_t)number), 2, number);
}

/* ---- what other stories need of one ---- */

/* Each story has a place of its own in the archive, so dates follow the numbers. The density grows
 * as e^(2t) over the years. */
static int64_t date_us(const struct archive *x, int64_t number) {
    const double growth = 2;
    const int64_t first_us = civil_to_us((struct civil){ ARCHIVE_FIRST_YEAR, 1, 1, 0, 0, 0, 0 });
    struct chance c = chance_for(x, OF_DATE, number);
    double at = ((double)number + chance_share(&c)) / (double)(x->stories > 0 ? x->stories : 1);
    double years = log1p(at * expm1(growth)) / growth * ARCHIVE_YEARS;
    return first_us + (int64_t)(years * 365.25 * 86400) * US_PER_SECOND;
}

static struct writing writing_of(const struct archive *x, int64_t number) {
    struct chance c = chance_for(x, OF_TOPIC, number);
    size_t script = chance_below(&c, 100);
    return (struct writing){ .script = script < 3   ? SCRIPT_HAN
                                       : script < 5 ? SCRIPT_THAI
                                                    : SCRIPT_LATIN,
                             .topic = chance_zipf(&c, WORDS_TOPICS, 0, 1),
                             .topical = 0.16 };
}

static void put_headline(const struct archive *x, int64_t number, bool may_repeat,
                         struct buf *out) {
    struct writing w = writing_of(x, number);
    struct chance c = chance_for(x, OF_HEADLINE, number);
    size_t kind = chance_below(&c, 60);
    w.topical = 0.4;
    if (kind < 3) {
        words_put_some(out, &c, 5 + chance_below(&c, 8), 0, 0.45);
    } else if (kind < 13) {
        size_t format = chance_below(&c, FORMATS);
        for (size_t i = 0; i < 2 + format % 4; i++) {
            words_put(out, w.script, chance_mix(format * 8 + i) % 2000);
            buf_put_char(out, ' ');
        }
        words_put_text(out, &c, &w, 2 + chance_below(&c, 2));
    } else if (kind < 15 && may_repeat && number > 0) {
        int64_t back = 1 + (int64_t)chance_below(&c, RECENT);
        put_headline(x, number > back ? number - back : 0, false, out);
        buf_put_char(out, ' ');
        words_put_text(out, &c, &w, 1);
    } else {
        words_put_text(out, &c, &w, 5 + chance_below(&c, 8));
    }
}

static struct str headline(const struct archive *x, struct arena *a, int64_t number) {
    struct buf b;
    buf_init(&b, 64u << 10);
    put_headline(x, number, true, &b);
    if (b.len > 0 && b.ptr[0] >= 'a' && b.ptr[0] <= 'z') {
        b.ptr[0] = (char)(b.ptr[0] - 'a' + 'A');
    }
    struct str s = arena_str(a, buf_str(&b));
    buf_done(&b);
    return s;
}

/* The headline's first words and the number, which makes it the only one. */
static struct str slug(struct arena *a, struct str headline, int64_t number) {
    struct buf b;
    buf_init(&b, 64u << 10);
    struct str rest = headline, word;
    for (size_t i = 0; i < SLUG_WORDS && str_split(&rest, ' ', &word); i++) {
        for (size_t k = 0; k < word.len; k++) {
            char c = char_lower(word.ptr[k]);
            if (c >= 'a' && c <= 'z') {
                buf_put_char(&b, c);
            }
        }
        buf_put_char(&b, '-');
    }
    /* Of scripts without letters nothing is left but hyphens. */
    bool has_letters = b.len > 0 && b.ptr[0] != '-';
    struct str s = arena_printf(a, "%.*s%lld", STR_FMT(has_letters ? buf_str(&b) : STR("story-")),
                                (long long)number);
    buf_done(&b);
    return s;
}

static struct str path(struct arena *a, int64_t at_us, struct str slug) {
    struct civil c = civil_of_us(at_us);
    return arena_printf(a, "/%04d/%02d/%.*s/", c.year, c.month, STR_FMT(slug));
}

static struct str path_of(const struct archive *x, struct arena *a, int64_t number) {
    return path(a, date_us(x, number), slug(a, headline(x, a, number), number));
}

/* ---- the text ---- */

/* What a story's text is drawn with. */
struct pen {
    const struct archive *x;
    struct arena *a;
    struct chance c;
    struct writing w;
    struct buf b;
    struct archive_story *s;
};

static struct str sentences(struct pen *p, size_t words) {
    buf_reset(&p->b);
    words_put_sentences(&p->b, &p->c, &p->w, words);
    return arena_str(p->a, buf_str(&p->b));
}

static struct block *add(struct pen *p, enum block_kind kind, struct str text) {
    check(p->s->n_blocks < ARCHIVE_BLOCKS_MAX);
    struct block *b = &p->s->blocks[p->s->n_blocks++];
    *b = (struct block){ .kind = kind, .text = text, .href = STR("") };
    return b;
}

static void add_heading(struct pen *p) {
    struct writing w = p->w;
    w.topical = 0.4;
    buf_reset(&p->b);
    words_put_text(&p->b, &p->c, &w, 3 + chance_below(&p->c, 4));
    add(p, BLOCK_HEADING, arena_str(p->a, buf_str(&p->b)));
}

static size_t add_list(struct pen *p) {
    size_t items = 3 + chance_below(&p->c, 4), words = 0;
    buf_reset(&p->b);
    for (size_t i = 0; i < items; i++) {
        size_t n = 4 + chance_below(&p->c, 10);
        if (i > 0) {
            buf_put_char(&p->b, '\n');
        }
        words_put_text(&p->b, &p->c, &p->w, n);
        words += n;
    }
    add(p, BLOCK_LIST, arena_str(p->a, buf_str(&p->b)));
    return words;
}

/* Where a link of this story leads. */
static struct str somewhere(struct pen *p) {
    size_t kind = chance_below(&p->c, 10);
    int64_t number = p->s->number;
    if (kind < 7 && number > 0) {
        int64_t all = number < p->x->stories ? number : p->x->stories;
        int64_t near = kind < 3 && all > LINKED_BACK ? LINKED_BACK : all;
        return path_of(p->x, p->a, all - 1 - (int64_t)chance_below(&p->c, (size_t)near));
    }
    if (kind < 9 || number == 0) {
        size_t tag = p->s->tags[chance_below(&p->c, p->s->n_tags)];
        return arena_printf(p->a, "/tag/%.*s/", STR_FMT(archive_tag(p->x, p->a, tag).slug));
    }
    buf_reset(&p->b);
    words_put(&p->b, SCRIPT_LATIN, 200 + chance_below(&p->c, 20000));
    return arena_printf(p->a, "https://example.com/%.*s?a=1&b=2", STR_FMT(buf_str(&p->b)));
}

/* Over one to three words in the middle; over all of a text without spaces. */
static void link_words(struct pen *p, struct block *b) {
    size_t from = str_find_char(b->text, ' ', chance_below(&p->c, b->text.len / 2 + 1));
    if (from == STR_NPOS) {
        b->link_to = b->text.len;
    } else {
        b->link_from = b->link_to = from + 1;
        for (size_t n = 1 + chance_below(&p->c, 3); n > 0; n--) {
            size_t end = str_find_char(b->text, ' ', b->link_to + 1);
            b->link_to = end == STR_NPOS ? b->text.len : end;
        }
    }
    b->href = somewhere(p);
}

static void write_body(struct pen *p) {
    /* Most are short: a product of two shares. */
    size_t left = 300 + (size_t)(900 * chance_share(&p->c) * chance_share(&p->c));
    size_t heading_at = chance_below(&p->c, 100) < 40 ? 3 + chance_below(&p->c, 3) : 0;
    size_t quote_at = chance_below(&p->c, 100) < 45 ? 2 + chance_below(&p->c, 4) : 0;
    size_t list_at = chance_below(&p->c, 100) < 15 ? 3 + chance_below(&p->c, 3) : 0;
    for (size_t n = 1; left > 0; n++) {
        size_t words = 28 + chance_below(&p->c, 58);
        if (words + 15 > left) {
            words = left;
        }
        if (heading_at > 0 && n % heading_at == 0) {
            add_heading(p);
        }
        if (n == list_at) {
            size_t listed = add_list(p);
            left -= listed < left ? listed : left;
            continue;
        }
        struct block *b =
            add(p, n == quote_at ? BLOCK_QUOTE : BLOCK_PARAGRAPH, sentences(p, words));
        if (n != quote_at && chance_below(&p->c, 100) < 30) {
            link_words(p, b);
        }
        left -= words;
    }
}

static void choose_terms(struct pen *p) {
    struct archive_story *s = p->s;
    s->sections[s->n_sections++] = chance_zipf(&p->c, ARCHIVE_SECTIONS, 0, 1);
    size_t second = chance_below(&p->c, ARCHIVE_SECTIONS * 3); /* a third has one */
    if (second < ARCHIVE_SECTIONS && second != s->sections[0]) {
        s->sections[s->n_sections++] = second;
    }
    size_t wanted = 2 + chance_below(&p->c, 4);
    while (s->n_tags < wanted) {
        size_t tag = chance_zipf(&p->c, ARCHIVE_TAGS, 0, 1), i = 0;
        while (i < s->n_tags && s->tags[i] != tag) {
            i++;
        }
        if (i == s->n_tags) {
            s->tags[s->n_tags++] = tag;
        }
    }
    s->author = chance_zipf(&p->c, ARCHIVE_AUTHORS, 0, 1);
}

void archive_story_at(const struct archive *x, struct arena *a, int64_t number, int64_t at_us,
                      struct archive_story *ret) {
    struct pen p = { .x = x, .a = a, .s = ret };
    p.c = chance_for(x, OF_TEXT, number);
    p.w = writing_of(x, number);
    buf_init(&p.b, ARCHIVE_STORY_BYTES);
    *ret = (struct archive_story){ .number = number, .published_us = at_us };
    ret->headline = headline(x, a, number);
    ret->slug = slug(a, ret->headline, number);
    ret->path = path(a, at_us, ret->slug);
    choose_terms(&p);
    bool is_changed = chance_below(&p.c, 5) == 0;
    int64_t later_us = (int64_t)(300 + chance_below(&p.c, 40000)) * US_PER_SECOND;
    ret->updated_us = at_us + (is_changed ? later_us : 0);
    ret->standfirst = sentences(&p, 15 + chance_below(&p.c, 20));
    ret->picture = ret->picture_alt = STR("");
    bool has_picture = chance_below(&p.c, 10) < 6;
    if (has_picture && x->pictures) {
        struct civil c = civil_of_us(at_us);
        ret->picture = arena_printf(a, "/wp-content/uploads/%04d/%02d/%.*s.jpg", c.year, c.month,
                                    STR_FMT(ret->slug));
        ret->picture_alt = headline(x, a, number + 1);
    }
    write_body(&p);
    buf_done(&p.b);
}

void archive_story(const struct archive *x, struct arena *a, int64_t number,
                   struct archive_story *ret) {
    archive_story_at(x, a, number, date_us(x, number), ret);
}
