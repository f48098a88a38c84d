"""A request to co-operate <-> Task.

Out: a request that its body's system has merely retrieved is still `requested`, so that a poll for `requested` goes on
showing what nobody has acknowledged, and nothing is lost when that system fails after polling.
In: a Task that is put back says how the body answers.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum, auto
from uuid import UUID

from fhir_mappings import codings, identifiers, systems
from fhir_mappings.code_system import UnknownCode
from fhir_mappings.elements import (
    code_of,
    compact,
    day_of,
    instant_text,
    organisation_reference,
    subject_reference,
    token,
)
from fhir_mappings.outcome import Faults
from fhir_mappings.systems import BusinessStatus
from fhir_mappings.values import Body, Child, Json
from hub.law.reg8_time_limit import TimeExceptionGround
from hub.law.s31_cooperation import CooperationRequest, CooperationStatus, RefusalGround

_STATUS = {
    CooperationStatus.SENT: "requested",
    CooperationStatus.ACCEPTED: "accepted",
    CooperationStatus.COMPLIED: "completed",
    CooperationStatus.DECLINED: "rejected",
    CooperationStatus.WITHDRAWN: "cancelled",
}
_CODES = """
    draft requested received accepted rejected ready cancelled in-progress on-hold failed completed entered-in-error
"""
STATUSES = frozenset(_CODES.split())
"""Task.status, required binding (FHIR R4 task-status)."""


def fhir_status(request: CooperationRequest) -> str:
    if request.status is CooperationStatus.RECEIVED:
        return "received" if request.acknowledged_at else "requested"
    return _STATUS[request.status]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a request stands; `acknowledged` narrows those that are RECEIVED."""

    statuses: frozenset[CooperationStatus]
    acknowledged: frozenset[bool]


def standing_of(codes: Collection[str]) -> Standing:
    """What a search for these Task statuses looks for. Statuses that no request of ours can have match nothing."""
    statuses = {status for status, code in _STATUS.items() if code in codes}
    acknowledged = frozenset(code == "received" for code in ("requested", "received") if code in codes)
    if acknowledged:
        statuses.add(CooperationStatus.RECEIVED)
    return Standing(frozenset(statuses), acknowledged)


def business_status(request: CooperationRequest) -> BusinessStatus:
    match request.status:
        case CooperationStatus.SENT:
            return BusinessStatus.AWAITING_RECEIPT
        case CooperationStatus.COMPLIED:
            return BusinessStatus.COMPLIED
        case CooperationStatus.WITHDRAWN:
            return BusinessStatus.WITHDRAWN
        case CooperationStatus.DECLINED:
            ground = request.declined.ground if request.declined else None
            if ground is RefusalGround.INCOMPATIBLE_WITH_OWN_DUTIES:
                return BusinessStatus.REFUSED_INCOMPATIBLE_DUTIES
            return BusinessStatus.REFUSED_ADVERSE_EFFECT
        case CooperationStatus.RECEIVED | CooperationStatus.ACCEPTED if request.time_exceptions:
            return BusinessStatus.EXTENSION_CLAIMED
        case CooperationStatus.ACCEPTED:
            return BusinessStatus.ACCEPTED
        case CooperationStatus.RECEIVED:
            return BusinessStatus.CLOCK_RUNNING if request.due_on else BusinessStatus.NO_STATUTORY_CLOCK


def to_task(
    request: CooperationRequest,
    *,
    version: int,
    updated_at: datetime,
    child: Child | None,
    requester: Body,
    owner: Body,
    outputs: Sequence[str] = (),
) -> Json:
    """The Task. `child` is None where the reader may not know who it is; `outputs` are references to the advice."""
    standing = business_status(request)
    declined = request.declined if request.status is CooperationStatus.DECLINED else None
    return compact(
        {
            "resourceType": "Task",
            "id": str(request.id),
            "meta": {"versionId": str(version), "lastUpdated": instant_text(updated_at)},
            "identifier": [{"system": identifiers.COOPERATION_REQUEST, "value": str(request.id)}],
            "status": fhir_status(request),
            "statusReason": _reason(declined.ground, declined.reasons) if declined else None,
            "businessStatus": {"coding": [systems.BUSINESS_STATUS.coding(standing)]},
            "intent": "order",
            "code": {"coding": [codings.TASK_CODE]},
            "focus": {"reference": f"ServiceRequest/{request.id}", "type": "ServiceRequest"},
            "for": subject_reference(child),
            "executionPeriod": _execution(request),
            "authoredOn": instant_text(request.sent_at),
            "lastModified": instant_text(updated_at),
            "requester": organisation_reference(requester),
            "owner": organisation_reference(owner),
            "reasonCode": {"coding": [systems.PART_3_FUNCTION.coding(request.function)]},
            "note": _notes(request, owner),
            "restriction": {"period": {"end": request.due_on.isoformat()}} if request.due_on else None,
            "output": [_output(reference) for reference in outputs],
        }
    )


def to_withdrawn_task(
    id: UUID,  # noqa: A002  (FHIR's word)
    *,
    sent_at: datetime,
    withdrawn_at: datetime,
    requester: Body,
    owner: Body,
) -> Json:
    """What is left, for the body that was asked, of a request that was withdrawn: that it was, and nothing of whom."""
    withdrawn = systems.BUSINESS_STATUS.coding(BusinessStatus.WITHDRAWN)
    return {
        "resourceType": "Task",
        "id": str(id),
        "meta": {"lastUpdated": instant_text(withdrawn_at)},
        "identifier": [{"system": identifiers.COOPERATION_REQUEST, "value": str(id)}],
        "status": "cancelled",
        "businessStatus": {"coding": [withdrawn]},
        "intent": "order",
        "code": {"coding": [codings.TASK_CODE]},
        "for": subject_reference(None),
        "authoredOn": instant_text(sent_at),
        "lastModified": instant_text(withdrawn_at),
        "requester": organisation_reference(requester),
        "owner": organisation_reference(owner),
    }


def _reason(ground: RefusalGround | None, reasons: str) -> Json:
    return compact({"coding": [systems.REFUSAL_GROUND.coding(ground)] if ground else None, "text": reasons})


def _execution(request: CooperationRequest) -> Json:
    """From receipt to the answer."""
    ended = request.complied_at or (request.declined.at if request.declined else None)
    return compact(
        {
            "start": instant_text(request.received_at) if request.received_at else None,
            "end": instant_text(ended) if ended else None,
        }
    )


def _notes(request: CooperationRequest, owner: Body) -> list[Json]:
    """Written reasons and explanations: NHS systems look for them in `note`. They outlive a change of mind."""
    author = organisation_reference(owner)
    notes = [
        {"authorReference": author, "time": instant_text(each.claimed_at), "text": each.explanation}
        for each in request.time_exceptions
    ]
    if request.declined:
        at, reasons = request.declined.at, request.declined.reasons
        notes.append({"authorReference": author, "time": instant_text(at), "text": reasons})
    return notes


def _output(reference: str) -> Json:
    kind = reference.partition("/")[0]
    return {"type": {"text": "Advice"}, "valueReference": {"reference": reference, "type": kind}}


# --- the answer of the body


class Step(StrEnum):
    """What a Task that is put back asks the hub to record."""

    NOTHING = auto()
    ACKNOWLEDGE = auto()
    ACCEPT = auto()
    DECLINE = auto()
    COMPLY = auto()


_STEPS = {
    "received": Step.ACKNOWLEDGE,
    "accepted": Step.ACCEPT,
    "in-progress": Step.ACCEPT,
    "rejected": Step.DECLINE,
    "completed": Step.COMPLY,
}


@dataclass(frozen=True, slots=True)
class Claim:
    """An exception to the six weeks (reg. 8(2)). The days are None where the Task does not say them."""

    ground: TimeExceptionGround
    explanation: str
    from_: date | None
    to: date | None


@dataclass(frozen=True, slots=True)
class Answer:
    """How the body answers, and the exception it claims beside that."""

    step: Step
    ground: RefusalGround | None = None
    reasons: str = ""
    claim: Claim | None = None


def read_answer(task: Json, *, shown: Json, faults: Faults, at: str) -> Answer:
    """What a Task says, beside the Task as the hub shows it now; what it may not change is a fault."""
    _check_unchanged(task, shown, faults, at)
    claim = _claim(task, shown, faults, at)
    status = task.get("status", "")
    step = _STEPS.get(status)
    if step is None:
        if status != shown["status"]:
            faults.add(
                "task-status-not-an-answer",
                "a body answers with received, accepted, in-progress, rejected or completed",
                f"{at}.status",
                code="not-supported",
            )
        return Answer(Step.NOTHING, claim=claim)
    if step is not Step.DECLINE:
        return Answer(step, claim=claim)
    ground = code_of(systems.REFUSAL_GROUND, task.get("statusReason"), faults, f"{at}.statusReason.coding")
    return Answer(step, ground, _words(task, shown), claim)


def _check_unchanged(task: Json, shown: Json, faults: Faults, at: str) -> None:
    """A body answers a request; it cannot turn it into another one."""
    if task.get("intent") != "order":
        faults.add("task-element-fixed", "the intent of a request is order", f"{at}.intent", code="business-rule")
    for name in ("requester", "owner", "for", "focus"):
        said, known = task.get(name, {}), shown.get(name, {})
        identified = token(said.get("identifier"))
        if identified is not None and identified != token(known.get("identifier")):
            rule = "patient-mismatch" if name == "for" else "task-element-fixed"
            message = "this is not who or what the request is about, from or to"
            faults.add(rule, message, f"{at}.{name}.identifier", code="business-rule")
    focus = task.get("focus", {}).get("reference")
    if focus is not None and not focus.endswith(shown["focus"]["reference"]):
        message = "the focus of this Task is another ServiceRequest"
        faults.add("task-element-fixed", message, f"{at}.focus.reference", code="business-rule")


def _claim(task: Json, shown: Json, faults: Faults, at: str) -> Claim | None:
    """The exception that businessStatus claims. Its other codes are the hub's to set, and change nothing."""
    business = task.get("businessStatus")
    try:
        if systems.BUSINESS_STATUS.read(business) is not None:
            return None
    except UnknownCode:
        pass  # then it is a claim, or no code at all
    ground = code_of(systems.TIME_EXCEPTION, business, faults, f"{at}.businessStatus.coding")
    if ground is None:
        return None
    period: Json = task.get("executionPeriod", {})
    if _is_shown(period, shown.get("executionPeriod", {})):
        period = {}
    days = {
        name: day_of(period[name], faults, f"{at}.executionPeriod.{name}") if name in period else None
        for name in ("start", "end")
    }
    return Claim(ground, _words(task, shown), days["start"], days["end"])


def _is_shown(period: Json, shown: Json) -> bool:
    """Whether this is what the hub showed itself, put back: systems write the same moment in several ways."""
    return period.keys() == shown.keys() and all(_same_moment(period[name], text) for name, text in shown.items())


def _same_moment(one: str, other: str) -> bool:
    try:
        return datetime.fromisoformat(one) == datetime.fromisoformat(other)
    except ValueError:
        return one == other


def _words(task: Json, shown: Json) -> str:
    """The written reasons: `statusReason.text`, else the notes that the hub has not shown itself."""
    text = task.get("statusReason", {}).get("text", "")
    if text.strip():
        return str(text)
    known = {note["text"] for note in shown.get("note", ())}
    return "\n\n".join(note["text"] for note in task.get("note", ()) if note.get("text") and note["text"] not in known)
