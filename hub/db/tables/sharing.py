"""Joint commissioning arrangements (s. 26) with their sharing rules, consents, and who has access to which child."""

from sqlalchemy import ARRAY, Column, Date, ForeignKey, Index, Integer, PrimaryKeyConstraint, Table, Text, Uuid

from hub.db.tables.base import Instant, body, childs_table, metadata, one_of
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
    Index(None, "authority_id", "id"),
)


def _part_of_arrangement(name: str, *columns: Column[object]) -> Table:
    return Table(
        name,
        metadata,
        Column("id", Uuid, primary_key=True),
        Column("arrangement_id", Uuid, ForeignKey("arrangement.id"), nullable=False, index=True),
        *columns,
    )


arrangement_party = _part_of_arrangement(
    "arrangement_party",
    body("body_id", nullable=False),
    Column("role", Text, nullable=False, comment="PARTY (s. 26(1), signs) or ACTING (acts under it)"),
    Column("signed_at", Instant),
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
    Column("ground", Text, nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date),
)

consent = childs_table(
    "consent",
    Column("given_by", Text, nullable=False),
    Column("capacity", Text, nullable=False, comment="parent, child, young person, alternative person"),
    Column("parts", ARRAY(Text), nullable=False),
    Column("recipients", ARRAY(Uuid), nullable=False),
    Column("purposes", ARRAY(Text), nullable=False),
    Column("given_on", Date, nullable=False),
    Column("withdrawn_on", Date),
)

# Which bodies beside the owner have access to a child, and what gives it to them: what row-level security asks. Triggers
# of the tables that give access keep it (migrations/second_lock.py); nobody writes it.
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
