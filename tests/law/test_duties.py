"""Statutory clocks. Each has a provision, a holder, a start and a limit; the table at the end of this book is all of
them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.law.duties import (
    MET_BY_WORD,
    RULES,
    WINDOWS,
    WITHOUT_A_PERIOD,
    DutyBasis,
    DutyRule,
    DutyState,
    Holder,
    Mark,
    Relief,
    due_on,
    duties_table,
    in_full,
    refuse_met,
    state,
)
from tests.law.cases import day, days, every_case

LIMITS = [
    (DutyRule.NOTIFY_NOT_NECESSARY, "2026-06-01", "2026-07-13"),
    (DutyRule.DECIDE_WHETHER_TO_ASSESS, "2026-06-01", "2026-07-13"),
    (DutyRule.COMPLY_WITH_ADVICE_REQUEST, "2026-06-01", "2026-07-13"),
    (DutyRule.NOTIFY_NO_PLAN, "2026-06-01", "2026-09-21"),
    (DutyRule.LEAVE_TIME_TO_RESPOND_TO_DRAFT, "2026-06-01", "2026-06-15"),
    (DutyRule.FINALISE_PLAN, "2026-06-01", "2026-10-19"),
    (DutyRule.TRANSFER_PLAN, "2026-06-01", "2026-06-01"),
    (DutyRule.TRANSFER_PLAN_ONCE_AWARE, "2026-06-01", "2026-06-19"),
    (DutyRule.INFORM_FAMILY_OF_TRANSFER, "2026-06-01", "2026-07-13"),
    (DutyRule.REVIEW_TRANSFERRED_PLAN_FROM_LAST_REVIEW, "2026-06-01", "2027-05-31"),
    (DutyRule.REVIEW_TRANSFERRED_PLAN_FROM_TRANSFER, "2026-06-01", "2026-08-31"),
    (DutyRule.NOTIFY_COMMISSIONER_OF_MOVE, "2026-06-01", "2026-06-01"),
    (DutyRule.NOTIFY_COMMISSIONER_OF_MOVE_ONCE_AWARE, "2026-06-01", "2026-06-19"),
    (DutyRule.ASK_FOR_ASSESSMENT_OR_REVIEW, "2026-06-01", "2026-06-19"),
    (DutyRule.NOTIFY_COMMISSIONER_OF_CHANGE, "2026-06-01", "2026-06-19"),
    (DutyRule.REVIEW_PLAN, "2026-06-01", "2027-05-31"),
    (DutyRule.REVIEW_REASSESSED_PLAN, "2026-06-01", "2027-06-01"),
    (DutyRule.GIVE_NOTICE_OF_REVIEW_MEETING, "2026-06-15", "2026-06-01"),
    (DutyRule.CIRCULATE_REVIEW_ADVICE, "2026-06-15", "2026-06-01"),
    (DutyRule.SEND_REVIEW_REPORT, "2026-06-01", "2026-06-15"),
    (DutyRule.DECIDE_AFTER_REVIEW, "2026-06-01", "2026-06-29"),
    (DutyRule.SEND_AMENDMENT_NOTICE, "2026-06-01", "2026-06-29"),
    (DutyRule.LEAVE_TIME_TO_RESPOND_TO_AMENDMENT, "2026-06-01", "2026-06-15"),
    (DutyRule.FINALISE_AMENDED_PLAN, "2026-06-29", "2026-08-24"),
    (DutyRule.REVIEW_BEFORE_POST_16_PHASE, "2027-09-01", "2027-03-30"),
    (DutyRule.REVIEW_BEFORE_PHASE_TRANSFER, "2027-09-01", "2027-02-14"),
    (DutyRule.REVIEW_BEFORE_POST_16_TRANSFER, "2027-09-01", "2027-04-01"),
    (DutyRule.DECIDE_WHETHER_TO_REASSESS, "2026-06-01", "2026-06-16"),
    (DutyRule.FINALISE_REASSESSED_PLAN, "2026-06-01", "2026-09-07"),
    (DutyRule.CONTACT_MEDIATION_ADVISER, "2026-06-01", "2026-08-01"),
    (DutyRule.CERTIFY_MEDIATION_DECLINED, "2026-06-01", "2026-06-04"),
    (DutyRule.TELL_COMMISSIONERS_OF_MEDIATION, "2026-06-05", "2026-06-10"),
    (DutyRule.ARRANGE_HEALTH_MEDIATION, "2026-06-01", "2026-07-01"),
    (DutyRule.ARRANGE_MEDIATION, "2026-06-01", "2026-07-01"),
    (DutyRule.CERTIFY_MEDIATION_NOT_ARRANGED, "2026-06-01", "2026-06-04"),
    (DutyRule.GIVE_NOTICE_OF_MEDIATION, "2026-06-15", "2026-06-08"),
    (DutyRule.CERTIFY_MEDIATION_ENDED, "2026-06-01", "2026-06-04"),
    (DutyRule.DO_WHAT_MEDIATION_AGREED, "2026-06-01", "2026-06-15"),
    (DutyRule.TELL_AUTHORITY_OF_MEDIATION_AGREEMENT, "2026-06-01", "2026-06-08"),
    (DutyRule.APPEAL_AFTER_DECISION, "2026-06-01", "2026-08-01"),
    (DutyRule.APPEAL_AFTER_CERTIFICATE, "2026-06-01", "2026-07-01"),
    (DutyRule.ORDERED_NOTIFY_ASSESSMENT, "2026-06-01", "2026-06-15"),
    (DutyRule.ORDERED_NOTIFY_NO_PLAN, "2026-06-01", "2026-08-10"),
    (DutyRule.ORDERED_FINALISE_AFTER_ASSESSMENT, "2026-06-01", "2026-09-07"),
    (DutyRule.ORDERED_DRAFT_PLAN, "2026-06-01", "2026-07-06"),
    (DutyRule.ORDERED_FINALISE_PLAN, "2026-06-01", "2026-08-17"),
    (DutyRule.ORDERED_RECONSIDER, "2026-06-01", "2026-06-15"),
    (DutyRule.ORDERED_AMEND_PROVISION, "2026-06-01", "2026-07-06"),
    (DutyRule.ORDERED_AMEND_PLACEMENT, "2026-06-01", "2026-06-15"),
    (DutyRule.ORDERED_CONTINUE_AND_AMEND, "2026-06-01", "2026-07-06"),
    (DutyRule.UNOPPOSED_NOTIFY_ASSESSMENT, "2026-06-01", "2026-06-15"),
    (DutyRule.UNOPPOSED_NOTIFY_NO_PLAN, "2026-06-01", "2026-08-10"),
    (DutyRule.UNOPPOSED_FINALISE_AFTER_ASSESSMENT, "2026-06-01", "2026-09-07"),
    (DutyRule.UNOPPOSED_AMEND_PROVISION, "2026-06-01", "2026-07-06"),
    (DutyRule.UNOPPOSED_AMEND_PLACEMENT, "2026-06-01", "2026-06-15"),
    (DutyRule.UNOPPOSED_DRAFT_PLAN, "2026-06-01", "2026-07-06"),
    (DutyRule.UNOPPOSED_FINALISE_PLAN, "2026-06-01", "2026-08-17"),
    (DutyRule.UNOPPOSED_CONTINUE_AND_AMEND, "2026-06-01", "2026-07-06"),
    (DutyRule.RESPOND_TO_HEALTH_RECOMMENDATION, "2026-06-01", "2026-07-05"),
    (DutyRule.COPY_HEALTH_RESPONSE_TO_SECRETARY_OF_STATE, "2026-06-01", "2026-06-07"),
    (DutyRule.RESPOND_TO_SOCIAL_CARE_RECOMMENDATION, "2026-06-01", "2026-07-05"),
    (DutyRule.COPY_SOCIAL_CARE_RESPONSE_TO_SECRETARY_OF_STATE, "2026-06-01", "2026-06-07"),
    (DutyRule.REVIEW_DIRECT_PAYMENTS, "2026-06-01", "2026-08-31"),
    (DutyRule.DISCLOSE_PLAN_FOR_HIGHER_EDUCATION, "2026-06-01", "2026-06-22"),
    (DutyRule.PUBLISH_LOCAL_OFFER_COMMENTS, "2026-06-01", "2027-06-01"),
]


def test_every_clock_has_a_rule() -> None:
    """The 43 clocks of Part 3 all have their rules, or are named as clocks that no single period states (s. 45(4),
    s. 46)."""
    assert set(RULES) == set(DutyRule)
    assert {rule.clock for rule in RULES.values()} | set(WITHOUT_A_PERIOD) == {f"C{n}" for n in range(1, 44)}


@pytest.mark.parametrize(("duty", "start", "last"), LIMITS, ids=[str(duty) for duty, *_ in LIMITS])
def test_each_clock_ends_on_its_day(duty: DutyRule, start: str, last: str) -> None:
    """Every clock of Table A, started on a given day, ends on the day that its provision gives."""
    assert due_on(duty, day(start)) == day(last)


def test_no_clock_goes_untried() -> None:
    """The list of examples above leaves no clock out."""
    assert [duty for duty, *_ in LIMITS] == list(DutyRule)


def test_an_amended_plan_is_final_twelve_weeks_after_the_meeting() -> None:
    """Four weeks to the amendment notice and eight to the final plan: twelve weeks from the meeting, not eight
    (Devon)."""
    meeting = day("2026-06-01")
    notice = due_on(DutyRule.SEND_AMENDMENT_NOTICE, meeting)
    assert due_on(DutyRule.FINALISE_AMENDED_PLAN, notice) == meeting + timedelta(weeks=12)


def test_reg_4_has_no_exceptions_of_its_own() -> None:
    """Reg. 5(4) relieves the time limit of reg. 5(1) alone; reg. 4(1) has no exceptions."""
    assert not RULES[DutyRule.NOTIFY_NOT_NECESSARY].relieved_by
    assert RULES[DutyRule.DECIDE_WHETHER_TO_ASSESS].relieved_by == {
        Relief.SCHOOL_CLOSED,
        Relief.EARLY_YEARS_PROVIDER_CLOSED,
        Relief.EXCEPTIONAL_CIRCUMSTANCES,
        Relief.ABSENT_FROM_AREA,
    }


def test_an_asked_body_has_three_exceptions() -> None:
    """Reg. 8(2) relieves the asked body's six weeks for three reasons: circumstances, absence, a missed appointment."""
    rule = RULES[DutyRule.COMPLY_WITH_ADVICE_REQUEST]
    assert rule.holder is Holder.ASKED_BODY
    assert rule.relieved_by == {Relief.EXCEPTIONAL_CIRCUMSTANCES, Relief.ABSENT_FROM_AREA, Relief.MISSED_APPOINTMENT}


def test_after_a_tribunal_order_two_weeks_absence_is_enough() -> None:
    """Reg. 44(3) relieves orders to assess and to make a plan, and two weeks of absence suffice; others stand."""
    assert Relief.ABSENT_FROM_AREA_TWO_WEEKS in RULES[DutyRule.ORDERED_DRAFT_PLAN].relieved_by
    assert RULES[DutyRule.ORDERED_AMEND_PLACEMENT].relieved_by == {Relief.TRIBUNAL_DIRECTION}
    assert not RULES[DutyRule.UNOPPOSED_AMEND_PLACEMENT].relieved_by


def test_nobody_is_late_when_a_window_ends() -> None:
    """The fifteen days of regs 13(1)(a) and 22(2)(c) are the family's, and so are the times to contact an adviser (reg.
    33) and to appeal; a new commissioning body asks within fifteen working days or arranges section G (reg. 15(8))."""
    assert {
        DutyRule.LEAVE_TIME_TO_RESPOND_TO_DRAFT,
        DutyRule.LEAVE_TIME_TO_RESPOND_TO_AMENDMENT,
        DutyRule.ASK_FOR_ASSESSMENT_OR_REVIEW,
        DutyRule.CONTACT_MEDIATION_ADVISER,
        DutyRule.APPEAL_AFTER_DECISION,
        DutyRule.APPEAL_AFTER_CERTIFICATE,
    } == WINDOWS


def test_some_clocks_are_of_no_body() -> None:
    """The family's own times, and the certificates of its mediation adviser, are owed by no body: neither is named."""
    assert {duty for duty, rule in RULES.items() if not rule.holder.is_body} == {
        DutyRule.CONTACT_MEDIATION_ADVISER,
        DutyRule.APPEAL_AFTER_DECISION,
        DutyRule.APPEAL_AFTER_CERTIFICATE,
        DutyRule.CERTIFY_MEDIATION_DECLINED,
        DutyRule.CERTIFY_MEDIATION_NOT_ARRANGED,
        DutyRule.CERTIFY_MEDIATION_ENDED,
    }


def test_every_clock_here_is_statutory() -> None:
    """A clock of a local agreement is never in this table, and what was not read in the statute says so."""
    assert {rule.basis for rule in RULES.values()} == {DutyBasis.STATUTORY}
    assert {duty for duty, rule in RULES.items() if rule.certainty is not Mark.VERIFIED} == {
        DutyRule.SEND_AMENDMENT_NOTICE,
        DutyRule.APPEAL_AFTER_DECISION,
        DutyRule.APPEAL_AFTER_CERTIFICATE,
    }


def test_recommendations_are_answered_since_2018() -> None:
    """The Recommendations Regulations came into force on 3 April 2018, the rest on 1 September 2014."""
    assert RULES[DutyRule.RESPOND_TO_HEALTH_RECOMMENDATION].in_force_from == day("2018-04-03")
    assert RULES[DutyRule.FINALISE_PLAN].in_force_from == day("2014-09-01")


def _on(today: str, **facts: date | bool | None) -> DutyState:
    given: dict[str, date | bool | None] = {
        "due_on": day("2026-07-13"),
        "started_on": day("2026-06-01"),
        "met_on": None,
        "ended_on": None,
        "excused": False,
    } | facts
    return state(today=day(today), **given)  # pyright: ignore[reportArgumentType]  (one key of each kind)


def test_a_clock_waits_for_its_start() -> None:
    """A clock whose event has not happened, such as a request not yet received, waits."""
    assert _on("2027-01-01", started_on=None, due_on=None) is DutyState.WAITING_TO_START


def test_a_clock_runs_and_then_is_due_soon() -> None:
    """A clock runs, and is due soon in its last fourteen days, the last day among them."""
    assert _on("2026-06-28") is DutyState.RUNNING
    assert _on("2026-06-29") is DutyState.DUE_SOON
    assert _on("2026-07-13") is DutyState.DUE_SOON


def test_a_clock_is_overdue_the_day_after_its_last() -> None:
    """A duty not met is overdue from the day after the last day."""
    assert _on("2026-07-14") is DutyState.OVERDUE


def test_a_window_is_open_and_then_closed() -> None:
    """Time that makes nobody late runs and is due soon as any, and is closed after its last day, not overdue. What was
    done in it, or later with leave, is met and never late; where it fell away it has ended."""
    assert _on("2026-06-28", window=True) is DutyState.RUNNING
    assert _on("2026-07-13", window=True) is DutyState.DUE_SOON
    assert _on("2026-07-14", window=True) is DutyState.CLOSED
    assert _on("2026-09-01", window=True, met_on=day("2026-08-01")) is DutyState.MET
    assert _on("2026-09-01", window=True, ended_on=day("2026-07-01")) is DutyState.ENDED
    assert _on("2026-09-01", window=True, excused=True) is DutyState.EXCUSED


def test_a_duty_met_on_the_last_day_is_met_in_time() -> None:
    """A duty met on the last day is met; a day later, met late."""
    assert _on("2026-09-01", met_on=day("2026-07-13")) is DutyState.MET
    assert _on("2026-09-01", met_on=day("2026-07-14")) is DutyState.MET_LATE


def test_an_exception_relieves_the_time_limit_and_not_the_duty() -> None:
    """While a recorded exception relieves the limit a duty is excused, never overdue; once met it is met, not late."""
    assert _on("2026-09-01", excused=True) is DutyState.EXCUSED
    assert _on("2026-09-01", excused=True, met_on=day("2026-08-01")) is DutyState.MET


def test_a_duty_that_fell_away_has_ended() -> None:
    """A duty that fell away before it was met, as when a request is withdrawn, has ended, however late."""
    assert _on("2026-09-01", ended_on=day("2026-08-01")) is DutyState.ENDED
    assert _on("2026-09-01", ended_on=day("2026-08-01"), met_on=day("2026-07-01")) is DutyState.MET


def test_a_duty_without_a_clock_is_never_late() -> None:
    """A duty with no time limit runs until it is met, and is then met."""
    assert _on("2030-01-01", due_on=None) is DutyState.RUNNING
    assert _on("2030-01-01", due_on=None, met_on=day("2029-01-01")) is DutyState.MET


@every_case
@given(days, st.integers(0, 400), st.integers(0, 400), st.booleans(), st.booleans(), st.booleans())
def test_time_alone_never_makes_a_duty_less_late(
    start: date, limit: int, later: int, excused: bool, ended: bool, window: bool
) -> None:
    """As days pass and nothing happens a duty goes from running to due soon to overdue (a window: closed), and never
    back."""
    due = start + timedelta(days=limit)
    order = [DutyState.RUNNING, DutyState.DUE_SOON, DutyState.CLOSED if window else DutyState.OVERDUE]
    seen = [
        state(
            due_on=due,
            started_on=start,
            met_on=None,
            ended_on=start if ended else None,
            excused=excused,
            today=start + timedelta(days=passed),
            window=window,
        )
        for passed in sorted({0, later, limit, limit + 1})
    ]
    if ended:
        assert set(seen) == {DutyState.ENDED}
    elif excused:
        assert set(seen) == {DutyState.EXCUSED}
    else:
        assert [order.index(each) for each in seen] == sorted(order.index(each) for each in seen)


def test_what_is_done_outside_the_hub_is_said_to_be_met() -> None:
    """That the family was informed of a transfer, or a commissioning body notified (regs 15(4), (7), 16(2)), the hub
    does not see: it is said, once, of a day from the start of the clock on, and of no other duty."""

    def said(
        rule: DutyRule = DutyRule.INFORM_FAMILY_OF_TRANSFER, on: str = "2026-06-02", **facts: object
    ) -> str | None:
        given: dict[str, object] = {"started_on": day("2026-06-01"), "closed": False} | facts
        refused = refuse_met(rule, on=day(on), today=day("2026-06-30"), **given)  # pyright: ignore[reportArgumentType]  (one key of each kind)
        return refused[0] if refused else None

    assert {rule for rule in DutyRule if said(rule) is None} == MET_BY_WORD
    assert said(DutyRule.FINALISE_PLAN) == "met-by-an-action"
    assert said(closed=True) == "already-closed"
    assert said(on="2026-07-01") == "in-the-future"
    assert said(on="2026-05-31") == said(started_on=None) == "before-it-started"


def test_the_table_prints_every_clock() -> None:
    """Table A prints every rule on a line, with its provision, and names the clocks without a period."""
    table = duties_table()
    assert all(f"`{duty}`" in table for duty in DutyRule)
    assert "C24 is not one period long" in table
    assert "(secondary)" in table


def test_a_duty_can_be_said_in_full() -> None:
    """A duty in full says what is to be done, by when, counted from what, by whom, and under which provision."""
    assert in_full(DutyRule.COMPLY_WITH_ADVICE_REQUEST) == (
        "Comply with a request for an EHC needs assessment or a re-assessment. Time limit: within 6 weeks. "
        "Counted from: Receipt of the request by the body that is asked. "
        "Owed by: The body that was asked to co-operate (CFA 2014 s. 31(1)). Source: SEND Regs 2014 reg. 8(1)."
    )
    assert in_full(DutyRule.APPEAL_AFTER_DECISION).endswith("r. 20 (secondary).")
