-- The lists of published public stories. A list's order is (local_day, published_us, story_id),
-- newest first.

-- name: list_between
SELECT story_id FROM list_entry
WHERE kind = ?1 AND list_id = ?2 AND local_day BETWEEN ?3 AND ?4
ORDER BY local_day DESC, published_us DESC, story_id DESC;

-- name: list_counts
SELECT date, stories FROM list_count
WHERE kind = ?1 AND list_id = ?2 AND level = ?3 AND date BETWEEN ?4 AND ?5
ORDER BY date DESC;

-- name: list_count
SELECT stories FROM list_count WHERE kind = ?1 AND list_id = ?2 AND level = ?3 AND date = ?4;

-- name: list_count_between
SELECT coalesce(sum(stories), 0) FROM list_count
WHERE kind = ?1 AND list_id = ?2 AND level = ?3 AND date BETWEEN ?4 AND ?5;

-- name: list_day_since
SELECT count(*) FROM list_entry
WHERE kind = ?1 AND list_id = ?2 AND local_day = ?3 AND published_us >= ?4;

-- name: list_place
SELECT s.local_day, s.published_us
FROM story s JOIN list_entry e ON e.kind = ?1 AND e.list_id = ?2 AND e.local_day = s.local_day
    AND e.published_us = s.published_us AND e.story_id = s.id
WHERE s.id = ?3;

-- name: list_older
SELECT story_id FROM list_entry
WHERE kind = ?1 AND list_id = ?2 AND (local_day, published_us, story_id) < (?3, ?4, ?5)
ORDER BY local_day DESC, published_us DESC, story_id DESC LIMIT 1;

-- name: list_newer
SELECT story_id FROM list_entry
WHERE kind = ?1 AND list_id = ?2 AND (local_day, published_us, story_id) > (?3, ?4, ?5)
ORDER BY local_day, published_us, story_id LIMIT 1;

-- name: list_has
SELECT 1 FROM list_entry
WHERE kind = ?1 AND list_id = ?2 AND local_day = ?3 AND published_us = ?4 AND story_id = ?5;

-- name: list_walk
SELECT local_day, published_us, story_id FROM list_entry
WHERE kind = ?1 AND list_id = ?2 AND (local_day, published_us, story_id) > (?3, ?4, ?5)
ORDER BY local_day, published_us, story_id LIMIT ?6;

-- name: list_insert
INSERT INTO list_entry (kind, list_id, local_day, published_us, story_id)
VALUES (?1, ?2, ?3, ?4, ?5);

-- name: list_delete
DELETE FROM list_entry
WHERE kind = ?1 AND list_id = ?2 AND local_day = ?3 AND published_us = ?4 AND story_id = ?5;

-- name: list_count_up
INSERT INTO list_count (kind, list_id, level, date, stories) VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (kind, list_id, level, date) DO UPDATE SET stories = list_count.stories + ?5;

-- name: list_count_down
UPDATE list_count SET stories = stories - ?5
WHERE kind = ?1 AND list_id = ?2 AND level = ?3 AND date = ?4;

-- name: list_count_drop
DELETE FROM list_count
WHERE kind = ?1 AND list_id = ?2 AND level = ?3 AND date = ?4 AND stories = 0;

-- name: list_dates
SELECT date, stories FROM list_count WHERE kind = 0 AND list_id = 0 AND level = ?1 ORDER BY date;

-- name: list_pages
SELECT sum((stories + ?1 - 1) / ?1) FROM list_count WHERE level = 0 OR kind = 0;
