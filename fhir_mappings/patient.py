"""A child, as far as the caller may know who it is <-> Patient (UK Core: NHS number with its verification status)."""

from collections.abc import Iterable, Iterator
from typing import cast

from fhir_mappings import identifiers, profiles, systems
from fhir_mappings.code_system import UnknownCode
from fhir_mappings.elements import code_of, compact, day_of, token
from fhir_mappings.outcome import Faults
from fhir_mappings.told import ToldOtherwise, told_otherwise
from fhir_mappings.values import Child, GivenChild, Json, Located
from hub.law.vocabulary import NHSNumberStatus, Sex


def to_patient(child: Child, *, otherwise: Iterable[ToldOtherwise] = ()) -> Json:
    """The Patient, with what other sources say of a field, where that does not stand.

    Address, contacts and everything else that an asked body need not know are not in it.
    """
    return {
        "resourceType": "Patient",
        "id": str(child.id),
        "meta": {"versionId": str(child.version)},
        **compact({"extension": told_otherwise(otherwise), "identifier": _identifiers(child)}),
        "name": [compact({"use": "official", "family": child.family_name, "given": [*child.given_names]})],
        "gender": systems.GENDER[child.sex],
        "birthDate": child.date_of_birth.isoformat(),
    }


def _identifiers(child: Child) -> list[Json]:
    found: list[Json] = []
    if child.nhs_number:
        number: Json = {"system": identifiers.NHS_NUMBER, "value": child.nhs_number}
        if child.nhs_number_status:
            status = {"coding": [systems.NHS_NUMBER_STATUS.coding(child.nhs_number_status)]}
            number["extension"] = [{"url": profiles.NHS_NUMBER_STATUS_EXTENSION, "valueCodeableConcept": status}]
        found.append(number)
    if child.upn:
        found.append({"system": identifiers.UPN, "value": child.upn})
    return found


def nhs_numbers(patient: Json) -> Iterator[str]:
    """The NHS numbers that a Patient says it has."""
    for identifier in patient.get("identifier", ()):
        match token(identifier):
            case (identifiers.NHS_NUMBER, number):
                yield number
            case _:
                pass


_SEX = {code: sex for sex, code in systems.GENDER.items()} | {"other": Sex.UNKNOWN}  # a return knows no other


def read_patient(located: Located, faults: Faults) -> GivenChild | None:
    """Who the child is, as a Patient says; None where the name or the day of birth is missing."""
    patient, at = located.resource, located.at
    named = _official(patient.get("name", ()))
    family = named.get("family", "").strip()
    given = tuple(each for each in named.get("given", ()) if each)
    born_on = day_of(patient["birthDate"], faults, f"{at}.birthDate") if "birthDate" in patient else None
    if not family or not given:
        message = "a name with family and given names says who the child is"
        faults.add("patient-name", message, f"{at}.name", code="required")
    if "birthDate" not in patient:
        faults.add("patient-birth-date", "the day of birth says who the child is", f"{at}.birthDate", code="required")
    number, status = _nhs_number(patient, faults, at)
    if not family or not given or born_on is None:
        return None
    upn = next((each["value"] for each in _of_system(patient, identifiers.UPN)), None)
    postcodes = [each["postalCode"] for each in patient.get("address", ()) if each.get("postalCode")]
    sex = _SEX.get(patient.get("gender", "unknown"), Sex.UNKNOWN)
    return GivenChild(family, given, born_on, sex, number, status, upn, postcodes[0] if postcodes else None)


def _official(names: list[Json]) -> Json:
    """The official name; of a Patient without one, the usual, or the first that is not of the past."""
    for use in ("official", "usual"):
        for name in names:
            if name.get("use") == use:
                return name
    return next((name for name in names if name.get("use") not in {"old", "maiden", "nickname"}), cast("Json", {}))


def _nhs_number(patient: Json, faults: Faults, at: str) -> tuple[str | None, NHSNumberStatus | None]:
    """The NHS number with how far it is traced. Two different ones are a fault: which is meant is not guessed."""
    found = _of_system(patient, identifiers.NHS_NUMBER)
    if len({each["value"] for each in found}) > 1:
        faults.add("nhs-number-repeated", "a Patient has one NHS number", f"{at}.identifier", code="business-rule")
    for identifier in found:
        for extension in identifier.get("extension", ()):
            if extension.get("url") == profiles.NHS_NUMBER_STATUS_EXTENSION:
                concept, where = extension.get("valueCodeableConcept"), f"{at}.identifier.extension"
                return identifier["value"], _status(concept, faults, where)
    return (found[0]["value"], None) if found else (None, None)


def _status(concept: Json | None, faults: Faults, at: str) -> NHSNumberStatus | None:
    try:
        in_words = systems.NHS_NUMBER_STATUS_IN_WORDS.read(concept)
    except UnknownCode:
        in_words = None  # of the older system, what is not verified links nothing by itself
    return in_words or code_of(systems.NHS_NUMBER_STATUS, concept, faults, at)


def _of_system(patient: Json, system: str) -> list[Json]:
    return [each for each in patient.get("identifier", ()) if (token(each) or ("", ""))[0] == system]
