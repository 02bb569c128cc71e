#include "site/view.h"

#define TYPE_OF(name, struct_)                                                                     \
    static const struct type name##_type = TYPE(#name, struct_, name##_fields)
/* In messages: there is no "titel" in what story.hbs shows. */
#define ROOT_OF(name, struct_, shown)                                                              \
    static const struct type name##_root_type =                                                    \
        TYPE("what " shown " shows", struct_, name##_root_fields)

static const struct field link_fields[] = {
    FIELD_INT(struct view_link, id),
    FIELD_STR(struct view_link, href),
    FIELD_STR(struct view_link, label),
    FIELD_STR(struct view_link, after),
};
TYPE_OF(link, struct view_link);

static const struct field image_fields[] = {
    FIELD_STR(struct view_image, src),          FIELD_STR(struct view_image, alt),
    FIELD_STR(struct view_image, caption),      FIELD_STR(struct view_image, credit),
    FIELD_STR(struct view_image, licence),      FIELD_STR(struct view_image, mime),
    FIELD_BOOL(struct view_image, has_caption), FIELD_INT(struct view_image, width),
    FIELD_INT(struct view_image, height),
};
const struct type view_image_type = TYPE("image", struct view_image, image_fields);

static const struct field author_fields[] = {
    FIELD_INT(struct view_author, id),
    FIELD_STR(struct view_author, href),
    FIELD_STR(struct view_author, label),
    FIELD_STR(struct view_author, after),
    FIELD_OBJECT(struct view_author, image, &view_image_type),
    FIELD_STRS(struct view_author, biography),
    FIELD_LIST(struct view_author, links, &link_type),
};
TYPE_OF(author, struct view_author);

static const struct field card_fields[] = {
    FIELD_INT(struct view_card, id),
    FIELD_STR(struct view_card, href),
    FIELD_STR(struct view_card, headline),
    FIELD_STR(struct view_card, standfirst),
    FIELD_STR(struct view_card, excerpt),
    FIELD_BOOL(struct view_card, is_broken),
    FIELD_STR(struct view_card, direction),
    FIELD_STR(struct view_card, at),
    FIELD_STR(struct view_card, date),
    FIELD_OBJECT(struct view_card, image, &view_image_type),
    FIELD_OBJECT(struct view_card, section, &link_type),
    FIELD_LIST(struct view_card, authors, &link_type),
};
TYPE_OF(card, struct view_card);

static const struct field feed_fields[] = {
    FIELD_STR(struct view_feed, type),
    FIELD_STR(struct view_feed, title),
    FIELD_STR(struct view_feed, href),
};
TYPE_OF(feed, struct view_feed);

static const struct field site_fields[] = {
    FIELD_STR(struct view_site, name),
    FIELD_STR(struct view_site, tagline),
    FIELD_STR(struct view_site, language),
    FIELD_STR(struct view_site, locale),
    FIELD_STR(struct view_site, direction),
    FIELD_STR(struct view_site, feed),
    FIELD_LIST(struct view_site, feeds, &feed_type),
    FIELD_STR(struct view_site, icon),
    FIELD_STR(struct view_site, touch_icon),
    FIELD_STR(struct view_site, paper_colour),
    FIELD_STR(struct view_site, paper_colour_dark),
    FIELD_BOOL(struct view_site, is_discouraged),
    FIELD_HTML(struct view_site, script),
};
TYPE_OF(site, struct view_site);

static const struct field head_fields[] = {
    FIELD_STR(struct view_head, title),
    FIELD_STR(struct view_head, description),
    FIELD_STR(struct view_head, robots),
    FIELD_STR(struct view_head, canonical),
    FIELD_STR(struct view_head, newer),
    FIELD_STR(struct view_head, older),
    FIELD_LIST(struct view_head, feeds, &feed_type),
    FIELD_STR(struct view_head, og_type),
    FIELD_STR(struct view_head, og_title),
    FIELD_STR(struct view_head, image),
    FIELD_STR(struct view_head, image_alt),
    FIELD_INT(struct view_head, image_width),
    FIELD_INT(struct view_head, image_height),
    FIELD_STR(struct view_head, published),
    FIELD_STR(struct view_head, modified),
    FIELD_STR(struct view_head, section),
    FIELD_STRS(struct view_head, tags),
    FIELD_STR(struct view_head, card),
    FIELD_STR(struct view_head, image_type),
    FIELD_STRS(struct view_head, authors),
    FIELD_STR(struct view_head, username),
    FIELD_STR(struct view_head, twitter),
    FIELD_STR(struct view_head, fediverse),
    FIELD_HTML(struct view_head, json_ld),
};
TYPE_OF(head, struct view_head);

static const struct field correction_fields[] = {
    FIELD_STR(struct view_correction, at),
    FIELD_STR(struct view_correction, date),
    FIELD_STR(struct view_correction, text),
};
TYPE_OF(correction, struct view_correction);

static const struct field comment_fields[] = {
    FIELD_INT(struct view_comment, id),     FIELD_BOOL(struct view_comment, is_reply),
    FIELD_STR(struct view_comment, author), FIELD_STR(struct view_comment, at),
    FIELD_STR(struct view_comment, date),   FIELD_HTML(struct view_comment, body),
};
TYPE_OF(comment, struct view_comment);

static const struct field story_fields[] = {
    FIELD_STR(struct view_story, headline),
    FIELD_STR(struct view_story, standfirst),
    FIELD_STR(struct view_story, direction),
    FIELD_STR(struct view_story, published),
    FIELD_STR(struct view_story, date),
    FIELD_STR(struct view_story, day),
    FIELD_STR(struct view_story, updated),
    FIELD_STR(struct view_story, updated_date),
    FIELD_INT(struct view_story, minutes),
    FIELD_INT(struct view_story, section_id),
    FIELD_LIST(struct view_story, trail, &link_type),
    FIELD_LIST(struct view_story, sections, &link_type),
    FIELD_LIST(struct view_story, authors, &author_type),
    FIELD_OBJECT(struct view_story, image, &view_image_type),
    FIELD_HTML(struct view_story, body),
    FIELD_LIST(struct view_story, corrections, &correction_type),
    FIELD_LIST(struct view_story, tags, &link_type),
    FIELD_BOOL(struct view_story, has_neighbours),
    FIELD_OBJECT(struct view_story, previous, &link_type),
    FIELD_OBJECT(struct view_story, next, &link_type),
    FIELD_STR(struct view_story, beacon),
    FIELD_LIST(struct view_story, comments, &comment_type),
    FIELD_INT(struct view_story, comments_len),
};
TYPE_OF(story, struct view_story);

static const struct field page_fields[] = {
    FIELD_STR(struct view_page, headline),
    FIELD_STR(struct view_page, standfirst),
    FIELD_LIST(struct view_page, trail, &link_type),
    FIELD_OBJECT(struct view_page, image, &view_image_type),
    FIELD_HTML(struct view_page, body),
    FIELD_LIST(struct view_page, children, &link_type),
};
TYPE_OF(page, struct view_page);

static const struct field pager_fields[] = {
    FIELD_INT(struct view_pager, number),
    FIELD_INT(struct view_pager, pages),
    FIELD_STR(struct view_pager, newer),
    FIELD_STR(struct view_pager, older),
};
TYPE_OF(pager, struct view_pager);

static const struct field result_fields[] = {
    FIELD_OBJECT(struct view_result, card, &card_type),
    FIELD_HTML(struct view_result, headline),
    FIELD_HTML(struct view_result, passage),
    FIELD_BOOL(struct view_result, is_page),
};
TYPE_OF(result, struct view_result);

static const struct field option_fields[] = {
    FIELD_INT(struct view_option, value),
    FIELD_STR(struct view_option, label),
    FIELD_BOOL(struct view_option, selected),
};
TYPE_OF(option, struct view_option);

static const struct field band_fields[] = {
    FIELD_INT(struct view_band, id),
    FIELD_STR(struct view_band, href),
    FIELD_STR(struct view_band, label),
    FIELD_OBJECT(struct view_band, first, &card_type),
    FIELD_LIST(struct view_band, rest, &card_type),
};
TYPE_OF(band, struct view_band);

static const struct field story_root_fields[] = {
    FIELD_STRUCT(struct view_story_root, site, &site_type),
    FIELD_STRUCT(struct view_story_root, head, &head_type),
    FIELD_STRUCT(struct view_story_root, story, &story_type),
};
ROOT_OF(story, struct view_story_root, "story.hbs");

static const struct field page_root_fields[] = {
    FIELD_STRUCT(struct view_page_root, site, &site_type),
    FIELD_STRUCT(struct view_page_root, head, &head_type),
    FIELD_STRUCT(struct view_page_root, page, &page_type),
};
ROOT_OF(page, struct view_page_root, "page.hbs");

static const struct field locked_root_fields[] = {
    FIELD_STRUCT(struct view_locked_root, site, &site_type),
    FIELD_STRUCT(struct view_locked_root, head, &head_type),
    FIELD_STR(struct view_locked_root, headline),
    FIELD_STR(struct view_locked_root, action),
    FIELD_BOOL(struct view_locked_root, wrong),
};
ROOT_OF(locked, struct view_locked_root, "locked.hbs");

static const struct field front_root_fields[] = {
    FIELD_STRUCT(struct view_front_root, site, &site_type),
    FIELD_STRUCT(struct view_front_root, head, &head_type),
    FIELD_OBJECT(struct view_front_root, lead, &card_type),
    FIELD_LIST(struct view_front_root, secondaries, &card_type),
    FIELD_LIST(struct view_front_root, most_read, &card_type),
    FIELD_LIST(struct view_front_root, river, &card_type),
    FIELD_LIST(struct view_front_root, bands, &band_type),
    FIELD_STR(struct view_front_root, older),
};
ROOT_OF(front, struct view_front_root, "front.hbs");

static const struct field list_root_fields[] = {
    FIELD_STRUCT(struct view_list_root, site, &site_type),
    FIELD_STRUCT(struct view_list_root, head, &head_type),
    FIELD_STR(struct view_list_root, title),
    FIELD_STR(struct view_list_root, description),
    FIELD_LIST(struct view_list_root, trail, &link_type),
    FIELD_LIST(struct view_list_root, links, &link_type),
    FIELD_STR(struct view_list_root, links_name),
    FIELD_OBJECT(struct view_list_root, author, &author_type),
    FIELD_LIST(struct view_list_root, rows, &card_type),
    FIELD_OBJECT(struct view_list_root, pager, &pager_type),
};
ROOT_OF(list, struct view_list_root, "list.hbs");

static const struct field search_root_fields[] = {
    FIELD_STRUCT(struct view_search_root, site, &site_type),
    FIELD_STRUCT(struct view_search_root, head, &head_type),
    FIELD_STR(struct view_search_root, query),
    FIELD_LIST(struct view_search_root, sections, &option_type),
    FIELD_OBJECT(struct view_search_root, author, &author_type),
    FIELD_STR(struct view_search_root, any_author),
    FIELD_STR(struct view_search_root, from),
    FIELD_STR(struct view_search_root, to),
    FIELD_BOOL(struct view_search_root, newest_first),
    FIELD_BOOL(struct view_search_root, is_narrowed),
    FIELD_STR(struct view_search_root, unnarrowed),
    FIELD_STR(struct view_search_root, best),
    FIELD_STR(struct view_search_root, newest),
    FIELD_BOOL(struct view_search_root, is_asked),
    FIELD_BOOL(struct view_search_root, is_relaxed),
    FIELD_BOOL(struct view_search_root, is_more),
    FIELD_INT(struct view_search_root, total),
    FIELD_BOOL(struct view_search_root, is_least),
    FIELD_LIST(struct view_search_root, results, &result_type),
    FIELD_LIST(struct view_search_root, authors, &link_type),
    FIELD_LIST(struct view_search_root, top_sections, &link_type),
    FIELD_OBJECT(struct view_search_root, pager, &pager_type),
};
ROOT_OF(search, struct view_search_root, "search.hbs");

static const struct field error_root_fields[] = {
    FIELD_STRUCT(struct view_error_root, site, &site_type),
    FIELD_STRUCT(struct view_error_root, head, &head_type),
    FIELD_INT(struct view_error_root, status),
    FIELD_STR(struct view_error_root, title),
    FIELD_STR(struct view_error_root, text),
    FIELD_BOOL(struct view_error_root, with_latest),
};
ROOT_OF(error, struct view_error_root, "error.hbs");

static const struct field masthead_root_fields[] = {
    FIELD_STRUCT(struct view_masthead_root, site, &site_type),
    FIELD_OBJECT(struct view_masthead_root, logo, &view_image_type),
    FIELD_LIST(struct view_masthead_root, links, &link_type),
};
ROOT_OF(masthead, struct view_masthead_root, "masthead.hbs");

static const struct field footer_root_fields[] = {
    FIELD_STRUCT(struct view_footer_root, site, &site_type),
    FIELD_LIST(struct view_footer_root, links, &link_type),
    FIELD_LIST(struct view_footer_root, pages, &link_type),
};
ROOT_OF(footer, struct view_footer_root, "footer.hbs");

static const struct field block_root_fields[] = {
    FIELD_STR(struct view_block_root, name),
    FIELD_LIST(struct view_block_root, cards, &card_type),
    FIELD_BOOL(struct view_block_root, five),
};
ROOT_OF(block, struct view_block_root, "latest.hbs");

static const struct field also_read_root_fields[] = {
    FIELD_STR(struct view_also_read_root, label),
    FIELD_STR(struct view_also_read_root, href),
    FIELD_STR(struct view_also_read_root, headline),
};
ROOT_OF(also_read, struct view_also_read_root, "card-also-read.hbs");

static const struct field embed_root_fields[] = {
    FIELD_STR(struct view_embed_root, href),
    FIELD_STR(struct view_embed_root, host),
    FIELD_STR(struct view_embed_root, label),
};
ROOT_OF(embed, struct view_embed_root, "card-embed.hbs");

static const struct field picture_root_fields[] = {
    FIELD_OBJECT(struct view_picture_root, image, &view_image_type),
    FIELD_STR(struct view_picture_root, alt),
    FIELD_STR(struct view_picture_root, classes),
    FIELD_INT(struct view_picture_root, width),
    FIELD_BOOL(struct view_picture_root, is_in_gallery),
};
ROOT_OF(picture, struct view_picture_root, "card-picture.hbs");

const struct template_entry view_entries[] = {
    { .name = "story", .root = &story_root_type },
    { .name = "page", .root = &page_root_type },
    { .name = "locked", .root = &locked_root_type },
    { .name = "front", .root = &front_root_type },
    { .name = "list", .root = &list_root_type },
    { .name = "search", .root = &search_root_type },
    { .name = "error", .root = &error_root_type },
    { .name = "masthead", .root = &masthead_root_type, .no_fragments = true },
    { .name = "footer", .root = &footer_root_type, .no_fragments = true },
    { .name = "latest", .root = &block_root_type, .no_fragments = true },
    { .name = "dont-miss", .root = &block_root_type, .no_fragments = true },
    { .name = "partials/card-also-read", .root = &also_read_root_type, .no_fragments = true },
    { .name = "partials/card-embed", .root = &embed_root_type, .no_fragments = true },
    { .name = "partials/card-picture", .root = &picture_root_type, .no_fragments = true },
    { .name = NULL },
};
