"""POST [base]/$process-message: a trust that sends messages notifies, answers and advises with them.

http://hl7.org/fhir/R4/messageheader-operation-process-message.html

The ids of the message and of its envelope are its names: the same message again gets the first answer. What was read as
a message is answered with one, whose response code says how it went, under the HTTP status that the outcome deserves.
"""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid5

from starlette.requests import Request
from starlette.responses import Response

from adapters.nhs_fhir import shapes
from adapters.nhs_fhir.answering import Answered, answer_request
from adapters.nhs_fhir.apart import Reading
from adapters.nhs_fhir.errors import issues_of
from adapters.nhs_fhir.exchange import check_content_type, fhir_response, to_json
from adapters.nhs_fhir.face import Face, must_grant
from adapters.nhs_fhir.incoming import FHIR_PATH, check_count, received, taken
from adapters.nhs_fhir.notifying import Notice, check_sender, notice_of, notify
from adapters.nhs_fhir.resolution import Resolver
from adapters.nhs_fhir.submission import Entry, Submission, check_full_urls, submission_of, version_of
from adapters.nhs_fhir.writing import Write, keep_refused, once, read_write
from fhir_mappings.elements import token
from fhir_mappings.message import MESSAGE_EVENT, Event, Header, Processed, to_response
from fhir_mappings.outcome import BadInput, Issue, operation_outcome
from fhir_mappings.values import Json, Located
from hub.actions.transaction import Answer, Once, Transaction
from hub.errors import Kind, Problem, RefusedByLaw
from hub.law.caller import Caller

_WITHIN = shapes.ACCEPTED | {"MessageHeader", "Communication", "RelatedPerson"}
_HEADER = "Bundle.entry[0].resource"
_CREATED = ("Composition", "DocumentReference")
_ANSWERS = UUID("b9a0f7ae-3a7c-5f5c-9d53-6a0f1c1a7c11")
"""The namespace of the ids of answers: the answer to the same message has the same ids, however often it is sent."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it was read: either a notification, or an answer to a request."""

    header: Header
    sender: tuple[str, str] | None
    known_as: tuple[Once, ...]
    meant: Notice | Submission

    @property
    def at(self) -> str:
        return self.meant.at if isinstance(self.meant, Notice) else self.meant.task.located.at


async def process_message(face: Face, request: Request, caller: Caller) -> Response:
    """A Bundle of type message: the MessageHeader with its response, and what follows it."""
    check_content_type(request)
    write = await read_write(request, "$process-message", most=face.settings.fhir_max_bytes)
    header, said, meant = await face.apart.run(len(write.body), open_message, face.reading(caller), write.body)
    if header is None:
        raise _no_header()
    try:
        answer = await _processed(face, caller, write, header, meant)
    except (Problem, RefusedByLaw, BadInput) as error:
        await keep_refused(face, caller, write, error)
        if isinstance(error, Problem) and error.kind in {Kind.UNAUTHENTICATED, Kind.FORBIDDEN}:
            raise
        if not isinstance(error, RefusedByLaw):
            await face.note_denied(request, caller, error)
        return _refused(face, header, write, error)
    return _told(face, header, write, Processed.OK, [*said, *_outcome(answer["said"])])


def header_in(value: Any) -> Header | None:
    """The header of what may be a message, read without trust: everything else of it is checked later."""
    match value:
        case {
            "resourceType": "Bundle",
            "type": "message",
            "entry": [
                {
                    "resource": {
                        "resourceType": "MessageHeader",
                        "id": str(id_),
                        "source": {"endpoint": str(to)},
                    } as said
                },
                *_,
            ],
        } if shapes.IS_ID.fullmatch(id_):
            pass
        case _:
            return None
    match said:
        case {"eventCoding": {"system": str(system), "code": str(code)}}:
            return Header(id_, {"system": system, "code": code}, {"endpoint": to})
        case _:
            return None


def open_message(reading: Reading, body: bytes) -> tuple[Header | None, list[Issue], Message | BadInput]:
    """The header of a message, what the sender is to be told of what was tolerated, and the message or what is wrong
    with it: whether the caller may send one of its event is asked first. Raises `BadInput` for what is no JSON.
    """
    value, said = taken(reading, body)
    header = header_in(value)
    try:
        return header, said, read_any_message(reading, value)
    except BadInput as error:
        return header, said, error


async def _processed(face: Face, caller: Caller, write: Write, header: Header, message: Message | BadInput) -> Answer:
    event = _event(header)
    for kind, letter in {Event.NOTIFY: [("Communication", "c")]}.get(event, [("Task", "u")]):
        must_grant(caller, kind, letter)
    if isinstance(message, BadInput):
        raise message
    if isinstance(message.meant, Submission):
        for kind in _CREATED:
            if message.meant.has(kind):
                must_grant(caller, kind, "c")

    async def effect(tx: Transaction) -> Answer:
        await check_sender(tx, message.sender)
        return {"said": await do_message(tx, message.meant, write)}

    return await once(face, caller, write, effect, at=message.at, known_as=message.known_as)


def _no_header() -> BadInput:
    message = "a message is a Bundle of type message that begins with a MessageHeader: an id, an event, a source"
    return BadInput(Issue("message-header", message, "Bundle.entry[0]", "required", status=400))


def _event(header: Header) -> Event:
    event = header.known_event
    if event is None:
        message = f"this event is not processed here: the events are those of {MESSAGE_EVENT.url}"
        raise BadInput(Issue("message-event", message, f"{_HEADER}.eventCoding", "not-supported"))
    return event


def read_any_message(reading: Reading, value: Any) -> Message:
    """A message of one of the hub's events. Raises `BadInput`."""
    header = header_in(value)
    if header is None:
        raise _no_header()
    return _read(reading, value, header, _event(header))


async def do_message(tx: Transaction, meant: Notice | Submission, write: Write) -> list[str]:
    """The addresses of what was made or changed."""
    if isinstance(meant, Notice):
        return [f"Communication/{await notify(tx, meant, write.payload())}"]
    answered: Answered = await answer_request(tx, meant, write.payload())
    advice = [f"Composition/{answered.advice_id}"] if answered.advice_id else []
    return [f"Task/{answered.loaded.recorded.request.id}", *advice]


def _read(reading: Reading, bundle: Json, header: Header, event: Event) -> Message:
    check_count(bundle, reading.settings)
    _, walk = received(bundle, "Bundle", settings=reading.settings, today=reading.today, within=_WITHIN)
    resolver = Resolver(f"{reading.settings.address}{FHIR_PATH}")
    check_full_urls(bundle, walk.faults)
    located = _located(bundle, walk.faults.add)
    walk.faults.check()
    for full_url, each in located:
        known_as = f"Task/{each.resource.get('id')}" if each.type == "Task" else None
        resolver.add(each, full_url=full_url, known_as=known_as)
    said = located[0][1].resource
    known_as = names_in(bundle, header)
    sender = token(said.get("sender", {}).get("identifier"))
    rest = [each for _, each in located[1:]]
    if event is Event.NOTIFY:
        notices = [each for each in rest if each.type == "Communication"]
        if len(notices) != 1 or any(each.type == "Task" for each in rest):
            issue = Issue("one-notification", "a message notifies of one child: one Communication", "Bundle.entry")
            raise BadInput(*walk.faults.issues, issue)
        return Message(header, sender, known_as, notice_of(notices[0], walk, resolver))
    if any(each.type == "Communication" for each in rest):
        issue = Issue("one-answer", "an answer to a request holds no Communication", "Bundle.entry", "business-rule")
        raise BadInput(*walk.faults.issues, issue)
    entries = [Entry(each, "PUT" if each.type == "Task" else "POST", _version(each)) for each in rest]
    submission = submission_of(entries, walk, resolver, None)
    if (submission.advice is None) == (event is Event.ADVISE):
        message = "give-advice holds advice, and answer-request holds none"
        raise BadInput(Issue("message-event-content", message, f"{_HEADER}.eventCoding", "business-rule"))
    return Message(header, sender, known_as, submission)


def _located(bundle: Json, fault: Callable[..., None]) -> list[tuple[str | None, Located]]:
    found: list[tuple[str | None, Located]] = []
    for place, entry in enumerate(bundle["entry"]):
        at = f"Bundle.entry[{place}]"
        if "resource" not in entry:
            fault("required", "each entry of a message is a resource", f"{at}.resource", code="required", status=400)
        elif entry["resource"]["resourceType"] == "MessageHeader" and place:
            fault("message-header", "a message has one MessageHeader, its first entry", at, code="invariant")
        else:
            found.append((entry.get("fullUrl"), Located(f"{at}.resource", entry["resource"])))
    return found


def _version(located: Located) -> int | None:
    """The version of the Task that this answers, where the message says which: a stale one is refused."""
    said = located.resource.get("meta", {}).get("versionId") if located.type == "Task" else None
    return version_of(f'"{said}"') if said else None


def names_in(bundle: Json, header: Header) -> tuple[Once, ...]:
    """The message by its own id and by that of its envelope, each good for the same content."""
    content = to_json({"entry": bundle["entry"]})
    digest = sha256(content).hexdigest()
    envelope = [f"fhir:envelope:{bundle['id']}"] if "id" in bundle else []
    return tuple(Once(name, digest) for name in (f"fhir:message:{header.id}", *envelope))


# --- the answer


def _outcome(said: list[str]) -> list[Issue]:
    return [
        Issue("processed", f"{each} was made or changed", code="informational", severity="information") for each in said
    ]


def _refused(face: Face, header: Header, write: Write, error: Problem | RefusedByLaw | BadInput) -> Response:
    """Once a message has been read as one, it is answered by one; but for what is wrong with the token or the caller's
    scopes, which is said as everywhere.
    """
    is_transient = isinstance(error, Problem) and error.kind is Kind.BUSY
    code = Processed.TRANSIENT if is_transient else Processed.FATAL
    issues = issues_of(error)
    return _told(face, header, write, code, issues, status=BadInput(*issues).status)


def _told(
    face: Face, header: Header, write: Write, code: Processed, issues: list[Issue], *, status: int = 200
) -> Response:
    details = operation_outcome(issues)
    told = uuid5(_ANSWERS, f"{header.id} {write.hash}")
    ids = (uuid5(told, "envelope"), uuid5(told, "header"))
    outcome = {"resourceType": "OperationOutcome", "id": str(uuid5(told, "outcome")), "issue": details["issue"]}
    headers = {"Retry-After": "2"} if code is Processed.TRANSIENT else None
    endpoint = f"{face.base}/$process-message"
    return fhir_response(
        to_response(header, code, endpoint=endpoint, ids=ids, rest=[outcome]), status=status, headers=headers
    )
