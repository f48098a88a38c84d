"""A personal budget (CFA 2014 s. 49) <-> Account.

FHIR's Account has no standing of a budget and no sums by funder and year: these travel in send-personal-budget, so that
nothing is lost. An amount is an exact decimal in pounds. Bank details stand nowhere: the hub has none.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from uuid import UUID

from fhir_mappings import budget_systems, identifiers, profiles
from fhir_mappings.elements import id_of, subject_reference
from fhir_mappings.extension import (
    Pence,
    Piece,
    body,
    coded,
    complex_,
    dated,
    find_extension,
    flagged,
    priced,
    read_pieces,
    referring,
    worded,
    written,
)
from fhir_mappings.outcome import Faults
from fhir_mappings.values import Child, Json, Located
from hub.law.reg64_decision_makers import Decider, DecidesBecause
from hub.law.vocabulary import (
    BudgetKind,
    BudgetStatus,
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


_TOTAL = (
    coded("kind", "kind", budget_systems.BUDGET_KIND),
    body("funder", "funder"),
    worded("financialYear", "financial_year"),
    priced("indicative", "indicative"),
    priced("agreed", "agreed"),
    priced("paid", "paid"),
)
BUDGET_PIECES: Sequence[Piece] = (
    coded("status", "status", budget_systems.BUDGET_STATUS),
    referring("plan", "plan_id", "CarePlan"),
    dated("requested", "requested_on"),
    worded("requestedBy", "requested_by"),
    flagged("directPaymentsRequested", "direct_payments_requested"),
    flagged("sectionJBehind", "section_j_behind"),
    coded("decider", "decider", budget_systems.DECIDER),
    coded("decidesBecause", "decides_because", budget_systems.DECIDES_BECAUSE),
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


def to_account(budget: Budget, *, child: Child | None, authority: Json) -> Json:
    """The Account that the authority keeps. `authority` is a Reference."""
    return {
        "resourceType": "Account",
        "id": str(budget.id),
        "extension": [{"url": profiles.BUDGET_EXTENSION, "extension": written(budget, BUDGET_PIECES)}],
        "identifier": [{"system": identifiers.PERSONAL_BUDGET, "value": str(budget.id)}],
        "status": ACCOUNT_STATUS[budget.status],
        "type": {"coding": [budget_systems.ACCOUNT_TYPE]},
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
