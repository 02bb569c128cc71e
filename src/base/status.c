#include "base/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *text;
    int http;
} table[] = {
#define X(name, text, http) { text, http },
    STATUS_TABLE(X)
#undef X
};

const char *status_text(enum status status) {
    check((size_t)status < COUNT_OF(table));
    return table[status].text;
}

int status_http(enum status status) {
    check((size_t)status < COUNT_OF(table));
    return table[status].http;
}

enum status err_set(struct err *err, enum status status, const char *fmt, ...) {
    check(status != STATUS_OK);
    if (err != NULL && err->status == STATUS_OK) {
        va_list args;
        va_start(args, fmt);
        err->status = status;
        vsnprintf(err->message, sizeof err->message, fmt, args);
        va_end(args);
    }
    return status;
}

void err_prefix(struct err *err, const char *fmt, ...) {
    if (err == NULL || err->status == STATUS_OK) {
        return;
    }
    char message[ERR_MESSAGE_MAX];
    memcpy(message, err->message, sizeof message);
    va_list args;
    va_start(args, fmt);
    int n = vsnprintf(err->message, sizeof err->message, fmt, args);
    va_end(args);
    size_t at = n < 0 ? 0 : (size_t)n;
    for (const char *from = at < sizeof message - 2 ? ": " : ""; *from != '\0'; from++) {
        err->message[at++] = *from;
    }
    for (const char *from = message; *from != '\0' && at < sizeof message - 1; from++) {
        err->message[at++] = *from;
    }
    err->message[at < sizeof message ? at : sizeof message - 1] = '\0';
}
