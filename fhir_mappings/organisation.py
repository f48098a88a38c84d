"""A body <-> Organization: known by its ODS code, local authority code or establishment number."""

from collections.abc import Mapping
from types import MappingProxyType
from uuid import UUID

from fhir_mappings import identifiers, systems
from fhir_mappings.elements import code_of, compact, first, token
from fhir_mappings.outcome import Faults
from fhir_mappings.values import Body, GivenBody, Json, Located
from hub.law.vocabulary import OrganisationKind

_CODES: Mapping[str, str] = MappingProxyType(
    {identifiers.ODS_CODE: "ods_code", identifiers.LA_CODE: "la_code", identifiers.URN: "urn"}
)


def to_organization(body: Body, *, id: UUID, kind: OrganisationKind, active: bool) -> Json:  # noqa: A002  (FHIR's)
    """The Organization; `active`: whether the body is in force today."""
    codes = {system: getattr(body, attribute) for system, attribute in _CODES.items()}
    return {
        "resourceType": "Organization",
        "id": str(id),
        **compact({"identifier": [{"system": system, "value": code} for system, code in codes.items() if code]}),
        "active": active,
        "type": [{"coding": [systems.ORGANISATION_KIND.coding(kind)]}],
        "name": body.name,
    }


def read_organization(located: Located, faults: Faults) -> GivenBody | None:
    """The body that an Organization tells; None where something is wrong."""
    organization, at = located.resource, located.at
    kind = code_of(systems.ORGANISATION_KIND, first(organization, "type"), faults, f"{at}.type")
    known = [token(each) for each in organization.get("identifier", ())]
    codes = {_CODES[each[0]]: each[1] for each in known if each is not None and each[0] in _CODES}
    if kind is None or not codes or not organization.get("name"):
        message = "a body has a name, a type and an ODS code, a local authority code or an establishment number"
        faults.add("organization", message, at, code="required")
        return None
    return GivenBody(organization["name"], kind, **codes)
