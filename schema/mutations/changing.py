"""What the mutations share: an action performed once, what it changed read again, and refusals by law as data."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, cast
from uuid import UUID

import strawberry
from strawberry.types import Info

from hub.actions.transaction import Answer, Once, Transaction, Transactions, as_json, refusals_of
from hub.law.decisions import Refusal as Said
from schema.reading import reader_of


@strawberry.type(description="The law says no. Nothing has changed.")
class Refusal:
    provision: str = strawberry.field(description="The provision, as a lawyer cites it.")
    rule: str = strawberry.field(description="A stable code of the rule.")
    message: str = strawberry.field(description="What the law asks.")
    path: list[str] = strawberry.field(description="The field at fault, where there is one.")


def says(description: str) -> Any:
    return strawberry.argument(description=description)


async def perform(info: Info, effect: Callable[[Transaction], Awaitable[Answer]]) -> Answer:
    """The action's answer, the same one again for a repeated `Idempotency-Key`.

    The key is good for one mutation field of one request: its response key is part of it, so that a document with two
    mutations does both.
    """
    context = info.context
    transactions = cast(Transactions, context.transactions)
    await reader_of(info).close(last=False)
    once = None
    request = context.request
    if request.idempotency_key is not None:
        asked = json.dumps([info.field_name, request.hash])
        key = f"{request.idempotency_key}/{info.path.key}"
        once = Once(key, hashlib.sha256(asked.encode()).hexdigest())
    return await transactions.perform(reader_of(info).caller, effect, once=once)


async def read(info: Info, type_name: str, row_id: str | None) -> Any:
    if row_id is None:
        return None
    return await reader_of(info).node(type_name, UUID(row_id))


def refusals(answer: Answer, name: str = "refusals") -> list[Refusal]:
    """The refusals in an answer; or, by another name, what is said in the same form."""
    return [
        Refusal(
            provision=each.provision,
            rule=each.rule,
            message=each.message,
            path=[_in_schema(step) for step in each.path],
        )
        for each in refusals_of(answer, name)
    ]


def values_of(said: Iterable[Said]) -> list[dict[str, Any]]:
    """Refusals, or warnings, as an answer holds them."""
    return [as_json(each) for each in said]


def _in_schema(name: str) -> str:
    """A field of the law as the schema writes it: given_on, givenOn."""
    first, *others = name.split("_")
    return first + "".join(other.capitalize() for other in others)
