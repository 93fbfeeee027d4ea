"""Text that must come back later but be read by nobody else meanwhile."""


def seal(key: str, text: str) -> bytes:
    """Return the text encrypted and authenticated with a Fernet key."""
    from cryptography.fernet import Fernet  # noqa: PLC0415  # slow to import, and only needed here

    return Fernet(key).encrypt(text.encode("utf-8"))


def unseal(key: str, sealed: bytes | str) -> str | None:
    """Return the text, or None when it was not sealed with this key."""
    from cryptography.fernet import Fernet, InvalidToken  # noqa: PLC0415  # slow to import, and only needed here

    try:
        return Fernet(key).decrypt(sealed).decode("utf-8")
    except (InvalidToken, ValueError):  # text beyond ASCII is a ValueError
        return None
