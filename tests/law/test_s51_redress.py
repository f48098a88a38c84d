"""Redress (CFA 2014 ss. 26(3)(f), (g), 51 to 57). Who may do what, in which order, in each kind of dispute."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.law.decisions import Refusal
from hub.law.s51_redress import (
    ENDS,
    FIRST_STATUS,
    MAY_RAISE,
    NEED_WORDS,
    STEPS,
    Dispute,
    Step,
    actors,
    after,
    refuse_to_end,
    refuse_to_raise,
)
from hub.law.s51_terms import Actor, RedressMatter, RedressStep
from hub.law.vocabulary import DisputeKind, DisputeStatus, OrganisationKind
from tests.law.cases import every_case

TODAY = date(2026, 11, 23)  # a Monday
ALL_MATTERS = frozenset(RedressMatter)
ANYBODY = frozenset(Actor)
KINDS = list(DisputeKind)


def _dispute(kind: DisputeKind, **differing: object) -> Dispute:
    plain = Dispute(kind, FIRST_STATUS[kind], ALL_MATTERS, TODAY - timedelta(days=60))
    return replace(plain, **differing)  # type: ignore[arg-type]  (one key of each kind)


def _ready(kind: DisputeKind, step: RedressStep) -> tuple[Dispute, Step]:
    """A dispute in which the step may be taken, and the step with all that it takes."""
    rule = STEPS[kind, step]
    dispute = _dispute(kind, status=min(rule.while_), taken=tuple(sorted(rule.after))[:1])
    return dispute, Step(step, TODAY, "What was done, and why.", TODAY + timedelta(days=14), follows=False)


def _rule(answer: DisputeStatus | Refusal) -> str:
    assert isinstance(answer, Refusal)
    return answer.rule


@pytest.mark.parametrize(("kind", "step"), STEPS, ids=lambda each: each.value)
def test_a_step_in_the_table_may_be_taken_by_whom_it_names(kind: DisputeKind, step: RedressStep) -> None:
    """Each step under its provision, by the authority, a commissioning body or any body in the dispute, as the table
    has it; by nobody else."""
    dispute, taken = _ready(kind, step)
    rule = STEPS[kind, step]
    for actor in Actor:
        answer = after(dispute, taken, by={actor}, today=TODAY)
        if actor in rule.by:
            assert answer == (rule.then or dispute.status)
        else:
            assert answer == Refusal(
                rule.provision, "not-yours-to-take", "This step is not this body's to take.", ("step",)
            )


@pytest.mark.parametrize("kind", KINDS)
def test_a_step_of_another_kind_is_refused(kind: DisputeKind) -> None:
    """There is no order in a mediation and no mediation in a complaint: what the table does not have is refused."""
    for step in RedressStep:
        if (kind, step) not in STEPS:
            assert _rule(after(_dispute(kind), Step(step, TODAY), by=ANYBODY, today=TODAY)) == "no-such-step"


@pytest.mark.parametrize(("kind", "step"), STEPS, ids=lambda each: each.value)
def test_a_step_out_of_order_or_twice_is_refused(kind: DisputeKind, step: RedressStep) -> None:
    """Not while the dispute stands otherwise, not before what must come first, not after what leaves no room for it,
    and not twice where once is all."""
    dispute, taken = _ready(kind, step)
    rule = STEPS[kind, step]
    for status in set(DisputeStatus) - rule.while_:
        assert _rule(after(replace(dispute, status=status), taken, by=ANYBODY, today=TODAY)) == "not-now"
    if rule.after:
        assert _rule(after(replace(dispute, taken=()), taken, by=ANYBODY, today=TODAY)) == "out-of-order"
    for late in rule.not_after:
        done = replace(dispute, taken=(*dispute.taken, late))
        assert _rule(after(done, taken, by=ANYBODY, today=TODAY)) == "too-late"
    again = after(replace(dispute, taken=(*dispute.taken, step)), taken, by=ANYBODY, today=TODAY)
    assert isinstance(again, Refusal) != rule.again


@pytest.mark.parametrize(("kind", "step"), STEPS, ids=lambda each: each.value)
def test_a_step_has_its_day(kind: DisputeKind, step: RedressStep) -> None:
    """Nothing is recorded before it happens, nor before the dispute was raised."""
    dispute, taken = _ready(kind, step)
    tomorrow, before = replace(taken, on=TODAY + timedelta(days=1)), replace(taken, on=TODAY - timedelta(days=61))
    assert _rule(after(dispute, tomorrow, by=ANYBODY, today=TODAY)) == "in-the-future"
    assert _rule(after(dispute, before, by=ANYBODY, today=TODAY)) == "before-the-dispute"


@pytest.mark.parametrize(("kind", "step"), STEPS, ids=lambda each: each.value)
def test_health_steps_are_for_health_issues(kind: DisputeKind, step: RedressStep) -> None:
    """Commissioning bodies are told of health care issues alone (reg. 35(2)), and answer recommendations on health."""
    dispute, taken = _ready(kind, step)
    matter = STEPS[kind, step].matter
    for other in RedressMatter:
        answer = after(replace(dispute, matters=frozenset({other})), taken, by=ANYBODY, today=TODAY)
        assert isinstance(answer, Refusal) == (matter is not None and matter is not other)


def test_five_working_days_notice_of_a_mediation() -> None:
    """At least five working days' notice of date and place (reg. 37(2)), unless the family agrees to less; never of a
    day that is past."""
    dispute, taken = _ready(DisputeKind.MEDIATION, RedressStep.MEDIATION_ARRANGED)

    def arranged(held_on: date | None, *, waived: bool = False) -> DisputeStatus | Refusal:
        return after(dispute, replace(taken, held_on=held_on, waived=waived), by=ANYBODY, today=TODAY)

    assert _rule(arranged(None)) == "day-required"
    assert arranged(date(2026, 11, 30)) is DisputeStatus.OPEN
    assert _rule(arranged(date(2026, 11, 27))) == "five-working-days"
    assert arranged(date(2026, 11, 27), waived=True) is DisputeStatus.OPEN
    assert _rule(arranged(date(2026, 11, 22), waived=True)) == "five-working-days"


@pytest.mark.parametrize(("kind", "step"), STEPS, ids=lambda each: each.value)
def test_what_must_be_said_is_said(kind: DisputeKind, step: RedressStep) -> None:
    """A response to a recommendation says what the body will do and gives reasons for what it will not (Rec Regs 2017
    regs 6(5), 7(3)); so do a position, an agreement and an answer to a complaint."""
    dispute, taken = _ready(kind, step)
    silent = after(dispute, replace(taken, said=" -- "), by=ANYBODY, today=TODAY)
    assert isinstance(silent, Refusal) == (step in NEED_WORDS)
    vague = after(dispute, replace(taken, follows=None), by=ANYBODY, today=TODAY)
    assert isinstance(vague, Refusal) == (step in {RedressStep.HEALTH_RESPONSE, RedressStep.SOCIAL_CARE_RESPONSE})


@pytest.mark.parametrize("kind", KINDS)
def test_who_may_raise_which_kind(kind: DisputeKind) -> None:
    """The authority records the family's mediation and appeal and the Tribunal's recommendation; a commissioning body
    too may raise a dispute between partners or record a complaint."""
    both = {DisputeKind.BETWEEN_PARTNERS, DisputeKind.COMPLAINT}
    matters = {RedressMatter.HEALTH}
    for actor in Actor:
        refused = refuse_to_raise(kind, matters, by={actor}, others=1, on=TODAY, today=TODAY)
        may = actor is Actor.AUTHORITY or (actor is Actor.COMMISSIONER and kind in both)
        assert (refused is None) == may
        assert refused is None or (refused.provision, refused.rule) == (MAY_RAISE[kind][0], "not-yours-to-raise")


def test_what_raising_takes() -> None:
    """A day that has come, another party between partners, the kinds of provision in issue; no recommendation on
    education, for there the Tribunal orders."""

    def refused(kind: DisputeKind, matters: set[RedressMatter], *, others: int = 1, days: int = 0) -> str | None:
        on = TODAY + timedelta(days=days)
        found = refuse_to_raise(kind, matters, by=ANYBODY, others=others, on=on, today=TODAY)
        return found and found.rule

    health = {RedressMatter.HEALTH}
    assert refused(DisputeKind.APPEAL, health, days=1) == "in-the-future"
    assert refused(DisputeKind.BETWEEN_PARTNERS, health, others=0) == "two-parties"
    assert refused(DisputeKind.APPEAL, health, others=0) is None
    assert refused(DisputeKind.COMPLAINT, set()) == "matters-required"
    assert refused(DisputeKind.RECOMMENDATION, set(RedressMatter)) == "no-recommendation-on-education"
    assert refused(DisputeKind.RECOMMENDATION, health) is None


@pytest.mark.parametrize(("kind", "owns"), [*product(OrganisationKind, (True, False))])
def test_as_what_a_body_acts(kind: OrganisationKind, owns: bool) -> None:
    """Every body in a dispute is a party; the one whose record it is, the authority; integrated care boards and NHS
    England, commissioning bodies (s. 26(8))."""
    found = actors(kind, owns=owns)
    assert Actor.PARTY in found
    assert (Actor.AUTHORITY in found) == owns
    assert (Actor.COMMISSIONER in found) == (
        kind in {OrganisationKind.INTEGRATED_CARE_BOARD, OrganisationKind.NHS_ENGLAND}
    )


@pytest.mark.parametrize(("kind", "end"), [*product(DisputeKind, DisputeStatus)])
def test_how_a_dispute_ends(kind: DisputeKind, end: DisputeStatus) -> None:
    """Partners agree or close; a mediation is agreed and an appeal ended by steps alone; a recommendation does not bind
    and is closed. Each end is in words."""
    for status in DisputeStatus:
        ends = status in ENDS.get((kind, end), ())
        assert (refuse_to_end(_dispute(kind, status=status), end, "Settled.") is None) == ends
        silent = refuse_to_end(_dispute(kind, status=status), end, " ")
        assert silent is not None
        assert silent.rule == ("outcome-required" if ends else "not-so-ended")
    if kind is DisputeKind.APPEAL:
        assert (kind, end) not in ENDS


@every_case
@given(
    st.sampled_from(DisputeKind),
    st.lists(st.tuples(st.sampled_from(RedressStep), st.sampled_from(Actor)), max_size=12),
)
def test_no_sequence_of_steps_breaks_the_table(kind: DisputeKind, tried: list[tuple[RedressStep, Actor]]) -> None:
    """However steps are tried: no mediation is agreed that was not held, nothing ordered is complied with before the
    order, and a refused step changes nothing."""
    dispute = _dispute(kind)
    for step, actor in tried:
        taken = Step(step, TODAY, "In words.", TODAY + timedelta(days=14), follows=True)
        status = after(dispute, taken, by={actor}, today=TODAY)
        if not isinstance(status, Refusal):
            dispute = replace(dispute, status=status, taken=(*dispute.taken, step))
    seen = dispute.taken
    if dispute.status is DisputeStatus.AGREED:
        assert seen.index(RedressStep.MEDIATION_HELD) < seen.index(RedressStep.MEDIATION_AGREED)
    if RedressStep.ORDER_COMPLIED in seen:
        start = min(seen.index(each) for each in (RedressStep.ORDERED, RedressStep.APPEAL_NOT_OPPOSED) if each in seen)
        assert start < seen.index(RedressStep.ORDER_COMPLIED)


def test_a_family_that_wants_no_mediation_has_its_certificate() -> None:
    """Reg. 34(1): once the adviser was told so, nothing is arranged or held any more, and the certificate is left."""
    declined = _dispute(DisputeKind.MEDIATION, taken=(RedressStep.MEDIATION_DECLINED,))
    for step in (RedressStep.MEDIATION_ARRANGED, RedressStep.COMMISSIONERS_TOLD, RedressStep.MEDIATION_NOT_ARRANGED):
        taken = Step(step, TODAY, "What was done.", TODAY + timedelta(days=14))
        assert _rule(after(declined, taken, by=ANYBODY, today=TODAY)) == "too-late"
    certificate = Step(RedressStep.CERTIFICATE_ISSUED, TODAY)
    assert after(declined, certificate, by=ANYBODY, today=TODAY) is DisputeStatus.OPEN
