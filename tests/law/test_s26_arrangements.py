"""Joint commissioning arrangements (CFA 2014 s. 26). What an authority and its commissioning bodies must agree."""

import pytest

from hub.law.s26_arrangements import REQUIREMENTS, missing


def test_arrangements_contain_every_paragraph() -> None:
    """Arrangements must consider and agree s. 26(3)(a) to (g), and in particular s. 26(4)(a) to (c)."""
    assert [*REQUIREMENTS] == [*(f"s. 26(3)({each})" for each in "abcdefg"), *(f"s. 26(4)({each})" for each in "abc")]
    assert missing(REQUIREMENTS) == ()


@pytest.mark.parametrize("paragraph", REQUIREMENTS)
def test_a_paragraph_without_a_clause_is_missing(paragraph: str) -> None:
    """A paragraph that no clause answers is missing, and others do not make up for it."""
    assert missing(REQUIREMENTS.keys() - {paragraph}) == (paragraph,)


def test_an_empty_arrangement_lacks_all_of_them() -> None:
    """What is missing is told in the order of the Act, whatever else the arrangements speak of."""
    assert missing(["s. 26(1)"]) == tuple(REQUIREMENTS)


def test_disputes_are_resolved_as_quickly_as_possible() -> None:
    """S. 26(3)(g) asks for procedures to resolve disputes as quickly as possible; it sets no number of days."""
    assert "as quickly as possible" in REQUIREMENTS["s. 26(3)(g)"]
