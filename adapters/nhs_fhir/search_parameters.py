"""What a search asks, read from its parameters. http://hl7.org/fhir/R4/search.html

A parameter that is not known is refused, unless the caller asks for lenient handling: a filter that is silently ignored
shows a system more than it asked for, and lets it believe otherwise.
"""

import base64
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, TypeAlias
from uuid import UUID

from adapters.nhs_fhir.showing import Kind, Parameter, Placed, Readable, hub_id
from fhir_mappings.elements import EARLIEST, LATEST
from fhir_mappings.identifiers import canonical
from fhir_mappings.outcome import Faults
from hub.actions.transaction import LONDON

USUAL = 50

_CHANGED = re.compile(r"(eq|ge|gt|le|lt)?([0-9]{4}-[0-9]{2}-[0-9]{2})(T[0-9:.]{5,16}(?:Z|[+-][0-9]{2}:[0-9]{2}))?")
_MILLISECOND = timedelta(milliseconds=1)  # the precision in which instants are shown
_IDENTIFIER = ":identifier"


@dataclass(frozen=True, slots=True)
class Token:
    """`system|code`, the system in canonical form; None for a bare code."""

    system: str | None
    code: str


Asked: TypeAlias = Token | tuple[UUID, ...] | tuple[str, ...]


@dataclass(slots=True)
class Search:
    """A search as it is understood. None: not asked. `asked`: by the name under which a loader finds it."""

    of: Readable
    asked: dict[str, Asked] = field(default_factory=dict[str, Asked])
    ids: tuple[str, ...] | None = None
    changed_from: datetime | None = None
    changed_before: datetime | None = None
    includes: tuple[str, ...] = ()
    count: int = USUAL
    after: tuple[Any, ...] | None = None
    used: list[str] = field(default_factory=list[str])
    ignored: list[str] = field(default_factory=list[str])
    """Those that were not known, where the caller asks for lenient handling."""


def read_search(readable: Readable, parameters: Iterable[tuple[str, str]], *, lenient: bool) -> Search:
    """The search. Raises `BadInput` (400) with everything that is wrong with the parameters."""
    search, faults = Search(readable), Faults()
    readers = _readers(readable)
    for name, value in parameters:
        reader = readers.get(name)
        if name == "_format":
            continue
        if reader is None and lenient:
            search.ignored.append(name)
        elif reader is None:
            message = f"a search for {readable.type} knows {', '.join(sorted(readers))}"
            faults.add("parameter-unknown", message, code="not-supported", status=400)
        elif name in search.used and name not in {"_include", *readable.date_parameters}:
            faults.add("parameter-repeated", f"{name} stands more than once", code="invalid", status=400)
        else:
            search.used.append(name)
            try:
                reader(search, value)
            except ValueError as error:
                faults.add("parameter-value", f"{name}: {error}", code="invalid", status=400)
    if readable.narrow and search.ids is None and not readable.narrow & search.asked.keys():
        message = f"a search for {readable.type} names one of _id, {', '.join(sorted(readable.narrow))}"
        faults.add("search-too-wide", message, code="too-costly", status=400)
    faults.check()
    search.count = min(search.count, readable.most)
    return search


Reader: TypeAlias = Callable[[Search, str], None]


def _readers(readable: Readable) -> dict[str, Reader]:
    """How each parameter of the type is read, by its name."""
    found: dict[str, Reader] = {}
    for name, parameter in readable.parameters.items():
        into = parameter.meant or name
        found[name] = _into(into, _VALUES[parameter.kind](parameter))
        if parameter.by_identifier:
            found[name + _IDENTIFIER] = _into(into, _token)
    found |= {"_id": _ids(readable.type), "_count": _count, "_cursor": _cursor(readable.placed)}
    if readable.dated:
        found |= dict.fromkeys(readable.date_parameters, _changed)
    if readable.includes:
        found["_include"] = _include
    return found


def _into(name: str, read: Callable[[str], Asked]) -> Reader:
    def reader(search: Search, value: str) -> None:
        if name in search.asked:
            raise ValueError("this says again what another parameter has said")
        search.asked[name] = read(value)

    return reader


def _token(value: str) -> Token:
    system, bar, code = value.rpartition("|")
    if not code:
        raise ValueError("this is system|code, or a code alone")
    return Token(canonical(system) if bar and system else None, code)


def _references(parameter: Parameter) -> Callable[[str], tuple[UUID, ...]]:
    """Ids of the hub, with or without the type before them. One that is none of the hub's finds nothing."""

    def read(value: str) -> tuple[UUID, ...]:
        return tuple(hub_id(_without_type(each, parameter.of)) for each in value.split(","))

    return read


def _without_type(reference: str, types: tuple[str, ...]) -> str:
    kind, slash, id_ = reference.partition("/")
    return id_ if slash and kind in types else reference


def _codes(parameter: Parameter) -> Callable[[str], tuple[str, ...]]:
    def read(value: str) -> tuple[str, ...]:
        codes = tuple(each.rpartition("|")[2] for each in value.split(","))
        if not parameter.codes.issuperset(codes):
            raise ValueError("this is a list of codes that the parameter knows, with commas between them")
        return codes

    return read


def _tokens(_: Parameter) -> Callable[[str], Token]:
    return _token


_VALUES: dict[Kind, Callable[[Parameter], Callable[[str], Asked]]] = {
    Kind.CHILD: _references,
    Kind.BODY: _references,
    Kind.REFERENCE: _references,
    Kind.CODES: _codes,
    Kind.TOKEN: _tokens,
    Kind.CHILD_IDENTIFIER: _tokens,
    Kind.BODY_IDENTIFIER: _tokens,
}


def _ids(kind: str) -> Reader:
    def read(search: Search, value: str) -> None:
        search.ids = tuple(each.removeprefix(f"{kind}/") for each in value.split(","))

    return read


def _count(search: Search, value: str) -> None:
    if not re.fullmatch(r"[0-9]{1,9}", value) or int(value) == 0:
        raise ValueError("this is a whole number from 1")
    search.count = int(value)


def cursor_of(place: tuple[Any, ...]) -> str:
    """The place after which the next page begins, as text that callers hand back and do not read."""
    parts = (each.isoformat() if isinstance(each, datetime) else str(each) for each in place)
    return base64.urlsafe_b64encode(" ".join(parts).encode()).decode()


def _cursor(placed: Placed) -> Reader:
    def read(search: Search, value: str) -> None:
        try:
            parts = base64.b64decode(value, altchars=b"-_", validate=True).decode("ascii").split(" ")
            search.after = tuple(part_of(part) for part_of, part in zip(placed, parts, strict=True))
        except ValueError as error:
            raise ValueError("this is no cursor: search again from the beginning") from error

    return read


def _include(search: Search, value: str) -> None:
    known = search.of.included_types
    if value not in known:
        raise ValueError(f"what may be included is {', '.join(sorted(known))}")
    search.includes = (*search.includes, value)


def _changed(search: Search, value: str) -> None:
    match = _CHANGED.fullmatch(value.replace(" ", "+"))  # a plus sign that the sender did not encode
    if match is None:
        raise ValueError("this is eq, ge, gt, le or lt, and then a day, or a moment with its time zone")
    prefix, day, clock = match.groups()
    try:
        if clock is None:
            begins = datetime.combine(date.fromisoformat(day), time(), tzinfo=LONDON)
            ends = begins + timedelta(days=1)
        else:
            begins = datetime.fromisoformat(day + clock)
            ends = begins + _MILLISECOND
    except (ValueError, OverflowError) as error:
        raise ValueError("there is no such day or moment") from error
    if not EARLIEST < begins.year < LATEST:
        raise ValueError(f"the year must lie between {EARLIEST} and {LATEST}")
    if prefix in {"ge", "gt", "eq", None}:
        search.changed_from = ends if prefix == "gt" else begins
    if prefix not in {"ge", "gt"}:
        search.changed_before = begins if prefix == "lt" else ends
