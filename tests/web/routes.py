"""What section 2 of the specification says about each route, written down apart from the code that it judges."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from panels import ADMIN, ADMIN_PASSWORD, CODE, TestPanel
from visitor import PAGE, PARAMETERS, Visitor, editor, unlocked_editor, viewer

from sync_panel import Settings, create_app
from sync_panel.rules.partner import Identity
from sync_panel.store.contacts import Caller, note_caller, note_rival
from sync_panel.store.names import change_names
from sync_panel.store.partners import remove_partners
from sync_panel.store.refusals import Refusal, note_refused
from sync_panel.web.templating import load

VISITORS: dict[str, Callable[[TestPanel], Visitor]] = {
    "nobody": Visitor,
    "viewer": viewer,
    "editor, locked": editor,
    "editor, unlocked": unlocked_editor,
}
# The rows of the table in section 2, and the columns that say yes.
ANYBODY = set(VISITORS)
SEE_THE_PAGE = {"viewer", "editor, locked", "editor, unlocked"}
CHANGE_THE_INTERVAL = {"editor, locked", "editor, unlocked"}
UNLOCK_OR_LOCK = {"editor, locked", "editor, unlocked"}
CHECK_A_CONNECTION = DISMISS_A_NOTICE = CHANGE_THE_INTERVAL
CHANGE_ANYTHING_ELSE = {"editor, unlocked"}


@dataclass(frozen=True)
class Route:
    """Who may use a route, a request for it that works on a furnished panel, and the tables it changes."""

    allowed: set[str]
    path: str
    fields: dict[str, str] = field(default_factory=dict)
    changes: set[str] = field(default_factory=set)


LIST = f"{PAGE}/partners"
ROW = f"{LIST}/<int(max=2147483647):partner_id>"
ADDED = {"sync_id": "900", "name": "Tulagi", "store": "Ward", "url": "https://tulagi.example.org"}
EDITED = ADDED | {"version": "1"}
TRUSTED = {"found": "ab" * 32, "version": "1"}
ACCEPTED = {"which": "known", "address": "10.0.0.8"}
EARLIER = "earlier.example.org"
SITE = PARAMETERS | {"version": "2"}
JOINER = Refusal(
    Caller(datetime(2026, 11, 23, 14, 30, tzinfo=UTC), "10.0.0.9", 15, "of nobody listed", 1),
    Identity(901, "New Clinic", "Ward", None),
)
STATIC = f"/sync-panel-static/{load('panel.css').version}/panel.css"

ROUTES = {
    "GET /": Route(ANYBODY, "/"),
    "GET /sign-in": Route(ANYBODY, "/sign-in"),
    "POST /sign-in": Route(ANYBODY, "/sign-in", {"user_name": ADMIN, "password": ADMIN_PASSWORD}),
    "POST /sign-out": Route(ANYBODY, "/sign-out"),
    "GET /sync-panel-static/<version>/<path:name>": Route(ANYBODY, STATIC),
    f"POST {PAGE}/confirm": Route(SEE_THE_PAGE, f"{PAGE}/confirm"),
    f"GET {PAGE}": Route(SEE_THE_PAGE, PAGE),
    f"GET {PAGE}/<any(interval, parameters):region>": Route(SEE_THE_PAGE, f"{PAGE}/parameters"),
    f"GET {PAGE}/lock": Route(SEE_THE_PAGE, f"{PAGE}/lock"),
    f"GET {LIST}": Route(SEE_THE_PAGE, f"{LIST}?q=h&sort=name&order=desc"),
    f"GET {LIST}/print": Route(SEE_THE_PAGE, f"{LIST}/print?q=h"),
    f"POST {PAGE}/interval": Route(
        CHANGE_THE_INTERVAL, f"{PAGE}/interval", {"minutes": "30", "version": "1"}, {"interval"}
    ),
    f"GET {PAGE}/unlock": Route(UNLOCK_OR_LOCK, f"{PAGE}/unlock"),
    f"POST {PAGE}/unlock": Route(UNLOCK_OR_LOCK, f"{PAGE}/unlock", {"code": CODE}),
    f"POST {PAGE}/lock": Route(UNLOCK_OR_LOCK, f"{PAGE}/lock"),
    f"POST {PAGE}/keep-unlocked": Route(CHANGE_ANYTHING_ELSE, f"{PAGE}/keep-unlocked"),
    f"POST {PAGE}/parameters": Route(CHANGE_ANYTHING_ELSE, f"{PAGE}/parameters", SITE, {"site"}),
    f"POST {PAGE}/recovery/dismiss": Route(DISMISS_A_NOTICE, f"{PAGE}/recovery/dismiss", {}, {"recovery"}),
    f"POST {PAGE}/names/leave": Route(CHANGE_ANYTHING_ELSE, f"{PAGE}/names/leave", {"host": EARLIER}),
    f"GET {PAGE}/link": Route(SEE_THE_PAGE, f"{PAGE}/link"),
    f"POST {PAGE}/sync-now": Route(CHECK_A_CONNECTION, f"{PAGE}/sync-now"),
    f"GET {PAGE}/check": Route(CHECK_A_CONNECTION, f"{PAGE}/check"),
    f"GET {ROW}/check": Route(CHECK_A_CONNECTION, f"{LIST}/1/check"),
    f"POST {ROW}/check": Route(CHECK_A_CONNECTION, f"{LIST}/1/check"),
    f"POST {ROW}/trust": Route(CHANGE_ANYTHING_ELSE, f"{LIST}/1/trust", TRUSTED, {"partner"}),
    f"POST {ROW}/accept": Route(CHANGE_ANYTHING_ELSE, f"{LIST}/1/accept", ACCEPTED, {"rival"}),
    f"POST {PAGE}/joiners/dismiss": Route(
        CHANGE_ANYTHING_ELSE, f"{PAGE}/joiners/dismiss", {"joiner": JOINER.token}, {"refused_contact"}
    ),
    f"POST {ROW}/edit/<any(check, trust):action>": Route(CHANGE_ANYTHING_ELSE, f"{LIST}/1/edit/trust", TRUSTED),
    f"POST {LIST}/add/<any(check, 'look-up', trust):action>": Route(CHANGE_ANYTHING_ELSE, f"{LIST}/add/trust", TRUSTED),
    f"GET {LIST}/add": Route(CHANGE_ANYTHING_ELSE, f"{LIST}/add"),
    f"POST {LIST}/add": Route(CHANGE_ANYTHING_ELSE, f"{LIST}/add", ADDED, {"partner"}),
    f"GET {ROW}/edit": Route(CHANGE_ANYTHING_ELSE, f"{LIST}/1/edit"),
    f"POST {ROW}/edit": Route(CHANGE_ANYTHING_ELSE, f"{LIST}/1/edit", EDITED, {"partner"}),
    f"GET {LIST}/remove": Route(CHANGE_ANYTHING_ELSE, f"{LIST}/remove?server=1.1"),
    f"POST {LIST}/remove": Route(
        CHANGE_ANYTHING_ELSE, f"{LIST}/remove", {"server": "1.1"}, {"partner", "removed_partner"}
    ),
    f"POST {LIST}/undo": Route(CHANGE_ANYTHING_ELSE, f"{LIST}/undo", {}, {"partner", "removed_partner"}),
}
WRITES = {name: route for name, route in ROUTES.items() if name.startswith("POST ")}
# These ask another server, or fill in a form: they answer with what they found, and save nothing.
TRIES = {name for name in WRITES if name.endswith(("/check", ":action>"))}
READS = {name: route for name, route in ROUTES.items() if name.startswith("GET ")}


def furnish(on: TestPanel) -> TestPanel:
    """Make the panel a primary on which each route can work.

    It lists rows 1 and 2, removed row 3 last, two servers asked as row 1, one asked to join, and it was used by another
    name.
    """
    on.fill(3)
    change_names(on.panel.database, on.settings.data, used={EARLIER})
    now = on.clock.now()
    with on.panel.database.writing() as db:
        remove_partners(db, [(3, 1)])
        note_caller(db, 2, Caller(now, "10.0.0.7", 15, "one", 5))
        db.execute("INSERT INTO recovery (id, at, copy_of, aside) VALUES (1, ?, ?, 'aside-1')", [now.isoformat()] * 2)
        note_rival(db, 2, Caller(now, "10.0.0.8", 15, "other", 1))
        note_refused(db, replace(JOINER.caller, at=now), JOINER.who)
    return on


def routes_in_code() -> Iterator[str]:
    """Yield "METHOD rule" for each route of the application, which needs no data folder for that."""
    for rule in create_app(Settings(data=Path("no-such-folder"))).url_map.iter_rules():
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            if not rule.endpoint.startswith("sync_panel_link."):  # partners ask those, without a session
                yield f"{method} {rule.rule}"
