"""Who reads: what the guard needs to know of it, and nothing that a caller can forge."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BindParameter

from hub.law.caller import Caller
from hub.law.reg17_disclosure import Purpose
from hub.law.vocabulary import OrganisationKind


@dataclass(frozen=True, slots=True)
class Asking:
    """Who reads, for what purpose, on which day and at which instant.

    A statement that is compiled once for many callers has bind parameters in place of the body, the day and the
    instant. Without an instant, broken glass opens nothing.
    """

    organisation: UUID | BindParameter[UUID]
    kind: OrganisationKind
    purpose: Purpose
    today: date | BindParameter[date]
    now: datetime | BindParameter[datetime] | None = None

    @classmethod
    def of(cls, caller: Caller, today: date, now: datetime | None = None) -> "Asking":
        return cls(caller.organisation, caller.organisation_kind, caller.purpose, today, now)
