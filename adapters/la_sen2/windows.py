"""Whether bytes that are no UTF-8 are Windows-1252.

Files of DOS and of the Macintosh, and files of two encodings, decode as that too: into signs and capitals that no name
has where they then stand. A name that was read by the wrong table is worse than a file that was not read.
"""

import re
from collections.abc import Iterable

_PART_OF_UTF_8 = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}")
_BEYOND_ASCII = re.compile("[\x80-\uffff]")
_LETTERS = "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝÞßàáâãäåæçèéêëìíîïðñòóôõöøùúûüýþÿŠšŽžŒœŸ"
_SIGNS = "‘’“”–—…€£°½¼\xa0"
_OF_NO_OTHER_LETTER = "©ª«¬±²³´¹º»"
"""Signs whose bytes are letters neither of DOS nor of the Macintosh."""
_MAY_STAND = frozenset(_LETTERS + _SIGNS + _OF_NO_OTHER_LETTER)
_STANDING_APART = re.compile(rf"((?<![A-Za-z{_LETTERS}])[•·×÷§†™]|®)(?![A-Za-z{_LETTERS}])")
"""Signs of running text that within a word would be letters of another table."""
_CAPITAL_WITHIN = re.compile("[a-zß-ÿšžœ][ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝÞŠŽŒŸ][a-zß-ÿšžœ]?")


def is_windows(lines: Iterable[bytes]) -> bool:
    """Whether every byte beyond ASCII is a letter, or a sign of running text, where that may stand."""
    return all(line.isascii() or _is_windows(line) for line in lines)


def _is_windows(line: bytes) -> bool:
    if _PART_OF_UTF_8.search(line):
        return False
    try:
        text = line.decode("windows-1252")
    except UnicodeDecodeError:
        return False
    if _CAPITAL_WITHIN.search(text):
        return False
    return _MAY_STAND.issuperset(_BEYOND_ASCII.findall(_STANDING_APART.sub("", text)))
