"""What a replica must have replayed before it may answer: transaction numbers and timelines, and nothing of a child."""

from sqlalchemy import BigInteger, Column, PrimaryKeyConstraint, Table, Text

from hub.db.tables.base import metadata

replay_mark = Table(
    "replay_mark",
    metadata,
    Column("about", Text, comment="sharing: a change of who may see what; client:ID: its write; timeline"),
    Column("number", BigInteger, autoincrement=False, comment="of the transaction, or of the timeline"),
    PrimaryKeyConstraint("about", "number"),
)
