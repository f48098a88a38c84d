"""Requests to co-operate (CFA 2014 s. 31). The time limit is in reg8_time_limit.py.

In words:

1.  A local authority may ask the bodies of s. 31(1), "in the exercise of a function under this Part". Schools, GPs and
    private providers are not among them: schools co-operate under ss. 28 and 29.
2.  The body must comply, unless it considers that doing so would be incompatible with its own duties (s. 31(2)(a)) or
    otherwise have an adverse effect on the exercise of its functions (s. 31(2)(b)). If it decides not to comply it must
    give the authority written reasons (s. 31(3)).
3.  Where the request is for an EHC needs assessment or a re-assessment, it must comply within six weeks of receipt
    (regs 8(1), 26(2)). No other request has a statutory clock, and nor do the written reasons. What an arrangement in
    force between the two agrees for another function is a local limit (s26_arrangements.py), and the hub invents none.
4.  Receipt is the earliest of retrieval, acknowledgement and proof of service, whatever order they are learnt in.
    Accepting, complying and declining imply acknowledgement.
5.  Reg. 8(2) relieves a time limit that is running. It never relieves the duty.
6.  Once the body has complied or declined, or the authority has withdrawn, the request is answered and admits no
    further answer. Two things may still follow: more advice from a body that has complied, and compliance by a body
    that declined, because a refusal does not use up the duty in s. 31(2).

TRANSITIONS is the whole of what may follow what. A pair that is absent is refused, and nothing happens.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from hub.law.decisions import Decision, Permit, Refusal, Refuse, says_something
from hub.law.duties import DutyState, state
from hub.law.periods import london_day
from hub.law.reg8_time_limit import (
    NOT_RECEIVED,
    STATUTORY_CLOCK,
    AgreedLimit,
    Part3Function,
    TimeException,
    TimeExceptionGround,
    basis,
    last_day_to_comply,
    refuse_exception,
)
from hub.law.s31_events import (
    Accepted,
    Complied,
    CooperationStatus,
    Declined,
    Event,
    Receipt,
    Received,
    RefusalGround,
    TimeExceptionClaimed,
    Withdrawn,
)
from hub.law.transitions import Transitions
from hub.law.vocabulary import OrganisationKind

__all__ = [
    "ASKABLE",
    "OPEN_TO_ASKED_BODY",
    "STATUTORY_CLOCK",
    "TRANSITIONS",
    "Accepted",
    "AgreedLimit",
    "Complied",
    "CooperationRequest",
    "CooperationStatus",
    "Declined",
    "Event",
    "Part3Function",
    "Receipt",
    "Received",
    "RefusalGround",
    "TimeException",
    "TimeExceptionClaimed",
    "TimeExceptionGround",
    "Withdrawn",
    "basis",
    "may_ask",
    "may_be_asked",
]


ASKABLE: frozenset[OrganisationKind] = frozenset(  # s. 31(1)(a) to (g)
    {
        OrganisationKind.LOCAL_AUTHORITY,
        OrganisationKind.YOUTH_OFFENDING_TEAM,
        OrganisationKind.YOUTH_ACCOMMODATION,
        OrganisationKind.NHS_ENGLAND,
        OrganisationKind.INTEGRATED_CARE_BOARD,
        OrganisationKind.LOCAL_HEALTH_BOARD,
        OrganisationKind.NHS_TRUST,
    }
)

OPEN_TO_ASKED_BODY: frozenset[CooperationStatus] = frozenset(CooperationStatus) - {CooperationStatus.WITHDRAWN}
"""While the request stands in one of these, its body is ASKED_TO_COOPERATE: it may still answer, add or comply."""


_ALREADY_ANSWERED = Refusal(
    "CFA 2014 s. 31(2)",
    "already-answered",
    "This request has been answered or withdrawn, and admits no further answer.",
)

_S = CooperationStatus
TRANSITIONS: Transitions[CooperationStatus, type[Event], CooperationStatus] = Transitions(
    CooperationStatus,
    (Received, Accepted, Complied, Declined, Withdrawn, TimeExceptionClaimed),
    {
        (_S.SENT, Received): _S.RECEIVED,
        (_S.SENT, Accepted): _S.ACCEPTED,
        (_S.SENT, Complied): _S.COMPLIED,
        (_S.SENT, Declined): _S.DECLINED,
        (_S.SENT, Withdrawn): _S.WITHDRAWN,
        (_S.RECEIVED, Received): _S.RECEIVED,
        (_S.RECEIVED, Accepted): _S.ACCEPTED,
        (_S.RECEIVED, Complied): _S.COMPLIED,
        (_S.RECEIVED, Declined): _S.DECLINED,
        (_S.RECEIVED, Withdrawn): _S.WITHDRAWN,
        (_S.RECEIVED, TimeExceptionClaimed): _S.RECEIVED,
        (_S.ACCEPTED, Received): _S.ACCEPTED,
        (_S.ACCEPTED, Accepted): _S.ACCEPTED,
        (_S.ACCEPTED, Complied): _S.COMPLIED,
        (_S.ACCEPTED, Declined): _S.DECLINED,
        (_S.ACCEPTED, Withdrawn): _S.WITHDRAWN,
        (_S.ACCEPTED, TimeExceptionClaimed): _S.ACCEPTED,
        (_S.COMPLIED, Received): _S.COMPLIED,
        (_S.COMPLIED, Complied): _S.COMPLIED,
        (_S.DECLINED, Received): _S.DECLINED,
        (_S.DECLINED, Complied): _S.COMPLIED,
        (_S.WITHDRAWN, Received): _S.WITHDRAWN,
    },
)


def may_ask(kind: OrganisationKind) -> Decision:
    """Whether a body of this kind may make a request at all."""
    if kind is OrganisationKind.LOCAL_AUTHORITY:
        return Permit("CFA 2014 s. 31(1)")
    return Refuse("only-an-authority-asks", "Only a local authority may ask for co-operation under CFA 2014 s. 31(1).")


def may_be_asked(kind: OrganisationKind, *, same_body: bool) -> Decision:
    """Whether a body of this kind may be asked. `same_body`: it is the asking authority itself."""
    if kind not in ASKABLE:
        return Refuse(
            "not-on-the-list",
            "This body is not on the list in CFA 2014 s. 31(1). Schools and other partners co-operate under "
            "ss. 28 and 29, which have no clock and no grounds of refusal: ask for help instead.",
        )
    if same_body:
        return Refuse("another-body", "CFA 2014 s. 31(1)(a): the request must be to another local authority.")
    return Permit("CFA 2014 s. 31(1)")


@dataclass(frozen=True, slots=True)
class CooperationRequest:
    """A request as it stands; `after` is the only way it changes. Instants are aware. `declined` outlives a change of
    mind, because the written reasons were given."""

    id: UUID
    requested_by: UUID
    addressed_to: UUID
    function: Part3Function
    status: CooperationStatus
    sent_at: datetime
    received_at: datetime | None = None
    receipt_by: Receipt | None = None
    due_on: date | None = None
    declined: Declined | None = None
    time_exceptions: tuple[TimeException, ...] = ()
    complied_at: datetime | None = None
    withdrawn_at: datetime | None = None
    accepted_at: datetime | None = None
    acknowledged_at: datetime | None = None
    agreed: AgreedLimit | None = None

    def after(self, event: Event, *, now: datetime) -> "CooperationRequest | Refusal":
        """The request after the event, or the refusal that leaves it as it is."""
        status = TRANSITIONS.get((self.status, type(event)))
        if status is None:
            return NOT_RECEIVED if self.status is CooperationStatus.SENT else _ALREADY_ANSWERED
        refusal = self._refuse_time(event, now) or self._refuse_content(event)
        return refusal or replace(self._with(event), status=status)

    @property
    def excused(self) -> bool:
        """Whether some exception relieves the time limit as receipt is now known; earlier receipt moves the limit."""
        return any(
            refuse_exception(each, function=self.function, received_at=self.received_at) is None
            for each in self.time_exceptions
        )

    def duty_state(self, today: date, *, soon: int = 14) -> DutyState:
        """The state of the body's duty to comply, on a day."""
        return state(
            due_on=self.due_on,
            started_on=_day(self.received_at),
            met_on=_day(self.complied_at),
            ended_on=_day(self.declined.at if self.declined else self.withdrawn_at),
            excused=self.excused,
            today=today,
            soon=soon,
        )

    def _refuse_time(self, event: Event, now: datetime) -> Refusal | None:
        """Nothing is recorded before it happens, and nothing happens to a request before it is sent."""
        if event.at > now:
            return Refusal("CFA 2014 s. 31(1)", "in-the-future", "This has not happened yet.", ("at",))
        if event.at < self.sent_at:
            return Refusal("CFA 2014 s. 31(1)", "before-the-request", "The request was not sent until later.", ("at",))
        if isinstance(event, Complied) and event.given_on > london_day(event.at):
            return Refusal("SEND Regs 2014 reg. 8(1)", "in-the-future", "The advice is not given yet.", ("given_on",))
        return None

    def _refuse_content(self, event: Event) -> Refusal | None:
        match event:
            case Declined(ground=None):
                return Refusal(
                    "CFA 2014 s. 31(2)",
                    "ground-required",
                    "A body must comply unless it considers that doing so would be incompatible with its own duties "
                    "or have an adverse effect on the exercise of its functions: say which.",
                    ("ground",),
                )
            case Declined(reasons=reasons) if not says_something(reasons):
                return Refusal(
                    "CFA 2014 s. 31(3)",
                    "written-reasons-required",
                    "A body that decides not to comply must give the authority written reasons for the decision.",
                    ("reasons",),
                )
            case TimeExceptionClaimed():
                return refuse_exception(_recorded(event), function=self.function, received_at=self.received_at)
            case _:
                return None

    def _with(self, event: Event) -> "CooperationRequest":
        match event:
            case Received(by, at):
                return self._received(by, at)
            case Accepted(at):
                return replace(self._received(Receipt.ACKNOWLEDGED, at), accepted_at=_earlier(self.accepted_at, at))
            case Complied(at):
                return replace(self._received(Receipt.ACKNOWLEDGED, at), complied_at=_earlier(self.complied_at, at))
            case Declined(at=at):
                return replace(self._received(Receipt.ACKNOWLEDGED, at), declined=event)
            case Withdrawn(at):
                return replace(self, withdrawn_at=at)
            case _:  # the type checker knows that only TimeExceptionClaimed is left
                return replace(self, time_exceptions=(*self.time_exceptions, _recorded(event)))

    def _received(self, by: Receipt, at: datetime) -> "CooperationRequest":
        """The earliest receipt counts, and carries the clock back with it; a later one does not move it.

        An acknowledgement is kept whether or not it was the receipt: it tells the authority that somebody has taken
        the request on.
        """
        request = self
        if by is Receipt.ACKNOWLEDGED:
            request = replace(self, acknowledged_at=_earlier(self.acknowledged_at, at))
        if request.received_at is not None and request.received_at <= at:
            return request
        return replace(
            request, received_at=at, receipt_by=by, due_on=last_day_to_comply(self.function, at, self.agreed)
        )


def _recorded(claim: TimeExceptionClaimed) -> TimeException:
    return TimeException(claim.ground, claim.explanation, claim.claimed_by, claim.at, claim.from_, claim.to)


def _earlier(one: datetime | None, other: datetime) -> datetime:
    return other if one is None else min(one, other)


def _day(instant: datetime | None) -> date | None:
    return None if instant is None else london_day(instant)
