"""Reasons, agreements with their dates, what changed between versions of a plan; drafts may be rewritten."""

import sqlalchemy as sa
from alembic import op

from hub.db.migrations.second_lock import OWNED, lock_childs_table

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

SECTIONS = ("A", "B", "C", "D", "E", "F", "G", "H1", "H2", "I", "J", "K")
IN_PLANS = ("need", "outcome", "provision", "plan_change")
OF_PROVISION = ("provision_outcome", "provision_agreement")


def _one_of(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=64)


def upgrade() -> None:
    for table, *columns in (
        ("assessment", sa.Column("decision_reasons", sa.Text()), sa.Column("outcome_reasons", sa.Text())),
        (
            "advice_request",
            sa.Column("representations", sa.Boolean(), comment="whether the family's went with it (reg. 6(3))"),
        ),
        ("plan", sa.Column("cease_notified_on", sa.Date()), sa.Column("amendment_reasons", sa.Text())),
        ("need", sa.Column("continues_id", sa.Uuid())),
        ("outcome", sa.Column("continues_id", sa.Uuid())),
        (
            "provision",
            sa.Column("for_adulthood", sa.Boolean(), nullable=False, server_default="false"),
            sa.Column("continues_id", sa.Uuid()),
        ),
        (
            "provision_agreement",
            sa.Column("asked_on", sa.Date()),
            sa.Column("reply_by", sa.Date()),
            sa.Column("left_out_on", sa.Date()),
            sa.Column("left_out_reasons", sa.Text()),
        ),
    ):
        for column in columns:
            op.add_column(table, column)
    op.create_table(
        "plan_change",
        sa.Column("owner_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid()),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("section", _one_of("sectioncode", *SECTIONS), nullable=False),
        sa.Column("kind", _one_of("changekind", "ADDED", "CHANGED", "REMOVED"), nullable=False),
        sa.Column("before", sa.Text()),
        sa.Column("after", sa.Text()),
        sa.ForeignKeyConstraint(["owner_id", "child_id"], ["child.owner_id", "child.id"]),
        sa.ForeignKeyConstraint(["owner_id", "plan_id"], ["plan.owner_id", "plan.id"]),
        sa.PrimaryKeyConstraint("owner_id", "id", name=op.f("pk_plan_change")),
    )
    for columns in (["owner_id", "child_id"], ["owner_id", "plan_id"], ["id"]):
        op.create_index(f"ix_plan_change_{'_'.join(columns)}", "plan_change", columns)
    op.execute("GRANT SELECT, INSERT, UPDATE ON plan_change TO hub_serving")
    lock_childs_table("plan_change")
    for table in IN_PLANS:
        _rewritten_in_drafts(table, f"{table}.plan_id")
    for table in OF_PROVISION:
        of_plan = "SELECT provision.plan_id FROM provision WHERE provision.owner_id = {0}.owner_id AND provision.id = "
        plan_id = f"({of_plan.format(table)}{table}.provision_id)"
        _rewritten_in_drafts(table, plan_id)


def _rewritten_in_drafts(table: str, plan_id: str) -> None:
    """Let the owner take a row out of a version that is not final; from a final one, nobody can."""
    in_draft = (
        f"EXISTS (SELECT FROM plan WHERE plan.owner_id = {table}.owner_id AND plan.id = {plan_id} "
        "AND plan.status IN ('DRAFT', 'SERVED'))"
    )
    op.execute(f"GRANT DELETE ON {table} TO hub_serving")
    op.execute(f"CREATE POLICY taken_out ON {table} FOR DELETE TO hub_serving USING ({OWNED} AND {in_draft})")


def downgrade() -> None:
    raise RuntimeError("what is recorded is not dropped: restore a backup instead")
