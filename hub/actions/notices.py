"""Giving notices: every action that decides something tells those who must be told here, in its own transaction."""

from datetime import date
from uuid import UUID

from hub.actions.checks import asking, checked
from hub.actions.duties import open_familys
from hub.actions.transaction import Transaction
from hub.audit import Event
from hub.db import notices, queries
from hub.db.duty_rows import About
from hub.db.notices import KeptNotice
from hub.errors import RefusedByLaw, not_found
from hub.law.decisions import Refusal
from hub.law.notices import NOTHING_SAID, NoticeKind, NoticeTo, Said, may_be_appealed, notice, receivers
from hub.law.reg64_decision_makers import PRESUMED, Capacity, DecisionMaker, decision_maker

__all__ = ["NoticeKind", "Said", "give_notice"]


async def give_notice(
    tx: Transaction,
    kind: NoticeKind,
    about: About,
    *,
    said: Said = NOTHING_SAID,
    capacity: Capacity = PRESUMED,
    given_on: date | None = None,
) -> list[UUID]:
    """Tell all who must be told of a decision: the family, each responsible commissioning body, or both.

    `kind` says what is told, and `hub.law.notices.REQUIRED` to whom, under which provision and with which contents;
    `about` is what was decided about (an assessment, a plan, a review, a dispute). `said` carries the reasons, the day
    of a meeting or the issues for mediation, where the kind asks for them: without them this raises `RefusedByLaw`,
    with the provision. The family's notice is for whoever decides that day (SEND Regs 2014 regs 63, 64): `capacity` is
    what is known of that, and presumed where nothing is. `given_on` is today unless another day is said.

    Keeps each notice as data and text, and records an event `notice_given` for each; answers their ids.
    """
    day = given_on or tx.today
    checked(said.reasons, "reasons")
    checked(said.issues, "issues")
    given: list[UUID] = []
    to = receivers(kind)
    if NoticeTo.FAMILY in to:
        child = await queries.child_by_id(tx.connection, asking(tx), about.child_id)
        if child is None:
            raise not_found("child")
        decides = decision_maker(child.date_of_birth, day, capacity)
        given.append(await _give(tx, kind, NoticeTo.FAMILY, about, said=said, day=day, decides=decides))
        if may_be_appealed(kind):
            await open_familys(tx, about, on=day)
    if NoticeTo.COMMISSIONER in to:
        bodies = await notices.commissioners_of(tx.connection, asking(tx), about, on=tx.today)
        given += [await _give(tx, kind, NoticeTo.COMMISSIONER, about, said=said, day=day, body=body) for body in bodies]
    return given


async def _give(
    tx: Transaction,
    kind: NoticeKind,
    to: NoticeTo,
    about: About,
    *,
    said: Said,
    day: date,
    decides: DecisionMaker | None = None,
    body: UUID | None = None,
) -> UUID:
    made = notice(kind, to, said, given_on=day)
    if isinstance(made, Refusal):
        raise RefusedByLaw(made)
    kept = KeptNotice(tx.new_id(), about, made, body, decides, tx.caller.organisation, day, tx.now)
    await notices.insert_notice(tx.connection, kept)
    facts = {"kind": kind.value, "to": to.value, "about_type": about.type, "about": str(about.id)}
    facts |= {"addressed_to": str(body)} if body else {}
    await tx.record(Event("notice_given", about.owner_id, "Notice", kept.id, about.child_id, facts))
    return kept.id
