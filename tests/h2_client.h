/* A raw HTTP/2 client for tests: it sends whatever frames it is told to, right or wrong. */
#ifndef TESTS_H2_CLIENT_H
#define TESTS_H2_CLIENT_H

#include "tests/http_client.h"

#include <nghttp2/nghttp2.h>

enum { H2_OPEN = -1, H2_CUT = -2 };

struct h2_client {
    struct client c;
    nghttp2_hd_inflater *inflater;
    bool is_stingy; /* opens no windows by itself */
    long goaway;    /* the code of it; H2_OPEN: none has come */
};

struct h2_frame {
    int type, flags;
    int32_t stream;
    struct str payload; /* until the next is read */
};

struct h2_answer {
    int status;      /* 0: none */
    long reset;      /* the code; H2_OPEN: it was not; H2_CUT: the connection ended first */
    struct buf head; /* "name: value\n" for each field */
    struct buf body;
};

/* Connect, and send preface and SETTINGS. window: the streams' initial one; 0: the protocol's. */
void h2_client_open(struct h2_client *c, int port, uint32_t window, int rcvbuf_bytes);
void h2_client_close(struct h2_client *c);

void h2_client_frame(struct h2_client *c, int type, int flags, int32_t stream, struct str payload);
/* A payload of one 32-bit number. */
void h2_client_number(struct h2_client *c, int type, int32_t stream, uint32_t number);
/* Add a field to a block, as a literal. */
void h2_client_put(struct buf *block, struct str name, struct str value);
/* A request with these fields ("name: value\n"…) and nothing else. */
void h2_client_request(struct h2_client *c, int32_t stream, const char *fields, bool ends);
/* "GET <path>". */
void h2_client_get(struct h2_client *c, int32_t stream, const char *path);

/* The next frame; settings and pings are acknowledged, windows opened. False: the end. */
bool h2_client_read(struct h2_client *c, struct h2_frame *ret);
/* Read until that stream has ended; what comes for others is lost. */
struct h2_answer h2_client_answer(struct h2_client *c, int32_t stream);
/* The status of the next head of that stream; 0: none comes. */
int h2_client_status(struct h2_client *c, int32_t stream);
void h2_answer_done(struct h2_answer *a);
/* Read until the connection ends. */
void h2_client_read_end(struct h2_client *c);

#endif
