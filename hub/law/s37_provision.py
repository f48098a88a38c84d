"""Provision as it is specified and quantified (CFA 2014 s. 37(2), SEND Regs 2014 regs 6(1), 12(1)): one shape, whether
it is advised, given to be drafted, kept or sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from hub.law.vocabulary import SectionCode

MINUTES_IN_A_WEEK = 7 * 24 * 60


@dataclass(frozen=True, slots=True)
class Specified:
    """What is provided, how often and how long, by whom, with which qualification, and where."""

    description: str
    frequency: str | None = None
    minutes_per_week: int | None = None
    delivered_by: str | None = None
    qualification: str | None = None
    setting: str | None = None

    @property
    def says(self) -> Mapping[str, bool]:
        """What makes provision specified and quantified, in words, and whether it is said."""
        return {
            "frequency": bool(self.frequency),
            "minutes a week": self.minutes_per_week is not None,
            "who delivers it": bool(self.delivered_by),
            "their qualification": bool(self.qualification),
            "the setting": bool(self.setting),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned(Specified):
    """The same in a section of a plan, with its days, who commissions and who provides it, and what it costs a year."""

    section: SectionCode
    starts_on: date | None = None
    ends_on: date | None = None
    commissioner_id: UUID | None = None
    provider_id: UUID | None = None
    annual_cost: Decimal | None = None
    for_adulthood: bool = False
