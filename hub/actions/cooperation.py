"""Requests to co-operate (CFA 2014 s. 31): asking, receiving, answering. The law decides: no period is known here."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from hub.actions.checked_advice import check_advice, check_attachments
from hub.actions.checks import asking, body_of, checked, child_of, decided
from hub.actions.cooperation_steps import addressed, asked_by_caller, event_of, open_duty_of, take
from hub.actions.transaction import Transaction
from hub.audit import Event
from hub.db import cooperation, enquiries, queries
from hub.db.advice import Advice, Attachment, RecordedAdvice, insert_advice, insert_documents
from hub.db.arrangements import with_limit
from hub.db.cooperation import Recorded
from hub.db.queries import ChildIdentity
from hub.errors import forbidden, invalid
from hub.law.reg6_advice import may_forward
from hub.law.reg8_time_limit import Part3Function, TimeException, TimeExceptionGround
from hub.law.s26_arrangements import agreed_limit
from hub.law.s31_cooperation import (
    Accepted,
    Complied,
    CooperationRequest,
    CooperationStatus,
    Declined,
    Receipt,
    Received,
    RefusalGround,
    TimeExceptionClaimed,
    Withdrawn,
    may_ask,
    may_be_asked,
)
from hub.law.vocabulary import Source

MOST_BODIES = 20
"""Bodies that one mutation asks at most."""


async def request_cooperation(
    tx: Transaction,
    *,
    child_id: UUID,
    addressed_to: UUID,
    function: Part3Function,
    asked: str,
    attachments: Sequence[Attachment] = (),
) -> UUID:
    """An authority asks a body to co-operate in a function under Part 3 (s. 31(1)); answers the request's id.

    `attachments`: the family's representations and evidence, which go with a request for advice (reg. 6(3)).
    """
    (made,) = await request_of_several(
        tx, child_id=child_id, addressed_to=[addressed_to], function=function, asked=asked, attachments=attachments
    )
    return made


async def request_of_several(
    tx: Transaction,
    *,
    child_id: UUID,
    addressed_to: Sequence[UUID],
    function: Part3Function,
    asked: str,
    attachments: Sequence[Attachment] = (),
) -> list[UUID]:
    """An authority asks several bodies the same: a request to each, with its own clock and answer, or none at all."""
    tx.must_have("cooperation.request")
    decided(may_ask(tx.caller.organisation_kind), "CFA 2014 s. 31(1)")
    if not 1 <= len(set(addressed_to)) == len(addressed_to) <= MOST_BODIES:
        message = f"name from one to {MOST_BODIES} bodies, each once"
        raise invalid(message, rule="bodies-to-ask", path=("addressedTo",))
    child = await child_of(tx, child_id)
    if child.owner_id != tx.caller.organisation:
        raise forbidden("only the authority responsible for the child may ask", rule="not-the-responsible-authority")
    for body in addressed_to:
        await _askable(tx, body, by=tx.caller.organisation, path="addressedTo")
    if not checked(asked, "asked").strip():
        raise invalid("say what is asked of the body", rule="asked-required", path=("asked",))
    assessment_id = None
    if function in {Part3Function.EHC_NEEDS_ASSESSMENT, Part3Function.REASSESSMENT}:
        assessment_id = await queries.assessment_in_progress(tx.connection, asking(tx), child_id)
    check_attachments(attachments)
    limits = await with_limit(tx.connection, asking(tx), authority=child.owner_id, function=function)
    made: list[UUID] = []
    for body in addressed_to:
        request = CooperationRequest(
            id=tx.new_id(),
            requested_by=tx.caller.organisation,
            addressed_to=body,
            function=function,
            status=CooperationStatus.SENT,
            sent_at=tx.now,
            agreed=agreed_limit(limits, function, between=(child.owner_id, body), day=tx.today),
        )
        recorded = Recorded(child.owner_id, child.id, assessment_id, asked, 1, tx.now, request)
        await cooperation.insert_request(tx.connection, recorded)
        key = {"owner_id": child.owner_id, "child_id": child.id, "cooperation_request_id": request.id}
        await insert_documents(tx.connection, key, attachments, at=tx.now, ids=tx.new_id)
        await open_duty_of(tx, recorded)
        await tx.record(event_of("cooperation_requested", recorded, function=function.value))
        made.append(request.id)
    return made


async def receive(tx: Transaction, request_ids: Collection[UUID]) -> None:
    """The asked body's system has retrieved these requests: that is receipt, if none was earlier."""
    for recorded in await cooperation.requests(tx.connection, asking(tx), ids=request_ids, lock=True):
        if recorded.request.addressed_to == tx.caller.organisation and recorded.request.received_at is None:
            await take(tx, recorded, Received(Receipt.RETRIEVED, tx.now), "cooperation_request_received")


async def acknowledge(tx: Transaction, *, request_id: UUID) -> Recorded:
    """The asked body acknowledges the request: receipt, if none was earlier."""
    recorded = await addressed(tx, request_id)
    return await take(tx, recorded, Received(Receipt.ACKNOWLEDGED, tx.now), "cooperation_request_received")


async def prove_service(tx: Transaction, *, request_id: UUID, served_at: datetime) -> None:
    """The asking authority shows when the body was served: receipt, if that was earlier than any other."""
    tx.must_have("cooperation.request")
    recorded = await asked_by_caller(tx, request_id)
    await take(tx, recorded, Received(Receipt.SERVICE_PROVED, served_at), "cooperation_request_received")


async def accept(tx: Transaction, *, request_id: UUID) -> Recorded:
    """The asked body says that it will comply."""
    return await take(tx, await addressed(tx, request_id), Accepted(tx.now), "cooperation_accepted")


async def decline(tx: Transaction, *, request_id: UUID, ground: RefusalGround | None, reasons: str) -> Recorded:
    """The asked body decides not to comply, with written reasons (s. 31(2), (3))."""
    recorded = await addressed(tx, request_id)
    return await take(tx, recorded, Declined(ground, checked(reasons, "reasons"), tx.now), "cooperation_declined")


async def claim_time_exception(
    tx: Transaction,
    *,
    request_id: UUID,
    ground: TimeExceptionGround,
    explanation: str,
    from_: date | None = None,
    to: date | None = None,
) -> None:
    """The asked body says why it was impractical to comply in time (reg. 8(2))."""
    recorded = await addressed(tx, request_id)
    claim = TimeExceptionClaimed(
        ground, checked(explanation, "explanation"), tx.caller.organisation, tx.now, from_=from_, to=to
    )
    changed = await take(tx, recorded, claim, "time_exception_claimed")
    exception: TimeException = changed.request.time_exceptions[-1]
    await cooperation.insert_time_exception(tx.connection, changed, exception, exception_id=tx.new_id())


async def forward(tx: Transaction, *, request_id: UUID, to: UUID) -> UUID:
    """The commissioning body that was asked identifies who gives medical advice (reg. 6(1)(c)), and hands it on.

    With that it has done what it was asked. The body that it names is asked by the authority, as if at first, and has
    its own six weeks from receipt; the id of that request.
    """
    recorded = await addressed(tx, request_id)
    asked = recorded.request
    decided(may_forward(tx.caller.organisation_kind, asked.function), "SEND Regs 2014 reg. 6(1)(c)")
    await _askable(tx, to, by=tx.caller.organisation, path="to")
    await take(tx, recorded, Complied(tx.now, tx.today), "cooperation_forwarded")
    request = CooperationRequest(
        id=tx.new_id(),
        requested_by=asked.requested_by,
        addressed_to=to,
        function=asked.function,
        status=CooperationStatus.SENT,
        sent_at=tx.now,
    )
    handed = replace(recorded, version=1, updated_at=tx.now, request=request)
    async with tx.in_records_of(recorded.owner_id):
        await cooperation.insert_request(tx.connection, handed)
        await open_duty_of(tx, handed)
    await tx.record(event_of("cooperation_requested", handed, function=asked.function.value, identified_by="forwarded"))
    return request.id


async def withdraw(tx: Transaction, *, request_id: UUID) -> None:
    """The authority no longer asks. The record of the child is closed to the body with that: it is told which of its
    requests was withdrawn and when, and nothing else."""
    tx.must_have("cooperation.request")
    recorded = await asked_by_caller(tx, request_id)
    changed = await take(tx, recorded, Withdrawn(tx.now), "cooperation_request_withdrawn")
    await enquiries.insert_withdrawn(tx.connection, changed)


async def submit_advice(
    tx: Transaction,
    *,
    request_id: UUID,
    advice: Advice,
    source: Source,
    source_id: UUID | None = None,
    child: ChildIdentity | None = None,
) -> UUID:
    """The asked body complies with its advice on needs, provision and outcomes (regs 6(1), 8(1)); the advice's id.

    `child`: whom the request is about, where this transaction has read it already.
    """
    tx.must_have("advice.write")
    check_advice(advice)
    recorded = await addressed(tx, request_id)
    child = child or await queries.child_by_id(tx.connection, asking(tx), recorded.child_id)
    if child is not None and advice.given_on < child.date_of_birth:
        raise invalid(
            "the advice is dated before the birth of the child", rule="advice-before-birth", path=("givenOn",)
        )
    # Advice that comes after other advice changes what the request shows, and so makes a version of it.
    changed = await take(tx, recorded, Complied(tx.now, advice.given_on), "cooperation_complied", always=True)
    given = RecordedAdvice(
        changed.owner_id, changed.child_id, tx.new_id(), tx.caller.organisation, request_id, tx.now, advice
    )
    await insert_advice(tx.connection, given, source=source, source_id=source_id, ids=tx.new_id, came_on=tx.today)
    await tx.record(
        Event("advice_submitted", given.owner_id, "Advice", given.id, given.child_id, {"kind": advice.kind.value})
    )
    return given.id


async def _askable(tx: Transaction, body_id: UUID, *, by: UUID, path: str) -> None:
    """A body that s. 31(1) lists, which exists today and is another than the one that turns to it."""
    body = await body_of(tx, body_id)
    decided(may_be_asked(body.kind, same_body=body_id == by), "CFA 2014 s. 31(1)", path=path)
    if not body.in_force(tx.today):
        raise invalid("this body is not in force today", rule="body-not-in-force", path=(path,))
