/* How it works: expat calls for each tag; a stack of places says where we are (channel, item,
 * comment…); one table says which element of a place fills which member of which struct. An
 * element that the table does not know is stepped over, with all that is in it.
 *
 * Expat's own namespace processing is not used: it ends the file at a prefix without declaration,
 * and WordPress sites do write such files (a plugin that adds its own <foo:bar>). */
#include "transfer/wxr.h"

#include "base/limits.h"
#include "transfer/wxr_plain.h"
#include "transfer/wxr_schema.h"
#include "transfer/xml_clean.h"

#include <expat.h>
#include <stdlib.h>

/* A prefix declared by an open element. */
struct binding {
    int depth;
    char prefix[16];
    size_t prefix_len;
    enum wxr_ns ns;
};
enum { BINDINGS_MAX = 64 };

struct level {
    enum wxr_place place;
    long line;
    char name[40]; /* for the message when the file breaks off */
};

struct wxr {
    XML_Parser parser;
    struct xml_clean clean;
    wxr_handler *handler;
    void *ctx;
    struct err *err;    /* of the running feed */
    enum status status; /* sticky */
    int64_t fed_bytes;  /* to the parser */

    struct level levels[LIMIT_WXR_DEPTH];
    int depth; /* open elements; those past the array's end are only counted */
    struct binding bindings[BINDINGS_MAX];
    size_t n_bindings;

    bool taking; /* the text of the open field */
    struct buf text;
    const struct wxr_field *field; /* NULL: a channel field, or an item's term */
    bool version_seen;

    struct wxr_token tag;
    struct buf channel;  /* the start tags that were entered, if nothing was fed since but items */
    long plain_line;     /* 0: expat knows it */
    long line_add;       /* lines before the first that is fed, or that others read */
    struct arena own;    /* of the author, term or item being read */
    struct arena *arena; /* &own, or one whose owner resets it */
    size_t begin_bytes;  /* used there when the item began */
    struct wxr_author author;
    struct wxr_term term;
    struct wxr_item item;
    struct wxr_meta meta;
    struct wxr_comment comment;
    struct wxr_term_ref ref;
};

struct str wxr_meta_get(const struct wxr_metas *metas, const char *key) {
    struct str name = str_of(key);
    for (size_t i = 0; i < metas->len; i++) {
        if (str_eq(metas->ptr[i].key, name)) {
            return metas->ptr[i].value;
        }
    }
    return (struct str){ 0 };
}

/* ---- errors and events ---- */

long wxr_line(const struct wxr *w) {
    return w->plain_line > 0
               ? w->plain_line
               : (long)XML_GetCurrentLineNumber(w->parser) + w->clean.line_offset + w->line_add;
}

static void stop(struct wxr *w, enum status status) {
    if (w->status == STATUS_OK) {
        w->status = status;
        XML_StopParser(w->parser, XML_FALSE);
    }
}

static void emit(struct wxr *w, const struct wxr_event *event) {
    if (w->status == STATUS_OK) {
        enum status status = w->handler(w->ctx, event, w->err);
        if (status != STATUS_OK) {
            stop(w, status);
        }
    }
}

static void on_clean_warning(void *ctx, long line, const char *what) {
    emit(ctx, &(struct wxr_event){ .kind = WXR_WARNING, .line = line, .warning = what });
}

static void item_fault(struct wxr *w, const char *why) {
    if (w->item.fault == NULL) {
        w->item.fault = why;
    }
}

/* ---- names ---- */

static enum wxr_ns ns_of_prefix(struct wxr *w, struct str prefix) {
    for (size_t i = w->n_bindings; i-- > 0;) {
        if (str_eq(str_make(w->bindings[i].prefix, w->bindings[i].prefix_len), prefix)) {
            if (w->bindings[i].ns != NS_OTHER) {
                return w->bindings[i].ns;
            }
            break;
        }
    }
    return str_eq(prefix, STR("wp"))        ? NS_WP
           : str_eq(prefix, STR("content")) ? NS_CONTENT
           : str_eq(prefix, STR("excerpt")) ? NS_EXCERPT
           : str_eq(prefix, STR("dc"))      ? NS_DC
           : prefix.len == 0                ? NS_NONE
                                            : NS_OTHER;
}

static void bind(struct wxr *w, struct str prefix, struct str uri) {
    struct binding *b = &w->bindings[w->n_bindings];
    if (w->n_bindings == BINDINGS_MAX || prefix.len >= sizeof b->prefix) {
        return;
    }
    *b = (struct binding){ .depth = w->depth, .prefix_len = prefix.len, .ns = wxr_ns_of_uri(uri) };
    if (prefix.len > 0) {
        memcpy(b->prefix, prefix.ptr, prefix.len);
    }
    w->n_bindings++;
}

static struct str split_name(struct wxr *w, struct str name, enum wxr_ns *ret_ns) {
    size_t colon = str_find_char(name, ':', 0);
    struct str prefix = str_slice(name, 0, colon == STR_NPOS ? 0 : colon);
    *ret_ns = ns_of_prefix(w, prefix);
    return colon == STR_NPOS ? name : str_from(name, colon + 1);
}

/* ---- places ---- */

static enum wxr_place place_at(const struct wxr *w, int depth) {
    if (depth < 1) {
        return PLACE_UNKNOWN;
    }
    return depth > LIMIT_WXR_DEPTH ? PLACE_UNKNOWN : w->levels[depth - 1].place;
}

static void *target_of(struct wxr *w, enum wxr_place place) {
    switch (place) {
    case PLACE_AUTHOR: return &w->author;
    case PLACE_TERM: return &w->term;
    case PLACE_ITEM: return &w->item;
    case PLACE_COMMENT: return &w->comment;
    default: return &w->meta;
    }
}

static void open_container(struct wxr *w, enum wxr_place place, struct str name) {
    if (place == PLACE_AUTHOR || place == PLACE_TERM || place == PLACE_ITEM) {
        if (w->arena == &w->own) {
            arena_reset(&w->own);
        }
        w->begin_bytes = w->arena->used_bytes;
    }
    switch (place) {
    case PLACE_AUTHOR: w->author = (struct wxr_author){ 0 }; break;
    case PLACE_TERM:
        w->term = (struct wxr_term){ 0 };
        if (str_eq(name, STR("category"))) {
            w->term.taxonomy = STR("category");
        } else if (str_eq(name, STR("tag"))) {
            w->term.taxonomy = STR("post_tag");
        }
        break;
    case PLACE_ITEM: w->item = (struct wxr_item){ 0 }; break;
    case PLACE_COMMENT: w->comment = (struct wxr_comment){ 0 }; break;
    default: w->meta = (struct wxr_meta){ 0 }; break;
    }
}

static void take_text(struct wxr *w, const struct wxr_field *field) {
    w->taking = true;
    w->field = field;
    buf_reset(&w->text);
}

/* An item's <category domain=… nicename=…>; without a nicename it is the RSS's own, a repetition.
 */
static void open_term_ref(struct wxr *w, const struct wxr_token *tag) {
    w->ref = (struct wxr_term_ref){ 0 };
    for (size_t i = 0; i < tag->n_attributes; i++) {
        if (str_eq(tag->attributes[i].name, STR("domain"))) {
            w->ref.taxonomy = arena_str(w->arena, tag->attributes[i].value);
        } else if (str_eq(tag->attributes[i].name, STR("nicename"))) {
            w->ref.slug = arena_str(w->arena, tag->attributes[i].value);
        }
    }
    if (str_eq(w->ref.taxonomy, STR("tag"))) {
        w->ref.taxonomy = STR("post_tag");
    }
    take_text(w, NULL);
}

static enum wxr_place open_element(struct wxr *w, enum wxr_place parent, enum wxr_ns ns,
                                   struct str name, const struct wxr_token *tag) {
    if (parent == PLACE_UNKNOWN || parent == PLACE_FIELD) {
        return parent;
    }
    if (parent == PLACE_ROOT) {
        return PLACE_CHANNEL;
    }
    enum wxr_place container = wxr_container(parent, ns, name);
    if (container != PLACE_UNKNOWN) {
        open_container(w, container, name);
        return container;
    }
    if (parent == PLACE_ITEM && ns == NS_NONE && str_eq(name, STR("category"))) {
        open_term_ref(w, tag);
        return PLACE_FIELD;
    }
    const struct wxr_field *field = parent == PLACE_CHANNEL ? NULL : wxr_field(parent, ns, name);
    if (parent != PLACE_CHANNEL && field == NULL) {
        return PLACE_UNKNOWN;
    }
    take_text(w, field);
    return PLACE_FIELD;
}

/* ---- what an end tag completes ---- */

static void fill_field(struct wxr *w, enum wxr_place parent) {
    struct str text = buf_str(&w->text);
    char *target = (char *)target_of(w, parent) + w->field->offset;
    if (w->field->type == FIELD_STR) {
        struct str copy = arena_str(w->arena, text);
        memcpy(target, &copy, sizeof copy);
        return;
    }
    int64_t value = 0;
    if (!str_to_i64(str_trim(text), &value)) {
        value = 0;
    }
    if (w->field->type == FIELD_INT) {
        memcpy(target, &value, sizeof value);
    } else {
        bool truth = value != 0;
        memcpy(target, &truth, sizeof truth);
    }
}

static void end_channel_field(struct wxr *w, const struct level *level) {
    struct str name = str_of(level->name);
    size_t colon = str_find_char(name, ':', 0);
    struct wxr_channel_field field = {
        .name = colon == STR_NPOS ? name : str_from(name, colon + 1),
        .value = str_trim(buf_str(&w->text)),
    };
    if (str_eq(field.name, STR("wxr_version"))) {
        w->version_seen = true;
    }
    emit(w, &(struct wxr_event){ .kind = WXR_CHANNEL, .line = level->line, .channel = &field });
}

static void end_field(struct wxr *w, enum wxr_place parent, const struct level *level) {
    w->taking = false;
    bool in_item = parent >= PLACE_ITEM;
    if (w->text.status != STATUS_OK ||
        (in_item && w->arena->used_bytes - w->begin_bytes + w->text.len > LIMIT_WXR_ITEM_BYTES)) {
        if (in_item) {
            item_fault(w, "it is larger than an item may be");
        }
        return;
    }
    if (parent == PLACE_CHANNEL) {
        end_channel_field(w, level);
    } else if (w->field != NULL) {
        fill_field(w, parent);
    } else if (w->ref.taxonomy.len > 0 && w->ref.slug.len > 0) {
        w->ref.name = arena_str(w->arena, str_trim(buf_str(&w->text)));
        if (w->item.terms.len < LIMIT_WXR_ITEM_ENTRIES) {
            *vec_push(w->arena, &w->item.terms) = w->ref;
        } else {
            item_fault(w, "it has more terms than an item may have");
        }
    }
}

static void end_meta(struct wxr *w, struct wxr_metas *metas) {
    if (metas->len < LIMIT_WXR_ITEM_ENTRIES) {
        *vec_push(w->arena, metas) = w->meta;
    } else {
        item_fault(w, "it has more metas than an item may have");
    }
}

static void end_item(struct wxr *w, long line) {
    if (!w->version_seen && w->item.id == 0) {
        stop(w, err_set(w->err, STATUS_INVALID,
                        "line %ld: this is not a WordPress export (an item without wp:post_id, and "
                        "no wp:wxr_version before it)",
                        line));
        return;
    }
    emit(w, &(struct wxr_event){
                .kind = WXR_ITEM, .line = line, .end_line = wxr_line(w), .item = &w->item });
}

static void close_element(struct wxr *w, enum wxr_place place, enum wxr_place parent,
                          const struct level *level) {
    switch (place) {
    case PLACE_FIELD:
        if (parent != PLACE_FIELD) {
            end_field(w, parent, level);
        }
        break;
    case PLACE_AUTHOR:
        emit(w,
             &(struct wxr_event){ .kind = WXR_AUTHOR, .line = level->line, .author = &w->author });
        break;
    case PLACE_TERM:
        emit(w, &(struct wxr_event){ .kind = WXR_TERM, .line = level->line, .term = &w->term });
        break;
    case PLACE_TERM_META: end_meta(w, &w->term.metas); break;
    case PLACE_ITEM: end_item(w, level->line); break;
    case PLACE_ITEM_META: end_meta(w, &w->item.metas); break;
    case PLACE_COMMENT:
        if (w->item.comments.len < LIMIT_WXR_ITEM_ENTRIES) {
            *vec_push(w->arena, &w->item.comments) = w->comment;
        } else {
            item_fault(w, "it has more comments than an item may have");
        }
        break;
    case PLACE_COMMENT_META: end_meta(w, &w->comment.metas); break;
    default: break;
    }
}

/* ---- tags, whoever reads them ---- */

static void begin_element(struct wxr *w, const struct wxr_token *tag, long line) {
    w->depth++;
    for (size_t i = 0; i < tag->n_attributes; i++) {
        struct str attribute = tag->attributes[i].name;
        if (str_starts(attribute, STR("xmlns:"))) {
            bind(w, str_from(attribute, 6), tag->attributes[i].value);
        } else if (str_eq(attribute, STR("xmlns"))) {
            bind(w, STR(""), tag->attributes[i].value);
        }
    }
    if (w->depth > LIMIT_WXR_DEPTH) {
        return;
    }
    enum wxr_ns ns;
    struct str local = split_name(w, tag->text, &ns);
    struct level *level = &w->levels[w->depth - 1];
    *level = (struct level){ .line = line };
    memcpy(level->name, tag->text.ptr, str_slice(tag->text, 0, sizeof level->name - 1).len);
    if (w->depth == 1) {
        if (!str_eq(local, STR("rss"))) {
            stop(w, err_set(w->err, STATUS_INVALID,
                            "line %ld: this is not a WordPress export (its root element is <%s>, "
                            "not <rss>)",
                            level->line, level->name));
        }
        level->place = PLACE_ROOT;
        return;
    }
    level->place = open_element(w, place_at(w, w->depth - 1), ns, local, tag);
}

static void end_element(struct wxr *w) {
    if (w->depth <= LIMIT_WXR_DEPTH) {
        const struct level *level = &w->levels[w->depth - 1];
        close_element(w, level->place, place_at(w, w->depth - 1), level);
    }
    while (w->n_bindings > 0 && w->bindings[w->n_bindings - 1].depth >= w->depth) {
        w->n_bindings--;
    }
    w->depth--;
}

/* ---- expat's calls ---- */

static void XMLCALL on_start(void *ctx, const XML_Char *name, const XML_Char **attributes) {
    struct wxr *w = ctx;
    struct wxr_token *tag = &w->tag;
    tag->text = str_of(name);
    tag->n_attributes = 0;
    /* No element that is known has as many. */
    for (; attributes[0] != NULL && tag->n_attributes < WXR_ATTRIBUTES_MAX; attributes += 2) {
        tag->attributes[tag->n_attributes++] =
            (struct wxr_attribute){ str_of(attributes[0]), str_of(attributes[1]) };
    }
    begin_element(w, tag, wxr_line(w));
}

static void XMLCALL on_end(void *ctx, UNUSED const XML_Char *name) {
    end_element(ctx);
}

static void XMLCALL on_text(void *ctx, const XML_Char *text, int len) {
    struct wxr *w = ctx;
    if (w->taking) {
        buf_put(&w->text, str_make(text, (size_t)len));
    }
}

static void XMLCALL on_entity(void *ctx, UNUSED const XML_Char *name, UNUSED int is_parameter,
                              UNUSED const XML_Char *value, UNUSED int value_len,
                              UNUSED const XML_Char *base, UNUSED const XML_Char *system_id,
                              UNUSED const XML_Char *public_id, UNUSED const XML_Char *notation) {
    struct wxr *w = ctx;
    stop(w, err_set(w->err, STATUS_INVALID,
                    "line %ld: entity declarations are refused: no WordPress export has them",
                    wxr_line(w)));
}

/* ---- life cycle ---- */

static void set_handlers(struct wxr *w) {
    XML_SetUserData(w->parser, w);
    XML_SetElementHandler(w->parser, on_start, on_end);
    XML_SetCharacterDataHandler(w->parser, on_text);
    XML_SetEntityDeclHandler(w->parser, on_entity);
}

struct wxr *wxr_new(wxr_handler *handler, void *ctx) {
    struct wxr *w = calloc(1, sizeof *w);
    check(w != NULL);
    w->handler = handler;
    w->ctx = ctx;
    w->parser = XML_ParserCreate("UTF-8");
    check(w->parser != NULL);
    arena_init(&w->own);
    w->arena = &w->own;
    buf_init(&w->text, LIMIT_WXR_FIELD_BYTES);
    buf_init(&w->channel, 2 * (size_t)LIMIT_WXR_TAG_BYTES);
    xml_clean_init(&w->clean, on_clean_warning, w);
    set_handlers(w);
    return w;
}

void wxr_keep_in(struct wxr *w, struct arena *a) {
    w->arena = a != NULL ? a : &w->own;
}

void wxr_skip_lines(struct wxr *w, long lines) {
    w->line_add += lines;
}

void wxr_trust(struct wxr *w) {
    w->version_seen = true;
}

static enum status enter(struct wxr *w, struct str open, long line, struct err *err) {
    check(XML_ParserReset(w->parser, "UTF-8") == XML_TRUE);
    set_handlers(w);
    buf_reset(&w->channel);
    w->status = STATUS_OK;
    w->fed_bytes = 0;
    w->depth = 0;
    w->n_bindings = 0;
    w->taking = false;
    buf_reset(&w->text);
    enum status status = wxr_feed_clean(w, open, false, err);
    w->line_add = 0;
    for (size_t i = 0; i < open.len; i++) {
        w->line_add -= open.ptr[i] == '\n';
    }
    w->line_add += line - 1;
    return status;
}

void wxr_free(struct wxr *w) {
    if (w != NULL) {
        XML_ParserFree(w->parser);
        xml_clean_done(&w->clean);
        buf_done(&w->text);
        buf_done(&w->channel);
        arena_done(&w->own);
        free(w);
    }
}

/* ---- runs of items ---- */

/* Take the item at *at, and all that is in it, as expat's calls would; false: it is not plain, and
 * what was taken of it counts for nothing. */
static bool take_item(struct wxr *w, struct str run, size_t *at) {
    struct str names[LIMIT_WXR_DEPTH];
    struct wxr_token *t = &w->tag;
    size_t begin = *at;
    long line = w->plain_line;
    wxr_plain_next(w->arena, run, at, t);
    if (t->kind != WXR_TOKEN_START || !str_eq(t->text, STR("item"))) {
        return false;
    }
    int depth = w->depth;
    names[depth] = t->text;
    begin_element(w, t, line);
    while (w->depth > depth) {
        wxr_plain_next(w->arena, run, at, t);
        switch (t->kind) {
        case WXR_TOKEN_START:
        case WXR_TOKEN_EMPTY:
            if (w->depth == LIMIT_WXR_DEPTH) {
                return false;
            }
            names[w->depth] = t->text;
            begin_element(w, t, line);
            if (t->kind == WXR_TOKEN_EMPTY) {
                end_element(w);
            }
            break;
        case WXR_TOKEN_END:
            if (!str_eq(t->text, names[w->depth - 1])) {
                return false;
            }
            if (w->depth == depth + 1) {
                w->plain_line = line + (long)str_count_char(str_slice(run, begin, *at), '\n');
            }
            end_element(w);
            break;
        case WXR_TOKEN_TEXT:
        case WXR_TOKEN_CDATA:
            buf_truncate(&w->text, w->taking ? w->text.len : 0);
            if (!wxr_plain_put(&w->text, t)) {
                return false;
            }
            break;
        case WXR_TOKEN_OTHER: return false;
        }
    }
    return true;
}

/* As many items as are plain; how much of the run they are. */
static size_t take_items(struct wxr *w, struct str run, long line) {
    int depth = w->depth;
    size_t n_bindings = w->n_bindings, at = 0;
    w->plain_line = line;
    while (w->status == STATUS_OK) {
        size_t item = at;
        while (item < run.len && char_is_space(run.ptr[item])) {
            w->plain_line += run.ptr[item++] == '\n';
        }
        if (item == run.len) {
            at = item;
            break;
        }
        size_t end = item;
        if (!take_item(w, run, &end)) {
            w->depth = depth;
            w->n_bindings = n_bindings;
            w->taking = false;
            break;
        }
        at = end;
    }
    w->plain_line = 0;
    return at;
}

enum status wxr_read_run(struct wxr *w, struct str open, struct str run, long line,
                         struct err *err) {
    enum status status = STATUS_OK;
    if (w->status != STATUS_OK || !str_eq(open, buf_str(&w->channel))) {
        status = enter(w, open, line, err);
        buf_put(&w->channel, open);
    }
    if (status != STATUS_OK) {
        return status;
    }
    w->err = err;
    size_t taken = w->depth == 2 ? take_items(w, run, line) : 0;
    w->err = NULL;
    if (w->status != STATUS_OK || taken == run.len) {
        return w->status;
    }
    line += (long)str_count_char(str_slice(run, 0, taken), '\n');
    status = enter(w, open, line, err);
    return status == STATUS_OK ? wxr_feed_clean(w, str_from(run, taken), false, err) : status;
}

/* The reason in words that help: what expat says, and what was open. */
static enum status not_well_formed(struct wxr *w, struct err *err) {
    long line = wxr_line(w);
    long column = (long)XML_GetCurrentColumnNumber(w->parser) + 1;
    const char *what = XML_ErrorString(XML_GetErrorCode(w->parser));
    for (int i = w->depth < LIMIT_WXR_DEPTH ? w->depth : LIMIT_WXR_DEPTH; i > 0; i--) {
        if (w->levels[i - 1].place == PLACE_ITEM) {
            return err_set(err, STATUS_INVALID,
                           "line %ld, column %ld: the XML breaks off here (%s); the item that "
                           "begins in line %ld is left out, what stands before it was read",
                           line, column, what, w->levels[i - 1].line);
        }
    }
    if (w->depth > 0 && w->depth <= LIMIT_WXR_DEPTH) {
        const struct level *level = &w->levels[w->depth - 1];
        return err_set(err, STATUS_INVALID,
                       "line %ld, column %ld: the XML breaks off here (%s; <%s> of line %ld is "
                       "still open); what stands before it was read",
                       line, column, what, level->name, level->line);
    }
    return err_set(err, STATUS_INVALID, "line %ld, column %ld: this is not well-formed XML (%s)",
                   line, column, what);
}

/* Text comes piece by piece, but a tag or a comment is kept by expat until its end, and looked
 * through from its beginning with every piece. */
static void refuse_endless_tag(struct wxr *w, bool last) {
    int64_t begin = XML_GetCurrentByteIndex(w->parser);
    if (!last && begin >= 0 && w->fed_bytes - begin > (int64_t)LIMIT_WXR_TAG_BYTES) {
        stop(w, err_set(w->err, STATUS_INVALID,
                        "line %ld: a tag or comment of more than %u bytes begins here; what stands "
                        "before it was read",
                        wxr_line(w), LIMIT_WXR_TAG_BYTES));
    }
}

static void parse(struct wxr *w, struct str text, bool last, struct err *err) {
    bool ok = XML_Parse(w->parser, text.ptr, (int)text.len, last) == XML_STATUS_OK;
    if (!ok && w->status == STATUS_OK) {
        w->status = not_well_formed(w, err);
    }
    w->fed_bytes += (int64_t)text.len;
    if (w->status == STATUS_OK) {
        refuse_endless_tag(w, last);
    }
}

enum status wxr_feed(struct wxr *w, struct str bytes, bool last, struct err *err) {
    if (w->status != STATUS_OK) {
        return w->status;
    }
    w->err = err;
    struct str cleaned;
    enum status status = xml_clean_feed(&w->clean, bytes, last, &cleaned, err);
    if (w->status == STATUS_OK && status != STATUS_OK) {
        w->status = status;
    }
    if (w->status == STATUS_OK) {
        parse(w, cleaned, last, err);
    }
    w->err = NULL;
    return w->status;
}

enum status wxr_feed_clean(struct wxr *w, struct str text, bool last, struct err *err) {
    w->err = err;
    while (w->status == STATUS_OK && (text.len > 0 || last)) {
        struct str piece = str_slice(text, 0, LIMIT_WXR_CHUNK_BYTES);
        text = str_from(text, piece.len);
        parse(w, piece, last && text.len == 0, err);
        if (text.len == 0) {
            break;
        }
    }
    w->err = NULL;
    return w->status;
}
