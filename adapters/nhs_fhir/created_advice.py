"""Advice that is created by itself, without the Task beside it: it names the request that it answers, and completes it.

What answers no request is refused: what a body sends of its own accord the authority records, or it is a notification
(CFA 2014 s. 23).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from adapters.nhs_fhir.answering import Answered
from adapters.nhs_fhir.apart import Reading
from adapters.nhs_fhir.conditional import condition_of
from adapters.nhs_fhir.created import created
from adapters.nhs_fhir.exchange import check_content_type
from adapters.nhs_fhir.face import Face, must_grant
from adapters.nhs_fhir.submission import Entry, Submission
from adapters.nhs_fhir.writing import answer_once, keep_refused, read_write
from fhir_mappings import identifiers
from fhir_mappings.elements import token
from fhir_mappings.outcome import BadInput, Issue
from fhir_mappings.values import Json, Located
from hub.actions.transaction import Answer, Once
from hub.errors import Problem, RefusedByLaw
from hub.law.caller import Caller

_REQUESTS = ("Task/", "ServiceRequest/")


@dataclass(frozen=True, slots=True)
class Posted:
    """What was posted, as it was read; `said`: what the sender is to be told of it."""

    submission: Submission
    resource: Json
    said: list[Issue]


Read = Callable[[Reading, bytes], Posted]
Name = Callable[[Submission, Answered], str]
"""The id of what was created."""


async def create_advice(
    face: Face, request: Request, caller: Caller, kind: str, read: Read, name: Name, *, also: tuple[str, ...] = ()
) -> Response:
    """201 with the address of what was made; with If-None-Exist, 200 where it has been made before. `also`: further
    types that are created with it.
    """
    for each, letter in ((kind, "c"), ("Task", "u"), *((each, "c") for each in also)):
        must_grant(caller, each, letter)
    check_content_type(request)
    write = await read_write(request, f"POST {kind}", most=face.settings.fhir_max_bytes)
    was_there = True
    try:
        submission, said, named = await face.apart.run(
            len(write.body),
            read_conditionally,
            read,
            face.reading(caller),
            write.body,
            kind,
            request.headers.get("If-None-Exist"),
        )

        def describe(answered: Answered) -> Answer:
            nonlocal was_there
            was_there = not answered.is_new
            return {"advice": name(submission, answered)}

        answer = await answer_once(face, caller, write, submission, describe, known_as=named)
    except (Problem, RefusedByLaw, BadInput) as error:
        await keep_refused(face, caller, write, error)
        raise
    existed = bool(named) and was_there
    return await created(face, request, caller, kind, answer["advice"], said, existed=existed)


def read_conditionally(
    read: Read, reading: Reading, body: bytes, kind: str, if_none_exist: str | None
) -> tuple[Submission, list[Issue], list[Once]]:
    """The answer, what the sender is to be told of it, and the name under which it is made once. Raises `BadInput`."""
    posted = read(reading, body)
    return posted.submission, posted.said, condition_of(kind, if_none_exist, posted.resource)


def answer_to(request_id: str, at: str) -> Entry:
    """The Task as the body would have put it back: done."""
    task: Json = {"resourceType": "Task", "id": request_id, "status": "completed", "intent": "order"}
    return Entry(Located(at, task), "PUT", None)


def request_of(references: Iterable[Json], at: str, element: str, base: str) -> str:
    """The id of the request that is named. Raises `BadInput` where none is, or several are."""
    named: set[str] = set()
    for each in references:
        path = str(each.get("reference", "")).removeprefix(f"{base}/")
        said = token(each.get("identifier"))
        if path.startswith(_REQUESTS):
            named.add(path.split("/")[1])
        elif said is not None and said[0] == identifiers.COOPERATION_REQUEST:
            named.add(said[1])
    if len(named) != 1:
        message = f"advice answers one request: name its Task, ServiceRequest or identifier in {element}"
        raise BadInput(Issue("document-without-request", message, at, "business-rule"))
    return named.pop()
