-- What belongs to the site as a whole: settings, slots, menus, addresses, imports, the journal.

-- name: setting_get
SELECT value FROM setting WHERE key = ?1;

-- name: setting_all
SELECT key, value FROM setting ORDER BY key;

-- name: setting_put
INSERT INTO setting (key, value) VALUES (?1, ?2)
ON CONFLICT (key) DO UPDATE SET value = excluded.value;

-- name: slot_get
SELECT story_id FROM slot WHERE name = ?1 ORDER BY position;

-- name: slot_clear
DELETE FROM slot WHERE name = ?1;

-- name: slot_insert
INSERT INTO slot (name, position, story_id) VALUES (?1, ?2, ?3);

-- name: menu_get
SELECT label, url, target, target_id, parent FROM menu WHERE name = ?1 ORDER BY position;

-- name: menu_clear
DELETE FROM menu WHERE name = ?1;

-- name: menu_insert
INSERT INTO menu (name, position, label, url, target, target_id, parent)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7);

-- name: address_get
SELECT kind, target_id, redirect, url FROM address WHERE path = ?1;

-- name: address_next
SELECT path, kind, target_id, redirect, url FROM address WHERE path > ?1 ORDER BY path LIMIT 1;

-- name: address_len
SELECT count(*) FROM address;

-- name: address_put
INSERT INTO address (path, kind, target_id, redirect, url) VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (path) DO UPDATE SET kind = excluded.kind, target_id = excluded.target_id,
    redirect = excluded.redirect, url = excluded.url;

-- name: import_get
SELECT id, hash FROM import_map WHERE source = ?1 AND kind = ?2 AND source_id = ?3;

-- name: import_put
INSERT INTO import_map (source, kind, source_id, id, hash) VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (source, kind, source_id) DO UPDATE SET id = excluded.id, hash = excluded.hash;

-- name: import_task_put
INSERT INTO import_task (source, kind, id, text) VALUES (?1, ?2, ?3, ?4);

-- name: import_task_next
SELECT seq, id, kind, text FROM import_task WHERE source = ?1 AND seq > ?2 ORDER BY seq LIMIT 1;

-- name: import_task_done
DELETE FROM import_task WHERE seq = ?1;

-- name: change_last
SELECT max(seq) FROM change;

-- name: change_first
SELECT min(seq) FROM change;

-- name: change_since
SELECT seq, origin, keys FROM change WHERE seq > ?1 ORDER BY seq;

-- name: cursor_get
SELECT seq FROM journal_cursor WHERE name = ?1;

-- name: cursor_put
INSERT INTO journal_cursor (name, seq) VALUES (?1, ?2)
ON CONFLICT (name) DO UPDATE SET seq = excluded.seq;

-- name: cursor_remove
DELETE FROM journal_cursor WHERE name = ?1;

-- name: change_insert
INSERT INTO change (seq, origin, keys) VALUES (?1, ?2, ?3);

-- name: change_trim
DELETE FROM change WHERE seq <= ?1;
