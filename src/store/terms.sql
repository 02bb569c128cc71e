-- What stories are filed under and who made them: sections, tags, authors, users, media.

-- name: section_get
SELECT id, parent_id, name, slug, path, description FROM section WHERE id = ?1;

-- name: section_all
SELECT id, parent_id, name, slug, path, description FROM section
ORDER BY parent_id NULLS FIRST, name, id;

-- name: section_path
SELECT path FROM section WHERE id = ?1;

-- name: section_exists
SELECT 1 FROM section WHERE id = ?1;

-- name: section_above
SELECT parent_id FROM section WHERE id = ?1;

-- How many levels the tree has from a section downwards; a cycle would end at the limit.
-- name: section_height
WITH RECURSIVE below (id, level) AS (
    SELECT CAST(?1 AS INTEGER), 1
    UNION ALL
    SELECT s.id, b.level + 1 FROM section s JOIN below b ON s.parent_id = b.id WHERE b.level < ?2
)
SELECT max(level) FROM below;

-- name: section_insert
INSERT INTO section (id, parent_id, name, slug, path, description)
VALUES (?1, ?2, ?3, ?4, ?5, ?6) RETURNING id;

-- name: section_update
UPDATE section SET parent_id = ?2, name = ?3, slug = ?4, path = ?5, description = ?6
WHERE id = ?1;

-- name: tag_get
SELECT id, name, slug, path, description, taxonomy FROM tag WHERE id = ?1;

-- name: tag_path
SELECT path FROM tag WHERE id = ?1;

-- name: tag_exists
SELECT 1 FROM tag WHERE id = ?1;

-- name: tag_insert
INSERT INTO tag (id, name, slug, path, description, taxonomy)
VALUES (?1, ?2, ?3, ?4, ?5, ?6) RETURNING id;

-- name: tag_update
UPDATE tag SET name = ?2, slug = ?3, path = ?4, description = ?5, taxonomy = ?6 WHERE id = ?1;

-- name: author_get
SELECT id, user_id, name, slug, path, biography, email, login, media_id FROM author WHERE id = ?1;

-- name: author_path
SELECT path FROM author WHERE id = ?1;

-- name: author_exists
SELECT 1 FROM author WHERE id = ?1;

-- name: author_next
SELECT id FROM author WHERE id > ?1 ORDER BY id LIMIT 1;

-- name: author_insert
INSERT INTO author (id, user_id, name, slug, path, biography, email, login, media_id)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) RETURNING id;

-- name: author_update
UPDATE author SET user_id = ?2, name = ?3, slug = ?4, path = ?5, biography = ?6, email = ?7,
    login = ?8, media_id = ?9
WHERE id = ?1;

-- name: media_get
SELECT id, file, path, remote_url, mime, size_bytes, width, height, title, alt,
    caption, credit, licence, created_us, parent_story_id, hash, orientation, frames, alpha,
    colour, placeholder, probed, byline, source, usage, taken, place, people, focal_x, focal_y,
    decorative, unsyndicated
FROM media WHERE id = ?1;

-- name: media_path
SELECT path FROM media WHERE id = ?1;

-- name: media_exists
SELECT 1 FROM media WHERE id = ?1;

-- name: media_next
SELECT id FROM media WHERE id > ?1 ORDER BY id LIMIT 1;

-- name: media_of_hash
SELECT id FROM media WHERE hash = ?1 AND hash <> '' AND id > ?2 ORDER BY id LIMIT 1;

-- name: media_unprobed_next
SELECT id FROM media WHERE id > ?1 AND probed = 0 AND file <> '' AND mime LIKE 'image/%'
ORDER BY id LIMIT 1;

-- name: media_insert
INSERT INTO media (id, file, path, remote_url, mime, size_bytes, width, height, title, alt,
    caption, credit, licence, created_us, parent_story_id, hash, orientation, frames, alpha,
    colour, placeholder, probed, byline, source, usage, taken, place, people, focal_x, focal_y,
    decorative, unsyndicated)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19,
    ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30, ?31, ?32) RETURNING id;

-- name: media_update
UPDATE media SET file = ?2, path = ?3, remote_url = ?4, mime = ?5, size_bytes = ?6, width = ?7,
    height = ?8, title = ?9, alt = ?10, caption = ?11, credit = ?12, licence = ?13,
    created_us = ?14, parent_story_id = ?15, hash = ?16, orientation = ?17, frames = ?18,
    alpha = ?19, colour = ?20, placeholder = ?21, probed = ?22, byline = ?23,
    source = ?24, usage = ?25, taken = ?26, place = ?27, people = ?28, focal_x = ?29,
    focal_y = ?30, decorative = ?31, unsyndicated = ?32
WHERE id = ?1;
