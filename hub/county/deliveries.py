"""Provision delivered, against what was planned, by month (s. 42)."""

from datetime import date, timedelta

from hub.county import bank_letters
from hub.county.dates import TEACHING_WEEKS
from hub.county.plans import Arranged, Written
from hub.county.rows import Case
from hub.law.vocabulary import AgreementStatus, SectionCode, Source

_MONTHS = 5
_REPORTED = frozenset({SectionCode.F, SectionCode.G})


def report(case: Case, plan: Written) -> None:
    """Write the last months of what is delivered by the week."""
    since = plan.dates.finalised_on
    assert since is not None  # noqa: S101  (only plans in force are reported on)
    reported = [each for each in plan.provisions if _by_the_week(each)]
    months = _months_before(case.today, since)
    for each in reported[:4]:
        for month in months:
            _month(case, each, month)


def _by_the_week(each: Arranged) -> bool:
    return (
        each.section in _REPORTED
        and each.provider is not None
        and bool(each.provided.dose.minutes_per_week)
        and each.agreement is not AgreementStatus.LEFT_OUT
    )


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


def _month(case: Case, each: Arranged, month: date) -> None:
    assert each.provided.dose.minutes_per_week and each.provider  # noqa: S101  (see _by_the_week)
    planned = each.provided.dose.minutes_per_week * TEACHING_WEEKS[month.month - 1]
    short = case.chance(0.3)
    delivered = planned * case.days(0, 90) // 100 if short else planned
    case.add(
        "delivery",
        provision_id=each.id,
        period=f"{month:%Y-%m}",
        planned_minutes=planned,
        delivered_minutes=delivered,
        reported_by_id=each.provider.id,
        source=Source.SYNTHETIC,
        shortfall_reason=case.rng.choice(bank_letters.SHORTFALLS) if short else None,
    )
