#include "tests/h2_client.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

enum { FRAME_HEAD_BYTES = 9 };

static void put_u32(char *to, uint32_t n) {
    for (int i = 0; i < 4; i++) {
        to[i] = (char)(n >> (24 - 8 * i));
    }
}

static uint32_t get_u32(const char *from) {
    uint32_t n = 0;
    for (int i = 0; i < 4; i++) {
        n = n << 8 | (unsigned char)from[i];
    }
    return n;
}

void h2_client_frame(struct h2_client *c, int type, int flags, int32_t stream, struct str payload) {
    struct buf frame;
    char head[FRAME_HEAD_BYTES];
    put_u32(head, (uint32_t)payload.len << 8 | (uint32_t)type);
    head[4] = (char)flags;
    put_u32(head + 5, (uint32_t)stream);
    buf_init(&frame, 1 * MIB);
    buf_put(&frame, str_make(head, sizeof head));
    buf_put(&frame, payload);
    client_send(&c->c, buf_str(&frame));
    buf_done(&frame);
}

void h2_client_number(struct h2_client *c, int type, int32_t stream, uint32_t number) {
    char bytes[4];
    put_u32(bytes, number);
    h2_client_frame(c, type, 0, stream, str_make(bytes, sizeof bytes));
}

static void put_length(struct buf *block, size_t n) {
    if (n < 127) {
        buf_put_char(block, (char)n);
        return;
    }
    buf_put_char(block, 127);
    for (n -= 127; n >= 128; n /= 128) {
        buf_put_char(block, (char)(128 | n % 128));
    }
    buf_put_char(block, (char)n);
}

void h2_client_put(struct buf *block, struct str name, struct str value) {
    buf_put_char(block, 0); /* literal, not to be indexed (RFC 7541, 6.2.2) */
    put_length(block, name.len);
    buf_put(block, name);
    put_length(block, value.len);
    buf_put(block, value);
}

void h2_client_request(struct h2_client *c, int32_t stream, const char *fields, bool ends) {
    struct buf block;
    struct str rest = str_of(fields), line;
    buf_init(&block, 64 * KIB);
    while (str_split(&rest, '\n', &line)) {
        size_t colon = str_find_char(line, ':', 1);
        if (colon != STR_NPOS) {
            h2_client_put(&block, str_slice(line, 0, colon), str_from(line, colon + 2));
        }
    }
    h2_client_frame(c, NGHTTP2_HEADERS,
                    NGHTTP2_FLAG_END_HEADERS | (ends ? NGHTTP2_FLAG_END_STREAM : 0), stream,
                    buf_str(&block));
    buf_done(&block);
}

void h2_client_get(struct h2_client *c, int32_t stream, const char *path) {
    struct buf fields;
    buf_init(&fields, 64 * KIB);
    buf_printf(&fields, ":method: GET\n:scheme: http\n:authority: a\n:path: %s\n", path);
    buf_put_char(&fields, '\0');
    h2_client_request(c, stream, fields.ptr, true);
    buf_done(&fields);
}

void h2_client_open(struct h2_client *c, int port, uint32_t window, int rcvbuf_bytes) {
    char settings[6] = { 0, NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE };
    *c = (struct h2_client){ .goaway = H2_OPEN };
    int one = 1;
    client_open(&c->c, port, rcvbuf_bytes);
    (void)setsockopt(c->c.fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    check(nghttp2_hd_inflate_new(&c->inflater) == 0);
    client_send(&c->c, STR("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));
    put_u32(settings + 2, window);
    h2_client_frame(c, NGHTTP2_SETTINGS, 0, 0,
                    str_make(settings, window > 0 ? sizeof settings : 0));
}

void h2_client_close(struct h2_client *c) {
    client_close(&c->c);
    nghttp2_hd_inflate_del(c->inflater);
}

static bool receive(struct h2_client *c, size_t need) {
    while (c->c.in.len < need) {
        char *at = buf_reserve(&c->c.in, 64 * KIB);
        check(at != NULL);
        ssize_t n = recv(c->c.fd, at, 64 * KIB, 0);
        if (n <= 0) {
            return false;
        }
        c->c.in.len += (size_t)n;
    }
    return true;
}

static void react(struct h2_client *c, const struct h2_frame *f) {
    bool acks = (f->flags & NGHTTP2_FLAG_ACK) != 0;
    if (f->type == NGHTTP2_SETTINGS && !acks) {
        h2_client_frame(c, NGHTTP2_SETTINGS, NGHTTP2_FLAG_ACK, 0, STR(""));
    } else if (f->type == NGHTTP2_PING && !acks) {
        h2_client_frame(c, NGHTTP2_PING, NGHTTP2_FLAG_ACK, 0, f->payload);
    } else if (f->type == NGHTTP2_GOAWAY && f->payload.len >= 8) {
        c->goaway = (long)get_u32(f->payload.ptr + 4);
    } else if (f->type == NGHTTP2_DATA && f->payload.len > 0 && !c->is_stingy) {
        h2_client_number(c, NGHTTP2_WINDOW_UPDATE, 0, (uint32_t)f->payload.len);
        if (!(f->flags & NGHTTP2_FLAG_END_STREAM)) {
            h2_client_number(c, NGHTTP2_WINDOW_UPDATE, f->stream, (uint32_t)f->payload.len);
        }
    }
}

bool h2_client_read(struct h2_client *c, struct h2_frame *ret) {
    static _Thread_local char payload[16 * KIB];
    if (!receive(c, FRAME_HEAD_BYTES)) {
        return false;
    }
    size_t len = get_u32(c->c.in.ptr) >> 8;
    *ret = (struct h2_frame){ .type = c->c.in.ptr[3],
                              .flags = c->c.in.ptr[4],
                              .stream = (int32_t)get_u32(c->c.in.ptr + 5) };
    if (len > sizeof payload || !receive(c, FRAME_HEAD_BYTES + len)) {
        return false;
    }
    memcpy(payload, c->c.in.ptr + FRAME_HEAD_BYTES, len);
    size_t rest = c->c.in.len - FRAME_HEAD_BYTES - len;
    memmove(c->c.in.ptr, c->c.in.ptr + FRAME_HEAD_BYTES + len, rest);
    buf_truncate(&c->c.in, rest);
    ret->payload = str_make(payload, len);
    react(c, ret);
    return true;
}

/* Our server's blocks fit into one frame each. */
static void read_head(struct h2_client *c, struct str block, struct h2_answer *a) {
    for (int flags = 0; !(flags & NGHTTP2_HD_INFLATE_FINAL);) {
        nghttp2_nv field;
        ssize_t n = nghttp2_hd_inflate_hd2(c->inflater, &field, &flags, (const uint8_t *)block.ptr,
                                           block.len, 1);
        check(n >= 0);
        block = str_from(block, (size_t)n);
        if (!(flags & NGHTTP2_HD_INFLATE_EMIT)) {
            continue;
        }
        struct str name = str_make((const char *)field.name, field.namelen);
        struct str value = str_make((const char *)field.value, field.valuelen);
        int64_t status;
        if (a != NULL && str_eq(name, STR(":status")) && str_to_i64(value, &status)) {
            a->status = (int)status;
        }
        if (a != NULL) {
            buf_printf(&a->head, "%.*s: %.*s\n", STR_FMT(name), STR_FMT(value));
        }
    }
    nghttp2_hd_inflate_end_headers(c->inflater);
}

struct h2_answer h2_client_answer(struct h2_client *c, int32_t stream) {
    struct h2_answer a = { .reset = H2_OPEN };
    struct h2_frame f;
    buf_init(&a.head, 64 * KIB);
    buf_init(&a.body, 64 * MIB);
    while (h2_client_read(c, &f)) {
        bool ours = f.stream == stream;
        if (f.type == NGHTTP2_HEADERS) {
            read_head(c, f.payload, ours ? &a : NULL);
        } else if (ours && f.type == NGHTTP2_DATA) {
            buf_put(&a.body, f.payload);
        } else if (ours && f.type == NGHTTP2_RST_STREAM) {
            a.reset = (long)get_u32(f.payload.ptr);
            return a;
        }
        if (ours && (f.flags & NGHTTP2_FLAG_END_STREAM) && f.type <= NGHTTP2_HEADERS) {
            return a;
        }
    }
    a.reset = H2_CUT;
    return a;
}

int h2_client_status(struct h2_client *c, int32_t stream) {
    struct h2_answer a = { 0 };
    struct h2_frame f;
    buf_init(&a.head, 64 * KIB);
    while (a.status == 0 && h2_client_read(c, &f)) {
        if (f.type == NGHTTP2_HEADERS) {
            read_head(c, f.payload, f.stream == stream ? &a : NULL);
        }
    }
    buf_done(&a.head);
    return a.status;
}

void h2_answer_done(struct h2_answer *a) {
    buf_done(&a->head);
    buf_done(&a->body);
}

void h2_client_read_end(struct h2_client *c) {
    struct h2_frame f;
    while (h2_client_read(c, &f)) {
    }
}
