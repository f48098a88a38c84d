"""A personal budget (CFA 2014 s. 49) <-> Account, and each thing that one funder gives in it <-> Contract.

FHIR's Account has no standing of a budget and no sums by funder and year; its Contract no payment period, no mechanism
and nothing but one net amount: these travel in send-personal-budget, send-budget-item and send-direct-payment, so that
nothing is lost. An amount is an exact decimal in pounds. Bank details stand in neither: the hub has none.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any
from uuid import UUID

from fhir_mappings import identifiers, profiles, systems
from fhir_mappings.direct_payment import LIFE_PIECES, MONEY_PIECES, DirectPayment, DueOn, Moved
from fhir_mappings.elements import code_of, compact, day_of, first, id_of, subject_reference, uuid_of
from fhir_mappings.extension import (
    Pence,
    Piece,
    body,
    coded,
    complex_,
    dated,
    find_extension,
    flagged,
    identified,
    money,
    pence_of,
    priced,
    read_pieces,
    referring,
    worded,
    written,
)
from fhir_mappings.outcome import Faults
from fhir_mappings.values import Child, Json, Located
from hub.law.reg64_decision_makers import Decider, DecidesBecause
from hub.law.s49_personal_budget import AggregateBecause, Buys, ItemStatus
from hub.law.vocabulary import (
    AgreementStatus,
    BudgetKind,
    BudgetStatus,
    PaymentMechanism,
    PaymentPeriod,
)


@dataclass(frozen=True, slots=True)
class Total:
    """The sums of one kind, funder and financial year. `funder` is a Reference."""

    kind: BudgetKind
    funder: Json
    financial_year: str
    indicative: Pence
    agreed: Pence
    paid: Pence


@dataclass(frozen=True, slots=True)
class Budget:
    """A personal budget, as far as it is open to its reader."""

    id: UUID
    status: BudgetStatus
    plan_id: UUID | None = None
    requested_on: date | None = None
    requested_by: str | None = None
    direct_payments_requested: bool = False
    section_j_behind: bool = False
    decider: Decider | None = None
    decides_because: DecidesBecause | None = None
    whole_indicative: Pence | None = None
    whole_agreed: Pence | None = None
    whole_paid: Pence | None = None
    totals: tuple[Total, ...] = ()
    items: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Item:
    """What one funder gives for one thing: indicated, agreed or declined, with what was paid and spent of it.

    `dues`, `payments`, `spending`: of what is paid otherwise than directly; each direct payment has its own.
    `funder` and `arranged_by` are References. `provision_agreed`: how the funder stands to the provision in section G.
    """

    id: UUID
    budget_id: UUID
    status: ItemStatus
    kind: BudgetKind
    funder: Json
    financial_year: str
    per: PaymentPeriod
    mechanism: PaymentMechanism
    buys: Buys
    provision_id: UUID | None = None
    provision_agreed: AgreementStatus | None = None
    indicative: Pence | None = None
    agreed: Pence | None = None
    due: Pence = 0
    paid: Pence = 0
    spent: Pence = 0
    starts_on: date | None = None
    ends_on: date | None = None
    decided_on: date | None = None
    reasons: str | None = None
    aggregate_because: AggregateBecause | None = None
    pool_id: UUID | None = None
    arranged_by: Json | None = None
    direct_payments: tuple[DirectPayment, ...] = ()
    dues: tuple[DueOn, ...] = ()
    payments: tuple[Moved, ...] = ()
    spending: tuple[Moved, ...] = ()


_TOTAL = (
    coded("kind", "kind", systems.BUDGET_KIND),
    body("funder", "funder"),
    worded("financialYear", "financial_year"),
    priced("indicative", "indicative"),
    priced("agreed", "agreed"),
    priced("paid", "paid"),
)
BUDGET_PIECES: Sequence[Piece] = (
    coded("status", "status", systems.BUDGET_STATUS),
    referring("plan", "plan_id", "CarePlan"),
    dated("requested", "requested_on"),
    worded("requestedBy", "requested_by"),
    flagged("directPaymentsRequested", "direct_payments_requested"),
    flagged("sectionJBehind", "section_j_behind"),
    coded("decider", "decider", systems.DECIDER),
    coded("decidesBecause", "decides_because", systems.DECIDES_BECAUSE),
    priced("wholeIndicative", "whole_indicative"),
    priced("wholeAgreed", "whole_agreed"),
    priced("wholePaid", "whole_paid"),
    complex_("total", "totals", _TOTAL, Total, many=True),
    Piece(
        "item",
        "items",
        referring("item", "items", "Contract").write,
        referring("item", "items", "Contract").read,
        "Reference",
        many=True,
    ),
)
_DIRECT_PAYMENT = (
    identified("id", "id", identifiers.DIRECT_PAYMENT),
    coded("status", "status", systems.DIRECT_PAYMENT_STATUS),
    coded("per", "per", systems.PAYMENT_PERIOD),
    coded("regime", "regime", systems.REGIME),
    coded("recipient", "recipient", systems.RECIPIENT),
    priced("amount", "amount"),
    dated("starts", "starts_on"),
    dated("ends", "ends_on"),
    dated("noticeServed", "notice_served_on"),
    dated("agreed", "agreed_on"),
    dated("premisesConsent", "premises_consent_on"),
    dated("reviewed", "reviewed_on"),
    *LIFE_PIECES,
    *MONEY_PIECES,
)
ITEM_PIECES: Sequence[Piece] = (
    worded("financialYear", "financial_year"),
    coded("per", "per", systems.PAYMENT_PERIOD),
    coded("mechanism", "mechanism", systems.PAYMENT_MECHANISM),
    coded("buys", "buys", systems.BUYS),
    coded("provisionAgreed", "provision_agreed", systems.AGREEMENT_STATUS),
    priced("indicative", "indicative"),
    priced("due", "due"),
    priced("paid", "paid"),
    priced("spent", "spent"),
    dated("decided", "decided_on"),
    worded("reasons", "reasons"),
    coded("aggregateBecause", "aggregate_because", systems.AGGREGATE_BECAUSE),
    identified("pool", "pool_id", identifiers.POOL),
    complex_("directPayment", "direct_payments", _DIRECT_PAYMENT, DirectPayment, many=True),
    *MONEY_PIECES,
)

ACCOUNT_STATUS: Mapping[BudgetStatus, str] = MappingProxyType(
    {
        BudgetStatus.REQUESTED: "on-hold",
        BudgetStatus.PROPOSED: "on-hold",
        BudgetStatus.AGREED: "active",
        BudgetStatus.IN_PAYMENT: "active",
        BudgetStatus.SUSPENDED: "on-hold",
        BudgetStatus.ENDED: "inactive",
        BudgetStatus.REFUSED: "inactive",
        BudgetStatus.NOT_RECORDED: "unknown",
    }
)
"""Account.status, a required binding, which says less than the budget's own: that one is in the extension."""

CONTRACT_STATUS: Mapping[ItemStatus, str] = MappingProxyType(
    {
        ItemStatus.PROPOSED: "offered",
        ItemStatus.AGREED: "executed",
        ItemStatus.DECLINED: "rejected",
        ItemStatus.LEFT_OUT: "cancelled",
        ItemStatus.ENDED: "terminated",
    }
)
"""Contract.status, a required binding."""

_ITEM_STATUS = {code: status for status, code in CONTRACT_STATUS.items()}


def to_account(budget: Budget, *, child: Child | None, authority: Json) -> Json:
    """The Account that the authority keeps. `authority` is a Reference."""
    return {
        "resourceType": "Account",
        "id": str(budget.id),
        "extension": [{"url": profiles.BUDGET_EXTENSION, "extension": written(budget, BUDGET_PIECES)}],
        "identifier": [{"system": identifiers.PERSONAL_BUDGET, "value": str(budget.id)}],
        "status": ACCOUNT_STATUS[budget.status],
        "type": {"coding": [systems.ACCOUNT_TYPE]},
        "subject": [subject_reference(child)],
        "owner": authority,
    }


def read_account(located: Located, faults: Faults) -> Budget | None:
    """The budget that an Account tells; None where something is wrong."""
    found = find_extension(located.resource, profiles.BUDGET_EXTENSION)
    said = read_pieces(found, BUDGET_PIECES, faults, located.at)
    id_ = id_of(located, faults)
    if id_ is None or "status" not in said:
        faults.add("budget-status", "send-personal-budget says where the budget stands", located.at, code="required")
        return None
    return Budget(id_, **said)


def to_contract(item: Item, *, child: Child | None, authority: Json) -> Json:
    """The Contract. `authority` is a Reference to the body that keeps the plan."""
    parties = [(systems.FUNDER, item.funder), (systems.ARRANGER, item.arranged_by)]
    period = compact({"start": _day(item.starts_on), "end": _day(item.ends_on)})
    return compact(
        {
            "resourceType": "Contract",
            "id": str(item.id),
            "extension": [{"url": profiles.BUDGET_ITEM_EXTENSION, "extension": written(item, ITEM_PIECES)}],
            "status": CONTRACT_STATUS[item.status],
            "applies": period,
            "subject": [subject_reference(child)],
            "authority": [authority],
            "type": {"coding": [systems.CONTRACT_TYPE]},
            "topicReference": {"reference": f"Account/{item.budget_id}", "type": "Account"},
            "term": [
                {
                    "type": {"coding": [systems.BUDGET_KIND.coding(item.kind)]},
                    "offer": {
                        "party": [
                            {"reference": [party], "role": {"coding": [role]}} for role, party in parties if party
                        ]
                    },
                    "asset": [{"valuedItem": [_valued(item)]}],
                }
            ],
        }
    )


def _valued(item: Item) -> Json:
    """The provision that is bought, and the agreed amount for each period; `unitPrice` is never used."""
    provision = {"system": identifiers.PROVISION, "value": str(item.provision_id)} if item.provision_id else None
    return compact(
        {
            "entityReference": {"identifier": provision} if provision else None,
            "entityCodeableConcept": None if provision else {"text": "no provision is named"},
            "net": None if item.agreed is None else money(item.agreed),
        }
    )


def read_contract(located: Located, faults: Faults) -> Item | None:
    """The item that a Contract tells; None where something is wrong."""
    contract, at = located.resource, located.at
    before = len(faults.issues)
    said = read_pieces(find_extension(contract, profiles.BUDGET_ITEM_EXTENSION), ITEM_PIECES, faults, at)
    term = first(contract, "term")
    kind = code_of(systems.BUDGET_KIND, term.get("type"), faults, f"{at}.term[0].type")
    status = _ITEM_STATUS.get(contract.get("status", ""))
    parties = {_role(each): each["reference"][0] for each in term.get("offer", {}).get("party", ())}
    applies: Json = contract.get("applies", {})
    days = {name: day_of(applies[name], faults, f"{at}.applies.{name}") for name in ("start", "end") if name in applies}
    valued = first(first(term, "asset"), "valuedItem")
    more = _read_valued(valued, faults, at)
    budget_id = uuid_of(contract.get("topicReference", {}).get("reference", ""), "Account")
    id_ = id_of(located, faults)
    missing = {"financial_year", "per", "mechanism", "buys"} - said.keys()
    if missing or kind is None or status is None or id_ is None or budget_id is None or "funder" not in parties:
        message = "a budget item names its status, kind, funder, budget, year, period, mechanism and what it buys"
        faults.add("budget-item", message, at, code="required")
        return None
    if len(faults.issues) > before:
        return None
    return Item(
        id=id_,
        budget_id=budget_id,
        status=status,
        kind=kind,
        funder=parties["funder"],
        arranged_by=parties.get("arranger"),
        starts_on=days.get("start"),
        ends_on=days.get("end"),
        **more,
        **said,
    )


def _read_valued(valued: Json, faults: Faults, at: str) -> dict[str, Any]:
    identifier: Json = valued.get("entityReference", {}).get("identifier", {})
    more: dict[str, Any] = {"provision_id": uuid_of(identifier.get("value", ""))}
    if "net" in valued:
        try:
            more["agreed"] = pence_of(valued["net"])
        except ValueError as error:
            faults.add("amount-not-exact", str(error), f"{at}.term[0].asset[0].valuedItem[0].net")
    return more


def _role(party: Json) -> str:
    return str(party["role"]["coding"][0]["code"])


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
