"""Bytes to text, or a refusal. A name that was read by the wrong table is worse than a file that was not read."""

import codecs
import re

from adapters.la_sen2.windows import is_windows
from hub.errors import Problem, invalid

ENCODINGS = {"utf-8": "utf-8-sig", "utf-16": "utf-16", "cp1252": "cp1252"}
"""By the names that a mapping uses."""

_FOLLOWS = bytes(each for each in range(0x80, 0xC0) if each not in {0x81, 0x8D, 0x8F, 0x90, 0x9D}).decode("cp1252")
_TELL_TALE = re.compile(f"[ÂÃÄÅ][{re.escape(_FOLLOWS)}\x80-\x9f]|â€")
"""How UTF-8 looks when it has been read as Windows-1252 and saved again. JOÃO and Ângela are names."""


def decode(content: bytes, encoding: str | None) -> str:
    """The text; `encoding` is what the mapping says, None: it is found out. Raises `Problem` INVALID."""
    if encoding is not None:
        text = _as(content, ENCODINGS[encoding])
        if text is None:
            raise _refused(f"the file is not {encoding}, which the mapping says it is")
        return _sound(text)
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = _as(content, "utf-16")
    else:
        text = _as(content, "utf-8-sig")
        if text is None and b"\x00" not in content and is_windows(content.splitlines()):
            text = _as(content, "cp1252")
    if text is None:
        raise _refused("this is neither UTF-8, nor UTF-16 with its mark, nor certainly Windows-1252: save it as UTF-8")
    return _sound(text)


def _as(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return None


def _sound(text: str) -> str:
    if _TELL_TALE.search(text):
        raise _refused("letters were garbled by an earlier change of encoding: extract the file again as UTF-8")
    return text


def _refused(message: str) -> Problem:
    return invalid(message, rule="encoding-unclear")
