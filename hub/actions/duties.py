"""Keeping duties: every action that starts a statutory clock, meets the duty or ends it does so here.

The provision, the limit and the day it ends come from the table of the law; an action says only which rule, who holds
it, what it is about, and the day it is counted from.
"""

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from hub.actions.checks import asking, checked, lawful, must_exist
from hub.actions.transaction import Transaction
from hub.audit import Event
from hub.db import duty_rows, queries
from hub.db.duty_rows import About, KeptDuty, Relieved
from hub.errors import forbidden
from hub.jobs import ANNOUNCE_DUTIES, Job
from hub.law.decisions import Refusal
from hub.law.duties import RULES, DutyRule, Relief, due_on, refuse_met
from hub.law.periods import LONDON
from hub.law.reg10_time_exceptions import Excuse, refuse_excuse
from hub.law.vocabulary import OrganisationKind

__all__ = ["About", "announce_when_late", "end", "excuse", "meet", "open_duty", "open_familys", "say_met"]

_SCOPE = {OrganisationKind.LOCAL_AUTHORITY: "assessment.write"}


async def open_duty(
    tx: Transaction, rule: DutyRule, about: About, *, holder: UUID | None, started_on: date | None
) -> UUID:
    """Start a clock, counted from `started_on`; None: it waits for its trigger. Opened again, it is counted anew.

    `holder` is None where the law's table says that no body owes it, but the family or its adviser.
    """
    what = RULES[rule]
    last = None if started_on is None else due_on(rule, started_on)
    duty = KeptDuty(tx.new_id(), about, rule, holder, what.basis, started_on, last)
    kept = await duty_rows.put_duty(tx.connection, duty, provision=what.provision)
    if last is not None and not what.window:
        await announce_when_late(tx, last)
    return kept


async def open_familys(tx: Transaction, about: About, *, on: date) -> None:
    """The family was told of a decision that it may appeal: its times to contact an adviser and to appeal start."""
    for rule in (DutyRule.CONTACT_MEDIATION_ADVISER, DutyRule.APPEAL_AFTER_DECISION):
        await open_duty(tx, rule, about, holder=None, started_on=on)


async def meet(
    tx: Transaction, about: About, *rules: DutyRule, on: date | None = None, holder: UUID | None = None
) -> None:
    """The duties about this have been met, today unless another day is said. One that is not open is left alone."""
    await duty_rows.meet_duties(tx.connection, about, rules, on=on or tx.today, holder=holder)


async def end(
    tx: Transaction, about: About, *rules: DutyRule, on: date | None = None, holder: UUID | None = None
) -> None:
    """The duties about this have fallen away unmet. Without a rule: all of them that are open."""
    ended: Collection[DutyRule] | None = rules or None
    await duty_rows.end_duties(tx.connection, about, ended, on=on or tx.today, holder=holder)


async def excuse(
    tx: Transaction, *, duty_id: UUID, ground: Relief, explanation: str, from_: date | None, to: date | None
) -> None:
    """The holder records what relieves the time limit of a duty, never the duty (regs 5(4), 10(4), 27(3), 44(3))."""
    tx.must_have(_SCOPE.get(tx.caller.organisation_kind, "redress.write"))
    duty = must_exist(await duty_rows.duty_for_update(tx.connection, duty_id, asking(tx)), "duty")
    if duty.holder_id != tx.caller.organisation:
        raise forbidden("only the body that owes the duty may record why it was impractical", rule="not-the-holder")
    advice_asked_on = await queries.advice_asked_on(tx.connection, asking(tx), duty.about.id)
    refusal = refuse_excuse(
        Excuse(ground, checked(explanation, "explanation"), from_, to),
        rule=duty.rule,
        started_on=duty.started_on,
        due_on=duty.due_on,
        closed_on=duty.met_on or duty.ended_on,
        advice_asked_on=advice_asked_on,
        today=tx.today,
    )
    lawful(refusal)
    recorded = Relieved(tx.new_id(), ground.value, explanation, tx.caller.organisation, tx.now, from_, to)
    await duty_rows.relieve(tx.connection, duty, recorded)
    facts = {"rule": duty.rule.value, "ground": ground.value}
    await tx.record(Event("duty_excused", duty.about.owner_id, "Duty", duty.id, duty.about.child_id, facts))


async def say_met(tx: Transaction, *, duty_id: UUID, on: date) -> None:
    """The holder of a duty, or the authority whose record it is, says that what is done outside the hub was done."""
    tx.must_have(_SCOPE.get(tx.caller.organisation_kind, "redress.write"))
    duty = must_exist(await duty_rows.duty_for_update(tx.connection, duty_id, asking(tx)), "duty")
    if tx.caller.organisation not in {duty.holder_id, duty.about.owner_id}:
        raise forbidden("the body that owes the duty says that it was met, or the authority", rule="not-the-holder")
    closed = duty.met_on is not None or duty.ended_on is not None
    refused = refuse_met(duty.rule, started_on=duty.started_on, closed=closed, on=on, today=tx.today)
    lawful(None if refused is None else Refusal(RULES[duty.rule].provision, *refused, ("on",)))
    await duty_rows.meet_duty(tx.connection, duty, on=on)
    facts = {"rule": duty.rule.value, "on": on.isoformat()}
    await tx.record(Event("duty_met", duty.about.owner_id, "Duty", duty.id, duty.about.child_id, facts))


async def announce_when_late(tx: Transaction, due: date) -> None:
    """Have it said when a duty that is due on the day becomes late: in the first minutes of the next day in London."""
    morning = datetime.combine(due + timedelta(days=1), time(0, 5), tzinfo=LONDON).astimezone(UTC)
    await tx.enqueue(Job(ANNOUNCE_DUTIES, not_before=morning, only_one=f"{ANNOUNCE_DUTIES}:{morning:%Y-%m-%d}"))
