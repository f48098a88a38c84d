"""Notices as they were given; who raised a dispute, what it is about and what was done in it; how a review went."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from hub.db.migrations.second_lock import lock_childs_table

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

KINDS = (
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
    "CEASE",
    "HEALTH_MEDIATION_ISSUES",
)
TO = (
    "FAMILY",
    "COMMISSIONER",
)
DECIDERS = (
    "PARENT",
    "PARENTS_REPRESENTATIVE",
    "YOUNG_PERSON",
    "ALTERNATIVE_PERSON",
)
BECAUSE = (
    "NOT_OVER_SCHOOL_AGE",
    "PARENT_LACKS_CAPACITY",
    "OVER_SCHOOL_AGE",
    "LACKS_CAPACITY_REPRESENTATIVE",
    "LACKS_CAPACITY_PARENT",
    "LACKS_CAPACITY_PARENTS_REPRESENTATIVE",
)
APPEALED = (
    "ASSESS",
    "MAKE_PLAN",
    "RECONSIDER",
    "AMEND_PROVISION",
    "AMEND_PLACEMENT",
    "CONTINUE_AND_AMEND",
    "DISMISSED",
)
STEPS = (
    "POSITION_STATED",
    "ESCALATED",
    "COMMISSIONERS_TOLD",
    "MEDIATION_ARRANGED",
    "MEDIATION_NOT_ARRANGED",
    "MEDIATION_HELD",
    "MEDIATION_AGREED",
    "AUTHORITY_TOLD",
    "AGREEMENT_DONE",
    "CERTIFICATE_ISSUED",
    "APPEAL_OPPOSED",
    "APPEAL_NOT_OPPOSED",
    "APPEAL_WITHDRAWN",
    "ORDERED",
    "ORDER_COMPLIED",
    "HEALTH_RESPONSE",
    "SOCIAL_CARE_RESPONSE",
    "HEALTH_RESPONSE_COPIED",
    "SOCIAL_CARE_RESPONSE_COPIED",
    "ACKNOWLEDGED",
    "ANSWERED",
)


def _one_of(name: str, words: Sequence[str]) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=64)


def upgrade() -> None:
    op.create_table(
        "notice",
        sa.Column("owner_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("kind", _one_of("noticekind", KINDS), nullable=False),
        sa.Column("given_to", _one_of("noticeto", TO), nullable=False),
        sa.Column("addressed_to_id", sa.Uuid(), sa.ForeignKey("organisation.id")),
        sa.Column("decider", _one_of("decider", DECIDERS)),
        sa.Column("decides_because", _one_of("decidesbecause", BECAUSE)),
        sa.Column("provision", sa.Text(), nullable=False),
        sa.Column("contents", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("about_type", sa.Text(), nullable=False),
        sa.Column("about_id", sa.Uuid(), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("given_by_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.ForeignKeyConstraint(["owner_id", "child_id"], ["child.owner_id", "child.id"]),
        sa.PrimaryKeyConstraint("owner_id", "id", name=op.f("pk_notice")),
    )
    op.create_index("ix_notice_owner_id_child_id", "notice", ["owner_id", "child_id"])
    op.create_index("ix_notice_id", "notice", ["id"])
    op.create_index("ix_notice_owner_id_about_id", "notice", ["owner_id", "about_id"])
    op.create_index(
        "ix_notice_addressed_to_id_owner_id_child_id", "notice", ["addressed_to_id", "owner_id", "child_id"]
    )
    op.create_index("ix_notice_owner_id_given_at_id", "notice", ["owner_id", "given_at", "id"])
    op.execute("GRANT SELECT, INSERT ON notice TO hub_serving")
    lock_childs_table("notice")
    _disputes()
    _reviews()


def _disputes() -> None:
    op.add_column("dispute", sa.Column("ended_on", sa.Date()))
    op.add_column("dispute", sa.Column("raised_by_id", sa.Uuid(), sa.ForeignKey("organisation.id")))
    op.add_column("dispute", sa.Column("matters", sa.ARRAY(sa.Text()), comment="the kinds of provision in issue"))
    op.add_column("dispute", sa.Column("decider", _one_of("decider", DECIDERS)))
    op.add_column("dispute", sa.Column("decides_because", _one_of("decidesbecause", BECAUSE)))
    op.add_column("dispute", sa.Column("appealed", _one_of("appealedmatter", APPEALED)))
    op.add_column("dispute", sa.Column("arrangement_id", sa.Uuid(), sa.ForeignKey("arrangement.id")))
    op.add_column("dispute_step", sa.Column("step", _one_of("redressstep", STEPS)))
    op.add_column("dispute_step", sa.Column("held_on", sa.Date(), comment="the day of a mediation that is arranged"))
    op.add_column("dispute_step", sa.Column("follows", sa.Boolean(), comment="whether a recommendation is followed"))


def _reviews() -> None:
    op.add_column(
        "review",
        sa.Column("planned_for", sa.Date(), comment="the day of the meeting, as those invited were told"),
    )
    op.add_column("review", sa.Column("notice_given_on", sa.Date()))
    op.add_column("review", sa.Column("invited", sa.ARRAY(sa.Text()), comment="who was invited"))
    op.add_column("review", sa.Column("papers_sent_on", sa.Date()))
    op.add_column("review", sa.Column("transfer_on", sa.Date(), comment="of a phase transfer: the day of the transfer"))
    op.add_column("review", sa.Column("reasons", sa.Text()))


def downgrade() -> None:
    raise RuntimeError("what is recorded is not dropped: restore a backup instead")
