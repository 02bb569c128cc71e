/* Posts, pages and everything else that becomes a story: an item is made ready as a whole, and then
 * written as a whole. */
#include "transfer/import_making.h"
#include "transfer/import_ready.h"

#include "base/clock.h"
#include "base/limits.h"
#include "text/slug.h"
#include "text/url.h"
#include "text/utf8.h"
#include "text/words.h"
#include "transfer/wp_seo.h"

#include <stdlib.h>

/* Raised when the importer makes other stories of the same items: a new import brings them up to
 * date. */
#define IMPORT_REVISION 3

/* ---- what an item is ---- */

enum import_role import_role_of(const struct import_run *run, const struct wxr_item *item) {
    for (size_t i = 0; i < run->options->n_types; i++) {
        if (str_eq(run->options->types[i].name, item->type)) {
            return run->options->types[i].as_page ? ROLE_PAGE : ROLE_STORY;
        }
    }
    return str_eq(item->type, STR("post"))            ? ROLE_STORY
           : str_eq(item->type, STR("page"))          ? ROLE_PAGE
           : str_eq(item->type, STR("attachment"))    ? ROLE_ATTACHMENT
           : str_eq(item->type, STR("nav_menu_item")) ? ROLE_MENU_ITEM
           : str_eq(item->type, STR("guest-author"))  ? ROLE_GUEST
           : str_eq(item->type, STR("revision"))      ? ROLE_NONE
                                                      : ROLE_KEPT;
}

bool import_story_is_public(const struct import_run *run, const struct wxr_item *item) {
    return import_role_of(run, item) != ROLE_KEPT && str_eq(item->status, STR("publish"));
}

uint64_t import_item_hash(const struct import_run *run, const struct wxr_item *item) {
    const struct str fields[] = {
        item->type,        item->status,       item->title,   item->link,     item->guid,
        item->creator,     item->content,      item->excerpt, item->date,     item->date_gmt,
        item->modified,    item->modified_gmt, item->slug,    item->password, item->comment_status,
        item->ping_status, item->pub_date,
    };
    uint64_t hash = hash_number(IMPORT_REVISION, import_role_of(run, item));
    for (size_t i = 0; i < COUNT_OF(fields); i++) {
        hash = hash_field(hash, fields[i]);
    }
    hash = hash_number(hash_number(hash, item->parent), item->menu_order);
    hash = hash_number(hash, item->sticky);
    for (size_t i = 0; i < item->terms.len; i++) {
        hash = hash_field(hash_field(hash, item->terms.ptr[i].taxonomy), item->terms.ptr[i].slug);
    }
    hash = metas_hash(hash, &item->metas);
    for (size_t i = 0; i < item->comments.len; i++) {
        const struct wxr_comment *c = &item->comments.ptr[i];
        hash = hash_field(hash_field(hash_number(hash, c->id), c->content), c->approved);
        hash = metas_hash(hash, &c->metas);
    }
    return hash;
}

/* ---- texts ---- */

static void told(struct making *m, const char *what) {
    if (report_first(m->run->report, str_of(what))) {
        run_warn(m->run, "%s (told once)", what);
    }
}

/* What the callbacks of a body need. */
struct texts {
    struct import_run *run;
    struct arena *arena;
    const struct wxr_item *item;
    struct import_ready *ready;
};

static void keep_told(void *ctx, const char *what) {
    struct texts *t = ctx;
    *vec_push(t->arena, &t->ready->told) = arena_str(t->arena, str_of(what));
}

static bool media_for_body(void *ctx, struct arena *a, int64_t id, struct wp_media *ret) {
    return import_find_media(((struct texts *)ctx)->run, a, id, ret);
}

static bool block_for_body(void *ctx, struct arena *a, int64_t id, struct str *ret) {
    struct texts *t = ctx;
    const struct str *content =
        map_get(&t->run->site->blocks, arena_printf(a, "%lld", (long long)id));
    if (content != NULL) {
        *ret = *content;
    }
    return content != NULL;
}

/* The children are sorted by parent, order and id. */
static void children_for_body(void *ctx, struct arena *a, struct wp_ids *ret) {
    struct texts *t = ctx;
    const struct import_site *site = t->run->site;
    int64_t parent = t->item->id;
    size_t low = 0;
    size_t high = site->children.len;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (site->children.ptr[middle].parent < parent) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    for (size_t i = low; i < site->children.len && site->children.ptr[i].parent == parent &&
                         i - low < LIMIT_GALLERY_ITEMS;
         i++) {
        *vec_push(a, ret) = site->children.ptr[i].id;
    }
}

static struct str headline_of(struct import_run *run, const struct wxr_item *item,
                              struct html body) {
    struct str headline = run_plain_text(run, item->title);
    if (headline.len == 0) {
        headline = words_first(&run->item, html_text(&run->item, body), 8);
    }
    return utf8_prefix(headline.len > 0 ? headline : STR("(untitled)"), LIMIT_HEADLINE_BYTES);
}

void import_make_texts(struct import_run *run, struct arena *a, const struct wxr_item *item,
                       struct import_ready *ret) {
    struct texts texts = { run, a, item, ret };
    const struct wp_library library = {
        .ctx = &texts,
        .media = media_for_body,
        .children = children_for_body,
        .block = block_for_body,
        .told = keep_told,
    };
    const struct wp_body source = { .content = item->content,
                                    .footnotes = wxr_meta_get(&item->metas, "footnotes") };
    struct html body;
    ret->has_texts = true;
    ret->status = wp_body_read(&run->item, &source, &library, &body, &ret->pages, &ret->err);
    if (ret->status == STATUS_OK) {
        size_t words = words_count(html_text(&run->item, body), run->locale.ptr);
        ret->words = (unsigned)words;
        ret->headline = arena_str(a, headline_of(run, item, body));
        ret->standfirst = arena_str(a, run_plain_text(run, item->excerpt));
        ret->excerpt = arena_str(a, store_excerpt(&run->item, ret->standfirst, body));
        ret->body.raw = a == &run->item ? body.raw : arena_str(a, body.raw);
    }
}

void import_make_ready(struct import_run *run, struct arena *a, const struct wxr_item *item,
                       struct import_ready *ret) {
    struct import_entry known;
    enum import_role role = import_role_of(run, item);
    bool is_story = role == ROLE_STORY || role == ROLE_PAGE || role == ROLE_KEPT;
    if (!is_story || !import_is_due(run, item, role)) {
        return;
    }
    ret->hash = import_item_hash(run, item);
    ret->has_hash = true;
    if (run_known(run, "post", run_decimal(run, item->id), &known, NULL) == STATUS_OK &&
        (known.id == 0 || known.hash != ret->hash)) {
        import_make_texts(run, a, item, ret);
    }
}

static enum status read_texts(struct making *m, struct err *err) {
    struct import_run *run = m->run;
    struct import_ready own = { 0 };
    const struct import_ready *ready = run->ready;
    if (ready == NULL || !ready->has_texts) {
        import_make_texts(run, &run->item, m->item, &own);
        ready = &own;
    }
    for (size_t i = 0; i < ready->told.len; i++) {
        told(m, ready->told.ptr[i].ptr);
    }
    if (ready->status != STATUS_OK) {
        return err_set(err, ready->status, "%s", ready->err.message);
    }
    m->pages = ready->pages;
    m->story.body = ready->body;
    m->story.headline = ready->headline;
    m->story.standfirst = ready->standfirst;
    m->story.excerpt = ready->excerpt;
    m->story.word_count = ready->words;
    return STATUS_OK;
}

/* ---- state and dates ---- */

/* Readers could read it: whoever comes back is told that it is gone, and not that it never was. In
 * WordPress's trash a story keeps what it was before; a draft that is here as published was one. */
static bool was_public(const struct making *m) {
    bool is_hidden = m->story.state == STORY_DRAFT || m->story.state == STORY_REVIEW ||
                     m->story.state == STORY_TRASHED;
    return is_hidden && m->role != ROLE_KEPT &&
           (m->was_public_at.len > 0 ||
            (m->story.state == STORY_TRASHED &&
             str_eq(wxr_meta_get(&m->item->metas, "_wp_trash_meta_status"), STR("publish"))));
}

static void read_state(struct making *m) {
    static const struct {
        const char *status;
        enum story_state state;
    } states[] = {
        { "publish", STORY_PUBLISHED }, { "private", STORY_PUBLISHED },
        { "future", STORY_SCHEDULED },  { "pending", STORY_REVIEW },
        { "draft", STORY_DRAFT },       { "auto-draft", STORY_DRAFT },
        { "trash", STORY_TRASHED },
    };
    struct str status = m->item->status;
    bool known = false;
    m->story.state = STORY_DRAFT;
    for (size_t i = 0; i < COUNT_OF(states); i++) {
        if (str_eq(status, str_of(states[i].status))) {
            m->story.state = states[i].state;
            known = true;
        }
    }
    if (m->role == ROLE_KEPT) {
        m->story.state = STORY_DRAFT;
    } else if (!known) {
        struct str what = arena_printf(&m->run->item,
                                       "the status '%.*s' is not WordPress's own: drafts, with the "
                                       "status kept in the meta _wp_status",
                                       status.len < 60 ? (int)status.len : 60, status.ptr);
        told(m, what.ptr);
    }
    if (str_eq(status, STR("private"))) {
        m->story.visibility = STORY_PRIVATE;
    } else if (m->item->password.len > 0) {
        m->story.visibility = STORY_PASSWORD;
        m->story.password = m->item->password;
    }
    if (was_public(m)) {
        m->story.state = STORY_WITHDRAWN;
    }
}

static bool read_time(struct import_run *run, struct str gmt, struct str local, int64_t *ret) {
    int64_t as_utc;
    if (clock_parse_datetime(str_trim(gmt), ret)) {
        return true;
    }
    if (clock_parse_datetime(str_trim(local), &as_utc)) {
        *ret = dates_to_us(run->dates, civil_of_us(as_utc));
        return true;
    }
    return false;
}

static void read_dates(struct making *m) {
    struct import_run *run = m->run;
    struct story *s = &m->story;
    int64_t at = run->site->exported_us;
    int64_t modified;
    int64_t local;
    bool dated = read_time(run, m->item->date_gmt, m->item->date, &at);
    if (!dated && s->state == STORY_PUBLISHED) {
        run_warn(run, "it has no date: the export's is taken");
    }
    m->local = clock_parse_datetime(str_trim(m->item->date), &local) ? civil_of_us(local)
                                                                     : dates_civil(run->dates, at);
    if (s->state == STORY_SCHEDULED && at <= run->now_us) {
        run_warn(run, "it was scheduled, but its time is over: it waits for review");
        s->state = STORY_REVIEW;
    }
    bool has_time = s->state == STORY_PUBLISHED || s->state == STORY_SCHEDULED ||
                    s->state == STORY_TRASHED || s->state == STORY_WITHDRAWN;
    s->created_us = at;
    s->published_us = has_time ? at : 0;
    s->updated_us = s->published_us;
    if (read_time(run, m->item->modified_gmt, m->item->modified, &modified) && has_time &&
        modified > at) {
        s->updated_us = modified;
    }
    if (has_time) {
        struct civil day = dates_civil(run->dates, at);
        s->local_day = day.year * 10000 + day.month * 100 + day.day;
    }
}

/* ---- relations ---- */

static bool contains(const int64_t *ids, size_t n, int64_t id) {
    for (size_t i = 0; i < n; i++) {
        if (ids[i] == id) {
            return true;
        }
    }
    return false;
}

#define ADD_ID(m, list, id)                                                                        \
    do {                                                                                           \
        if ((id) != 0 && !contains((m)->list.ptr, (m)->list.len, (id))) {                          \
            if ((m)->list.len < LIMIT_RELATIONS) {                                                 \
                *vec_push(&(m)->run->item, &(m)->list) = (id);                                     \
            } else {                                                                               \
                told((m), "a story with more terms than a story may have: the rest was left out"); \
            }                                                                                      \
        }                                                                                          \
    } while (0)

static enum status read_terms(struct making *m, struct err *err) {
    struct import_run *run = m->run;
    enum status status = STATUS_OK;
    for (size_t i = 0; status == STATUS_OK && i < m->item->terms.len; i++) {
        const struct wxr_term_ref *ref = &m->item->terms.ptr[i];
        int64_t id = 0;
        if (str_eq(ref->taxonomy, STR("author"))) {
            status = import_byline_of(run, ref, &id, err);
            ADD_ID(m, authors, id);
        } else if (str_eq(ref->taxonomy, STR("post_format"))) {
            metas_add(run, &m->metas, STR("_wp_post_format"), ref->slug);
        } else if (!import_taxonomy_is_internal(ref->taxonomy)) {
            status = import_term_of(run, ref, &id, err);
            if (str_eq(ref->taxonomy, STR("category"))) {
                ADD_ID(m, sections, id);
            } else {
                ADD_ID(m, tags, id);
            }
        }
    }
    m->has_byline = m->authors.len > 0;
    if (status == STATUS_OK && !m->has_byline) {
        int64_t id;
        status = import_author_of(run, m->item->creator, &id, err);
        ADD_ID(m, authors, id);
    }
    return status;
}

/* The section that leads: an SEO plugin's choice, or the first. */
static enum status read_primary(struct making *m, struct err *err) {
    static const char *const keys[] = { "_yoast_wpseo_primary_category",
                                        "rank_math_primary_category",
                                        "_seopress_robots_primary_cat" };
    m->story.section_id = m->sections.len > 0 ? m->sections.ptr[0] : 0;
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        struct import_entry known;
        struct str id = str_trim(wxr_meta_get(&m->item->metas, keys[i]));
        enum status status = run_known(m->run, "category-id", id, &known, err);
        if (status != STATUS_OK) {
            return status;
        }
        if (known.id != 0 && contains(m->sections.ptr, m->sections.len, known.id)) {
            m->story.section_id = known.id;
            break;
        }
    }
    return STATUS_OK;
}

static enum status read_media_and_parent(struct making *m, struct err *err) {
    struct import_run *run = m->run;
    struct import_entry known;
    struct str thumbnail = str_trim(wxr_meta_get(&m->item->metas, "_thumbnail_id"));
    enum status status = run_known(run, "attachment", thumbnail, &known, err);
    m->story.lead_media_id = known.id;
    if (status == STATUS_OK && thumbnail.len > 0 && known.id == 0 && !str_eq(thumbnail, STR("0")) &&
        !str_eq(thumbnail, STR("-1"))) {
        run_warn(run, "its lead picture (attachment %.*s) is not in the export",
                 thumbnail.len < 20 ? (int)thumbnail.len : 20, thumbnail.ptr);
    }
    if (status == STATUS_OK && m->item->parent > 0) {
        status = run_known(run, "post", run_decimal(run, m->item->parent), &known, err);
        m->story.parent_id = known.id;
        m->waits_for_parent = known.id == 0 ? m->item->parent : 0;
    }
    return status;
}

static void read_metas(struct making *m) {
    struct import_run *run = m->run;
    const struct wxr_item *item = m->item;
    const struct story *s = &m->story;
    metas_add_item(run, &m->metas, item);
    if (m->role == ROLE_KEPT ||
        !str_eq(item->type, m->role == ROLE_PAGE ? STR("page") : STR("post"))) {
        metas_add(run, &m->metas, STR("_wp_post_type"), item->type);
    }
    bool is_draft = s->state == STORY_DRAFT ||
                    (s->state == STORY_WITHDRAWN && !str_eq(item->status, STR("trash")));
    if (is_draft && !str_eq(item->status, STR("draft"))) {
        metas_add(run, &m->metas, STR("_wp_status"), item->status);
    }
    if (m->has_byline) {
        metas_add(run, &m->metas, STR("_wp_creator"), item->creator);
    }
    if (s->updated_us == 0) {
        metas_add(run, &m->metas, STR("_wp_modified_gmt"), str_trim(item->modified_gmt));
    }
    if (s->visibility != STORY_PASSWORD) {
        metas_add(run, &m->metas, STR("_wp_password"), item->password);
    }
    metas_add_all(run, &m->metas, &item->metas, NULL);
}

static enum status read_seo(struct making *m, struct err *err) {
    struct import_run *run = m->run;
    struct wp_seo_values values = {
        .title = m->story.headline,
        .site_title = run->site->title,
        .tagline = run->site->tagline,
        .excerpt = m->story.standfirst,
        .category = STR(""),
    };
    struct store_reader *reader;
    enum status status = run_reader(run, &reader, err);
    if (status == STATUS_OK && m->story.section_id != 0) {
        struct section section;
        status = store_section(reader, &run->item, m->story.section_id, &section, err);
        values.category = section.name;
    }
    if (status == STATUS_OK) {
        m->story.seo_title = wp_seo_title(&run->item, &m->item->metas, &values);
        m->story.seo_description = wp_seo_description(&run->item, &m->item->metas, &values);
        m->story.noindex = wp_seo_noindex(&m->item->metas);
    }
    return status;
}

/* ---- what goes with it ---- */

static enum status queue(struct making *m, struct err *err) {
    struct store_writer *writer;
    struct buf text;
    buf_init(&text, MIB);
    buf_printf(&text, "%lld %lld", (long long)m->waits_for_parent, (long long)m->item->id);
    making_redirects(m, &text);
    enum status status = run_writer(m->run, &writer, err);
    if (status == STATUS_OK) {
        status = store_import_task_put(writer, m->run->site->source, STR("story"), m->story.id,
                                       buf_str(&text), err);
    }
    buf_done(&text);
    return status;
}

static enum comment_state comment_state_of(const struct wxr_comment *c) {
    struct str kind = str_trim(c->type);
    bool shown = kind.len == 0 || str_eq(kind, STR("comment")) || str_eq(kind, STR("pingback")) ||
                 str_eq(kind, STR("trackback"));
    return str_eq(c->approved, STR("spam"))                     ? COMMENT_SPAM
           : str_find(c->approved, STR("trash"), 0) != STR_NPOS ? COMMENT_TRASHED
           : str_eq(c->approved, STR("1")) && shown             ? COMMENT_APPROVED
                                                                : COMMENT_HELD;
}

static enum status put_comment(struct making *m, const struct wxr_comment *c, struct err *err) {
    struct import_run *run = m->run;
    struct str source_id = run_decimal(run, c->id);
    struct import_entry known;
    struct import_entry parent;
    struct store_writer *writer;
    uint64_t hash = hash_field(hash_field(hash_field(6, c->content), c->approved), c->author);
    hash = hash_number(hash_number(hash, c->parent), m->story.id);
    hash = metas_hash(hash, &c->metas);
    enum status status = run_known(run, "comment", source_id, &known, err);
    if (status != STATUS_OK || (known.id != 0 && known.hash == hash)) {
        return status;
    }
    status = run_known(run, "comment", run_decimal(run, c->parent), &parent, err);
    if (status == STATUS_OK) {
        status = run_writer(run, &writer, err);
    }
    if (status != STATUS_OK) {
        return status;
    }
    struct comment comment = {
        .id = known.id,
        .story_id = m->story.id,
        .parent_id = parent.id,
        .state = comment_state_of(c),
        .author = run_plain_text(run, c->author),
        .author_email = str_trim(c->author_email),
        .author_url = url_safe_href(str_trim(c->author_url)) ? str_trim(c->author_url) : STR(""),
        .author_ip = str_trim(c->author_ip),
        .kind = c->type.len > 0 ? str_trim(c->type) : STR("comment"),
    };
    struct err why = { 0 };
    if (wp_body_read_comment(&run->item, c->content, &comment.body, &why) != STATUS_OK) {
        run_warn(run, "the comment %lld was left out: %s", (long long)c->id, why.message);
        return STATUS_OK;
    }
    if (!read_time(run, c->date_gmt, c->date, &comment.created_us)) {
        comment.created_us = m->story.published_us;
    }
    int64_t id;
    struct import_metas metas = { 0 };
    metas_add_id(run, &metas, STR("_wp_comment_id"), c->id);
    metas_add_id(run, &metas, STR("_wp_user_id"), c->user_id);
    metas_add_all(run, &metas, &c->metas, NULL);
    status = store_comment_put(writer, &comment, &id, err);
    run->report->comments += status == STATUS_OK;
    if (status == STATUS_OK) {
        status = store_metas_put(writer, META_COMMENT, id, metas.ptr, metas.len, err);
    }
    return status == STATUS_OK ? run_remember(run, "comment", source_id, id, hash, err) : status;
}

static enum status put_dependents(struct making *m, uint64_t hash, struct err *err) {
    struct import_run *run = m->run;
    struct store_reader *reader;
    struct store_writer *writer;
    int64_t version = 0;
    enum status status = run_writer(run, &writer, err);
    if (status == STATUS_OK) {
        status = store_metas_put(writer, META_STORY, m->story.id, m->metas.ptr, m->metas.len, err);
    }
    for (size_t i = 0; status == STATUS_OK && i < m->item->comments.len; i++) {
        status = put_comment(m, &m->item->comments.ptr[i], err);
    }
    if (status == STATUS_OK) {
        status = run_remember(run, "post", m->source_id, m->story.id, hash, err);
    }
    if (status == STATUS_OK) {
        status = run_remember_export(run, "post", m->source_id, err);
    }
    if (status == STATUS_OK) {
        status = run_reader(run, &reader, err);
    }
    if (status == STATUS_OK) {
        status = store_story_version(reader, m->story.id, &version, err);
    }
    if (status == STATUS_OK) {
        status =
            run_remember(run, "post-version", m->source_id, m->story.id, (uint64_t)version, err);
    }
    if (status == STATUS_OK && m->is_new) {
        status = import_queue_sticky(run, &m->story, err);
    }
    return status == STATUS_OK ? queue(m, err) : status;
}

/* ---- all of it ---- */

/* Make everything ready; nothing of the story is written yet. */
static enum status prepare(struct making *m, struct err *err) {
    struct story *s = &m->story;
    const struct wxr_item *item = m->item;
    s->kind = m->role == ROLE_STORY ? STORY_STORY : STORY_PAGE;
    s->sticky = item->sticky;
    s->comments_open = str_eq(item->comment_status, STR("open"));
    s->menu_order = item->menu_order;
    read_state(m);
    read_dates(m);
    enum status status = read_texts(m, err);
    if (status == STATUS_OK) {
        status = read_terms(m, err);
    }
    if (status == STATUS_OK) {
        status = read_primary(m, err);
    }
    if (status == STATUS_OK) {
        status = read_media_and_parent(m, err);
    }
    if (status == STATUS_OK) {
        status = read_seo(m, err);
    }
    if (status == STATUS_OK) {
        status = making_address(m, err);
    }
    read_metas(m);
    s->sections = (struct ids){ m->sections.ptr, m->sections.len };
    s->tags = (struct ids){ m->tags.ptr, m->tags.len };
    s->authors = (struct ids){ m->authors.ptr, m->authors.len };
    return status;
}

/* What is here already: unchanged, edited here, or to be brought up to date. */
static enum status compare(struct making *m, uint64_t hash, bool *ret_skip, struct err *err) {
    struct import_run *run = m->run;
    struct import_entry known;
    struct import_entry version;
    struct store_reader *reader;
    struct story now;
    bool newer;
    *ret_skip = false;
    enum status status = run_known(run, "post", m->source_id, &known, err);
    if (status != STATUS_OK || known.id == 0) {
        run->report->items_new += status == STATUS_OK;
        m->is_new = true;
        return status;
    }
    *ret_skip = true;
    status = run_is_newer(run, "post", m->source_id, &newer, err);
    if (status != STATUS_OK || known.hash == hash || !newer) {
        run->report->items_unchanged++;
        return status;
    }
    status = run_known(run, "post-version", m->source_id, &version, err);
    if (status == STATUS_OK) {
        status = run_reader(run, &reader, err);
    }
    if (status == STATUS_OK) {
        status = store_story(reader, &run->item, known.id, STORY_FULL, &now, err);
    }
    if (status != STATUS_OK) {
        return status;
    }
    if (now.version != (int64_t)version.hash) {
        run->report->items_kept++;
        run_warn(run, "it was edited here since it was imported: what was written here stays");
        return STATUS_OK;
    }
    *ret_skip = false;
    run->report->items_updated++;
    m->story.id = now.id;
    if ((now.state == STORY_PUBLISHED || now.state == STORY_WITHDRAWN) &&
        now.visibility != STORY_PRIVATE) {
        m->was_public_at = now.path;
    }
    m->story.corrections = now.corrections;
    return STATUS_OK;
}

static bool is_refusal(enum status status) {
    return status == STATUS_INVALID || status == STATUS_CONFLICT || status == STATUS_NOT_FOUND ||
           status == STATUS_TOO_LARGE;
}

enum status import_story(struct import_run *run, const struct wxr_item *item, struct err *err) {
    struct making m = {
        .run = run,
        .item = item,
        .role = import_role_of(run, item),
        .source_id = run_decimal(run, item->id),
    };
    m.story =
        (struct story){ .password = STR(""), .seo_title = STR(""), .seo_description = STR("") };
    uint64_t hash = run->ready != NULL && run->ready->has_hash ? run->ready->hash
                                                               : import_item_hash(run, item);
    bool skip;
    enum status status = compare(&m, hash, &skip, err);
    if (status != STATUS_OK || skip) {
        return status;
    }
    if (m.role == ROLE_KEPT && report_first(run->report, item->type)) {
        run_warn(run,
                 "items of the type '%.*s' are kept as drafts without address; to publish them: "
                 "--types %.*s=story or --types %.*s=page (told once)",
                 STR_FMT(item->type), STR_FMT(item->type), STR_FMT(item->type));
    }
    struct err why = { 0 };
    struct store_writer *writer;
    status = prepare(&m, &why);
    if (status == STATUS_OK) {
        status = run_writer(run, &writer, &why);
    }
    if (status == STATUS_OK) {
        /* A refused story has written nothing: the transaction goes on with the next item. */
        status = store_story_put(writer, &m.story, &m.story.id, &why);
    }
    if (is_refusal(status)) {
        run->report->items_failed++;
        *(m.story.id != 0 ? &run->report->items_updated : &run->report->items_new) -= 1;
        run_warn(run, "it cannot be imported: %s", why.message);
        return STATUS_OK;
    }
    if (status != STATUS_OK) {
        return err_set(err, status, "%s", why.message);
    }
    return put_dependents(&m, hash, err);
}
