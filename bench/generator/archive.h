/* A news archive that does not exist: any number of stories, each drawn from the seed and its
 * number alone. So it streams in constant memory, any story can be made without those before it,
 * links lead to real addresses of earlier ones, and everybody has the same.
 *
 * 12 years from 2010, seven times as dense at the end as at the beginning; 36 sections in a tree,
 * 5,000 tags, 2,000 authors of whom most write little. 300 to 1,200 words in paragraphs, here and
 * there a heading, a list, a quotation, links to earlier stories, tags and elsewhere. Of the
 * headlines, of 5 to 12 words, one in twenty has common words only, one in six is of a standing
 * format ("The week in ..."), and one in thirty repeats a recent one with a word more. One story in
 * twenty is in a script without spaces. */
#ifndef GENERATOR_ARCHIVE_H
#define GENERATOR_ARCHIVE_H

#include "base/arena.h"
#include "base/buf.h"

enum {
    ARCHIVE_SECTIONS = 36,
    ARCHIVE_TAGS = 5000,
    ARCHIVE_AUTHORS = 2000,
    ARCHIVE_FIRST_YEAR = 2010,
    ARCHIVE_YEARS = 12,
    ARCHIVE_SEED = 20240607, /* unless another is asked for */
    ARCHIVE_STORIES_MAX = 100000000,
    ARCHIVE_STORY_BYTES = 1 << 20, /* more than any story in any form */
};

struct archive {
    uint64_t seed;
    int64_t stories; /* the dates depend on how many there are; the texts do not */
    bool pictures;   /* six stories in ten have one; its file does not exist */
};

struct archive_section {
    const char *name, *slug;
    size_t parent; /* itself: none */
};
struct archive_section archive_section(size_t number);

/* A tag or an author: slug and name. */
struct archive_term {
    struct str slug, name;
};
struct archive_term archive_tag(const struct archive *x, struct arena *a, size_t number);
struct archive_term archive_author(const struct archive *x, struct arena *a, size_t number);

enum block_kind { BLOCK_PARAGRAPH, BLOCK_HEADING, BLOCK_LIST, BLOCK_QUOTE };

struct block {
    enum block_kind kind;
    struct str text; /* plain; a list's items are lines */
    struct str href; /* of the link over text[link_from, link_to); "" for none */
    size_t link_from, link_to;
};

enum { ARCHIVE_BLOCKS_MAX = 64 };

struct archive_story {
    int64_t number;
    int64_t published_us, updated_us;
    struct str headline, standfirst, slug;
    struct str path;                /* "/2019/04/the-slug/" */
    size_t sections[2], n_sections; /* the primary first */
    size_t tags[5], n_tags;
    size_t author;
    struct str picture, picture_alt; /* "/wp-content/uploads/2019/04/the-slug.jpg", or "" */
    struct block blocks[ARCHIVE_BLOCKS_MAX];
    size_t n_blocks;
};

/* Story `number`, from 0; those from x->stories on come after the last one's date. */
void archive_story(const struct archive *x, struct arena *a, int64_t number,
                   struct archive_story *ret);
/* The same, published at another time (and so with another address). */
void archive_story_at(const struct archive *x, struct arena *a, int64_t number, int64_t at_us,
                      struct archive_story *ret);

/* yyyymmdd, UTC. */
int archive_day(int64_t us);

#endif
