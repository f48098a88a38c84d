"""Seeking advice for an assessment (SEND Regs 2014 reg. 6): of whom, with what, what suffices, and what has come."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from hub.actions import cooperation
from hub.actions.assessment import event_of, own_assessment, stage_after
from hub.actions.checked_advice import check_advice
from hub.actions.checks import asking, body_of, checked, lawful, must_be_responsible, must_exist
from hub.actions.transaction import Transaction
from hub.audit import Event
from hub.db import assessments, queries
from hub.db.advice import Advice, Attachment, RecordedAdvice, insert_advice
from hub.db.assessments import RecordedAssessment, SoughtAdvice
from hub.errors import RefusedByLaw, invalid
from hub.law.decisions import Refusal
from hub.law.reg8_time_limit import Part3Function
from hub.law.s31_cooperation import ASKABLE
from hub.law.s36_assessment import AdviceCame, AdviceSought, refuse_asking
from hub.law.vocabulary import AdviceKind, Source


@dataclass(frozen=True, slots=True)
class Seeking:
    """Of whom advice is sought, and what goes with the request."""

    kind: AdviceKind
    asked_on: date
    asked_of: str | None = None
    organisation_id: UUID | None = None
    identified_by_id: UUID | None = None
    words: str = ""
    representations: Sequence[Attachment] = ()
    no_representations: bool = False
    earlier_advice_id: UUID | None = None
    provider_satisfied: bool | None = None
    authority_satisfied: bool | None = None
    parent_satisfied: bool | None = None

    @property
    def settled(self) -> tuple[bool | None, ...]:
        return (self.provider_satisfied, self.authority_satisfied, self.parent_satisfied)


async def seek_advice(tx: Transaction, *, assessment_id: UUID, seeking: Seeking) -> UUID:
    """The authority seeks advice of a kind (reg. 6(1)): a request to co-operate where the body is one of s. 31(1).

    Where provider, authority and family are satisfied with earlier advice it is not sought again (reg. 6(4)).
    """
    recorded = await own_assessment(tx, assessment_id)
    body = None if seeking.organisation_id is None else await body_of(tx, seeking.organisation_id)
    commissioners = await assessments.commissioners_of(tx.connection, recorded.owner_id, recorded.child_id, tx.today)
    stage_after(tx, recorded, AdviceSought(seeking.kind, seeking.asked_on))
    lawful(
        refuse_asking(
            seeking.kind,
            is_commissioner=seeking.organisation_id in commissioners,
            identified_by_commissioner=seeking.identified_by_id in commissioners,
            named_body=seeking.organisation_id is not None,
            said_of_representations=bool(seeking.representations) or seeking.no_representations,
            settled=seeking.settled,
        )
    )
    sought = SoughtAdvice(
        id=tx.new_id(),
        assessment_id=recorded.id,
        kind=seeking.kind,
        asked_on=seeking.asked_on,
        asked_of=checked(seeking.asked_of, "askedOf") if seeking.asked_of else None,
        organisation_id=seeking.organisation_id,
        identified_by_id=seeking.identified_by_id,
        representations=bool(seeking.representations) if seeking.kind is not AdviceKind.PARENT else None,
        provider_satisfied=seeking.provider_satisfied,
        authority_satisfied=seeking.authority_satisfied,
        parent_satisfied=seeking.parent_satisfied,
    )
    if all(seeking.settled):
        sought = await _sufficient(tx, recorded, seeking, sought)
    elif body is not None and body.kind in ASKABLE and body.id != tx.caller.organisation:
        sought = replace(sought, cooperation_request_id=await _ask_body(tx, recorded, seeking, body.id))
    await assessments.insert_advice_request(tx.connection, recorded, sought)
    settled = "true" if all(seeking.settled) else "false"
    await tx.record(event_of("advice_sought", recorded, advice=seeking.kind.value, sufficient=settled))
    return sought.id


async def _ask_body(tx: Transaction, recorded: RecordedAssessment, seeking: Seeking, body_id: UUID) -> UUID:
    """The advice is asked for by a request to co-operate, and the family's representations go with it (reg. 6(3))."""
    function = Part3Function.REASSESSMENT if recorded.reassessment else Part3Function.EHC_NEEDS_ASSESSMENT
    if seeking.asked_on != tx.today:
        raise invalid("the request goes today", rule="asked-today", path=("askedOn",))
    return await cooperation.request_cooperation(
        tx,
        child_id=recorded.child_id,
        addressed_to=body_id,
        function=function,
        asked=seeking.words or f"Advice for an EHC needs assessment. {seeking.kind.meaning}",
        attachments=seeking.representations,
    )


async def _sufficient(
    tx: Transaction, recorded: RecordedAssessment, seeking: Seeking, sought: SoughtAdvice
) -> SoughtAdvice:
    """Earlier advice that suffices is what was asked for; it must be on record, and about this child."""
    if seeking.earlier_advice_id is None:
        raise invalid("say which advice suffices", rule="earlier-advice-required", path=("earlierAdvice",))
    earlier = await queries.advice_of_child(tx.connection, asking(tx), seeking.earlier_advice_id, recorded.child_id)
    must_exist(earlier, "advice")
    return replace(sought, advice_id=seeking.earlier_advice_id, received_on=seeking.asked_on)


async def record_advice(tx: Transaction, *, advice_request_id: UUID, advice: Advice, received_on: date) -> UUID:
    """The authority records advice that came to it from a parent, a head, a psychologist or its own social care."""
    tx.must_have("assessment.write")
    check_advice(advice, of_body=False)
    found = await assessments.advice_request_for_update(tx.connection, advice_request_id, asking(tx))
    owner_id, sought = must_exist(found, "request for advice")
    must_be_responsible(tx, owner_id)
    if sought.cooperation_request_id is not None:
        message = "This advice was asked for by a request to co-operate: the body that was asked gives it."
        raise RefusedByLaw(Refusal("CFA 2014 s. 31(2)", "the-asked-body-gives-it", message))
    if sought.received_on is not None:
        raise RefusedByLaw(Refusal("SEND Regs 2014 reg. 6(1)", "already-received", "This advice has come."))
    if sought.kind is not advice.kind:
        raise invalid("another kind of advice was asked for", rule="advice-kind", path=("kind",))
    recorded = await own_assessment(tx, sought.assessment_id)
    stage_after(tx, recorded, AdviceCame(received_on))
    if not sought.asked_on <= received_on or advice.given_on > received_on:
        message = "It came before it was asked for, or before it was given."
        raise RefusedByLaw(Refusal("SEND Regs 2014 reg. 6(1)", "dates-out-of-order", message, ("received_on",)))
    given_by = sought.organisation_id or (None if sought.kind is AdviceKind.PARENT else tx.caller.organisation)
    given = RecordedAdvice(owner_id, recorded.child_id, tx.new_id(), given_by, None, tx.now, advice)
    await insert_advice(
        tx.connection,
        given,
        source=Source.GRAPHQL,
        source_id=None,
        ids=tx.new_id,
        came_on=received_on,
        advice_request_id=sought.id,
    )
    await tx.record(
        Event("advice_submitted", owner_id, "Advice", given.id, given.child_id, {"kind": advice.kind.value})
    )
    return given.id
