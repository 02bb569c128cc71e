#include "transfer/wxr_split.h"

#include "base/limits.h"

#include <string.h>

/* The longest beginning that tells what a "<" opens: "<![CDATA[". */
enum { BEGINNING_BYTES = 9 };

void wxr_split_init(struct wxr_split *s, size_t run_bytes, size_t item_bytes,
                    wxr_piece_handler *handler, void *ctx) {
    *s = (struct wxr_split){
        .handler = handler, .ctx = ctx, .run_bytes = run_bytes, .item_bytes = item_bytes, .line = 1
    };
    buf_init(&s->text, run_bytes + 3 * item_bytes + 8 * (size_t)LIMIT_WXR_CHUNK_BYTES);
    buf_init(&s->root, LIMIT_WXR_TAG_BYTES);
    buf_init(&s->channel, LIMIT_WXR_TAG_BYTES);
    buf_init(&s->open, 2 * (size_t)LIMIT_WXR_TAG_BYTES);
}

void wxr_split_done(struct wxr_split *s) {
    if (s != NULL) {
        buf_done(&s->text);
        buf_done(&s->root);
        buf_done(&s->channel);
        buf_done(&s->open);
    }
}

/* ---- giving out ---- */

static bool is_blank(struct str s) {
    return str_trim(s).len == 0;
}

/* Forget the first n bytes. */
static void shift(struct wxr_split *s, size_t n) {
    memmove(s->text.ptr, s->text.ptr + n, s->text.len - n);
    buf_truncate(&s->text, s->text.len - n);
    s->at -= n;
    s->token -= s->token < n ? s->token : n;
    s->from -= s->from < n ? s->from : n;
    s->item -= s->item < n ? s->item : n;
    s->channel_end -= s->channel_end < n ? s->channel_end : n;
    s->run -= s->run < n ? s->run : n;
    s->run_end -= s->run_end < n ? s->run_end : n;
}

/* The first `end` bytes, which hold no run. */
static enum status give_frame(struct wxr_split *s, size_t end, bool at_channel, struct err *err) {
    if (end == 0) {
        return STATUS_OK;
    }
    struct str text = str_slice(buf_str(&s->text), 0, end);
    struct wxr_piece piece = {
        .kind = WXR_PIECE_FRAME,
        .text = text,
        .line = s->line,
        .at_channel = at_channel,
        .is_large = s->is_large,
        .skipped_lines = s->skipped_lines,
    };
    s->skipped_lines = 0;
    enum status status = s->handler(s->ctx, &piece, err);
    s->line += (long)str_count_char(text, '\n');
    shift(s, end);
    return status;
}

static enum status give_run(struct wxr_split *s, struct err *err) {
    if (!s->has_run) {
        return STATUS_OK;
    }
    s->has_run = false;
    enum status status = give_frame(s, s->run, true, err);
    if (status != STATUS_OK) {
        return status;
    }
    struct str text = str_slice(buf_str(&s->text), 0, s->run_end);
    buf_reset(&s->open);
    buf_put(&s->open, buf_str(&s->root));
    buf_put(&s->open, buf_str(&s->channel));
    struct wxr_piece piece = {
        .kind = WXR_PIECE_RUN, .text = text, .line = s->line, .open = buf_str(&s->open)
    };
    status = s->handler(s->ctx, &piece, err);
    size_t lines = str_count_char(text, '\n');
    s->line += (long)lines;
    s->skipped_lines += lines;
    shift(s, text.len);
    return status;
}

/* ---- tags ---- */

static enum status end_item(struct wxr_split *s, struct err *err) {
    s->in_item = false;
    if (s->is_large) {
        s->is_large = false;
        return STATUS_OK;
    }
    if (!s->has_run) {
        s->has_run = true;
        s->run = s->item;
    }
    s->run_end = s->at;
    return s->run_end - s->run >= s->run_bytes ? give_run(s, err) : STATUS_OK;
}

static enum status begin_item(struct wxr_split *s, struct err *err) {
    s->item = s->token;
    s->in_item = true;
    if (s->has_run && !is_blank(str_slice(buf_str(&s->text), s->run_end, s->item))) {
        return give_run(s, err);
    }
    return STATUS_OK;
}

/* The tag is [token, at). */
static enum status take_tag(struct wxr_split *s, struct err *err) {
    struct str tag = str_slice(buf_str(&s->text), s->token, s->at);
    bool closes = tag.ptr[1] == '/', is_empty = tag.ptr[tag.len - 2] == '/';
    if (closes) {
        s->depth -= s->depth > 0;
        return s->in_item && s->depth == 2 ? end_item(s, err) : STATUS_OK;
    }
    if (s->depth < 2 && s->has_run) { /* it is of the channel before this tag */
        enum status status = give_run(s, err);
        if (status != STATUS_OK) {
            return status;
        }
        tag = str_slice(buf_str(&s->text), s->token, s->at);
    }
    if (s->depth < 2 && !is_empty) {
        struct buf *kept = s->depth == 0 ? &s->root : &s->channel;
        buf_reset(kept);
        buf_put(kept, tag);
    }
    bool is_item = s->depth == 2 && str_starts(tag, STR("<item")) &&
                   (char_is_space(tag.ptr[5]) || tag.ptr[5] == '>' || tag.ptr[5] == '/');
    enum status status = is_item ? begin_item(s, err) : STATUS_OK;
    if (is_empty) {
        return status == STATUS_OK && is_item ? end_item(s, err) : status;
    }
    s->depth++;
    return status;
}

static enum status take_token(struct wxr_split *s, struct err *err) {
    enum status status = take_tag(s, err);
    if (s->depth == 2 && !s->in_item) {
        s->channel_end = s->at;
    }
    return status;
}

/* ---- the walk ---- */

/* What begins with the "<" at `token`; false: more bytes must say. */
static bool begin_token(struct wxr_split *s, bool last) {
    struct str rest = str_from(buf_str(&s->text), s->token);
    if (rest.len < BEGINNING_BYTES && !last) {
        return false;
    }
    s->quote = 0;
    if (rest.len > 1 && rest.ptr[1] != '!' && rest.ptr[1] != '?') {
        s->state = SPLIT_TAG;
        s->at = s->from = s->token + 1;
        return true;
    }
    s->state = str_starts(rest, STR("<!--"))        ? SPLIT_COMMENT
               : str_starts(rest, STR("<![CDATA[")) ? SPLIT_CDATA
               : str_starts(rest, STR("<?"))        ? SPLIT_INSTRUCTION
               : str_starts(rest, STR("<!"))        ? SPLIT_NEVER
                                                    : SPLIT_TAG;
    s->at = s->token + (s->state == SPLIT_COMMENT || s->state == SPLIT_NEVER ? 4
                        : s->state == SPLIT_CDATA                            ? BEGINNING_BYTES
                        : s->state == SPLIT_INSTRUCTION                      ? 2
                                                                             : 1);
    s->at = s->at < s->text.len ? s->at : s->text.len;
    s->from = s->at;
    return true;
}

/* Look for what ends a token; false: it is not there yet. */
static bool skip_to(struct wxr_split *s, struct str end) {
    size_t found = str_find(buf_str(&s->text), end, s->from);
    if (found == STR_NPOS) {
        size_t kept = end.len - 1; /* it may have begun */
        s->from = s->text.len - s->from > kept ? s->text.len - kept : s->from;
        s->at = s->text.len;
        return false;
    }
    s->at = found + end.len;
    s->state = SPLIT_TEXT;
    return true;
}

static bool skip_tag(struct wxr_split *s) {
    if (s->quote == 0) { /* most tags have no attributes */
        struct str rest = str_from(buf_str(&s->text), s->at);
        size_t gt = str_find_char(rest, '>', 0);
        rest = str_slice(rest, 0, gt);
        if (gt != STR_NPOS && str_find_char(rest, '"', 0) == STR_NPOS &&
            str_find_char(rest, '\'', 0) == STR_NPOS) {
            s->at += gt;
        }
    }
    for (; s->at < s->text.len; s->at++) {
        char ch = s->text.ptr[s->at];
        if (s->quote != 0) {
            s->quote = ch == s->quote ? 0 : s->quote;
        } else if (ch == '"' || ch == '\'') {
            s->quote = ch;
        } else if (ch == '>') {
            s->at++;
            s->state = SPLIT_TEXT;
            return true;
        }
    }
    return false;
}

/* One token further; false: at the end of what there is. */
static bool step(struct wxr_split *s, bool last, bool *ret_tag) {
    *ret_tag = false;
    switch (s->state) {
    case SPLIT_TEXT: {
        const char *lt = s->at < s->text.len ? memchr(s->text.ptr + s->at, '<', s->text.len - s->at)
                                             : NULL;
        size_t begin = s->at;
        s->at = lt != NULL ? (size_t)(lt - s->text.ptr) : s->text.len;
        s->token = s->at;
        if (s->depth == 0 && !is_blank(str_slice(buf_str(&s->text), begin, s->at))) {
            s->state = SPLIT_NEVER; /* a parser may find out later that this is an error */
            return false;
        }
        return lt != NULL && begin_token(s, last);
    }
    case SPLIT_TAG: return *ret_tag = skip_tag(s);
    case SPLIT_COMMENT: return skip_to(s, STR("-->"));
    case SPLIT_CDATA: return skip_to(s, STR("]]>"));
    case SPLIT_INSTRUCTION: return skip_to(s, STR("?>"));
    case SPLIT_NEVER: s->at = s->text.len; return false;
    }
    return false;
}

/* Up to where nothing of what follows can change what it is. */
static size_t settled(const struct wxr_split *s) {
    switch (s->state) {
    case SPLIT_TEXT:
    case SPLIT_NEVER: return s->at;
    case SPLIT_TAG: return s->token;
    default: return s->from;
    }
}

/* Give out what need not wait for more. */
static enum status flush(struct wxr_split *s, bool last, struct err *err) {
    enum status status = STATUS_OK;
    if (s->state == SPLIT_TAG && s->text.len - s->token > s->item_bytes) {
        s->state = SPLIT_NEVER; /* no tag of an export */
        s->at = s->text.len;
    }
    bool never = s->state == SPLIT_NEVER;
    bool large = s->in_item && !s->is_large && s->text.len - s->item > s->item_bytes;
    if (s->in_item && !s->is_large && !large && !last && !never) {
        return STATUS_OK;
    }
    if (s->has_run && (large || last || never ||
                       !is_blank(str_slice(buf_str(&s->text), s->run_end, settled(s))))) {
        status = give_run(s, err);
    }
    if (status != STATUS_OK || s->has_run) {
        return status;
    }
    if (large) {
        status = give_frame(s, s->item, true, err);
        s->is_large = true;
    }
    size_t end = last ? s->text.len : settled(s);
    bool at_channel = s->depth == 2 && !s->in_item && s->state == SPLIT_TEXT;
    if (!last && !at_channel && !s->is_large && s->channel_end > 0) {
        end = s->channel_end; /* where the channel's next child begins, if there is such a place */
        at_channel = true;
    }
    return status == STATUS_OK ? give_frame(s, end, at_channel, err) : status;
}

enum status wxr_split_feed(struct wxr_split *s, struct str text, bool last, struct err *err) {
    enum status status = STATUS_OK;
    while (status == STATUS_OK && text.len > 0) {
        struct str part = str_slice(text, 0, LIMIT_WXR_CHUNK_BYTES);
        text = str_from(text, part.len);
        buf_put(&s->text, part);
        bool is_tag;
        while (status == STATUS_OK && step(s, last && text.len == 0, &is_tag)) {
            status = is_tag ? take_token(s, err) : STATUS_OK;
        }
        if (status == STATUS_OK) {
            status = flush(s, false, err);
        }
    }
    if (status == STATUS_OK && last) {
        bool is_tag;
        while (status == STATUS_OK && step(s, true, &is_tag)) {
            status = is_tag ? take_token(s, err) : STATUS_OK;
        }
        status = status == STATUS_OK ? flush(s, true, err) : status;
    }
    if (status == STATUS_OK && (s->text.status || s->root.status || s->channel.status)) {
        status = err_set(err, STATUS_TOO_LARGE, "the export cannot be taken apart");
    }
    return status;
}
