-- Rolls: what there is of a kind in an order of its own (enum store_roll), with counts by which any
-- part of it is found without a scan. `key` orders it: a time in microseconds as 17 digits, or a name
-- in lower case. roll_count says how many entries begin with a prefix: level 0 is all of them, the
-- levels above have longer and longer prefixes (store/roll.c).
CREATE TABLE roll_entry (
    roll INTEGER NOT NULL,
    key TEXT NOT NULL,
    id INTEGER NOT NULL,
    PRIMARY KEY (roll, key, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE roll_count (
    roll INTEGER NOT NULL,
    level INTEGER NOT NULL,
    prefix TEXT NOT NULL,
    entries INTEGER NOT NULL,
    PRIMARY KEY (roll, level, prefix)
) STRICT, WITHOUT ROWID;

INSERT INTO roll_entry (roll, key, id)
SELECT 0, printf('%017d', CASE WHEN published_us > 0 THEN published_us ELSE 0 END), id
FROM story WHERE kind = 1 AND state = 3 AND visibility = 0;
INSERT INTO roll_entry (roll, key, id)
SELECT 1, printf('%017d', CASE WHEN created_us > 0 THEN created_us ELSE 0 END), id FROM media;
INSERT INTO roll_entry (roll, key, id)
SELECT 2, lower(substr(name, 1, 60)), id FROM tag WHERE taxonomy = '';
INSERT INTO roll_entry (roll, key, id)
SELECT 3, lower(substr(t.name, 1, 60)), t.id FROM tag t
JOIN list_count c ON c.kind = 2 AND c.list_id = t.id AND c.level = 0 AND c.date = 0
WHERE t.taxonomy = '';
INSERT INTO roll_entry (roll, key, id)
SELECT 4, lower(substr(a.name, 1, 60)), a.id FROM author a
JOIN list_count c ON c.kind = 3 AND c.list_id = a.id AND c.level = 0 AND c.date = 0;

WITH level (roll, level, length) AS (
    VALUES (0, 0, 0), (0, 1, 4), (0, 2, 6), (0, 3, 8), (0, 4, 10),
        (1, 0, 0), (1, 1, 4), (1, 2, 6), (1, 3, 8), (1, 4, 10),
        (2, 0, 0), (2, 1, 1), (2, 2, 2), (2, 3, 3), (2, 4, 5),
        (3, 0, 0), (3, 1, 1), (3, 2, 2), (3, 3, 3), (3, 4, 5),
        (4, 0, 0), (4, 1, 1), (4, 2, 2), (4, 3, 3), (4, 4, 5)
)
INSERT INTO roll_count (roll, level, prefix, entries)
SELECT e.roll, l.level, substr(e.key, 1, l.length), count(*)
FROM roll_entry e JOIN level l ON l.roll = e.roll
GROUP BY e.roll, l.level, substr(e.key, 1, l.length);

CREATE INDEX tag_by_slug ON tag (slug);
CREATE INDEX author_by_slug ON author (slug);
-- Which tags have the most stories.
CREATE INDEX list_by_size ON list_count (kind, stories, list_id) WHERE level = 0;
CREATE INDEX media_by_story ON media (parent_story_id, id) WHERE parent_story_id IS NOT NULL;
