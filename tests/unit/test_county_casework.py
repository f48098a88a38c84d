"""The reviews, budgets, disputes and arrangements of the synthetic county."""

from datetime import date, timedelta

from hub.county.county import County
from hub.law.vocabulary import (
    BudgetKind,
    BudgetStatus,
    DirectPaymentStatus,
    PaymentMechanism,
    PlanStatus,
    ReviewDecision,
    SectionCode,
)
from tests.counties import by_id, grouped


def test_reviews_are_in_order_and_their_decisions_were_carried_out(told: tuple[County, date]) -> None:
    county, _ = told
    plans = by_id(county.rows["plan"])
    served = {(row["supersedes_id"], row["served_on"]) for row in plans.values()}
    for row in county.rows["review"]:
        days = [row[name] for name in ("meeting_on", "report_on", "decided_on") if row[name]]
        assert days == sorted(days)
        assert (row["decision"] is None) == (row["decided_on"] is None)
        if row["decision"] is ReviewDecision.AMEND:
            assert (row["plan_id"], row["decided_on"]) in served
        if row["decision"] is ReviewDecision.CEASE:
            assert plans[row["plan_id"]]["status"] in {PlanStatus.CEASE_NOTIFIED, PlanStatus.CEASED}


def test_a_plan_ceases_only_when_the_time_to_appeal_is_over(told: tuple[County, date]) -> None:
    """CFA 2014 s. 45(4): two months from the notice."""
    county, _ = told
    decided = {row["plan_id"]: row["decided_on"] for row in county.rows["review"] if row["decision"] == "CEASE"}
    ceased = [row for row in county.rows["plan"] if row["status"] is PlanStatus.CEASED]
    assert all(row["ceased_on"] > decided[row["id"]] + timedelta(days=61) for row in ceased)


def test_a_budget_was_asked_for_while_the_plan_was_a_draft(told: tuple[County, date]) -> None:
    """PB Regs 2014 reg. 4(1)."""
    county, _ = told
    plans = by_id(county.rows["plan"])
    assert 20 <= len(county.rows["personal_budget"]) <= 30
    for row in county.rows["personal_budget"]:
        if row["status"] is BudgetStatus.NOT_RECORDED:
            assert row["requested_on"] is None
        else:
            plan = plans[row["plan_id"]]
            assert plan["served_on"] <= row["requested_on"] <= (plan["finalised_on"] or date.max)


def test_a_plan_with_a_personal_budget_says_so_in_the_return(told: tuple[County, date]) -> None:
    county, _ = told
    counted = {BudgetStatus.AGREED, BudgetStatus.IN_PAYMENT, BudgetStatus.SUSPENDED, BudgetStatus.NOT_RECORDED}
    budgets = {row["plan_id"] for row in county.rows["personal_budget"] if row["status"] in counted}
    assert budgets == {row["id"] for row in county.rows["plan"] if row["personal_budget_reported"]}


def test_budget_items_are_of_their_sections_kind_and_paid_by_who_answers_for_it(told: tuple[County, date]) -> None:
    county, _ = told
    provisions, budgets = by_id(county.rows["provision"]), by_id(county.rows["personal_budget"])
    decided = {"AGREED", "IN_PAYMENT", "SUSPENDED", "ENDED"}
    for row in county.rows["budget_item"]:
        provision = provisions[row["provision_id"]]
        assert (row["kind"] is BudgetKind.HEALTH) == (provision["section"] is SectionCode.G)
        assert (row["agreement_id"] is not None) == (row["kind"] is BudgetKind.HEALTH)
        assert row["funder_id"] == provision["commissioner_id"]
        assert provision["plan_id"] == budgets[row["personal_budget_id"]]["plan_id"]
        assert (row["amount"] is not None) == (budgets[row["personal_budget_id"]]["status"] in decided)


def test_what_is_due_is_agreed_by_whom_it_falls_on_and_nothing_is_due_of_what_a_return_reported(
    told: tuple[County, date],
) -> None:
    county, _ = told
    items, due = by_id(county.rows["budget_item"]), grouped(county.rows["amount_due"], "budget_item_id")
    budgets = by_id(county.rows["personal_budget"])
    for item in items.values():
        for row in due[item["id"]]:
            assert row["agreed_amount"] is None or item["amount"] is not None
            assert item["starts_on"] <= row["due_on"] <= item["ends_on"]
            assert row["funder_id"] == item["funder_id"]
    assert not any(budgets[row["personal_budget_id"]]["status"] is BudgetStatus.NOT_RECORDED for row in items.values())


def test_direct_payments_start_after_notice_agreement_and_consent(told: tuple[County, date]) -> None:
    """PB Regs 2014 regs 8, 9: written notice, written agreement, consent of the head where it is spent on premises."""
    county, _ = told
    items, paid = by_id(county.rows["budget_item"]), grouped(county.rows["payment"], "direct_payment_id")
    pays = {DirectPaymentStatus.PAYING, DirectPaymentStatus.REDUCED, DirectPaymentStatus.STOPPED}
    for row in county.rows["direct_payment"]:
        assert items[row["budget_item_id"]]["mechanism"] is PaymentMechanism.DIRECT_PAYMENT
        payments = paid[row["id"]]
        assert bool(payments) == (row["status"] in pays)
        if row["starts_on"]:
            assert row["notice_served_on"] <= row["agreed_on"] <= row["starts_on"]
            assert (row["premises_consent_on"] is not None) == (row["kind"] is BudgetKind.EDUCATION)
        for payment in payments:
            assert row["starts_on"] <= payment["paid_on"] <= (row["ends_on"] or date.max)
            assert payment["amount"] in {row["amount"], items[row["budget_item_id"]]["indicative_amount"]}
        months = [(payment["paid_on"].year, payment["paid_on"].month) for payment in payments]
        assert len(set(months)) == len(months)


def test_each_kind_of_dispute_has_steps(county: County) -> None:
    steps = grouped(county.rows["dispute_step"], "dispute_id")
    assert all(len(steps[row["id"]]) >= 2 for row in county.rows["dispute"])


def test_the_arrangement_in_force_contains_what_s26_asks_and_is_signed(county: County) -> None:
    """CFA 2014 s. 26(3)(a) to (g), (4)(a) to (c)."""
    in_force, proposed = sorted(county.rows["arrangement"], key=lambda row: row["in_force_from"] is None)
    clauses = {
        row["requirement"] for row in county.rows["arrangement_clause"] if row["arrangement_id"] == in_force["id"]
    }
    assert clauses == {*(f"s. 26(3)({each})" for each in "abcdefg"), *(f"s. 26(4)({each})" for each in "abc")}
    parties = [row for row in county.rows["arrangement_party"] if row["arrangement_id"] == in_force["id"]]
    signed = {row["body_id"] for row in parties if row["signed_at"]}
    assert signed == {in_force["authority_id"], county.commissioner.id}
    assert {row["body_id"] for row in parties if row["role"] == "ACTING"} == {trust.id for trust in county.trusts}
    unsigned = [row for row in county.rows["arrangement_party"] if row["arrangement_id"] == proposed["id"]]
    assert unsigned
    assert not any(row["signed_at"] for row in unsigned)
    assert {row["arrangement_id"] for row in county.rows["sharing_rule"]} == {in_force["id"]}
