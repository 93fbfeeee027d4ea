"""What part of the "Sync with" list is looked at: the search, the order and the page."""

from dataclasses import asdict, dataclass, replace
from typing import Any

from flask import abort, request

from sync_panel.rules.text import trim
from sync_panel.store.partners import SORTED_BY

from . import htmx
from .blueprint import is_polled

LONGEST_SEARCH = 100
LONGEST_NUMBER = 6  # digits of a page number


@dataclass(frozen=True)
class ListView:
    """A view of the list; in an address its fields are the parameters of the same name."""

    q: str = ""
    sort: str = "sync_id"
    order: str = "asc"
    page: int = 1

    @classmethod
    def from_request(cls) -> "ListView":
        """Read the view from the address; for htmx's writes, and what the page asks by itself, from the page's own.

        Answer 400 to what no link of ours says.
        """
        is_beside = request.method == "POST" or is_polled()
        of_page = htmx.page_arguments() if is_beside and htmx.wants_fragment() else None
        said = request.args if of_page is None else of_page
        sort, order = said.get("sort", cls.sort), said.get("order", cls.order)
        number, q = said.get("page", "1"), trim(said.get("q", ""))
        if sort not in SORTED_BY or order not in {"asc", "desc"}:
            abort(400, "The list has no such order.")
        if not (number.isascii() and number.isdigit() and len(number) <= LONGEST_NUMBER and int(number)):
            abort(400, "There is no such page of the list.")
        if len(q) > LONGEST_SEARCH:
            abort(400, "The search text is too long.")
        return cls(q, sort, order, int(number))

    def search(self) -> dict[str, Any]:
        return {"beginning": self.q, "sort": self.sort, "descending": self.order == "desc", "page": self.page}

    def arguments(self) -> dict[str, Any]:
        """Return what an address must carry to show this view: all that is not as usual."""
        return {name: value for name, value in asdict(self).items() if value != getattr(ListView, name)}

    def sorted_by(self, column: str) -> "ListView":
        """Return the view that a click on a heading leads to: that column, or the other way round."""
        turned = self.sort == column and self.order == "asc"
        return replace(self, sort=column, order="desc" if turned else "asc", page=1)

    def turned_to(self, page: int) -> "ListView":
        return replace(self, page=page)
