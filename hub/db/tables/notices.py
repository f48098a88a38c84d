"""Notices that were given: as data and as text, to the family and to responsible commissioning bodies."""

from sqlalchemy import ARRAY, Column, Date, Index, Text, Uuid

from hub.db.tables.base import Instant, body, childs_table, one_of
from hub.law.notices import NoticeKind, NoticeTo
from hub.law.reg64_decision_makers import Decider, DecidesBecause

notice = childs_table(
    "notice",
    Column("kind", one_of(NoticeKind), nullable=False),
    Column("given_to", one_of(NoticeTo), nullable=False),
    body("addressed_to_id"),
    Column("decider", one_of(Decider)),
    Column("decides_because", one_of(DecidesBecause)),
    Column("provision", Text, nullable=False),
    Column("contents", ARRAY(Text), nullable=False),
    Column("text", Text, nullable=False),
    Column("about_type", Text, nullable=False),
    Column("about_id", Uuid, nullable=False),
    Column("given_on", Date, nullable=False),
    Column("given_at", Instant, nullable=False),
    body("given_by_id", nullable=False),
    Index(None, "owner_id", "about_id"),
    Index(None, "addressed_to_id", "owner_id", "child_id"),
    Index(None, "owner_id", "given_at", "id"),
)
