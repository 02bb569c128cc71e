#include "http/tickets.h"
#include "tests/harness.h"

enum { HOUR_S = 3600 };

TEST(http_tickets_keys_seal_for_a_while_and_open_for_longer) {
    struct tickets t;
    struct ticket_key first, second, third, found;
    bool old = true;
    tickets_init(&t, 1000);
    tickets_newest(&t, 1000, &first);
    tickets_newest(&t, 1000 + TICKETS_RENEW_S - 1, &found);
    CHECK(memcmp(&first, &found, sizeof first) == 0);
    CHECK(tickets_find(&t, 1000 + TICKETS_RENEW_S - 1, first.name, &found, &old) && !old);

    tickets_newest(&t, 1000 + TICKETS_RENEW_S, &second);
    CHECK(memcmp(first.name, second.name, sizeof first.name) != 0 &&
          memcmp(first.cipher, second.cipher, sizeof first.cipher) != 0 &&
          memcmp(first.mac, second.mac, sizeof first.mac) != 0);
    CHECK(tickets_find(&t, 1000 + 2 * TICKETS_RENEW_S - 1, first.name, &found, &old) && old);
    CHECK(memcmp(&first, &found, sizeof first) == 0);

    tickets_newest(&t, 1000 + 2 * TICKETS_RENEW_S, &third);
    CHECK(!tickets_find(&t, 1000 + 2 * TICKETS_RENEW_S, first.name, &found, &old));
    CHECK(tickets_find(&t, 1000 + 2 * TICKETS_RENEW_S, second.name, &found, &old) && old);
    CHECK(tickets_find(&t, 1000 + 2 * TICKETS_RENEW_S, third.name, &found, &old) && !old);
    tickets_done(&t);
}

TEST(http_tickets_keys_age_with_nobody_looking) {
    struct tickets t;
    struct ticket_key first, found;
    bool old;
    tickets_init(&t, 0);
    tickets_newest(&t, 0, &first);
    CHECK(!tickets_find(&t, 2 * TICKETS_RENEW_S, first.name, &found, &old));
    tickets_newest(&t, 1000 * TICKETS_RENEW_S, &first);
    tickets_newest(&t, 1000 * TICKETS_RENEW_S + HOUR_S, &found);
    CHECK(memcmp(&first, &found, sizeof first) == 0);
    tickets_done(&t);
}

TEST(http_tickets_are_forgotten_at_once) {
    struct tickets t;
    struct ticket_key first, found;
    bool old;
    tickets_init(&t, 0);
    tickets_newest(&t, 0, &first);
    tickets_newest(&t, TICKETS_RENEW_S, &found); /* the first is the previous one now */
    tickets_forget(&t, TICKETS_RENEW_S);
    CHECK(!tickets_find(&t, TICKETS_RENEW_S, first.name, &first, &old));
    CHECK(!tickets_find(&t, TICKETS_RENEW_S, found.name, &found, &old));
    tickets_done(&t);
}
