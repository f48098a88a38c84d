"""Notices: which decision is told to whom, and what each notice must say.

Seven must reach the responsible commissioning body: that an assessment is considered (reg. 4(2)(a)), whether it will be
made (reg. 5(2)), that no plan will be (reg. 10(2)), the final plan (reg. 13(2)(c)), the amended plan (regs 22(3)(c),
27(2)(c)), that a plan is to cease (reg. 31(2)), and the health care issues for mediation (reg. 35(2)). Its health care
professional is invited to each review besides (regs 20(2)(d), 21(2)(c)).

The head or principal of the school or other institution that is attended is told of assessments and reviews (regs
4(2)(c), (d), 5(2), 10(2), 20(2)(b), (10)); the one that the plan names has the plan, and is told that it is to cease
(regs 13(2)(b), 22(3)(b), 27(2)(b), 31(1)(c), (2)).

A notice to the family of a decision that may be appealed says that, by when, what must be known of mediation (reg. 32),
where disagreements are resolved and advice is had, and that the Tribunal may make recommendations on health and social
care (regs 5(3), 10(3), 14(2), 20(11), 21(10), 22(5), 25(2), 31(3)).

Of personal budgets, see budget_notices. REQUIRED is the whole of it. A notice is data (its kind, to whom, under which
provision, what it contains) and text.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from hub.law.budget_notices import BUDGET_NOTICES, BUDGET_STANDING
from hub.law.decisions import Refusal, says_something
from hub.law.duties import DutyRule, due_on
from hub.law.notice_terms import NoticeContent, NoticeKind, NoticeTo, Requirement
from hub.law.vocabulary import OrganisationKind

__all__ = [
    "MAY_BE_APPEALED",
    "NOTHING_SAID",
    "REQUIRED",
    "SETTINGS",
    "Notice",
    "NoticeContent",
    "NoticeKind",
    "NoticeTo",
    "Requirement",
    "Said",
    "may_be_appealed",
    "notice",
    "receivers",
]


_C = NoticeContent
MAY_BE_APPEALED: tuple[NoticeContent, ...] = (
    _C.APPEAL_RIGHT,
    _C.APPEAL_TIME_LIMITS,
    _C.MEDIATION,
    _C.DISAGREEMENT_RESOLUTION,
    _C.INFORMATION_AND_ADVICE,
    _C.RECOMMENDATIONS_POWER,
)
"""What each of regs 5(3), 10(3), 14(2), 20(11), 21(10), 22(5), 25(2) and 31(3) asks."""


def _regs(numbers: str, *contents: NoticeContent) -> Requirement:
    return Requirement(f"SEND Regs 2014 {numbers}", (_C.DECISION, *contents))


_K, _FAMILY, _BODY, _HEAD = NoticeKind, NoticeTo.FAMILY, NoticeTo.COMMISSIONER, NoticeTo.SETTING
REQUIRED: Mapping[tuple[NoticeKind, NoticeTo], Requirement] = MappingProxyType(
    {
        (_K.CONSIDERING_ASSESSMENT, _FAMILY): Requirement("CFA 2014 s. 36(7)", (_C.DECISION, _C.REPRESENTATIONS)),
        (_K.CONSIDERING_ASSESSMENT, _BODY): _regs("reg. 4(2)(a)"),
        (_K.CONSIDERING_ASSESSMENT, _HEAD): _regs("reg. 4(2)(c), (d)"),
        (_K.WILL_ASSESS, _FAMILY): _regs("reg. 5(1)"),
        (_K.WILL_ASSESS, _BODY): _regs("reg. 5(2)"),
        (_K.WILL_ASSESS, _HEAD): _regs("reg. 5(2)"),
        (_K.WILL_NOT_ASSESS, _FAMILY): _regs("reg. 5(1), (3)", _C.REASONS, *MAY_BE_APPEALED),
        (_K.WILL_NOT_ASSESS, _BODY): _regs("reg. 5(2)", _C.REASONS),
        (_K.WILL_NOT_ASSESS, _HEAD): _regs("reg. 5(2)", _C.REASONS),
        (_K.NO_PLAN, _FAMILY): _regs("reg. 10(1), (3)", _C.REASONS, *MAY_BE_APPEALED),
        (_K.NO_PLAN, _BODY): _regs("reg. 10(2)", _C.REASONS),
        (_K.NO_PLAN, _HEAD): _regs("reg. 10(2)", _C.REASONS),
        (_K.DRAFT_PLAN, _FAMILY): _regs("reg. 13(1)", _C.REPRESENTATIONS, _C.INSTITUTION, _C.INFORMATION_AND_ADVICE),
        (_K.FINAL_PLAN, _FAMILY): _regs("regs 13(2)(a), 14(2)", *MAY_BE_APPEALED),
        (_K.FINAL_PLAN, _BODY): _regs("reg. 13(2)(c)"),
        (_K.FINAL_PLAN, _HEAD): _regs("reg. 13(2)(b)"),
        (_K.REVIEW_MEETING, _FAMILY): _regs("regs 20(2)(a), 21(2)(a)", _C.MEETING),
        (_K.REVIEW_MEETING, _BODY): _regs("regs 20(2)(d), 21(2)(c)", _C.MEETING),
        (_K.REVIEW_MEETING, _HEAD): _regs("reg. 20(2)(b)", _C.MEETING),
        (_K.PLAN_MAINTAINED, _FAMILY): _regs("regs 20(10), (11), 21(9), (10)", _C.REASONS, *MAY_BE_APPEALED),
        (_K.PLAN_MAINTAINED, _HEAD): _regs("reg. 20(10)", _C.REASONS),
        (_K.PLAN_TO_BE_AMENDED, _FAMILY): _regs("regs 20(10), 21(9)", _C.REASONS),
        (_K.PLAN_TO_BE_AMENDED, _HEAD): _regs("reg. 20(10)", _C.REASONS),
        (_K.PLAN_TO_CEASE_AFTER_REVIEW, _FAMILY): _regs("regs 20(10), (11), 21(9), (10)", _C.REASONS, *MAY_BE_APPEALED),
        (_K.PLAN_TO_CEASE_AFTER_REVIEW, _HEAD): _regs("reg. 20(10)", _C.REASONS),
        (_K.AMENDMENT_PROPOSED, _FAMILY): _regs("reg. 22(2)", _C.REASONS, _C.REPRESENTATIONS, _C.INSTITUTION),
        (_K.AMENDED_PLAN, _FAMILY): _regs("reg. 22(3)(a), (5)", *MAY_BE_APPEALED),
        (_K.AMENDED_PLAN, _BODY): _regs("reg. 22(3)(c)"),
        (_K.AMENDED_PLAN, _HEAD): _regs("reg. 22(3)(b)"),
        (_K.NOT_AMENDED, _FAMILY): _regs("reg. 22(4), (5)", _C.REASONS, *MAY_BE_APPEALED),
        (_K.WILL_REASSESS, _FAMILY): _regs("reg. 25(1)"),
        (_K.WILL_NOT_REASSESS, _FAMILY): _regs("reg. 25(1), (2)", _C.REASONS, *MAY_BE_APPEALED),
        (_K.REASSESSED_PLAN, _FAMILY): _regs("reg. 27(2)(a)", *MAY_BE_APPEALED),
        (_K.REASSESSED_PLAN, _BODY): _regs("reg. 27(2)(c)"),
        (_K.REASSESSED_PLAN, _HEAD): _regs("reg. 27(2)(b)"),
        (_K.CONSIDERING_CEASING, _FAMILY): _regs("reg. 31(1)(a), (b)", _C.REASONS, _C.VIEWS),
        (_K.CONSIDERING_CEASING, _HEAD): _regs("reg. 31(1)(c)", _C.REASONS, _C.VIEWS),
        (_K.CEASE, _FAMILY): _regs("reg. 31(2), (3)", _C.REASONS, *MAY_BE_APPEALED),
        (_K.CEASE, _BODY): _regs("reg. 31(2)", _C.REASONS),
        (_K.CEASE, _HEAD): _regs("reg. 31(2)", _C.REASONS),
        (_K.PLAN_TRANSFERRED, _FAMILY): _regs("reg. 15(4)", _C.PROPOSALS),
        (_K.HEALTH_MEDIATION_ISSUES, _BODY): _regs("reg. 35(2)", _C.ISSUES),
        **BUDGET_NOTICES,
    }
)
"""A pair that is absent is a notice that nobody must be given."""


@dataclass(frozen=True, slots=True)
class Said:
    """What the body that gives the notice says in it, where the kind asks for it."""

    reasons: str = ""
    meeting_on: date | None = None
    issues: str = ""
    will_assess: bool | None = None
    review_on: date | None = None
    particulars: str = ""
    outcome: str = ""
    """`particulars`, `outcome`: of a direct payment, in words."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice as data and as text."""

    kind: NoticeKind
    to: NoticeTo
    provision: str
    contents: tuple[NoticeContent, ...]
    text: str


NOTHING_SAID = Said()
SETTINGS = frozenset(  # regs 4(2)(c), (d), 13(2)(b), 20(2)(b)
    {
        OrganisationKind.SCHOOL,
        OrganisationKind.COLLEGE,
        OrganisationKind.EARLY_YEARS_PROVIDER,
        OrganisationKind.YOUTH_ACCOMMODATION,
        OrganisationKind.OTHER,
    }
)
"""The kinds of body whose head or principal a notice may be for."""


def receivers(kind: NoticeKind) -> frozenset[NoticeTo]:
    """To whom a notice of this kind is given."""
    return frozenset(to for each, to in REQUIRED if each is kind)


def may_be_appealed(kind: NoticeKind) -> bool:
    """Whether the notice tells the family of a decision that it may appeal: then its times to act start."""
    required = REQUIRED.get((kind, NoticeTo.FAMILY))
    return required is not None and NoticeContent.APPEAL_RIGHT in required.contents


def notice(kind: NoticeKind, to: NoticeTo, said: Said, *, given_on: date, under: str | None = None) -> Notice | Refusal:
    """The notice, or what it lacks. KeyError for one that nobody must be given: see `receivers`. `under`: the law that
    it is given under, where that is another than the kind's own (a direct payment for health or social care)."""
    required = REQUIRED[kind, to]
    provision = under or required.provision
    for content in required.contents:
        lacking = _lacks(content, said)
        if lacking is not None:
            return Refusal(provision, *lacking)
    text = "\n\n".join(_paragraph(content, kind, said, given_on) for content in required.contents)
    return Notice(kind, to, provision, required.contents, text)


def _lacks(content: NoticeContent, said: Said) -> tuple[str, str, tuple[str, ...]] | None:
    if content is NoticeContent.REASONS and not says_something(said.reasons):
        return "reasons-required", "The notice must give the reasons for the decision.", ("reasons",)
    if content is NoticeContent.MEETING and said.meeting_on is None:
        return "meeting-day-required", "The notice must say when the meeting is.", ("meeting_on",)
    if content is NoticeContent.ISSUES and not says_something(said.issues):
        return "issues-required", "The notice must say what the issues are and which provision is wanted.", ("issues",)
    if content is NoticeContent.PROPOSALS and (said.will_assess is None or said.review_on is None):
        message = "The notice must say whether an assessment is proposed, and when the plan is to be reviewed."
        return "proposals-required", message, ("review_on",)
    return None


def _paragraph(content: NoticeContent, kind: NoticeKind, said: Said, given_on: date) -> str:
    match content:
        case NoticeContent.DECISION:
            return f"Notice of {_on(given_on)}: {kind.meaning}"
        case NoticeContent.REASONS:
            return f"Reasons: {said.reasons.strip()}"
        case NoticeContent.MEETING if said.meeting_on is not None:
            return f"The meeting is on {_on(said.meeting_on)}."
        case NoticeContent.PROPOSALS if said.review_on is not None:
            proposes = "proposes" if said.will_assess else "does not propose"
            return f"The authority {proposes} to make an EHC needs assessment. It is to review the plan by " + (
                f"{_on(said.review_on)}."
            )
        case NoticeContent.PARTICULARS:
            return said.particulars
        case NoticeContent.OUTCOME:
            return said.outcome
        case NoticeContent.ISSUES:
            return f"Issues for mediation, and the provision wanted: {said.issues.strip()}"
        case _:
            return _STANDING[content].format(
                appeal_by=_on(due_on(DutyRule.APPEAL_AFTER_DECISION, given_on)),
                adviser_by=_on(due_on(DutyRule.CONTACT_MEDIATION_ADVISER, given_on)),
                respond_by=_on(due_on(DutyRule.LEAVE_TIME_TO_RESPOND_TO_DRAFT, given_on)),
            )


_STANDING: Mapping[NoticeContent, str] = MappingProxyType(
    {
        _C.APPEAL_RIGHT: "You may appeal against this decision to the First-tier Tribunal (Special Educational Needs "
        "and Disability).",
        _C.APPEAL_TIME_LIMITS: "An appeal must reach the Tribunal by {appeal_by}, or within one month of your "
        "mediation certificate where that is later.",
        _C.MEDIATION: "Before you appeal, contact a mediation adviser by {adviser_by}. You need not take part in "
        "mediation: the adviser then issues a certificate within three working days. No adviser need be contacted "
        "where the appeal is only about the school or other institution named in the plan, its type, or that none is "
        "named.",
        _C.DISAGREEMENT_RESOLUTION: "The authority's arrangements for resolving disagreements are open to you, whether "
        "or not you appeal.",
        _C.INFORMATION_AND_ADVICE: "Impartial information, advice and support are available without charge from the "
        "information, advice and support service of your area.",
        _C.RECOMMENDATIONS_POWER: "In an appeal the Tribunal may also make recommendations about health care and "
        "social care needs and provision. They do not bind, but each body must answer in writing within five weeks.",
        _C.REPRESENTATIONS: "You may express your views and send evidence. You have at least 15 days, beginning with "
        "the day on which this is served: if it is served today, up to and including {respond_by}.",
        _C.VIEWS: "Your views are asked for before it is decided: please send them to the authority.",
        _C.INSTITUTION: "You may ask for a particular school or other institution to be named in the plan.",
        **BUDGET_STANDING,
    }
)


def _on(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
