/* Pictures over real sockets: renditions made once for a herd, names that are made up, what
 * WordPress had, and originals that nobody gets. */
#include "tests/harness.h"
#include "tests/http_client.h"
#include "tests/must.h"

#include "app/server.h"
#include "base/io.h"
#include "picture/kind.h"
#include "picture/rendition_name.h"
#include "store/store.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define REST   "2a9c41b2d07e556a013f2a9c41b2d07e556a013f2a9c41b2d07e556a010000"
#define SECRET "SERIAL-NUMBER-4711"

struct place {
    struct store *store;
    struct server *server;
    struct media media;
};

static void put_media(struct place *p) {
    struct store_writer *w = NULL;
    MUST(store_write_begin(p->store, &w, &err));
    MUST(store_media_put(w, &p->media, &p->media.id, &err));
    MUST(store_write_commit(w, &err));
}

/* False: this machine cannot make a picture to begin with. torn: one that has lost its end. */
static bool begin(struct place *p, bool torn) {
    static int count;
    char dir[4096], command[9000];
    (void)snprintf(dir, sizeof dir, "%s/pictures%d", test_tmp_dir(), count++);
    (void)snprintf(command, sizeof command,
                   "mkdir -p '%s/media/3f' && cd '%s/media/3f' && convert -size 1000x800 -seed 3 "
                   "plasma:red-blue -set comment '" SECRET "' -quality 90 whole.jpg 2>/dev/null && "
                   "head -c %d whole.jpg > '%s.jpg' && rm whole.jpg",
                   dir, dir, torn ? 20000 : 100000000, REST);
    if (system(command) != 0) {
        test_skip("ImageMagick is not installed");
        return false;
    }
    *p = (struct place){ .media = { .file = STR("3f/" REST ".jpg"),
                                    .path = STR("/wp-content/uploads/2022/03/pier.jpg"),
                                    .mime = STR("image/jpeg"),
                                    .probed = true,
                                    .width = 1000,
                                    .height = 800,
                                    .frames = 1,
                                    .colour = 0x336699,
                                    .alt = STR("A pier"),
                                    .credit = STR("Photo: Ida Quay") } };
    MUST(store_create(dir, &err));
    MUST(store_open(dir, &p->store, &err));
    put_media(p);
    struct server_options options = {
        .loops = 2, .renderers = 2, .no_clock = true, .picture_worker = "worker-decoder"
    };
    MUST(server_start(p->store, &options, &p->server, &err));
    return true;
}

static void end(struct place *p) {
    server_stop(p->server);
    store_close(p->store);
}

static struct client_answer get(struct place *p, const char *path) {
    struct client c;
    client_open(&c, server_port(p->server), 0);
    client_get(&c, path);
    struct client_answer a = client_read(&c, false);
    client_close(&c);
    return a;
}

static int status_of(struct place *p, const char *path) {
    struct client_answer a = get(p, path);
    int status = a.status;
    answer_done(&a);
    return status;
}

static size_t files_made(struct place *p) {
    char path[4200];
    (void)snprintf(path, sizeof path, "%s/renditions/3f", store_dir(p->store));
    DIR *dir = opendir(path);
    size_t n = 0;
    for (struct dirent *e; dir != NULL && (e = readdir(dir)) != NULL;) {
        n += e->d_name[0] != '.';
    }
    if (dir != NULL) {
        closedir(dir);
    }
    return n;
}

#define NAME "/media/r/1-3f2a9c41b2d07e556a01-"

TEST(server_pictures_makes_one_rendition_for_a_herd) {
    enum { HERD = 100 };
    struct place p;
    if (!begin(&p, false)) {
        return;
    }
    struct client herd[HERD];
    for (size_t i = 0; i < HERD; i++) {
        client_open(&herd[i], server_port(p.server), 0);
        client_get(&herd[i], NAME "16x9-500-500-640.webp");
    }
    for (size_t i = 0; i < HERD; i++) {
        struct client_answer a = client_read(&herd[i], false);
        const char *what;
        CHECK_INT(a.status, 200);
        CHECK(kind_of(a.body, &what) == PICTURE_WEBP);
        CHECK_STR(answer_field(&a, "Content-Type"), "image/webp");
        CHECK_STR(answer_field(&a, "Cache-Control"), "public, max-age=31536000, immutable");
        CHECK_STR(answer_field(&a, "X-Content-Type-Options"), "nosniff");
        answer_done(&a);
        client_close(&herd[i]);
    }
    CHECK_INT(files_made(&p), 1);
    struct client c;
    client_open(&c, server_port(p.server), 0);
    client_send(&c, STR("GET " NAME "16x9-500-500-640.webp HTTP/1.1\r\nHost: x\r\n"
                        "Range: bytes=0-3\r\n\r\n"));
    struct client_answer part = client_read(&c, false);
    CHECK_INT(part.status, 206);
    CHECK_STR(part.body, "RIFF");
    answer_done(&part);
    client_close(&c);
    end(&p);
}

TEST(server_pictures_makes_nothing_that_no_page_asks_for) {
    static const char *const none[] = {
        NAME "641.webp",
        NAME "1200.webp",
        NAME "640.png",
        NAME "5x4-500-500-640.webp",
        "/media/r/2-3f2a9c41b2d07e556a01-640.webp",
        "/media/r/1-3f2a9c41b2d07e556a02-640.webp",
        "/media/r/1-3f2a9c41b2d07e556a01-640.webp.jpg",
        "/media/r/..%2f..%2fsite.db",
        "/media/r/",
    };
    struct place p;
    if (!begin(&p, false)) {
        return;
    }
    for (size_t i = 0; i < COUNT_OF(none); i++) {
        if (status_of(&p, none[i]) != 404) {
            test_fail(__FILE__, __LINE__, "%s is not 404", none[i]);
        }
    }
    CHECK_INT(status_of(&p, NAME "1000.webp"), 200);
    CHECK_INT(files_made(&p), 1);
    end(&p);
}

TEST(server_pictures_follow_the_focal_point) {
    struct place p;
    if (!begin(&p, false)) {
        return;
    }
    CHECK_INT(status_of(&p, NAME "1x1-500-500-320.jpg"), 200);
    p.media.focal_x = 100;
    p.media.focal_y = 900;
    put_media(&p);
    struct client_answer a = get(&p, NAME "1x1-500-500-320.jpg");
    CHECK_INT(a.status, 302);
    CHECK_STR(answer_field(&a, "Location"), NAME "1x1-100-900-320.jpg");
    CHECK(str_find(answer_field(&a, "Cache-Control"), STR("immutable"), 0) == STR_NPOS);
    answer_done(&a);
    CHECK_INT(status_of(&p, NAME "1x1-100-900-320.jpg"), 200);
    CHECK_INT(status_of(&p, NAME "320.jpg"), 200); /* nothing is cut of all of it */
    end(&p);
}

TEST(server_pictures_answer_where_wordpress_did_and_never_with_the_original) {
    struct place p;
    if (!begin(&p, false)) {
        return;
    }
    struct arena arena = { 0 };
    struct buf original;
    buf_init(&original, MIB);
    struct str path =
        arena_printf(&arena, "%s/media/%.*s", store_dir(p.store), STR_FMT(p.media.file));
    MUST(io_read_file(path.ptr, &original, &err));
    CHECK(str_find(buf_str(&original), STR(SECRET), 0) != STR_NPOS);
    struct client_answer a = get(&p, "/wp-content/uploads/2022/03/pier.jpg");
    const char *what;
    CHECK_INT(a.status, 200);
    CHECK(kind_of(a.body, &what) == PICTURE_JPEG);
    CHECK(str_find(a.bytes.len > 0 ? buf_str(&a.bytes) : STR(SECRET), STR(SECRET), 0) == STR_NPOS);
    answer_done(&a);
    a = get(&p, "/wp-content/uploads/2022/03/pier-300x240.jpg");
    CHECK_INT(a.status, 302);
    CHECK_STR(answer_field(&a, "Location"), NAME "320.jpg");
    answer_done(&a);
    a = get(&p, "/wp-content/uploads/2022/03/pier-e1234567890-150x150.jpg");
    CHECK_INT(a.status, 302);
    CHECK_STR(answer_field(&a, "Location"), NAME "1x1-500-500-320.jpg");
    answer_done(&a);
    a = get(&p, "/wp-content/uploads/2022/03/pier-scaled.jpg");
    CHECK_INT(a.status, 301);
    CHECK_STR(answer_field(&a, "Location"), "/wp-content/uploads/2022/03/pier.jpg");
    answer_done(&a);
    CHECK_INT(status_of(&p, "/wp-content/uploads/2022/03/quay-300x240.jpg"), 404);
    buf_done(&original);
    arena_done(&arena);
    end(&p);
}

TEST(server_pictures_of_a_broken_original_are_not_found_and_others_answer) {
    struct place p;
    if (!begin(&p, true)) {
        return;
    }
    CHECK_INT(status_of(&p, NAME "640.avif"), 404);
    CHECK_INT(status_of(&p, NAME "320.jpg"), 404);
    CHECK_INT(status_of(&p, "/wp-content/uploads/2022/03/pier.jpg"), 404);
    CHECK_INT(status_of(&p, "/"), 200);
    CHECK_INT(files_made(&p), 0);
    end(&p);
}
