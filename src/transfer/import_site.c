/* What an import learns of the site that its files come from. */
#include "transfer/import_run.h"

#include "base/clock.h"
#include "base/limits.h"
#include "text/slug.h"
#include "text/url.h"

static const struct str default_permalink = STR_INIT("/%year%/%monthnum%/%day%/%postname%/");

/* "Wed, 20 Oct 2010 14:10:09 +0000"; 0 if it is not that. */
static int64_t parse_pub_date(struct import_run *run, struct str text) {
    int64_t us;
    text = str_trim(text);
    if (str_ends(text, STR(" +0000"))) {
        text = arena_printf(&run->item, "%.*s GMT", (int)text.len - 6, text.ptr);
    }
    return clock_parse_http(text, &us) ? us : 0;
}

static struct str base_url_of(struct import_run *run) {
    const struct import_channel *c = &run->channel;
    const struct str candidates[] = { c->base_blog_url, c->link, c->base_site_url };
    for (size_t i = 0; i < COUNT_OF(candidates); i++) {
        struct url url;
        if (url_parse(candidates[i], &url) && url.host.len > 0) {
            struct str base = candidates[i];
            while (str_ends(base, STR("/"))) {
                base.len--;
            }
            return base;
        }
    }
    return STR("");
}

enum status import_begin_site(struct import_run *run, struct err *err) {
    if (run->site != NULL) {
        return STATUS_OK;
    }
    struct str base = base_url_of(run);
    struct str source = run_source_of(&run->arena, base);
    struct import_site *site = map_get(&run->sites, source);
    if (site == NULL) {
        site = ARENA_NEW(&run->arena, struct import_site);
        site->base_url = arena_str(&run->arena, base);
        site->source = source;
        site->title = arena_str(&run->arena, run_plain_text(run, run->channel.title));
        site->tagline = arena_str(&run->arena, run_plain_text(run, run->channel.description));
        site->language = arena_str(&run->arena, run->channel.language);
        map_init(&site->categories);
        map_init(&site->tags);
        map_init(&site->blocks);
        map_put(&run->sites, source, site);
        *vec_push(&run->arena, &run->site_list) = site;
    }
    run->site = site;
    site->exported_us = parse_pub_date(run, run->channel.pub_date);
    return run->pass == PASS_BASE ? import_settings(run, err) : STATUS_OK;
}

/* ---- the scan ---- */

static void vote(struct import_run *run, struct import_votes *v, struct str shape) {
    for (size_t i = 0; i < v->len; i++) {
        if (str_eq(v->ptr[i].shape, shape)) {
            v->ptr[i].votes++;
            return;
        }
    }
    if (v->len < LIMIT_IMPORT_SHAPES) {
        *vec_push(&run->arena, v) =
            (struct shape_vote){ .shape = arena_str(&run->arena, shape), .votes = 1 };
    }
}

void import_scan_term(struct import_run *run, const struct wxr_term *term) {
    struct import_site *site = run->site;
    if (str_eq(term->taxonomy, STR("category"))) {
        map_put(&site->categories, term->slug, site);
    } else if (str_eq(term->taxonomy, STR("post_tag"))) {
        map_put(&site->tags, term->slug, site);
    } else if (str_eq(term->taxonomy, STR("nav_menu")) &&
               site->menus.len < LIMIT_IMPORT_MENU_ITEMS) {
        *vec_push(&run->arena, &site->menus) =
            (struct import_menu_name){ arena_str(&run->arena, term->slug),
                                       arena_str(&run->arena, term->name) };
    }
}

/* "/topics/world/europe/" shows "topics" as the categories' base, when world and europe are
 * categories. */
static void vote_bases(struct import_run *run, struct str url) {
    struct str path;
    struct str segments[16];
    size_t n = 0;
    if (!run_own_path(run, url, false, &path)) {
        return;
    }
    struct str rest = path;
    struct str segment;
    while (str_split(&rest, '/', &segment)) {
        if (segment.len > 0 && n == COUNT_OF(segments)) {
            return;
        }
        if (segment.len > 0) {
            segments[n++] = segment;
        }
    }
    bool categories = n >= 2 && !map_has(&run->site->categories, segments[0]);
    for (size_t i = 1; i < n; i++) {
        categories = categories && map_has(&run->site->categories, segments[i]);
    }
    if (categories) {
        vote(run, &run->site->category_bases, segments[0]);
    } else if (n == 2 && map_has(&run->site->tags, segments[1])) {
        vote(run, &run->site->tag_bases, segments[0]);
    }
}

static void keep_block(struct import_run *run, const struct wxr_item *item) {
    struct import_site *site = run->site;
    struct str id = run_decimal(run, item->id);
    if (site->blocks_bytes + item->content.len > LIMIT_IMPORT_BLOCKS_BYTES ||
        map_has(&site->blocks, id)) {
        return;
    }
    struct str *content = ARENA_NEW(&run->arena, struct str);
    *content = arena_str(&run->arena, item->content);
    site->blocks_bytes += content->len;
    map_put(&site->blocks, id, content);
}

void import_scan_item(struct import_run *run, const struct wxr_item *item) {
    enum import_role role = import_role_of(run, item);
    struct str path;
    int64_t local;
    bool is_story = role == ROLE_STORY || role == ROLE_PAGE || role == ROLE_KEPT;
    run->site->has_hidden |= is_story && !import_story_is_public(run, item);
    if (str_eq(item->type, STR("post")) && str_eq(item->status, STR("publish")) &&
        run_own_path(run, item->link, true, &path) && path.len > 1) {
        struct permalink_facts facts = {
            .id = item->id,
            .slug = item->slug,
            .date = civil_of_us(clock_parse_datetime(str_trim(item->date), &local) ? local : 0),
            .author =
                slug_make(&run->item, item->creator, (struct slug_style){ .keep_script = true }),
        };
        struct str shape = permalink_guess(&run->item, path, &facts, &run->site->categories);
        if (permalink_is_usable(shape)) {
            vote(run, &run->site->shapes, shape);
        }
    } else if (str_eq(item->type, STR("wp_block"))) {
        keep_block(run, item);
    } else if (role == ROLE_MENU_ITEM) {
        vote_bases(run, wxr_meta_get(&item->metas, "_menu_item_url"));
    }
}

/* The most votes; of equals the first. */
static struct str winner(const struct import_votes *v, struct str otherwise) {
    int64_t most = 0;
    for (size_t i = 0; i < v->len; i++) {
        if (v->ptr[i].votes > most) {
            most = v->ptr[i].votes;
            otherwise = v->ptr[i].shape;
        }
    }
    return otherwise;
}

void import_decide(struct import_run *run, struct import_site *site) {
    struct store_reader *reader;
    struct str kept = { 0 };
    struct err ignored = { 0 };
    run->site = site;
    if (run_reader(run, &reader, &ignored) != STATUS_OK ||
        store_setting(reader, &run->arena, STR("permalink"), &kept, &ignored) != STATUS_OK ||
        !permalink_is_usable(kept)) {
        kept = default_permalink;
    }
    site->permalink = winner(&site->shapes, kept);
    site->category_base = winner(&site->category_bases, STR("category"));
    site->tag_base = winner(&site->tag_bases, STR("tag"));
}

/* ---- settings ---- */

static enum status put_setting(struct import_run *run, const char *key, struct str value,
                               bool overwrite, struct err *err) {
    struct store_reader *reader;
    struct store_writer *writer;
    struct str now;
    enum status status = value.len > 0 ? run_reader(run, &reader, err) : STATUS_OK;
    if (status != STATUS_OK || value.len == 0) {
        return status;
    }
    status = store_setting(reader, &run->item, str_of(key), &now, err);
    /* A value that was cleared here is a choice, too. */
    if (status != STATUS_OK || (now.ptr != NULL && (!overwrite || str_eq(now, value)))) {
        return status;
    }
    status = run_writer(run, &writer, err);
    return status == STATUS_OK ? store_setting_put(writer, str_of(key), value, err) : status;
}

enum status import_front_page(struct import_run *run, struct str path, struct err *err) {
    struct store_reader *reader;
    struct str now;
    enum status status = run_reader(run, &reader, err);
    if (status == STATUS_OK) {
        status = store_setting(reader, &run->item, STR("front_page"), &now, err);
    }
    if (status != STATUS_OK || now.ptr != NULL) {
        return status;
    }
    run_warn(run, "it was the front page and is so here, too: \"broadsheet set front_page ''\" "
                  "puts the newest stories there");
    return put_setting(run, "front_page", path, false, err);
}

enum status import_language(struct import_run *run, struct err *err) {
    struct str language = { 0 }, script = { 0 };
    struct store_reader *reader;
    enum status status = run_reader(run, &reader, err);
    if (status == STATUS_OK) {
        status = store_setting(reader, &run->arena, STR("language"), &language, err);
    }
    if (status == STATUS_OK) {
        status = store_setting(reader, &run->arena, STR("slug_script"), &script, err);
    }
    if (status == STATUS_OK) {
        bool known = language.len > 0 && locale_valid(language.ptr);
        run->locale = known ? language : STR("en");
        run->slugs = (struct slug_style){ .keep_script = str_eq(script, STR("keep")),
                                          .language = run->locale.ptr };
    }
    return status;
}

enum status import_settings(struct import_run *run, struct err *err) {
    const struct import_site *site = run->site;
    struct store_reader *reader;
    struct err ignored = { 0 };
    int64_t id;
    enum status status = run_reader(run, &reader, err);
    if (status != STATUS_OK) {
        return status;
    }
    bool empty = store_story_next(reader, 0, &id, &ignored) == STATUS_NOT_FOUND;
    struct str language = arena_str(&run->item, site->language);
    status = put_setting(run, "title", site->title, false, err);
    if (status == STATUS_OK) {
        status = put_setting(run, "tagline", site->tagline, false, err);
    }
    if (status == STATUS_OK && language.len > 0 && locale_valid(language.ptr)) {
        status = put_setting(run, "language", language, false, err);
    }
    if (status == STATUS_OK) {
        status = import_language(run, err);
    }
    if (status == STATUS_OK) {
        status = put_setting(run, "url", site->base_url, false, err);
    }
    if (status == STATUS_OK && site->shapes.len > 0) {
        status = put_setting(run, "permalink", site->permalink, empty, err);
    }
    return status;
}
