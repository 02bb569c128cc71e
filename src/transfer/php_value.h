/* Serialized PHP, as WordPress keeps arrays in metas: a:1:{s:5:"width";i:640;}. Objects and
 * references are skipped over as values of no kind. Depth and size are bounded. */
#ifndef TRANSFER_PHP_VALUE_H
#define TRANSFER_PHP_VALUE_H

#include "base/arena.h"

enum php_kind { PHP_NULL, PHP_BOOL, PHP_INT, PHP_FLOAT, PHP_STR, PHP_ARRAY, PHP_OTHER };

struct php_entry;

struct php_value {
    enum php_kind kind;
    int64_t number;  /* of a bool or an int */
    struct str text; /* of a string, or a float's digits; borrows the input */
    struct php_entry *entries;
    size_t n_entries;
};

struct php_entry {
    struct str key; /* an integer key as its digits */
    struct php_value value;
};

/* False if the text is not one serialized value, whole. */
bool php_value_parse(struct arena *a, struct str text, struct php_value *ret);

/* An array's entry, or NULL; v may be NULL. */
const struct php_value *php_value_get(const struct php_value *v, const char *key);
/* A number, also one written as a string; 0 otherwise. v may be NULL. */
int64_t php_value_int(const struct php_value *v);
/* A string; empty otherwise. v may be NULL. */
struct str php_value_str(const struct php_value *v);

#endif
