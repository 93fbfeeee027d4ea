"""Who may: users and their sign-in, the authorisation code, the unlock, the keys."""
