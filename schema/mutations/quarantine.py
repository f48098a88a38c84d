"""What could not be applied: a person of the body whose it is reads it, mends it, replays it or puts it aside."""

from __future__ import annotations

import base64
from typing import Annotated, cast

import strawberry
from strawberry.types import Info

from hub.actions import quarantine
from hub.actions.quarantine import Mending, WaysIn
from hub.actions.transaction import Answer, Transaction, Transactions
from hub.db.quarantine import Item
from hub.law.imports import DiscardReason
from schema.ids import row_of_type
from schema.mutations.changing import Refusal, perform, read, refusals, says, values_of
from schema.quarantine import QuarantinedItem
from schema.reading import reader_of

_ITEM = "The item (UK GDPR art. 5(1)(d))."
_VERSION = "The version that you read: a later one is not written over (UK GDPR art. 5(1)(d))."
_REASON = "Why, in a line; kept with your name (UK GDPR art. 5(2): accountability)."


@strawberry.input(
    description="Read what an item says. It needs a token with a person in it (UK GDPR art. 5(2): accountability)."
)
class OpenQuarantinedInput:
    item: strawberry.ID = strawberry.field(description=_ITEM)
    reason: str = strawberry.field(description=_REASON)


@strawberry.input(
    description="Correct what an item says, or say which child it is about, or both. It needs a token with a person in "
    "it (UK GDPR art. 5(1)(d): accuracy)."
)
class MendQuarantinedInput:
    item: strawberry.ID = strawberry.field(description=_ITEM)
    version: int = strawberry.field(description=_VERSION)
    reason: str = strawberry.field(description=_REASON)
    content: str | None = strawberry.field(
        default=None,
        description="What it should say, in the form that it has; left out: as it is (UK GDPR art. 5(1)(d)).",
    )
    child: strawberry.ID | None = strawberry.field(
        default=None, description="The child of yours that it is about (UK GDPR art. 5(1)(d))."
    )
    new_child: bool = strawberry.field(
        default=False, description="It is about a child that you have not had (UK GDPR art. 5(1)(d))."
    )


@strawberry.input(
    description="Replay an item. It needs a token with a person in it, and the scopes that sending it would need (UK "
    "GDPR art. 5(1)(d): accuracy)."
)
class ReplayInput:
    item: strawberry.ID = strawberry.field(description=_ITEM)
    version: int | None = strawberry.field(default=None, description=f"{_VERSION} Left out: as it is now.")


@strawberry.input(
    description="Put an item aside for good. It needs a token with a person in it (UK GDPR art. 5(1)(c): data "
    "minimisation)."
)
class DiscardQuarantinedInput:
    item: strawberry.ID = strawberry.field(description=_ITEM)
    version: int = strawberry.field(description=_VERSION)
    reason: DiscardReason = strawberry.field(
        description="Why (UK GDPR art. 5(2): accountability); it is on record for good."
    )
    note: str = strawberry.field(
        default="", description="More of why, where there is more (UK GDPR art. 5(2): accountability)."
    )


@strawberry.type(description="The item after the change, or what refused it.")
class QuarantinePayload:
    item: QuarantinedItem | None = strawberry.field(
        description="The item as it now stands. One that was replayed and waits on says in `problems` why."
    )
    refusals: list[Refusal] = strawberry.field(description="Why the law refused; empty when it was done.")


@strawberry.type(description="What an item says. That you have read it is on record.")
class OpenQuarantinedPayload:
    item: QuarantinedItem | None = strawberry.field(description="The item.")
    content: str | None = strawberry.field(
        description="What it says now: as it was mended, or else as it came; absent where that is no text in UTF-8."
    )
    as_it_came: str = strawberry.field(description="The very bytes that came, in Base64.")
    refusals: list[Refusal] = strawberry.field(description="Why the law refused; empty when it was done.")


@strawberry.type
class QuarantineMutations:
    @strawberry.mutation(
        description="Read what an item in your quarantine says. It may be about anybody, so this is no query: who read "
        "it, and why, is recorded (UK GDPR art. 5(2))."
    )
    async def open_quarantined(
        self, info: Info, input: Annotated[OpenQuarantinedInput, says("The item, and why you read it.")]
    ) -> OpenQuarantinedPayload:
        item_id = row_of_type(input.item, "QuarantinedItem", argument="item")
        await reader_of(info).close(last=False)
        found: list[Item] = []

        async def effect(tx: Transaction) -> Answer:
            found.append(await quarantine.open_item(tx, item_id, why=input.reason))
            return {}

        # Never under an idempotency key: an answer that is kept may hold nothing of what was read.
        await cast(Transactions, info.context.transactions).perform(reader_of(info).caller, effect)
        return OpenQuarantinedPayload(
            item=await read(info, "QuarantinedItem", str(item_id)),
            content=_text(found[0].says),
            as_it_came=base64.b64encode(found[0].content).decode(),
            refusals=[],
        )

    @strawberry.mutation(
        description="Correct an item in your quarantine (UK GDPR art. 5(1)(d)). It waits on until it is replayed."
    )
    async def mend_quarantined(
        self, info: Info, input: Annotated[MendQuarantinedInput, says("The item, and what is corrected.")]
    ) -> QuarantinePayload:
        item_id = row_of_type(input.item, "QuarantinedItem", argument="item")
        child = None if input.child is None else row_of_type(input.child, "Child", argument="child")
        content = None if input.content is None else input.content.encode(errors="surrogatepass")
        mending = Mending(content, child, input.new_child)

        async def effect(tx: Transaction) -> Answer:
            await quarantine.mend(tx, item_id, mending, version=input.version, why=input.reason, ways=_ways(info))
            return {"item": str(item_id)}

        return await _payload(info, await perform(info, effect))

    @strawberry.mutation(
        description="Send an item in your quarantine the way it came, as it was mended (UK GDPR art. 5(1)(d)). It is "
        "taken in, once, or it waits on with the new reason."
    )
    async def replay_quarantined(
        self, info: Info, input: Annotated[ReplayInput, says("The item.")]
    ) -> QuarantinePayload:
        item_id = row_of_type(input.item, "QuarantinedItem", argument="item")

        async def effect(tx: Transaction) -> Answer:
            replayed = await quarantine.replay(tx, item_id, ways=_ways(info), version=input.version)
            return {"item": str(item_id), "refusals": values_of(replayed.refusals)}

        return await _payload(info, await perform(info, effect))

    @strawberry.mutation(
        description="Put an item in your quarantine aside for good, with a reason (UK GDPR art. 5(1)(c)). It is erased "
        "90 days later."
    )
    async def discard_quarantined(
        self, info: Info, input: Annotated[DiscardQuarantinedInput, says("The item, and why.")]
    ) -> QuarantinePayload:
        item_id = row_of_type(input.item, "QuarantinedItem", argument="item")

        async def effect(tx: Transaction) -> Answer:
            await quarantine.discard(tx, item_id, version=input.version, reason=input.reason, why=input.note)
            return {"item": str(item_id)}

        return await _payload(info, await perform(info, effect))


def _ways(info: Info) -> WaysIn:
    return info.context.ways


async def _payload(info: Info, answer: Answer) -> QuarantinePayload:
    item = await read(info, "QuarantinedItem", answer.get("item"))
    return QuarantinePayload(item=item, refusals=refusals(answer))


def _text(content: bytes) -> str | None:
    try:
        return content.decode()
    except UnicodeDecodeError:
        return None
