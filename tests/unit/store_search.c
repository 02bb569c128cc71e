#include "tests/harness.h"
#include "tests/store_site.h"
#include "tests/store_world.h"

#include "base/clock.h"
#include "base/limits.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

static const int64_t NOON = INT64_C(1647259200) * US_PER_SECOND; /* 2022-03-14 12:00 UTC */

static int day_of(int64_t us) {
    struct civil c = civil_of_us(us);
    return c.year * 10000 + c.month * 100 + c.day;
}

/* A published story so many hours after NOON. */
static struct story make(const char *headline, const char *body, int64_t hours) {
    static char path[40];
    static unsigned n;
    snprintf(path, sizeof path, "/s%u/", n++);
    int64_t at = NOON + hours * 3600 * US_PER_SECOND;
    return (struct story){ .state = STORY_PUBLISHED,
                           .path = str_of(path),
                           .headline = str_of(headline),
                           .body = { str_of(body) },
                           .published_us = at,
                           .local_day = day_of(at) };
}

static int64_t save(struct store_site *site, const struct story *s) {
    int64_t id = 0;
    OK(store_story_put(store_site_write(site), s, &id, &site->err));
    store_site_commit(site);
    return id;
}

static int64_t put(struct store_site *site, const char *headline, const char *body, int64_t hours) {
    struct story s = make(headline, body, hours);
    return save(site, &s);
}

static struct store_search_request asking(struct arena *a, const char *typed) {
    struct store_search_request req = { .from_us = INT64_MIN, .to_us = INT64_MAX };
    search_query_parse(a, str_of(typed), &req.query);
    return req;
}

/* The ids found, separated by blanks. */
static struct str found(struct store_site *site, const struct store_search_request *req) {
    struct arena *a = &site->arena;
    struct store_search result = { 0 };
    OK(store_search(store_site_read(site), a, req, 1, 50, &result, &site->err));
    struct str s = STR("");
    for (size_t i = 0; i < result.ids.len; i++) {
        s = arena_printf(a, "%.*s%s%lld", STR_FMT(s), i ? " " : "", (long long)result.ids.ptr[i]);
    }
    return s;
}

static struct str find(struct store_site *site, const char *typed) {
    struct store_search_request req = asking(&site->arena, typed);
    return found(site, &req);
}

TEST(search_finds_words_wherever_they_stand) {
    struct store_site site;
    store_site_open(&site);
    put(&site, "The late ferry", "<p>It waits for the <b>tide</b>.</p>", 0);            /* 1 */
    put(&site, "A mayor resigns", "<p>After the ferry affair, the mayor goes.</p>", 1); /* 2 */
    put(&site, "Fog &amp; gulls", "<p>Harbour café closed.</p>", 2);                    /* 3 */
    put(&site, "北京大学生渡轮", "<p>他们在北京大学学习。</p>", 3);                     /* 4 */
    put(&site, "เรือข้ามฟาก", "<p>ประเทศไทย</p>", 4);                                     /* 5 */
    put(&site, "मेयर ने इस्तीफा दिया", "<p>हिन्दी समाचार</p>", 5);                          /* 6 */
    put(&site, "رئيس البلدية", "<p>مُحَمَّد أحمد</p>", 6);                                  /* 7 */
    CHECK_STR(find(&site, "ferry"), "1 2"); /* in the headline first, though older */
    CHECK_STR(find(&site, "ferry mayor"), "2");
    CHECK_STR(find(&site, "FERRY -mayor"), "1");
    CHECK_STR(find(&site, "\"ferry affair\""), "2");
    CHECK_STR(find(&site, "\"affair ferry\""), "");
    CHECK_STR(find(&site, "tid*"), "1");
    CHECK_STR(find(&site, "cafe"), "3");
    CHECK_STR(find(&site, "CAFÉ harbour"), "3");
    CHECK_STR(find(&site, "gulls OR tide"), "3 1");
    CHECK_STR(find(&site, "大学"), "4");
    CHECK_STR(find(&site, "渡轮"), "4");
    CHECK_STR(find(&site, "学习"), "4");
    CHECK_STR(find(&site, "渡"), "4");
    CHECK_STR(find(&site, "京海"), "");
    CHECK_STR(find(&site, "ไทย"), "5");
    CHECK_STR(find(&site, "इस्तीफा"), "6");
    CHECK_STR(find(&site, "हिन्दी"), "6");
    CHECK_STR(find(&site, "محمد احمد"), "7");
    CHECK_STR(find(&site, "-ferry"), "");
    CHECK_STR(find(&site, ""), "");
    /* Not all: what has the most telling of the words. */
    CHECK_STR(find(&site, "tide zeppelin"), "1");
    CHECK_STR(find(&site, "zeppelin"), "");
    CHECK_INT(store_site_faults(&site), 0);
    store_site_close(&site);
}

TEST(search_has_the_expected_story_first) {
    struct store_site site;
    store_site_open(&site);
    const char *const text = "<p>The harbour council met on the ferry.</p>";
    put(&site, "Harbour council meets", text, 0);                                 /* 1 */
    put(&site, "Council of the harbour meets again", text, 24);                   /* 2 */
    put(&site, "Weather", "<p>Harbour council meets, said the council.</p>", 48); /* 3 */
    put(&site, "Grüße aus Köln", "<p>Die Straße über den Fluß.</p>", 72);         /* 4 */
    put(&site, "Snow: -5 tonight", "<p>Cold.</p>", 96);                           /* 5 */
    put(&site, "Ferry fog", "<p>Late.</p>", 97);                                  /* 6 */
    put(&site, "Ferry timetable", "<p>Fog, and gulls.</p>", 98);                  /* 7 */
    put(&site, "市议会讨论渡轮", "<p>渡轮晚点。</p>", 120);                       /* 8 */
    put(&site, "天气", "<p>渡轮停航，市议会开会。</p>", 144);                     /* 9 */
    put(&site, "เรือข้ามฟากล่าช้า", "<p>หมอก</p>", 168);                              /* 10 */
    put(&site, "อากาศวันนี้", "<p>เรือข้ามฟากหยุด</p>", 192);                           /* 11 */
    put(&site, "The week in pictures", "<p>Gulls.</p>", 200);                     /* 12 */
    put(&site, "The week in pictures", "<p>Boats.</p>", 368);                     /* 13 */
    /* the same headline, then the phrase, then the words, then the text; whatever the age */
    CHECK_STR(find(&site, "harbour council meets"), "1 2 3");
    CHECK_STR(find(&site, "\"council meets\""), "1 3");
    /* of equals the newest */
    CHECK_STR(find(&site, "the week in pictures"), "13 12");
    /* umlauts, sharp s */
    CHECK_STR(find(&site, "gruße aus koln"), "4");
    CHECK_STR(find(&site, "STRASSE fluss"), "4");
    /* a headline is found as it is written, and "-word" leaves a word out */
    CHECK_STR(find(&site, "Snow: -5 tonight"), "5");
    CHECK_STR(find(&site, "ferry -fog"), "2 1");
    CHECK_STR(find(&site, "fog ferry"), "6 7");
    /* scripts without spaces: a word that the whole is not cut at */
    CHECK_STR(find(&site, "渡轮"), "8 9");
    CHECK_STR(find(&site, "市议会"), "8 9");
    CHECK_STR(find(&site, "议会讨论"), "8");
    CHECK_STR(find(&site, "市议会 停航"), "9");
    CHECK_STR(find(&site, "ข้ามฟาก"), "10 11");
    CHECK_STR(find(&site, "เรือข้ามฟากล่าช้า"), "10");
    store_site_close(&site);
}

TEST(search_is_exact_after_every_change) {
    struct store_site site;
    store_site_open(&site);
    int64_t a = store_site_section(&site, 0, "Harbour", "/harbour/");
    int64_t b = store_site_section(&site, a, "Ferries", "/harbour/ferries/");
    int64_t c = store_site_section(&site, 0, "Town", "/town/");
    int64_t by = store_site_author(&site, "The Clerk", "/clerk/");
    struct story s = make("A lantern", "<p>Oil.</p>", 0);
    s.section_id = b;
    s.id = save(&site, &s);
    CHECK(str_find(site.touched, STR("search"), 0) != STR_NPOS);
    struct store_search_request req = asking(&site.arena, "lantern");
    CHECK_STR(found(&site, &req), "1");
    CHECK(keys_has(&site.noted, STR("search")));
    req.section_id = a;
    CHECK_STR(found(&site, &req), "1"); /* of a section below it */
    CHECK(keys_has(&site.noted, STR("sections")));
    req.section_id = c;
    CHECK_STR(found(&site, &req), "");
    s.section_id = c;
    save(&site, &s);
    CHECK_STR(found(&site, &req), "1");
    req.section_id = 0;
    req.author_id = by;
    CHECK_STR(found(&site, &req), "");
    s.authors = (struct ids){ &by, 1 };
    save(&site, &s);
    CHECK_STR(found(&site, &req), "1");
    s.headline = STR("A lamp");
    save(&site, &s);
    CHECK_STR(find(&site, "lantern"), "");
    CHECK_STR(find(&site, "lamp"), "1");
    OK(store_story_body_put(store_site_write(&site), s.id, (struct html){ STR("<p>Gas.</p>") }, 1,
                            &site.err));
    store_site_commit(&site);
    CHECK_STR(find(&site, "oil"), "");
    CHECK_STR(find(&site, "gas"), "1");
    /* What changes nothing that is searched touches nothing. */
    s.body.raw = STR("<p>Gas.</p>");
    s.word_count = 1;
    s.seo_title = STR("Lamps");
    save(&site, &s);
    CHECK(str_find(site.touched, STR("search"), 0) == STR_NPOS);
    static const enum story_visibility hidden[] = { STORY_PRIVATE, STORY_PASSWORD };
    for (size_t i = 0; i < COUNT_OF(hidden); i++) {
        s.visibility = hidden[i];
        save(&site, &s);
        CHECK_STR(find(&site, "lamp"), "");
        s.visibility = STORY_PUBLIC;
        save(&site, &s);
        CHECK_STR(find(&site, "lamp"), "1");
    }
    OK(store_story_withdraw(store_site_write(&site), s.id, NOON, &site.err));
    store_site_commit(&site);
    CHECK_STR(find(&site, "lamp"), "");
    CHECK_INT(store_site_faults(&site), 0);
    store_site_close(&site);
}

TEST(search_filters_dates_and_orders_by_age) {
    struct store_site site;
    store_site_open(&site);
    for (int i = 0; i < 30; i++) {
        put(&site, i % 3 ? "Fog" : "Tide", "<p>The fog of the day.</p>", i * 24);
    }
    struct store_search_request req = asking(&site.arena, "fog");
    req.newest_first = true;
    CHECK(str_starts(found(&site, &req), STR("30 29 28 27 26")));
    req.from_us = NOON + 3 * US_PER_DAY;
    req.to_us = NOON + 6 * US_PER_DAY;
    CHECK_STR(found(&site, &req), "6 5 4");
    req.newest_first = false;
    CHECK_STR(found(&site, &req), "6 5 4"); /* 4 is called Tide */
    store_site_close(&site);
}

TEST(search_pages_have_an_end) {
    struct store_site site;
    store_site_open(&site);
    for (int i = 0; i < 300; i++) {
        struct story s = make("Gulls", "<p>again</p>", 0); /* more than an hour has room for */
        s.path = arena_printf(&site.arena, "/g%d/", i);
        int64_t id;
        OK(store_story_put(store_site_write(&site), &s, &id, &site.err));
    }
    store_site_commit(&site);
    struct store_search_request req = asking(&site.arena, "again");
    struct store_search result;
    struct store_reader *r = store_site_read(&site);
    for (int newest = 0; newest < 2; newest++) {
        req.newest_first = newest;
        bool seen[301] = { false };
        for (int64_t n = 1; n <= LIMIT_SEARCH_PAGES; n++) {
            OK(store_search(r, &site.arena, &req, n, 10, &result, &site.err));
            CHECK_INT(result.ids.len, 10);
            CHECK_INT(result.pages, LIMIT_SEARCH_PAGES);
            CHECK(result.is_more);
            for (size_t i = 0; i < result.ids.len; i++) {
                CHECK(!seen[result.ids.ptr[i]]);
                seen[result.ids.ptr[i]] = true;
            }
        }
        CHECK_INT(store_search(r, &site.arena, &req, LIMIT_SEARCH_PAGES + 1, 10, &result, NULL),
                  STATUS_NOT_FOUND);
    }
    req.from_us = NOON; /* all of them, those that stand in the next hour, too */
    req.to_us = NOON + 1;
    OK(store_search(r, &site.arena, &req, 1, 50, &result, &site.err));
    CHECK_INT(result.total, 300);
    store_site_close(&site);
}

TEST(search_takes_anything_typed) {
    static const struct str typed[] = {
        STR_INIT("\""),
        STR_INIT("\"\"\""),
        STR_INIT("a\0b"),
        STR_INIT("*"),
        STR_INIT("a*"),
        STR_INIT("NOT"),
        STR_INIT("AND AND"),
        STR_INIT("headline:x"),
        STR_INIT("NEAR(a b)"),
        STR_INIT("^a"),
        STR_INIT("a + b"),
        STR_INIT("(a"),
        STR_INIT("{a}"),
        STR_INIT("-a*"),
        STR_INIT("a -b*"),
        STR_INIT("\"a\" * \"b"),
        STR_INIT("' OR 1=1 --"),
        STR_INIT("\xff\xfe"),
        STR_INIT("s1"),
        STR_INIT("\xee\x80\x80s1"),
        STR_INIT("a b c d e f g h i j k l m n o p q r s t u v w x y z"),
        STR_INIT("a* b* c* d* e* f* g* h* i* j* k* l* m* n* o* p* q*"),
        STR_INIT("a OR b OR c OR d OR e OR f OR g OR h* OR i -j -k -l"),
    };
    struct store_site site;
    store_site_open(&site);
    for (int i = 0; i < 20; i++) {
        put(&site, "a b c ab bc", "<p>a b c d e s1</p>", i);
    }
    uint64_t rng = test_seed();
    for (size_t i = 0; i < COUNT_OF(typed) + 300; i++) {
        char random[300];
        struct str text;
        if (i < COUNT_OF(typed)) {
            text = typed[i];
        } else {
            static const char alphabet[] = "aabbc  \"\"**--ORNAD():{}^+.'\\%\xc3\xa9\xe5\0";
            for (size_t k = 0; k < sizeof random; k++) {
                random[k] = alphabet[test_below(&rng, sizeof alphabet)];
            }
            text = str_make(random, test_below(&rng, sizeof random));
        }
        struct store_search_request req = { .from_us = INT64_MIN, .to_us = INT64_MAX };
        search_query_parse(&site.arena, text, &req.query);
        req.newest_first = i % 2;
        (void)found(&site, &req);
    }
    store_site_close(&site);
}

/* ---- after random writes ---- */

static void put_found(struct buf *out, struct store_site *site, const char *typed, int64_t section,
                      bool newest) {
    struct store_search_request req = asking(&site->arena, typed);
    req.section_id = section;
    req.newest_first = newest;
    buf_printf(out, "%s/%lld/%d: %.*s\n", typed, (long long)section, newest,
               STR_FMT(found(site, &req)));
}

static void put_answers(struct buf *out, struct store_site *site) {
    static const char *const typed[] = {
        "a", "b c", "t*", "0", "1 OR 2", "3 -4", "text", "\"a b\""
    };
    for (size_t i = 0; i < COUNT_OF(typed); i++) {
        for (int64_t section = 0; section <= WORLD_SECTIONS; section++) {
            struct section s;
            if (section != 0 && store_section(store_site_read(site), &site->arena, section, &s,
                                              NULL) != STATUS_OK) {
                continue;
            }
            put_found(out, site, typed[i], section, false);
            put_found(out, site, typed[i], section, true);
        }
    }
    for (int64_t id = 0; store_story_next(store_site_read(site), id, &id, NULL) == STATUS_OK;) {
        struct story s;
        OK(store_story(store_site_read(site), &site->arena, id, STORY_FULL, &s, &site->err));
        put_found(out, site, arena_str(&site->arena, s.headline).ptr, 0, false);
        struct str words = html_text(&site->arena, s.body);
        put_found(out, site, arena_str(&site->arena, words).ptr, 0, false);
    }
}

/* As if it were of other tokens than ours. */
static void forget(struct store_site *site) {
    char path[600];
    sqlite3 *db = NULL;
    snprintf(path, sizeof path, "%s/site.db", site->dir);
    check(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK);
    CHECK_INT(sqlite3_exec(db, "UPDATE search_state SET tokens_version = 0", NULL, NULL, NULL),
              SQLITE_OK);
    sqlite3_close(db);
    store_site_commit(site); /* the next read is a new snapshot */
}

/* Each token of the index with its story and place, and how common words are. */
static void put_index(struct buf *out, const struct store_site *site) {
    char path[600];
    sqlite3 *db = NULL;
    sqlite3_stmt *stmt = NULL;
    snprintf(path, sizeof path, "%s/site.db", site->dir);
    check(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK);
    CHECK_INT(
        sqlite3_exec(db,
                     "CREATE VIRTUAL TABLE temp.t USING fts5vocab(main, search_text, instance);"
                     "CREATE VIRTUAL TABLE temp.h USING fts5vocab(main, search_headline, instance)",
                     NULL, NULL, NULL),
        SQLITE_OK);
    const char *sql =
        "SELECT term || ' ' || story_id || ' ' || col || ' ' || offset FROM t"
        " JOIN search_doc USING (doc) UNION ALL "
        "SELECT term || ' headline ' || story_id || ' ' || col || ' ' || offset FROM h"
        " JOIN search_doc USING (doc) UNION ALL "
        "SELECT word || ' in ' || docs || ' and ' || headlines FROM search_word ORDER BY 1";
    CHECK_INT(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK);
    while (sqlite3_step(stmt) == SQLITE_ROW) {
        buf_printf(out, "%s\n", (const char *)sqlite3_column_text(stmt, 0));
    }
    sqlite3_finalize(stmt);
    sqlite3_close(db);
}

TEST(search_after_random_writes_finds_what_a_new_index_finds) {
    struct store_site site;
    struct world world;
    store_site_open(&site);
    bool tokens_seen = false; /* some worlds have nothing to find for a while */
    world_open(&world, &site, test_seed(), WORLD_STORIES_MAX);
    for (int round = 0; round < 12; round++) {
        bool waits = round % 3 != 2; /* then new stories are put in together, at the end */
        if (waits) {
            OK(store_search_defer(store_site_write(&site), &site.err));
            store_site_commit(&site);
        }
        for (int i = 0; i < 40; i++) {
            (void)world_step(&world);
        }
        if (waits) {
            store_site_commit(&site);
            OK(store_search_fill(site.store, NULL, NULL, &site.err));
        }
        /* Until all words are counted: searches are planned by them. */
        int64_t held_us;
        for (bool more = true; more;) {
            store_site_commit(&site);
            OK(store_upkeep(site.reader, 4, false, &held_us, &more, &site.err));
        }
        CHECK_INT(store_site_faults(&site), 0);
        struct buf kept, anew;
        buf_init(&kept, 16 * MIB);
        buf_init(&anew, 16 * MIB);
        put_answers(&kept, &site);
        put_index(&kept, &site);
        forget(&site);
        struct store *store = NULL;
        OK(store_open(site.dir, &store, &site.err)); /* fills it */
        store_close(store);
        store_site_commit(&site);
        put_answers(&anew, &site);
        put_index(&anew, &site);
        CHECK_INT(kept.status, STATUS_OK);
        tokens_seen |= str_find(buf_str(&kept), STR(" headline "), 0) != STR_NPOS;
        if (!str_eq(buf_str(&kept), buf_str(&anew))) {
            test_fail(__FILE__, __LINE__, "round %d:\n%.*s\nanew:\n%.*s", round,
                      STR_FMT(buf_str(&kept)), STR_FMT(buf_str(&anew)));
        }
        buf_done(&kept);
        buf_done(&anew);
        arena_reset(&site.arena);
    }
    CHECK(tokens_seen);
    char path[600];
    sqlite3 *db = NULL;
    snprintf(path, sizeof path, "%s/site.db", site.dir);
    store_site_commit(&site);
    check(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK);
    CHECK_INT(
        sqlite3_exec(db,
                     "INSERT INTO search_text (search_text) VALUES ('integrity-check');"
                     "INSERT INTO search_headline (search_headline) VALUES ('integrity-check')",
                     NULL, NULL, NULL),
        SQLITE_OK);
    sqlite3_close(db);
    store_site_close(&site);
}
