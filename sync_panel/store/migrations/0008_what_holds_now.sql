-- Which of the requests before the last of a partner did not come, as bits: one that comes late is no copy's.
ALTER TABLE contact ADD COLUMN missed INTEGER NOT NULL DEFAULT 0 CHECK (missed BETWEEN 0 AND 65535);

-- 1 while the primary has not heard of the interval as it is now, so that a pause is told as well.
ALTER TABLE request ADD COLUMN untold INTEGER NOT NULL DEFAULT 0 CHECK (untold IN (0, 1));

-- A primary knows by the interval when to expect a satellite, so it is told at once of another one.
CREATE TRIGGER interval_changed_is_told AFTER UPDATE OF minutes ON interval WHEN new.minutes <> old.minutes
BEGIN
    UPDATE request SET asking = 1, last_at = NULL, failures = 0, untold = 1
    WHERE coalesce(last_at, succeeded_at, failed_at) IS NOT NULL; -- who was never asked knows of no interval
END;

-- Who was paused before this could not tell it.
UPDATE request SET asking = 1, untold = 1
WHERE succeeded_at IS NOT NULL AND (SELECT minutes FROM interval) = 0;
