"""GET Task?... and POST Task/_search: http://hl7.org/fhir/R4/http.html#search

By POST, so that an NHS number stands in no address. What a body's own system finds here, it has received.
"""

from datetime import datetime
from urllib.parse import parse_qsl
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from adapters.nhs_fhir.exchange import check_content_type, fhir_response, prefers, read_body
from adapters.nhs_fhir.face import Face, must_grant
from adapters.nhs_fhir.page import Ids, Page
from adapters.nhs_fhir.record import Loaded, Showing, asking, retrieve
from adapters.nhs_fhir.search_parameters import INCLUDES, TaskSearch, Token, read_search
from fhir_mappings import systems
from fhir_mappings.outcome import BadInput, Issue, operation_outcome
from fhir_mappings.patient import to_patient
from fhir_mappings.values import Json
from hub.actions.transaction import Transaction
from hub.audit import Operation
from hub.db import queries
from hub.law.caller import Caller
from hub.law.interpretation import InvalidIdentifier, check_nhs_number
from hub.law.reg17_disclosure import Part

_MOST_FORM_BYTES = 64 * 1024
_MOST_PARAMETERS = 50


async def search_tasks(face: Face, request: Request, caller: Caller) -> Response:
    """A searchset of the Tasks that the caller may see, oldest first, with a next link where there are more."""
    must_grant(caller, "Task", "s")
    search = read_search(await _parameters(request), lenient=prefers(request, "handling=lenient"))
    for each in search.includes:
        must_grant(caller, INCLUDES[each], "r")
    async with face.transactions.begin(caller) as tx:
        page = await _page(tx, search)
        places = await queries.request_ids(
            tx.connection, asking(tx), page.wanted, after=search.after, most=search.count + 1
        )
        loaded = await retrieve(tx, [request_id for _, request_id in places[: search.count]])
        showing = Showing()
        for each in loaded:
            showing.note(each.child, Part.COOPERATION, Part.IDENTITY)
        await showing.store(tx, Operation("fhir:Task.search", f"Task?{'&'.join(sorted(set(search.used)))}"))
    last = places[search.count - 1] if len(places) > search.count else None
    return fhir_response(_searchset(face.base, loaded, page, last))


async def _parameters(request: Request) -> list[tuple[str, str]]:
    pairs = list(request.query_params.multi_items())
    if request.method == "POST":
        check_content_type(request, form=True)
        body = await read_body(request, most=_MOST_FORM_BYTES)
        try:
            pairs += parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=_MOST_PARAMETERS)
        except ValueError as error:
            raise BadInput(Issue("form", "the body is not a form", code="structure", status=400)) from error
    return pairs


async def _page(tx: Transaction, search: TaskSearch) -> Page:
    owners, requesters = await _bodies(tx, search.owner), await _bodies(tx, search.requester)
    return Page(search, owners, requesters, await _children(tx, search.patient))


async def _bodies(tx: Transaction, asked: Token | Ids) -> Ids:
    """The bodies that a code names: where it stands alone, an ODS code or an LA code."""
    if not isinstance(asked, Token):
        return asked
    ods = asked.code if asked.system in {None, systems.ODS_CODE} else None
    la = asked.code if asked.system in {None, systems.LA_CODE} else None
    found = [
        await queries.organisation_by_code(tx.connection, ods_code=ods) if ods else None,
        await queries.organisation_by_code(tx.connection, la_code=la) if la else None,
    ]
    return tuple(each.id for each in found if each is not None)


async def _children(tx: Transaction, asked: Token | Ids) -> Ids:
    if not isinstance(asked, Token):
        return asked
    if asked.system not in {None, systems.NHS_NUMBER}:
        raise BadInput(Issue("parameter-value", "a child is found by NHS number", code="not-supported", status=400))
    try:
        number = check_nhs_number(asked.code)
    except InvalidIdentifier as error:
        raise BadInput(Issue(error.rule, error.message)) from error
    return tuple(each.id for each in await queries.children_by_nhs_number(tx.connection, asking(tx), number))


def _searchset(base: str, loaded: list[Loaded], page: Page, last: tuple[datetime, UUID] | None) -> Json:
    """The Bundle; `last` is the place of its last Task where more follow."""
    links = [{"relation": "self", "url": page.link(base, after=page.search.after)}]
    if last is not None:
        links.append({"relation": "next", "url": page.link(base, after=last)})
    entries = [_found(base, each.task(), "match") for each in loaded]
    entries += _included(base, loaded, page.search)
    if page.search.ignored:
        message = f"{len(page.search.ignored)} parameters that are not known here were ignored"
        issue = Issue("parameter-unknown", message, code="not-supported", severity="warning")
        entries.append({"resource": operation_outcome([issue]), "search": {"mode": "outcome"}})
    searchset: Json = {"resourceType": "Bundle", "type": "searchset", "link": links}
    if last is None and page.search.after is None:
        searchset["total"] = len(loaded)
    return searchset | ({"entry": entries} if entries else {})


def _included(base: str, loaded: list[Loaded], search: TaskSearch) -> list[Json]:
    kinds = {INCLUDES[each] for each in search.includes}
    included: dict[tuple[str, str], Json] = {}
    for each in loaded:
        if "ServiceRequest" in kinds:
            asked = each.service_request()
            included["ServiceRequest", asked["id"]] = asked
        if "Patient" in kinds and each.known_child is not None:
            included["Patient", str(each.child.id)] = to_patient(each.known_child)
    return [_found(base, resource, "include") for resource in included.values()]


def _found(base: str, resource: Json, mode: str) -> Json:
    full_url = f"{base}/{resource['resourceType']}/{resource['id']}"
    return {"fullUrl": full_url, "resource": resource, "search": {"mode": mode}}
