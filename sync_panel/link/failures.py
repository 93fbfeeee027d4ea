"""What can go wrong on the way to another server, each with its remedy in one sentence."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum, IntEnum
from typing import Any

from sync_panel.rules.problems import Sentence, say
from sync_panel.rules.sync_with import in_sentences


class Rung(IntEnum):
    """The steps of a check, in the order in which they are reached."""

    ADDRESS = 0
    CONNECTION = 1
    SCHEME = 2
    CERTIFICATE = 3
    PRODUCT = 4
    LOGIN = 5
    VALUES = 6
    LISTED = 7
    CLOCK = 8

    def say(self, template: str) -> "Explanation":
        """Return what is said when this step fails, marked for translation."""
        return Explanation(self, say(template))


@dataclass(frozen=True)
class Explanation:
    """Where a failure shows in the check, and the sentence for it."""

    rung: Rung
    sentence: Sentence


class Failure(Enum):
    """Everything that is told apart. The names are kept in the database."""

    NAME_NOT_FOUND = Rung.ADDRESS.say(
        "The name %(host)s was not found. Check its spelling, and that this server's DNS knows it."
    )
    FORBIDDEN_ADDRESS = Rung.ADDRESS.say(
        "%(host)s leads to %(address)s, an address that no server to sync with can have. Correct the URL."
    )
    THIS_PANEL = Rung.ADDRESS.say("This address leads back to this panel itself. Enter the other server's.")
    NO_ROUTE = Rung.CONNECTION.say(
        "There is no way to %(address)s from here. Check the network, the VPN and the router of both servers."
    )
    REFUSED = Rung.CONNECTION.say(
        "%(address)s is there, but nothing listens at port %(port)s. Check the port, and that the server runs."
    )
    TIMED_OUT = Rung.CONNECTION.say(
        "%(address)s did not answer in time. Check that the server is on, and that no firewall stands between."
    )
    TOO_SLOW = Rung.PRODUCT.say(
        "The server took the connection, but did not answer in time. Check the port, the load and the line."
    )
    HUNG_UP = Rung.PRODUCT.say(
        "The server took the connection and closed it without a word. Check the port, and that the service there "
        "lets this server in."
    )
    BROKEN_OFF = Rung.PRODUCT.say(
        "The connection broke off before the answer was whole. Check the line, then try again."
    )
    HTTPS_SPOKEN = Rung.SCHEME.say(
        "HTTPS is spoken at this address, not plain HTTP. Write https:// at the beginning of the URL."
    )
    HTTP_SPOKEN = Rung.SCHEME.say(
        "Plain HTTP is spoken at this address, not HTTPS. Turn HTTPS on there, or write http://."
    )
    OTHER_PROTOCOL = Rung.SCHEME.say(
        "Neither HTTPS nor plain HTTP is spoken at this address: another kind of service answers. Check the port."
    )
    UNTRUSTED = Rung.CERTIFICATE.say(
        "No authority that this server knows vouches for the certificate. If the other server shows the same "
        "SHA-256 fingerprint on its own screen, trust it for this server."
    )
    EXPIRED = Rung.CERTIFICATE.say(
        "The certificate is not valid at this time. Renew it there, or set this server's clock."
    )
    OTHER_NAME = Rung.CERTIFICATE.say(
        "The certificate is for another name than %(host)s. Use the name that it was made for, or replace it."
    )
    OTHER_FINGERPRINT = Rung.CERTIFICATE.say(
        "The certificate is not the one that was trusted. If it was renewed there, compare the new fingerprint "
        "and trust it; if not, somebody may be listening in. No password was sent."
    )
    TLS_FAILED = Rung.CERTIFICATE.say(
        "The two servers found no common way to encrypt. Update the older one of the two."
    )
    TLS_TOO_SLOW = Rung.CERTIFICATE.say(
        "The server began to encrypt the connection, but did not go on in time. Check the load and the line."
    )
    TLS_BROKEN_OFF = Rung.CERTIFICATE.say(
        "The connection broke off while the two servers agreed on how to encrypt it. Check the line, then try again."
    )
    OTHER_PRODUCT = Rung.PRODUCT.say(
        "Something answers, but it is not Sync Panel or mSupply: perhaps a login page. Check port and path."
    )
    OTHER_HOST = Rung.PRODUCT.say(
        "That server does not know itself as %(host)s. Enter this address as the URL on its own page."
    )
    REDIRECTED = Rung.PRODUCT.say(
        "The server sends us on to another address, which is not followed. Enter the address that it leads to."
    )
    TOO_LARGE = Rung.PRODUCT.say("The answer is larger than any of a server to sync with. Check that the URL is right.")
    TOO_OLD = Rung.PRODUCT.say(
        "That server speaks an older protocol (%(there)s) than this one (%(here)s). Update that server."
    )
    TOO_NEW = Rung.PRODUCT.say(
        "That server speaks a newer protocol (%(there)s) than this one (%(here)s). Update this server."
    )
    STAND_ALONE = Rung.PRODUCT.say("That server is stand-alone. Give it its Sync ID on its own page first.")
    TROUBLE_HERE = Rung.CONNECTION.say(
        "This server could not ask, because of a fault of its own. Whoever looks after it finds more in its log."
    )
    TROUBLE_THERE = Rung.PRODUCT.say(
        "That server is in trouble of its own and cannot answer now. Look at its own page."
    )
    UNSAVED_ADDRESS = Rung.LOGIN.say(
        "The password goes only to an address that was saved. Save this one, then check the rest from the list."
    )
    NOT_ENCRYPTED = Rung.LOGIN.say(
        "The password is not sent over plain HTTP. Use https://, or accept plain HTTP for this server if "
        "everybody on the network between is to be trusted."
    )
    NO_CREDENTIALS = Rung.LOGIN.say(
        "This site has no user name or no password that it can use. Enter both in its synchronise parameters."
    )
    LOGIN_REFUSED = Rung.LOGIN.say(
        "User name or password is not what that server expects. Enter the same on both servers."
    )
    THROTTLED = Rung.LOGIN.say(
        "That server makes us wait after too many failed logins. Correct the password, and try again later."
    )
    OTHER_SYNC_ID = Rung.VALUES.say(
        "That server has the Sync ID %(there)s, not %(here)s. Correct the Sync ID or the URL here."
    )
    OTHER_VALUES = Rung.VALUES.say(
        "That server calls itself otherwise than it is entered here. %(differences)s Correct the side that is wrong."
    )
    NOT_LISTED = Rung.LISTED.say(
        "That server does not list this site, Sync ID %(here)s. Add it to the list “Sync with” there."
    )
    NO_SYNC_ID = Rung.LISTED.say(
        "This site is stand-alone, so no server can list it. Give it a Sync ID in its synchronise parameters first."
    )
    LISTED_OTHERWISE = Rung.LISTED.say(
        "That server lists this site otherwise than it is called here. %(differences)s Correct the side that is wrong."
    )
    COPIED = Rung.LISTED.say(
        "That server has seen two servers with the Sync ID %(here)s, as after a copy or a restored backup. "
        "Somebody must choose on its page which of them goes on."
    )
    OTHER_CLOCK = Rung.CLOCK.say(
        "The clocks of the two servers are %(minutes)s minutes apart. Set the one that is wrong."
    )
    HARDWARE_ID_NEEDED = Rung.LOGIN.say(
        "No login was sent: mSupply ties the site to the hardware ID that comes with one. With any other than its "
        "engine's own, the site would belong to this panel, and that engine would be locked out. To have the login "
        "checked, enter the engine's own hardware ID for this server."
    )
    PERHAPS_HARDWARE_ID_NEEDED = Rung.LOGIN.say(
        "No login was sent. If this is no mSupply server, check port and path. If it is one: mSupply ties the site "
        "to the hardware ID that comes with a login, and with any other than its engine's own, that engine would "
        "be locked out. To have the login checked, enter the engine's own hardware ID for this server."
    )
    OWN_HARDWARE_ID = Rung.LOGIN.say(
        "No login was sent: the hardware ID that is entered is this panel's own number. Enter that of mSupply's "
        "engine. If mSupply shows this number for the site, have it cleared there."
    )
    OPEN_MSUPPLY_CENTRAL = Rung.LOGIN.say(
        "No login was sent: an Open mSupply central server gives each site one token, which this site's own engine "
        "needs. Whether the login is right shows on that engine's own page."
    )
    OPEN_MSUPPLY_REMOTE = Rung.PRODUCT.say(
        "Open mSupply answers, but as a remote site, which other servers cannot ask. Only a central server can be "
        "asked: a satellite lists that one's address."
    )
    MSUPPLY_NOT_FOUND = Rung.LOGIN.say(
        "mSupply knows no site with this user name. It also says so by accident when it has much to do: check "
        "again, and if it stays, correct the user name here."
    )
    MSUPPLY_WRONG_PASSWORD = Rung.LOGIN.say(
        "mSupply expects another password for this site. Enter the one that is set there."
    )
    MSUPPLY_OTHER_HARDWARE = Rung.LOGIN.say(
        "mSupply knows this site by another hardware ID than the one that is entered. Enter that of the site's own "
        "engine. If that engine moved to another machine, have the ID cleared in mSupply first."
    )
    MSUPPLY_NO_STORE = Rung.LOGIN.say("In mSupply no store belongs to this site. Give the site its store there.")
    MSUPPLY_AUTH_TIMEOUT = Rung.LOGIN.say(
        "mSupply makes this site wait after failed logins. Correct the password, and try again later."
    )
    MSUPPLY_VERSION = Rung.LOGIN.say(
        "This mSupply speaks another version of the sync protocol. Update the older of the two."
    )
    MSUPPLY_VERSION_TOLD = Rung.LOGIN.say(
        "This mSupply speaks another version of the sync protocol than this panel's %(here)s: it names the version "
        "%(there)s. Update the older of the two."
    )
    MSUPPLY_BUSY = Rung.LOGIN.say(
        "mSupply is busy and answers no login now. Nothing is wrong here: ask again in a few minutes."
    )
    MSUPPLY_NO_SITE = Rung.LOGIN.say(
        "mSupply's answer to the login names no site. Perhaps synchronisation is switched off there: look at its "
        "own screen."
    )
    MSUPPLY_OTHER_SITE = Rung.LISTED.say(
        "To mSupply this login is the site %(there)s; here the Sync ID is %(here)s. Correct the Sync ID, or the "
        "user name."
    )
    MSUPPLY_OTHER_USER = Rung.LISTED.say(
        "mSupply knows this site by the user name %(there)s; here it is %(here)s. Correct the side that is wrong."
    )
    MSUPPLY_OTHER_ERROR = Rung.LOGIN.say(
        "mSupply refused the request for a reason that it gives on its own screen only. Look there."
    )

    @property
    def rung(self) -> Rung:
        return self.value.rung

    def told(self, values: Mapping[str, Any]) -> Sentence:
        """Return the sentence with these values; of what differs, older rows have each side's values as one text."""
        filled = dict(values)
        if "differences" in filled:
            filled["differences"] = in_sentences(filled["differences"])
        elif "%(differences)s" in self.value.sentence.template:
            filled["differences"] = say("“%(there)s” there, “%(here)s” here.", **filled)
        return replace(self.value.sentence, values=filled)


# What was left alone on purpose, or is to be asked again: no fault of either side.
NOT_CHECKED = {
    Failure.HARDWARE_ID_NEEDED,
    Failure.PERHAPS_HARDWARE_ID_NEEDED,
    Failure.OPEN_MSUPPLY_CENTRAL,
    Failure.MSUPPLY_BUSY,
}

# A server that encrypts, with which no keys were agreed on: nothing is known of its certificate.
NO_KEYS = {Failure.TLS_FAILED, Failure.TLS_TOO_SLOW, Failure.TLS_BROKEN_OFF}

# What is wrong with the way to a server, and with nothing else: who never asks that server does without the way. More
# than that is what the server itself says, and what contradicts what was entered here or trusted before.
WAY_ONLY = {failure for failure in Failure if failure.rung < Rung.LOGIN} - {
    *(Failure.STAND_ALONE, Failure.TOO_OLD, Failure.TOO_NEW, Failure.TROUBLE_THERE, Failure.TROUBLE_HERE),
    *(Failure.FORBIDDEN_ADDRESS, Failure.THIS_PANEL, Failure.OTHER_FINGERPRINT),
} | {Failure.NOT_ENCRYPTED, Failure.UNSAVED_ADDRESS, *NOT_CHECKED}


class LinkError(Exception):
    """Another server could not be asked, or did not answer as it should."""

    def __init__(self, failure: Failure, fingerprint: str | None = None, **values: object) -> None:
        self.failure, self.values, self.fingerprint = failure, values, fingerprint
        super().__init__(str(failure.told(values)))


@dataclass(frozen=True)
class Compared:
    """One comparison of the two sides' values, and what is wrong, None when nothing is.

    `title` says what was compared where that is less than its rung says, `remark` what is worth knowing all the same.
    """

    rung: Rung
    error: LinkError | None = None
    title: Sentence | None = None
    remark: Sentence | None = None
