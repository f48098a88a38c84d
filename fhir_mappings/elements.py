"""The data types that several resources are made of: references, concepts, dates."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from fhir_mappings import identifiers, profiles
from fhir_mappings.code_system import Code, CodeSystem, UnknownCode
from fhir_mappings.identifiers import canonical
from fhir_mappings.outcome import Faults
from fhir_mappings.values import Body, Child, Json, Located
from hub.law.periods import london_day

EARLIEST, LATEST = 1900, 2100
"""Years outside these are slips of a keyboard, or stand for "always" and "never"."""

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def compact(content: Mapping[str, Any]) -> Json:
    """Without what is absent: FHIR has no null, no empty list, no empty object and no empty text."""
    return {name: value for name, value in content.items() if value not in (None, "", [], {}, ())}


def instant_text(instant: datetime) -> str:
    """An instant in UTC, to the millisecond."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def organisation_reference(body: Body) -> Json:
    """A logical reference: partners know a body by its code, not by an address at the hub."""
    if body.la_code:
        identifier = {"system": identifiers.LA_CODE, "value": body.la_code}
    elif body.ods_code:
        identifier = {"system": identifiers.ODS_CODE, "value": body.ods_code}
    else:
        identifier = {"system": identifiers.URN, "value": body.urn} if body.urn else {}
    return compact({"type": "Organization", "identifier": identifier, "display": body.name})


def child_reference(child: Child) -> Json:
    """The child as the hub's Patient and, where it is known, by NHS number."""
    number = {"system": identifiers.NHS_NUMBER, "value": child.nhs_number} if child.nhs_number else None
    return compact({"reference": f"Patient/{child.id}", "type": "Patient", "identifier": number})


def subject_reference(child: Child | None) -> Json:
    """The child; where the reader may not know who it is, that there is one and that it is kept back."""
    return child_reference(child) if child else masked({"type": "Patient", "display": "not disclosed"})


def masked(element: Json) -> Json:
    """An element, saying that what it would hold is kept from this reader."""
    return {"extension": [{"url": profiles.DATA_ABSENT, "valueCode": "masked"}], **element}


def token(identifier: Mapping[str, Any] | None) -> tuple[str, str] | None:
    """(system, value) of an Identifier, its system in canonical form; None where it lacks one of them."""
    system, value = (identifier or {}).get("system"), (identifier or {}).get("value")
    return (canonical(system), value) if system and value else None


def concept_text(concept: Mapping[str, Any] | None) -> str | None:
    """What a CodeableConcept says in words: its text, else the first display of its codings."""
    if not concept:
        return None
    displays = [coding["display"] for coding in concept.get("coding", ()) if coding.get("display")]
    return concept.get("text") or (displays[0] if displays else None)


def first(element: Mapping[str, Any], name: str) -> Json:
    """The first of a repeating element; empty where there is none."""
    several: Sequence[Json] = element.get(name) or ({},)
    return several[0]


def uuid_of(text: str, kind: str | None = None) -> UUID | None:
    """The id of the hub that a text (or a reference to this type) is; None for anything else."""
    try:
        return UUID(text.removeprefix(f"{kind}/") if kind else text)
    except ValueError:
        return None


def id_of(located: Located, faults: Faults) -> UUID | None:
    """The id that the hub gave a resource; a fault where it has none."""
    found = uuid_of(located.resource.get("id", ""))
    if found is None:
        faults.add("id-unknown", "this has no id of the hub", f"{located.at}.id", code="required")
    return found


def references_to(kind: str, ids: Iterable[UUID]) -> list[Json]:
    return [{"reference": f"{kind}/{each}", "type": kind} for each in ids]


def code_of(system: CodeSystem[Code], concept: Mapping[str, Any] | None, faults: Faults, at: str) -> Code | None:
    """The term that a CodeableConcept names in this system, None for none; a fault for a code it does not have."""
    try:
        return system.read(concept)
    except UnknownCode as error:
        faults.add("code-unknown", str(error), at, code="code-invalid")
        return None


def day_of(text: str, faults: Faults, at: str) -> date | None:
    """The day, in London, of a date, dateTime or instant; a fault for one that does not name a day."""
    is_day = _DAY.fullmatch(text) is not None
    try:
        instant = datetime.fromisoformat(text.replace(":60", ":59"))  # FHIR has leap seconds, Python has none
    except ValueError:
        instant = None
    if instant is None or (instant.tzinfo is None and not is_day):
        faults.add("date-partial", "this must name a day, not a month or a year alone", at)
        return None
    if not EARLIEST < instant.year < LATEST:
        faults.add("date-out-of-range", f"the year must lie between {EARLIEST} and {LATEST}", at)
        return None
    return instant.date() if is_day else london_day(instant)
