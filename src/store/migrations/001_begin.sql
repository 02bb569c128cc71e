-- One newsroom's site. Times are microseconds since 1970 UTC; 0 is none. A reference that may be
-- missing is NULL. The tables of the lists are derived from the stories and kept with them.

CREATE TABLE setting (
    key TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE "user" (
    id INTEGER PRIMARY KEY,
    login TEXT NOT NULL UNIQUE,
    email TEXT NOT NULL,
    name TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    role INTEGER NOT NULL
) STRICT;

CREATE TABLE media (
    id INTEGER PRIMARY KEY,
    file TEXT NOT NULL,
    path TEXT NOT NULL,
    remote_url TEXT NOT NULL,
    mime TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    title TEXT NOT NULL,
    alt TEXT NOT NULL,
    caption TEXT NOT NULL,
    credit TEXT NOT NULL,
    licence TEXT NOT NULL,
    created_us INTEGER NOT NULL,
    parent_story_id INTEGER REFERENCES story (id)
) STRICT;

CREATE TABLE section (
    id INTEGER PRIMARY KEY,
    parent_id INTEGER REFERENCES section (id),
    name TEXT NOT NULL,
    slug TEXT NOT NULL,
    path TEXT NOT NULL,
    description TEXT NOT NULL
) STRICT;
CREATE INDEX section_by_parent ON section (parent_id, name, id);

CREATE TABLE tag (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    slug TEXT NOT NULL,
    path TEXT NOT NULL,
    description TEXT NOT NULL,
    taxonomy TEXT NOT NULL
) STRICT;

CREATE TABLE author (
    id INTEGER PRIMARY KEY,
    user_id INTEGER REFERENCES "user" (id),
    name TEXT NOT NULL,
    slug TEXT NOT NULL,
    path TEXT NOT NULL,
    biography TEXT NOT NULL,
    email TEXT NOT NULL,
    login TEXT NOT NULL,
    media_id INTEGER REFERENCES media (id)
) STRICT;

-- Bodies stand apart so that a card costs one small row.
CREATE TABLE story (
    id INTEGER PRIMARY KEY,
    kind INTEGER NOT NULL,
    state INTEGER NOT NULL,
    visibility INTEGER NOT NULL,
    password TEXT NOT NULL,
    slug TEXT NOT NULL,
    path TEXT NOT NULL,
    headline TEXT NOT NULL,
    standfirst TEXT NOT NULL,
    excerpt TEXT NOT NULL,
    published_us INTEGER NOT NULL,
    updated_us INTEGER NOT NULL,
    created_us INTEGER NOT NULL,
    local_day INTEGER NOT NULL,
    section_id INTEGER REFERENCES section (id),
    lead_media_id INTEGER REFERENCES media (id),
    sticky INTEGER NOT NULL,
    comments_open INTEGER NOT NULL,
    parent_id INTEGER REFERENCES story (id),
    menu_order INTEGER NOT NULL,
    seo_title TEXT NOT NULL,
    seo_description TEXT NOT NULL,
    word_count INTEGER NOT NULL,
    version INTEGER NOT NULL
) STRICT;
CREATE INDEX story_due ON story (published_us) WHERE state = 2;
CREATE INDEX story_top_page ON story (menu_order, id)
    WHERE kind = 1 AND state = 3 AND visibility = 0 AND parent_id IS NULL;
CREATE INDEX story_child_page ON story (parent_id, menu_order, id)
    WHERE kind = 1 AND state = 3 AND visibility = 0 AND parent_id IS NOT NULL;

CREATE TABLE story_body (
    id INTEGER PRIMARY KEY REFERENCES story (id),
    body TEXT NOT NULL
) STRICT;

CREATE TABLE story_section (
    story_id INTEGER NOT NULL REFERENCES story (id),
    position INTEGER NOT NULL,
    section_id INTEGER NOT NULL REFERENCES section (id),
    PRIMARY KEY (story_id, position),
    UNIQUE (section_id, story_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE story_tag (
    story_id INTEGER NOT NULL REFERENCES story (id),
    position INTEGER NOT NULL,
    tag_id INTEGER NOT NULL REFERENCES tag (id),
    PRIMARY KEY (story_id, position),
    UNIQUE (tag_id, story_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE story_author (
    story_id INTEGER NOT NULL REFERENCES story (id),
    position INTEGER NOT NULL,
    author_id INTEGER NOT NULL REFERENCES author (id),
    PRIMARY KEY (story_id, position),
    UNIQUE (author_id, story_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE correction (
    story_id INTEGER NOT NULL REFERENCES story (id),
    position INTEGER NOT NULL,
    at_us INTEGER NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (story_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE comment (
    id INTEGER PRIMARY KEY,
    story_id INTEGER NOT NULL REFERENCES story (id),
    parent_id INTEGER REFERENCES comment (id),
    state INTEGER NOT NULL,
    author TEXT NOT NULL,
    author_email TEXT NOT NULL,
    author_url TEXT NOT NULL,
    author_ip TEXT NOT NULL,
    body TEXT NOT NULL,
    created_us INTEGER NOT NULL,
    kind TEXT NOT NULL
) STRICT;
CREATE INDEX comment_by_story ON comment (story_id, state, created_us, id);

-- What is kept of a thing beside its row (enum meta_kind): values of an import that have no column.
CREATE TABLE meta (
    owner_kind INTEGER NOT NULL,
    owner_id INTEGER NOT NULL,
    position INTEGER NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (owner_kind, owner_id, key, position)
) STRICT;

CREATE TABLE slot (
    name TEXT NOT NULL,
    position INTEGER NOT NULL,
    story_id INTEGER NOT NULL REFERENCES story (id),
    PRIMARY KEY (name, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE menu (
    name TEXT NOT NULL,
    position INTEGER NOT NULL,
    label TEXT NOT NULL,
    url TEXT NOT NULL,
    target INTEGER NOT NULL,
    target_id INTEGER NOT NULL,
    parent INTEGER NOT NULL,
    PRIMARY KEY (name, position)
) STRICT, WITHOUT ROWID;

-- What answers at an address (enum address_kind).
CREATE TABLE address (
    path TEXT NOT NULL PRIMARY KEY,
    kind INTEGER NOT NULL,
    target_id INTEGER NOT NULL,
    redirect INTEGER NOT NULL,
    url TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Every list (enum list_kind: latest, section, tag, author) that a published public story is in.
CREATE TABLE list_entry (
    kind INTEGER NOT NULL,
    list_id INTEGER NOT NULL,
    local_day INTEGER NOT NULL,
    published_us INTEGER NOT NULL,
    story_id INTEGER NOT NULL REFERENCES story (id),
    PRIMARY KEY (kind, list_id, local_day, published_us, story_id)
) STRICT, WITHOUT ROWID;

-- How many stories a list has: in all (level 0, date 0), in a year (1, yyyy0000), in a month
-- (2, yyyymm00), on a day (3, yyyymmdd). There is no row for none.
CREATE TABLE list_count (
    kind INTEGER NOT NULL,
    list_id INTEGER NOT NULL,
    level INTEGER NOT NULL,
    date INTEGER NOT NULL,
    stories INTEGER NOT NULL CHECK (stories >= 0),
    PRIMARY KEY (kind, list_id, level, date)
) STRICT, WITHOUT ROWID;

CREATE TABLE import_map (
    source TEXT NOT NULL,
    kind TEXT NOT NULL,
    source_id TEXT NOT NULL,
    id INTEGER NOT NULL,
    hash INTEGER NOT NULL,
    PRIMARY KEY (source, kind, source_id)
) STRICT, WITHOUT ROWID;

-- A number is never given twice: whoever walks the queue remembers the last one it saw.
CREATE TABLE import_task (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    source TEXT NOT NULL,
    kind TEXT NOT NULL,
    id INTEGER NOT NULL,
    text TEXT NOT NULL
) STRICT;
CREATE INDEX import_task_by_source ON import_task (source, seq);

-- The journal of touched keys, for the other processes on this database.
CREATE TABLE change (
    seq INTEGER PRIMARY KEY,
    origin INTEGER NOT NULL,
    keys TEXT NOT NULL
) STRICT;
