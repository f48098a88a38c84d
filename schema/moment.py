"""The one transaction in which an operation's resolvers read, so that an answer sees one moment."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from typing import Any, TypeAlias

from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncConnection

Connected: TypeAlias = Callable[[], Awaitable[AsyncConnection]]


class Moment:
    """A transaction that is begun when something is first read; one statement runs at a time."""

    def __init__(self, begun: Callable[[], AbstractAsyncContextManager[AsyncConnection]]) -> None:
        self._begun = begun
        self._turn = asyncio.Lock()
        self._stack = AsyncExitStack()
        self._connection: AsyncConnection | None = None
        self._over = False

    async def execute(self, statement: Select[Any]) -> Any:
        """Shielded: a statement that is stopped half way would take the connection from all who still read."""
        return await asyncio.shield(self._executed(statement))

    async def _executed(self, statement: Select[Any]) -> Any:
        async with self._turn:
            if self._over:  # a field that failed took the answer with it, while others were still reading
                raise asyncio.CancelledError
            return await (await self._connected()).execute(statement)

    async def close(self, store: Callable[[Connected], Awaitable[None]], *, last: bool) -> None:
        """End it with what `store` does in it. What is read afterwards begins another, unless this was the last."""
        self._over = last
        async with self._turn:
            try:
                await store(self._connected)
            except BaseException as error:
                await self._stack.__aexit__(type(error), error, error.__traceback__)
                raise
            await self._stack.aclose()
            self._connection = None

    async def abandon(self) -> None:
        """End it and keep nothing: the operation failed and shows nothing."""
        failed = RuntimeError("the operation failed")
        self._over = True
        async with self._turn:
            await self._stack.__aexit__(type(failed), failed, None)

    async def _connected(self) -> AsyncConnection:
        if self._connection is None:
            self._connection = await self._stack.enter_async_context(self._begun())
        return self._connection


async def waited_for(rows: Awaitable[list[Any]]) -> list[Any]:
    """Shielded: fields that ask for the same rows wait for one future, and one that is given up would take it away."""
    return await asyncio.shield(rows)
