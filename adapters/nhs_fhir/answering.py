"""A body's answer is done: the Task that it puts back, with the advice that comes with it, through the actions.

Runs inside one transaction. Whatever is wrong, by the sender's mistake or by law, undoes all of it.
"""

from dataclasses import dataclass, replace
from typing import assert_never
from uuid import UUID

from adapters.nhs_fhir.notifying import new_child
from adapters.nhs_fhir.record import Loaded, asking, load
from adapters.nhs_fhir.submission import Submission
from fhir_mappings.outcome import BadInput, Faults, Issue
from fhir_mappings.patient import nhs_numbers, read_patient
from fhir_mappings.task import Answer, Step, read_answer
from fhir_mappings.values import GivenAdvice
from hub.actions.cooperation import accept, acknowledge, claim_time_exception, decline, submit_advice
from hub.actions.cooperation_steps import held
from hub.actions.filing import hear_again
from hub.actions.transaction import Payload, Transaction
from hub.db import queries
from hub.db.advice import Advice as HubAdvice
from hub.db.advice import AdvisedProvision, Attachment
from hub.errors import not_found
from hub.law.vocabulary import Source


@dataclass(frozen=True, slots=True)
class Answered:
    """What was done: the request as it then stands, and the advice that was stored, or had been before."""

    loaded: Loaded
    advice_id: UUID | None
    is_new: bool


async def answer_request(tx: Transaction, submission: Submission, payload: Payload) -> Answered:
    """Does what the submission asks. Raises `Problem` NOT_FOUND, `BadInput`, or `RefusedByLaw` from the actions."""
    loaded = await _locked(tx, submission.request_id)
    request_id = loaded.recorded.request.id
    if submission.advice is not None and loaded.advice:
        # The same bytes again, under another X-Request-ID: the advice is there, and what was done stands.
        earlier = await queries.advice_from_payload(
            tx.connection, asking(tx), request_id=request_id, sha256=payload.sha256
        )
        if earlier is not None:
            return Answered(loaded, earlier, is_new=False)
    answer = _checked(submission, loaded)
    source_id = await tx.keep(_owned(payload, loaded))
    await _claim(tx, loaded, answer)
    advice_id = await _take(tx, loaded, answer, submission.advice, source_id)
    await _hear(tx, loaded, submission)
    return Answered(await _as_it_stands(tx, loaded, advice_id), advice_id, is_new=advice_id is not None)


async def _locked(tx: Transaction, request_id: str) -> Loaded:
    """The request, which nobody else changes until this transaction ends."""
    try:
        found = await held(tx, UUID(request_id))
    except ValueError:
        found = None
    if found is None:
        raise not_found("Task")
    return (await load(tx, [found]))[0]


async def _as_it_stands(tx: Transaction, loaded: Loaded, advice_id: UUID | None) -> Loaded:
    """The request after what was done: the child and the bodies are who they were."""
    recorded = await held(tx, loaded.recorded.request.id)
    advice = loaded.advice if advice_id is None else (*loaded.advice, advice_id)
    return replace(loaded, recorded=recorded or loaded.recorded, advice=advice, advised_at=())


def _checked(submission: Submission, loaded: Loaded) -> Answer:
    """The answer, once it is certain that it is to this request, about this child, at this version."""
    task, faults = submission.task, Faults()
    if task.if_match is not None and task.if_match != loaded.recorded.version:
        message = "the Task has changed since this version: read it again"
        raise BadInput(Issue("version-stale", message, task.located.at, "conflict", status=412))
    _check_child(submission, loaded, faults)
    _check_references(submission, loaded, faults)
    at = task.located.at
    answer = read_answer(task.located.resource, shown=loaded.task(), faults=faults, at=at)
    if submission.advice is not None and answer.step is not Step.COMPLY:
        message = "advice is given with a Task that is completed"
        faults.add("advice-without-completion", message, f"{at}.status", code="business-rule")
    if submission.advice is None and answer.step is Step.COMPLY and not loaded.advice:
        message = "a Task is completed with advice: a Composition or a DocumentReference in the same transaction"
        faults.add("advice-missing", message, f"{at}.status", code="business-rule")
    faults.check()
    return answer


def _check_child(submission: Submission, loaded: Loaded, faults: Faults) -> None:
    """Advice about another child must never be filed with this one (clinical safety): every NHS number is compared."""
    known = loaded.known_child.nhs_number if loaded.known_child else None
    hint = "refer to the Patient as Task.for does"
    if known is None and (submission.nhs_numbers or submission.patients):
        at = submission.nhs_numbers[0][0] if submission.nhs_numbers else submission.patients[0].at
        message = f"the hub holds no NHS number of this child to compare with: leave the Patient out, and {hint}"
        faults.add("patient-unconfirmed", message, at, code="business-rule")
        return
    for at, number in submission.nhs_numbers:
        if number != known:
            message = "this is not the NHS number of the child that the request is about"
            faults.add("patient-mismatch", message, at, code="business-rule")
    for patient in submission.patients:
        if not any(nhs_numbers(patient.resource)):
            message = f"a Patient is compared by NHS number: give it, or leave the Patient out and {hint}"
            faults.add("patient-unidentified", message, f"{patient.at}.identifier", code="required")


async def _hear(tx: Transaction, loaded: Loaded, submission: Submission) -> None:
    """What the Patients that came say of who the child is, kept beside what the authority has."""
    about = loaded.recorded
    for patient in submission.patients:
        child = read_patient(patient, Faults())
        if child is not None:
            async with tx.in_records_of(about.owner_id):
                await hear_again(
                    tx,
                    about.owner_id,
                    about.child_id,
                    new_child(child),
                    number_status=child.nhs_number_status,
                    source=Source.FHIR,
                )


def _check_references(submission: Submission, loaded: Loaded, faults: Faults) -> None:
    """References to the hub's own may lead to this request, its child and its advice. Else there is nothing there."""
    request_id = loaded.recorded.request.id
    known = {f"Task/{request_id}", f"ServiceRequest/{request_id}"}
    if loaded.known_child is not None:
        known.add(f"Patient/{loaded.known_child.id}")
    known |= {f"Composition/{each}" for each in loaded.advice}
    documents = tuple(f"DocumentReference/{each}-" for each in loaded.advice)
    for at, path in submission.own_references:
        if path not in known and not path.startswith(documents):
            faults.add("reference-not-found", "there is no such resource", at, code="not-found")


def _owned(payload: Payload, loaded: Loaded) -> Payload:
    return Payload(
        payload.kind,
        payload.name,
        payload.media_type,
        payload.sha256,
        payload.content,
        owner_id=loaded.recorded.owner_id,
    )


async def _claim(tx: Transaction, loaded: Loaded, answer: Answer) -> None:
    """An exception to the six weeks, once: a Task that is put back a second time does not claim it again."""
    claim = answer.claim
    if claim is None:
        return
    claimed = {(each.ground, each.explanation, each.from_, each.to) for each in loaded.recorded.request.time_exceptions}
    if (claim.ground, claim.explanation, claim.from_, claim.to) not in claimed:
        await claim_time_exception(
            tx,
            request_id=loaded.recorded.request.id,
            ground=claim.ground,
            explanation=claim.explanation,
            from_=claim.from_,
            to=claim.to,
        )


async def _take(
    tx: Transaction, loaded: Loaded, answer: Answer, advice: GivenAdvice | None, source_id: UUID
) -> UUID | None:
    request_id = loaded.recorded.request.id
    match answer.step:
        case Step.NOTHING:
            tx.must_have("cooperation.respond")
        case Step.ACKNOWLEDGE:
            await acknowledge(tx, request_id=request_id)
        case Step.ACCEPT:
            await accept(tx, request_id=request_id)
        case Step.DECLINE:
            await decline(tx, request_id=request_id, ground=answer.ground, reasons=answer.reasons)
        case Step.COMPLY:
            if advice is not None:
                return await submit_advice(
                    tx,
                    request_id=request_id,
                    advice=hub_advice(advice),
                    source=Source.FHIR,
                    source_id=source_id,
                    child=loaded.child,
                )
            tx.must_have("cooperation.respond")
        case _:
            assert_never(answer.step)
    return None


def hub_advice(given: GivenAdvice) -> HubAdvice:
    """The advice as the hub keeps it."""
    return HubAdvice(
        kind=given.kind,
        given_on=given.given_on,
        author=given.author,
        registration=given.registration,
        needs=given.needs,
        outcomes=given.outcomes,
        provision=tuple(
            AdvisedProvision(
                each.description,
                each.frequency,
                each.minutes_per_week,
                each.delivered_by,
                each.qualification,
                each.setting,
            )
            for each in given.provision
        ),
        documents=tuple(Attachment(each.title, each.media_type, each.content) for each in given.documents),
    )
