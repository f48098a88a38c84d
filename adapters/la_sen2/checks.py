"""What cannot be true of a person is refused; what is odd, or is wanted by the guides, is a warning.

The order of the dates follows the law: a request, the decision (SEND Regs 2014 reg. 5), the outcome (regs 10, 13), the
plan, its reviews and its end. A historical request (outcome H) stands outside that order: its dates are those of
another authority or of an older system.
"""

from datetime import date
from itertools import pairwise

from adapters.la_sen2.node import Node
from hub.actions.sen2_return import (
    ActivePlan,
    Assessment,
    NamedPlan,
    Outcome,
    Person,
    Placement,
    Request,
    ReturnHeader,
    Severity,
)
from hub.law.interpretation import InvalidIdentifier, check_la_code

OLDEST = 25
"""The last age of a young person (CFA 2014 s. 83(2))."""

COMPULSORY_FROM = 2026
"""The year from whose return on who asked, and the days of reviews and phase transfers, are no longer left out."""


def check_person(person: Person, node: Node, header: ReturnHeader) -> None:
    """Complain, at the node, of everything that is wrong with the person as a whole."""
    _check_birth(person, node, header)
    _check_identifiers(person, node, header)
    requests = list(zip(person.requests, node.parts("requests"), strict=True))
    received: set[date | None] = set()
    for request, at in requests:
        if request.received_on in received:
            at.complain("request-repeated", "an earlier request of this person has this date", "receiveddate")
        received.add(request.received_on)
        _check_request(request, at, person.date_of_birth, header)
    if sum(_in_force(request) for request in person.requests) > 1:
        node.warn("plans-several", "more than one request leads to a plan that is in force")


def _check_birth(person: Person, node: Node, header: ReturnHeader) -> None:
    if person.date_of_birth > header.reference_date:
        node.complain("birth-date-in-future", "the date of birth is after the reference date", "personbirthdate")
    elif age(person.date_of_birth, header.reference_date) > OLDEST:
        message = f"the person was older than {OLDEST} on the reference date"
        node.complain("age-over-25", message, "personbirthdate")


def age(born: date, on: date) -> int:
    """Age in whole years."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def _check_identifiers(person: Person, node: Node, header: ReturnHeader) -> None:
    if not node.says("upn") and person.uln is None:
        if person.upn_unknown_reason is None:
            node.warn("upn-missing", "there is neither a UPN nor the reason why it is unknown", "upn")
        if age(person.date_of_birth, header.reference_date) > 5:
            node.warn("upn-missing-of-schoolchild", "a child of six or more has a UPN or a ULN", "upn")
    if node.says("upn") and person.upn_unknown_reason is not None:
        node.warn("upn-and-reason", "there is a UPN, and a reason why it is unknown", "upnunknown")


def _check_request(request: Request, at: Node, born: date, header: ReturnHeader) -> None:
    refused = Severity.WARNING if request.historical else Severity.REFUSED
    if request.received_on is None and not at.says("receiveddate") and not request.historical:
        at.complain("request-date-missing", "there is no date on which the request was received", "receiveddate")
    if request.received_on is not None and request.received_on < born:
        at.complain("request-before-birth", "the request was received before the birth", "receiveddate")
    if _reversed(request.received_on, request.outcome_on):
        message = "the decision is dated before the request"
        at.complain("decision-before-request", message, "requestoutcomedate", severity=refused)
    if request.source is None and not at.says("requestsource") and header.year >= COMPULSORY_FROM:
        at.warn("request-source-missing", "from 2026 a return says who asked", "requestsource")
    _check_authority(request.exported_to, at, "exported")
    if request.outcome in {Outcome.YES, Outcome.NO} and not at.says("requestoutcomedate"):
        at.warn("decision-date-missing", "there is a decision but not its date", "requestoutcomedate")
    if request.assessment is not None:
        if request.outcome in {Outcome.NO, Outcome.WITHDRAWN, Outcome.AWAITED}:
            at.warn("assessment-without-decision", "there is an assessment, though it was not decided to assess")
        _check_assessment(request.assessment, at.parts("assessment")[0], request, refused)
    if request.active_plan is not None:
        _check_active_plan(request.active_plan, at.parts("activeplans")[0], request, born, header)


def _check_assessment(assessment: Assessment, at: Node, request: Request, refused: Severity) -> None:
    if _reversed(request.outcome_on or request.received_on, assessment.outcome_on):
        message = "the outcome is dated before the decision to assess or the request"
        at.complain("outcome-before-decision", message, "assessmentoutcomedate", severity=refused)
    if assessment.outcome in {Outcome.YES, Outcome.NO} and not at.says("assessmentoutcomedate"):
        at.warn("outcome-date-missing", "there is an outcome but not its date", "assessmentoutcomedate")
    plan = assessment.named_plan
    if plan is None:
        if assessment.outcome is Outcome.YES:
            at.warn("plan-missing", "it was decided to make a plan, but there is none")
        return
    if assessment.outcome in {Outcome.NO, Outcome.WITHDRAWN, Outcome.AWAITED}:
        at.warn("plan-without-decision", "there is a plan, though it was not decided to make one")
    _check_named_plan(plan, at.parts("namedplan")[0], assessment, request, refused)


def _check_named_plan(plan: NamedPlan, at: Node, assessment: Assessment, request: Request, refused: Severity) -> None:
    if _reversed(request.outcome_on or request.received_on, plan.starts_on):
        message = "the plan starts before the decision to assess or the request"
        at.complain("plan-before-decision", message, "startdate", severity=refused)
    elif _reversed(assessment.outcome_on, plan.starts_on):
        at.warn("plan-before-outcome", "the plan starts before the decision to make it", "startdate")
    if plan.starts_on is None and not at.says("startdate"):
        at.warn("plan-date-missing", "there is a plan but not its date", "startdate")
    if _reversed(plan.starts_on, plan.ceased_on):
        at.complain("cease-before-start", "the plan ceased before it started", "ceasedate")
    if (plan.ceased_on is None) != (plan.cease_reason is None) and at.says("ceasedate") != at.says("ceasereason"):
        at.warn("cease-half-told", "a plan that ceased has both a date and a reason", "ceasedate")
    if not plan.placements:
        at.warn("placement-missing", "the plan names no placement")
    _check_placements(plan.placements, at.parts("plandetail"))


def _check_active_plan(plan: ActivePlan, at: Node, request: Request, born: date, header: ReturnHeader) -> None:
    named = request.assessment.named_plan if request.assessment else None
    if named is None:
        at.warn("plan-unnamed", "a plan is in force, but no assessment led to it")
    elif named.ceased:
        at.warn("plan-ceased-but-active", "the plan is in force and has ceased")
    _check_authority(plan.transfer_from, at, "transferla")
    _check_review(plan, at, named.starts_on if named else None, header)
    _check_phase_transfer(plan, at, header)
    if not at.parts("senneed"):
        at.warn("need-missing", "the plan has no type of need", "senneed")
    if not plan.placements:
        at.warn("placement-missing", "the plan has no placement")
    for placement, part in zip(plan.placements, at.parts("placementdetail"), strict=True):
        if _reversed(born, placement.entered_on):
            part.complain("placement-before-birth", "the placement began before the birth", "entrydate")
        if _reversed(placement.entered_on, placement.left_on):
            part.complain("placement-ends-before-start", "the placement ended before it began", "leavingdate")
    _check_placements(plan.placements, at.parts("placementdetail"))


def _check_authority(code: str | None, at: Node, field: str) -> None:
    """Another authority is named by its code. What is written there is kept."""
    try:
        check_la_code(code or "000")
    except InvalidIdentifier as wrong:
        at.warn(wrong.rule, "an authority's code is three digits", field)


def _check_review(plan: ActivePlan, at: Node, starts_on: date | None, header: ReturnHeader) -> None:
    """A plan is reviewed within twelve months of its beginning (CFA 2014 s. 44(1))."""
    if _reversed(starts_on, plan.review_meeting_on):
        at.warn("review-before-plan", "the review was held before the plan started", "reviewmeeting")
    elif _reversed(starts_on, plan.last_review_on):
        at.warn("review-before-plan", "the review was decided before the plan started", "lastreview")
    if _reversed(plan.review_meeting_on, plan.last_review_on):
        at.warn("review-decision-before-meeting", "the review was decided before it was held", "lastreview")
    unsaid = not at.says("reviewmeeting") and not at.says("lastreview")
    if header.year >= COMPULSORY_FROM and unsaid and starts_on and age(starts_on, header.reference_date) >= 1:
        at.warn("review-missing", "the plan is older than a year, and no review of it is told", "reviewmeeting")


def _check_phase_transfer(plan: ActivePlan, at: Node, header: ReturnHeader) -> None:
    """A plan is amended for the next phase of education by a last day (SEND Regs 2014 reg. 18)."""
    due, final = plan.phase_transfer_due_on, plan.phase_transfer_final_on
    if final is not None and not at.says("phasetransferduedate"):
        message = "the plan was amended for a phase transfer whose last day is not told"
        at.warn("phase-transfer-half-told", message, "phasetransferduedate")
    over = due is not None and due < header.reference_date
    if header.year >= COMPULSORY_FROM and over and not at.says("phasetransferfinaldate"):
        message = "the last day for a phase transfer is over, and the day of the amended plan is not told"
        at.warn("phase-transfer-missing", message, "phasetransferfinaldate")


def _check_placements(placements: tuple[Placement, ...], parts: list[Node]) -> None:
    for placement, at in zip(placements, parts, strict=True):
        numbered = at.says("urn") or at.says("ukprn")
        if not numbered and placement.setting is None:
            at.warn("placement-without-setting", "a placement has a URN, a UKPRN or a kind of setting")
        if numbered and placement.setting is not None:
            at.warn(
                "setting-beside-number", "the kind of setting is for a placement without a URN or UKPRN", "sensetting"
            )
        if at.says("urn") and (placement.sen_unit is None or placement.resourced_provision is None):
            at.warn("unit-not-told", "whether a school's place is in an SEN unit or resourced provision is not told")
    ranks = sorted(placement.rank for placement in placements if placement.left_on is None)
    if any(one == other for one, other in pairwise(ranks)):
        parts[0].warn(
            "placement-rank-repeated", "two placements that have not ended have the same rank", "placementrank"
        )


def _in_force(request: Request) -> bool:
    named = request.assessment.named_plan if request.assessment else None
    return request.active_plan is not None or (named is not None and not named.ceased)


def _reversed(earlier: date | None, later: date | None) -> bool:
    """Whether both dates are known and stand in the wrong order."""
    return earlier is not None and later is not None and later < earlier
