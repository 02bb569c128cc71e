#include "base/arena.h"
#include "base/io.h"
#include "newsroom/library_renditions.h"
#include "tests/harness.h"
#include "tests/must.h"

#include <stdio.h>
#include <unistd.h>

#define REST "2a9c41b2d07e556a013f2a9c41b2d07e556a013f2a9c41b2d07e556a010000"

TEST(library_renditions_stay_as_long_as_their_originals) {
    static const char *const files[] = {
        "media/3f/" REST ".jpg",
        "renditions/3f/3f2a9c41b2d07e556a01-640.webp",
        "renditions/3f/3f2a9c41b2d07e556a01-1x1-500-500-320.jpg",
        "renditions/3f/3f2a9c41b2d07e556a02-640.webp",
        "renditions/00/00000000000000000000-640.webp",
    };
    struct arena a = { 0 };
    int64_t removed;
    char dir[4096];
    (void)snprintf(dir, sizeof dir, "%s/library_renditions", test_tmp_dir());
    MUST(library_renditions_gc(dir, &removed, &err));
    CHECK_INT(removed, 0);
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        struct str path = arena_printf(&a, "%s/%s", dir, files[i]);
        struct str folder = arena_str(&a, str_slice(path, 0, str_rfind_char(path, '/')));
        MUST(io_make_dirs(folder.ptr, &err));
        MUST(io_write_file(path.ptr, STR("x"), &err));
    }
    MUST(library_renditions_gc(dir, &removed, &err));
    CHECK_INT(removed, 2);
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        CHECK_INT(access(arena_printf(&a, "%s/%s", dir, files[i]).ptr, F_OK), i < 3 ? 0 : -1);
    }
    arena_done(&a);
}
