#include "newsroom/net.h"

#include <arpa/inet.h>
#include <stdio.h>

/* 4 or 16 bytes; 0: no address. */
static size_t parse(struct str address, unsigned char out[16]) {
    char text[NET_TEXT_MAX];
    if (address.len == 0 || address.len >= sizeof text) {
        return 0;
    }
    memcpy(text, address.ptr, address.len);
    text[address.len] = '\0';
    if (inet_pton(AF_INET, text, out) == 1) {
        return 4;
    }
    if (inet_pton(AF_INET6, text, out) != 1) {
        return 0;
    }
    static const unsigned char mapped[12] = { [10] = 0xff, [11] = 0xff };
    if (memcmp(out, mapped, sizeof mapped) == 0) {
        memmove(out, out + sizeof mapped, 4);
        return 4;
    }
    return 16;
}

static struct str print(const unsigned char *bytes, size_t len, char out[NET_TEXT_MAX]) {
    check(inet_ntop(len == 4 ? AF_INET : AF_INET6, bytes, out, NET_TEXT_MAX) != NULL);
    return str_of(out);
}

struct str net_of(struct str address, char out[NET_TEXT_MAX]) {
    unsigned char bytes[16];
    size_t len = parse(address, bytes);
    if (len == 0) {
        int n = snprintf(out, NET_TEXT_MAX, "%.*s", (int)(address.len < 40 ? address.len : 40),
                         address.ptr);
        return str_make(out, (size_t)n);
    }
    if (len == 16) {
        memset(bytes + 8, 0, 8);
    }
    return print(bytes, len, out);
}

struct str net_shorten(struct str address, char out[NET_TEXT_MAX]) {
    unsigned char bytes[16];
    size_t len = parse(address, bytes);
    if (len == 0) {
        out[0] = '\0';
        return str_make(out, 0);
    }
    size_t kept = len == 4 ? 3 : 6;
    memset(bytes + kept, 0, len - kept);
    return print(bytes, len, out);
}
