"""Re-assessments (s. 44(2), (3), regs 23 to 27). Who may ask, when the authority may say no, and by when it says it."""

from datetime import date, timedelta

import pytest

from hub.law.duties import due_on
from hub.law.reg23_reassessment import (
    ASKERS,
    DECIDE,
    FINALISE,
    NoReassessmentBecause,
    ReassessmentAskedBy,
    refuse_decision_day,
    refuse_no,
    refuse_request,
)
from hub.law.s37_plan import MAINTAINED
from hub.law.vocabulary import OrganisationKind, PlanStatus

TODAY = date(2026, 11, 22)
FAMILY, BOARD = ReassessmentAskedBy.PARENT_OR_YOUNG_PERSON, ReassessmentAskedBy.COMMISSIONING_BODY
RECENT, UNNECESSARY = NoReassessmentBecause.ASSESSED_WITHIN_SIX_MONTHS, NoReassessmentBecause.NOT_NECESSARY


def _asked(
    by: ReassessmentAskedBy = FAMILY,
    kind: OrganisationKind = OrganisationKind.LOCAL_AUTHORITY,
    status: PlanStatus = PlanStatus.FINAL,
    *,
    in_progress: bool = False,
    on: date = TODAY,
) -> str | None:
    refused = refuse_request(by, recorded_by=kind, plan_status=status, in_progress=in_progress, on=on, today=TODAY)
    return refused and refused.rule


@pytest.mark.parametrize("by", ReassessmentAskedBy)
def test_who_may_ask(by: ReassessmentAskedBy) -> None:
    """The commissioning body asks itself (reg. 23); the authority records what the family and the school ask (s. 44(2))
    and what it decides by itself (s. 44(3))."""
    for kind in OrganisationKind:
        assert (_asked(by, kind) is None) == (kind in ASKERS[by])


@pytest.mark.parametrize("status", PlanStatus)
def test_a_plan_that_is_maintained_is_reassessed(status: PlanStatus) -> None:
    """Not a draft, nor a plan that has ceased (s. 44(2))."""
    assert _asked(status=status) == (None if status in MAINTAINED else "plan-not-maintained")


def test_what_is_asked_twice_or_is_not_asked_yet() -> None:
    """An assessment that is in progress is not asked for again, and nothing is recorded before it happens."""
    assert _asked(in_progress=True) == "already-in-progress"
    assert _asked(on=TODAY + timedelta(days=1)) == "in-the-future"


def test_the_authority_may_reassess_by_itself() -> None:
    """At any time, if it thinks it necessary (s. 44(3)); with nobody's request no 15 days run, and the 14 weeks begin
    when it decides (reg. 27(2)). Not of a plan that has ceased, nor while an assessment is in progress."""
    by = ReassessmentAskedBy.AUTHORITY
    assert _asked(by) is None
    refused = refuse_request(
        by,
        recorded_by=OrganisationKind.LOCAL_AUTHORITY,
        plan_status=PlanStatus.CEASED,
        in_progress=True,
        on=TODAY,
        today=TODAY,
    )
    assert refused is not None
    assert (refused.provision, refused.rule) == ("CFA 2014 s. 44(3)", "plan-not-maintained")
    assert due_on(FINALISE, TODAY) == TODAY + timedelta(weeks=14)


def _no(
    because: NoReassessmentBecause = UNNECESSARY,
    reasons: str = "Nothing has changed.",
    *,
    by: ReassessmentAskedBy = FAMILY,
    last: date | None = None,
) -> str | None:
    refused = refuse_no(because, reasons, asked_by=by, asked_on=TODAY, last_assessed_on=last)
    return refused and refused.rule


def test_the_authority_must_reassess_where_the_commissioning_body_asks() -> None:
    """Neither six months nor necessity is an answer to the responsible commissioning body (reg. 23)."""
    for because in NoReassessmentBecause:
        assert _no(because, by=BOARD, last=TODAY) == "must-reassess"


def test_the_authority_may_say_no_to_others() -> None:
    """Within six months of the last assessment, or where it is not necessary (reg. 24), with reasons (reg. 25(2))."""
    assert _no() is None
    assert _no(RECENT, last=date(2026, 5, 22)) is None
    assert _no(RECENT, last=date(2026, 5, 21)) == "not-within-six-months"
    assert _no(RECENT) == "not-within-six-months"
    assert _no(reasons="--") == "reasons-required"


def test_fifteen_days_and_fourteen_weeks() -> None:
    """Whether it will, within 15 days of the request (reg. 25(1)); the plan, 14 weeks from the notice (reg. 27(2))."""
    assert due_on(DECIDE, date(2026, 9, 1)) == date(2026, 9, 16)
    assert due_on(FINALISE, date(2026, 9, 1)) == date(2026, 12, 8)


def test_a_decision_is_made_once_and_after_the_request() -> None:
    """Not twice, not before it was asked for, and not before it happens (reg. 25(1))."""

    def refused(on: date, *, decided: bool = False) -> str | None:
        found = refuse_decision_day(decided=decided, asked_on=date(2026, 11, 2), on=on, today=TODAY)
        return found and found.rule

    assert refused(TODAY) is None
    assert refused(TODAY, decided=True) == "already-decided"
    assert refused(TODAY + timedelta(days=1)) == "in-the-future"
    assert refused(date(2026, 11, 1)) == "before-the-request"
