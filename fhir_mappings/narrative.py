"""Narrative (XHTML that came from outside) -> plain text. The markup itself is never shown to anybody.

A narrative with active content is refused: FHIR allows only basic formatting (txt-1), so it is a mistake or an attack.
So is one that says nothing: it has some text that is more than white space, or an image (txt-2).
"""

import re
from collections.abc import Iterable
from html import escape
from html.entities import html5
from xml.parsers import expat

_ACTIVE_ELEMENTS = """
    applet audio base button embed form frame frameset iframe input link math meta object script select style svg
    template textarea video
"""
_BLOCK_ELEMENTS = """
    blockquote br caption dd div dl dt h1 h2 h3 h4 h5 h6 hr li ol p pre section table tbody tfoot thead tr ul
"""
_ACTIVE = frozenset(_ACTIVE_ELEMENTS.split())
_BLOCKS = frozenset(_BLOCK_ELEMENTS.split())
_HEADINGS = frozenset({"caption", "h1", "h2", "h3", "h4", "h5", "h6", "th"})
_ENTITY = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,31};)")
_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_WHITE_SPACE = " \t\r\n"  # XML's, as the invariant has it: a non-breaking space is none
_XML_ENTITIES = frozenset({"amp;", "lt;", "gt;", "quot;", "apos;"})


class BadNarrative(ValueError):  # noqa: N818  (named for what it says)
    """A narrative that is not well-formed, says nothing, or is more than text. Never carries the text."""

    def __init__(self, rule: str, message: str) -> None:
        super().__init__(message)
        self.rule = rule
        self.message = message


def texts(div: str) -> list[str]:
    """The plain text of each item and paragraph, in order, its spaces made single, without headings.

    Raises `BadNarrative`. There is no DTD and so no entity to expand; time grows with the length of the text.
    """
    reader = _Reader()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.StartDoctypeDeclHandler = reader.doctype
    parser.ProcessingInstructionHandler = reader.instruction
    parser.buffer_text = True
    try:
        parser.Parse(_ENTITY.sub(_character, div), True)
    except expat.ExpatError as error:
        raise BadNarrative("narrative-not-xhtml", "a narrative is a well-formed XHTML div") from error
    if not reader.says_something:
        raise BadNarrative("txt-2", "a narrative has some text that is not white space, or an image")
    return reader.texts


def _character(match: re.Match[str]) -> str:
    """XHTML in XML has no `&nbsp;`, but senders write it."""
    name = match[1]
    return match[0] if name in _XML_ENTITIES else escape(html5.get(name, match[0]))


def to_narrative(items: Iterable[str]) -> dict[str, str]:
    """A Narrative that lists the items."""
    listed = "".join(f"<li>{_escaped(item)}</li>" for item in items)
    return {"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml"><ul>{listed}</ul></div>'}


def _escaped(text: str) -> str:
    return escape(_NOT_XML.sub("\ufffd", text), quote=False)


class _Reader:
    """Gathers text between the boundaries of blocks."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.says_something = False
        self._piece: list[str] = []
        self._headings = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = _local(tag)
        if name in _ACTIVE or any(_is_active(_local(attribute), value) for attribute, value in attributes.items()):
            raise _active()
        if name == "img" and "src" in attributes:
            self.says_something = True
        self._boundary(name)
        self._headings += name in _HEADINGS

    def end(self, tag: str) -> None:
        name = _local(tag)
        self._boundary(name)
        self._headings -= name in _HEADINGS
        if name == "div":
            self._cut()

    def text(self, text: str) -> None:
        if not self.says_something and text.strip(_WHITE_SPACE):
            self.says_something = True
        if not self._headings:
            self._piece.append(text)

    def doctype(self, *_: object) -> None:
        raise _active()

    def instruction(self, *_: object) -> None:
        raise _active()

    def _boundary(self, name: str) -> None:
        if name in _BLOCKS:
            self._cut()
        elif name in {"td", "th"}:
            self._piece.append(" ")

    def _cut(self) -> None:
        text = " ".join("".join(self._piece).split())
        self._piece.clear()
        if text:
            self.texts.append(text)


def _local(name: str) -> str:
    return name.rpartition(" ")[2].casefold()


def _is_active(attribute: str, value: str) -> bool:
    if attribute.startswith("on") or attribute == "srcdoc":
        return True
    scheme = "".join(value.split()).casefold()
    return scheme.startswith(("javascript:", "vbscript:", "data:text", "data:application"))


def _active() -> BadNarrative:
    return BadNarrative("narrative-active-content", "a narrative has text and basic formatting, and nothing active")
