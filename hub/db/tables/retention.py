"""How long a body keeps the records that are its own, and what it keeps longer."""

from sqlalchemy import Column, Date, ForeignKey, ForeignKeyConstraint, Index, Integer, PrimaryKeyConstraint, Table, Uuid

from hub.db.tables.base import Instant, metadata, one_of, text
from hub.law.retention import CountedFrom, Matter
from hub.law.retention_holds import HoldGround

retention_choice = Table(
    "retention_choice",
    metadata,
    Column("owner_id", Uuid, ForeignKey("organisation.id"), nullable=False),
    Column("id", Uuid, nullable=False),
    Column("matter", one_of(Matter), nullable=False),
    Column("counted_from", one_of(CountedFrom), nullable=False),
    Column("years", Integer, comment="null: for good"),
    text("reason", nullable=False),
    text("chosen_by", nullable=False),
    Column("chosen_at", Instant, nullable=False),
    PrimaryKeyConstraint("owner_id", "id"),
    Index(None, "id"),
    Index("uq_retention_choice_matter", "owner_id", "matter", "counted_from", unique=True),
    info={"owners_data": True},
)

# A hold with no child is on all of the owner's records.
retention_hold = Table(
    "retention_hold",
    metadata,
    Column("owner_id", Uuid, ForeignKey("organisation.id"), nullable=False),
    Column("id", Uuid, nullable=False),
    Column("child_id", Uuid),
    Column("ground", one_of(HoldGround), nullable=False),
    text("reason", nullable=False),
    Column("until_on", Date, comment="the last day, itself counted; null: until it is released"),
    text("placed_by", nullable=False),
    Column("placed_at", Instant, nullable=False),
    text("released_by"),
    text("release_reason"),
    Column("released_at", Instant),
    PrimaryKeyConstraint("owner_id", "id"),
    ForeignKeyConstraint(["owner_id", "child_id"], ["child.owner_id", "child.id"]),
    Index(None, "owner_id", "child_id"),
    Index(None, "id"),
    info={"owners_data": True},
)
