"""Giving notices: every action that decides something tells those who must be told here, in its own transaction."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from hub.actions.checks import allowed, asking, checked, child_of
from hub.actions.duties import open_familys
from hub.actions.transaction import Transaction
from hub.audit import Event
from hub.db import notices
from hub.db.duty_rows import About
from hub.db.notices import KeptNotice
from hub.law.notices import NOTHING_SAID, Notice, NoticeKind, NoticeTo, Said, may_be_appealed, notice, receivers
from hub.law.reg64_decision_makers import PRESUMED, Capacity, DecisionMaker, decision_maker

__all__ = ["NoticeKind", "Said", "give_notice", "who_decides"]


async def give_notice(
    tx: Transaction,
    kind: NoticeKind,
    about: About,
    *,
    said: Said = NOTHING_SAID,
    capacity: Capacity = PRESUMED,
    given_on: date | None = None,
    settings: Collection[UUID] | None = None,
    to_whom: Collection[NoticeTo] | None = None,
    under: str | None = None,
) -> list[UUID]:
    """Tell all who must be told of a decision: the family, each responsible commissioning body, the head or principal,
    the recipient of a direct payment.

    `kind` says what is told, and `hub.law.notices.REQUIRED` to whom, under which provision and with which contents;
    `about` is what was decided about (an assessment, a plan, a review, a dispute). `said` carries the reasons, the day
    of a meeting or the issues for mediation, where the kind asks for them: without them this raises `RefusedByLaw`,
    with the provision. The family's notice is for whoever decides that day (SEND Regs 2014 regs 63, 64): `capacity` is
    what is known of that, and presumed where nothing is. `given_on` is today unless another day is said: the bodies are
    those that are responsible for the child on that day. `settings`: the schools or institutions whose head or
    principal is told; None: those that the record knows. `to_whom`: of those that the kind may be for, whom it is for
    here; None: all. `under`: the law that it is given under, where that is not the kind's own.

    Keeps each notice as data and text, and records an event `notice_given` for each; answers their ids.
    """
    day = given_on or tx.today
    checked(said.reasons, "reasons")
    checked(said.issues, "issues")
    given: list[UUID] = []
    wanted = receivers(kind) if to_whom is None else receivers(kind) & set(to_whom)
    for to in (each for each in NoticeTo if each in wanted):
        made = allowed(notice(kind, to, said, given_on=day, under=under))
        match to:
            case NoticeTo.FAMILY:
                given.append(
                    await _keep(
                        tx, made, about, day=day, decides=await who_decides(tx, about, on=day, capacity=capacity)
                    )
                )
                if may_be_appealed(kind):
                    await open_familys(tx, about, on=day)
            case NoticeTo.RECIPIENT:
                given.append(await _keep(tx, made, about, day=day))
            case NoticeTo.COMMISSIONER:
                bodies = await notices.commissioners_of(tx.connection, asking(tx), about, on=day)
                given += [await _keep(tx, made, about, day=day, body=body) for body in bodies]
            case NoticeTo.SETTING:
                if settings is None:
                    settings = await notices.settings_of(tx.connection, asking(tx), about, on=day)
                given += [await _keep(tx, made, about, day=day, body=setting) for setting in settings]
    return given


async def who_decides(tx: Transaction, about: About, *, on: date, capacity: Capacity) -> DecisionMaker:
    """Who decides for the child on a day (SEND Regs 2014 regs 63, 64)."""
    return decision_maker((await child_of(tx, about.child_id)).date_of_birth, on, capacity)


async def _keep(
    tx: Transaction,
    made: Notice,
    about: About,
    *,
    day: date,
    decides: DecisionMaker | None = None,
    body: UUID | None = None,
) -> UUID:
    kept = KeptNotice(tx.new_id(), about, made, body, decides, day, tx.now, tx.caller.organisation)
    await notices.insert_notice(tx.connection, kept)
    facts = {"kind": made.kind.value, "to": made.to.value, "about_type": about.type, "about": str(about.id)}
    facts |= {"addressed_to": str(body)} if body else {}
    await tx.record(Event("notice_given", about.owner_id, "Notice", kept.id, about.child_id, facts))
    return kept.id
