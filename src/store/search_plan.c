/* FTS5 by itself does not end where we want it to. To find where two words meet it advances each to
 * the other's next document, inside one step of the statement, until both stand in one or the index
 * is read out: "the" and "of" as a phrase, or ten common words that never meet, is a second of work
 * of which no LIMIT and no range of rowids takes anything away (a range is compared with what was
 * found).
 *
 * So it is not asked where words meet. The rarest condition leads, and is met by one of all the
 * words, itself among them, which is always so:
 *
 *     "mayor" AND ("harbour" OR "late" OR "ferry" OR "mayor")
 *
 * Each document of the leader, newest first, is then one row, the others are moved to it by the
 * index's short cuts, and search_weigh() (sqlite_search.c), which is given the conditions as a
 * program, says from the positions what is met and what it is worth. How many steps there may be is
 * reckoned from how common the words are (search_word): a count, so that the same data give the
 * same answer on any machine. */
#include "store/search_plan.h"

#include "base/clock.h"
#include "base/limits.h"

#include <math.h>

enum {
    PREFIX_WORDS_LOOKED_AT = 400,
    PREFIX_WORDS_COMMON = 4000, /* among so many common words those with the prefix are sought */
    PREFIX_WORDS_USED = 16,     /* of all prefixes of a query */
    PREFIX_DOCS_MAX = 20000,    /* what the index itself may put together */
    STEPS_MIN = 50,
};

/* Estimated nanoseconds, from measurements on an index of a million stories (bench/search.c): what
 * a query may cost in one table; opening a word; a step of one word; passing over a document of a
 * word on the way to the next that is asked for. At most a page of the index is read through for
 * that: some hundred documents of a text, a thousand headlines. */
#define COST_MAX_NS            2.5e6
#define COST_OPEN_NS           60e3
#define COST_STEP_NS           250.0
#define COST_SKIP_NS           10.0
#define COST_SKIP_MAX          300.0
#define COST_SKIP_HEADLINE_MAX 1000.0

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

/* What is not in the sample at all counts half; nor is what search_words.c has below nothing. */
static double at_least_half(int64_t n) {
    return n > 0 ? (double)n : 0.5;
}

static struct counts word_counts(struct sql *db, struct str word) {
    struct counts n = { 0.5, 0.5 };
    struct rows rows = ROWS(db, "search_word", TEXT(word));
    if (rows_next(&rows)) {
        n.docs = at_least_half(rows_i64(&rows, 0));
        n.headlines = at_least_half(rows_i64(&rows, 1));
    }
    rows_end(&rows);
    return n;
}

/* ---- options ---- */

typedef VEC(struct search_option) options;

static struct search_option phrase_option(struct sql *db, const struct search_phrase *phrase) {
    struct search_option option = {
        .tokens = phrase->tokens, .len = phrase->len, .docs = HUGE_VAL, .headlines = HUGE_VAL
    };
    for (size_t i = 0; i < phrase->len; i++) {
        struct counts counts = word_counts(db, phrase->tokens[i]);
        if (counts.docs < option.docs) {
            option.docs = counts.docs;
            option.rarest = i;
        }
        option.headlines = fmin(option.headlines, counts.headlines);
    }
    return option;
}

static struct search_option word_option(struct arena *a, struct str word, struct counts counts) {
    struct str *token = ARENA_NEW(a, struct str);
    *token = word;
    return (struct search_option){
        .tokens = token, .len = 1, .docs = counts.docs, .headlines = fmax(counts.headlines, 0.5)
    };
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
                           double scale, int64_t words_max, options *ret) {
    struct str prefix = phrase->tokens[phrase->len - 1];
    struct str end = arena_printf(a, "%.*s\xf7", STR_FMT(prefix)); /* no character begins with it */
    struct known_words known = known_words(
        a, ROWS(db, "search_words_from", TEXT(prefix), TEXT(end), I64(PREFIX_WORDS_LOOKED_AT)));
    bool many = known.len == PREFIX_WORDS_LOOKED_AT || known.sum.docs * scale > PREFIX_DOCS_MAX;
    struct search_phrase before = { phrase->tokens, phrase->len - 1, false };
    if (!many) {
        struct search_option option = phrase_option(db, &before);
        option.len = phrase->len;
        option.is_prefix = true;
        if (before.len == 0 || known.sum.docs < option.docs) {
            option.docs = fmax(known.sum.docs, 0.5);
            option.rarest = before.len;
        }
        option.headlines = fmin(option.headlines, fmax(known.sum.headlines, 0.5));
        *vec_push(a, ret) = option;
        return;
    }
    if (before.len > 0) { /* found is too much then, not too little */
        *vec_push(a, ret) = phrase_option(db, &before);
        return;
    }
    struct known_words common =
        known_words(a, ROWS(db, "search_words_common", TEXT(prefix), TEXT(end),
                            I64(PREFIX_WORDS_COMMON), I64(words_max)));
    known = common.len > 0 ? common : known;
    for (int64_t i = 0; i < (int64_t)known.len && i < words_max; i++) {
        *vec_push(a, ret) = word_option(a, known.ptr[i].word, known.ptr[i].counts);
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
        *vec_push(a, &any) = word_option(a, token, (struct counts){ n + 1, n + 1 });
    }
    struct search_condition c = condition(&any, 1);
    c.is_filing = true;
    return c;
}

/* At least 1. */
static size_t prefixes_of(const struct search_query *q) {
    size_t n = 0;
    for (size_t i = 0; i < q->len; i++) {
        for (size_t k = 0; k < q->groups[i].len; k++) {
            n += q->groups[i].any[k].is_prefix;
        }
    }
    return n > 0 ? n : 1;
}

void search_plan_make(struct sql *db, struct arena *a, const struct search_query *q,
                      struct ids section_ids, int64_t author_id, struct search_plan *ret) {
    VEC(struct search_condition) all = { 0 };
    double total = (double)RUN(db, "list_count", I64(LIST_LATEST), I64(0), I64(0), I64(0)) + 1;
    double sample = sample_size(db).docs;
    double scale = sample > 0 ? fmax(total / sample, 1) : 1;
    *ret = (struct search_plan){ .total = total };
    int64_t words_max = PREFIX_WORDS_USED / (int64_t)prefixes_of(q) + 1;
    for (size_t i = 0; i < q->len; i++) {
        const struct search_group *group = &q->groups[i];
        options any = { 0 };
        for (size_t k = 0; k < group->len; k++) {
            const struct search_phrase *phrase = &group->any[k];
            if (phrase->is_prefix) {
                prefix_options(db, a, phrase, scale, words_max, &any);
            } else {
                *vec_push(a, &any) = phrase_option(db, phrase);
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

static void put_token(struct buf *match, const struct search_option *option, size_t i) {
    bool is_prefix = option->is_prefix && i + 1 == option->len;
    buf_printf(match, is_prefix ? "\"%.*s\" *" : "\"%.*s\"", STR_FMT(option->tokens[i]));
}

/* Of each option the rarest token: one of them stands in whatever meets the condition. */
static void put_rarest(struct buf *match, const struct search_condition *c) {
    for (size_t i = 0; i < c->len; i++) {
        buf_put(match, i > 0 ? STR(" OR ") : STR(""));
        put_token(match, &c->any[i], c->any[i].rarest);
    }
}

static bool is_known(struct sql *db, struct arena *a, const struct search_condition *c) {
    struct buf match;
    buf_init(&match, 1 * MIB);
    put_rarest(&match, c);
    struct str text = arena_str(a, buf_str(&match));
    buf_done(&match);
    return HAS(db, "search_any", TEXT(text));
}

void search_plan_keep_known(struct search_plan *plan, struct sql *db, struct arena *a) {
    for (size_t i = plan->len; i-- > 0;) {
        const struct search_condition *c = &plan->conditions[i];
        if (is_word(c) && !is_known(db, a, c)) {
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

/* ---- expressions ---- */

static double docs_of(const struct search_condition *c, enum search_where where) {
    return fmax(where == SEARCH_ANYWHERE ? c->docs : c->headlines, 1);
}

static bool is_asked(const struct search_condition *c, enum search_where where) {
    return c->is_filing || (is_word(c) && where != SEARCH_FILING) ||
           (c->is_negative && where == SEARCH_ANYWHERE);
}

/* The rarest that must be met. */
static const struct search_condition *leader_of(const struct search_plan *plan,
                                                enum search_where where) {
    const struct search_condition *leader = NULL;
    for (size_t i = 0; i < plan->len; i++) {
        const struct search_condition *c = &plan->conditions[i];
        if (is_asked(c, where) && !c->is_negative &&
            (leader == NULL || docs_of(c, where) < docs_of(leader, where))) {
            leader = c;
        }
    }
    return leader;
}

static bool is_of_words(const struct search_condition *c) {
    for (size_t i = 0; i < c->len; i++) {
        if (c->any[i].len > 1) {
            return false;
        }
    }
    return true;
}

static char weight_of(const struct search_plan *plan, const struct search_option *option) {
    double rarity = 4 * log2(1 + plan->total / (option->docs + 1));
    return (char)('1' + (int)fmin(fmax(rarity, 0), 76));
}

static void put_number(struct buf *program, size_t n) {
    buf_put_char(program, (char)('0' + n / 64));
    buf_put_char(program, (char)('0' + n % 64));
}

static void put_condition(const struct search_plan *plan, const struct search_condition *c,
                          bool is_leader, struct buf *program) {
    char kind = c->is_negative ? 'n' : c->is_filing ? 'f' : 'w';
    buf_put_char(program, is_leader ? (char)(kind - 'a' + 'A') : kind);
    put_number(program, c->len);
    for (size_t i = 0; i < c->len; i++) {
        put_number(program, c->any[i].len);
        buf_put_char(program, weight_of(plan, &c->any[i]));
    }
}

/* How many nanoseconds the words of a condition take at each step. */
static double step_of(const struct search_condition *c, double leader_docs,
                      enum search_where where) {
    bool in_text = where == SEARCH_ANYWHERE;
    double ns = 0, skip_max = in_text ? COST_SKIP_MAX : COST_SKIP_HEADLINE_MAX;
    for (size_t i = 0; i < c->len; i++) {
        double docs = in_text ? c->any[i].docs : c->any[i].headlines;
        ns += (double)c->any[i].len *
              (COST_STEP_NS + COST_SKIP_NS * fmin(docs / leader_docs, skip_max));
    }
    return ns;
}

void search_plan_express(const struct search_plan *plan, struct arena *a, enum search_where where,
                         struct search_expression *ret) {
    const struct search_condition *leader = leader_of(plan, where);
    *ret = (struct search_expression){ 0 };
    if (leader == NULL || (where != SEARCH_FILING && plan->positive == 0)) {
        return;
    }
    struct buf match, lead, program;
    buf_init(&match, 4 * MIB);
    buf_init(&lead, 64 * KIB);
    buf_init(&program, 64 * KIB);
    put_rarest(&lead, leader);
    put_number(&program, leader->len);
    buf_printf(&match, "(%.*s)", STR_FMT(buf_str(&lead)));
    double ns = 2 * COST_STEP_NS * (double)leader->len;
    double open_ns = 2 * COST_OPEN_NS * (double)leader->len;
    bool is_alone = true; /* each row of the leader is a match: they end by themselves */
    for (size_t i = 0; i < plan->len; i++) {
        const struct search_condition *c = &plan->conditions[i];
        if (!is_asked(c, where)) {
            continue;
        }
        bool leads = c == leader && is_of_words(c);
        put_condition(plan, c, leads, &program);
        if (leads) {
            continue;
        }
        buf_put(&match, is_alone ? STR(" AND (") : STR(""));
        is_alone = false;
        for (size_t k = 0; k < c->len; k++) {
            for (size_t t = 0; t < c->any[k].len; t++) {
                put_token(&match, &c->any[k], t);
                buf_put(&match, STR(" OR "));
                open_ns += COST_OPEN_NS;
            }
        }
        ns += step_of(c, docs_of(leader, where), where);
    }
    if (!is_alone) {
        buf_printf(&match, "%.*s)", STR_FMT(buf_str(&lead)));
    }
    check(match.status == STATUS_OK && program.status == STATUS_OK && lead.status == STATUS_OK);
    ret->match = arena_str(a, buf_str(&match));
    ret->program = arena_str(a, buf_str(&program));
    double left_ns = fmax(COST_MAX_NS - open_ns, COST_MAX_NS / 4);
    ret->steps_max = is_alone ? INT64_MAX : (int64_t)fmax(left_ns / ns, STEPS_MIN);
    buf_done(&match);
    buf_done(&lead);
    buf_done(&program);
}
