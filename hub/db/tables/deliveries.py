"""Who is told of events by the hub itself, where and how, and each delivery to each of them.

A delivery holds ids and codes alone. Secrets are sealed (`hub.auth.sealed`), and the serving role, which may add them,
can read none.
"""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    Uuid,
    text,
)

from hub.db.tables.base import Instant, body, metadata, one_of
from hub.law.deliveries import (
    Content,
    DeliveryStatus,
    OffBecause,
    ReceiverKind,
    ReceiverStatus,
    SecretKind,
    Telling,
)
from hub.law.reg17_disclosure import Purpose

# Where the operator lets the hub send what concerns a client; without a row, nowhere.
destination = Table(
    "destination",
    metadata,
    Column("client_id", Text, ForeignKey("client.client_id"), nullable=False),
    Column("host", Text, nullable=False),
    Column("port", Integer, nullable=False),
    body("organisation_id", nullable=False),
    Column("networks", ARRAY(Text), nullable=False, comment="CIDR; none: any address of the public internet"),
    Column("allowed_at", Instant, nullable=False),
    PrimaryKeyConstraint("client_id", "host", "port"),
)

receiver = Table(
    "receiver",
    metadata,
    Column("id", Uuid, primary_key=True),
    body("organisation_id", nullable=False),
    Column("client_id", Text, ForeignKey("client.client_id"), nullable=False),
    Column("kind", one_of(ReceiverKind), nullable=False),
    Column("address", Text, nullable=False),
    Column("topics", ARRAY(Text), nullable=False),
    Column("purpose", one_of(Purpose), nullable=False),
    Column("content", one_of(Content), nullable=False),
    Column("reason", Text, nullable=False, comment="what it is for, as its body says it"),
    Column("status", one_of(ReceiverStatus), nullable=False),
    Column("off_because", one_of(OffBecause)),
    Column("ends_at", Instant),
    Column("heartbeat_s", Integer),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("after_recorded_in", BigInteger, nullable=False, comment="the place in the feed up to which it has events"),
    Column("after_event_id", Uuid, nullable=False),
    Column("after_about_id", Uuid, nullable=False),
    Column("told", BigInteger, nullable=False, server_default="0", comment="the number of the last event it was told"),
    Column("failures", Integer, nullable=False, server_default="0", comment="in a row"),
    Column("failing_since", Instant),
    Column("failed_with", Text, comment="a status or a code of the hub's; never what the receiver said"),
    Column("paused_until", Instant),
    Column("last_told_at", Instant),
    Index(None, "organisation_id", "id"),
    Index(None, "client_id"),
)

receiver_secret = Table(
    "receiver_secret",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("receiver_id", Uuid, ForeignKey("receiver.id", ondelete="CASCADE"), nullable=False),
    Column("kind", one_of(SecretKind), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("public_key", Text, comment="of ED25519: what the receiver checks signatures by"),
    Column("created_at", Instant, nullable=False),
    Column("retires_at", Instant),
    Index(None, "receiver_id"),
)

event_delivery = Table(
    "event_delivery",
    metadata,
    Column("id", Uuid, primary_key=True, comment="made from the receiver, the event and the thing: never another"),
    Column("position", BigInteger, Identity(always=True), nullable=False),
    Column("receiver_id", Uuid, ForeignKey("receiver.id", ondelete="CASCADE"), nullable=False),
    body("organisation_id", nullable=False),
    Column("telling", one_of(Telling), nullable=False),
    Column("subject_id", Uuid, nullable=False, comment="of what one is told in order: the child, else the thing"),
    Column("topic", Text, nullable=False),
    Column("event_id", Uuid),
    Column("event_kind", Text),
    Column("event_at", Instant),
    Column("recorded_in", BigInteger),
    Column("about_type", Text),
    Column("about_id", Uuid),
    Column("owner_id", Uuid),
    Column("child_id", Uuid),
    Column("number", BigInteger, comment="of the event among those the receiver was told; given when it is first told"),
    Column("status", one_of(DeliveryStatus), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("attempts", SmallInteger, nullable=False, server_default="0"),
    Column("first_tried_at", Instant),
    Column("due_at", Instant, nullable=False),
    Column("claimed_until", Instant, comment="by the database's own clock"),
    Column("claim_id", Uuid),
    Column("failed_with", Text),
    Column("settled_at", Instant),
    Index("uq_event_delivery_position", "position", unique=True),
    Index(
        "ix_event_delivery_in_order",
        "receiver_id",
        "subject_id",
        "position",
        postgresql_where=text("status = 'WAITING'"),
    ),
    Index("ix_event_delivery_due", "receiver_id", "due_at", postgresql_where=text("status = 'WAITING'")),
    Index("uq_event_delivery_number", "receiver_id", "number", unique=True),
    Index("ix_event_delivery_of_child", "owner_id", "child_id", postgresql_where=text("status = 'WAITING'")),
    Index("ix_event_delivery_settled", "status", "settled_at"),
)
