#include "site/uploads.h"
#include "tests/harness.h"

/* "original WxH" of each guess, one a line. */
static struct str guesses(struct arena *a, const char *address) {
    struct upload_size sizes[UPLOAD_ORIGINALS_MAX];
    size_t n = upload_sizes(a, str_of(address), sizes);
    struct str all = STR("");
    for (size_t i = 0; i < n; i++) {
        all = arena_printf(a, "%.*s%s%.*s %dx%d", STR_FMT(all), i > 0 ? "; " : "",
                           STR_FMT(sizes[i].original), sizes[i].width, sizes[i].height);
    }
    return all;
}

TEST(upload_sizes_know_the_names_that_wordpress_gives) {
    struct arena a = { 0 };
    CHECK_STR(guesses(&a, "/u/x-300x200.jpg"), "/u/x.jpg 300x200; /u/x-scaled.jpg 300x200");
    CHECK_STR(guesses(&a, "/u/x-scaled.jpg"), "/u/x.jpg 0x0; /u/x-scaled.jpg 0x0");
    CHECK_STR(guesses(&a, "/u/x-rotated.JPG"), "/u/x.JPG 0x0; /u/x-scaled.JPG 0x0");
    CHECK_STR(guesses(&a, "/u/x.png"), "/u/x-scaled.png 0x0");
    CHECK_STR(guesses(&a, "/u/x-150x150@2x.png"),
              "/u/x-150x150.png 0x0; /u/x.png 150x150; /u/x-scaled.png 150x150");
    CHECK_STR(guesses(&a, "/u/x-e1234567890-300x200.gif"),
              "/u/x-e1234567890.gif 300x200; /u/x.gif 300x200; /u/x-scaled.gif 300x200");
    CHECK_STR(guesses(&a, "/u/x-10x10-20x20.jpg"),
              "/u/x-10x10.jpg 20x20; /u/x-10x10-scaled.jpg 20x20");
    arena_done(&a);
}

TEST(upload_sizes_leave_other_addresses_alone) {
    struct arena a = { 0 };
    CHECK_STR(guesses(&a, "/u/x.pdf"), "");
    CHECK_STR(guesses(&a, "/u/x-300x200"), "");
    CHECK_STR(guesses(&a, "/u/.jpg"), "");
    CHECK_STR(guesses(&a, ""), "");
    CHECK_STR(guesses(&a, "/u/-300x200.jpg"), "");
    CHECK_STR(guesses(&a, "/u/x-0x200.jpg"), "/u/x-0x200-scaled.jpg 0x0");
    CHECK_STR(guesses(&a, "/u/x-300000x2.jpg"), "/u/x-300000x2-scaled.jpg 0x0");
    CHECK_STR(guesses(&a, "/u/x-e12.jpg"), "/u/x-e12-scaled.jpg 0x0");
    arena_done(&a);
}
