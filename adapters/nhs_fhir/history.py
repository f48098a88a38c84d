"""GET [type]/[id]/_history and GET [type]/[id]/_history/[vid]: http://hl7.org/fhir/R4/http.html#history

Of a request every version that the record tells; of what never changes its one version; of everything else the version
that stands. Each is shown as everything is: as far as it is open to the caller today.
"""

from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from adapters.nhs_fhir.exchange import etag, fhir_response
from adapters.nhs_fhir.face import Face, Interaction, must_grant, must_have
from adapters.nhs_fhir.record import Showing
from adapters.nhs_fhir.showing import Readable, Wanted, complete
from fhir_mappings.outcome import BadInput, Faults, Issue
from fhir_mappings.values import Json
from hub.audit import Operation
from hub.errors import not_found
from hub.law.caller import Caller

_MOST = 100
_PARAMETERS = ("_since", "_count", "_cursor", "_format")


def history(readable: Readable) -> Interaction:
    """The interaction that lists the versions of one resource, the newest first."""

    async def listed(face: Face, request: Request, caller: Caller) -> Response:
        must_grant(caller, readable.scope, "r")
        must_have(caller, readable.also)
        since, count, skipped = _asked(request)
        id_ = request.path_params["id"]
        versions = await _versions(face, caller, readable, id_, f"fhir:{readable.type}.history")
        later = [each for each in versions if since is None or _changed(each) is None or _changed(each) > since]
        page, path = later[skipped : skipped + count], f"{face.base}/{readable.type}/{id_}"
        links = [{"relation": "self", "url": f"{path}/_history"}]
        if skipped + count < len(later):
            links.append({"relation": "next", "url": _next(request, path, count, skipped + count)})
        bundle: Json = {"resourceType": "Bundle", "type": "history", "total": len(later), "link": links}
        entries = [_entry(each, path, is_first=each is versions[-1]) for each in page]
        return fhir_response(bundle | ({"entry": entries} if entries else {}))

    return listed


def version_reading(readable: Readable) -> Interaction:
    """The interaction that reads one version. http://hl7.org/fhir/R4/http.html#vread"""

    async def read_version(face: Face, request: Request, caller: Caller) -> Response:
        must_grant(caller, readable.scope, "r")
        must_have(caller, readable.also)
        versions = await _versions(face, caller, readable, request.path_params["id"], f"fhir:{readable.type}.vread")
        for each in versions:
            if each["meta"]["versionId"] == request.path_params["version"]:
                return fhir_response(each, headers={"ETag": etag(each["meta"]["versionId"])})
        raise not_found(f"version of this {readable.type}")

    return read_version


async def _versions(face: Face, caller: Caller, readable: Readable, id_: str, operation: str) -> list[Json]:
    """The versions of one resource, the newest first, noted as shown. Raises `Problem` NOT_FOUND."""
    async with face.transactions.begin(caller) as tx:
        wanted = Wanted((id_,), count=1, log=face.log)
        page = await (readable.versions or readable.load)(tx, wanted)
        if not page.shown:
            raise not_found(readable.type)
        showing = Showing()
        showing.note_all(page.shown)
        await showing.store(tx, Operation(operation, f"GET {readable.type}/[id]/_history"))
    return [complete(each) for each in page.shown]


def _asked(request: Request) -> tuple[datetime | None, int, int]:
    """From when, how many, and how many have been read before. Raises `BadInput` (400)."""
    asked, faults = request.query_params, Faults()
    for name in asked:
        if name not in _PARAMETERS:
            message = "a history knows _since and _count"
            faults.add("parameter-unknown", message, code="not-supported", status=400)
    faults.check()
    try:
        since = datetime.fromisoformat(asked["_since"].replace(" ", "+")) if "_since" in asked else None
        count, skipped = int(asked.get("_count", _MOST)), int(asked.get("_cursor", 0))
        if (since is not None and since.tzinfo is None) or count < 1 or skipped < 0:
            raise ValueError("out of range")
    except ValueError as error:
        message = "_since is a moment with its time zone, and _count a whole number from 1"
        raise BadInput(Issue("parameter-value", message, status=400)) from error
    return since, min(count, _MOST), skipped


def _changed(resource: Json) -> Any:
    said = resource["meta"].get("lastUpdated")
    return datetime.fromisoformat(said) if said else None


def _next(request: Request, path: str, count: int, skipped: int) -> str:
    return f"{path}/_history?{request.url.include_query_params(_count=count, _cursor=skipped).query}"


def _entry(resource: Json, path: str, *, is_first: bool) -> Json:
    """What was done to make this version: created, or changed."""
    said, version = resource["meta"].get("lastUpdated"), resource["meta"]["versionId"]
    done = ("POST", resource["resourceType"], "201") if is_first else ("PUT", path.rpartition("/R4/")[2], "200")
    response: Json = {"status": done[2], "etag": etag(version)} | ({"lastModified": said} if said else {})
    return {
        "fullUrl": path,
        "resource": resource,
        "request": {"method": done[0], "url": done[1]},
        "response": response,
    }
