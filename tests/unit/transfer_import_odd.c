/* Odd files, imports that are killed, and the shared sample exports where they are at hand. */
#include "tests/harness.h"
#include "tests/import_site.h"

#include "base/clock.h"
#include "base/io.h"
#include "base/limits.h"

#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static bool contains(struct str text, const char *part) {
    return str_find(text, str_of(part), 0) != STR_NPOS;
}

static size_t keys_touched;
static void on_touched(UNUSED void *ctx, const struct keys *touched) {
    keys_touched += touched->list.len;
}

#define SAMPLES "../shared/data/wordpress/"

/* ---- plain permalinks, odd files ---- */

TEST(import_keeps_plain_permalinks) {
    struct import_site s;
    import_site_open(&s);
    import_site_run(&s, &(struct import_case){ .files = { "tests/data/wxr/plain.xml" } });
    CHECK_STR(import_site_story(&s, "/?p=7").headline, "Seven");
    CHECK(!import_site_address(&s, "/?p=7").redirect);
    CHECK_STR(import_site_story(&s, "/?page_id=9").headline, "Nine");
    CHECK(import_site_address(&s, "/?p=9").redirect);
    CHECK(contains(import_site_story(&s, "/?p=7").body.raw, "href=\"/?p=8\""));
    struct str shape;
    struct err err = { 0 };
    CHECK_INT(store_setting(s.reader, &s.arena, STR("permalink"), &shape, &err), STATUS_OK);
    CHECK_STR(shape, "/?p=%post_id%");
    import_site_close(&s);
}

/* What stood at the search's address could not be read, nor a redirect be followed. */
TEST(import_leaves_the_search_its_address) {
    struct import_site s;
    import_site_open(&s);
    for (int times = 0; times < 2; times++) {
        import_site_run(&s, &(struct import_case){ .files = { "tests/data/wxr/reserved.xml" } });
        CHECK_INT(s.status, STATUS_OK);
        CHECK_INT(import_site_address(&s, "/search/").kind, ADDRESS_NONE);
        CHECK_STR(import_site_story(&s, "/search-2/").headline, "Search the archive");
        CHECK(!import_site_address(&s, "/search-2/").redirect);
        CHECK_STR(import_site_story(&s, "/search-3/").headline, "A story called search");
        CHECK(import_site_address(&s, "/?page_id=7").redirect);
        CHECK_INT(import_site_id_at(&s, "/?pagename=search"), import_site_id_at(&s, "/search-2/"));
        CHECK_STR(import_site_story(&s, "/find/").headline, "Find");
    }
    import_site_close(&s);

    import_site_open(&s);
    import_site_run(&s, &(struct import_case){ .files = { "tests/data/wxr/reserved.xml" } });
    CHECK(import_site_warned(&s, "/search/ is the program's own: it stands at /search-2/", 7));
    CHECK(import_site_warned(&s, "/search/ is the program's own: it stands at /search-3/", 9));
    import_site_close(&s);
}

TEST(import_reads_odd_files) {
    struct import_site s;
    import_site_open(&s);
    import_site_run(&s, &(struct import_case){ .files = { "tests/data/wxr/odd.xml" } });
    CHECK_INT(s.status, STATUS_OK);
    CHECK_INT(import_site_count(&s, "post/publish"), 2);
    CHECK_STR(import_site_story(&s, "/2020/01/02/bell/").headline, "Bell and escape");
    CHECK(contains(import_site_story(&s, "/2020/01/02/bell/").body.raw,
                   "Split ]]&gt; here, &amp; there, \xEF\xBF\xBD bad."));
    CHECK(import_site_warned(&s, "control character", 1));
    CHECK(import_site_warned(&s, "not UTF-8", 1));
    CHECK_INT(import_site_address(&s, "/?tag=%D7%A9%22").kind,
              ADDRESS_TAG); /* as a request for it is spelled */
    import_site_close(&s);
}

TEST(import_says_where_a_file_breaks) {
    struct import_site s;
    import_site_open(&s);
    char cut[600];
    struct buf bytes;
    struct err err = { 0 };
    buf_init(&bytes, 16 * MIB);
    CHECK_INT(io_read_file(test_path("tests/data/wxr/every-clause.xml"), &bytes, &err), STATUS_OK);
    size_t at_byte = str_find(buf_str(&bytes), STR("<title><![CDATA[Parent page]]>"), 0);
    char expected[100];
    int line = 1;
    for (size_t i = 0; i < at_byte; i++) {
        line += bytes.ptr[i] == '\n';
    }
    snprintf(cut, sizeof cut, "%s/cut.xml", test_tmp_dir());
    CHECK_INT(io_write_file(cut, str_slice(buf_str(&bytes), 0, at_byte), &err), STATUS_OK);
    buf_done(&bytes);
    const char *const files[] = { cut };
    struct import_options options = { .files = files, .n_files = 1, .now_us = NOW_US };
    CHECK_INT(import_wordpress(s.store, &options, &s.report, &s.err), STATUS_INVALID);
    snprintf(expected, sizeof expected, "cut.xml: line %d, column 1", line);
    CHECK(contains(str_of(s.err.message), expected));
    snprintf(expected, sizeof expected, "begins in line %d", line - 1);
    CHECK(contains(str_of(s.err.message), expected));
    CHECK_INT(import_site_count(&s, "post/publish"), 2);
    CHECK_INT(import_site_count(&s, "page/publish"), 1);
    import_site_close(&s);
}

TEST(import_refuses_what_is_no_export) {
    static const char *const texts[] = {
        "",
        "hello",
        "<html><body>x</body></html>",
        "<rss><channel><item><title>a feed</title></item></channel></rss>",
        "<!DOCTYPE rss [<!ENTITY a \"b\"><!ENTITY c \"&a;&a;\">]><rss><channel>&c;</channel></rss>",
    };
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct import_site s;
        struct err err = { 0 };
        char path[600];
        import_site_open(&s);
        snprintf(path, sizeof path, "%s/x.xml", test_tmp_dir());
        CHECK_INT(io_write_file(path, str_of(texts[i]), &err), STATUS_OK);
        const char *const files[] = { path };
        struct import_options options = { .files = files, .n_files = 1 };
        CHECK_INT(import_wordpress(s.store, &options, &s.report, &s.err), STATUS_INVALID);
        CHECK(contains(str_of(s.err.message), "line ") || contains(str_of(s.err.message), "XML"));
        import_site_close(&s);
    }
    struct import_site s;
    import_site_open(&s);
    const char *const files[] = { "/nowhere/at/all.xml" };
    struct import_options options = { .files = files, .n_files = 1 };
    CHECK_INT(import_wordpress(s.store, &options, &s.report, &s.err), STATUS_NOT_FOUND);
    const char *const good[] = { test_path("tests/data/wxr/plain.xml") };
    options = (struct import_options){ .files = good, .n_files = 1, .uploads = "/nowhere/at/all" };
    CHECK_INT(import_wordpress(s.store, &options, &s.report, &s.err), STATUS_NOT_FOUND);
    CHECK(contains(str_of(s.err.message), "/nowhere/at/all"));
    import_site_close(&s);
}

/* A program, given by mistake: its faults are told once a line, and its name may be long. */
TEST(import_tells_of_a_file_that_is_no_text_in_few_words) {
    struct import_site s;
    struct err err = { 0 };
    char dir[2048];
    char path[2100];
    char bytes[5000];
    import_site_open(&s);
    snprintf(dir, sizeof dir, "%s/%0200d/%0200d/%0200d", test_tmp_dir(), 1, 2, 3);
    snprintf(path, sizeof path, "%s/program.xml", dir);
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = i % 2 ? '\1' : '\xFF';
    }
    CHECK_INT(io_make_dirs(dir, &err), STATUS_OK);
    CHECK_INT(io_write_file(path, str_make(bytes, sizeof bytes), &err), STATUS_OK);
    const char *const files[] = { path };
    struct import_options options = { .files = files, .n_files = 1 };
    CHECK_INT(import_wordpress(s.store, &options, &s.report, &s.err), STATUS_INVALID);
    CHECK_INT(s.report.n_warnings, 3); /* two kinds of bytes, and that it is no XML */
    CHECK(import_site_warned(&s, "not well-formed XML", 0));
    import_site_close(&s);
}

TEST(import_report_is_json) {
    struct import_site s;
    struct buf out;
    import_site_open(&s);
    import_site_run(&s, &import_every_clause);
    buf_init(&out, MIB);
    import_report_json(&s.report, NULL, &out);
    CHECK(str_starts(buf_str(&out), STR("{\"counts\":{\"guest-author/publish\":1,")));
    CHECK(contains(buf_str(&out), "\"post/publish\":4"));
    CHECK(contains(buf_str(&out), "\"post_id\":102,\"message\":\"the file 2021/06/lost.png"));
    CHECK(str_ends(buf_str(&out), STR("]}\n")));
    buf_done(&out);
    import_site_close(&s);
}

/* ---- killed ---- */

static int commits_left;
static void die_at_commit(UNUSED void *ctx, UNUSED const struct keys *touched) {
    if (commits_left-- == 0) {
        raise(SIGKILL);
    }
}

/* Import in a process that dies at its n-th commit, or after so many microseconds. True: it died.
 */
static bool import_and_die(const char *dir, const struct import_case *run, int commits,
                           int64_t after_us) {
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        struct import_site s = { 0 };
        snprintf(s.dir, sizeof s.dir, "%s", dir);
        if (store_open(dir, &s.store, &s.err) != STATUS_OK) {
            _exit(3);
        }
        commits_left = commits;
        if (commits >= 0) {
            store_listen(s.store, die_at_commit, NULL);
        }
        import_site_run(&s, run);
        import_site_close(&s);
        _exit(0);
    }
    if (after_us > 0) {
        usleep((useconds_t)after_us);
        kill(child, SIGKILL);
    }
    int status;
    waitpid(child, &status, 0);
    CHECK(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
    return WIFSIGNALED(status);
}

static void check_resumes(const struct import_case *run, const struct buf *expected, int commits,
                          int64_t after_us) {
    char dir[600];
    struct err err = { 0 };
    struct buf actual;
    char when[100];
    snprintf(dir, sizeof dir, "%s/killed", test_tmp_dir());
    REQUIRE(store_create(dir, &err) == STATUS_OK);
    import_and_die(dir, run, commits, after_us);
    CHECK(!import_and_die(dir, run, -1, 0));
    buf_init(&actual, 64 * MIB);
    import_site_dump(dir, &actual);
    snprintf(when, sizeof when, "killed at commit %d, after %lld us", commits, (long long)after_us);
    struct buf copy = *expected;
    import_site_same(&copy, &actual, when);
    buf_done(&actual);
}

static void check_kills(const struct import_case *run, int step, int random_kills) {
    struct import_site s;
    struct buf expected;
    struct buf again;
    import_site_open(&s);
    int64_t begin_us = clock_mono_us();
    import_site_run(&s, run);
    int64_t whole_us = clock_mono_us() - begin_us;
    buf_init(&expected, 64 * MIB);
    import_site_dump(s.dir, &expected);
    import_site_close(&s);
    buf_init(&again, 64 * MIB);
    for (int commits = 0;; commits += step) {
        char dir[600];
        struct err err = { 0 };
        snprintf(dir, sizeof dir, "%s/killed", test_tmp_dir());
        REQUIRE(store_create(dir, &err) == STATUS_OK);
        bool died = import_and_die(dir, run, commits, 0);
        CHECK(!import_and_die(dir, run, -1, 0));
        char when[60];
        snprintf(when, sizeof when, "killed at commit %d", commits);
        buf_reset(&again);
        import_site_dump(dir, &again);
        import_site_same(&expected, &again, when);
        if (!died) {
            CHECK(commits > 0);
            break;
        }
    }
    uint64_t random = test_seed();
    for (int i = 0; i < random_kills; i++) {
        check_resumes(run, &expected, -1, 1 + (int64_t)test_below(&random, (size_t)whole_us + 1));
    }
    buf_done(&expected);
    buf_done(&again);
}

TEST(import_killed_anywhere_ends_the_same) {
    check_kills(&(struct import_case){ .files = { "tests/data/wxr/every-clause.xml" },
                                       .uploads = UPLOADS,
                                       .batch_items = 1 },
                3, 10);
}

/* ---- the sample exports ---- */

static bool have_samples(void) {
    bool there = access(test_path(SAMPLES "small-export.xml"), R_OK) == 0;
    if (!there) {
        test_skip("the sample exports are not at " SAMPLES);
    }
    return there;
}

struct expected_count {
    const char *name;
    int64_t n;
};

static void check_sample(const char *file, const struct expected_count *counts) {
    char path[300];
    struct import_site s;
    import_site_open(&s);
    snprintf(path, sizeof path, SAMPLES "%s", file);
    struct import_case run = { .files = { path } };
    import_site_run(&s, &run);
    CHECK_INT(s.status, STATUS_OK);
    size_t n = 0;
    for (; counts[n].name != NULL; n++) {
        if (import_site_count(&s, counts[n].name) != counts[n].n) {
            test_fail(__FILE__, __LINE__, "%s: %s is %lld, not %lld", file, counts[n].name,
                      (long long)import_site_count(&s, counts[n].name), (long long)counts[n].n);
        }
    }
    CHECK_INT(s.report.counts.len, n);
    CHECK_INT(s.report.items_failed, 0);
    import_site_check(&s);
    struct buf before;
    struct buf after;
    buf_init(&before, 64 * MIB);
    buf_init(&after, 64 * MIB);
    import_site_dump(s.dir, &before);
    keys_touched = 0;
    store_listen(s.store, on_touched, NULL);
    import_site_run(&s, &run);
    CHECK_INT(keys_touched, 0);
    import_site_dump(s.dir, &after);
    import_site_same(&before, &after, file);
    buf_done(&before);
    buf_done(&after);
    import_site_close(&s);
}

TEST(import_samples) {
    if (!have_samples()) {
        return;
    }
    check_sample("wxr-1.0.xml", (const struct expected_count[]){
                                    { "post/publish", 3 }, { "page/publish", 3 }, { NULL, 0 } });
    check_sample("wxr-1.1.xml", (const struct expected_count[]){
                                    { "post/publish", 1 }, { "page/publish", 1 }, { NULL, 0 } });
    check_sample("small-export.xml", (const struct expected_count[]){ { "post/publish", 5 },
                                                                      { "page/publish", 4 },
                                                                      { "page/draft", 1 },
                                                                      { "post/private", 1 },
                                                                      { NULL, 0 } });
    check_sample("theme-unit-test.xml",
                 (const struct expected_count[]){ { "post/publish", 49 },
                                                  { "page/publish", 21 },
                                                  { "post/future", 1 },
                                                  { "post/draft", 1 },
                                                  { "attachment/inherit", 38 },
                                                  { "nav_menu_item/publish", 70 },
                                                  { NULL, 0 } });
    check_sample("block-test-data.xml",
                 (const struct expected_count[]){ { "post/publish", 61 },
                                                  { "page/publish", 1 },
                                                  { "attachment/inherit", 9 },
                                                  { "wp_navigation/publish", 1 },
                                                  { NULL, 0 } });
    check_sample("travel-blog.xml", (const struct expected_count[]){ { "post/publish", 7 },
                                                                     { "page/publish", 4 },
                                                                     { "wp_block/publish", 13 },
                                                                     { "attachment/inherit", 50 },
                                                                     { "nav_menu_item/publish", 3 },
                                                                     { NULL, 0 } });
}

TEST(import_samples_answer_at_their_addresses) {
    if (!have_samples()) {
        return;
    }
    struct import_site s;
    import_site_open(&s);
    import_site_run(&s, &(struct import_case){ .files = { SAMPLES "theme-unit-test.xml" } });
    CHECK_STR(import_site_story(&s, "/2010/10/05/post-format-standard/").headline,
              "Post Format: Standard");
    CHECK_STR(import_site_story(&s, "/2013/01/05/markup-title-with-markup/").headline,
              "Markup: Title With Markup");
    CHECK_STR(import_site_story(&s, "/2018/11/02/block-category-formatting/").headline,
              "Block category: Formatting");
    CHECK_STR(import_site_story(&s, "/level-1/level-2/level-3/").headline, "Level 3");
    CHECK_STR(
        import_site_story(&s, "/greek/%CE%B5%CF%80%CE%AF%CF%80%CE%B5%CE%B4%CE%BF-2/").headline,
        "Επίπεδο 2 -Second Greek level");
    CHECK_STR(import_site_story(&s, "/?p=1178").headline, "Markup: HTML Tags and Formatting");
    import_site_close(&s);
    import_site_open(&s);
    import_site_run(&s, &(struct import_case){ .files = { SAMPLES "small-export.xml" } });
    CHECK_STR(import_site_story(&s, "/?p=22").headline, "Many Categories");
    CHECK_STR(import_site_story(&s, "/?page_id=4").headline, "Child Page");
    import_site_close(&s);
    import_site_open(&s);
    import_site_run(&s, &(struct import_case){ .files = { SAMPLES "malformed.xml" } });
    CHECK_INT(s.status, STATUS_INVALID);
    CHECK(contains(str_of(s.err.message), "malformed.xml: line 90, column 3"));
    CHECK(contains(str_of(s.err.message), "<notachanneltag> of line 27"));
    import_site_close(&s);
}

TEST(import_sample_killed_ends_the_same) {
    if (have_samples()) {
        check_kills(
            &(struct import_case){ .files = { SAMPLES "theme-unit-test.xml" }, .batch_items = 40 },
            4, 6);
    }
}

/* The report as people read it, and all that was written. */
static void import_with(const char *file, size_t threads, size_t batch, struct buf *out) {
    struct import_site s;
    import_site_open(&s);
    import_site_run(
        &s, &(struct import_case){
                .files = { file }, .uploads = UPLOADS, .batch_items = batch, .threads = threads });
    buf_printf(out, "%d %s\n", (int)s.status, s.err.message);
    import_report_text(&s.report, out);
    import_site_check(&s);
    import_site_dump(s.dir, out);
    import_site_close(&s);
}

TEST(import_is_the_same_on_any_number_of_threads) {
    static const char *const files[] = {
        "tests/data/wxr/every-clause.xml", "tests/data/wxr/odd.xml",
        "tests/data/wxr/languages.xml",    SAMPLES "theme-unit-test.xml",
        SAMPLES "block-test-data.xml",     SAMPLES "travel-blog.xml",
    };
    size_t n = have_samples() ? COUNT_OF(files) : 3;
    for (size_t i = 0; i < n; i++) {
        struct buf one, many;
        buf_init(&one, 256 * MIB);
        buf_init(&many, 256 * MIB);
        import_with(files[i], 1, 200, &one);
        import_with(files[i], 5, 7, &many);
        import_site_same(&one, &many, files[i]);
        buf_done(&one);
        buf_done(&many);
    }
}
