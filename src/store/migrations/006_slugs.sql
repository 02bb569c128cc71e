-- WordPress finds a story by its slug alone ("/?name=the-ferry").
CREATE INDEX story_by_slug ON story (slug, id) WHERE state = 3;
