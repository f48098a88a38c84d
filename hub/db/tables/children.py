"""Children and young people, how they are known, who may be told about them and which body answers for them."""

from sqlalchemy import (
    ARRAY,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    Uuid,
    false,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from hub.db.tables.base import Instant, body, childs_table, metadata, one_of, reference
from hub.law.precedence import ChildField, StandsBy
from hub.law.vocabulary import IdentityDecision, NHSNumberStatus, ResponsibilityKind, Sex, Source

child = Table(
    "child",
    metadata,
    Column("owner_id", Uuid, ForeignKey("organisation.id"), nullable=False),
    Column("id", Uuid, nullable=False),
    Column("family_name", Text, nullable=False),
    Column("given_names", ARRAY(Text), nullable=False),
    Column("date_of_birth", Date, nullable=False),
    Column("sex", one_of(Sex), nullable=False),
    Column("postcode", Text),
    Column("nhs_number", Text),
    Column("nhs_number_status", one_of(NHSNumberStatus)),
    Column("upn", Text),
    Column("upn_unknown_reason", Text),
    Column("ethnicity", Text),
    Column(
        "restricted",
        Boolean,
        nullable=False,
        server_default=false(),
        comment="where the child lives and whom to reach is kept from every body but the owner",
        info={"never_given": True},
    ),
    Column("source", one_of(Source), nullable=False),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("updated_at", Instant, nullable=False),
    PrimaryKeyConstraint("owner_id", "id"),
    Index(None, "id"),
    Index(
        "uq_child_owner_id_nhs_number",
        "owner_id",
        "nhs_number",
        unique=True,
        postgresql_where=text("nhs_number IS NOT NULL"),
    ),
    Index("uq_child_owner_id_upn", "owner_id", "upn", unique=True, postgresql_where=text("upn IS NOT NULL")),
    Index(None, "owner_id", "family_name", "id"),
    Index(None, "owner_id", "date_of_birth", "id"),
    Index(None, "nhs_number"),
    Index(None, "upn"),
    CheckConstraint("date_of_birth >= DATE '1900-01-01'", name="born"),
    info={"childs_data": True},
)

child_identifier = childs_table(
    "child_identifier",
    Column("system", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("held_from", Date),
    Column("held_to", Date),
    Index(None, "owner_id", "system", "value"),
)

child_source = childs_table(
    "child_source",
    Column("source", one_of(Source), nullable=False),
    Column("system", Text, comment="of an extract the case system; null: another kind of source"),
    body("said_by_id"),
    Column("said_on", Date, nullable=False, comment="the day of which it first told"),
    Column("since", JSONB, nullable=False, comment="fields that it has said otherwise, or first, on a later day"),
    Column("family_name", Text),
    Column("given_names", ARRAY(Text)),
    Column("date_of_birth", Date),
    Column("sex", one_of(Sex)),
    Column("postcode", Text),
    Column("nhs_number", Text),
    Column("nhs_number_status", one_of(NHSNumberStatus)),
    Column("upn", Text),
    Column(
        "content_hash",
        Text,
        comment="of what the source last told of the child, in a file: who has the same hash is not compared again",
    ),
    Column("withdrawn_on", Date, comment="the day on which the source told that it has the child no more"),
    Index(None, "owner_id", "content_hash", postgresql_where=text("content_hash IS NOT NULL")),
)

disagreement = childs_table(
    "disagreement",
    Column("field", one_of(ChildField), nullable=False),
    Column("rule", one_of(StandsBy), nullable=False, comment="by which the word that stands was chosen"),
    Column("told", JSONB, nullable=False, comment="[{value, source, system, body, code, on, stands}]"),
    Column("found_on", Date, nullable=False),
    Column("settled_on", Date, comment="the day on which the sources agreed again"),
    Index(None, "owner_id", "found_on", "id"),
)

precedence = Table(
    "precedence",
    metadata,
    Column("owner_id", Uuid, ForeignKey("organisation.id"), nullable=False),
    Column("id", Uuid, nullable=False),
    Column("field", one_of(ChildField), nullable=False),
    Column("sources", ARRAY(Text), nullable=False, comment="words of hub.law.precedence, the first first"),
    Column("set_at", Instant, nullable=False),
    PrimaryKeyConstraint("owner_id", "id"),
    Index(None, "id"),
    Index("uq_precedence_owner_id_field", "owner_id", "field", unique=True),
    info={"owners_data": True},
)

contact = childs_table(
    "contact",
    Column("name", Text, nullable=False),
    Column("relationship", Text, nullable=False),
    Column("parental_responsibility", Boolean),
    Column("telephone", Text),
    Column("email", Text),
    Column("address", Text),
    Column("address_withheld", Boolean, nullable=False, server_default="false"),
)

identity_candidate = childs_table(
    "identity_candidate",
    Column("other_child_id", Uuid, nullable=False),
    Column("reasons", ARRAY(Text), nullable=False, comment="codes of what agrees and what differs; never the values"),
    Column("found_at", Instant, nullable=False),
    Column("score", Integer, comment="bits of evidence that they are one child's, by the weights of the day"),
    Column("decision", one_of(IdentityDecision)),
    Column("decision_reason", Text, comment="why, in the words of who decided"),
    Column("decided_at", Instant),
    Index(None, "owner_id", "other_child_id"),
    Index(None, "owner_id", "found_at", "id"),
    CheckConstraint("child_id <> other_child_id", name="two_records"),
)

identity_merge = childs_table(
    "identity_merge",
    Column("former_child_id", Uuid, nullable=False, comment="the record that is no more; its events keep this id"),
    *reference("candidate_id", "identity_candidate"),
    Column("record", JSONB, nullable=False, comment="the former record's own row as it was"),
    Column("filled", ARRAY(Text), nullable=False, comment="columns of the record that stays, taken from the other"),
    Column("moved", JSONB, nullable=False, comment="ids of the rows that were moved, by table and column"),
    Column("merged_at", Instant, nullable=False),
    Column("split_at", Instant),
    Index(None, "owner_id", "former_child_id"),
)

responsibility = childs_table(
    "responsibility",
    body("body_id", nullable=False),
    Column("kind", one_of(ResponsibilityKind), nullable=False),
    Column("for_provision", Text),
    Column("reason", Text, nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date),
    Index(None, "body_id", "owner_id", "child_id"),
    CheckConstraint("ends_on IS NULL OR starts_on <= ends_on", name="validity"),
)
