/* Putting an answer together.
 *
 * A page's item has its own pieces and its slots; each slot's fragment is whatever is current in
 * its cell, or the variant without the page's own story when that story is among those for which
 * the fragment varies. The result is one block: both answers with their heads and vectors. It
 * borrows the pieces' bytes, so it is good only as long as the cache's generation has not changed.
 *
 * Both ETags are made of the plain bytes. That of the gzip answer is weak (RFC 9110, 8.8.1): a
 * strong one says that the bytes are the same, and hot pieces are packed anew. If-None-Match
 * compares weakly, so a browser's copy stays good when only the packing has changed; what needs a
 * strong one, a range, is not served of pages.
 */
#include "base/clock.h"
#include "base/hash.h"
#include "base/limits.h"
#include "render/cell.h"

#include <stdio.h>
#include <stdlib.h>

bool ids_has_sorted(struct ids ids, int64_t id) {
    size_t low = 0, high = ids.len;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (ids.ptr[middle] < id) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < ids.len && ids.ptr[low] == id;
}

struct str answer_variant_key(char key_space[ANSWER_KEY_MAX], struct str key, int64_t except_id) {
    int n =
        snprintf(key_space, ANSWER_KEY_MAX, "%.*s/except:%lld", STR_FMT(key), (long long)except_id);
    check(n > 0 && n < ANSWER_KEY_MAX);
    return str_make(key_space, (size_t)n);
}

/* The item of a slot, or NULL with the missing key. */
static const struct item *slot_item(const struct cell_table *t, const struct item_part *part,
                                    char key_space[ANSWER_KEY_MAX], struct str *ret_missing) {
    struct cell *cell = part->slot;
    struct item *item = atomic_load_explicit(&cell->current, memory_order_acquire);
    struct str key = cell->key;
    if (item != NULL && part->except_id != 0 && ids_has_sorted(item->vary, part->except_id)) {
        key = answer_variant_key(key_space, key, part->except_id);
        cell = cell_table_find(t, hash_table(key), key);
        item = cell ? atomic_load_explicit(&cell->current, memory_order_acquire) : NULL;
    }
    if (item == NULL) {
        *ret_missing = key;
        return NULL;
    }
    cell_use(cell);
    return item;
}

/* Surrogate-Key of a page and its fragments. An edge's limits are tighter than ours: a page with
 * more keys than fit carries the key `many` for the rest, which an edge must purge with every
 * commit. */
enum { SURROGATE_MAX_BYTES = 8000 };

static void put_surrogate_keys(struct buf *head, const struct item *const *items, size_t n) {
    buf_put(head, STR("Surrogate-Key: site theme"));
    size_t from = head->len;
    bool all = true;
    for (size_t i = 0; i < n; i++) {
        bool fits = head->len - from + items[i]->keys.len < SURROGATE_MAX_BYTES;
        buf_put(head, fits ? items[i]->keys : STR(""));
        all = all && fits;
    }
    buf_put(head, all ? STR("") : STR(" many"));
    buf_put(head, STR("\r\n"));
}

static void put_common_head(struct buf *head, const struct item *page,
                            const struct item *const *items, size_t n) {
    buf_put(head, page->head);
    if (str_find_nocase(page->head, STR("cache-control:"), 0) == STR_NPOS) {
        buf_put(head, STR("Cache-Control: no-cache\r\n"));
    }
    if (page->dated_s != 0) {
        char date[CLOCK_HTTP_LEN + 1];
        clock_format_http(page->dated_s * US_PER_SECOND, date);
        buf_printf(head, "Last-Modified: %s\r\n", date);
    }
    if (page->keys.ptr != NULL) {
        put_surrogate_keys(head, items, n);
    }
}

size_t answer_bytes(const struct item *page) {
    enum {
        OWN_FIELDS_BYTES = 210
    }; /* Cache-Control, Last-Modified, ETag, Vary, Content-Encoding */
    size_t head = page->head.len + OWN_FIELDS_BYTES +
                  (page->keys.ptr != NULL ? SURROGATE_MAX_BYTES / 4 : 0);
    return sizeof(struct answer_set) + 2 * head + (2 * page->n_parts + 2) * sizeof(struct iovec);
}

enum answer_status answer_build(const struct cell_table *t, const struct item *page,
                                struct answer_set **ret, char key_space[ANSWER_KEY_MAX],
                                struct str *ret_missing) {
    const struct item *items[LIMIT_PAGE_SLOTS + 1] = { page };
    const struct piece *pieces[2 * LIMIT_PAGE_SLOTS + 2];
    size_t n_items = 1, n_pieces = 0;
    check(page->n_parts <= COUNT_OF(pieces));
    const struct item_part *parts = item_parts(page);
    for (size_t i = 0; i < page->n_parts; i++) {
        const struct item_part *part = &parts[i];
        if (part->slot == NULL) {
            pieces[n_pieces++] = &part->piece;
            continue;
        }
        const struct item *item = slot_item(t, part, key_space, ret_missing);
        if (item == NULL) {
            return ANSWER_MISSING;
        }
        check(n_items < COUNT_OF(items));
        items[n_items++] = item;
        pieces[n_pieces++] = &item_parts(item)[0].piece;
    }
    struct gzip_sum sum = { 0 };
    /* A file's name is its content's. */
    uint64_t hash = hash_mix((uint64_t)page->status, hash_content(page->file));
    uint64_t packed_len = GZIP_HEAD.len + GZIP_TAIL_BYTES;
    for (size_t i = 0; i < n_pieces; i++) {
        gzip_add(&sum, pieces[i]);
        hash = hash_mix(hash, pieces[i]->hash);
        packed_len += pieces[i]->deflated.len;
    }
    /* Both heads in one buffer, then everything in one block. */
    struct buf heads;
    buf_init(&heads, 64 * KIB);
    char etag[24];
    int etag_len = snprintf(etag, sizeof etag, "\"%016llx\"", (unsigned long long)hash);
    bool tagged = page->status == 200;
    put_common_head(&heads, page, items, n_items);
    const char *vary = sum.len > 0 ? "Vary: Accept-Encoding\r\n" : "";
    if (tagged) {
        buf_printf(&heads, "ETag: %s\r\n%s", etag, vary);
    }
    size_t plain_head_len = heads.len;
    put_common_head(&heads, page, items, n_items);
    char etag_gzip[24];
    snprintf(etag_gzip, sizeof etag_gzip, sum.len > 0 ? "W/\"%016llxg\"" : "\"%016llx\"",
             (unsigned long long)hash);
    if (tagged) {
        buf_printf(&heads, "ETag: %s\r\n%s", etag_gzip, vary);
    }
    if (sum.len > 0) {
        buf_put(&heads, STR("Content-Encoding: gzip\r\n"));
    }
    check(heads.status == STATUS_OK);
    size_t n_plain = n_pieces, n_gzip = sum.len > 0 ? n_pieces + 2 : 0;
    size_t vectors = (n_plain + n_gzip) * sizeof(struct iovec);
    struct answer_set *set =
        malloc(sizeof *set + vectors + heads.len + sizeof etag + sizeof etag_gzip);
    check(set != NULL);
    struct iovec *iov = (struct iovec *)(set + 1);
    char *text = (char *)(iov + n_plain + n_gzip);
    memcpy(text, heads.ptr, heads.len);
    char *etags = text + heads.len;
    memcpy(etags, etag, sizeof etag);
    memcpy(etags + sizeof etag, etag_gzip, sizeof etag_gzip);
    for (size_t i = 0; i < n_pieces; i++) {
        struct str s = pieces[i]->plain;
        iov[i] = (struct iovec){ (void *)(uintptr_t)s.ptr, s.len };
    }
    size_t tag_len = tagged ? (size_t)etag_len : 0;
    set->plain = (struct answer){ .status = page->status,
                                  .head = str_make(text, plain_head_len),
                                  .etag = str_make(etags, tag_len),
                                  .modified_us = page->dated_s * US_PER_SECOND,
                                  .parts = iov,
                                  .n_parts = n_plain,
                                  .body_len = sum.len,
                                  .file = page->file,
                                  .view_id = page->view_id };
    set->gzip = set->plain;
    set->gzip.head = str_make(text + plain_head_len, heads.len - plain_head_len);
    set->gzip.etag = str_make(etags + sizeof etag, tagged ? strlen(etag_gzip) : 0);
    if (n_gzip > 0) {
        struct iovec *gz = iov + n_plain;
        gz[0] = (struct iovec){ (void *)(uintptr_t)GZIP_HEAD.ptr, GZIP_HEAD.len };
        for (size_t i = 0; i < n_pieces; i++) {
            struct str s = pieces[i]->deflated;
            gz[1 + i] = (struct iovec){ (void *)(uintptr_t)s.ptr, s.len };
        }
        gzip_tail(&sum, set->gzip_tail);
        gz[1 + n_pieces] = (struct iovec){ set->gzip_tail, GZIP_TAIL_BYTES };
        set->gzip.parts = gz;
        set->gzip.n_parts = n_gzip;
        set->gzip.body_len = packed_len;
    }
    buf_done(&heads);
    *ret = set;
    return ANSWER_BUILT;
}
