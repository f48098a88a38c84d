"""One GraphQL operation from document to answer: parse, validate, resolve, put on record, answer.

The answer is released only when what it shows is durable (`Reader.close`). Errors are shown by kind, never by text of
an exception; what is not foreseen is INTERNAL with a reference that the operator finds in the log.
"""

import re
import uuid
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from inspect import isawaitable
from typing import Any, cast

import orjson
import strawberry
import structlog
from graphql import ExecutionResult, GraphQLError, GraphQLSchema, OperationType
from graphql import execute as execute_fields  # pyright: ignore[reportUnknownVariableType]  (untyped there)
from graphql import subscribe as subscribe_fields  # pyright: ignore[reportUnknownVariableType]  (untyped there)
from sqlalchemy.exc import DBAPIError

from hub.actions import cooperation
from hub.actions.quarantine import WaysIn
from hub.actions.transaction import Transactions
from hub.audit import Denial, Denials
from hub.db.feed import Feed
from hub.errors import Kind, Problem
from hub.law.caller import Caller
from schema import roots
from schema.answer import MISSED, NO_ATTEMPTS, Answer, Request, refused, today_at
from schema.compile.documents import Documents, Operation
from schema.compile.places import Asked, NotCompiledError
from schema.compiled import CompiledReads
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
        self._denials = Denials(transactions.database.statements, clock=clock, new_id=new_id)
        self.schema = make_schema()
        self.documents = Documents(
            self.graphql_schema,
            roots.of(Query),
            limits=limits,
            most_tokens=most_tokens,
            registered=registered,
        )
        self._reads = CompiledReads(
            transactions.database, self.documents, clock=clock, new_id=new_id, receive=self._receive
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
            return refused([shown(error if isinstance(error, GraphQLError) else located(error))])
        if document.errors:
            return refused([shown(error) for error in document.errors])
        return operation

    async def answer(self, request: Request, caller: Caller) -> Answer:
        """The response, once what it shows is on record."""
        operation = self._operation(request)
        if isinstance(operation, Answer):
            return operation
        if operation.kind is OperationType.SUBSCRIPTION:
            return refused([error_shown(Kind.INVALID.value, _NOT_AT_ONCE)])
        if self._compiles and operation.kind is OperationType.QUERY:
            try:
                answer = await self._reads.answer(request, operation, caller)
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
            return refused([error_shown(Kind.BUSY.value, _NOT_RECORDED)])
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
        values = plan.values(Asked(caller, today_at(now), now, coerced))
        named = re.sub(r"\$(\d+)", r"%(p\1)s", plan.sql.decode().replace("%", "%%"))
        return named, {f"p{place}": value for place, value in enumerate(values, start=1)}

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
                    answer = refused([shown(error) for error in events.errors or ()])
                    yield await self._with_attempts(answer, operation, await caller_of())
                    return
                async with aclosing(cast(AsyncGenerator[ExecutionResult], events)):
                    async for result in events:
                        reader = following.reader
                        answer = await self._release(reader, result)
                        yield await self._with_attempts(answer, operation, reader.caller)
                        if answer.code is not None:
                            return
        except Exception as error:
            yield refused([shown(GraphQLError("", original_error=error))])

    def _begin_reading(self, request: Request, operation: Operation, caller: Caller) -> Reader:
        now = self._clock()
        return Reader(
            database=self._transactions.database,
            caller=caller,
            today=today_at(now),
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
            return refused([error_shown(Kind.BUSY.value, _NOT_RECORDED)])
        if result.data is None and errors and not any("path" in each for each in errors):
            return refused(errors)
        answer: dict[str, Any] = ({"errors": errors} if errors else {}) | {"data": result.data}
        denied = attempts_in(errors) | (MISSED if reader.missed else NO_ATTEMPTS)
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
