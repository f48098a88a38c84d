"""Securing what a plan specifies (CFA 2014 s. 42): who must, and what was delivered of what was planned.

The authority must secure the special educational provision (s. 42(2)), and each responsible commissioning body must
arrange the health care provision (s. 42(3)). Social care provision is the authority's: under s. 2 of the Chronically
Sick and Disabled Persons Act 1970 (H1), or otherwise (H2).
"""

from calendar import monthrange
from datetime import date

from hub.law.decisions import Refusal, says_something
from hub.law.term import Term, means
from hub.law.vocabulary import SectionCode


class Securer(Term):
    """Who must see that provision is made, by the section it stands in."""

    AUTHORITY = means("The local authority that maintains the plan (CFA 2014 s. 42(2) for section F).")
    COMMISSIONER = means("The responsible commissioning body (CFA 2014 s. 42(3) for section G).")


def secured_by(section: SectionCode) -> Securer:
    """Who must secure or arrange provision of the section."""
    return Securer.COMMISSIONER if section is SectionCode.G else Securer.AUTHORITY


def provision_of(section: SectionCode) -> str:
    """The provision under which it is owed."""
    return {SectionCode.F: "CFA 2014 s. 42(2)", SectionCode.G: "CFA 2014 s. 42(3)"}.get(section, "CFA 2014 s. 37(2)")


def planned_minutes(minutes_per_week: int, month: date) -> int:
    """What so many minutes a week come to in a month, to the nearest minute."""
    days = monthrange(month.year, month.month)[1]
    return round(minutes_per_week * days / 7)


def refuse_report(
    section: SectionCode,
    *,
    month: date,
    planned: int | None,
    delivered: int,
    reason: str | None,
    maintained: bool,
    from_: date | None,
    today: date,
) -> Refusal | None:
    """Why what was delivered in a month may not be reported so, or None where it may.

    `month`: its first day. `from_`: the day from which the provision is owed.
    """
    provision = provision_of(section)
    if not maintained:
        return Refusal(provision, "not-maintained", "Provision is owed under a plan that is maintained.")
    if month > today:
        return Refusal(provision, "in-the-future", "This month has not begun.", ("period",))
    last = date(month.year, month.month, monthrange(month.year, month.month)[1])
    if from_ is not None and last < from_:
        return Refusal(provision, "not-owed-yet", f"It is owed from {from_}.", ("period",))
    if planned is None:
        message = "The plan does not say how many minutes a week: say how many were planned."
        return Refusal(provision, "not-quantified", message, ("planned_minutes",))
    if delivered < planned and not says_something(reason or ""):
        message = "Say why less was delivered than planned."
        return Refusal(provision, "shortfall-reason-required", message, ("shortfall_reason",))
    return None
