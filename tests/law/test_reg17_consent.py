"""Consent to disclosure (SEND Regs 2014 reg. 17(1) to (3), regs 63 and 64). Who consents, in what capacity, and until
when."""

from dataclasses import replace

import pytest

from hub.law.decisions import Refusal
from hub.law.reg17_consent import (
    BASES,
    CapacityBasis,
    Consent,
    ConsentGiver,
    last_day,
    refuse_consent,
    refuse_withdrawal,
)
from hub.law.reg17_disclosure import Part, Purpose
from tests.law.cases import TRUST, day

BORN = day("2014-03-04")  # of compulsory school age until 28 June 2030
GROWN = day("2008-03-04")  # until 28 June 2024
TODAY = day("2026-11-22")
PARENTS = Consent(
    giver=ConsentGiver.PARENT,
    basis=CapacityBasis.CHILD_DOES_NOT_UNDERSTAND,
    recipients=frozenset({TRUST}),
    purposes=frozenset({Purpose.PROVISION_DELIVERY}),
    parts=frozenset({Part.SECTION_F}),
    given_on=day("2026-11-02"),
)


def rules_against(consent: Consent, born: str = "2014-03-04") -> set[str]:
    """The codes of what keeps a consent from being recorded."""
    return {refusal.rule for refusal in refuse_consent(consent, born_on=day(born), today=TODAY)}


def test_a_child_who_understands_may_consent() -> None:
    """A child may consent who has the age and understanding that it takes (reg. 17(2)); no age is set."""
    childs = replace(PARENTS, giver=ConsentGiver.CHILD, basis=CapacityBasis.UNDERSTANDS)
    assert rules_against(childs) == set()


def test_for_another_child_the_parent_consents() -> None:
    """Otherwise the parent consents for the child (reg. 17(3)), and for a parent who lacks capacity the parent's
    representative (reg. 63)."""
    assert rules_against(PARENTS) == set()
    assert rules_against(replace(PARENTS, basis=CapacityBasis.PARENT_LACKS_CAPACITY)) == set()


def test_a_young_person_consents_and_no_parent() -> None:
    """Over compulsory school age (s. 83(2)) the young person consents, and the parent no longer can."""
    own = replace(PARENTS, giver=ConsentGiver.YOUNG_PERSON, basis=CapacityBasis.HAS_CAPACITY)
    assert rules_against(own, "2008-03-04") == set()
    assert rules_against(own) == {"not-theirs-to-give"}
    assert rules_against(PARENTS, "2008-03-04") == {"not-theirs-to-give"}


def test_an_alternative_person_stands_in() -> None:
    """For a young person who lacks capacity the alternative person consents: the representative, else the parent
    (reg. 64)."""
    for basis in BASES[ConsentGiver.ALTERNATIVE_PERSON]:
        stands_in = replace(PARENTS, giver=ConsentGiver.ALTERNATIVE_PERSON, basis=basis)
        assert rules_against(stands_in, "2008-03-04") == set()


@pytest.mark.parametrize("giver", ConsentGiver)
def test_the_capacity_is_that_of_the_giver(giver: ConsentGiver) -> None:
    """Every consent says why it is this person who gives it, and no other reason will do."""
    born = "2008-03-04" if giver in {ConsentGiver.YOUNG_PERSON, ConsentGiver.ALTERNATIVE_PERSON} else "2014-03-04"
    for basis in CapacityBasis:
        against = rules_against(replace(PARENTS, giver=giver, basis=basis), born)
        assert against == (set() if basis in BASES[giver] else {"capacity-basis"})


def test_a_consent_is_to_something() -> None:
    """It says to which bodies, which parts and for which purposes; it is given on a day, not before the child was born
    and not in the future, and does not end before."""
    assert rules_against(replace(PARENTS, recipients=frozenset())) == {"recipients-required"}
    assert rules_against(replace(PARENTS, parts=frozenset())) == {"parts-required"}
    assert rules_against(replace(PARENTS, purposes=frozenset())) == {"purpose-required"}
    assert rules_against(replace(PARENTS, purposes=frozenset({Purpose.OWN_FUNCTIONS}))) == {"purpose-required"}
    assert rules_against(replace(PARENTS, given_on=day("2026-11-23"))) == {"in-the-future"}
    assert rules_against(replace(PARENTS, given_on=day("2014-03-03"))) == {"not-born-yet"}
    assert rules_against(replace(PARENTS, ends_on=day("2026-11-01"))) == {"dates-out-of-order"}


def test_a_parents_consent_ends_when_the_child_grows_up() -> None:
    """What a child or a parent consented to ends with compulsory school age: from then on the young person's consent
    alone will do."""
    end = day("2030-06-28")
    assert last_day(ConsentGiver.PARENT, BORN, None) == end
    assert last_day(ConsentGiver.CHILD, BORN, day("2031-01-01")) == end
    assert last_day(ConsentGiver.PARENT, BORN, day("2027-01-01")) == day("2027-01-01")
    assert last_day(ConsentGiver.YOUNG_PERSON, GROWN, None) is None


def test_a_consent_stands_until_it_is_withdrawn() -> None:
    """It stands from the day it is given to its last, both counted; from the day of its withdrawal it opens
    nothing."""
    consent = replace(PARENTS, ends_on=day("2026-12-31"), withdrawn_on=day("2026-11-20"))
    assert consent.stands_on(day("2026-11-02"))
    assert consent.stands_on(day("2026-11-19"))
    assert not consent.stands_on(day("2026-11-20"))
    assert not consent.stands_on(day("2026-11-01"))
    assert not replace(consent, withdrawn_on=None).stands_on(day("2027-01-01"))
    assert PARENTS.stands_on(day("2029-01-01"))


def test_a_withdrawal_needs_no_reason() -> None:
    """A consent may be withdrawn at any time after it was given, once, and not ahead of time."""
    assert refuse_withdrawal(PARENTS, on=TODAY, today=TODAY) is None
    for consent, on in ((PARENTS, "2026-11-23"), (PARENTS, "2026-11-01")):
        refusal = refuse_withdrawal(consent, on=day(on), today=TODAY)
        assert isinstance(refusal, Refusal)
        assert refusal.rule == "dates-out-of-order"
    again = refuse_withdrawal(replace(PARENTS, withdrawn_on=TODAY), on=TODAY, today=TODAY)
    assert again is not None
    assert again.rule == "already-withdrawn"
