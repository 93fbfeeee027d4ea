"""Asking another server: first without credentials, so that they go only to a product that is the right one."""

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from sync_panel.rules.partner import Identity, Way, is_installation
from sync_panel.rules.site import Parameters
from sync_panel.rules.url import take_apart
from sync_panel.store.own_requests import ExchangeOutcome

from . import msupply
from .failures import Failure, LinkError, Rung
from .messages import (
    CONTACT_PATH,
    PRODUCT,
    PROTOCOL,
    SITE_PATH,
    ContactMessage,
    SiteAnswer,
    contact_json,
    listed_as,
    not_listed,
    parse_site,
    read_json,
)
from .wire import Answer, Conversation, Network

OK, FORBIDDEN, CONFLICT, MISDIRECTED, UNAVAILABLE = 200, 403, 409, 421, 503
REFUSALS = {401: Failure.LOGIN_REFUSED, 429: Failure.THROTTLED}


class Product(Enum):
    """What answers."""

    PANEL = "panel"
    MSUPPLY = "mSupply"
    PERHAPS_MSUPPLY = "perhaps mSupply"
    OPEN_MSUPPLY = "an Open mSupply central server"


@dataclass(frozen=True)
class OwnSite:
    """Who asks: this site's parameters with the password in the clear, and its installation's number."""

    site: Parameters
    installation: str

    def message(
        self, minutes: int, counter: int, listed: Identity | None = None, exchange: ExchangeOutcome | None = None
    ) -> ContactMessage:
        return ContactMessage(
            **vars(self.site.identity),
            interval_minutes=minutes,
            installation=self.installation,
            counter=counter,
            listed=listed,
            exchange=exchange,
        )


class Probe:
    """The questions to one server. Every method may raise LinkError.

    `withheld` is why it gets no credentials, None when it may have them.
    """

    def __init__(self, way: Way, us: OwnSite, network: Network, withheld: Failure | None = None) -> None:
        self._way, self._us, self._withheld = way, us, withheld
        self._conversation = Conversation(way, network)

    def reach(self) -> Iterator[Rung]:
        self._conversation.find()
        yield Rung.ADDRESS
        self._conversation.connect()
        yield Rung.CONNECTION
        self._conversation.secure()
        if self._way.is_encrypted:
            yield Rung.CERTIFICATE

    def recognise(self) -> Product:
        answer = self._conversation.ask("GET", self._site_path, {})
        read = read_json(answer.body)
        if read.get("product") == PRODUCT:
            refuse_other_protocol(read)
            if answer.status == MISDIRECTED:
                raise LinkError(Failure.OTHER_HOST, host=take_apart(self._way.url).host)
            if answer.status == UNAVAILABLE:
                raise LinkError(unavailable(read))
            return Product.PANEL
        if product := self._recognise_msupply(elsewhere=answer):
            return product
        is_secret = not self._way.is_encrypted and self._conversation.speaks_tls()
        raise LinkError(Failure.HTTPS_SPOKEN if is_secret else Failure.OTHER_PRODUCT)

    def look_at_site(self) -> SiteAnswer:
        """Return who the server is and how it lists this site; nothing changes there."""
        return self._site_in(self._conversation.ask("GET", self._site_path, self._login(self._password)))

    def send_contact(self, message: ContactMessage) -> SiteAnswer:
        body = json.dumps(contact_json(message)).encode()
        return self._site_in(self._conversation.ask("POST", CONTACT_PATH, self._login(self._password), body))

    def look_at_msupply(self, product: Product) -> msupply.Reply:
        """Return what an mSupply server says of this site; it notes the login under the hardware ID."""
        headers = msupply.headers_of(self._hardware_id_for(product)) | self._login(self._hashed_password)
        return msupply.parse_reply(self._conversation.ask("GET", msupply.SITE_PATH, headers, at_root=True))

    def close(self) -> None:
        self._conversation.close()

    def _recognise_msupply(self, elsewhere: Answer) -> Product | None:
        """Return which mSupply answers: not one that asks for a login `elsewhere` too, for it is locked as a whole."""
        answer = self._conversation.ask("GET", msupply.SITE_PATH, {}, at_root=True)
        if msupply.is_msupply(answer):
            return Product.MSUPPLY
        if msupply.is_perhaps_msupply(answer) and not msupply.is_perhaps_msupply(elsewhere):
            return Product.PERHAPS_MSUPPLY
        answer = self._conversation.ask("POST", msupply.OPEN_PATH, {})
        if msupply.is_open_remote(answer):
            raise LinkError(Failure.OPEN_MSUPPLY_REMOTE)
        return Product.OPEN_MSUPPLY if msupply.is_open_central(answer) else None

    def _site_in(self, answer: Answer) -> SiteAnswer:
        """Return what a panel answered to the right credentials. Raise LinkError for what it refused."""
        read, us = read_json(answer.body), self._us.site.identity
        if answer.status in REFUSALS:
            raise LinkError(REFUSALS[answer.status])
        if answer.status == FORBIDDEN:
            raise not_listed(us)
        if answer.status == CONFLICT:
            raise LinkError(Failure.COPIED, here=us.sync_id) if read.get("code") == "copied" else listed_as(read, us)
        if answer.status == UNAVAILABLE:
            raise LinkError(unavailable(read))
        if answer.status != OK or (site := parse_site(read)) is None:
            raise LinkError(Failure.TROUBLE_THERE)
        return site

    @property
    def _site_path(self) -> str:
        return f"{SITE_PATH}?sync_id={self._us.site.sync_id or 0}"

    def _hardware_id_for(self, product: Product) -> str:
        """Return the ID that somebody entered for mSupply's own engine; any other would tie the site to this panel."""
        if product is Product.OPEN_MSUPPLY:
            raise LinkError(Failure.OPEN_MSUPPLY_CENTRAL)
        if not (hardware_id := self._way.hardware_id):
            is_sure = product is Product.MSUPPLY
            raise LinkError(Failure.HARDWARE_ID_NEEDED if is_sure else Failure.PERHAPS_HARDWARE_ID_NEEDED)
        if is_installation(hardware_id, self._us.installation):
            raise LinkError(Failure.OWN_HARDWARE_ID)
        return hardware_id

    @property
    def _hashed_password(self) -> str:
        return hashlib.sha256(self._password.encode()).hexdigest()

    @property
    def _password(self) -> str:
        return self._us.site.password or ""

    def _login(self, password: str) -> dict[str, str]:
        """Return the header that logs in (RFC 7617), only where it may go."""
        if self._withheld:
            raise LinkError(self._withheld)
        if not self._way.is_encrypted and not self._way.plain_http:
            raise LinkError(Failure.NOT_ENCRYPTED)
        if not self._us.site.user_name or not self._password:
            raise LinkError(Failure.NO_CREDENTIALS)
        pair = base64.b64encode(f"{self._us.site.user_name}:{password}".encode()).decode("ascii")
        return {"Authorization": f"Basic {pair}"}


def refuse_other_protocol(read: Mapping[str, object]) -> None:
    there = read.get("protocol")
    if type(there) is not int:
        raise LinkError(Failure.OTHER_PRODUCT)
    if there != PROTOCOL:
        shown = there if abs(there) < 10**6 else "?"
        raise LinkError(Failure.TOO_OLD if there < PROTOCOL else Failure.TOO_NEW, there=shown, here=PROTOCOL)


def unavailable(read: Mapping[str, object]) -> Failure:
    return Failure.STAND_ALONE if read.get("code") == "stand-alone" else Failure.TROUBLE_THERE
