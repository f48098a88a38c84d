"""Personal budgets as Account and Contract: each funder sees its part, added up by the one function of the law."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from adapters.nhs_fhir.reads.rows import Below, Rows, bodies_of, rows_below, rows_of, rows_seen, to_child
from adapters.nhs_fhir.showing import Page, Readable, Shown, Wanted, child_parameters, code_parameter, terms_of
from fhir_mappings.budget import ACCOUNT_STATUS, Budget, Total, to_account
from fhir_mappings.budget_item import CONTRACT_STATUS, Item, to_contract
from fhir_mappings.direct_payment import Decided, DirectPayment, DueOn, Moved, Undertaken
from fhir_mappings.elements import organisation_reference
from fhir_mappings.values import Json
from hub.actions.transaction import Transaction
from hub.db import tables
from hub.db.budgets import in_pence_or_none, pence_of
from hub.db.queries import Organisation
from hub.db.sharing_parts import BUDGET_PARTS
from hub.db.shown import Record
from hub.law.budget_direct_payment_events import Undertaking
from hub.law.budget_money import Amount, Due, Standing, reconcile, totals
from hub.law.reg17_disclosure import Part

_BUDGETS = frozenset(BUDGET_PARTS.values())


async def load_accounts(tx: Transaction, wanted: Wanted) -> Page:
    having = {"status": terms_of(ACCOUNT_STATUS, wanted.asked["status"])} if "status" in wanted.asked else {}
    found = await rows_of(tx, tables.personal_budget, wanted, having=having)
    items = await rows_below(tx, tables.budget_item, "personal_budget_id", found.rows)
    dues = await rows_below(tx, tables.amount_due, "personal_budget_id", found.rows)
    payments = await rows_below(tx, tables.payment, "budget_item_id", _all(items))
    bodies = await bodies_of(tx, [*_all(items), *_all(dues), *_all(payments)], "funder_id")
    bodies |= await bodies_of(tx, found.rows, "owner_id")
    plans = await rows_seen(tx, tables.plan, (row["plan_id"] for row in found.rows))
    money = _Money(items, dues, payments, plans)
    return found.page(_account(found, row, money, bodies) for row in found.rows)


@dataclass(frozen=True, slots=True)
class _Money:
    """What stands below budgets, and (owner, id) of the plans they are of, as far as they are open to the caller."""

    items: Below
    dues: Below
    payments: Below
    plans: Collection[tuple[UUID, UUID]]

    def amounts(self, key: tuple[UUID, UUID]) -> list[Amount]:
        """Everything in a budget that is added up."""
        found: list[Amount] = []
        for due in self.dues.get(key, ()):
            for standing, name in ((Standing.INDICATIVE, "indicative_amount"), (Standing.AGREED, "agreed_amount")):
                if due[name] is not None:
                    amount = pence_of(due[name])
                    found.append(Amount(due["kind"], due["funder_id"], due["due_on"], standing, amount))
        for item in self.items.get(key, ()):
            found += [
                Amount(paid["kind"], paid["funder_id"], paid["paid_on"], Standing.PAID, pence_of(paid["amount"]))
                for paid in self.payments.get((item["owner_id"], item["id"]), ())
            ]
        return found


def _account(found: Rows, row: Record, money: _Money, bodies: Mapping[UUID, Organisation]) -> Shown:
    child, key = found.child(row), (row["owner_id"], row["id"])
    whole = Part.BUDGET_TOTAL in child.parts
    budget = Budget(
        row["id"],
        row["status"],
        row["plan_id"] if (row["owner_id"], row["plan_id"]) in money.plans else None,
        row["requested_on"],
        row["requested_by"],
        row["direct_payments_requested"],
        row["section_j_behind"],
        row["decider"],
        row["decides_because"],
        in_pence_or_none(row["whole_indicative"]) if whole else None,
        in_pence_or_none(row["whole_agreed"]) if whole else None,
        in_pence_or_none(row["whole_paid"]) if whole else None,
        tuple(
            Total(
                each.kind,
                organisation_reference(bodies[each.funder]),
                each.financial_year,
                each.indicative,
                each.agreed,
                each.paid,
            )
            for each in totals(money.amounts(key))
        ),
        tuple(each["id"] for each in money.items.get(key, ())),
    )
    parts = _BUDGETS | {Part.BUDGET_TOTAL}
    account = to_account(budget, child=found.known(row), authority=organisation_reference(bodies[row["owner_id"]]))
    return Shown(account, child, parts & child.parts | {Part.IDENTITY}, parts - child.parts, to_child(child))


async def load_contracts(tx: Transaction, wanted: Wanted) -> Page:
    having = {"status": terms_of(CONTRACT_STATUS, wanted.asked["status"])} if "status" in wanted.asked else {}
    found = await rows_of(tx, tables.budget_item, wanted, having=having)
    directly = await rows_below(tx, tables.direct_payment, "budget_item_id", found.rows)
    below = _Below(
        directly,
        await rows_below(tx, tables.amount_due, "budget_item_id", found.rows),
        await rows_below(tx, tables.payment, "budget_item_id", found.rows),
        await rows_below(tx, tables.spending, "budget_item_id", found.rows),
        await rows_below(tx, tables.direct_payment_decision, "direct_payment_id", _all(directly)),
    )
    provisions = await rows_seen(tx, tables.provision, (row["provision_id"] for row in found.rows))
    agreements = await rows_seen(tx, tables.provision_agreement, (row["agreement_id"] for row in found.rows))
    bodies = await bodies_of(tx, found.rows, "owner_id", "funder_id", "arranged_by_id")
    return found.page(
        _contract(found, row, _item(row, below, provisions, agreements, bodies, tx.today), bodies) for row in found.rows
    )


@dataclass(frozen=True, slots=True)
class _Below:
    """What stands below items, as far as it is open to the caller."""

    direct_payments: Below
    dues: Below
    payments: Below
    spending: Below
    decisions: Below

    def money(self, key: tuple[UUID, UUID], part: UUID | None) -> dict[str, Any]:
        """What is due, paid and spent of a part of an item: of a direct payment, or (None) of the rest."""

        def of_part(rows: Below) -> list[Record]:
            return [row for row in rows.get(key, ()) if row["direct_payment_id"] == part]

        dues = sorted(of_part(self.dues), key=lambda row: row["due_on"])
        return {
            "dues": tuple(
                DueOn(row["due_on"], in_pence_or_none(row["indicative_amount"]), in_pence_or_none(row["agreed_amount"]))
                for row in dues
            ),
            "payments": _moved(of_part(self.payments), "paid_on"),
            "spending": _moved(of_part(self.spending), "spent_on"),
        }


def _moved(rows: Iterable[Record], day: str) -> tuple[Moved, ...]:
    return tuple(
        Moved(row[day], pence_of(row["amount"])) for row in sorted(rows, key=lambda row: (row[day], row["id"]))
    )


def _item(
    row: Record,
    below: _Below,
    provisions: Mapping[tuple[UUID, UUID], Record],
    agreements: Mapping[tuple[UUID, UUID], Record],
    bodies: Mapping[UUID, Organisation],
    today: date,
) -> Item:
    owner, key = row["owner_id"], (row["owner_id"], row["id"])
    come_to = reconcile(
        _dues(below.dues.get(key, ()), "due_on", "agreed_amount"),
        _dues(below.payments.get(key, ()), "paid_on", "amount"),
        _dues(below.spending.get(key, ()), "spent_on", "amount"),
        by=today,
    )
    agreement = agreements.get((owner, row["agreement_id"]))
    arranger = row["arranged_by_id"]
    return Item(
        id=row["id"],
        budget_id=row["personal_budget_id"],
        status=row["status"],
        kind=row["kind"],
        funder=organisation_reference(bodies[row["funder_id"]]),
        financial_year=row["financial_year"],
        per=row["per"],
        mechanism=row["mechanism"],
        buys=row["buys"],
        provision_id=row["provision_id"] if (owner, row["provision_id"]) in provisions else None,
        provision_agreed=agreement["status"] if agreement else None,
        indicative=in_pence_or_none(row["indicative_amount"]),
        agreed=in_pence_or_none(row["amount"]),
        due=come_to.due,
        paid=come_to.paid,
        spent=come_to.spent,
        starts_on=row["starts_on"],
        ends_on=row["ends_on"],
        decided_on=row["decided_on"],
        reasons=row["reasons"],
        aggregate_because=row["aggregate_because"],
        pool_id=row["pool_id"],
        arranged_by=organisation_reference(bodies[arranger]) if arranger else None,
        direct_payments=tuple(_direct_payment(each, below) for each in below.direct_payments.get(key, ())),
        **below.money(key, None),
    )


def _decided(row: Record) -> Decided:
    return Decided(
        row["decision"],
        row["decided_on"],
        row["effective_on"],
        row["reasons"],
        in_pence_or_none(row["amount"]),
        in_pence_or_none(row["amount_before"]),
        row["stop_ground"],
        row["repayment_ground"],
        row["repay_by"],
        row["reconsidered_on"],
        row["outcome"],
        row["outcome_reasons"],
    )


def _direct_payment(row: Record, below: _Below) -> DirectPayment:
    decisions = below.decisions.get((row["owner_id"], row["id"]), ())
    return DirectPayment(
        row["id"],
        row["status"],
        row["per"],
        row["regime"],
        row["recipient"],
        in_pence_or_none(row["amount"]),
        row["starts_on"],
        row["ends_on"],
        row["notice_served_on"],
        row["agreed_on"],
        row["premises_consent_on"],
        row["reviewed_on"],
        share=in_pence_or_none(row["share"]),
        goods=row["goods"],
        conditions=row["conditions"],
        on_premises=row["on_premises"],
        undertakings=tuple(Undertaken(Undertaking(each)) for each in row["undertakings"] or ()),
        young_person_asked_on=row["young_person_asked_on"],
        young_persons_wish=row["young_persons_wish"],
        decisions=tuple(_decided(each) for each in decisions),
        **below.money((row["owner_id"], row["budget_item_id"]), row["id"]),
    )


def _contract(found: Rows, row: Record, item: Item, bodies: Mapping[UUID, Organisation]) -> Shown:
    child = found.child(row)
    contract: Json = to_contract(
        item, child=found.known(row), authority=organisation_reference(bodies[row["owner_id"]])
    )
    hidden = row["provision_id"] is not None and item.provision_id is None
    withheld = _PROVISION_PARTS - child.parts if hidden else frozenset[Part]()
    return Shown(contract, child, frozenset({BUDGET_PARTS[row["kind"]], Part.IDENTITY}), withheld, to_child(child))


_PROVISION_PARTS = frozenset({Part.SECTION_F, Part.SECTION_G, Part.SECTION_H1, Part.SECTION_H2})


def _dues(rows: Iterable[Record], day: str, amount: str) -> list[Due]:
    return [Due(row[day], pence_of(row[amount])) for row in rows if row[amount] is not None]


def _all(below: Below) -> list[Record]:
    return [row for rows in below.values() for row in rows]


READS = (
    Readable(
        "Account",
        "A personal budget (CFA 2014 s. 49): its standing, and what its items come to, as far as they are open",
        load_accounts,
        {**child_parameters(), "status": code_parameter("The status of an Account", ACCOUNT_STATUS)},
        {"patient": "Patient"},
        narrow=frozenset({"patient"}),
    ),
    Readable(
        "Contract",
        "What one funder gives for one thing in a personal budget, and how far it has agreed and paid",
        load_contracts,
        {**child_parameters(), "status": code_parameter("The status of a Contract", CONTRACT_STATUS)},
        {"patient": "Patient"},
        narrow=frozenset({"patient"}),
    ),
)
