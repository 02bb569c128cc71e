#include "site/pass.h"

#include "base/limits.h"
#include "site/blocks.h"
#include "site/feed.h"
#include "site/image.h"
#include "site/policy.h"
#include "site/site_private.h"

#include <stdio.h>

/* ---- beginning and end ---- */

/* Formatters for the settings' language and zone; both passed the settings' check, so that a
 * failure is one of memory or of ICU's data. */
static enum status take_dates(struct site_thread *thread, const struct site_settings *s,
                              struct err *err) {
    char language[128], zone[128];
    (void)snprintf(language, sizeof language, "%.*s", STR_FMT(s->language));
    (void)snprintf(zone, sizeof zone, "%.*s", STR_FMT(s->timezone));
    char both[260];
    int n = snprintf(both, sizeof both, "%s %s", language, zone);
    struct str wanted = str_make(both, (size_t)n);
    if (thread->language != NULL && str_eq(buf_str(&thread->dates_of), wanted)) {
        return STATUS_OK;
    }
    dates_free(thread->dates);
    language_free(thread->language);
    thread->dates = NULL;
    thread->language = NULL;
    buf_reset(&thread->dates_of);
    buf_put(&thread->dates_of, wanted);
    enum status status = dates_new(language, zone, &thread->dates, err);
    return status == STATUS_OK ? language_new(language, &thread->language, err) : status;
}

static const struct look *take_look(struct site_thread *thread) {
    struct site *site = thread->site;
    if (thread->look == NULL || thread->look_version != atomic_load(&site->theme_version)) {
        look_close(thread->look);
        pthread_mutex_lock(&site->lock);
        thread->look = look_ref(site->look);
        thread->look_version = atomic_load(&site->theme_version);
        pthread_mutex_unlock(&site->lock);
    }
    return thread->look;
}

/* What a pass has besides its snapshot, in its arena. */
static enum status fill(struct pass *pass, struct err *err) {
    struct arena *a = pass->arena;
    enum status status = settings_load(pass->reader, a, &pass->settings, err);
    if (status == STATUS_OK) {
        status = take_dates(pass->thread, &pass->settings, err);
    }
    if (status != STATUS_OK) {
        return status;
    }
    pass->dates = pass->thread->dates;
    pass->language = pass->thread->language;
    struct str language = arena_str(a, pass->settings.language);
    const struct asset *icon = look_asset(pass->look, STR("favicon.svg"));
    const struct asset *touch_icon = look_asset(pass->look, STR("apple-touch-icon.png"));
    pass->view = (struct view_site){
        .name = pass->settings.title,
        .tagline = pass->settings.tagline,
        .language = language,
        .locale = locale_with_country(a, language.ptr),
        .direction = locale_is_rtl(language.ptr) ? STR("rtl") : STR("ltr"),
        .feed = STR("/feed/"),
        .icon = icon ? icon->path : STR("/favicon.ico"),
        .touch_icon = touch_icon ? touch_icon->path : STR("/apple-touch-icon.png"),
        .paper_colour = pass->settings.paper_colour,
        .paper_colour_dark = pass->settings.paper_colour_dark,
        .is_discouraged = pass->settings.discourage_crawlers,
        .script = look_script(pass->look),
    };
    pass->view.feeds = feed_links(pass, pass->settings.title, STR("/"));
    return STATUS_OK;
}

static struct pass begin(struct site_thread *thread, struct arena *a) {
    return (struct pass){
        .thread = thread, .look = take_look(thread), .reader = thread->reader, .arena = a
    };
}

enum status pass_begin(struct site_thread *thread, struct arena *a, struct keys *keys,
                       struct pass *ret, struct err *err) {
    if (thread->held != NULL) {
        *ret = *thread->held;
        ret->arena = a;
        (void)store_read_note(thread->reader, keys);
        return STATUS_OK;
    }
    struct pass pass = begin(thread, a);
    enum status status = store_read_begin(thread->reader, keys, err);
    if (status != STATUS_OK) {
        return status;
    }
    status = fill(&pass, err);
    if (status != STATUS_OK) {
        store_read_end(thread->reader);
        return status;
    }
    *ret = pass;
    return STATUS_OK;
}

void pass_end(struct pass *pass) {
    if (pass->thread->held != NULL) {
        (void)store_read_note(pass->reader, NULL);
    } else {
        store_read_end(pass->reader);
    }
}

enum status pass_hold(struct site_thread *thread, struct err *err) {
    check(thread->held == NULL);
    struct pass *pass = ARENA_NEW(&thread->held_arena, struct pass);
    *pass = begin(thread, &thread->held_arena);
    enum status status = store_read_begin(thread->reader, NULL, err);
    if (status != STATUS_OK) {
        return status;
    }
    status = fill(pass, err);
    if (status != STATUS_OK) {
        store_read_end(thread->reader);
        return status;
    }
    thread->held = pass;
    return STATUS_OK;
}

void pass_release(struct site_thread *thread) {
    if (thread->held != NULL) {
        thread->held = NULL;
        thread->memo = NULL;
        feed_memo_free(thread->feed);
        thread->feed = NULL;
        store_read_end(thread->reader);
    }
    arena_done(&thread->held_arena);
}

/* ---- helpers of templates ---- */

struct phrase_arg pass_number_arg(struct pass *pass, struct str name, int64_t number) {
    return (struct phrase_arg){ .name = name,
                                .text = language_number(pass->language, pass->arena, number),
                                .number = number,
                                .is_number = true };
}

/* {{t "latest_from" section=name}} */
static enum status help_phrase(void *ctx, struct template_call *call, struct err *err) {
    (void)err;
    struct pass *pass = ctx;
    struct phrase_arg *args = arena_array(call->arena, call->named_len + 1, sizeof *args);
    for (size_t i = 0; i < call->named_len; i++) {
        const struct value *v = &call->named[i].value;
        args[i].name = call->named[i].name;
        if (v->kind == VALUE_INT) {
            args[i] = pass_number_arg(pass, args[i].name, v->integer);
        } else if (v->kind == VALUE_STR) {
            args[i].text = v->str;
        }
    }
    struct str text = look_phrase(pass->look, call->arena, pass->settings.language,
                                  call->args[0].str, args, call->named_len);
    buf_put(call->out, text);
    return STATUS_OK;
}

/* {{number story.comments_len}} */
static enum status help_number(void *ctx, struct template_call *call, struct err *err) {
    (void)err;
    struct pass *pass = ctx;
    if (call->args[0].kind == VALUE_INT) {
        buf_put(call->out, language_number(pass->language, call->arena, call->args[0].integer));
    }
    return STATUS_OK;
}

static bool same(struct value a, struct value b) {
    if (a.kind != b.kind) {
        return false;
    }
    switch (a.kind) {
    case VALUE_STR: return str_eq(a.str, b.str);
    case VALUE_INT: return a.integer == b.integer;
    case VALUE_BOOL: return a.boolean == b.boolean;
    default: return false;
    }
}

/* {{#if (is story.section_id 7)}}: the same text, number or truth. */
static enum status help_is(void *ctx, struct template_call *call, struct err *err) {
    (void)ctx, (void)err;
    call->result = value_bool(same(call->args[0], call->args[1]));
    return STATUS_OK;
}

/* {{asset "logo.svg"}}: a name that is written out was checked when the theme was opened. */
static enum status help_asset(void *ctx, struct template_call *call, struct err *err) {
    (void)err;
    struct pass *pass = ctx;
    const struct asset *asset = look_asset(pass->look, call->args[0].str);
    buf_put(call->out, asset ? asset->path : STR(""));
    return STATUS_OK;
}

static const struct helper helpers[] = {
    { .name = "t",
      .run = help_phrase,
      .returns = VALUE_STR,
      .args = { { .name = "phrase", .kind = VALUE_STR } },
      .args_min = 1,
      .named_open = true },
    { .name = "is",
      .run = help_is,
      .returns = VALUE_BOOL,
      .args = { { .name = "value", .kind = VALUE_ANY }, { .name = "other", .kind = VALUE_ANY } },
      .args_min = 2 },
    { .name = "asset",
      .run = help_asset,
      .returns = VALUE_STR,
      .args = { { .name = "file", .kind = VALUE_STR } },
      .args_min = 1 },
    { .name = "number",
      .run = help_number,
      .returns = VALUE_STR,
      .args = { { .name = "number", .kind = VALUE_INT } },
      .args_min = 1 },
    { .name = "picture",
      .run = image_help,
      .returns = VALUE_HTML,
      .args = { { .name = "offer", .kind = VALUE_STR },
                { .name = "image", .kind = VALUE_OBJECT, .type = &view_image_type } },
      .args_min = 2,
      .named = { { .name = "sizes", .kind = VALUE_STR },
                 { .name = "alt", .kind = VALUE_STR },
                 { .name = "class", .kind = VALUE_STR },
                 { .name = "width", .kind = VALUE_INT },
                 { .name = "eager", .kind = VALUE_ANY } } },
    { .name = NULL },
};

const struct template_rules pass_rules = {
    .entries = view_entries,
    .helpers = helpers,
    .fragments = blocks_fragments,
};

struct str pass_phrase(struct pass *pass, const char *key, const struct phrase_arg *args,
                       size_t n) {
    return look_phrase(pass->look, pass->arena, pass->settings.language, str_of(key), args, n);
}

/* ---- running templates ---- */

/* Where a page's bytes go: what was written since the last fragment becomes a part of its own. */
struct cut {
    struct arena *arena;
    const struct look *look;
    struct str template;
    struct page_build *page; /* NULL: no fragment may be included */
    struct buf out;
    int64_t story_id;
    bool misplaced;
};

static void cut_own(struct cut *cut) {
    page_own(cut->page, arena_str(cut->arena, buf_str(&cut->out)));
    buf_truncate(&cut->out, 0);
}

static void cut_sheet(struct cut *cut, struct str name) {
    if (look_style(cut->look, name, false).raw.len > 0) {
        page_slot(cut->page, arena_printf(cut->arena, "style/%.*s", STR_FMT(name)), 0);
    }
}

/* {{fragment "latest" section=7}} is the slot "latest/section:7". {{fragment "style"}} is up to
 * three: the sheets of all pages, of the template, and of the site. */
static void cut_fragment(void *ctx, struct str kind, const struct fragment_param *params,
                         size_t params_len) {
    struct cut *cut = ctx;
    if (cut->page == NULL) {
        cut->misplaced = true;
        return;
    }
    cut_own(cut);
    struct buf key;
    buf_init(&key, KEY_BYTES_MAX);
    buf_put(&key, kind);
    for (size_t i = 0; i < params_len; i++) {
        buf_put_char(&key, '/');
        buf_put(&key, params[i].name);
        buf_put_char(&key, ':');
        value_string(&key, params[i].value);
    }
    page_slot(cut->page, arena_str(cut->arena, buf_str(&key)), cut->story_id);
    buf_done(&key);
    if (str_eq(kind, STR("style"))) {
        cut_sheet(cut, cut->template);
        cut_sheet(cut, STR("custom"));
    }
}

static enum status run(struct pass *pass, const char *name, const void *root, struct cut *cut,
                       struct err *err) {
    const struct theme *theme = look_theme(pass->look);
    int template = theme_find(theme, str_of(name));
    check(template >= 0);
    cut->look = pass->look;
    cut->template = str_of(name);
    struct template_sink sink = { .out = &cut->out, .fragment = cut_fragment, .ctx = cut };
    enum status status = template_run(theme, template, root, pass, &sink, err);
    if (status == STATUS_OK && cut->misplaced) {
        status = err_set(err, STATUS_INVALID, "%s: a fragment cannot include another one", name);
    }
    return status;
}

enum status pass_page(struct pass *pass, const char *name, const void *root, int64_t story_id,
                      struct page_build *page, struct err *err) {
    struct cut cut = { .arena = pass->arena, .page = page, .story_id = story_id };
    buf_init(&cut.out, LIMIT_RENDER_BYTES);
    enum status status = run(pass, name, root, &cut, err);
    if (status == STATUS_OK) {
        cut_own(&cut);
        pass_head(pass, page, "Content-Type", STR("text/html; charset=utf-8"));
        pass_head(pass, page, "X-Content-Type-Options", STR("nosniff"));
        pass_head(pass, page, "Referrer-Policy", STR("strict-origin-when-cross-origin"));
        if (pass->settings.content_policy.len > 0) {
            pass_head(pass, page, "Content-Security-Policy",
                      policy_with_script(pass->arena, pass->settings.content_policy,
                                         look_script_source(pass->look)));
        }
    }
    buf_done(&cut.out);
    return status;
}

enum status pass_html(struct pass *pass, const char *name, const void *root, struct buf *out,
                      struct err *err) {
    struct cut cut = { .arena = pass->arena, .out = *out };
    enum status status = run(pass, name, root, &cut, err);
    *out = cut.out;
    return status;
}

/* ---- addresses and headers ---- */

struct str pass_absolute(struct pass *pass, struct str href) {
    if (!str_starts(href, STR("/")) || str_starts(href, STR("//"))) {
        return href;
    }
    return arena_printf(pass->arena, "%.*s%.*s", STR_FMT(pass->settings.origin), STR_FMT(href));
}

void pass_head(struct pass *pass, struct page_build *page, const char *name, struct str value) {
    page->head =
        arena_printf(pass->arena, "%.*s%s: %.*s\r\n", STR_FMT(page->head), name, STR_FMT(value));
}
