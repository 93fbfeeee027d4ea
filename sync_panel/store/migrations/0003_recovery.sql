-- A database that was damaged and replaced, until somebody has taken note of it.
CREATE TABLE recovery (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    at TEXT NOT NULL,
    copy_of TEXT NOT NULL, -- when the copy was made that took its place
    aside TEXT NOT NULL -- the folder that holds the damaged one
) STRICT;
