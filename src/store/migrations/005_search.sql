-- The search index: published, public stories and pages. Texts are tokens (text/tokens.h) separated
-- by blanks, which FTS5's tokenizer `ascii` only splits; the tables keep no text of their own, so
-- that whoever changes a row says what stood there. `doc` orders the documents by the hour of their
-- publication and leaves few gaps: 256 numbers an hour, and what does not fit goes into the next.

CREATE TABLE search_doc (
    doc INTEGER PRIMARY KEY,
    story_id INTEGER NOT NULL UNIQUE REFERENCES story (id),
    published_us INTEGER NOT NULL,
    headline_hash INTEGER NOT NULL
) STRICT;
CREATE INDEX search_doc_headline ON search_doc (headline_hash, published_us);

CREATE VIRTUAL TABLE search_text USING fts5 (
    headline, standfirst, body, filing,
    content = '', columnsize = 0, tokenize = 'ascii'
);
CREATE VIRTUAL TABLE search_headline USING fts5 (
    headline, filing,
    content = '', columnsize = 0, tokenize = 'ascii'
);

-- In how many documents and headlines a word stands, counted over a sample of the documents; the
-- word '' counts the sample itself.
CREATE TABLE search_word (
    word TEXT NOT NULL PRIMARY KEY,
    docs INTEGER NOT NULL,
    headlines INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX search_word_common ON search_word (docs DESC, word, headlines);

-- One row: the tokens' version that the index was made with, and up to which story it is filled.
CREATE TABLE search_state (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    tokens_version INTEGER NOT NULL,
    filled_id INTEGER NOT NULL,
    is_filled INTEGER NOT NULL
) STRICT;
INSERT INTO search_state VALUES (1, 0, 0, 0);
