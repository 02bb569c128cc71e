#include "site/reserved.h"

#include "site/pages.h"
#include "site/search_address.h"

/* With or without its last slash: one leads to the other. */
static bool is_search(struct str path) {
    const struct str search = SEARCH_PATH;
    return str_eq(path, search) || str_eq(path, str_slice(search, 0, search.len - 1));
}

static bool is_root_file(struct str path) {
    struct str file;
    for (size_t i = 0; page_root_at(i, &file); i++) {
        if (str_eq(path, file)) {
            return true;
        }
    }
    return false;
}

bool reserved_address(struct str path) {
    return path.len == 1 || is_search(path) || page_beacon_is(path) || page_sitemap_is(path) ||
           is_root_file(path);
}

bool reserved_first(struct str path) {
    /* Those of our own files and pages; "feed" and "page" are parts of addresses everywhere. */
    static const struct str firsts[] = { STR_INIT("search"), STR_INIT("_view"), STR_INIT("assets"),
                                         STR_INIT("media"),  STR_INIT("feed"),  STR_INIT("page") };
    struct str rest = path, first;
    do {
        if (!str_split(&rest, '/', &first)) {
            return false;
        }
    } while (first.len == 0);
    for (size_t i = 0; i < COUNT_OF(firsts); i++) {
        if (str_eq_nocase(first, firsts[i])) {
            return true;
        }
    }
    return false;
}
