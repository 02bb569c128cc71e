-- What must hold between the tables. Each statement's rows are faults, as text: store_check runs
-- all whose names begin with check_. They read whole tables, on purpose. "Listed" is: kind 0
-- (story), state 3 (published), visibility 0 (public).

-- name: check_story_without_body
SELECT 'story ' || s.id || ' has no body'
FROM story s LEFT JOIN story_body b ON b.id = s.id WHERE b.id IS NULL;

-- name: check_story_primary_section
SELECT 'story ' || s.id || ' is not in its primary section'
FROM story s
WHERE s.section_id IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM story_section x WHERE x.story_id = s.id AND x.section_id = s.section_id);

-- name: check_section_cycle
WITH RECURSIVE reached (id) AS (
    SELECT id FROM section WHERE parent_id IS NULL
    UNION ALL
    SELECT s.id FROM section s JOIN reached r ON s.parent_id = r.id
)
SELECT 'section ' || s.id || ' stands below itself'
FROM section s WHERE s.id NOT IN (SELECT id FROM reached);

-- name: check_entry_unlisted
SELECT 'list ' || e.kind || '/' || e.list_id || ' holds story ' || e.story_id
    || ' which is not listed at that place'
FROM list_entry e LEFT JOIN story s ON s.id = e.story_id AND s.kind = 0 AND s.state = 3
    AND s.visibility = 0 AND s.local_day = e.local_day AND s.published_us = e.published_us
WHERE s.id IS NULL;

-- name: check_entry_unfiled
SELECT 'list ' || e.kind || '/' || e.list_id || ' holds story ' || e.story_id
    || ' which does not belong to it'
FROM list_entry e
WHERE CASE e.kind
    WHEN 0 THEN e.list_id <> 0
    WHEN 1 THEN NOT EXISTS (
        WITH RECURSIVE up (id) AS (
            SELECT x.section_id FROM story_section x WHERE x.story_id = e.story_id
            UNION
            SELECT s.parent_id FROM section s JOIN up ON s.id = up.id
            WHERE s.parent_id IS NOT NULL
        )
        SELECT 1 FROM up WHERE up.id = e.list_id)
    WHEN 2 THEN NOT EXISTS (
        SELECT 1 FROM story_tag t WHERE t.tag_id = e.list_id AND t.story_id = e.story_id)
    WHEN 3 THEN NOT EXISTS (
        SELECT 1 FROM story_author a WHERE a.author_id = e.list_id AND a.story_id = e.story_id)
    ELSE 1
    END;

-- name: check_latest_missing
SELECT 'story ' || s.id || ' is missing in the list of all stories'
FROM story s
WHERE s.kind = 0 AND s.state = 3 AND s.visibility = 0 AND NOT EXISTS (
    SELECT 1 FROM list_entry e WHERE e.kind = 0 AND e.list_id = 0 AND e.local_day = s.local_day
        AND e.published_us = s.published_us AND e.story_id = s.id);

-- UNION, not UNION ALL: the tree may have a cycle, which is another check's finding.
-- name: check_section_missing
WITH RECURSIVE above (id, ancestor_id) AS (
    SELECT id, id FROM section
    UNION
    SELECT a.id, s.parent_id
    FROM above a JOIN section s ON s.id = a.ancestor_id WHERE s.parent_id IS NOT NULL
)
SELECT DISTINCT 'story ' || s.id || ' is missing in the list of section ' || a.ancestor_id
FROM story_section x JOIN story s ON s.id = x.story_id JOIN above a ON a.id = x.section_id
WHERE s.kind = 0 AND s.state = 3 AND s.visibility = 0 AND NOT EXISTS (
    SELECT 1 FROM list_entry e WHERE e.kind = 1 AND e.list_id = a.ancestor_id
        AND e.local_day = s.local_day AND e.published_us = s.published_us AND e.story_id = s.id);

-- name: check_tag_missing
SELECT 'story ' || s.id || ' is missing in the list of tag ' || t.tag_id
FROM story_tag t JOIN story s ON s.id = t.story_id
WHERE s.kind = 0 AND s.state = 3 AND s.visibility = 0 AND NOT EXISTS (
    SELECT 1 FROM list_entry e WHERE e.kind = 2 AND e.list_id = t.tag_id
        AND e.local_day = s.local_day AND e.published_us = s.published_us AND e.story_id = s.id);

-- name: check_author_missing
SELECT 'story ' || s.id || ' is missing in the list of author ' || a.author_id
FROM story_author a JOIN story s ON s.id = a.story_id
WHERE s.kind = 0 AND s.state = 3 AND s.visibility = 0 AND NOT EXISTS (
    SELECT 1 FROM list_entry e WHERE e.kind = 3 AND e.list_id = a.author_id
        AND e.local_day = s.local_day AND e.published_us = s.published_us AND e.story_id = s.id);

-- name: check_counts
WITH entry (kind, list_id, level, date) AS (
    SELECT kind, list_id, 0, 0 FROM list_entry
    UNION ALL SELECT kind, list_id, 1, local_day / 10000 * 10000 FROM list_entry
    UNION ALL SELECT kind, list_id, 2, local_day / 100 * 100 FROM list_entry
    UNION ALL SELECT kind, list_id, 3, local_day FROM list_entry
),
true_count (kind, list_id, level, date, stories) AS (
    SELECT kind, list_id, level, date, count(*) FROM entry GROUP BY kind, list_id, level, date
)
SELECT 'list ' || t.kind || '/' || t.list_id || ' has ' || t.stories || ' stories of date '
    || t.date || ', its count says ' || coalesce(c.stories, 0)
FROM true_count t LEFT JOIN list_count c ON c.kind = t.kind AND c.list_id = t.list_id
    AND c.level = t.level AND c.date = t.date
WHERE c.stories IS NULL OR c.stories <> t.stories;

-- name: check_counts_of_nothing
SELECT 'list ' || c.kind || '/' || c.list_id || ' has no stories of date ' || c.date
    || ', its count says ' || c.stories
FROM list_count c
WHERE c.stories = 0 OR NOT EXISTS (
    SELECT 1 FROM list_entry e WHERE e.kind = c.kind AND e.list_id = c.list_id
        AND e.local_day BETWEEN c.date AND c.date + CASE c.level
            WHEN 0 THEN 99999999 WHEN 1 THEN 9999 WHEN 2 THEN 99 ELSE 0 END);

-- name: check_comment_count
WITH counted (id, comments, kept) AS (
    SELECT s.id, (SELECT count(*) FROM comment c
        WHERE c.story_id = s.id AND c.state = 1 AND c.kind IN ('', 'comment')),
        coalesce(k.comments, 0)
    FROM story s LEFT JOIN comment_count k ON k.story_id = s.id
)
SELECT 'story ' || id || ' has ' || comments || ' comments, its count says ' || kept
FROM counted WHERE comments <> kept;

-- name: check_address_target
SELECT 'the address ' || a.path || ' has no target'
FROM address a
WHERE CASE a.kind
    WHEN 1 THEN NOT EXISTS (SELECT 1 FROM story x WHERE x.id = a.target_id)
    WHEN 2 THEN NOT EXISTS (SELECT 1 FROM section x WHERE x.id = a.target_id)
    WHEN 3 THEN NOT EXISTS (SELECT 1 FROM tag x WHERE x.id = a.target_id)
    WHEN 4 THEN NOT EXISTS (SELECT 1 FROM author x WHERE x.id = a.target_id)
    WHEN 5 THEN NOT EXISTS (SELECT 1 FROM media x WHERE x.id = a.target_id)
    WHEN 6 THEN a.url = '' OR a.redirect = 0
    ELSE 1
    END;

-- name: check_address_missing
WITH owner (kind, id, path) AS (
    SELECT 1, id, path FROM story
    UNION ALL SELECT 2, id, path FROM section
    UNION ALL SELECT 3, id, path FROM tag
    UNION ALL SELECT 4, id, path FROM author
    UNION ALL SELECT 5, id, path FROM media
)
SELECT 'nothing answers at ' || o.path || ', the address of ' || o.kind || '/' || o.id
FROM owner o
WHERE o.path <> '' AND NOT EXISTS (
    SELECT 1 FROM address a WHERE a.path = o.path AND a.kind = o.kind AND a.target_id = o.id
        AND a.redirect = 0);

-- name: check_menu_target
SELECT 'item ' || m.position || ' of menu ' || m.name || ' has no target'
FROM menu m
WHERE CASE m.target
    WHEN 0 THEN 0
    WHEN 1 THEN NOT EXISTS (SELECT 1 FROM story x WHERE x.id = m.target_id)
    WHEN 2 THEN NOT EXISTS (SELECT 1 FROM section x WHERE x.id = m.target_id)
    WHEN 3 THEN NOT EXISTS (SELECT 1 FROM tag x WHERE x.id = m.target_id)
    ELSE 1
    END;

-- name: check_meta_owner
SELECT 'meta ' || m.key || ' of ' || m.owner_kind || '/' || m.owner_id || ' has no owner'
FROM meta m
WHERE CASE m.owner_kind
    WHEN 1 THEN NOT EXISTS (SELECT 1 FROM story x WHERE x.id = m.owner_id)
    WHEN 2 THEN NOT EXISTS (SELECT 1 FROM media x WHERE x.id = m.owner_id)
    WHEN 3 THEN NOT EXISTS (SELECT 1 FROM section x WHERE x.id = m.owner_id)
    WHEN 4 THEN NOT EXISTS (SELECT 1 FROM tag x WHERE x.id = m.owner_id)
    WHEN 5 THEN NOT EXISTS (SELECT 1 FROM author x WHERE x.id = m.owner_id)
    WHEN 6 THEN NOT EXISTS (SELECT 1 FROM comment x WHERE x.id = m.owner_id)
    ELSE 1
    END;

-- 2000 is STORE_SITEMAP_IDS. A file may have changed later than anything that is left in it. A list's
-- newest story is that of the last day, by each story's own zone, and may be a day older than another.
-- name: check_sitemaps
WITH newest (kind, list_id, at_us) AS (
    SELECT kind, list_id, max(published_us) FROM list_entry GROUP BY kind, list_id
),
entry (kind, id, at_us) AS (
    SELECT kind, id, CASE WHEN updated_us > published_us THEN updated_us ELSE published_us END
    FROM story WHERE state = 3 AND visibility = 0 AND noindex = 0 AND path <> ''
    UNION ALL SELECT 2, 0, at_us FROM newest WHERE kind = 0
    UNION ALL SELECT 2, x.id, n.at_us FROM section x JOIN newest n ON n.kind = 1 AND n.list_id = x.id
    WHERE x.path <> ''
    UNION ALL SELECT 3, x.id, n.at_us FROM tag x JOIN newest n ON n.kind = 2 AND n.list_id = x.id
    WHERE x.path <> ''
    UNION ALL SELECT 4, x.id, n.at_us FROM author x JOIN newest n ON n.kind = 3 AND n.list_id = x.id
    WHERE x.path <> ''
),
true_file (kind, number, entries, at_us) AS (
    SELECT kind, CASE WHEN id = 0 THEN 1 ELSE (id - 1) / 2000 + 1 END, count(*), max(at_us)
    FROM entry GROUP BY 1, 2
)
SELECT 'sitemap ' || t.kind || '/' || t.number || ' has ' || t.entries || ' entries, its row says '
    || coalesce(s.entries, 0)
FROM true_file t LEFT JOIN sitemap s ON s.kind = t.kind AND s.number = t.number
WHERE s.entries IS NULL OR s.entries <> t.entries
UNION ALL
SELECT 'sitemap ' || t.kind || '/' || t.number || ' has changed later than its row says'
FROM true_file t JOIN sitemap s ON s.kind = t.kind AND s.number = t.number
WHERE s.changed_us < t.at_us - CASE WHEN t.kind < 2 THEN 0 ELSE 86400000000 END
UNION ALL
SELECT 'sitemap ' || s.kind || '/' || s.number || ' has no entries, its row says ' || s.entries
FROM sitemap s LEFT JOIN true_file t ON t.kind = s.kind AND t.number = s.number
WHERE t.kind IS NULL;

-- name: check_search_missing
SELECT 'story ' || s.id || ' is not in the search index'
FROM story s
WHERE s.state = 3 AND s.visibility = 0 AND NOT EXISTS (
    SELECT 1 FROM search_doc d WHERE d.story_id = s.id AND d.published_us = s.published_us);

-- name: check_search_hidden
SELECT 'story ' || d.story_id || ' is in the search index but not public'
FROM search_doc d JOIN story s ON s.id = d.story_id
WHERE s.state <> 3 OR s.visibility <> 0;
