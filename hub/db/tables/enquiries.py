"""Help that is asked for (ss. 28, 29), and what is left of a request to co-operate that was withdrawn.

Neither opens anything of a child's record to the body that was asked: they are its own correspondence, which it sees
without a relationship to the child. Of a withdrawn request it keeps nothing of the child, not even which.
"""

from sqlalchemy import Column, ForeignKey, ForeignKeyConstraint, Index, PrimaryKeyConstraint, Table, Text, Uuid

from hub.db.tables.base import Instant, body, metadata

withdrawn_request = Table(
    "withdrawn_request",
    metadata,
    Column("owner_id", Uuid, ForeignKey("organisation.id"), nullable=False),
    Column("id", Uuid, nullable=False),
    body("addressed_to_id", nullable=False),
    Column("sent_at", Instant, nullable=False),
    Column("withdrawn_at", Instant, nullable=False),
    PrimaryKeyConstraint("owner_id", "id"),
    ForeignKeyConstraint(["owner_id", "id"], ["cooperation_request.owner_id", "cooperation_request.id"]),
    Index(None, "id"),
    Index(None, "owner_id", "withdrawn_at", "id"),
    Index(None, "addressed_to_id", "withdrawn_at", "id"),
)

enquiry = Table(
    "enquiry",
    metadata,
    Column("owner_id", Uuid, ForeignKey("organisation.id"), nullable=False),
    Column("id", Uuid, nullable=False),
    Column("child_id", Uuid),
    body("addressed_to_id", nullable=False),
    Column("provision", Text, nullable=False),
    Column("asked", Text, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("answer", Text),
    Column("answered_at", Instant),
    PrimaryKeyConstraint("owner_id", "id"),
    ForeignKeyConstraint(["owner_id", "child_id"], ["child.owner_id", "child.id"]),
    Index(None, "id"),
    Index(None, "owner_id", "child_id"),
    Index(None, "owner_id", "asked_at", "id"),
    Index(None, "addressed_to_id", "asked_at", "id"),
)
