#include "render/page.h"

#include "base/limits.h"

void page_own(struct page_build *page, struct str bytes) {
    if (bytes.len > 0) {
        *vec_push(page->arena, &page->parts) = (struct page_part){ .bytes = bytes };
    }
}

void page_slot(struct page_build *page, struct str key, int64_t except_id) {
    *vec_push(page->arena, &page->parts) = (struct page_part){ true, key, except_id };
}

static bool varies(struct ids vary, int64_t id) {
    for (size_t i = 0; i < vary.len; i++) {
        if (vary.ptr[i] == id) {
            return true;
        }
    }
    return false;
}

static enum status put_fragment(const struct render_source *source, void *thread, struct str key,
                                int64_t except_id, struct arena *arena, struct buf *out,
                                struct err *err) {
    struct keys keys;
    keys_init(&keys);
    struct fragment_build f = { .arena = arena, .keys = &keys };
    buf_init(&f.out, LIMIT_RENDER_BYTES);
    enum status status = source->fragment(thread, key, &f, err);
    if (status == STATUS_OK && except_id != 0 && varies(f.vary, except_id)) {
        buf_reset(&f.out);
        keys_reset(&keys);
        key = arena_printf(arena, "%.*s/except:%lld", STR_FMT(key), (long long)except_id);
        status = source->fragment(thread, key, &f, err);
    }
    if (status == STATUS_OK) {
        status = f.out.status;
        buf_put(out, buf_str(&f.out));
    }
    buf_done(&f.out);
    keys_done(&keys);
    return status;
}

enum status page_flatten(const struct render_source *source, void *thread,
                         const struct page_build *page, struct buf *out, struct err *err) {
    struct arena arena = { 0 };
    enum status status = STATUS_OK;
    for (size_t i = 0; status == STATUS_OK && i < page->parts.len; i++) {
        const struct page_part *part = &page->parts.ptr[i];
        if (part->is_slot) {
            status = put_fragment(source, thread, part->bytes, part->except_id, &arena, out, err);
        } else {
            buf_put(out, part->bytes);
        }
    }
    arena_done(&arena);
    return status != STATUS_OK ? status : out->status;
}
