"""How a rule says no: sentences that can be translated, and all the problems at once."""

import pytest

from sync_panel.rules.partner import Partner, parse_partner
from sync_panel.rules.problems import InvalidError, Problem, RefusedError, say

RIGHT = {"sync_id": " 2 ", "name": " Lae ", "store": "Area Store", "url": "HTTPS://Lae.example.org:443/"}


def test_a_sentence_keeps_its_values_apart_from_its_words() -> None:
    sentence = say("%(minutes)s is too long.", minutes=99)
    assert sentence.template == "%(minutes)s is too long."
    assert str(sentence) == "99 is too long."


def test_a_refusal_reads_as_its_sentence() -> None:
    refused = RefusedError("“%(typed)s” is wrong.", typed="100%s")
    assert str(refused) == str(refused.sentence) == "“100%s” is wrong."


def test_invalid_values_read_as_all_their_sentences() -> None:
    invalid = InvalidError(Problem("name", say("One.")), Problem("url", say("Two.")))
    assert str(invalid) == "One. Two."


def test_a_partner_is_stored_in_its_settled_form() -> None:
    assert parse_partner(RIGHT) == Partner(2, "Lae", "Area Store", "https://lae.example.org")
    assert str(parse_partner(RIGHT)) == "2 Lae"


@pytest.mark.parametrize("field", list(RIGHT))
def test_a_partner_needs_every_field(field: str) -> None:
    with pytest.raises(InvalidError) as invalid:
        parse_partner({name: typed for name, typed in RIGHT.items() if name != field})
    assert [problem.field for problem in invalid.value.problems] == [field]


def test_all_problems_of_a_partner_are_told_at_once_in_the_fields_order() -> None:
    with pytest.raises(InvalidError) as invalid:
        parse_partner({"url": "nowhere", "sync_id": "0", "store": "\u200b", "name": "Lae"})
    assert [problem.field for problem in invalid.value.problems] == ["sync_id", "store", "url"]
