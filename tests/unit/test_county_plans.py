"""The assessments and plans of the synthetic county."""

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise

from hub.county.county import County
from hub.law.duties import DutyRule, DutyState
from hub.law.vocabulary import (
    AgreementStatus,
    PlanStatus,
    SectionCode,
)
from tests.counties import BEFORE_FINAL, IN_FORCE, by_id, grouped


def test_the_days_of_an_assessment_are_in_order(told: tuple[County, date]) -> None:
    for row in told[0].rows["assessment"]:
        began, decided, ended = row["requested_on"], row["decided_on"], row["outcome_on"]
        assert (row["decision"] is None) == (decided is None)
        assert (row["outcome"] is None) == (ended is None)
        assert began is None or decided is None or began <= decided
        assert ended is None or decided < ended


def test_about_as_many_plans_are_late_as_in_england(county: County) -> None:
    """46.4% within twenty weeks; decided within six weeks 84.8% (EES 2025)."""
    states = {
        rule: Counter(row["announced_state"] for row in county.rows["duty"] if row["rule"] is rule and row["met_on"])
        for rule in (DutyRule.FINALISE_PLAN, DutyRule.DECIDE_WHETHER_TO_ASSESS)
    }
    plans, decisions = states.values()
    assert 0.3 < plans[DutyState.MET] / plans.total() < 0.65
    assert 0.75 < decisions[DutyState.MET] / decisions.total() < 0.97


def test_a_version_has_the_dates_of_its_status(told: tuple[County, date]) -> None:
    county, _ = told
    for row in county.rows["plan"]:
        days = [row[name] for name in ("drafted_on", "served_on", "finalised_on", "ceased_on") if row[name]]
        assert days == sorted(days)
        assert (row["finalised_on"] is None) == (row["status"] in BEFORE_FINAL)
        assert (row["served_on"] is None) == (row["status"] is PlanStatus.DRAFT)
        assert (row["ceased_on"] is not None) == (row["status"] in {PlanStatus.CEASED, PlanStatus.TRANSFERRED})
        assert (row["transferred_to_id"] is not None) == (row["status"] is PlanStatus.TRANSFERRED)
        if row["finalised_on"]:  # reg. 13(1)(a): fifteen days, that of service the first
            assert row["finalised_on"] >= row["served_on"] + timedelta(days=15)


def test_versions_follow_each_other_and_one_at_most_is_in_force(told: tuple[County, date]) -> None:
    county, _ = told
    plans = by_id(county.rows["plan"])
    for versions in grouped(county.rows["plan"], "child_id").values():
        ordered = sorted(versions, key=lambda row: row["version"])
        assert [row["version"] for row in ordered] == list(range(1, len(ordered) + 1))
        assert ordered[0]["supersedes_id"] is None
        for before, after in pairwise(ordered):
            assert after["supersedes_id"] == before["id"]
            assert (after["finalised_on"] is None) == (before["status"] is PlanStatus.AMENDMENT_PROPOSED)
        assert sum(row["status"] in IN_FORCE for row in ordered) <= 1
    superseded = {row["supersedes_id"] for row in plans.values()}
    assert {row["id"] for row in plans.values() if row["status"] is PlanStatus.SUPERSEDED} <= superseded


def test_a_plan_has_each_section_apart_and_a_draft_names_no_school(told: tuple[County, date]) -> None:
    """SEND Regs 2014 reg. 12(1), CFA 2014 s. 38(5)."""
    county, _ = told
    sections = grouped(county.rows["plan_section"], "plan_id")
    budgets = {row["plan_id"] for row in county.rows["personal_budget"]}
    for plan in county.rows["plan"]:
        codes = {row["code"] for row in sections[plan["id"]]}
        always = set(SectionCode) - {SectionCode.I, SectionCode.J}
        assert codes >= always
        assert (SectionCode.I in codes) == (plan["status"] not in BEFORE_FINAL)
        assert SectionCode.J not in codes or plan["id"] in budgets


def test_every_need_leads_through_provision_to_an_outcome(told: tuple[County, date]) -> None:
    """The golden thread: need, provision and outcome of one plan."""
    county, _ = told
    plans = {
        name: {row["id"]: row["plan_id"] for row in county.rows[name]} for name in ("need", "outcome", "provision")
    }
    reached = {row["provision_id"]: row["outcome_id"] for row in county.rows["provision_outcome"]}
    for row in county.rows["provision"]:
        assert plans["need"][row["need_id"]] == row["plan_id"] == plans["outcome"][reached[row["id"]]]
    assert set(plans["need"]) == {row["need_id"] for row in county.rows["provision"]}
    sections = {row["id"]: row["section"] for row in county.rows["need"]}
    leads_to = {(sections[row["need_id"]], row["section"]) for row in county.rows["provision"]}
    assert leads_to == {
        (SectionCode.B, SectionCode.F),
        (SectionCode.C, SectionCode.G),
        (SectionCode.D, SectionCode.H1),
        (SectionCode.D, SectionCode.H2),
    }


def test_provision_is_specified_and_quantified(told: tuple[County, date]) -> None:
    """CFA 2014 s. 37(2), SEND Code 9.69: who, how qualified, how often, how long, where."""
    for row in told[0].rows["provision"]:
        for column in ("frequency", "delivered_by", "qualification", "setting"):
            assert row[column]
        assert row["frequency"].lower() in row["description"].lower()
        assert row["minutes_per_week"] is None or 0 < row["minutes_per_week"] <= 1680
        assert row["annual_cost"] >= 20
    quantified = [row["minutes_per_week"] is not None for row in told[0].rows["provision"]]
    assert sum(quantified) > 0.95 * len(quantified)


def test_plans_prepare_for_adulthood_from_year_9(county: County) -> None:
    """SEND Regs 2014 reg. 12(3)."""
    children, needs = by_id(county.rows["child"]), grouped(county.rows["need"], "plan_id")
    for plan in county.rows["plan"]:
        born, made = children[plan["child_id"]]["date_of_birth"], plan["drafted_on"]
        if (made - born).days > 14.1 * 365.25:
            assert any(row["area"] == "Preparing for adulthood" for row in needs[plan["id"]])


def test_health_provision_of_a_final_plan_is_agreed_left_out_or_not_recorded(told: tuple[County, date]) -> None:
    """SEND Regs 2014 reg. 12(2): nothing is in section G of a plan that the commissioner has not agreed."""
    county, _ = told
    plans = by_id(county.rows["plan"])
    agreements = {row["provision_id"]: row for row in county.rows["provision_agreement"]}
    settled = {AgreementStatus.AGREED, AgreementStatus.LEFT_OUT, AgreementStatus.NOT_RECORDED}
    bodies = by_id(county.rows["organisation"])
    health = [row for row in county.rows["provision"] if row["section"] is SectionCode.G]
    assert {row["id"] for row in health} == set(agreements)
    for row in health:
        agreement, plan = agreements[row["id"]], plans[row["plan_id"]]
        if plan["status"] not in BEFORE_FINAL:
            assert agreement["status"] in settled
        decided = agreement["decided_on"]
        assert (decided is None) == (agreement["status"] in {"NOT_ASKED", "ASKED", "NOT_RECORDED"})
        assert (agreement["reasons"] is not None) == (agreement["status"] in {"DECLINED", "LEFT_OUT"})
        body = bodies[agreement["commissioner_id"]]
        if decided:
            assert plan["drafted_on"] <= decided <= (plan["finalised_on"] or date.max)
            assert (body["in_force_from"] or date.min) <= decided <= (body["in_force_to"] or date.max)
        texts = [
            section["text"]
            for section in county.rows["plan_section"]
            if section["plan_id"] == plan["id"] and section["code"] is SectionCode.G
        ]
        assert (row["description"] in texts[0]) == (agreement["status"] is not AgreementStatus.LEFT_OUT)


def test_deliveries_are_of_months_that_are_over_and_say_why_they_fell_short(told: tuple[County, date]) -> None:
    county, today = told
    for row in county.rows["delivery"]:
        assert row["period"] < f"{today:%Y-%m}"
        assert 0 <= row["delivered_minutes"] <= row["planned_minutes"]
        assert (row["shortfall_reason"] is not None) == (row["delivered_minutes"] < row["planned_minutes"])
