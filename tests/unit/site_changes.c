#include "site/changes.h"

#include "tests/fixture.h"
#include "tests/harness.h"

#include <stdio.h>

/* The addresses that these keys are about, feeds first, without the site's origin. */
static struct str changed(struct fixture *f, const char *keys_text, bool forgotten) {
    struct store_reader *r = NULL;
    struct err err = { 0 };
    struct keys keys;
    struct site_changes c;
    struct str rest = str_of(keys_text), key, text = STR("");
    keys_init(&keys);
    while (str_split(&rest, ' ', &key)) {
        if (key.len > 0) {
            keys_add(&keys, key);
        }
    }
    CHECK_INT(store_reader_open(f->store, &r, &err), STATUS_OK);
    CHECK_INT(store_read_begin(r, NULL, &err), STATUS_OK);
    CHECK_INT(site_changes(r, &f->arena, &keys, forgotten, &c, &err), STATUS_OK);
    const struct list lists[] = { c.feeds, c.stories };
    for (size_t i = 0; i < COUNT_OF(lists); i++) {
        const struct str *addresses = lists[i].items;
        for (size_t k = 0; k < lists[i].len; k++) {
            struct str origin = STR("https://courier.example");
            CHECK(str_starts(addresses[k], origin));
            /* One of the three formats stands for all. */
            if (!str_ends(addresses[k], STR("/atom/")) && !str_ends(addresses[k], STR("/json/"))) {
                text = arena_printf(&f->arena, "%.*s%s%.*s", STR_FMT(text), text.len ? " " : "",
                                    STR_FMT(str_from(addresses[k], origin.len)));
            }
        }
        CHECK(i == 1 || lists[i].len % 3 == 0);
    }
    store_read_end(r);
    store_reader_close(r);
    keys_done(&keys);
    return text;
}

TEST(changes_of_keys_are_feeds_and_stories) {
    struct fixture f;
    fixture_open(&f);
    CHECK_STR(changed(&f, "latest story:1", true), ""); /* nobody is told */
    fixture_set(&f, "websub_hub", "https://hub.example/");
    fixture_set(&f, "indexnow_key", "0123abcd");
    CHECK_STR(changed(&f, "", false), "");
    CHECK_STR(changed(&f, "", true), "/feed/");
    CHECK_STR(changed(&f, "site", false), "/feed/");
    CHECK_STR(changed(&f, "latest latest path:/x/ media:1 before:3 month:202203", false), "/feed/");
    char keys[200];
    snprintf(keys, sizeof keys,
             "section:%lld row:section:%lld tag:%lld row:author:%lld section:999 "
             "after:1/section:%lld",
             (long long)f.world, (long long)f.harbour, (long long)f.tag, (long long)f.tom,
             (long long)f.europe);
    CHECK_STR(changed(&f, keys, false),
              "/category/world/feed/ /category/harbour/feed/ /tag/ferries/feed/ "
              "/author/tom/feed/");
    snprintf(keys, sizeof keys, "all-comments comments:%lld comments:%lld comments:999",
             (long long)f.stories[3], (long long)f.locked);
    CHECK_STR(changed(&f, keys, false), "/comments/feed/ /2022/03/03/headline-3/feed/");
    fixture_close(&f);
}

TEST(changes_of_a_story_are_the_feeds_that_show_it) {
    struct fixture f;
    fixture_open(&f);
    fixture_set(&f, "websub_hub", "https://hub.example/");
    fixture_set(&f, "indexnow_key", "0123abcd");
    char keys[200];
    snprintf(keys, sizeof keys, "story:%lld", (long long)f.stories[12]);
    CHECK_STR(changed(&f, keys, false),
              "/feed/ /category/harbour/feed/ /category/world/europe/feed/ /category/world/feed/ "
              "/author/tom/feed/ /2022/03/12/headline-12/");
    /* Too old for most of them. */
    fixture_set(&f, "feed_stories", "3");
    snprintf(keys, sizeof keys, "story:%lld", (long long)f.stories[4]);
    CHECK_STR(changed(&f, keys, false), "/category/world/europe/feed/ /2022/03/04/headline-4/");
    /* A page stands in no feed. */
    snprintf(keys, sizeof keys, "story:%lld", (long long)f.about);
    CHECK_STR(changed(&f, keys, false), "/about/");
    /* Of what readers may not see nothing is told, but that it is gone. */
    snprintf(keys, sizeof keys, "story:%lld story:%lld story:%lld story:%lld story:999",
             (long long)f.locked, (long long)f.private, (long long)f.draft, (long long)f.scheduled);
    CHECK_STR(changed(&f, keys, false), "");
    snprintf(keys, sizeof keys, "story:%lld", (long long)f.withdrawn);
    CHECK_STR(changed(&f, keys, false), "/2022/03/20/secret-withdrawn/");
    fixture_close(&f);
}
