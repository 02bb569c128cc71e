/* What a look is, for the modules that make and check one. Private to src/site. */
#ifndef SITE_LOOK_PRIVATE_H
#define SITE_LOOK_PRIVATE_H

#include "site/image_offer.h"
#include "site/look.h"

#include <stdatomic.h>
#include <sys/stat.h>

#define LOOK_EMBEDDED "themes/broadsheet/"
/* The default's templates are known by their names behind this, too: {{> broadsheet/footer}}. */
#define LOOK_DEFAULT  "broadsheet/"

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
    struct str name;    /* "style", or of the template whose pages it is for */
    struct html style;  /* as it stands in pages: itself, or a link if it is large */
    struct html linked; /* always a link */
};

struct look {
    _Atomic unsigned owners;
    struct arena arena;
    struct theme *theme;
    struct html script;
    struct str script_source;
    VEC(struct look_sheet) sheets;
    VEC(struct theme_file) files;
    size_t own_files, own_bytes;
    VEC(struct wording) wordings;
    VEC(struct asset) assets;
    VEC(struct image_offer) offers;
};

struct look *look_new(void);

/* ---- look_files.c ---- */

/* Something that lies in a theme's folder. */
struct look_entry {
    int folder; /* descriptor of the folder that it lies in */
    const char *name;
    struct str sub;   /* "", "partials/", "strings/", "assets/" */
    struct str shown; /* in messages */
    struct stat st;   /* of itself, should it be a link */
};
typedef enum status look_entry_fn(void *ctx, const struct look_entry *entry, struct err *err);

/* All in the folder and in partials/, strings/ and assets/ that is not hidden, in the order of
 * names. Errors: NOT_FOUND (there is no such folder), IO, and what f returns. */
NODISCARD enum status look_walk(struct arena *a, const char *dir, look_entry_fn *f, void *ctx,
                                struct err *err);
/* Is it one of the folders that are walked? */
bool look_is_folder(struct str name);
/* Letters, digits, dots, hyphens and underlines; others are not read. */
bool look_is_plain_name(struct str name);

void look_add_default(struct look *look);
/* Read a file and put it in the place of the default's of that name. Errors: INVALID (a link, or no
 * file: what a theme shows lies in its folder), TOO_LARGE, IO. */
NODISCARD enum status look_add_file(struct look *look, const struct look_entry *entry,
                                    struct err *err);

/* ---- look.c ---- */

/* The steps of look_open. */
NODISCARD enum status look_parse_wording(struct look *look, const struct theme_file *file,
                                         struct err *err);
NODISCARD enum status look_collect(struct look *look, struct err *err);
/* The theme's templates, in the look's arena. */
void look_templates(struct look *look, const struct template_source **ret, size_t *ret_len);

/* Is that file of the theme style.css or, beside NAME.hbs, NAME.css? */
bool look_is_sheet(const struct look *look, struct str file);

/* "line:column" of a byte offset, from 1. */
struct str look_place(struct arena *a, struct str text, size_t at);

#endif
