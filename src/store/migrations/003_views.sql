-- Views of stories by hour (since 1970, UTC), for the most read of the last 24 hours; older hours
-- are forgotten.
CREATE TABLE views (
    hour INTEGER NOT NULL,
    story_id INTEGER NOT NULL REFERENCES story (id),
    count INTEGER NOT NULL CHECK (count > 0),
    PRIMARY KEY (hour, story_id)
) STRICT, WITHOUT ROWID;
