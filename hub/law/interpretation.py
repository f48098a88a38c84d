"""Identifiers, each with its check. An identifier is taken in its canonical form or not at all.

Every check returns the canonical form or raises InvalidIdentifier. Spaces, lower case and digits of other scripts are
refused: a door that wants to be lenient (a spreadsheet, a form) tidies the text before it asks.
"""

import re
from itertools import pairwise

UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
"""Check letters of a UPN, in the order of their remainders: no I, O or S."""

_TEN_DIGITS = re.compile(r"[0-9]{10}")
_UPN = re.compile(rf"[{UPN_LETTERS}][0-9]{{11}}[0-9{UPN_LETTERS}]")
_ODS_CODE = re.compile(r"[A-Z0-9]{3,10}")
_LA_CODE = re.compile(r"[0-9]{3}")
_ULN = re.compile(r"[1-9][0-9]{9}")
_URN = re.compile(r"[1-9][0-9]{5}")
_UKPRN = re.compile(r"1[0-9]{7}")
_LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")


class InvalidIdentifier(ValueError):  # noqa: N818  (named for what it says, not for what it is)
    """The text is not what it should be. Neither `rule` nor `message` ever contains the value: both may be logged."""

    def __init__(self, rule: str, message: str) -> None:
        super().__init__(message)
        self.rule = rule
        self.message = message


def check_nhs_number(text: str) -> str:
    """Ten digits, not all the same, the last a modulus 11 check digit of the first nine (weights 10 to 2)."""
    if not _TEN_DIGITS.fullmatch(text):
        raise InvalidIdentifier("nhs-number-format", "An NHS number is exactly ten digits, without spaces.")
    if all(one == other for one, other in pairwise(text)):
        raise InvalidIdentifier("nhs-number-repeated-digit", "An NHS number is not one digit ten times.")
    # A check digit of 10 is never issued, and no single digit equals it.
    if (11 - _weighted(text)) % 11 != int(text[9]):
        raise InvalidIdentifier("nhs-number-check-digit", "The check digit of this NHS number is wrong.")
    return text


def check_uln(text: str) -> str:
    """Unique Learner Number: ten digits, the last a check digit: 10 less the remainder by 11 (from memory)."""
    if not _ULN.fullmatch(text):
        raise InvalidIdentifier("uln-format", "A unique learner number is ten digits, the first not 0.")
    # Remainder 0 would make the check digit 10, so such a number is never issued.
    if 10 - _weighted(text) != int(text[9]):
        raise InvalidIdentifier("uln-check-digit", "The check digit of this unique learner number is wrong.")
    return text


def check_upn(text: str) -> str:
    """Unique Pupil Number: a check letter and twelve characters, the last a letter in a temporary number."""
    if not _UPN.fullmatch(text):
        raise InvalidIdentifier(
            "upn-format", "A UPN is a check letter, eleven digits, and a digit (or a letter where it is temporary)."
        )
    total = sum(weight * _upn_value(character) for weight, character in enumerate(text[1:], start=2))
    if UPN_LETTERS[total % 23] != text[0]:
        raise InvalidIdentifier("upn-check-letter", "The check letter of this UPN is wrong.")
    return text


def check_ods_code(text: str) -> str:
    """Organisation Data Service code: three to ten upper-case letters or digits."""
    return _shaped(_ODS_CODE, text, "ods-code-format", "An ODS code is 3 to 10 upper-case letters or digits.")


def check_la_code(text: str) -> str:
    """The Department for Education's code of a local authority: three digits."""
    return _shaped(_LA_CODE, text, "la-code-format", "A local authority code is three digits.")


def check_urn(text: str) -> str:
    """Unique reference number of an establishment (Get Information About Schools): six digits (from memory)."""
    return _shaped(_URN, text, "urn-format", "A URN is six digits, the first not 0.")


def check_ukprn(text: str) -> str:
    """UK provider reference number: eight digits, the first 1 (from memory)."""
    return _shaped(_UKPRN, text, "ukprn-format", "A UKPRN is eight digits, the first 1.")


def check_text(text: str) -> str:
    """Free text that a database and an XML or JSON document can hold: no NUL, no half of a surrogate pair."""
    if "\x00" in text:
        raise InvalidIdentifier("text-nul", "Text may not contain the character NUL.")
    if not text.isascii() and _LONE_SURROGATE.search(text):  # what is ASCII is known to be, without looking
        raise InvalidIdentifier("text-lone-surrogate", "Text may not contain half of a surrogate pair.")
    return text


def _shaped(pattern: re.Pattern[str], text: str, rule: str, message: str) -> str:
    if not pattern.fullmatch(text):
        raise InvalidIdentifier(rule, message)
    return text


def _weighted(digits: str) -> int:
    """The first nine digits times 10 down to 2, summed, remainder by 11."""
    return sum(weight * int(digit) for weight, digit in zip(range(10, 1, -1), digits[:9], strict=True)) % 11


def _upn_value(character: str) -> int:
    return UPN_LETTERS.index(character) if character.isalpha() else int(character)
