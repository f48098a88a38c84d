"""Personal budgets: who agreed to what, on which days it is due, what was decided, paid and spent; weeks of term."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from hub.db.migrations.second_lock import any_of, is_caller, lock, reached

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

KINDS = ("EDUCATION", "HEALTH", "SOCIAL_CARE")
FILLED = ("budget_item", "payment")


def _one_of(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=64)


def _pounds(name: str, **options: object) -> sa.Column[object]:
    return sa.Column(name, sa.Numeric(12, 2), **options)


def _body(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=nullable)


def upgrade() -> None:
    _columns()
    _fill()
    _table(
        "amount_due",
        {"personal_budget_id": "personal_budget", "budget_item_id": "budget_item"},
        _body("funder_id", nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        _pounds("indicative_amount"),
        _pounds("agreed_amount"),
    )
    op.create_index("uq_amount_due_item", "amount_due", ["owner_id", "budget_item_id", "due_on"], unique=True)
    op.create_index("ix_amount_due_owner_id_due_on_id", "amount_due", ["owner_id", "due_on", "id"])
    _table(
        "direct_payment_decision",
        {"direct_payment_id": "direct_payment"},
        sa.Column(
            "decision",
            _one_of("decisionondirectpayment", "REFUSED", "INCREASED", "REDUCED", "REPAYMENT", "STOPPED"),
            nullable=False,
        ),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("reasons", sa.Text()),
        _pounds("amount"),
        _pounds("amount_before"),
        sa.Column("stop_ground", _one_of("stopground", *STOP_GROUNDS)),
        sa.Column("repayment_ground", _one_of("repaymentground", *REPAYMENT_GROUNDS)),
        sa.Column("repay_by", sa.Date()),
        sa.Column("reconsidered_on", sa.Date()),
        sa.Column("outcome", _one_of("reconsiderationoutcome", "UPHELD", "REVERSED")),
        sa.Column("outcome_reasons", sa.Text()),
    )
    _table(
        "spending",
        {"budget_item_id": "budget_item"},
        sa.Column("spent_on", sa.Date(), nullable=False),
        _pounds("amount", nullable=False),
    )
    _school_years()


STOP_GROUNDS = (
    "CONSENT_WITHDRAWN",
    "RECIPIENT_NOT_ELIGIBLE",
    "NOT_USED_FOR_PROVISION",
    "NO_LONGER_SECURABLE",
    "ADVERSE_IMPACT",
    "INEFFICIENT",
    "YOUNG_PERSON_SILENT",
    "YOUNG_PERSON_REFUSES",
    "NOMINATION_WITHDRAWN",
    "CONDITIONS_BROKEN",
)
REPAYMENT_GROUNDS = ("CIRCUMSTANCES_CHANGED", "NOT_USED_FOR_PROVISION", "OFFENCE", "DECEASED")
STATUSES = ("PROPOSED", "AGREED", "DECLINED", "LEFT_OUT", "ENDED")
REGIMES = ("PB_REGS_2014", "CHILDREN_ACT_1989_S17A", "CARE_ACT_2014_S31", "NHS_REGS_2013")
RECIPIENTS = ("PARENT", "YOUNG_PERSON", "NOMINEE", "NOMINATED_ORGANISATION")


def _columns() -> None:
    no = sa.false()
    for column in (
        sa.Column("direct_payments_requested", sa.Boolean(), nullable=False, server_default=no),
        _pounds("whole_indicative", comment="all items and years together, as totals() adds them up"),
        _pounds("whole_agreed"),
        _pounds("whole_paid"),
        sa.Column("section_j_behind", sa.Boolean(), nullable=False, server_default=no),
    ):
        op.add_column("personal_budget", column)
    for column in (
        sa.Column(
            "buys",
            _one_of("buys", "GOODS_OR_SERVICES", "PLACE"),
            nullable=False,
            server_default="GOODS_OR_SERVICES",
        ),
        sa.Column("status", _one_of("itemstatus", *STATUSES), nullable=False, server_default="PROPOSED"),
        sa.Column("starts_on", sa.Date()),
        sa.Column("ends_on", sa.Date()),
        sa.Column("decided_on", sa.Date()),
        sa.Column("reasons", sa.Text()),
        sa.Column("aggregate_because", _one_of("aggregatebecause", "ADVERSE_IMPACT", "INEFFICIENT")),
        sa.Column("pool_id", sa.Uuid(), comment="items that are shares of one amount of a pooled fund have the same"),
        _body("arranged_by_id"),
    ):
        op.add_column("budget_item", column)
    for column in (
        sa.Column("regime", _one_of("regime", *REGIMES)),
        sa.Column("recipient", _one_of("recipient", *RECIPIENTS)),
        sa.Column("goods", sa.Text()),
        sa.Column("conditions", sa.Text()),
        sa.Column("on_premises", sa.Boolean(), nullable=False, server_default=no),
        sa.Column("undertakings", sa.ARRAY(sa.Text())),
        sa.Column("young_persons_wish", _one_of("youngpersonswish", "RECEIVE", "CONTINUE")),
        sa.Column("reviewed_on", sa.Date()),
    ):
        op.add_column("direct_payment", column)
    op.add_column("payment", sa.Column("budget_item_id", sa.Uuid()))
    op.create_foreign_key(
        "fk_payment_owner_id_budget_item_id",
        "payment",
        "budget_item",
        ["owner_id", "budget_item_id"],
        ["owner_id", "id"],
    )
    op.create_index("ix_payment_owner_id_budget_item_id", "payment", ["owner_id", "budget_item_id"])
    op.add_column("payment", sa.Column("kind", _one_of("budgetkind", *KINDS)))


def _fill() -> None:
    """What is there is kept as it was: an amount was agreed, and a payment is of its direct payment's kind and item."""
    for table in (*FILLED, "direct_payment"):
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    op.execute("UPDATE budget_item SET status = 'AGREED' WHERE amount IS NOT NULL")
    op.execute(
        "UPDATE payment SET kind = above.kind, budget_item_id = above.budget_item_id FROM direct_payment AS above "
        "WHERE above.owner_id = payment.owner_id AND above.id = payment.direct_payment_id"
    )
    for table in (*FILLED, "direct_payment"):
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.alter_column("payment", "kind", nullable=False)


def _table(name: str, points_to: dict[str, str], *columns: sa.Column[object]) -> None:
    """A table of facts about one child, each row of a kind of budget."""
    op.create_table(
        name,
        sa.Column("owner_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        *(sa.Column(column, sa.Uuid()) for column in points_to),
        sa.Column("kind", _one_of("budgetkind", *KINDS), nullable=False),
        *columns,
        sa.ForeignKeyConstraint(["owner_id", "child_id"], ["child.owner_id", "child.id"]),
        *(
            sa.ForeignKeyConstraint(["owner_id", column], [f"{table}.owner_id", f"{table}.id"])
            for column, table in points_to.items()
        ),
        sa.PrimaryKeyConstraint("owner_id", "id", name=op.f(f"pk_{name}")),
    )
    indexes: Sequence[list[str]] = [["owner_id", "child_id"], ["id"], *(["owner_id", each] for each in points_to)]
    for columns_ in indexes:
        op.create_index(f"ix_{name}_{'_'.join(columns_)}", name, columns_)
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON {name} TO hub_serving")
    lock(name, sees=any_of(is_caller("owner_id"), reached()))


def _school_years() -> None:
    op.create_table(
        "school_year",
        sa.Column("id", sa.Uuid(), primary_key=True),
        _body("authority_id", nullable=False),
        sa.Column("name", sa.Text(), nullable=False, comment="such as 2026-27"),
        sa.Column("weeks", sa.ARRAY(sa.Date()), nullable=False, comment="the Mondays of the weeks of term"),
        sa.Column("terms", sa.ARRAY(sa.Date()), nullable=False, comment="the first day of each term"),
    )
    op.create_index("uq_school_year_name", "school_year", ["authority_id", "name"], unique=True)
    op.execute("GRANT SELECT, INSERT, UPDATE ON school_year TO hub_serving")
    lock("school_year", sees="true", adds=is_caller("authority_id"), changes=is_caller("authority_id"))


def downgrade() -> None:
    raise RuntimeError("what is recorded is not dropped: restore a backup instead")
