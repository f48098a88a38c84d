"""Identifiers. Each is taken in its canonical form or refused, and a refusal never repeats the value."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.law.interpretation import (
    UPN_LETTERS,
    InvalidIdentifier,
    check_la_code,
    check_nhs_number,
    check_ods_code,
    check_text,
    check_ukprn,
    check_uln,
    check_upn,
    check_urn,
)
from tests.law.cases import every_case

nine_digits = st.text("0123456789", min_size=9, max_size=9)


def _rule(check: Callable[[str], str], text: str) -> str:
    with pytest.raises(InvalidIdentifier) as refusal:
        check(text)
    assert text == "" or text not in refusal.value.message
    assert refusal.value.message == str(refusal.value)
    return refusal.value.rule


def _accepted(check: Callable[[str], str], text: str) -> bool:
    try:
        return check(text) == text
    except InvalidIdentifier:
        return False


@pytest.mark.parametrize("number", ["9434765919", "9434765870", "4010232137"])
def test_an_nhs_number_ends_in_its_check_digit(number: str) -> None:
    """An NHS number is ten digits, the last the modulus 11 check digit of the others."""
    assert check_nhs_number(number) == number


@pytest.mark.parametrize(
    "text", ["", "943476591", "94347659190", "943 476 5919", " 9434765919", "9434765919\n", "943476591X", "９434765919"]
)
def test_an_nhs_number_has_no_spaces(text: str) -> None:
    """Anything but ten plain digits is refused: spaces, letters, digits of another script, a digit too few or many."""
    assert _rule(check_nhs_number, text) == "nhs-number-format"


@pytest.mark.parametrize("digit", "0123456789")
def test_an_nhs_number_is_not_one_digit_ten_times(digit: str) -> None:
    """One digit ten times is nobody's number, although some have a good check digit."""
    assert _rule(check_nhs_number, digit * 10) == "nhs-number-repeated-digit"


@every_case
@given(nine_digits)
def test_at_most_one_check_digit_is_right(first: str) -> None:
    """Of the ten numbers with the same first nine digits at most one is good; none where the check digit would be
    10."""
    good = [digit for digit in "0123456789" if _accepted(check_nhs_number, first + digit)]
    remainder = sum(weight * int(digit) for weight, digit in zip(range(10, 1, -1), first, strict=True)) % 11
    assert len(good) <= 1
    assert remainder != 1 or not good


@every_case
@given(nine_digits, st.integers(0, 9), st.integers(1, 9))
def test_one_wrong_digit_is_found(first: str, position: int, change: int) -> None:
    """A single wrong digit in a good NHS number is always found."""
    for digit in "0123456789":
        number = first + digit
        if _accepted(check_nhs_number, number):
            wrong = number[:position] + str((int(number[position]) + change) % 10) + number[position + 1 :]
            assert not _accepted(check_nhs_number, wrong)


def test_a_wrong_check_digit_is_named() -> None:
    """A wrong check digit is told apart from a wrong form."""
    assert _rule(check_nhs_number, "9434765918") == "nhs-number-check-digit"


@pytest.mark.parametrize("upn", ["B801200005001", "A123456789012"])
def test_a_upn_begins_with_its_check_letter(upn: str) -> None:
    """A UPN is thirteen characters, the first a check letter by modulus 23 of the others, weighted 2 to 13."""
    total = sum(weight * int(digit) for weight, digit in enumerate(upn[1:], start=2))
    good = UPN_LETTERS[total % 23] + upn[1:]
    assert check_upn(good) == good
    assert check_upn("B801200005001") == "B801200005001"


def test_a_temporary_upn_ends_in_a_letter() -> None:
    """A temporary UPN ends in a letter, which counts by its place in the list of check letters."""
    good = [letter + "80120000500A" for letter in UPN_LETTERS if _accepted(check_upn, letter + "80120000500A")]
    assert len(good) == 1
    assert not _accepted(check_upn, good[0][:-1] + "B")


@pytest.mark.parametrize(
    "text", ["", "b801200005001", "B80120000500", "I801200005001", "B80120000500O", "B80120000A001"]
)
def test_a_upn_has_no_i_o_or_s(text: str) -> None:
    """Lower case, the letters I, O and S, and a letter in the middle are refused."""
    assert _rule(check_upn, text) == "upn-format"


def test_a_published_example_is_wrong() -> None:
    """A wrong check letter is refused: 266 leaves 13 by 23, which is P, though one supplier's help page says Q."""
    assert _rule(check_upn, "C801200005001") == "upn-check-letter"
    assert UPN_LETTERS[266 % 23] == "P"


@every_case
@given(st.text("0123456789", min_size=12, max_size=12))
def test_every_upn_has_one_check_letter(rest: str) -> None:
    """For any twelve characters exactly one check letter is right."""
    assert sum(_accepted(check_upn, letter + rest) for letter in UPN_LETTERS) == 1


@every_case
@given(nine_digits.filter(lambda digits: digits[0] != "0"))
def test_a_uln_ends_in_its_check_digit(first: str) -> None:
    """A unique learner number is ten digits, the last a check digit; none is issued where that would be 10."""
    remainder = sum(weight * int(digit) for weight, digit in zip(range(10, 1, -1), first, strict=True)) % 11
    good = [digit for digit in "0123456789" if _accepted(check_uln, first + digit)]
    assert good == ([] if remainder == 0 else [str(10 - remainder)])


def test_a_wrong_uln_is_refused() -> None:
    """A unique learner number does not begin with 0, and its check digit is checked."""
    assert _rule(check_uln, "0123456789") == "uln-format"
    assert _rule(check_uln, "9999999999") == "uln-check-digit"


@pytest.mark.parametrize(
    ("check", "good", "bad", "rule"),
    [
        (check_ods_code, ["RX1", "R0A01", "0123456789"], ["", "RX", "rx1", "R-1", "ABCDEFGHIJK"], "ods-code-format"),
        (check_la_code, ["202", "873"], ["", "20", "2020", "E09000007", "20A"], "la-code-format"),
        (check_urn, ["100000", "147263"], ["", "10000", "1000000", "012345", "10000A"], "urn-format"),
        (check_ukprn, ["10000055"], ["", "20000055", "1000005", "100000555"], "ukprn-format"),
    ],
)  # fmt: skip
def test_codes_of_organisations_have_a_form(
    check: Callable[[str], str], good: list[str], bad: list[str], rule: str
) -> None:
    """An ODS code is 3 to 10 upper-case letters or digits, a local authority code three digits, a URN six, a UKPRN
    eight."""
    assert [check(text) for text in good] == good
    assert {_rule(check, text) for text in bad} == {rule}


def test_text_holds_no_nul_and_no_half_character() -> None:
    """Free text with a NUL or half of a surrogate pair is refused, because no document could carry it on."""
    assert check_text("Zoë\n– speech therapy, 2 × 30 min 👍") == "Zoë\n– speech therapy, 2 × 30 min 👍"
    assert _rule(check_text, "a\x00b") == "text-nul"
    assert _rule(check_text, "a\ud800b") == "text-lone-surrogate"


@every_case
@given(st.text())
def test_no_text_is_a_fault_of_ours(text: str) -> None:
    """Whatever is given as an identifier is either accepted as it is or refused with a rule."""
    for check in (check_nhs_number, check_upn, check_uln, check_ods_code, check_la_code, check_urn, check_ukprn):
        assert _accepted(check, text) in (True, False)
