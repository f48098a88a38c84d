"""Disclosure (SEND Regs 2014 reg. 17). What is shut unless opened, and what each relationship opens by statute
alone."""

from hypothesis import given
from hypothesis import strategies as st

from hub.law.decisions import Permit, Refuse
from hub.law.reg17_disclosure import (
    ALL_PARTS,
    AUTHORITY_PURPOSES,
    COMMISSIONER_PURPOSES,
    GATEWAYS,
    Part,
    Purpose,
    Relationship,
    decide,
    parts_open,
)
from tests.law.cases import every_case

AUTHORITY = [Relationship.RESPONSIBLE_AUTHORITY]
COMMISSIONER = [Relationship.RESPONSIBLE_COMMISSIONER]
ASKED = [Relationship.ASKED_TO_COOPERATE]

some_relationships = st.frozensets(st.sampled_from(Relationship))


def test_without_a_relationship_everything_is_shut() -> None:
    """A plan shall not be disclosed (reg. 17(1)): to a body with no relationship to the child not even its
    existence."""
    assert all(parts_open([], purpose) == frozenset() for purpose in Purpose)
    decision = decide(Part.EXISTENCE, [], Purpose.OWN_FUNCTIONS)
    assert isinstance(decision, Refuse)
    assert decision.rule == "no-relationship"


def test_the_responsible_authority_reads_its_own_record() -> None:
    """Reg. 17 restricts what the authority discloses, not what it reads in its functions under Part 3."""
    assert all(parts_open(AUTHORITY, purpose) == ALL_PARTS for purpose in AUTHORITY_PURPOSES)
    assert decide(Part.SECTION_D, AUTHORITY, Purpose.ANNUAL_REVIEW) == Permit("CFA 2014 s. 24")


def test_a_purpose_outside_part_3_opens_nothing() -> None:
    """Safeguarding, research, statistics, inspection and subject access need a ground of their own, even within the
    authority."""
    for purpose in (
        Purpose.SAFEGUARDING,
        Purpose.RESEARCH,
        Purpose.STATISTICS,
        Purpose.OFSTED_INSPECTION,
        Purpose.SUBJECT_ACCESS,
        Purpose.SELF_OR_PARENT_VIEW,
    ):
        assert parts_open(list(Relationship), purpose) == frozenset()
    decision = decide(Part.IDENTITY, AUTHORITY, Purpose.RESEARCH)
    assert isinstance(decision, Refuse)
    assert decision.rule == "purpose-not-open"
    assert "RESEARCH" in decision.reason


def test_a_commissioner_sees_the_health_parts() -> None:
    """A responsible commissioning body must agree and arrange section G: it sees C, E, G, the advice for them, the
    assessment and the health budget (reg. 12(2), s. 42(3))."""
    assert parts_open(COMMISSIONER, Purpose.SECTION_G_AGREEMENT) == {
        Part.EXISTENCE,
        Part.IDENTITY,
        Part.SECTION_C,
        Part.SECTION_E,
        Part.SECTION_G,
        Part.ADVICE,
        Part.ASSESSMENT,
        Part.NOTIFICATION,
        Part.BUDGET_HEALTH,
        Part.DUTIES,
        Part.NOTICES,
        Part.REDRESS,
    }


def test_a_commissioner_does_not_see_social_care_or_contacts() -> None:
    """By statute alone no commissioner sees social care needs and provision, contacts, or the other budgets, for any
    purpose."""
    shut = {
        Part.SECTION_D,
        Part.SECTION_H1,
        Part.SECTION_H2,
        Part.CONTACTS,
        Part.BUDGET_EDUCATION,
        Part.BUDGET_SOCIAL_CARE,
        Part.BUDGET_TOTAL,
    }
    assert all(not parts_open(COMMISSIONER, purpose) & shut for purpose in Purpose)
    decision = decide(Part.SECTION_D, COMMISSIONER, Purpose.SECTION_G_AGREEMENT)
    assert isinstance(decision, Refuse)
    assert decision.rule == "part-not-open"
    assert "reg" in decision.reason


def test_a_commissioner_is_no_party_to_an_appeal() -> None:
    """A commissioner responds to mediation and to recommendations, and is no party to an appeal."""
    assert Purpose.APPEAL not in COMMISSIONER_PURPOSES
    assert {Purpose.MEDIATION, Purpose.RECOMMENDATION} <= COMMISSIONER_PURPOSES


def test_a_body_that_is_asked_sees_the_question() -> None:
    """A body asked to co-operate sees who the child is, the request, what was sent with it and its own advice and duty
    (s. 31, reg. 6(3)); nothing of the plan."""
    assert parts_open(ASKED, Purpose.EHCNA_ADVICE_REQUEST) == {
        Part.EXISTENCE,
        Part.IDENTITY,
        Part.COOPERATION,
        Part.ADVICE,
        Part.DUTIES,
    }
    assert parts_open(ASKED, Purpose.PROVISION_DELIVERY) == frozenset()


def test_a_body_may_stand_in_two_relationships() -> None:
    """What a body sees is what each of its relationships opens, together."""
    both = [*COMMISSIONER, *ASKED]
    assert decide(Part.COOPERATION, both, Purpose.OWN_FUNCTIONS) == Permit(GATEWAYS[2].rule)
    assert decide(Part.SECTION_G, both, Purpose.OWN_FUNCTIONS) == Permit(GATEWAYS[1].rule)


@every_case
@given(some_relationships, some_relationships, st.sampled_from(Purpose))
def test_relationships_add_and_nothing_else(
    some: frozenset[Relationship], others: frozenset[Relationship], purpose: Purpose
) -> None:
    """Two relationships open together exactly what each opens alone: neither takes away, and neither adds by
    meeting."""
    assert parts_open(some | others, purpose) == parts_open(some, purpose) | parts_open(others, purpose)


@every_case
@given(st.sampled_from(Part), some_relationships, st.sampled_from(Purpose))
def test_a_decision_and_the_table_agree(part: Part, relationships: frozenset[Relationship], purpose: Purpose) -> None:
    """A part is permitted exactly where some gateway opens it, and a permit names the provision that does."""
    decision = decide(part, relationships, purpose)
    assert bool(decision) == (part in parts_open(relationships, purpose))
    if isinstance(decision, Permit):
        assert decision.rule in {gateway.rule for gateway in GATEWAYS}


def test_who_sees_anything_knows_that_the_record_exists() -> None:
    """That a record exists is itself disclosed: no gateway opens a part without it."""
    assert all(Part.EXISTENCE in gateway.parts for gateway in GATEWAYS)
