-- What feeds and announcing need.

-- The newest comments of the site; what other sites sent (pingbacks, trackbacks) is none.
CREATE INDEX comment_newest ON comment (created_us, id)
    WHERE state = 1 AND kind IN ('', 'comment');

-- How many of them a story has. There is no row for stories that never had one.
CREATE TABLE comment_count (
    story_id INTEGER PRIMARY KEY REFERENCES story (id),
    comments INTEGER NOT NULL CHECK (comments >= 0)
) STRICT;
INSERT INTO comment_count (story_id, comments)
SELECT story_id, count(*) FROM comment
WHERE state = 1 AND kind IN ('', 'comment') GROUP BY story_id;

-- How far in the journal (change.seq) each of its readers has come.
CREATE TABLE journal_cursor (
    name TEXT NOT NULL PRIMARY KEY,
    seq INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
