"""What telling a receiver is made of: topics, forms, what is sent and how that went; and the check before each."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from hub.actions.transaction import Transaction
from hub.audit import Disclosure, Operation
from hub.db import feed, queries
from hub.db.deliveries import About, Delivery
from hub.db.feed import Conditions
from hub.db.receivers import Destination, Receiver
from hub.db.sharing import Asking
from hub.law.caller import Caller
from hub.law.decisions import Permit
from hub.law.deliveries import SecretKind
from hub.law.reg17_disclosure import Part, decide


@dataclass(frozen=True, slots=True)
class Topic:
    """What a receiver can be told of: events about the rows of a type, if it has the scope, where they are wanted.

    `part`: the part of the record that such a row belongs to. `kinds`: the kinds of event; none: any.
    """

    name: str
    meaning: str
    about_type: str
    part: Part
    may_be_told: Callable[[Caller], bool]
    conditions: Conditions = lambda _, __: ()
    kinds: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Rendered:
    """What is sent: the body and its media type."""

    body: bytes
    media_type: str


class Form(Protocol):
    """How receivers of a kind are told."""

    @property
    def topics(self) -> Mapping[str, Topic]: ...

    async def render(self, tx: Transaction, receiver: Receiver, delivery: Delivery) -> Rendered:
        """What is sent. The transaction is the receiver's client's, behind the second lock."""
        ...


@dataclass(frozen=True, slots=True)
class Letter:
    """A delivery, ready to be sent. `destination`: where the operator lets it go; None: nowhere."""

    id: UUID
    at: datetime
    address: str
    destination: Destination | None
    rendered: Rendered
    secrets: Sequence[tuple[SecretKind, bytes]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an attempt ended. `failed_with`: None: it was received; else a status, or a code of the hub's."""

    failed_with: str | None = None
    gone: bool = False
    retry_after: timedelta | None = None


WITHHELD = Outcome("withheld")
Send = Callable[[Letter], Awaitable[Outcome]]


async def may_know(connection: AsyncConnection, topic: Topic, about: About, asking: Asking) -> bool:
    """Whether what an event is about exists for the asking body now, and is of the topic."""
    return await feed.exists(connection, topic.about_type, about.id, asking, conditions=topic.conditions)


async def disclose(tx: Transaction, about: About, part: Part, operation: Operation) -> None:
    """Put on record what is told of the child: that its record exists, and that there is something in this part."""
    if about.child_id is None:
        return
    asking = Asking.of(tx.caller, tx.today, tx.now)
    found = await queries.children_by_id(tx.connection, asking, [about.child_id])
    child = found[about.owner_id, about.child_id]
    parts = frozenset({Part.EXISTENCE, part})
    decisions = {each: decide(each, child.standing, tx.caller.purpose) for each in parts}
    shown = frozenset(each for each, decision in decisions.items() if decision)
    grounds = sorted({each.rule for each in decisions.values() if isinstance(each, Permit)})
    told = Disclosure(about.owner_id, about.child_id, shown, parts - shown)
    await tx.disclose([told], operation=operation, ground="; ".join(grounds))
