-- name: user_of_login
SELECT id, login, email, name, password_hash, role, created_us, password_us, is_disabled
FROM "user" WHERE login = ?1;

-- name: user_get
SELECT id, login, email, name, password_hash, role, created_us, password_us, is_disabled
FROM "user" WHERE id = ?1;

-- name: user_exists
SELECT 1 FROM "user" WHERE id = ?1;

-- name: user_next
SELECT id FROM "user" WHERE id > ?1 ORDER BY id LIMIT 1;

-- name: user_insert
INSERT INTO "user" (id, login, email, name, password_hash, role, created_us, password_us,
    is_disabled)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) RETURNING id;

-- name: user_update
UPDATE "user" SET login = ?2, email = ?3, name = ?4, password_hash = ?5, role = ?6,
    created_us = ?7, password_us = ?8, is_disabled = ?9
WHERE id = ?1;

-- name: user_authors
SELECT id FROM author WHERE user_id = ?1 ORDER BY id;

-- name: user_author_free
UPDATE author SET user_id = NULL WHERE id = ?1;

-- name: user_remove
DELETE FROM "user" WHERE id = ?1;

-- name: session_insert
INSERT INTO session (user_id, hash, created_us, seen_us, expires_us, address, agent)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) RETURNING id;

-- name: session_find
SELECT id, user_id, hash, created_us, seen_us, expires_us, address, agent
FROM session WHERE hash = ?1;

-- name: session_all
SELECT id, user_id, hash, created_us, seen_us, expires_us, address, agent
FROM session WHERE user_id = ?1 ORDER BY id DESC;

-- name: session_expire
DELETE FROM session WHERE user_id = ?1 AND expires_us <= ?2;

-- name: session_crowd_out
DELETE FROM session WHERE id IN (
    SELECT id FROM session WHERE user_id = ?1 ORDER BY id DESC LIMIT -1 OFFSET ?2);

-- name: session_seen
UPDATE session SET seen_us = max(seen_us, ?2) WHERE id = ?1;

-- name: session_end
DELETE FROM session WHERE id = ?2 AND user_id = ?1 RETURNING id;

-- name: session_count
SELECT count(*) FROM session WHERE user_id = ?1 AND id <> ?2;

-- name: session_end_others
DELETE FROM session WHERE user_id = ?1 AND id <> ?2;

-- name: access_insert
INSERT INTO access_key (user_id, kind, hash, uuid, app_id, name, scopes, created_us, expires_us,
    used_us, used_from)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 0, '') RETURNING id;

-- name: access_find
SELECT id, user_id, kind, hash, uuid, app_id, name, scopes, created_us, expires_us, used_us,
    used_from
FROM access_key WHERE hash = ?1;

-- name: access_all
SELECT id, user_id, kind, hash, uuid, app_id, name, scopes, created_us, expires_us, used_us,
    used_from
FROM access_key WHERE user_id = ?1 AND kind = ?2 ORDER BY id;

-- name: access_count
SELECT count(*) FROM access_key WHERE user_id = ?1 AND kind = ?2;

-- name: access_rename
UPDATE access_key SET name = ?3 WHERE id = ?2 AND user_id = ?1 RETURNING id;

-- name: access_used
UPDATE access_key SET used_us = max(used_us, ?2), used_from = ?3 WHERE id = ?1;

-- name: access_remove
DELETE FROM access_key WHERE id = ?2 AND user_id = ?1 RETURNING id;

-- name: access_remove_all
DELETE FROM access_key WHERE user_id = ?1 AND kind = ?2;

-- name: factor_get
SELECT secret, confirmed_us, last_step,
    (SELECT count(*) FROM recovery_code c WHERE c.user_id = ?1)
FROM second_factor WHERE user_id = ?1;

-- name: factor_put
INSERT INTO second_factor (user_id, secret, confirmed_us, last_step) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (user_id) DO UPDATE SET secret = ?2, confirmed_us = ?3, last_step = ?4;

-- name: factor_step
UPDATE second_factor SET last_step = ?2 WHERE user_id = ?1 AND last_step < ?2 RETURNING user_id;

-- name: factor_remove
DELETE FROM second_factor WHERE user_id = ?1 RETURNING user_id;

-- name: recovery_clear
DELETE FROM recovery_code WHERE user_id = ?1;

-- name: recovery_insert
INSERT INTO recovery_code (user_id, hash) VALUES (?1, ?2);

-- name: recovery_use
DELETE FROM recovery_code WHERE user_id = ?1 AND hash = ?2 RETURNING user_id;

-- name: guard_put
INSERT INTO sign_in_guard (user_id, failures, last_us) VALUES (?1, ?2, ?3)
ON CONFLICT (user_id) DO UPDATE SET failures = ?2, last_us = ?3;

-- name: guard_remove
DELETE FROM sign_in_guard WHERE user_id = ?1;

-- name: guard_all
SELECT (SELECT login FROM "user" WHERE id = user_id), failures, last_us FROM sign_in_guard
LIMIT ?1;

-- name: audit_insert
INSERT INTO audit (at_us, user_id, who, way, address, action, object_kind, object_id, summary)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9);

-- name: audit_forget
DELETE FROM audit WHERE id IN (
    SELECT id FROM (SELECT id, at_us FROM audit ORDER BY id LIMIT ?2) WHERE at_us < ?1);

-- name: audit_all
SELECT id, at_us, user_id, who, way, address, action, object_kind, object_id, summary
FROM audit WHERE id < ?1 ORDER BY id DESC LIMIT ?2;

-- name: audit_of_user
SELECT id, at_us, user_id, who, way, address, action, object_kind, object_id, summary
FROM audit WHERE user_id = ?3 AND id < ?1 ORDER BY id DESC LIMIT ?2;

-- name: audit_of_object
SELECT id, at_us, user_id, who, way, address, action, object_kind, object_id, summary
FROM audit WHERE object_kind = ?3 AND object_id = ?4 AND id < ?1 ORDER BY id DESC LIMIT ?2;
