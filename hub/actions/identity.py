"""One child known to several systems: which records are brought forward, and what somebody decides of them.

A rule of `hub.law.identity` may say that two records are one child's; a record that is there is still never made part
of another unless a person of the body whose records they are decides it. The decision can be taken back.
"""

from collections.abc import Callable, Collection
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from hub.actions.checks import must_exist
from hub.actions.child_sources import keep_own_words, weigh_again
from hub.actions.transaction import Transaction
from hub.audit import Event
from hub.db import identity
from hub.db.identity import Pair
from hub.errors import conflict, forbidden, invalid, not_found
from hub.law.identity import Candidate, Known, Linked, judge
from hub.law.identity_rules import weights_on
from hub.law.vocabulary import IdentityDecision, OrganisationKind

SCOPE = "assessment.write"
MOST_WORDS = 1_000
"""The longest reason, characters."""

CERTAIN = 100.0
"""The score of a pair that a rule links: it is the first in the queue."""


async def bring_forward(
    connection: AsyncConnection,
    owner_id: UUID,
    children: Collection[UUID],
    *,
    apart_from: Collection[UUID] = (),
    new_id: Callable[[], UUID],
    now: datetime,
    today: date,
) -> int:
    """Bring forward pairs of these children with others that may be the same; how many.

    `apart_from`: children of whom the same file speaks as others.
    """
    seen = set[frozenset[UUID]]()
    found: list[tuple[UUID, UUID, UUID, Candidate]] = []
    for one, said, other, known in await identity.records_like(connection, owner_id, children, apart_from=apart_from):
        judged = _likeness(said, known, today)
        both = frozenset({one, other})
        if judged is not None and both not in seen:
            seen.add(both)
            found.append((new_id(), one, other, judged))
    await identity.bring_forward(connection, owner_id, found, at=now)
    return len(found)


def _likeness(one: Known, other: Known, today: date) -> Candidate | None:
    judged = judge(one, other, on=today)
    if isinstance(judged, Linked):
        return Candidate(CERTAIN + sum(weights_on(today).bits[each] for each in judged.evidence), judged.evidence)
    return judged


async def decide(
    tx: Transaction,
    *,
    candidate_id: UUID,
    decision: IdentityDecision,
    keep: UUID | None = None,
    why: str | None = None,
) -> UUID:
    """A person of the authority decides on a pair, and may say why; the child, or the one of the two that stays.

    MERGE: one record is made of them, `keep` (or else the older). KEEP_APART: they are not brought forward again.
    SPLIT: a merge is taken back.
    """
    tx.must_have(SCOPE)
    caller = tx.caller
    if caller.organisation_kind is not OrganisationKind.LOCAL_AUTHORITY:
        raise not_found("pair of records")
    if caller.person is None:
        raise forbidden("a person decides whether two records are one child's", rule="person-needed")
    if why is not None and len(why) > MOST_WORDS:
        raise invalid(f"a reason has at most {MOST_WORDS:,} characters", rule="reason-too-long", path=("reason",))
    pair = must_exist(await identity.pair(tx.connection, caller.organisation, candidate_id), "pair of records")
    child_id = await _decided(tx, pair, decision, keep)
    await identity.explain(tx.connection, caller.organisation, candidate_id, why)
    return child_id


async def _decided(tx: Transaction, pair: Pair, decision: IdentityDecision, keep: UUID | None) -> UUID:
    owner = tx.caller.organisation
    if decision is IdentityDecision.MERGE:
        return await _merge(tx, pair, keep)
    if decision is IdentityDecision.SPLIT:
        return await _split(tx, pair)
    if pair.decision is IdentityDecision.MERGE:
        raise conflict("they are one record: decide SPLIT to part them", rule="merged-already")
    await identity.decided(tx.connection, owner, pair, decision, at=tx.now)
    facts = {"other": str(pair.other_child_id)}
    await tx.record(Event("records_kept_apart", owner, "Child", pair.child_id, pair.child_id, facts))
    return pair.child_id


async def _merge(tx: Transaction, pair: Pair, keep: UUID | None) -> UUID:
    if pair.decision is IdentityDecision.MERGE:
        raise conflict("they are one record already", rule="merged-already")
    both = {pair.child_id, pair.other_child_id}
    stays = keep or min(both)
    if stays not in both:
        raise invalid("the record that is kept is one of the two", rule="not-of-the-pair", path=("keep",))
    (goes,) = both - {stays}
    owner = tx.caller.organisation
    await keep_own_words(tx, owner, [stays, goes])
    await identity.make_one(tx.connection, owner, pair, stays=stays, goes=goes, row_id=tx.new_id(), at=tx.now)
    await weigh_again(tx, owner, [stays], as_it_is=True)
    await tx.record(Event("records_merged", owner, "Child", stays, stays, {"former": str(goes)}))
    return stays


async def _split(tx: Transaction, pair: Pair) -> UUID:
    owner = tx.caller.organisation
    if not await identity.make_two(tx.connection, owner, pair, at=tx.now):
        raise conflict("there is nothing to part: the last merge is parted first", rule="not-merged")
    await weigh_again(tx, owner, [pair.child_id, pair.other_child_id])
    await identity.decided(tx.connection, owner, pair, IdentityDecision.SPLIT, at=tx.now)
    await tx.record(
        Event("records_split", owner, "Child", pair.child_id, pair.child_id, {"former": str(pair.other_child_id)})
    )
    return pair.child_id
