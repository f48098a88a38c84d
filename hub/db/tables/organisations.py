"""Bodies, the clients and people that act for them, and the assertions they have used up."""

from sqlalchemy import (
    ARRAY,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    Uuid,
    false,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from hub.db.tables.base import Instant, body, metadata, one_of
from hub.law.reg17_disclosure import Purpose
from hub.law.vocabulary import OrganisationKind

organisation = Table(
    "organisation",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("name", Text, nullable=False),
    Column("kind", one_of(OrganisationKind), nullable=False),
    Column("ods_code", Text),
    Column("la_code", Text),
    Column("urn", Text),
    Column("in_force_from", Date),
    Column("in_force_to", Date),
    body("successor_id"),
    Index("uq_organisation_ods_code", "ods_code", unique=True, postgresql_where=text("ods_code IS NOT NULL")),
    Index("uq_organisation_la_code", "la_code", unique=True, postgresql_where=text("la_code IS NOT NULL")),
    Index("uq_organisation_urn", "urn", unique=True, postgresql_where=text("urn IS NOT NULL")),
    Index(None, "name", "id"),
    Index(None, "successor_id"),
    CheckConstraint("in_force_to IS NULL OR in_force_from IS NULL OR in_force_from <= in_force_to", name="validity"),
)

# A commissioning body in the place of another: what was asked for, and how far it has come.
succession = Table(
    "succession",
    metadata,
    Column("id", Uuid, primary_key=True),
    body("old_id", nullable=False),
    body("new_id", nullable=False),
    Column("starts_on", Date, nullable=False, comment="the first day of the new body in the old one's place"),
    Column("requested_at", Instant, nullable=False),
    Column("requested_by_id", Uuid, ForeignKey("organisation.id"), comment="null: the operator"),
    Column("children_total", Integer),
    Column("children", Integer, nullable=False, server_default="0"),
    Column("duties", Integer, nullable=False, server_default="0"),
    Column("requests", Integer, nullable=False, server_default="0"),
    Column("after_owner_id", Uuid, comment="with after_child_id: the last child that went over"),
    Column("after_child_id", Uuid),
    Column("finished_at", Instant),
    Index("uq_succession_old_id", "old_id", unique=True),
)

client = Table(
    "client",
    metadata,
    Column("client_id", Text, primary_key=True),
    body("organisation_id", nullable=False),
    Column("label", Text, nullable=False),
    Column("jwks", JSONB, nullable=False),
    Column("algorithms", ARRAY(Text), nullable=False),
    Column("scopes", ARRAY(Text), nullable=False),
    Column("purposes", ARRAY(Text), nullable=False),
    Column("default_purpose", one_of(Purpose), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("rotated_at", Instant),
    Column("disabled_at", Instant),
    Column("demo", Text, comment="set on clients whose private key is published in demo.json"),
    Column("only_documents", Boolean, nullable=False, server_default=false()),
    Column("dpop_required", Boolean, nullable=False, server_default=false()),
    Column("redirect_uris", ARRAY(Text), nullable=False, server_default="{}"),
    Column("issuer", Text, comment="whose tokens name it; null: the hub's own server"),
)

client_document = Table(
    "client_document",
    metadata,
    Column("client_id", Text, ForeignKey("client.client_id"), primary_key=True),
    Column("document_id", Text, primary_key=True, comment="sha256: and the hash of the text, in hexadecimal"),
    Column("name", Text, nullable=False),
    Column("text", Text, nullable=False),
)

used_assertion = Table(
    "used_assertion",
    metadata,
    Column("client_id", Text, ForeignKey("client.client_id"), primary_key=True),
    Column("jti", Text, primary_key=True),
    Column("expires_at", Instant, nullable=False),
    Index(None, "expires_at"),
)

person = Table(
    "person",
    metadata,
    Column("username", Text, primary_key=True),
    body("organisation_id", nullable=False),
    Column("role", Text, nullable=False),
    Column("name", Text, nullable=False),
)

idempotency_key = Table(
    "idempotency_key",
    metadata,
    Column("client_id", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("request_hash", Text, nullable=False),
    Column("answer", JSONB),
    Column("created_at", Instant, nullable=False),
    Column(
        "organisation_id",
        Uuid,
        nullable=False,
        server_default=text("nullif(current_setting('hub.caller', true), '')::uuid"),
    ),
    Index(None, "created_at"),
)
