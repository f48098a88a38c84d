"""Requests to co-operate (CFA 2014 s. 31). Who may be asked, what may follow what, and refusal with written reasons."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.law.decisions import Refusal, Refuse
from hub.law.duties import DutyState
from hub.law.s31_cooperation import (
    ASKABLE,
    OPEN_TO_ASKED_BODY,
    TRANSITIONS,
    Accepted,
    Complied,
    CooperationRequest,
    CooperationStatus,
    Declined,
    Event,
    Part3Function,
    Receipt,
    Received,
    RefusalGround,
    TimeExceptionClaimed,
    TimeExceptionGround,
    Withdrawn,
    may_ask,
    may_be_asked,
)
from hub.law.vocabulary import OrganisationKind
from tests.law.cases import NOW, SENT, TRUST, at, becomes, day, every_case, for_function, instants, refused

RETRIEVED = Received(Receipt.RETRIEVED, at("2026-09-08"))
ACCEPTED = Accepted(at("2026-09-10"))
COMPLIED = Complied(at("2026-10-15"), day("2026-10-14"))
DECLINED = Declined(RefusalGround.INCOMPATIBLE_WITH_OWN_DUTIES, "We do not serve this age group.", at("2026-09-20"))
WITHDRAWN = Withdrawn(at("2026-09-21"))
EXCEPTION = TimeExceptionClaimed(
    TimeExceptionGround.MISSED_APPOINTMENT, "The child was not brought on 1 October.", TRUST, at("2026-10-02")
)
EVENTS: tuple[Event, ...] = (RETRIEVED, ACCEPTED, COMPLIED, DECLINED, WITHDRAWN, EXCEPTION)

IN_EACH_STATUS = {
    CooperationStatus.SENT: SENT,
    CooperationStatus.RECEIVED: becomes(SENT, RETRIEVED),
    CooperationStatus.ACCEPTED: becomes(SENT, RETRIEVED, ACCEPTED),
    CooperationStatus.COMPLIED: becomes(SENT, RETRIEVED, COMPLIED),
    CooperationStatus.DECLINED: becomes(SENT, RETRIEVED, DECLINED),
    CooperationStatus.WITHDRAWN: becomes(SENT, RETRIEVED, WITHDRAWN),
}


# --- who may ask and be asked


@pytest.mark.parametrize("kind", sorted(ASKABLE))
def test_the_bodies_of_s31_1_may_be_asked(kind: OrganisationKind) -> None:
    """Another local authority, a youth offending team, youth accommodation, NHS England, an ICB, a Local Health Board,
    an NHS trust or foundation trust may be asked (s. 31(1)(a) to (g))."""
    assert may_be_asked(kind, same_body=False)


@pytest.mark.parametrize("kind", sorted(frozenset(OrganisationKind) - ASKABLE))
def test_schools_and_others_are_not_on_the_list(kind: OrganisationKind) -> None:
    """Schools, colleges, early years providers and others are not on the list; they co-operate under ss. 28 and 29."""
    decision = may_be_asked(kind, same_body=False)
    assert isinstance(decision, Refuse)
    assert decision.rule == "not-on-the-list"
    assert "s. 31(1)" in decision.reason
    assert "ss. 28 and 29" in decision.reason


def test_an_authority_asks_another_authority() -> None:
    """A local authority does not ask itself: s. 31(1)(a) says another local authority."""
    assert may_be_asked(OrganisationKind.LOCAL_AUTHORITY, same_body=True) == Refuse(
        "another-body", "CFA 2014 s. 31(1)(a): the request must be to another local authority."
    )


def test_only_a_local_authority_asks() -> None:
    """A request under s. 31 is a local authority's."""
    assert may_ask(OrganisationKind.LOCAL_AUTHORITY)
    assert not may_ask(OrganisationKind.INTEGRATED_CARE_BOARD)


# --- receipt


def test_sending_starts_no_clock() -> None:
    """A request that is sent and not received has no last day: the six weeks run from receipt (reg. 8(1))."""
    assert SENT.due_on is None
    assert SENT.duty_state(day("2026-11-22")) is DutyState.WAITING_TO_START


def test_receipt_starts_the_six_weeks() -> None:
    """Retrieved on 8 September 2026: to be complied with by 20 October (reg. 8(1))."""
    received = becomes(SENT, RETRIEVED)
    assert (received.received_at, received.receipt_by) == (RETRIEVED.at, Receipt.RETRIEVED)
    assert received.due_on == day("2026-10-20")
    assert received.duty_state(day("2026-10-20")) is DutyState.DUE_SOON
    assert received.duty_state(day("2026-10-21")) is DutyState.OVERDUE


def test_an_earlier_receipt_moves_the_last_day_back() -> None:
    """Proof of earlier service, learnt later, counts: received on 4 September, due by 16 October."""
    proved = becomes(SENT, RETRIEVED, Received(Receipt.SERVICE_PROVED, at("2026-09-04")))
    assert (proved.receipt_by, proved.due_on) == (Receipt.SERVICE_PROVED, day("2026-10-16"))


def test_a_later_receipt_does_not_move_the_clock() -> None:
    """Receipt is the earliest: retrieval again, or service proved for a later day, changes nothing."""
    received = becomes(SENT, RETRIEVED)
    for by in (Receipt.RETRIEVED, Receipt.SERVICE_PROVED):
        assert becomes(received, Received(by, at("2026-09-12"))) == received


def test_an_acknowledgement_after_receipt_is_kept_and_moves_no_clock() -> None:
    """It tells the authority that somebody has taken the request on; the six weeks run from the earlier receipt."""
    received = becomes(SENT, RETRIEVED)
    acknowledged = becomes(received, Received(Receipt.ACKNOWLEDGED, at("2026-09-12")))
    assert acknowledged.acknowledged_at == at("2026-09-12")
    assert (acknowledged.receipt_by, acknowledged.due_on) == (received.receipt_by, received.due_on)
    assert becomes(acknowledged, Received(Receipt.ACKNOWLEDGED, at("2026-09-13"))) == acknowledged


@pytest.mark.parametrize("answer", [ACCEPTED, COMPLIED, DECLINED])
def test_an_answer_implies_acknowledgement(answer: Accepted | Complied | Declined) -> None:
    """A body that accepts, complies or declines has the request, at the latest then."""
    answered = becomes(SENT, answer)
    assert (answered.received_at, answered.receipt_by) == (answer.at, Receipt.ACKNOWLEDGED)


def test_an_answered_request_may_still_be_proved_received_earlier() -> None:
    """Earlier receipt may be proved after the answer: complied with on 15 October, in time by one date and not by the
    other."""
    answered = becomes(SENT, RETRIEVED, COMPLIED)
    assert answered.duty_state(day("2026-11-22")) is DutyState.MET
    proved = becomes(answered, Received(Receipt.SERVICE_PROVED, at("2026-09-02")))
    assert proved.status is CooperationStatus.COMPLIED
    assert proved.duty_state(day("2026-11-22")) is DutyState.MET_LATE


@every_case
@given(st.lists(st.tuples(st.sampled_from(Receipt), instants), min_size=1, max_size=6), st.data())
def test_the_order_in_which_receipts_are_learnt_does_not_matter(
    receipts: list[tuple[Receipt, datetime]], data: st.DataObject
) -> None:
    """However receipts are learnt, the earliest is the date of receipt and the six weeks run from it."""
    events = [Received(by, max(when, SENT.sent_at)) for by, when in receipts]
    shuffled = data.draw(st.permutations(events))
    request, other = becomes(SENT, *events), becomes(SENT, *shuffled)
    assert request.received_at == other.received_at == min(event.at for event in events)
    assert request.due_on == other.due_on


# --- complying


def test_complying_answers_the_request() -> None:
    """A body that has complied within six weeks of receipt has met its duty."""
    answered = becomes(SENT, RETRIEVED, ACCEPTED, COMPLIED)
    assert (answered.status, answered.complied_at) == (CooperationStatus.COMPLIED, COMPLIED.at)
    assert answered.accepted_at == ACCEPTED.at
    assert answered.duty_state(day("2026-11-22")) is DutyState.MET


def test_more_advice_may_follow() -> None:
    """Advice may be added to or corrected after compliance; the duty stays met on the first day."""
    more = Complied(at("2026-11-10"), day("2026-11-10"))
    answered = becomes(SENT, RETRIEVED, COMPLIED, more)
    assert (answered.status, answered.complied_at) == (CooperationStatus.COMPLIED, COMPLIED.at)


def test_accepting_twice_changes_nothing() -> None:
    """To accept is not an answer: repeating it is no error and changes nothing."""
    accepted = becomes(SENT, ACCEPTED)
    assert becomes(accepted, Accepted(at("2026-09-11"))) == accepted


def test_advice_may_be_older_than_the_request() -> None:
    """Advice previously provided may be sufficient (reg. 6(4)); advice not yet given is not."""
    assert becomes(SENT, replace(COMPLIED, given_on=day("2026-03-01"))).status is CooperationStatus.COMPLIED
    refusal = refused(SENT, replace(COMPLIED, given_on=day("2026-10-16")))
    assert (refusal.rule, refusal.path) == ("in-the-future", ("given_on",))


def test_a_request_without_a_clock_is_never_late() -> None:
    """Co-operation in another function has no statutory period: it runs until it is complied with."""
    request = becomes(for_function(Part3Function.PLAN_REVIEW), RETRIEVED)
    assert request.due_on is None
    assert request.duty_state(day("2027-11-22")) is DutyState.RUNNING
    assert becomes(request, COMPLIED).duty_state(day("2027-11-22")) is DutyState.MET


# --- declining


@pytest.mark.parametrize("ground", RefusalGround)
def test_a_body_may_decline_on_two_grounds(ground: RefusalGround) -> None:
    """A body may decline where complying would be incompatible with its duties (a) or have an adverse effect on the
    exercise of its functions (b) (s. 31(2))."""
    declined = becomes(SENT, RETRIEVED, replace(DECLINED, ground=ground))
    assert declined.status is CooperationStatus.DECLINED
    assert declined.declined is not None
    assert declined.declined.ground is ground
    assert declined.duty_state(day("2026-11-22")) is DutyState.ENDED


def test_there_is_no_third_ground() -> None:
    """Without one of the two grounds the body must comply (s. 31(2))."""
    refusal = refused(SENT, replace(DECLINED, ground=None))
    assert (refusal.provision, refusal.rule, refusal.path) == ("CFA 2014 s. 31(2)", "ground-required", ("ground",))
    assert len(RefusalGround) == 2


@pytest.mark.parametrize("reasons", ["", "   ", "\n", "\u200b", "-"])
def test_a_refusal_has_written_reasons(reasons: str) -> None:
    """A body that decides not to comply must give the authority written reasons (s. 31(3))."""
    refusal = refused(SENT, replace(DECLINED, reasons=reasons))
    assert (refusal.provision, refusal.rule, refusal.path) == (
        "CFA 2014 s. 31(3)",
        "written-reasons-required",
        ("reasons",),
    )


def test_a_body_that_accepted_may_still_decline() -> None:
    """What a body considers may change: acceptance does not take the grounds of s. 31(2) away."""
    assert becomes(SENT, ACCEPTED, DECLINED).status is CooperationStatus.DECLINED


def test_a_body_that_declined_may_change_its_mind() -> None:
    """A body that declined may comply after all, and the reasons it gave stay on the record."""
    answered = becomes(SENT, RETRIEVED, DECLINED, COMPLIED)
    assert answered.status is CooperationStatus.COMPLIED
    assert answered.declined == DECLINED
    assert answered.duty_state(day("2026-11-22")) is DutyState.MET


# --- withdrawing


def test_an_authority_may_withdraw_what_is_not_answered() -> None:
    """The authority may cease to ask, and the duty ends; withdrawing proves no receipt."""
    withdrawn = becomes(SENT, WITHDRAWN)
    assert (withdrawn.status, withdrawn.withdrawn_at) == (CooperationStatus.WITHDRAWN, WITHDRAWN.at)
    assert withdrawn.received_at is None
    assert withdrawn.duty_state(day("2026-11-22")) is DutyState.ENDED


def test_a_withdrawn_request_is_closed_to_the_asked_body() -> None:
    """Until it is withdrawn a request gives its body a reason to see it, for it may still answer or add."""
    assert set(CooperationStatus) - OPEN_TO_ASKED_BODY == {CooperationStatus.WITHDRAWN}


# --- exceptions to the time limit


def test_an_exception_relieves_the_limit_and_not_the_duty() -> None:
    """With an exception recorded the body is excused, not overdue, and still has to comply (reg. 8(2))."""
    excused = becomes(SENT, RETRIEVED, EXCEPTION)
    assert excused.status is CooperationStatus.RECEIVED
    assert [exception.explanation for exception in excused.time_exceptions] == [EXCEPTION.explanation]
    assert excused.duty_state(day("2026-11-22")) is DutyState.EXCUSED
    assert becomes(excused, COMPLIED).duty_state(day("2026-11-22")) is DutyState.MET


def test_several_exceptions_may_be_recorded() -> None:
    """Exceptions are kept in the order in which they were claimed."""
    absence = TimeExceptionClaimed(
        TimeExceptionGround.ABSENT_FROM_AREA,
        "The family was abroad.",
        TRUST,
        at("2026-10-10"),
        day("2026-09-10"),
        day("2026-10-09"),
    )
    excused = becomes(SENT, RETRIEVED, ACCEPTED, EXCEPTION, absence)
    assert excused.status is CooperationStatus.ACCEPTED
    assert [each.ground for each in excused.time_exceptions] == [EXCEPTION.ground, absence.ground]


def test_an_exception_is_checked() -> None:
    """An exception without an explanation, or to a time limit that does not exist, is refused (reg. 8(2))."""
    received = becomes(SENT, RETRIEVED)
    assert refused(received, replace(EXCEPTION, explanation=" ")).rule == "explanation-required"
    elsewhere = becomes(for_function(Part3Function.TRANSFER), RETRIEVED)
    assert refused(elsewhere, EXCEPTION).rule == "no-statutory-clock"


def test_no_exception_before_receipt() -> None:
    """Before receipt no time limit runs that could be relieved."""
    assert refused(SENT, EXCEPTION).rule == "clock-not-running"


# --- what may follow what


@pytest.mark.parametrize(
    ("status", "event"),
    [(status, event) for status in CooperationStatus for event in EVENTS],
    ids=lambda each: each.value if isinstance(each, CooperationStatus) else type(each).__name__,
)
def test_the_table_is_the_whole_of_it(status: CooperationStatus, event: Event) -> None:
    """Table B is the whole of what may follow what: a pair in it leads where it says, any other is refused and changes
    nothing."""
    request = IN_EACH_STATUS[status]
    expected = TRANSITIONS.get((status, type(event)))
    after = request.after(event, now=NOW)
    if expected is None:
        assert isinstance(after, Refusal)
        assert after.rule == ("clock-not-running" if status is CooperationStatus.SENT else "already-answered")
    else:
        assert isinstance(after, CooperationRequest)
        assert after.status is expected


@pytest.mark.parametrize("answered", [CooperationStatus.COMPLIED, CooperationStatus.DECLINED])
def test_an_answered_request_admits_no_other_answer(answered: CooperationStatus) -> None:
    """A request complied with or declined cannot be declined (again), accepted or withdrawn."""
    rules = {refused(IN_EACH_STATUS[answered], event).rule for event in (ACCEPTED, DECLINED, WITHDRAWN, EXCEPTION)}
    assert rules == {"already-answered"}


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_nothing_is_recorded_before_it_happens(event: Event) -> None:
    """An event later than now, or earlier than the request was sent, is refused."""
    received = becomes(SENT, Received(Receipt.RETRIEVED, SENT.sent_at))
    assert refused(received, replace(event, at=NOW + timedelta(seconds=1))).rule == "in-the-future"
    assert refused(received, replace(event, at=SENT.sent_at - timedelta(seconds=1))).rule == "before-the-request"


moments = st.datetimes(datetime(2026, 9, 1, 9), datetime(2026, 11, 22, 12)).map(  # noqa: DTZ001  (made aware)
    lambda when: when.replace(tzinfo=NOW.tzinfo)
)
any_event: st.SearchStrategy[Event] = st.one_of(
    st.builds(Received, st.sampled_from(Receipt), moments),
    st.builds(Accepted, moments),
    moments.map(lambda when: Complied(when, when.date())),
    st.builds(Declined, st.sampled_from([None, *RefusalGround]), st.sampled_from(["", "Reasons."]), moments),
    st.builds(Withdrawn, moments),
    st.builds(
        TimeExceptionClaimed,
        st.sampled_from(TimeExceptionGround),
        st.sampled_from(["", "Why."]),
        st.just(TRUST),
        moments,
    ),
)


@every_case
@given(st.sampled_from(Part3Function), st.lists(any_event, max_size=12))
def test_whatever_happens_the_record_makes_sense(function: Part3Function, events: list[Event]) -> None:
    """Whatever is tried in whatever order: no refusal without a ground and reasons, a last day exactly where a
    statutory clock has begun, an exception only on such a clock, and no answer without receipt."""
    request = for_function(function)
    for event in events:
        after = request.after(event, now=NOW)
        if isinstance(after, CooperationRequest):
            request = after
    statutory = function in {Part3Function.EHC_NEEDS_ASSESSMENT, Part3Function.REASSESSMENT}
    assert (request.due_on is not None) == (statutory and request.received_at is not None)
    assert statutory or not request.time_exceptions
    assert request.declined is None or (request.declined.ground and request.declined.reasons)
    assert (request.status is CooperationStatus.COMPLIED) == (request.complied_at is not None)
    assert (request.status is CooperationStatus.WITHDRAWN) == (request.withdrawn_at is not None)
    if request.complied_at or request.declined or request.accepted_at:
        assert request.received_at is not None


def test_the_table_is_printed_from_the_rules() -> None:
    """Table B has a row a status and a column an event; a dash is a refusal."""
    table = TRANSITIONS.as_markdown()
    assert "| **DECLINED** | DECLINED | - | COMPLIED | - | - | - |" in table
    assert len(table.splitlines()) == 2 + len(CooperationStatus)


def test_an_exception_falls_away_when_earlier_receipt_moves_the_six_weeks() -> None:
    """Reg. 8(2)(b) counts absence during the six weeks; proof of earlier service leaves too little of it in them."""
    away = TimeExceptionClaimed(
        TimeExceptionGround.ABSENT_FROM_AREA,
        "The family was abroad.",
        TRUST,
        at("2026-10-05"),
        day("2026-09-20"),
        day("2026-10-18"),
    )
    excused = becomes(SENT, Received(Receipt.RETRIEVED, at("2026-09-08")), away)
    assert excused.excused
    assert excused.duty_state(day("2026-10-21")) is DutyState.EXCUSED
    moved = becomes(excused, Received(Receipt.SERVICE_PROVED, at("2026-09-02")))
    assert moved.due_on == day("2026-10-14")
    assert not moved.excused
    assert moved.duty_state(day("2026-10-21")) is DutyState.OVERDUE
