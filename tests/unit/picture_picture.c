#include "picture/picture.h"
#include "base/limits.h"
#include "tests/harness.h"

static bool is_box(struct picture_box box, int x, int y, int width, int height) {
    return box.x == x && box.y == y && box.width == width && box.height == height;
}

TEST(picture_crop_keeps_the_focal_point_in_the_middle_as_far_as_the_edges_let_it) {
    struct picture_crop wide = { 16, 9, 500, 500 };
    CHECK(is_box(picture_crop_box(1600, 1200, &wide), 0, 150, 1600, 900));
    wide.focal_y_permille = 0;
    CHECK(is_box(picture_crop_box(1600, 1200, &wide), 0, 0, 1600, 900));
    wide.focal_y_permille = 1000;
    CHECK(is_box(picture_crop_box(1600, 1200, &wide), 0, 300, 1600, 900));
    struct picture_crop square = { 1, 1, 250, 500 };
    CHECK(is_box(picture_crop_box(2000, 1000, &square), 0, 0, 1000, 1000));
    square.focal_x_permille = 600;
    CHECK(is_box(picture_crop_box(2000, 1000, &square), 700, 0, 1000, 1000));
    CHECK(is_box(picture_crop_box(333, 222, &(struct picture_crop){ 0 }), 0, 0, 333, 222));
}

TEST(picture_crop_stays_inside_whatever_is_asked) {
    uint64_t state = test_seed();
    for (int i = 0; i < 20000; i++) {
        int width = 1 + (int)test_below(&state, i % 2 ? 40 : LIMIT_PICTURE_SIDE);
        int height = 1 + (int)test_below(&state, i % 3 ? 40 : LIMIT_PICTURE_SIDE);
        struct picture_crop crop = { (int)test_below(&state, 1001), (int)test_below(&state, 1001),
                                     (int)test_below(&state, 1001), (int)test_below(&state, 1001) };
        struct picture_box box = picture_crop_box(width, height, &crop);
        int w, h, wanted = 1 + (int)test_below(&state, LIMIT_RENDITION_WIDTH);
        rendition_size(box, wanted, &w, &h);
        if (box.x < 0 || box.y < 0 || box.width < 1 || box.height < 1 ||
            box.x + box.width > width || box.y + box.height > height || w < 1 || h < 1 ||
            w > wanted || w > box.width || h > box.height || h > LIMIT_RENDITION_HEIGHT) {
            CHECK_INT(i, -1);
            return;
        }
    }
}

TEST(picture_renditions_are_never_larger_than_the_original) {
    int w, h;
    rendition_size((struct picture_box){ 0, 0, 300, 200 }, 2400, &w, &h);
    CHECK(w == 300 && h == 200);
    rendition_size((struct picture_box){ 0, 0, 6000, 4000 }, 2400, &w, &h);
    CHECK(w == 2400 && h == 1600);
    rendition_size((struct picture_box){ 0, 0, 1000, 50000 }, 1000, &w, &h);
    CHECK(h <= LIMIT_RENDITION_HEIGHT && w == 163);
    rendition_size((struct picture_box){ 0, 0, 60000, 1 }, 320, &w, &h);
    CHECK(w == 320 && h == 1);
}
