"""Notification by health bodies (CFA 2014 s. 23). Inform the parent, offer a discussion, then tell the authority."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.law.s23_notification import (
    PRESCRIBED_DAYS,
    Notification,
    SchoolAge,
    check,
    compulsory_school_age,
    makes_responsible,
)
from hub.law.vocabulary import Certainty, NotificationBasis, Opinion, OrganisationKind
from tests.law.cases import day, every_case

GOOD = Notification(
    notified_by=OrganisationKind.NHS_TRUST,
    basis=NotificationBasis.S23_UNDER_COMPULSORY_SCHOOL_AGE,
    born_on=day("2023-05-10"),
    opinion=Opinion.SEN_AND_DISABILITY,
    certainty=Certainty.PROBABLY_HAS,
    parent_informed_on=day("2026-11-01"),
    discussion_offered_on=day("2026-11-01"),
    notified_on=day("2026-11-10"),
)
OLDER = replace(
    GOOD,
    basis=NotificationBasis.S24_BROUGHT_TO_ATTENTION,
    born_on=day("2015-05-10"),
    parent_informed_on=None,
    discussion_offered_on=None,
)


def _rules(notification: Notification) -> list[str]:
    return [refusal.rule for refusal in check(notification)]


def test_a_trust_or_a_board_notifies() -> None:
    """An integrated care board, an NHS trust or an NHS foundation trust that forms the opinion has the duty (s.
    23(1))."""
    assert check(GOOD) == ()
    assert check(replace(GOOD, notified_by=OrganisationKind.INTEGRATED_CARE_BOARD)) == ()


@pytest.mark.parametrize("kind", [OrganisationKind.SCHOOL, OrganisationKind.NHS_ENGLAND, OrganisationKind.OTHER])
def test_other_bodies_do_not_notify_under_s23(kind: OrganisationKind) -> None:
    """GP practices, independent providers, schools and NHS England are not bound by s. 23(1)."""
    assert _rules(replace(GOOD, notified_by=kind)) == ["not-a-notifying-body"]


def test_the_parent_is_informed() -> None:
    """The body must inform the parent of its opinion and of its duty (s. 23(2)(a))."""
    (refusal,) = check(replace(GOOD, parent_informed_on=None))
    assert (refusal.provision, refusal.rule, refusal.path) == (
        "CFA 2014 s. 23(2)(a)",
        "parent-not-informed",
        ("parent_informed_on",),
    )


def test_the_parent_is_offered_a_discussion() -> None:
    """The body must give the parent an opportunity to discuss the opinion with an officer (s. 23(2)(b))."""
    (refusal,) = check(replace(GOOD, discussion_offered_on=None))
    assert (refusal.provision, refusal.rule) == ("CFA 2014 s. 23(2)(b)", "discussion-not-offered")


def test_the_order_is_that_of_the_section() -> None:
    """Inform, offer, "then" notify (s. 23(3)); all three may be on one day."""
    one_day = day("2026-11-10")
    assert check(replace(GOOD, parent_informed_on=one_day, discussion_offered_on=one_day)) == ()
    assert _rules(replace(GOOD, parent_informed_on=day("2026-11-02"))) == ["offered-before-informed"]
    assert _rules(replace(GOOD, discussion_offered_on=day("2026-11-11"))) == ["notified-before-parent"]
    assert _rules(replace(GOOD, parent_informed_on=day("2026-11-11"), discussion_offered_on=None)) == [
        "discussion-not-offered",
        "notified-before-parent",
    ]


def test_every_fault_is_told_at_once() -> None:
    """A notification with several faults is refused with all of them."""
    faults = replace(
        GOOD,
        notified_by=OrganisationKind.OTHER,
        born_on=day("2015-05-10"),
        parent_informed_on=None,
        discussion_offered_on=None,
    )
    assert _rules(faults) == [
        "not-a-notifying-body",
        "not-under-compulsory-school-age",
        "parent-not-informed",
        "discussion-not-offered",
    ]


def test_s23_is_for_children_under_compulsory_school_age() -> None:
    """Born on 10 May 2023, a child is under compulsory school age until 30 August 2028 (s. 23(1))."""
    last = replace(GOOD, notified_on=day("2028-08-30"))
    assert check(last) == ()
    assert _rules(replace(last, notified_on=day("2028-08-31"))) == ["not-under-compulsory-school-age"]


def test_an_older_child_is_brought_to_attention() -> None:
    """Anyone may bring an older child to the authority's attention, with no duty towards the parent first
    (s. 24(1)(b))."""
    assert check(OLDER) == ()
    assert check(replace(OLDER, notified_by=OrganisationKind.SCHOOL)) == ()


def test_s24_is_no_way_round_s23() -> None:
    """A health body does not avoid informing the parent of a young child by calling it s. 24; others have no s. 23
    duty."""
    young = replace(OLDER, born_on=day("2023-05-10"))
    assert _rules(young) == ["under-compulsory-school-age"]
    assert check(replace(young, notified_by=OrganisationKind.EARLY_YEARS_PROVIDER)) == ()


def test_disability_alone_does_not_engage_s24() -> None:
    """S. 24(1)(b) speaks of SEN: an opinion of disability alone makes no authority responsible, though s. 23 covers
    it."""
    assert _rules(replace(OLDER, opinion=Opinion.DISABILITY)) == ["opinion-without-sen"]
    assert check(replace(GOOD, opinion=Opinion.DISABILITY)) == ()


def test_an_opinion_of_sen_starts_the_authoritys_clocks() -> None:
    """An opinion that includes SEN makes the authority responsible, from which its six and twenty weeks run
    (ss. 24(1)(b), 36(3); regs 4(1)(b), 13(2))."""
    assert makes_responsible(Opinion.SEN)
    assert makes_responsible(Opinion.SEN_AND_DISABILITY)
    assert not makes_responsible(Opinion.DISABILITY)


def test_a_child_is_born_before_it_is_notified() -> None:
    """A date of birth after the notification is refused, and nothing more is said."""
    assert _rules(replace(GOOD, born_on=day("2026-11-11"), parent_informed_on=None)) == ["not-born-yet"]
    assert check(replace(GOOD, born_on=GOOD.notified_on)) == ()


@pytest.mark.parametrize(
    ("born", "begins", "ends"),
    [
        ("2020-08-31", "2025-08-31", "2036-06-27"),
        ("2020-09-01", "2025-12-31", "2037-06-26"),
        ("2020-12-31", "2025-12-31", "2037-06-26"),
        ("2021-01-01", "2026-03-31", "2037-06-26"),
        ("2021-04-01", "2026-08-31", "2037-06-26"),
        ("2020-02-29", "2025-03-31", "2036-06-27"),
    ],
)
def test_compulsory_school_age(born: str, begins: str, ends: str) -> None:
    """It begins on the prescribed day (31 March, 31 August, 31 December) on or after the fifth birthday, and ends on
    the last Friday in June of the school year of the sixteenth (from memory: data that may be corrected)."""
    assert compulsory_school_age(day(born)) == SchoolAge(day(begins), day(ends))


@every_case
@given(st.dates(date(2000, 1, 1), date(2026, 12, 31)))
def test_compulsory_school_age_begins_within_a_term_of_five(born_on: date) -> None:
    """Every child reaches it within five months of the fifth birthday, on a prescribed day, and leaves it on a Friday
    in June at sixteen or some weeks before."""
    age = compulsory_school_age(born_on)
    assert (age.from_.month, age.from_.day) in PRESCRIBED_DAYS
    assert timedelta(days=5 * 365) <= age.from_ - born_on <= timedelta(days=5 * 366 + 153)
    assert age.to.weekday() == 4
    assert age.to.month == 6
    assert timedelta(days=15 * 365 + 270) <= age.to - born_on <= timedelta(days=17 * 366)
