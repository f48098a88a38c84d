"""Personal budgets as Account and Contract: there and back, through the wire, with not a penny lost."""

import json
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from fhir.resources.R4B import get_fhir_model_class
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.nhs_fhir.exchange import fhir_response
from fhir_mappings import identifiers, profiles
from fhir_mappings.budget import Budget, Total, read_account, to_account
from fhir_mappings.budget_item import Item, read_contract, to_contract
from fhir_mappings.direct_payment import Decided, DirectPayment, DueOn, Moved, Undertaken
from fhir_mappings.extension import money, pence_of
from fhir_mappings.outcome import Faults
from fhir_mappings.values import Located
from hub.law.budget_decisions import DecisionOnDirectPayment, ReconsiderationOutcome, RepaymentGround, StopGround
from hub.law.budget_direct_payment_events import Recipient, Undertaking, YoungPersonsWish
from hub.law.budget_regimes import Regime
from hub.law.reg64_decision_makers import Decider, DecidesBecause
from hub.law.s49_personal_budget import AggregateBecause, Buys, ItemStatus
from hub.law.vocabulary import (
    AgreementStatus,
    BudgetKind,
    BudgetStatus,
    DirectPaymentStatus,
    PaymentMechanism,
    PaymentPeriod,
)

AUTHORITY = {"type": "Organization", "identifier": {"system": identifiers.LA_CODE, "value": "990"}}
BOARD = {"type": "Organization", "identifier": {"system": identifiers.ODS_CODE, "value": "QX1"}, "display": "ICB"}

cases = settings(max_examples=40, deadline=None, database=None, derandomize=True)
words = st.text(st.characters(codec="utf-8", categories=("L", "N", "P")), min_size=1, max_size=20)
days = st.none() | st.dates(date(2000, 1, 1), date(2050, 1, 1))
pence = st.integers(0, 100_000_000)
amounts = st.none() | pence
bodies = st.sampled_from([AUTHORITY, BOARD])
years = st.sampled_from(["2026-27", "2027-28"])

some_days = st.dates(date(2000, 1, 1), date(2050, 1, 1))
moved = st.lists(st.builds(Moved, some_days, pence), max_size=2).map(tuple)
due_on = st.lists(st.builds(DueOn, some_days, amounts, amounts), max_size=2).map(tuple)
decisions = st.builds(
    Decided,
    st.sampled_from(DecisionOnDirectPayment),
    some_days,
    some_days,
    st.none() | words,
    amounts,
    amounts,
    st.none() | st.sampled_from(StopGround),
    st.none() | st.sampled_from(RepaymentGround),
    days,
    days,
    st.none() | st.sampled_from(ReconsiderationOutcome),
    st.none() | words,
)
direct_payments = st.builds(
    DirectPayment,
    st.uuids(),
    st.sampled_from(DirectPaymentStatus),
    st.sampled_from(PaymentPeriod),
    st.none() | st.sampled_from(Regime),
    st.none() | st.sampled_from(Recipient),
    amounts,
    days,
    days,
    days,
    days,
    days,
    days,
    share=amounts,
    goods=st.none() | words,
    conditions=st.none() | words,
    on_premises=st.booleans(),
    undertakings=st.lists(st.builds(Undertaken, st.sampled_from(Undertaking)), max_size=2).map(tuple),
    young_person_asked_on=days,
    young_persons_wish=st.none() | st.sampled_from(YoungPersonsWish),
    decisions=st.lists(decisions, max_size=2).map(tuple),
    dues=due_on,
    payments=moved,
    spending=moved,
)
items = st.builds(
    Item,
    id=st.uuids(),
    budget_id=st.uuids(),
    status=st.sampled_from(ItemStatus),
    kind=st.sampled_from(BudgetKind),
    funder=bodies,
    financial_year=years,
    per=st.sampled_from(PaymentPeriod),
    mechanism=st.sampled_from(PaymentMechanism),
    buys=st.sampled_from(Buys),
    provision_id=st.none() | st.uuids(),
    provision_agreed=st.none() | st.sampled_from(AgreementStatus),
    indicative=amounts,
    agreed=amounts,
    due=pence,
    paid=pence,
    spent=pence,
    starts_on=days,
    ends_on=days,
    decided_on=days,
    reasons=st.none() | words,
    aggregate_because=st.none() | st.sampled_from(AggregateBecause),
    pool_id=st.none() | st.uuids(),
    arranged_by=st.none() | bodies,
    direct_payments=st.lists(direct_payments, max_size=2).map(tuple),
    dues=due_on,
    payments=moved,
    spending=moved,
)
totals = st.builds(Total, st.sampled_from(BudgetKind), bodies, years, pence, pence, pence)
budgets = st.builds(
    Budget,
    st.uuids(),
    st.sampled_from(BudgetStatus),
    st.none() | st.uuids(),
    days,
    st.none() | words,
    st.booleans(),
    st.booleans(),
    st.none() | st.sampled_from(Decider),
    st.none() | st.sampled_from(DecidesBecause),
    amounts,
    amounts,
    amounts,
    st.lists(totals, max_size=3).map(tuple),
    st.lists(st.uuids(), max_size=3).map(tuple),
)


def sent(resource: dict[str, Any]) -> Located:
    """The resource as a partner's system has it, having been a number on the wire."""
    body = bytes(fhir_response(resource).body)
    read = json.loads(body, parse_float=Decimal)
    get_fhir_model_class(read["resourceType"]).model_validate(read)
    return Located(read["resourceType"], read)


@cases
@given(items)
def test_what_a_funder_gives_goes_there_and_back(item: Item) -> None:
    """Kind, funder, amount with its period, mechanism, what it buys, and how far it has come."""
    faults = Faults()
    assert read_contract(sent(to_contract(item, child=None, authority=AUTHORITY)), faults) == item
    assert not faults.issues


@cases
@given(budgets)
def test_a_budget_with_its_totals_goes_there_and_back(budget: Budget) -> None:
    faults = Faults()
    assert read_account(sent(to_account(budget, child=None, authority=AUTHORITY)), faults) == budget
    assert not faults.issues


@cases
@given(pence)
def test_money_is_exact_on_the_wire(amount: int) -> None:
    """Two decimals, as they were written: 1.50 is not 1.5."""
    body = bytes(fhir_response(money(amount)).body).decode()
    assert f'"value":{amount // 100}.{amount % 100:02}' in body
    assert pence_of(json.loads(body, parse_float=Decimal)) == amount


ITEM = Item(
    UUID(int=1),
    UUID(int=2),
    ItemStatus.AGREED,
    BudgetKind.HEALTH,
    BOARD,
    "2026-27",
    PaymentPeriod.MONTH,
    PaymentMechanism.DIRECT_PAYMENT,
    Buys.GOODS_OR_SERVICES,
    agreed=10_000,
)


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"id": "banana"}, "id-unknown"),
        ({"status": "policy"}, "budget-item"),
        ({"topicReference": {"reference": "Account/banana"}}, "budget-item"),
        ({"term": []}, "budget-item"),
        ({"extension": []}, "budget-item"),
        ({"extension": [{"url": profiles.BUDGET_ITEM_EXTENSION, "extension": [{"url": "bank"}]}]}, "extension-part"),
        ({"applies": {"start": "2026"}}, "date-partial"),
    ],
)
def test_what_a_contract_does_not_say_is_a_fault(change: dict[str, Any], rule: str) -> None:
    contract = to_contract(ITEM, child=None, authority=AUTHORITY)
    faults = Faults()
    assert read_contract(Located("Contract", contract | change), faults) is None
    assert rule in {each.rule for each in faults.issues}


@pytest.mark.parametrize(
    "amount",
    [
        {"value": Decimal("1.005")},
        {"value": 1, "currency": "EUR"},
        {"value": "x"},
        {},
        {"value": Decimal("1e30")},
        {"value": Decimal("NaN")},
    ],
)
def test_an_amount_that_is_not_pounds_and_pence_is_refused(amount: dict[str, Any]) -> None:
    contract = to_contract(ITEM, child=None, authority=AUTHORITY)
    contract["term"][0]["asset"][0]["valuedItem"][0]["net"] = amount
    faults = Faults()
    assert read_contract(Located("Contract", contract), faults) is None
    assert {each.rule for each in faults.issues} == {"amount-not-exact"}
