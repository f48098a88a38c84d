"""The keys as a sharding engine would want them: every row about a child says whose record it is, in every key.

With that the tables could be distributed by `owner_id` (Citus: `create_distributed_table(name, 'owner_id')`), the rows
of one body together, and a read of one body's records would go to one node. What does not fit is named here, and why.
"""

from collections.abc import Iterator

import pytest
from sqlalchemy import Index, PrimaryKeyConstraint, Table, UniqueConstraint

from hub.db import tables

UNIQUE_WITHOUT_OWNER = {
    "event": "append-only: keyed by id and time, for its partitions; on a sharded engine the owner joins the key",
    "disclosure": "append-only, as event",
    "event_delivery": "of a receiver: numbered and ordered for the receiver, whose table it would be distributed with",
}
OWNER_MAY_BE_MISSING = {
    "source": "a payload is kept as it came, before it is known whose record it is about: distributed by its id",
    "event": "what is done to a body, an agreement or the log is in nobody's record",
    "event_delivery": "a handshake or a heartbeat is about nobody's record",
}
OF_EVERYBODY = {
    "arrangement": "an agreement between bodies, read with every body's records: a reference table, on every node",
    "arrangement_clause": "as arrangement",
    "arrangement_dispute_step": "as arrangement",
    "arrangement_party": "as arrangement",
    "arrangement_time_limit": "as arrangement",
    "sharing_rule": "as arrangement",
    "organisation": "bodies: a reference table",
    "succession": "as organisation",
    "school_year": "as organisation",
    "privacy_officer": "as organisation",
    "person": "who signs in: a reference table",
    "client": "systems: a reference table",
    "client_document": "as client",
    "destination": "as client",
    "receiver": "as client",
    "receiver_secret": "as client",
    "idempotency_key": "of a client: distributed by client_id",
    "used_assertion": "as idempotency_key",
    "used_proof": "signatures that were used: on the coordinator",
    "authorization_code": "as used_proof",
    "denied_token": "as used_proof",
    "replay_mark": "numbers of the one leader's transactions: on the coordinator",
    "denied_attempt": "append-only, and of no child: distributed by its id",
    "sealed_row": "one log for all: on the coordinator",
    "sealed_subtree": "as sealed_row",
    "tree_head": "as sealed_row",
}
ALL = tables.metadata.sorted_tables
OWNED = [each for each in ALL if each.name not in OF_EVERYBODY]


def _unique_keys(table: Table) -> Iterator[tuple[str, set[str]]]:
    for constraint in table.constraints:
        if isinstance(constraint, PrimaryKeyConstraint | UniqueConstraint):
            yield str(constraint.name), {column.name for column in constraint.columns}
    for index in table.indexes:
        if index.unique:
            yield str(index.name), _named(index)


def _named(index: Index) -> set[str]:
    return {getattr(each, "name", "") for each in index.expressions}


@pytest.mark.parametrize("table", OWNED, ids=str)
def test_a_table_carries_the_body_that_owns_the_record(table: Table) -> None:
    """In a column that is never empty, and in every unique key."""
    assert "owner_id" in table.c
    assert table.c.owner_id.nullable == (table.name in OWNER_MAY_BE_MISSING)
    without = {name for name, columns in _unique_keys(table) if "owner_id" not in columns}
    assert bool(without) == (table.name in UNIQUE_WITHOUT_OWNER or table.name == "source"), without


@pytest.mark.parametrize("table", OWNED, ids=str)
def test_a_reference_stays_within_one_owners_records(table: Table) -> None:
    """A row and what it refers to are of the same body, and so would be on the same node."""
    for reference in table.foreign_key_constraints:
        if reference.referred_table not in OWNED:
            continue
        pairs = [(element.parent.name, element.column.name) for element in reference.elements]
        assert ("owner_id", "owner_id") in pairs, f"{table.name} refers to {reference.referred_table.name}"


def test_what_is_everybodys_holds_nothing_of_a_child() -> None:
    """None of these tables has a child, or is said to hold a child's data; and none is named that is no table."""
    named = {each.name: each for each in ALL}
    assert set(OF_EVERYBODY) | set(UNIQUE_WITHOUT_OWNER) | set(OWNER_MAY_BE_MISSING) <= set(named)
    for name in OF_EVERYBODY:
        assert not named[name].info.get("childs_data"), name
        assert not {"child_id", "owner_id"} & set(named[name].c.keys()), name
