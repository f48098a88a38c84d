"""The strict check of raw JSON against what FHIR R4 resources are made of, before any model sees it.

Everything that is wrong is found in one walk, each with its FHIRPath. On the way the walk notes what later checks need:
references, NHS numbers, and the resources themselves.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Any, cast

from adapters.nhs_fhir.invariants import check_invariants, nhs_number
from adapters.nhs_fhir.primitives import check_primitive
from adapters.nhs_fhir.shapes import ACCEPTED, ANY_RESOURCE, Element, elements, required
from adapters.nhs_fhir.strict_json import Repeating
from fhir_mappings.outcome import BadInput, Faults, Issue
from fhir_mappings.values import Json, Located

MOST_OBJECTS = 50_000
"""JSON objects in one document: five hundred resources with a hundred each. Many more would take seconds to check."""

_MAY_CHANGE_THE_MEANING = frozenset({"modifierExtension", "implicitRules"})
_NO_TWIN: list[Any] = []


@dataclass(frozen=True, slots=True)
class ReferenceAt:
    """A Reference that came: where, within which resource, and to which types it may lead."""

    at: str
    content: Json
    within: Located
    targets: frozenset[str]


@dataclass(frozen=True, slots=True)
class Limits:
    """How deep a document may nest, how many resources it may contain, and what day it is."""

    depth: int
    contained: int
    today: date


@dataclass(slots=True)
class Walk:
    """One check of one document."""

    limits: Limits
    accepted: frozenset[str] = ACCEPTED
    """The types that the resources may be of."""

    faults: Faults = field(default_factory=Faults)
    references: list[ReferenceAt] = field(default_factory=list[ReferenceAt])
    nhs_numbers: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    contained: list[Located] = field(default_factory=list[Located])
    patients: list[Located] = field(default_factory=list[Located])
    resources: list[Located] = field(default_factory=list[Located])
    """Those that are not contained in another; the Bundle is one of them."""

    _root: Located | None = None
    _objects: int = 0

    def resource(self, value: Any, at: str, *, accepted: frozenset[str] | None = None, depth: int = 0) -> None:
        """A resource of one of the accepted types, with all that is in it."""
        if not isinstance(value, dict):
            self._wrong_type(at, "an object")
            return
        resource = cast("Json", value)
        kind = resource.get("resourceType")
        if not isinstance(kind, str):
            message = "a resource says what it is in resourceType"
            self.faults.add("resource-type-missing", message, at, code="required", status=400)
        elif kind not in (accepted or self.accepted):
            message = "resources of this type are not taken here"
            self.faults.add("resource-type-unknown", message, at, code="not-supported", status=422)
        else:
            self._enter(Located(at, resource), kind, depth)

    def _enter(self, located: Located, kind: str, depth: int) -> None:
        outer, is_contained = self._root, self._root is not None
        if is_contained:
            self._check_contained(located)
        else:
            self.resources.append(located)
            self._root = None if kind == "Bundle" else located
        if kind == "Patient":
            self.patients.append(located)
        self._object(kind, located.resource, located.at, depth)
        self._root = outer

    def _check_contained(self, located: Located) -> None:
        self.contained.append(located)
        if len(self.contained) == self.limits.contained + 1:
            message = f"at most {self.limits.contained} contained resources are taken"
            self.faults.add("too-many-contained", message, code="too-costly", status=413)
        if "id" not in located.resource or "contained" in located.resource:
            message = "a contained resource has an id, and contains none itself"
            self.faults.add("contained", message, located.at, code="invariant", status=400)

    def _object(self, kind: str, thing: Any, at: str, depth: int) -> None:
        if not isinstance(thing, dict):
            self._wrong_type(at, "an object")
            return
        content = cast("Json", thing)
        self._objects += 1
        if self._objects > MOST_OBJECTS:
            message = f"a document has at most {MOST_OBJECTS} JSON objects"
            raise BadInput(*self.faults.issues, Issue("too-many-objects", message, code="too-costly", status=413))
        if depth > self.limits.depth:
            message = f"the document nests more than {self.limits.depth} deep"
            self.faults.add("too-deep", message, code="structure", status=400)
            return
        if isinstance(content, Repeating):
            message = "a name stands more than once in this object"
            self.faults.add("json-name-repeated", message, at, code="structure", status=400)
        if not content:
            self._empty(at)
        known = elements(kind)
        for place, (name, value) in enumerate(content.items(), start=1):
            element = known.get(name)
            if element is None:
                self._unknown(kind, name, place, at)
            elif name in _MAY_CHANGE_THE_MEANING:
                message = "this may change the meaning of what it stands in, and the hub does not know it"
                self.faults.add("modifier-unknown", message, f"{at}.{name}", code="extension")
            else:
                twin = content.get(name[1:] if name.startswith("_") else f"_{name}")
                beside = cast("list[Any]", twin) if isinstance(twin, list) else _NO_TWIN
                self._element(element, value, f"{at}.{name.removeprefix('_')}", depth + 1, beside)
        for name in required(kind):
            if name not in content and f"_{name}" not in content:
                self.faults.add("required", "this is required", f"{at}.{name}", code="required", status=400)
        check_invariants(kind, content, self.faults, at, today=self.limits.today)
        if kind == "Identifier" and (number := nhs_number(content)) is not None:
            self.nhs_numbers.append((f"{at}.value", number))

    def _unknown(self, kind: str, name: str, place: int, at: str) -> None:
        if name == "resourceType" and "meta" in elements(kind):
            return
        # By its place: its name came from outside, and could be anything.
        message = f"property {place} of this object is not an element of {kind}"
        self.faults.add("element-unknown", message, at, code="structure", status=400)

    def _element(self, element: Element, value: Any, at: str, depth: int, twin: list[Any]) -> None:
        """One element. `twin`: of `given`, `_given`, if that is a list: null may keep the place of what it holds."""
        if not isinstance(value, list):
            if element.many and value is not None:
                self._wrong_type(at, "a list")
            else:
                self._one(element, value, at, depth)
            return
        if not element.many:
            self._wrong_type(at, "one value, not a list")
            return
        values = cast("list[Any]", value)
        if not values:
            self._empty(at)
        for place, each in enumerate(values):
            if each is not None or place >= len(twin) or twin[place] is None:
                self._one(element, each, f"{at}[{place}]", depth + 1)

    def _one(self, element: Element, value: Any, at: str, depth: int) -> None:
        if value is None:
            self.faults.add("json-null", "FHIR has no null: leave the element out", at, code="structure", status=400)
        elif element.primitive is not None:
            check_primitive(element.primitive, value, self.faults, at)
            if element.codes and isinstance(value, str) and value not in element.codes:
                self.faults.add("code-unknown", "this is not a code of the required list", at, code="code-invalid")
        elif element.type == ANY_RESOURCE:
            self.resource(value, at, depth=depth)
        else:
            self._object(element.type, value, at, depth)
            if element.type == "Reference" and isinstance(value, dict) and self._root is not None:
                self.references.append(ReferenceAt(at, cast("Json", value), self._root, element.targets))

    # --- faults that stand in several places

    def _wrong_type(self, at: str, wanted: str) -> None:
        self.faults.add("json-type", f"this must be {wanted} in JSON", at, code="structure", status=400)

    def _empty(self, at: str) -> None:
        message = "FHIR has no empty objects or lists: leave the element out"
        self.faults.add("empty", message, at, code="structure", status=400)
