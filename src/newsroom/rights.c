#include "newsroom/rights.h"

static const struct {
    const char *name;
    const char *what;
    enum scope scope;
    enum reach reach[USER_CHIEF + 1];
} rights[] = {
#define X(name, scope, contributor, author, editor, chief, what)                                   \
    { #name,                                                                                       \
      what,                                                                                        \
      SCOPE_##scope,                                                                               \
      { REACH_##contributor, REACH_##author, REACH_##editor, REACH_##chief } },
    RIGHT_TABLE(X)
#undef X
};

static const struct {
    const char *name, *wordpress;
} roles[] = {
    [USER_CONTRIBUTOR] = { "contributor", "contributor" },
    [USER_AUTHOR] = { "author", "author" },
    [USER_EDITOR] = { "editor", "editor" },
    [USER_CHIEF] = { "chief", "administrator" },
};

static const struct {
    const char *name;
    enum scope scope;
} scopes[] = {
    { "read", SCOPE_READ },       { "write", SCOPE_WRITE },     { "media", SCOPE_MEDIA },
    { "publish", SCOPE_PUBLISH }, { "account", SCOPE_ACCOUNT }, { "manage", SCOPE_MANAGE },
};

const char *right_name(enum right right) {
    return rights[right].name;
}

const char *right_what(enum right right) {
    return rights[right].what;
}

enum scope right_scope(enum right right) {
    return rights[right].scope;
}

enum reach right_reach(enum right right, enum user_role role) {
    check((unsigned)right < RIGHTS && (unsigned)role <= USER_CHIEF);
    return rights[right].reach[role];
}

/* What the viewer's role and the way in leave of a right. */
static enum reach reach_of(const struct viewer *v, enum right right) {
    if (v->way == VIEWER_CLI) {
        return REACH_ALL;
    }
    bool is_somebody = v->way != VIEWER_NOBODY && v->user_id > 0;
    return is_somebody && (v->scopes & right_scope(right)) ? right_reach(right, v->role)
                                                           : REACH_NONE;
}

bool right_allows(const struct viewer *viewer, enum right right, struct right_object object) {
    switch (reach_of(viewer, right)) {
    case REACH_NONE: return false;
    case REACH_OWN_DRAFTS: return object.is_own && object.is_draft;
    case REACH_OWN: return object.is_own;
    case REACH_ALL: return true;
    }
    return false;
}

bool right_allows_some(const struct viewer *viewer, enum right right) {
    return reach_of(viewer, right) != REACH_NONE;
}

bool right_allows_all(const struct viewer *viewer, enum right right) {
    return reach_of(viewer, right) == REACH_ALL;
}

static bool is_draft(const struct story *s) {
    switch (s->state) {
    case STORY_DRAFT:
    case STORY_REVIEW: return true;
    case STORY_TRASHED: return s->published_us == 0;
    case STORY_SCHEDULED:
    case STORY_PUBLISHED:
    case STORY_WITHDRAWN: return false;
    }
    return false;
}

enum status right_object_story(struct store_reader *r, const struct viewer *viewer,
                               const struct story *story, int64_t creator_id,
                               struct right_object *ret, struct err *err) {
    struct right_object object = { .is_draft = is_draft(story) };
    enum status status = STATUS_OK;
    if (viewer->user_id > 0) {
        struct arena a = { 0 };
        struct author author;
        object.is_own = story->authors.len == 0 && creator_id == viewer->user_id;
        for (size_t i = 0; status == STATUS_OK && !object.is_own && i < story->authors.len; i++) {
            status = store_author(r, &a, story->authors.ptr[i], &author, err);
            object.is_own = status == STATUS_OK && author.user_id == viewer->user_id;
        }
        arena_done(&a);
    }
    if (status == STATUS_OK) {
        *ret = object;
    }
    return status;
}

const char *role_name(enum user_role role) {
    check((unsigned)role < COUNT_OF(roles));
    return roles[role].name;
}

const char *role_wordpress_name(enum user_role role) {
    check((unsigned)role < COUNT_OF(roles));
    return roles[role].wordpress;
}

bool role_find(struct str name, enum user_role *ret) {
    for (size_t i = 0; i < COUNT_OF(roles); i++) {
        if (str_eq(name, str_of(roles[i].name))) {
            *ret = (enum user_role)i;
            return true;
        }
    }
    return false;
}

bool role_find_wordpress(struct str name, enum user_role *ret) {
    for (size_t i = 0; i < COUNT_OF(roles); i++) {
        if (str_eq(name, str_of(roles[i].wordpress))) {
            *ret = (enum user_role)i;
            return true;
        }
    }
    return false;
}

static unsigned scope_find(struct str name) {
    for (size_t i = 0; i < COUNT_OF(scopes); i++) {
        if (str_eq(name, str_of(scopes[i].name))) {
            return scopes[i].scope;
        }
    }
    return str_eq(name, STR("all")) ? SCOPE_ALL : 0;
}

bool scopes_parse(struct str text, unsigned *ret) {
    unsigned found = 0;
    for (size_t at = 0; at < text.len;) {
        size_t from = at;
        while (at < text.len && text.ptr[at] != ',' && !char_is_space(text.ptr[at])) {
            at++;
        }
        if (at > from) {
            unsigned scope = scope_find(str_slice(text, from, at));
            if (scope == 0) {
                return false;
            }
            found |= scope;
        }
        at++;
    }
    if (found != 0) {
        *ret = found;
    }
    return found != 0;
}

struct str scopes_text(struct arena *a, unsigned set) {
    struct str text = STR("");
    for (size_t i = 0; i < COUNT_OF(scopes); i++) {
        if (set & scopes[i].scope) {
            text = arena_printf(a, "%.*s%s%s", STR_FMT(text), text.len ? " " : "", scopes[i].name);
        }
    }
    return text;
}
