#include "picture/wire.h"

#include "base/clock.h"
#include "base/limits.h"
#include "text/utf8.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

/* ---- bytes ---- */

static void put_number(struct buf *out, uint64_t value) {
    for (unsigned shift = 0; shift < 64; shift += 8) {
        buf_put_char(out, (char)(value >> shift & 0xFF));
    }
}

static void put_str(struct buf *out, struct str s) {
    put_number(out, s.len);
    buf_put(out, s);
}

struct source {
    struct str rest;
    bool bad;
};

/* A number of [least, most]; `least` if there is none. */
static int64_t get(struct source *s, int64_t least, int64_t most) {
    uint64_t value = 0;
    if (s->rest.len < 8) {
        s->bad = true;
        return least;
    }
    for (size_t i = 8; i-- > 0;) {
        value = value << 8 | (unsigned char)s->rest.ptr[i];
    }
    s->rest = str_from(s->rest, 8);
    int64_t number = (int64_t)value;
    if (number < least || number > most) {
        s->bad = true;
        return least;
    }
    return number;
}

static struct str get_str(struct source *s, size_t max) {
    size_t len = (size_t)get(s, 0, (int64_t)max);
    if (len > s->rest.len) {
        s->bad = true;
        return STR("");
    }
    struct str value = str_slice(s->rest, 0, len);
    s->rest = str_from(s->rest, len);
    return value;
}

static bool is_text(struct str s) {
    for (size_t i = 0; i < s.len; i++) {
        if ((unsigned char)s.ptr[i] < ' ' && s.ptr[i] != '\n') {
            return false;
        }
    }
    return utf8_valid(s);
}

static struct str get_text(struct source *s, size_t max) {
    struct str text = get_str(s, max);
    s->bad |= !is_text(text);
    return text;
}

/* ---- messages ---- */

static void put_info(struct buf *out, const struct picture_info *info) {
    put_number(out, (uint64_t)info->format);
    put_number(out, (uint64_t)info->width);
    put_number(out, (uint64_t)info->height);
    put_number(out, (uint64_t)info->frames);
    put_number(out, (uint64_t)info->orientation);
    put_number(out, info->has_alpha);
    put_number(out, info->has_icc);
    put_number(out, info->colour);
    put_str(out, info->placeholder);
    for (size_t i = 0; i < PICTURE_TEXT_END; i++) {
        put_str(out, info->texts.text[i]);
    }
}

static void get_info(struct source *s, struct picture_info *info) {
    info->format = (enum picture_format)get(s, PICTURE_NONE + 1, PICTURE_FORMAT_END - 1);
    info->width = (int)get(s, 1, LIMIT_PICTURE_SIDE);
    info->height = (int)get(s, 1, LIMIT_PICTURE_SIDE);
    info->frames = (int)get(s, 1, LIMIT_PICTURE_FRAMES);
    info->orientation = (int)get(s, 1, 8);
    info->has_alpha = get(s, 0, 1) != 0;
    info->has_icc = get(s, 0, 1) != 0;
    info->colour = (unsigned)get(s, 0, 0xFFFFFF);
    info->placeholder = get_str(s, LIMIT_PICTURE_PLACEHOLDER);
    for (size_t i = 0; i < PICTURE_TEXT_END; i++) {
        info->texts.text[i] = get_text(s, LIMIT_PICTURE_TEXT_BYTES);
    }
}

static void put_rendition(struct buf *out, const struct rendition *r) {
    put_number(out, (uint64_t)r->format);
    put_number(out, (uint64_t)r->width);
    put_number(out, (uint64_t)r->crop.ratio_width);
    put_number(out, (uint64_t)r->crop.ratio_height);
    put_number(out, (uint64_t)r->crop.focal_x_permille);
    put_number(out, (uint64_t)r->crop.focal_y_permille);
    put_number(out, (uint64_t)r->quality);
    put_number(out, r->animate);
}

static void get_rendition(struct source *s, struct rendition *r) {
    r->format = (enum picture_format)get(s, PICTURE_JPEG, PICTURE_AVIF);
    r->width = (int)get(s, 1, LIMIT_RENDITION_WIDTH);
    r->crop.ratio_width = (int)get(s, 0, 1000);
    r->crop.ratio_height = (int)get(s, 0, 1000);
    r->crop.focal_x_permille = (int)get(s, 0, 1000);
    r->crop.focal_y_permille = (int)get(s, 0, 1000);
    r->quality = (int)get(s, 0, 100);
    r->animate = get(s, 0, 1) != 0;
}

static void get_made(struct source *s, struct rendition_made *made) {
    made->width = (int)get(s, 1, LIMIT_RENDITION_WIDTH);
    made->height = (int)get(s, 1, LIMIT_RENDITION_HEIGHT);
    made->frames = (int)get(s, 1, LIMIT_PICTURE_FRAMES);
    made->bytes = (size_t)get(s, 1, LIMIT_RENDITION_BYTES);
}

void wire_put(struct buf *out, const struct wire_message *m) {
    put_number(out, WIRE_VERSION);
    put_number(out, (uint64_t)m->kind);
    switch (m->kind) {
    case WIRE_READY:
    case WIRE_PROBE: break;
    case WIRE_OPEN:
        put_number(out, (uint64_t)m->bytes);
        put_str(out, m->claim);
        break;
    case WIRE_MAKE: put_rendition(out, &m->rendition); break;
    case WIRE_INFO: put_info(out, &m->info); break;
    case WIRE_MADE:
        put_number(out, (uint64_t)m->made.width);
        put_number(out, (uint64_t)m->made.height);
        put_number(out, (uint64_t)m->made.frames);
        put_number(out, m->made.bytes);
        break;
    case WIRE_REFUSED:
        put_number(out, (uint64_t)m->status);
        put_str(out, m->reason);
        break;
    }
}

bool wire_get(struct str bytes, struct wire_message *ret) {
    struct source s = { bytes, false };
    struct wire_message m = { 0 };
    (void)get(&s, WIRE_VERSION, WIRE_VERSION);
    m.kind = (enum wire_kind)get(&s, WIRE_READY, WIRE_REFUSED);
    switch (m.kind) {
    case WIRE_READY:
    case WIRE_PROBE: break;
    case WIRE_OPEN:
        m.bytes = get(&s, 1, LIMIT_PICTURE_BYTES);
        m.claim = get_str(&s, LIMIT_PATH_BYTES);
        break;
    case WIRE_MAKE: get_rendition(&s, &m.rendition); break;
    case WIRE_INFO: get_info(&s, &m.info); break;
    case WIRE_MADE: get_made(&s, &m.made); break;
    case WIRE_REFUSED:
        m.status = (enum status)get(&s, STATUS_OK + 1, STATUS_INTERRUPTED);
        m.reason = get_text(&s, ERR_MESSAGE_MAX);
        break;
    }
    if (s.bad || s.rest.len > 0) {
        return false;
    }
    *ret = m;
    return true;
}

/* ---- the socket ---- */

bool wire_send(int sock, const struct wire_message *m, int fd) {
    union {
        char bytes[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
    } control;
    struct buf bytes;
    buf_init(&bytes, LIMIT_PICTURE_MESSAGE_BYTES);
    wire_put(&bytes, m);
    struct iovec part = { bytes.ptr, bytes.len };
    struct msghdr head = { .msg_iov = &part, .msg_iovlen = 1 };
    if (fd >= 0) {
        memset(&control, 0, sizeof control);
        head.msg_control = control.bytes;
        head.msg_controllen = sizeof control.bytes;
        struct cmsghdr *c = CMSG_FIRSTHDR(&head);
        c->cmsg_level = SOL_SOCKET;
        c->cmsg_type = SCM_RIGHTS;
        c->cmsg_len = CMSG_LEN(sizeof(int));
        memcpy(CMSG_DATA(c), &fd, sizeof fd);
    }
    ssize_t sent = -1;
    if (bytes.status == STATUS_OK) {
        do {
            sent = sendmsg(sock, &head, MSG_NOSIGNAL);
        } while (sent < 0 && errno == EINTR);
    }
    buf_done(&bytes);
    return sent >= 0;
}

/* The first descriptor of the message's control data; more of them are closed. */
static int take_descriptor(struct msghdr *head) {
    int taken = -1;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(head); c != NULL; c = CMSG_NXTHDR(head, c)) {
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS) {
            continue;
        }
        for (size_t at = 0; CMSG_LEN(at + sizeof(int)) <= c->cmsg_len; at += sizeof(int)) {
            int fd;
            memcpy(&fd, CMSG_DATA(c) + at, sizeof fd);
            if (taken < 0) {
                taken = fd;
            } else {
                close(fd);
            }
        }
    }
    return taken;
}

static enum status wait_for(int sock, int64_t deadline_us) {
    while (deadline_us != 0) {
        int64_t left_us = deadline_us - clock_mono_us();
        if (left_us <= 0) {
            return STATUS_BUSY;
        }
        struct pollfd poll_for = { .fd = sock, .events = POLLIN };
        int n = poll(&poll_for, 1, (int)((left_us + 999) / 1000));
        if (n > 0) {
            break;
        }
        if (n < 0 && errno != EINTR) {
            return STATUS_INTERRUPTED;
        }
    }
    return STATUS_OK;
}

enum status wire_receive(int sock, int64_t deadline_us, struct buf *bytes, struct wire_message *ret,
                         int *ret_fd) {
    union {
        char bytes[CMSG_SPACE(4 * sizeof(int))];
        struct cmsghdr align;
    } control;
    buf_reset(bytes);
    char *room = buf_reserve(bytes, LIMIT_PICTURE_MESSAGE_BYTES);
    if (room == NULL) {
        return STATUS_NO_MEMORY;
    }
    enum status status = wait_for(sock, deadline_us);
    if (status != STATUS_OK) {
        return status;
    }
    struct iovec part = { room, LIMIT_PICTURE_MESSAGE_BYTES };
    /* Without room for them, descriptors that nobody wants are closed by the kernel. */
    struct msghdr head = { .msg_iov = &part,
                           .msg_iovlen = 1,
                           .msg_control = ret_fd != NULL ? control.bytes : NULL,
                           .msg_controllen = ret_fd != NULL ? sizeof control.bytes : 0 };
    ssize_t n;
    do {
        n = recvmsg(sock, &head, MSG_CMSG_CLOEXEC);
    } while (n < 0 && errno == EINTR);
    if (n <= 0) {
        return STATUS_INTERRUPTED;
    }
    int fd = ret_fd != NULL ? take_descriptor(&head) : -1;
    bytes->len = (size_t)n;
    if ((head.msg_flags & MSG_TRUNC) != 0 || !wire_get(buf_str(bytes), ret)) {
        if (fd >= 0) {
            close(fd);
        }
        return STATUS_INVALID;
    }
    if (ret_fd != NULL) {
        *ret_fd = fd;
    }
    return STATUS_OK;
}
