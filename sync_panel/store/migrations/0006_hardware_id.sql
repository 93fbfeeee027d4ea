-- The hardware ID of mSupply's own engine, as it was entered for an mSupply server; no login goes to one without it.
ALTER TABLE partner ADD COLUMN hardware_id TEXT
CHECK (length(hardware_id) BETWEEN 8 AND 100 AND hardware_id NOT GLOB '*[^!-~]*');
ALTER TABLE removed_partner ADD COLUMN hardware_id TEXT;
