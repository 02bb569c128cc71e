/* The reader of WordPress exports: any bytes, cut anywhere, give the same events. */
#include "transfer/wxr.h"
#include "base/hash.h"
#include "base/limits.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct seen {
    uint64_t hash;
    size_t items;
};

static void see(struct seen *seen, struct str s) {
    seen->hash = hash_mix(seen->hash, hash_content(s));
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
        see(seen, event->item->title);
        see(seen, event->item->content);
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

static uint64_t read_in_pieces(struct str bytes, size_t piece) {
    struct seen seen = { 0 };
    struct err err = { 0 };
    struct wxr *wxr = wxr_new(on_event, &seen);
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 2) {
        return 0;
    }
    struct str bytes = str_make((const char *)data + 1, size - 1);
    uint64_t whole = read_in_pieces(bytes, LIMIT_WXR_CHUNK_BYTES);
    check(read_in_pieces(bytes, 1u + data[0] % 37u) == whole);
    return 0;
}
