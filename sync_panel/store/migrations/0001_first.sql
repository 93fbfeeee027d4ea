-- What SQLite can hold of sync_panel/rules, once more, as the last line of defence: ranges, lengths,
-- what must be there, what must be unique, and how site and partners agree.

CREATE TABLE site (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    sync_id INTEGER CHECK (sync_id BETWEEN 1 AND 2147483647),
    name TEXT CHECK (length(name) BETWEEN 1 AND 100),
    store TEXT CHECK (length(store) BETWEEN 1 AND 100),
    url TEXT CHECK (length(url) <= 255 AND (url GLOB 'http://?*' OR url GLOB 'https://?*')),
    user_name TEXT CHECK (length(user_name) BETWEEN 1 AND 100 AND instr(user_name, ':') = 0),
    password BLOB, -- sealed with the key in the data folder, never in the clear
    password_set_at TEXT CHECK ((password_set_at IS NULL) = (password IS NULL)),
    version INTEGER NOT NULL DEFAULT 1,
    CHECK (
        sync_id IS NULL
        OR (name IS NOT NULL AND store IS NOT NULL AND user_name IS NOT NULL AND password IS NOT NULL)
    )
) STRICT;

CREATE TABLE interval (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    minutes INTEGER NOT NULL CHECK (minutes BETWEEN 0 AND 10080),
    counted_from TEXT NOT NULL, -- ISO 8601 with zone: when these minutes were set
    version INTEGER NOT NULL DEFAULT 1
) STRICT;

CREATE TABLE partner (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    sync_id INTEGER NOT NULL UNIQUE CHECK (sync_id BETWEEN 1 AND 2147483647),
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    store TEXT NOT NULL CHECK (length(store) BETWEEN 1 AND 100),
    url TEXT NOT NULL UNIQUE CHECK (length(url) <= 255 AND (url GLOB 'http://?*' OR url GLOB 'https://?*')),
    version INTEGER NOT NULL DEFAULT 1
) STRICT;

-- The last removal, for Undo.
CREATE TABLE removed_partner (
    id INTEGER PRIMARY KEY,
    sync_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    store TEXT NOT NULL,
    url TEXT NOT NULL,
    version INTEGER NOT NULL
) STRICT;

-- A primary (Sync ID 1) lists satellites (2 or more); a satellite lists the primary only, which
-- UNIQUE makes one; a site without a Sync ID lists nobody. No partner has this site's own address.
CREATE TRIGGER partner_added_fits_site BEFORE INSERT ON partner
WHEN NOT EXISTS (SELECT 1 FROM site WHERE (sync_id = 1) <> (new.sync_id = 1) AND url IS NOT new.url)
BEGIN
    SELECT raise(ABORT, 'partner does not fit the site');
END;

CREATE TRIGGER partner_changed_fits_site BEFORE UPDATE OF sync_id, url ON partner
WHEN NOT EXISTS (SELECT 1 FROM site WHERE (sync_id = 1) <> (new.sync_id = 1) AND url IS NOT new.url)
BEGIN
    SELECT raise(ABORT, 'partner does not fit the site');
END;

CREATE TRIGGER site_fits_partners BEFORE UPDATE OF sync_id, url ON site
WHEN EXISTS (
    SELECT 1
    FROM partner
    WHERE new.sync_id IS NULL OR (new.sync_id = 1) = (partner.sync_id = 1) OR partner.url = new.url
)
BEGIN
    SELECT raise(ABORT, 'site does not fit the partners');
END;

CREATE TABLE user (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE COLLATE NOCASE CHECK (length(name) BETWEEN 1 AND 100),
    password_hash TEXT NOT NULL,
    may_edit INTEGER NOT NULL CHECK (may_edit IN (0, 1))
) STRICT;

-- Who is signed in where. Only the hash of a browser's token is kept: a copy of this file signs nobody in.
CREATE TABLE signed_in (
    token_hash BLOB PRIMARY KEY,
    user_id INTEGER NOT NULL REFERENCES user (id) ON DELETE CASCADE
) STRICT;

CREATE TABLE authorisation (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    code_hash TEXT NOT NULL,
    generation INTEGER NOT NULL -- grows with every new code; an unlock belongs to one generation
) STRICT;

-- Failures in a row, by what was tried and from where. No times: a clock that jumps must not end a wait.
CREATE TABLE attempt (
    kind TEXT NOT NULL CHECK (kind IN ('code', 'sign-in')),
    source TEXT NOT NULL,
    failures INTEGER NOT NULL CHECK (failures > 0),
    PRIMARY KEY (kind, source)
) STRICT;

INSERT INTO site (id) VALUES (1);
INSERT INTO interval (id, minutes, counted_from) VALUES (1, 15, strftime('%Y-%m-%dT%H:%M:%SZ', 'now'));
