"""The address of a server, in one normal form, so that the same address is the same text."""

import ipaddress
import re
import unicodedata
from typing import NamedTuple
from urllib.parse import quote, urlsplit

from .problems import RefusedError
from .text import refuse_invisible, trim

LONGEST_URL = 255
DEFAULT_PORTS = {"http": 80, "https": 443}
HIGHEST_PORT = 65535
AUTHORITY = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]*\]|[^\[\]:]*)(:(?P<port>[0-9]*))?")
HOST_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")  # RFC 1123, and the underscore in use
LONGEST_HOST = 253
DOTS = re.compile("[.。．｡]")  # RFC 3490, section 3.1
# What IDNA 2003 makes ss, σ or nothing, and UTS 46 keeps: its deviation characters.
DEVIATIONS = re.compile("([ßς\u200c\u200d])")
ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
UNRESERVED = re.compile(r"[A-Za-z0-9._~-]")  # RFC 3986, section 2.3: the same address, escaped or not


class Place(NamedTuple):
    """An address taken apart: the host is without brackets, `authority` is host and port as they are written."""

    scheme: str
    host: str
    authority: str
    path: str

    @property
    def port(self) -> int:
        """Return the port, the scheme's own where none is written."""
        return int(self.authority.rpartition("]")[2].partition(":")[2] or DEFAULT_PORTS[self.scheme])


def take_apart(url: str) -> Place:
    """Return the parts of an address. Raise ValueError for what is none, as another server may send it."""
    parts = urlsplit(url)
    return Place(parts.scheme, parts.hostname or "", parts.netloc, parts.path)


def parse_url(typed: str) -> str:
    """Return an http or https address in its normal form: at most 255 ASCII characters, no closing slash.

    Lower-case scheme and host, no default port, escapes in capitals (RFC 3986, section 6.2). Raise
    RefusedError when it is anything but scheme, host, port and path.
    """
    text = trim(typed)
    if not text:
        raise RefusedError("This is empty. Enter the whole address, for example https://sync.example.org.")
    refuse_invisible(text)
    if len(text) > LONGEST_URL:
        raise too_long(len(text))
    refuse_wrong_signs(text)
    scheme, _, rest = with_scheme(text).partition("://")
    authority, slash, path = rest.partition("/")
    url = f"{scheme.lower()}://{normal_authority(scheme.lower(), authority)}{normal_path(slash + path)}"
    if len(url) > LONGEST_URL:
        raise too_long(len(url))
    return url


def too_long(length: int) -> RefusedError:
    return RefusedError(
        "This address has %(length)s characters. Use one of %(longest)s or fewer.", length=length, longest=LONGEST_URL
    )


def refuse_wrong_signs(text: str) -> None:
    """Raise RefusedError for spaces, backslashes, queries and fragments, each with its own remedy."""
    if " " in text:
        raise RefusedError("An address has no spaces. Delete them, or write %%20 where the path needs one.")
    if "\\" in text:
        raise RefusedError("An address has no backslashes. Write / instead.")
    if "?" in text or "#" in text:
        raise RefusedError("Leave out ? and # and what follows them: the address ends with its path.")


def with_scheme(text: str) -> str:
    """Return the text, or raise RefusedError that proposes https:// when it does not begin with a scheme."""
    if re.match(r"https?://", text, re.IGNORECASE | re.ASCII):
        return text
    if other := re.match(r"([A-Za-z][A-Za-z0-9+.-]*)://", text):
        raise RefusedError(
            "%(scheme)s:// is not spoken here. An address begins with https:// or http://.", scheme=other[1]
        )
    rest = re.sub(r"^https?(:/*|/+)|^/+", "", text, flags=re.IGNORECASE | re.ASCII)
    raise RefusedError(
        "This does not begin with http:// or https://. Did you mean %(proposal)s?", proposal=f"https://{rest}"
    )


def normal_authority(scheme: str, authority: str) -> str:
    """Return host and port, without the scheme's own port. Raise RefusedError when they cannot be read."""
    if "@" in authority:
        raise RefusedError("Leave the user name and password out of the address: they have fields of their own.")
    parts = AUTHORITY.fullmatch(authority)
    if not parts or len(parts["port"] or "") > LONGEST_URL or not 0 <= int(parts["port"] or 1) <= HIGHEST_PORT:
        raise RefusedError("The host or the port of this address cannot be read. Ports go from 1 to 65535.")
    if parts["port"] and not int(parts["port"]):
        raise RefusedError("Port 0 cannot be reached. Ports go from 1 to 65535.")
    port = int(parts["port"] or DEFAULT_PORTS[scheme])
    return normal_host(parts["host"]) + ("" if port == DEFAULT_PORTS[scheme] else f":{port}")


def normal_host(host: str) -> str:
    """Return the host in lower case and ASCII, an IPv6 address in brackets and its short form."""
    host = host.removesuffix(".")
    if not host:
        raise RefusedError("The host is missing. An address looks like https://sync.example.org.")
    try:
        if host.startswith("["):
            address = ipaddress.IPv6Address(host[1:-1])
            return str(address.ipv4_mapped or f"[{address.compressed}]")
        name = host.encode("idna").decode("ascii").lower().removesuffix(".")
    except ValueError:  # UnicodeError, from the idna codec, is one too
        raise wrong_host(host) from None
    refuse_two_readings(host, name)
    if not ends_in_number(name):
        return name
    try:
        return str(ipaddress.IPv4Address(name))
    except ValueError:
        raise wrong_host(host) from None


def refuse_two_readings(host: str, name: str) -> None:
    """Raise RefusedError where `name`, the host by IDNA 2003, is none, or another one than browsers of today read."""
    labels = present_labels(DOTS.sub(".", host).removesuffix("."))
    if len(name) > LONGEST_HOST or not all(HOST_LABEL.fullmatch(label) for label in (*name.split("."), *labels)):
        raise wrong_host(host)
    if (present := ".".join(labels)) != name:
        raise RefusedError(
            "Programs read “%(host)s” in two ways. Write the one that is meant: %(present)s, or %(older)s as older "
            "programs read it.",
            host=host,
            present=present,
            older=name,
        )


def present_labels(host: str) -> list[str]:
    """Return the labels of a host in ASCII as browsers of today read them (UTS 46, nontransitional)."""
    labels = map(mapped, host.split("."))
    return [label if label.isascii() else f"xn--{label.encode('punycode').decode('ascii')}" for label in labels]


def mapped(label: str) -> str:
    """Return a label without case and compatible forms, its deviation characters as they are."""
    pieces = DEVIATIONS.split(label.replace("ẞ", "ß"))
    pieces[::2] = [compatible(compatible(piece).casefold()) for piece in pieces[::2]]
    return unicodedata.normalize("NFC", "".join(pieces))


def compatible(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def ends_in_number(host: str) -> bool:
    """Tell whether browsers would take the host for an IPv4 address (WHATWG URL, "ends in a number")."""
    return bool(re.fullmatch(r"[0-9]+|0x[0-9a-f]*", host.rsplit(".", 1)[-1]))


def wrong_host(host: str) -> RefusedError:
    return RefusedError(
        "“%(host)s” is neither a host name nor an IP address. Check the part after ://.", host=host[:60]
    )


def normal_path(path: str) -> str:
    """Return the path without closing slashes and with its escapes in one spelling."""
    if re.search(r"%(?![0-9A-Fa-f]{2})", path):
        raise RefusedError("In the path, %% must be followed by two hexadecimal digits, as in %%20.")
    escaped = ESCAPE.sub(needed_escape, quote(path, safe="/%:@!$&'()*+,;=~-._"))
    if any(segment in {".", ".."} for segment in escaped.split("/")):
        raise RefusedError("The path may not contain “.” or “..” as a step. Write the path in full.")
    return escaped.rstrip("/")


def needed_escape(escape: re.Match[str]) -> str:
    """Return an escape in capitals, or the character itself where it needs none (RFC 3986, section 6.2.2)."""
    char = chr(int(escape[1], 16))
    return char if UNRESERVED.fullmatch(char) else escape[0].upper()
