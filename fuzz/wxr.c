/* The reader of WordPress exports: any bytes, cut anywhere, give the same events; also when the
 * items are taken out and parsed by themselves. */
#include "transfer/wxr.h"
#include "base/hash.h"
#include "base/limits.h"
#include "transfer/wxr_split.h"
#include "transfer/xml_clean.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct seen {
    uint64_t hash;
    size_t items;
};

static void see(struct seen *seen, struct str s) {
    seen->hash = hash_mix(seen->hash, hash_content(s));
}

static void see_item(struct seen *seen, const struct wxr_item *item) {
    const struct str texts[] = {
        item->type,     item->status,         item->title,          item->link,        item->guid,
        item->creator,  item->content,        item->excerpt,        item->description, item->date,
        item->date_gmt, item->modified,       item->modified_gmt,   item->pub_date,    item->slug,
        item->password, item->attachment_url, item->comment_status, item->ping_status,
    };
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        see(seen, texts[i]);
    }
    const int64_t numbers[] = { item->id, item->parent, item->menu_order, item->sticky,
                                item->fault != NULL };
    for (size_t i = 0; i < COUNT_OF(numbers); i++) {
        seen->hash = hash_mix(seen->hash, (uint64_t)numbers[i]);
    }
    for (size_t i = 0; i < item->terms.len; i++) {
        see(seen, item->terms.ptr[i].taxonomy);
        see(seen, item->terms.ptr[i].slug);
        see(seen, item->terms.ptr[i].name);
    }
}

static enum status on_event(void *ctx, const struct wxr_event *event, struct err *err) {
    struct seen *seen = ctx;
    if (event->kind == WXR_WARNING) {
        return STATUS_OK; /* they come as the filter goes, ahead of the parser */
    }
    seen->hash = hash_mix(seen->hash, (uint64_t)event->kind * 1000003 + (uint64_t)event->line);
    switch (event->kind) {
    case WXR_CHANNEL:
        see(seen, event->channel->name);
        see(seen, event->channel->value);
        break;
    case WXR_AUTHOR: see(seen, event->author->login); break;
    case WXR_TERM:
        see(seen, event->term->taxonomy);
        see(seen, event->term->slug);
        break;
    case WXR_ITEM:
        seen->hash = hash_mix(seen->hash, (uint64_t)event->end_line);
        see_item(seen, event->item);
        for (size_t i = 0; i < event->item->metas.len; i++) {
            see(seen, event->item->metas.ptr[i].key);
            see(seen, event->item->metas.ptr[i].value);
        }
        for (size_t i = 0; i < event->item->comments.len; i++) {
            see(seen, event->item->comments.ptr[i].content);
        }
        if (++seen->items > 1000) {
            return err_set(err, STATUS_TOO_LARGE, "enough");
        }
        break;
    default: break;
    }
    return STATUS_OK;
}

static uint64_t read_as(struct str bytes, size_t piece, bool trust) {
    struct seen seen = { 0 };
    struct err err = { 0 };
    struct wxr *wxr = wxr_new(on_event, &seen);
    if (trust) {
        wxr_trust(wxr);
    }
    enum status status = STATUS_OK;
    for (size_t at = 0; at < bytes.len && status == STATUS_OK; at += piece) {
        status = wxr_feed(wxr, str_slice(bytes, at, at + piece), false, &err);
    }
    if (status == STATUS_OK) {
        status = wxr_feed(wxr, STR(""), true, &err);
    }
    check(status == STATUS_OK || err.message[0] != '\0');
    wxr_free(wxr);
    return hash_mix(seen.hash, status);
}

static uint64_t read_in_pieces(struct str bytes, size_t piece) {
    return read_as(bytes, piece, false);
}

static uint64_t read_trusted(struct str bytes) {
    return read_as(bytes, LIMIT_WXR_CHUNK_BYTES, true);
}

struct parts {
    struct wxr *frame, *items;
    struct xml_clean clean;
    bool is_begun;
};

static enum status on_piece(void *ctx, const struct wxr_piece *piece, struct err *err) {
    struct parts *p = ctx;
    if (piece->kind == WXR_PIECE_FRAME) {
        long dropped = p->is_begun ? 0 : p->clean.line_offset;
        wxr_skip_lines(p->frame, (long)piece->skipped_lines + dropped);
        p->is_begun = true;
        return wxr_feed_clean(p->frame, piece->text, false, err);
    }
    return wxr_read_run(p->items, piece->open, piece->text, piece->line + p->clean.line_offset,
                        err);
}

static uint64_t read_in_parts(struct str bytes, size_t piece, size_t run_bytes, size_t item_bytes,
                              bool *ret_comparable) {
    struct seen seen = { 0 };
    struct err err = { 0 };
    struct parts p = { .frame = wxr_new(on_event, &seen), .items = wxr_new(on_event, &seen) };
    struct wxr_split split;
    enum status status = STATUS_OK;
    wxr_trust(p.frame);
    wxr_trust(p.items);
    xml_clean_init(&p.clean, NULL, NULL);
    wxr_split_init(&split, run_bytes, item_bytes, on_piece, &p);
    for (size_t at = 0; status == STATUS_OK; at += piece) {
        struct str text;
        bool last = at >= bytes.len;
        status = xml_clean_feed(&p.clean, str_slice(bytes, at, at + piece), last, &text, &err);
        if (status == STATUS_OK) {
            status = wxr_split_feed(&split, text, last, &err);
        }
        if (last) {
            break;
        }
    }
    if (status == STATUS_OK) {
        status = wxr_feed_clean(p.frame, STR(""), true, &err);
    }
    *ret_comparable = status != STATUS_TOO_LARGE;
    wxr_split_done(&split);
    xml_clean_done(&p.clean);
    wxr_free(p.frame);
    wxr_free(p.items);
    return hash_mix(seen.hash, status);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 2) {
        return 0;
    }
    struct str bytes = str_make((const char *)data + 1, size - 1);
    uint64_t whole = read_in_pieces(bytes, LIMIT_WXR_CHUNK_BYTES);
    check(read_in_pieces(bytes, 1u + data[0] % 37u) == whole);
    /* For whom the whole file is known to be an export. */
    bool comparable;
    uint64_t trusted = read_trusted(bytes);
    uint64_t parts = read_in_parts(bytes, 1u + data[0] % 37u, 1u + data[0] % 64u * 16u,
                                   1u + data[0] / 4u * 16u, &comparable);
    check(!comparable || parts == trusted);
    parts = read_in_parts(bytes, LIMIT_WXR_CHUNK_BYTES, 64 * KIB, 256 * KIB, &comparable);
    check(!comparable || parts == trusted);
    return 0;
}
