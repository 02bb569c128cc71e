/* What search adds to an SQLite connection. Private to the SQLite back end. */
#ifndef STORE_SQLITE_SEARCH_H
#define STORE_SQLITE_SEARCH_H

#include <sqlite3.h>

/* Make two functions known to FTS5 on this connection. Returns an SQLite code.
 *
 * search_weigh(<table>, <program>): what the present row is worth: 4 times a score plus 1 if all
 * words stand in the headline, 2 if they stand there side by side; NULL if it is not what is meant.
 * Column 0 is the headline, 1 the standfirst, the rest the body. The program is, with numbers as
 * two characters (n / 64 and n % 64, from '0'):
 *     how many phrases the leader has, with which the expression begins;
 *     for each condition: w (words), n (must not be met) or f (filing: no score), a capital if the
 *     leader's phrases are its own, else they are the next ones;
 *         how many options it has, for each: how many tokens, one phrase each, and one character,
 *         from '1': its weight.
 *
 * search_stand(<table>, <columns>): whether each phrase stands in its column, of one byte each,
 * from '0'. */
int sqlite_search_register(sqlite3 *db);

#endif
