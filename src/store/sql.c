#include "store/sql.h"

#include "base/embed.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static const struct str NAME_LINE = STR_INIT("-- name: ");

static void load_file(struct sql_texts *t, struct str text) {
    size_t at = 0;
    while ((at = str_find(text, NAME_LINE, at)) != STR_NPOS) {
        size_t name_from = at + NAME_LINE.len;
        size_t line_end = str_find_char(text, '\n', name_from);
        size_t end = str_find(text, STR(";\n"), name_from);
        check(line_end < end && end != STR_NPOS);
        struct str name = str_trim(str_slice(text, name_from, line_end));
        struct str *sql = ARENA_NEW(&t->arena, struct str);
        *sql = str_slice(text, line_end + 1, end);
        check(map_put(&t->by_name, name, sql) == NULL);
        at = end;
    }
}

/* A statement of a connection. */
struct prepared {
    struct stmt *stmt;
    bool names_held; /* a table whose rows may be held back */
};

/* Lists enter the sitemap by the address that they have then. */
static bool names_held(struct str sql) {
    static const char *const parts[] = {
        "list_entry",   "list_count",     "story_section", "story_tag",
        "story_author", "UPDATE section", "UPDATE tag",    "UPDATE author",
    };
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        if (str_find(sql, str_of(parts[i]), 0) != STR_NPOS) {
            return true;
        }
    }
    return false;
}

void sql_texts_init(struct sql_texts *t) {
    *t = (struct sql_texts){ 0 };
    const struct str folder = STR("src/store/");
    for (const struct embed_file *f = embed_files; f->path != NULL; f++) {
        struct str path = str_of(f->path);
        if (str_starts(path, folder) && str_ends(path, STR(".sql")) &&
            str_find_char(path, '/', folder.len) == STR_NPOS) {
            load_file(t, str_make(f->begin, (size_t)(f->end - f->begin)));
        }
    }
}

void sql_texts_done(struct sql_texts *t) {
    map_done(&t->by_name);
    arena_done(&t->arena);
}

enum status sql_open(struct sql *c, const struct backend *backend, const struct sql_texts *texts,
                     const char *dir, enum db_mode mode, struct err *err) {
    *c = (struct sql){ .backend = backend, .texts = texts };
    return backend->open(dir, mode, &c->db, err);
}

void sql_close(struct sql *c) {
    struct map_entry *e;
    for (size_t i = 0; (e = map_next(&c->statements, &i)) != NULL;) {
        struct prepared *p = e->value;
        c->backend->finalize(p->stmt);
        free(p);
    }
    map_done(&c->statements);
    if (c->db != NULL) {
        c->backend->close(c->db);
    }
    *c = (struct sql){ 0 };
}

void sql_fail(struct sql *c, enum status status, const char *fmt, ...) {
    if (c->status != STATUS_OK) {
        return;
    }
    char message[ERR_MESSAGE_MAX];
    va_list args;
    va_start(args, fmt);
    vsnprintf(message, sizeof message, fmt, args);
    va_end(args);
    c->status = err_set(&c->err, status, "%s", message);
}

enum status sql_result(struct sql *c, struct err *err) {
    enum status status = c->status;
    if (status != STATUS_OK) {
        err_set(err, status, "%s", c->err.message);
        if (!c->is_writing) {
            c->status = STATUS_OK;
            c->err = (struct err){ 0 };
        }
    }
    return status;
}

static struct prepared *prepare(struct sql *c, const char *name) {
    const struct str *sql = map_get(&c->texts->by_name, str_of(name));
    check(sql != NULL);
    struct stmt *stmt = NULL;
    c->status = c->backend->prepare(c->db, *sql, &stmt, &c->err);
    if (c->status != STATUS_OK) {
        err_prefix(&c->err, "%s", name);
        return NULL;
    }
    struct prepared *p = malloc(sizeof *p);
    check(p != NULL);
    *p = (struct prepared){ stmt, names_held(*sql) };
    map_put(&c->statements, str_of(name), p);
    return p;
}

static struct stmt *prepared(struct sql *c, const char *name) {
    struct prepared *p = map_get(&c->statements, str_of(name));
    p = p != NULL ? p : prepare(c, name);
    if (p != NULL && p->names_held && c->must_settle) {
        c->settle(c->settle_ctx);
    }
    return p != NULL && c->status == STATUS_OK ? p->stmt : NULL;
}

struct rows rows_begin(struct sql *c, const char *name, const struct param *params, size_t n) {
    struct rows r = { .sql = c };
    struct stmt *stmt = c->status == STATUS_OK ? prepared(c, name) : NULL;
    if (stmt == NULL) {
        return r;
    }
    enum status status = STATUS_OK;
    for (size_t i = 0; i < n && status == STATUS_OK; i++) {
        int at = (int)i + 1;
        switch (params[i].type) {
        case PARAM_NONE: break;
        case PARAM_NULL: status = c->backend->bind_null(stmt, at); break;
        case PARAM_I64: status = c->backend->bind_i64(stmt, at, params[i].i64); break;
        case PARAM_TEXT: status = c->backend->bind_text(stmt, at, params[i].text); break;
        }
    }
    if (status != STATUS_OK) {
        /* Also what binding to a statement that still runs comes to: a defect of ours. */
        c->backend->reset(stmt);
        sql_fail(c, status, "%s: cannot bind its parameters", name);
        return r;
    }
    c->runs++;
    r.stmt = stmt;
    return r;
}

bool rows_next(struct rows *r) {
    struct sql *c = r->sql;
    if (r->stmt == NULL) {
        return false;
    }
    bool is_row = false;
    if (c->status == STATUS_OK) {
        c->status = c->backend->step(c->db, r->stmt, &is_row, &c->err);
    }
    if (!is_row) {
        rows_end(r);
    }
    return is_row;
}

int64_t rows_i64(const struct rows *r, int column) {
    return r->sql->backend->column_i64(r->stmt, column);
}

struct str rows_text(const struct rows *r, struct arena *a, int column) {
    return arena_str(a, r->sql->backend->column_text(r->stmt, column));
}

void rows_end(struct rows *r) {
    if (r->stmt != NULL) {
        r->sql->backend->reset(r->stmt);
        r->stmt = NULL;
    }
}

int64_t sql_run(struct sql *c, const char *name, const struct param *params, size_t n) {
    struct rows r = rows_begin(c, name, params, n);
    if (!rows_next(&r)) {
        return 0;
    }
    int64_t value = rows_i64(&r, 0);
    while (rows_next(&r)) {
    }
    return value;
}

bool sql_has(struct sql *c, const char *name, const struct param *params, size_t n) {
    struct rows r = rows_begin(c, name, params, n);
    bool has = rows_next(&r);
    rows_end(&r);
    return has;
}
