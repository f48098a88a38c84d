"""When two records are one child's. Few rules link by themselves; anything weaker is brought before a person."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from hub.law.identity import Candidate, Known, Linked, compare, folded, judge, who_is
from hub.law.identity_rules import OWN_FILE_RULES, RULES, WEIGHTS, Evidence, weights_on
from hub.law.vocabulary import NHSNumberStatus

DAY = date(2026, 12, 1)
VERIFIED = NHSNumberStatus.VERIFIED
ZOE = Known("Appleby", "Zoë", date(2013, 5, 2), "ZZ1 1AA", "9990000018", VERIFIED, "B801200005001")


def _other(**said: Any) -> Known:
    return replace(ZOE, **said)


def _rule(one: Known, other: Known) -> str | None:
    found = judge(one, other, on=DAY)
    assert found == judge(other, one, on=DAY)
    return found.rule if isinstance(found, Linked) else None


def test_a_verified_number_and_the_date_of_birth_link() -> None:
    """A verified NHS number (status 01) and the date of birth link two records, whatever the names and the home."""
    said = _other(family_name="Thorne", postcode="ZZ9 9ZZ", upn=None)
    assert _rule(ZOE, said) == "verified-nhs-number"
    assert _rule(ZOE, replace(said, given_name="Ada", nhs_number_status=NHSNumberStatus.PRESENT_NOT_TRACED)) is None
    assert _rule(ZOE, replace(said, upn="K801200005009")) is None


def test_a_pupil_number_links_with_the_date_of_birth_or_the_names() -> None:
    """A UPN links with the date of birth, unless the given names are two (twins), and with both names at a slip of the
    date."""
    alone = _other(nhs_number=None, postcode=None)
    assert _rule(ZOE, replace(alone, family_name="Thorne")) == "upn-and-date-of-birth"
    assert _rule(ZOE, replace(alone, date_of_birth=date(2013, 2, 5))) == "upn-and-names"
    assert _rule(ZOE, replace(alone, given_name="Ada")) is None
    assert _rule(ZOE, replace(alone, date_of_birth=date(2011, 11, 30))) is None


def test_names_date_of_birth_and_postcode_link() -> None:
    """Both names, the date of birth and the postcode link two records where no number contradicts; a postcode that
    says "no fixed abode" is none."""
    plain = Known("APPLEBY", "Zoe Ann", ZOE.date_of_birth, "zz11aa")
    assert _rule(ZOE, plain) == "names-date-of-birth-and-postcode"
    assert _rule(ZOE, replace(plain, upn="K801200005009")) is None
    assert _rule(ZOE, replace(plain, postcode=None)) is None
    nowhere = replace(plain, postcode="ZZ99 3WZ")
    assert _rule(nowhere, nowhere) is None
    assert isinstance(judge(nowhere, nowhere, on=DAY), Candidate)


@pytest.mark.parametrize(
    ("said", "rule"),
    [
        ({"family_name": "Thorne", "upn": None, "postcode": None}, "case-systems-number"),
        (
            {"date_of_birth": date(2012, 1, 1), "upn": None, "family_name": "Thorne"},
            "case-systems-number-and-given-name",
        ),
        ({"date_of_birth": date(2013, 2, 5), "upn": None, "postcode": "ZZ2 2BB"}, "case-systems-number-and-names"),
        ({"date_of_birth": date(2012, 1, 1), "upn": None, "family_name": "Thorne", "postcode": "ZZ2 2BB"}, None),
        ({"given_name": "Ada", "system_number": None, "family_name": "Thorne"}, "own-pupil-number"),
        ({"date_of_birth": date(2011, 11, 30), "system_number": None}, "own-pupil-number-and-given-name"),
        ({"date_of_birth": date(2011, 11, 30), "system_number": None, "postcode": None}, None),
        ({"system_number": None, "upn": None, "postcode": None}, "own-names-and-date-of-birth"),
        ({"system_number": None, "upn": None, "postcode": "ZZ2 2BB"}, None),
        ({"given_name": "Ada", "date_of_birth": date(2012, 1, 1), "upn": None}, None),
        ({"upn": "K801200005009"}, None),
    ],
)
def test_an_authoritys_own_file_knows_its_own_children(said: dict[str, Any], rule: str | None) -> None:
    """Where a file of the authority speaks of the authority's own records, its case system's number links with the date
    of birth, with the given name at the same home, or with both names at a slip of the date, and so does the pupil
    number; and the very same words, where nothing says otherwise. A number with no more than a given name links nobody:
    numbers are given again. None of these links for another body.
    """
    record = _other(nhs_number=None, system_number=("caseworks", "C1"))
    other = replace(record, **said)
    found = judge(record, other, on=DAY, rules=OWN_FILE_RULES)
    assert (found.rule if isinstance(found, Linked) else None) == rule


def test_what_is_weaker_is_asked_about() -> None:
    """A misspelt name, another home or a number in common without the rest is brought before a person; twins, and
    children who share no more than a name or a day, are not."""
    plain = Known("Appleby", "Zoë", ZOE.date_of_birth, "ZZ1 1AA")
    for said in (
        replace(plain, family_name="Applebx", postcode="ZZ99 3WZ"),
        replace(plain, postcode="ZZ2 2BB"),
        Known("Thorne", "Ada", date(2011, 11, 30), None, "9990000018"),
        Known("Thorne", "Ada", date(2011, 11, 30), None, None, None, "B801200005001"),
    ):
        assert isinstance(judge(ZOE, said, on=DAY), Candidate)
    twin = replace(plain, given_name="Ada")
    assert judge(plain, twin, on=DAY) is None
    assert judge(plain, Known("Appleby", "Zoë", date(2001, 1, 30)), on=DAY) is None


@pytest.mark.parametrize(
    ("said", "evidence"),
    [
        ({"nhs_number": "9990000026"}, Evidence.NHS_NUMBER_DIFFERS),
        ({"nhs_number_status": NHSNumberStatus.TRACE_REQUIRED}, Evidence.NHS_NUMBER_SAME),
        ({"upn": "K801200005009"}, Evidence.UPN_DIFFERS),
        ({"family_name": "Appleby-Thorne"}, Evidence.FAMILY_NAME_ALIKE),
        ({"family_name": "Appelby"}, Evidence.FAMILY_NAME_ALIKE),
        ({"family_name": "Applebey"}, Evidence.FAMILY_NAME_ALIKE),
        ({"family_name": "Appl"}, Evidence.FAMILY_NAME_DIFFERS),
        ({"given_name": "Ada"}, Evidence.GIVEN_NAME_DIFFERS),
        ({"date_of_birth": date(2013, 2, 5)}, Evidence.DATE_OF_BIRTH_ALIKE),
        ({"date_of_birth": date(2013, 5, 12)}, Evidence.DATE_OF_BIRTH_ALIKE),
        ({"date_of_birth": date(2014, 6, 2)}, Evidence.DATE_OF_BIRTH_DIFFERS),
        ({"postcode": "ZZ2 2BB"}, Evidence.POSTCODE_DIFFERS),
    ],
)
def test_each_field_says_what_agrees_and_what_differs(said: dict[str, Any], evidence: Evidence) -> None:
    """Names are compared without case, accents and punctuation; a slip of a letter, a part of a name and a slip in a
    date are "alike"."""
    assert evidence in compare(ZOE, _other(**said))
    assert folded("O'Brien") == folded("OBRIEN")


def test_what_is_not_said_is_no_evidence() -> None:
    """A number that is absent, or that a trace did not confirm, agrees with nothing and contradicts nothing; a
    temporary UPN gives way to a permanent one."""
    bare = Known("Appleby", "Zoë", ZOE.date_of_birth)
    said = {Evidence.FAMILY_NAME_SAME, Evidence.GIVEN_NAME_SAME, Evidence.DATE_OF_BIRTH_SAME}
    assert compare(ZOE, bare) == said
    unsure = _other(nhs_number_status=NHSNumberStatus.NO_MATCH, postcode=None, upn="A80120000500A")
    assert compare(ZOE, unsure) == said


def test_of_two_records_that_a_rule_links_somebody_chooses() -> None:
    """A rule links only where it finds one record. Of two, and of those that may be, somebody chooses, the likeliest
    first."""
    weaker = _other(nhs_number=None, upn=None, postcode=None)
    answer = who_is(ZOE, [(1, ZOE), (2, weaker)], on=DAY)
    assert answer.linked is not None
    assert (answer.linked[0], answer.candidates) == (1, ())
    answer = who_is(ZOE, [(1, weaker), (2, ZOE), (3, ZOE), (4, Known("Thorne", "Ada", date(2001, 1, 1)))], on=DAY)
    assert answer.linked is None
    assert [key for key, _ in answer.candidates] == [2, 3, 1]


def test_the_rules_and_weights_are_data() -> None:
    """Every rule asks for two things at least and says why; each kind of evidence has a weight, from a day on."""
    rules = (*RULES, *OWN_FILE_RULES)
    assert len({each.name for each in rules}) == len(rules)
    assert all(len(each.all_of) > 1 and each.because for each in rules)
    assert all(set(each.bits) == set(Evidence) for each in WEIGHTS)
    assert weights_on(date(2020, 1, 1)) is WEIGHTS[0]
    assert weights_on(DAY) is WEIGHTS[-1]
