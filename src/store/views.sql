-- Views of stories. Counted are those that readers may see: kind 0 (story), state 3 (published),
-- visibility 0 (public).

-- name: views_public
SELECT 1 FROM story WHERE id = ?1 AND kind = 0 AND state = 3 AND visibility = 0;

-- name: views_add
INSERT INTO views (hour, story_id, count) VALUES (?1, ?2, ?3)
ON CONFLICT (hour, story_id) DO UPDATE SET count = views.count + excluded.count;

-- name: views_forget
DELETE FROM views WHERE (hour, story_id) IN (
    SELECT v.hour, v.story_id FROM views v WHERE v.hour < ?1
    ORDER BY v.hour, v.story_id LIMIT ?2);

-- name: views_top
SELECT story_id, sum(count) AS total FROM views WHERE hour BETWEEN ?1 AND ?2
GROUP BY story_id ORDER BY total DESC, story_id DESC;
