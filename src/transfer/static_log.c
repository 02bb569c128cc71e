#include "transfer/static_log.h"

#include "base/hash.h"
#include "base/limits.h"

#include <errno.h>
#include <string.h>

enum { KEY_MAX_BYTES = 2 * LIMIT_PATH_BYTES };

/* As it stands in the file; the arrays and strings follow: keys, slots, key, text, padding to 8. */
struct head {
    uint32_t size; /* of all of it, head and padding included */
    uint32_t check;
    uint8_t kind, form;
    uint16_t n_slots;
    uint32_t n_keys;
    uint16_t key_len, text_len;
    uint32_t zero;
    int64_t seq;
    uint64_t content;
};

uint32_t static_key_hash(struct str key) {
    return (uint32_t)hash_content(key);
}

static size_t padded(size_t len) {
    return (len + 7) & ~(size_t)7;
}

static uint32_t check_of(const char *record, size_t size) {
    return (uint32_t)hash_content(str_make(record + 8, size - 8));
}

void static_record_put(struct buf *out, const struct static_record *r) {
    check(r->key.len <= KEY_MAX_BYTES && r->text.len <= UINT16_MAX && r->n_slots <= UINT16_MAX &&
          r->n_keys <= LIMIT_STATIC_KEYS);
    size_t len = sizeof(struct head) + (r->n_keys + r->n_slots) * 4 + r->key.len + r->text.len;
    size_t size = padded(len);
    char *at = buf_reserve(out, size);
    if (at == NULL) {
        return;
    }
    memset(at, 0, size);
    struct head head = { .size = (uint32_t)size,
                         .kind = (uint8_t)r->kind,
                         .form = (uint8_t)r->form,
                         .n_slots = (uint16_t)r->n_slots,
                         .n_keys = (uint32_t)r->n_keys,
                         .key_len = (uint16_t)r->key.len,
                         .text_len = (uint16_t)r->text.len,
                         .seq = r->seq,
                         .content = r->content };
    memcpy(at, &head, sizeof head);
    struct {
        const void *ptr;
        size_t len;
    } parts[] = { { r->keys, r->n_keys * 4 },
                  { r->slots, r->n_slots * 4 },
                  { r->key.ptr, r->key.len },
                  { r->text.ptr, r->text.len } };
    char *to = at + sizeof head;
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        if (parts[i].len > 0) {
            memcpy(to, parts[i].ptr, parts[i].len);
            to += parts[i].len;
        }
    }
    head.check = check_of(at, size);
    memcpy(at, &head, sizeof head);
    out->len += size;
}

enum status static_log_open(struct static_log_reader *r, const char *path, struct err *err) {
    *r = (struct static_log_reader){ .file = fopen(path, "rbe") };
    if (r->file == NULL) {
        return err_set(err, errno == ENOENT ? STATUS_NOT_FOUND : STATUS_IO, "cannot open %s: %s",
                       path, strerror(errno));
    }
    (void)setvbuf(r->file, NULL, _IOFBF, 256 * KIB);
    buf_init(&r->payload, LIMIT_STATIC_RECORD_BYTES);
    return STATUS_OK;
}

void static_log_close(struct static_log_reader *r) {
    if (r->file != NULL) {
        fclose(r->file);
        buf_done(&r->payload);
    }
    *r = (struct static_log_reader){ 0 };
}

bool static_log_next(struct static_log_reader *r, struct static_record *ret, uint64_t *ret_offset) {
    struct head head;
    if (fread(&head, 1, sizeof head, r->file) != sizeof head || head.size < sizeof head ||
        head.size > LIMIT_STATIC_RECORD_BYTES || head.n_keys > LIMIT_STATIC_KEYS ||
        head.kind < STATIC_BEGIN || head.kind >= STATIC_KINDS || head.form >= STATIC_FORMS ||
        head.key_len > KEY_MAX_BYTES) {
        return false;
    }
    size_t arrays = ((size_t)head.n_keys + head.n_slots) * 4;
    if (head.size != padded(sizeof head + arrays + head.key_len + head.text_len)) {
        return false;
    }
    buf_reset(&r->payload);
    char *bytes = buf_reserve(&r->payload, head.size);
    if (bytes == NULL) {
        return false;
    }
    memcpy(bytes, &head, sizeof head);
    size_t rest = head.size - sizeof head;
    if (fread(bytes + sizeof head, 1, rest, r->file) != rest ||
        (r->at >= r->checked_to && check_of(bytes, head.size) != head.check)) {
        return false;
    }
    const char *at = bytes + sizeof head;
    const uint32_t *numbers = (const uint32_t *)(const void *)at; /* a heap block's: aligned */
    *ret = (struct static_record){
        .kind = (enum static_kind)head.kind,
        .form = (enum static_form)head.form,
        .seq = head.seq,
        .content = head.content,
        .keys = numbers,
        .n_keys = head.n_keys,
        .slots = numbers + head.n_keys,
        .n_slots = head.n_slots,
        .key = str_make(at + arrays, head.key_len),
        .text = str_make(at + arrays + head.key_len, head.text_len),
    };
    *ret_offset = r->at;
    r->at += head.size;
    return true;
}
