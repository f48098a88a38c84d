"""Personal budgets: what was asked for, each funder's items, direct payments and what has been paid."""

from sqlalchemy import Column, Date, Text

from hub.db.tables.base import Pounds, body, childs_table, one_of, reference
from hub.law.reg64_decision_makers import Decider, DecidesBecause
from hub.law.vocabulary import BudgetKind, BudgetStatus, DirectPaymentStatus, PaymentMechanism, PaymentPeriod, Source

personal_budget = childs_table(
    "personal_budget",
    *reference("plan_id", "plan"),
    Column("status", one_of(BudgetStatus), nullable=False),
    Column("requested_on", Date),
    Column("requested_by", Text),
    Column("decider", one_of(Decider)),
    Column("decides_because", one_of(DecidesBecause)),
    Column("source", one_of(Source), nullable=False),
)

budget_item = childs_table(
    "budget_item",
    *reference("personal_budget_id", "personal_budget"),
    *reference("provision_id", "provision"),
    *reference("agreement_id", "provision_agreement"),
    Column("kind", one_of(BudgetKind), nullable=False),
    body("funder_id", nullable=False),
    Column("financial_year", Text, nullable=False),
    Column("indicative_amount", Pounds),
    Column("amount", Pounds),
    Column("per", one_of(PaymentPeriod), nullable=False),
    Column("mechanism", one_of(PaymentMechanism), nullable=False),
)

direct_payment = childs_table(
    "direct_payment",
    *reference("personal_budget_id", "personal_budget"),
    *reference("budget_item_id", "budget_item"),
    Column("kind", one_of(BudgetKind), nullable=False),
    Column("payee", Text),
    Column("nominee", Text),
    Column("amount", Pounds),
    Column("per", one_of(PaymentPeriod), nullable=False),
    Column("starts_on", Date),
    Column("ends_on", Date),
    Column("notice_served_on", Date),
    Column("agreed_on", Date),
    Column("premises_consent_on", Date),
    Column("status", one_of(DirectPaymentStatus), nullable=False),
)

payment = childs_table(
    "payment",
    *reference("direct_payment_id", "direct_payment"),
    Column("paid_on", Date, nullable=False),
    Column("amount", Pounds, nullable=False),
)
