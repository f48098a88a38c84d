"""A write is done once, however often it is sent; one that is refused is kept, so that a person can look at it."""

import hashlib
from collections.abc import Awaitable, Callable, Sequence
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

    @property
    def hash(self) -> str:
        return hashlib.sha256(self.address.encode() + b"\n" + self.body).hexdigest()

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
    effect: Callable[[Transaction], Awaitable[Answer]],
    *,
    at: str,
    known_as: Sequence[Once] = (),
) -> Answer:
    """Does the effect once, and answers what it answers; a repeated write gets the first answer again.

    A write is known by its X-Request-ID and by the names it bears itself; without any, by its bytes. A refusal by law
    (about the resource `at` this place) is kept as the answer only where X-Request-ID is sent: the same bytes may be
    right tomorrow.
    """
    sent = [Once(f"fhir:{write.sent_as}", write.hash)] if write.sent_as else []
    keys = [*sent, *known_as] or [Once(f"fhir:sent:{write.hash}", write.hash)]

    async def done(tx: Transaction) -> Answer:
        try:
            return await effect(tx)
        except RefusedByLaw as refused:
            if write.sent_as:
                raise
            raise BadInput(*law_issues(refused.refusals, at)) from refused

    answer = await face.transactions.perform(caller, done, once=keys)
    refusals = refusals_of(answer)
    if refusals:
        raise BadInput(*law_issues(refusals, at))
    return answer


async def answer_once(
    face: Face,
    caller: Caller,
    write: Write,
    submission: Submission,
    describe: Callable[[Answered], Answer],
    *,
    known_as: Sequence[Once] = (),
) -> Answer:
    """Does an answer to a request once, and answers what `describe` says of it."""

    async def effect(tx: Transaction) -> Answer:
        return describe(await answer_request(tx, submission, write.payload()))

    at = submission.task.located.at
    return await once(face, caller, write, effect, at=at, known_as=known_as or _by_identifier(write, submission))


def _by_identifier(write: Write, submission: Submission) -> list[Once]:
    """Without X-Request-ID a Bundle is known by its identifier."""
    if write.sent_as or not submission.identifier:
        return []
    implied = hashlib.sha256("|".join(submission.identifier).encode()).hexdigest()
    return [Once(f"fhir:sent:{implied}", write.hash)]


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
