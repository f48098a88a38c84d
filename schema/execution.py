"""One GraphQL operation from document to answer: parse, validate, resolve, put on record, answer.

The answer is released only when what it shows is durable (`Reader.close`). Errors are shown by kind, never by text of
an exception; what is not foreseen is INTERNAL with a reference that the operator finds in the log.
"""

import hashlib
import json
import re
import uuid
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, partial
from inspect import isawaitable
from typing import Any, NamedTuple, cast

import orjson
import strawberry
import structlog
from graphql import ExecutionResult, GraphQLError, GraphQLSchema, OperationType
from graphql import execute as execute_fields  # pyright: ignore[reportUnknownVariableType]  (untyped there)
from graphql import subscribe as subscribe_fields  # pyright: ignore[reportUnknownVariableType]  (untyped there)
from sqlalchemy.exc import DBAPIError

from hub.actions import cooperation
from hub.actions.quarantine import WaysIn
from hub.actions.transaction import LONDON, Transactions
from hub.audit import Denial, Denials, DisclosureLog, Reading, ReplayedLog
from hub.db.feed import Feed
from hub.errors import Kind, Problem
from hub.law.caller import Caller
from schema import roots
from schema.compile.disclosed import Disclosed
from schema.compile.documents import Documents, Operation
from schema.compile.places import Asked, NotCompiledError
from schema.compile.plans import Plan
from schema.errors_shown import attempts_in, error_shown, located, shown
from schema.limits import Cost, Limits
from schema.mutation import Mutation
from schema.projection import projections
from schema.query import Query
from schema.reading import Reader
from schema.scalars import config
from schema.subscribing import Following
from schema.subscription import Subscription

log = structlog.get_logger()
_LIMITS = Limits()
_NO_WAYS: WaysIn = {}


class Request(NamedTuple):
    """What a client sent: the document, which operation of it, and with which variables."""

    document: str
    operation_name: str | None
    variables: Mapping[str, Any] | None
    idempotency_key: str | None = None

    @property
    def hash(self) -> str:
        """The same for the same request, and for no other: what an idempotency key is held to."""
        asked = [self.document, self.operation_name, self.variables]
        return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()


class Answer(NamedTuple):
    """The response as JSON. `code` is the first error's where there is no `data`; `compiled`: one statement made it.

    `denied` are the code and rule of what was refused or not found: an attempt to put on record. `readings` are what
    has been put on record of what it shows.
    """

    body: bytes
    code: str | None
    compiled: bool
    denied: frozenset[tuple[str, str]] = frozenset()
    readings: Sequence[Reading] = ()


@dataclass(slots=True)
class Context:
    """What the resolvers of one operation share."""

    reader: Reader
    transactions: Transactions
    request: Request
    ways: WaysIn


class Execution:
    """The schema with what it needs to answer."""

    def __init__(
        self,
        transactions: Transactions,
        *,
        clock: Callable[[], datetime],
        new_id: Callable[[], uuid.UUID],
        most_tokens: int = 2_000,
        limits: Limits = _LIMITS,
        compiled: bool = True,
        registered: Iterable[str] = (),
        ways: WaysIn = _NO_WAYS,
    ) -> None:
        """`ways`: those by which what waits in quarantine is replayed."""
        self._transactions = transactions
        self._ways = ways
        self._clock = clock
        self._new_id = new_id
        self._compiles = compiled
        self._log = DisclosureLog(transactions.database.statements)
        self._replayed = ReplayedLog(transactions.database.statements)
        self._denials = Denials(transactions.database.statements, clock=clock, new_id=new_id)
        self.schema = make_schema()
        self.documents = Documents(
            self.graphql_schema,
            roots.of(Query),
            limits=limits,
            most_tokens=most_tokens,
            registered=registered,
        )

    @property
    def graphql_schema(self) -> GraphQLSchema:
        """The schema as graphql-core has it."""
        return self.schema._schema  # pyright: ignore[reportPrivateUsage]  # Strawberry offers no other way to it

    async def execute(self, request: Request, caller: Caller) -> Mapping[str, Any]:
        """The response as JSON values. A request error has no `data`."""
        return orjson.loads((await self.answer(request, caller)).body)

    def _operation(self, request: Request) -> Operation | Answer:
        """The operation that is asked for, which may run; or the answer that says why there is none."""
        try:
            document = self.documents.read(request.document)
            operation = document.operation(request.operation_name)
            self.documents.check(document, operation, request.variables)
        except (GraphQLError, Problem) as error:
            return _refused([shown(error if isinstance(error, GraphQLError) else located(error))])
        if document.errors:
            return _refused([shown(error) for error in document.errors])
        return operation

    async def answer(self, request: Request, caller: Caller) -> Answer:
        """The response, once what it shows is on record."""
        operation = self._operation(request)
        if isinstance(operation, Answer):
            return operation
        if operation.kind is OperationType.SUBSCRIPTION:
            return _refused([error_shown(Kind.INVALID.value, _NOT_AT_ONCE)])
        if self._compiles and operation.kind is OperationType.QUERY:
            try:
                answer = await self._read(request, operation, caller)
            except NotCompiledError:
                pass
            else:
                return await self._with_attempts(answer, operation, caller)
        answer = await self._resolve(request, operation, caller)
        return await self._with_attempts(answer, operation, caller)

    async def _with_attempts(self, answer: Answer, operation: Operation, caller: Caller) -> Answer:
        """The answer, once what it refuses is on record."""
        if not answer.denied:
            return answer
        try:
            await self._denials.deny(
                *(Denial(code, rule, operation.recorded, caller) for code, rule in sorted(answer.denied))
            )
        except Problem:
            log.error("denied_attempt_not_recorded")
            return _refused([error_shown(Kind.BUSY.value, _NOT_RECORDED)])
        return answer

    def cost(self, request: Request) -> Cost | None:
        """What the request costs by the limits; None where it may not run."""
        try:
            document = self.documents.read(request.document)
            return self.documents.check(document, document.operation(request.operation_name), request.variables)
        except (GraphQLError, Problem):
            return None

    def explain(
        self, document: str, variables: Mapping[str, Any], caller: Caller
    ) -> tuple[str, Mapping[str, Any]] | None:
        """The statement of a query, with `%(name)s` for its parameters, and their values; None where it has none."""
        operation, now = self.documents.read(document).operation(None), self._clock()
        try:
            coerced = self.documents.coerced(operation, variables)
            plan = self.documents.plan(operation, variables, coerced, caller)
        except NotCompiledError:
            return None
        values = plan.values(Asked(caller, _today(now), now, coerced))
        named = re.sub(r"\$(\d+)", r"%(p\1)s", plan.sql.decode().replace("%", "%%"))
        return named, {f"p{place}": value for place, value in enumerate(values, start=1)}

    async def _read(self, request: Request, operation: Operation, caller: Caller) -> Answer:
        """The answer of one statement; raises `NotCompiledError` where it is for the resolvers."""
        now = self._clock()
        try:
            coerced = self.documents.coerced(operation, request.variables)
            plan = self.documents.plan(operation, request.variables, coerced, caller)
            values = plan.values(Asked(caller, _today(now), now, coerced))
        except Problem as problem:
            raise NotCompiledError from problem
        try:
            body, disclosed, readings = await self._recorded(
                plan, values, caller, lambda told: told.readings(caller, operation.recorded, now, self._new_id)
            )
            if unreceived := disclosed.unreceived:
                await self._receive(unreceived, caller)
        except Problem as problem:
            log.error("read_failed", rule=problem.rule)
            return _refused([shown(located(problem))])
        missed = plan.missed(body)
        shown_as = b'{"data":' + (body or b"null") + b"}"
        return Answer(shown_as, None, compiled=True, denied=_MISSED if missed else _NONE, readings=readings)

    async def _recorded(
        self, plan: Plan, values: Sequence[Any], caller: Caller, readings_of: Callable[[Disclosed], list[Reading]]
    ) -> tuple[bytes | None, Disclosed, list[Reading]]:
        """The response and what it shows, once that is on record: a replica's, where that may be told."""
        database = self._transactions.database
        replicas = database.replicas if plan.reads_many else None
        if replicas is not None and (read := await replicas.one(plan.sql, values)):
            (body, *cells), replayed = read
            disclosed = _disclosed(plan, cells)
            readings = readings_of(disclosed)
            if await self._replayed.may_be_told(replayed, caller.client_id, readings):
                return body, disclosed, readings
        body, *cells = await database.statements.one(plan.sql, values)
        disclosed = _disclosed(plan, cells)
        readings = readings_of(disclosed)
        if readings:
            await self._log.record(readings)
        return body, disclosed, readings

    async def _resolve(self, request: Request, operation: Operation, caller: Caller) -> Answer:
        """The answer of the resolvers: every mutation, and what cannot be one statement."""
        reader = self._begin_reading(request, operation, caller)
        context = Context(reader, self._transactions, request, self._ways)
        try:
            result = await self._executed(operation, request, context)
        except BaseException:
            await reader.abandon()
            raise
        return await self._release(reader, result)

    async def stream(
        self, request: Request, *, caller_of: Callable[[], Awaitable[Caller]], feed: Feed
    ) -> AsyncGenerator[Answer]:
        """The responses to an operation: to a subscription one for each event, to any other the one.

        `caller_of` is asked again for each event. A response with a `code` is the last.
        """
        operation = self._operation(request)
        if isinstance(operation, Answer):
            yield operation
            return
        try:
            if operation.kind is not OperationType.SUBSCRIPTION:
                yield await self.answer(request, await caller_of())
                return
            begin = partial(self._begin_reading, request, operation)
            async with aclosing(Following(feed, self._transactions.database, caller_of, begin)) as following:
                events = await self._executed(operation, request, following)
                if isinstance(events, ExecutionResult):
                    refused = _refused([shown(error) for error in events.errors or ()])
                    yield await self._with_attempts(refused, operation, await caller_of())
                    return
                async with aclosing(cast(AsyncGenerator[ExecutionResult], events)):
                    async for result in events:
                        reader = following.reader
                        answer = await self._release(reader, result)
                        yield await self._with_attempts(answer, operation, reader.caller)
                        if answer.code is not None:
                            return
        except Exception as error:
            yield _refused([shown(GraphQLError("", original_error=error))])

    def _begin_reading(self, request: Request, operation: Operation, caller: Caller) -> Reader:
        now = self._clock()
        return Reader(
            database=self._transactions.database,
            caller=caller,
            today=_today(now),
            now=now,
            new_id=self._new_id,
            # A query sees one moment, and so does each event; a mutation must see what it has just changed.
            snapshot=operation.kind is not OperationType.MUTATION,
            operation=operation.recorded,
        )

    async def _release(self, reader: Reader, result: ExecutionResult) -> Answer:
        """The response of the resolvers, once what it shows is on record."""
        errors = [shown(error) for error in result.errors or ()]
        try:
            await reader.close()
            if reader.retrieved:
                await self._receive(reader.retrieved, reader.caller)
        except (Problem, DBAPIError, OSError) as error:
            log.error("disclosure_not_recorded", error=type(error).__name__)
            return _refused([error_shown(Kind.BUSY.value, _NOT_RECORDED)])
        if result.data is None and errors and not any("path" in each for each in errors):
            return _refused(errors)
        answer: dict[str, Any] = ({"errors": errors} if errors else {}) | {"data": result.data}
        denied = attempts_in(errors) | (_MISSED if reader.missed else _NONE)
        body = orjson.dumps(answer, default=str)
        return Answer(body, None, compiled=False, denied=denied, readings=reader.readings)

    async def _executed(self, operation: Operation, request: Request, context: Context | Following) -> Any:
        """The result; or, of a subscription, the results as they come."""
        subscribes = operation.kind is OperationType.SUBSCRIPTION
        execute: Any = subscribe_fields if subscribes else execute_fields  # pyright: ignore[reportUnknownVariableType]  (untyped there)
        result = execute(
            self.graphql_schema,
            operation.document,
            context_value=context,
            variable_values=dict(request.variables) if request.variables is not None else None,
            operation_name=operation.name,
            hide_suggestions=True,
        )
        return await result if isawaitable(result) else result

    async def _receive(self, retrieved: set[uuid.UUID], caller: Caller) -> None:
        """The system of the body that was asked has read requests: that is receipt, if none was earlier."""
        async with self._transactions.begin(caller) as tx:
            await cooperation.receive(tx, retrieved)


def _disclosed(plan: Plan, cells: Sequence[bytes | None]) -> Disclosed:
    """What was shown; raises `NotCompiledError` where it is for the resolvers to say."""
    disclosed = Disclosed.of(plan.records, cells)
    if disclosed.is_for_resolvers:
        raise NotCompiledError
    return disclosed


def _today(now: datetime) -> date:
    """The date in London, by which every statutory period is counted."""
    return now.astimezone(LONDON).date()


def _refused(errors: list[dict[str, Any]]) -> Answer:
    """A request error: nothing has been answered."""
    code = errors[0]["extensions"]["code"]
    return Answer(orjson.dumps({"errors": errors}), code, compiled=False, denied=attempts_in(errors))


_NONE: frozenset[tuple[str, str]] = frozenset()
_MISSED = frozenset({(Kind.NOT_FOUND.value, "not-found")})
"""What was looked up by an id or a code does not exist for the caller: the answer is null, and the attempt recorded."""


_NOT_AT_ONCE = "a subscription is answered over server-sent events (Accept: text/event-stream) or at /graphql/ws"
_NOT_RECORDED = (
    "what was read could not be put on record; try again soon. What was to be changed may have been: "
    "with the same Idempotency-Key it is not done twice"
)


@cache
def make_schema() -> strawberry.Schema:
    """The hub's schema, made once in a process: it holds no state."""
    return strawberry.Schema(
        query=Query, mutation=Mutation, subscription=Subscription, types=list(projections()), config=config()
    )
