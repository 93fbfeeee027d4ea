"""A database that may not grow any more: what does not fit is refused in words, and what is there stays."""

from panels import TestPanel
from visitor import PAGE, unlocked_editor

from sync_panel.rules.partner import Partner
from sync_panel.store.partners import all_partners

LIST = f"{PAGE}/partners"
LONG = "long " * 19


def sent(number: int) -> dict[str, str]:
    return {"sync_id": str(number), "name": f"{LONG}{number}", "store": LONG, "url": f"https://{number}.example.org"}


def listed(on: TestPanel) -> list[Partner]:
    with on.panel.database.reading() as db:
        return [row.partner for row in all_partners(db)]


def test_a_server_that_does_not_fit_any_more_is_not_half_in_the_list(on: TestPanel) -> None:
    on.become(1)
    visitor = unlocked_editor(on)
    connection = on.panel.database._connection
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    connection.execute(f"PRAGMA max_page_count = {pages}")
    statuses: list[int] = []
    while 503 not in statuses and len(statuses) < 200:
        before = listed(on)
        response = visitor.post(f"{LIST}/add", sent(len(statuses) + 2))
        statuses.append(response.status_code)
    assert statuses[-1] == 503
    assert "Nothing was saved: the disk is full." in response.text
    assert LONG.strip() in response.text, "what was typed is kept"
    assert listed(on) == before
    connection.execute("PRAGMA max_page_count = 100000")
    assert visitor.post(f"{LIST}/add", sent(900)).status_code == 303
