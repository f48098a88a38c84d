"""What it takes to read and search a type of resource: one `Readable` a type, one function that loads it.

A loader shows what exists for the caller through the guard, and nothing else; that something was kept back it says in
`withheld`. Reading, searching, including and the capability statement need no more than this.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum, auto
from hashlib import sha256
from typing import Any, TypeAlias, TypeVar
from uuid import UUID

from adapters.nhs_fhir.exchange import to_json
from fhir_mappings import codings, profiles, systems
from fhir_mappings.values import Json
from hub.actions.transaction import Transaction
from hub.db.queries import ChildIdentity
from hub.law.reg17_disclosure import Part

NOBODY = UUID(int=0)
"""An id that nothing has."""

MOST = 100
"""Most resources in a page; a caller that asks for more gets pages of so many."""


Word = TypeVar("Word", bound=StrEnum)


class Kind(StrEnum):
    """What a search parameter takes."""

    CHILD = auto()
    BODY = auto()
    REFERENCE = auto()
    CODES = auto()
    TOKEN = auto()
    CHILD_IDENTIFIER = auto()
    BODY_IDENTIFIER = auto()


IDENTIFIERS = frozenset({Kind.CHILD_IDENTIFIER, Kind.BODY_IDENTIFIER})
"""By these the resource itself is known: they come down to its ids."""

_REFERENCES = frozenset({Kind.CHILD, Kind.BODY, Kind.REFERENCE})


@dataclass(frozen=True, slots=True)
class Parameter:
    """A search parameter. `of`: the types that a reference leads to; `codes`: those that a token may be;
    `meant`: the name under which the loader finds it, where several names mean the same."""

    kind: Kind
    says: str
    of: tuple[str, ...] = ()
    codes: frozenset[str] = frozenset()
    meant: str | None = None

    @property
    def fhir_kind(self) -> str:
        return "reference" if self.kind in _REFERENCES else "token"

    @property
    def by_identifier(self) -> bool:
        """Whether `name:identifier` is taken."""
        return self.kind in {Kind.CHILD, Kind.BODY}


def child_parameters() -> dict[str, Parameter]:
    """The child, by either of FHIR's names for it."""
    by = "patient:identifier takes an NHS number or system|value (best by POST)"
    return {
        "patient": Parameter(Kind.CHILD, f"About which child; {by}", ("Patient",), meant="patient"),
        "subject": Parameter(Kind.CHILD, "As patient", ("Patient",), meant="patient"),
    }


def code_parameter(says: str, mapping: Mapping[Word, str]) -> Parameter:
    """Codes that stand for terms of the law; `terms_of` finds the terms of those that are asked for."""
    return Parameter(Kind.CODES, f"{says}, one or several with commas between them", codes=frozenset(mapping.values()))


def terms_of(mapping: Mapping[Word, str], codes: Iterable[str]) -> list[Word]:
    wanted = set(codes)
    return [term for term, code in mapping.items() if code in wanted]


def body_parameter(says: str) -> Parameter:
    return Parameter(Kind.BODY, f"{says}; with :identifier system|code, or an ODS or LA code alone", ("Organization",))


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a read, a search or an include looks for. None: whichever; empty: what was asked for is not there.

    `asked`: values by the name of the parameter. `after`: the place of the last one of the page before.
    """

    ids: tuple[str, ...] | None = None
    asked: Mapping[str, tuple[Any, ...]] = field(default_factory=dict[str, tuple[Any, ...]])
    changed_from: datetime | None = None
    changed_before: datetime | None = None
    after: tuple[Any, ...] | None = None
    count: int = MOST
    log: str = ""
    """The name of the hub's audit log."""

    @property
    def hub_ids(self) -> tuple[UUID, ...] | None:
        """The ids, of a type whose ids are the hub's own."""
        return None if self.ids is None else tuple(hub_id(each) for each in self.ids)

    def of(self, ids: Iterable[UUID | str]) -> "Wanted":
        """The same with these ids alone."""
        named = {str(each) for each in ids}
        return replace(self, ids=tuple(sorted(named if self.ids is None else named & set(self.ids))))

    @property
    def children(self) -> tuple[UUID, ...] | None:
        return self.asked.get("patient")


def hub_id(text: str) -> UUID:
    """An id of the hub; one that is none of the hub's finds nothing."""
    try:
        return UUID(text)
    except ValueError:
        return NOBODY


@dataclass(frozen=True, slots=True)
class Shown:
    """A resource as the caller may see it. `parts`: what stands in it of the child's record; `links`: by the name of a
    search parameter, (type, id) of what it refers to, of what may be included."""

    resource: Json
    child: ChildIdentity | None = None
    parts: frozenset[Part] = frozenset()
    withheld: frozenset[Part] = frozenset()
    links: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict[str, tuple[tuple[str, str], ...]])


@dataclass(frozen=True, slots=True)
class Page:
    """What was found, and the place of the last one where there are more."""

    shown: list[Shown]
    last: tuple[Any, ...] | None = None


def complete(shown: Shown) -> Json:
    """The resource as it leaves: with its version and UK Core's profile of it, with a label and the parts where
    something was kept back.

    What has no version of its own has the hash of what it says, so that a reader learns whether it has changed.
    """
    resource = dict(shown.resource)
    meta = dict(resource.pop("meta", {}))
    profile = profiles.UK_CORE_PROFILES.get(resource["resourceType"])
    if profile is not None:
        meta["profile"] = [*meta.get("profile", ()), profile]
    if shown.withheld:
        parts = sorted(shown.withheld)
        meta["extension"] = [
            {"url": profiles.WITHHELD_EXTENSION, "valueCode": systems.PART.code(part)} for part in parts
        ]
        meta["security"] = [codings.REDACTED]
    if "versionId" not in meta:
        meta["versionId"] = sha256(to_json(resource | {"meta": meta})).hexdigest()[:16]
    kind, id_ = resource.pop("resourceType"), resource.pop("id")
    return {"resourceType": kind, "id": id_, "meta": meta, **resource}


Load: TypeAlias = Callable[[Transaction, Wanted], Awaitable[Page]]
Placed: TypeAlias = tuple[Callable[[str], Any], ...]


def moment(text: str) -> datetime:
    """An instant of a cursor; raises ValueError for one without its time zone."""
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError("no time zone")
    return found


BY_ID: Placed = (UUID, UUID)
"""The place of a row: its id, and whose record it is."""

BY_TIME: Placed = (moment, UUID)


@dataclass(frozen=True, slots=True)
class Readable:
    """A type of resource that can be read, and what a search for it takes.

    `scope`: the type whose scope it needs, where that is another; `also`: a further scope. `narrow`: one of these
    parameters must be given, or the search would go through every record. `dated`: whether `_lastUpdated` is known;
    `date`: under which name FHIR has the same moment. `versions`: loads every version of one, the newest first; None:
    there is only the one that is loaded.
    """

    type: str
    says: str
    load: Load
    parameters: Mapping[str, Parameter] = field(default_factory=dict[str, Parameter])
    includes: Mapping[str, str] = field(default_factory=dict[str, str])
    placed: Placed = BY_ID
    scope_of: str | None = None
    also: str | None = None
    narrow: frozenset[str] = frozenset()
    dated: bool = False
    date: str | None = None
    most: int = MOST
    searchable: bool = True
    versions: Load | None = None

    @property
    def scope(self) -> str:
        return self.scope_of or self.type

    @property
    def date_parameters(self) -> tuple[str, ...]:
        return ("_lastUpdated", *([self.date] if self.date else [])) if self.dated else ()

    @property
    def included_types(self) -> Mapping[str, str]:
        """`Type:parameter` of each include, and the type that it adds."""
        return {f"{self.type}:{name}": kind for name, kind in self.includes.items()}
