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
    SECTIONS,
    Opener,
    Part,
    Purpose,
    Relationship,
    Standing,
    decide,
    opened,
    parts_open,
)
from hub.law.reg17_rows import rows_kept
from tests.law.cases import every_case

AUTHORITY = [Relationship.RESPONSIBLE_AUTHORITY]
COMMISSIONER = [Relationship.RESPONSIBLE_COMMISSIONER]
ASKED = [Relationship.ASKED_TO_COOPERATE]
NOTIFIER = [Relationship.NOTIFYING_BODY]
RECEIVER = [Relationship.RECEIVING_AUTHORITY]

some_relationships = st.frozensets(st.sampled_from(Relationship))


def holding(*relationships: Relationship) -> Standing:
    """A body with these relationships, to which nothing is added."""
    return Standing(frozenset(relationships))


def test_without_a_relationship_everything_is_shut() -> None:
    """An authority shall not disclose an EHC plan without the consent of the child or young person, but on the grounds
    of reg. 17(1)(a) to (k) and where the Act or the Regulations oblige it to. To a body with no relationship to the
    child not even that there is a record is told."""
    assert all(parts_open([], purpose) == frozenset() for purpose in Purpose)
    decision = decide(Part.EXISTENCE, holding(), Purpose.OWN_FUNCTIONS)
    assert isinstance(decision, Refuse)
    assert decision.rule == "no-relationship"


def test_advice_is_part_of_the_plan() -> None:
    """ "Plan" includes any representations, evidence, advice or information obtained in relation to it (reg. 17(5)):
    they are shut as it is, and whoever has the plan whole has them too."""
    assert decide(Part.ADVICE, holding(), Purpose.ANNUAL_REVIEW) == decide(
        Part.SECTION_A, holding(), Purpose.ANNUAL_REVIEW
    )
    assert all(Part.ADVICE in gateway.parts for gateway in GATEWAYS if gateway.parts >= SECTIONS)
    assert "17(5)" in Part.ADVICE.meaning


def test_unauthorised_persons_have_no_access() -> None:
    """Plans are kept so that unauthorised persons do not have access to them, so far as reasonably practicable
    (reg. 17(4)): what no relationship, purpose and part together open is refused, and the refusal says which of the
    three is wanting."""
    wanting = (
        (holding(), Purpose.OWN_FUNCTIONS, "no-relationship"),
        (holding(*COMMISSIONER), Purpose.APPEAL, "purpose-not-open"),
        (holding(*COMMISSIONER), Purpose.OWN_FUNCTIONS, "part-not-open"),
    )
    for standing, purpose, rule in wanting:
        decision = decide(Part.SECTION_D, standing, purpose)
        assert isinstance(decision, Refuse)
        assert decision.rule == rule


def test_the_responsible_authority_reads_its_own_record() -> None:
    """Reg. 17 restricts what the authority discloses, not what it reads in its functions under Part 3."""
    assert all(parts_open(AUTHORITY, purpose) == ALL_PARTS for purpose in AUTHORITY_PURPOSES)
    assert decide(Part.SECTION_D, holding(*AUTHORITY), Purpose.ANNUAL_REVIEW) == Permit("CFA 2014 s. 24")


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
    decision = decide(Part.IDENTITY, holding(*AUTHORITY), Purpose.RESEARCH)
    assert isinstance(decision, Refuse)
    assert decision.rule == "purpose-not-open"
    assert "RESEARCH" in decision.reason


def test_a_commissioner_sees_the_health_parts() -> None:
    """A responsible commissioning body must agree and arrange the health care provision in section G (reg. 12(2),
    s. 42(3)): it sees who the child is, C, E and, in G, the provision of its kind; medical advice; the assessment,
    notifications and the health budget; and the duties, notices and disputes that are its own."""
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
    decision = decide(Part.SECTION_D, holding(*COMMISSIONER), Purpose.SECTION_G_AGREEMENT)
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
    both = holding(*COMMISSIONER, *ASKED)
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
    decision = decide(part, holding(*relationships), purpose)
    assert bool(decision) == (part in parts_open(relationships, purpose))
    if isinstance(decision, Permit):
        assert decision.rule in {gateway.rule for gateway in GATEWAYS}


def test_who_sees_anything_knows_that_the_record_exists() -> None:
    """That a record exists is itself disclosed: no gateway opens a part without it."""
    assert all(Part.EXISTENCE in gateway.parts for gateway in GATEWAYS)


def test_the_notices_need_no_arrangement() -> None:
    """What the Regulations oblige an authority to send to the commissioning body (regs 4(2), 5(2), 10(2), 13(2)(c),
    22(3)(c), 27(2)(c), 31(2)), to ask of it (reg. 12(2)) or to hand to another (regs 15, 16) is open to it for that
    purpose, whether or not an arrangement is in force."""
    for purpose in (Purpose.COMMISSIONER_NOTICE, Purpose.SECTION_G_AGREEMENT, Purpose.CHANGE_OF_COMMISSIONER):
        assert {Part.EXISTENCE, Part.SECTION_C, Part.SECTION_G} <= opened(holding(*COMMISSIONER), purpose)


def test_a_body_that_notified_keeps_what_it_said() -> None:
    """A health body that brought a child to the authority's attention (s. 23) sees its own notification and what was
    determined, and not who the child now is."""
    assert parts_open(NOTIFIER, Purpose.S23_NOTIFICATION) == {Part.EXISTENCE, Part.NOTIFICATION}
    assert parts_open(NOTIFIER, Purpose.ANNUAL_REVIEW) == frozenset()
    kept = rows_kept(Part.NOTIFICATION, holding(*NOTIFIER), Purpose.S23_NOTIFICATION)
    assert kept is not None
    assert "its own" in kept


def test_a_plan_goes_with_the_child() -> None:
    """When a child moves, the old authority transfers the plan (reg. 15(2)): the new one sees that plan whole, with
    the advice that reg. 17(5) makes part of it, for the transfer and nothing else."""
    assert parts_open(RECEIVER, Purpose.TRANSFER_AUTHORITY) == SECTIONS | {Part.EXISTENCE, Part.IDENTITY, Part.ADVICE}
    assert parts_open(RECEIVER, Purpose.OWN_FUNCTIONS) == frozenset()


def test_the_authority_that_a_child_left_keeps_its_record() -> None:
    """The authority that a child moved from sees what it had, as the authority whose record it is, and nothing of what
    the new authority records: no relationship to that record is left to it (reg. 15)."""
    assert "keeps what it had" in Relationship.RESPONSIBLE_AUTHORITY.meaning
    assert opened(holding(), Purpose.OWN_FUNCTIONS) == frozenset()


def test_to_provide_opens_nothing_by_itself() -> None:
    """Who delivers provision in a plan sees nothing of it unless the authority decides so (reg. 17(1)(a)) or there is
    consent: private providers, schools and trusts alike."""
    assert all(parts_open([Relationship.PROVIDER], purpose) == frozenset() for purpose in Purpose)


def test_what_is_added_is_beside_the_statute() -> None:
    """A part that is opened by a decision, a consent, an arrangement or broken glass is permitted by that, and one
    that the statute opens is permitted by the statute."""
    added = Standing(
        frozenset({*COMMISSIONER, Relationship.DISCLOSED_TO}),
        frozenset({Part.EXISTENCE, Part.SECTION_B}),
        frozenset({Opener.CONSENT}),
    )
    assert decide(Part.SECTION_B, added, Purpose.ANNUAL_REVIEW) == Permit(Opener.CONSENT.rule)
    assert decide(Part.SECTION_C, added, Purpose.ANNUAL_REVIEW) == Permit(GATEWAYS[1].rule)
    kept = decide(Part.SECTION_D, added, Purpose.ANNUAL_REVIEW)
    assert isinstance(kept, Refuse)
    assert kept.rule == "part-not-open"
    alone = Standing(frozenset({Relationship.DISCLOSED_TO}), frozenset({Part.EXISTENCE}), frozenset({Opener.DECISION}))
    assert opened(alone, Purpose.RESEARCH) == {Part.EXISTENCE}
    kept = decide(Part.IDENTITY, alone, Purpose.RESEARCH)
    assert isinstance(kept, Refuse)
    assert Opener.DECISION.rule in kept.reason


def test_which_rows_alone_are_open_is_said() -> None:
    """Where a relationship opens only some rows of a part (a commissioner's medical advice, reg. 6(1)(c); an asked
    body's own), the caller is told the rule, whether or not there are other rows; where another relationship opens the
    part whole, or it is added, there is nothing to tell."""
    purpose = Purpose.OWN_FUNCTIONS
    assert "medical advice alone" in str(rows_kept(Part.ADVICE, holding(*COMMISSIONER), purpose))
    both = str(rows_kept(Part.ADVICE, holding(*COMMISSIONER, *ASKED), purpose))
    assert "medical advice alone" in both
    assert "that it gave" in both
    assert rows_kept(Part.ADVICE, holding(*AUTHORITY, *ASKED), purpose) is None
    assert rows_kept(Part.SECTION_D, holding(*COMMISSIONER), purpose) is None
    assert rows_kept(Part.ADVICE, Standing(frozenset(COMMISSIONER), frozenset({Part.ADVICE})), purpose) is None
