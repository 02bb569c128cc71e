#include "site/policy.h"

static bool is_directive(struct str part, struct str name) {
    part = str_trim(part);
    return str_starts_nocase(part, name) &&
           (part.len == name.len || char_is_space(part.ptr[name.len]));
}

static bool has(struct str part, struct str word) {
    return str_find_nocase(part, word, 0) != STR_NPOS;
}

struct str policy_with_script(struct arena *a, struct str policy, struct str source) {
    if (policy.len == 0 || source.len == 0) {
        return policy;
    }
    struct str scripts = { 0 }, rest = policy, part;
    while (str_split(&rest, ';', &part)) {
        if (is_directive(part, STR("script-src-elem"))) {
            return policy;
        }
        if (scripts.ptr == NULL && is_directive(part, STR("script-src"))) {
            scripts = part;
        }
    }
    if (scripts.ptr == NULL) {
        return arena_printf(a, "%.*s; script-src %.*s", STR_FMT(policy), STR_FMT(source));
    }
    if (has(scripts, STR("'unsafe-inline'")) || has(scripts, STR("'none'"))) {
        return policy;
    }
    size_t end = (size_t)(scripts.ptr - policy.ptr) + scripts.len;
    return arena_printf(a, "%.*s %.*s%.*s", STR_FMT(str_slice(policy, 0, end)), STR_FMT(source),
                        STR_FMT(str_from(policy, end)));
}
