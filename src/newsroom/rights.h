/* Who may do what: the one table of rights by role.
 *
 * Each route, verb and button names a right and asks right_allows; nothing else in the program
 * compares roles. A role may whatever the roles below it may (a test holds the table to that), and
 * docs/identity.md shows the same table (a test holds it to that, too). */
#ifndef NEWSROOM_RIGHTS_H
#define NEWSROOM_RIGHTS_H

#include "store/store.h"

/* How far a right reaches. OWN_DRAFTS: what is one's own as long as no reader can have seen it. */
enum reach { REACH_NONE, REACH_OWN_DRAFTS, REACH_OWN, REACH_ALL };

/* What an access token was made for. A session and an application password have all scopes. */
enum scope {
    SCOPE_READ = 1,     /* what the desk shows */
    SCOPE_WRITE = 2,    /* stories, pages, terms, comments */
    SCOPE_MEDIA = 4,    /* pictures and files */
    SCOPE_PUBLISH = 8,  /* what readers see: publishing, fronts, corrections */
    SCOPE_ACCOUNT = 16, /* one's own profile, sessions and passwords */
    SCOPE_MANAGE = 32,  /* users, settings, the theme, the audit */
    SCOPE_ALL = 63,
};

/* right, scope, then the reach of contributor, author, editor, editor-in-chief; what it is. */
#define RIGHT_TABLE(X)                                                                             \
    X(READ_STORY, READ, OWN, OWN, ALL, ALL, "read a story or page that is not public")             \
    X(CREATE_STORY, WRITE, ALL, ALL, ALL, ALL, "begin a story")                                    \
    X(EDIT_STORY, WRITE, OWN_DRAFTS, OWN, ALL, ALL, "change a story, its tags and revisions")      \
    X(DELETE_STORY, WRITE, OWN_DRAFTS, OWN, ALL, ALL, "put a story into the bin, or remove it")    \
    X(PUBLISH_STORY, PUBLISH, NONE, OWN, ALL, ALL, "publish, schedule, embargo, withdraw")         \
    X(CORRECT_STORY, PUBLISH, NONE, OWN, ALL, ALL, "add a correction")                             \
    X(TAKE_LOCK, WRITE, OWN_DRAFTS, OWN, ALL, ALL, "take over a story that another has open")      \
    X(ASSIGN_AUTHORS, WRITE, NONE, NONE, ALL, ALL, "put others into a byline")                     \
    X(EDIT_PAGE, WRITE, NONE, NONE, ALL, ALL, "begin and change pages")                            \
    X(DELETE_PAGE, WRITE, NONE, NONE, ALL, ALL, "put a page into the bin, or remove it")           \
    X(PUBLISH_PAGE, PUBLISH, NONE, NONE, ALL, ALL, "publish and withdraw pages")                   \
    X(READ_MEDIA, READ, OWN, ALL, ALL, ALL, "look through the library")                            \
    X(UPLOAD_MEDIA, MEDIA, NONE, ALL, ALL, ALL, "upload pictures and files")                       \
    X(EDIT_MEDIA, MEDIA, NONE, OWN, ALL, ALL, "change captions, credits, focal points")            \
    X(DELETE_MEDIA, MEDIA, NONE, OWN, ALL, ALL, "remove pictures and files")                       \
    X(READ_COMMENTS, READ, NONE, OWN, ALL, ALL, "read comments that are not approved")             \
    X(EDIT_COMMENTS, WRITE, NONE, NONE, ALL, ALL, "approve, change and remove comments")           \
    X(EDIT_TERMS, WRITE, NONE, NONE, ALL, ALL, "make, rename and remove sections and tags")        \
    X(EDIT_SLOTS, PUBLISH, NONE, NONE, ALL, ALL, "arrange fronts and curated lists")               \
    X(EDIT_REDIRECTS, PUBLISH, NONE, NONE, ALL, ALL, "make and remove redirects")                  \
    X(READ_VIEWS, READ, OWN, OWN, ALL, ALL, "see how much is read")                                \
    X(EDIT_PROFILE, ACCOUNT, OWN, OWN, OWN, ALL, "change a name, an e-mail, a password")           \
    X(EDIT_ACCESS, ACCOUNT, OWN, OWN, OWN, ALL, "sessions, application passwords, tokens, TOTP")   \
    X(LIST_USERS, READ, NONE, NONE, ALL, ALL, "see who works here")                                \
    X(EDIT_USERS, MANAGE, NONE, NONE, NONE, ALL, "add and remove users, change roles")             \
    X(EDIT_MENUS, MANAGE, NONE, NONE, NONE, ALL, "change the navigation")                          \
    X(EDIT_SETTINGS, MANAGE, NONE, NONE, NONE, ALL, "read and change the site's settings")         \
    X(EDIT_THEME, MANAGE, NONE, NONE, NONE, ALL, "change the theme")                               \
    X(READ_AUDIT, MANAGE, NONE, NONE, NONE, ALL, "read who changed what")                          \
    X(EXPORT, MANAGE, NONE, NONE, NONE, ALL, "take the whole site out, or bring one in")

enum right {
#define X(name, ...) RIGHT_##name,
    RIGHT_TABLE(X)
#undef X
        RIGHTS
};

enum viewer_way { VIEWER_NOBODY, VIEWER_SESSION, VIEWER_PASSWORD, VIEWER_TOKEN, VIEWER_CLI };

/* Who asks. All zero is nobody: a stranger, who may nothing that stands in the table. */
struct viewer {
    int64_t user_id; /* 0: nobody, or the command line */
    enum user_role role;
    enum viewer_way way; /* PASSWORD: an application password */
    unsigned scopes;     /* of enum scope */
    int64_t access_id;   /* the session's or access key's row */
    bool is_due;         /* identity_seen wants to write down that it was used */
};

/* What a right is asked for; all zero: another's, which readers have seen. */
struct right_object {
    bool is_own;
    bool is_draft; /* no reader has seen it */
};

/* "READ_STORY". */
const char *right_name(enum right right);
const char *right_what(enum right right);
enum scope right_scope(enum right right);
/* Of a role, whatever the scopes. */
enum reach right_reach(enum right right, enum user_role role);

/* May the viewer do this to that? */
bool right_allows(const struct viewer *viewer, enum right right, struct right_object object);
/* May the viewer do it to anything at all: what a route asks before it has looked for the object.
 */
bool right_allows_some(const struct viewer *viewer, enum right right);
/* The same for all there is, own or not: what a list asks before it shows others'. */
bool right_allows_all(const struct viewer *viewer, enum right right);

/* A story as such an object: it is one's own if the viewer is among its authors (or it has none and
 * `creator_id`, of its newest revision or lock, is the viewer). What is in the bin counts as seen,
 * unless it never had a date. */
NODISCARD enum status right_object_story(struct store_reader *r, const struct viewer *viewer,
                                         const struct story *story, int64_t creator_id,
                                         struct right_object *ret, struct err *err);

/* "contributor", "author", "editor", "chief"; and back. */
const char *role_name(enum user_role role);
NODISCARD bool role_find(struct str name, enum user_role *ret);
/* WordPress's: "contributor", "author", "editor", "administrator". Its subscribers are readers, no
 * staff: false. */
const char *role_wordpress_name(enum user_role role);
NODISCARD bool role_find_wordpress(struct str name, enum user_role *ret);

/* "read", "write", "media", "publish", "account", "manage"; several parted by commas or blanks.
 * "all" is SCOPE_ALL. False: one is none of these, or there is none. */
NODISCARD bool scopes_parse(struct str text, unsigned *ret);
struct str scopes_text(struct arena *a, unsigned scopes);

#endif
