"""One question, answered twice: by one compiled statement and by the resolvers, with what each leaves on record."""

from collections.abc import AsyncGenerator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, fields, replace
from typing import Any
from uuid import UUID, uuid4

import orjson
from sqlalchemy import delete, select

from hub.actions.transaction import Transaction, Transactions
from hub.db import tables
from hub.db.session import Database
from hub.law.caller import Caller
from schema.answer import Answer, Request
from schema.compile.documents import Documents
from schema.execution import Execution
from tests.compile.documents import Asked
from tests.conftest import NOW


class _UndoneError(Exception):
    """What was done is to leave nothing behind."""


class Rehearsal(Transactions):
    """Transactions that are undone at their end. They remember the requests that were received in them."""

    received: frozenset[UUID] = frozenset()

    @asynccontextmanager
    async def begin(self, caller: Caller | None) -> AsyncGenerator[Transaction]:
        request = tables.cooperation_request.c
        try:
            async with super().begin(caller) as tx:
                yield tx
                found = await tx.connection.execute(select(request.id).where(request.received_at == tx.now))
                self.received = frozenset(found.scalars())
                raise _UndoneError
        except _UndoneError:
            pass


@dataclass(frozen=True)
class Told:
    """What the record of disclosure says of one child."""

    shown: frozenset[str]
    withheld: frozenset[str]
    ground: frozenset[str]


@dataclass(frozen=True)
class Path:
    """One way to answer, and what it left behind when it last did."""

    name: str
    execution: Execution
    transactions: Rehearsal
    owner: Database
    """The same database as its owner, who alone can take a record back."""

    @classmethod
    def of(
        cls,
        database: Database,
        owner: Database,
        new_id: Callable[[], UUID],
        *,
        compiled: bool,
        read: Documents | None = None,
    ) -> "Path":
        """`read`: documents that were read before by the same way, with their plans."""
        transactions = Rehearsal(database, clock=lambda: NOW, new_id=new_id)
        execution = Execution(transactions, clock=lambda: NOW, new_id=new_id, compiled=compiled)
        execution.documents = read or execution.documents
        return cls("compiled" if compiled else "resolved", execution, transactions, owner)

    async def answer(self, asked: Asked, caller: Caller) -> tuple[Answer, dict[Any, Told], frozenset[UUID]]:
        """The answer, what is on record of each child, and the requests that were received by it."""
        self.transactions.received = frozenset()
        request = Request(asked.document, asked.operation_name, asked.variables)
        answer = await self.execution.answer(request, caller)
        return answer, await self._record(caller), self.transactions.received

    async def _record(self, caller: Caller) -> dict[Any, Told]:
        """What is on record, which is taken back: the next who lists disclosures is to find the same."""
        table = tables.disclosure
        async with self.owner.begin(None) as connection:
            taken = delete(table).where(table.c.token_id == caller.token_id).returning(table)
            found = await connection.execute(taken)
            return {
                (each.owner_id, each.child_id): Told(
                    frozenset(each.parts_shown), frozenset(each.parts_withheld), frozenset(each.ground.split("; "))
                )
                for each in found
            }


@dataclass(frozen=True)
class Compared:
    """What two equal answers are, whether one statement made the first, and how many values there were to compare."""

    body: Any
    compiled: bool
    leaves: int
    children: frozenset[Any]
    """The children, each with its owner, of whom the record tells."""

    @property
    def rules(self) -> list[str]:
        """The rules of the errors."""
        return [each["extensions"]["rule"] for each in self.body.get("errors", ())]


class Answers:
    """Both ways to answer, over one database."""

    def __init__(
        self,
        database: Database,
        owner: Database,
        new_id: Callable[[], UUID],
        read: tuple[Documents | None, Documents | None] = (None, None),
    ) -> None:
        self.compiled = Path.of(database, owner, new_id, compiled=True, read=read[0])
        self.resolved = Path.of(database, owner, new_id, compiled=False, read=read[1])

    @property
    def read(self) -> tuple[Documents, Documents]:
        """The documents that either way has read."""
        return self.compiled.execution.documents, self.resolved.execution.documents

    @property
    def schema(self) -> Any:
        return self.compiled.execution.graphql_schema

    async def compare(self, asked: Asked, caller: Caller) -> Compared:
        """Raises AssertionError unless both ways give one answer and the first has the second's record in its own."""
        ours, told, received = await self.compiled.answer(asked, replace(caller, token_id=uuid4().hex))
        answer, noted, taken = await self.resolved.answer(asked, replace(caller, token_id=uuid4().hex))
        one, other = orjson.loads(ours.body), orjson.loads(answer.body)
        # Dumped as they were parsed: the order of the keys is that of the document in both.
        assert orjson.dumps(one) == orjson.dumps(other), _difference(one, other)
        assert ours.code == answer.code
        assert "INTERNAL" not in {each["extensions"]["code"] for each in one.get("errors", ())}, one["errors"]
        if ours.compiled:
            assert received == taken, "the same requests are received"
            _must_have(told, noted)
        values = sum(1 for each in _leaves(one) if each is not None)
        return Compared(one, ours.compiled, values, frozenset(told))


def _must_have(kept: Mapping[Any, Told], shown: Mapping[Any, Told]) -> None:
    """The record that is kept is of the same children, and says all that was shown and withheld of them."""
    assert kept.keys() == shown.keys()
    for child, told in shown.items():
        missing = {each.name: getattr(told, each.name) - getattr(kept[child], each.name) for each in fields(Told)}
        assert not any(missing.values()), f"not on record: {missing}"


def _leaves(value: Any) -> Iterator[Any]:
    match value:
        case dict():
            for each in value.values():
                yield from _leaves(each)
        case list():
            for each in value:
                yield from _leaves(each)
        case _:
            yield value


def _difference(one: Any, other: Any, path: str = "") -> str:
    """The first place where the two are not the same."""
    match one, other:
        case dict(), dict() if list(one) == list(other):
            below = [(f"{path}.{key}", one[key], other[key]) for key in one]
        case list(), list() if len(one) == len(other):
            below = [(f"{path}[{place}]", *pair) for place, pair in enumerate(zip(one, other, strict=True))]
        case _:
            return f"at {path or 'the root'}\ncompiled: {str(one)[:2000]}\nresolved: {str(other)[:2000]}"
    return next(_difference(a, b, at) for at, a, b in below if orjson.dumps(a) != orjson.dumps(b))
