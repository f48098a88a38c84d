"""The life of an EHC plan (CFA 2014 ss. 37 to 46, SEND Regs 2014 regs 13, 22, 28, 31). Drafted, served, final, amended,
ceased."""

from dataclasses import replace

import pytest

from hub.law.decisions import Refusal
from hub.law.s37_changes import Change, ChangeKind, Passage, changes
from hub.law.s37_plan import (
    TRANSITIONS,
    AmendmentDropped,
    AmendmentProposed,
    Ceased,
    CeaseNotified,
    CeaseReason,
    CeaseWithdrawn,
    Finalised,
    Plan,
    PlanEvent,
    Revised,
    Served,
    Superseded,
    Transferred,
    ceasing_in_words,
    last_day_to_respond,
    refuse_amendment,
    refuse_considering,
)
from hub.law.school_years import in_year_9_or_beyond, may_be_kept_to
from hub.law.vocabulary import PlanStatus, SectionCode
from tests.law.cases import day

TODAY = day("2026-11-22")
ON = day("2026-11-20")
DRAFT = Plan(PlanStatus.DRAFT, day("2020-01-15"), day("2026-08-01"))
SERVED = replace(DRAFT, status=PlanStatus.SERVED, served_on=day("2026-09-01"))
FINAL = replace(SERVED, status=PlanStatus.FINAL, finalised_on=day("2026-09-16"))
NOTIFIED = replace(FINAL, status=PlanStatus.CEASE_NOTIFIED, cease_notified_on=day("2026-09-20"))
NOT_NEEDED = CeaseReason.NEEDS_MET_WITHOUT_PLAN
EVENTS: tuple[PlanEvent, ...] = (
    Revised(ON),
    Served(ON),
    Finalised(ON),
    AmendmentProposed(ON),
    AmendmentDropped(ON),
    Superseded(ON),
    CeaseNotified(ON, NOT_NEEDED),
    CeaseWithdrawn(ON),
    Ceased(ON, CeaseReason.DECEASED),
    Transferred(ON),
)


def _rule(plan: Plan, event: PlanEvent) -> str | None:
    after = plan.after(event, today=TODAY)
    return after.rule if isinstance(after, Refusal) else None


@pytest.mark.parametrize("status", PlanStatus)
def test_every_step_has_its_place(status: PlanStatus) -> None:
    """What may follow what is the table; every other step is refused with its provision, and changes nothing."""
    for event in EVENTS:
        after = replace(NOTIFIED, status=status).after(event, today=TODAY)
        if (status, type(event)) in TRANSITIONS:
            assert after is TRANSITIONS[status, type(event)]
        else:
            assert isinstance(after, Refusal)
            assert after.rule == "out-of-order"
            assert after.provision


def test_a_final_version_does_not_change() -> None:
    """A version that is final, or was, is neither revised nor served nor made final again (regs 22, 28)."""
    for status in frozenset(PlanStatus) - {PlanStatus.DRAFT, PlanStatus.SERVED}:
        for event in (Revised(ON), Served(ON), Finalised(ON)):
            assert _rule(replace(FINAL, status=status), event) == "out-of-order"


def test_the_family_has_fifteen_days_beginning_with_the_day_of_service() -> None:
    """Served on 1 September: until 15 September, so that the plan is final on the 16th at the earliest (13(1)(a))."""
    assert last_day_to_respond(day("2026-09-01")) == day("2026-09-15")
    assert _rule(SERVED, Finalised(day("2026-09-15"))) == "time-to-respond"
    assert _rule(SERVED, Finalised(day("2026-09-16"))) is None
    assert _rule(replace(SERVED, served_on=None), Finalised(day("2026-09-01"))) is None


def test_a_step_is_not_in_the_future_nor_before_the_last() -> None:
    """A step is not of a day to come, nor before the one it follows."""
    assert _rule(DRAFT, Served(day("2026-11-23"))) == "in-the-future"
    assert _rule(DRAFT, Served(day("2026-07-31"))) == "dates-out-of-order"
    assert _rule(DRAFT, Served(day("2026-08-01"))) is None


def test_a_plan_is_maintained_until_the_time_to_appeal_is_over() -> None:
    """Notice first; then two months to appeal, longer where a certificate was issued, and until an appeal is
    determined (s. 45(4)). Notified on 20 September: to be ceased on 21 November at the earliest."""
    assert _rule(FINAL, Ceased(ON, NOT_NEEDED)) == "notice-first"
    assert _rule(NOTIFIED, Ceased(ON, NOT_NEEDED)) == "appeal-period"
    assert _rule(NOTIFIED, Ceased(day("2026-11-21"), NOT_NEEDED)) is None
    assert _rule(NOTIFIED, Ceased(day("2026-11-21"), NOT_NEEDED, day("2026-11-21"))) == "appeal-period"
    assert _rule(NOTIFIED, Ceased(day("2026-11-21"), NOT_NEEDED, None, True)) == "appeal-period"


def test_the_plan_of_somebody_who_died_ceases_at_once() -> None:
    """There is nobody whose appeal would be waited for."""
    assert _rule(FINAL, Ceased(ON, CeaseReason.DECEASED)) is None


def test_a_plan_is_kept_to_the_end_of_the_academic_year_of_the_25th_birthday() -> None:
    """Until 31 July of the year in which the young person turns 25, or of the next, after a birthday in August to
    December (s. 46, reg. 46). No notice is waited for then."""
    assert may_be_kept_to(day("2001-07-31")) == day("2026-07-31")
    assert may_be_kept_to(day("2001-08-01")) == day("2027-07-31")
    assert may_be_kept_to(day("2000-02-29")) == day("2025-07-31")
    turned = replace(FINAL, born_on=day("2001-03-01"))
    assert _rule(turned, Ceased(ON, CeaseReason.MAX_AGE)) is None
    assert _rule(replace(FINAL, born_on=day("2001-12-01")), Ceased(ON, CeaseReason.MAX_AGE)) == "notice-first"
    assert _rule(FINAL, CeaseNotified(ON, CeaseReason.MAX_AGE)) == "not-25"
    assert _rule(replace(FINAL, born_on=day("2001-12-01")), CeaseNotified(ON, CeaseReason.MAX_AGE)) is None


def test_that_ceasing_is_considered_is_said_before_it_is_decided() -> None:
    """The authority informs and consults while the plan is final and it has not decided (reg. 31(1))."""
    assert refuse_considering(FINAL, on=ON, today=TODAY) is None
    for plan, on, rule in ((DRAFT, ON, "out-of-order"), (NOTIFIED, ON, "out-of-order")):
        refusal = refuse_considering(plan, on=on, today=TODAY)
        assert refusal is not None
        assert refusal.rule == rule
    early = refuse_considering(FINAL, on=day("2026-11-23"), today=TODAY)
    assert early is not None
    assert early.rule == "in-the-future"


def test_the_notice_of_ceasing_gives_the_ground_or_the_reasons() -> None:
    """Reasons in words come first; a ground that says enough stands for them; "any other reason" says nothing."""
    assert ceasing_in_words(NOT_NEEDED, "The outcomes were met.") == "The outcomes were met."
    assert ceasing_in_words(NOT_NEEDED, " ") == NOT_NEEDED.meaning
    assert ceasing_in_words(CeaseReason.OTHER, " ") == " "


def test_an_amendment_says_why() -> None:
    """The family is told why the plan is to be amended (reg. 22(2)(a))."""
    assert refuse_amendment("") is not None
    assert refuse_amendment("The review found that speech has improved.") is None


def test_an_amendment_shows_what_changed() -> None:
    """What is new, what reads otherwise and what is gone, in the order of the sections; what is the same is not
    said."""
    before = [
        Passage(1, SectionCode.F, "therapy (30 minutes a week)"),
        Passage(2, SectionCode.B, "a need"),
        Passage(3, SectionCode.E, "an outcome"),
    ]
    after = [
        Passage(11, SectionCode.F, "therapy (45 minutes a week)", 1),
        Passage(12, SectionCode.B, "a need", 2),
        Passage(13, SectionCode.G, "physiotherapy"),
        Passage(14, SectionCode.C, "a health need", 99),
    ]
    assert changes(before, after) == (
        Change(SectionCode.C, ChangeKind.ADDED, None, "a health need"),
        Change(SectionCode.E, ChangeKind.REMOVED, "an outcome", None),
        Change(SectionCode.F, ChangeKind.CHANGED, "therapy (30 minutes a week)", "therapy (45 minutes a week)"),
        Change(SectionCode.G, ChangeKind.ADDED, None, "physiotherapy"),
    )


def test_year_9_begins_in_september() -> None:
    """A child who is 13 when the school year begins is in year 9; the year runs to August."""
    assert in_year_9_or_beyond(day("2013-09-01"), day("2026-09-01"))
    assert not in_year_9_or_beyond(day("2013-09-01"), day("2026-08-31"))
    assert not in_year_9_or_beyond(day("2013-09-02"), day("2027-08-31"))


def test_the_table_of_a_plan_is_printed_from_the_transitions() -> None:
    """The table at the end of this book is the one that the hub runs on."""
    assert "| **CEASED** | - | - | - | - | - | - | - | - | - | - |" in TRANSITIONS.as_markdown()
