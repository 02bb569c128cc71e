/* A score in the manner of BM25: each option gives its weight (how rare it is) times how often it
 * occurs, with diminishing returns. An occurrence counts by its column. Two things that FTS5's own
 * bm25() does are left out, because they cost more than all the rest: it counts all documents that
 * have each phrase, though the weights are known beforehand, and it reads the length of each row.
 *
 * Phrases are found here, too, from the positions of their tokens: search_plan.c says why. */
#include "store/sqlite_search.h"

#include "base/attr.h"
#include "base/limits.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { OCCURRENCES_MAX = 24, HALF = 3, TOKENS_MAX = LIMIT_SEARCH_TOKENS };

/* ---- positions ---- */

/* Where a phrase of the expression (here: a token) stands in the row, in order. */
struct place {
    Fts5PhraseIter iter;
    int column, offset; /* column < 0: at the end */
};

struct row {
    const Fts5ExtensionApi *api;
    Fts5Context *fts;
    int code; /* the first error */
};

static struct place place_first(struct row *row, int phrase) {
    struct place p = { .column = -1 };
    int code = row->api->xPhraseFirst(row->fts, phrase, &p.iter, &p.column, &p.offset);
    if (code != SQLITE_OK) {
        row->code = code;
        p.column = -1;
    }
    return p;
}

static void place_next(const struct row *row, struct place *p) {
    row->api->xPhraseNext(row->fts, &p->iter, &p->column, &p->offset);
}

/* Move `p` to where `offset` would follow in `column`, or behind; whether it stands there. */
static bool place_reach(const struct row *row, struct place *p, int column, int offset) {
    while (p->column >= 0 && (p->column < column || (p->column == column && p->offset < offset))) {
        place_next(row, p);
    }
    return p->column == column && p->offset == offset;
}

/* How often the tokens stand side by side, weighed by column; *ret_headline: in the headline, too.
 */
static double occurrences(struct row *row, const int *phrases, size_t n, bool *ret_headline) {
    static const int column_weights[] = { 10, 4, 1 };
    struct place places[TOKENS_MAX];
    double found = 0;
    int seen = 0;
    check(n > 0 && n <= TOKENS_MAX);
    for (size_t i = 0; i < n; i++) {
        places[i] = place_first(row, phrases[i]);
    }
    for (; places[0].column >= 0 && seen < OCCURRENCES_MAX; place_next(row, &places[0])) {
        int column = places[0].column, offset = places[0].offset;
        bool all = true;
        for (size_t i = 1; all && i < n; i++) {
            all = place_reach(row, &places[i], column, offset + (int)i);
        }
        if (all) {
            seen++;
            found += column_weights[column < 2 ? column : 2];
            *ret_headline = *ret_headline || column == 0;
        }
    }
    return found;
}

/* ---- the program ---- */

struct program {
    const unsigned char *at;
    int phrase; /* the next one of those behind the leader's */
    int words[TOKENS_MAX];
    size_t words_len; /* the single words that must be met, in the order of the query */
    bool all_single, all_in_headline;
    double score;
};

static int read_number(struct program *p) {
    int n = (p->at[0] - '0') * 64 + (p->at[1] - '0');
    p->at += 2;
    return n;
}

/* One condition; false: the row is not what is meant. */
static bool meet(struct row *row, struct program *p) {
    int kind = *p->at++;
    bool leads = kind < 'a', met = false, in_headline = false;
    kind |= 0x20;
    int options = read_number(p), phrase = leads ? 0 : p->phrase;
    for (int i = 0; i < options; i++) {
        int tokens[TOKENS_MAX], n = read_number(p), weight = *p->at++ - '0';
        check(n > 0 && n <= TOKENS_MAX); /* the store wrote the program */
        for (int t = 0; t < n; t++) {
            tokens[t] = phrase++;
        }
        double found = occurrences(row, tokens, (size_t)n, &in_headline);
        met = met || found > 0;
        p->score += kind == 'w' ? weight * found / (found + HALF) : 0;
        if (kind == 'w' && options == 1 && n == 1 && p->words_len < TOKENS_MAX) {
            p->words[p->words_len++] = tokens[0];
        } else if (kind == 'w') {
            p->all_single = false;
        }
    }
    p->phrase = leads ? p->phrase : phrase;
    p->all_in_headline = p->all_in_headline && (kind != 'w' || in_headline);
    return met == (kind != 'n');
}

static void weigh(const Fts5ExtensionApi *api, Fts5Context *fts, sqlite3_context *ctx, int n,
                  sqlite3_value **args) {
    struct row row = { api, fts, SQLITE_OK };
    struct program p = { .at = n == 1 ? sqlite3_value_text(args[0]) : NULL,
                         .all_single = true,
                         .all_in_headline = true };
    if (p.at == NULL) {
        sqlite3_result_error(ctx, "search_weigh: a program is wanted", -1);
        return;
    }
    p.phrase = read_number(&p);
    while (*p.at != '\0') {
        if (!meet(&row, &p)) {
            return; /* NULL */
        }
    }
    bool side_by_side = false;
    if (p.all_in_headline && p.all_single && p.words_len > 1) {
        (void)occurrences(&row, p.words, p.words_len, &side_by_side);
    }
    if (row.code != SQLITE_OK) {
        sqlite3_result_error_code(ctx, row.code);
        return;
    }
    int tier = side_by_side ? 2 : p.all_in_headline ? 1 : 0;
    sqlite3_result_int64(ctx, (sqlite3_int64)(p.score * 1000) * 4 + tier);
}

/* ---- checking ---- */

static void stand(const Fts5ExtensionApi *api, Fts5Context *fts, sqlite3_context *ctx, int n,
                  sqlite3_value **args) {
    const unsigned char *columns = n == 1 ? sqlite3_value_text(args[0]) : NULL;
    struct row row = { api, fts, SQLITE_OK };
    int phrases = api->xPhraseCount(fts), all = 1;
    if (columns == NULL || sqlite3_value_bytes(args[0]) != phrases) {
        sqlite3_result_error(ctx, "search_stand: one column for each phrase", -1);
        return;
    }
    for (int i = 0; i < phrases && all; i++) {
        struct place p = place_first(&row, i);
        while (p.column >= 0 && p.column != columns[i] - '0') {
            place_next(&row, &p);
        }
        all = p.column >= 0;
    }
    if (row.code != SQLITE_OK) {
        sqlite3_result_error_code(ctx, row.code);
        return;
    }
    sqlite3_result_int(ctx, all);
}

int sqlite_search_register(sqlite3 *db) {
    fts5_api *api = NULL;
    sqlite3_stmt *stmt = NULL;
    int code = sqlite3_prepare_v2(db, "SELECT fts5(?1)", -1, &stmt, NULL);
    if (code == SQLITE_OK) {
        sqlite3_bind_pointer(stmt, 1, &api, "fts5_api_ptr", NULL);
        sqlite3_step(stmt);
        code = sqlite3_finalize(stmt);
    }
    if (code != SQLITE_OK || api == NULL) {
        return code != SQLITE_OK ? code : SQLITE_ERROR;
    }
    code = api->xCreateFunction(api, "search_weigh", NULL, weigh, NULL);
    return code != SQLITE_OK ? code : api->xCreateFunction(api, "search_stand", NULL, stand, NULL);
}
