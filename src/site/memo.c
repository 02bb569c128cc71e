/* A table of pointers to entries, each one block of memory that holds all that it points to. A slot
 * is filled once, by whoever exchanges its NULL first; who comes second gives his own up. */
#include "site/memo.h"

#include "base/hash.h"
#include "store/store.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum {
    SLOTS = 1 << 18,
    TRIES = 16,                /* slots in a row */
    CARDS = -1,                /* beside the kinds of links */
    ROUND = _Alignof(int64_t), /* of all that is packed */
    SIZE_CARD = 160,
    SIZE_IMAGE = 128,
    SIZE_LINK = 56,
    SIZE_MEDIA = 352,
};

struct entry {
    int kind;
    int64_t id, words;
    struct list keys; /* str */
    union {
        struct view_card card;
        struct view_link link;
    };
};

struct site_memo {
    size_t max_bytes;
    _Atomic size_t bytes;
    struct entry *_Atomic slots[SLOTS];
};

struct site_memo *site_memo_new(size_t max_bytes) {
    struct site_memo *memo = calloc(1, sizeof *memo);
    check(memo != NULL);
    memo->max_bytes = max_bytes;
    return memo;
}

void site_memo_free(struct site_memo *memo) {
    for (size_t i = 0; memo != NULL && i < SLOTS; i++) {
        free(atomic_load_explicit(&memo->slots[i], memory_order_relaxed));
    }
    free(memo);
}

/* ---- packing ---- */

/* Who gives one of them another field has to pack it here, if it points to anything. */
_Static_assert(sizeof(void *) != 8 ||
                   (sizeof(struct view_card) == SIZE_CARD &&
                    sizeof(struct view_image) == SIZE_IMAGE &&
                    sizeof(struct view_link) == SIZE_LINK && sizeof(struct media) == SIZE_MEDIA),
               "all that is kept of a card is packed");

/* Gone through twice: without a place it measures. */
struct packer {
    char *at; /* NULL: only measure */
    size_t len;
};

static void *pack(struct packer *p, const void *bytes, size_t len) {
    char *to = p->at != NULL ? p->at + p->len : NULL;
    if (to != NULL && len > 0) {
        memcpy(to, bytes, len);
    }
    p->len += (len + ROUND - 1) / ROUND * ROUND;
    return to;
}

static void pack_str(struct packer *p, struct str *s) {
    s->ptr = s->ptr != NULL ? pack(p, s->ptr, s->len) : NULL;
}

static void pack_link(struct packer *p, struct view_link *link) {
    pack_str(p, &link->href);
    pack_str(p, &link->label);
    pack_str(p, &link->after);
}

static const struct media *pack_media(struct packer *p, const struct media *from) {
    struct media media = *from;
    struct str *texts[] = { &media.file,    &media.hash,        &media.path,   &media.remote_url,
                            &media.mime,    &media.placeholder, &media.title,  &media.alt,
                            &media.caption, &media.credit,      &media.byline, &media.licence,
                            &media.source,  &media.usage,       &media.taken,  &media.place,
                            &media.people };
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        pack_str(p, texts[i]);
    }
    return pack(p, &media, sizeof media);
}

static const struct view_image *pack_image(struct packer *p, const struct view_image *from) {
    struct view_image image = *from;
    struct str *texts[] = { &image.src,    &image.alt,     &image.caption,
                            &image.credit, &image.licence, &image.mime };
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        pack_str(p, texts[i]);
    }
    image.media = image.media != NULL ? pack_media(p, image.media) : NULL;
    return pack(p, &image, sizeof image);
}

static void pack_card(struct packer *p, struct view_card *card) {
    struct str *texts[] = { &card->href,      &card->headline, &card->standfirst, &card->excerpt,
                            &card->direction, &card->at,       &card->date };
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        pack_str(p, texts[i]);
    }
    card->image = card->image != NULL ? pack_image(p, card->image) : NULL;
    if (card->section != NULL) {
        struct view_link section = *card->section;
        pack_link(p, &section);
        card->section = pack(p, &section, sizeof section);
    }
    const struct view_link *from = card->authors.items;
    struct view_link *authors = pack(p, from, card->authors.len * sizeof *from);
    for (size_t i = 0; i < card->authors.len; i++) {
        struct view_link author = from[i];
        pack_link(p, &author);
        if (authors != NULL) {
            authors[i] = author;
        }
    }
    card->authors.items = authors;
}

static struct list pack_keys(struct packer *p, const struct keys *keys) {
    size_t n = keys->list.len;
    struct str *kept = pack(p, keys->list.ptr, n * sizeof *kept);
    for (size_t i = 0; i < n; i++) {
        struct str key = keys->list.ptr[i];
        pack_str(p, &key);
        if (kept != NULL) {
            kept[i] = key;
        }
    }
    return (struct list){ kept, n };
}

static void pack_all(struct packer *p, const struct entry *from, const struct keys *keys) {
    struct entry entry = *from;
    struct entry *to = pack(p, &entry, sizeof entry);
    entry.keys = pack_keys(p, keys);
    if (entry.kind == CARDS) {
        pack_card(p, &entry.card);
    } else {
        pack_link(p, &entry.link);
    }
    if (to != NULL) {
        *to = entry;
    }
}

/* ---- the table ---- */

static size_t slot_of(int kind, int64_t id, int64_t words) {
    uint64_t hash = hash_mix(hash_mix((uint64_t)kind, (uint64_t)id), (uint64_t)words);
    return (size_t)(hash >> 32) % SLOTS;
}

static const struct entry *find(struct site_memo *memo, int kind, int64_t id, int64_t words,
                                struct keys *keys) {
    size_t at = slot_of(kind, id, words);
    for (size_t i = 0; i < TRIES; i++) {
        const struct entry *e =
            atomic_load_explicit(&memo->slots[(at + i) % SLOTS], memory_order_acquire);
        if (e == NULL) {
            return NULL;
        }
        if (e->id == id && e->kind == kind && e->words == words) {
            const struct str *noted = e->keys.items;
            for (size_t k = 0; k < e->keys.len; k++) {
                keys_note(keys, noted[k]);
            }
            return e;
        }
    }
    return NULL;
}

static void put(struct site_memo *memo, const struct entry *entry, const struct keys *keys) {
    struct packer p = { 0 };
    pack_all(&p, entry, keys);
    if (atomic_fetch_add(&memo->bytes, p.len) + p.len > memo->max_bytes) {
        atomic_fetch_sub(&memo->bytes, p.len);
        return;
    }
    p = (struct packer){ .at = malloc(p.len) };
    check(p.at != NULL);
    pack_all(&p, entry, keys);
    struct entry *made = (struct entry *)(void *)p.at;
    size_t at = slot_of(entry->kind, entry->id, entry->words);
    for (size_t i = 0; i < TRIES; i++) {
        struct entry *there = NULL;
        if (atomic_compare_exchange_strong(&memo->slots[(at + i) % SLOTS], &there, made)) {
            return;
        }
        if (there->id == made->id && there->kind == made->kind && there->words == made->words) {
            break;
        }
    }
    atomic_fetch_sub(&memo->bytes, p.len);
    free(made);
}

bool memo_card(struct site_memo *memo, int64_t id, int64_t words, struct keys *keys,
               struct view_card *ret) {
    const struct entry *e = find(memo, CARDS, id, words, keys);
    if (e != NULL) {
        *ret = e->card;
    }
    return e != NULL;
}

void memo_card_put(struct site_memo *memo, int64_t id, int64_t words, const struct keys *keys,
                   const struct view_card *card) {
    put(memo, &(struct entry){ .kind = CARDS, .id = id, .words = words, .card = *card }, keys);
}

bool memo_link(struct site_memo *memo, int kind, int64_t id, struct keys *keys,
               struct view_link *ret) {
    const struct entry *e = find(memo, kind, id, 0, keys);
    if (e != NULL) {
        *ret = e->link;
    }
    return e != NULL;
}

void memo_link_put(struct site_memo *memo, int kind, int64_t id, const struct keys *keys,
                   const struct view_link *link) {
    put(memo, &(struct entry){ .kind = kind, .id = id, .link = *link }, keys);
}
