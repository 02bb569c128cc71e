-- What sitemaps are made of.

-- Asked not to be indexed: in no sitemap. Some SEO plugins' exports said so all the time.
ALTER TABLE story ADD COLUMN noindex INTEGER NOT NULL DEFAULT 0;
UPDATE story SET noindex = 1 WHERE id IN (
    SELECT owner_id FROM meta
    WHERE owner_kind = 1 AND (
        (key = '_yoast_wpseo_meta-robots-noindex' AND value = '1')
        OR (key = 'rank_math_robots' AND value LIKE '%"noindex"%')
        OR (key = '_seopress_robots_index' AND value = 'yes')
        OR (key = '_aioseop_noindex' AND value = 'on')));

-- A picture's stories, to find the files that name it.
CREATE INDEX story_by_lead ON story (lead_media_id, kind) WHERE lead_media_id IS NOT NULL;

-- The files of the sitemap (enum sitemap_kind): the n-th of a kind has the things with the ids from
-- 2000 (n - 1) + 1 to 2000 n (STORE_SITEMAP_IDS). There is no row for an empty one.
CREATE TABLE sitemap (
    kind INTEGER NOT NULL,
    number INTEGER NOT NULL,
    entries INTEGER NOT NULL CHECK (entries >= 0),
    changed_us INTEGER NOT NULL,
    PRIMARY KEY (kind, number)
) STRICT, WITHOUT ROWID;

INSERT INTO sitemap (kind, number, entries, changed_us)
SELECT kind, (id - 1) / 2000 + 1, count(*),
    max(CASE WHEN updated_us > published_us THEN updated_us ELSE published_us END)
FROM story
WHERE state = 3 AND visibility = 0 AND noindex = 0 AND path <> ''
GROUP BY 1, 2;

WITH listed (kind, id) AS (
    SELECT 2, id FROM section WHERE path <> ''
    UNION ALL SELECT 2, 0
    UNION ALL SELECT 3, id FROM tag WHERE path <> ''
    UNION ALL SELECT 4, id FROM author WHERE path <> ''
)
INSERT INTO sitemap (kind, number, entries, changed_us)
SELECT l.kind, CASE WHEN l.id = 0 THEN 1 ELSE (l.id - 1) / 2000 + 1 END, count(DISTINCT l.id),
    max(e.published_us)
FROM listed l JOIN list_entry e
    ON e.kind = CASE WHEN l.id = 0 THEN 0 ELSE l.kind - 1 END AND e.list_id = l.id
GROUP BY 1, 2;

-- From when on something counts as new; moved by the clock, so that no page needs to ask it.
CREATE TABLE horizon (
    name TEXT NOT NULL PRIMARY KEY,
    since_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
