/* What an editor does to a story and no command does yet, for tests that need such a page:
 *
 *   edit_story SITE withdraw PATH
 *   edit_story SITE correct PATH TEXT     a correction, dated when the story was last changed */
#include "store/store.h"

#include <stdio.h>
#include <string.h>

static enum status edit(struct store_writer *w, struct arena *a, char **args, struct err *err) {
    bool correct = strcmp(args[2], "correct") == 0;
    struct store_reader *r = store_writer_reader(w);
    struct address address;
    struct story story;
    enum status status = store_address(r, a, str_of(args[3]), &address, err);
    if (status == STATUS_OK) {
        status = store_story(r, a, address.id, STORY_FULL, &story, err);
    }
    if (status == STATUS_OK && correct) {
        struct correction correction = { story.updated_us, str_of(args[4]) };
        story.corrections = (struct corrections){ &correction, 1 };
        status = store_story_put(w, &story, &address.id, err);
    } else if (status == STATUS_OK) {
        status = store_story_withdraw(w, address.id, story.updated_us, err);
    }
    return status;
}

int main(int argc, char **argv) {
    struct err err = { 0 };
    struct arena a = { 0 };
    struct store *store = NULL;
    struct store_writer *w = NULL;
    if (argc != 4 + (argc > 2 && strcmp(argv[2], "correct") == 0)) {
        fprintf(stderr, "usage: edit_story SITE withdraw PATH | correct PATH TEXT\n");
        return 2;
    }
    enum status status = store_open(argv[1], &store, &err);
    if (status == STATUS_OK) {
        status = store_write_begin(store, &w, &err);
    }
    if (status == STATUS_OK) {
        status = edit(w, &a, argv, &err);
        if (status == STATUS_OK) {
            status = store_write_commit(w, &err);
        } else {
            store_write_rollback(w);
        }
    }
    if (status != STATUS_OK) {
        fprintf(stderr, "edit_story: %s\n", err.message);
    }
    store_close(store);
    arena_done(&a);
    return status == STATUS_OK ? 0 : 1;
}
