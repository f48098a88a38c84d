"""What is recorded -> AuditEvent, by IHE's Basic Audit Log Patterns where one fits (https://profiles.ihe.net/ITI/BALP/).

A disclosure is a PatientRead, an event a PatientUpdate (or Update, where it is about no child). Broken glass and denied
attempts are security alerts, for which BALP has a pattern only where a Consent decided: those name no profile. The hub
records no network addresses; BALP wants one, so it is said to be unknown.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from fhir_mappings.elements import compact, instant_text, organisation_reference
from fhir_mappings.identifiers import CLIENT, HUB, OPERATION, PERSON
from fhir_mappings.profiles import DATA_ABSENT
from fhir_mappings.systems import EVENT_KINDS, PURPOSE
from fhir_mappings.values import Body, Json
from hub.law.reg17_disclosure import Part, Purpose

_PROFILE = "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit."
_DCM = "http://dicom.nema.org/resources/ontology/DCM"
_EVENT_TYPE = "http://terminology.hl7.org/CodeSystem/audit-event-type"
_INTERACTION = "http://hl7.org/fhir/restful-interaction"
_ENTITY_TYPE = "http://terminology.hl7.org/CodeSystem/audit-entity-type"
_OBJECT_ROLE = "http://terminology.hl7.org/CodeSystem/object-role"
_PARTICIPATION = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType"
_ROLE_CLASS = "http://terminology.hl7.org/CodeSystem/v3-RoleClass"
_SOURCE_TYPE = "http://terminology.hl7.org/CodeSystem/security-source-type"
JTI = "urn:ietf:params:oauth:jti:"

_SOURCE = {"system": _DCM, "code": "110153", "display": "Source Role ID"}
_DESTINATION = {"system": _DCM, "code": "110152", "display": "Destination Role ID"}
_ALERT = {"system": _DCM, "code": "110113", "display": "Security Alert"}
_REST = {"system": _EVENT_TYPE, "code": "rest", "display": "Restful Operation"}
SUCCESS, MINOR_FAILURE = "0", "4"


class Kind(StrEnum):
    """The kinds of audit record."""

    EVENT = "event"
    DISCLOSURE = "disclosure"
    DENIED_ATTEMPT = "denied_attempt"
    BROKEN_GLASS = "broken_glass"


@dataclass(frozen=True, slots=True)
class Recorded:
    """An audit record, of any kind. `what` is the event's kind, the ground of a disclosure, or the rule that denied."""

    kind: Kind
    id: UUID
    at: datetime
    what: str
    body: Body | None
    client_id: str | None
    person: str | None
    token_id: str | None
    purpose: Purpose | None
    child_id: UUID | None = None
    operation: str | None = None
    operation_hash: str | None = None
    about: tuple[str, UUID] | None = None
    shown: Sequence[Part] = ()
    withheld: Sequence[Part] = ()


def to_audit_event(recorded: Recorded, *, log: str) -> Json:
    """The AuditEvent of a record, as the hub whose audit log has this name observed it."""
    reads = recorded.kind is Kind.DISCLOSURE
    return compact(
        {
            "resourceType": "AuditEvent",
            "id": str(recorded.id),
            "meta": _meta(recorded),
            "type": _type(recorded.kind),
            "subtype": _subtypes(recorded),
            "action": {Kind.DISCLOSURE: "R", Kind.EVENT: "U"}.get(recorded.kind, "E"),
            "recorded": instant_text(recorded.at),
            "outcome": MINOR_FAILURE if recorded.kind is Kind.DENIED_ATTEMPT else SUCCESS,
            "outcomeDesc": None if recorded.kind is Kind.EVENT else recorded.what,
            "purposeOfEvent": [_purpose(recorded.purpose)] if recorded.purpose else None,
            "agent": [
                _client(recorded, _DESTINATION if reads else _SOURCE),
                _agent(_SOURCE if reads else _DESTINATION, {"identifier": {"value": log}}) | {"network": _UNKNOWN},
                *_user(recorded),
                *_organisation(recorded),
            ],
            "source": {
                "site": log,
                "observer": {"identifier": {"value": log}},
                "type": [{"system": _SOURCE_TYPE, "code": "4", "display": "Application Server"}],
            },
            "entity": _entities(recorded),
        }
    )


def _meta(recorded: Recorded) -> Json | None:
    match recorded.kind:
        case Kind.DISCLOSURE:
            return {"profile": [f"{_PROFILE}PatientRead"]}
        case Kind.EVENT:
            return {"profile": [f"{_PROFILE}{'PatientUpdate' if recorded.child_id else 'Update'}"]}
        case _:
            return None


def _type(kind: Kind) -> Json:
    return _REST if kind in {Kind.DISCLOSURE, Kind.EVENT} else _ALERT


def _subtypes(recorded: Recorded) -> list[Json]:
    match recorded.kind:
        case Kind.DISCLOSURE:
            return [{"system": _INTERACTION, "code": "read", "display": "read"}]
        case Kind.EVENT:
            return [
                {"system": _INTERACTION, "code": "update", "display": "update"},
                {"system": EVENT_KINDS, "code": recorded.what},
            ]
        case Kind.BROKEN_GLASS:
            return [{"system": _DCM, "code": "110127", "display": "Emergency Override Started"}]
        case Kind.DENIED_ATTEMPT:
            return [{"system": EVENT_KINDS, "code": "denied-attempt"}]


def _purpose(purpose: Purpose) -> Json:
    return {"coding": [{"system": PURPOSE.url, "code": PURPOSE.code(purpose)}], "text": purpose.meaning}


_UNKNOWN = {"extension": [{"url": DATA_ABSENT, "valueCode": "unknown"}]}


def _agent(role: Json, who: Json, *, requestor: bool = False) -> Json:
    return {"type": {"coding": [role]}, "who": who, "requestor": requestor}


def _client(recorded: Recorded, role: Json) -> Json:
    """The system that asked; the hub's own work (clocks, upkeep) has none, and is the hub's."""
    value = recorded.client_id or "hub"
    who = {"identifier": {"system": CLIENT, "value": value}, "display": value}
    policy = [f"{JTI}{recorded.token_id}"] if recorded.token_id else None
    asked = _agent(role, who, requestor=recorded.person is None)
    return compact(asked | {"policy": policy, "network": _UNKNOWN}) | {"requestor": asked["requestor"]}


def _user(recorded: Recorded) -> list[Json]:
    if recorded.person is None:
        return []
    role = {"system": _PARTICIPATION, "code": "IRCP", "display": "information recipient"}
    return [_agent(role, {"identifier": {"system": PERSON, "value": recorded.person}}, requestor=True)]


def _organisation(recorded: Recorded) -> list[Json]:
    if recorded.body is None:
        return []
    role = {"system": _ROLE_CLASS, "code": "PROV", "display": "healthcare provider"}
    return [_agent(role, organisation_reference(recorded.body))]


def _entities(recorded: Recorded) -> list[Json]:
    found = [_data(recorded)]
    if recorded.child_id is not None:
        found.append(
            {
                "what": {"reference": f"Patient/{recorded.child_id}", "type": "Patient"},
                "type": {"system": _ENTITY_TYPE, "code": "1", "display": "Person"},
                "role": {"system": _OBJECT_ROLE, "code": "1", "display": "Patient"},
            }
        )
    return found


def _data(recorded: Recorded) -> Json:
    """What was asked or changed, and which parts of the record were shown and withheld."""
    if recorded.about is not None:
        what = {"identifier": {"system": f"{HUB}/Id/{recorded.about[0]}", "value": str(recorded.about[1])}}
    else:
        value = recorded.operation_hash or str(recorded.id)
        what = compact({"identifier": {"system": OPERATION, "value": value}, "display": recorded.operation})
    parts = {"shown": recorded.shown, "withheld": recorded.withheld}
    return compact(
        {
            "what": what,
            "type": {"system": _ENTITY_TYPE, "code": "2", "display": "System Object"},
            "role": {"system": _OBJECT_ROLE, "code": "4", "display": "Domain Resource"},
            "detail": [{"type": name, "valueString": part.value} for name, those in parts.items() for part in those],
        }
    )
