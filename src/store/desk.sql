-- name: lock_get
SELECT story_id, user_id, since_us, seen_us FROM story_lock WHERE story_id = ?1;

-- name: lock_put
INSERT INTO story_lock (story_id, user_id, since_us, seen_us) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (story_id) DO UPDATE SET user_id = ?2, since_us = ?3, seen_us = ?4;

-- name: lock_free
DELETE FROM story_lock WHERE story_id = ?1 AND user_id = ?2;

-- name: revision_insert
INSERT INTO revision (story_id, user_id, version, created_us, slug, headline, standfirst,
    body_bytes, body)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, CAST(?9 AS BLOB)) RETURNING id;

-- name: revision_has
SELECT 1 FROM revision WHERE story_id = ?1 LIMIT 1;

-- name: revision_times
SELECT id, created_us FROM revision WHERE story_id = ?1 ORDER BY id;

-- name: revision_remove
DELETE FROM revision WHERE id = ?1;

-- name: revision_get
SELECT id, story_id, user_id, version, created_us, slug, headline, standfirst, body_bytes, body
FROM revision WHERE id = ?1;

-- name: revision_all
SELECT id, story_id, user_id, version, created_us, slug, headline, standfirst, body_bytes, ''
FROM revision WHERE story_id = ?1 ORDER BY id DESC LIMIT ?2;

-- name: autosave_get
SELECT version, saved_us, headline, standfirst, body_bytes, body
FROM autosave WHERE story_id = ?1 AND user_id = ?2;

-- name: autosave_put
INSERT INTO autosave (story_id, user_id, version, saved_us, headline, standfirst, body_bytes, body)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, CAST(?8 AS BLOB))
ON CONFLICT (story_id, user_id) DO UPDATE SET version = ?3, saved_us = ?4, headline = ?5,
    standfirst = ?6, body_bytes = ?7, body = CAST(?8 AS BLOB);

-- name: autosave_remove
DELETE FROM autosave WHERE story_id = ?1 AND user_id = ?2;
