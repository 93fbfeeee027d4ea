"""Hashes of passwords and of the authorisation code."""

import threading

from werkzeug.security import check_password_hash, generate_password_hash

# OWASP's Password Storage table asks for p=3 at N=2^15; Werkzeug's own default is p=1.
SCRYPT = "scrypt:32768:8:3"
LONGEST_SECRET = 1000  # characters; more are refused before any work is done


class Hasher:
    """Hashes one secret at a time: each takes 32 MB and a quarter of a second on a small server."""

    def __init__(self, method: str = SCRYPT) -> None:
        self._method = method
        self._one_at_a_time = threading.Lock()
        self._hash_of_nothing = ""

    def hash(self, secret: str) -> str:
        """Return a salted hash."""
        with self._one_at_a_time:
            return generate_password_hash(secret, self._method)

    def matches(self, secret: str, hashed: str | None) -> bool:
        """Tell whether the secret was hashed to this. No hash takes as long as a wrong secret, and is False."""
        if len(secret) > LONGEST_SECRET:
            return False
        if not hashed and not self._hash_of_nothing:
            self._hash_of_nothing = self.hash("")
        with self._one_at_a_time:
            right = check_password_hash(hashed or self._hash_of_nothing, secret)
        return right and bool(hashed)
