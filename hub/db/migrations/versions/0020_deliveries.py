"""Events out: who is told of them, where, how, and each delivery. Secrets can be added and never read by who serves."""

import sqlalchemy as sa
from alembic import op

from hub.db.migrations.second_lock import is_caller, lock

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

PURPOSES = (
    "OWN_FUNCTIONS",
    "S23_NOTIFICATION",
    "S31_COOPERATION",
    "EHCNA_ADVICE_REQUEST",
    "EHCNA_ADVICE_RETURN",
    "COMMISSIONER_NOTICE",
    "SECTION_G_AGREEMENT",
    "PROVISION_DELIVERY",
    "ANNUAL_REVIEW",
    "PERSONAL_BUDGET",
    "TRANSFER_AUTHORITY",
    "CHANGE_OF_COMMISSIONER",
    "MEDIATION",
    "APPEAL",
    "RECOMMENDATION",
    "SAFEGUARDING",
    "HIGHER_EDUCATION_DSA",
    "OFSTED_INSPECTION",
    "CQC_INSPECTION",
    "OMBUDSMAN",
    "COURT",
    "SECRETARY_OF_STATE",
    "YOUTH_JUSTICE",
    "RESEARCH",
    "STATISTICS",
    "SUBJECT_ACCESS",
    "SELF_OR_PARENT_VIEW",
)
OWN = is_caller("organisation_id")
OF_OWN = f"EXISTS (SELECT FROM receiver WHERE receiver.id = receiver_secret.receiver_id AND receiver.{OWN})"

# Runs as the worker, which sees every delivery: numbers for operators, which name nobody.
FIGURES = """
CREATE FUNCTION delivery_figures(
    OUT waiting bigint, OUT oldest timestamptz, OUT dead bigint, OUT failing bigint, OUT turned_off bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT
        (SELECT count(*) FROM event_delivery WHERE status = 'WAITING'),
        (SELECT min(created_at) FROM event_delivery WHERE status = 'WAITING'),
        (SELECT count(*) FROM event_delivery WHERE status = 'DEAD'),
        (SELECT count(*) FROM receiver WHERE status <> 'OFF' AND failing_since IS NOT NULL),
        (SELECT count(*) FROM receiver WHERE status = 'OFF' AND off_because <> 'TURNED_OFF' AND off_because <> 'ENDED')
$$
"""


def _one_of(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=64)


def _instant(name: str, *, nullable: bool = True, comment: str | None = None) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable, comment=comment)


def _body() -> sa.Column[object]:
    return sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False)


def _client() -> sa.Column[object]:
    return sa.Column("client_id", sa.Text(), sa.ForeignKey("client.client_id"), nullable=False)


def _of_receiver() -> sa.Column[object]:
    return sa.Column("receiver_id", sa.Uuid(), sa.ForeignKey("receiver.id", ondelete="CASCADE"), nullable=False)


def upgrade() -> None:
    _destinations()
    _receivers()
    _secrets()
    _deliveries()
    for table in ("destination", "receiver", "receiver_secret", "event_delivery"):
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO hub_worker")
    op.execute(FIGURES)
    op.execute("GRANT CREATE ON SCHEMA public TO hub_worker")
    op.execute("ALTER FUNCTION delivery_figures() OWNER TO hub_worker")
    op.execute("REVOKE CREATE ON SCHEMA public FROM hub_worker")
    op.execute("REVOKE ALL ON FUNCTION delivery_figures() FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION delivery_figures() TO hub_serving")


def _destinations() -> None:
    op.create_table(
        "destination",
        _client(),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("port", sa.Integer(), nullable=False),
        _body(),
        sa.Column(
            "networks",
            sa.ARRAY(sa.Text()),
            nullable=False,
            comment="CIDR; none: any address of the public internet",
        ),
        _instant("allowed_at", nullable=False),
        sa.PrimaryKeyConstraint("client_id", "host", "port", name=op.f("pk_destination")),
    )
    op.execute("GRANT SELECT ON destination TO hub_serving")
    op.execute(f"CREATE POLICY seen ON destination FOR SELECT TO hub_serving USING ({OWN})")
    op.execute("CREATE POLICY hubs_own_work ON destination TO hub_worker USING (true) WITH CHECK (true)")
    op.execute("ALTER TABLE destination ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE destination FORCE ROW LEVEL SECURITY")


def _receivers() -> None:
    op.create_table(
        "receiver",
        sa.Column("id", sa.Uuid(), primary_key=True),
        _body(),
        _client(),
        sa.Column("kind", _one_of("receiverkind", "WEBHOOK", "FHIR_SUBSCRIPTION"), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("topics", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("purpose", _one_of("purpose", *PURPOSES), nullable=False),
        sa.Column("content", _one_of("content", "EMPTY", "ID_ONLY"), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False, comment="what it is for, as its body says it"),
        sa.Column("status", _one_of("receiverstatus", "REQUESTED", "ACTIVE", "OFF"), nullable=False),
        sa.Column(
            "off_because", _one_of("offbecause", "GONE", "EXHAUSTED", "TURNED_OFF", "CLIENT_CANNOT_ACT", "ENDED")
        ),
        _instant("ends_at"),
        sa.Column("heartbeat_s", sa.Integer()),
        sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
        _instant("created_at", nullable=False),
        _instant("updated_at", nullable=False),
        sa.Column(
            "after_recorded_in",
            sa.BigInteger(),
            nullable=False,
            comment="the place in the feed up to which it has events",
        ),
        sa.Column("after_event_id", sa.Uuid(), nullable=False),
        sa.Column("after_about_id", sa.Uuid(), nullable=False),
        sa.Column(
            "told",
            sa.BigInteger(),
            nullable=False,
            server_default="0",
            comment="the number of the last event it was told",
        ),
        sa.Column("failures", sa.Integer(), nullable=False, server_default="0", comment="in a row"),
        _instant("failing_since"),
        sa.Column("failed_with", sa.Text(), comment="a status or a code of the hub's; never what the receiver said"),
        _instant("paused_until"),
        _instant("last_told_at"),
    )
    op.create_index("ix_receiver_organisation_id_id", "receiver", ["organisation_id", "id"])
    op.create_index("ix_receiver_client_id", "receiver", ["client_id"])
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON receiver TO hub_serving")
    lock("receiver", sees=OWN)
    op.execute(f"CREATE POLICY removed ON receiver FOR DELETE TO hub_serving USING ({OWN})")


def _secrets() -> None:
    op.create_table(
        "receiver_secret",
        sa.Column("id", sa.Uuid(), primary_key=True),
        _of_receiver(),
        sa.Column("kind", _one_of("secretkind", "HMAC_SHA256", "ED25519", "HEADER"), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.Text(), comment="of ED25519: what the receiver checks signatures by"),
        _instant("created_at", nullable=False),
        _instant("retires_at"),
    )
    op.create_index("ix_receiver_secret_receiver_id", "receiver_secret", ["receiver_id"])
    shown = "id, receiver_id, kind, public_key, created_at, retires_at"
    op.execute("REVOKE ALL ON receiver_secret FROM hub_serving")
    op.execute(f"GRANT INSERT, SELECT ({shown}), UPDATE (retires_at) ON receiver_secret TO hub_serving")
    lock("receiver_secret", sees=OF_OWN)


def _deliveries() -> None:
    op.create_table(
        "event_delivery",
        sa.Column(
            "id",
            sa.Uuid(),
            primary_key=True,
            comment="made from the receiver, the event and the thing: never another",
        ),
        sa.Column("position", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        _of_receiver(),
        _body(),
        sa.Column("telling", _one_of("telling", "EVENT", "HANDSHAKE", "HEARTBEAT", "TEST"), nullable=False),
        sa.Column(
            "subject_id",
            sa.Uuid(),
            nullable=False,
            comment="of what one is told in order: the child, else the thing",
        ),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Uuid()),
        sa.Column("event_kind", sa.Text()),
        _instant("event_at"),
        sa.Column("recorded_in", sa.BigInteger()),
        sa.Column("about_type", sa.Text()),
        sa.Column("about_id", sa.Uuid()),
        sa.Column("owner_id", sa.Uuid()),
        sa.Column("child_id", sa.Uuid()),
        sa.Column(
            "number",
            sa.BigInteger(),
            comment="of the event among those the receiver was told; given when it is first told",
        ),
        sa.Column("status", _one_of("deliverystatus", "WAITING", "DELIVERED", "WITHHELD", "DEAD"), nullable=False),
        _instant("created_at", nullable=False),
        sa.Column("attempts", sa.SmallInteger(), nullable=False, server_default="0"),
        _instant("first_tried_at"),
        _instant("due_at", nullable=False),
        _instant("claimed_until", comment="by the database's own clock"),
        sa.Column("claim_id", sa.Uuid()),
        sa.Column("failed_with", sa.Text()),
        _instant("settled_at"),
    )
    waiting = sa.text("status = 'WAITING'")
    op.create_index("uq_event_delivery_position", "event_delivery", ["position"], unique=True)
    op.create_index(
        "ix_event_delivery_in_order",
        "event_delivery",
        ["receiver_id", "subject_id", "position"],
        postgresql_where=waiting,
    )
    op.create_index("ix_event_delivery_due", "event_delivery", ["receiver_id", "due_at"], postgresql_where=waiting)
    op.create_index("uq_event_delivery_number", "event_delivery", ["receiver_id", "number"], unique=True)
    op.create_index("ix_event_delivery_settled", "event_delivery", ["status", "settled_at"])
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON event_delivery TO hub_serving")
    lock("event_delivery", sees=OWN)
    op.execute(f"CREATE POLICY removed ON event_delivery FOR DELETE TO hub_serving USING ({OWN})")


def downgrade() -> None:
    raise RuntimeError("what was told, and what waits to be told, is not dropped: restore a backup instead")
