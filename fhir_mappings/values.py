"""What the mappings map: shapes that the values of `hub.db` fit, and what comes out of FHIR.

`fhir_mappings` stands below `hub.db` and does not import it; so what goes in is described by what is read of it, and
what comes out is a value of its own, from which the adapter makes the hub's.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol, TypeAlias
from uuid import UUID

from hub.law.s37_provision import Specified
from hub.law.vocabulary import AdviceKind, NHSNumberStatus, OrganisationKind, Sex

Json: TypeAlias = dict[str, Any]
"""A JSON object: a resource, or a part of one."""


class Body(Protocol):
    """An organisation, with the codes by which partners name it."""

    @property
    def name(self) -> str: ...
    @property
    def ods_code(self) -> str | None: ...
    @property
    def la_code(self) -> str | None: ...
    @property
    def urn(self) -> str | None: ...


class Child(Protocol):
    """Who a child is, for somebody who may know it."""

    @property
    def id(self) -> UUID: ...
    @property
    def family_name(self) -> str: ...
    @property
    def given_names(self) -> Sequence[str]: ...
    @property
    def date_of_birth(self) -> date: ...
    @property
    def sex(self) -> Sex: ...
    @property
    def nhs_number(self) -> str | None: ...
    @property
    def nhs_number_status(self) -> NHSNumberStatus | None: ...
    @property
    def upn(self) -> str | None: ...
    @property
    def version(self) -> int: ...


class Provision(Protocol):
    """Provision as advice specifies and quantifies it."""

    @property
    def description(self) -> str: ...
    @property
    def frequency(self) -> str | None: ...
    @property
    def minutes_per_week(self) -> int | None: ...
    @property
    def delivered_by(self) -> str | None: ...
    @property
    def qualification(self) -> str | None: ...
    @property
    def setting(self) -> str | None: ...


class Document(Protocol):
    """A document that came with advice."""

    @property
    def title(self) -> str: ...
    @property
    def media_type(self) -> str: ...
    @property
    def content(self) -> bytes: ...


class Advice(Protocol):
    """Advice on needs, outcomes and provision, with its documents."""

    @property
    def kind(self) -> AdviceKind: ...
    @property
    def given_on(self) -> date: ...
    @property
    def author(self) -> str | None: ...
    @property
    def registration(self) -> str | None: ...
    @property
    def needs(self) -> Sequence[str]: ...
    @property
    def outcomes(self) -> Sequence[str]: ...
    @property
    def provision(self) -> Sequence[Provision]: ...
    @property
    def documents(self) -> Sequence[Document]: ...


# --- what comes out of FHIR


@dataclass(frozen=True, slots=True)
class GivenBody:
    """A body, as an Organization told it."""

    name: str
    kind: OrganisationKind
    ods_code: str | None = None
    la_code: str | None = None
    urn: str | None = None


@dataclass(frozen=True, slots=True)
class GivenChild:
    """Who a child is, as a Patient told it. Only a number with the status VERIFIED links records by itself."""

    family_name: str
    given_names: tuple[str, ...]
    date_of_birth: date
    sex: Sex
    nhs_number: str | None = None
    nhs_number_status: NHSNumberStatus | None = None
    upn: str | None = None
    postcode: str | None = None


@dataclass(frozen=True, slots=True)
class GivenDocument:
    """A document, as an attachment or the text of a section told it."""

    title: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class GivenAdvice:
    """Advice, as a Composition and DocumentReferences told it."""

    kind: AdviceKind
    given_on: date
    author: str | None = None
    registration: str | None = None
    needs: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    provision: tuple[Specified, ...] = ()
    documents: tuple[GivenDocument, ...] = ()


# --- where things stand in what came


@dataclass(frozen=True, slots=True)
class Located:
    """A resource that came, and its FHIRPath: `Bundle.entry[2].resource`."""

    at: str
    resource: Json

    @property
    def type(self) -> str:
        return str(self.resource.get("resourceType", ""))


Find: TypeAlias = Callable[[Json, Located], Located | None]
"""The resource that a Reference (in a resource) leads to within what came; None for one that leads elsewhere."""
