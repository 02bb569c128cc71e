/* What a run writes. A partial that stands alone on its line has all its lines indented as its tag
 * is; handlebars does that to the finished text, here it happens on the way, so that a fragment's
 * place in the output is known at once. */
#include "render/template_run.h"

static void put_indented(struct run *r, struct indent *indent, struct str s) {
    if (indent == NULL) {
        buf_put(r->out, s);
        return;
    }
    while (s.len > 0) {
        if (indent->pending) {
            indent->pending = false;
            put_indented(r, indent->up, indent->text);
        }
        size_t end = str_find_char(s, '\n', 0);
        indent->pending = end != STR_NPOS;
        end = end == STR_NPOS ? s.len : end + 1;
        put_indented(r, indent->up, str_slice(s, 0, end));
        s = str_from(s, end);
    }
}

void run_put(struct run *r, struct str s) {
    if (LIKELY(r->indent == NULL)) {
        buf_put(r->out, s);
    } else {
        put_indented(r, r->indent, s);
    }
}

static void put_escaped(struct run *r, struct str s) {
    if (LIKELY(r->indent == NULL)) {
        html_escape(r->out, s);
        return;
    }
    buf_reset(&r->escaped);
    html_escape(&r->escaped, s);
    run_put(r, buf_str(&r->escaped));
}

struct str run_string(struct run *r, struct value v) {
    if (v.kind == VALUE_STR) {
        return v.str;
    }
    buf_reset(&r->text);
    value_string(&r->text, v);
    return buf_str(&r->text);
}

void run_put_value(struct run *r, struct value v, bool escaped) {
    if (value_absent(v)) {
        return;
    }
    struct str s = v.kind == VALUE_HTML ? v.str : run_string(r, v);
    if (escaped && v.kind != VALUE_HTML) {
        put_escaped(r, s);
    } else {
        run_put(r, s);
    }
}

void run_begin_line(struct run *r) {
    for (struct indent *i = r->indent; i != NULL; i = i->up) {
        if (i->pending) {
            i->pending = false;
            put_indented(r, i->up, i->text);
        }
    }
}
