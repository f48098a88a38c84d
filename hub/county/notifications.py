"""Notifications by health bodies: the duty of s. 23 under compulsory school age, above it s. 24(1)(b)."""

from datetime import date, timedelta

from hub.county import bank_letters
from hub.county.dates import after, at, on_work_day
from hub.county.rows import Case
from hub.law.s23_notification import compulsory_school_age
from hub.law.vocabulary import AssessmentDecision, Certainty, NotificationBasis, Opinion

_OPINIONS = (Opinion.SEN, Opinion.SEN_AND_DISABILITY)


def notify(
    case: Case,
    received_on: date,
    decision: AssessmentDecision | None,
    decided_on: date | None,
    *,
    opinion: Opinion | None = None,
    certain: bool = False,
) -> bool:
    """Write the notification by which a child came to the authority's attention, if it came by one; whether it did.

    A given opinion, or `certain`, makes sure that it did. An opinion of disability alone starts no clock.
    """
    young = received_on < compulsory_school_age(case.born).from_
    if not (certain or opinion) and not case.chance(0.55 if young else 0.06):
        return False
    held = opinion or case.rng.choice(_OPINIONS)
    bodies = case.bodies
    by = case.rng.choice((bodies.therapies, bodies.hospital, bodies.hospital))
    if case.chance(0.08):
        by = bodies.commissioner_on(case.owner, received_on)
    informed_on = on_work_day(received_on - timedelta(days=case.days(9, 30)))
    offered_on = min(on_work_day(informed_on + timedelta(days=case.days(0, 6))), received_on)
    notified_at = at(case.rng, received_on)
    case.add(
        "notification",
        notified_by_id=by.id,
        to_authority_id=case.owner.id,
        basis=_BASIS[young],
        opinion=held,
        certainty=case.rng.choice(tuple(Certainty)),
        parent_informed_on=informed_on,
        discussion_offered_on=max(informed_on, offered_on),
        notified_at=notified_at,
        received_at=after(notified_at, case.days(1, 40)),
        voluntary_organisations=[case.rng.choice(bank_letters.SUPPORTERS)] if case.chance(0.6) else [],
        determination=decision,
        determined_on=decided_on,
    )
    return True


_BASIS = {True: NotificationBasis.S23_UNDER_COMPULSORY_SCHOOL_AGE, False: NotificationBasis.S24_BROUGHT_TO_ATTENTION}
