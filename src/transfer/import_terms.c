/* Authors, sections and tags of an import. */
#include "transfer/import_run.h"

#include "base/limits.h"
#include "text/slug.h"
#include "text/url.h"
#include "text/utf8.h"

bool import_taxonomy_is_internal(struct str taxonomy) {
    static const char *const names[] = {
        "nav_menu",     "post_format",        "link_category", "author",
        "language",     "post_translations",  "term_language", "term_translations",
        "product_type", "product_visibility", "action-group",  "elementor_library_type",
    };
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (str_eq(taxonomy, str_of(names[i]))) {
            return true;
        }
    }
    return taxonomy.len == 0 || str_starts(taxonomy, STR("wp_"));
}

/* A slug for an address: WordPress keeps those of other scripts percent-encoded. */
static struct str clean_slug(struct import_run *run, struct str slug, struct str name) {
    struct str decoded = url_decode(&run->item, slug, false);
    struct str canonical;
    if (decoded.len > 0 && decoded.len <= LIMIT_SLUG_BYTES && utf8_valid(decoded) &&
        str_find_char(decoded, '/', 0) == STR_NPOS &&
        url_path_canonical(&run->item, arena_printf(&run->item, "/%.*s", STR_FMT(slug)),
                           &canonical) &&
        canonical.len > 1) {
        return decoded;
    }
    return slug_make(&run->item, slug.len > 0 ? decoded : name, run->slugs);
}

static struct str encoded(struct import_run *run, struct str slug) {
    struct buf out;
    buf_init(&out, LIMIT_PATH_BYTES);
    url_encode(&out, slug);
    struct str result = arena_str(&run->item, buf_str(&out));
    buf_done(&out);
    return result;
}

static enum status remember(struct import_run *run, const char *kind, struct str source_id,
                            int64_t id, uint64_t hash, struct err *err) {
    enum status status = run_remember(run, kind, source_id, id, hash, err);
    return status == STATUS_OK ? run_remember_export(run, kind, source_id, err) : status;
}

/* ---- authors ---- */

static uint64_t author_hash(const struct author *a) {
    uint64_t hash = hash_field(1, a->name);
    hash = hash_field(hash, a->biography);
    return hash_field(hash, a->email);
}

/* Save what an author is in the export; what was edited here since stays. */
static enum status put_author(struct import_run *run, const char *kind, struct str source_id,
                              struct author *author, int64_t *ret_id, struct err *err) {
    struct import_entry known;
    uint64_t hash = author_hash(author);
    enum status status = run_known(run, kind, source_id, &known, err);
    if (status != STATUS_OK || (known.id != 0 && known.hash == hash)) {
        *ret_id = known.id;
        return status;
    }
    struct store_reader *reader;
    struct store_writer *writer;
    status = run_reader(run, &reader, err);
    if (status == STATUS_OK && known.id != 0) {
        struct author now;
        *ret_id = known.id;
        status = store_author(reader, &run->item, known.id, &now, err);
        bool newer = true;
        if (status == STATUS_OK) {
            status = run_is_newer(run, kind, source_id, &newer, err);
        }
        /* An export of accounts knows no biographies: that of a linked guest stays. */
        struct author compared = now;
        if (str_eq(str_of(kind), STR("author"))) {
            compared.biography = author->biography;
        }
        if (status != STATUS_OK || !newer || author_hash(&compared) != known.hash) {
            return status;
        }
        author->biography = compared.biography.len > 0 ? compared.biography : now.biography;
        author->id = known.id;
        author->path = now.path;
        author->slug = now.slug;
        author->user_id = now.user_id;
        author->media_id = now.media_id;
    } else if (status == STATUS_OK) {
        struct str path =
            arena_printf(&run->item, "/author/%.*s/", STR_FMT(encoded(run, author->slug)));
        status = run_free_path(run, path, ADDRESS_AUTHOR, 0, &author->path, err);
        run->report->authors++;
    }
    if (status == STATUS_OK) {
        status = run_writer(run, &writer, err);
    }
    if (status == STATUS_OK) {
        status = store_author_put(writer, author, ret_id, err);
    }
    return status == STATUS_OK ? remember(run, kind, source_id, *ret_id, hash, err) : status;
}

static struct str author_name(struct import_run *run, const struct wxr_author *author) {
    struct str name = run_plain_text(run, author->display_name);
    if (name.len == 0) {
        name = str_trim(arena_printf(&run->item, "%.*s %.*s", STR_FMT(author->first_name),
                                     STR_FMT(author->last_name)));
    }
    return name.len > 0 ? name : author->login;
}

enum status import_author(struct import_run *run, const struct wxr_author *author,
                          struct err *err) {
    struct str login = str_trim(author->login);
    if (login.len == 0) {
        run_warn(run, "an author without a login was left out");
        return STATUS_OK;
    }
    struct author ours = {
        .name = author_name(run, author),
        .slug = slug_make(&run->item, login, (struct slug_style){ .keep_script = true }),
        .biography = STR(""),
        .email = str_trim(author->email),
        .login = login,
    };
    int64_t id;
    enum status status = put_author(run, "author", login, &ours, &id, err);
    struct import_metas metas = { 0 };
    metas_add_id(run, &metas, STR("_wp_author_id"), author->id);
    metas_add(run, &metas, STR("_wp_first_name"), author->first_name);
    metas_add(run, &metas, STR("_wp_last_name"), author->last_name);
    if (status == STATUS_OK) {
        status = metas_put(run, "author-metas", login, META_AUTHOR, id, &metas, err);
    }
    if (status == STATUS_OK && author->id > 0) {
        struct str path = arena_printf(&run->item, "/?author=%lld", (long long)author->id);
        status = run_redirect(run, path, ADDRESS_AUTHOR, id, err);
    }
    return status;
}

static enum status put_guest_metas(struct import_run *run, const struct wxr_item *item,
                                   struct str slug, int64_t id, struct err *err) {
    static const char *const understood[] = { "cap-display_name", "cap-description",
                                              "cap-user_email", NULL };
    struct import_metas metas = { 0 };
    metas_add_item(run, &metas, item);
    metas_add(run, &metas, STR("_wp_status"), item->status);
    metas_add_all(run, &metas, &item->metas, understood);
    return metas_put(run, "guest-metas", slug, META_AUTHOR, id, &metas, err);
}

/* Blank lines part its paragraphs, as they do in `struct author`. */
static struct str biography_of(struct import_run *run, const struct wxr_item *item) {
    struct str rest = wxr_meta_get(&item->metas, "cap-description"), line;
    struct str all = STR(""), paragraph = STR("");
    bool more = str_split(&rest, '\n', &line);
    while (more) {
        bool ends = str_trim(line).len == 0;
        paragraph = arena_printf(&run->item, "%.*s\n%.*s", STR_FMT(paragraph), STR_FMT(line));
        more = str_split(&rest, '\n', &line);
        if (ends || !more) {
            struct str text = run_plain_text(run, paragraph);
            all = text.len == 0 ? all
                                : arena_printf(&run->item, "%.*s%s%.*s", STR_FMT(all),
                                               all.len > 0 ? "\n\n" : "", STR_FMT(text));
            paragraph = STR("");
        }
    }
    return all;
}

/* The picture may come later in the export. */
static enum status queue_picture(struct import_run *run, const struct wxr_item *item, int64_t id,
                                 struct err *err) {
    struct str picture = str_trim(wxr_meta_get(&item->metas, "_thumbnail_id"));
    struct store_writer *writer;
    if (picture.len == 0) {
        return STATUS_OK;
    }
    enum status status = run_writer(run, &writer, err);
    return status == STATUS_OK
               ? store_import_task_put(writer, run->site->source, STR("author"), id, picture, err)
               : status;
}

/* A guest who is linked to an account is that account's author, and tells more of him. */
static enum status join_account(struct import_run *run, const struct wxr_item *item,
                                struct str slug, int64_t id, struct err *err) {
    struct import_entry known;
    struct store_reader *reader;
    struct store_writer *writer;
    struct author author = { 0 };
    enum status status = run_known(run, "guest", slug, &known, err);
    if (status == STATUS_OK && known.id == 0) {
        status = queue_picture(run, item, id, err);
    }
    if (status == STATUS_OK) {
        status = run_remember(run, "guest", slug, id, 0, err);
    }
    if (status == STATUS_OK) {
        status = run_reader(run, &reader, err);
    }
    if (status == STATUS_OK) {
        status = store_author(reader, &run->item, id, &author, err);
    }
    if (status == STATUS_OK && author.biography.len == 0) {
        author.biography = biography_of(run, item);
        status = run_writer(run, &writer, err);
        if (status == STATUS_OK) {
            status = store_author_put(writer, &author, &id, err);
        }
    }
    return status == STATUS_OK ? put_guest_metas(run, item, slug, id, err) : status;
}

/* "cap-jane" is jane's. */
static struct str guest_slug(struct str slug) {
    return str_starts(slug, STR("cap-")) ? str_from(slug, 4) : slug;
}

enum status import_guest_author(struct import_run *run, const struct wxr_item *item,
                                struct err *err) {
    struct str name = wxr_meta_get(&item->metas, "cap-display_name");
    struct str login = wxr_meta_get(&item->metas, "cap-linked_account");
    struct str slug = guest_slug(item->slug);
    if (slug.len == 0) {
        slug = slug_make(&run->item, item->title, run->slugs);
    }
    struct import_entry account;
    enum status status = run_known(run, "author", login, &account, err);
    if (status != STATUS_OK) {
        return status;
    }
    if (login.len > 0 && account.id != 0) {
        return join_account(run, item, slug, account.id, err);
    }
    struct author ours = {
        .name = run_plain_text(run, name.len > 0 ? name : item->title),
        .slug = clean_slug(run, slug, item->title),
        .biography = biography_of(run, item),
        .email = str_trim(wxr_meta_get(&item->metas, "cap-user_email")),
        .login = STR(""),
    };
    int64_t id;
    int64_t authors = run->report->authors;
    status = put_author(run, "guest", slug, &ours, &id, err);
    if (status == STATUS_OK) {
        status = put_guest_metas(run, item, slug, id, err);
    }
    if (status == STATUS_OK && authors != run->report->authors) {
        status = queue_picture(run, item, id, err);
    }
    return status;
}

enum status import_author_of(struct import_run *run, struct str login, int64_t *ret,
                             struct err *err) {
    *ret = 0;
    login = str_trim(login);
    if (login.len == 0) {
        return STATUS_OK;
    }
    enum status status = run_known_id(run, "author", login, ret, err);
    if (status != STATUS_OK || *ret != 0) {
        return status;
    }
    status = import_author(run, &(struct wxr_author){ .login = login }, err);
    return status == STATUS_OK ? run_known_id(run, "author", login, ret, err) : status;
}

/* Co-Authors Plus: a term "cap-jane" is the guest of that slug, or the account of that login. */
enum status import_byline_of(struct import_run *run, const struct wxr_term_ref *ref, int64_t *ret,
                             struct err *err) {
    struct str slug = guest_slug(ref->slug);
    struct import_entry known;
    enum status status = run_known(run, "guest", slug, &known, err);
    if (status == STATUS_OK && known.id == 0) {
        status = run_known(run, "author", slug, &known, err);
    }
    if (status == STATUS_OK && known.id == 0) {
        status = run_known(run, "author", ref->name, &known, err);
    }
    *ret = known.id;
    if (status != STATUS_OK || known.id != 0) {
        return status;
    }
    struct author ours = {
        .name = ref->name.len > 0 ? ref->name : slug,
        .slug = clean_slug(run, slug, ref->name),
        .biography = STR(""),
        .email = STR(""),
        .login = STR(""),
    };
    return put_author(run, "guest", slug, &ours, ret, err);
}

/* ---- sections ---- */

static uint64_t section_hash(const struct section *s) {
    uint64_t hash = hash_field(2, s->name);
    hash = hash_field(hash, s->description);
    return hash_number(hash, s->parent_id);
}

static enum status put_section(struct import_run *run, struct str slug, struct section *section,
                               struct err *err) {
    struct import_entry known;
    struct store_reader *reader;
    struct store_writer *writer;
    uint64_t hash = section_hash(section);
    enum status status = run_known(run, "category", slug, &known, err);
    if (status != STATUS_OK || (known.id != 0 && known.hash == hash)) {
        return status;
    }
    status = run_reader(run, &reader, err);
    if (status == STATUS_OK && known.id != 0) {
        struct section now;
        status = store_section(reader, &run->item, known.id, &now, err);
        /* A shorter export has no descriptions: they stay. */
        if (section->description.len == 0) {
            section->description = now.description;
            hash = section_hash(section);
        }
        bool newer = true;
        if (status == STATUS_OK) {
            status = run_is_newer(run, "category", slug, &newer, err);
        }
        if (status != STATUS_OK || !newer || section_hash(&now) != known.hash ||
            hash == known.hash) {
            return status;
        }
        section->id = known.id;
        section->slug = now.slug;
        section->path = now.path;
    } else if (status == STATUS_OK) {
        struct str above = arena_printf(&run->item, "/%.*s/", STR_FMT(run->site->category_base));
        if (section->parent_id != 0) {
            status =
                store_path_of(reader, &run->item, ADDRESS_SECTION, section->parent_id, &above, err);
        }
        struct str path = arena_printf(&run->item, "%.*s%.*s/", STR_FMT(above),
                                       STR_FMT(encoded(run, section->slug)));
        if (status == STATUS_OK) {
            status = run_free_path(run, path, ADDRESS_SECTION, 0, &section->path, err);
        }
        run->report->sections++;
    }
    int64_t id;
    if (status == STATUS_OK) {
        status = run_writer(run, &writer, err);
    }
    if (status == STATUS_OK) {
        status = store_section_put(writer, section, &id, err);
    }
    if (status == STATUS_OK && section->id == 0 && section->parent_id != 0) {
        /* WordPress finds a child without its parents, too. */
        struct str bare = arena_printf(&run->item, "/%.*s/%.*s/", STR_FMT(run->site->category_base),
                                       STR_FMT(encoded(run, section->slug)));
        status = run_redirect(run, bare, ADDRESS_SECTION, id, err);
    }
    return status == STATUS_OK ? remember(run, "category", slug, id, hash, err) : status;
}

static enum status import_category(struct import_run *run, const struct wxr_term *term,
                                   struct err *err) {
    struct import_entry parent = { 0 };
    enum status status = STATUS_OK;
    if (term->parent.len > 0 && !str_eq(term->parent, term->slug)) {
        status = run_known(run, "category", term->parent, &parent, err);
        if (status == STATUS_OK && parent.id == 0) {
            /* Its own line comes later, and gives it its name. */
            struct section above = { .name = term->parent,
                                     .slug = clean_slug(run, term->parent, term->parent),
                                     .description = STR("") };
            status = put_section(run, term->parent, &above, err);
            if (status == STATUS_OK) {
                status = run_known(run, "category", term->parent, &parent, err);
            }
        }
    }
    struct section section = {
        .parent_id = parent.id,
        .name = run_plain_text(run, term->name.len > 0 ? term->name : term->slug),
        .slug = clean_slug(run, term->slug, term->name),
        .description = run_plain_text(run, term->description),
    };
    if (status == STATUS_OK) {
        struct err refused = { 0 };
        status = put_section(run, term->slug, &section, &refused);
        if (status == STATUS_INVALID && section.parent_id != 0) {
            run_warn(run, "the category '%.*s' cannot stand below '%.*s': it stands at the top",
                     STR_FMT(term->slug), STR_FMT(term->parent));
            section.parent_id = 0;
            refused = (struct err){ 0 };
            status = put_section(run, term->slug, &section, &refused);
        }
        if (status != STATUS_OK) {
            err_set(err, status, "%s", refused.message);
        }
    }
    return status;
}

/* ---- tags ---- */

static uint64_t tag_hash(const struct tag *t) {
    return hash_field(hash_field(3, t->name), t->description);
}

static struct str tag_source_id(struct import_run *run, struct str taxonomy, struct str slug) {
    return arena_printf(&run->item, "%.*s:%.*s", STR_FMT(taxonomy), STR_FMT(slug));
}

static enum status import_tag(struct import_run *run, const struct wxr_term *term,
                              struct err *err) {
    bool is_tag = str_eq(term->taxonomy, STR("post_tag"));
    struct str slug = clean_slug(run, term->slug, term->name);
    struct str base = is_tag ? run->site->tag_base : term->taxonomy;
    struct tag tag = {
        .name = run_plain_text(run, term->name.len > 0 ? term->name : term->slug),
        .slug = is_tag
                    ? slug
                    : arena_printf(&run->item, "%.*s-%.*s", STR_FMT(term->taxonomy), STR_FMT(slug)),
        .description = run_plain_text(run, term->description),
        .taxonomy = is_tag ? STR("") : term->taxonomy,
    };
    struct import_entry known;
    uint64_t hash = tag_hash(&tag);
    struct str source_id = tag_source_id(run, term->taxonomy, term->slug);
    enum status status = run_known(run, "term", source_id, &known, err);
    if (status != STATUS_OK || (known.id != 0 && known.hash == hash)) {
        return status;
    }
    struct store_reader *reader;
    struct store_writer *writer;
    status = run_reader(run, &reader, err);
    if (status == STATUS_OK && known.id != 0) {
        struct tag now;
        status = store_tag(reader, &run->item, known.id, &now, err);
        if (tag.description.len == 0) {
            tag.description = now.description;
            hash = tag_hash(&tag);
        }
        bool newer = true;
        if (status == STATUS_OK) {
            status = run_is_newer(run, "term", source_id, &newer, err);
        }
        if (status != STATUS_OK || !newer || tag_hash(&now) != known.hash || hash == known.hash) {
            return status;
        }
        tag.id = known.id;
        tag.slug = now.slug;
        tag.path = now.path;
    } else if (status == STATUS_OK) {
        struct str path =
            arena_printf(&run->item, "/%.*s/%.*s/", STR_FMT(base), STR_FMT(encoded(run, slug)));
        status = run_free_path(run, path, ADDRESS_TAG, 0, &tag.path, err);
        run->report->tags++;
    }
    int64_t id;
    if (status == STATUS_OK) {
        status = run_writer(run, &writer, err);
    }
    if (status == STATUS_OK) {
        status = store_tag_put(writer, &tag, &id, err);
    }
    return status == STATUS_OK ? remember(run, "term", source_id, id, hash, err) : status;
}

/* ---- both ---- */

/* The addresses that do without a permalink shape, the id that metas name, and its own metas. */
static enum status put_term_rest(struct import_run *run, const struct wxr_term *term,
                                 struct err *err) {
    bool category = str_eq(term->taxonomy, STR("category"));
    struct import_entry known;
    struct str source_id = category ? term->slug : tag_source_id(run, term->taxonomy, term->slug);
    enum status status = run_known(run, category ? "category" : "term", source_id, &known, err);
    enum address_kind kind = category ? ADDRESS_SECTION : ADDRESS_TAG;
    struct str query = { 0 };
    if (category && term->id > 0) {
        query = arena_printf(&run->item, "/?cat=%lld", (long long)term->id);
    } else if (str_eq(term->taxonomy, STR("post_tag"))) {
        /* Escaped as requests are before they are looked up (site/key.h), whatever the export's
         * way with other scripts is. */
        struct str slug = encoded(run, url_decode(&run->item, term->slug, false));
        query = arena_printf(&run->item, "/?tag=%.*s", STR_FMT(slug));
    }
    if (status == STATUS_OK && query.ptr != NULL && query.len <= LIMIT_PATH_BYTES) {
        status = run_redirect(run, query, kind, known.id, err);
    }
    struct import_entry by_id;
    struct str id = run_decimal(run, term->id);
    const char *id_kind = category ? "category-id" : "term-id";
    if (status == STATUS_OK && term->id > 0) {
        status = run_known(run, id_kind, id, &by_id, err);
        if (status == STATUS_OK && by_id.id != known.id) {
            status = run_remember(run, id_kind, id, known.id, 0, err);
        }
    }
    struct import_metas metas = { 0 };
    metas_add_id(run, &metas, STR("_wp_term_id"), term->id);
    metas_add(run, &metas, STR("_wp_parent"), category ? STR("") : term->parent);
    metas_add_all(run, &metas, &term->metas, NULL);
    if (status == STATUS_OK && known.id != 0) {
        status = metas_put(run, category ? "category-metas" : "term-metas", source_id,
                           category ? META_SECTION : META_TAG, known.id, &metas, err);
    }
    return status;
}

enum status import_term(struct import_run *run, const struct wxr_term *term, struct err *err) {
    if (term->slug.len == 0 || import_taxonomy_is_internal(term->taxonomy)) {
        return STATUS_OK;
    }
    /* Some exports have a term twice, as wp:category and as wp:term: the first counts. */
    if (map_put(&run->terms_seen, tag_source_id(run, term->taxonomy, term->slug), run) != NULL) {
        return STATUS_OK;
    }
    enum status status = str_eq(term->taxonomy, STR("category")) ? import_category(run, term, err)
                                                                 : import_tag(run, term, err);
    return status == STATUS_OK ? put_term_rest(run, term, err) : status;
}

enum status import_term_of(struct import_run *run, const struct wxr_term_ref *ref, int64_t *ret,
                           struct err *err) {
    bool category = str_eq(ref->taxonomy, STR("category"));
    const char *kind = category ? "category" : "term";
    struct str source_id = category ? ref->slug : tag_source_id(run, ref->taxonomy, ref->slug);
    enum status status = run_known_id(run, kind, source_id, ret, err);
    if (status == STATUS_OK && *ret == 0) {
        struct wxr_term term = { .taxonomy = ref->taxonomy, .slug = ref->slug, .name = ref->name };
        status = import_term(run, &term, err);
        if (status == STATUS_OK) {
            status = run_known_id(run, kind, source_id, ret, err);
        }
    }
    return status;
}
