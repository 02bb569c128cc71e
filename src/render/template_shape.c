#include "render/template_shape.h"

#include "base/hash.h"

#include <stdio.h>

struct shape shape_of(struct shapes *s, enum value_kind kind, const struct type *type) {
    return (struct shape){ .kind = type == &type_any ? VALUE_ANY : kind,
                           .type = type,
                           .identity = ++s->identities };
}

static struct shape shape_of_field(struct shapes *s, const struct field *field) {
    struct shape shape = shape_of(s, field->kind, field->type);
    shape.item_kind = field->item_kind;
    shape.name = str_of(field->name);
    return shape;
}

struct shape shape_of_item(struct shapes *s, struct shape list) {
    return shape_of(s, list.item_kind, list.type);
}

static bool same_shape(const struct shape *a, const struct shape *b) {
    return a->kind == b->kind && a->item_kind == b->item_kind && a->type == b->type &&
           a->overlay == b->overlay;
}

const char *shape_words(struct shape shape, char out[80]) {
    if (shape.overlay != NULL) {
        shape = shape.overlay->base;
    }
    const char *type = shape.type != NULL ? shape.type->name : "text";
    if (shape.kind == VALUE_LIST) {
        snprintf(out, 80, "a list of %s", type);
    } else {
        snprintf(out, 80, "%s",
                 shape.kind == VALUE_OBJECT ? type : template_kind_words(shape.kind));
    }
    return out;
}

static uint64_t hash_shape(uint64_t hash, const struct shape *s) {
    hash = hash_mix(hash, (uint64_t)s->kind * 64 + (uint64_t)s->item_kind);
    hash = hash_mix(hash, (uintptr_t)s->type);
    return hash_mix(hash, (uintptr_t)s->overlay);
}

static uint64_t hash_overlay(const struct shape_overlay *o) {
    uint64_t hash = hash_shape(o->len, &o->base);
    for (size_t i = 0; i < o->len; i++) {
        hash = hash_shape(hash_mix(hash, (uintptr_t)o->names[i].ptr), &o->shapes[i]);
    }
    return hash;
}

static bool same_overlay(const struct shape_overlay *a, const struct shape_overlay *b) {
    if (a->hash != b->hash || a->len != b->len || !same_shape(&a->base, &b->base)) {
        return false;
    }
    for (size_t i = 0; i < a->len; i++) {
        if (a->names[i].ptr != b->names[i].ptr || !same_shape(&a->shapes[i], &b->shapes[i])) {
            return false;
        }
    }
    return true;
}

struct shape shape_overlay(struct shapes *s, struct shape base, const struct str *names,
                           const struct shape *shapes, size_t len) {
    const struct shape_overlay *under = base.overlay;
    size_t under_len = under ? under->len : 0;
    struct str *all_names = arena_array(&s->arena, len + under_len + 1, sizeof *all_names);
    struct shape *all_shapes = arena_array(&s->arena, len + under_len + 1, sizeof *all_shapes);
    size_t all = 0;
    for (; all < len; all++) {
        all_names[all] = names[all];
        all_shapes[all] = shapes[all];
        all_shapes[all].constant = NULL;
    }
    for (size_t i = 0; i < under_len; i++) {
        bool hidden = false;
        for (size_t j = 0; j < len; j++) {
            hidden = hidden || names[j].ptr == under->names[i].ptr;
        }
        if (!hidden) {
            all_names[all] = under->names[i];
            all_shapes[all++] = under->shapes[i];
        }
    }
    struct shape_overlay made = { under ? under->base : base, all_names, all_shapes, all, 0, NULL };
    made.hash = hash_overlay(&made);
    struct shape_overlay **bucket = &s->overlays[made.hash % SHAPE_BUCKETS];
    made.next = *bucket;
    const struct shape_overlay *known = *bucket;
    while (known != NULL && !same_overlay(known, &made)) {
        known = known->next;
    }
    if (known == NULL) {
        known = *bucket = ARENA_NEW(&s->arena, struct shape_overlay);
        **bucket = made;
    }
    struct shape shape = shape_of(s, VALUE_OBJECT, &type_overlay);
    shape.overlay = known;
    return shape;
}

static void site_learn(struct shapes *s, struct site *site, const struct type *type,
                       const struct field *field) {
    for (size_t i = 0; i < site->cases.len; i++) {
        if (site->cases.ptr[i].type == type) {
            return;
        }
    }
    *vec_push(&s->theme->arena, &site->cases) = (struct site_case){ type, field };
}

static enum status no_name(struct shapes *s, struct spot at, struct shape in, struct str name) {
    struct nearest nearest;
    nearest_init(&nearest, name);
    struct shape base = in.overlay ? in.overlay->base : in;
    for (size_t i = 0; in.overlay != NULL && i < in.overlay->len; i++) {
        nearest_offer(&nearest, in.overlay->names[i]);
    }
    for (size_t i = 0; base.kind == VALUE_OBJECT && i < base.type->fields_len; i++) {
        nearest_offer(&nearest, str_of(base.type->fields[i].name));
    }
    char words[80];
    return theme_error(s->theme, at.program, at.op, s->err, "there is no \"%.*s\" in %s%s",
                       STR_FMT(name), shape_words(in, words), nearest_text(&nearest));
}

static bool is_index(struct str name) {
    int64_t at;
    return str_to_i64(name, &at) && at >= 0;
}

enum status shape_field(struct shapes *s, struct spot at, struct shape in, struct str name,
                        struct site *site, struct shape *ret_shape) {
    *ret_shape = shape_of(s, in.kind == VALUE_ANY ? VALUE_ANY : VALUE_NONE, NULL);
    if (in.kind == VALUE_ANY || in.kind == VALUE_NONE || in.kind == VALUE_NULL) {
        return STATUS_OK;
    }
    const struct shape whole = in;
    for (size_t i = 0; in.overlay != NULL && i < in.overlay->len; i++) {
        if (str_eq(in.overlay->names[i], name)) {
            *ret_shape = in.overlay->shapes[i];
            ret_shape->name = name;
            return STATUS_OK;
        }
    }
    if (in.overlay != NULL) {
        in = in.overlay->base;
        if (in.kind == VALUE_ANY) {
            *ret_shape = shape_of(s, VALUE_ANY, NULL);
            return STATUS_OK;
        }
    }
    if (in.kind == VALUE_OBJECT) {
        const struct field *field = type_field(in.type, name);
        if (field == NULL) {
            return no_name(s, at, whole, name);
        }
        if (site != NULL) {
            site_learn(s, site, in.type, field);
        }
        *ret_shape = shape_of_field(s, field);
        return STATUS_OK;
    }
    bool sized = (in.kind == VALUE_LIST || in.kind == VALUE_STR) && whole.overlay == NULL;
    if (sized && str_eq(name, STR("length"))) {
        *ret_shape = shape_of(s, VALUE_INT, NULL);
    } else if (in.kind == VALUE_LIST && is_index(name)) {
        *ret_shape = shape_of_item(s, in);
    } else if (in.kind == VALUE_STR && is_index(name)) {
        *ret_shape = shape_of(s, VALUE_STR, NULL);
    } else {
        return no_name(s, at, whole, name);
    }
    return STATUS_OK;
}
