/* Whatever is typed into the search field: the tokens are words and nothing else, a query keeps to
 * its limits, a text contains what was typed of it, and FTS5 takes every expression that a query
 * becomes. The first byte chooses filters and order, the rest is typed. */
#include "base/clock.h"
#include "base/limits.h"
#include "store/store.h"
#include "tests/must.h"
#include "text/tokens.h"
#include "text/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* ---- a small site, made once ---- */

enum { STORIES = 60, PAGE_SIZE = 7 };
static const int64_t first_us = INT64_C(1647259200) * US_PER_SECOND;

static void fill(struct store *store) {
    static const char *const headlines[] = { "The late ferry",       "A b c",  "Fog & gulls",
                                             "北京大学生渡轮",       "ข้ามฟาก", "ab abc abcd",
                                             "Ærøskøbing à la carte" };
    static const char *const bodies[] = { "<p>a b c d e ferry</p>", "<p>他们在北京大学学习。</p>",
                                          "<p>Harbour café, late</p>", "<p>ประเทศไทย a</p>",
                                          "<p>aa ab ac ad the</p>" };
    struct arena a = { 0 };
    struct store_writer *w = NULL;
    struct section section = { .name = STR("s"), .slug = STR("s"), .path = STR("/s/") };
    struct section below = { .name = STR("t"), .slug = STR("t"), .path = STR("/t/") };
    struct author author = { .name = STR("by"), .slug = STR("by"), .path = STR("/by/") };
    int64_t section_id, below_id, author_id, id;
    MUST(store_write_begin(store, &w, &err));
    MUST(store_section_put(w, &section, &section_id, &err));
    below.parent_id = section_id;
    MUST(store_section_put(w, &below, &below_id, &err));
    MUST(store_author_put(w, &author, &author_id, &err));
    check(section_id == 1 && author_id == 1);
    for (int i = 0; i < STORIES; i++) {
        struct civil day = civil_of_us(first_us + i * US_PER_DAY);
        struct story s = { .state = STORY_PUBLISHED,
                           .path = arena_printf(&a, "/%d/", i),
                           .headline = str_of(headlines[i % (int)COUNT_OF(headlines)]),
                           .body = { str_of(bodies[i % (int)COUNT_OF(bodies)]) },
                           .section_id = i % 2 ? section_id : below_id,
                           .published_us = first_us + i * US_PER_DAY,
                           .local_day = day.year * 10000 + day.month * 100 + day.day };
        s.authors = (struct ids){ &author_id, (size_t)(i % 3 == 0) };
        MUST(store_story_put(w, &s, &id, &err));
    }
    MUST(store_write_commit(w, &err));
    arena_done(&a);
}

/* It is read in one transaction, so that its files can go at once. */
static struct store_reader *open_reader(void) {
    static struct store *store;
    static struct store_reader *reader;
    if (reader == NULL) {
        char dir[] = "/tmp/fuzz-search-XXXXXX", path[80];
        check(mkdtemp(dir) != NULL);
        MUST(store_create(dir, &err));
        MUST(store_open(dir, &store, &err));
        fill(store);
        MUST(store_reader_open(store, &reader, &err));
        MUST(store_read_begin(reader, NULL, &err));
        int64_t due;
        MUST(store_next_due(reader, &due, &err)); /* the transaction begins by reading */
        static const char *const files[] = { "site.db", "site.db-wal", "site.db-shm", "media" };
        for (size_t i = 0; i < COUNT_OF(files); i++) {
            snprintf(path, sizeof path, "%s/%s", dir, files[i]);
            (void)remove(path);
        }
        (void)rmdir(dir);
    }
    return reader;
}

/* ---- what must hold ---- */

static bool is_word_byte(char c) {
    return (unsigned char)c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z');
}

static void check_token(struct str token) {
    check(token.len > 0 && token.len <= TOKEN_BYTES_MAX && utf8_valid(token));
    for (size_t i = 0; i < token.len; i++) {
        check(is_word_byte(token.ptr[i]));
    }
}

static size_t check_tokens(struct str text) {
    struct token_reader r;
    struct token token;
    size_t at = 0, n = 0;
    token_reader_init(&r, text);
    for (; token_next(&r, &token); n++) {
        check_token(token.text);
        check(token.from < token.to && token.to <= text.len && token.from >= at);
        check(!token.is_pair || (token.middle > token.from && token.middle <= token.to));
        at = token.is_pair ? token.middle : token.to;
    }
    return n;
}

static void check_query(const struct search_query *q) {
    size_t tokens = 0;
    check(q->positive <= q->len);
    for (size_t g = 0; g < q->len; g++) {
        check(q->groups[g].len > 0 && q->groups[g].is_negative == (g >= q->positive));
        for (size_t i = 0; i < q->groups[g].len; i++) {
            const struct search_phrase *phrase = &q->groups[g].any[i];
            check(phrase->len > 0);
            tokens += phrase->len;
            for (size_t k = 0; k < phrase->len; k++) {
                check_token(phrase->tokens[k]);
            }
        }
    }
    check(tokens <= LIMIT_SEARCH_TOKENS);
}

static void check_spans(struct arena *a, const struct search_query *q, struct str text) {
    struct search_spans spans = search_query_find(a, q, text, 5);
    size_t at = 0;
    check(spans.len <= 5);
    for (size_t i = 0; i < spans.len; i++) {
        check(spans.ptr[i].from >= at && spans.ptr[i].from < spans.ptr[i].to);
        at = spans.ptr[i].to;
    }
    check(at <= text.len);
}

/* A text has the phrase that is the text. */
static void check_own_phrase(struct arena *a, struct str text) {
    struct search_query q;
    size_t tokens = check_tokens(text);
    struct str typed = arena_printf(a, "\"%.*s\"", STR_FMT(text));
    if (tokens == 0 || tokens > LIMIT_SEARCH_TOKENS || typed.len > LIMIT_SEARCH_BYTES) {
        return;
    }
    search_query_parse(a, typed, &q);
    bool is_whole = q.len == 1 && q.positive == 1 && q.groups[0].len == 1;
    if (is_whole) {
        check(search_query_find(a, &q, text, 1).len == 1);
    }
}

static void check_search(struct arena *a, const struct search_query *q, unsigned how) {
    struct store_search found;
    struct store_search_request req = { .query = *q,
                                        .section_id = how & 1,
                                        .author_id = how >> 1 & 1,
                                        .from_us = how & 4 ? first_us + 9 * US_PER_DAY : INT64_MIN,
                                        .to_us = how & 8 ? first_us + 49 * US_PER_DAY : INT64_MAX,
                                        .newest_first = (how & 16) != 0 };
    MUST(store_search(open_reader(), a, &req, 1, PAGE_SIZE, &found, &err));
    check(found.ids.len <= PAGE_SIZE && found.total >= (int64_t)found.ids.len);
    check(q->positive > 0 || found.total == 0);
    for (size_t i = 0; i < found.ids.len; i++) {
        for (size_t k = 0; k < i; k++) {
            check(found.ids.ptr[i] != found.ids.ptr[k]);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena a = { 0 };
    struct search_query q;
    unsigned how = size > 0 ? data[0] : 0;
    struct str typed = size > 1 ? str_make((const char *)data + 1, size - 1) : STR("");
    search_query_parse(&a, typed, &q);
    check_query(&q);
    check_spans(&a, &q, typed);
    check_spans(&a, &q, STR("The late ferry: 他们在北京大学学习。ประเทศไทย a b c Ærøskøbing"));
    check_own_phrase(&a, typed);
    check_search(&a, &q, how);
    arena_done(&a);
    return 0;
}
