"""Rule of fingerprints: read as other programs write them, kept as 64 digits, shown in pairs."""

import ssl

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings
from hypothesis import strategies as st
from unit.trying import refused, try_rule

from sync_panel.guard.certificate import make_certificate
from sync_panel.rules.partner import first_certificate, in_pairs, parse_fingerprint

DIGITS = "3fa0" * 16
PAIRS = ":".join(["3F", "A0"] * 16)


@pytest.mark.parametrize(
    "typed",
    [
        DIGITS,
        DIGITS.upper(),
        PAIRS,
        PAIRS.lower(),
        PAIRS.replace(":", " "),
        f"  {PAIRS}\n",
        f"{PAIRS[:48]}\r\n{PAIRS[48:]}",
    ],
)
def test_every_usual_way_to_write_one_is_the_same(typed: str) -> None:
    assert parse_fingerprint(typed) == DIGITS


@pytest.mark.parametrize("typed", ["", " ", "\t\n", ":", " : "])
def test_an_empty_field_means_none(typed: str) -> None:
    assert parse_fingerprint(typed) is None


@pytest.mark.parametrize(
    "typed",
    [
        *(DIGITS[:-1], DIGITS + "0", "x" * 64, DIGITS[:-1] + "g", f"sha256:{DIGITS}", f"SHA256 Fingerprint={PAIRS}"),
        *("3fa0" * 10, DIGITS.replace("3", "\u0663"), DIGITS.replace("a", "\uff41"), DIGITS + "\x00", f"-{DIGITS}"),
    ],
)
def test_anything_else_is_refused(typed: str) -> None:
    assert refused(try_rule(parse_fingerprint, typed))


@settings(deadline=None, max_examples=300)
@given(st.one_of(st.text(), st.text("0123456789abcdefABCDEF: ", min_size=60, max_size=100)))
def test_any_text_is_taken_whole_or_refused(typed: str) -> None:
    taken = try_rule(parse_fingerprint, typed)
    if taken is not None and not refused(taken):
        assert len(taken) == 64
        assert set(taken) <= set("0123456789abcdef")
        assert parse_fingerprint(in_pairs(taken)) == taken


def test_it_is_shown_in_pairs() -> None:
    assert in_pairs(DIGITS) == PAIRS
    assert in_pairs("") == ""


@given(st.binary(max_size=200))
def test_what_is_no_certificate_is_its_own_first(certificate: bytes) -> None:
    assert first_certificate(certificate) == certificate


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_whatever_is_carried_in_place_of_a_first_certificate_counts_for_nothing(carried: bytes) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    shown = ssl.PEM_cert_to_DER_cert(make_certificate(["localhost"], [], key, carried))
    assert first_certificate(shown) == shown
