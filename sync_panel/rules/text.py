"""Names as people type them: trimmed, one spelling for one text, nothing that cannot be seen."""

import re
import unicodedata

from .problems import RefusedError

LONGEST_NAME = 100

# General categories that put no ink on the screen: controls, formats, surrogates, private and
# unassigned code points, line and paragraph separators (Unicode Standard, section 4.5).
INVISIBLE_CATEGORIES = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
# Visible by category, blank to the eye: grapheme joiner, Hangul and Khmer fillers, Braille blank,
# the variation selectors, and the replacement character that stands for bytes that were not UTF-8.
BLANK_CHARACTERS = {
    "\u034f", "\u115f", "\u1160", "\u17b4", "\u17b5", "\u2800", "\u3164", "\uffa0", "\ufffd",
    *map(chr, range(0x180B, 0x1810)),
    *map(chr, range(0xFE00, 0xFE10)),
    *map(chr, range(0xE0100, 0xE01F0)),
}  # fmt: skip
# Sinhala, Devanagari and others need these two after a virama (RFC 5892, appendix A.1 and A.2).
JOINERS = {"\u200c", "\u200d"}
VIRAMA_CLASS = 9


def parse_name(typed: str, longest: int = LONGEST_NAME) -> str:
    """Return the name in Unicode's composed form, trimmed, with single spaces.

    Raise RefusedError when it is empty, long or invisible.
    """
    name = trim(typed)
    if not name:
        raise RefusedError("This is empty. Enter 1 to %(longest)s characters.", longest=longest)
    refuse_invisible(name)
    name = single_spaced(name)
    if len(name) > longest:
        raise RefusedError(
            "This has %(length)s characters. Shorten it to %(longest)s or fewer.", length=len(name), longest=longest
        )
    return name


def trim(typed: str) -> str:
    """Compose the text (NFC), turn every kind of space into a plain one, and cut the outer ones."""
    composed = unicodedata.normalize("NFC", typed)
    return "".join(" " if unicodedata.category(char) == "Zs" else char for char in composed).strip(" \t\r\n")


def single_spaced(text: str) -> str:
    """Return the text with one space for several: they look alike, and on a page they are the same."""
    return re.sub(" +", " ", text)


def refuse_invisible(text: str) -> None:
    """Raise RefusedError that names the first character nobody could see."""
    for position, char in enumerate(text):
        if is_invisible(char, before=text[position - 1] if position else ""):
            raise RefusedError(
                "This contains an invisible character (%(code)s, %(name)s) at position %(position)s. "
                "Delete it, or type the text instead of pasting it.",
                code=f"U+{ord(char):04X}",
                name=unicodedata.name(char, "control character").lower(),
                position=position + 1,
            )


def is_invisible(char: str, before: str) -> bool:
    """Tell whether a character leaves no mark; a joiner counts as visible after a virama."""
    if char in JOINERS and before and unicodedata.combining(before) == VIRAMA_CLASS:
        return False
    return unicodedata.category(char) in INVISIBLE_CATEGORIES or char in BLANK_CHARACTERS


def refuse_no_text(secret: str) -> None:
    """Raise RefusedError for control characters, and for what stands for bytes that were no text.

    The sentence names no character: the text is a password or a code.
    """
    if any(unicodedata.category(char) in {"Cc", "Cs"} or char == "\ufffd" for char in secret):
        raise RefusedError("This may not contain control characters, such as a tab. Type it without them.")


def fold(text: str) -> str:
    """Return the text as searching and sorting see it: without case and accents, with single spaces."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return single_spaced("".join(char for char in decomposed if not unicodedata.combining(char)))
