"""What a FHIR R4 resource is made of: the elements of each type, with their JSON kind, read from the R4B models.

The models coerce what they are given and check no code lists. These tables are what the strict check before them uses.
R4B and R4 are the same in every resource that the hub takes.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, auto
from functools import cache
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from fhir.resources.R4B import get_fhir_model_class

from fhir_mappings import task

ACCEPTED: frozenset[str] = frozenset(
    {
        "Binary",
        "CarePlan",
        "Composition",
        "Condition",
        "DocumentReference",
        "Goal",
        "Organization",
        "Patient",
        "Practitioner",
        "PractitionerRole",
        "ServiceRequest",
        "Task",
    }
)
"""The resource types that may come in."""

ANY_RESOURCE = "Resource"
IS_ID = re.compile(r"[A-Za-z0-9.-]{1,64}")

# Where the models list the codes of a required binding only in part, and where they leave a Reference open.
_CODES = {("Task", "status"): task.STATUSES}
_TARGETS = {("Task", "for"): frozenset({"Patient"}), ("Task", "focus"): frozenset({"ServiceRequest"})}


class Primitive(StrEnum):
    """The JSON kinds of FHIR's primitive types that are checked differently."""

    BOOLEAN = auto()
    INTEGER = auto()
    UNSIGNED = auto()
    POSITIVE = auto()
    DECIMAL = auto()
    ID = auto()
    CODE = auto()
    URI = auto()
    DATE = auto()
    DATETIME = auto()
    INSTANT = auto()
    BASE64 = auto()
    XHTML = auto()
    TEXT = auto()


# By the name of the type that the models annotate a primitive with. All others are text.
_PRIMITIVES = {
    "Integer": Primitive.INTEGER,
    "UnsignedInt": Primitive.UNSIGNED,
    "PositiveInt": Primitive.POSITIVE,
    "Decimal": Primitive.DECIMAL,
    "Id": Primitive.ID,
    "Code": Primitive.CODE,
    "Uri": Primitive.URI,
    "Url": Primitive.URI,
    "Canonical": Primitive.URI,
    "Oid": Primitive.URI,
    "UuidVersion": Primitive.URI,
    "Date": Primitive.DATE,
    "DateTime": Primitive.DATETIME,
    "Instant": Primitive.INSTANT,
    "EncodedBytes": Primitive.BASE64,
    "Xhtml": Primitive.XHTML,
}


@dataclass(frozen=True, slots=True)
class Element:
    """One element of a type: either `primitive`, or of the complex type `type`."""

    many: bool
    required: bool
    primitive: Primitive | None
    type: str
    codes: frozenset[str]
    targets: frozenset[str]
    """The resource types that a Reference here may lead to; empty: any."""


@cache
def elements(type_name: str) -> Mapping[str, Element]:
    """The elements of a type by their JSON name."""
    return {
        field.alias or name: _element(type_name, field.alias or name, field)
        for name, field in model(type_name).model_fields.items()
        if name not in {"resourceType", "resource_type", "fhir_comments"}
    }


@cache
def required(type_name: str) -> tuple[str, ...]:
    """The elements that a resource or data type of this type must have."""
    return tuple(name for name, element in elements(type_name).items() if element.required)


def warm() -> None:
    """Read the shapes of all accepted resources, which takes half a second the first time."""
    seen: set[str] = set()
    waiting = [*ACCEPTED, "Bundle"]
    while waiting:
        name = waiting.pop()
        if name not in seen and name != ANY_RESOURCE:
            seen.add(name)
            waiting.extend(each.type for each in elements(name).values() if each.primitive is None)


_models: dict[str, Any] = {}


def model(type_name: str) -> Any:
    """The R4B model of a type that has been met: a resource type, or what elements are made of."""
    if type_name not in _models:
        _models[type_name] = get_fhir_model_class(type_name)
    return _models[type_name]


def _element(type_name: str, name: str, field: Any) -> Element:
    many, inner, marks = _unwrapped(field.annotation)
    extra: Mapping[str, Any] = field.json_schema_extra or {}
    codes = _CODES.get((type_name, name)) or frozenset(extra.get("enum_values", ()))
    targets = _TARGETS.get((type_name, name)) or frozenset(extra.get("enum_reference_types", ())) - {ANY_RESOURCE}
    required = bool(field.is_required() or extra.get("element_required"))
    if hasattr(inner, "get_model_klass"):
        made_of = inner.get_model_klass()
        kind = made_of.__name__
        _models.setdefault(kind, made_of)
        return Element(many, required, None, kind, frozenset(), targets)
    marked = (*marks, *field.metadata)
    primitive = Primitive.BOOLEAN if inner is bool else _primitive(marked)
    return Element(many, required, primitive, "", codes if primitive is Primitive.CODE else frozenset(), frozenset())


def _primitive(marks: tuple[Any, ...]) -> Primitive:
    named = (_PRIMITIVES.get(type(each).__name__) for each in marks)
    return next((each for each in named if each is not None), Primitive.TEXT)


def _unwrapped(annotation: Any) -> tuple[bool, Any, tuple[Any, ...]]:
    """(whether a list, the type inside, what it is annotated with) of `Optional[List[Annotated[...]]]`."""
    many, marks = False, ()
    while True:
        origin = get_origin(annotation)
        if origin in {Union, UnionType}:
            inner = [each for each in get_args(annotation) if each is not type(None)]
            annotation = inner[0]
            if len(inner) > 1:
                return many, annotation, marks
        elif origin is list:
            many, annotation = True, get_args(annotation)[0]
        elif origin is Annotated:
            annotation, *found = get_args(annotation)
            marks = (*marks, *found)
        else:
            return many, annotation, marks
