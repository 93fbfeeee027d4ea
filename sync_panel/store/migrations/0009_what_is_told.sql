-- A primary that comes back into the list of a site which was paused meanwhile still waits for its requests.
DROP TRIGGER partner_added_is_asked;
CREATE TRIGGER partner_added_is_asked AFTER INSERT ON partner WHEN new.sync_id = 1
BEGIN
    UPDATE request SET asking = 1, last_at = NULL, failures = 0,
    untold = (SELECT interval.minutes = 0 AND installation.counter > 0 FROM interval, installation);
END;
