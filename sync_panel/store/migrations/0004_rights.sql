-- What a user may do, and who they are, has a generation; an unlock belongs to one, as it does to one of the code.
-- In the database, so that it holds whichever process changes a user, and with whatever tool.
ALTER TABLE user ADD COLUMN generation INTEGER NOT NULL DEFAULT 1;

CREATE TRIGGER user_changed_is_locked AFTER UPDATE OF name, password_hash, may_edit ON user
BEGIN
    UPDATE user SET generation = old.generation + 1 WHERE id = new.id;
END;

CREATE TRIGGER password_changed_is_signed_out AFTER UPDATE OF password_hash ON user
BEGIN
    DELETE FROM signed_in WHERE user_id = new.id;
END;

-- SQLite gives a free id again; what a removal without foreign keys left behind must not become the new user's.
CREATE TRIGGER user_added_is_signed_in_nowhere AFTER INSERT ON user
BEGIN
    DELETE FROM signed_in WHERE user_id = new.id;
END;
