-- Rolls (migrations/011_rolls.sql).

-- name: roll_total
SELECT entries FROM roll_count WHERE roll = ?1 AND level = 0;

-- name: roll_counts
SELECT prefix, entries FROM roll_count
WHERE roll = ?1 AND level = ?2 AND prefix >= ?3 AND prefix < ?4 ORDER BY prefix;

-- name: roll_sum
SELECT coalesce(sum(entries), 0) FROM roll_count
WHERE roll = ?1 AND level = ?2 AND prefix >= ?3 AND prefix < ?4;

-- Of the entries below one prefix of the last level.
-- name: roll_rest
SELECT count(*) FROM roll_entry WHERE roll = ?1 AND key >= ?2 AND key < ?3;

-- name: roll_from
SELECT id FROM roll_entry WHERE roll = ?1 AND key >= ?2 ORDER BY key, id;

-- name: roll_has
SELECT 1 FROM roll_entry WHERE roll = ?1 AND key = ?2 AND id = ?3;

-- name: roll_insert
INSERT INTO roll_entry (roll, key, id) VALUES (?1, ?2, ?3);

-- name: roll_delete
DELETE FROM roll_entry WHERE roll = ?1 AND key = ?2 AND id = ?3;

-- name: roll_count_add
INSERT INTO roll_count (roll, level, prefix, entries) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (roll, level, prefix) DO UPDATE SET entries = roll_count.entries + excluded.entries
RETURNING entries;

-- name: roll_count_drop
DELETE FROM roll_count WHERE roll = ?1 AND level = ?2 AND prefix = ?3;

-- name: roll_tag
SELECT name FROM tag WHERE id = ?1 AND taxonomy = '';

-- name: roll_author
SELECT name FROM author WHERE id = ?1;

-- name: tags_of_slug
SELECT id FROM tag WHERE slug = ?1 AND taxonomy = '' ORDER BY id LIMIT ?2;

-- name: authors_of_slug
SELECT id FROM author WHERE slug = ?1 ORDER BY id LIMIT ?2;

-- name: media_of_story
SELECT id FROM media WHERE parent_story_id = ?1 ORDER BY id LIMIT ?2;

-- The literal is LIST_TAG.
-- name: tags_by_size
SELECT c.list_id FROM list_count c JOIN tag t ON t.id = c.list_id
WHERE c.kind = 2 AND c.level = 0 AND t.taxonomy = ''
ORDER BY c.stories DESC, c.list_id DESC LIMIT ?1;

-- name: check_rolls
WITH wanted (roll, key, id) AS (
    SELECT 0, printf('%017d', CASE WHEN published_us > 0 THEN published_us ELSE 0 END), id
    FROM story WHERE kind = 1 AND state = 3 AND visibility = 0
    UNION ALL
    SELECT 1, printf('%017d', CASE WHEN created_us > 0 THEN created_us ELSE 0 END), id FROM media
    UNION ALL
    SELECT 2, lower(substr(name, 1, 60)), id FROM tag WHERE taxonomy = ''
    UNION ALL
    SELECT 3, lower(substr(t.name, 1, 60)), t.id FROM tag t
    WHERE t.taxonomy = '' AND EXISTS (SELECT 1 FROM list_entry e WHERE e.kind = 2 AND e.list_id = t.id)
    UNION ALL
    SELECT 4, lower(substr(a.name, 1, 60)), a.id FROM author a
    WHERE EXISTS (SELECT 1 FROM list_entry e WHERE e.kind = 3 AND e.list_id = a.id)
)
SELECT 'roll ' || w.roll || ' lacks ' || w.id || ' at ' || w.key
FROM wanted w LEFT JOIN roll_entry e ON e.roll = w.roll AND e.key = w.key AND e.id = w.id
WHERE e.id IS NULL
UNION ALL
SELECT 'roll ' || e.roll || ' has ' || e.id || ' at ' || e.key || ', where it does not belong'
FROM roll_entry e LEFT JOIN wanted w ON e.roll = w.roll AND e.key = w.key AND e.id = w.id
WHERE w.id IS NULL;

-- name: check_roll_counts
WITH level (roll, level, length) AS (
    VALUES (0, 0, 0), (0, 1, 4), (0, 2, 6), (0, 3, 8), (0, 4, 10),
        (1, 0, 0), (1, 1, 4), (1, 2, 6), (1, 3, 8), (1, 4, 10),
        (2, 0, 0), (2, 1, 1), (2, 2, 2), (2, 3, 3), (2, 4, 5),
        (3, 0, 0), (3, 1, 1), (3, 2, 2), (3, 3, 3), (3, 4, 5),
        (4, 0, 0), (4, 1, 1), (4, 2, 2), (4, 3, 3), (4, 4, 5)
),
counted (roll, level, prefix, entries) AS (
    SELECT e.roll, l.level, substr(e.key, 1, l.length), count(*)
    FROM roll_entry e JOIN level l ON l.roll = e.roll
    GROUP BY e.roll, l.level, substr(e.key, 1, l.length)
)
SELECT 'roll ' || t.roll || ' has ' || t.entries || ' entries that begin with "' || t.prefix
    || '", its count says ' || coalesce(c.entries, 0)
FROM counted t LEFT JOIN roll_count c ON c.roll = t.roll AND c.level = t.level AND c.prefix = t.prefix
WHERE c.entries IS NULL OR c.entries <> t.entries
UNION ALL
SELECT 'roll ' || c.roll || ' has no entries that begin with "' || c.prefix || '", its count says '
    || c.entries
FROM roll_count c LEFT JOIN counted t ON c.roll = t.roll AND c.level = t.level AND c.prefix = t.prefix
WHERE t.entries IS NULL;
