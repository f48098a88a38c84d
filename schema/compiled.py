"""Queries that are one statement: run, put on record, answered."""

import uuid
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any

import structlog

from hub.audit import DisclosureLog, Reading, ReplayedLog
from hub.db.session import Database
from hub.errors import Problem
from hub.law.caller import Caller
from schema.answer import MISSED, NO_ATTEMPTS, Answer, Request, refused, today_at
from schema.compile.disclosed import Disclosed
from schema.compile.documents import Documents, Operation
from schema.compile.places import Asked, NotCompiledError
from schema.compile.plans import Plan
from schema.errors_shown import located, shown

log = structlog.get_logger()


class _ElsewhereError(Exception):
    """Something that was asked for is not among the authority's own records."""


class CompiledReads:
    """Answers by the plans of documents."""

    def __init__(
        self,
        database: Database,
        documents: Documents,
        *,
        clock: Callable[[], datetime],
        new_id: Callable[[], uuid.UUID],
        receive: Callable[[set[uuid.UUID], Caller], Awaitable[None]],
    ) -> None:
        """`receive`: what is done where a body is shown requests that it had not received."""
        self._database = database
        self._documents = documents
        self._clock = clock
        self._new_id = new_id
        self._receive = receive
        self._log = DisclosureLog(database.statements)
        self._replayed = ReplayedLog(database.statements)

    async def answer(
        self, request: Request, operation: Operation, caller: Caller, *, everywhere: bool = False
    ) -> Answer:
        """The answer of one statement; raises `NotCompiledError` where it is for the resolvers.

        `everywhere`: what is asked for has been looked for among the authority's own records. Of an id that is not
        there a second statement says what there is of it for the body, whether that is something or nothing.
        """
        now = self._clock()
        try:
            coerced = self._documents.coerced(operation, request.variables)
            plan = self._documents.plan(operation, request.variables, coerced, caller, everywhere=everywhere)
            values = plan.values(Asked(caller, today_at(now), now, coerced))
        except Problem as problem:
            raise NotCompiledError from problem
        try:
            body, disclosed, readings = await self._recorded(
                plan, values, caller, lambda told: told.readings(caller, operation.recorded, now, self._new_id)
            )
            if unreceived := disclosed.unreceived:
                await self._receive(unreceived, caller)
        except _ElsewhereError:
            return await self.answer(request, operation, caller, everywhere=True)
        except Problem as problem:
            log.error("read_failed", rule=problem.rule)
            return refused([shown(located(problem))])
        missed = plan.missed(body)
        shown_as = b'{"data":' + (body or b"null") + b"}"
        return Answer(shown_as, None, compiled=True, denied=MISSED if missed else NO_ATTEMPTS, readings=readings)

    async def _recorded(
        self, plan: Plan, values: Sequence[Any], caller: Caller, readings_of: Callable[[Disclosed], list[Reading]]
    ) -> tuple[bytes | None, Disclosed, list[Reading]]:
        """The response and what it shows, once that is on record: a replica's, where that may be told."""
        replicas = self._database.replicas if plan.reads_many else None
        if replicas is not None and (read := await replicas.one(plan.sql, values)):
            (body, *cells), replayed = read
            disclosed = _disclosed(plan, cells)
            readings = readings_of(disclosed)
            if await self._replayed.may_be_told(replayed, caller.client_id, readings):
                return body, disclosed, readings
        body, *cells = await self._database.statements.one(plan.sql, values)
        if not plan.found(cells):
            raise _ElsewhereError
        disclosed = _disclosed(plan, cells)
        readings = readings_of(disclosed)
        if readings:
            await self._log.record(readings)
        return body, disclosed, readings


def _disclosed(plan: Plan, cells: Sequence[bytes | None]) -> Disclosed:
    """What was shown; raises `NotCompiledError` where it is for the resolvers to say."""
    disclosed = Disclosed.of(plan.records, cells)
    if disclosed.is_for_resolvers:
        raise NotCompiledError
    return disclosed
