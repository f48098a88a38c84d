"""What can happen to a request to co-operate, and where it then stands. The rules are in s31_cooperation.py."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import auto
from typing import TypeAlias
from uuid import UUID

from hub.law.reg8_time_limit import TimeExceptionGround
from hub.law.vocabulary import Term


class CooperationStatus(Term):
    """Where a request stands."""

    SENT = auto()
    RECEIVED = auto()
    ACCEPTED = auto()
    COMPLIED = auto()
    DECLINED = auto()
    WITHDRAWN = auto()


class Receipt(Term):
    """How it is known that the body received the request."""

    RETRIEVED = auto()
    ACKNOWLEDGED = auto()
    SERVICE_PROVED = auto()


class RefusalGround(Term):
    """Why a body need not comply: s. 31(2)(a), (b). There is no other ground."""

    INCOMPATIBLE_WITH_OWN_DUTIES = auto()
    ADVERSE_EFFECT_ON_FUNCTIONS = auto()


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
