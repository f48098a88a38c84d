"""Who is around a child: contacts <-> RelatedPerson, consent <-> Consent, a restricted record -> Flag.

Whether somebody has parental responsibility, and that an address is kept back, have no element in FHIR: they travel in
send-contact. An address that is kept from its reader is not in the resource, which says that it is masked.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from fhir_mappings import codings, profiles, systems
from fhir_mappings.elements import code_of, compact, day_of, first, id_of, masked, subject_reference
from fhir_mappings.extension import Piece, coded, dated, find_extension, flagged, read_pieces, written
from fhir_mappings.outcome import Faults
from fhir_mappings.values import Child, Json, Located
from hub.law.reg17_consent import CapacityBasis, ConsentGiver
from hub.law.reg17_disclosure import Part, Purpose


@dataclass(frozen=True, slots=True)
class Contact:
    """A parent, carer or other contact; the relationship in words."""

    id: UUID
    name: str
    relationship: str
    parental_responsibility: bool | None = None
    telephone: str | None = None
    email: str | None = None
    address: str | None = None
    address_withheld: bool = False


@dataclass(frozen=True, slots=True)
class Given:
    """Consent to disclosure (SEND Regs 2014 reg. 17(1) to (3)). `recipients` are References."""

    id: UUID
    given_by: str
    giver: ConsentGiver
    basis: CapacityBasis
    parts: tuple[Part, ...]
    purposes: tuple[Purpose, ...]
    recipients: tuple[Json, ...]
    given_on: date
    while_providing: bool = False
    ends_on: date | None = None
    withdrawn_on: date | None = None


CONTACT_PIECES: Sequence[Piece] = (
    flagged("parentalResponsibility", "parental_responsibility"),
    flagged("addressWithheld", "address_withheld"),
)
CONSENT_PIECES: Sequence[Piece] = (
    coded("giver", "giver", systems.CONSENT_GIVER),
    coded("capacityBasis", "basis", systems.CAPACITY_BASIS),
    flagged("whileProviding", "while_providing"),
    dated("withdrawn", "withdrawn_on"),
)
_SCOPE = {"system": "http://terminology.hl7.org/CodeSystem/consentscope", "code": "patient-privacy"}
_INFORMATION_ACCESS = {
    "system": "http://terminology.hl7.org/CodeSystem/v3-ActCode",
    "code": "INFA",
    "display": "information access",
}
_RECIPIENT = {"system": "http://terminology.hl7.org/CodeSystem/v3-ParticipationType", "code": "IRCP"}
POLICY = "https://www.legislation.gov.uk/uksi/2014/1530/regulation/17"
_TELECOM = {"phone": "telephone", "email": "email"}


def to_related_person(contact: Contact, *, child: Child | None) -> Json:
    telecom = [
        {"system": kind, "value": getattr(contact, attribute)}
        for kind, attribute in _TELECOM.items()
        if getattr(contact, attribute)
    ]
    kept_back = contact.address_withheld and contact.address is None
    address = masked({}) if kept_back else compact({"text": contact.address})
    return compact(
        {
            "resourceType": "RelatedPerson",
            "id": str(contact.id),
            "extension": [{"url": profiles.CONTACT_EXTENSION, "extension": written(contact, CONTACT_PIECES)}],
            "patient": subject_reference(child),
            "relationship": [{"text": contact.relationship}],
            "name": [{"text": contact.name}],
            "telecom": telecom,
            "address": [address] if address else None,
        }
    )


def read_related_person(located: Located, faults: Faults) -> Contact | None:
    """The contact that a RelatedPerson tells; None where something is wrong."""
    person = located.resource
    said = read_pieces(find_extension(person, profiles.CONTACT_EXTENSION), CONTACT_PIECES, faults, located.at)
    reached = {_TELECOM.get(each.get("system", "")): each.get("value") for each in person.get("telecom", ())}
    name, relationship = first(person, "name").get("text"), first(person, "relationship").get("text")
    id_ = id_of(located, faults)
    if not name or not relationship or id_ is None:
        message = "a contact has a name and a relationship, both in words"
        faults.add("contact", message, located.at, code="required")
        return None
    return Contact(
        id_,
        name,
        relationship,
        telephone=reached.get("telephone"),
        email=reached.get("email"),
        address=first(person, "address").get("text"),
        **said,
    )


def to_consent(given: Given, *, child: Child | None, authority: Json, on: date) -> Json:
    """The Consent, as it stands on a day. `authority` is a Reference to the body that keeps it."""
    over = (given.withdrawn_on is not None and given.withdrawn_on <= on) or (
        given.ends_on is not None and given.ends_on < on
    )
    return {
        "resourceType": "Consent",
        "id": str(given.id),
        "extension": [{"url": profiles.CONSENT_EXTENSION, "extension": written(given, CONSENT_PIECES)}],
        "status": "inactive" if over else "active",
        "scope": {"coding": [_SCOPE]},
        "category": [{"coding": [_INFORMATION_ACCESS]}],
        "patient": subject_reference(child),
        "dateTime": given.given_on.isoformat(),
        "performer": [{"display": given.given_by}],
        "organization": [authority],
        "policy": [{"uri": POLICY}],
        "provision": compact(
            {
                "type": "permit",
                "period": compact(
                    {
                        "start": given.given_on.isoformat(),
                        "end": given.ends_on.isoformat() if given.ends_on else None,
                    }
                ),
                "actor": [{"role": {"coding": [_RECIPIENT]}, "reference": each} for each in given.recipients],
                "purpose": [systems.PURPOSE.coding(each) for each in given.purposes],
                "code": [{"coding": [systems.PART.coding(each)]} for each in given.parts],
            }
        ),
    }


def read_consent(located: Located, faults: Faults) -> Given | None:
    """The consent that a Consent tells; None where something is wrong."""
    consent, at = located.resource, located.at
    before = len(faults.issues)
    said = read_pieces(find_extension(consent, profiles.CONSENT_EXTENSION), CONSENT_PIECES, faults, at)
    provision: Json = consent.get("provision", {})
    purposes = [
        code_of(systems.PURPOSE, {"coding": [each]}, faults, f"{at}.provision.purpose")
        for each in provision.get("purpose", ())
    ]
    parts = [code_of(systems.PART, each, faults, f"{at}.provision.code") for each in provision.get("code", ())]
    given_on = day_of(consent.get("dateTime", ""), faults, f"{at}.dateTime")
    ends = provision.get("period", {}).get("end")
    ends_on = day_of(ends, faults, f"{at}.provision.period.end") if ends else None
    given_by, id_ = first(consent, "performer").get("display"), id_of(located, faults)
    if not given_by or not {"giver", "basis"} <= said.keys() or not parts or not purposes:
        message = "a consent says who gave it, as what and why, to what and for which purposes"
        faults.add("consent", message, at, code="required")
        return None
    if id_ is None or given_on is None or len(faults.issues) > before:
        return None
    return Given(
        id=id_,
        given_by=given_by,
        parts=tuple(each for each in parts if each is not None),
        purposes=tuple(each for each in purposes if each is not None),
        recipients=tuple(each["reference"] for each in provision.get("actor", ()) if "reference" in each),
        given_on=given_on,
        ends_on=ends_on,
        **said,
    )


def to_flag(child_id: UUID, *, child: Child | None) -> Json:
    """That the record of a child is restricted. It says nothing of where the child is."""
    return {
        "resourceType": "Flag",
        "id": str(child_id),
        "meta": {"security": [codings.RESTRICTED]},
        "status": "active",
        "code": {"coding": [codings.RESTRICTED_FLAG]},
        "subject": subject_reference(child),
    }
