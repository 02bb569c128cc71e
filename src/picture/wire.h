/* What the program and a decoder's worker say to each other: one datagram a message
 * (SOCK_SEQPACKET), little-endian, strings behind their length, descriptors beside it.
 *
 *   worker  ready     it is confined, or says why it could not be
 *   program open      a descriptor of the original, its length and what it claims to be
 *   worker  info      what it is
 *   program probe     nothing
 *   worker  info      with colour, placeholder and texts: all of it has been decoded once
 *   program make      a descriptor to write to, and the rendition
 *   worker  made      how large it became
 *
 * To any of them the worker may answer with a refusal: a status and a sentence. A worker is not to
 * be trusted once it has seen a file: the program reads its answers as it reads strangers' bytes.
 */
#ifndef PICTURE_WIRE_H
#define PICTURE_WIRE_H

#include "base/arena.h"
#include "base/buf.h"
#include "picture/picture.h"

/* Raised with every change of a message. */
enum { WIRE_VERSION = 1 };

enum wire_kind {
    WIRE_READY = 1,
    WIRE_OPEN,
    WIRE_PROBE,
    WIRE_MAKE,
    WIRE_INFO,
    WIRE_MADE,
    WIRE_REFUSED,
};

struct wire_message {
    enum wire_kind kind;
    int64_t bytes;    /* open: the file's length */
    struct str claim; /* open: its name or type */
    struct rendition rendition;
    struct picture_info info;
    struct rendition_made made;
    enum status status; /* refused */
    struct str reason;
};

/* Append the message's bytes. */
void wire_put(struct buf *out, const struct wire_message *m);

/* Read one; its strings borrow `bytes`. False: it is none, or holds numbers beyond the limits. */
NODISCARD bool wire_get(struct str bytes, struct wire_message *ret);

/* Send with a descriptor (fd >= 0) beside it. False: the other side is gone. */
NODISCARD bool wire_send(int sock, const struct wire_message *m, int fd);

/* Receive one message into `bytes` (its strings lie there) and the descriptor that came beside it,
 * -1 if none; ret_fd NULL: none is taken. deadline_us: of clock_mono_us; 0: none.
 * Errors: INTERRUPTED (the other side is gone), BUSY (too late), INVALID (no message). */
NODISCARD enum status wire_receive(int sock, int64_t deadline_us, struct buf *bytes,
                                   struct wire_message *ret, int *ret_fd);

#endif
