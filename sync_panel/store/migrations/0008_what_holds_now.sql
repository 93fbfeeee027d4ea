-- Which of the requests before the last of a partner did not come, as bits: one that comes late is no copy's.
ALTER TABLE contact ADD COLUMN missed INTEGER NOT NULL DEFAULT 0 CHECK (missed BETWEEN 0 AND 65535);
