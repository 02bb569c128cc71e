#include "transfer/import_run.h"

#include "base/limits.h"
#include "text/json.h"

#include <stdarg.h>
#include <stdio.h>

void import_report_done(struct import_report *report) {
    if (report != NULL) {
        arena_done(&report->arena);
        map_done(&report->seen);
        *report = (struct import_report){ 0 };
    }
}

void report_count(struct import_report *report, struct str type, struct str status) {
    struct str name = arena_printf(&report->arena, "%.*s/%.*s", STR_FMT(type), STR_FMT(status));
    for (size_t i = 0; i < report->counts.len; i++) {
        if (str_eq(report->counts.ptr[i].name, name)) {
            report->counts.ptr[i].n++;
            return;
        }
    }
    if (report->counts.len < LIMIT_IMPORT_COUNTS) {
        *vec_push(&report->arena, &report->counts) = (struct import_count){ name, 1 };
    }
}

void report_warn(struct import_report *report, const char *file, long line, int64_t post_id,
                 const char *fmt, ...) {
    report->n_warnings++;
    if (report->warnings.len >= LIMIT_IMPORT_WARNINGS) {
        return;
    }
    char message[ERR_MESSAGE_MAX];
    va_list args;
    va_start(args, fmt);
    vsnprintf(message, sizeof message, fmt, args);
    va_end(args);
    *vec_push(&report->arena, &report->warnings) = (struct import_warning){
        .file = file,
        .line = line,
        .post_id = post_id,
        .message = arena_str(&report->arena, str_of(message)),
    };
}

bool report_first(struct import_report *report, struct str what) {
    if (map_has(&report->seen, what) || report->seen.len >= LIMIT_IMPORT_WARNINGS) {
        return false;
    }
    map_put(&report->seen, what, report);
    return true;
}

/* ---- as text and as JSON ---- */

static void put_warning(const struct import_warning *w, struct buf *out) {
    if (w->file != NULL) {
        buf_printf(out, "  %s", w->file);
        if (w->line > 0) {
            buf_printf(out, ":%ld", w->line);
        }
        buf_put(out, STR(": "));
    } else {
        buf_put(out, STR("  "));
    }
    if (w->post_id > 0) {
        buf_printf(out, "post %lld: ", (long long)w->post_id);
    }
    buf_put(out, w->message);
    buf_put_char(out, '\n');
}

void import_report_text(const struct import_report *report, struct buf *out) {
    for (size_t i = 0; i < report->counts.len; i++) {
        buf_printf(out, "%8lld  %.*s\n", (long long)report->counts.ptr[i].n,
                   STR_FMT(report->counts.ptr[i].name));
    }
    buf_printf(out,
               "%8lld new, %lld updated, %lld unchanged, %lld edited here and kept, %lld broken\n",
               (long long)report->items_new, (long long)report->items_updated,
               (long long)report->items_unchanged, (long long)report->items_kept,
               (long long)report->items_failed);
    buf_printf(out, "%8lld authors, %lld sections, %lld tags, %lld comments, %lld menus\n",
               (long long)report->authors, (long long)report->sections, (long long)report->tags,
               (long long)report->comments, (long long)report->menus);
    buf_printf(out, "%8lld files copied, %lld missing, %lld refused; %lld redirects\n",
               (long long)report->files_copied, (long long)report->files_missing,
               (long long)report->files_refused, (long long)report->redirects);
    if (report->stickies > 0) {
        buf_printf(out, "%8lld sticky on top of the front page: slots lead and secondaries\n",
                   (long long)report->stickies);
    }
    if (report->n_warnings > 0) {
        buf_printf(out, "%lld warning%s:\n", (long long)report->n_warnings,
                   report->n_warnings == 1 ? "" : "s");
    }
    for (size_t i = 0; i < report->warnings.len; i++) {
        put_warning(&report->warnings.ptr[i], out);
    }
    if (report->n_warnings > (int64_t)report->warnings.len) {
        buf_printf(out, "  and %lld more\n",
                   (long long)(report->n_warnings - (int64_t)report->warnings.len));
    }
}

static void put_numbers(const struct import_report *r, struct json *j) {
    json_field_i64(j, STR("redirects"), r->redirects);
    json_key(j, STR("items"));
    json_open(j, '{');
    json_field_i64(j, STR("new"), r->items_new);
    json_field_i64(j, STR("updated"), r->items_updated);
    json_field_i64(j, STR("unchanged"), r->items_unchanged);
    json_field_i64(j, STR("kept"), r->items_kept);
    json_field_i64(j, STR("failed"), r->items_failed);
    json_close(j, '}');
    json_field_i64(j, STR("authors"), r->authors);
    json_field_i64(j, STR("sections"), r->sections);
    json_field_i64(j, STR("tags"), r->tags);
    json_field_i64(j, STR("comments"), r->comments);
    json_field_i64(j, STR("menus"), r->menus);
    json_field_i64(j, STR("files_copied"), r->files_copied);
    json_field_i64(j, STR("files_missing"), r->files_missing);
    json_field_i64(j, STR("files_refused"), r->files_refused);
    json_field_i64(j, STR("stickies"), r->stickies);
    json_field_i64(j, STR("warnings_total"), r->n_warnings);
}

void import_report_json(const struct import_report *report, const struct err *error,
                        struct buf *out) {
    struct json j;
    json_init(&j, out);
    json_open(&j, '{');
    json_key(&j, STR("counts"));
    json_open(&j, '{');
    for (size_t i = 0; i < report->counts.len; i++) {
        json_field_i64(&j, report->counts.ptr[i].name, report->counts.ptr[i].n);
    }
    json_close(&j, '}');
    put_numbers(report, &j);
    json_key(&j, STR("warnings"));
    json_open(&j, '[');
    for (size_t i = 0; i < report->warnings.len; i++) {
        const struct import_warning *w = &report->warnings.ptr[i];
        json_open(&j, '{');
        json_field_str(&j, STR("file"), str_of(w->file));
        json_field_i64(&j, STR("line"), w->line);
        json_field_i64(&j, STR("post_id"), w->post_id);
        json_field_str(&j, STR("message"), w->message);
        json_close(&j, '}');
    }
    json_close(&j, ']');
    if (error != NULL && error->status != STATUS_OK) {
        json_field_str(&j, STR("error"), str_of(error->message));
        json_field_str(&j, STR("status"), str_of(status_text(error->status)));
    }
    json_close(&j, '}');
    buf_put_char(out, '\n');
}
