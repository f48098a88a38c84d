"""Joint commissioning arrangements (CFA 2014 s. 26): a party proposes a version, and the parties sign it."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from uuid import UUID

from hub.actions.checks import asking, checked, lawful, must_exist
from hub.actions.transaction import Transaction
from hub.audit import Event
from hub.db import arrangements, queries
from hub.db.arrangements import Text
from hub.errors import conflict, invalid, not_found
from hub.law.s26_arrangements import (
    REQUIREMENTS,
    Arrangement,
    SharingRule,
    TimeLimit,
    comes_into_force,
    refuse_to_propose,
    refuse_to_sign,
)

_SCOPE = "arrangement.write"


async def propose(
    tx: Transaction,
    *,
    authority: UUID,
    parties: Collection[UUID],
    text: Text,
    rules: Collection[SharingRule],
    limits: Collection[TimeLimit] = (),
    review_on: date | None,
    supersedes: UUID | None,
) -> UUID:
    """A party proposes arrangements, or a new version of them (s. 26(1)); the id. They are in force when all have
    signed."""
    tx.must_have(_SCOPE)
    if not checked(text.title, "title").strip():
        raise invalid("arrangements have a title", rule="title-required", path=("title",))
    for place, (requirement, words) in enumerate(text.clauses):
        if requirement not in REQUIREMENTS:
            raise invalid("a paragraph is one of those that `missing` names", rule="paragraph", path=("clauses",))
        checked(words, "clauses", str(place), "text")
    named = {authority, *parties, *text.acting, *(body for rule in rules for body in rule.recipients)}
    bodies = await queries.organisations_by_id(tx.connection, named)
    if len(bodies) != len(named):
        raise not_found("organisation")
    number = 1
    if supersedes is not None:
        before = await arrangements.version_for_update(tx.connection, asking(tx), supersedes)
        if before is None or before.arrangement.authority != authority:
            raise not_found("arrangement")
        if before.is_superseded:
            raise conflict("a later version has been proposed already", rule="already-superseded")
        number = before.number + 1
    proposed = Arrangement(
        id=tx.new_id(),
        authority=authority,
        parties={body: bodies[body].kind for body in parties},
        signed=frozenset(),
        in_force_from=None,
        in_force_to=None,
        review_on=review_on,
        rules=tuple(rules),
        limits=tuple(limits),
    )
    lawful(*refuse_to_propose(proposed, tx.caller.organisation))
    await arrangements.insert_version(
        tx.connection,
        proposed,
        text,
        number=number,
        supersedes=supersedes,
        proposed=(tx.caller.organisation, tx.now),
        ids=tx.new_id,
    )
    await tx.record(_event("arrangement_proposed", proposed))
    return proposed.id


async def sign(tx: Transaction, *, arrangement_id: UUID) -> None:
    """A party signs. With the last signature the arrangements come into force, and end what they supersede."""
    tx.must_have(_SCOPE)
    version = must_exist(
        await arrangements.version_for_update(tx.connection, asking(tx), arrangement_id), "arrangement"
    )
    body, arrangement = tx.caller.organisation, version.arrangement
    lawful(refuse_to_sign(arrangement, body, version.answered))
    await arrangements.sign(tx.connection, arrangement.id, body, at=tx.now)
    await tx.record(_event("arrangement_signed", arrangement))
    if replace(arrangement, signed=arrangement.signed | {body}).is_signed:
        first = comes_into_force(version.starts_on, tx.today)
        await arrangements.bring_into_force(tx.connection, version, from_=first)
        await tx.record(_event("arrangement_in_force", arrangement))


def _event(kind: str, arrangement: Arrangement) -> Event:
    return Event(kind, arrangement.authority, "Arrangement", arrangement.id)
