/* The promise of the static export: after any writes, an export of what changed leaves the same
 * files as a whole one into an empty folder; also when runs before it were killed. */
#include "tests/harness.h"
#include "tests/town.h"

#include "base/io.h"
#include "picture/rendition_name.h"
#include "transfer/static_export.h"
#include "transfer/static_file.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { ROUNDS = 8, KILLS = 4 };
#else
enum { ROUNDS = 16, KILLS = 8 };
#endif

static enum status export_to(struct store *store, const char *folder, bool includes, int level,
                             struct static_report *ret, struct err *err) {
    struct static_options options = {
        .folder = folder, .includes = includes, .level = level, .threads = 2, .no_sync = true
    };
    return static_export(store, &options, ret, err);
}

static struct static_report must_export(struct store *store, const char *folder, bool includes,
                                        int level) {
    struct static_report report;
    MUST(export_to(store, folder, includes, level, &report, &err));
    CHECK_INT(report.failed, 0);
    return report;
}

/* ---- comparing folders ---- */

static struct str read_file(struct arena *a, const char *path) {
    struct buf bytes;
    struct err err = { 0 };
    buf_init(&bytes, 64u << 20);
    struct str found = io_read_file(path, &bytes, &err) == STATUS_OK ? arena_str(a, buf_str(&bytes))
                                                                     : STR("cannot be read");
    buf_done(&bytes);
    return found;
}

static int compare_strs(const void *a, const void *b) {
    return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

/* The log and the order of lines in maps tell how an export came to be. */
static struct str sorted_lines(struct arena *a, struct str text) {
    VEC(struct str) lines = { 0 };
    struct str line;
    while (str_split(&text, '\n', &line)) {
        *vec_push(a, &lines) = line;
    }
    qsort(lines.ptr, lines.len, sizeof *lines.ptr, compare_strs);
    struct str all = STR("");
    for (size_t i = 0; i < lines.len; i++) {
        all = arena_printf(a, "%.*s\n%.*s", STR_FMT(all), STR_FMT(lines.ptr[i]));
    }
    return all;
}

struct comparison {
    const char *is, *should;
    size_t files, differing;
    char first[1200];
};

static void differ(struct comparison *c, const char *what, const char *name) {
    if (c->differing++ == 0) {
        snprintf(c->first, sizeof c->first, "%s: %s", what, name);
    }
}

/* Each file of `from` is in `in`; compare: with the same bytes. */
static void walk(struct comparison *c, const char *from, const char *in, const char *sub,
                 bool compare) {
    struct arena a = { 0 };
    struct str folder = arena_printf(&a, "%s%s", from, sub);
    DIR *dir = opendir(folder.ptr);
    check(dir != NULL);
    for (struct dirent *e; (e = readdir(dir)) != NULL;) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0) {
            continue;
        }
        struct str name = arena_printf(&a, "%s/%s", sub, e->d_name);
        if (e->d_type == DT_DIR) {
            walk(c, from, in, name.ptr, compare);
            continue;
        }
        if (str_ends(name, STR(".broadsheet/log"))) {
            continue;
        }
        c->files++;
        struct str path = arena_printf(&a, "%s%s", from, name.ptr);
        struct str other = arena_printf(&a, "%s%s", in, name.ptr);
        if (access(other.ptr, F_OK) != 0) {
            differ(c, compare ? "should not be there" : "is missing", name.ptr);
        } else if (compare) {
            struct str x = read_file(&a, path.ptr), y = read_file(&a, other.ptr);
            if (str_ends(name, STR(".conf")) || str_ends(name, STR("_redirects"))) {
                x = sorted_lines(&a, x);
                y = sorted_lines(&a, y);
            }
            if (!str_eq(x, y)) {
                size_t at = 0;
                while (at < x.len && at < y.len && x.ptr[at] == y.ptr[at]) {
                    at++;
                }
                differ(c, "is another", name.ptr);
                if (c->differing == 1) {
                    size_t from_byte = at > 100 ? at - 100 : 0;
                    snprintf(c->first, sizeof c->first, "%s is …%.*s… instead of …%.*s…", name.ptr,
                             STR_FMT(str_slice(x, from_byte, at + 100)),
                             STR_FMT(str_slice(y, from_byte, at + 100)));
                }
            }
        }
    }
    closedir(dir);
    arena_done(&a);
}

static struct comparison compare(const char *is, const char *should) {
    struct comparison c = { is, should, 0, 0, "" };
    walk(&c, is, should, "", true);
    walk(&c, should, is, "", false);
    return c;
}

static void remove_folder(const char *path) {
    char command[700];
    snprintf(command, sizeof command, "rm -rf '%s'", path);
    check(system(command) == 0);
}

/* ---- a town with pictures ---- */

struct exporter {
    struct town town;
    char folder[512], fresh[600];
};

/* Every rendition that the town's pictures can have, as if it had been made. */
static void put_renditions(struct store *store) {
    static const char *const endings[] = { "avif", "webp", "jpg", "png" };
    char path[700];
    snprintf(path, sizeof path, "%s/renditions/aa", store_dir(store));
    MUST(io_make_dirs(path, &err));
    for (int i = 0; i < 2 * 3 * RENDITION_SHAPES * 3; i++) {
        int focal[] = { 300, 500, 600 }, widths[RENDITION_WIDTHS + 1];
        struct arena a = { 0 };
        struct rendition_name name = { .hash =
                                           arena_printf(&a, "aa%d%017d", 1 + i % 2, i / 2 % 3) };
        name.crop = rendition_crop(rendition_shapes[i / 6 % RENDITION_SHAPES],
                                   focal[i / 6 / RENDITION_SHAPES],
                                   focal[i / 6 / RENDITION_SHAPES]);
        size_t n = rendition_widths_of(640, 480, &name.crop, widths);
        for (size_t k = 0; k < COUNT_OF(endings) * n; k++) {
            name.width = widths[k / COUNT_OF(endings)];
            name.format = PICTURE_JPEG;
            struct str file = rendition_file(&a, &name);
            snprintf(path, sizeof path, "%s/renditions/aa/%.*s%s", store_dir(store),
                     (int)file.len - 3, file.ptr, endings[k % COUNT_OF(endings)]);
            FILE *f = fopen(path, "we");
            check(f != NULL && fputs(path, f) >= 0 && fclose(f) == 0);
        }
        arena_done(&a);
    }
}

static void begin(struct exporter *x, uint64_t seed) {
    town_make(&x->town, seed);
    char path[700];
    snprintf(path, sizeof path, "%s/media/aa", store_dir(x->town.store));
    MUST(io_make_dirs(path, &err));
    for (int i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/media/aa/picture%d.png", store_dir(x->town.store), i);
        MUST(io_write_file(path, STR("a picture"), &err));
    }
    for (int i = 0; i < 6; i++) {
        snprintf(path, sizeof path, "%s/media/aa/%d%017d%044d.png", store_dir(x->town.store),
                 1 + i % 2, i / 2, 0);
        MUST(io_write_file(path, STR("an original"), &err));
    }
    put_renditions(x->town.store);
    snprintf(x->folder, sizeof x->folder, "%s/out", test_tmp_dir());
    snprintf(x->fresh, sizeof x->fresh, "%s.fresh", x->folder);
}

static bool is_exact(struct exporter *x, bool includes, int level, const char *when) {
    must_export(x->town.store, x->fresh, includes, level);
    struct comparison c = compare(x->folder, x->fresh);
    if (c.differing > 0) {
        test_fail(__FILE__, __LINE__, "%s, after %s: %zu of %zu files differ; %s", when,
                  x->town.last, c.differing, c.files, c.first);
    }
    CHECK(c.files > 100);
    remove_folder(x->fresh);
    return c.differing == 0;
}

/* More than by default: STATIC_ROUNDS=200. */
static int rounds(int fallback) {
    const char *text = getenv("STATIC_ROUNDS");
    return text ? atoi(text) : fallback;
}

static void stay_exact(bool includes, int level) {
    struct exporter x;
    begin(&x, test_seed() + includes);
    struct static_report report = must_export(x.town.store, x.folder, includes, level);
    CHECK(report.whole && report.files > 100);
    size_t partial = 0;
    for (int i = 0; i < rounds(ROUNDS); i++) {
        for (size_t writes = 1 + test_below(&x.town.rng, 3); writes > 0; writes--) {
            town_write(&x.town);
        }
        report = must_export(x.town.store, x.folder, includes, level);
        partial += !report.whole;
        char when[60];
        snprintf(when, sizeof when, "%s, round %d", includes ? "includes" : "flat", i);
        if (!is_exact(&x, includes, level, when)) {
            break;
        }
    }
    CHECK(partial > 0);
    town_done(&x.town);
}

TEST(static_export_of_changes_is_a_whole_one_flat) {
    stay_exact(false, 0);
}

TEST(static_export_of_changes_is_a_whole_one_packed) {
    stay_exact(false, 1);
}

TEST(static_export_of_changes_is_a_whole_one_with_includes) {
    stay_exact(true, 0);
}

/* ---- killed ---- */

/* The export in a process of its own, killed after a while. */
static void export_and_kill(struct exporter *x, bool includes, unsigned after_us) {
    fflush(NULL);
    pid_t child = fork();
    check(child >= 0);
    if (child == 0) {
        struct store *store = NULL;
        struct err err = { 0 };
        struct static_report report;
        bool ok = store_open(store_dir(x->town.store), &store, &err) == STATUS_OK &&
                  export_to(store, x->folder, includes, 1, &report, &err) == STATUS_OK;
        _exit(ok ? 0 : 1);
    }
    usleep(after_us);
    kill(child, SIGKILL);
    int how;
    check(waitpid(child, &how, 0) == child);
    CHECK(WIFSIGNALED(how) || WEXITSTATUS(how) == 0);
}

static void survive(bool includes) {
    struct exporter x;
    begin(&x, test_seed() + 7 + includes);
    for (int i = 0; i < rounds(KILLS); i++) {
        for (size_t kills = 1 + test_below(&x.town.rng, 2); kills > 0; kills--) {
            export_and_kill(&x, includes, (unsigned)test_below(&x.town.rng, 60000));
            for (size_t writes = test_below(&x.town.rng, 3); writes > 0; writes--) {
                town_write(&x.town);
            }
        }
        must_export(x.town.store, x.folder, includes, 1);
        char when[60];
        snprintf(when, sizeof when, "killed, %s, round %d", includes ? "includes" : "flat", i);
        if (!is_exact(&x, includes, 1, when)) {
            break;
        }
        if (test_below(&x.town.rng, 3) == 0) {
            remove_folder(x.folder); /* so that whole runs are killed, too */
        }
    }
    town_done(&x.town);
}

TEST(static_export_goes_on_after_a_kill_flat) {
    survive(false);
}

TEST(static_export_goes_on_after_a_kill_with_includes) {
    survive(true);
}

/* ---- how much it does ---- */

TEST(static_export_twice_changes_nothing) {
    struct exporter x;
    begin(&x, test_seed());
    struct static_report report = must_export(x.town.store, x.folder, false, 1);
    CHECK(report.written > 100 && report.written <= report.files && report.redirects == 0);
    char log[600];
    struct stat was, is;
    snprintf(log, sizeof log, "%s/.broadsheet/log", x.folder);
    CHECK_INT(stat(log, &was), 0);
    report = must_export(x.town.store, x.folder, false, 1);
    CHECK_INT(stat(log, &is), 0);
    CHECK(!report.whole && report.rendered == 0 && report.written == 0 && report.removed == 0);
    CHECK(was.st_size == is.st_size && was.st_mtim.tv_nsec == is.st_mtim.tv_nsec);
    /* Looking at everything again finds nothing to write. */
    struct static_options options = {
        .folder = x.folder, .level = 1, .whole = true, .no_sync = true
    };
    MUST(static_export(x.town.store, &options, &report, &err));
    CHECK(report.whole && report.rendered > 100);
    CHECK_INT(report.written, 0);
    CHECK_INT(report.removed, 0);
    is_exact(&x, false, 1, "whole twice");
    town_done(&x.town);
}

/* With includes a changed list of one section leaves the pages of the others as they are. */
TEST(static_export_with_includes_changes_few_files) {
    struct exporter x;
    begin(&x, test_seed());
    struct static_report whole = must_export(x.town.store, x.folder, true, 0), one;
    struct store_writer *w = NULL;
    struct arena a = { 0 };
    MUST(store_write_begin(x.town.store, &w, &err));
    struct list_page all; /* the two oldest */
    MUST(store_list_page(store_writer_reader(w), &a, (struct list_id){ LIST_LATEST, 0 }, 1, 100,
                         &all, &err));
    REQUIRE(all.ids.len > 5);
    MUST(store_slot_put(w, STR("dont-miss"), (struct ids){ all.ids.ptr + all.ids.len - 2, 2 },
                        &err));
    MUST(store_write_commit(w, &err));
    one = must_export(x.town.store, x.folder, true, 0);
    CHECK(!one.whole && one.written > 0);
    /* No page is among them: only the variants of one kind of fragment. */
    CHECK(one.written + one.unchanged < whole.files / 2);
    is_exact(&x, true, 0, "a slot");
    arena_done(&a);
    town_done(&x.town);
}

TEST(static_export_changes_between_flat_and_includes) {
    struct exporter x;
    begin(&x, test_seed());
    static const struct {
        bool includes;
        int level;
    } ways[] = { { true, 0 }, { false, 2 }, { true, 2 }, { false, 0 } };
    for (size_t i = 0; i < COUNT_OF(ways); i++) {
        struct static_report report =
            must_export(x.town.store, x.folder, ways[i].includes, ways[i].level);
        CHECK(report.whole);
        is_exact(&x, ways[i].includes, ways[i].level, "another way");
        town_write(&x.town);
    }
    town_done(&x.town);
}

/* ---- what it refuses ---- */

TEST(static_export_refuses_a_folder_that_is_not_its_own) {
    struct exporter x, other;
    begin(&x, test_seed());
    struct static_report report;
    struct err why = { 0 };
    char path[700];
    MUST(io_make_dirs(x.folder, &err));
    snprintf(path, sizeof path, "%s/letters.txt", x.folder);
    MUST(io_write_file(path, STR("dear sir"), &err));
    CHECK_INT(export_to(x.town.store, x.folder, false, 0, &report, &why), STATUS_CONFLICT);
    CHECK(str_find(str_of(why.message), STR("not empty"), 0) != STR_NPOS);
    CHECK_INT(access(path, F_OK), 0);
    unlink(path);
    must_export(x.town.store, x.folder, false, 0);
    begin(&other, test_seed() + 1);
    why = (struct err){ 0 };
    CHECK_INT(export_to(other.town.store, x.folder, false, 0, &report, &why), STATUS_CONFLICT);
    town_done(&other.town);
    town_done(&x.town);
}

/* ---- files ---- */

TEST(static_files_put_link_and_remove) {
    const char *dir = test_tmp_dir();
    char path[600];
    int folder = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    REQUIRE(folder >= 0);
    struct static_files f;
    struct err why = { 0 };
    static_files_init(&f, folder, 5, 0);
    static char text[5000];
    memset(text, 'a', sizeof text);
    struct iovec parts[] = { { text, 3000 }, { NULL, 0 }, { text, 2000 } };
    MUST(static_files_put(&f, STR("a/b/index.html"), parts, 3, true, &err));
    snprintf(path, sizeof path, "%s/a/b/index.html.br", dir);
    CHECK_INT(access(path, F_OK), 0);
    snprintf(path, sizeof path, "%s/a/b/index.html", dir);
    struct arena a = { 0 };
    CHECK_INT(read_file(&a, path).len, 5000);
    /* A copy that is packed no more must not stay. */
    MUST(static_files_put(&f, STR("a/b/index.html"), parts, 1, false, &err));
    snprintf(path, sizeof path, "%s/a/b/index.html.gz", dir);
    CHECK(access(path, F_OK) != 0);
    snprintf(path, sizeof path, "%s/a/b/index.html", dir);
    MUST(static_files_link(&f, STR("c/linked.html"), path, &err));
    MUST(static_files_link(&f, STR("c/linked.html"), path, &err)); /* again */
    struct stat st;
    CHECK(stat(path, &st) == 0 && st.st_nlink == 2);
    CHECK_INT(static_files_link(&f, STR("c/none"), "/nonexistent/file", &why), STATUS_NOT_FOUND);
    why = (struct err){ 0 };
    CHECK_INT(static_files_put(&f, STR("a"), parts, 1, false, &why), STATUS_CONFLICT);
    why = (struct err){ 0 };
    CHECK_INT(static_files_put(&f, STR("c/linked.html/x"), parts, 1, false, &why), STATUS_CONFLICT);
    why = (struct err){ 0 };
    MUST(static_files_remove(&f, STR("a/b/index.html"), &err));
    MUST(static_files_remove(&f, STR("a/b/index.html"), &err));
    MUST(static_files_remove(&f, STR("c/linked.html"), &err));
    snprintf(path, sizeof path, "%s/a", dir);
    CHECK(access(path, F_OK) != 0);
    static_files_done(&f);
    close(folder);
    arena_done(&a);
}
