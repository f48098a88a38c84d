"""The code systems of personal budgets (CFA 2014 s. 49): the law's own words, each with its meaning."""

from fhir_mappings.code_system import words
from fhir_mappings.identifiers import HUB
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

BUDGET_STATUS = words("send-budget-status", BudgetStatus)
BUDGET_KIND = words("send-budget-kind", BudgetKind)
ITEM_STATUS = words("send-budget-item-status", ItemStatus)
PAYMENT_PERIOD = words("send-payment-period", PaymentPeriod)
PAYMENT_MECHANISM = words("send-payment-mechanism", PaymentMechanism)
BUYS = words("send-budget-buys", Buys)
AGGREGATE_BECAUSE = words("send-aggregate-because", AggregateBecause)
AGREEMENT_STATUS = words("send-agreement-status", AgreementStatus)
DECIDER = words("send-decider", Decider)
DECIDES_BECAUSE = words("send-decides-because", DecidesBecause)
DIRECT_PAYMENT_STATUS = words("send-direct-payment-status", DirectPaymentStatus)
REGIME = words("send-direct-payment-regime", Regime)
RECIPIENT = words("send-direct-payment-recipient", Recipient)
UNDERTAKING = words("send-direct-payment-undertaking", Undertaking)
YOUNG_PERSONS_WISH = words("send-young-persons-wish", YoungPersonsWish)
DECISION_ON_DIRECT_PAYMENT = words("send-direct-payment-decision", DecisionOnDirectPayment)
STOP_GROUND = words("send-direct-payment-stop-ground", StopGround)
REPAYMENT_GROUND = words("send-direct-payment-repayment-ground", RepaymentGround)
RECONSIDERATION_OUTCOME = words("send-reconsideration-outcome", ReconsiderationOutcome)

ACCOUNT_TYPE = {
    "system": f"{HUB}/CodeSystem/send-account-type",
    "code": "personal-budget",
    "display": "Personal budget (CFA 2014 s. 49)",
}
CONTRACT_TYPE = {
    "system": f"{HUB}/CodeSystem/send-contract-type",
    "code": "budget-item",
    "display": "What one funder gives for one thing in a personal budget",
}
FUNDER = {"system": f"{HUB}/CodeSystem/send-contract-role", "code": "funder", "display": "Funds it"}
ARRANGER = {"system": f"{HUB}/CodeSystem/send-contract-role", "code": "arranger", "display": "Arranges it (s. 49(6))"}
