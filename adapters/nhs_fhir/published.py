"""GET CodeSystem, ValueSet, NamingSystem, StructureDefinition, and ValueSet/$expand: the hub's implementation guide.

http://hl7.org/fhir/R4/terminology-service.html. Public, as metadata is: there is nothing of anybody in it.
"""

from collections.abc import Awaitable, Callable
from functools import cache

from starlette.requests import Request
from starlette.responses import Response

from adapters.nhs_fhir.exchange import etag, fhir_response
from adapters.nhs_fhir.face import Face
from fhir_mappings import guide
from fhir_mappings.elements import instant_text
from fhir_mappings.outcome import BadInput, Issue
from fhir_mappings.values import Json
from hub.errors import not_found

Public = Callable[[Face, Request], Awaitable[Response]]

PARAMETERS = ("_id", "url", "name", "status")
_IGNORED = frozenset({"_format", "_count"})


@cache
def _published(kind: str) -> dict[str, Json]:
    found: list[Json] = guide.PUBLISHED_TYPES[kind]()
    return {each["id"]: each | {"meta": {"versionId": "1"}} for each in found}


def reading(kind: str) -> Public:
    """The interaction that reads one of this type."""

    async def read(face: Face, request: Request) -> Response:
        del face
        return fhir_response(_one(kind, request.path_params["id"]), headers={"ETag": etag("1")})

    return read


def searching(kind: str) -> Public:
    """The interaction that searches among those of this type."""

    async def search(face: Face, request: Request) -> Response:
        asked = dict(request.query_params)
        if unknown := asked.keys() - {*PARAMETERS, *_IGNORED}:
            message = f"{len(unknown)} of the parameters are not known here: see metadata"
            raise BadInput(Issue("parameter-unknown", message, code="not-supported", status=400))
        found = [each for each in _published(kind).values() if _matches(each, asked)]
        entries = [
            {"fullUrl": f"{face.base}/{kind}/{each['id']}", "resource": each, "search": {"mode": "match"}}
            for each in found
        ]
        links = [{"relation": "self", "url": f"{face.base}/{kind}"}]
        bundle: Json = {"resourceType": "Bundle", "type": "searchset", "total": len(found), "link": links}
        return fhir_response(bundle | ({"entry": entries} if entries else {}))

    return search


async def expand(face: Face, request: Request) -> Response:
    """A value set with all of its codes, by its id or its url. http://hl7.org/fhir/R4/valueset-operation-expand.html"""
    id_, url = request.path_params.get("id"), request.query_params.get("url")
    if id_ is None:
        id_ = next((each["id"] for each in _published("ValueSet").values() if each["url"] == url), "")
    at = instant_text(face.transactions.clock())
    return fhir_response(guide.expanded(_one("ValueSet", id_), at=at))


def _one(kind: str, id_: str) -> Json:
    found = _published(kind).get(id_)
    if found is None:
        raise not_found(kind)
    return found


def _matches(resource: Json, asked: dict[str, str]) -> bool:
    said = resource | {"_id": resource["id"]}
    return all(said.get(name) in asked[name].split(",") for name in PARAMETERS if name in asked)
