"""What can happen to a request to co-operate, and where it then stands. The rules are in s31_cooperation.py."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias
from uuid import UUID

from hub.law.reg8_time_limit import TimeExceptionGround
from hub.law.term import Term, means


class CooperationStatus(Term):
    """Where a request stands."""

    SENT = means("Sent by the authority; nobody has received it yet, so that no clock runs.")
    RECEIVED = means("The body has received it and not answered. Any statutory clock runs.")
    ACCEPTED = means("The body has said that it will comply, and has not complied yet.")
    COMPLIED = means("The body has complied (CFA 2014 s. 31(2)). It may still add advice.")
    DECLINED = means(
        "The body has decided not to comply, with written reasons (CFA 2014 s. 31(3)). It may still comply."
    )
    WITHDRAWN = means("The authority no longer asks. Nothing more can be answered.")


class Receipt(Term):
    """How it is known that the body received the request."""

    RETRIEVED = means("The body read the request at the hub.")
    ACKNOWLEDGED = means("The body said that it has the request, or answered it.")
    SERVICE_PROVED = means("The authority showed when the body was served with it.")


class RefusalGround(Term):
    """Why a body need not comply: s. 31(2)(a), (b). There is no other ground."""

    INCOMPATIBLE_WITH_OWN_DUTIES = means(
        "Complying would be incompatible with the body's own duties (CFA 2014 s. 31(2)(a))."
    )
    ADVERSE_EFFECT_ON_FUNCTIONS = means(
        "Complying would otherwise have an adverse effect on the body's functions (s. 31(2)(b))."
    )


@dataclass(frozen=True, slots=True)
class Received:
    """The body has the request, as shown by `by`."""

    by: Receipt
    at: datetime


@dataclass(frozen=True, slots=True)
class Accepted:
    """The body says that it will comply."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Complied:
    """The body has complied; `given_on` is the day the advice was given, which may be long before (reg. 6(4))."""

    at: datetime
    given_on: date


@dataclass(frozen=True, slots=True)
class Declined:
    """The body has decided not to comply: on which ground, with which written reasons."""

    ground: RefusalGround | None
    reasons: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """The authority no longer asks."""

    at: datetime


@dataclass(frozen=True, slots=True)
class TimeExceptionClaimed:
    """The body says why it is impractical to comply in time. `from_` and `to` are both days of the period."""

    ground: TimeExceptionGround
    explanation: str
    claimed_by: UUID
    at: datetime
    from_: date | None = None
    to: date | None = None


Event: TypeAlias = Received | Accepted | Complied | Declined | Withdrawn | TimeExceptionClaimed
