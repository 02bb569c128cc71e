/* What search adds to an SQLite connection. Private to the SQLite back end. */
#ifndef STORE_SQLITE_SEARCH_H
#define STORE_SQLITE_SEARCH_H

#include <sqlite3.h>

/* Make the function search_score(<table>, <weights>) known to FTS5 on this connection: how well the
 * present row answers the query. weights: one byte for each phrase of the query, in their order:
 * '0' (counts for nothing) and upwards. Column 0 is the headline, 1 the standfirst, the rest the
 * body. Returns an SQLite code. */
int sqlite_search_register(sqlite3 *db);

#endif
