"""The list of `make protections` is true: what it would take away is there, and so are the tests that would see it."""

import pytest
from processes import CHECKOUT
from protections import PROTECTIONS, Protection


@pytest.mark.parametrize("protection", PROTECTIONS, ids=lambda protection: protection.name)
def test_a_protection_stands_where_the_list_says(protection: Protection) -> None:
    assert (CHECKOUT / protection.file).read_text("utf-8").count(protection.text) == 1
    assert all((CHECKOUT / path).is_file() for path in protection.tests.split())
