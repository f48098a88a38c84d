"""Whose word stands, where sources say different things of who a child is (UK GDPR art. 5(1)(d), CFA 2014 s. 24)."""

from datetime import date, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.law.precedence import ChildField, Said, StandsBy, Value, is_source, same, says_something, stands, stays
from hub.law.vocabulary import Sex, Source

F = ChildField
DAY = date(2026, 1, 15)
RETURN = Said(Source.SEN2_RETURN, None, "Appleby", DAY)
EXTRACT = Said(Source.EXTRACT, "caseworks", "Applebee", DAY + timedelta(days=90))
TRUST = Said(Source.FHIR, "RX1", "Appelby", DAY + timedelta(days=200), outside=True)


def test_the_authoritys_own_word_stands_and_a_trusts_is_kept_beside_it() -> None:
    """Where the authority's own systems and another body differ, the authority's word stands, be it older: the record
    is its own (CFA 2014 s. 24). The other word is kept and shown; nothing is overwritten.
    """
    found = stands(F.FAMILY_NAME, [TRUST, RETURN])
    assert (found.said, found.by) == (RETURN, StandsBy.KEPT_BY_THE_AUTHORITY)


def test_of_the_authoritys_own_systems_the_latest_word_stands() -> None:
    """Of two systems of the authority, the one that spoke last stands (UK GDPR art. 5(1)(d): kept up to date); on the
    same day, what the record already has.
    """
    found = stands(F.FAMILY_NAME, [RETURN, EXTRACT])
    assert (found.said, found.by) == (EXTRACT, StandsBy.LATEST)
    held = Said(Source.SEN2_RETURN, None, "Appleby", EXTRACT.on, in_record=True)
    found = stands(F.FAMILY_NAME, [EXTRACT, held])
    assert (found.said, found.by) == (held, StandsBy.IN_THE_RECORD)
    again = stands(F.FAMILY_NAME, [EXTRACT, Said(Source.EXTRACT, "plantrack", "Appleby", EXTRACT.on)])
    assert (again.said, again.by) == (EXTRACT, StandsBy.IN_THE_RECORD)


@pytest.mark.parametrize(
    ("order", "first"),
    [
        (["FHIR"], TRUST),
        (["FHIR/RX1", "EXTRACT"], TRUST),
        (["FHIR/RX2", "SEN2_RETURN"], RETURN),
        (["EXTRACT/caseworks"], EXTRACT),
        (["EXTRACT", "FHIR"], EXTRACT),
    ],
)
def test_what_the_authority_puts_first_stands(order: list[str], first: Said) -> None:
    """An authority may say for each field which source it puts first: a kind of source, one case system, or one body.
    A source that is not named comes after those that are.
    """
    found = stands(F.FAMILY_NAME, [RETURN, EXTRACT, TRUST], order)
    assert (found.said, found.by) == (first, StandsBy.PLACED_FIRST)


def test_where_two_records_are_made_one_what_was_kept_stands() -> None:
    """Somebody who makes one record of two has chosen which is kept: its words stand, whoever said them, until a source
    says something new. What the other record had is kept beside it.
    """
    held = Said(Source.FHIR, "RX1", "Appelby", DAY, outside=True, in_record=True)
    found = stays(F.FAMILY_NAME, [RETURN, held])
    assert found is not None
    assert (found.said, found.by) == (held, StandsBy.IN_THE_RECORD)
    alone = stays(F.FAMILY_NAME, [held])
    assert alone is not None
    assert alone.by is None
    assert stays(F.FAMILY_NAME, [RETURN, TRUST]) is None


def test_a_traced_number_stands_before_one_that_was_not() -> None:
    """An NHS number that the NHS has traced (status 01) stands before one that nobody has, whoever says it; unless the
    authority has put another source first.
    """
    own = Said(Source.EXTRACT, "caseworks", "9990000026", DAY)
    traced = Said(Source.FHIR, "RX1", "9990000018", DAY, outside=True, traced=True)
    found = stands(F.NHS_NUMBER, [own, traced])
    assert (found.said, found.by) == (traced, StandsBy.TRACED)
    assert stands(F.NHS_NUMBER, [own, traced], ["EXTRACT"]).by is StandsBy.PLACED_FIRST
    assert stands(F.FAMILY_NAME, [own, traced]).by is StandsBy.KEPT_BY_THE_AUTHORITY


@pytest.mark.parametrize(
    ("field", "one", "other", "alike"),
    [
        (F.FAMILY_NAME, "O'Neill", "ONEILL", True),
        (F.FAMILY_NAME, "Appleby", "Applebee", False),
        (F.GIVEN_NAMES, ("Zoë",), ("Zoe", "May"), True),
        (F.GIVEN_NAMES, ("Nia May",), ("Nia", "May"), True),
        (F.GIVEN_NAMES, ("Nia",), ("Mia",), False),
        (F.POSTCODE, "ZZ99 1AA", "zz991aa", True),
        (F.UPN, "R990200013001", "R99020001300A", True),
        (F.UPN, "R990200013001", "R990200014002", False),
        (F.DATE_OF_BIRTH, DAY, DAY, True),
        (F.NHS_NUMBER, "9990000018", "9990000026", False),
    ],
)
def test_a_difference_of_spelling_is_no_disagreement(field: ChildField, one: Value, other: Value, alike: bool) -> None:
    """Case, accents, punctuation and spaces make no difference; nor do further given names, which a return has no room
    for, nor a temporary pupil number beside the permanent one.
    """
    assert same(field, one, other) is same(field, other, one) is alike
    found = stands(field, [Said(Source.SEN2_RETURN, None, one, DAY), Said(Source.FHIR, "RX1", other, DAY)])
    assert (found.by is None) is alike
    held = Said(Source.FHIR, "RX1", other, DAY, in_record=True)
    temporary = field is F.UPN and str(other)[-1].isalpha()
    assert not alike or (stands(field, [Said(Source.SEN2_RETURN, None, one, DAY), held]).said is held) is not temporary
    assert stands(field, [held, held]).said is held


def test_what_is_not_known_is_no_word() -> None:
    """A source that has no value, or holds the sex as unknown, does not disagree with one that has."""
    assert says_something(F.SEX, Sex.FEMALE)
    assert not says_something(F.SEX, Sex.UNKNOWN)
    assert not says_something(F.POSTCODE, None)
    assert not says_something(F.GIVEN_NAMES, ())


@pytest.mark.parametrize("word", ["FHIR", "EXTRACT/caseworks", "FHIR/RX1"])
def test_an_order_names_sources(word: str) -> None:
    """What may be put first is a source of the hub, or one of its systems or bodies."""
    assert is_source(word)
    assert not is_source(f"x{word}")
    assert not is_source(f"{word.partition('/')[0]}/ ")


WORDS = st.builds(
    Said,
    source=st.sampled_from(Source),
    name=st.sampled_from([None, "a", "b"]),
    value=st.sampled_from(["Able", "able", "Baker"]),
    on=st.dates(DAY, DAY + timedelta(days=2)),
    outside=st.booleans(),
    traced=st.booleans(),
)


@given(st.lists(WORDS, min_size=2, max_size=4), st.lists(st.sampled_from(["FHIR", "EXTRACT/a"]), unique=True))
def test_the_order_in_which_sources_speak_does_not_matter(said: list[Said], order: list[str]) -> None:
    """Whose word stands, and by which rule, is the same in whatever order the sources are asked, unless they said it on
    the same day and with the same weight. It is always one of theirs, and a rule is named if and only if some differ.
    """
    for field in ChildField:
        if field is F.GIVEN_NAMES or field is F.DATE_OF_BIRTH:
            continue
        found = stands(field, said, order)
        assert found.said in said
        assert (found.by is not None) == any(not same(field, found.said.value, each.value) for each in said)
        for others in permutations(said):
            again = stands(field, others, order)
            tied = StandsBy.IN_THE_RECORD in (found.by, again.by)
            assert tied or (again.by is None) == (found.by is None)
            assert tied or same(field, again.said.value, found.said.value)
