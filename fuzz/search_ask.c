/* The first line is a search's query string, the rest a text that it has found. What is asked has
 * one spelling, which is read as itself; what is shown is the text and nothing but <mark> in it. */
#include "base/buf.h"
#include "base/limits.h"
#include "site/key.h"
#include "site/search_address.h"
#include "text/search_passage.h"
#include "text/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_html(struct html html) {
    check(utf8_valid(html.raw));
    bool is_open = false;
    for (size_t at = 0; (at = str_find_char(html.raw, '<', at)) != STR_NPOS; at++) {
        check(str_starts(str_from(html.raw, at), is_open ? STR("</mark>") : STR("<mark>")));
        is_open = !is_open;
    }
    check(!is_open);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct str input = str_make((const char *)data, size);
    size_t line = str_find_char(input, '\n', 0);
    struct str query = str_slice(input, 0, line), text = STR("");
    struct arena a = { 0 };
    if (line != STR_NPOS) {
        text = utf8_clean(&a, str_from(input, line + 1));
    }
    struct str key, again;
    if (site_page_key(&a, SEARCH_PATH, query, &key) == PAGE_KEY_OK) {
        struct search_ask ask;
        check(search_ask_of_key(&a, key, &ask));
        check(utf8_valid(ask.words) && ask.words.len <= LIMIT_SEARCH_BYTES);
        check(ask.number >= 1 && ask.number <= LIMIT_SEARCH_PAGES + 1 && ask.from >= 0);
        check(ask.from == 0 || ask.to == 0 || ask.from <= ask.to);
        if (key.len > SEARCH_PATH.len) {
            struct str own = str_from(key, SEARCH_PATH.len + 1);
            check(site_page_key(&a, SEARCH_PATH, own, &again) == PAGE_KEY_OK && str_eq(key, again));
        }
        struct search_query q;
        search_query_parse(&a, ask.words, &q);
        check_html(search_mark(&a, &q, text));
        check_html(search_passage(&a, &q, text, 30));
    }
    if (search_ask_read_wordpress(&a, query, &(struct search_ask){ 0 })) {
        check(site_page_key(&a, STR("/"), query, &key) == PAGE_KEY_MOVED);
        check(str_starts(key, SEARCH_PATH));
    }
    arena_done(&a);
    return 0;
}
