"""Notices reach the head or principal too, and tell of a transfer and of a plan that may cease."""

from alembic import op

revision = "0015"
down_revision = "0014"
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
    "CONSIDERING_CEASING",
    "CEASE",
    "PLAN_TRANSFERRED",
    "HEALTH_MEDIATION_ISSUES",
)
TO = ("FAMILY", "COMMISSIONER", "SETTING")


def upgrade() -> None:
    for column, name, words in (("kind", "noticekind", KINDS), ("given_to", "noticeto", TO)):
        op.drop_constraint(name, "notice", type_="check")
        op.create_check_constraint(name, "notice", f"{column} IN ({', '.join(repr(each) for each in words)})")


def downgrade() -> None:
    raise RuntimeError("notices that were given are kept: restore a backup instead")
