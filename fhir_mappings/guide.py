"""The hub's implementation guide, as resources: its code systems, value sets, identifier systems, extensions, profiles.

Made from the tables that the mappings themselves use, so that it says what they say.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, cast

from fhir_mappings import (
    audit_event,
    budget_systems,
    codings,
    identifiers,
    message,
    profiles,
    subscription,
    systems,
)
from fhir_mappings.code_system import CodeSystem
from fhir_mappings.extension_parts import EXTENSIONS, elements
from fhir_mappings.identifiers import HUB
from fhir_mappings.values import Json

PUBLISHED = "2026-11-28"  # the day on which what is said here last changed
VERSION = "1.0.0"

_SPOKEN = (identifiers, systems, budget_systems, codings, profiles, message, audit_event, subscription)
_DEFINITION = f"{HUB}/StructureDefinition/"
TASK_PROFILE = f"{_DEFINITION}send-cooperation-task"
ADVICE_PROFILE = f"{_DEFINITION}send-advice-transaction"
MESSAGE_PROFILE = f"{_DEFINITION}send-message"
NOTIFICATION_PROFILE = f"{_DEFINITION}send-notification-communication"


@dataclass(frozen=True, slots=True)
class Profile:
    """What the hub asks of a resource type beyond R4: (path, least, most, words)."""

    type: str
    title: str
    elements: tuple[tuple[str, int, str, str], ...]


PROFILES: Mapping[str, Profile] = MappingProxyType(
    {
        TASK_PROFILE: Profile(
            "Task",
            "An answer to a request to co-operate (CFA 2014 s. 31)",
            (
                ("Task.id", 1, "1", "The id under which the Task was read"),
                ("Task.status", 1, "1", "received, accepted, in-progress, completed or rejected"),
                (
                    "Task.statusReason",
                    0,
                    "1",
                    "On rejected: the ground (send-refusal-ground), and its text the reasons",
                ),
                ("Task.businessStatus", 0, "1", "An exception to the six weeks that is claimed (reg. 8(2))"),
                ("Task.modifierExtension", 0, "0", "What may change the meaning is not known here"),
            ),
        ),
        ADVICE_PROFILE: Profile(
            "Bundle",
            "Advice in answer to one request (SEND Regs 2014 regs 6(1), 8(1))",
            (
                ("Bundle.type", 1, "1", "transaction"),
                (
                    "Bundle.entry",
                    2,
                    "*",
                    "One Task that is put, at most one Composition, and what its sections lead to",
                ),
                ("Bundle.entry.request", 1, "1", "PUT Task/[id], and POST of every other type"),
            ),
        ),
        MESSAGE_PROFILE: Profile(
            "Bundle",
            "A message: a notification, an answer or advice",
            (
                ("Bundle.type", 1, "1", "message"),
                ("Bundle.entry", 2, "*", "First the MessageHeader, its event one of send-message-event"),
            ),
        ),
        NOTIFICATION_PROFILE: Profile(
            "Communication",
            "A child brought to an authority's attention (CFA 2014 ss. 23, 24(1)(b))",
            (
                ("Communication.extension", 1, "*", "send-notification: what was done for the parent first"),
                ("Communication.status", 1, "1", "completed"),
                ("Communication.category", 1, "1", "The basis: a code of send-notification-basis"),
                ("Communication.subject", 1, "1", "A Patient that comes with it: names, birth date, NHS number"),
                ("Communication.recipient", 1, "1", "The authority, by its code"),
                ("Communication.reasonCode", 1, "1", "The opinion: a code of send-opinion"),
            ),
        ),
    }
)


def code_systems() -> list[Json]:
    return [_code_system(url, concepts) for url, concepts in sorted(_concepts().items())]


def value_sets() -> list[Json]:
    """One a code system, with all of its codes."""
    return [
        _resource("ValueSet", _name(url), url=_value_set_url(url))
        | {"compose": {"include": [{"system": url}]}, "immutable": False}
        for url in sorted(_concepts())
    ]


def expanded(value_set: Json, *, at: str) -> Json:
    """The value set with its codes (`at`: the moment)."""
    url = value_set["compose"]["include"][0]["system"]
    codes = [{"system": url, "code": code, "display": display} for code, display in _concepts()[url].items()]
    return value_set | {
        "expansion": {"timestamp": at, "total": len(codes), "contains": codes},
    }


def naming_systems() -> list[Json]:
    """The hub's own identifier systems: those for which no address has been published elsewhere."""
    found: list[Json] = []
    for url in sorted(_texts(f"{HUB}/Id/")):
        named = _resource("NamingSystem", _name(url)) | {"kind": "identifier", "date": PUBLISHED}
        named["uniqueId"] = [{"type": "uri", "value": url, "preferred": True}]
        found.append({name: value for name, value in named.items() if name not in {"version", "title", "url"}})
    return found


def structure_definitions() -> list[Json]:
    extensions = [_extension(url) for url in sorted(EXTENSIONS)]
    return [*extensions, *(_profile(url, each) for url, each in PROFILES.items())]


PUBLISHED_TYPES: Mapping[str, Any] = MappingProxyType(
    {
        "CodeSystem": code_systems,
        "ValueSet": value_sets,
        "NamingSystem": naming_systems,
        "StructureDefinition": structure_definitions,
    }
)


# --- what they are made from


def _said() -> Iterator[object]:
    for module in _SPOKEN:
        yield from vars(module).values()


def _texts(beginning: str) -> set[str]:
    return {each for each in _said() if isinstance(each, str) and each.startswith(beginning)} - {beginning}


def _concepts() -> dict[str, dict[str, str]]:
    """The codes of each of the hub's code systems, with their displays."""
    found: dict[str, dict[str, str]] = {}
    for each in _said():
        if isinstance(each, CodeSystem):
            system = cast("CodeSystem[Any]", each)
            for code, display in system.codes.values():
                found.setdefault(system.url, {})[code] = display
        elif isinstance(each, dict) and {"system", "code"} <= cast("Json", each).keys():
            coding = cast("Json", each)
            found.setdefault(str(coding["system"]), {})[str(coding["code"])] = str(coding.get("display", ""))
    return {url: concepts for url, concepts in found.items() if url.startswith(HUB)}


def _resource(kind: str, id_: str, *, url: str | None = None) -> Json:
    return {
        "resourceType": kind,
        "id": id_,
        "url": url or f"{HUB}/{kind}/{id_}",
        "version": VERSION,
        "name": "".join(part.capitalize() for part in id_.split("-")),
        "title": id_.removeprefix("send-").replace("-", " ").capitalize(),
        "status": "active",
        "date": PUBLISHED,
        "publisher": "SEND Hub",
    }


def _code_system(url: str, concepts: Mapping[str, str]) -> Json:
    listed = [{"code": code, **({"display": display} if display else {})} for code, display in concepts.items()]
    return _resource("CodeSystem", _name(url), url=url) | {
        "caseSensitive": True,
        "valueSet": _value_set_url(url),
        "content": "complete",
        "count": len(listed),
        "concept": listed,
    }


def _value_set_url(code_system: str) -> str:
    return f"{HUB}/ValueSet/{_name(code_system)}"


def _name(url: str) -> str:
    return url.rpartition("/")[2]


def _extension(url: str) -> Json:
    contexts, _ = EXTENSIONS[url]
    sets = {system: _value_set_url(system) for system in _concepts()}
    return _defined(url, "Extension", elements(url, value_set=sets)) | {
        "context": [{"type": "element", "expression": each} for each in contexts]
    }


def _profile(url: str, profile: Profile) -> Json:
    elements = [
        {"id": path, "path": path, "short": words, "min": least, "max": most}
        for path, least, most, words in profile.elements
    ]
    return _defined(url, profile.type, elements) | {"title": profile.title}


def _defined(url: str, kind: str, elements: Iterable[Json]) -> Json:
    return _resource("StructureDefinition", _name(url), url=url) | {
        "fhirVersion": "4.0.1",
        "kind": "complex-type" if kind == "Extension" else "resource",
        "abstract": False,
        "type": kind,
        "baseDefinition": f"http://hl7.org/fhir/StructureDefinition/{kind}",
        "derivation": "constraint",
        "differential": {"element": [*elements]},
    }
