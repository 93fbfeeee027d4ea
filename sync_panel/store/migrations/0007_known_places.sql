-- Where somebody signed in before, in the order of the last time: addresses as they are counted, and browsers by the
-- hash of their number. Such a place is spared the waits of strangers.
CREATE TABLE known_place (
    id INTEGER PRIMARY KEY,
    user_id INTEGER REFERENCES user (id) ON DELETE CASCADE, -- NULL: let in from the command line, whoever asks there
    place TEXT NOT NULL
) STRICT;

CREATE INDEX known_place_by_place ON known_place (place, user_id);

-- Wrong codes are counted by who tries as well.
DELETE FROM attempt WHERE kind = 'code';
