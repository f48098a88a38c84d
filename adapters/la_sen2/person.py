"""A person of the return, module by module: from elements to values. What cannot be read is complained of."""

from adapters.la_sen2.node import Node
from hub.actions.sen2_return import (
    ActivePlan,
    Assessment,
    CeaseReason,
    NamedPlan,
    Need,
    Outcome,
    Person,
    Placement,
    Request,
    RequestSource,
    Residential,
    ReviewOutcome,
    SenType,
    Setting,
)
from hub.law.interpretation import check_ukprn, check_uln, check_upn, check_urn
from hub.law.vocabulary import Sex

_SEXES = {"M": Sex.MALE, "F": Sex.FEMALE, "U": Sex.UNKNOWN}


def read_person(node: Node) -> Person | None:
    """Module 1. None where a name or the date of birth cannot be read; every part is read even so."""
    family_name, forename, born = node.text("surname"), node.text("forename"), node.day("personbirthdate")
    if not node.says("surname"):
        node.complain("family-name-missing", "there is no family name", "surname")
    if not node.says("forename"):
        node.complain("forename-missing", "there is no forename", "forename")
    if not node.says("personbirthdate"):
        node.complain("birth-date-missing", "there is no date of birth", "personbirthdate")
    sex, ethnicity, postcode = _sex(node), node.text("ethnicity"), node.text("postcode")
    upn, reason = node.identifier(check_upn, "upn"), node.text("upnunknown")
    uln = node.identifier(check_uln, "uniquelearnernumber", refuse=False)
    requests = tuple(_request(part) for part in node.parts("requests"))
    node.warn_of_the_rest()
    if family_name is None or forename is None or born is None:
        return None
    return Person(
        family_name=family_name,
        forename=forename,
        date_of_birth=born,
        sex=sex,
        ethnicity=ethnicity,
        postcode=postcode.upper() if postcode else None,
        upn=upn,
        uln=uln,
        upn_unknown_reason=reason,
        requests=requests,
    )


def _sex(node: Node) -> Sex:
    found = node.text("sex")
    if found is None:
        node.warn("sex-missing", "the sex is not recorded", "sex")
        return Sex.UNKNOWN
    if found not in _SEXES:
        node.complain("code-unknown", f"this is not one of the codes {', '.join(_SEXES)}", "sex")
    return _SEXES.get(found, Sex.UNKNOWN)


def _request(node: Node) -> Request:
    """Module 2."""
    assessment = node.only("assessment", "assessment-repeated", "a request leads to one assessment, not to two")
    active = node.only("activeplans", "active-plan-repeated", "a request leads to one active plan, not to two")
    request = Request(
        received_on=node.past_day("receiveddate"),
        source=node.code(RequestSource, "requestsource"),
        rya=node.flag("rya"),
        outcome=node.code(Outcome, "requestoutcome"),
        outcome_on=node.past_day("requestoutcomedate"),
        mediation=node.flag("requestmediation"),
        tribunal=node.flag("requesttribunal"),
        exported_to=node.text("exported"),
        assessment=_assessment(assessment) if assessment else None,
        active_plan=_active_plan(active) if active else None,
    )
    node.warn_of_the_rest()
    return request


def _assessment(node: Node) -> Assessment:
    """Module 3."""
    plan = node.only("namedplan", "named-plan-repeated", "an assessment leads to one plan, not to two")
    assessment = Assessment(
        outcome=node.code(Outcome, "assessmentoutcome"),
        outcome_on=node.past_day("assessmentoutcomedate"),
        mediation=node.flag("assessmentmediation"),
        tribunal=node.flag("assessmenttribunal"),
        other_mediation=node.flag("othermediation"),
        other_tribunal=node.flag("othertribunal"),
        week20=node.flag("week20"),
        named_plan=_named_plan(plan) if plan else None,
    )
    node.warn_of_the_rest()
    return assessment


def _named_plan(node: Node) -> NamedPlan:
    """Module 4."""
    plan = NamedPlan(
        starts_on=node.past_day("startdate"),
        residential=node.open_code(Residential, "planres"),
        work_based=node.text("planwbp"),
        personal_budget=node.flag("pb"),
        organised_arrangements=node.flag("oa"),
        direct_payment=node.text("dp"),
        ceased_on=node.past_day("ceasedate"),
        cease_reason=node.code(CeaseReason, "ceasereason"),
        placements=tuple(_placement(part, at) for at, part in enumerate(node.parts("plandetail"), start=1)),
    )
    node.warn_of_the_rest()
    return plan


def _active_plan(node: Node) -> ActivePlan:
    """Module 5. Before 2024 the residential and work-based codes stood here; they count for each placement."""
    residential, work_based = node.open_code(Residential, "res"), node.text("wbp")
    plan = ActivePlan(
        transfer_from=node.text("transferla"),
        review_meeting_on=node.past_day("reviewmeeting"),
        review_outcome=node.code(ReviewOutcome, "reviewoutcome"),
        review_drafted_on=node.past_day("reviewdraft"),
        phase_transfer_due_on=node.day("phasetransferduedate"),
        phase_transfer_final_on=node.day("phasetransferfinaldate"),
        last_review_on=node.past_day("lastreview"),
        placements=tuple(
            _placement(part, at, residential, work_based)
            for at, part in enumerate(node.parts("placementdetail"), start=1)
        ),
        needs=tuple(_needs(node)),
    )
    node.warn_of_the_rest()
    return plan


def _placement(node: Node, position: int, residential: str | None = None, work_based: str | None = None) -> Placement:
    placement = Placement(
        rank=node.rank("placementrank", highest=None, otherwise=position),
        urn=node.identifier(check_urn, "urn"),
        ukprn=node.identifier(check_ukprn, "ukprn"),
        setting=node.open_code(Setting, "sensetting"),
        setting_other=node.text("sensettingother"),
        sen_unit=node.flag("senunitindicator"),
        resourced_provision=node.flag("resourcedprovisionindicator"),
        entered_on=node.day("entrydate"),
        left_on=node.day("leavingdate"),
        residential=node.open_code(Residential, "res") or residential,
        work_based=node.text("wbp") or work_based,
    )
    node.warn_of_the_rest()
    return placement


def _needs(node: Node) -> list[Need]:
    needs: list[Need] = []
    for position, part in enumerate(node.parts("senneed"), start=1):
        sen_type = part.code(SenType, "sentype")
        rank = part.rank("sentyperank", highest=2, otherwise=min(position, 2))
        if sen_type is None and not part.says("sentype"):
            part.complain("need-type-missing", "a need has a type", "sentype")
        elif any(rank == earlier.rank for earlier in needs):
            part.complain("need-rank-repeated", "one need is primary and one secondary", "sentyperank")
        if sen_type is not None:
            needs.append(Need(sen_type, rank))
        part.warn_of_the_rest()
    return needs
