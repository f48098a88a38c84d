"""Which clocks each kind of dispute and each step in it starts and stops (SEND Regs 2014 regs 35 to 45; Rec Regs 2017).

The mediation adviser's certificates and the family's time to appeal are among them: clocks that no body owes.
"""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from hub.actions.duties import About, end, meet, open_duty
from hub.actions.notices import NoticeKind, Said, give_notice
from hub.actions.transaction import Transaction
from hub.db import duty_rows
from hub.db.disputes import KeptDispute
from hub.law.decisions import Refusal
from hub.law.duties import DutyRule
from hub.law.reg44_orders import INSTEAD, NOT_OPPOSED, ORDERED, AppealedMatter
from hub.law.s51_redress import STEPS, Step
from hub.law.s51_terms import RedressMatter, RedressStep
from hub.law.vocabulary import DisputeKind

_D, _R = DutyRule, RedressStep
HEALTH_ALONE = frozenset({RedressMatter.HEALTH})
ARRANGE = (_D.ARRANGE_HEALTH_MEDIATION, _D.ARRANGE_MEDIATION)
_CERTIFIES: Mapping[RedressStep, DutyRule] = {
    _R.MEDIATION_DECLINED: _D.CERTIFY_MEDIATION_DECLINED,
    _R.MEDIATION_NOT_ARRANGED: _D.CERTIFY_MEDIATION_NOT_ARRANGED,
    _R.MEDIATION_HELD: _D.CERTIFY_MEDIATION_ENDED,
}
_BY_APPEAL = {_R.ORDERED: ORDERED, _R.APPEAL_NOT_OPPOSED: NOT_OPPOSED}


async def start(tx: Transaction, kept: KeptDispute) -> None:
    """The clocks that run from the day on which a dispute is raised."""
    day, authority, matters = kept.dispute.raised_on, kept.about.owner_id, kept.dispute.matters
    match kept.dispute.kind:
        case DisputeKind.APPEAL:
            await meet(tx, kept.about, _D.APPEAL_AFTER_DECISION, _D.APPEAL_AFTER_CERTIFICATE, on=day)
        case DisputeKind.MEDIATION:
            await meet(tx, kept.about, _D.CONTACT_MEDIATION_ADVISER, on=day)
            if RedressMatter.HEALTH in matters:
                await open_duty(tx, _D.TELL_COMMISSIONERS_OF_MEDIATION, kept.self_, holder=authority, started_on=day)
            if matters != HEALTH_ALONE:
                await open_duty(tx, _D.ARRANGE_MEDIATION, kept.self_, holder=authority, started_on=day)
        case DisputeKind.RECOMMENDATION:
            if RedressMatter.HEALTH in matters:
                await _each_commissioner(tx, kept, _D.RESPOND_TO_HEALTH_RECOMMENDATION, day)
            if RedressMatter.SOCIAL_CARE in matters:
                rule = _D.RESPOND_TO_SOCIAL_CARE_RECOMMENDATION
                await open_duty(tx, rule, kept.self_, holder=authority, started_on=day)
        case _:
            pass


async def keep(  # noqa: C901  (one case a step)
    tx: Transaction,
    kept: KeptDispute,
    step: Step,
    *,
    appealed: AppealedMatter | None,
    complied_with: DutyRule | None,
) -> None:
    """The clocks that a step starts and stops, and who is told."""
    about, authority, caller = kept.self_, kept.about.owner_id, tx.caller.organisation
    match step.step:
        case _R.COMMISSIONERS_TOLD:
            said = Said(issues=step.said)
            await give_notice(tx, NoticeKind.HEALTH_MEDIATION_ISSUES, about, said=said, given_on=step.on)
            await meet(tx, about, _D.TELL_COMMISSIONERS_OF_MEDIATION, on=step.on)
            if kept.dispute.matters == HEALTH_ALONE:
                await _each_commissioner(tx, kept, _D.ARRANGE_HEALTH_MEDIATION, step.on)
        case _R.MEDIATION_ARRANGED:
            await meet(tx, about, *ARRANGE, on=step.on)
            if not step.waived:
                await open_duty(tx, _D.GIVE_NOTICE_OF_MEDIATION, about, holder=caller, started_on=step.held_on)
                await meet(tx, about, _D.GIVE_NOTICE_OF_MEDIATION, on=step.on, holder=caller)
        case _R.MEDIATION_HELD:
            await _certify(tx, about, step)
        case _R.MEDIATION_DECLINED | _R.MEDIATION_NOT_ARRANGED:
            await end(tx, about, *ARRANGE, _D.TELL_COMMISSIONERS_OF_MEDIATION, on=step.on)
            late = await duty_rows.was_met_late(tx.connection, kept.about, _D.CONTACT_MEDIATION_ADVISER)
            if not (late and step.step is _R.MEDIATION_DECLINED):  # reg. 34(1): who comes late has no certificate
                await _certify(tx, about, step)
        case _R.CERTIFICATE_ISSUED:
            await end(tx, about, *ARRANGE, _D.TELL_COMMISSIONERS_OF_MEDIATION, on=step.on)
            await meet(tx, about, *_CERTIFIES.values(), on=step.on)
            await open_duty(tx, _D.APPEAL_AFTER_CERTIFICATE, kept.about, holder=None, started_on=step.on)
        case _R.MEDIATION_AGREED:
            await _agreed(tx, kept, step)
        case _R.AUTHORITY_TOLD:
            await meet(tx, about, _D.TELL_AUTHORITY_OF_MEDIATION_AGREEMENT, on=step.on, holder=caller)
        case _R.AGREEMENT_DONE:
            await meet(tx, about, _D.DO_WHAT_MEDIATION_AGREED, on=step.on, holder=caller)
        case _R.ORDERED | _R.APPEAL_NOT_OPPOSED if appealed is not None:
            for rule in _BY_APPEAL[step.step][appealed]:
                await open_duty(tx, rule, about, holder=authority, started_on=step.on)
        case _R.ORDER_COMPLIED if complied_with is not None:
            await meet(tx, about, complied_with, on=step.on)
            if complied_with in INSTEAD:
                await end(tx, about, INSTEAD[complied_with], on=step.on)
        case _R.HEALTH_RESPONSE:
            await meet(tx, about, _D.RESPOND_TO_HEALTH_RECOMMENDATION, on=step.on, holder=caller)
            rule = _D.COPY_HEALTH_RESPONSE_TO_SECRETARY_OF_STATE
            if not _waits_for_copy(kept):
                await open_duty(tx, rule, about, holder=authority, started_on=step.on)
        case _R.HEALTH_RESPONSE_COPIED:
            await meet(tx, about, _D.COPY_HEALTH_RESPONSE_TO_SECRETARY_OF_STATE, on=step.on)
        case _R.SOCIAL_CARE_RESPONSE:
            await meet(tx, about, _D.RESPOND_TO_SOCIAL_CARE_RECOMMENDATION, on=step.on)
            rule = _D.COPY_SOCIAL_CARE_RESPONSE_TO_SECRETARY_OF_STATE
            await open_duty(tx, rule, about, holder=authority, started_on=step.on)
        case _R.SOCIAL_CARE_RESPONSE_COPIED:
            await meet(tx, about, _D.COPY_SOCIAL_CARE_RESPONSE_TO_SECRETARY_OF_STATE, on=step.on)
        case _:
            pass


def refuse_what_it_takes(
    kept: KeptDispute,
    step: Step,
    by: UUID,
    appealed: AppealedMatter | None,
    complied_with: DutyRule | None,
) -> Refusal | None:
    """Why a step may not be taken for what it lacks: what the order is, which duty was met; or by whom it is done."""
    rule = STEPS[kept.dispute.kind, step.step]
    if step.step in _BY_APPEAL and appealed not in _BY_APPEAL[step.step]:
        return Refusal(rule.provision, "say-what-is-asked", "Say what the order, or the appeal, is about.", ("order",))
    if step.step is _R.ORDER_COMPLIED and complied_with not in _asked(kept):
        return Refusal(rule.provision, "not-asked", "This order does not ask that.", ("complied_with",))
    if step.step is _R.HEALTH_RESPONSE and by in kept.answered_by:
        return Refusal(rule.provision, "already-done", "This body has answered already.", ("step",))
    return None


def unanswered(kept: KeptDispute) -> Refusal | None:
    """Why a recommendation is not over: a body has not answered it (Rec Regs 2017 regs 6(3), 7(1))."""
    if kept.dispute.kind is not DisputeKind.RECOMMENDATION:
        return None
    boards = frozenset(kept.parties) - {kept.about.owner_id}
    health = RedressMatter.HEALTH in kept.dispute.matters and not boards <= kept.answered_by
    social = RedressMatter.SOCIAL_CARE in kept.dispute.matters and _R.SOCIAL_CARE_RESPONSE not in kept.dispute.taken
    if not (health or social):
        return None
    return Refusal("Rec Regs 2017 regs 6(3), 7(1)", "not-answered", "A body has not answered it yet.", ("status",))


def _asked(kept: KeptDispute) -> tuple[DutyRule, ...]:
    ordered = RedressStep.ORDERED in kept.dispute.taken
    return () if kept.appealed is None else (ORDERED if ordered else NOT_OPPOSED)[kept.appealed]


def _waits_for_copy(kept: KeptDispute) -> bool:
    taken = kept.dispute.taken
    return taken.count(_R.HEALTH_RESPONSE) > taken.count(_R.HEALTH_RESPONSE_COPIED)


async def _agreed(tx: Transaction, kept: KeptDispute, step: Step) -> None:
    """Reg. 42: each body that is to do something has two weeks; a commissioning body tells the authority in one."""
    about, authority, matters = kept.self_, kept.about.owner_id, kept.dispute.matters
    if RedressMatter.HEALTH in matters:
        await _each_commissioner(tx, kept, _D.DO_WHAT_MEDIATION_AGREED, step.on)
    if matters != HEALTH_ALONE:
        await open_duty(tx, _D.DO_WHAT_MEDIATION_AGREED, about, holder=authority, started_on=step.on)
    if tx.caller.organisation != authority:
        rule = _D.TELL_AUTHORITY_OF_MEDIATION_AGREEMENT
        await open_duty(tx, rule, about, holder=tx.caller.organisation, started_on=step.on)


async def _certify(tx: Transaction, about: About, step: Step) -> None:
    """The adviser's certificate is due (regs 34(1), 39(1), (3))."""
    await open_duty(tx, _CERTIFIES[step.step], about, holder=None, started_on=step.on)


async def _each_commissioner(tx: Transaction, kept: KeptDispute, rule: DutyRule, day: date) -> None:
    for body in kept.parties:
        if body != kept.about.owner_id:
            await open_duty(tx, rule, kept.self_, holder=body, started_on=day)
