"""Narrative (XHTML that came from outside) -> plain text. The markup itself is never shown to anybody.

A narrative with active content is refused: FHIR allows only basic formatting (txt-1), so it is a mistake or an attack.
"""

import re
from html import escape
from html.parser import HTMLParser

_ACTIVE = frozenset(
    "applet audio base button embed form frame frameset iframe input link math meta object script select style svg "
    "template textarea video".split()
)
_BLOCKS = frozenset(
    "blockquote br caption dd div dl dt h1 h2 h3 h4 h5 h6 hr li ol p pre section table tbody tfoot thead tr ul".split()
)
_HEADINGS = frozenset("h1 h2 h3 h4 h5 h6 th caption".split())
_SCHEME = re.compile(r"[^a-z0-9:/#?.]", re.IGNORECASE)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.active = False
        self.texts: list[str] = []
        self._piece: list[str] = []
        self._heading = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        name = tag.rpartition(":")[2]
        if name in _ACTIVE or any(_is_active(attribute, value) for attribute, value in attrs):
            self.active = True
        self._boundary(name)
        self._heading += name in _HEADINGS

    def handle_endtag(self, tag: str) -> None:
        self._boundary(tag)
        if tag in _HEADINGS and self._heading:
            self._heading -= 1

    def handle_data(self, data: str) -> None:
        if not self._heading:
            self._piece.append(data)

    def handle_decl(self, decl: str) -> None:
        self.active = True

    def handle_pi(self, data: str) -> None:
        self.active = True

    def finish(self) -> None:
        self.close()
        self._cut()

    def _boundary(self, tag: str) -> None:
        if tag in _BLOCKS:
            self._cut()
        elif tag in {"td", "th"}:
            self._piece.append(" ")

    def _cut(self) -> None:
        text = " ".join("".join(self._piece).split())
        self._piece.clear()
        if text:
            self.texts.append(text)


def _is_active(attribute: str, value: str | None) -> bool:
    if attribute.startswith("on") or attribute == "srcdoc":
        return True
    scheme = _SCHEME.sub("", value or "").casefold()
    return scheme.startswith(("javascript:", "vbscript:", "data:text", "data:application"))


def _read(div: str) -> _Reader:
    reader = _Reader()
    reader.feed(div)
    reader.finish()
    return reader


def is_active(div: str) -> bool:
    """Whether a narrative holds anything that a browser would run, load or send."""
    return _read(div).active


def texts(div: str) -> list[str]:
    """The plain text of each item and paragraph, in order, with its spaces made single. Headings are left out."""
    return _read(div).texts


def to_narrative(items: list[str]) -> dict[str, str]:
    """A Narrative that lists the items."""
    listed = "".join(f"<li>{escape(item, quote=False)}</li>" for item in items)
    return {"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml"><ul>{listed}</ul></div>'}
