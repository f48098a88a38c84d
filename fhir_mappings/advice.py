"""Advice <-> a Composition with sections on needs, outcomes and provision, and DocumentReferences.

Structured advice refers from its sections to Condition, Goal and CarePlan (or ServiceRequest). A section that has only
text gives an item for each line of it. What a section says beyond those is kept as a plain-text document: nothing that
a professional wrote is dropped. A DocumentReference alone is advice as well.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from fhir_mappings import narrative
from fhir_mappings.assertion import is_asserted
from fhir_mappings.code_system import UnknownCode
from fhir_mappings.document import document_id, read_document_reference, to_document_reference
from fhir_mappings.elements import compact, concept_text, day_of, instant_text, organisation_reference
from fhir_mappings.narrative import to_narrative
from fhir_mappings.outcome import Faults
from fhir_mappings.practitioner import read_authors, to_practitioner
from fhir_mappings.provision import read_care_plan, read_service_request, to_care_plan
from fhir_mappings.systems import ADVICE_KIND, ADVICE_SECTION, AdviceSection
from fhir_mappings.values import Advice, Body, Find, GivenAdvice, GivenDocument, Json, Located
from hub.law.s37_provision import Specified
from hub.law.vocabulary import AdviceKind

_STATUSES = {"Composition": frozenset({"final", "amended"}), "DocumentReference": frozenset({"current"})}
LONGEST_NAME = 200


# --- out


def to_composition(
    advice: Advice,
    *,
    id: UUID,  # noqa: A002  (FHIR's word)
    subject: Json,
    given_by: Body | None,
    received_at: datetime | None,
) -> Json:
    """The Composition of advice that the hub holds, with what it refers to contained in it. Advice never changes."""
    named = bool(advice.author or advice.registration)
    body = organisation_reference(given_by) if given_by else None
    contained = [to_practitioner(advice.author, advice.registration, id="author")] if named else []
    sections: list[Json] = []
    for resources, section, items in _sections(advice, subject):
        contained += resources
        sections.append(_section(section, [f"#{each['id']}" for each in resources], items))
    if advice.documents:
        references = [f"DocumentReference/{document_id(id, each)}" for each in advice.documents]
        titles = [each.title for each in advice.documents]
        sections.append(_section(AdviceSection.DOCUMENTS, references, titles))
    return compact(
        {
            "resourceType": "Composition",
            "id": str(id),
            "meta": compact({"versionId": "1", "lastUpdated": instant_text(received_at) if received_at else None}),
            "contained": contained,
            "status": "final",
            "type": {"coding": [ADVICE_KIND.coding(advice.kind)]},
            "subject": subject,
            "date": advice.given_on.isoformat(),
            "author": [{"reference": "#author"}] if named else [body or {"display": "not recorded"}],
            "title": ADVICE_KIND.display(advice.kind),
            "custodian": body,
            "section": sections,
        }
    )


def to_document_references(
    advice: Advice,
    *,
    id: UUID,  # noqa: A002  (FHIR's word)
    subject: Json,
    given_by: Body | None,
    received_at: datetime | None,
    inline: bool = False,
) -> list[Json]:
    """A DocumentReference for each document of the advice."""
    author = organisation_reference(given_by) if given_by else {"display": "not recorded"}
    return [
        to_document_reference(
            each,
            id=document_id(id, each),
            type_={"coding": [ADVICE_KIND.coding(advice.kind)]},
            subject=subject,
            author=author,
            given_on=advice.given_on,
            received_at=received_at,
            inline=inline,
        )
        for each in advice.documents
    ]


def _sections(advice: Advice, subject: Json) -> Iterator[tuple[list[Json], AdviceSection, Sequence[str]]]:
    if advice.needs:
        conditions = [_condition(text, place, subject) for place, text in enumerate(advice.needs, 1)]
        yield conditions, AdviceSection.NEEDS, advice.needs
    if advice.outcomes:
        goals = [_goal(text, place, subject) for place, text in enumerate(advice.outcomes, 1)]
        yield goals, AdviceSection.OUTCOMES, advice.outcomes
    if advice.provision:
        plan = to_care_plan(advice.provision, id="provision", subject=subject)
        yield [plan], AdviceSection.PROVISION, [each.description for each in advice.provision]


def _section(section: AdviceSection, references: Sequence[str], items: Sequence[str]) -> Json:
    return {
        "title": ADVICE_SECTION.display(section),
        "code": {"coding": [ADVICE_SECTION.coding(section)]},
        "text": to_narrative(items),
        "entry": [{"reference": each} for each in references],
    }


def _condition(text: str, place: int, subject: Json) -> Json:
    return {"resourceType": "Condition", "id": f"need-{place}", "code": {"text": text}, "subject": subject}


def _goal(text: str, place: int, subject: Json) -> Json:
    said = {"lifecycleStatus": "proposed", "description": {"text": text}, "subject": subject}
    return {"resourceType": "Goal", "id": f"outcome-{place}", **said}


# --- in


@dataclass(slots=True)
class _Reading:
    """What has been read of a Composition so far."""

    find: Find
    faults: Faults
    needs: list[str] = field(default_factory=list[str])
    outcomes: list[str] = field(default_factory=list[str])
    provision: list[Specified] = field(default_factory=list[Specified])
    documents: list[GivenDocument] = field(default_factory=list[GivenDocument])
    attached: set[str] = field(default_factory=set[str])
    """Where the DocumentReferences stand that a section has led to."""

    def document(self, reference: Located) -> None:
        if reference.at not in self.attached:
            self.attached.add(reference.at)
            _check_status(reference, self.faults)
            self.documents += read_document_reference(reference, self.find, self.faults)


def read_advice(
    composition: Located | None, documents: Sequence[Located], *, find: Find, faults: Faults
) -> GivenAdvice | None:
    """The advice that a Composition and DocumentReferences make together; None where something is wrong."""
    first = composition or (documents[0] if documents else None)
    if first is None:
        return None
    reading = _Reading(find, faults)
    if composition is not None:
        _check_status(composition, faults)
        _read_beyond(composition.resource, composition.resource.get("title"), reading, composition.at, structured=True)
        for place, section in enumerate(composition.resource.get("section", ())):
            _read_section(section, None, reading, composition, f"{composition.at}.section[{place}]")
    for each in documents:
        reading.document(each)
    kind = _kind(first, faults)
    author, registration = read_authors(first.resource.get("author", ()), find, first)
    for text, name in ((author, "author"), (registration, "author")):
        if text and len(text) > LONGEST_NAME:
            message = f"names and registrations have at most {LONGEST_NAME} characters"
            faults.add("text-too-long", message, f"{first.at}.{name}", code="too-long")
    given_on = _given_on(first, faults)
    if given_on is None:
        return None
    return GivenAdvice(
        kind,
        given_on,
        author,
        registration,
        tuple(reading.needs),
        tuple(reading.outcomes),
        tuple(reading.provision),
        tuple(dict.fromkeys(reading.documents)),
    )


def _check_status(located: Located, faults: Faults) -> None:
    if located.resource.get("status") not in _STATUSES[located.type]:
        wanted = " or ".join(sorted(_STATUSES[located.type]))
        faults.add("advice-not-final", f"advice is {wanted}", f"{located.at}.status", code="business-rule")


def _kind(located: Located, faults: Faults) -> AdviceKind:
    """What the hub's code says; without one, advice that comes by FHIR is a health care professional's."""
    try:
        return ADVICE_KIND.read(located.resource.get("type")) or AdviceKind.MEDICAL
    except UnknownCode as error:
        faults.add("code-unknown", str(error), f"{located.at}.type.coding", code="code-invalid")
        return AdviceKind.MEDICAL


def _given_on(located: Located, faults: Faults) -> date | None:
    if "date" in located.resource:
        return day_of(located.resource["date"], faults, f"{located.at}.date")
    for place, content in enumerate(located.resource.get("content", ())):
        if "creation" in content.get("attachment", {}):
            at = f"{located.at}.content[{place}].attachment.creation"
            return day_of(content["attachment"]["creation"], faults, at)
    faults.add("advice-date-missing", "advice says on which day it was given", f"{located.at}.date", code="required")
    return None


def _read_section(
    section: Json, inherited: AdviceSection | None, reading: _Reading, composition: Located, at: str
) -> None:
    try:
        kind = ADVICE_SECTION.read(section.get("code")) or inherited
    except UnknownCode as error:
        reading.faults.add("code-unknown", str(error), f"{at}.code.coding", code="code-invalid")
        return
    entries = [found for each in section.get("entry", ()) if (found := reading.find(each, composition)) is not None]
    for found in entries:
        _read_entry(found, reading, at)
    if kind in {AdviceSection.NEEDS, AdviceSection.OUTCOMES, AdviceSection.PROVISION} and not entries:
        _read_lines(section, kind, reading)
    elif kind is not AdviceSection.DOCUMENTS:
        _read_beyond(section, section.get("title"), reading, at, structured=bool(entries))
    for place, inner in enumerate(section.get("section", ())):
        _read_section(inner, kind, reading, composition, f"{at}.section[{place}]")


def _read_lines(section: Json, kind: AdviceSection | None, reading: _Reading) -> None:
    lines = _texts(section.get("text"))
    match kind:
        case AdviceSection.NEEDS:
            reading.needs += lines
        case AdviceSection.OUTCOMES:
            reading.outcomes += lines
        case _:
            reading.provision += [Specified(line) for line in lines]


def _read_beyond(part: Json, title: str | None, reading: _Reading, at: str, *, structured: bool) -> None:
    """Keep as a document what a text says beside the structure, unless it says that it only repeats it."""
    text = part.get("text")
    if not text or (structured and text.get("status") == "generated"):
        return
    lines = _texts(text)
    if lines:
        reading.documents.append(GivenDocument(title or "Text", "text/plain; charset=utf-8", "\n".join(lines).encode()))


def _texts(text: Json | None) -> list[str]:
    """The lines of a Narrative. One that is not fit to be read has been refused where what came was checked."""
    try:
        return narrative.texts(text["div"]) if text else []
    except narrative.BadNarrative:
        return []


def _read_entry(found: Located, reading: _Reading, at: str) -> None:
    if found.type in {"Condition", "Goal"} and not is_asserted(found.type, found.resource, reading.faults, found.at):
        return
    match found.type:
        case "Condition":
            _words(concept_text(found.resource.get("code")), reading.needs, reading.faults, f"{found.at}.code")
        case "Goal":
            described = concept_text(found.resource.get("description"))
            _words(described, reading.outcomes, reading.faults, f"{found.at}.description")
        case "CarePlan":
            reading.provision += read_care_plan(found, reading.find, reading.faults)
        case "ServiceRequest":
            reading.provision += read_service_request(found, reading.faults)
        case "DocumentReference":
            reading.document(found)
        case _:
            message = "a section leads to Condition, Goal, CarePlan, ServiceRequest or DocumentReference"
            reading.faults.add("section-entry", message, at, code="not-supported")


def _words(text: str | None, into: list[str], faults: Faults, at: str) -> None:
    if text:
        into.append(text)
    else:
        faults.add("words-missing", "a need or an outcome is said in words: a text or a display", at, code="required")
