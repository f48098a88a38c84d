"""One verb, one function, one transaction: the row, its event and its jobs are saved together, or nothing is.

An edge calls `Transactions.perform(caller, effect, once=...)`. The effect gets a `Transaction`, does its work through
the actions, and returns the answer that the edge will show. With an idempotency key the answer is stored in the same
transaction: the same key and request get the first answer again, the same key with another request is refused.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import bindparam, insert, text
from sqlalchemy.ext.asyncio import AsyncConnection

from hub import audit, jobs
from hub.actions.recording import Recording
from hub.db import tables
from hub.db.cooperation import Recorded
from hub.db.fixed import Fixed
from hub.db.session import Database, acting_as
from hub.errors import RefusedByLaw, conflict, forbidden
from hub.law.caller import Caller
from hub.law.decisions import Refusal
from hub.law.periods import LONDON as LONDON  # edges have it from here too
from hub.law.periods import london_day
from hub.law.vocabulary import Source

_SMALL = 16 * 1024
"""Bytes up to which a payload is stored with what else is recorded; a larger one goes by itself, as it came."""

Answer: TypeAlias = Mapping[str, Any]
"""What an action answers, as plain JSON: ids and codes, from which the edge makes what it shows."""


@dataclass(frozen=True, slots=True)
class Once:
    """An idempotency key of this caller, with the hash of the request it came with."""

    key: str
    request_hash: str


@dataclass(frozen=True, slots=True)
class Payload:
    """An inbound payload as it came, kept raw."""

    kind: Source
    name: str
    media_type: str
    sha256: str
    content: bytes
    owner_id: UUID | None = None


class Transaction:
    """What an action may do: read and write on one connection, record events, enqueue jobs. The clock stands still."""

    def __init__(
        self,
        connection: AsyncConnection,
        *,
        caller: Caller | None,
        now: datetime,
        new_id: Callable[[], UUID],
        recording: Recording | None = None,
    ) -> None:
        """`recording`: where records are gathered until whoever began it stores them; None: each is stored at once."""
        self.connection = connection
        self.now = now
        self.new_id = new_id
        self.requests_held: dict[UUID, Recorded] = {}
        """Requests to co-operate that this transaction has locked, as they now stand: nobody else changes them."""
        self._caller = caller
        self._recording = recording or Recording()
        self._gathers = recording is not None

    @property
    def caller(self) -> Caller:
        """Who acts. The hub's own work (sweeps, the demo county) has no caller, and may call no action that asks."""
        if self._caller is None:
            raise forbidden("this needs a caller", rule="no-caller")
        return self._caller

    @property
    def today(self) -> date:
        """The date in London, by which every statutory period is counted."""
        return london_day(self.now)

    def must_have(self, scope: str) -> None:
        """Raises `Problem` FORBIDDEN unless the caller's token carries the scope."""
        if not self.caller.has(scope):
            raise forbidden(f"this needs the scope {scope}, which the token does not carry", rule="scope-missing")

    async def record(self, event: audit.Event) -> None:
        row = audit.event_row(event, event_id=self.new_id(), caller=self._caller, at=self.now)
        self._recording.events.append(row)
        await self._gathered()

    async def disclose(
        self, disclosures: Sequence[audit.Disclosure], *, operation: audit.Operation, ground: str
    ) -> None:
        """Record what an operation shows: durable when the transaction is, before the answer leaves."""
        named = [(self.new_id(), each) for each in disclosures]
        self._recording.disclosures += audit.disclosure_rows(
            named, caller=self.caller, operation=operation, ground=ground, at=self.now
        )
        await self._gathered()

    async def enqueue(self, job: jobs.Job) -> None:
        self._recording.jobs.append(job)
        await self._gathered()

    def answer(self, once: Once, answer: Answer, client_id: str) -> None:
        """Keep the answer under the client's key, which this transaction has claimed."""
        claimed = {"client_id": client_id, "key": once.key, "request_hash": once.request_hash, "created_at": self.now}
        row = {**claimed, "answer": dict(answer)}
        self._recording.answers.append(row)

    def taken_in(self, sha256: str, *, put_to: str | None) -> None:
        """What the caller's body sent was taken in: of its writes that wait in quarantine the same one waits no more,
        nor one that was put to the same resource.
        """
        row = {"owner_id": self.caller.organisation, "sha256": sha256, "put_to": put_to, "at": self.now}
        self._recording.taken_in.append(row)

    async def store(self) -> None:
        """Store what was gathered so far. `Transactions` does so before each commit."""
        await self._recording.store(self.connection)

    async def _gathered(self) -> None:
        if not self._gathers or self._recording.is_much:
            await self.store()

    @asynccontextmanager
    async def savepoint(self) -> AsyncGenerator[None]:
        """What the block does is undone where it raises, and what it has recorded; the transaction goes on."""
        await self.store()
        try:
            async with self.connection.begin_nested():
                yield
                await self.store()
        except BaseException:
            self._recording.forget()
            self.requests_held.clear()
            raise

    @asynccontextmanager
    async def in_records_of(self, owner: UUID) -> AsyncGenerator[None]:
        """In the block, rows are found and kept as the owner itself does it: where the law has a body tell another of a
        child that may be new to it (s. 23). What is found there must not reach the caller. An exception ends it with
        what the transaction, or its savepoint, has done.
        """
        await acting_as(self.connection, owner)
        yield
        await acting_as(self.connection, self.caller.organisation)

    async def keep(self, payload: Payload) -> UUID:
        """Keep an inbound payload raw, with its hash, sender and time."""
        source_id = self.new_id()
        row = {
            "id": source_id,
            "received_at": self.now,
            "owner_id": payload.owner_id,
            "sender_id": self._caller.organisation if self._caller else None,
            "client_id": self._caller.client_id if self._caller else None,
            "kind": payload.kind,
            "name": payload.name,
            "media_type": payload.media_type,
            "sha256": payload.sha256,
            "size": len(payload.content),
            "content": payload.content,
        }
        if len(payload.content) <= _SMALL:
            self._recording.keep(row)
            await self._gathered()
        else:
            await _KEEP.run(self.connection, row)
        return source_id


class Transactions:
    """Begins transactions: holds the database, the clock and the source of ids, all of them arguments."""

    def __init__(self, database: Database, *, clock: Callable[[], datetime], new_id: Callable[[], UUID]) -> None:
        self.database = database
        self.clock = clock
        self.new_id = new_id

    @asynccontextmanager
    async def begin(self, caller: Caller | None) -> AsyncGenerator[Transaction]:
        """A transaction that commits at the end of the block, or leaves nothing behind."""
        now = self.clock()
        async with self.database.begin(caller, today=london_day(now)) as connection:
            tx = Transaction(connection, caller=caller, now=now, new_id=self.new_id, recording=Recording())
            yield tx
            await tx.store()

    async def perform(
        self,
        caller: Caller,
        effect: Callable[[Transaction], Awaitable[Answer]],
        *,
        once: Once | Sequence[Once] | None = None,
    ) -> Answer:
        """The effect's answer, or `{"refusals": [...]}` when the law refused and nothing was done.

        What is known by several keys (a message by its own id and that of its envelope) has been done if it is known
        by any of them. A refusal undoes the whole transaction, and is kept as the answer in another: refusals are rare,
        and a savepoint would cost every write two statements.
        """
        keys = [once] if isinstance(once, Once) else once or ()
        try:
            async with self.begin(caller) as tx:
                return await _once(tx, keys, effect)
        except RefusedByLaw as refused:
            answer: Answer = {"refusals": [as_json(refusal) for refusal in refused.refusals]}
        if not keys:
            return answer

        async def refuse(_: Transaction) -> Answer:
            return answer

        async with self.begin(caller) as tx:
            return await _once(tx, keys, refuse)


async def _once(tx: Transaction, keys: Sequence[Once], effect: Callable[[Transaction], Awaitable[Answer]]) -> Answer:
    """What the effect answers, kept under all of the keys; or the answer that is kept under one of them."""
    claimed: list[Once] = []
    for key in keys:
        earlier = await _claim(tx, key, tx.caller.client_id)
        if earlier is not None:
            answer = earlier
            break
        claimed.append(key)
    else:
        answer = await effect(tx)
    for key in claimed:
        tx.answer(key, answer, tx.caller.client_id)
    return answer


async def redo(
    tx: Transaction, effect: Callable[[Transaction], Awaitable[Answer]], *, once: Sequence[Once], client_id: str
) -> None:
    """Do what this client of the caller's body sent and was refused, unless it has been done under one of its names
    since. Sent again by the client, it gets this answer.
    """
    claimed: list[Once] = []
    for key in once:
        answer = await _claim(tx, key, client_id)
        if answer is not None and "refusals" not in answer:
            return
        claimed.append(key)
    done = await effect(tx)
    for key in claimed:
        tx.answer(key, done, client_id)


_KEEP = Fixed(
    insert(tables.source).values({each.name: bindparam(each.name, type_=each.type) for each in tables.source.c})
)
_CLAIM = Fixed(
    text(
        "INSERT INTO idempotency_key (client_id, key, request_hash, created_at) "
        "VALUES (:client_id, :key, :request_hash, :at) ON CONFLICT DO NOTHING RETURNING key"
    )
)
_CLAIMED = Fixed(text("SELECT request_hash, answer FROM idempotency_key WHERE client_id = :client_id AND key = :key"))


async def _claim(tx: Transaction, once: Once, client_id: str) -> Answer | None:
    """Claim the key for this transaction; the earlier answer when the key has been used for the same request.

    The insert waits for a racing transaction with the same key, so that of two only one does the work.
    """
    named = {"client_id": client_id, "key": once.key}
    if await _CLAIM.run(tx.connection, named | {"request_hash": once.request_hash, "at": tx.now}):
        return None
    (row,) = await _CLAIMED.run(tx.connection, named)
    if row["request_hash"] != once.request_hash:
        raise conflict("this idempotency key was used for another request", rule="idempotency-key-reused")
    return row["answer"]


def as_json(refusal: Refusal) -> dict[str, Any]:
    """A refusal as an answer holds it."""
    return {
        "provision": refusal.provision,
        "rule": refusal.rule,
        "message": refusal.message,
        "path": list(refusal.path),
    }


def refusals_of(answer: Answer, name: str = "refusals") -> tuple[Refusal, ...]:
    """The refusals in an answer, as values again."""
    return tuple(
        Refusal(each["provision"], each["rule"], each["message"], tuple(each["path"])) for each in answer.get(name, ())
    )
