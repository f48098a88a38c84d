"""A child, as far as the caller may know who it is <-> Patient (UK Core: NHS number with its verification status)."""

from collections.abc import Iterator

from fhir_mappings import systems
from fhir_mappings.elements import compact, token
from fhir_mappings.values import Child, Json


def to_patient(child: Child) -> Json:
    """The Patient. Address, contacts and everything else that an asked body need not know are not in it."""
    return {
        "resourceType": "Patient",
        "id": str(child.id),
        "meta": {"versionId": str(child.version)},
        **compact({"identifier": _identifiers(child)}),
        "name": [compact({"use": "official", "family": child.family_name, "given": [*child.given_names]})],
        "gender": systems.GENDER[child.sex],
        "birthDate": child.date_of_birth.isoformat(),
    }


def _identifiers(child: Child) -> list[Json]:
    identifiers: list[Json] = []
    if child.nhs_number:
        number: Json = {"system": systems.NHS_NUMBER, "value": child.nhs_number}
        if child.nhs_number_status:
            status = {"coding": [systems.NHS_NUMBER_STATUS.coding(child.nhs_number_status)]}
            number["extension"] = [{"url": systems.NHS_NUMBER_STATUS_EXTENSION, "valueCodeableConcept": status}]
        identifiers.append(number)
    if child.upn:
        identifiers.append({"system": systems.UPN, "value": child.upn})
    return identifiers


def nhs_numbers(patient: Json) -> Iterator[str]:
    """The NHS numbers that a Patient says it has."""
    for identifier in patient.get("identifier", ()):
        match token(identifier):
            case (systems.NHS_NUMBER, number):
                yield number
            case _:
                pass
