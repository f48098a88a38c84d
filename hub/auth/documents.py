"""Trusted documents: GraphQL documents that are run by their id; for some clients they are the only ones that are.

The GraphQL over HTTP draft calls them persisted documents (its appendix A). The hub ships some, for every client; an
operator registers a client's own. Nobody makes a document known by sending it: that would trust whoever sends first.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import tables
from hub.db.session import Database
from hub.errors import Kind, Problem, forbidden, invalid
from hub.law.caller import Caller

_MOST_BYTES = 100_000  # as much as a request may have, unless the hub is set otherwise
MOST_REMEMBERED = 200  # and so at most 20 MB
_SHA256_ID = re.compile(r"sha256:[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Document:
    """A document, to the letter: one space more makes another document. The name is for people."""

    name: str
    text: str

    @property
    def id(self) -> str:
        """`sha256:` and the hash of the text in UTF-8, which the draft asks every server to know."""
        return f"sha256:{hashlib.sha256(self.text.encode()).hexdigest()}"


class TrustedDocuments:
    """Finds the document of a request. Every transport asks here, before anything is parsed.

    The shipped documents are held for good. Of the clients' own a bounded number is remembered, and nothing that is not
    registered: no request can drive out a registered document.
    """

    def __init__(self, database: Database, shipped: Iterable[Document]) -> None:
        self._database = database
        self._shipped = {known: each.text for each in shipped for known in (each.id, each.name)}
        self._own: dict[tuple[str, str], str] = {}

    async def text(self, caller: Caller, query: str | None, document_id: str | None) -> str:
        """The document to run, from its text or its id: one of them, not both.

        Raises `Problem`: INVALID, NOT_FOUND (`document-unknown`), FORBIDDEN (`document-not-trusted`), or BUSY when the
        database is away.
        """
        match query, document_id:
            case None, str(wanted):
                found = await self._find(caller, wanted)
                if found is None:
                    raise Problem(Kind.NOT_FOUND, "no document has this id for you", rule="document-unknown")
                return found
            case str(text), None:
                if caller.only_documents and await self._find(caller, Document("", text).id) is None:
                    raise forbidden("this client may run trusted documents alone", rule="document-not-trusted")
                return text
            case _:
                raise invalid("send either a query or a documentId", rule="parameter-type", path=("query",))

    async def _find(self, caller: Caller, wanted: str) -> str | None:
        shipped = self._shipped.get(wanted)
        if shipped is not None or not caller.only_documents or not _SHA256_ID.fullmatch(wanted):
            return shipped
        key = (caller.client_id, wanted)
        if key not in self._own:
            async with self._database.begin(caller) as connection:
                text = await _registered(connection, *key)
            if text is None:
                return None
            if len(self._own) >= MOST_REMEMBERED:
                del self._own[next(iter(self._own))]
            self._own[key] = text
        return self._own[key]


async def trust(connection: AsyncConnection, client_id: str, documents: Iterable[Document]) -> None:
    """Let the client run these documents too. Raises `Problem` INVALID where one is too large to be sent."""
    for each in documents:
        if len(each.text.encode()) > _MOST_BYTES:
            raise invalid(f"a document is at most {_MOST_BYTES} bytes", rule="document-too-large", path=(each.name,))
        row = {"client_id": client_id, "document_id": each.id, "name": each.name, "text": each.text}
        await connection.execute(insert(tables.client_document).values(row).on_conflict_do_nothing())


async def _registered(connection: AsyncConnection, client_id: str, document_id: str) -> str | None:
    document = tables.client_document.c
    found = select(document.text).where(document.client_id == client_id, document.document_id == document_id)
    text: str | None = await connection.scalar(found)
    return text
