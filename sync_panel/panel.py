"""One open panel: its settings, clock, keys and database, and the guards that stand on them."""

import hashlib
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from .guard.code import CodeCheck
from .guard.keys import Hasher, Keys, read_keys, unseal
from .guard.link_login import PartnerLogin
from .guard.outcomes import Outcomes
from .guard.sign_in import Browsers, SignIns
from .guard.unlock import Drafts, Unlocks
from .link.address import look_up
from .link.exchange import CallableExchange, CommandExchange, Exchanging
from .link.ladder import Checks
from .link.probe import OwnSite
from .link.schedule import Schedule
from .link.wire import Network
from .machine import Clock
from .rules.problems import say
from .set_up import DATABASE_FILE, refuse_never_set_up, refuse_open_to_others
from .settings import Settings, WrongSettingError, secret_variables
from .store.database import Connection, Database
from .store.site import Site, load_installation, load_site

PASSWORD_LOST = say("The password was sealed with another key. Put the right key back, or enter the password anew.")
ExchangeCallable = Callable[[Mapping[str, object]], object]


@dataclass(frozen=True)
class Panel:
    """What an application holds of its data folder. Two panels in one process share nothing."""

    settings: Settings
    clock: Clock
    keys: Keys
    database: Database
    hasher: Hasher
    sign_ins: SignIns
    browsers: Browsers
    code: CodeCheck
    unlocks: Unlocks
    drafts: Drafts
    outcomes: Outcomes
    partner_login: PartnerLogin
    network: Network
    checks: Checks

    @property
    def mark(self) -> str:
        """Return a short name of this data folder, so that two panels on one host do not share cookies."""
        return hashlib.sha256(self.keys.cookies.encode("ascii")).hexdigest()[:8]

    def shared_password(self, site: Site) -> str | None:
        """Return the password in the clear; None when there is none, or it was sealed with another key."""
        return unseal(self.keys.passwords, site.sealed_password) if site.sealed_password else None

    def is_password_lost(self, site: Site) -> bool:
        return site.sealed_password is not None and self.shared_password(site) is None

    def us(self, db: Connection) -> OwnSite:
        """Return who asks other servers: this site, with its password."""
        site = load_site(db)
        return OwnSite(replace(site.parameters, password=self.shared_password(site)), load_installation(db).number)

    def schedule(self, exchange: ExchangeCallable | None = None) -> Schedule:
        chosen = exchange_of(self.settings, exchange)
        return Schedule(
            self.database, self.clock, network=self.network, us=self.us, exchange=chosen, folder=self.settings.data
        )


def exchange_of(settings: Settings, exchange: ExchangeCallable | None = None) -> Exchanging | None:
    """Return what follows a request: a callable, the command of the settings, or nothing."""
    if exchange:
        return CallableExchange(exchange)
    if not settings.exchange:
        return None
    try:
        command = shlex.split(settings.exchange)
    except ValueError:
        command = []
    if not command:
        raise WrongSettingError(f"“{settings.exchange}” is no command for --exchange. Check its quotes.")
    return CommandExchange(command, settings.exchange_seconds, withheld=secret_variables())


def open_panel(
    settings: Settings, clock: Clock, hasher: Hasher, network: Network | None = None, busy_seconds: float = 5.0
) -> Panel:
    """Open a data folder that was set up. Raise NotUsableError when it was not, or is damaged."""
    refuse_never_set_up(settings.data)
    refuse_open_to_others(settings.data)
    keys, network = read_keys(settings.data), network or Network()
    database = Database(settings.data / DATABASE_FILE, busy_seconds)
    try:
        database.refuse_incomplete()
    except BaseException:
        database.close()
        raise
    return Panel(
        settings=settings.without_secrets(),
        clock=clock,
        keys=keys,
        database=database,
        hasher=hasher,
        sign_ins=SignIns(database, clock, hasher, settings.sign_in_seconds),
        browsers=Browsers(keys.cookies),
        code=CodeCheck(database, clock, hasher),
        unlocks=Unlocks(keys.cookies, clock, settings.unlock_seconds, settings.unlock_longest_seconds),
        drafts=Drafts(keys.passwords, clock, settings.unlock_longest_seconds),
        outcomes=Outcomes(),
        partner_login=PartnerLogin(database, clock, lambda host: look_up(host, 0, network.resolve, network.seconds)),
        network=network,
        checks=Checks(),
    )
