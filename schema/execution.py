"""One GraphQL operation from document to answer: parse, validate, resolve, put on record, answer.

The answer is released only when what it shows is durable (`Reader.close`). Errors are shown by kind, never by text of
an exception; what is not foreseen is INTERNAL with a reference that the operator finds in the log.
"""

import uuid
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import strawberry
import structlog
from graphql import GraphQLError, GraphQLSyntaxError, OperationType, parse
from graphql.language import DocumentNode, IntValueNode, OperationDefinitionNode, StringValueNode, Visitor, visit
from sqlalchemy.exc import DBAPIError
from strawberry.extensions import MaxTokensLimiter, ParserCache, SchemaExtension, ValidationCache

from hub.actions import cooperation
from hub.actions.transaction import LONDON, Transactions
from hub.audit import Operation
from hub.db.feed import Feed
from hub.db.session import is_busy
from hub.errors import Kind, Problem, RefusedByLaw
from hub.law.caller import Caller
from hub.law.interpretation import InvalidIdentifier, check_text
from schema.limits import DepthLimit
from schema.mutation import Mutation
from schema.projection import projections
from schema.query import Query
from schema.reading import Reader
from schema.scalars import config
from schema.subscribing import Following
from schema.subscription import Subscription

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Request:
    """What a client sent: the document, which operation of it, and with which variables."""

    document: str
    operation_name: str | None
    variables: Mapping[str, Any] | None
    idempotency_key: str | None
    request_hash: str


@dataclass(slots=True)
class Context:
    """What the resolvers of one operation share."""

    reader: Reader
    transactions: Transactions
    idempotency_key: str | None
    request_hash: str


class Execution:
    """The schema with what it needs to answer."""

    def __init__(
        self,
        transactions: Transactions,
        *,
        clock: Callable[[], datetime],
        new_id: Callable[[], uuid.UUID],
        most_tokens: int = 2_000,
        most_depth: int = 15,
    ) -> None:
        self._transactions = transactions
        self._clock = clock
        self._new_id = new_id
        extensions: list[Callable[[], SchemaExtension]] = [
            lambda: MaxTokensLimiter(most_tokens),
            lambda: DepthLimit(most_depth),
            lambda: ParserCache(maxsize=500),
            lambda: ValidationCache(maxsize=500),
        ]
        self.schema = make_schema(extensions)

    async def _receive(self, reader: Reader, caller: Caller) -> None:
        """The system of the body that was asked has read requests: that is receipt, if none was earlier."""
        if reader.retrieved:
            async with self._transactions.begin(caller) as tx:
                await cooperation.receive(tx, reader.retrieved)

    async def execute(self, request: Request, caller: Caller) -> Mapping[str, Any]:
        """The response as JSON values. A request error has no `data`."""
        operation = _operation(request)
        if isinstance(operation, Mapping):
            return operation
        if operation.operation is OperationType.SUBSCRIPTION:
            return {"errors": [_error(Kind.INVALID.value, _NOT_AT_ONCE)]}
        reader = self._begin_reading(request, operation, caller)
        context = Context(reader, self._transactions, request.idempotency_key, request.request_hash)
        try:
            result = await self.schema.execute(
                request.document,
                variable_values=dict(request.variables) if request.variables is not None else None,
                operation_name=request.operation_name,
                context_value=context,
            )
        except BaseException:
            await reader.abandon()
            raise
        return await self._release(reader, result)

    async def stream(
        self, request: Request, *, caller_of: Callable[[], Awaitable[Caller]], feed: Feed
    ) -> AsyncGenerator[Mapping[str, Any]]:
        """The responses to an operation: to a subscription one for each event, to any other the one.

        `caller_of` is asked again for each event. A response without `data` is the last.
        """
        operation = _operation(request)
        if isinstance(operation, Mapping):
            yield operation
            return
        if operation.operation is not OperationType.SUBSCRIPTION:
            try:
                caller = await caller_of()
            except Problem as problem:
                yield {"errors": [_shown(GraphQLError(problem.message, original_error=problem))]}
                return
            yield await self.execute(request, caller)
            return
        following = Following(
            feed, self._transactions.database, caller_of, partial(self._begin_reading, request, operation)
        )
        results = await self.schema.subscribe(
            request.document,
            variable_values=dict(request.variables) if request.variables is not None else None,
            operation_name=request.operation_name,
            context_value=following,
        )
        try:
            async with aclosing(results):
                async for result in results:
                    if following.reader is None:
                        yield {"errors": [_shown(error) for error in result.errors or ()]}
                        return
                    response = await self._release(following.reader, result)
                    yield response
                    if "data" not in response:
                        return
        finally:
            if following.reader is not None:
                await following.reader.abandon()

    def _begin_reading(self, request: Request, operation: OperationDefinitionNode, caller: Caller) -> Reader:
        now = self._clock()
        return Reader(
            database=self._transactions.database,
            caller=caller,
            today=now.astimezone(LONDON).date(),
            now=now,
            new_id=self._new_id,
            # A query sees one moment, and so does each event; a mutation must see what it has just changed.
            snapshot=operation.operation is not OperationType.MUTATION,
            operation=Operation(f"graphql:{operation.name.value if operation.name else 'anonymous'}", request.document),
        )

    async def _release(self, reader: Reader, result: Any) -> Mapping[str, Any]:
        """The response, once what it shows is durable."""
        errors = [_shown(error) for error in result.errors or ()]
        try:
            await reader.close()
            await self._receive(reader, reader.caller)
        except (Problem, DBAPIError, OSError) as error:
            log.error("disclosure_not_recorded", error=type(error).__name__)
            return {"errors": [_error(Kind.BUSY.value, _NOT_RECORDED)]}
        answer: dict[str, Any] = {}
        if errors:
            answer["errors"] = errors
        if result.data is not None or not errors or any("path" in each for each in errors):
            answer["data"] = result.data
        return answer


class _Schema(strawberry.Schema):
    """Strawberry logs every error with its text, which may quote a row: here `_shown` says what is logged."""

    def process_errors(self, errors: list[GraphQLError], execution_context: object | None = None) -> None: ...


_NOT_AT_ONCE = "a subscription is answered over server-sent events (Accept: text/event-stream) or at /graphql/ws"
_NOT_RECORDED = (
    "what was read could not be put on record; try again soon. What was to be changed may have been: "
    "with the same Idempotency-Key it is not done twice"
)


def make_schema(extensions: list[Callable[[], SchemaExtension]] | None = None) -> strawberry.Schema:
    """The hub's schema."""
    return _Schema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        types=list(projections()),
        config=config(),
        extensions=extensions or [],
    )


class _Texts(Visitor):
    """Raises `InvalidIdentifier` at a text in the document that no database could hold, or too long a number."""

    def enter_string_value(self, node: StringValueNode, *_: object) -> None:
        check_text(node.value)

    def enter_int_value(self, node: IntValueNode, *_: object) -> None:
        if len(node.value) > 40:
            raise InvalidIdentifier("number-too-long", "A number has at most 40 digits.")


def _operation(request: Request) -> OperationDefinitionNode | Mapping[str, Any]:
    """The operation that is asked for; a response where there is none, or no telling which."""
    try:
        document: DocumentNode = parse(request.document, max_tokens=20_000)
    except GraphQLSyntaxError as error:
        return {"errors": [_shown(error)]}
    except RecursionError:
        return {"errors": [_error(Kind.TOO_COSTLY.value, "the document is nested too deeply")]}
    try:
        visit(document, _Texts())
    except InvalidIdentifier as error:
        return {"errors": [_error(Kind.INVALID.value, error.message)]}
    operations = [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]
    if request.operation_name is not None:
        operations = [each for each in operations if each.name and each.name.value == request.operation_name]
        if not operations:
            return {"errors": [_error(Kind.INVALID.value, "the document has no operation of that name")]}
    if len(operations) != 1:
        message = "say which operation: the document has several" if operations else "the document has no operation"
        return {"errors": [_error(Kind.INVALID.value, message)]}
    return operations[0]


def _shown(error: GraphQLError) -> dict[str, Any]:
    """An error as the caller may see it."""
    cause = error.original_error
    shown = _error(*_kind(error, cause))
    if error.locations:
        shown["locations"] = [{"line": each.line, "column": each.column} for each in error.locations]
    if error.path:
        shown["path"] = error.path
    if isinstance(cause, Problem):
        if cause.rule:
            shown["extensions"]["rule"] = cause.rule
        if cause.path:
            shown["extensions"]["argument"] = list(cause.path)
    return shown


def _kind(error: GraphQLError, cause: Exception | None) -> tuple[str, str]:
    match cause:
        case None | GraphQLError():
            return str((error.extensions or {}).get("code", Kind.INVALID.value)), error.message
        case Problem():
            return cause.kind.value, cause.message
        case RefusedByLaw():
            return Kind.FORBIDDEN.value, str(cause)
        case _ if is_busy(cause):
            return Kind.BUSY.value, "the database is busy or away; try again soon"
        case _:
            reference = uuid.uuid4().hex[:12]
            log.error("unforeseen_error", reference=reference, error=type(cause).__name__, exc_info=cause)
            return "INTERNAL", f"something went wrong in the hub; quote {reference}"


def _error(code: str, message: str) -> dict[str, Any]:
    return {"message": message, "extensions": {"code": code}}
