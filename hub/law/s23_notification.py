"""A health body forms the opinion that a child has SEN or a disability (CFA 2014 s. 23).

For a child under compulsory school age, in this order: inform the parent of the opinion and of the duty (s. 23(2)(a)),
give an opportunity to discuss it (s. 23(2)(b)), "then" bring it to the authority's attention (s. 23(3)). It is a duty:
the parent must be told and cannot forbid it. Above that age nobody has the duty, but anyone may bring a child with SEN
to the authority's attention, and that makes the authority responsible (s. 24(1)(b)).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from hub.law.decisions import Refusal
from hub.law.periods import years_on
from hub.law.school_years import FIRST_MONTH
from hub.law.vocabulary import Certainty, NotificationBasis, Opinion, OrganisationKind

NOTIFYING_BODIES: frozenset[OrganisationKind] = frozenset(  # s. 23(1)
    {OrganisationKind.INTEGRATED_CARE_BOARD, OrganisationKind.NHS_TRUST}
)

# Education Act 1996 s. 8 and the orders under it. From memory: data that may be corrected.
PRESCRIBED_DAYS: tuple[tuple[int, int], ...] = ((3, 31), (8, 31), (12, 31))  # month, day
AGE_IT_BEGINS = 5
AGE_IT_ENDS = 16


@dataclass(frozen=True, slots=True)
class SchoolAge:
    """The days on which a child is of compulsory school age, both counted."""

    from_: date
    to: date


def compulsory_school_age(born_on: date) -> SchoolAge:
    """From the prescribed day on or after the fifth birthday, to the last Friday in June of the school year of the
    sixteenth."""
    fifth = years_on(born_on, AGE_IT_BEGINS)
    days = (date(year, month, day) for year in (fifth.year, fifth.year + 1) for month, day in PRESCRIBED_DAYS)
    sixteenth = years_on(born_on, AGE_IT_ENDS)
    leaving_year = sixteenth.year + (sixteenth.month >= FIRST_MONTH)
    return SchoolAge(next(day for day in days if day >= fifth), _last_friday_in_june(leaving_year))


@dataclass(frozen=True, slots=True)
class Notification:
    """An opinion brought to the attention of an authority, and what was done for the parent first."""

    notified_by: OrganisationKind
    basis: NotificationBasis
    born_on: date
    opinion: Opinion
    certainty: Certainty
    parent_informed_on: date | None
    discussion_offered_on: date | None
    notified_on: date


def makes_responsible(opinion: Opinion) -> bool:
    """Whether the opinion makes the authority responsible under s. 24(1)(b), and so starts its six and twenty weeks.

    S. 24 speaks of special educational needs alone: an opinion of disability does not.
    """
    return opinion is not Opinion.DISABILITY


def check(notification: Notification) -> tuple[Refusal, ...]:
    """Everything the law asks that the notification does not show; empty where it is good."""
    if notification.born_on > notification.notified_on:
        return (_refusal("s. 23(1)", "not-born-yet", "The child was born after the notification.", "born_on"),)
    if notification.basis is NotificationBasis.S23_UNDER_COMPULSORY_SCHOOL_AGE:
        return (*_check_s23(notification), *_check_parent_first(notification))
    return tuple(_check_s24(notification))


def _check_s23(notification: Notification) -> Iterator[Refusal]:
    if notification.notified_by not in NOTIFYING_BODIES:
        message = "S. 23 binds integrated care boards and NHS trusts alone."
        yield _refusal("s. 23(1)", "not-a-notifying-body", message, "notified_by")
    if not _under_compulsory_school_age(notification):
        message = (
            "S. 23 is for children under compulsory school age: bring an older child to attention under s. 24(1)(b)."
        )
        yield _refusal("s. 23(1)", "not-under-compulsory-school-age", message, "basis")


def _check_parent_first(notification: Notification) -> Iterator[Refusal]:
    informed, offered = notification.parent_informed_on, notification.discussion_offered_on
    if informed is None:
        message = "First inform the parent of the opinion and of the duty to bring it to the authority's attention."
        yield _refusal("s. 23(2)(a)", "parent-not-informed", message, "parent_informed_on")
    if offered is None:
        message = "First give the parent an opportunity to discuss the opinion with an officer."
        yield _refusal("s. 23(2)(b)", "discussion-not-offered", message, "discussion_offered_on")
    if informed and offered and offered < informed:
        message = "The parent is informed of the opinion before being offered a discussion of it."
        yield _refusal("s. 23(2)", "offered-before-informed", message, "discussion_offered_on")
    if max(informed or date.min, offered or date.min) > notification.notified_on:
        message = (
            "The opinion goes to the authority after the parent was informed and offered a discussion, not before."
        )
        yield _refusal("s. 23(3)", "notified-before-parent", message, "notified_on")


def _check_s24(notification: Notification) -> Iterator[Refusal]:
    if notification.notified_by in NOTIFYING_BODIES and _under_compulsory_school_age(notification):
        message = "For a child under compulsory school age this body has the duty of s. 23: inform the parent first."
        yield _refusal("s. 23(1)", "under-compulsory-school-age", message, "basis")
    if not makes_responsible(notification.opinion):
        message = "S. 24(1)(b) is about children who have or may have special educational needs."
        yield _refusal("s. 24(1)(b)", "opinion-without-sen", message, "opinion")


def _under_compulsory_school_age(notification: Notification) -> bool:
    return notification.notified_on < compulsory_school_age(notification.born_on).from_


def _refusal(section: str, rule: str, message: str, field: str) -> Refusal:
    return Refusal(f"CFA 2014 {section}", rule, message, (field,))


def _last_friday_in_june(year: int) -> date:
    last = date(year, 6, 30)
    return last - timedelta(days=(last.weekday() - 4) % 7)
