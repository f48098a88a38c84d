"""The way in of a FHIR write that waited in quarantine: read by the same rules, done by the same actions, once.

The names by which a sender knows its write stay those of what it sent, however that was mended: sent again, what can be
read gets the answer of what was done, and what cannot is refused as before and waits no second time.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Any, cast

from adapters.nhs_fhir import create_advice, create_communication, create_document, transaction, update_task
from adapters.nhs_fhir.answering import answer_request
from adapters.nhs_fhir.apart import Apart, Reading
from adapters.nhs_fhir.bundle import read_posted
from adapters.nhs_fhir.created_advice import Name, Read, read_conditionally
from adapters.nhs_fhir.incoming import FHIR_PATH
from adapters.nhs_fhir.notifying import Notice, check_sender, notify
from adapters.nhs_fhir.process_message import Message, do_message, header_in, names_in, read_any_message
from adapters.nhs_fhir.strict_json import parse
from adapters.nhs_fhir.submission import Submission, version_of
from adapters.nhs_fhir.tolerances import read_tolerances
from adapters.nhs_fhir.writing import Write, by_identifier, names_of, problems_of
from fhir_mappings.outcome import BadInput, Issue
from fhir_mappings.values import Json
from hub.actions.quarantine import StillRefused, WayIn
from hub.actions.transaction import Answer, Once, Transaction, redo
from hub.db.quarantine import Item
from hub.errors import invalid
from hub.settings import Settings

_TASKS = "/Task/"
_ADVICE: Mapping[str, tuple[Read, Name]] = MappingProxyType(
    {
        "/Bundle": (create_document.read_document, create_document.document_name),
        "/Composition": (create_advice.read_composition, create_advice.composition_name),
        "/DocumentReference": (create_advice.read_reference, create_advice.reference_name),
    }
)
"""Where advice is created by itself: how it is read, and its id."""


@dataclass(frozen=True, slots=True)
class Again:
    """What is to be done, and the names that it bears itself."""

    meant: Notice | Submission | Message
    known_as: Sequence[Once]


Meant = Callable[[Transaction, Write], Awaitable[Answer]]


def way_in(settings: Settings) -> WayIn:
    """The way in of FHIR writes, as the face of a hub with these settings takes them."""
    tolerances, apart = read_tolerances(settings.fhir_tolerances), Apart()

    async def take(tx: Transaction, item: Item) -> None:
        sent = _write(item)
        client_id = item.client_id or tx.caller.client_id
        base = f"{settings.address}{FHIR_PATH}"
        reading = Reading(settings, tx.today, base, tolerances.get(client_id, frozenset()))
        mended = sent.saying(item.says)
        try:
            again = await apart.run(len(mended.body), read_again, reading, mended)
            names = names_of(sent, _as_sent(sent, again))
            await redo(tx, partial(_do, again=again, write=mended), once=names, client_id=client_id)
        except BadInput as wrong:
            raise StillRefused(problems_of(wrong.issues, item.place)) from wrong

    return WayIn(_check, take)


def _write(item: Item) -> Write:
    about = item.about
    precondition = (about["if_match"], about["if_none_exist"], about["sent_as"])
    return Write.of(about["name"], item.content, about["method"], about["path"], *precondition)


def _check(item: Item, content: bytes) -> None:
    """Raises `Problem` INVALID unless it is JSON of the type that belongs to the address."""
    try:
        value = parse(content)
    except BadInput as wrong:
        issue = wrong.issues[0]
        raise invalid(issue.diagnostics, rule=issue.rule, path=("content",)) from wrong
    wanted = _type_of(item.about["path"])
    if not isinstance(value, dict) or cast("Json", value).get("resourceType") != wanted:
        raise invalid(f"this is not a {wanted}, as JSON", rule="resource-type", path=("content",))


def _type_of(path: str) -> str:
    rest = path.removeprefix(FHIR_PATH).strip("/")
    first = rest.partition("/")[0]
    return first if first in {"Task", "Communication", "Composition", "DocumentReference"} else "Bundle"


def read_again(reading: Reading, write: Write) -> Again:
    """Raises `BadInput`."""
    path = write.path.removeprefix(FHIR_PATH).rstrip("/")
    match path:
        case "/Communication":
            notice, known_as, _ = create_communication.read_create(reading, write.body, write.if_none_exist)
            return Again(notice, known_as)
        case _ if path in _ADVICE:
            submission, _, known_as = read_conditionally(
                _ADVICE[path][0], reading, write.body, path.removeprefix("/"), write.if_none_exist
            )
            return Again(submission, known_as)
        case "/$process-message":
            message = read_any_message(reading, parse(write.body))
            return Again(message, message.known_as)
        case "":
            meant = read_posted(reading, write.body).meant
            if isinstance(meant, list):
                raise BadInput(Issue("bundle-type", "a batch waits by its entries", "Bundle.type"))
            return Again(meant, ())
        case _ if path.startswith(_TASKS):
            return _task(reading, write)
        case _:
            raise BadInput(Issue("interaction-unknown", "the hub does not take this any more"))


def _task(reading: Reading, write: Write) -> Again:
    """A Task put back. Which Task, and which version of it, a person may have corrected in the Task itself."""
    value: Any = parse(write.body)
    said = cast("Json", value) if isinstance(value, dict) else {}
    meta: Any = said.get("meta")
    version = cast("Json", meta).get("versionId") if isinstance(meta, dict) else None
    answered = version_of(f'"{version}"') if version else version_of(write.if_match)
    if answered is None:
        message = "say in Task.meta.versionId which version of the Task this answers"
        raise BadInput(Issue("if-match-required", message, "Task.meta.versionId", "required"))
    submission, _ = update_task.read_update(reading, write.body, str(said.get("id")), answered)
    return Again(submission, ())


def _as_sent(sent: Write, again: Again) -> Sequence[Once]:
    """The names that the write bears itself, held to what was sent."""
    if isinstance(again.meant, Submission):
        return again.known_as or by_identifier(sent, again.meant)
    if isinstance(again.meant, Message):
        try:
            value = parse(sent.body)
        except BadInput:
            return again.known_as
        header = header_in(value)
        return again.known_as if header is None else names_in(value, header)
    return again.known_as


async def _do(tx: Transaction, *, again: Again, write: Write) -> Answer:
    """Do it, and answer what the interaction itself would keep as its answer."""
    match again.meant:
        case Notice() as notice:
            return {"communication": str(await notify(tx, notice, write.payload()))}
        case Message() as message:
            await check_sender(tx, message.sender)
            return {"said": await do_message(tx, message.meant, write)}
        case Submission() as submission:
            answered = await answer_request(tx, submission, write.payload())
            if write.method == "PUT":
                return update_task.described(answered)
            if (path := write.path.removeprefix(FHIR_PATH)) in _ADVICE:
                return {"advice": _ADVICE[path][1](submission, answered)}
            return transaction.described(submission, answered)
