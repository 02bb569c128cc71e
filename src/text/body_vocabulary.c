#include "text/body_vocabulary.h"

const struct body_element body_elements[BODY_TAG_COUNT] = {
    [BODY_TAG_NONE] = { STR_INIT(""), 0, IN_ANY_BLOCK, false },
#define X(id, name, stands_in, takes, is_void)                                                     \
    [BODY_TAG_##id] = { STR_INIT(name), stands_in, takes, is_void },
    BODY_TAGS(X)
#undef X
};

enum body_tag body_tag_of(struct str name) {
    for (int tag = BODY_TAG_NONE + 1; tag < BODY_TAG_COUNT; tag++) {
        const struct str *known = &body_elements[tag].name;
        if (known->len == name.len && memcmp(known->ptr, name.ptr, name.len) == 0) {
            return (enum body_tag)tag;
        }
    }
    return BODY_TAG_NONE;
}

#define T(id) BODY_TAG_##id
const struct body_attribute body_attributes[] = {
    { STR_INIT("data-card"), VALUE_CARD, { T(DIV), T(FIGURE), T(P), T(UL) } },
    { STR_INIT("data-story"), VALUE_STORY, { T(DIV), T(FIGURE), T(P), T(UL), T(A) } },
    { STR_INIT("data-label"), VALUE_TEXT, { T(DIV), T(FIGURE), T(P), T(UL) } },
    { STR_INIT("data-url"), VALUE_RESOURCE, { T(DIV), T(FIGURE), T(P), T(UL) } },
    { STR_INIT("id"), VALUE_ID, { T(NONE) } },
    { STR_INIT("class"), VALUE_CLASS, { T(NONE) } },
    { STR_INIT("lang"), VALUE_LANG, { T(NONE) } },
    { STR_INIT("dir"), VALUE_DIR, { T(NONE) } },
    { STR_INIT("title"), VALUE_TEXT, { T(NONE) } },
    { STR_INIT("style"), VALUE_STYLE, { T(NONE) } },
    { STR_INIT("href"), VALUE_LINK, { T(A) } },
    { STR_INIT("rel"), VALUE_REL, { T(A) } },
    { STR_INIT("src"), VALUE_IMAGE, { T(IMG) } },
    { STR_INIT("src"), VALUE_RESOURCE, { T(SOURCE), T(TRACK), T(AUDIO), T(VIDEO) } },
    { STR_INIT("srcset"), VALUE_SRCSET, { T(IMG), T(SOURCE) } },
    { STR_INIT("sizes"), VALUE_MEDIA, { T(IMG), T(SOURCE) } },
    { STR_INIT("media"), VALUE_MEDIA, { T(SOURCE) } },
    { STR_INIT("type"), VALUE_MIME, { T(SOURCE) } },
    { STR_INIT("alt"), VALUE_ALT, { T(IMG) } },
    { STR_INIT("width"), VALUE_SIZE, { T(IMG), T(SOURCE), T(VIDEO) } },
    { STR_INIT("height"), VALUE_SIZE, { T(IMG), T(SOURCE), T(VIDEO) } },
    { STR_INIT("loading"), VALUE_LOADING, { T(IMG) } },
    { STR_INIT("poster"), VALUE_RESOURCE, { T(VIDEO) } },
    { STR_INIT("controls"), VALUE_FLAG, { T(AUDIO), T(VIDEO) } },
    { STR_INIT("preload"), VALUE_PRELOAD, { T(AUDIO), T(VIDEO) } },
    { STR_INIT("loop"), VALUE_FLAG, { T(AUDIO), T(VIDEO) } },
    { STR_INIT("muted"), VALUE_FLAG, { T(AUDIO), T(VIDEO) } },
    { STR_INIT("playsinline"), VALUE_FLAG, { T(VIDEO) } },
    { STR_INIT("kind"), VALUE_TRACK_KIND, { T(TRACK) } },
    { STR_INIT("srclang"), VALUE_LANG, { T(TRACK) } },
    { STR_INIT("label"), VALUE_TEXT, { T(TRACK) } },
    { STR_INIT("default"), VALUE_FLAG, { T(TRACK) } },
    { STR_INIT("cite"), VALUE_RESOURCE, { T(BLOCKQUOTE), T(Q), T(DEL), T(INS) } },
    { STR_INIT("datetime"), VALUE_DATETIME, { T(TIME), T(DEL), T(INS) } },
    { STR_INIT("start"), VALUE_INTEGER, { T(OL) } },
    { STR_INIT("reversed"), VALUE_FLAG, { T(OL) } },
    { STR_INIT("type"), VALUE_LIST_TYPE, { T(OL) } },
    { STR_INIT("value"), VALUE_INTEGER, { T(LI) } },
    { STR_INIT("open"), VALUE_FLAG, { T(DETAILS) } },
    { STR_INIT("scope"), VALUE_SCOPE, { T(TH) } },
    { STR_INIT("colspan"), VALUE_SPAN, { T(TH), T(TD) } },
    { STR_INIT("rowspan"), VALUE_ROWSPAN, { T(TH), T(TD) } },
    { STR_INIT("span"), VALUE_SPAN, { T(COL), T(COLGROUP) } },
    { STR_INIT(""), VALUE_FLAG, { T(NONE) } },
};
#undef T

bool body_attribute_fits(const struct body_attribute *attribute, enum body_tag tag) {
    if (attribute->tags[0] == BODY_TAG_NONE) {
        return true;
    }
    for (const enum body_tag *at = attribute->tags; *at != BODY_TAG_NONE; at++) {
        if (*at == tag) {
            return true;
        }
    }
    return false;
}
