#include "tests/harness.h"

#include "api/call.h"
#include "api/schema.h"
#include "base/limits.h"

/* The page key of a request, the error's "status code", or "-" for what is not the API's. */
static struct str target_of(struct arena *a, const char *method, const char *path,
                            const char *query) {
    struct str key;
    struct api_error error;
    switch (api_target(a, str_of(method), str_of(path), str_of(query), &key, &error)) {
    case API_TARGET_PAGE: return key;
    case API_TARGET_ERROR: return arena_printf(a, "%d %s", error.status, error.code);
    case API_TARGET_NONE: break;
    }
    return STR("-");
}

TEST(api_targets_have_one_key) {
    static const struct {
        const char *method, *path, *query, *expected;
    } cases[] = {
        { "GET", "/", "", "-" },
        { "GET", "/wp-jsonp", "", "-" },
        { "GET", "/about/", "rest_route=/wp/v2/posts", "-" },
        { "GET", "/wp-json", "", "/wp-json" },
        { "GET", "/wp-json/", "", "/wp-json" },
        { "HEAD", "/wp-json/wp/v2/posts/", "", "/wp-json/wp/v2/posts" },
        { "GET", "/", "rest_route=/", "/wp-json" },
        { "GET", "/", "rest_route=/wp/v2/posts/&page=2", "/wp-json/wp/v2/posts?page=2" },
        { "GET", "/index.php", "rest_route=%2Fwp%2Fv2%2Fposts", "/wp-json/wp/v2/posts" },
        { "GET", "/wp-json/wp/v2/posts", "per_page=5&page=2&_=17",
          "/wp-json/wp/v2/posts?page=2&per_page=5" },
        { "GET", "/wp-json/wp/v2/posts", "_embed", "/wp-json/wp/v2/posts?_embed=" },
        { "GET", "/wp-json/wp/v2/posts", "_embed=1", "/wp-json/wp/v2/posts?_embed=" },
        { "GET", "/wp-json/wp/v2/posts", "_fields[]=id&_fields[]=title",
          "/wp-json/wp/v2/posts?_fields=id,title" },
        { "GET", "/wp-json/wp/v2/posts", "context=view", "/wp-json/wp/v2/posts" },
        { "GET", "/wp-json/wp/v2/posts/7", "password=x", "/wp-json/wp/v2/posts/7" },
        { "OPTIONS", "/wp-json/wp/v2/posts", "page=0", "options:/wp-json/wp/v2/posts" },
        { "POST", "/wp-json/wp/v2/posts", "_method=GET", "/wp-json/wp/v2/posts" },
        { "GET", "/wp-json/wp/v2/posts", "_method=DELETE", "/wp-json/wp/v2/posts" },
        { "POST", "/wp-json/wp/v2/posts", "", "404 rest_no_route" },
        { "DELETE", "/wp-json/wp/v2/posts/7", "", "404 rest_no_route" },
        { "GET", "/wp-json/nothing", "", "404 rest_no_route" },
        { "GET", "/wp-json/wp/v2/posts/seven", "", "404 rest_no_route" },
        { "GET", "/wp-json/wp/v2/posts/7/8", "", "404 rest_no_route" },
        { "GET", "/wp-json/wp/v2/posts/9999999999999999999", "", "404 rest_no_route" },
        { "GET", "/wp-json/wp/v2/posts", "per_page=101", "400 rest_invalid_param" },
        { "GET", "/wp-json/wp/v2/posts", "context=all", "400 rest_invalid_param" },
        { "GET", "/wp-json/wp/v2/posts", "_jsonp=alert(1)", "400 rest_callback_invalid" },
        { "GET", "/wp-json/wp/v2/posts", "context=edit", "401 rest_forbidden_context" },
        { "GET", "/wp-json/wp/v2/types", "context=edit", "401 rest_cannot_view" },
        { "GET", "/wp-json/wp/v2/settings", "", "401 rest_forbidden" },
        { "GET", "/wp-json/wp/v2/users/me", "", "401 rest_not_logged_in" },
        { "GET", "/wp-json/wp/v2/posts/7/revisions", "", "401 rest_cannot_read" },
    };
    struct arena a = { 0 };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct str target = target_of(&a, cases[i].method, cases[i].path, cases[i].query);
        CHECK_STR(target, cases[i].expected);
        struct api_call call;
        struct api_error error;
        if (str_starts(target, API_ROOT) || str_starts(target, API_OPTIONS)) {
            CHECK_INT(api_call_read(&a, target, &call, &error), API_TARGET_PAGE);
            CHECK(str_eq(api_call_spell(&a, &call), target));
        }
    }
    arena_done(&a);
}

TEST(api_targets_are_bounded) {
    struct arena a = { 0 };
    char query[3 * LIMIT_API_KEY_BYTES];
    memset(query, 'x', sizeof query);
    memcpy(query, "search=", strlen("search="));
    query[sizeof query - 1] = '\0';
    CHECK_STR(target_of(&a, "GET", "/wp-json/wp/v2/posts", query), "414 rest_too_long");
    arena_done(&a);
}

/* No two routes answer to one path, and none is written as no other is. */
TEST(api_routes_are_distinct) {
    struct arena a = { 0 };
    for (size_t i = 0; i < api_routes_len; i++) {
        const struct api_route *route = &api_routes[i];
        CHECK(route->meaning != NULL);
        CHECK((route->get == NULL) == (route->denied != NULL));
        CHECK(route->args_len <= API_ARGS_MAX);
        for (size_t k = 0; k < route->args_len; k++) {
            CHECK(route->args[k].meaning != NULL);
            CHECK((route->args[k].choices != NULL) ==
                  (route->args[k].kind == ARG_CHOICE || route->args[k].kind == ARG_CHOICES));
        }
        for (size_t k = 0; k < i; k++) {
            CHECK(!str_eq(schema_pattern(&a, route), schema_pattern(&a, &api_routes[k])));
        }
    }
    CHECK_STR(schema_pattern(&a, &api_routes[0]), "/");
    arena_done(&a);
}
