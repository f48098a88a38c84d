"""Disputes between partners (CFA 2014 s. 26(3)(g)). From when they may be taken to the steps of the arrangement."""

import pytest

from hub.law.reg8_time_limit import STATUTORY_CLOCK, Part3Function
from hub.law.reg12_agreement import Agreement
from hub.law.s26_disputes import refuse_about_provision, refuse_about_request, warn_without_steps
from hub.law.s31_events import CooperationStatus
from hub.law.vocabulary import AgreementStatus
from tests.law.cases import day

ON = day("2026-11-22")
CLOCKED = Part3Function.EHC_NEEDS_ASSESSMENT
UNCLOCKED = next(each for each in Part3Function if each not in STATUTORY_CLOCK)


@pytest.mark.parametrize(
    ("status", "function", "due_on", "rule"),
    [
        (CooperationStatus.DECLINED, CLOCKED, "2026-12-01", None),
        (CooperationStatus.RECEIVED, CLOCKED, "2026-11-21", None),
        (CooperationStatus.ACCEPTED, CLOCKED, "2026-11-21", None),
        (CooperationStatus.RECEIVED, CLOCKED, "2026-11-22", "may-still-be-answered"),
        (CooperationStatus.SENT, CLOCKED, None, "not-received"),
        (CooperationStatus.SENT, UNCLOCKED, None, None),
        (CooperationStatus.RECEIVED, UNCLOCKED, "2026-11-30", "may-still-be-answered"),
        (CooperationStatus.COMPLIED, CLOCKED, "2026-12-01", None),
        (CooperationStatus.WITHDRAWN, CLOCKED, "2026-11-01", "withdrawn"),
    ],
)
def test_a_request_is_in_dispute_once_it_is_declined_or_late(
    status: CooperationStatus, function: Part3Function, due_on: str | None, rule: str | None
) -> None:
    """A refusal opens the steps at once, silence when the day to comply is past. A clock that has not begun has no such
    day; a request that has no clock needs none. Of what a body gave there may be a dispute, of what is withdrawn none.
    """
    refusal = refuse_about_request(status, function, due_on=day(due_on) if due_on else None, on=ON)
    assert (refusal.rule if refusal else None) == rule


ASKED = Agreement(AgreementStatus.ASKED, day("2026-11-02"), day("2026-11-22"))
LATE = Agreement(AgreementStatus.ASKED, day("2026-11-02"), day("2026-11-21"))
DECLINED, LEFT_OUT = Agreement(AgreementStatus.DECLINED), Agreement(AgreementStatus.LEFT_OUT)


@pytest.mark.parametrize(
    ("agreements", "rule"),
    [
        ([ASKED], "may-still-be-agreed"),
        ([ASKED, ASKED], "may-still-be-agreed"),
        ([LATE], None),
        ([ASKED, LATE], None),
        ([ASKED, DECLINED], None),
        ([LEFT_OUT], None),
        ([], None),
    ],
)
def test_provision_is_in_dispute_once_a_body_declines_or_is_silent(
    agreements: list[Agreement], rule: str | None
) -> None:
    """Provision in section G that a body declined, or on which it stays silent past its day (reg. 12(2)), goes to the
    steps; before, the body may still agree."""
    refusal = refuse_about_provision(agreements, on=ON)
    assert (refusal.rule if refusal else None) == rule


def test_a_dispute_without_steps_says_so() -> None:
    """It is opened all the same: with no arrangement in force, or none that has steps, nothing says what comes next or
    by when, and that is said."""
    assert warn_without_steps(arrangement=True, steps=3) is None
    none, empty = warn_without_steps(arrangement=False, steps=0), warn_without_steps(arrangement=True, steps=0)
    assert none is not None
    assert empty is not None
    assert (none.rule, empty.rule) == ("no-arrangement", "no-dispute-steps")
