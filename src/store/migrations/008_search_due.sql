-- What has come or gone (docs: 1 or -1) and whose words search_word does not count yet: a story has some
-- hundred, each on two pages of its own, too much for the commit that publishes it. In the order of
-- their coming; store_upkeep counts a few at a time and takes them out.
CREATE TABLE search_due (
    seq INTEGER PRIMARY KEY,
    docs INTEGER NOT NULL,
    in_headline TEXT NOT NULL,
    elsewhere TEXT NOT NULL
) STRICT;
