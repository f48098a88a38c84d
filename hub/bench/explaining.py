"""`hub bench --explain`: the very statement that a GraphQL document becomes, with its parameters, and its plan.

The compiled read path says what it would run by `explain`; here is all that the benchmarks ask of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable
from uuid import UUID

import psycopg
from sqlalchemy.engine import make_url

from hub.actions.transaction import Transactions
from hub.auth.scopes import GRAPHQL
from hub.clock import new_id, utc_now
from hub.db.session import Database
from hub.law.caller import Caller
from hub.law.reg17_disclosure import Purpose
from hub.law.vocabulary import OrganisationKind
from schema.execution import Execution


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL as psycopg takes it, `%(name)s` for each parameter, with their values."""

    sql: str
    parameters: Mapping[str, Any]


@runtime_checkable
class Planner(Protocol):
    """What compiles a GraphQL document to one statement."""

    def explain(
        self, document: str, variables: Mapping[str, Any], caller: Caller
    ) -> tuple[str, Mapping[str, Any]] | None:
        """(SQL, parameters); None for an operation that is not compiled."""
        ...


def statement_of(planner: object, document: str, variables: Mapping[str, Any], caller: Caller) -> Statement | None:
    """The statement for a document and caller; None where there is no compiled path, or not for this operation."""
    if not isinstance(planner, Planner):
        return None
    explained = planner.explain(document, variables, caller)
    return Statement(*explained) if explained else None


def execution_on(serving_url: str) -> Execution:
    """The hub's execution, to ask what it would run."""
    transactions = Transactions(Database(serving_url, pool_size=1), clock=utc_now, new_id=new_id)
    return Execution(transactions, clock=utc_now, new_id=new_id)


def caller_for(organisation: UUID, kind: OrganisationKind, code: str) -> Caller:
    """A body as a token with every scope would make it, asking for its own functions."""
    return Caller(
        organisation=organisation,
        organisation_kind=kind,
        organisation_code=code,
        organisation_name=code,
        client_id="bench",
        person=None,
        scopes=frozenset(GRAPHQL),
        purpose=Purpose.OWN_FUNCTIONS,
        purposes=frozenset({Purpose.OWN_FUNCTIONS}),
        token_id="bench",  # noqa: S106  (the name of no token)
    )


def plan_of(serving_url: str, statement: Statement) -> str:
    """PostgreSQL's plan of the statement, with what running it took. What it wrote, if anything, is rolled back."""
    address = make_url(serving_url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address) as connection:
        sql = f"EXPLAIN (ANALYZE, BUFFERS, VERBOSE) {statement.sql}"
        rows = connection.execute(sql.encode(), statement.parameters).fetchall()
        connection.rollback()
    return "\n".join(row[0] for row in rows)
