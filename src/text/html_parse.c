/* gumbo 0.10 trusts its input in three ways, and we do not:
 *
 * - Its memory is not bounded by the input's size: each paragraph opens again every formatting
 *   element that was left open, and each parse error copies the stack of open elements.
 * - Neither is its time: scope checks walk the stack, however deep.
 * - It frees a tree recursively, and a deep one overflows the stack.
 *
 * So it allocates from an arena, whose owner frees everything at once, no errors are recorded, and
 * the allocator, which it calls for every tag, looks at what has been used. Beyond the limits it
 * does not return: it jumps out of the parser, which holds nothing but memory of that arena. */
#include "text/html_parse.h"

#include "base/limits.h"

#include <setjmp.h>
#include <time.h>

struct budget {
    struct arena *arena;
    size_t used_bytes;
    size_t calls;
    int64_t until_us;
    jmp_buf give_up;
};

static int64_t thread_time_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void *allocate(void *userdata, size_t size) {
    struct budget *b = userdata;
    b->used_bytes += size;
    if (b->used_bytes > LIMIT_HTML_PARSE_BYTES ||
        (++b->calls % 256 == 0 && thread_time_us() > b->until_us)) {
        longjmp(b->give_up, 1);
    }
    return arena_alloc(b->arena, size);
}

static void release(void *userdata, void *ptr) {
    (void)userdata, (void)ptr;
}

enum status html_parse(struct arena *a, struct str text, const GumboNode **ret_root,
                       struct err *err) {
    if (text.len > LIMIT_HTML_INPUT_BYTES) {
        return err_set(err, STATUS_TOO_LARGE, "HTML of %zu bytes is longer than %u", text.len,
                       LIMIT_HTML_INPUT_BYTES);
    }
    struct budget budget = { .arena = a,
                             .until_us = thread_time_us() + LIMIT_HTML_PARSE_MS * INT64_C(1000) };
    GumboOptions options = kGumboDefaultOptions;
    options.allocator = allocate;
    options.deallocator = release;
    options.userdata = &budget;
    options.max_errors = 0;
    options.fragment_context = GUMBO_TAG_BODY;
    if (setjmp(budget.give_up) != 0) {
        return err_set(err, STATUS_TOO_LARGE,
                       "HTML of %zu bytes is nested so deeply or so badly that it cannot be parsed",
                       text.len);
    }
    *ret_root = gumbo_parse_with_options(&options, text.len > 0 ? text.ptr : "", text.len)->root;
    return STATUS_OK;
}
