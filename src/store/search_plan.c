#include "store/search_plan.h"

#include "base/clock.h"
#include "base/limits.h"

#include <math.h>

enum {
    PREFIX_WORDS_LOOKED_AT = 400,
    PREFIX_WORDS_COMMON = 4000, /* among so many common words those with the prefix are sought */
    PREFIX_WORDS_USED = 24,
    PREFIX_DOCS_MAX = 20000, /* what the index itself may put together */
};

/* Estimated nanoseconds, measured on an index of a million stories: what a meeting of words may
 * cost; a step of the rarest word; finding that step's document among the others' (a page of the
 * index has some hundreds). */
#define COST_MAX_NS   5e6
#define COST_STEP_NS  300.0
#define COST_SKIP_NS  12.0
#define COST_SKIP_MAX 300.0

/* ---- how common words are ---- */

struct counts {
    double docs, headlines;
};

static struct counts sample_size(struct sql *db) {
    struct rows rows = ROWS(db, "search_word", TEXT(STR("")));
    struct counts n = { rows_next(&rows) ? (double)rows_i64(&rows, 0) : 0, 0 };
    rows_end(&rows);
    return n;
}

/* What is not in the sample at all counts half. */
static struct counts word_counts(struct sql *db, struct str word) {
    struct counts n = { 0.5, 0.5 };
    struct rows rows = ROWS(db, "search_word", TEXT(word));
    if (rows_next(&rows)) {
        n.docs = (double)rows_i64(&rows, 0);
        n.headlines = rows_i64(&rows, 1) > 0 ? (double)rows_i64(&rows, 1) : 0.5;
    }
    rows_end(&rows);
    return n;
}

/* ---- options ---- */

typedef VEC(struct search_option) options;

static struct str quoted(struct arena *a, const struct str *tokens, size_t n, bool is_prefix) {
    struct buf b;
    buf_init(&b, (size_t)LIMIT_SEARCH_BYTES * 16);
    buf_put_char(&b, '"');
    for (size_t i = 0; i < n; i++) {
        if (i > 0) {
            buf_put_char(&b, ' ');
        }
        buf_put(&b, tokens[i]);
    }
    buf_put(&b, is_prefix ? STR("\" *") : STR("\""));
    struct str text = arena_str(a, buf_str(&b));
    buf_done(&b);
    return text;
}

static struct search_option whole_phrase(struct sql *db, struct arena *a, const struct str *tokens,
                                         size_t n) {
    struct search_option option = { .match = quoted(a, tokens, n, false),
                                    .token = n == 1 ? tokens[0] : STR(""),
                                    .docs = HUGE_VAL,
                                    .headlines = HUGE_VAL,
                                    .tokens = n };
    for (size_t i = 0; i < n; i++) {
        struct counts counts = word_counts(db, tokens[i]);
        option.docs = fmin(option.docs, counts.docs);
        option.headlines = fmin(option.headlines, counts.headlines);
    }
    return option;
}

struct known_word {
    struct str word;
    struct counts counts;
};
struct known_words {
    struct known_word *ptr;
    size_t len;
    struct counts sum;
};

static struct known_words known_words(struct arena *a, struct rows rows) {
    VEC(struct known_word) words = { 0 };
    struct counts sum = { 0, 0 };
    while (rows_next(&rows)) {
        struct known_word *w = vec_push(a, &words);
        w->word = rows_text(&rows, a, 0);
        w->counts = (struct counts){ (double)rows_i64(&rows, 1), (double)rows_i64(&rows, 2) };
        sum.docs += w->counts.docs;
        sum.headlines += w->counts.headlines;
    }
    return (struct known_words){ words.ptr, words.len, sum };
}

/* The words that begin with `prefix`: the index puts them together if they are few and rare; else
 * the most common of them. */
static void prefix_options(struct sql *db, struct arena *a, const struct search_phrase *phrase,
                           double scale, options *ret) {
    struct str prefix = phrase->tokens[phrase->len - 1];
    struct str end = arena_printf(a, "%.*s\xf7", STR_FMT(prefix)); /* no character begins with it */
    struct known_words known = known_words(
        a, ROWS(db, "search_words_from", TEXT(prefix), TEXT(end), I64(PREFIX_WORDS_LOOKED_AT)));
    bool many = known.len == PREFIX_WORDS_LOOKED_AT || known.sum.docs * scale > PREFIX_DOCS_MAX;
    if (!many) {
        struct search_option option = whole_phrase(db, a, phrase->tokens, phrase->len);
        option.match = quoted(a, phrase->tokens, phrase->len, true);
        option.token = STR("");
        if (phrase->len == 1) {
            option.docs = fmax(known.sum.docs, 0.5);
            option.headlines = fmax(known.sum.headlines, 0.5);
        }
        *vec_push(a, ret) = option;
        return;
    }
    if (phrase->len > 1) { /* without the beginning of the last word: found is too much, not too
                              little */
        *vec_push(a, ret) = whole_phrase(db, a, phrase->tokens, phrase->len - 1);
        return;
    }
    struct known_words common =
        known_words(a, ROWS(db, "search_words_common", TEXT(prefix), TEXT(end),
                            I64(PREFIX_WORDS_COMMON), I64(PREFIX_WORDS_USED)));
    known = common.len > 0 ? common : known;
    for (size_t i = 0; i < known.len && i < PREFIX_WORDS_USED; i++) {
        struct known_word *w = &known.ptr[i];
        *vec_push(a, ret) = (struct search_option){ .match = quoted(a, &w->word, 1, false),
                                                    .docs = w->counts.docs,
                                                    .headlines = fmax(w->counts.headlines, 0.5),
                                                    .tokens = 1 };
    }
}

static struct search_condition condition(const options *any, double scale) {
    struct search_condition c = { .any = any->ptr, .len = any->len };
    for (size_t i = 0; i < any->len; i++) {
        any->ptr[i].docs *= scale;
        any->ptr[i].headlines *= scale;
        c.docs += any->ptr[i].docs;
        c.headlines += any->ptr[i].headlines;
    }
    return c;
}

static struct search_condition filing(struct sql *db, struct arena *a, enum list_kind list,
                                      char kind, struct ids ids) {
    options any = { 0 };
    for (size_t i = 0; i < ids.len; i++) {
        char word[SEARCH_FILING_MAX];
        struct str token = arena_str(a, search_filing(word, kind, ids.ptr[i]));
        double n = (double)RUN(db, "list_count", I64(list), I64(ids.ptr[i]), I64(0), I64(0));
        *vec_push(a, &any) = (struct search_option){
            .match = quoted(a, &token, 1, false), .docs = n + 1, .headlines = n + 1, .tokens = 1
        };
    }
    struct search_condition c = condition(&any, 1);
    c.is_filing = true;
    return c;
}

void search_plan_make(struct sql *db, struct arena *a, const struct search_query *q,
                      struct ids section_ids, int64_t author_id, struct search_plan *ret) {
    VEC(struct search_condition) all = { 0 };
    double total = (double)RUN(db, "list_count", I64(LIST_LATEST), I64(0), I64(0), I64(0)) + 1;
    double sample = sample_size(db).docs;
    double scale = sample > 0 ? fmax(total / sample, 1) : 1;
    *ret = (struct search_plan){ .total = total };
    for (size_t i = 0; i < q->len; i++) {
        const struct search_group *group = &q->groups[i];
        options any = { 0 };
        for (size_t k = 0; k < group->len; k++) {
            const struct search_phrase *phrase = &group->any[k];
            if (phrase->is_prefix) {
                prefix_options(db, a, phrase, scale, &any);
            } else {
                *vec_push(a, &any) = whole_phrase(db, a, phrase->tokens, phrase->len);
            }
        }
        struct search_condition c = condition(&any, scale);
        c.is_negative = group->is_negative;
        ret->positive += !c.is_negative;
        ret->negative += c.is_negative;
        *vec_push(a, &all) = c;
    }
    if (section_ids.len > 0) {
        *vec_push(a, &all) = filing(db, a, LIST_SECTION, 's', section_ids);
    }
    if (author_id != 0) {
        *vec_push(a, &all) = filing(db, a, LIST_AUTHOR, 'a', (struct ids){ &author_id, 1 });
    }
    ret->conditions = all.ptr;
    ret->len = all.len;
}

/* ---- leaving words out ---- */

static bool is_word(const struct search_condition *c) {
    return !c->is_negative && !c->is_filing;
}

static void drop(struct search_plan *plan, size_t at) {
    plan->positive--;
    plan->len--;
    memmove(&plan->conditions[at], &plan->conditions[at + 1],
            (plan->len - at) * sizeof *plan->conditions);
}

static struct str any_of(struct arena *a, const struct search_condition *c) {
    struct str text = c->any[0].match;
    for (size_t i = 1; i < c->len; i++) {
        text = arena_printf(a, "%.*s OR %.*s", STR_FMT(text), STR_FMT(c->any[i].match));
    }
    return text;
}

void search_plan_keep_known(struct search_plan *plan, struct sql *db, struct arena *a) {
    for (size_t i = plan->len; i-- > 0;) {
        const struct search_condition *c = &plan->conditions[i];
        if (is_word(c) && !HAS(db, "search_any", TEXT(any_of(a, c)))) {
            drop(plan, i);
        }
    }
}

void search_plan_keep_rarest(struct search_plan *plan, size_t n) {
    while (plan->positive > n) {
        size_t most = plan->len;
        for (size_t i = 0; i < plan->len; i++) {
            const struct search_condition *c = plan->conditions;
            if (is_word(&c[i]) && (most == plan->len || c[i].docs >= c[most].docs)) {
                most = i;
            }
        }
        drop(plan, most);
    }
}

/* ---- what must be met ---- */

/* The conditions that must be met, the rarest first. */
struct meeting {
    const struct search_condition **ptr;
    size_t len;
    enum search_where where;
};

static double docs_of(const struct search_condition *c, enum search_where where) {
    return fmax(where == SEARCH_ANYWHERE ? c->docs : c->headlines, 1);
}

static size_t tokens_of(const struct search_condition *c) {
    size_t tokens = 1;
    for (size_t i = 0; i < c->len; i++) {
        tokens = c->any[i].tokens > tokens ? c->any[i].tokens : tokens;
    }
    return tokens;
}

/* All words as one phrase; NULL if they are not all single words, or fewer than two. */
static const struct search_condition *phrase_of(const struct search_plan *plan, struct arena *a) {
    struct str *tokens = arena_array(a, plan->positive + 1, sizeof *tokens);
    struct search_option *option = ARENA_NEW(a, struct search_option);
    struct search_condition *phrase = ARENA_NEW(a, struct search_condition);
    *option = (struct search_option){ .docs = HUGE_VAL, .headlines = HUGE_VAL };
    for (size_t i = 0; i < plan->len; i++) {
        const struct search_condition *c = &plan->conditions[i];
        if (!is_word(c)) {
            continue;
        }
        if (c->len != 1 || c->any[0].token.len == 0) {
            return NULL;
        }
        tokens[option->tokens++] = c->any[0].token;
        option->docs = fmin(option->docs, c->docs);
        option->headlines = fmin(option->headlines, c->headlines);
    }
    if (option->tokens < 2) {
        return NULL;
    }
    option->match = quoted(a, tokens, option->tokens, false);
    *phrase = (struct search_condition){ .any = option,
                                         .len = 1,
                                         .is_filing = true, /* its words count already */
                                         .docs = option->docs,
                                         .headlines = option->headlines };
    return phrase;
}

/* Empty: there is nothing of that kind to look for. */
static struct meeting meeting_of(const struct search_plan *plan, struct arena *a,
                                 enum search_where where) {
    VEC(const struct search_condition *) met = { 0 };
    const struct search_condition *phrase = NULL;
    if (where == SEARCH_HEADLINE_PHRASE) {
        phrase = phrase_of(plan, a);
    }
    if (where != SEARCH_FILING &&
        (plan->positive == 0 || (where == SEARCH_HEADLINE_PHRASE && phrase == NULL))) {
        return (struct meeting){ .where = where };
    }
    for (size_t i = 0; i <= plan->len; i++) {
        const struct search_condition *c = i < plan->len ? &plan->conditions[i] : phrase;
        bool with_words = where == SEARCH_ANYWHERE || where == SEARCH_HEADLINE;
        if (c == NULL || c->is_negative || (is_word(c) && !with_words)) {
            continue;
        }
        *vec_push(a, &met) = c;
        size_t at = met.len - 1;
        for (; at > 0 && docs_of(met.ptr[at - 1], where) > docs_of(c, where); at--) {
            met.ptr[at] = met.ptr[at - 1];
        }
        met.ptr[at] = c;
    }
    return (struct meeting){ met.ptr, met.len, where };
}

/* ---- what they cost ---- */

/* Of looking for some documents among those of a condition. */
static double cost_of(double documents, const struct search_condition *c, enum search_where where) {
    double skipped = fmin(docs_of(c, where) / documents, COST_SKIP_MAX);
    return documents * (double)tokens_of(c) * (COST_STEP_NS + COST_SKIP_NS * skipped);
}

/* Of the archive, what may be read. The two rarest are read side by side, and what they have in
 * common is looked for among the others in turn. Words of one story often stand together in
 * another: how many are left is reckoned halfway between chance and all. A single word costs
 * nothing here, it is read until there are enough. */
static double share_of(const struct search_plan *plan, const struct meeting *met) {
    double cost = 0, left = plan->total;
    size_t tokens = 0;
    for (size_t i = 0; i < met->len; i++) {
        const struct search_condition *c = met->ptr[i];
        double docs = docs_of(c, met->where);
        left = i == 0 ? docs : left;
        cost += cost_of(left, c, met->where);
        left = i == 0 ? left : fmax(left * sqrt(fmin(docs / plan->total, 1)), 1);
        tokens += tokens_of(c);
    }
    for (size_t i = 0; i < plan->len && met->where == SEARCH_ANYWHERE; i++) {
        const struct search_condition *c = &plan->conditions[i];
        if (c->is_negative) {
            cost += cost_of(left, c, met->where);
            tokens += tokens_of(c);
        }
    }
    return tokens < 2 || cost <= COST_MAX_NS ? 1 : COST_MAX_NS / cost;
}

/* ---- expressions ---- */

static char weight_of(const struct search_plan *plan, const struct search_condition *c, size_t i) {
    if (!is_word(c)) {
        return '0';
    }
    double rarity = 4 * log2(1 + plan->total / (c->any[i].docs + 1));
    return (char)('1' + (int)fmin(fmax(rarity, 0), 76));
}

static void put_condition(const struct search_plan *plan, const struct search_condition *c,
                          struct buf *match, struct buf *weights) {
    buf_put_char(match, '(');
    for (size_t i = 0; i < c->len; i++) {
        buf_put(match, i > 0 ? STR(" OR ") : STR(""));
        buf_put(match, c->any[i].match);
        buf_put_char(weights, weight_of(plan, c, i));
    }
    buf_put_char(match, ')');
}

/* FTS5 advances all operands of an AND, nested or not, for each step of any: with twelve words the
 * ten common ones follow each step of the two rare ones. An OR with a word that never occurs is
 * taken for one operand, which is advanced alone until it matches. Measured on 12 words: 17 ms
 * became 1. */
#define NEVER "\xee\x80\x80never"

static void put_meeting(const struct search_plan *plan, const struct meeting *met,
                        struct buf *match, struct buf *weights) {
    size_t nested = met->len > 3 ? 2 : met->len > 2 ? 1 : 0;
    for (size_t i = 0; i < nested; i++) {
        buf_put_char(match, '(');
    }
    for (size_t i = 0; i < met->len; i++) {
        buf_put(match, i > 0 ? STR(" AND ") : STR(""));
        put_condition(plan, met->ptr[i], match, weights);
        if (i > 0 && i <= nested) {
            buf_put(match, STR(" OR \"" NEVER "\")"));
            buf_put_char(weights, '0');
        }
    }
}

static void put_negative(const struct search_plan *plan, struct buf *match, struct buf *weights) {
    bool first = true;
    for (size_t i = 0; i < plan->len; i++) {
        const struct search_condition *c = &plan->conditions[i];
        if (c->is_negative) {
            buf_put(match, first ? STR("") : STR(" OR "));
            put_condition(plan, c, match, weights);
            first = false;
        }
    }
}

void search_plan_express(const struct search_plan *plan, struct arena *a, enum search_where where,
                         struct search_expression *ret) {
    struct meeting met = meeting_of(plan, a, where);
    *ret = (struct search_expression){ .share = share_of(plan, &met) };
    if (met.len == 0) {
        return;
    }
    struct buf match, weights;
    buf_init(&match, 1 * MIB);
    buf_init(&weights, 64 * KIB);
    bool without = where == SEARCH_ANYWHERE && plan->negative > 0;
    buf_put(&match, without ? STR("(") : STR(""));
    put_meeting(plan, &met, &match, &weights);
    if (without) {
        buf_put(&match, STR(") NOT ("));
        put_negative(plan, &match, &weights);
        buf_put_char(&match, ')');
    }
    check(match.status == STATUS_OK && weights.status == STATUS_OK);
    ret->match = arena_str(a, buf_str(&match));
    ret->weights = arena_str(a, buf_str(&weights));
    buf_done(&match);
    buf_done(&weights);
}

/* ---- the archive from its newest end ---- */

int64_t search_plan_back(struct sql *db, int64_t to_us, double share) {
    double left = share * (double)RUN(db, "list_count", I64(LIST_LATEST), I64(0), I64(0), I64(0));
    int64_t to_day = 99999999, day = 0;
    if (to_us != INT64_MAX) {
        struct civil c = civil_of_us(to_us + US_PER_DAY);
        to_day = c.year * 10000 + c.month * 100 + c.day;
    }
    struct rows rows =
        ROWS(db, "list_counts", I64(LIST_LATEST), I64(0), I64(3), I64(0), I64(to_day));
    while (left > 0 && rows_next(&rows)) {
        day = rows_i64(&rows, 0);
        left -= (double)rows_i64(&rows, 1);
    }
    rows_end(&rows);
    if (left > 0 || day == 0) {
        return INT64_MIN;
    }
    struct civil c = { .year = (int)(day / 10000),
                       .month = (int)(day / 100 % 100),
                       .day = (int)(day % 100) };
    return search_doc_at(civil_to_us(c) - US_PER_DAY);
}
