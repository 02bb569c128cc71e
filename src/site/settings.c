#include "site/settings.h"

#include "base/limits.h"
#include "site/colour.h"
#include "site/reserved.h"
#include "text/date.h"
#include "text/url.h"
#include "text/utf8.h"

const struct setting_def setting_defs[] = {
    { "title", SETTING_TEXT, "Broadsheet", 1, 0, NULL, "the paper's name" },
    { "tagline", SETTING_TEXT, "", 0, 0, NULL, "a line under the name; may be empty" },
    { "url", SETTING_URL, "http://localhost:8080", 0, 0, NULL,
      "the public address of the site, as readers type it" },
    { "language", SETTING_LANGUAGE, "en", 0, 0, NULL,
      "the language of pages, dates and plurals: en, de, pt-BR, ar" },
    { "timezone", SETTING_TIMEZONE, "UTC", 0, 0, NULL,
      "the zone of dates and of date archives: Europe/London" },
    { "permalink", SETTING_PERMALINK, "/%year%/%monthnum%/%day%/%postname%/", 0, 0, NULL,
      "the shape of new stories' addresses; empty: /?p=7" },
    { "slug_script", SETTING_CHOICE, "transliterate", 0, 0, "transliterate|keep",
      "new slugs: in Latin letters, or in the script of the headline" },
    { "category_base", SETTING_SLUG, "category", 0, 0, NULL,
      "first part of new sections' addresses" },
    { "tag_base", SETTING_SLUG, "tag", 0, 0, NULL, "first part of new tags' addresses" },
    { "stories_per_page", SETTING_COUNT, "10", 1, 100, NULL, "stories on a page of a list" },
    { "list_excerpt_words", SETTING_COUNT, "32", 0, STORE_EXCERPT_WORDS, NULL,
      "words of the excerpts in lists" },
    { "latest_count", SETTING_COUNT, "5", 0, 20, NULL, "cards in Latest from a section" },
    { "latest_excerpt_words", SETTING_COUNT, "32", 0, STORE_EXCERPT_WORDS, NULL,
      "words of their excerpts" },
    { "dont_miss_count", SETTING_COUNT, "2", 0, 20, NULL, "cards in Don't Miss" },
    { "dont_miss_excerpt_words", SETTING_COUNT, "10", 0, STORE_EXCERPT_WORDS, NULL,
      "words of their excerpts" },
    { "excerpt_ellipsis", SETTING_TEXT, "", 0, 0, NULL,
      "put after an excerpt that was cut; usually empty" },
    { "front_secondaries", SETTING_COUNT, "4", 0, 12, NULL,
      "stories below the lead on the front page" },
    { "front_band_stories", SETTING_COUNT, "4", 1, 12, NULL,
      "stories of each section on the front page" },
    { "front_most_read", SETTING_COUNT, "5", 0, 20, NULL,
      "stories in Most Read on the front page" },
    { "views", SETTING_CHOICE, "server", 0, 0, "server|beacon|off",
      "how views of stories are counted, for Most Read: as the server answers them; by a picture "
      "on "
      "their pages, behind a cache that answers for the server; or not at all" },
    { "words_per_minute", SETTING_COUNT, "200", 50, 1000, NULL, "reading speed" },
    { "updated_after_minutes", SETTING_COUNT, "60", 0, 1000000, NULL,
      "a change this long after publication is shown as Updated" },
    { "neighbours", SETTING_CHOICE, "site", 0, 0, "site|section",
      "previous and next story of the whole site, or of the section" },
    { "front_page", SETTING_TEXT, "", 0, 0, NULL,
      "the address of a page that stands at / in place of the newest stories; usually empty" },
    { "house_credit", SETTING_TEXT, "", 0, 0, NULL,
      "put at the end of standfirsts, {site} being the name; usually empty" },
    { "logo", SETTING_PICTURE, "", 0, 0, NULL,
      "the paper's sign: the address of a picture of this site, or the name of a file of the "
      "theme" },
    { "theme_accent", SETTING_COLOUR, "", 0, 0, NULL,
      "colour of labels and links, such as #a3171f; made readable on light and on dark; empty: the "
      "theme's" },
    { "theme_type", SETTING_CHOICE, "serif", 0, 0, "serif|sans",
      "the faces of headlines and text" },
    { "theme_density", SETTING_CHOICE, "comfortable", 0, 0, "comfortable|compact",
      "how much room there is between things" },
    { "theme_style", SETTING_CHOICE, "inline", 0, 0, "inline|file",
      "the style sheet: in each page, which shows it at once, or a file that browsers keep" },
    { "organization_type", SETTING_CHOICE, "NewsMediaOrganization", 0, 0,
      "NewsMediaOrganization|Organization", "what search engines are told the publisher is" },
    { "same_as", SETTING_URLS, "", 0, 0, NULL,
      "the paper's profiles elsewhere: addresses with blanks between; usually empty" },
    { "twitter_site", SETTING_HANDLE, "", 0, 0, NULL, "the paper's account on X: @quaylantern" },
    { "fediverse_creator", SETTING_HANDLE, "", 0, 0, NULL,
      "whom Mastodon names under a story whose author names nobody: @desk@example.social" },
    { "feed_stories", SETTING_COUNT, "20", 1, 100, NULL, "stories in a feed" },
    { "feed_content", SETTING_CHOICE, "full", 0, 0, "full|summary",
      "whole stories in feeds, or only their summaries" },
    { "websub_hub", SETTING_ENDPOINT, "", 0, 0, NULL,
      "a WebSub hub that is told of every change of a feed; empty: none" },
    { "indexnow_key", SETTING_KEY, "", 8, 128, NULL,
      "a key of your own choice: search engines are told of changed stories; empty: they are not" },
    { "indexnow_endpoint", SETTING_ENDPOINT, "https://api.indexnow.org/indexnow", 0, 0, NULL,
      "where IndexNow is told" },
    { "comments_shown", SETTING_COUNT, "200", 0, 1000, NULL, "comments shown under a story" },
    { "fragment_memory", SETTING_COUNT, "64", 8, 65536, NULL,
      "memory for pages that are kept ready, in MiB" },
    { "content_security_policy", SETTING_HEADER,
      "default-src 'none'; img-src http: https: data:; media-src http: https:; "
      "style-src 'self' 'unsafe-inline'; font-src 'self'; connect-src 'self'; manifest-src 'self'; "
      "form-action 'self'; base-uri 'none'; "
      "frame-ancestors 'self'",
      0, 0, NULL,
      "what browsers may load on a page; loosen it for a theme with scripts; empty: not sent" },
    { "short_title", SETTING_TEXT, "", 0, 0, NULL,
      "the name where there is little room, as under an icon; empty: the title" },
    { "paper_colour", SETTING_COLOUR, "#ffffff", 0, 0, NULL,
      "colour of the theme's paper, which browsers continue around the page" },
    { "paper_colour_dark", SETTING_COLOUR, "#131416", 0, 0, NULL, "the same of dark pages" },
    { "robots_txt", SETTING_LINES, "", 0, 0, NULL,
      "lines that are added to robots.txt; the first ones go on with its group for all crawlers" },
    { "discourage_crawlers", SETTING_CHOICE, "off", 0, 0, "off|on",
      "ask search engines to keep off the whole site" },
    { "ads_txt", SETTING_LINES, "", 0, 0, NULL, "the file /ads.txt; empty: there is none" },
    { "app_ads_txt", SETTING_LINES, "", 0, 0, NULL, "the file /app-ads.txt; empty: there is none" },
    { "security_txt", SETTING_LINES, "", 0, 0, NULL,
      "the file /.well-known/security.txt; empty: there is none" },
    { "humans_txt", SETTING_LINES, "", 0, 0, NULL,
      "the file /humans.txt; empty: the paper's name and address" },
    { "second_factor_from", SETTING_CHOICE, "nobody", 0, 0,
      "nobody|contributor|author|editor|chief",
      "from which role on users need codes from a telephone to do anything but set them up" },
    { "audit_days", SETTING_COUNT, "400", 1, 36500, NULL, "how long the audit is kept" },
    { "surrogate_keys", SETTING_CHOICE, "off", 0, 0, "off|on",
      "send a Surrogate-Key header, for a cache in front" },
};
const size_t setting_defs_len = COUNT_OF(setting_defs);

const struct setting_def *settings_find(struct str key) {
    for (size_t i = 0; i < setting_defs_len; i++) {
        if (str_eq(key, str_of(setting_defs[i].key))) {
            return &setting_defs[i];
        }
    }
    return NULL;
}

static bool is_choice(const char *choices, struct str value) {
    struct str rest = str_of(choices), choice;
    while (str_split(&rest, '|', &choice)) {
        if (str_eq(choice, value)) {
            return true;
        }
    }
    return false;
}

static bool is_choice_of(const char *const *names, size_t n, struct str value) {
    for (size_t i = 0; i < n; i++) {
        if (str_eq(value, str_of(names[i]))) {
            return true;
        }
    }
    return false;
}

static bool has_control(struct str value) {
    for (size_t i = 0; i < value.len; i++) {
        if ((unsigned char)value.ptr[i] < 0x20 || value.ptr[i] == 0x7f) {
            return true;
        }
    }
    return false;
}

/* Plain text of any number of lines. */
static bool are_lines(struct str value) {
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = (unsigned char)value.ptr[i];
        if ((c < 0x20 && c != '\n' && c != '\r' && c != '\t') || c == 0x7f) {
            return false;
        }
    }
    return value.len <= LIMIT_SETTING_LINES_BYTES && utf8_valid(value);
}

/* Of a header field that every page carries. */
enum { HEADER_VALUE_MAX_BYTES = 4096 };

static bool is_header_value(struct str value) {
    for (size_t i = 0; i < value.len; i++) {
        if ((unsigned char)value.ptr[i] < ' ' || (unsigned char)value.ptr[i] > '~') {
            return false;
        }
    }
    return value.len <= HEADER_VALUE_MAX_BYTES;
}

static bool is_slug(struct str value) {
    for (size_t i = 0; i < value.len; i++) {
        char c = value.ptr[i];
        if (!char_is_alnum(c) && c != '-' && c != '_' && c != '/') {
            return false;
        }
    }
    return true;
}

/* Of letters, digits and these others, all of them ASCII. */
static bool is_made_of(struct str value, const char *others) {
    for (size_t i = 0; i < value.len; i++) {
        if (!char_is_alnum(value.ptr[i]) &&
            str_find_char(str_of(others), value.ptr[i], 0) == STR_NPOS) {
            return false;
        }
    }
    return true;
}

/* Parts in percent signs are WordPress's; one of them must tell stories apart. */
static bool is_permalink(struct str value) {
    static const char *const tags[] = { "year",   "monthnum", "day",      "hour",   "minute",
                                        "second", "post_id",  "postname", "author", "category" };
    bool tells_apart = false;
    struct str rest = value, part;
    if (value.len == 0) {
        return true;
    }
    for (size_t n = 0; str_split(&rest, '%', &part); n++) {
        if (n % 2 == 0) {
            if (!is_made_of(part, "/-._~?=&")) {
                return false;
            }
            continue;
        }
        if (!is_choice_of(tags, COUNT_OF(tags), part) || rest.ptr == NULL) {
            return false;
        }
        tells_apart |= str_eq(part, STR("postname")) || str_eq(part, STR("post_id"));
    }
    return tells_apart && value.ptr[0] == '/' && str_find(value, STR("//"), 0) == STR_NPOS;
}

static bool is_picture(struct str value) {
    struct str canonical;
    struct arena a = { 0 };
    bool is_path = str_starts(value, STR("/")) && url_path_canonical(&a, value, &canonical) &&
                   str_eq(value, canonical);
    arena_done(&a);
    return value.len == 0 || is_path ||
           (value.ptr[0] != '/' && is_made_of(value, "-._/") &&
            str_find(value, STR(".."), 0) == STR_NPOS);
}

/* The host of an address, in ASCII (an international one is xn--…), and no path that would have to
 * be escaped. */
static bool is_plain_address(const struct url *url) {
    return is_made_of(url->host, "-._[]:") && is_made_of(url->path, "/-._~%+@:,;=&!$'()*");
}

static bool is_site_url(struct str value) {
    struct url url;
    return url_parse(value, &url) && is_plain_address(&url) && url.host.len > 0 && !url.has_query &&
           !url.has_fragment &&
           (str_eq(url.scheme, STR("http")) || str_eq(url.scheme, STR("https")));
}

/* An address on the web that may stand in a header field. */
static bool is_endpoint(struct str value) {
    struct url url;
    return is_header_value(value) && url_parse(value, &url) && url.host.len > 0 &&
           is_plain_address(&url) && !url.has_fragment &&
           str_find_char(value, '@', 0) == STR_NPOS && str_find_char(value, '<', 0) == STR_NPOS &&
           str_find_char(value, '>', 0) == STR_NPOS && str_find_char(value, '"', 0) == STR_NPOS &&
           (str_eq(url.scheme, STR("http")) || str_eq(url.scheme, STR("https")));
}

static bool is_key(struct str value, int64_t min, int64_t max) {
    for (size_t i = 0; i < value.len; i++) {
        if (!char_is_alnum(value.ptr[i]) && value.ptr[i] != '-') {
            return false;
        }
    }
    return (int64_t)value.len >= min && (int64_t)value.len <= max;
}

static bool are_web_urls(struct str value) {
    struct str url;
    while (str_split(&value, ' ', &url)) {
        if (url.len > 0 && !url_is_web(url)) {
            return false;
        }
    }
    return true;
}

static bool is_handle(struct str value) {
    for (size_t i = 0; i < value.len; i++) {
        char c = value.ptr[i];
        if (!char_is_alnum(c) && c != '_' && c != '-' && c != '.' && c != '@') {
            return false;
        }
    }
    return value.len == 0 || (value.len > 1 && value.ptr[0] == '@');
}

/* The checks below take C strings. */
static bool is_name_for(bool (*valid)(const char *), struct str value) {
    char name[128];
    if (value.len == 0 || value.len >= sizeof name || has_control(value)) {
        return false;
    }
    memcpy(name, value.ptr, value.len);
    name[value.len] = '\0';
    return valid(name);
}

static enum status refuse_reserved(const struct setting_def *def, struct err *err) {
    return err_set(err, STATUS_INVALID,
                   "%s: addresses that begin with search, feed, page, media, assets or _view are "
                   "the program's own: another word, please",
                   def->key);
}

static enum status def_check(const struct setting_def *def, struct str value, struct err *err) {
    int64_t n;
    switch (def->kind) {
    case SETTING_TEXT:
        if (!has_control(value) && (int64_t)str_trim(value).len >= def->min) {
            return STATUS_OK;
        }
        return err_set(err, STATUS_INVALID, "%s: one line of text, please", def->key);
    case SETTING_LINES:
        if (are_lines(value)) {
            return STATUS_OK;
        }
        return err_set(err, STATUS_INVALID, "%s: plain text of at most %u KiB, please", def->key,
                       LIMIT_SETTING_LINES_BYTES / KIB);
    case SETTING_HEADER:
        if (is_header_value(value)) {
            return STATUS_OK;
        }
        return err_set(err, STATUS_INVALID, "%s: at most %d visible ASCII characters, please",
                       def->key, (int)HEADER_VALUE_MAX_BYTES);
    case SETTING_URL:
        if (is_site_url(value)) {
            return STATUS_OK;
        }
        return err_set(err, STATUS_INVALID, "%s: an address such as https://example.com, please",
                       def->key);
    case SETTING_ENDPOINT:
        if (value.len == 0 || is_endpoint(value)) {
            return STATUS_OK;
        }
        return err_set(err, STATUS_INVALID,
                       "%s: an address such as https://hub.example/publish, or nothing, please",
                       def->key);
    case SETTING_KEY:
        if (value.len == 0 || is_key(value, def->min, def->max)) {
            return STATUS_OK;
        }
        return err_set(err, STATUS_INVALID,
                       "%s: %lld to %lld letters, digits and hyphens, or nothing, please", def->key,
                       (long long)def->min, (long long)def->max);
    case SETTING_LANGUAGE:
        if (is_name_for(locale_valid, value)) {
            return STATUS_OK;
        }
        return err_set(err, STATUS_INVALID, "%s: a language tag such as en or pt-BR, please",
                       def->key);
    case SETTING_TIMEZONE:
        if (is_name_for(timezone_valid, value)) {
            return STATUS_OK;
        }
        return err_set(err, STATUS_INVALID, "%s: a zone such as Europe/London, please", def->key);
    case SETTING_PERMALINK:
        if (reserved_first(value)) {
            return refuse_reserved(def, err);
        }
        if (is_permalink(value)) {
            return STATUS_OK;
        }
        return err_set(
            err, STATUS_INVALID,
            "%s: a shape such as /%%year%%/%%monthnum%%/%%postname%%/, with %%postname%% "
            "or %%post_id%% in it, please",
            def->key);
    case SETTING_SLUG:
        if (reserved_first(value)) {
            return refuse_reserved(def, err);
        }
        if (value.len > 0 && is_slug(value)) {
            return STATUS_OK;
        }
        return err_set(err, STATUS_INVALID, "%s: letters, digits and hyphens, please", def->key);
    case SETTING_COUNT:
        if (str_to_i64(value, &n) && n >= def->min && n <= def->max) {
            return STATUS_OK;
        }
        return err_set(err, STATUS_INVALID, "%s: a number from %lld to %lld, please", def->key,
                       (long long)def->min, (long long)def->max);
    case SETTING_COLOUR:
        if (value.len == 0 || colour_parse(value, &(struct colour){ 0 })) {
            return STATUS_OK;
        }
        return err_set(err, STATUS_INVALID, "%s: a colour such as #a3171f, please", def->key);
    case SETTING_CHOICE:
        if (is_choice(def->choices, value)) {
            return STATUS_OK;
        }
        return err_set(err, STATUS_INVALID, "%s: one of %s, please", def->key, def->choices);
    case SETTING_URLS:
        if (are_web_urls(value)) {
            return STATUS_OK;
        }
        return err_set(
            err, STATUS_INVALID,
            "%s: addresses such as https://example.com/paper with blanks between, please",
            def->key);
    case SETTING_PICTURE:
        if (is_picture(value)) {
            return STATUS_OK;
        }
        return err_set(
            err, STATUS_INVALID,
            "%s: the path of a picture of this site, such as /media/sign.png, or the name "
            "of a file of the theme, please",
            def->key);
    case SETTING_HANDLE:
        if (is_handle(value)) {
            return STATUS_OK;
        }
        return err_set(err, STATUS_INVALID, "%s: a name such as @paper, please", def->key);
    }
    return err_set(err, STATUS_INVALID, "%s", def->key);
}

enum status settings_check(struct str key, struct str value, struct err *err) {
    const struct setting_def *def = settings_find(key);
    if (def == NULL) {
        return err_set(err, STATUS_NOT_FOUND, "there is no setting '%.*s'", STR_FMT(key));
    }
    return def_check(def, value, err);
}

/* The stored value if it is a good one, else the default. */
static struct str value_of(const struct settings *stored, const char *key) {
    const struct setting_def *def = settings_find(str_of(key));
    check(def != NULL);
    for (size_t i = 0; i < stored->len; i++) {
        if (str_eq(stored->ptr[i].key, str_of(key)) &&
            def_check(def, stored->ptr[i].value, NULL) == STATUS_OK) {
            return stored->ptr[i].value;
        }
    }
    return str_of(def->fallback);
}

static int64_t count_of(const struct settings *stored, const char *key) {
    int64_t n = 0;
    check(str_to_i64(value_of(stored, key), &n));
    return n;
}

static enum views_mode views_mode_of(struct str value) {
    return str_eq(value, STR("server"))   ? VIEWS_SERVER
           : str_eq(value, STR("beacon")) ? VIEWS_BEACON
                                          : VIEWS_OFF;
}

static struct str origin_of(struct arena *a, struct str site_url) {
    struct url url;
    check(url_parse(site_url, &url));
    return url.port.len > 0
               ? arena_printf(a, "%.*s://%.*s:%.*s", STR_FMT(url.scheme), STR_FMT(url.host),
                              STR_FMT(url.port))
               : arena_printf(a, "%.*s://%.*s", STR_FMT(url.scheme), STR_FMT(url.host));
}

enum status settings_load(struct store_reader *r, struct arena *a, struct site_settings *ret,
                          struct err *err) {
    struct settings s;
    enum status status = store_settings(r, a, &s, err);
    if (status != STATUS_OK) {
        return status;
    }
    struct str url = value_of(&s, "url");
    while (str_ends(url, STR("/"))) {
        url.len--;
    }
    *ret = (struct site_settings){
        .title = value_of(&s, "title"),
        .tagline = value_of(&s, "tagline"),
        .url = url,
        .origin = origin_of(a, url),
        .language = value_of(&s, "language"),
        .timezone = value_of(&s, "timezone"),
        .permalink = value_of(&s, "permalink"),
        .category_base = value_of(&s, "category_base"),
        .tag_base = value_of(&s, "tag_base"),
        .front_page = value_of(&s, "front_page"),
        .house_credit = value_of(&s, "house_credit"),
        .websub_hub = value_of(&s, "websub_hub"),
        .indexnow_key = value_of(&s, "indexnow_key"),
        .indexnow_endpoint = value_of(&s, "indexnow_endpoint"),
        .logo = value_of(&s, "logo"),
        .organization_type = value_of(&s, "organization_type"),
        .same_as = value_of(&s, "same_as"),
        .twitter_site = value_of(&s, "twitter_site"),
        .fediverse_creator = value_of(&s, "fediverse_creator"),
        .theme_accent = value_of(&s, "theme_accent"),
        .theme_sans = str_eq(value_of(&s, "theme_type"), STR("sans")),
        .style_linked = str_eq(value_of(&s, "theme_style"), STR("file")),
        .theme_compact = str_eq(value_of(&s, "theme_density"), STR("compact")),
        .content_policy = value_of(&s, "content_security_policy"),
        .excerpt_ellipsis = value_of(&s, "excerpt_ellipsis"),
        .neighbours_in_section = str_eq(value_of(&s, "neighbours"), STR("section")),
        .short_title = value_of(&s, "short_title"),
        .paper_colour = value_of(&s, "paper_colour"),
        .paper_colour_dark = value_of(&s, "paper_colour_dark"),
        .robots_txt = value_of(&s, "robots_txt"),
        .ads_txt = value_of(&s, "ads_txt"),
        .app_ads_txt = value_of(&s, "app_ads_txt"),
        .security_txt = value_of(&s, "security_txt"),
        .humans_txt = value_of(&s, "humans_txt"),
        .discourage_crawlers = str_eq(value_of(&s, "discourage_crawlers"), STR("on")),
        .surrogate_keys = str_eq(value_of(&s, "surrogate_keys"), STR("on")),
        .views = views_mode_of(value_of(&s, "views")),
        .stories_per_page = count_of(&s, "stories_per_page"),
        .latest_count = count_of(&s, "latest_count"),
        .latest_excerpt_words = count_of(&s, "latest_excerpt_words"),
        .dont_miss_count = count_of(&s, "dont_miss_count"),
        .dont_miss_excerpt_words = count_of(&s, "dont_miss_excerpt_words"),
        .list_excerpt_words = count_of(&s, "list_excerpt_words"),
        .front_secondaries = count_of(&s, "front_secondaries"),
        .front_band_stories = count_of(&s, "front_band_stories"),
        .front_most_read = count_of(&s, "front_most_read"),
        .words_per_minute = count_of(&s, "words_per_minute"),
        .updated_after_minutes = count_of(&s, "updated_after_minutes"),
        .feed_is_full = str_eq(value_of(&s, "feed_content"), STR("full")),
        .feed_stories = count_of(&s, "feed_stories"),
        .comments_shown = count_of(&s, "comments_shown"),
        .fragment_memory_mib = count_of(&s, "fragment_memory"),
    };
    return STATUS_OK;
}
