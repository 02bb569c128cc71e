-- What the media library knows of a file. Rows from before are unprobed: of those, the program knows
-- no more than their size.

-- BLAKE2b-256 of the file's bytes in hex, which is also its name below media/. Rows may share a
-- file: a WordPress export has the same picture as several attachments, each with its own address
-- and caption.
ALTER TABLE media ADD COLUMN hash TEXT NOT NULL DEFAULT '';
ALTER TABLE media ADD COLUMN orientation INTEGER NOT NULL DEFAULT 0;
ALTER TABLE media ADD COLUMN frames INTEGER NOT NULL DEFAULT 0;
ALTER TABLE media ADD COLUMN alpha INTEGER NOT NULL DEFAULT 0;
ALTER TABLE media ADD COLUMN colour INTEGER NOT NULL DEFAULT 0;
ALTER TABLE media ADD COLUMN placeholder TEXT NOT NULL DEFAULT '';
ALTER TABLE media ADD COLUMN probed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE media ADD COLUMN byline TEXT NOT NULL DEFAULT '';
ALTER TABLE media ADD COLUMN source TEXT NOT NULL DEFAULT '';
ALTER TABLE media ADD COLUMN usage TEXT NOT NULL DEFAULT '';
-- As the camera's clock had it, "2022-03-14T09:26:53": most files name no time zone.
ALTER TABLE media ADD COLUMN taken TEXT NOT NULL DEFAULT '';
ALTER TABLE media ADD COLUMN place TEXT NOT NULL DEFAULT '';
ALTER TABLE media ADD COLUMN people TEXT NOT NULL DEFAULT '';
-- Thousandths of what is shown; both 0: nobody has set it.
ALTER TABLE media ADD COLUMN focal_x INTEGER NOT NULL DEFAULT 0;
ALTER TABLE media ADD COLUMN focal_y INTEGER NOT NULL DEFAULT 0;
ALTER TABLE media ADD COLUMN decorative INTEGER NOT NULL DEFAULT 0;
ALTER TABLE media ADD COLUMN unsyndicated INTEGER NOT NULL DEFAULT 0;

UPDATE media SET hash = substr(file, 1, 2) || substr(file, 4, 62)
WHERE length(file) >= 65 AND substr(file, 3, 1) = '/' AND substr(file, 66, 1) IN ('', '.')
    AND substr(file, 1, 2) || substr(file, 4, 62) NOT GLOB '*[^0-9a-f]*';

CREATE INDEX media_by_hash ON media (hash, id) WHERE hash <> '';
