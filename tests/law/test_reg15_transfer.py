"""Moving to another authority's area (SEND Regs 2014 reg. 15). The plan follows the child, and by when it must."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given

from hub.law.duties import DutyRule, due_on
from hub.law.reg15_transfer import (
    Move,
    authoritys_clock,
    commissioners_clock,
    known_well_ahead,
    refuse_informing,
    refuse_transfer,
    review_clock,
)
from hub.law.vocabulary import OrganisationKind
from tests.law.cases import AUTHORITY, OTHER_AUTHORITY, day, days, every_case

MOVE = Move(AUTHORITY, OTHER_AUTHORITY, moved_on=day("2026-11-20"), known_on=day("2026-10-30"))


def test_the_day_of_transfer_depends_on_when_the_move_was_known() -> None:
    """The plan is transferred on the day of the move (reg. 15(2)(a)). Where the old authority was not aware of it at
    least 15 working days before: within 15 working days beginning with the day on which it became so (reg. 15(2)(b)).
    """
    assert known_well_ahead(MOVE)
    clock = authoritys_clock(MOVE)
    assert (clock.rule, due_on(clock.rule, clock.started_on)) == (DutyRule.TRANSFER_PLAN, day("2026-11-20"))
    late = replace(MOVE, known_on=day("2026-11-02"))
    clock = authoritys_clock(late)
    assert (clock.rule, due_on(clock.rule, clock.started_on)) == (
        DutyRule.TRANSFER_PLAN_ONCE_AWARE,
        day("2026-11-20"),
    )


def test_the_old_commissioner_notifies_the_new_one_in_the_same_time() -> None:
    """The original commissioning body notifies the new one on the day of the move, or within 15 working days beginning
    with the day on which it became aware (reg. 15(7))."""
    assert commissioners_clock(MOVE).rule is DutyRule.NOTIFY_COMMISSIONER_OF_MOVE
    late = commissioners_clock(replace(MOVE, known_on=day("2026-11-23")))
    assert (late.rule, due_on(late.rule, late.started_on)) == (
        DutyRule.NOTIFY_COMMISSIONER_OF_MOVE_ONCE_AWARE,
        day("2026-12-11"),
    )


def test_the_later_day_of_the_first_review_counts() -> None:
    """The new authority reviews the plan within 12 months of its making or last review, or 3 months of the transfer,
    whichever is later (reg. 15(5)); where no review is on record, within 3 months of the transfer."""
    cases = (
        ("2026-06-01", DutyRule.REVIEW_TRANSFERRED_PLAN_FROM_LAST_REVIEW, "2027-05-31"),
        ("2025-12-01", DutyRule.REVIEW_TRANSFERRED_PLAN_FROM_TRANSFER, "2027-02-19"),
        (None, DutyRule.REVIEW_TRANSFERRED_PLAN_FROM_TRANSFER, "2027-02-19"),
    )
    for reviewed, rule, last in cases:
        clock = review_clock(transferred_on=day("2026-11-20"), reviewed_on=day(reviewed) if reviewed else None)
        assert (clock.rule, due_on(clock.rule, clock.started_on)) == (rule, day(last))


@every_case
@given(days, days)
def test_no_clock_of_a_move_ends_before_it_starts(moved_on: date, known_on: date) -> None:
    """Whatever the two days, the last day is not before the first."""
    move = replace(MOVE, moved_on=moved_on, known_on=known_on)
    for clock in (authoritys_clock(move), commissioners_clock(move)):
        assert due_on(clock.rule, clock.started_on) >= clock.started_on


@pytest.mark.parametrize(
    ("move", "to", "has_plan", "rule"),
    [
        (MOVE, OrganisationKind.LOCAL_AUTHORITY, True, None),
        (MOVE, OrganisationKind.NHS_TRUST, True, "not-another-authority"),
        (replace(MOVE, new=AUTHORITY), OrganisationKind.LOCAL_AUTHORITY, True, "not-another-authority"),
        (MOVE, OrganisationKind.LOCAL_AUTHORITY, False, "no-plan"),
        (replace(MOVE, moved_on=day("2026-11-23")), OrganisationKind.LOCAL_AUTHORITY, True, "not-moved-yet"),
        (replace(MOVE, moved_on=day("2026-01-31")), OrganisationKind.LOCAL_AUTHORITY, True, "before-the-plan"),
        (replace(MOVE, known_on=day("2026-11-23")), OrganisationKind.LOCAL_AUTHORITY, True, "in-the-future"),
    ],
)
def test_what_is_transferred_is_a_plan_to_another_authority(
    move: Move, to: OrganisationKind, has_plan: bool, rule: str | None
) -> None:
    """A maintained plan is transferred to another local authority, once the child has moved (reg. 15(1), (2)); a move
    before there was a plan transfers none."""
    refusal = refuse_transfer(move, to=to, has_plan=has_plan, since=day("2026-02-01"), today=day("2026-11-22"))
    assert (refusal.rule if refusal else None) == rule


@pytest.mark.parametrize(
    ("received_on", "told", "on", "review_on", "rule"),
    [
        ("2026-11-02", False, "2026-11-09", "2027-02-01", None),
        (None, False, "2026-11-09", "2027-02-01", "not-transferred"),
        ("2026-11-02", True, "2026-11-09", "2027-02-01", "already-told"),
        ("2026-11-02", False, "2026-11-23", "2027-02-01", "in-the-future"),
        ("2026-11-02", False, "2026-11-01", "2027-02-01", "dates-out-of-order"),
        ("2026-11-02", False, "2026-11-09", "2026-11-01", "dates-out-of-order"),
    ],
)
def test_the_new_authority_informs_the_family_once(
    received_on: str | None, told: bool, on: str, review_on: str, rule: str | None
) -> None:
    """That the plan was transferred, and what is proposed, is told after the transfer, once (reg. 15(4))."""
    received = day(received_on) if received_on else None
    refusal = refuse_informing(received, told=told, review_on=day(review_on), on=day(on), today=day("2026-11-22"))
    assert (refusal.rule if refusal else None) == rule
