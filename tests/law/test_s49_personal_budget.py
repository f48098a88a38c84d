"""Personal budgets. Asked for in a window, proposed for provision in the plan, agreed by whoever funds it."""

from dataclasses import replace
from itertools import product

import pytest

from hub.law.decisions import Refusal
from hub.law.reg64_decision_makers import Capacity, Decider, decision_maker
from hub.law.s49_personal_budget import (
    BUDGET_TRANSITIONS,
    ITEM_TRANSITIONS,
    AggregateBecause,
    BudgetEvent,
    Buys,
    ItemStatus,
    Proposed,
    Window,
    arranged_by,
    budget_after,
    decided,
    refuse_decision,
    refuse_item,
    refuse_leaving_out,
    refuse_request,
)
from hub.law.vocabulary import (
    AgreementStatus,
    BudgetKind,
    BudgetStatus,
    PaymentMechanism,
    PlanStatus,
    SectionCode,
)
from tests.law.cases import AUTHORITY, BOARD, OTHER_AUTHORITY, day

TODAY = day("2026-11-22")
PARENT = decision_maker(day("2016-03-04"), TODAY)
YOUNG = decision_maker(day("2008-03-04"), TODAY)
DIRECT, HELD = PaymentMechanism.DIRECT_PAYMENT, PaymentMechanism.ARRANGEMENT


def _asked(window: Window, by: Decider = Decider.PARENT, on: str = "2026-11-20") -> str | None:
    refusal = refuse_request(window, by, PARENT, on=day(on), today=TODAY)
    return refusal.rule if refusal else None


@pytest.mark.parametrize("status", PlanStatus)
def test_it_is_asked_for_while_a_draft_is_prepared(status: PlanStatus) -> None:
    """A personal budget may be asked for while a draft plan is being prepared (reg. 4(1)(a)), and not of a plan that is
    final."""
    draft = status in {PlanStatus.DRAFT, PlanStatus.SERVED}
    assert _asked(Window(status)) == (None if draft else "outside-the-window")


def test_it_is_asked_for_while_the_plan_is_reviewed_or_reassessed() -> None:
    """A personal budget may be asked for while the plan is being reviewed or re-assessed (reg. 4(1)(b))."""
    assert _asked(Window(PlanStatus.FINAL, under_review=True)) is None
    assert _asked(Window(PlanStatus.FINAL, under_reassessment=True)) is None


def test_the_parent_asks_or_the_young_person() -> None:
    """It is for the child's parent to ask, or for the young person (s. 49(1)); for whoever stands in, where one lacks
    capacity (reg. 16). Nobody has asked on a day to come."""
    window = Window(PlanStatus.DRAFT)
    assert _asked(window, Decider.YOUNG_PERSON) == "not-theirs-to-ask"
    assert _asked(window, on="2026-11-23") == "in-the-future"
    assert refuse_request(window, Decider.YOUNG_PERSON, YOUNG, on=TODAY, today=TODAY) is None
    stands_in = decision_maker(day("2008-03-04"), TODAY, Capacity(young_person_lacks=True, has_representative=True))
    assert refuse_request(window, Decider.ALTERNATIVE_PERSON, stands_in, on=TODAY, today=TODAY) is None


IN_F = Proposed(SectionCode.F, AUTHORITY, DIRECT)
IN_G = Proposed(SectionCode.G, BOARD, HELD, commissioners={BOARD})


def _proposed(item: Proposed, *, asked: bool = True) -> str | None:
    refusal = refuse_item(item, AUTHORITY, direct_payments_asked=asked, path="0")
    return refusal.rule if refusal else None


def test_an_amount_is_for_particular_provision_in_the_plan() -> None:
    """A personal budget is for particular provision in the plan (s. 49(2)): special educational, health or social
    care."""
    assert [_proposed(replace(IN_F, section=section)) for section in (SectionCode.F, SectionCode.H1)] == [None, None]
    assert _proposed(IN_G) is None
    for section in (None, SectionCode.I, SectionCode.B):
        assert _proposed(replace(IN_F, section=section)) == "not-in-the-plan"


def test_no_direct_payment_is_for_a_place() -> None:
    """A direct payment may not fund a place at a school or post-16 institution (reg. 6(2)); an arrangement may."""
    assert _proposed(replace(IN_F, buys=Buys.PLACE)) == "place-by-direct-payment"
    assert (
        _proposed(replace(IN_F, buys=Buys.PLACE, mechanism=PaymentMechanism.COMBINATION)) == "place-by-direct-payment"
    )
    assert _proposed(replace(IN_F, buys=Buys.PLACE, mechanism=HELD)) is None


def test_direct_payments_are_made_where_they_were_asked_for() -> None:
    """A direct payment is made only where a request for direct payments has been made (reg. 6(1))."""
    assert _proposed(IN_F, asked=False) == "direct-payments-not-asked"
    assert _proposed(replace(IN_F, mechanism=HELD), asked=False) is None


def test_each_funder_funds_its_own_provision() -> None:
    """Health care provision is funded by the responsible commissioning body, and all other by the authority."""
    assert _proposed(replace(IN_F, funder=OTHER_AUTHORITY)) == "not-the-funder"
    assert _proposed(replace(IN_G, funder=AUTHORITY)) == "not-the-funder"


def test_provision_is_left_out_with_reasons() -> None:
    """Provision under arrangements for an aggregate sum is left out where disaggregating the amount would harm other
    services or be inefficient (reg. 4A), and the family is told which and why."""
    assert refuse_leaving_out(AggregateBecause.INEFFICIENT, "One contract for all.", path="0") is None
    for because, reasons in ((None, "One contract."), (AggregateBecause.ADVERSE_IMPACT, " ")):
        refusal = refuse_leaving_out(because, reasons, path="0")
        assert refusal is not None
        assert (refusal.provision, refusal.rule) == ("PB Regs 2014 reg. 4A", "reasons-required")


@pytest.mark.parametrize(("now", "to"), list(product(ItemStatus, ItemStatus)))
def test_a_funder_decides_once_and_may_come_to_agree(now: ItemStatus, to: ItemStatus) -> None:
    """A funder agrees to an amount that is proposed or declines it with reasons, and may agree after all to one that it
    declined. What it agreed to ends; it is not declined afterwards, and counts again only where the decision to stop is
    reconsidered (PB Regs 2014 reg. 14(5))."""
    refusal = refuse_decision(now, to, reasons="There is no such service.", reconsidered=True)
    assert (refusal is None) == ((now, to) in ITEM_TRANSITIONS)
    refusal = refuse_decision(ItemStatus.ENDED, ItemStatus.AGREED)
    assert refusal is not None
    assert (refusal.provision, refusal.rule) == ("PB Regs 2014 reg. 14(5)", "ended")


def test_no_amount_is_agreed_for_what_is_not_in_the_plan() -> None:
    """A personal budget is of the plan and follows it: an amended version takes it over. What the plan no longer has
    ends, and nothing is agreed for it any more, nor once the plan is not maintained (s. 49(1), (2))."""
    for now in (ItemStatus.PROPOSED, ItemStatus.DECLINED, ItemStatus.ENDED):
        refusal = refuse_decision(now, ItemStatus.AGREED, in_the_plan=False, reconsidered=True)
        assert refusal is not None
        assert refusal.rule == "not-in-the-plan"
    assert refuse_decision(ItemStatus.PROPOSED, ItemStatus.ENDED, in_the_plan=False) is None


def test_a_funder_that_declines_says_why() -> None:
    """No funder declines without reasons."""
    refusal = refuse_decision(ItemStatus.PROPOSED, ItemStatus.DECLINED, reasons="-")
    assert refusal is not None
    assert refusal.rule == "reasons-required"


@pytest.mark.parametrize("status", AgreementStatus)
def test_no_health_item_without_the_bodys_agreement_to_the_provision(status: AgreementStatus) -> None:
    """The commissioning body agrees to provision in section G (SEND Regs 2014 reg. 12(2)) before it funds it."""
    refusal = refuse_decision(ItemStatus.PROPOSED, ItemStatus.AGREED, provision_agreed=status)
    assert (refusal is None) == (status is AgreementStatus.AGREED)


def test_a_budget_is_decided_when_every_funder_has() -> None:
    """While one funder has not decided, the budget is proposed; then it is agreed where one at least agrees, and else
    refused."""
    proposed, agreed, declined = ItemStatus.PROPOSED, ItemStatus.AGREED, ItemStatus.DECLINED
    assert decided([proposed, agreed]) is None
    assert decided([declined, agreed, ItemStatus.LEFT_OUT]) is BudgetEvent.DECIDED_FOR
    assert decided([declined, ItemStatus.LEFT_OUT]) is BudgetEvent.DECIDED_AGAINST


@pytest.mark.parametrize(("status", "event"), list(product(BudgetStatus, BudgetEvent)))
def test_a_budget_goes_as_its_table_says(status: BudgetStatus, event: BudgetEvent) -> None:
    """A step that is not in the table of personal budgets is refused, and nothing happens."""
    after = budget_after(status, event)
    expected = BUDGET_TRANSITIONS.get((status, event))
    assert after == expected if expected else isinstance(after, Refusal) and after.rule == "out-of-order"


def test_a_budget_that_a_return_reported_is_completed_first() -> None:
    """Of a budget that is known from a return alone nothing is known but that there is one: amounts are proposed for it
    before anything else, or it ends with its plan."""
    follows = {event for status, event in BUDGET_TRANSITIONS if status is BudgetStatus.NOT_RECORDED}
    assert follows == {BudgetEvent.PROPOSED, BudgetEvent.ENDED}


def test_what_a_direct_payment_buys_counts_as_done_by_whose_duty_it_is() -> None:
    """Special educational provision that is bought with a direct payment counts as secured by the authority (s. 49(5)),
    health care provision as arranged by the body that pays (s. 49(6), (7)); social care has its own law."""
    assert arranged_by(BudgetKind.EDUCATION, AUTHORITY, DIRECT) == AUTHORITY
    assert arranged_by(BudgetKind.HEALTH, BOARD, PaymentMechanism.COMBINATION) == BOARD
    assert arranged_by(BudgetKind.HEALTH, BOARD, HELD) is None
    assert arranged_by(BudgetKind.SOCIAL_CARE, AUTHORITY, DIRECT) is None


def test_the_tables_of_a_budget_and_its_amounts_are_printed_from_the_transitions() -> None:
    """The tables at the end of this book are those that the hub runs on."""
    assert "| **NOT_RECORDED** | PROPOSED | - | - | - | - | ENDED |" in BUDGET_TRANSITIONS.as_markdown()
    assert "| **DECLINED** | AGREED | - | - |" in ITEM_TRANSITIONS.as_markdown()
    assert "    ENDED --> AGREED : AGREED" in ITEM_TRANSITIONS.as_diagram()
