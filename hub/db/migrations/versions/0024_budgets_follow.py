"""An amount is divided among its direct payments; a payment says who paid it; budgets follow their plans; notices of
direct payments."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

FILLED = ("amount_due", "direct_payment", "budget_item", "payment", "spending")
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
    "NOT_IN_THE_PLAN",
    "PLAN_CEASED",
    "PLAN_TRANSFERRED",
)
NOTICE_KINDS = (
    "CONSIDERING_ASSESSMENT",
    "WILL_ASSESS",
    "WILL_NOT_ASSESS",
    "NO_PLAN",
    "DRAFT_PLAN",
    "FINAL_PLAN",
    "REVIEW_MEETING",
    "PLAN_MAINTAINED",
    "PLAN_TO_BE_AMENDED",
    "PLAN_TO_CEASE_AFTER_REVIEW",
    "AMENDMENT_PROPOSED",
    "AMENDED_PLAN",
    "NOT_AMENDED",
    "WILL_REASSESS",
    "WILL_NOT_REASSESS",
    "REASSESSED_PLAN",
    "CONSIDERING_CEASING",
    "CEASE",
    "PLAN_TRANSFERRED",
    "HEALTH_MEDIATION_ISSUES",
    "AMOUNT_DECLINED",
    "LEFT_OUT_OF_BUDGET",
    "DIRECT_PAYMENT_REFUSED",
    "DIRECT_PAYMENT_OFFERED",
    "DIRECT_PAYMENT_INCREASED",
    "DIRECT_PAYMENT_REDUCED",
    "DIRECT_PAYMENT_REPAYABLE",
    "DIRECT_PAYMENT_STOPPED",
    "DIRECT_PAYMENT_REVIEWED",
    "DIRECT_PAYMENT_RECONSIDERED",
    "YOUNG_PERSON_ASKED",
)
NOTICE_TO = ("FAMILY", "COMMISSIONER", "SETTING", "RECIPIENT")


def upgrade() -> None:
    _parts()
    _fill()
    _succession()
    op.alter_column("payment", "funder_id", nullable=False)
    _words("notice", "kind", "noticekind", NOTICE_KINDS)
    _words("notice", "given_to", "noticeto", NOTICE_TO)
    _words("direct_payment_decision", "stop_ground", "stopground", STOP_GROUNDS)


def _succession() -> None:
    """A successor stands in the place of a party to arrangements, and in what they open by name."""
    op.execute("GRANT UPDATE (body_id), DELETE ON arrangement_party TO hub_worker")
    op.execute("GRANT UPDATE (recipients) ON sharing_rule TO hub_worker")


def _parts() -> None:
    """What is due and what is spent is told apart by direct payment, and what is paid by funder."""
    share = "what of the item's amount it is, and the most that it may be"
    op.add_column("direct_payment", sa.Column("share", sa.Numeric(12, 2), comment=share))
    op.add_column("direct_payment", sa.Column("young_person_asked_on", sa.Date()))
    op.add_column("payment", sa.Column("funder_id", sa.Uuid(), sa.ForeignKey("organisation.id")))
    for table in ("amount_due", "spending"):
        op.add_column(table, sa.Column("direct_payment_id", sa.Uuid()))
        op.create_foreign_key(
            op.f(f"fk_{table}_owner_id_direct_payment_id"),
            table,
            "direct_payment",
            ["owner_id", "direct_payment_id"],
            ["owner_id", "id"],
        )
        op.create_index(op.f(f"ix_{table}_owner_id_direct_payment_id"), table, ["owner_id", "direct_payment_id"])
    op.drop_index("uq_amount_due_item", "amount_due")
    op.create_index(
        "uq_amount_due_part",
        "amount_due",
        ["owner_id", "budget_item_id", "direct_payment_id", "due_on"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )


def _fill() -> None:
    """An amount that is paid directly is all its direct payment's. Of a combination, what is recorded does not tell the
    parts apart: the direct payment has the share that was offered, and what was due and paid stays the rest's."""
    for table in FILLED:
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    op.execute(
        "UPDATE payment SET funder_id = i.funder_id FROM budget_item i "
        "WHERE i.owner_id = payment.owner_id AND i.id = payment.budget_item_id"
    )
    op.execute(
        "UPDATE payment SET direct_payment_id = NULL FROM budget_item i WHERE i.owner_id = payment.owner_id "
        "AND i.id = payment.budget_item_id AND i.mechanism <> 'DIRECT_PAYMENT'"
    )
    op.execute(
        "UPDATE direct_payment d SET share = CASE i.mechanism WHEN 'DIRECT_PAYMENT' "
        "THEN coalesce(i.amount, i.indicative_amount) ELSE coalesce(d.amount, i.amount, i.indicative_amount) END "
        "FROM budget_item i WHERE i.owner_id = d.owner_id AND i.id = d.budget_item_id"
    )
    for divided in (
        "UPDATE amount_due t SET direct_payment_id = d.id FROM budget_item i JOIN direct_payment d ",
        "UPDATE spending t SET direct_payment_id = d.id FROM budget_item i JOIN direct_payment d ",
    ):
        op.execute(
            divided + "ON d.owner_id = i.owner_id AND d.budget_item_id = i.id WHERE i.owner_id = t.owner_id "
            "AND i.id = t.budget_item_id AND i.mechanism = 'DIRECT_PAYMENT'"
        )
    for table in FILLED:
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def _words(table: str, column: str, name: str, words: tuple[str, ...]) -> None:
    op.execute(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name}")
    op.execute(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS ck_{table}_{name}")
    listed = ", ".join(repr(each) for each in words)
    op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, f"{column} IN ({listed})")


def downgrade() -> None:
    raise RuntimeError("what is recorded is not dropped: restore a backup instead")
