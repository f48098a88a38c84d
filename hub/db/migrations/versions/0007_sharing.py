"""What opens a child's record beside the statute: decisions, consents, broken glass; versions of arrangements."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

GROUNDS = (
    "STATUTE",
    "CONSENT",
    "INTERESTS_OF_THE_CHILD",
    "APPEAL",
    "RESEARCH",
    "COURT",
    "OMBUDSMAN",
    "SECRETARY_OF_STATE",
    "SOCIAL_SERVICES_ASSESSMENT",
    "CHILDREN_ACT",
    "INSPECTION",
    "YOUTH_ACCOMMODATION",
    "YOUTH_OFFENDING_TEAM",
)
GIVERS = ("CHILD", "PARENT", "YOUNG_PERSON", "ALTERNATIVE_PERSON")
BASES = (
    "UNDERSTANDS",
    "CHILD_DOES_NOT_UNDERSTAND",
    "PARENT_LACKS_CAPACITY",
    "HAS_CAPACITY",
    "LACKS_CAPACITY_REPRESENTATIVE",
    "LACKS_CAPACITY_PARENT",
)


def _one_of(name: str, words: Sequence[str]) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=64)


def _childs_table(name: str, *items: sa.schema.SchemaItem) -> None:
    op.create_table(
        name,
        sa.Column("owner_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        *items,
        sa.ForeignKeyConstraint(["owner_id", "child_id"], ["child.owner_id", "child.id"]),
        sa.PrimaryKeyConstraint("owner_id", "id", name=op.f(f"pk_{name}")),
    )
    op.create_index(f"ix_{name}_owner_id_child_id", name, ["owner_id", "child_id"])
    op.create_index(f"ix_{name}_id", name, ["id"])
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON {name} TO hub_serving")


def upgrade() -> None:
    op.add_column(
        "child",
        sa.Column(
            "restricted",
            sa.Boolean(),
            nullable=False,
            server_default=sa.false(),
            comment="where the child lives and whom to reach is kept from every body but the owner",
        ),
    )
    op.create_index(
        "ix_plan_transferred_to_id_owner_id_child_id", "plan", ["transferred_to_id", "owner_id", "child_id"]
    )
    _arrangements()
    _consent()
    _childs_table(
        "disclosure_decision",
        sa.Column("ground", _one_of("ground", GROUNDS), nullable=False),
        sa.Column("recipients", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("purposes", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("parts", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column(
            "arrangement_id",
            sa.Uuid(),
            sa.ForeignKey("arrangement.id"),
            comment="what its rules open to these recipients for these purposes is necessary too",
        ),
        sa.Column("while_providing", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("officer", sa.Text(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("undertaking_on", sa.Date()),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), comment="the last day, itself counted"),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("ends_on IS NULL OR starts_on <= ends_on", name=op.f("ck_disclosure_decision_validity")),
    )
    op.create_index("ix_disclosure_decision_recipients", "disclosure_decision", ["recipients"], postgresql_using="gin")
    _childs_table(
        "broken_glass",
        sa.Column("body_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("person", sa.Text()),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("alerted", sa.Text(), comment="the privacy officer of the owner as named then"),
    )
    op.create_index(
        "ix_broken_glass_body_id_owner_id_child_id_ends_at",
        "broken_glass",
        ["body_id", "owner_id", "child_id", "ends_at"],
    )
    op.create_table(
        "privacy_officer",
        sa.Column("body_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("named_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("body_id", name=op.f("pk_privacy_officer")),
    )
    op.execute("GRANT SELECT, INSERT, UPDATE ON privacy_officer TO hub_serving")
    op.execute("REVOKE UPDATE ON broken_glass FROM hub_serving")


def _arrangements() -> None:
    op.add_column("arrangement", sa.Column("proposed_by_id", sa.Uuid(), sa.ForeignKey("organisation.id")))
    op.add_column("arrangement", sa.Column("proposed_at", sa.DateTime(timezone=True)))
    op.add_column(
        "arrangement",
        sa.Column(
            "starts_on", sa.Date(), comment="the earliest day on which it comes into force, once all have signed"
        ),
    )
    op.add_column("arrangement", sa.Column("supersedes_id", sa.Uuid(), sa.ForeignKey("arrangement.id")))
    op.create_index("uq_arrangement_supersedes_id", "arrangement", ["supersedes_id"], unique=True)
    op.create_index("ix_arrangement_party_body_id_arrangement_id", "arrangement_party", ["body_id", "arrangement_id"])
    op.add_column(
        "sharing_rule",
        sa.Column("basis", _one_of("ground", GROUNDS), nullable=False, server_default="INTERESTS_OF_THE_CHILD"),
    )


def _consent() -> None:
    """Who consents, in the words of the law: they were free text before."""
    op.execute("UPDATE consent SET capacity = replace(upper(capacity), ' ', '_')")
    op.alter_column("consent", "capacity", type_=sa.String(64))
    op.create_check_constraint(
        op.f("ck_consent_consentgiver"), "consent", f"capacity IN ({', '.join(repr(each) for each in GIVERS)})"
    )
    op.add_column("consent", sa.Column("capacity_basis", _one_of("capacitybasis", BASES)))
    op.execute(
        "UPDATE consent SET capacity_basis = CASE capacity WHEN 'CHILD' THEN 'UNDERSTANDS' "
        "WHEN 'PARENT' THEN 'CHILD_DOES_NOT_UNDERSTAND' WHEN 'YOUNG_PERSON' THEN 'HAS_CAPACITY' "
        "ELSE 'LACKS_CAPACITY_REPRESENTATIVE' END"
    )
    op.alter_column("consent", "capacity_basis", nullable=False)
    op.add_column("consent", sa.Column("while_providing", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("consent", sa.Column("ends_on", sa.Date(), comment="the last day, itself counted"))
    op.alter_column(
        "consent", "capacity", comment=None, existing_comment="parent, child, young person, alternative person"
    )
    op.alter_column("consent", "withdrawn_on", comment="from this day on it opens nothing")
    op.create_index("ix_consent_recipients", "consent", ["recipients"], postgresql_using="gin")


def downgrade() -> None:
    raise RuntimeError("what is recorded is not dropped: restore a backup instead")
