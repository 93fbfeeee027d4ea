-- The link between servers: how a partner is trusted, what came in from it, and what went out to it.

ALTER TABLE partner ADD COLUMN fingerprint TEXT
CHECK (length(fingerprint) = 64 AND fingerprint NOT GLOB '*[^0-9a-f]*');
ALTER TABLE partner ADD COLUMN plain_http INTEGER NOT NULL DEFAULT 0 CHECK (plain_http IN (0, 1));
ALTER TABLE removed_partner ADD COLUMN fingerprint TEXT;
ALTER TABLE removed_partner ADD COLUMN plain_http INTEGER NOT NULL DEFAULT 0;

-- What tells this installation from a copy of it: a random number, and how many requests it has made.
CREATE TABLE installation (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    number TEXT NOT NULL,
    counter INTEGER NOT NULL
) STRICT;

-- The last request that came under a partner's Sync ID: what was noted when it was answered, or how it was
-- refused. It outlives a removal from the list: what comes back under that Sync ID is still told from a copy.
CREATE TABLE contact (
    sync_id INTEGER PRIMARY KEY,
    at TEXT, -- ISO 8601 with zone
    address TEXT,
    minutes INTEGER CHECK (minutes BETWEEN 0 AND 10080), -- the partner's own interval
    installation TEXT,
    counter INTEGER,
    refused_at TEXT,
    refused_name TEXT,
    refused_store TEXT,
    refused_sync_id INTEGER
) STRICT;

-- A second server under the Sync ID of a partner: a copy, or one restored from a backup.
CREATE TABLE rival (
    sync_id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    address TEXT NOT NULL,
    minutes INTEGER NOT NULL CHECK (minutes BETWEEN 0 AND 10080),
    installation TEXT NOT NULL,
    counter INTEGER NOT NULL
) STRICT;

-- This site's own requests to the primary. `asking` is 1 while one is due at once, or under way.
CREATE TABLE request (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    asking INTEGER NOT NULL DEFAULT 0 CHECK (asking IN (0, 1)),
    last_at TEXT, -- when the last one began; NULL makes the one under way count for nothing
    succeeded_at TEXT,
    failed_at TEXT,
    failure TEXT, -- a name in sync_panel/link/failures.py
    failure_values TEXT, -- JSON: what fills its sentence
    failures INTEGER NOT NULL DEFAULT 0, -- in a row
    exchanged_at TEXT,
    exchange_outcome TEXT CHECK (exchange_outcome IN ('done', 'failed', 'too slow', 'not started')),
    exchange_status INTEGER,
    exchange_line TEXT -- the last line that the host's exchange printed
) STRICT;

-- What changes how a satellite asks its primary lets it ask at once.
CREATE TRIGGER partner_added_is_asked AFTER INSERT ON partner WHEN new.sync_id = 1
BEGIN
    UPDATE request SET asking = 1, last_at = NULL, failures = 0;
END;

CREATE TRIGGER partner_changed_is_asked AFTER UPDATE ON partner WHEN new.sync_id = 1
BEGIN
    UPDATE request SET asking = 1, last_at = NULL, failures = 0;
END;

CREATE TRIGGER site_changed_asks AFTER UPDATE ON site WHEN new.sync_id > 1
BEGIN
    UPDATE request SET asking = 1, last_at = NULL, failures = 0;
END;

CREATE TRIGGER partner_removed_is_forgotten AFTER DELETE ON partner WHEN old.sync_id = 1
BEGIN
    DELETE FROM request;
    INSERT INTO request (id) VALUES (1);
END;

-- The partners' credentials can be guessed at as well; SQLite changes a CHECK only with its table.
CREATE TABLE attempt_of_any_kind (
    kind TEXT NOT NULL CHECK (kind IN ('code', 'sign-in', 'link')),
    source TEXT NOT NULL,
    failures INTEGER NOT NULL CHECK (failures > 0),
    PRIMARY KEY (kind, source)
) STRICT;

INSERT INTO attempt_of_any_kind SELECT kind, source, failures FROM attempt;
DROP TABLE attempt;
ALTER TABLE attempt_of_any_kind RENAME TO attempt;

INSERT INTO installation (id, number, counter) VALUES (1, lower(hex(randomblob(16))), 0);
INSERT INTO request (id) VALUES (1);
