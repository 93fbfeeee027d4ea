-- Who asked with the right login and was refused: under other values than listed, or listed nowhere. It stands beside
-- what is known of a partner, never in its place; which row it concerns, if any, is told by the list as it is now.
CREATE TABLE refused_contact (
    id INTEGER PRIMARY KEY, -- grows with each request: the oldest has the lowest
    at TEXT NOT NULL, -- ISO 8601 with zone
    address TEXT NOT NULL,
    minutes INTEGER NOT NULL CHECK (minutes BETWEEN 0 AND 10080),
    installation TEXT NOT NULL CHECK (length(installation) BETWEEN 1 AND 64),
    counter INTEGER NOT NULL,
    sync_id INTEGER NOT NULL CHECK (sync_id BETWEEN 1 AND 2147483647), -- what it calls itself, from here on
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    store TEXT NOT NULL CHECK (length(store) BETWEEN 1 AND 100),
    url TEXT CHECK (length(url) <= 255),
    dismissed INTEGER NOT NULL DEFAULT 0 CHECK (dismissed IN (0, 1)), -- 1: not shown until it says otherwise
    UNIQUE (installation, sync_id, name, store)
) STRICT;

-- The last wrong login from the address of a partner, by the partner's Sync ID; nothing of the login itself.
CREATE TABLE refused_login (
    sync_id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    address TEXT NOT NULL
) STRICT;

-- Of the last refused request it was not kept who made it. Whoever still asks is noted anew.
DELETE FROM contact WHERE at IS NULL;
ALTER TABLE contact DROP COLUMN refused_at;
ALTER TABLE contact DROP COLUMN refused_sync_id;
ALTER TABLE contact DROP COLUMN refused_name;
ALTER TABLE contact DROP COLUMN refused_store;
