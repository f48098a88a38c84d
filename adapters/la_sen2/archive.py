"""A zip as an authority sends one: looked at before anything in it is unpacked, and nothing of it ever written out."""

import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from functools import partial
from pathlib import PurePosixPath
from typing import IO, BinaryIO

from adapters.la_sen2.parts import PARTS
from hub.errors import Problem, invalid

MOST_ENTRIES = 50
MOST_DIRECTORY_BYTES = 64 * 1024
MOST_RATIO = 100
"""How many times larger than the zip what is in it may be: rows of persons become ten to twenty times smaller."""
SMALL = 1024 * 1024
"""Below this size what is in a zip need not be looked at for its ratio."""

_END = struct.Struct("<4s4H2LH")
_END_MARK, _ZIP64_MARK = b"PK\x05\x06", b"PK\x06\x07"
_ENCRYPTED = 0x1
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_ARCHIVES = frozenset({".zip", ".7z", ".rar", ".gz", ".tgz", ".tar", ".bz2", ".xz", ".cab"})
_BESIDE_THE_POINT = ("__MACOSX/",)

Files = dict[str, Callable[[], IO[bytes]]]


def is_zip(stream: BinaryIO) -> bool:
    """Whether the stream begins as a zip does. It stands where it stood afterwards."""
    begins_at = stream.tell()
    head = stream.read(4)
    stream.seek(begins_at)
    return head == b"PK\x03\x04" or head == _END_MARK


def files_in(stream: BinaryIO, *, max_bytes: int) -> Files:
    """How to open each part of the export, or the one XML return under the name `xml`.

    Raises `Problem` INVALID for a zip that is broken, encrypted, too large when unpacked, or holds a zip or a name that
    leads out of it, and for an export that is not whole.
    """
    archive = opened(stream, max_bytes=max_bytes)
    entries = [each for each in archive.infolist() if not each.is_dir()]
    wanted = [each for each in entries if not each.filename.startswith(_BESIDE_THE_POINT)]
    xml = [each for each in wanted if each.filename.lower().endswith(".xml")]
    csv = [each for each in wanted if each.filename.lower().endswith(".csv")]
    if len(xml) == 1 and not csv:
        return {"xml": partial(_open, archive, xml[0])}
    if xml:
        raise invalid("a zip holds one XML return, or the files of one export", rule="parts-unclear")
    return _parts(archive, csv)


def opened(stream: BinaryIO, *, max_bytes: int) -> zipfile.ZipFile:
    """The zip, once it has been looked at. Raises `Problem` INVALID for one that is broken or means harm."""
    _must_be_small(stream)
    with reading_a_zip():
        archive = zipfile.ZipFile(stream)
    _must_be_harmless([each for each in archive.infolist() if not each.is_dir()], max_bytes)
    return archive


def part_named(filename: str) -> str | None:
    """Which part a file is, by how its name ends."""
    stem = re.sub("[^a-z0-9]", "", PurePosixPath(filename).stem.lower())
    return next((name for name in PARTS if stem.endswith(name)), None)


def _parts(archive: zipfile.ZipFile, entries: Iterable[zipfile.ZipInfo]) -> Files:
    found: Files = {}
    for entry in entries:
        name = part_named(entry.filename)
        if name is None:
            raise invalid("a CSV file in the zip is none of the nine parts of an export", rule="part-unknown")
        if name in found:
            raise invalid(f"there are two files of the part {name}", rule="part-repeated", path=(name,))
        found[name] = partial(_open, archive, entry)
    missing = [name for name in PARTS if name not in found]
    if missing:
        message = f"the export is not whole: it has no {', '.join(missing)}; send all of its parts together"
        raise invalid(message, rule="parts-missing", path=tuple(missing))
    return found


def _must_be_small(stream: BinaryIO) -> None:
    """Its list of entries is read at once, so its size is looked at before `zipfile` does that."""
    size = stream.seek(0, 2)
    stream.seek(max(0, size - MOST_DIRECTORY_BYTES - _END.size))
    tail = stream.read()
    stream.seek(0)
    at = tail.rfind(_END_MARK)
    if at < 0 or len(tail) - at < _END.size:
        raise _broken()
    directory = _END.unpack_from(tail, at)[5]
    if directory > MOST_DIRECTORY_BYTES or tail[at - 20 : at - 16] == _ZIP64_MARK:
        raise invalid(f"the zip has more than {MOST_ENTRIES} files", rule="zip-entries")


def _must_be_harmless(entries: list[zipfile.ZipInfo], max_bytes: int) -> None:
    if len(entries) > MOST_ENTRIES:
        raise invalid(f"the zip has more than {MOST_ENTRIES} files", rule="zip-entries")
    for entry in entries:
        name = PurePosixPath(entry.filename)
        if name.is_absolute() or ".." in name.parts or re.search(r"[\\:\x00-\x1f]", entry.orig_filename):
            raise invalid("the zip has a name that leads out of it", rule="zip-path")
        if entry.flag_bits & _ENCRYPTED:
            raise invalid("the zip is encrypted", rule="zip-encrypted")
        if name.suffix.lower() in _ARCHIVES:
            raise invalid("the zip holds another archive", rule="zip-nested")
        if entry.compress_type not in _METHODS:
            raise invalid("the zip is packed by a method that is not read here", rule="zip-method")
    # `zipfile` never gives more of an entry than it declares, so what is declared can be counted on.
    unpacked, packed = sum(each.file_size for each in entries), sum(each.compress_size for each in entries)
    if unpacked > max_bytes or (unpacked > SMALL and unpacked > MOST_RATIO * max(packed, 1)):
        raise invalid("what the zip holds is too large when it is unpacked", rule="zip-too-large")


def _open(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> IO[bytes]:
    with reading_a_zip():
        return archive.open(entry)


@contextmanager
def reading_a_zip() -> Generator[None]:
    """What goes wrong in the block because the zip is broken refuses the file."""
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError) as error:
        raise _broken() from error


def _broken() -> Problem:
    return invalid("the zip is broken or cut off", rule="zip-broken")
