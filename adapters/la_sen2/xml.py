"""The XML parser, known to this module alone: a file as its elements, one after the other, in constant memory.

Nothing outside the file is ever opened, no entity is expanded, and a field of more than ten million characters ends
the parse. lxml carries no types, so what is used of it is declared here.
"""

from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, Protocol, cast

from lxml import etree as _untyped  # pyright: ignore[reportAttributeAccessIssue, reportUnknownVariableType]  (untyped there)

from adapters.la_sen2.prolog import PROLOG_BYTES, check_prolog
from hub.errors import Problem, invalid

etree = cast("Any", _untyped)


class Element(Protocol):
    """What is used of an lxml element."""

    tag: str
    text: str | None
    sourceline: int | None

    def __iter__(self) -> Iterator["Element"]: ...
    def __len__(self) -> int: ...
    def getparent(self) -> "Element | None": ...


def elements(
    stream: BinaryIO, *, name_of: Callable[[str], str], names: frozenset[str], most: int
) -> Iterator[tuple[str, Element]]:
    """Each element of these names as it ends, with its name. Whoever takes them must `forget` what has been read, or
    memory grows with the file; of other elements at most so many may end in between.

    Raises `Problem` INVALID, with the line but never a word of the file, when it is not well-formed XML.
    """
    begins_at = stream.tell()
    check_prolog(stream.read(PROLOG_BYTES))
    stream.seek(begins_at)
    parse = etree.iterparse(
        stream,
        events=("end",),
        huge_tree=False,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        remove_comments=True,
        remove_pis=True,
    )
    held = 0
    try:
        for _, element in parse:
            name, held = name_of(element.tag), held + 1
            if held > most:
                message = f"the file is not a SEN2 return: more than {most:,} elements stand where one person should be"
                raise invalid(message, rule="not-sen2", path=("Persons",))
            if name in names:
                _refuse_doctype(element)  # the second lock, should this parser ever read a prolog otherwise than we do
                yield name, element
                held = 0
    except etree.XMLSyntaxError as error:
        raise _not_well_formed(error) from None  # the parser's own words may quote the file


def forget(element: Element) -> None:
    """Free an element and everything before it under the same parent."""
    lxml_element = cast("Any", element)
    lxml_element.clear()
    parent = lxml_element.getparent()
    while parent is not None and lxml_element.getprevious() is not None:
        del parent[0]


def raw(element: Element) -> bytes:
    """The element as bytes of XML, without what follows it."""
    return etree.tostring(element, encoding="utf-8", xml_declaration=False, with_tail=False)


def _refuse_doctype(element: Any) -> None:
    if element.getroottree().docinfo.internalDTD is not None:
        raise invalid("the file has a DOCTYPE, which a return may not have", rule="doctype", path=("DOCTYPE",))


def _not_well_formed(error: Any) -> Problem:
    line = f" (line {error.lineno})" if error.lineno else ""
    if error.code in _ENDS_EARLY:
        return invalid(f"the file ends before it is complete{line}", rule="truncated")
    if error.code in _BAD_BYTES:
        return invalid(f"the file has bytes that are not of its encoding{line}", rule="encoding-broken")
    return invalid(f"the file is not well-formed XML{line}", rule="not-well-formed")


_ENDS_EARLY = frozenset(
    int(getattr(etree.ErrorTypes, name)) for name in ("ERR_TAG_NOT_FINISHED", "ERR_GT_REQUIRED", "ERR_LTSLASH_REQUIRED")
)
_BAD_BYTES = frozenset(
    int(getattr(etree.ErrorTypes, name))
    for name in ("ERR_INVALID_ENCODING", "ERR_UNKNOWN_ENCODING", "ERR_UNSUPPORTED_ENCODING")
)
