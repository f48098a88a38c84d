"""What has happened: events, disclosures and inbound payloads (append-only, a partition a month), and what was refused.

The serving role may only insert into the append-only tables. A row is never changed; a correction is a further row.
"""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

from hub.db.tables.base import Instant, body, metadata, one_of, recorded_in
from hub.law.imports import ImportStatus
from hub.law.reg17_disclosure import Purpose
from hub.law.vocabulary import Source

event = Table(
    "event",
    metadata,
    Column("id", Uuid, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("kind", Text, nullable=False),
    Column("owner_id", Uuid),
    Column("child_id", Uuid),
    Column("about_type", Text),
    Column("about_id", Uuid),
    Column("organisation_id", Uuid),
    Column("client_id", Text),
    Column("person", Text),
    Column("token_id", Text),
    Column("purpose", one_of(Purpose)),
    Column("facts", JSONB, nullable=False, comment="codes, dates and ids; never a name, number or free text"),
    recorded_in(),
    PrimaryKeyConstraint("id", "recorded_at"),
    Index(None, "owner_id", "about_id", "recorded_at"),
    Index(None, "owner_id", "child_id", "recorded_at"),
    Index(None, "recorded_in", "id"),
    postgresql_partition_by="RANGE (recorded_at)",
    info={"append_only": True, "childs_data": True},
)

disclosure = Table(
    "disclosure",
    metadata,
    Column("id", Uuid, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("owner_id", Uuid, nullable=False),
    Column("child_id", Uuid, nullable=False),
    Column("organisation_id", Uuid, nullable=False),
    Column("client_id", Text),
    Column("person", Text),
    Column("token_id", Text, nullable=False),
    Column("purpose", one_of(Purpose), nullable=False),
    Column("ground", Text, nullable=False),
    Column("operation", Text, nullable=False),
    Column("operation_hash", Text, nullable=False),
    Column("parts_shown", ARRAY(Text), nullable=False),
    Column("parts_withheld", ARRAY(Text), nullable=False),
    recorded_in(),
    PrimaryKeyConstraint("id", "recorded_at"),
    Index(None, "owner_id", "child_id", "recorded_at"),
    Index(None, "recorded_in", "id"),
    postgresql_partition_by="RANGE (recorded_at)",
    info={"append_only": True, "childs_data": True},
)

source = Table(
    "source",
    metadata,
    Column("id", Uuid, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("owner_id", Uuid),
    Column("sender_id", Uuid),
    Column("client_id", Text),
    Column("kind", one_of(Source), nullable=False),
    Column("name", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("content", LargeBinary, nullable=False),
    PrimaryKeyConstraint("id", "received_at"),
    Index(None, "owner_id", "sha256"),
    postgresql_partition_by="RANGE (received_at)",
    info={"append_only": True},
)

import_run = Table(
    "import_run",
    metadata,
    Column("owner_id", Uuid, ForeignKey("organisation.id"), nullable=False),
    Column("id", Uuid, nullable=False),
    Column("kind", one_of(Source), nullable=False),
    Column("sha256", Text, nullable=False),
    Column("reference_date", Date),
    Column("system", Text, comment="of an extract, the case system"),
    Column("started_at", Instant, nullable=False),
    Column("finished_at", Instant, nullable=False),
    Column("counts", JSONB, nullable=False),
    PrimaryKeyConstraint("owner_id", "id"),
    Index(None, "owner_id", "sha256"),
)

received_file = Table(
    "received_file",
    metadata,
    Column("owner_id", Uuid, ForeignKey("organisation.id"), nullable=False),
    Column("id", Uuid, nullable=False),
    Column("kind", one_of(Source), nullable=False),
    Column("key", Text, nullable=False, comment="hash of the content and of how it is to be read"),
    Column("about", JSONB, nullable=False, comment="how it is to be read; never a child's data"),
    Column("name", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("source_ids", ARRAY(Uuid), nullable=False, comment="its pieces in `source`, in order"),
    Column("client_id", Text, nullable=False),
    Column("person", Text),
    Column("token_id", Text, nullable=False),
    Column("purpose", one_of(Purpose), nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("status", one_of(ImportStatus), nullable=False),
    Column("finished_at", Instant),
    Column("outcome", JSONB, comment="the report, or why it was refused; never a child's data"),
    PrimaryKeyConstraint("owner_id", "id"),
    Index(None, "id"),
    Index("uq_received_file_key", "owner_id", "kind", "key", unique=True),
    info={"owners_data": True},
)

quarantined_item = Table(
    "quarantined_item",
    metadata,
    Column("owner_id", Uuid, ForeignKey("organisation.id"), nullable=False),
    Column("id", Uuid, nullable=False),
    Column("import_run_id", Uuid),
    body("sender_id"),
    Column("kind", one_of(Source), nullable=False),
    Column("place", Text, nullable=False, comment="row, element path or FHIRPath"),
    Column("problems", JSONB, nullable=False, comment="[{place, rule, message}]; never a child's data"),
    Column("content", LargeBinary, nullable=False),
    Column("quarantined_at", Instant, nullable=False),
    Column("resolved_at", Instant),
    PrimaryKeyConstraint("owner_id", "id"),
    Index(None, "owner_id", "quarantined_at", "id"),
    info={"owners_data": True},
)
