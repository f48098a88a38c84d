"""Joint commissioning arrangements (CFA 2014 s. 26). What an authority and its commissioning bodies must agree."""

from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.law.duties import DutyBasis
from hub.law.reg8_time_limit import (
    STATUTORY_CLOCK,
    AgreedLimit,
    Part3Function,
    basis,
    last_day_to_comply,
)
from hub.law.reg17_disclosure import Part, Purpose
from hub.law.reg17_grounds import Ground
from hub.law.s26_arrangements import (
    REQUIREMENTS,
    Arrangement,
    SharingRule,
    TimeLimit,
    agreed_limit,
    comes_into_force,
    missing,
    refuse_to_propose,
    refuse_to_sign,
)
from hub.law.vocabulary import OrganisationKind, SharingMode
from tests.law.cases import AUTHORITY, BOARD, OTHER_AUTHORITY, TRUST, at, day, every_case


def test_arrangements_contain_every_paragraph() -> None:
    """Arrangements must say what was considered and agreed about (a) the provision that SEN and disabilities reasonably
    require, (b) what is to be secured and (c) by whom, (d) what advice and information is given and (e) by whom, to
    whom and how, (f) complaints and (g) disputes between the parties (s. 26(3)); and be about securing assessments,
    securing what plans specify, and agreeing personal budgets (s. 26(4)(a) to (c))."""
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


RULE = SharingRule(
    recipient_kinds=frozenset(),
    recipients=frozenset({TRUST}),
    purposes=frozenset({Purpose.PROVISION_DELIVERY}),
    parts=frozenset({Part.SECTION_F}),
    mode=SharingMode.CONTENT,
    basis=Ground.INTERESTS_OF_THE_CHILD,
    starts_on=day("2026-04-01"),
)
PROPOSED = Arrangement(
    id=UUID(int=26),
    authority=AUTHORITY,
    parties={AUTHORITY: OrganisationKind.LOCAL_AUTHORITY, BOARD: OrganisationKind.INTEGRATED_CARE_BOARD},
    signed=frozenset(),
    in_force_from=None,
    in_force_to=None,
    review_on=day("2027-03-31"),
    rules=(RULE,),
)


def rules_against(arrangement: Arrangement, proposed_by: UUID = AUTHORITY) -> set[str]:
    """The codes of what keeps arrangements from being proposed."""
    return {refusal.rule for refusal in refuse_to_propose(arrangement, proposed_by)}


def test_an_authority_and_its_partners_make_them() -> None:
    """One authority and its partner commissioning bodies, integrated care boards and NHS England, make arrangements
    (s. 26(1), (8)); a party proposes them. Trusts, schools and others act under them and are no parties."""
    nhs_england = PROPOSED.parties | {TRUST: OrganisationKind.NHS_ENGLAND}
    assert rules_against(PROPOSED) == rules_against(PROPOSED, BOARD) == set()
    assert rules_against(replace(PROPOSED, parties=nhs_england)) == set()
    assert rules_against(PROPOSED, TRUST) == {"not-a-party"}
    with_trust = PROPOSED.parties | {TRUST: OrganisationKind.NHS_TRUST}
    assert rules_against(replace(PROPOSED, parties=with_trust)) == {"partner-commissioning-bodies"}
    alone = {AUTHORITY: OrganisationKind.LOCAL_AUTHORITY}
    assert rules_against(replace(PROPOSED, parties=alone)) == {"partner-commissioning-bodies"}
    two = PROPOSED.parties | {OTHER_AUTHORITY: OrganisationKind.LOCAL_AUTHORITY}
    assert rules_against(replace(PROPOSED, parties=two)) == {"one-authority"}
    assert rules_against(replace(PROPOSED, authority=OTHER_AUTHORITY)) == {"one-authority"}


def test_a_sharing_rule_says_what_is_given_to_whom_for_what() -> None:
    """S. 26(3)(d), (e): what advice and information is provided, by whom, to whom and how. It rests on the statute or
    on reg. 17(1)(a), and on no other ground, which are the authority's to decide on."""
    for wrong, rule in (
        (replace(RULE, recipients=frozenset()), "recipients-and-parts-required"),
        (replace(RULE, parts=frozenset()), "recipients-and-parts-required"),
        (replace(RULE, purposes=frozenset()), "purpose-required"),
        (replace(RULE, purposes=frozenset({Purpose.OWN_FUNCTIONS})), "purpose-required"),
        (replace(RULE, basis=Ground.COURT), "basis-not-an-arrangements"),
    ):
        assert rules_against(replace(PROPOSED, rules=(wrong,))) == {rule}


def test_the_parties_alone_sign_and_each_once() -> None:
    """The authority and its partner commissioning bodies sign; who acts under the arrangements does not."""
    assert refuse_to_sign(PROPOSED, AUTHORITY, REQUIREMENTS) is None
    not_theirs = refuse_to_sign(PROPOSED, TRUST, REQUIREMENTS)
    assert not_theirs is not None
    assert not_theirs.rule == "not-a-party"
    again = refuse_to_sign(replace(PROPOSED, signed=frozenset({BOARD})), BOARD, REQUIREMENTS)
    assert again is not None
    assert again.rule == "already-signed"


def test_nothing_is_signed_that_lacks_a_paragraph() -> None:
    """What s. 26(3) and (4) ask must be in arrangements before they are signed."""
    refusal = refuse_to_sign(PROPOSED, AUTHORITY, REQUIREMENTS.keys() - {"s. 26(3)(g)"})
    assert refusal is not None
    assert refusal.rule == "arrangement-incomplete"
    assert "s. 26(3)(g)" in refusal.message


def test_they_are_in_force_when_all_have_signed() -> None:
    """From the day agreed, or from that of the last signature if it is later; never before all have signed."""
    assert comes_into_force(day("2026-12-01"), day("2026-11-22")) == day("2026-12-01")
    assert comes_into_force(day("2026-11-01"), day("2026-11-22")) == day("2026-11-22")
    assert comes_into_force(None, day("2026-11-22")) == day("2026-11-22")
    begun = replace(PROPOSED, in_force_from=day("2026-11-22"))
    assert not begun.in_force_on(day("2026-11-22"))
    assert not replace(begun, signed=frozenset({AUTHORITY})).in_force_on(day("2026-11-22"))
    signed = replace(begun, signed=frozenset({AUTHORITY, BOARD}))
    assert signed.in_force_on(day("2026-11-22"))
    assert not signed.in_force_on(day("2026-11-21"))
    assert not replace(begun, parties=dict[UUID, OrganisationKind]()).in_force_on(day("2026-11-22"))


def test_they_end_when_they_are_superseded_or_not_reviewed() -> None:
    """A new version in force ends the old one; and arrangements are kept under review (s. 26(6)): once the day of their
    review has passed without one they are stale, and share nothing."""
    signed = replace(PROPOSED, in_force_from=day("2026-04-01"), signed=frozenset({AUTHORITY, BOARD}))
    assert signed.in_force_on(day("2027-03-31"))
    assert not signed.in_force_on(day("2027-04-01"))
    assert not replace(signed, in_force_to=day("2026-11-21")).in_force_on(day("2026-11-22"))


LIMITED = replace(
    PROPOSED,
    in_force_from=day("2026-04-01"),
    signed=frozenset({AUTHORITY, BOARD}),
    limits=(TimeLimit(Part3Function.PLAN_REVIEW, 10),),
)


def test_the_parties_may_agree_a_time_where_the_statute_has_none() -> None:
    """S. 26(3)(e): how soon they comply with each other's requests, a number of working days for each function. The six
    weeks of an assessment and a re-assessment (regs 8(1), 26(2)) are not theirs to change, neither longer nor shorter.
    """
    assert rules_against(LIMITED) == set()
    for function in STATUTORY_CLOCK:
        assert rules_against(replace(PROPOSED, limits=(TimeLimit(function, 60),))) == {"limit-is-statutory"}
    for days in (0, 251):
        wrong = (TimeLimit(Part3Function.PLAN_REVIEW, days),)
        assert rules_against(replace(PROPOSED, limits=wrong)) == {"working-days"}
    twice = (*LIMITED.limits, TimeLimit(Part3Function.PLAN_REVIEW, 20))
    assert rules_against(replace(PROPOSED, limits=twice)) == {"one-limit-a-function"}


def test_what_was_agreed_binds_the_parties_while_it_is_in_force() -> None:
    """Only between bodies that have both signed, for the function agreed, on a day on which the arrangements are in
    force: not unsigned, not ended, not stale. Of several, those that came into force last."""
    today, between = day("2026-11-22"), (AUTHORITY, BOARD)

    def agreed(*arrangements: Arrangement, function: Part3Function = Part3Function.PLAN_REVIEW) -> AgreedLimit | None:
        return agreed_limit(arrangements, function, between=between, day=today)

    assert agreed(LIMITED) == AgreedLimit(LIMITED.id, 10)
    assert agreed_limit([LIMITED], Part3Function.PLAN_REVIEW, between=(AUTHORITY, TRUST), day=today) is None
    assert agreed(LIMITED, function=Part3Function.TRANSFER) is None
    assert agreed() is None
    for gone in (
        replace(LIMITED, signed=frozenset({AUTHORITY})),
        replace(LIMITED, in_force_to=day("2026-11-21")),
        replace(LIMITED, review_on=day("2026-11-21")),
        replace(LIMITED, in_force_from=day("2026-11-23")),
    ):
        assert agreed(gone) is None
    later = replace(
        LIMITED, id=UUID(int=1), in_force_from=day("2026-09-01"), limits=(TimeLimit(Part3Function.PLAN_REVIEW, 5),)
    )
    assert agreed(later, LIMITED) == agreed(LIMITED, later) == AgreedLimit(later.id, 5)


@every_case
@given(st.sampled_from(sorted(STATUTORY_CLOCK)), st.integers(-5, 400))
def test_no_agreement_touches_a_statutory_clock(function: Part3Function, days: int) -> None:
    """Whatever was written down and signed, a request for an assessment or a re-assessment takes the statute's time."""
    signed = replace(LIMITED, limits=(TimeLimit(function, days),))
    agreed = agreed_limit([signed], function, between=(AUTHORITY, BOARD), day=day("2026-11-22"))
    assert agreed is None
    forced = AgreedLimit(signed.id, 400)
    assert basis(function, forced) is DutyBasis.STATUTORY
    assert last_day_to_comply(function, at("2026-06-01"), forced) == day("2026-07-13")
