"""Duties of no body, reminders, agreed time limits, help that is asked for, withdrawn requests, and who decides."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from hub.db.migrations.second_lock import OWNED, any_of, is_caller, lock

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

OF_NO_BODY = (
    "CONTACT_MEDIATION_ADVISER",
    "CERTIFY_MEDIATION_DECLINED",
    "CERTIFY_MEDIATION_NOT_ARRANGED",
    "CERTIFY_MEDIATION_ENDED",
    "APPEAL_AFTER_DECISION",
    "APPEAL_AFTER_CERTIFICATE",
)
STATES = (
    "WAITING_TO_START",
    "RUNNING",
    "DUE_SOON",
    "MET",
    "MET_LATE",
    "OVERDUE",
    "CLOSED",
    "EXCUSED",
    "ENDED",
)
STEPS = (
    "POSITION_STATED",
    "ESCALATED",
    "COMMISSIONERS_TOLD",
    "MEDIATION_DECLINED",
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
FUNCTIONS = (
    "EHC_NEEDS_ASSESSMENT",
    "REASSESSMENT",
    "PLAN_PREPARATION",
    "PLAN_REVIEW",
    "SECURING_PROVISION",
    "PERSONAL_BUDGET",
    "TRANSFER",
    "OTHER_PART_3",
)
DECIDERS = ("PARENT", "PARENTS_REPRESENTATIVE", "YOUNG_PERSON", "ALTERNATIVE_PERSON")
BECAUSE = (
    "NOT_OVER_SCHOOL_AGE",
    "PARENT_LACKS_CAPACITY",
    "OVER_SCHOOL_AGE",
    "LACKS_CAPACITY_REPRESENTATIVE",
    "LACKS_CAPACITY_PARENT",
    "LACKS_CAPACITY_PARENTS_REPRESENTATIVE",
)


def _one_of(name: str, words: Sequence[str]) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=64)


def _in(column: str, words: Sequence[str]) -> str:
    return f"{column} IN ({', '.join(repr(word) for word in words)})"


def upgrade() -> None:
    _duties()
    _agreed_limits()
    _withdrawn()
    _enquiries()
    for table in ("assessment", "personal_budget"):
        op.add_column(table, sa.Column("decider", _one_of("decider", DECIDERS)))
        op.add_column(table, sa.Column("decides_because", _one_of("decidesbecause", BECAUSE)))


def _duties() -> None:
    op.alter_column("duty", "holder_id", nullable=True)
    op.drop_index("uq_duty_about", "duty")
    op.create_index(
        "uq_duty_about",
        "duty",
        ["owner_id", "about_id", "rule", "holder_id"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )
    op.create_check_constraint(
        op.f("ck_duty_held_by_body"), "duty", f"(holder_id IS NULL) = ({_in('rule', OF_NO_BODY)})"
    )
    for table, column, name, words in (
        ("duty", "announced_state", "dutystate", STATES),
        ("dispute_step", "step", "redressstep", STEPS),
    ):
        op.drop_constraint(op.f(f"ck_{table}_{name}"), table, type_="check")
        op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, _in(column, words))
    op.add_column(
        "duty",
        sa.Column(
            "reminded_days",
            sa.Integer(),
            comment="days before the last day, or since a request was sent that nobody has received: the last reminder",
        ),
    )
    op.add_column("duty", sa.Column("reminded_of", sa.Date(), comment="the last day that it reminded of"))


def _agreed_limits() -> None:
    op.create_table(
        "arrangement_time_limit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("arrangement_id", sa.Uuid(), sa.ForeignKey("arrangement.id"), nullable=False),
        sa.Column("function", _one_of("part3function", FUNCTIONS), nullable=False),
        sa.Column("working_days", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_arrangement_time_limit")),
    )
    op.create_index(
        "ix_arrangement_time_limit_arrangement_id_function",
        "arrangement_time_limit",
        ["arrangement_id", "function"],
        unique=True,
    )
    op.execute("GRANT SELECT, INSERT ON arrangement_time_limit TO hub_serving")
    op.add_column(
        "cooperation_request",
        sa.Column("agreed_in_id", sa.Uuid(), sa.ForeignKey("arrangement.id")),
    )
    op.add_column(
        "cooperation_request",
        sa.Column("agreed_working_days", sa.Integer(), comment="by the arrangement, from receipt"),
    )


def _withdrawn() -> None:
    """What a body keeps of a request that was withdrawn: nothing of the child, not even which."""
    op.create_table(
        "withdrawn_request",
        sa.Column("owner_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("addressed_to_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["owner_id", "id"], ["cooperation_request.owner_id", "cooperation_request.id"]),
        sa.PrimaryKeyConstraint("owner_id", "id", name=op.f("pk_withdrawn_request")),
    )
    op.create_index("ix_withdrawn_request_id", "withdrawn_request", ["id"])
    for column in ("owner_id", "addressed_to_id"):
        op.create_index(
            f"ix_withdrawn_request_{column}_withdrawn_at_id", "withdrawn_request", [column, "withdrawn_at", "id"]
        )
    op.execute("GRANT SELECT, INSERT ON withdrawn_request TO hub_serving")
    op.execute("ALTER TABLE cooperation_request NO FORCE ROW LEVEL SECURITY")
    op.execute(
        "INSERT INTO withdrawn_request (owner_id, id, addressed_to_id, sent_at, withdrawn_at) "
        "SELECT owner_id, id, addressed_to_id, sent_at, withdrawn_at FROM cooperation_request "
        "WHERE status = 'WITHDRAWN' AND withdrawn_at IS NOT NULL"
    )
    op.execute("ALTER TABLE cooperation_request FORCE ROW LEVEL SECURITY")
    lock("withdrawn_request", sees=any_of(OWNED, is_caller("addressed_to_id")), adds=OWNED, changes="false")


def _enquiries() -> None:
    """Help asked of a partner or a school (CFA 2014 ss. 28, 29): who is asked has the question, and not the record."""
    op.create_table(
        "enquiry",
        sa.Column("owner_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid()),
        sa.Column("addressed_to_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("provision", sa.Text(), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.Text()),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(["owner_id", "child_id"], ["child.owner_id", "child.id"]),
        sa.PrimaryKeyConstraint("owner_id", "id", name=op.f("pk_enquiry")),
    )
    op.create_index("ix_enquiry_id", "enquiry", ["id"])
    for columns in (
        ["owner_id", "child_id"],
        ["owner_id", "asked_at", "id"],
        ["addressed_to_id", "asked_at", "id"],
    ):
        op.create_index(f"ix_enquiry_{'_'.join(columns)}", "enquiry", columns)
    op.execute("GRANT SELECT, INSERT ON enquiry TO hub_serving")
    op.execute("GRANT UPDATE (answer, answered_at) ON enquiry TO hub_serving")
    lock(
        "enquiry",
        sees=any_of(OWNED, is_caller("addressed_to_id")),
        adds=OWNED,
        changes=is_caller("addressed_to_id"),
    )


def downgrade() -> None:
    raise RuntimeError("what is recorded is not dropped: restore a backup instead")
