"""Joint commissioning arrangements (s. 26) with their sharing rules, and what opens a record beside the statute.

That is: the authority's decisions (SEND Regs 2014 reg. 17(1)(a) to (k)), consents, and glass that was broken.
"""

from sqlalchemy import (
    ARRAY,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    Uuid,
    false,
)

from hub.db.tables.base import Instant, body, childs_table, metadata, one_of, recorded_in
from hub.law.reg8_time_limit import Part3Function
from hub.law.reg17_consent import CapacityBasis, ConsentGiver
from hub.law.reg17_grounds import Ground
from hub.law.vocabulary import SharingMode

arrangement = Table(
    "arrangement",
    metadata,
    Column("id", Uuid, primary_key=True),
    body("authority_id", nullable=False),
    Column("title", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("in_force_from", Date),
    Column("in_force_to", Date),
    Column("review_on", Date),
    body("proposed_by_id"),
    Column("proposed_at", Instant),
    Column("starts_on", Date, comment="the earliest day on which it comes into force, once all have signed"),
    Column("supersedes_id", Uuid, ForeignKey("arrangement.id")),
    Index(None, "authority_id", "id"),
    Index("uq_arrangement_supersedes_id", "supersedes_id", unique=True),
)


def _part_of_arrangement(name: str, *items: Column[object] | Index) -> Table:
    return Table(
        name,
        metadata,
        Column("id", Uuid, primary_key=True),
        Column("arrangement_id", Uuid, ForeignKey("arrangement.id"), nullable=False, index=True),
        *items,
    )


arrangement_party = _part_of_arrangement(
    "arrangement_party",
    body("body_id", nullable=False),
    Column("role", Text, nullable=False, comment="PARTY (s. 26(1), signs) or ACTING (acts under it)"),
    Column("signed_at", Instant),
    Index(None, "body_id", "arrangement_id"),
)

arrangement_clause = _part_of_arrangement(
    "arrangement_clause",
    Column("requirement", Text, nullable=False, comment="the paragraph of s. 26(3) or (4) that it answers"),
    Column("text", Text, nullable=False),
)

arrangement_dispute_step = _part_of_arrangement(
    "arrangement_dispute_step",
    Column("ordinal", Integer, nullable=False),
    Column("description", Text, nullable=False),
    Column("owner_role", Text),
    Column("working_days", Integer),
)

sharing_rule = _part_of_arrangement(
    "sharing_rule",
    Column("recipient_kinds", ARRAY(Text), nullable=False),
    Column("recipients", ARRAY(Uuid), nullable=False),
    Column("purposes", ARRAY(Text), nullable=False),
    Column("parts", ARRAY(Text), nullable=False),
    Column("mode", one_of(SharingMode), nullable=False),
    Column("basis", one_of(Ground), nullable=False, server_default=Ground.INTERESTS_OF_THE_CHILD.value),
    Column("ground", Text, nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date),
)

arrangement_time_limit = Table(
    "arrangement_time_limit",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("arrangement_id", Uuid, ForeignKey("arrangement.id"), nullable=False),
    Column("function", one_of(Part3Function), nullable=False),
    Column("working_days", Integer, nullable=False),
    Index(None, "arrangement_id", "function", unique=True),
)

consent = childs_table(
    "consent",
    Column("given_by", Text, nullable=False),
    Column("capacity", one_of(ConsentGiver), nullable=False),
    Column("capacity_basis", one_of(CapacityBasis), nullable=False),
    Column("parts", ARRAY(Text), nullable=False),
    Column("recipients", ARRAY(Uuid), nullable=False),
    Column("purposes", ARRAY(Text), nullable=False),
    Column("while_providing", Boolean, nullable=False, server_default=false()),
    Column("given_on", Date, nullable=False),
    Column("ends_on", Date, comment="the last day, itself counted"),
    Column("withdrawn_on", Date, comment="from this day on it opens nothing"),
    Index("ix_consent_recipients", "recipients", postgresql_using="gin"),
)

disclosure_decision = childs_table(
    "disclosure_decision",
    Column("ground", one_of(Ground), nullable=False),
    Column("recipients", ARRAY(Uuid), nullable=False),
    Column("purposes", ARRAY(Text), nullable=False),
    Column("parts", ARRAY(Text), nullable=False),
    Column(
        "arrangement_id",
        Uuid,
        ForeignKey("arrangement.id"),
        comment="what its rules open to these recipients for these purposes is necessary too",
    ),
    Column("while_providing", Boolean, nullable=False, server_default=false()),
    Column("officer", Text, nullable=False),
    Column("reasons", Text, nullable=False),
    Column("undertaking_on", Date),
    Column("decided_at", Instant, nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date, comment="the last day, itself counted"),
    Column("revoked_at", Instant),
    Index("ix_disclosure_decision_recipients", "recipients", postgresql_using="gin"),
    CheckConstraint("ends_on IS NULL OR starts_on <= ends_on", name="validity"),
)

broken_glass = childs_table(
    "broken_glass",
    body("body_id", nullable=False),
    Column("client_id", Text, nullable=False),
    Column("person", Text),
    Column("reason", Text, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("alerted", Text, comment="the privacy officer of the owner as named then"),
    Index(None, "body_id", "owner_id", "child_id", "ends_at"),
    Index(None, "owner_id", "opened_at", "id"),
    recorded_in(),
    Index(None, "recorded_in", "id"),
)

glass_acknowledgement = childs_table(
    "glass_acknowledgement",
    Column("broken_glass_id", Uuid, nullable=False),
    ForeignKeyConstraint(["owner_id", "broken_glass_id"], ["broken_glass.owner_id", "broken_glass.id"]),
    Column("client_id", Text, nullable=False),
    Column("person", Text),
    Column("finding", Text, nullable=False),
    Column("acknowledged_at", Instant, nullable=False),
    Index("uq_glass_acknowledgement_broken_glass_id", "owner_id", "broken_glass_id", unique=True),
)

privacy_officer = Table(
    "privacy_officer",
    metadata,
    Column("body_id", Uuid, ForeignKey("organisation.id"), primary_key=True),
    Column("name", Text, nullable=False),
    Column("contact", Text, nullable=False),
    Column("named_at", Instant, nullable=False),
)

# Which bodies beside the owner have access to a child, and what gives it to them: what row-level security asks.
# Triggers of the tables that give access keep it (migrations/second_lock.py); nobody writes it.
child_access = Table(
    "child_access",
    metadata,
    Column("body_id", Uuid, nullable=False),
    Column("owner_id", Uuid, nullable=False),
    Column("child_id", Uuid, nullable=False),
    Column("given_by", Text, nullable=False, comment="the table whose row gives it"),
    Column("given_by_id", Uuid, nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date, nullable=False, comment="the last day, itself counted"),
    PrimaryKeyConstraint("body_id", "owner_id", "child_id", "given_by", "given_by_id"),
    Index(None, "owner_id", "given_by_id"),
)
