/* A score in the manner of BM25: each phrase gives its weight (how rare it is) times how often it
 * occurs, with diminishing returns. An occurrence counts by its column. Two things that FTS5's own
 * bm25() does are left out, because they cost more than all the rest: it counts all documents that
 * have each phrase, though the weights are known beforehand, and it reads the length of each row.
 */
#include "store/sqlite_search.h"

#include "base/attr.h"

#include <stddef.h>

enum { OCCURRENCES_MAX = 24, HALF = 3 };

static void score(const Fts5ExtensionApi *api, Fts5Context *fts, sqlite3_context *ctx, int n,
                  sqlite3_value **args) {
    static const int column_weights[] = { 10, 4, 1 };
    const unsigned char *weights = n == 1 ? sqlite3_value_text(args[0]) : NULL;
    int phrases = api->xPhraseCount(fts);
    if (weights == NULL || sqlite3_value_bytes(args[0]) != phrases) {
        sqlite3_result_error(ctx, "search_score: one weight for each phrase", -1);
        return;
    }
    double sum = 0;
    for (int i = 0; i < phrases; i++) {
        if (weights[i] <= '0') {
            continue;
        }
        Fts5PhraseIter at;
        int column = 0, offset = 0, seen = 0;
        double found = 0;
        int code = api->xPhraseFirst(fts, i, &at, &column, &offset);
        if (code != SQLITE_OK) {
            sqlite3_result_error_code(ctx, code);
            return;
        }
        for (; column >= 0 && seen < OCCURRENCES_MAX; seen++) {
            found += column_weights[column < 2 ? column : 2];
            api->xPhraseNext(fts, &at, &column, &offset);
        }
        sum += (weights[i] - '0') * found / (found + HALF);
    }
    sqlite3_result_int64(ctx, (sqlite3_int64)(sum * 1000));
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
    return api->xCreateFunction(api, "search_score", NULL, score, NULL);
}
