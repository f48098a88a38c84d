"""Requests to co-operate, each led through its life by the law itself: a step that s. 31 refuses cannot be written."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from hub.county import bank_letters, bank_views
from hub.county.bodies import Body
from hub.county.clocks import About, Excuse, clock
from hub.county.contents import words_of
from hub.county.dates import after, at, on_work_day
from hub.county.documents import attach, letter, said
from hub.county.rows import Case, new_id
from hub.county.threads import fill
from hub.law.decisions import Refusal
from hub.law.duties import DutyBasis, DutyRule, Relief
from hub.law.periods import london_day
from hub.law.s31_cooperation import (
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
    basis,
)
from hub.law.vocabulary import OrganisationKind

Life = Callable[[Case, datetime, Body], Iterator[Event]]
"""What happens to a request that was sent at an instant to a body, in order."""


@dataclass(frozen=True, slots=True)
class Course:
    """A way that a request can go, and how many days ago it was sent for that to be so."""

    sent_days_ago: tuple[int, int]
    life: Life


def send(
    case: Case, to: Body, function: Part3Function, sent_on: date, life: Life, *, assessment_id: UUID | None = None
) -> CooperationRequest:
    """Send a request and write it as it stands today, with its exceptions and its clock."""
    sent_at = at(case.rng, on_work_day(sent_on))
    request = CooperationRequest(
        id=new_id(case.rng),
        requested_by=case.owner.id,
        addressed_to=to.id,
        function=function,
        status=CooperationStatus.SENT,
        sent_at=sent_at,
    )
    now = datetime.combine(case.today, time(), UTC)
    steps, last = 1, sent_at
    for event in life(case, sent_at, to):
        stepped = request.after(event, now=now)
        if isinstance(stepped, Refusal):
            raise ValueError(f"{stepped.provision}: {stepped.message}")
        request, steps, last = stepped, steps + 1, event.at
    _write(case, request, to, assessment_id, steps, last)
    _write_clock(case, request, to)
    if basis(function) is DutyBasis.STATUTORY:
        _attach_representations(case, request)
    return request


def _asked(case: Case, function: Part3Function, to: Body, day: date) -> str:
    texts = bank_letters.ASKED[function]
    if to.kind is not OrganisationKind.NHS_TRUST:
        texts = bank_letters.ASKED_OF_OTHERS.get(function, texts)
    words = words_of(case, day)
    words["subject"] = case.rng.choice(bank_letters.SUBJECTS.get(to.code, ("what you know of them",)))
    return fill(case.rng, case.rng.choice(texts), words)


def _attach_representations(case: Case, request: CooperationRequest) -> None:
    """What the parents have said goes with each request for advice (reg. 6(3))."""
    heading = [f"From the parents of {case.name} {case.family_name}", said(london_day(request.sent_at))]
    text = fill(case.rng, case.rng.choice(bank_views.PARENTS), words_of(case, london_day(request.sent_at)))
    attach(
        case, title="Representations of the parents", lines=letter(heading, [text]), created_at=request.sent_at,
        request_id=request.id, plain=True,
    )  # fmt: skip


def _write(
    case: Case, request: CooperationRequest, to: Body, assessment_id: UUID | None, steps: int, last: datetime
) -> None:
    declined = request.declined
    case.book.add(
        "cooperation_request",
        {
            "owner_id": case.owner.id,
            "id": request.id,
            "child_id": case.child_id,
            "assessment_id": assessment_id,
            "function": request.function,
            "asked": _asked(case, request.function, to, london_day(request.sent_at)),
            "requested_by_id": request.requested_by,
            "addressed_to_id": request.addressed_to,
            "status": request.status,
            "sent_at": request.sent_at,
            "received_at": request.received_at,
            "receipt_by": request.receipt_by,
            "due_on": request.due_on,
            "acknowledged_at": request.acknowledged_at,
            "accepted_at": request.accepted_at,
            "declined_ground": declined.ground if declined else None,
            "declined_reasons": declined.reasons if declined else None,
            "declined_at": declined.at if declined else None,
            "complied_at": request.complied_at,
            "withdrawn_at": request.withdrawn_at,
            "version": steps,
            "updated_at": last,
        },
    )
    for exception in request.time_exceptions:
        case.add(
            "time_exception",
            cooperation_request_id=request.id,
            ground=exception.ground,
            explanation=exception.explanation,
            claimed_by_id=exception.claimed_by,
            claimed_at=exception.claimed_at,
            starts_on=exception.from_,
            ends_on=exception.to,
        )


def _write_clock(case: Case, request: CooperationRequest, to: Body) -> None:
    """The body's duty to comply: with the six weeks of reg. 8(1), or with no time limit at all."""
    ended_at = request.declined.at if request.declined else request.withdrawn_at
    met_on = _day(request.complied_at)
    excuses = [
        Excuse(Relief(each.ground), each.explanation, each.claimed_at, each.from_, each.to)
        for each in request.time_exceptions
    ]
    clock(
        case,
        DutyRule.COMPLY_WITH_ADVICE_REQUEST,
        About("CooperationRequest", request.id),
        holder=to,
        started_on=_day(request.received_at),
        met_on=met_on,
        ended_on=None if met_on else _day(ended_at),
        excuse=excuses[0] if excuses else None,
        without_limit=None if basis(request.function) is DutyBasis.STATUTORY else "CFA 2014 s. 31(2)",
    )


def _day(moment: datetime | None) -> date | None:
    return None if moment is None else london_day(moment)


# --- what can happen


def unreceived(case: Case, sent_at: datetime, to: Body) -> Iterator[Event]:
    """Nothing yet."""
    yield from ()


def received(by: Receipt, then: Life = unreceived) -> Life:
    """It reached the body."""

    def life(case: Case, sent_at: datetime, to: Body) -> Iterator[Event]:
        minutes = case.days(2, 240) if by is not Receipt.SERVICE_PROVED else 60 * 48
        got_at = after(sent_at, minutes)
        yield Received(by, got_at)
        yield from then(case, got_at, to)

    return life


def accepted(then: Life = unreceived) -> Life:
    """The body says that it will comply."""

    def life(case: Case, got_at: datetime, to: Body) -> Iterator[Event]:
        yield Accepted(_later(case, got_at, (1, 3)))
        yield from then(case, got_at, to)

    return life


def complied(days: tuple[int, int]) -> Life:
    """The body complies so many days after it received the request, with advice written a day or two before."""

    def life(case: Case, got_at: datetime, to: Body) -> Iterator[Event]:
        done_at = _later(case, got_at, days)
        yield Complied(done_at, given_on=on_work_day(london_day(done_at) - timedelta(days=case.days(0, 3))))

    return life


def declined(ground: RefusalGround, then: Life = unreceived, days: tuple[int, int] = (4, 12)) -> Life:
    """The body decides not to comply, with written reasons."""

    def life(case: Case, got_at: datetime, to: Body) -> Iterator[Event]:
        told_at = _later(case, got_at, days)
        trust = to.kind is OrganisationKind.NHS_TRUST
        texts = (bank_letters.REFUSALS if trust else bank_letters.REFUSALS_OF_OTHERS)[ground]
        reasons = fill(case.rng, case.rng.choice(texts), words_of(case, london_day(told_at)))
        yield Declined(ground, reasons, told_at)
        yield from then(case, told_at, to)

    return life


def withdrawn(case: Case, got_at: datetime, to: Body) -> Iterator[Event]:
    """The authority no longer asks."""
    yield Withdrawn(_later(case, got_at, (5, 12)))


def late_for(ground: TimeExceptionGround, then: Life = unreceived) -> Life:
    """The body says why six weeks are impractical."""

    def life(case: Case, got_at: datetime, to: Body) -> Iterator[Event]:
        claimed_at = _later(case, got_at, (36, 40))
        received_on = london_day(got_at)
        explanation = fill(case.rng, case.rng.choice(bank_letters.EXCEPTIONS[ground]), words_of(case, received_on))
        away = ground is TimeExceptionGround.ABSENT_FROM_AREA
        yield TimeExceptionClaimed(
            ground,
            explanation,
            to.id,
            claimed_at,
            from_=received_on + timedelta(days=4) if away else None,
            to=received_on + timedelta(days=34) if away else None,
        )
        yield from then(case, got_at, to)

    return life


def _later(case: Case, moment: datetime, days: tuple[int, int]) -> datetime:
    """Office hours of a working day between so many days on; never before the moment."""
    day = on_work_day(london_day(moment) + timedelta(days=case.days(*days)))
    return max(at(case.rng, day), after(moment, 30))


_RETRIEVED, _ACKNOWLEDGED, _PROVED = Receipt.RETRIEVED, Receipt.ACKNOWLEDGED, Receipt.SERVICE_PROVED
_OWN_DUTIES, _ADVERSE = RefusalGround.INCOMPATIBLE_WITH_OWN_DUTIES, RefusalGround.ADVERSE_EFFECT_ON_FUNCTIONS

RUNNING: Sequence[Course] = (
    Course((2, 9), unreceived),
    Course((8, 26), received(_RETRIEVED)),
    Course((8, 26), received(_ACKNOWLEDGED)),
    Course((10, 28), received(_PROVED)),
    Course((10, 27), received(_RETRIEVED, accepted())),
    Course((32, 38), received(_ACKNOWLEDGED, accepted())),
    Course((30, 60), received(_RETRIEVED, accepted(complied((12, 24))))),
    Course((30, 60), received(_PROVED, complied((14, 24)))),
    Course((20, 60), received(_ACKNOWLEDGED, declined(_OWN_DUTIES))),
    Course((20, 60), received(_RETRIEVED, declined(_ADVERSE))),
    Course((20, 60), received(_ACKNOWLEDGED, withdrawn)),
)
"""Requests that have no clock, or whose clock has not run out."""

OUT_OF_TIME: Sequence[Course] = (
    Course((48, 75), received(_RETRIEVED, accepted())),
    Course((48, 75), received(_PROVED)),
    Course((62, 90), received(_RETRIEVED, accepted(complied((46, 58))))),
    Course((50, 80), received(_ACKNOWLEDGED, declined(_ADVERSE, complied((20, 28))))),
    Course((50, 80), received(_ACKNOWLEDGED, accepted(late_for(TimeExceptionGround.EXCEPTIONAL_CIRCUMSTANCES)))),
    Course((50, 80), received(_RETRIEVED, accepted(late_for(TimeExceptionGround.ABSENT_FROM_AREA)))),
    Course((50, 80), received(_ACKNOWLEDGED, late_for(TimeExceptionGround.MISSED_APPOINTMENT))),
    Course((70, 95), received(_RETRIEVED, late_for(TimeExceptionGround.MISSED_APPOINTMENT, complied((48, 60))))),
)
"""Requests for an assessment whose six weeks are over."""

IN_ASSESSMENTS: Sequence[Course] = (*RUNNING, *OUT_OF_TIME)
