"""A write is done once, however often it is sent; one that is refused is kept, so that a person can look at it."""

import hashlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import structlog
from starlette.requests import Request

from adapters.nhs_fhir.answering import Answered, answer_request
from adapters.nhs_fhir.errors import issues_of, law_issues
from adapters.nhs_fhir.exchange import FHIR_JSON, read_body, request_id
from adapters.nhs_fhir.face import Face
from adapters.nhs_fhir.incoming import FHIR_PATH
from adapters.nhs_fhir.submission import Submission
from fhir_mappings.outcome import BadInput, Issue
from hub.actions.transaction import Answer, Once, Payload, Transaction, refusals_of
from hub.db import quarantine
from hub.db.quarantine import KeptAside
from hub.errors import Kind, Problem, RefusedByLaw
from hub.law.caller import Caller
from hub.law.imports import QuarantineForm
from hub.law.vocabulary import Source

_log = structlog.get_logger()
_KEPT_WHEN_REFUSED = frozenset({400, 404, 409, 422})
"""Advice sent to a wrong Task is kept too: it may be the only copy that arrives in time."""


@dataclass(frozen=True, slots=True)
class Write:
    """A write as it came: its bytes, what makes it the same write as another, and what it is called in the record."""

    name: str
    body: bytes
    method: str
    path: str
    if_match: str
    if_none_exist: str | None
    sent_as: str | None
    """X-Request-ID."""

    hash: str
    """Of method, path and precondition too: the same body sent to another place is another write."""

    sha256: str
    """Of the body."""

    @classmethod
    def of(
        cls,
        name: str,
        body: bytes,
        method: str,
        path: str,
        if_match: str,
        if_none_exist: str | None,
        sent_as: str | None,
    ) -> "Write":
        """A write whose body is at hand."""
        hash_ = hashlib.sha256(_address(method, path, if_match) + body).hexdigest()
        sha256 = hashlib.sha256(body).hexdigest()
        return cls(name, body, method, path, if_match, if_none_exist, sent_as, hash_, sha256)

    def saying(self, body: bytes) -> "Write":
        """The same write with another body."""
        return Write.of(self.name, body, self.method, self.path, self.if_match, self.if_none_exist, self.sent_as)

    @property
    def about(self) -> dict[str, str | None]:
        """How it came, without what it says."""
        came = {"name": self.name, "method": self.method, "path": self.path, "if_match": self.if_match}
        return {**came, "if_none_exist": self.if_none_exist, "sent_as": self.sent_as}

    def payload(self) -> Payload:
        return Payload(Source.FHIR, self.name, FHIR_JSON, self.sha256, self.body)


async def read_write(request: Request, name: str, *, most: int) -> Write:
    """A write with its body, which is hashed part by part: while megabytes are, nobody else is answered.

    Raises `BadInput`.
    """
    method, path, if_match = request.method, request.scope["path"], request.headers.get("If-Match", "")
    digests = hashlib.sha256(_address(method, path, if_match)), hashlib.sha256()

    def hear(part: bytes) -> None:
        for each in digests:
            each.update(part)

    body = await read_body(request, most=most, hear=hear)
    hashes = (each.hexdigest() for each in digests)
    return Write(name, body, method, path, if_match, request.headers.get("If-None-Exist"), request_id(request), *hashes)


def _address(method: str, path: str, if_match: str) -> bytes:
    return f"{method} {path} {if_match}\n".encode()


def names_of(write: Write, known_as: Sequence[Once]) -> list[Once]:
    """By what a write is known: its X-Request-ID and the names that it bears itself; without any, its bytes."""
    sent = [Once(f"fhir:{write.sent_as}", write.hash)] if write.sent_as else []
    return [*sent, *known_as] or [Once(f"fhir:sent:{write.hash}", write.hash)]


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

    async def done(tx: Transaction) -> Answer:
        try:
            answer = await effect(tx)
        except RefusedByLaw as refused:
            if write.sent_as:
                raise
            raise BadInput(*law_issues(refused.refusals, at)) from refused
        tx.taken_in(write.sha256, put_to=write.path if write.method == "PUT" else None)
        return answer

    answer = await face.transactions.perform(caller, done, once=names_of(write, known_as))
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
    then: Callable[[Transaction, Answered], Awaitable[None]] | None = None,
) -> Answer:
    """Does an answer to a request once, and answers what `describe` says of it. `then`: what else belongs to it."""

    async def effect(tx: Transaction) -> Answer:
        answered = await answer_request(tx, submission, write.payload())
        if then is not None:
            await then(tx, answered)
        return describe(answered)

    at = submission.task.located.at
    return await once(face, caller, write, effect, at=at, known_as=known_as or by_identifier(write, submission))


def by_identifier(write: Write, submission: Submission) -> list[Once]:
    """Without X-Request-ID a Bundle is known by its identifier."""
    if write.sent_as or not submission.identifier:
        return []
    implied = hashlib.sha256("|".join(submission.identifier).encode()).hexdigest()
    return [Once(f"fhir:sent:{implied}", write.hash)]


async def keep_refused(face: Face, caller: Caller, write: Write, error: Problem | RefusedByLaw | BadInput) -> None:
    """What was refused for what it says waits in quarantine for a person of the sending body; the same one once."""
    issues = issues_of(error)
    if BadInput(*issues).status not in _KEPT_WHEN_REFUSED:
        return
    kept = KeptAside(
        owner_id=caller.organisation,
        kind=Source.FHIR,
        form=QuarantineForm.FHIR_WRITE,
        place=f"{write.method} {write.path.removeprefix(FHIR_PATH) or '/'}",
        problems=problems_of(issues, write.name),
        content=write.body,
        sender_id=caller.organisation,
        client_id=caller.client_id,
        about=write.about,
    )
    try:
        async with face.transactions.begin(caller) as tx:
            await quarantine.add_once(tx.connection, kept, tx.new_id(), at=tx.now)
    except Problem as problem:
        if problem.kind is not Kind.BUSY:
            raise
        _log.warning("refused_payload_not_kept", rule=problem.rule, client_id=caller.client_id)


def problems_of(issues: Sequence[Issue], place: str) -> list[dict[str, str]]:
    """Issues as the quarantine keeps them."""
    return [
        {"place": each.at or place, "rule": each.rule, "message": _with_provision(each)}
        for each in issues
        if each.severity == "error"
    ]


def _with_provision(issue: Issue) -> str:
    return f"{issue.provision}: {issue.diagnostics}" if issue.provision else issue.diagnostics
