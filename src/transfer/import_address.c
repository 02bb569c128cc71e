/* Where a story stands, and where it stood: its own old address if it has one, else the one that
 * WordPress would give it; and all the others that led to it, for redirects. */
#include "transfer/import_making.h"

#include "base/limits.h"
#include "site/reserved.h"
#include "text/slug.h"
#include "text/url.h"
#include "text/utf8.h"

/* "parent/child" of the primary section. */
static enum status category_path(struct making *m, struct str *ret, struct err *err) {
    struct import_run *run = m->run;
    struct store_reader *reader;
    *ret = STR("");
    enum status status = run_reader(run, &reader, err);
    if (status != STATUS_OK || m->story.section_id == 0) {
        return status;
    }
    struct str path;
    status = store_path_of(reader, &run->item, ADDRESS_SECTION, m->story.section_id, &path, err);
    if (status == STATUS_OK) {
        struct str base = arena_printf(&run->item, "/%.*s/", STR_FMT(run->site->category_base));
        path = str_starts(path, base) ? str_from(path, base.len) : str_from(path, 1);
        *ret = str_ends(path, STR("/")) ? str_slice(path, 0, path.len - 1) : path;
    }
    return status;
}

/* The address that WordPress would give it. */
static enum status shape_path(struct making *m, struct str *ret, struct err *err) {
    struct import_run *run = m->run;
    struct str shape = run->site->permalink;
    struct str category;
    struct buf slug;
    bool plain = str_find_char(shape, '?', 0) != STR_NPOS;
    enum status status = category_path(m, &category, err);
    if (status != STATUS_OK) {
        return status;
    }
    buf_init(&slug, LIMIT_PATH_BYTES);
    url_encode(&slug, m->story.slug);
    struct permalink_facts facts = {
        .id = m->item->id,
        .slug = arena_str(&run->item, buf_str(&slug)),
        .date = m->local,
        .author =
            slug_make(&run->item, m->item->creator, (struct slug_style){ .keep_script = true }),
        .category = category,
    };
    buf_done(&slug);
    if (m->story.kind == STORY_STORY) {
        *ret = permalink_make(&run->item, shape, &facts);
    } else if (plain) {
        *ret = arena_printf(&run->item, "/?page_id=%lld", (long long)m->item->id);
    } else {
        struct str above = STR("/");
        struct store_reader *reader;
        status = run_reader(run, &reader, err);
        if (status == STATUS_OK && m->story.parent_id != 0) {
            status =
                store_path_of(reader, &run->item, ADDRESS_STORY, m->story.parent_id, &above, err);
        }
        bool usable = str_ends(above, STR("/"));
        *ret = arena_printf(&run->item, "%.*s%.*s/", usable ? (int)above.len : 1,
                            usable ? above.ptr : "/", STR_FMT(facts.slug));
    }
    return status;
}

/* Is this link an address in its own right (and not a preview's)? */
static bool link_path(struct making *m, struct str *ret) {
    struct str path;
    if (!run_own_path(m->run, m->item->link, true, &path) || str_eq(path, STR("/"))) {
        return false;
    }
    size_t question = str_find_char(path, '?', 0);
    if (question == STR_NPOS) {
        *ret = path;
        return true;
    }
    struct str query = str_from(path, question);
    long long id = (long long)m->item->id;
    bool own = str_eq(query, arena_printf(&m->run->item, "?p=%lld", id)) ||
               str_eq(query, arena_printf(&m->run->item, "?page_id=%lld", id));
    bool plain = str_find_char(m->run->site->permalink, '?', 0) != STR_NPOS;
    if (own && (plain || str_eq(m->item->status, STR("publish")))) {
        *ret = path;
        return true;
    }
    *ret = str_slice(path, 0, question);
    return !own && question > 1;
}

/* WordPress renames what goes into its trash, "the-ferry__trashed", and keeps the name that it had.
 */
static struct str slug_before_trash(const struct making *m) {
    struct str desired = wxr_meta_get(&m->item->metas, "_wp_desired_post_slug");
    size_t suffix = str_find(m->item->slug, STR("__trashed"), 0);
    return desired.len > 0 ? desired : str_slice(m->item->slug, 0, suffix);
}

/* Where it can be found; *ret is empty when WordPress's own shape must say it. */
static bool known_path(struct making *m, struct str *ret) {
    if (m->story.state != STORY_WITHDRAWN) {
        return link_path(m, ret);
    }
    *ret = m->was_public_at;
    return ret->len > 0;
}

enum status making_address(struct making *m, struct err *err) {
    struct import_run *run = m->run;
    struct story *s = &m->story;
    bool is_withdrawn = s->state == STORY_WITHDRAWN;
    struct str decoded =
        url_decode(&run->item, is_withdrawn ? slug_before_trash(m) : m->item->slug, false);
    bool good = decoded.len > 0 && decoded.len <= LIMIT_SLUG_BYTES && utf8_valid(decoded) &&
                str_find_char(decoded, '/', 0) == STR_NPOS;
    s->slug = good ? decoded : slug_make(&run->item, s->headline, run->slugs);
    if (m->role == ROLE_KEPT) {
        s->path = STR("");
        return STATUS_OK;
    }
    struct str path = STR("");
    enum status status = STATUS_OK;
    if (!known_path(m, &path)) {
        status = shape_path(m, &path, err);
        size_t question = str_find_char(path, '?', 0);
        struct str canonical;
        if (status == STATUS_OK &&
            url_path_canonical(&run->item, str_slice(path, 0, question), &canonical)) {
            path = arena_printf(&run->item, "%.*s%.*s", STR_FMT(canonical),
                                STR_FMT(str_from(path, question)));
        }
    }
    if (status == STATUS_OK) {
        status = run_free_path(run, path, ADDRESS_STORY, s->id, &s->path, err);
    }
    if (status == STATUS_OK && !str_eq(path, s->path)) {
        if (reserved_address(path)) {
            run_warn(run,
                     "the address %.*s is the program's own: it stands at %.*s, and no redirect "
                     "can lead there from it",
                     STR_FMT(path), STR_FMT(s->path));
        } else {
            run_warn(run, "the address %.*s is taken: it stands at %.*s", STR_FMT(path),
                     STR_FMT(s->path));
        }
    }
    struct str front;
    if (status == STATUS_OK && str_eq(m->item->status, STR("publish")) &&
        run_own_path(run, m->item->link, true, &front) && str_eq(front, STR("/"))) {
        status = import_front_page(run, s->path, err);
    }
    return status;
}

/* ---- what led there before ---- */

static void put_line(struct buf *text, struct str path) {
    buf_put_char(text, '\n');
    buf_put(text, path);
}

/* Addresses under which it was known before. */
void making_redirects(struct making *m, struct buf *text) {
    struct import_run *run = m->run;
    const struct story *s = &m->story;
    bool reads = (s->state == STORY_PUBLISHED || s->state == STORY_WITHDRAWN) &&
                 s->visibility != STORY_PRIVATE;
    if (!reads || s->path.len == 0) {
        return;
    }
    long long id = (long long)m->item->id;
    put_line(text, arena_printf(&run->item, "/?p=%lld", id));
    if (s->kind == STORY_PAGE) {
        put_line(text, arena_printf(&run->item, "/?page_id=%lld", id));
    }
    /* This one can lead from an address that is the program's own. */
    struct str link;
    if (s->kind == STORY_PAGE && run_own_path(run, m->item->link, false, &link) && link.len > 1 &&
        reserved_address(link)) {
        struct buf name;
        buf_init(&name, (size_t)LIMIT_SLUG_BYTES * 3);
        url_encode(&name, s->slug);
        put_line(text, arena_printf(&run->item, "/?pagename=%.*s", STR_FMT(buf_str(&name))));
        buf_done(&name);
    }
    /* A guid that names another id was copied with the post: that address was never this one's. */
    struct str guid;
    if (run_own_path(run, m->item->guid, true, &guid) && guid.len > 1 &&
        str_find_char(guid, '?', 0) == STR_NPOS) {
        put_line(text, guid);
    }
    bool slash = str_ends(s->path, STR("/"));
    struct str stem = slash ? str_slice(s->path, 0, s->path.len - 1) : s->path;
    size_t last = str_rfind_char(stem, '/');
    struct str folder = str_slice(stem, 0, last + 1);
    bool pretty = str_find_char(s->path, '?', 0) == STR_NPOS;
    for (size_t i = 0; pretty && i < m->item->metas.len; i++) {
        const struct wxr_meta *meta = &m->item->metas.ptr[i];
        struct str old;
        struct str raw = arena_printf(&run->item, "%.*s%.*s%s", STR_FMT(folder),
                                      STR_FMT(str_trim(meta->value)), slash ? "/" : "");
        if (str_eq(meta->key, STR("_wp_old_slug")) && meta->value.len > 0 &&
            url_path_canonical(&run->item, raw, &old)) {
            put_line(text, old);
        }
    }
    for (int page = 2; pretty && page <= m->pages && page <= 100; page++) {
        put_line(text, arena_printf(&run->item, "%.*s/%d/", STR_FMT(stem), page));
    }
}
