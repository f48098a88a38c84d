"""What a search for Tasks asks, read from its parameters. http://hl7.org/fhir/R4/search.html

A parameter that is not known is refused, unless the caller asks for lenient handling: a filter that is silently ignored
shows a system more than it asked for, and lets it believe otherwise.
"""

import base64
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import TypeVar
from uuid import UUID

from fhir_mappings.elements import EARLIEST, LATEST
from fhir_mappings.outcome import Faults
from fhir_mappings.systems import canonical
from fhir_mappings.task import STATUSES
from hub.actions.transaction import LONDON

MOST = 100
"""Most Tasks in a page; a caller that asks for more gets pages of so many."""

USUAL = 50

INCLUDES = {"Task:focus": "ServiceRequest", "Task:patient": "Patient", "Task:subject": "Patient"}

NOBODY = UUID(int=0)
"""An id that nothing has."""

_CHANGED = re.compile(r"(ge|gt|le|lt)([0-9]{4}-[0-9]{2}-[0-9]{2})(T[0-9:.]{5,16}(?:Z|[+-][0-9]{2}:[0-9]{2}))?")
_MILLISECOND = timedelta(milliseconds=1)  # the precision in which instants are shown

Read = TypeVar("Read")


@dataclass(frozen=True, slots=True)
class Token:
    """`system|code`, the system in canonical form; None for a bare code."""

    system: str | None
    code: str


@dataclass(slots=True)
class TaskSearch:
    """A search as it is understood. None: not asked."""

    owner: Token | tuple[UUID, ...] | None = None
    requester: Token | tuple[UUID, ...] | None = None
    patient: Token | tuple[UUID, ...] | None = None
    ids: tuple[UUID, ...] | None = None
    statuses: tuple[str, ...] | None = None
    changed_from: datetime | None = None
    changed_before: datetime | None = None
    includes: tuple[str, ...] = ()
    count: int = USUAL
    after: tuple[datetime, UUID] | None = None
    """(sent_at, id) of the last request of the page before."""

    used: list[str] = field(default_factory=list[str])
    """The names of the parameters that were used."""

    ignored: list[str] = field(default_factory=list[str])
    """Those that were not known, where the caller asks for lenient handling."""


def read_search(parameters: Iterable[tuple[str, str]], *, lenient: bool) -> TaskSearch:
    """The search. Raises `BadInput` (400) with everything that is wrong with the parameters."""
    search, faults = TaskSearch(), Faults()
    for name, value in parameters:
        reader = _READERS.get(name)
        if name == "_format":
            continue
        if reader is None and lenient:
            search.ignored.append(name)
        elif reader is None:
            message = f"a search for Tasks knows {', '.join(sorted(_READERS))}"
            faults.add("parameter-unknown", message, code="not-supported", status=400)
        elif name in search.used and name not in _REPEATING:
            faults.add("parameter-repeated", f"{name} stands more than once", code="invalid", status=400)
        else:
            search.used.append(name)
            try:
                reader(search, value)
            except ValueError as error:
                faults.add("parameter-value", f"{name}: {error}", code="invalid", status=400)
    faults.check()
    return search


def _token(value: str) -> Token:
    system, bar, code = value.rpartition("|")
    if not code:
        raise ValueError("this is system|code, or a code alone")
    return Token(canonical(system) if bar and system else None, code)


def _hub_ids(kind: str) -> Callable[[str], tuple[UUID, ...]]:
    """Ids of the hub, with or without the type before them. One that is none of the hub's finds nothing."""

    def read(value: str) -> tuple[UUID, ...]:
        return tuple(_hub_id(each.removeprefix(f"{kind}/")) for each in value.split(","))

    return read


def _hub_id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return NOBODY


def _set(name: str, read: Callable[[str], object]) -> Callable[[TaskSearch, str], None]:
    return lambda search, value: setattr(search, name, read(value))


def _statuses(value: str) -> tuple[str, ...]:
    codes = tuple(value.split(","))
    if not STATUSES.issuperset(code.rpartition("|")[2] for code in codes):
        raise ValueError("this is a list of Task statuses, with commas between them")
    return tuple(code.rpartition("|")[2] for code in codes)


def _count(value: str) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", value) or int(value) == 0:
        raise ValueError("this is a whole number from 1")
    return min(int(value), MOST)


def cursor_of(place: tuple[datetime, UUID]) -> str:
    """The place after which the next page begins, as text that callers hand back and do not read."""
    sent_at, request_id = place
    return base64.urlsafe_b64encode(f"{sent_at.isoformat()} {request_id}".encode()).decode()


def place_at(cursor: str) -> tuple[datetime, UUID]:
    try:
        sent_at, request_id = base64.b64decode(cursor, altchars=b"-_", validate=True).decode("ascii").split(" ")
        place = datetime.fromisoformat(sent_at), UUID(request_id)
    except ValueError as error:
        raise ValueError("this is no cursor: search again from the beginning") from error
    if place[0].tzinfo is None:
        raise ValueError("this is no cursor: search again from the beginning")
    return place


def _include(search: TaskSearch, value: str) -> None:
    if value not in INCLUDES:
        raise ValueError(f"what may be included is {', '.join(sorted(INCLUDES))}")
    search.includes = (*search.includes, value)


def _changed(search: TaskSearch, value: str) -> None:
    match = _CHANGED.fullmatch(value.replace(" ", "+"))  # a plus sign that the sender did not encode
    if match is None:
        raise ValueError("this is ge, gt, le or lt, and then a day, or a moment with its time zone")
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
    if prefix in {"ge", "gt"}:
        search.changed_from = begins if prefix == "ge" else ends
    else:
        search.changed_before = ends if prefix == "le" else begins


_READERS: dict[str, Callable[[TaskSearch, str], None]] = {
    "owner": _set("owner", _hub_ids("Organization")),
    "owner:identifier": _set("owner", _token),
    "requester": _set("requester", _hub_ids("Organization")),
    "requester:identifier": _set("requester", _token),
    "patient": _set("patient", _hub_ids("Patient")),
    "patient:identifier": _set("patient", _token),
    "subject": _set("patient", _hub_ids("Patient")),
    "subject:identifier": _set("patient", _token),
    "status": _set("statuses", _statuses),
    "_id": _set("ids", _hub_ids("Task")),
    "_lastUpdated": _changed,
    "_include": _include,
    "_count": _set("count", _count),
    "_cursor": _set("after", place_at),
}
_REPEATING = frozenset({"_lastUpdated", "_include"})
