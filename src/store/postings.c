/* Each word is a record in an array, found by its hash. What stands where of it is a chain of
 * chunks in the pool, each twice as large as the one before it: most words stand in one document,
 * few in nearly all. While a document is open, its words have lists of places instead, since how
 * long a list is stands before it. */
#include "store/postings.h"

#include "base/hash.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum {
    WORD_MAX_BYTES = 32768, /* FTS5_MAX_TOKEN_SIZE: the rest is cut off */
    FIRST_CHUNK_BYTES = 8,
    CHUNKS_GROW = 7, /* so many times */
    LIST_MAX_BYTES = 256 << 20,
    COLUMN_CHANGES = 1, /* in a list, before the number of a column */
    PLACE_BASE = 2,     /* added to the distance between two places */
    SORT_SHIFT = 48,    /* of a prefix: two bytes are left */
    SORT_PLACES = 1 << 16,
    INSERT_MAX = 24, /* to be sorted by inserting */
};

struct posting_word {
    uint32_t text, text_len;
    uint32_t first_chunk, chunk, n_chunks;
    uint32_t bytes;                   /* in all chunks */
    uint32_t last_doc;                /* number + 1; 0: none */
    uint32_t first_place, last_place; /* in the open document, + 1; 0: none */
    int32_t docs, in_first;
};

struct posting_place {
    uint32_t next, position;
    int column;
};

struct posting_slot {
    uint32_t hash, number; /* of the word, from 1; 0: free */
};

struct posting_key {
    uint64_t prefix; /* its first bytes, to be compared as one number */
    uint32_t word;
};

/* ---- numbers ---- */

size_t number_write(unsigned char *out, uint64_t value) {
    unsigned char bytes[NUMBER_MAX_BYTES];
    size_t n = 0;
    if (value >> 56 != 0) {
        out[8] = (unsigned char)value;
        value >>= 8;
        for (size_t i = 8; i > 0; i--, value >>= 7) {
            out[i - 1] = (unsigned char)((value & 0x7f) | 0x80);
        }
        return NUMBER_MAX_BYTES;
    }
    do {
        bytes[n] = (unsigned char)((value & 0x7f) | (n > 0 ? 0x80 : 0));
        n++;
        value >>= 7;
    } while (value != 0);
    for (size_t i = 0; i < n; i++) {
        out[i] = bytes[n - 1 - i];
    }
    return n;
}

bool number_take(struct str *s, uint64_t *ret) {
    uint64_t value = 0;
    for (size_t i = 0; i < NUMBER_MAX_BYTES && i < s->len; i++) {
        unsigned char byte = (unsigned char)s->ptr[i];
        value = i == 8 ? value << 8 | byte : value << 7 | (byte & 0x7f);
        if (i == 8 || byte < 0x80) {
            *s = str_from(*s, i + 1);
            *ret = value;
            return true;
        }
    }
    return false;
}

/* ---- memory ---- */

void postings_init(struct postings *p) {
    *p = (struct postings){ 0 };
    buf_init(&p->list, LIST_MAX_BYTES);
}

void postings_done(struct postings *p) {
    if (p != NULL) {
        free(p->words);
        free(p->slots);
        free(p->pool);
        free(p->docs);
        free(p->places);
        free(p->touched);
        buf_done(&p->list);
        *p = (struct postings){ 0 };
    }
}

/* Room for `more` behind the `len` that are there. */
static void *grow(void *ptr, size_t len, size_t more, size_t *cap, size_t size) {
    if (len + more > *cap) {
        size_t wanted = *cap * 2 > len + more ? *cap * 2 : len + more;
        *cap = wanted > 64 ? wanted : 64;
        ptr = realloc(ptr, *cap * size);
        check(ptr != NULL);
    }
    return ptr;
}

/* Where `n` bytes are free in the pool, which may move. 0: it is full. */
static uint32_t take_bytes(struct postings *p, size_t n) {
    if (p->pool_len + n > UINT32_MAX) {
        p->status = p->status == STATUS_OK ? STATUS_TOO_LARGE : p->status;
        return 0;
    }
    size_t at = p->pool_len > 0 ? p->pool_len : 1;
    p->pool = grow(p->pool, at, n, &p->pool_cap, 1);
    p->pool_len = at + n;
    return (uint32_t)at;
}

/* ---- words ---- */

static struct posting_slot *find_slot(const struct postings *p, uint32_t hash, struct str text) {
    for (size_t at = hash & (p->slots_cap - 1);; at = (at + 1) & (p->slots_cap - 1)) {
        struct posting_slot *slot = &p->slots[at];
        if (slot->number == 0) {
            return slot;
        }
        if (slot->hash == hash) {
            const struct posting_word *w = &p->words[slot->number - 1];
            if (w->text_len == text.len && memcmp(p->pool + w->text, text.ptr, text.len) == 0) {
                return slot;
            }
        }
    }
}

static void widen_slots(struct postings *p) {
    size_t cap = p->slots_cap > 0 ? p->slots_cap * 2 : 4096;
    struct posting_slot *slots = calloc(cap, sizeof *slots);
    check(slots != NULL);
    for (size_t i = 0; i < p->slots_cap; i++) {
        if (p->slots[i].number != 0) {
            size_t at = p->slots[i].hash & (cap - 1);
            while (slots[at].number != 0) {
                at = (at + 1) & (cap - 1);
            }
            slots[at] = p->slots[i];
        }
    }
    free(p->slots);
    p->slots = slots;
    p->slots_cap = cap;
}

/* Its number; it is new, if need be. */
static uint32_t word_number(struct postings *p, struct str text) {
    uint32_t hash = (uint32_t)hash_table(text);
    if (p->n_words * 3 >= p->slots_cap * 2) {
        widen_slots(p);
    }
    struct posting_slot *slot = find_slot(p, hash, text);
    if (slot->number != 0) {
        return slot->number - 1;
    }
    p->words = grow(p->words, p->n_words, 1, &p->words_cap, sizeof *p->words);
    uint32_t begin = take_bytes(p, text.len);
    if (begin != 0) {
        memcpy(p->pool + begin, text.ptr, text.len);
    }
    p->words[p->n_words] =
        (struct posting_word){ .text = begin, .text_len = begin != 0 ? (uint32_t)text.len : 0 };
    *slot = (struct posting_slot){ hash, (uint32_t)++p->n_words };
    return slot->number - 1;
}

/* ---- what stands where ---- */

static size_t chunk_bytes(uint32_t n) {
    return (size_t)FIRST_CHUNK_BYTES << (n < CHUNKS_GROW ? n : CHUNKS_GROW);
}

/* How much the first n chunks hold. */
static size_t chunks_bytes(uint32_t n) {
    uint32_t growing = n < CHUNKS_GROW ? n : CHUNKS_GROW;
    return (size_t)FIRST_CHUNK_BYTES * ((1U << growing) - 1) +
           (n - growing) * chunk_bytes(CHUNKS_GROW);
}

/* A chunk begins with the number of the next one. */
static void append(struct postings *p, uint32_t number, const unsigned char *bytes, size_t n) {
    struct posting_word *w = &p->words[number];
    while (n > 0) {
        size_t end = chunks_bytes(w->n_chunks), size = chunk_bytes(w->n_chunks);
        if (w->bytes == end) {
            uint32_t next = take_bytes(p, sizeof next + size), none = 0;
            if (next == 0) {
                return;
            }
            memcpy(p->pool + next, &none, sizeof none);
            if (w->n_chunks == 0) {
                w->first_chunk = next;
            } else {
                memcpy(p->pool + w->chunk, &next, sizeof next);
            }
            w->chunk = next;
            w->n_chunks++;
            end += size;
        }
        size_t free_bytes = end - w->bytes, part = n < free_bytes ? n : free_bytes;
        size_t used = chunk_bytes(w->n_chunks - 1) - free_bytes;
        memcpy(p->pool + w->chunk + sizeof w->chunk + used, bytes, part);
        w->bytes += (uint32_t)part;
        bytes += part;
        n -= part;
    }
}

/* ---- documents ---- */

void postings_begin(struct postings *p, int64_t doc) {
    check(p->n_docs == 0 || p->docs[p->n_docs - 1] < doc);
    p->docs = grow(p->docs, p->n_docs, 1, &p->docs_cap, sizeof *p->docs);
    p->docs[p->n_docs++] = doc;
    p->n_places = p->n_touched = 0;
}

static void put_token(struct postings *p, int column, uint32_t position, struct str token) {
    uint32_t number = word_number(p, str_slice(token, 0, WORD_MAX_BYTES));
    struct posting_word *w = &p->words[number];
    p->places = grow(p->places, p->n_places, 1, &p->places_cap, sizeof *p->places);
    p->places[p->n_places++] = (struct posting_place){ .position = position, .column = column };
    if (w->first_place == 0) {
        w->first_place = (uint32_t)p->n_places;
        p->touched = grow(p->touched, p->n_touched, 1, &p->touched_cap, sizeof *p->touched);
        p->touched[p->n_touched++] = number;
    } else {
        p->places[w->last_place - 1].next = (uint32_t)p->n_places;
    }
    w->last_place = (uint32_t)p->n_places;
}

void postings_put(struct postings *p, int column, struct str tokens) {
    uint32_t position = 0;
    struct str token;
    check(column >= 0 && column < POSTING_COLUMNS_MAX);
    while (str_split(&tokens, ' ', &token)) {
        if (token.len > 0) {
            put_token(p, column, position++, token);
        }
    }
    p->tokens[column] += position;
}

/* The list of a word in the open document. */
static void put_places(struct postings *p, const struct posting_word *w) {
    uint32_t position = 0;
    int column = 0;
    buf_reset(&p->list);
    for (uint32_t at = w->first_place; at != 0; at = p->places[at - 1].next) {
        const struct posting_place *place = &p->places[at - 1];
        unsigned char bytes[3 * NUMBER_MAX_BYTES];
        size_t n = 0;
        if (place->column != column) {
            column = place->column;
            position = 0;
            bytes[n++] = COLUMN_CHANGES;
            n += number_write(bytes + n, (uint64_t)column);
        }
        n += number_write(bytes + n, (uint64_t)(place->position - position) + PLACE_BASE);
        position = place->position;
        buf_put(&p->list, str_make((const char *)bytes, n));
    }
    if (p->list.status != STATUS_OK && p->status == STATUS_OK) {
        p->status = p->list.status;
    }
}

void postings_end(struct postings *p, int counted_columns) {
    uint32_t doc = (uint32_t)p->n_docs;
    for (size_t i = 0; i < p->n_touched; i++) {
        uint32_t number = p->touched[i];
        struct posting_word *w = &p->words[number];
        int column = p->places[w->first_place - 1].column;
        w->docs += column < counted_columns;
        w->in_first += column == 0 && counted_columns > 0;
        put_places(p, w);
        w->first_place = w->last_place = 0;
        unsigned char head[2 * NUMBER_MAX_BYTES];
        size_t n = number_write(head, doc - w->last_doc);
        n += number_write(head + n, p->list.len);
        w->last_doc = doc;
        append(p, number, head, n);
        append(p, number, (const unsigned char *)p->list.ptr, p->list.len);
    }
    p->n_touched = p->n_places = 0;
}

void postings_count(struct postings *p, struct str word, int64_t docs, int64_t in_first) {
    uint32_t number = word_number(p, word); /* may move the words */
    struct posting_word *w = &p->words[number];
    w->docs += (int32_t)docs;
    w->in_first += (int32_t)in_first;
}

/* ---- runs ---- */

/* What a word begins with in a run; behind it come the word and the list. */
struct posting_head {
    uint32_t word_len, list_len;
    int32_t docs, in_first;
};

static struct str text_of(const struct postings *p, const struct posting_word *w) {
    return str_make((const char *)p->pool + w->text, w->text_len);
}

uint64_t posting_prefix(struct str word) {
    unsigned char bytes[8] = { 0 };
    uint64_t prefix;
    memcpy(bytes, word.ptr, word.len < sizeof bytes ? word.len : sizeof bytes);
    memcpy(&prefix, bytes, sizeof prefix);
    return be64toh(prefix);
}

static int key_cmp(const struct postings *p, const struct posting_key *a,
                   const struct posting_key *b) {
    if (a->prefix != b->prefix) {
        return a->prefix < b->prefix ? -1 : 1;
    }
    return str_cmp(text_of(p, &p->words[a->word]), text_of(p, &p->words[b->word]));
}

static int by_word(const void *x, const void *y, void *ctx) {
    return key_cmp(ctx, x, y);
}

/* A few that are in one place of SORT_PLACES. */
static void sort_few(struct postings *p, struct posting_key *keys, size_t n) {
    if (n > INSERT_MAX) {
        qsort_r(keys, n, sizeof *keys, by_word, p);
        return;
    }
    for (size_t i = 1; i < n; i++) {
        struct posting_key key = keys[i];
        size_t at = i;
        for (; at > 0 && key_cmp(p, &key, &keys[at - 1]) < 0; at--) {
            keys[at] = keys[at - 1];
        }
        keys[at] = key;
    }
}

/* Dealt out by their first two bytes, then each heap by itself. */
static struct posting_key *sort_words(struct postings *p) {
    struct posting_key *sorted = calloc(p->n_words + 1, sizeof *sorted);
    uint32_t *ends = calloc(SORT_PLACES, sizeof *ends);
    check(sorted != NULL && ends != NULL);
    for (size_t i = 0; i < p->n_words; i++) {
        ends[posting_prefix(text_of(p, &p->words[i])) >> SORT_SHIFT]++;
    }
    uint32_t begin = 0;
    for (size_t i = 0; i < SORT_PLACES; i++) {
        uint32_t n = ends[i];
        ends[i] = begin;
        begin += n;
    }
    for (size_t i = 0; i < p->n_words; i++) {
        uint64_t prefix = posting_prefix(text_of(p, &p->words[i]));
        sorted[ends[prefix >> SORT_SHIFT]++] = (struct posting_key){ prefix, (uint32_t)i };
    }
    begin = 0;
    for (size_t i = 0; i < SORT_PLACES; i++) {
        sort_few(p, sorted + begin, ends[i] - begin);
        begin = ends[i];
    }
    free(ends);
    return sorted;
}

static char *write_list(const struct postings *p, const struct posting_word *w, char *out) {
    size_t left = w->bytes;
    uint32_t chunk = w->first_chunk;
    for (uint32_t n = 0; left > 0; n++) {
        size_t size = chunk_bytes(n), part = left < size ? left : size;
        memcpy(out, p->pool + chunk + sizeof chunk, part);
        memcpy(&chunk, p->pool + chunk, sizeof chunk);
        out += part;
        left -= part;
    }
    return out;
}

static void write_run(const struct postings *p, const struct posting_key *sorted,
                      struct posting_run *run) {
    for (size_t i = 0; i < p->n_words; i++) {
        const struct posting_word *w = &p->words[i];
        run->len += sizeof(struct posting_head) + w->text_len + w->bytes;
    }
    /* Mapped, not allocated: it is freed on another thread, and then given back at once. */
    char *at = run->bytes =
        mmap(NULL, run->len + 1, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    check(at != MAP_FAILED);
    for (size_t i = 0; i < p->n_words; i++) {
        const struct posting_word *w = &p->words[sorted[i].word];
        struct posting_head head = { w->text_len, w->bytes, w->docs, w->in_first };
        memcpy(at, &head, sizeof head);
        at += sizeof head;
        memcpy(at, p->pool + w->text, w->text_len);
        at = write_list(p, w, at + w->text_len);
    }
}

enum status postings_take(struct postings *p, struct posting_run *ret, struct err *err) {
    *ret = (struct posting_run){ 0 };
    enum status status = p->status;
    if (status == STATUS_OK) {
        struct posting_key *sorted = sort_words(p);
        write_run(p, sorted, ret);
        free(sorted);
        ret->docs = p->docs;
        ret->n_docs = p->n_docs;
        memcpy(ret->tokens, p->tokens, sizeof ret->tokens);
        p->docs = NULL;
    }
    postings_done(p);
    return status == STATUS_OK
               ? status
               : err_set(err, status, "a story's text is too long for the search index");
}

void posting_run_done(struct posting_run *r) {
    if (r->bytes != NULL) {
        munmap(r->bytes, r->len + 1);
    }
    free(r->docs);
    *r = (struct posting_run){ 0 };
}

bool posting_next(struct str *rest, struct posting *ret) {
    struct posting_head head;
    if (rest->len == 0) {
        return false;
    }
    memcpy(&head, rest->ptr, sizeof head);
    *ret = (struct posting){
        .word = str_make(rest->ptr + sizeof head, head.word_len),
        .list = str_make(rest->ptr + sizeof head + head.word_len, head.list_len),
        .docs = head.docs,
        .in_first = head.in_first,
    };
    *rest = str_from(*rest, sizeof head + head.word_len + head.list_len);
    return true;
}
