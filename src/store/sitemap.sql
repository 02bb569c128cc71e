-- Sitemaps: their files, what is in each, and the stories that count as news.

-- name: sitemap_all
SELECT kind, number, changed_us FROM sitemap ORDER BY kind, number;

-- name: sitemap_enter
INSERT INTO sitemap (kind, number, entries, changed_us) VALUES (?1, ?2, 1, ?3)
ON CONFLICT (kind, number) DO UPDATE SET entries = sitemap.entries + 1,
    changed_us = CASE WHEN excluded.changed_us > sitemap.changed_us THEN excluded.changed_us
        ELSE sitemap.changed_us END;

-- name: sitemap_leave
UPDATE sitemap SET entries = entries - 1,
    changed_us = CASE WHEN ?3 > changed_us THEN ?3 ELSE changed_us END
WHERE kind = ?1 AND number = ?2
RETURNING entries;

-- name: sitemap_drop
DELETE FROM sitemap WHERE kind = ?1 AND number = ?2;

-- name: sitemap_newer
UPDATE sitemap SET changed_us = ?3 WHERE kind = ?1 AND number = ?2 AND changed_us < ?3
RETURNING 1;

-- The literals are STORY_PUBLISHED and STORY_PUBLIC.
-- name: sitemap_stories
SELECT s.path, s.published_us, s.updated_us, m.mime, m.file, m.path, m.remote_url
FROM story s LEFT JOIN media m ON m.id = s.lead_media_id
WHERE s.kind = ?1 AND s.id BETWEEN ?2 AND ?3 AND s.state = 3 AND s.visibility = 0
    AND s.noindex = 0 AND s.path <> ''
ORDER BY s.id;

-- Below, the list kinds are LIST_SECTION, LIST_TAG and LIST_AUTHOR; a list without a count is empty.
-- name: sitemap_sections
SELECT t.path, (
    SELECT e.published_us FROM list_entry e WHERE e.kind = 1 AND e.list_id = t.id
    ORDER BY e.local_day DESC, e.published_us DESC, e.story_id DESC LIMIT 1)
FROM section t
WHERE t.id BETWEEN ?1 AND ?2 AND t.path <> '' AND EXISTS (
    SELECT 1 FROM list_count c WHERE c.kind = 1 AND c.list_id = t.id AND c.level = 0 AND c.date = 0)
ORDER BY t.id;

-- name: sitemap_tags
SELECT t.path, (
    SELECT e.published_us FROM list_entry e WHERE e.kind = 2 AND e.list_id = t.id
    ORDER BY e.local_day DESC, e.published_us DESC, e.story_id DESC LIMIT 1)
FROM tag t
WHERE t.id BETWEEN ?1 AND ?2 AND t.path <> '' AND EXISTS (
    SELECT 1 FROM list_count c WHERE c.kind = 2 AND c.list_id = t.id AND c.level = 0 AND c.date = 0)
ORDER BY t.id;

-- name: sitemap_authors
SELECT t.path, (
    SELECT e.published_us FROM list_entry e WHERE e.kind = 3 AND e.list_id = t.id
    ORDER BY e.local_day DESC, e.published_us DESC, e.story_id DESC LIMIT 1)
FROM author t
WHERE t.id BETWEEN ?1 AND ?2 AND t.path <> '' AND EXISTS (
    SELECT 1 FROM list_count c WHERE c.kind = 3 AND c.list_id = t.id AND c.level = 0 AND c.date = 0)
ORDER BY t.id;

-- name: sitemap_list_newest
SELECT published_us FROM list_entry WHERE kind = ?1 AND list_id = ?2
ORDER BY local_day DESC, published_us DESC, story_id DESC LIMIT 1;

-- name: sitemap_of_picture
SELECT DISTINCT kind, (id - 1) / ?2 + 1 FROM story WHERE lead_media_id = ?1;

-- name: horizon_get
SELECT since_us FROM horizon WHERE name = ?1;

-- name: horizon_put
INSERT INTO horizon (name, since_us) VALUES (?1, ?2)
ON CONFLICT (name) DO UPDATE SET since_us = excluded.since_us;

-- The day narrows the search; the time decides.
-- name: news_items
SELECT s.path, s.headline, s.published_us
FROM list_entry e JOIN story s ON s.id = e.story_id
WHERE e.kind = 0 AND e.list_id = 0 AND e.local_day >= ?1 AND e.published_us > ?2
    AND s.noindex = 0 AND s.path <> ''
ORDER BY e.local_day DESC, e.published_us DESC, e.story_id DESC LIMIT ?3;

-- name: news_oldest
SELECT min(published_us) FROM list_entry
WHERE kind = 0 AND list_id = 0 AND local_day >= ?1 AND published_us > ?2;
