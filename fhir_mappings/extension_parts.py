"""The definitions of the hub's extensions: what each has in it, of which types and codes, and where it may stand.

http://hl7.org/fhir/R4/defining-extensions.html. Made from the tables that the mappings read and write by; of two
extensions that are written in code the parts are listed here.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from fhir_mappings import communication, profiles, provision, subscription, systems
from fhir_mappings.budget import BUDGET_PIECES
from fhir_mappings.budget_item import ITEM_PIECES
from fhir_mappings.extension import Piece
from fhir_mappings.need import NEED_PIECES, OUTCOME_PIECES
from fhir_mappings.people import CONSENT_PIECES, CONTACT_PIECES
from fhir_mappings.plan import PLAN_PIECES, PROVISION_PIECES
from fhir_mappings.told import TOLD_PIECES
from fhir_mappings.values import Json


@dataclass(frozen=True, slots=True)
class Part:
    """A sub-extension, or the value of a simple one (without a name): its type or its own parts, and its codes."""

    name: str
    type: str = ""
    many: bool = False
    system: str | None = None
    parts: "tuple[Part, ...]" = ()


def _of(pieces: Sequence[Piece]) -> tuple[Part, ...]:
    return tuple(Part(each.url, each.type, each.many, each.system, _of(each.pieces)) for each in pieces)


_PROVISION = (*(Part(name, "string") for name in provision.TEXTS), Part(provision.MINUTES, "unsignedInt"))
_NOTIFICATION = (
    Part(communication.HOW_CERTAIN, "Coding", system=systems.CERTAINTY.url),
    Part(communication.INFORMED, "date"),
    Part(communication.OFFERED, "date"),
    Part(communication.TOLD_OF, "string", many=True),
    Part(communication.DETERMINATION, "Coding", system=systems.ASSESSMENT_DECISION.url),
)

EXTENSIONS: Mapping[str, tuple[tuple[str, ...], tuple[Part, ...]]] = MappingProxyType(
    {
        profiles.PROVISION_EXTENSION: (("CarePlan.activity.detail", "CarePlan", "ServiceRequest"), _PROVISION),
        profiles.NOTIFICATION_EXTENSION: (("Communication",), _NOTIFICATION),
        profiles.PLAN_EXTENSION: (("CarePlan", "Composition"), _of(PLAN_PIECES)),
        profiles.PLAN_PROVISION_EXTENSION: (("CarePlan.activity.detail",), _of(PROVISION_PIECES)),
        profiles.OBSERVED_IN_EXTENSION: (("Observation",), (Part("", "Reference"),)),
        profiles.OUTCOME_EXTENSION: (("Goal",), _of(OUTCOME_PIECES)),
        profiles.NEED_EXTENSION: (("Condition",), _of(NEED_PIECES)),
        profiles.CONSENT_EXTENSION: (("Consent",), _of(CONSENT_PIECES)),
        profiles.CONTACT_EXTENSION: (("RelatedPerson",), _of(CONTACT_PIECES)),
        profiles.BUDGET_EXTENSION: (("Account",), _of(BUDGET_PIECES)),
        profiles.BUDGET_ITEM_EXTENSION: (("Contract",), _of(ITEM_PIECES)),
        subscription.PUBLIC_KEY: (("Subscription.channel",), (Part("", "string"),)),
        profiles.TOLD_OTHERWISE_EXTENSION: (("Patient",), _of(TOLD_PIECES)),
        profiles.WITHHELD_EXTENSION: (("Meta",), (Part("", "code", system=systems.PART.url),)),
    }
)
"""By url: where it may stand, and its parts."""


def elements(url: str, *, value_set: Mapping[str, str]) -> list[Json]:
    """The differential. `value_set`: the url of the value set of each code system."""
    _, parts = EXTENSIONS[url]
    head: Json = {"id": "Extension", "path": "Extension", "min": 0, "max": "1"}
    return [head, *_within("Extension", "Extension", url, parts, value_set)]


def _within(id_: str, path: str, url: str, parts: Sequence[Part], value_set: Mapping[str, str]) -> Iterator[Json]:
    """The elements of one extension: of those in it, its url and its value."""
    simple = len(parts) == 1 and not parts[0].name
    if simple:
        yield {"id": f"{id_}.extension", "path": f"{path}.extension", "max": "0"}
    else:
        discriminator = [{"type": "value", "path": "url"}]
        yield {
            "id": f"{id_}.extension",
            "path": f"{path}.extension",
            "slicing": {"discriminator": discriminator, "rules": "closed"},
        }
        for part in parts:
            yield from _slice(id_, path, part, value_set)
    yield {"id": f"{id_}.url", "path": f"{path}.url", "fixedUri": url}
    yield _value(id_, path, parts[0] if simple else None, value_set)


def _slice(id_: str, path: str, part: Part, value_set: Mapping[str, str]) -> Iterator[Json]:
    inner, inner_path = f"{id_}.extension:{part.name}", f"{path}.extension"
    yield {"id": inner, "path": inner_path, "sliceName": part.name, "min": 0, "max": "*" if part.many else "1"}
    within = part.parts or (Part("", part.type, system=part.system),)
    yield from _within(inner, inner_path, part.name, within, value_set)


def _value(id_: str, path: str, part: Part | None, value_set: Mapping[str, str]) -> Json:
    element: Json = {"id": f"{id_}.value[x]", "path": f"{path}.value[x]"}
    if part is None:
        return element | {"max": "0"}
    element |= {"type": [{"code": part.type}]}
    if part.system is not None:
        element |= {"binding": {"strength": "required", "valueSet": value_set[part.system]}}
    return element
