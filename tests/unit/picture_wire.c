#include "base/clock.h"
#include "base/limits.h"
#include "picture/wire.h"
#include "tests/harness.h"

#include <fcntl.h>
#include <sys/socket.h>

static struct wire_message an_info(void) {
    struct wire_message m = { .kind = WIRE_INFO };
    m.info = (struct picture_info){ .format = PICTURE_JPEG,
                                    .width = 6000,
                                    .height = 4000,
                                    .frames = 1,
                                    .orientation = 6,
                                    .has_icc = true,
                                    .colour = 0x123456,
                                    .placeholder = STR("RIFF") };
    for (size_t i = 0; i < PICTURE_TEXT_END; i++) {
        m.info.texts.text[i] = STR("Jürgen");
    }
    return m;
}

TEST(wire_carries_each_message) {
    struct buf b;
    struct wire_message got, m = an_info();
    buf_init(&b, LIMIT_PICTURE_MESSAGE_BYTES);
    wire_put(&b, &m);
    CHECK(wire_get(buf_str(&b), &got));
    CHECK(got.kind == WIRE_INFO && got.info.width == 6000 && got.info.height == 4000 &&
          got.info.orientation == 6 && got.info.has_icc && !got.info.has_alpha &&
          got.info.colour == 0x123456);
    CHECK_STR(got.info.texts.text[PICTURE_TAKEN], "Jürgen");
    /* No part of it is a message, and no more than it. */
    for (size_t len = 0; len < b.len; len++) {
        CHECK(!wire_get(str_slice(buf_str(&b), 0, len), &got));
    }
    buf_put_char(&b, 'x');
    CHECK(!wire_get(buf_str(&b), &got));

    m = (struct wire_message){ .kind = WIRE_MAKE,
                               .rendition = { PICTURE_AVIF, 640, { 16, 9, 250, 750 }, 50, true } };
    buf_reset(&b);
    wire_put(&b, &m);
    CHECK(wire_get(buf_str(&b), &got));
    CHECK(memcmp(&got.rendition.crop, &m.rendition.crop, sizeof m.rendition.crop) == 0);
    CHECK(got.rendition.format == PICTURE_AVIF && got.rendition.width == 640 &&
          got.rendition.quality == 50 && got.rendition.animate);
    buf_done(&b);
}

static bool survives(const struct wire_message *m) {
    struct buf b;
    struct wire_message got;
    buf_init(&b, LIMIT_PICTURE_MESSAGE_BYTES);
    wire_put(&b, m);
    bool ok = wire_get(buf_str(&b), &got);
    buf_done(&b);
    return ok;
}

TEST(wire_refuses_what_a_liar_would_send) {
    struct wire_message m = an_info();
    CHECK(survives(&m));
    m.info.width = LIMIT_PICTURE_SIDE + 1;
    CHECK(!survives(&m));
    m = an_info(), m.info.height = 0;
    CHECK(!survives(&m));
    m = an_info(), m.info.height = -1;
    CHECK(!survives(&m));
    m = an_info(), m.info.format = PICTURE_FORMAT_END;
    CHECK(!survives(&m));
    m = an_info(), m.info.texts.text[PICTURE_CREDIT] = STR("a\x1b[31m");
    CHECK(!survives(&m));
    m = an_info(), m.info.texts.text[PICTURE_CREDIT] = STR("\xFF");
    CHECK(!survives(&m));
    m = (struct wire_message){ .kind = WIRE_MADE,
                               .made = { 10, 10, 1, LIMIT_RENDITION_BYTES + 1u } };
    CHECK(!survives(&m));
    m = (struct wire_message){ .kind = WIRE_REFUSED, .status = STATUS_OK, .reason = STR("x") };
    CHECK(!survives(&m));
    m.status = STATUS_INVALID;
    CHECK(survives(&m));
}

TEST(wire_takes_descriptors_only_where_they_are_wanted) {
    int pair[2], fd = -1;
    struct buf b;
    struct wire_message got, m = { .kind = WIRE_READY };
    REQUIRE(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == 0);
    buf_init(&b, LIMIT_PICTURE_MESSAGE_BYTES);
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    CHECK(wire_send(pair[0], &m, null) && wire_send(pair[0], &m, null));
    CHECK_INT(wire_receive(pair[1], 0, &b, &got, &fd), STATUS_OK);
    CHECK(fd >= 0 && fd != null);
    close(fd);
    int free_one = dup(null);
    close(free_one);
    CHECK_INT(wire_receive(pair[1], 0, &b, &got, NULL), STATUS_OK);
    int next = dup(null);
    CHECK_INT(next, free_one); /* none came in */
    close(next);
    CHECK_INT(wire_receive(pair[1], clock_mono_us() + 1000, &b, &got, NULL), STATUS_BUSY);
    CHECK_INT(send(pair[0], "nonsense", 8, 0), 8);
    CHECK_INT(wire_receive(pair[1], clock_mono_us() + US_PER_SECOND * 60, &b, &got, NULL),
              STATUS_INVALID);
    close(pair[0]);
    CHECK_INT(wire_receive(pair[1], 0, &b, &got, NULL), STATUS_INTERRUPTED);
    CHECK(!wire_send(pair[1], &m, -1));
    close(pair[1]);
    close(null);
    buf_done(&b);
}
