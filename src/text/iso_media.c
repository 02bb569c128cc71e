/* ISO/IEC 14496-12: a file is a row of boxes (length, name, content), some of which hold boxes. The
 * walk goes three levels down and no further: file, moov, trak. */
#include "text/iso_media.h"

enum {
    LEVELS = 3,
    WALKED_MAX = 100000, /* boxes: beyond, it is no video that anybody made */
};

struct walk {
    iso_media_read *read;
    void *ctx;
    size_t n_found;
    int walked;
};

struct box {
    int64_t at, content, end;
    char name[4];
};

static uint64_t big(const char *bytes, size_t n) {
    uint64_t value = 0;
    for (size_t i = 0; i < n; i++) {
        value = value << 8 | (unsigned char)bytes[i];
    }
    return value;
}

/* The box that begins there; false: none, or one that goes beyond its parent. */
static bool box_at(struct walk *w, int64_t at, int64_t end, struct box *ret) {
    char bytes[16];
    if (end - at < 8 || w->walked++ >= WALKED_MAX || !w->read(w->ctx, at, bytes, 8)) {
        return false;
    }
    uint64_t len = big(bytes, 4);
    ret->at = at;
    ret->content = at + 8;
    memcpy(ret->name, bytes + 4, 4);
    if (len == 0) { /* to the end */
        len = (uint64_t)(end - at);
    } else if (len == 1) {
        if (end - at < 16 || !w->read(w->ctx, at, bytes, 16)) {
            return false;
        }
        len = big(bytes + 8, 8);
        ret->content = at + 16;
    }
    if (len < (uint64_t)(ret->content - at) || len > (uint64_t)(end - at)) {
        return false;
    }
    ret->end = at + (int64_t)len;
    return true;
}

static bool is(const struct box *b, const char *name) {
    return memcmp(b->name, name, 4) == 0;
}

/* Does the track hold neither pictures nor sound nor words, but somebody's measurements? Its
 * handler says so: trak/mdia/hdlr. */
static bool is_metadata_track(struct walk *w, const struct box *trak) {
    struct box mdia, hdlr;
    for (int64_t at = trak->content; box_at(w, at, trak->end, &mdia); at = mdia.end) {
        for (int64_t in = mdia.content; is(&mdia, "mdia") && box_at(w, in, mdia.end, &hdlr);
             in = hdlr.end) {
            char kind[4];
            if (is(&hdlr, "hdlr") && hdlr.end - hdlr.content >= 12 &&
                w->read(w->ctx, hdlr.content + 8, kind, 4)) {
                return memcmp(kind, "meta", 4) == 0 || memcmp(kind, "camm", 4) == 0 ||
                       memcmp(kind, "gpmd", 4) == 0;
            }
        }
    }
    return false;
}

static bool is_private(struct walk *w, const struct box *b, int level) {
    return is(b, "udta") || is(b, "meta") || is(b, "uuid") || (level > 0 && is(b, "gps ")) ||
           (level == 1 && is(b, "trak") && is_metadata_track(w, b));
}

size_t iso_media_private(iso_media_read *read, void *ctx, int64_t size_bytes,
                         int64_t ret_at[ISO_MEDIA_BOXES_MAX]) {
    static const char *const holders[LEVELS] = { "moov", "trak", "" };
    struct walk w = { .read = read, .ctx = ctx };
    int64_t at[LEVELS] = { 0 };
    int64_t end[LEVELS] = { size_bytes };
    int level = 0;
    while (level >= 0 && w.n_found < ISO_MEDIA_BOXES_MAX) {
        struct box b;
        if (!box_at(&w, at[level], end[level], &b)) {
            level--;
            continue;
        }
        at[level] = b.end;
        if (is_private(&w, &b, level)) {
            ret_at[w.n_found++] = b.at + 4;
        } else if (level + 1 < LEVELS && is(&b, holders[level])) {
            level++;
            at[level] = b.content;
            end[level] = b.end;
        }
    }
    return w.n_found;
}
