"""An element made of a row of an export, so that a person of either kind of file is read by the same rules."""

import re
from collections.abc import Iterator
from xml.sax.saxutils import escape

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


class Made:
    """What is used of an lxml element: a tag, a text, a line and the elements within."""

    __slots__ = ("_within", "sourceline", "tag", "text")

    def __init__(self, tag: str, line: int, text: str | None = None) -> None:
        self.tag = tag
        self.sourceline: int | None = line
        self.text = text
        self._within: list[Made] = []

    def add(self, element: "Made") -> None:
        self._within.append(element)

    def __iter__(self) -> Iterator["Made"]:
        return iter(self._within)

    def __len__(self) -> int:
        return len(self._within)

    def getparent(self) -> None:
        return None

    def raw(self) -> bytes:
        """As XML, which a quarantined person is kept as; a character that XML has not stands as U+FFFD."""
        return self._written().encode()

    def _written(self) -> str:
        within = "".join(each._written() for each in self._within)
        said = escape(_NOT_XML.sub("\ufffd", self.text)) if self.text else ""
        return f"<{self.tag}>{said}{within}</{self.tag}>"
