"""The author of advice: name and professional registration <-> Practitioner (GMC, NMC or HCPC number)."""

import re
from collections.abc import Iterable

from fhir_mappings import codings, identifiers
from fhir_mappings.elements import compact, token
from fhir_mappings.values import Find, Json, Located

_KNOWN = {prefix: system for system, prefix in identifiers.REGISTERS.items()}
_REGISTRATION = re.compile(rf"({'|'.join(_KNOWN)}) (\S+)")


def to_practitioner(name: str | None, registration: str | None, *, id: str) -> Json:  # noqa: A002  (FHIR's word)
    """A Practitioner; a registration that names no register known here is kept without a system."""
    identifier: Json | None = None
    if registration:
        match = _REGISTRATION.fullmatch(registration)
        known = {"system": _KNOWN[match[1]], "value": match[2]} if match else None
        identifier = known or {"value": registration}
    return compact(
        {
            "resourceType": "Practitioner",
            "id": id,
            "identifier": [identifier] if identifier else None,
            "name": [{"text": name}] if name else None,
        }
    )


def to_practitioner_role(*, id: str, practitioner: str, body: Json | None) -> Json:  # noqa: A002  (FHIR's word)
    """That the author of advice gave it for a body. `body` is a Reference."""
    return compact(
        {
            "resourceType": "PractitionerRole",
            "id": id,
            "practitioner": {"reference": f"Practitioner/{practitioner}", "type": "Practitioner"},
            "organization": body,
            "code": [{"coding": [codings.ADVISER]}],
        }
    )


def read_authors(references: Iterable[Json], find: Find, within: Located) -> tuple[str | None, str | None]:
    """Name and registration of the people among the authors; of several, all of them."""
    people = [_read_author(each, find, within) for each in references]
    names = [name for name, _ in people if name]
    registrations = [registration for _, registration in people if registration]
    return "; ".join(names) or None, "; ".join(registrations) or None


def _read_author(reference: Json, find: Find, within: Located) -> tuple[str | None, str | None]:
    found = find(reference, within)
    if found is not None and found.type == "PractitionerRole":
        reference = found.resource.get("practitioner", {})
        found = find(reference, found)
    if found is not None:
        if found.type != "Practitioner":
            return None, None
        person = found.resource
        return _name(person) or reference.get("display"), _registration(person.get("identifier", ()))
    if reference.get("type") == "Organization" or _is_body(reference):
        return None, None
    return reference.get("display"), _registration([reference.get("identifier", {})])


def _is_body(reference: Json) -> bool:
    identified = token(reference.get("identifier"))
    return identified is not None and identified[0] in {identifiers.ODS_CODE, identifiers.LA_CODE, identifiers.URN}


def _name(practitioner: Json) -> str | None:
    for name in practitioner.get("name", ()):
        parts = [*name.get("prefix", ()), *name.get("given", ()), name.get("family")]
        text = name.get("text") or " ".join(part for part in parts if part)
        if text:
            return str(text)
    return None


def _registration(said: Iterable[Json]) -> str | None:
    found = {token(each) or ("", each.get("value")) for each in said if each.get("value")}
    known = {system: value for system, value in found if system in identifiers.REGISTERS}
    for system, prefix in identifiers.REGISTERS.items():
        if system in known:
            return f"{prefix} {known[system]}"
    bare = [value for system, value in found if not system]
    return bare[0] if bare else None
