"""Securing provision (CFA 2014 s. 42). Who must, and what was delivered of what was planned."""

from datetime import date

import pytest

from hub.law.s42_securing import Securer, planned_minutes, provision_of, refuse_report, secured_by
from hub.law.vocabulary import SectionCode
from tests.law.cases import day


def _rule(
    *,
    month: str = "2026-10-01",
    planned: int | None = 120,
    delivered: int = 120,
    reason: str | None = None,
    maintained: bool = True,
    from_: date | None = None,
) -> str | None:
    refusal = refuse_report(
        SectionCode.G,
        month=day(month),
        planned=planned,
        delivered=delivered,
        reason=reason,
        maintained=maintained,
        from_=from_,
        today=day("2026-11-22"),
    )
    assert refusal is None or refusal.provision == "CFA 2014 s. 42(3)"
    return refusal.rule if refusal else None


@pytest.mark.parametrize("section", [SectionCode.F, SectionCode.G, SectionCode.H1, SectionCode.H2])
def test_the_authority_secures_all_but_health_care_provision(section: SectionCode) -> None:
    """The authority secures section F (s. 42(2)) and social care provision; the responsible commissioning body arranges
    section G (s. 42(3))."""
    is_health = section is SectionCode.G
    assert (secured_by(section) is Securer.COMMISSIONER) == is_health
    assert provision_of(section) == {"F": "CFA 2014 s. 42(2)", "G": "CFA 2014 s. 42(3)"}.get(
        section.value, "CFA 2014 s. 37(2)"
    )


def test_less_than_was_planned_has_its_reason() -> None:
    """What was delivered is reported by the month, against what was planned; a shortfall says why."""
    assert _rule() is None
    assert _rule(delivered=60) == "shortfall-reason-required"
    assert _rule(delivered=60, reason="The post was vacant.") is None


def test_minutes_a_week_make_the_months() -> None:
    """Forty-five minutes a week are 199 in a month of 31 days; else what was planned is said."""
    assert planned_minutes(45, day("2026-10-01")) == 199
    assert _rule(planned=None) == "not-quantified"


def test_only_what_is_owed_is_reported() -> None:
    """Provision is owed while the plan is maintained, from the day it begins, and not for a month to come."""
    assert _rule(maintained=False) == "not-maintained"
    assert _rule(month="2026-12-01") == "in-the-future"
    assert _rule(from_=day("2026-11-01")) == "not-owed-yet"
    assert _rule(from_=day("2026-10-31")) is None
