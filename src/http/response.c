#include "http/response.h"

#include "base/clock.h"

struct str http_reason(int status) {
    switch (status) {
    case 200: return STR("OK");
    case 201: return STR("Created");
    case 202: return STR("Accepted");
    case 204: return STR("No Content");
    case 206: return STR("Partial Content");
    case 301: return STR("Moved Permanently");
    case 302: return STR("Found");
    case 303: return STR("See Other");
    case 304: return STR("Not Modified");
    case 307: return STR("Temporary Redirect");
    case 308: return STR("Permanent Redirect");
    case 400: return STR("Bad Request");
    case 401: return STR("Unauthorized");
    case 403: return STR("Forbidden");
    case 404: return STR("Not Found");
    case 405: return STR("Method Not Allowed");
    case 406: return STR("Not Acceptable");
    case 408: return STR("Request Timeout");
    case 409: return STR("Conflict");
    case 410: return STR("Gone");
    case 411: return STR("Length Required");
    case 412: return STR("Precondition Failed");
    case 413: return STR("Content Too Large");
    case 414: return STR("URI Too Long");
    case 415: return STR("Unsupported Media Type");
    case 416: return STR("Range Not Satisfiable");
    case 417: return STR("Expectation Failed");
    case 421: return STR("Misdirected Request");
    case 422: return STR("Unprocessable Content");
    case 428: return STR("Precondition Required");
    case 429: return STR("Too Many Requests");
    case 431: return STR("Request Header Fields Too Large");
    case 500: return STR("Internal Server Error");
    case 501: return STR("Not Implemented");
    case 502: return STR("Bad Gateway");
    case 503: return STR("Service Unavailable");
    case 504: return STR("Gateway Timeout");
    case 505: return STR("HTTP Version Not Supported");
    case 507: return STR("Insufficient Storage");
    default: return STR("Status");
    }
}

/* The weight after a coding's name, in thousandths: ";q=0.5". 1000 if there is none, 0 if it is
 * malformed. */
static int read_weight(struct str parameters) {
    struct str part;
    while (str_split(&parameters, ';', &part)) {
        part = str_trim(part);
        if (!str_starts_nocase(part, STR("q="))) {
            continue;
        }
        struct str q = str_from(part, 2);
        if (q.len == 0 || q.len > 5 || (q.ptr[0] != '0' && q.ptr[0] != '1') ||
            (q.len > 1 && q.ptr[1] != '.')) {
            return 0;
        }
        int weight = (q.ptr[0] - '0') * 1000;
        int unit = 100;
        for (size_t i = 2; i < q.len; i++, unit /= 10) {
            if (!char_is_digit(q.ptr[i])) {
                return 0;
            }
            weight += (q.ptr[i] - '0') * unit;
        }
        return weight > 1000 ? 0 : weight;
    }
    return 1000;
}

bool http_accepts_gzip(const struct http_request *req) {
    int gzip = -1, any = -1;
    struct str value;
    for (size_t at = 0; http_header_next(req, STR("accept-encoding"), &at, &value);) {
        struct str part;
        while (str_split(&value, ',', &part)) {
            size_t end = str_find_char(part, ';', 0);
            struct str name = str_trim(str_slice(part, 0, end));
            struct str parameters = end == STR_NPOS ? STR("") : str_from(part, end + 1);
            if (str_eq_nocase(name, STR("gzip")) || str_eq_nocase(name, STR("x-gzip"))) {
                gzip = read_weight(parameters);
            } else if (str_eq(name, STR("*"))) {
                any = read_weight(parameters);
            }
        }
    }
    return gzip >= 0 ? gzip > 0 : any > 0;
}

static struct str without_weakness(struct str etag) {
    return str_starts(etag, STR("W/")) ? str_from(etag, 2) : etag;
}

static bool is_strong(struct str etag) {
    return etag.len >= 2 && etag.ptr[0] == '"';
}

/* Whether a list of entity tags holds this one, or is "*". A tag may hold commas, so that the list
 * cannot just be split. */
static bool list_has(struct str list, struct str etag, bool weak) {
    if (etag.ptr == NULL) {
        return false;
    }
    if (str_eq(list, STR("*"))) {
        return true;
    }
    if (!weak && !is_strong(etag)) {
        return false;
    }
    struct str wanted = without_weakness(etag);
    size_t at = 0;
    while (at < list.len) {
        if (list.ptr[at] == ' ' || list.ptr[at] == '\t' || list.ptr[at] == ',') {
            at++;
            continue;
        }
        bool is_weak = str_starts(str_from(list, at), STR("W/"));
        at += is_weak ? 2 : 0;
        if (at == list.len || list.ptr[at] != '"') {
            return false;
        }
        size_t close = str_find_char(list, '"', at + 1);
        if (close == STR_NPOS) {
            return false;
        }
        if ((weak || !is_weak) && str_eq(str_slice(list, at, close + 1), wanted)) {
            return true;
        }
        at = close + 1;
    }
    return false;
}

/* Whether any field of that name holds the tag. *ret_present: there is such a field. */
static bool field_has(const struct http_request *req, struct str name, struct str etag, bool weak,
                      bool *ret_present) {
    struct str value;
    *ret_present = false;
    for (size_t at = 0; http_header_next(req, name, &at, &value);) {
        *ret_present = true;
        if (list_has(value, etag, weak)) {
            return true;
        }
    }
    return false;
}

/* HTTP dates have whole seconds only. */
static int64_t whole_seconds(int64_t us) {
    return us - us % US_PER_SECOND;
}

bool http_not_modified(const struct http_request *req, struct str etag, int64_t modified_us,
                       int64_t now_us) {
    if (req->method != HTTP_GET && req->method != HTTP_HEAD) {
        return false;
    }
    bool present;
    bool match = field_has(req, STR("if-none-match"), etag, true, &present);
    if (present) {
        return match;
    }
    int64_t since_us;
    struct str since = http_header(req, STR("if-modified-since"));
    return since.ptr != NULL && modified_us > 0 && clock_parse_http(since, &since_us) &&
           since_us <= now_us && whole_seconds(modified_us) <= since_us;
}

bool http_precondition_holds(const struct http_request *req, struct str etag, int64_t modified_us) {
    bool present;
    bool match = field_has(req, STR("if-match"), etag, false, &present);
    if (present) {
        return match;
    }
    int64_t since_us;
    struct str since = http_header(req, STR("if-unmodified-since"));
    return since.ptr == NULL || modified_us <= 0 || !clock_parse_http(since, &since_us) ||
           whole_seconds(modified_us) <= since_us;
}

/* If-Range: whether the part that the client has belongs to what we have. */
static bool range_is_of_this(struct str condition, struct str etag, int64_t modified_us) {
    if (is_strong(condition)) {
        return etag.ptr != NULL && str_eq(condition, etag);
    }
    int64_t us;
    return modified_us > 0 && clock_parse_http(condition, &us) && us == whole_seconds(modified_us);
}

/* Digits only; too large a number is cut to INT64_MAX. False: none, or something else. */
static bool read_position(struct str s, uint64_t *ret) {
    uint64_t n = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (!char_is_digit(s.ptr[i])) {
            return false;
        }
        uint64_t digit = (uint64_t)(s.ptr[i] - '0');
        n = n > (INT64_MAX - digit) / 10 ? INT64_MAX : n * 10 + digit;
    }
    *ret = n;
    return s.len > 0;
}

enum http_range_result http_range(const struct http_request *req, uint64_t size, struct str etag,
                                  int64_t modified_us, struct http_range *ret_range) {
    struct str range = http_header(req, STR("range"));
    struct str condition = http_header(req, STR("if-range"));
    if (req->method != HTTP_GET || range.ptr == NULL || !str_starts_nocase(range, STR("bytes=")) ||
        (condition.ptr != NULL && !range_is_of_this(condition, etag, modified_us))) {
        return HTTP_RANGE_NONE;
    }
    struct str spec = str_trim(str_from(range, 6));
    size_t dash = str_find_char(spec, '-', 0);
    if (dash == STR_NPOS) {
        return HTTP_RANGE_NONE;
    }
    uint64_t first = 0, last = 0;
    bool has_first = read_position(str_slice(spec, 0, dash), &first);
    bool has_last = read_position(str_from(spec, dash + 1), &last);
    if ((!has_first && dash > 0) || (!has_last && dash + 1 < spec.len) ||
        (!has_first && !has_last) || (has_first && has_last && last < first)) {
        return HTTP_RANGE_NONE; /* malformed, or several */
    }
    if (!has_first) { /* the last so many bytes */
        if (last == 0 || size == 0) {
            return HTTP_RANGE_UNSATISFIABLE;
        }
        uint64_t len = last < size ? last : size;
        *ret_range = (struct http_range){ size - len, len };
        return HTTP_RANGE_PART;
    }
    if (first >= size) {
        return HTTP_RANGE_UNSATISFIABLE;
    }
    last = has_last && last < size ? last : size - 1;
    *ret_range = (struct http_range){ first, last - first + 1 };
    return HTTP_RANGE_PART;
}
