-- The search index's parts are merged by store_upkeep, in small pieces and beside the commits, not
-- within whichever commit it falls on. `crisismerge` is for sites that nothing keeps up: one slow
-- commit in many.
INSERT INTO search_text (search_text, rank) VALUES ('automerge', 0);
INSERT INTO search_text (search_text, rank) VALUES ('crisismerge', 64);
INSERT INTO search_headline (search_headline, rank) VALUES ('automerge', 0);
INSERT INTO search_headline (search_headline, rank) VALUES ('crisismerge', 64);
