/* What templates see: plain C structs, described by tables.
 *
 *   struct card { struct str headline; int64_t words; const struct section *section; };
 *   static const struct field card_fields[] = {
 *       FIELD_STR(struct card, headline),
 *       FIELD_INT(struct card, words),
 *       FIELD_OBJECT(struct card, section, &section_type),
 *   };
 *   const struct type card_type = TYPE("card", struct card, card_fields);
 *
 * The macros refuse a member of another C type. A struct value is one JavaScript-like value at run
 * time; it says what it is, so that a wrong guess of the compiler can never read wrong memory.
 *
 * Besides structs there is dynamic data, a json_t of jansson: its type is type_any and its names
 * are not checked. */
#ifndef RENDER_VALUE_H
#define RENDER_VALUE_H

#include "base/buf.h"
#include "text/html.h"

struct json_t;

enum value_kind {
    VALUE_NONE, /* JavaScript's undefined: absent */
    VALUE_NULL, /* only in dynamic data */
    VALUE_BOOL,
    VALUE_INT,
    VALUE_FLOAT,
    VALUE_STR,
    VALUE_HTML,
    VALUE_LIST,
    VALUE_OBJECT,
    VALUE_ANY, /* of a field, an argument: known at run time only; never the kind of a value */
};

struct type;

struct field {
    const char *name;
    enum value_kind kind;
    enum value_kind item_kind; /* LIST: OBJECT or STR */
    bool by_value;             /* OBJECT: the struct itself, not a pointer to it */
    const struct type *type;   /* of an OBJECT, of a LIST's items */
    size_t offset;
};

struct type {
    const char *name; /* for messages */
    const struct field *fields;
    size_t fields_len;
    size_t size; /* of the struct */
};

/* Contiguous items: structs of the field's item type, or struct str. */
struct list {
    const void *items;
    size_t len;
};

#define TYPE(name_, struct_, fields_)                                                              \
    { .name = name_, .fields = fields_, .fields_len = COUNT_OF(fields_), .size = sizeof(struct_) }

/* The offset; does not compile when the member is not of that C type. */
#define FIELD_OFFSET(struct_, member, ctype)                                                       \
    (offsetof(struct_, member) + 0 * sizeof(&((struct_ *)0)->member == (ctype *)0))
#define FIELD_SCALAR(struct_, member, kind_, ctype)                                                \
    { .name = #member, .kind = kind_, .offset = FIELD_OFFSET(struct_, member, ctype) }

#define FIELD_STR(struct_, member)   FIELD_SCALAR(struct_, member, VALUE_STR, struct str)
#define FIELD_HTML(struct_, member)  FIELD_SCALAR(struct_, member, VALUE_HTML, struct html)
#define FIELD_INT(struct_, member)   FIELD_SCALAR(struct_, member, VALUE_INT, int64_t)
#define FIELD_FLOAT(struct_, member) FIELD_SCALAR(struct_, member, VALUE_FLOAT, double)
#define FIELD_BOOL(struct_, member)  FIELD_SCALAR(struct_, member, VALUE_BOOL, bool)
/* A json_t pointer; NULL: absent. */
#define FIELD_ANY(struct_, member)                                                                 \
    { .name = #member, .kind = VALUE_ANY, .offset = offsetof(struct_, member) }
/* A pointer to a struct; NULL: absent. */
#define FIELD_OBJECT(struct_, member, type_)                                                       \
    {                                                                                              \
        .name = #member, .kind = VALUE_OBJECT, .type = type_,                                      \
        .offset = offsetof(struct_, member) + 0 * sizeof(*((struct_ *)0)->member)                  \
    }
/* A struct inside the struct. */
#define FIELD_STRUCT(struct_, member, type_)                                                       \
    {                                                                                              \
        .name = #member, .kind = VALUE_OBJECT, .by_value = true, .type = type_,                    \
        .offset = offsetof(struct_, member)                                                        \
    }
/* A struct list of structs of the type. */
#define FIELD_LIST(struct_, member, type_)                                                         \
    {                                                                                              \
        .name = #member, .kind = VALUE_LIST, .item_kind = VALUE_OBJECT, .type = type_,             \
        .offset = FIELD_OFFSET(struct_, member, struct list)                                       \
    }
/* A struct list of struct str. */
#define FIELD_STRS(struct_, member)                                                                \
    {                                                                                              \
        .name = #member, .kind = VALUE_LIST, .item_kind = VALUE_STR,                               \
        .offset = FIELD_OFFSET(struct_, member, struct list)                                       \
    }

/* Dynamic data: the object is a json_t. */
extern const struct type type_any;
/* A context with more names laid over it (a partial's parameters): the object is an overlay. */
extern const struct type type_overlay;

struct value {
    enum value_kind kind;
    enum value_kind item_kind; /* LIST: of its items; ANY: it is a JSON array */
    const struct type *type;   /* OBJECT: its own; LIST: its items' */
    union {
        bool boolean;
        int64_t integer;
        double number;
        struct str str; /* STR and HTML */
        struct list list;
        const void *object;
    };
};

struct overlay_entry {
    struct str name;
    struct value value;
};

struct overlay {
    struct value base;
    const struct overlay_entry *entries;
    size_t entries_len;
};

static inline struct value value_none(void) {
    return (struct value){ .kind = VALUE_NONE };
}
static inline struct value value_bool(bool boolean) {
    return (struct value){ .kind = VALUE_BOOL, .boolean = boolean };
}
static inline struct value value_int(int64_t integer) {
    return (struct value){ .kind = VALUE_INT, .integer = integer };
}
static inline struct value value_float(double number) {
    return (struct value){ .kind = VALUE_FLOAT, .number = number };
}
static inline struct value value_of_str(struct str str) {
    return (struct value){ .kind = VALUE_STR, .str = str };
}
static inline struct value value_of_html(struct html html) {
    return (struct value){ .kind = VALUE_HTML, .str = html.raw };
}
/* NULL gives an absent value. For type_any `object` is a json_t of any kind. */
struct value value_object(const struct type *type, const void *object);
struct value value_of_json(const struct json_t *json);
struct value value_overlay(const struct overlay *overlay);

/* The field's value in the struct at `object`. */
struct value value_field(const struct field *field, const void *object);
/* The type's field of that name, or NULL. */
const struct field *type_field(const struct type *type, struct str name);

/* value[name] as JavaScript has it for own properties; NONE when there is none. */
struct value value_get(struct value v, struct str name);
/* The item of a LIST, at < value_len. */
struct value value_item(struct value list, size_t at);
/* Items of a LIST; 0 for others. */
size_t value_len(struct value v);

/* undefined, null, false, 0, NaN and "" are false; so is HTML without bytes. */
bool value_truthy(struct value v);
/* What #if and #with take for empty: false but for 0, and lists without items. */
bool value_empty(struct value v);
static inline bool value_absent(struct value v) {
    return v.kind == VALUE_NONE || v.kind == VALUE_NULL;
}
/* JavaScript's ==, objects by identity. */
bool value_same(struct value a, struct value b);
/* Append String(v) as JavaScript makes it, not escaped: undefined gives "undefined". */
void value_string(struct buf *out, struct value v);
/* JavaScript's shortest notation of a number. */
void value_number_string(struct buf *out, double number);

/* The names that each walks over: of an object, or of a struct. JavaScript's order: array indexes
 * ascending, then the others as they were put in. */
struct value_keys {
    struct str *names;
    size_t len;
    char *owned; /* bytes of names that had to be made */
};
void value_keys_init(struct value_keys *keys, struct value v);
void value_keys_done(struct value_keys *keys);

#endif
