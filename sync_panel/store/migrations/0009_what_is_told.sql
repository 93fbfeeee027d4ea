-- What a partner told with its request: its own URL, how it lists this site, and how its last exchange of data ended.
ALTER TABLE contact ADD COLUMN url TEXT;
ALTER TABLE contact ADD COLUMN listed TEXT; -- JSON
ALTER TABLE contact ADD COLUMN exchange TEXT CHECK (exchange IN ('done', 'failed', 'too slow', 'not started'));
ALTER TABLE rival ADD COLUMN url TEXT;
ALTER TABLE rival ADD COLUMN listed TEXT;
ALTER TABLE rival ADD COLUMN exchange TEXT CHECK (exchange IN ('done', 'failed', 'too slow', 'not started'));

-- What the primary told with its last answer: its own URL, and the one by which it lists this site.
ALTER TABLE request ADD COLUMN primary_url TEXT;
ALTER TABLE request ADD COLUMN listed_url TEXT;

-- What was told and exchanged with one primary says nothing of another, and what was so of one site nothing of another.
CREATE TRIGGER another_primary_has_told_nothing AFTER UPDATE OF url ON partner
WHEN new.sync_id = 1 AND new.url <> old.url
BEGIN
    UPDATE request SET primary_url = NULL, listed_url = NULL,
    exchanged_at = NULL, exchange_outcome = NULL, exchange_status = NULL, exchange_line = NULL;
END;

CREATE TRIGGER another_site_was_told_nothing AFTER UPDATE OF sync_id ON site WHEN new.sync_id IS NOT old.sync_id
BEGIN
    UPDATE request SET primary_url = NULL, listed_url = NULL,
    exchanged_at = NULL, exchange_outcome = NULL, exchange_status = NULL, exchange_line = NULL;
END;

-- A primary that comes back into the list of a site which was paused meanwhile still waits for its requests.
DROP TRIGGER partner_added_is_asked;
CREATE TRIGGER partner_added_is_asked AFTER INSERT ON partner WHEN new.sync_id = 1
BEGIN
    UPDATE request SET asking = 1, last_at = NULL, failures = 0,
    untold = (SELECT interval.minutes = 0 AND installation.counter > 0 FROM interval, installation);
END;
