#include "transfer/permalink.h"

#include "tests/harness.h"

static const struct permalink_facts facts = {
    .id = 42,
    .slug = STR_INIT("the-ferry"),
    .date = { .year = 2022, .month = 3, .day = 14, .hour = 9 },
    .author = STR_INIT("jane"),
    .category = STR_INIT("news/harbour"),
};

static const struct {
    const char *path;
    const char *shape;
} shapes[] = {
    { "/2022/03/14/the-ferry/", "/%year%/%monthnum%/%day%/%postname%/" },
    { "/the-ferry/", "/%postname%/" },
    { "/the-ferry", "/%postname%" },
    { "/news/harbour/the-ferry/", "/%category%/%postname%/" },
    { "/archives/42", "/archives/%post_id%" },
    { "/?p=42", "/?p=%post_id%" },
    { "/blog/2022/03/the-ferry.html", "/blog/%year%/%monthnum%/the-ferry.html" },
    { "/jane/the-ferry/", "/%author%/%postname%/" },
    { "/index.php/2022/03/14/the-ferry/", "/index.php/%year%/%monthnum%/%day%/%postname%/" },
    { "/?page_id=42", "" },
};

TEST(permalink_is_guessed_and_made) {
    struct arena a = { 0 };
    struct map categories;
    map_init(&categories);
    map_put(&categories, STR("news"), &categories);
    map_put(&categories, STR("harbour"), &categories);
    for (size_t i = 0; i < COUNT_OF(shapes); i++) {
        struct str shape = permalink_guess(&a, str_of(shapes[i].path), &facts, &categories);
        CHECK_STR(shape, shapes[i].shape);
        if (permalink_is_usable(shape)) {
            CHECK_STR(permalink_make(&a, shape, &facts), shapes[i].path);
        }
    }
    map_done(&categories);
    arena_done(&a);
}

TEST(permalink_takes_the_same_day_and_month_apart) {
    struct arena a = { 0 };
    struct permalink_facts same = facts;
    same.date.month = same.date.day = 10;
    CHECK_STR(permalink_guess(&a, STR("/2022/10/10/the-ferry/"), &same, NULL),
              "/%year%/%monthnum%/%day%/%postname%/");
    same.slug = STR("%cf%80%cf%8c");
    CHECK_STR(permalink_guess(&a, STR("/%CF%80%CF%8C/"), &same, NULL), "/%postname%/");
    arena_done(&a);
}
