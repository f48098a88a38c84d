"""What was refused, and the Merkle log over everything that is recorded: all of it append-only.

The serving role may only insert. The log holds no data of a child: ids of audit rows, times and hashes.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    Uuid,
)

from hub.db.tables.base import Instant, metadata, one_of, recorded_in
from hub.law.reg17_disclosure import Purpose

denied_attempt = Table(
    "denied_attempt",
    metadata,
    Column("id", Uuid, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("organisation_id", Uuid),
    Column("client_id", Text),
    Column("person", Text),
    Column("token_id", Text),
    Column("purpose", one_of(Purpose)),
    Column("code", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("operation", Text, nullable=False),
    Column("operation_hash", Text, nullable=False),
    recorded_in(),
    PrimaryKeyConstraint("id", "recorded_at"),
    Index(None, "organisation_id", "recorded_at"),
    Index(None, "recorded_in", "id"),
    postgresql_partition_by="RANGE (recorded_at)",
    info={"append_only": True},
)

sealed_row = Table(
    "sealed_row",
    metadata,
    Column("position", BigInteger, autoincrement=False),
    Column("kind", Text, nullable=False, comment="the table that the row is in"),
    Column("row_id", Uuid, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("recorded_in", BigInteger, nullable=False),
    Column("leaf_hash", LargeBinary, nullable=False),
    PrimaryKeyConstraint("position"),
    Index(None, "row_id"),
    info={"append_only": True},
)

sealed_subtree = Table(
    "sealed_subtree",
    metadata,
    Column("height", SmallInteger, autoincrement=False),
    Column("number", BigInteger, autoincrement=False),
    Column("hash", LargeBinary, nullable=False),
    PrimaryKeyConstraint("height", "number"),
    info={"append_only": True},
)

tree_head = Table(
    "tree_head",
    metadata,
    Column("size", BigInteger, autoincrement=False),
    Column("root", LargeBinary, nullable=False),
    Column("frontier", LargeBinary, nullable=False, comment="the whole subtrees that the tree is made of"),
    Column("last_recorded_in", BigInteger, nullable=False),
    Column("last_kind", Text, nullable=False),
    Column("last_id", Uuid, nullable=False),
    Column("note", Text, nullable=False, comment="the signed checkpoint"),
    Column("sealed_at", Instant, nullable=False),
    PrimaryKeyConstraint("size"),
    info={"append_only": True},
)
