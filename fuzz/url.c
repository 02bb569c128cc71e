/* One spelling is its own spelling; a resolved address parses; the parts of an address lie in it.
 */
#include "text/url.h"
#include "base/limits.h"
#include "text/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_inside(struct str whole, struct str part) {
    check(part.len == 0 || (part.ptr >= whole.ptr && part.ptr + part.len <= whole.ptr + whole.len));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena a = { 0 };
    struct str s = str_make((const char *)data, size), once, twice, path;
    struct url u;
    if (url_path_canonical(&a, s, &once)) {
        check(once.len > 0 && once.len <= LIMIT_PATH_BYTES && once.ptr[0] == '/');
        check(!str_starts(once, STR("//")) && str_find(once, STR("/../"), 0) == STR_NPOS);
        check(url_path_canonical(&a, once, &twice) && str_eq(once, twice));
        check(utf8_valid(url_decode(&a, once, false)));
    }
    check(!url_path_is_plain(s) || (url_path_canonical(&a, s, &once) && str_eq(s, once)));
    if (url_parse(s, &u)) {
        const struct str parts[] = { u.scheme, u.host, u.port, u.path, u.query, u.fragment };
        for (size_t i = 0; i < COUNT_OF(parts); i++) {
            check_inside(s, parts[i]);
        }
    }
    struct str resolved = url_resolve(&a, STR("https://example.com/a/b?c#d"), s);
    if (url_parse(s, &u)) {
        struct url target;
        check(u.scheme.len > 0 || url_parse(resolved, &target));
    }
    if (url_same_site(STR("https://example.com"), s, &path) && path.len > 1) {
        check_inside(s, path);
    }
    (void)url_safe_href(s);
    arena_done(&a);
    return 0;
}
