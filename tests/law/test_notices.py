"""Notices. Which decisions are told to the family and to the responsible commissioning body, and what each must say."""

from datetime import date

import pytest

from hub.law.decisions import Refusal
from hub.law.notices import (
    MAY_BE_APPEALED,
    REQUIRED,
    SETTINGS,
    Notice,
    NoticeContent,
    NoticeKind,
    NoticeTo,
    Said,
    may_be_appealed,
    notice,
    receivers,
)
from hub.law.vocabulary import OrganisationKind

DAY = date(2026, 11, 16)
SAID = Said(
    reasons=" Needs are met at school. ",
    meeting_on=date(2026, 12, 1),
    issues="Physiotherapy: weekly.",
    will_assess=False,
    review_on=date(2027, 2, 1),
)
FAMILY, BODY, HEAD = NoticeTo.FAMILY, NoticeTo.COMMISSIONER, NoticeTo.SETTING


def test_seven_notices_reach_the_commissioning_body() -> None:
    """Regs 4(2)(a), 5(2), 10(2), 13(2)(c), 22(3)(c) with 27(2)(c), 31(2) and 35(2), and the invitation to reviews."""
    told = {required.provision for (_, to), required in REQUIRED.items() if to is BODY}
    regs = ("4(2)(a)", "5(2)", "10(2)", "13(2)(c)", "22(3)(c)", "27(2)(c)", "31(2)", "35(2)")
    assert told == {*(f"SEND Regs 2014 reg. {each}" for each in regs), "SEND Regs 2014 regs 20(2)(d), 21(2)(c)"}


def test_the_head_or_principal_is_told_where_the_regulations_name_them() -> None:
    """Of assessments and reviews the head or principal of the setting that is attended (regs 4(2)(c), (d), 5(2), 10(2),
    20(2)(b), (10)); the plan, and that it may cease or is to, goes to the one that it names (regs 13(2)(b), 22(3)(b),
    27(2)(b), 31(1)(c), (2)). Nothing of appeals is in it."""
    told = {required.provision for (_, to), required in REQUIRED.items() if to is HEAD}
    regs = ("4(2)(c), (d)", "5(2)", "10(2)", "13(2)(b)", "20(2)(b)", "20(10)", "22(3)(b)", "27(2)(b)", "31(1)(c)")
    assert told == {*(f"SEND Regs 2014 reg. {each}" for each in regs), "SEND Regs 2014 reg. 31(2)"}
    assert {OrganisationKind.SCHOOL, OrganisationKind.COLLEGE, OrganisationKind.EARLY_YEARS_PROVIDER} <= SETTINGS
    assert not SETTINGS & {OrganisationKind.LOCAL_AUTHORITY, OrganisationKind.INTEGRATED_CARE_BOARD}


@pytest.mark.parametrize(
    ("kind", "provision"),
    [
        (NoticeKind.WILL_NOT_ASSESS, "5(1), (3)"),
        (NoticeKind.NO_PLAN, "10(1), (3)"),
        (NoticeKind.FINAL_PLAN, "14(2)"),
        (NoticeKind.PLAN_MAINTAINED, "20(10), (11), 21(9), (10)"),
        (NoticeKind.PLAN_TO_CEASE_AFTER_REVIEW, "20(10), (11), 21(9), (10)"),
        (NoticeKind.AMENDED_PLAN, "22(3)(a), (5)"),
        (NoticeKind.NOT_AMENDED, "22(4), (5)"),
        (NoticeKind.WILL_NOT_REASSESS, "25(1), (2)"),
        (NoticeKind.REASSESSED_PLAN, "27(2)(a)"),
        (NoticeKind.CEASE, "31(2), (3)"),
    ],
)
def test_a_notice_that_may_be_appealed_says_how(kind: NoticeKind, provision: str) -> None:
    """It gives the right and the time to appeal, mediation, disagreement resolution, where advice is had, and the power
    of the Tribunal to recommend (regs 5(3), 10(3), 14(2), 20(11), 21(10), 22(5), 25(2), 31(3), 32)."""
    made = notice(kind, FAMILY, SAID, given_on=DAY)
    assert isinstance(made, Notice)
    assert set(MAY_BE_APPEALED) <= set(made.contents)
    assert made.provision.endswith(provision)
    assert made.text.count("16 January 2027") == 2  # to appeal, and to contact an adviser: two months
    for words in ("Tribunal", "mediation adviser", "disagreements", "information, advice", "recommendations"):
        assert words in made.text


def test_no_other_notice_speaks_of_appeals() -> None:
    """A decision for the family's own wish, and a notice to a commissioning body, have nothing to appeal against."""
    speaking = {pair for pair, required in REQUIRED.items() if NoticeContent.APPEAL_RIGHT in required.contents}
    assert len(speaking) == 10
    assert {to for _, to in speaking} == {FAMILY}
    assert all(set(MAY_BE_APPEALED) <= set(REQUIRED[pair].contents) for pair in speaking)


def test_a_notice_of_an_appealable_decision_starts_the_familys_times() -> None:
    """Only a notice to the family that tells of a right to appeal starts its times to appeal (reg. 33)."""
    speaking = {kind for kind in NoticeKind if may_be_appealed(kind)}
    assert len(speaking) == 10
    assert {NoticeKind.FINAL_PLAN, NoticeKind.CEASE} <= speaking
    assert not speaking & {NoticeKind.DRAFT_PLAN, NoticeKind.HEALTH_MEDIATION_ISSUES}


@pytest.mark.parametrize(("kind", "to"), REQUIRED, ids=lambda each: each.value)
def test_every_notice_begins_with_what_was_decided(kind: NoticeKind, to: NoticeTo) -> None:
    """As text it says on which day, what was decided and under which provision, a paragraph for each thing it must
    contain; the reasons are those that were given."""
    made = notice(kind, to, SAID, given_on=DAY)
    assert isinstance(made, Notice)
    assert made.text.startswith("Notice of 16 November 2026: ")
    assert len(made.text.split("\n\n")) == len(made.contents)
    assert ("Reasons: Needs are met at school." in made.text) == (NoticeContent.REASONS in made.contents)
    assert "{" not in made.text


@pytest.mark.parametrize(("kind", "to"), REQUIRED, ids=lambda each: each.value)
def test_a_notice_lacks_nothing(kind: NoticeKind, to: NoticeTo) -> None:
    """Without reasons where they are due, without the day of the meeting or the issues for mediation, it is no notice:
    dashes and blanks are none."""
    made = notice(kind, to, Said(reasons=" - ", issues="…"), given_on=DAY)
    said = {NoticeContent.REASONS, NoticeContent.MEETING, NoticeContent.ISSUES, NoticeContent.PROPOSALS}
    asks = said & set(REQUIRED[kind, to].contents)
    assert isinstance(made, Refusal) == bool(asks)
    if isinstance(made, Refusal):
        assert made.provision == REQUIRED[kind, to].provision
        assert made.rule in {"reasons-required", "meeting-day-required", "issues-required", "proposals-required"}


def test_fifteen_days_are_left_to_respond() -> None:
    """The draft plan, and proposed amendments, leave at least 15 days beginning with the day of service (regs 13(1)(a),
    22(2)(c))."""
    for kind in (NoticeKind.DRAFT_PLAN, NoticeKind.AMENDMENT_PROPOSED):
        made = notice(kind, FAMILY, SAID, given_on=DAY)
        assert isinstance(made, Notice)
        assert "up to and including 30 November 2026" in made.text
        assert "particular school" in made.text


def test_the_meeting_and_the_issues_are_told() -> None:
    """The invitation gives the day of the meeting; the commissioning body hears the issues and what is wanted (reg.
    35(2))."""
    invited = notice(NoticeKind.REVIEW_MEETING, BODY, SAID, given_on=DAY)
    issues = notice(NoticeKind.HEALTH_MEDIATION_ISSUES, BODY, SAID, given_on=DAY)
    assert isinstance(invited, Notice)
    assert isinstance(issues, Notice)
    assert "on 1 December 2026" in invited.text
    assert "Physiotherapy: weekly." in issues.text


def test_the_new_authority_says_what_it_proposes() -> None:
    """After a transfer: whether it proposes to assess, and when it is to review the plan (reg. 15(4))."""
    kind = NoticeKind.PLAN_TRANSFERRED
    for will, words in ((True, "The authority proposes to make"), (False, "The authority does not propose to make")):
        made = notice(kind, FAMILY, Said(will_assess=will, review_on=date(2027, 2, 1)), given_on=DAY)
        assert isinstance(made, Notice)
        assert words in made.text
        assert "by 1 February 2027" in made.text


def test_each_kind_has_somebody_to_be_told() -> None:
    """No kind is without a receiver; the mediation issues are for the commissioning body alone."""
    assert all(receivers(kind) for kind in NoticeKind)
    assert receivers(NoticeKind.HEALTH_MEDIATION_ISSUES) == {BODY}
    assert receivers(NoticeKind.CEASE) == {FAMILY, BODY, HEAD}
