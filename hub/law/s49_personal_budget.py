"""Personal budgets (CFA 2014 s. 49; PB Regs 2014 regs 4, 4A). Direct payments are in budget_direct_payments.

In words:

1.  The parent or the young person may ask while a draft plan is being prepared, or while the plan is reviewed or
    re-assessed, and at no other time (reg. 4(1)). The authority must then prepare the budget (s. 49(1)): amounts
    identified to secure particular provision in the plan (s. 49(2)).
2.  Not for provision that it secures under arrangements for an aggregate sum out of which the amount cannot be
    disaggregated, where that would harm other services or be inefficient (reg. 4A).
3.  Each amount is the funder's to agree: special educational and social care provision are the authority's, health
    care provision the responsible commissioning body's. No amount is owed before its funder agreed to it, and a body
    that does not agree says why.
4.  A budget that is known from a return alone says that there is one and no more: nothing is owed until it is
    completed.
5.  A budget is of the plan, and follows it: an amended version takes it over with all whose provision it has, and what
    it no longer has ends that day. When the plan ceases (s. 45) or is transferred (SEND Regs 2014 reg. 15) it ends.

BUDGET_TRANSITIONS and ITEM_TRANSITIONS are the whole of what may follow what.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from uuid import UUID

from hub.law.decisions import Refusal, says_something
from hub.law.reg64_decision_makers import Decider, DecisionMaker
from hub.law.s37_plan import CHANGEABLE
from hub.law.term import Term, means
from hub.law.transitions import Transitions
from hub.law.vocabulary import (
    AgreementStatus,
    BudgetKind,
    BudgetStatus,
    PaymentMechanism,
    PlanStatus,
    SectionCode,
)

S_49_1, S_49_2, S_49_7 = "CFA 2014 s. 49(1)", "CFA 2014 s. 49(2)", "CFA 2014 s. 49(7)"
REG_4_1, REG_4A, REG_6_1, REG_6_2, REG_14_5 = (
    f"PB Regs 2014 reg. {number}" for number in ("4(1)", "4A", "6(1)", "6(2)", "14(5)")
)

KIND_OF_SECTION: Mapping[SectionCode, BudgetKind] = MappingProxyType(
    {
        SectionCode.F: BudgetKind.EDUCATION,
        SectionCode.G: BudgetKind.HEALTH,
        SectionCode.H1: BudgetKind.SOCIAL_CARE,
        SectionCode.H2: BudgetKind.SOCIAL_CARE,
    }
)
BY_DIRECT_PAYMENT = frozenset({PaymentMechanism.DIRECT_PAYMENT, PaymentMechanism.COMBINATION})


class ItemStatus(Term):
    """Where an amount in a personal budget stands with the body that is to fund it."""

    PROPOSED = means("Proposed; its funder has not decided.")
    AGREED = means("Its funder agrees, and owes it on its days.")
    DECLINED = means("Its funder does not agree, and says why.")
    LEFT_OUT = means("Not disaggregated from an aggregate sum, with reasons (PB Regs 2014 reg. 4A).")
    ENDED = means("Over: it was stopped, or what it buys is in the plan no more.")


class Buys(Term):
    """What an amount is to buy."""

    GOODS_OR_SERVICES = means("Goods or services that are the provision.")
    PLACE = means("A place at a school or post-16 institution, for which no direct payment is made (reg. 6(2)).")


class AggregateBecause(Term):
    """Why an amount is not disaggregated from an aggregate sum (PB Regs 2014 reg. 4A(3)(b))."""

    ADVERSE_IMPACT = means("It would have an adverse impact on other services for those with plans (reg. 4A(3)(b)(i)).")
    INEFFICIENT = means("It would not be an efficient use of the authority's resources (reg. 4A(3)(b)(ii)).")


class BudgetEvent(Term):
    """What happens to a budget."""

    PROPOSED = means("Amounts are proposed, or what a return only reported is completed.")
    DECIDED_FOR = means("Every funder has decided, and one at least agrees.")
    DECIDED_AGAINST = means("Every funder has decided, and none agrees.")
    PAYMENT_BEGAN = means("The first payment was made.")
    PAYMENT_STOPPED = means("All payment has stopped, and something is still agreed.")
    ENDED = means("Nothing is agreed any more.")


_B, _E, _I = BudgetStatus, BudgetEvent, ItemStatus
BUDGET_TRANSITIONS: Transitions[BudgetStatus, BudgetEvent, BudgetStatus] = Transitions(
    BudgetStatus,
    tuple(BudgetEvent),
    {
        (_B.NOT_RECORDED, _E.PROPOSED): _B.PROPOSED,
        (_B.REQUESTED, _E.PROPOSED): _B.PROPOSED,
        (_B.PROPOSED, _E.PROPOSED): _B.PROPOSED,
        (_B.AGREED, _E.PROPOSED): _B.AGREED,
        (_B.IN_PAYMENT, _E.PROPOSED): _B.IN_PAYMENT,
        (_B.SUSPENDED, _E.PROPOSED): _B.SUSPENDED,
        (_B.PROPOSED, _E.DECIDED_FOR): _B.AGREED,
        (_B.AGREED, _E.DECIDED_FOR): _B.AGREED,
        (_B.IN_PAYMENT, _E.DECIDED_FOR): _B.IN_PAYMENT,
        (_B.SUSPENDED, _E.DECIDED_FOR): _B.SUSPENDED,
        (_B.ENDED, _E.DECIDED_FOR): _B.AGREED,
        (_B.PROPOSED, _E.DECIDED_AGAINST): _B.REFUSED,
        (_B.AGREED, _E.PAYMENT_BEGAN): _B.IN_PAYMENT,
        (_B.IN_PAYMENT, _E.PAYMENT_BEGAN): _B.IN_PAYMENT,
        (_B.SUSPENDED, _E.PAYMENT_BEGAN): _B.IN_PAYMENT,
        (_B.ENDED, _E.PAYMENT_BEGAN): _B.IN_PAYMENT,
        (_B.AGREED, _E.PAYMENT_STOPPED): _B.SUSPENDED,
        (_B.IN_PAYMENT, _E.PAYMENT_STOPPED): _B.SUSPENDED,
        (_B.AGREED, _E.ENDED): _B.ENDED,
        (_B.IN_PAYMENT, _E.ENDED): _B.ENDED,
        (_B.SUSPENDED, _E.ENDED): _B.ENDED,
        (_B.NOT_RECORDED, _E.ENDED): _B.ENDED,
        (_B.REQUESTED, _E.ENDED): _B.ENDED,
        (_B.PROPOSED, _E.ENDED): _B.ENDED,
    },
)
_BY_FUNDER: Mapping[tuple[ItemStatus, ItemStatus], str] = MappingProxyType(
    {
        (_I.PROPOSED, _I.AGREED): S_49_2,
        (_I.PROPOSED, _I.DECLINED): S_49_2,
        (_I.DECLINED, _I.AGREED): S_49_2,
        (_I.PROPOSED, _I.ENDED): S_49_2,
        (_I.AGREED, _I.ENDED): "PB Regs 2014 reg. 14",
        (_I.ENDED, _I.AGREED): REG_14_5,
    }
)
"""What may be decided of an amount as it stands, each with its provision."""

ITEM_TRANSITIONS: Transitions[ItemStatus, ItemStatus, ItemStatus] = Transitions(
    ItemStatus, (_I.AGREED, _I.DECLINED, _I.ENDED), {pair: pair[1] for pair in _BY_FUNDER}
)


def budget_after(status: BudgetStatus, event: BudgetEvent) -> BudgetStatus | Refusal:
    """The status after the event, or the refusal that leaves it as it is."""
    after = BUDGET_TRANSITIONS.get((status, event))
    return after or Refusal(S_49_1, "out-of-order", f"The personal budget stands at {status}.")


@dataclass(frozen=True, slots=True)
class Window:
    """What is being done about the plan. `under_review`: from the day a meeting is arranged, or a re-assessment is
    decided on, until it is decided what follows."""

    plan: PlanStatus
    under_review: bool = False
    under_reassessment: bool = False

    @property
    def is_open(self) -> bool:
        return self.plan in CHANGEABLE or self.under_review or self.under_reassessment


def refuse_request(window: Window, by: Decider, decides: DecisionMaker, *, on: date, today: date) -> Refusal | None:
    """Why a personal budget may not be asked for (s. 49(1), reg. 4(1))."""
    if on > today:
        return Refusal(REG_4_1, "in-the-future", "It has not been asked for yet.", ("on",))
    if not window.is_open:
        message = (
            "A personal budget may be asked for while a draft plan is being prepared, or while the plan is reviewed or "
            "re-assessed."
        )
        return Refusal(REG_4_1, "outside-the-window", message)
    if by is not decides.decider:
        message = f"It is for the {decides.decider} to ask: {decides.because.meaning}"
        return Refusal(S_49_1, "not-theirs-to-ask", message, ("requested_by",))
    return None


@dataclass(frozen=True, slots=True)
class Proposed:
    """An amount that is proposed. `section`: that of the provision it buys, None where it is in no section of the plan.

    `commissioners`: the bodies that answer for the provision, where it is in section G.
    """

    section: SectionCode | None
    funder: UUID
    mechanism: PaymentMechanism
    buys: Buys = Buys.GOODS_OR_SERVICES
    commissioners: Collection[UUID] = ()


def refuse_item(item: Proposed, authority: UUID, *, direct_payments_asked: bool, path: str) -> Refusal | None:
    """Why an amount may not be proposed."""
    if item.section is None or item.section not in KIND_OF_SECTION:
        message = "A personal budget is for particular provision in the plan: in section F, G, H1 or H2."
        return Refusal(S_49_2, "not-in-the-plan", message, ("items", path, "provision"))
    if item.mechanism in BY_DIRECT_PAYMENT and item.buys is Buys.PLACE:
        message = "A direct payment may not fund a place at a school or post-16 institution."
        return Refusal(REG_6_2, "place-by-direct-payment", message, ("items", path, "buys"))
    if item.mechanism in BY_DIRECT_PAYMENT and not direct_payments_asked:
        message = "Direct payments are made only where they were asked for."
        return Refusal(REG_6_1, "direct-payments-not-asked", message, ("items", path, "mechanism"))
    health = KIND_OF_SECTION[item.section] is BudgetKind.HEALTH
    if item.funder not in (item.commissioners if health else (authority,)):
        message = "Health care provision is funded by the responsible commissioning body, all other by the authority."
        return Refusal(S_49_2, "not-the-funder", message, ("items", path, "funder"))
    return None


def refuse_decision(
    now: ItemStatus,
    to: ItemStatus,
    *,
    reasons: str = "",
    provision_agreed: AgreementStatus | None = None,
    in_the_plan: bool = True,
    reconsidered: bool = False,
) -> Refusal | None:
    """Why a funder may not decide so about an amount. `provision_agreed`: in section G, how its own agreement to the
    provision stands (SEND Regs 2014 reg. 12(2)). `in_the_plan`: the provision stands in the plan that the budget is of,
    and the plan is maintained or being prepared. `reconsidered`: a decision to stop is looked at once more."""
    provision = _BY_FUNDER.get((now, to))
    if provision is None:
        return Refusal(S_49_2, "out-of-order", f"This amount stands at {now}.")
    if to is ItemStatus.DECLINED and not says_something(reasons):
        return Refusal(provision, "reasons-required", "Say why the amount is not agreed.", ("reasons",))
    if to is ItemStatus.AGREED and not in_the_plan:
        message = "A personal budget is for particular provision in the plan, and this is in none that is maintained."
        return Refusal(S_49_2, "not-in-the-plan", message)
    if now is ItemStatus.ENDED and not reconsidered:
        message = "What has ended counts again where the decision to stop it is reconsidered; else propose it anew."
        return Refusal(REG_14_5, "ended", message)
    if to is ItemStatus.AGREED and provision_agreed not in {None, AgreementStatus.AGREED}:
        message = "The commissioning body agrees to the provision in section G before it funds it."
        return Refusal("SEND Regs 2014 reg. 12(2)", "provision-not-agreed", message)
    return None


def refuse_leaving_out(because: AggregateBecause | None, reasons: str, *, path: str) -> Refusal | None:
    """Why provision may not be left out of the budget that was asked for (s. 49(1), reg. 4A)."""
    if because is None or not says_something(reasons):
        message = "Say why the amount cannot be disaggregated: the impact on other services, or on resources."
        return Refusal(REG_4A, "reasons-required", message, ("left_out", path, "reasons"))
    return None


def decided(items: Collection[ItemStatus]) -> BudgetEvent | None:
    """What the funders' decisions mean for the budget; None while one of them has not decided."""
    if ItemStatus.PROPOSED in items:
        return None
    return BudgetEvent.DECIDED_FOR if ItemStatus.AGREED in items else BudgetEvent.DECIDED_AGAINST


def arranged_by(kind: BudgetKind, funder: UUID, mechanism: PaymentMechanism) -> UUID | None:
    """Whose duty is done by provision that is bought with a direct payment: special educational provision counts as
    secured by the authority (s. 49(5)), health care provision as arranged by the body that pays (s. 49(6), (7))."""
    counts = mechanism in BY_DIRECT_PAYMENT and kind in {BudgetKind.EDUCATION, BudgetKind.HEALTH}
    return funder if counts else None
