-- Who works here, how they sign in, what they did, and what they have open. Readers see none of it.
-- Hashes are keyed (the key is not in the database) and stand as hexadecimal digits.

ALTER TABLE "user" ADD COLUMN created_us INTEGER NOT NULL DEFAULT 0;
ALTER TABLE "user" ADD COLUMN password_us INTEGER NOT NULL DEFAULT 0;
ALTER TABLE "user" ADD COLUMN is_disabled INTEGER NOT NULL DEFAULT 0;

CREATE TABLE session (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES "user" (id) ON DELETE CASCADE,
    hash TEXT NOT NULL UNIQUE,
    created_us INTEGER NOT NULL,
    seen_us INTEGER NOT NULL,
    expires_us INTEGER NOT NULL,
    address TEXT NOT NULL,
    agent TEXT NOT NULL
) STRICT;
CREATE INDEX session_by_user ON session (user_id, id);

-- Application passwords, access tokens, links for a new password (enum access_kind).
CREATE TABLE access_key (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES "user" (id) ON DELETE CASCADE,
    kind INTEGER NOT NULL,
    hash TEXT NOT NULL UNIQUE,
    uuid TEXT NOT NULL,
    app_id TEXT NOT NULL,
    name TEXT NOT NULL,
    scopes INTEGER NOT NULL,
    created_us INTEGER NOT NULL,
    expires_us INTEGER NOT NULL,
    used_us INTEGER NOT NULL,
    used_from TEXT NOT NULL
) STRICT;
CREATE INDEX access_key_by_user ON access_key (user_id, kind, id);

-- The secret is sealed; last_step is the time step of the last code that was taken.
CREATE TABLE second_factor (
    user_id INTEGER PRIMARY KEY REFERENCES "user" (id) ON DELETE CASCADE,
    secret TEXT NOT NULL,
    confirmed_us INTEGER NOT NULL,
    last_step INTEGER NOT NULL
) STRICT;
CREATE TABLE recovery_code (
    user_id INTEGER NOT NULL REFERENCES "user" (id) ON DELETE CASCADE,
    hash TEXT NOT NULL,
    PRIMARY KEY (user_id, hash)
) STRICT, WITHOUT ROWID;

-- Failed sign-ins of accounts that are throttled, for the next start.
CREATE TABLE sign_in_guard (
    user_id INTEGER PRIMARY KEY REFERENCES "user" (id) ON DELETE CASCADE,
    failures INTEGER NOT NULL,
    last_us INTEGER NOT NULL
) STRICT;

-- Who did what. No references: entries outlive what they are about.
CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at_us INTEGER NOT NULL,
    user_id INTEGER NOT NULL,
    who TEXT NOT NULL,
    way TEXT NOT NULL,
    address TEXT NOT NULL,
    action TEXT NOT NULL,
    object_kind TEXT NOT NULL,
    object_id INTEGER NOT NULL,
    summary TEXT NOT NULL
) STRICT;
CREATE INDEX audit_by_user ON audit (user_id, id);
CREATE INDEX audit_by_object ON audit (object_kind, object_id, id);

-- Who has a story open.
CREATE TABLE story_lock (
    story_id INTEGER PRIMARY KEY REFERENCES story (id) ON DELETE CASCADE,
    user_id INTEGER NOT NULL REFERENCES "user" (id) ON DELETE CASCADE,
    since_us INTEGER NOT NULL,
    seen_us INTEGER NOT NULL
) STRICT;
CREATE INDEX story_lock_by_user ON story_lock (user_id);

-- What a story said. Bodies are deflated (RFC 1951).
CREATE TABLE revision (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    story_id INTEGER NOT NULL REFERENCES story (id) ON DELETE CASCADE,
    user_id INTEGER REFERENCES "user" (id) ON DELETE SET NULL,
    version INTEGER NOT NULL,
    created_us INTEGER NOT NULL,
    slug TEXT NOT NULL,
    headline TEXT NOT NULL,
    standfirst TEXT NOT NULL,
    body_bytes INTEGER NOT NULL,
    body BLOB NOT NULL
) STRICT;
CREATE INDEX revision_by_story ON revision (story_id, id);
CREATE INDEX revision_by_user ON revision (user_id);

-- What somebody typed and has not saved: one of each user and story.
CREATE TABLE autosave (
    story_id INTEGER NOT NULL REFERENCES story (id) ON DELETE CASCADE,
    user_id INTEGER NOT NULL REFERENCES "user" (id) ON DELETE CASCADE,
    version INTEGER NOT NULL,
    saved_us INTEGER NOT NULL,
    headline TEXT NOT NULL,
    standfirst TEXT NOT NULL,
    body_bytes INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (story_id, user_id)
) STRICT;
CREATE INDEX autosave_by_user ON autosave (user_id);

-- The author whom readers see in a user's place.
CREATE INDEX author_by_user ON author (user_id, id) WHERE user_id IS NOT NULL;
