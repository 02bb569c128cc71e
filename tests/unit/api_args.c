#include "tests/harness.h"

#include "api/args.h"
#include "base/limits.h"

static const struct arg_def defs[] = {
    { .name = "page", .kind = ARG_INTEGER, .min = 1, .max = 1000, .fallback = "1" },
    { .name = "sticky", .kind = ARG_BOOLEAN },
    { .name = "search", .kind = ARG_TEXT },
    { .name = "order", .kind = ARG_CHOICE, .choices = "asc|desc", .fallback = "desc" },
    { .name = "after", .kind = ARG_TIME },
    { .name = "include", .kind = ARG_IDS },
    { .name = "status", .kind = ARG_CHOICES, .choices = "publish|draft", .fallback = "publish" },
    { .name = "slug", .kind = ARG_WORDS },
};
enum { PAGE, STICKY, SEARCH, ORDER, AFTER, INCLUDE, STATUS, SLUG };

/* The one spelling of a query, or "<name>:<code> …" of what is wrong with it. */
static struct str spelled(struct arena *a, struct str query) {
    struct arg args[COUNT_OF(defs)];
    struct arg_faults faults;
    struct buf out;
    buf_init(&out, 64 * KIB);
    if (args_read(a, defs, COUNT_OF(defs), query, args, &faults)) {
        args_spell(defs, COUNT_OF(defs), args, &out);
    }
    for (size_t i = 0; i < faults.len; i++) {
        buf_printf(&out, "%s%s:%s", i > 0 ? " " : "", faults.ptr[i].name, faults.ptr[i].code);
        CHECK(faults.ptr[i].message.len > 0);
    }
    struct str text = arena_str(a, buf_str(&out));
    buf_done(&out);
    return text;
}

TEST(args_have_one_spelling) {
    static const struct {
        const char *query, *expected;
    } cases[] = {
        { "", "" },
        { "page=1&order=desc", "" }, /* as without */
        { "order=asc&page=02", "page=2&order=asc" },
        { "page=2&page=3", "page=3" }, /* the last counts */
        { "utm_source=x&page=2", "page=2" },
        { "include=7,3", "include=7,3" },
        { "include[]=7&include[]=3", "include=7,3" },
        { "include%5B0%5D=7&include%5B1%5D=3", "include=7,3" },
        { "include=+7+,,3", "include=7,3" },
        { "include=9&include[]=7", "include=9,7" },
        { "include[x]=7", "" },
        { "sticky=1", "sticky=true" },
        { "sticky=TRUE", "sticky=true" },
        { "sticky=0", "sticky=false" },
        { "search=tide%26+fog", "search=tide%26%20fog" },
        { "after=2022-03-14T09:00:00", "after=2022-03-14T09%3A00%3A00" },
        { "after=2022-03-14T09:00:00%2B01:00", "after=2022-03-14T09%3A00%3A00%2B01%3A00" },
        { "after=2022-03-14T09:00:00.123Z", "after=2022-03-14T09%3A00%3A00.123Z" },
        { "after=2022-03-14", "after=2022-03-14" },
        { "status=publish", "" },
        { "status[]=draft&status[]=publish", "status=draft,publish" },
        { "slug=a,b", "slug=a,b" },
    };
    struct arena a = { 0 };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct str once = spelled(&a, str_of(cases[i].query));
        CHECK_STR(once, cases[i].expected);
        struct str twice = spelled(&a, once);
        CHECK(str_eq(once, twice));
    }
    arena_done(&a);
}

TEST(args_say_what_is_wrong) {
    static const struct {
        const char *query, *expected;
    } cases[] = {
        { "page=0", "page:rest_out_of_bounds" },
        { "page=1001", "page:rest_out_of_bounds" },
        { "page=two", "page:rest_invalid_type" },
        { "page=", "page:rest_invalid_type" },
        { "page=99999999999999999999", "page:rest_invalid_type" },
        { "sticky=maybe", "sticky:rest_invalid_type" },
        { "order=up", "order:rest_not_in_enum" },
        { "after=yesterday", "after:rest_invalid_date" },
        { "after=2022-3-14T09:00:00", "after:rest_invalid_date" },
        { "after=2022-03-14T09:00:00+1", "after:rest_invalid_date" },
        { "after=2022-13-14", "after:rest_invalid_date" },
        { "after=2022-01-32T00:00:00", "after:rest_invalid_date" },
        { "after=2022-01-31T25:00:00", "after:rest_invalid_date" },
        { "include=1,x", "include:rest_invalid_type" },
        { "status=open", "status:rest_not_in_enum" },
        { "page=0&order=up", "page:rest_out_of_bounds order:rest_not_in_enum" },
    };
    struct arena a = { 0 };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CHECK_STR(spelled(&a, str_of(cases[i].query)), cases[i].expected);
    }
    arena_done(&a);
}

TEST(args_of_lists_are_bounded) {
    struct arena a = { 0 };
    struct buf query;
    buf_init(&query, 64 * KIB);
    buf_put(&query, STR("include=1"));
    for (int i = 1; i < LIMIT_API_LIST; i++) {
        buf_printf(&query, ",%d", i + 1);
    }
    CHECK(str_starts(spelled(&a, buf_str(&query)), STR("include=1,2,")));
    buf_put(&query, STR(",0"));
    CHECK_STR(spelled(&a, buf_str(&query)), "include:rest_too_many_items");
    buf_done(&query);
    arena_done(&a);
}

TEST(args_that_are_required_are_missed) {
    static const struct arg_def url[] = {
        { .name = "url", .kind = ARG_TEXT, .is_required = true },
    };
    struct arena a = { 0 };
    struct arg arg;
    struct arg_faults faults;
    CHECK(!args_read(&a, url, 1, STR("uri=x"), &arg, &faults));
    CHECK_INT(faults.len, 1);
    CHECK_STR(str_of(faults.ptr[0].code), "");
    CHECK(args_read(&a, url, 1, STR("url=x"), &arg, &faults));
    CHECK_STR(arg.text, "x");
    arena_done(&a);
}
