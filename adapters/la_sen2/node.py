"""One element of a person's record: its fields by name, its parts, and the complaints that reading them raises.

A complaint says where and which rule; it never repeats what stands there.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import date
from enum import StrEnum
from functools import cache, lru_cache
from typing import Any, TypeVar
from unicodedata import normalize

from adapters.la_sen2.names import FIELDS, NAMES, PARTS, name_of, spelling
from adapters.la_sen2.xml import Element
from hub.actions.sen2_return import ImportProblem, Severity
from hub.law.interpretation import InvalidIdentifier

MAX_TEXT = 4_000
"""The longest text, in characters, that a field of a return may hold."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
"""Control characters other than tab and line end: U+0080 to U+009F are what Windows-1252 read as Latin-1 leaves."""

C = TypeVar("C", bound=StrEnum)


def _is_sound(text: str) -> bool:
    """Whether a text needs no tidying: printable ASCII without a space too many, and not too long."""
    if not (text.isascii() and text.isprintable()) or len(text) > MAX_TEXT:
        return False
    return " " not in text or " ".join(text.split()) == text


@dataclass(frozen=True, slots=True)
class Book:
    """Where complaints of one person are noted, and the last day of which a return can tell."""

    today: date
    problems: list[ImportProblem] = dataclass_field(default_factory=list[ImportProblem])


@dataclass(frozen=True, slots=True)
class Place:
    """Where an element stands. Written out only for a complaint."""

    name: str
    """Of the outermost, with its position; of an element within it, its name in lower case."""
    element: Element
    position: int = 0
    within: "Place | None" = None

    def __str__(self) -> str:
        if self.within is None:
            return self.name
        return f"{self.within}/{spelling(self.name, self.element)}[{self.position}]"


class Node:
    """An element, its place in the file, and the book that its complaints go to.

    It knows its parts and they do not know it, so that a person who has been read is freed at once: the garbage
    collector would otherwise take as long as all the reading.
    """

    __slots__ = ("_book", "_fields", "_nodes", "_part", "_parts", "_place", "_repeated", "_sound")

    def __init__(self, element: Element, place: Place, book: Book, part: str = "person") -> None:
        self._part = part
        self._place = place
        self._book = book
        self._fields: dict[str, Element] = {}
        self._sound: dict[str, str] = {}
        self._parts: dict[str, list[Element]] = {}
        self._nodes: dict[str, list[Node]] = {}
        self._repeated: set[str] = set()
        fields, sound, names = self._fields, self._sound, NAMES
        for child in element:
            name = names.get(child.tag) or name_of(child.tag)
            if name in PARTS:
                self._parts.setdefault(name, []).append(child)
            elif name in fields:
                self._repeated.add(name)
                sound.pop(name, None)
            else:
                fields[name] = child
                text = child.text
                if text and _is_sound(text) and not len(child):
                    sound[name] = text

    @property
    def line(self) -> int | None:
        return self._place.element.sourceline

    def complain(
        self, rule: str, message: str, field: str | None = None, *, severity: Severity = Severity.REFUSED
    ) -> None:
        """Note a problem with the field (its name in lower case), or with the element itself."""
        place, line = str(self._place), self.line
        if field is not None:
            found = self._fields.get(field)
            place = f"{place}/{spelling(field, found)}"
            line = line if found is None else found.sourceline
        self._book.problems.append(ImportProblem(place, line, rule, message, severity))

    def warn(self, rule: str, message: str, field: str | None = None) -> None:
        self.complain(rule, message, field, severity=Severity.WARNING)

    def parts(self, name: str) -> list["Node"]:
        """The parts of that name (lower case), in the order of the file."""
        if name not in self._parts:
            return []
        nodes = self._nodes.get(name)
        if nodes is None:
            nodes = self._nodes[name] = [
                Node(element, Place(name, element, position, self._place), self._book, name)
                for position, element in enumerate(self._parts[name], start=1)
            ]
        return nodes

    def only(self, name: str, rule: str, message: str) -> "Node | None":
        """The one part of that name; complains of a second."""
        found = self.parts(name)
        for further in found[1:]:
            further.complain(rule, message)
        return found[0] if found else None

    def says(self, field: str) -> bool:
        """Whether the field is there and not empty, be it right or wrong."""
        if field in self._sound:
            return True
        element = self._fields.get(field)
        return element is not None and bool((element.text or "").strip())

    def text(self, field: str) -> str | None:
        """The field's text, spaces tidied and composed (Unicode NFC); None where there is none, or it is at fault."""
        sound = self._sound.get(field)
        if sound is not None:
            return sound
        element = self._fields.get(field)
        if element is None:
            return None
        if field in self._repeated:
            self.complain("field-repeated", "this field may stand here once", field)
        if len(element):
            self.complain("field-not-text", "this field holds text, not further elements", field)
            return None
        found = element.text
        if found is None:
            return None
        if len(found) > MAX_TEXT:
            self.complain("text-too-long", f"this text is longer than {MAX_TEXT:,} characters", field)
            return None
        return self._tidied(found, field)

    def _tidied(self, found: str, field: str) -> str | None:
        if _CONTROL.search(found):
            self.complain("text-control-character", "this text has control characters: check its encoding", field)
            return None
        if "\ufffd" in found:
            self.warn("text-replaced", "this text lost a character in an earlier change of encoding", field)
        return " ".join(normalize("NFC", found).split()) or None

    def day(self, field: str) -> date | None:
        """A date, written YYYY-MM-DD."""
        found = self.text(field)
        if found is None:
            return None
        day = _day(found)
        if day is not None:
            return day
        self.complain("date-format", "this is not a date of the calendar, written YYYY-MM-DD", field)
        return None

    def past_day(self, field: str) -> date | None:
        """The date of what a return can only tell once it has happened."""
        found = self.day(field)
        if found is not None and found > self._book.today:
            self.complain("date-in-future", "this has not happened yet", field)
        return found

    def flag(self, field: str) -> bool | None:
        """Yes or no, written 1 or 0."""
        match self.text(field):
            case None:
                return None
            case "0":
                return False
            case "1":
                return True
            case _:
                self.complain("flag-unknown", "this is not 0 or 1", field)
                return None

    def code(self, codes: type[C], field: str) -> C | None:
        """One of a closed list of codes."""
        found = self.text(field)
        if found is None:
            return None
        code: C | None = _members(codes).get(found)
        if code is None:
            self.complain("code-unknown", f"this is not one of the codes {', '.join(codes)}", field)
        return code

    def open_code(self, codes: type[C], field: str) -> str | None:
        """A code of a list that may have grown: another is kept as it is written, with a warning."""
        found = self.text(field)
        if found is not None and found not in _members(codes):
            self.warn("code-not-listed", f"this is not one of the codes {', '.join(codes)}", field)
        return found

    def rank(self, field: str, *, highest: int | None, otherwise: int) -> int:
        """A rank, from 1; a missing one is the element's position, with a warning."""
        found = self.text(field)
        if found is None:
            self.warn("rank-missing", "there is no rank: the order in the file stands for it", field)
            return otherwise
        if found.isascii() and found.isdecimal() and len(found) <= 2 and 1 <= int(found) <= (highest or 99):
            return int(found)
        self.complain("rank-unknown", f"this is not a rank from 1 to {highest or 99}", field)
        return otherwise

    def identifier(self, check: Callable[[str], str], field: str, *, refuse: bool = True) -> str | None:
        """An identifier that passes its check. Where `refuse` is false a failing one is left out, with a warning."""
        found = self.text(field)
        if found is None:
            return None
        try:
            return check(found)
        except InvalidIdentifier as wrong:
            self.complain(wrong.rule, wrong.message, field, severity=Severity.REFUSED if refuse else Severity.WARNING)
            return None

    def warn_of_the_rest(self) -> None:
        """Warn of each field that no guide has here."""
        known = FIELDS[self._part]
        if self._fields.keys() <= known:
            return
        for field, element in self._fields.items():
            if field not in known:
                message = "this element is not known here and was left out"
                self._book.problems.append(
                    ImportProblem(str(self._place), element.sourceline, "element-unknown", message, Severity.WARNING)
                )


@cache
def _members(codes: type[StrEnum]) -> Mapping[str, Any]:
    return {code.value: code for code in codes}


@lru_cache(maxsize=32_768)
def _day(text: str) -> date | None:
    """Of a date written YYYY-MM-DD. The same days stand in a file again and again."""
    if len(text) == 10 and text[4] == "-" == text[7]:
        try:
            return date.fromisoformat(text)
        except ValueError:
            pass
    return None
