"""What one funder gives for one thing in a personal budget (CFA 2014 s. 49) <-> Contract.

FHIR's Contract has no payment period, no mechanism and nothing but one net amount: these travel in send-budget-item and
send-direct-payment, so that nothing is lost. An amount is an exact decimal in pounds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any
from uuid import UUID

from fhir_mappings import budget_systems, identifiers, profiles
from fhir_mappings.direct_payment import LIFE_PIECES, MONEY_PIECES, DirectPayment, DueOn, Moved
from fhir_mappings.elements import code_of, compact, day_of, first, id_of, subject_reference, uuid_of
from fhir_mappings.extension import (
    Pence,
    Piece,
    coded,
    complex_,
    dated,
    find_extension,
    identified,
    money,
    pence_of,
    priced,
    read_pieces,
    worded,
    written,
)
from fhir_mappings.outcome import Faults
from fhir_mappings.values import Child, Json, Located
from hub.law.s49_personal_budget import AggregateBecause, Buys, ItemStatus
from hub.law.vocabulary import (
    AgreementStatus,
    BudgetKind,
    PaymentMechanism,
    PaymentPeriod,
)


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


_DIRECT_PAYMENT = (
    identified("id", "id", identifiers.DIRECT_PAYMENT),
    coded("status", "status", budget_systems.DIRECT_PAYMENT_STATUS),
    coded("per", "per", budget_systems.PAYMENT_PERIOD),
    coded("regime", "regime", budget_systems.REGIME),
    coded("recipient", "recipient", budget_systems.RECIPIENT),
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
    coded("per", "per", budget_systems.PAYMENT_PERIOD),
    coded("mechanism", "mechanism", budget_systems.PAYMENT_MECHANISM),
    coded("buys", "buys", budget_systems.BUYS),
    coded("provisionAgreed", "provision_agreed", budget_systems.AGREEMENT_STATUS),
    priced("indicative", "indicative"),
    priced("due", "due"),
    priced("paid", "paid"),
    priced("spent", "spent"),
    dated("decided", "decided_on"),
    worded("reasons", "reasons"),
    coded("aggregateBecause", "aggregate_because", budget_systems.AGGREGATE_BECAUSE),
    identified("pool", "pool_id", identifiers.POOL),
    complex_("directPayment", "direct_payments", _DIRECT_PAYMENT, DirectPayment, many=True),
    *MONEY_PIECES,
)

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


def to_contract(item: Item, *, child: Child | None, authority: Json) -> Json:
    """The Contract. `authority` is a Reference to the body that keeps the plan."""
    parties = [(budget_systems.FUNDER, item.funder), (budget_systems.ARRANGER, item.arranged_by)]
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
            "type": {"coding": [budget_systems.CONTRACT_TYPE]},
            "topicReference": {"reference": f"Account/{item.budget_id}", "type": "Account"},
            "term": [
                {
                    "type": {"coding": [budget_systems.BUDGET_KIND.coding(item.kind)]},
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
    kind = code_of(budget_systems.BUDGET_KIND, term.get("type"), faults, f"{at}.term[0].type")
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
