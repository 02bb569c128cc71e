#include "picture/rendition_name.h"
#include "tests/harness.h"

#define HASH "3f2a9c41b2d07e556a01"

static bool parses(const char *address) {
    struct rendition_name name;
    return rendition_name_parse(str_of(address), &name);
}

TEST(rendition_names_are_read_as_they_are_written) {
    struct arena a = { 0 };
    struct rendition_name name;
    CHECK(rendition_name_parse(STR("/media/r/123-" HASH "-800.avif"), &name));
    CHECK_INT(name.id, 123);
    CHECK_STR(name.hash, HASH);
    CHECK(name.width == 800 && name.format == PICTURE_AVIF && name.crop.ratio_width == 0);
    CHECK_STR(rendition_address(&a, &name), "/media/r/123-" HASH "-800.avif");
    CHECK_STR(rendition_file(&a, &name), HASH "-800.avif");
    CHECK(rendition_name_parse(STR("/media/r/1-" HASH "-16x9-450-0-640.jpg"), &name));
    CHECK(name.crop.ratio_width == 16 && name.crop.ratio_height == 9 &&
          name.crop.focal_x_permille == 450 && name.crop.focal_y_permille == 0);
    CHECK(name.width == 640 && name.format == PICTURE_JPEG);
    CHECK_STR(rendition_address(&a, &name), "/media/r/1-" HASH "-16x9-450-0-640.jpg");
    arena_done(&a);
}

TEST(rendition_names_have_one_spelling) {
    static const char *const not [] = {
        "",
        "/media/r/",
        "/media/r/123",
        "/media/123-" HASH "-800.avif",
        "/media/r/0-" HASH "-800.avif",
        "/media/r/-1-" HASH "-800.avif",
        "/media/r/0123-" HASH "-800.avif",
        "/media/r/99999999999999999999-" HASH "-800.avif",
        "/media/r/123-3F2A9C41B2D07E556A01-800.avif",
        "/media/r/123-3f2a9c41b2d07e556a0-800.avif",
        "/media/r/123-3f2a9c41b2d07e556a011-800.avif",
        "/media/r/123-" HASH "-0800.avif",
        "/media/r/123-" HASH "-0.avif",
        "/media/r/123-" HASH "-2401.avif",
        "/media/r/123-" HASH "-800.AVIF",
        "/media/r/123-" HASH "-800.gif",
        "/media/r/123-" HASH "-800.jpeg",
        "/media/r/123-" HASH "-800.jpg/",
        "/media/r/123-" HASH "-800",
        "/media/r/123-" HASH "-800.",
        "/media/r/123-" HASH "-17x9-500-500-800.jpg",
        "/media/r/123-" HASH "-0x0-500-500-800.jpg",
        "/media/r/123-" HASH "-16x9-800.jpg",
        "/media/r/123-" HASH "-16x9-500-1001-800.jpg",
        "/media/r/123-" HASH "-16x9-500-0500-800.jpg",
        "/media/r/123-" HASH "-16x9--5-500-800.jpg",
        "/media/r/123-" HASH "-../../etc/passwd-800.jpg",
    };
    for (size_t i = 0; i < COUNT_OF(not ); i++) {
        if (parses(not [i])) {
            test_fail(__FILE__, __LINE__, "is read: %s", not [i]);
        }
    }
}

/* Whatever is read is written back as it was. */
TEST(rendition_names_survive_damage) {
    const struct str whole = STR("/media/r/123-" HASH "-16x9-450-300-640.jpg");
    uint64_t state = test_seed();
    struct arena a = { 0 };
    for (int i = 0; i < 50000; i++) {
        char bytes[64];
        memcpy(bytes, whole.ptr, whole.len);
        size_t len = whole.len - test_below(&state, 3);
        for (uint64_t n = test_below(&state, 3); n > 0; n--) {
            bytes[test_below(&state, len)] = "0123456789abcxgjp.-/"[test_below(&state, 20)];
        }
        struct rendition_name name;
        struct str address = str_make(bytes, len);
        if (rendition_name_parse(address, &name) &&
            !str_eq(rendition_address(&a, &name), address)) {
            test_fail(__FILE__, __LINE__, "two spellings: %.*s", STR_FMT(address));
            break;
        }
        arena_reset(&a);
    }
    arena_done(&a);
}

TEST(rendition_widths_end_with_the_original) {
    int widths[RENDITION_WIDTHS + 1];
    const struct picture_crop whole = { 0 }, square = { 1, 1, 500, 500 };
    CHECK_INT(rendition_widths_of(6000, 4000, &whole, widths), 8);
    CHECK(widths[0] == 320 && widths[7] == 2400);
    CHECK_INT(rendition_widths_of(1000, 800, &whole, widths), 5);
    CHECK(widths[3] == 960 && widths[4] == 1000);
    CHECK_INT(rendition_widths_of(1000, 700, &square, widths), 4);
    CHECK(widths[2] == 640 && widths[3] == 700);
    CHECK_INT(rendition_widths_of(320, 200, &whole, widths), 1);
    CHECK_INT(widths[0], 320);
    CHECK_INT(rendition_widths_of(5, 5, &whole, widths), 1);
    CHECK_INT(widths[0], 5);
    CHECK_INT(rendition_width_for(1000, 800, &whole, 300), 320);
    CHECK_INT(rendition_width_for(1000, 800, &whole, 640), 640);
    CHECK_INT(rendition_width_for(1000, 800, &whole, 970), 1000);
    CHECK_INT(rendition_width_for(1000, 800, &whole, 5000), 1000);
}

TEST(rendition_exists_only_on_the_ladder) {
    struct rendition_name name = { .id = 1, .width = 640, .format = PICTURE_AVIF };
    CHECK(rendition_exists(&name, 1000, 800, false, 1));
    CHECK(rendition_exists(&name, 640, 800, false, 1));
    CHECK(!rendition_exists(&name, 639, 800, false, 1));
    name.width = 641;
    CHECK(!rendition_exists(&name, 1000, 800, false, 1));
    name.width = 320;
    name.format = PICTURE_PNG;
    CHECK(!rendition_exists(&name, 1000, 800, false, 1) &&
          rendition_exists(&name, 1000, 800, true, 1));
    name.format = PICTURE_JPEG;
    CHECK(rendition_exists(&name, 1000, 800, false, 1) &&
          !rendition_exists(&name, 1000, 800, true, 1));
    name.format = PICTURE_WEBP;
    CHECK(rendition_exists(&name, 1000, 800, true, 7));
    name.format = PICTURE_AVIF;
    CHECK(!rendition_exists(&name, 1000, 800, true, 7));
    name.crop = (struct picture_crop){ 1, 1, 500, 500 };
    CHECK(rendition_exists(&name, 1000, 800, true, 7));
}
