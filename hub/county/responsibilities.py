"""Which bodies answer for a child, from when and why (s. 24, s. 26(8)): commissioners as they succeeded each other."""

from datetime import date

from hub.county.people import Specialised
from hub.county.rows import Case
from hub.law.vocabulary import ResponsibilityKind

_BROUGHT = "s. 24(1)(b): brought to the authority's attention by {}"
BY_ASKER = {
    "PARENT_OR_YOUNG_PERSON": _BROUGHT.format("a parent or the young person"),
    "SCHOOL_OR_COLLEGE": _BROUGHT.format("the school or setting"),
    "HEALTH_PROFESSIONAL": _BROUGHT.format("a health body"),
    "SOCIAL_CARE_PROFESSIONAL": "s. 24(1)(a): identified by the authority as having SEN",
    "OTHER": "s. 24(1)(a): identified by the authority as having SEN",
}
_SPECIALISED = {
    Specialised.FORCES_FAMILY: (
        "All but emergency care",
        "s. 26(8)(a): the family is registered with Defence Medical Services",
    ),
    Specialised.SERVICE: ("Specialised service", "s. 26(8)(a): a specialised service that NHS England commissions"),
}


def answer(case: Case, since: date, reason: str | None, *, until: date | None = None) -> None:
    """Write the responsibilities from a day on. Without a reason of s. 24 no authority answers: there is no SEN."""
    if reason is not None:
        _add(case, case.owner.id, ResponsibilityKind.AUTHORITY, reason, since, until)
    for body in case.bodies.commissioners(case.owner):
        starts_on = max(since, body.in_force_from or since)
        ends = [day for day in (until, body.in_force_to) if day is not None]
        ends_on = min(ends) if ends else None
        if ends_on is None or starts_on <= ends_on:
            why = "s. 26(8)(b): commissions for persons in its area"
            if starts_on != since:
                why = f"{why}, as the successor of the body before it"
            _add(case, body.id, ResponsibilityKind.COMMISSIONER, why, starts_on, ends_on)
    if case.specialised is not None:
        provision, why = _SPECIALISED[case.specialised]
        _add(
            case, case.bodies.nhs_england.id, ResponsibilityKind.SPECIALISED_COMMISSIONER, why, since, until, provision
        )


def _add(
    case: Case,
    body_id: object,
    kind: ResponsibilityKind,
    reason: str,
    since: date,
    until: date | None,
    provision: str | None = None,
) -> None:
    case.add(
        "responsibility",
        body_id=body_id,
        kind=kind,
        for_provision=provision,
        reason=reason,
        starts_on=since,
        ends_on=until,
    )
