"""Takes a file in: a private copy, which nobody can change or remove while it is read, and what it hashes to.

The copy has no name, so nothing is left of it when the process dies. A folder becomes a zip of its files.
"""

import hashlib
import os
import stat
import tempfile
import zipfile
from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager
from os import PathLike
from pathlib import Path
from typing import IO, BinaryIO

from adapters.la_sen2.archive import is_zip
from hub.actions.sen2_return import ReturnFile
from hub.errors import invalid

PIECE = 8 * 1024 * 1024
"""The most bytes of a file that are held, and kept as one row, at once."""

XML, ZIP = "application/xml", "application/zip"
_THE_SAME_DAY = (1980, 1, 1, 0, 0, 0)


def take(
    source: str | PathLike[str] | IO[bytes], opened: ExitStack, *, name: str, max_bytes: int
) -> tuple[BinaryIO, ReturnFile]:
    """The copy, at its beginning, and what there is to say of it. The copy is closed with `opened`.

    Raises `Problem` INVALID for a file that is too large, or that changed while it was copied; OSError when it cannot
    be read.
    """
    copy = opened.enter_context(tempfile.TemporaryFile())  # noqa: SIM115  (closed with the rest)
    if isinstance(source, str | PathLike):
        path = Path(source)
        if path.is_dir():
            _pack(path, copy, max_bytes)
        else:
            with path.open("rb") as file:
                _copy(file, copy, max_bytes)
    else:
        _copy(source, copy, max_bytes)
    copy.seek(0)
    return copy, _described(copy, name)


def _described(copy: BinaryIO, name: str) -> ReturnFile:
    size, digest = 0, hashlib.sha256()
    for piece in _pieces(copy):
        size += len(piece)
        digest.update(piece)
    copy.seek(0)

    def again() -> Iterator[bytes]:
        copy.seek(0)
        yield from _pieces(copy)

    return ReturnFile(name, ZIP if is_zip(copy) else XML, digest.hexdigest(), size, again)


def _pieces(stream: IO[bytes]) -> Iterator[bytes]:
    while piece := stream.read(PIECE):
        yield piece


def _copy(stream: IO[bytes], copy: IO[bytes], max_bytes: int) -> int:
    """Copy a stream, and how many bytes it has."""
    copied = 0
    with staying_as_it_is(stream):
        for piece in _pieces(stream):
            copied += len(piece)
            if copied > max_bytes:
                raise invalid("the file is larger than may be imported", rule="file-too-large")
            copy.write(piece)
    return copied


@contextmanager
def staying_as_it_is(stream: IO[bytes]) -> Generator[None]:
    """Raises `Problem` INVALID when the file has changed in the block, in which it is read. One that is renamed or
    removed meanwhile is read to its end all the same."""
    before = _as_it_is(stream)
    yield
    if _as_it_is(stream) != before:
        raise invalid("the file changed while it was read: import it again", rule="file-changed")


def _as_it_is(stream: IO[bytes]) -> tuple[int, int] | None:
    """A file's size and time of change; None for what is no file."""
    try:
        status = os.fstat(stream.fileno())
    except OSError:
        return None
    return (status.st_size, status.st_mtime_ns) if stat.S_ISREG(status.st_mode) else None


def _pack(folder: Path, copy: BinaryIO, max_bytes: int) -> None:
    """The folder's own CSV files as a zip: the same bytes whenever the files are the same."""
    left = max_bytes
    with zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for path in sorted(folder.iterdir()):
            if path.is_symlink() or not path.is_file() or path.suffix.lower() != ".csv":
                continue
            entry = zipfile.ZipInfo(path.name, _THE_SAME_DAY)
            entry.compress_type = zipfile.ZIP_DEFLATED
            with path.open("rb") as file, archive.open(entry, "w") as into:
                left -= _copy(file, into, left)
