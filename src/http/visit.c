/* Two tables decide about a User-Agent. Browsers all begin in the same few ways; libraries and
 * command-line tools do not, so that they need no names here. Crawlers that pretend to begin like a
 * browser nearly all say what they are, or leave the address of a page that does.
 *
 * This runs for each view of a story on an event loop. Each place of the agent is looked up by
 * three letters in a small set, and only where some word begins with these are the words compared:
 * nowhere in the agents of today's great browsers. With two letters it was four places ("Mo" of
 * Mozilla begins "monitor", too) and five times the work. That takes a quarter of a microsecond,
 * which is a tenth of what we do for a request; but few agents make up nearly all of the traffic,
 * so each thread remembers some of them, letter by letter, and what they are. */
#include "http/visit.h"

#include "base/hash.h"

#include <pthread.h>

static const struct str browsers[] = {
    STR_INIT("Mozilla/"), STR_INIT("Opera/"), STR_INIT("Lynx/"),    STR_INIT("Links ("),
    STR_INIT("ELinks"),   STR_INIT("w3m/"),   STR_INIT("NetSurf/"), STR_INIT("Dillo/"),
};

/* Words of agents that are no person's browser, in lower case. */
static const struct word {
    struct str text;
    struct str not_after; /* does not count behind this: "CUBOT" makes telephones */
} words[] = {
    { STR_INIT("bot"), STR_INIT("cu") },         { STR_INIT("crawl"), STR_INIT("") },
    { STR_INIT("spider"), STR_INIT("") },        { STR_INIT("slurp"), STR_INIT("") },
    { STR_INIT("http"), STR_INIT("") }, /* an address to read about it; okhttp, httpclient… */
    { STR_INIT("archive"), STR_INIT("") },       { STR_INIT("axios"), STR_INIT("") },
    { STR_INIT("cfnetwork"), STR_INIT("") },     { STR_INIT("checker"), STR_INIT("") },
    { STR_INIT("externalagent"), STR_INIT("") }, { STR_INIT("externalhit"), STR_INIT("") },
    { STR_INIT("favicon"), STR_INIT("") },       { STR_INIT("feed"), STR_INIT("") },
    { STR_INIT("fetch"), STR_INIT("") },         { STR_INIT("google-"), STR_INIT("") },
    { STR_INIT("googleother"), STR_INIT("") },   { STR_INIT("gtmetrix"), STR_INIT("") },
    { STR_INIT("headless"), STR_INIT("") },      { STR_INIT("heritrix"), STR_INIT("") },
    { STR_INIT("lighthouse"), STR_INIT("") },    { STR_INIT("mediapartners"), STR_INIT("") },
    { STR_INIT("monitor"), STR_INIT("") },       { STR_INIT("nutch"), STR_INIT("") },
    { STR_INIT("pagespeed"), STR_INIT("") },     { STR_INIT("phantomjs"), STR_INIT("") },
    { STR_INIT("pingdom"), STR_INIT("") },       { STR_INIT("preview"), STR_INIT("") },
    { STR_INIT("ptst/"), STR_INIT("") }, /* WebPageTest */
    { STR_INIT("python"), STR_INIT("") },        { STR_INIT("scanner"), STR_INIT("") },
    { STR_INIT("scrap"), STR_INIT("") },         { STR_INIT("statuscake"), STR_INIT("") },
    { STR_INIT("uptime"), STR_INIT("") },        { STR_INIT("validator"), STR_INIT("") },
    { STR_INIT("wget"), STR_INIT("") },
};

enum { AGENT_READ_BYTES = 512 };

/* The last three letters without regard to case; other bytes fall together with some of them. */
enum { TRIPLES = 1 << 15 };
static unsigned triple_next(unsigned triple, char c) {
    return (triple << 5 | ((unsigned)c & 31)) % TRIPLES;
}

static uint64_t triples[TRIPLES / 64];
static pthread_once_t triples_once = PTHREAD_ONCE_INIT;

static void fill_triples(void) {
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        unsigned triple = 0;
        check(words[i].text.len >= 3);
        for (size_t k = 0; k < 3; k++) {
            triple = triple_next(triple, words[i].text.ptr[k]);
        }
        triples[triple / 64] |= UINT64_C(1) << triple % 64;
    }
}

/* Whether one of the words stands there. */
static bool has_word_at(struct str agent, size_t at) {
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        const struct word *w = &words[i];
        if (str_starts_nocase(str_from(agent, at), w->text) &&
            (w->not_after.len == 0 || at < w->not_after.len ||
             !str_starts_nocase(str_from(agent, at - w->not_after.len), w->not_after))) {
            return true;
        }
    }
    return false;
}

static bool look_at(struct str agent) {
    bool begins_well = false;
    for (size_t i = 0; i < COUNT_OF(browsers) && !begins_well; i++) {
        begins_well = str_starts(agent, browsers[i]);
    }
    if (!begins_well) {
        return false;
    }
    pthread_once(&triples_once, fill_triples);
    agent = str_slice(agent, 0, AGENT_READ_BYTES);
    unsigned triple = 0;
    for (size_t i = 0; i < agent.len; i++) {
        triple = triple_next(triple, agent.ptr[i]);
        if (UNLIKELY(triples[triple / 64] >> triple % 64 & 1) && i >= 2 &&
            has_word_at(agent, i - 2)) {
            return false;
        }
    }
    return true;
}

enum { KNOWN = 64, KNOWN_BYTES = 248 };
static _Thread_local struct known {
    bool is_browser;
    uint8_t len;
    char text[KNOWN_BYTES];
} known[KNOWN];

/* Agents differ in their versions, which stand in the middle and at the end. */
static struct known *place_of(struct str agent) {
    uint64_t middle, end;
    memcpy(&middle, agent.ptr + agent.len / 2, sizeof middle);
    memcpy(&end, agent.ptr + agent.len - sizeof end, sizeof end);
    return &known[hash_mix(hash_mix(agent.len, middle), end) % KNOWN];
}

bool http_is_browser(struct str agent) {
    if (agent.len < 16 || agent.len > KNOWN_BYTES) {
        return look_at(agent);
    }
    struct known *k = place_of(agent);
    if (!str_eq(str_make(k->text, k->len), agent)) {
        k->is_browser = look_at(agent);
        k->len = (uint8_t)agent.len;
        memcpy(k->text, agent.ptr, agent.len);
    }
    return k->is_browser;
}

/* What browsers send with a request of which nobody may ever see the answer. */
static bool is_ahead_of_time(const struct http_field *f) {
    return (str_eq_nocase(f->name, STR("sec-purpose")) || str_eq_nocase(f->name, STR("purpose")) ||
            str_eq_nocase(f->name, STR("x-purpose")) || str_eq_nocase(f->name, STR("x-moz"))) &&
           (str_find_nocase(f->value, STR("prefetch"), 0) != STR_NPOS ||
            str_find_nocase(f->value, STR("preview"), 0) != STR_NPOS);
}

bool http_is_visit(const struct http_request *req) {
    if (req->method != HTTP_GET) {
        return false;
    }
    struct str agent = STR(""), dest = STR(""), from = STR("");
    for (size_t i = 0; i < req->n_fields; i++) {
        const struct http_field *f = &req->fields[i];
        /* By length first: this is done for every view. */
        switch (f->name.len) {
        case sizeof "user-agent" - 1:
            agent = str_eq_nocase(f->name, STR("user-agent")) ? f->value : agent;
            break;
        case sizeof "sec-fetch-dest" - 1: /* and -site */
            dest = str_eq_nocase(f->name, STR("sec-fetch-dest")) ? f->value : dest;
            from = str_eq_nocase(f->name, STR("sec-fetch-site")) ? f->value : from;
            break;
        case sizeof "sec-purpose" - 1:
        case sizeof "x-purpose" - 1:
        case sizeof "purpose" - 1:
        case sizeof "x-moz" - 1:
            if (is_ahead_of_time(f)) {
                return false;
            }
            break;
        default: break;
        }
    }
    bool is_shown = dest.len == 0 || str_eq(dest, STR("document")) ||
                    (str_eq(dest, STR("image")) && str_eq(from, STR("same-origin")));
    return is_shown && http_is_browser(agent);
}
