-- Stories and pages, with everything that hangs on them.

-- name: story_card
SELECT id, kind, state, visibility, password, slug, path, headline, standfirst, published_us,
    updated_us, created_us, local_day, section_id, lead_media_id, sticky, comments_open, parent_id,
    menu_order, word_count, version, noindex
FROM story WHERE id = ?1;

-- name: story_full
SELECT s.id, s.kind, s.state, s.visibility, s.password, s.slug, s.path, s.headline, s.standfirst,
    s.published_us, s.updated_us, s.created_us, s.local_day, s.section_id, s.lead_media_id,
    s.sticky, s.comments_open, s.parent_id, s.menu_order, s.word_count, s.version,
    s.noindex, s.seo_title, s.seo_description, b.body
FROM story s JOIN story_body b ON b.id = s.id WHERE s.id = ?1;

-- name: story_sections
SELECT section_id FROM story_section WHERE story_id = ?1 ORDER BY position;

-- name: story_tags
SELECT tag_id FROM story_tag WHERE story_id = ?1 ORDER BY position;

-- name: story_authors
SELECT author_id FROM story_author WHERE story_id = ?1 ORDER BY position;

-- name: story_corrections
SELECT at_us, text FROM correction WHERE story_id = ?1 ORDER BY position;

-- name: story_excerpt
SELECT excerpt FROM story WHERE id = ?1;

-- name: story_version
SELECT version FROM story WHERE id = ?1;

-- name: story_path
SELECT path FROM story WHERE id = ?1;

-- name: story_named
SELECT id FROM story WHERE state = 3 AND slug = ?1 ORDER BY id LIMIT 1;

-- name: story_exists
SELECT 1 FROM story WHERE id = ?1;

-- name: story_above
SELECT parent_id FROM story WHERE id = ?1;

-- name: story_next
SELECT id FROM story WHERE id > ?1 ORDER BY id LIMIT 1;

-- name: story_due
SELECT id, published_us FROM story WHERE state = 2 ORDER BY published_us LIMIT 1;

-- The literals are STORY_PAGE, STORY_PUBLISHED and STORY_PUBLIC, as in the index.
-- name: story_top_pages
SELECT id FROM story WHERE kind = 1 AND state = 3 AND visibility = 0 AND parent_id IS NULL
ORDER BY menu_order, id LIMIT ?1;

-- name: story_child_pages
SELECT id FROM story WHERE kind = 1 AND state = 3 AND visibility = 0 AND parent_id = ?1
ORDER BY menu_order, id LIMIT ?2;

-- name: story_insert
INSERT INTO story (id, kind, state, visibility, password, slug, path, headline, standfirst,
    excerpt, published_us, updated_us, created_us, local_day, section_id, lead_media_id, sticky,
    comments_open, parent_id, menu_order, seo_title, seo_description, word_count, version,
    noindex)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20,
    ?21, ?22, ?23, ?24, ?25)
RETURNING id;

-- name: story_update
UPDATE story SET kind = ?2, state = ?3, visibility = ?4, password = ?5, slug = ?6, path = ?7,
    headline = ?8, standfirst = ?9, excerpt = ?10, published_us = ?11, updated_us = ?12,
    created_us = ?13, local_day = ?14, section_id = ?15, lead_media_id = ?16, sticky = ?17,
    comments_open = ?18, parent_id = ?19, menu_order = ?20, seo_title = ?21,
    seo_description = ?22, word_count = ?23, version = ?24, noindex = ?25
WHERE id = ?1;

-- name: story_text_update
UPDATE story SET excerpt = ?2, word_count = ?3 WHERE id = ?1;

-- name: story_body_put
INSERT INTO story_body (id, body) VALUES (?1, ?2)
ON CONFLICT (id) DO UPDATE SET body = excluded.body;

-- name: story_links_put
UPDATE story_body SET body = ?2 WHERE id = ?1 RETURNING id;

-- name: story_section_insert
INSERT INTO story_section (story_id, position, section_id) VALUES (?1, ?2, ?3);

-- name: story_section_clear
DELETE FROM story_section WHERE story_id = ?1;

-- name: story_tag_insert
INSERT INTO story_tag (story_id, position, tag_id) VALUES (?1, ?2, ?3);

-- name: story_tag_clear
DELETE FROM story_tag WHERE story_id = ?1;

-- name: story_author_insert
INSERT INTO story_author (story_id, position, author_id) VALUES (?1, ?2, ?3);

-- name: story_author_clear
DELETE FROM story_author WHERE story_id = ?1;

-- name: story_correction_insert
INSERT INTO correction (story_id, position, at_us, text) VALUES (?1, ?2, ?3, ?4);

-- name: story_correction_clear
DELETE FROM correction WHERE story_id = ?1;

-- name: meta_get
SELECT value FROM meta WHERE owner_kind = ?1 AND owner_id = ?2 AND key = ?3
ORDER BY position LIMIT 1;

-- name: meta_all
SELECT key, value FROM meta WHERE owner_kind = ?1 AND owner_id = ?2 ORDER BY position;

-- name: meta_clear
DELETE FROM meta WHERE owner_kind = ?1 AND owner_id = ?2;

-- name: meta_insert
INSERT INTO meta (owner_kind, owner_id, position, key, value) VALUES (?1, ?2, ?3, ?4, ?5);

-- The literal is COMMENT_APPROVED.
-- name: comment_approved
SELECT id, story_id, parent_id, state, author, author_email, author_url, author_ip, body,
    created_us, kind
FROM comment WHERE story_id = ?1 AND state = 1 ORDER BY created_us, id LIMIT ?2;

-- name: comment_newest
SELECT id, story_id, parent_id, state, author, author_email, author_url, author_ip, body,
    created_us, kind
FROM comment WHERE state = 1 AND kind IN ('', 'comment')
ORDER BY created_us DESC, id DESC LIMIT ?1;

-- name: comment_newest_of_story
SELECT id, story_id, parent_id, state, author, author_email, author_url, author_ip, body,
    created_us, kind
FROM comment WHERE story_id = ?1 AND state = 1 AND kind IN ('', 'comment')
ORDER BY created_us DESC, id DESC LIMIT ?2;

-- name: comment_count
SELECT comments FROM comment_count WHERE story_id = ?1;

-- name: comment_count_add
INSERT INTO comment_count (story_id, comments) VALUES (?1, 1)
ON CONFLICT (story_id) DO UPDATE SET comments = comments + 1;

-- name: comment_count_subtract
UPDATE comment_count SET comments = comments - 1 WHERE story_id = ?1;

-- name: comment_get
SELECT id, story_id, parent_id, state, author, author_email, author_url, author_ip, body,
    created_us, kind
FROM comment WHERE id = ?1;

-- name: comment_story
SELECT story_id FROM comment WHERE id = ?1;

-- name: comment_insert
INSERT INTO comment (id, story_id, parent_id, state, author, author_email, author_url, author_ip,
    body, created_us, kind)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
RETURNING id;

-- name: comment_update
UPDATE comment SET story_id = ?2, parent_id = ?3, state = ?4, author = ?5, author_email = ?6,
    author_url = ?7, author_ip = ?8, body = ?9, created_us = ?10, kind = ?11
WHERE id = ?1;
