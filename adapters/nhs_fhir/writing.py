"""A write is done once, however often it is sent; one that is refused is kept, so that a person can look at it."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from starlette.requests import Request

from adapters.nhs_fhir.answering import Answered, answer_request
from adapters.nhs_fhir.errors import issues_of, law_issues
from adapters.nhs_fhir.exchange import FHIR_JSON, request_id
from adapters.nhs_fhir.face import Face
from adapters.nhs_fhir.submission import Submission
from fhir_mappings.outcome import BadInput
from hub.actions.transaction import Answer, Once, Payload, Transaction, refusals_of
from hub.db import queries
from hub.errors import Kind, Problem, RefusedByLaw
from hub.law.caller import Caller
from hub.law.vocabulary import Source

_log = structlog.get_logger()
_KEPT_WHEN_REFUSED = frozenset({400, 404, 409, 422})
"""Advice sent to a wrong Task is kept too: it may be the only copy that arrives in time."""


@dataclass(frozen=True, slots=True)
class Write:
    """A write as it came: its bytes, what makes it the same write as another, and what it is called in the record."""

    name: str
    body: bytes
    address: str
    """Method, path and precondition: the same body sent to another place is another write."""

    sent_as: str | None
    """X-Request-ID."""

    def payload(self, *, refused: bool = False) -> Payload:
        name = f"refused: {self.name}" if refused else self.name
        return Payload(Source.FHIR, name, FHIR_JSON, hashlib.sha256(self.body).hexdigest(), self.body)


def write_of(request: Request, body: bytes, name: str) -> Write:
    place = f"{request.method} {request.scope['path']} {request.headers.get('If-Match', '')}"
    return Write(name, body, place, request_id(request))


async def once(
    face: Face,
    caller: Caller,
    write: Write,
    submission: Submission,
    describe: Callable[[Answered], Answer],
) -> Answer:
    """Does the submission once, and answers what `describe` says of it; a repeated write gets the first answer again.

    Without X-Request-ID a Bundle is known by its identifier, and anything else by its bytes. A refusal by law is then
    not kept as the answer: the same bytes may be right tomorrow.
    """
    request_hash = hashlib.sha256(write.address.encode() + b"\n" + write.body).hexdigest()
    identifier = "|".join(submission.identifier or ())
    implied = hashlib.sha256(identifier.encode()).hexdigest() if identifier else request_hash
    key = f"fhir:{write.sent_as}" if write.sent_as else f"fhir:sent:{implied}"

    async def effect(tx: Transaction) -> Answer:
        try:
            return describe(await answer_request(tx, submission, write.payload()))
        except RefusedByLaw as refused:
            if write.sent_as:
                raise
            raise BadInput(*law_issues(refused.refusals, submission.task.located.at)) from refused

    answer = await face.transactions.perform(caller, effect, once=Once(key, request_hash))
    refusals = refusals_of(answer)
    if refusals:
        raise BadInput(*law_issues(refusals, submission.task.located.at))
    return answer


async def keep_refused(face: Face, caller: Caller, write: Write, error: Problem | RefusedByLaw | BadInput) -> None:
    """Keep a payload that was refused for what it says, so that a person can look at it; the same one once."""
    if BadInput(*issues_of(error)).status not in _KEPT_WHEN_REFUSED:
        return
    payload = write.payload(refused=True)
    try:
        async with face.transactions.begin(caller) as tx:
            if not await queries.was_kept(tx.connection, sender_id=caller.organisation, sha256=payload.sha256):
                await tx.keep(payload)
    except Problem as problem:
        if problem.kind is not Kind.BUSY:
            raise
        _log.warning("refused_payload_not_kept", rule=problem.rule, client_id=caller.client_id)
