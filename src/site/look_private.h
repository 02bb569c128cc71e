/* What a look is, for the modules that make and check one. Private to src/site. */
#ifndef SITE_LOOK_PRIVATE_H
#define SITE_LOOK_PRIVATE_H

#include "site/look.h"

#include <stdatomic.h>

#define LOOK_EMBEDDED "themes/broadsheet/"

struct theme_file {
    struct str name;  /* within the theme: "partials/card.hbs" */
    struct str shown; /* in messages */
    struct str bytes;
    bool own; /* from the folder, not of the default theme */
};

struct wording {
    struct str language; /* "pt-BR" */
    bool own;            /* from the site's folder */
    struct phrases *phrases;
};

struct look_sheet {
    struct str name; /* "style", or of the template whose pages it is for */
    struct html style;
};

struct look {
    _Atomic unsigned owners;
    struct arena arena;
    struct theme *theme;
    struct html script;
    struct str script_source;
    VEC(struct look_sheet) sheets;
    VEC(struct theme_file) files;
    VEC(struct wording) wordings;
    VEC(struct asset) assets;
};

/* The folders below a theme that are read: "", "partials/", "strings/", "assets/". */
extern const char *const look_folders[];
extern const size_t look_folders_len;

/* Letters, digits, dots, hyphens and underlines; not hidden. Others are not read. */
bool look_is_plain_name(struct str name);

/* The steps of look_open. dir NULL: the default theme alone. */
enum status look_find_files(struct look *look, const char *dir, struct err *err);
enum status look_parse_wording(struct look *look, const struct theme_file *file, struct err *err);
enum status look_collect(struct look *look, struct err *err);
enum status look_compile(struct look *look, const struct template_entry *entries,
                         size_t entries_len, const struct helper *helpers, struct err *err);

/* Is that file of the theme style.css or, beside NAME.hbs, NAME.css? */
bool look_is_sheet(const struct look *look, struct str file);

/* "line:column" of a byte offset, from 1. */
struct str look_place(struct arena *a, struct str text, size_t at);

#endif
