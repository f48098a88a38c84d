"""Tribunal orders and unopposed appeals (regs 44, 45). What each asks of the authority, and by when."""

from datetime import date

import pytest

from hub.law.duties import RULES, DutyRule, due_on
from hub.law.reg44_orders import INSTEAD, NOT_OPPOSED, ORDERED, AppealedMatter

DAY = date(2026, 9, 1)


@pytest.mark.parametrize(
    ("matter", "ends"),
    [
        (AppealedMatter.ASSESS, ["2026-09-15", "2026-11-10", "2026-12-08"]),
        (AppealedMatter.MAKE_PLAN, ["2026-10-06", "2026-11-17"]),
        (AppealedMatter.RECONSIDER, ["2026-09-15"]),
        (AppealedMatter.AMEND_PROVISION, ["2026-10-06"]),
        (AppealedMatter.AMEND_PLACEMENT, ["2026-09-15"]),
        (AppealedMatter.CONTINUE_AND_AMEND, ["2026-10-06"]),
        (AppealedMatter.DISMISSED, []),
    ],
)
def test_each_order_has_its_times(matter: AppealedMatter, ends: list[str]) -> None:
    """Assess: 2 weeks to notify, then 10 without a plan or 14 with one. Make a plan: 5 for the draft, 11 for the final.
    Reconsider: 2. Amend provision: 5; placement: 2; continue and amend: 5. Dismissed: nothing (reg. 44(2))."""
    assert [due_on(rule, DAY).isoformat() for rule in ORDERED[matter]] == ends


@pytest.mark.parametrize("matter", NOT_OPPOSED)
def test_not_opposing_asks_the_same_in_the_same_time(matter: AppealedMatter) -> None:
    """Reg. 45 mirrors reg. 44; nobody is told to reconsider where nothing is opposed."""
    mirrored = [due_on(rule, DAY) for rule in NOT_OPPOSED[matter]]
    assert mirrored == [due_on(rule, DAY) for rule in ORDERED[matter]]
    assert set(AppealedMatter) - set(NOT_OPPOSED) == {AppealedMatter.RECONSIDER, AppealedMatter.DISMISSED}


def test_every_clock_of_orders_has_its_order() -> None:
    """No duty of C35 or C36 is without an order that starts it, and none has two."""
    started = [rule for each in (ORDERED, NOT_OPPOSED) for rules in each.values() for rule in rules]
    assert sorted(started) == sorted(rule.duty for rule in RULES.values() if rule.clock in {"C35", "C36"})


def test_of_two_duties_one_is_done() -> None:
    """After an ordered assessment, either the notice that there is no plan, or the plan (reg. 44(2)(b)(i), (ii))."""
    assert INSTEAD[DutyRule.ORDERED_NOTIFY_NO_PLAN] is DutyRule.ORDERED_FINALISE_AFTER_ASSESSMENT
    assert all(INSTEAD[INSTEAD[each]] is each for each in INSTEAD)
