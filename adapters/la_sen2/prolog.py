"""What stands before a file's first element, read before any parser sees it.

A DOCTYPE is refused wherever it stands in the prolog and whichever encoding hides it; so is an encoding that this scan
and the parser might read differently.
"""

import re

from hub.errors import Problem, invalid

PROLOG_BYTES = 64 * 1024
"""A prolog is a declaration and perhaps a comment; a longer one is refused."""

ENCODINGS = frozenset({"UTF-8", "UTF-16", "US-ASCII", "ISO-8859-1", "ISO-8859-15", "WINDOWS-1252"})
"""The encodings a return may be in."""

_BYTE_ORDER_MARKS = (
    (b"\xff\xfe\x00\x00", None),  # UTF-32: not read
    (b"\x00\x00\xfe\xff", None),
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
    (b"<\x00", "utf-16-le"),
    (b"\x00<", "utf-16-be"),
)
_DECLARED = re.compile(r"""<\?xml\s[^>]*?encoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']""")
_SPACE = " \t\r\n"


def check_prolog(head: bytes) -> None:
    """Raises `Problem` INVALID unless the file's first PROLOG_BYTES lead to an element, without a DOCTYPE."""
    if not head.strip():
        raise invalid("the file is empty", rule="file-empty")
    text = _decoded(head)
    at = 0
    while True:
        while at < len(text) and text[at] in _SPACE:
            at += 1
        if text.startswith("<?", at):
            at = _after(text, "?>", at)
        elif text.startswith("<!--", at):
            at = _after(text, "-->", at)
        elif text.startswith("<!", at):
            raise invalid("the file has a DOCTYPE, which a return may not have", rule="doctype", path=("DOCTYPE",))
        elif text.startswith("<", at):
            return
        else:
            raise _not_xml() if at < len(text) else _too_long()


def _decoded(head: bytes) -> str:
    """The head as text. Encodings that contain ASCII are read as Latin-1, in which markup looks the same."""
    for mark, encoding in _BYTE_ORDER_MARKS:
        if head.startswith(mark):
            if encoding is None:
                raise _unread_encoding()
            text = head.decode(encoding, errors="replace").lstrip("\ufeff")
            break
    else:
        encoding, text = "", head.decode("latin-1")
    if encoding == "utf-8":
        text = head.decode("latin-1")[3:]
    declared = _DECLARED.match(text)
    name = declared[1].upper() if declared else encoding.upper() or "UTF-8"
    wide = encoding.startswith("utf-16")
    if not wide and name not in ENCODINGS - {"UTF-16"}:
        raise _unread_encoding()
    if wide and not name.startswith("UTF-16"):
        raise _unread_encoding()
    return text


def _after(text: str, end: str, at: int) -> int:
    found = text.find(end, at)
    if found < 0:
        raise _too_long()
    return found + len(end)


def _not_xml() -> Problem:
    return invalid("the file is not XML", rule="not-xml")


def _too_long() -> Problem:
    return invalid(f"the file has no element within its first {PROLOG_BYTES:,} bytes", rule="prolog-too-long")


def _unread_encoding() -> Problem:
    known = ", ".join(sorted(ENCODINGS))
    return invalid(f"the file's encoding is not one that is read here ({known})", rule="encoding-unknown")
