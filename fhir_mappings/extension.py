"""Complex extensions as tables: each piece once, with how it is written and how it is read.

What FHIR has no element for travels in the hub's own extensions. A piece that is not in the table is a fault: it was
meant to say something.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from fhir_mappings.code_system import Code, CodeSystem, UnknownCode
from fhir_mappings.outcome import Faults
from fhir_mappings.values import Json

Pence = int
_PENNY = Decimal("0.01")
_MOST_POUNDS = Decimal(10) ** 10  # what the hub keeps: twelve digits, two of them after the point


@dataclass(frozen=True, slots=True)
class Piece:
    """A sub-extension: its url, the attribute that it carries, and both ways. `read` raises ValueError.

    `type`: the FHIR type of its value; of a complex one its `pieces`. `system`: the code system of a Coding.
    """

    url: str
    attribute: str
    write: Callable[[Any], Json]
    read: Callable[[Json], Any]
    type: str = ""
    many: bool = False
    system: str | None = None
    pieces: "Sequence[Piece]" = ()


def coded(url: str, attribute: str, system: CodeSystem[Code]) -> Piece:
    def read(part: Json) -> Code:
        found = system.read({"coding": [part.get("valueCoding", {})]})
        if found is None:
            raise UnknownCode(system.url)
        return found

    return Piece(url, attribute, lambda term: {"valueCoding": system.coding(term)}, read, "Coding", system=system.url)


def dated(url: str, attribute: str) -> Piece:
    return Piece(
        url,
        attribute,
        lambda day: {"valueDate": day.isoformat()},
        lambda part: date.fromisoformat(str(part.get("valueDate"))),
        "date",
    )


def worded(url: str, attribute: str) -> Piece:
    return _plain(url, attribute, "valueString", str)


def numbered(url: str, attribute: str) -> Piece:
    return _plain(url, attribute, "valueInteger", int)


def flagged(url: str, attribute: str) -> Piece:
    return _plain(url, attribute, "valueBoolean", bool)


def priced(url: str, attribute: str) -> Piece:
    return Piece(
        url,
        attribute,
        lambda pence: {"valueMoney": money(pence)},
        lambda part: pence_of(part.get("valueMoney", {})),
        "Money",
    )


def referring(url: str, attribute: str, kind: str) -> Piece:
    """A reference to a resource of the hub, by its id."""
    return Piece(
        url,
        attribute,
        lambda id_: {"valueReference": {"reference": f"{kind}/{id_}", "type": kind}},
        lambda part: UUID(part.get("valueReference", {}).get("reference", "").removeprefix(f"{kind}/")),
        "Reference",
    )


def identified(url: str, attribute: str, system: str) -> Piece:
    return Piece(
        url,
        attribute,
        lambda id_: {"valueIdentifier": {"system": system, "value": str(id_)}},
        lambda part: UUID(part.get("valueIdentifier", {}).get("value", "")),
        "Identifier",
    )


def body(url: str, attribute: str) -> Piece:
    """A logical reference to a body, as `organisation_reference` makes it."""
    return Piece(
        url,
        attribute,
        lambda reference: {"valueReference": reference},
        lambda part: part["valueReference"],
        "Reference",
    )


def complex_(url: str, attribute: str, pieces: Sequence[Piece], make: Callable[..., Any], *, many: bool) -> Piece:
    """Pieces within a piece, which make one value together; `many`: a sequence of them."""

    def read(part: Json) -> Any:
        faults = Faults()
        said = read_pieces(part, pieces, faults, url)
        if faults.issues:
            raise ValueError(faults.issues[0].diagnostics)
        return make(**said)

    return Piece(url, attribute, lambda value: {"extension": written(value, pieces)}, read, "", many, pieces=pieces)


def written(value: Any, pieces: Sequence[Piece]) -> list[Json]:
    """The sub-extensions that say what these attributes hold; of those that hold nothing, none."""
    found: list[Json] = []
    for piece in pieces:
        held = getattr(value, piece.attribute)
        several: Sequence[Any] = held if piece.many else [held]
        found += [{"url": piece.url, **piece.write(each)} for each in several if each is not None]
    return found


def read_pieces(extension: Json, pieces: Sequence[Piece], faults: Faults, at: str) -> dict[str, Any]:
    """What the sub-extensions say, by attribute; a fault for one that is not known, not sound, or there twice."""
    by_url = {piece.url: piece for piece in pieces}
    said: dict[str, Any] = {}
    for part in extension.get("extension", ()):
        piece = by_url.get(part.get("url", ""))
        try:
            if piece is None or (piece.attribute in said and not piece.many):
                raise ValueError(f"this extension has {', '.join(by_url)}, most of them once")
            value = piece.read(part)
        except (ValueError, KeyError) as error:
            said_wrong = str(error) if isinstance(error, UnknownCode) else "this part is not as its definition asks"
            faults.add("extension-part", said_wrong, f"{at}.extension", code="extension")
            continue
        said[piece.attribute] = (*said.get(piece.attribute, ()), value) if piece.many else value
    return said


def find_extension(element: Mapping[str, Any], url: str) -> Json:
    """The extension with this url; empty where there is none."""
    found: list[Json] = [each for each in element.get("extension", ()) if each.get("url") == url]
    return found[0] if found else {}


def money(pence: Pence) -> Json:
    """Pounds, exact: two decimals, which the number on the wire keeps."""
    return {"value": (Decimal(pence) / 100).quantize(_PENNY), "currency": "GBP"}


def pence_of(amount: Json) -> Pence:
    """The pence of a Money in pounds; raises ValueError for another currency, part of a penny or no number."""
    try:
        pounds = Decimal(str(amount["value"]))
        exact = pounds == pounds.quantize(_PENNY)
    except (InvalidOperation, KeyError) as error:
        raise ValueError("no amount") from error
    if not exact or amount.get("currency", "GBP") != "GBP" or abs(pounds) >= _MOST_POUNDS:
        raise ValueError("an amount is in pounds and whole pence")
    return int(pounds * 100)


def _plain(url: str, attribute: str, name: str, kind: type[Any]) -> Piece:
    def read(part: Json) -> Any:
        value = part[name]
        if not isinstance(value, kind):
            raise ValueError(name)
        return value

    return Piece(url, attribute, lambda value: {name: value}, read, name[5].lower() + name[6:])
