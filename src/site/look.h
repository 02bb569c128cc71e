/* How a site looks: its templates, compiled; its wording; its style sheet and other files.
 *
 * The default theme is in the binary. A file of the same name below <site>/theme/ takes the place
 * of one of the theme's; a file of a new name is added: those at the top and in partials/ that end
 * in .hbs are templates, strings/<language>.json is wording, style.css is the style sheet,
 * NAME.css beside NAME.hbs is a sheet more for the pages of that template, custom.css is one that
 * follows all others (what a site adds to a theme that it otherwise leaves as it is), inline.js is
 * a small script that a template prints with {{{site.script}}}, and what else lies at the top or in
 * assets/ is served under /assets/<hash>/<name>, for ever.
 *
 * A template that takes the place of another calls that by {{> broadsheet/NAME}}.
 *
 * A look does not change after opening; any number of threads use it at once. */
#ifndef SITE_LOOK_H
#define SITE_LOOK_H

#include "base/status.h"
#include "render/template.h"
#include "site/image_offer.h"
#include "text/phrases.h"

struct look;

/* dir: the folder of the site's own files; there may be none. rules: of its templates; must
 * outlive the look.
 * Errors: INVALID ("file:line:column: …" of a template or of wording), TOO_LARGE, IO. */
NODISCARD enum status look_open(const char *dir, const struct template_rules *rules,
                                struct look **ret, struct err *err);
/* One owner more; each closes it once. */
struct look *look_ref(struct look *look);
void look_close(struct look *look);

/* A number that another one follows when a file in the folder is added, removed or written. */
uint64_t look_stamp(const char *dir);

const struct theme *look_theme(const struct look *look);

/* The wording in that language, else of its main language if that is written in the same script
 * ("zh", which is simplified, is none for "zh-TW"), else English. A key that the theme lacks
 * in that language is looked up in the fallbacks. */
struct str look_phrase(const struct look *look, struct arena *a, struct str language,
                       struct str key, const struct phrase_arg *args, size_t n);

/* Whether there is wording in that language, or in its main one. */
bool look_speaks(const struct look *look, struct str language);
/* Those that there is wording in: "ar, de, en". */
struct str look_languages(const struct look *look, struct arena *a);

/* What stands in <head>: <style>…</style>, or a <link> if that is wanted or the sheet is too large
 * to stand in every page. "style" is the sheet of all pages, "custom" what the site adds; a
 * template's name is what its pages have besides. Empty: there is none. */
struct html look_style(const struct look *look, struct str name, bool linked);

/* <script>…</script> of inline.js without the comment that it begins with, or empty; and what a
 * Content-Security-Policy calls it: 'sha256-…'. */
struct html look_script(const struct look *look);
struct str look_script_source(const struct look *look);

struct asset {
    struct str name; /* "favicon.svg" */
    struct str bytes;
    struct str mime;
    struct str path; /* "/assets/0123456789abcdef/favicon.svg" */
};

/* By name or by path; NULL if there is none. */
const struct asset *look_asset(const struct look *look, struct str name);
const struct asset *look_asset_at(const struct look *look, struct str path);
/* In what shapes and widths the templates offer pictures, each once. */
const struct image_offer *look_offers(const struct look *look, size_t *ret_len);

/* All of them. */
const struct asset *look_assets(const struct look *look, size_t *ret_len);

#endif
