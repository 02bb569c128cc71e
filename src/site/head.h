/* What stands in a page's <head> beside the style. Private to src/site. */
#ifndef SITE_HEAD_H
#define SITE_HEAD_H

#include "site/pass.h"

/* "Headline – Site". An empty title gives the site's name. */
struct str head_title(struct pass *pass, struct str title);

/* As much of a text as a description takes: the first words, white space collapsed. */
struct str head_description(struct pass *pass, struct str text);
/* A text if there is one, else the first words of the story's excerpt. */
NODISCARD enum status head_describe_story(struct pass *pass, const struct story *story,
                                          struct str *ret, struct err *err);

/* Canonical address, title and OpenGraph of a page that is no story. path: of this site. */
struct view_head head_plain(struct pass *pass, struct str title, struct str description,
                            struct str path);
/* The page's picture for those who share it, NULL: the logo, if it can stand for one. */
NODISCARD enum status head_image(struct pass *pass, struct view_head *head,
                                 const struct view_image *image, struct err *err);

/* Of a story: with dates, authors, section, tags, picture and JSON-LD. `view` is filled. */
NODISCARD enum status head_story(struct pass *pass, const struct story *story,
                                 const struct view_story *view, struct view_head *ret,
                                 struct err *err);

#endif
