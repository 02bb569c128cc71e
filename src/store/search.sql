-- The search index (migrations/005_search.sql). MATCH takes FTS5's query language: search.c writes
-- it from words that were taken apart, never from what somebody typed.

-- Each row is a step, those without a worth are not meant.
-- name: search_matches
SELECT rowid, search_weigh(search_text, ?2) FROM search_text
WHERE search_text MATCH ?1 AND rowid BETWEEN ?3 AND ?4 ORDER BY rowid DESC;

-- name: search_headlines
SELECT rowid, search_weigh(search_headline, ?2) FROM search_headline
WHERE search_headline MATCH ?1 AND rowid BETWEEN ?3 AND ?4 ORDER BY rowid DESC;

-- name: search_doc
SELECT story_id, published_us FROM search_doc WHERE doc = ?1;

-- name: search_same_headline
SELECT doc, story_id, published_us FROM search_doc
WHERE headline_hash = ?1 AND published_us >= ?2 AND published_us < ?3
ORDER BY published_us DESC LIMIT ?4;

-- Whether one document is among the matches.
-- name: search_has
SELECT 1 FROM search_headline
WHERE search_headline MATCH ?1 AND rowid = ?3 AND search_weigh(search_headline, ?2) IS NOT NULL;

-- Whether all words of an OR stand in one document, each in its column.
-- name: search_text_has
SELECT 1 FROM search_text
WHERE search_text MATCH ?1 AND rowid = ?2 AND search_stand(search_text, ?3);

-- name: search_headline_has
SELECT 1 FROM search_headline
WHERE search_headline MATCH ?1 AND rowid = ?2 AND search_stand(search_headline, ?3);

-- name: search_doc_next
SELECT doc, story_id FROM search_doc WHERE doc > ?1 ORDER BY doc LIMIT 1;

-- name: search_any
SELECT 1 FROM search_text WHERE search_text MATCH ?1 LIMIT 1;

-- name: search_word
SELECT docs, headlines FROM search_word WHERE word = ?1;

-- name: search_words_from
SELECT word, docs, headlines FROM search_word WHERE word >= ?1 AND word < ?2 ORDER BY word LIMIT ?3;

-- name: search_words_common
SELECT word, docs, headlines
FROM (SELECT word, docs, headlines FROM search_word ORDER BY docs DESC LIMIT ?3)
WHERE word >= ?1 AND word < ?2 LIMIT ?4;

-- name: search_newest_doc
SELECT max(doc) FROM search_doc;

-- name: search_doc_published
SELECT published_us FROM search_doc WHERE doc = ?1;

-- name: search_doc_of
SELECT doc FROM search_doc WHERE story_id = ?1;

-- name: search_doc_last
SELECT max(doc) FROM search_doc WHERE doc >= ?1 AND doc < ?2;

-- name: search_doc_insert
INSERT INTO search_doc (doc, story_id, published_us, headline_hash) VALUES (?1, ?2, ?3, ?4);

-- name: search_doc_delete
DELETE FROM search_doc WHERE doc = ?1;

-- name: search_text_insert
INSERT INTO search_text (rowid, headline, standfirst, body, filing) VALUES (?1, ?2, ?3, ?4, ?5);

-- name: search_text_delete
INSERT INTO search_text (search_text, rowid, headline, standfirst, body, filing)
VALUES ('delete', ?1, ?2, ?3, ?4, ?5);

-- name: search_headline_insert
INSERT INTO search_headline (rowid, headline, filing) VALUES (?1, ?2, ?3);

-- name: search_headline_delete
INSERT INTO search_headline (search_headline, rowid, headline, filing)
VALUES ('delete', ?1, ?2, ?3);

-- name: search_word_add
INSERT INTO search_word (word, docs, headlines) VALUES (?1, ?2, ?3)
ON CONFLICT (word) DO UPDATE SET docs = docs + excluded.docs,
    headlines = headlines + excluded.headlines
RETURNING docs;

-- name: search_word_put
INSERT INTO search_word (word, docs, headlines) VALUES (?1, ?2, ?3)
ON CONFLICT (word) DO UPDATE SET docs = docs + excluded.docs,
    headlines = headlines + excluded.headlines;

-- name: search_word_drop_empty
DELETE FROM search_word WHERE docs = 0 AND headlines = 0;

-- name: search_word_drop
DELETE FROM search_word WHERE word = ?1 AND docs = 0 AND headlines = 0;

-- name: search_due_length
SELECT (SELECT max(seq) FROM search_due) - (SELECT min(seq) FROM search_due) + 1;

-- name: search_due_add
INSERT INTO search_due (seq, docs, in_headline, elsewhere)
VALUES ((SELECT coalesce(max(seq), 0) + 1 FROM search_due), ?1, ?2, ?3);

-- name: search_due_first
SELECT seq, docs, in_headline, elsewhere FROM search_due WHERE seq > 0 ORDER BY seq LIMIT 1;

-- name: search_due_all
SELECT seq, docs, in_headline, elsewhere FROM search_due WHERE seq > 0 ORDER BY seq;

-- name: search_due_drop_to
DELETE FROM search_due WHERE seq <= ?1;

-- name: search_due_tallied
SELECT EXISTS (SELECT 1 FROM search_due WHERE seq > 0 AND docs = 0);

-- name: search_due_put
UPDATE search_due SET in_headline = ?2, elsewhere = ?3 WHERE seq = ?1;

-- name: search_due_drop
DELETE FROM search_due WHERE seq = ?1;

-- name: search_state
SELECT tokens_version, filled_id, is_filled FROM search_state;

-- name: search_state_put
UPDATE search_state SET tokens_version = ?1, filled_id = ?2, is_filled = ?3;

-- name: search_story_last
SELECT max(id) FROM story;

-- name: search_waiting
SELECT count(*) FROM story WHERE id > ?1;

-- name: search_fill_next
SELECT id, published_us, state = 3 AND visibility = 0, word_count
FROM story WHERE id > ?1 ORDER BY id LIMIT ?2;

-- name: search_clear_text
INSERT INTO search_text (search_text) VALUES ('delete-all');

-- name: search_clear_headline
INSERT INTO search_headline (search_headline) VALUES ('delete-all');

-- name: search_clear_doc
DELETE FROM search_doc;

-- name: search_clear_word
DELETE FROM search_word;

-- name: search_clear_due
DELETE FROM search_due;

-- name: search_merge_text
INSERT INTO search_text (search_text, rank) VALUES ('merge', ?1);

-- name: search_merge_headline
INSERT INTO search_headline (search_headline, rank) VALUES ('merge', ?1);

-- name: search_merged
SELECT total_changes();
