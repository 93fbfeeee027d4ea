-- The last change of what a recovery must bring back, so that a copy says of itself how new it is.
CREATE TABLE last_change (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    number INTEGER NOT NULL, -- grows with every such change
    at TEXT, -- ISO 8601 with zone
    what TEXT NOT NULL -- the names of the tables that it changed, with spaces between
) STRICT;

INSERT INTO last_change (id, number, what) VALUES (1, 0, '');

-- What the page says of a recovery: what the copy holds, and what it may lack.
ALTER TABLE recovery ADD COLUMN after TEXT NOT NULL DEFAULT '';
ALTER TABLE recovery ADD COLUMN missing INTEGER; -- changes; NULL when nobody can say
ALTER TABLE recovery ADD COLUMN missing_at TEXT;
ALTER TABLE recovery ADD COLUMN missing_what TEXT NOT NULL DEFAULT '';
