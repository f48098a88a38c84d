"""Provision delivered, against what was planned, by month (s. 42)."""

from datetime import date, timedelta

from hub.county import bank_letters
from hub.county.bodies import Body
from hub.county.dates import TEACHING_WEEKS
from hub.county.plans import Arranged, Written
from hub.county.rows import Case
from hub.law.vocabulary import AgreementStatus, SectionCode, Source

_MONTHS = 5
_LEFT_OUT = AgreementStatus.LEFT_OUT
_REPORTED = frozenset({SectionCode.F, SectionCode.G})


def report(case: Case, plan: Written) -> None:
    """Write the last months of what is delivered by the week."""
    months = _months_before(case.today, plan.dates.finalised_on or case.today)
    reported = [each for each in plan.provisions if each.section in _REPORTED and each.agreement is not _LEFT_OUT]
    for each in reported[:4]:
        provider, minutes = each.provider, each.provided.dose.minutes_per_week
        if provider and minutes:
            for month in months:
                _month(case, each, provider, minutes, month)


def _months_before(today: date, since: date) -> list[date]:
    """The first days of the last whole months with teaching, latest last, none before the plan."""
    months: list[date] = []
    first = today.replace(day=1)
    while len(months) < _MONTHS:
        first = (first - timedelta(days=1)).replace(day=1)
        if first <= since:
            break
        if TEACHING_WEEKS[first.month - 1]:
            months.append(first)
    return months[::-1]


def _month(case: Case, each: Arranged, provider: Body, minutes: int, month: date) -> None:
    planned = minutes * TEACHING_WEEKS[month.month - 1]
    short = case.chance(0.3)
    case.add(
        "delivery",
        provision_id=each.id,
        period=f"{month:%Y-%m}",
        planned_minutes=planned,
        delivered_minutes=planned * case.days(0, 90) // 100 if short else planned,
        reported_by_id=provider.id,
        source=Source.SYNTHETIC,
        shortfall_reason=case.rng.choice(bank_letters.SHORTFALLS) if short else None,
    )
