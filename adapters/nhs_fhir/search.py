"""GET [type]?... and POST [type]/_search: http://hl7.org/fhir/R4/http.html#search

By POST, so that an NHS number stands in no address. What a body's own system finds here, it has received.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from adapters.nhs_fhir.exchange import check_content_type, fhir_response, prefers, read_body
from adapters.nhs_fhir.face import Face, Interaction, must_grant, must_have
from adapters.nhs_fhir.readable import READABLE
from adapters.nhs_fhir.record import Showing, children_named
from adapters.nhs_fhir.search_parameters import Asked, Search, Token, cursor_of, read_search
from adapters.nhs_fhir.showing import IDENTIFIERS, NOBODY, Kind, Page, Readable, Shown, Wanted, complete
from fhir_mappings import identifiers
from fhir_mappings.elements import instant_text
from fhir_mappings.outcome import BadInput, Issue, operation_outcome
from fhir_mappings.values import Json
from hub.actions.transaction import Transaction
from hub.audit import Operation
from hub.db import queries
from hub.law.caller import Caller

_MOST_FORM_BYTES = 64 * 1024
_MOST_PARAMETERS = 50


def searching(readable: Readable) -> Interaction:
    """The interaction that searches for resources of this type: a searchset of what the caller may see, in an order
    that does not change, with a next link where there are more."""

    async def search(face: Face, request: Request, caller: Caller) -> Response:
        must_grant(caller, readable.scope, "s")
        must_have(caller, readable.also)
        asked = read_search(readable, await _parameters(request), lenient=prefers(request, "handling=lenient"))
        for each in asked.includes:
            must_grant(caller, readable.included_types[each], "r")
        return await _answered(face, caller, asked)

    return search


async def _answered(face: Face, caller: Caller, search: Search) -> Response:
    async with face.transactions.begin(caller) as tx:
        wanted = replace(await _wanted(tx, search), log=face.log)
        page = await search.of.load(tx, wanted)
        included = await _included(tx, search, page.shown)
        showing = Showing()
        showing.note_all([*page.shown, *included])
        kind = search.of.type
        await showing.store(tx, Operation(f"fhir:{kind}.search", f"{kind}?{'&'.join(sorted(set(search.used)))}"))
    return fhir_response(_searchset(face.base, search, wanted, page, included))


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


# --- what is asked, as ids of the hub


async def _wanted(tx: Transaction, search: Search) -> Wanted:
    kinds = {each.meant or name: each.kind for name, each in search.of.parameters.items()}
    asked = {name: await _resolved(tx, kinds[name], value) for name, value in search.asked.items()}
    wanted = Wanted(search.ids, {}, search.changed_from, search.changed_before, search.after, search.count)
    for name in [each for each in asked if kinds[each] in IDENTIFIERS]:
        wanted = wanted.of(asked.pop(name))
    return replace(wanted, asked=asked)


async def _resolved(tx: Transaction, kind: Kind, asked: Asked) -> tuple[Any, ...]:
    match asked, kind:
        case Token(), Kind.BODY | Kind.BODY_IDENTIFIER:
            return await _bodies(tx, asked)
        case Token(), Kind.CHILD | Kind.CHILD_IDENTIFIER:
            return await children_named(tx, asked)
        case Token(), _:
            return ((asked.system, asked.code),)
        case _:
            return asked


async def _bodies(tx: Transaction, asked: Token) -> tuple[UUID, ...]:
    """The bodies that a code names: where it stands alone, an ODS code or an LA code."""
    ods = asked.code if asked.system in {None, identifiers.ODS_CODE} else None
    la = asked.code if asked.system in {None, identifiers.LA_CODE} else None
    found = [
        await queries.organisation_by_code(tx.connection, ods_code=ods) if ods else None,
        await queries.organisation_by_code(tx.connection, la_code=la) if la else None,
    ]
    return tuple(each.id for each in found if each is not None)


# --- the answer


def _searchset(base: str, search: Search, wanted: Wanted, page: Page, included: Sequence[Shown]) -> Json:
    links = [{"relation": "self", "url": _link(base, search, wanted, after=search.after)}]
    if page.last is not None:
        links.append({"relation": "next", "url": _link(base, search, wanted, after=page.last)})
    entries = [_entry(base, each, "match") for each in page.shown]
    entries += [_entry(base, each, "include") for each in included]
    if search.ignored:
        message = f"{len(search.ignored)} parameters that are not known here were ignored"
        issue = Issue("parameter-unknown", message, code="not-supported", severity="warning")
        entries.append({"resource": operation_outcome([issue]), "search": {"mode": "outcome"}})
    searchset: Json = {"resourceType": "Bundle", "type": "searchset", "link": links}
    if page.last is None and search.after is None:
        searchset["total"] = len(page.shown)
    return searchset | ({"entry": entries} if entries else {})


async def _included(tx: Transaction, search: Search, found: Iterable[Shown]) -> list[Shown]:
    """What the matches refer to and the search asks for, each once."""
    names = {each.partition(":")[2] for each in search.includes}
    wanted: dict[str, list[str]] = {}
    for each in found:
        for name in names & each.links.keys():
            for kind, id_ in each.links[name]:
                if id_ not in wanted.setdefault(kind, []):
                    wanted[kind].append(id_)
    pages = [await READABLE[kind].load(tx, Wanted(tuple(ids), count=len(ids))) for kind, ids in wanted.items()]
    return [each for page in pages for each in page.shown]


def _entry(base: str, shown: Shown, mode: str) -> Json:
    resource = complete(shown)
    full_url = f"{base}/{resource['resourceType']}/{resource['id']}"
    return {"fullUrl": full_url, "resource": resource, "search": {"mode": mode}}


def _link(base: str, search: Search, wanted: Wanted, *, after: tuple[Any, ...] | None) -> str:
    """The address of the page that begins after this place (None: with the first).

    Links hold ids and never an NHS number: they are logged on the way. A link opens nothing: whoever follows it sees
    what the sharing rules show that caller.
    """
    pairs = [(name, _listed(values)) for name, values in wanted.asked.items()]
    if wanted.ids is not None:
        pairs.append(("_id", _listed(wanted.ids)))
    if search.changed_from is not None:
        pairs.append(("_lastUpdated", f"ge{instant_text(search.changed_from)}"))
    if search.changed_before is not None:
        pairs.append(("_lastUpdated", f"lt{instant_text(search.changed_before)}"))
    pairs += [("_include", each) for each in search.includes]
    pairs.append(("_count", str(search.count)))
    if after is not None:
        pairs.append(("_cursor", cursor_of(after)))
    return f"{base}/{search.of.type}?{urlencode(pairs)}"


def _listed(values: tuple[Any, ...]) -> str:
    return ",".join(_written(each) for each in values) or str(NOBODY)


def _written(value: UUID | str | tuple[str | None, str]) -> str:
    """An id or a code; of a token, its system and its code."""
    return f"{value[0] or ''}|{value[1]}" if isinstance(value, tuple) else str(value)
