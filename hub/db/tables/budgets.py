"""Personal budgets: the request, each funder's items and their days, direct payments, what was paid and spent."""

from sqlalchemy import ARRAY, Boolean, Column, Date, Index, Table, Text, Uuid, false

from hub.db.tables.base import Pounds, body, childs_table, metadata, one_of, reference
from hub.law.budget_decisions import DecisionOnDirectPayment, ReconsiderationOutcome, RepaymentGround, StopGround
from hub.law.budget_direct_payment_events import Recipient, YoungPersonsWish
from hub.law.budget_regimes import Regime
from hub.law.reg64_decision_makers import Decider, DecidesBecause
from hub.law.s49_personal_budget import AggregateBecause, Buys, ItemStatus
from hub.law.vocabulary import BudgetKind, BudgetStatus, DirectPaymentStatus, PaymentMechanism, PaymentPeriod, Source

personal_budget = childs_table(
    "personal_budget",
    *reference("plan_id", "plan", "id"),
    Column("status", one_of(BudgetStatus), nullable=False),
    Column("requested_on", Date),
    Column("requested_by", Text),
    Column("direct_payments_requested", Boolean, nullable=False, server_default=false()),
    Column("whole_indicative", Pounds, comment="all items and years together, as totals() adds them up"),
    Column("whole_agreed", Pounds),
    Column("whole_paid", Pounds),
    Column("section_j_behind", Boolean, nullable=False, server_default=false()),
    Column("decider", one_of(Decider)),
    Column("decides_because", one_of(DecidesBecause)),
    Column("source", one_of(Source), nullable=False),
)

budget_item = childs_table(
    "budget_item",
    *reference("personal_budget_id", "personal_budget", "kind", "id"),
    *reference("provision_id", "provision"),
    *reference("agreement_id", "provision_agreement"),
    Column("kind", one_of(BudgetKind), nullable=False),
    body("funder_id", nullable=False),
    Column("financial_year", Text, nullable=False),
    Column("indicative_amount", Pounds),
    Column("amount", Pounds),
    Column("per", one_of(PaymentPeriod), nullable=False),
    Column("mechanism", one_of(PaymentMechanism), nullable=False),
    Column("buys", one_of(Buys), nullable=False, server_default=Buys.GOODS_OR_SERVICES.value),
    Column("status", one_of(ItemStatus), nullable=False, server_default=ItemStatus.PROPOSED.value),
    Column("starts_on", Date),
    Column("ends_on", Date),
    Column("decided_on", Date),
    Column("reasons", Text),
    Column("aggregate_because", one_of(AggregateBecause)),
    Column("pool_id", Uuid, comment="items that are shares of one amount of a pooled fund have the same"),
    body("arranged_by_id"),
)

amount_due = childs_table(
    "amount_due",
    *reference("personal_budget_id", "personal_budget"),
    *reference("budget_item_id", "budget_item"),
    *reference("direct_payment_id", "direct_payment"),
    Column("kind", one_of(BudgetKind), nullable=False),
    body("funder_id", nullable=False),
    Column("due_on", Date, nullable=False),
    Column("indicative_amount", Pounds),
    Column("agreed_amount", Pounds),
    Index(
        "uq_amount_due_part",
        "owner_id",
        "budget_item_id",
        "direct_payment_id",
        "due_on",
        unique=True,
        postgresql_nulls_not_distinct=True,
    ),
    Index(None, "owner_id", "due_on", "id"),
)

direct_payment = childs_table(
    "direct_payment",
    *reference("personal_budget_id", "personal_budget"),
    *reference("budget_item_id", "budget_item"),
    Column("kind", one_of(BudgetKind), nullable=False),
    Column("regime", one_of(Regime)),
    Column("recipient", one_of(Recipient)),
    Column("payee", Text),
    Column("nominee", Text),
    Column("goods", Text),
    Column("conditions", Text),
    Column("on_premises", Boolean, nullable=False, server_default=false()),
    Column("undertakings", ARRAY(Text)),
    Column("young_person_asked_on", Date),
    Column("young_persons_wish", one_of(YoungPersonsWish)),
    Column("share", Pounds, comment="what of the item's amount it is, and the most that it may be"),
    Column("amount", Pounds),
    Column("per", one_of(PaymentPeriod), nullable=False),
    Column("starts_on", Date),
    Column("ends_on", Date),
    Column("notice_served_on", Date),
    Column("agreed_on", Date),
    Column("premises_consent_on", Date),
    Column("reviewed_on", Date),
    Column("status", one_of(DirectPaymentStatus), nullable=False),
)

direct_payment_decision = childs_table(
    "direct_payment_decision",
    *reference("direct_payment_id", "direct_payment"),
    Column("kind", one_of(BudgetKind), nullable=False),
    Column("decision", one_of(DecisionOnDirectPayment), nullable=False),
    Column("decided_on", Date, nullable=False),
    Column("effective_on", Date, nullable=False),
    Column("reasons", Text),
    Column("amount", Pounds),
    Column("amount_before", Pounds),
    Column("stop_ground", one_of(StopGround)),
    Column("repayment_ground", one_of(RepaymentGround)),
    Column("repay_by", Date),
    Column("reconsidered_on", Date),
    Column("outcome", one_of(ReconsiderationOutcome)),
    Column("outcome_reasons", Text),
)

payment = childs_table(
    "payment",
    *reference("budget_item_id", "budget_item"),
    *reference("direct_payment_id", "direct_payment"),
    Column("kind", one_of(BudgetKind), nullable=False),
    body("funder_id", nullable=False),
    Column("paid_on", Date, nullable=False),
    Column("amount", Pounds, nullable=False),
)

spending = childs_table(
    "spending",
    *reference("budget_item_id", "budget_item"),
    *reference("direct_payment_id", "direct_payment"),
    Column("kind", one_of(BudgetKind), nullable=False),
    Column("spent_on", Date, nullable=False),
    Column("amount", Pounds, nullable=False),
)

school_year = Table(
    "school_year",
    metadata,
    Column("id", Uuid, primary_key=True),
    body("authority_id", nullable=False),
    Column("name", Text, nullable=False, comment="such as 2026-27"),
    Column("weeks", ARRAY(Date), nullable=False, comment="the Mondays of the weeks of term"),
    Column("terms", ARRAY(Date), nullable=False, comment="the first day of each term"),
    Index("uq_school_year_name", "authority_id", "name", unique=True),
)
