/* One function a page kind, each in the file of its name. Private to src/site.
 *
 * They fill a page_build within a pass; route.c calls them. */
#ifndef SITE_PAGES_H
#define SITE_PAGES_H

#include "site/pass.h"
#include "site/search_address.h"

/* page_story.c: a published story, or the form for its password. password: ptr NULL: none given. */
NODISCARD enum status page_story(struct pass *pass, const struct story *story, struct str password,
                                 struct page_build *page, struct err *err);

/* page_page.c: a static page. */
NODISCARD enum status page_static(struct pass *pass, const struct story *story, struct str password,
                                  struct page_build *page, struct err *err);

/* page_locked.c: the form that asks for a story's password; right or wrong. */
bool page_locked_opens(const struct story *story, struct str password);
NODISCARD enum status page_locked(struct pass *pass, const struct story *story, bool wrong,
                                  struct page_build *page, struct err *err);

/* page_front.c: the newest stories. */
NODISCARD enum status page_front(struct pass *pass, struct page_build *page, struct err *err);
/* The page that the newsroom put at "/" in their place, as long as readers may see it. */
NODISCARD enum status page_front_chosen(struct pass *pass, enum story_part part, struct story *ret,
                                        bool *ret_is_chosen, struct err *err);
NODISCARD enum status page_front_is(struct pass *pass, const struct story *story, bool *ret,
                                    struct err *err);

/* page_list.c: page `number`, from 1, of a list. base: the address of its first page. 404 past the
 * end; a date on which nothing was published is 404, too. */
NODISCARD enum status page_list(struct pass *pass, struct list_id list, int64_t number,
                                struct str base, struct page_build *page, struct err *err);
/* The address of a list's page: "<base>page/2/", or "<base>&paged=2" where the base has a query. */
struct str page_list_path(struct arena *a, struct str base, int64_t number);
/* That of the first page, the base; but a page that stands at "/" moves the stories to "/page/1/".
 */
NODISCARD enum status page_list_first(struct pass *pass, struct str base, struct str *ret,
                                      struct err *err);
/* That of a date's list. */
struct str page_date_path(struct pass *pass, struct list_id date);
/* Name and description of a list, for people. NOT_FOUND. */
struct list_name {
    struct str title; /* "Stories tagged ferries" */
    struct str name;  /* "ferries" */
    struct str slug;  /* of a section, tag or author */
    struct str description;
};
NODISCARD enum status page_list_name(struct pass *pass, struct list_id list, struct list_name *ret,
                                     struct err *err);

/* page_search.c: what a search finds; the form alone when it asks for nothing. */
NODISCARD enum status page_search(struct pass *pass, const struct search_ask *ask,
                                  struct page_build *page, struct err *err);

/* page_beacon.c: the picture that tells of a view of a story. */
struct str page_beacon_path(struct arena *a, int64_t story_id);
bool page_beacon_is(struct str key);
NODISCARD enum status page_beacon(struct pass *pass, struct str key, struct page_build *page,
                                  struct err *err);

/* page_error.c */
NODISCARD enum status page_error(struct pass *pass, int status, struct page_build *page,
                                 struct err *err);
/* Answer with the shared page of that status. */
void page_alias_error(struct pass *pass, int status, struct page_build *page);

/* page_redirect.c: 301. to: a path of this site, or absolute. */
void page_redirect(struct pass *pass, struct str to, struct page_build *page);

/* page_root.c: robots.txt, ads.txt, the web manifest, icons… False: none of them. */
bool page_root(struct pass *pass, struct str key, struct page_build *page);
/* The addresses at which it may have something, one by one; false: there are no more. */
bool page_root_at(size_t at, struct str *ret);

/* page_sitemap.c: the sitemap, its files and the news. *ret_found false: none of them, or an empty
 * one. */
NODISCARD enum status page_sitemap(struct pass *pass, struct str key, bool *ret_found,
                                   struct page_build *page, struct err *err);
/* The address of one of the sitemap's files. */
/* Is it the address of one, made or empty? */
bool page_sitemap_is(struct str key);
struct str page_sitemap_path(struct arena *a, enum sitemap_kind kind, int64_t number);
/* Where WordPress and its plugins have had theirs: 301. False: not such an address. */
bool page_sitemap_moved(struct pass *pass, struct str key, struct page_build *page);

/* page_file.c: the theme's files, media. NOT_FOUND: no such file. */
/* The file by which IndexNow knows that the key is ours. */
void page_indexnow_key(struct pass *pass, struct page_build *page);
void page_asset(struct pass *pass, const struct asset *asset, struct page_build *page);
NODISCARD enum status page_media(struct pass *pass, int64_t media_id, struct str key,
                                 struct page_build *page, struct err *err);

/* A rendition of a picture, by its address; 404, or a redirect to what that is called now. */
NODISCARD enum status page_rendition(struct pass *pass, struct str key, struct page_build *page,
                                     struct err *err);
/* WordPress's smaller sizes of a picture: a redirect to the rendition that matches. *ret_found
 * false: it is none of a picture that there is. */
NODISCARD enum status page_upload_size(struct pass *pass, struct str key, bool *ret_found,
                                       struct page_build *page, struct err *err);

#endif
