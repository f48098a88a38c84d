"""The directories of the embedded PostgreSQL, and what the data directory remembers of them.

Inside `data_dir` lie `postgres.json` (the record), `postgres.log`, the locks, and, where the server's account can reach
it, `postgres/` with the cluster. Permissions of directories that the hub did not make are never changed: what the
account cannot reach is put elsewhere, and recorded.
"""

import json
import logging
import os
import shutil
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from hub.db.embedded.programs import (
    MAJOR,
    PORT,
    SERVER_UID,
    EmbeddedPostgresError,
    find_binaries,
    make_cluster,
    make_directory_for_all,
)

_SOCKET_NAME = f".s.PGSQL.{PORT}"
_SOCKET_PATH_LIMIT = 103  # bytes: sun_path holds 108 on Linux and 104 on macOS, with the closing zero

# Not /tmp or /var/tmp, which are swept of old files, and where others could have made the directory before us.
_STATE = Path("/var/lib/send-hub")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Home:
    """What a start needs: the directories of one server, and the account it runs under (None: the hub's own)."""

    cluster: Path
    socket_dir: Path
    binaries: Path
    uid: int | None


@dataclass(frozen=True, slots=True)
class Found:
    """What attaching to a server needs."""

    cluster: Path
    socket_dir: Path


def prepare(data_dir: Path, *, durable: bool) -> Home:
    """Make all that a server needs before it starts: the first time, the cluster. No server may be running on it."""
    earlier = _read_record(data_dir)
    if earlier and earlier.major != MAJOR:
        raise EmbeddedPostgresError(
            f"the database in {data_dir} was made by PostgreSQL {earlier.major} and this hub carries {MAJOR}: export "
            "it with the version of the hub that made it, or choose another HUB_DATA_DIR"
        )
    if earlier and not earlier.home.is_dir():
        raise EmbeddedPostgresError(
            f"the files of the database are gone: {_record_path(data_dir)} says that they are in {earlier.home}. "
            "Restore them, or delete the record to begin with an empty database"
        )
    uid = _server_uid(earlier)
    path = earlier.home if earlier else _make_home(data_dir, uid, durable=durable)
    _write_record(data_dir, _Record(MAJOR, path, None))
    socket_dir = _make_socket_dir(path, uid, earlier)
    _write_record(data_dir, _Record(MAJOR, path, socket_dir))
    home = Home(path / "cluster", socket_dir, find_binaries(uid, copies_in=_STATE), uid)
    if not home.cluster.exists():
        make_cluster(home.cluster, home.binaries, uid=uid, durable=durable)
    return home


def find(data_dir: Path) -> Found | None:
    """The directories of the latest start; None if the socket's is not there or not private."""
    record = _read_record(data_dir)
    if record is None or record.socket_dir is None:
        return None
    cluster = record.home / "cluster"
    owner = _lstat(cluster)
    found = _lstat(record.socket_dir)
    if owner is None or found is None:
        return None
    # One under /tmp may be swept away and made again by somebody else, who would then be told everything.
    if not stat.S_ISDIR(found.st_mode) or found.st_mode & 0o077 or found.st_uid != owner.st_uid:
        return None
    return Found(cluster, record.socket_dir)


def erase_home(data_dir: Path) -> None:
    """Delete the cluster that belongs to `data_dir`, and its record. No server may be running on it."""
    record = _read_record(data_dir)
    if record is None:
        return
    if record.socket_dir:
        shutil.rmtree(record.socket_dir, ignore_errors=True)
    if record.home.exists():
        shutil.rmtree(record.home)
    _record_path(data_dir).unlink()


@dataclass(frozen=True, slots=True)
class _Record:
    """What `data_dir` remembers, as JSON. A home inside `data_dir` is kept relative, so that it can move with it."""

    major: int
    home: Path
    socket_dir: Path | None


def _record_path(data_dir: Path) -> Path:
    return data_dir / "postgres.json"


def _read_record(data_dir: Path) -> _Record | None:
    path = _record_path(data_dir)
    try:
        facts = json.loads(path.read_text())
        socket_dir = facts["socket_dir"]
        return _Record(int(facts["major"]), data_dir / facts["home"], data_dir / socket_dir if socket_dir else None)
    except FileNotFoundError:
        return None
    except (KeyError, TypeError, ValueError) as error:
        raise EmbeddedPostgresError(f"{path} is damaged: restore it, or choose another HUB_DATA_DIR") from error


def _write_record(data_dir: Path, record: _Record) -> None:
    def relative(path: Path) -> str:
        return str(path.relative_to(data_dir) if path.is_relative_to(data_dir) else path)

    socket_dir = relative(record.socket_dir) if record.socket_dir else None
    unfinished = _record_path(data_dir).with_suffix(".new")
    unfinished.write_text(json.dumps({"major": record.major, "home": relative(record.home), "socket_dir": socket_dir}))
    unfinished.replace(_record_path(data_dir))


def _server_uid(earlier: _Record | None) -> int | None:
    if os.geteuid() != 0:
        return None
    cluster = _lstat(earlier.home / "cluster") if earlier else None
    return cluster.st_uid if cluster and cluster.st_uid else SERVER_UID


def _make_home(data_dir: Path, uid: int | None, *, durable: bool) -> Path:
    inside = data_dir / "postgres"
    if uid is None:
        inside.mkdir(mode=0o700, exist_ok=True)
        return inside
    if _open_to_all(data_dir):
        home = inside
        home.mkdir(exist_ok=True)
    else:
        home = _make_home_elsewhere(durable=durable)
        log.warning("PostgreSQL runs as user %d, who cannot reach %s: its files are in %s", uid, data_dir, home)
    home.chmod(0o711)  # the server passes through it to its own directories, which are closed to everybody else
    return home


def _make_home_elsewhere(*, durable: bool) -> Path:
    temporary = Path(tempfile.gettempdir())
    if not durable and _open_to_all(temporary):
        return Path(tempfile.mkdtemp(prefix="send-hub-", dir=temporary))
    make_directory_for_all(_STATE)
    return Path(tempfile.mkdtemp(prefix="cluster-", dir=_STATE))


def _make_socket_dir(home: Path, uid: int | None, earlier: _Record | None) -> Path:
    """A fresh private directory: no server runs, so what an earlier one left is stale."""
    if earlier and earlier.socket_dir:
        shutil.rmtree(earlier.socket_dir, ignore_errors=True)
    path = home / "socket"
    if len(os.fsencode(path / _SOCKET_NAME)) > _SOCKET_PATH_LIMIT:
        path = Path(tempfile.mkdtemp(prefix="send-hub-", dir="/tmp"))  # TMPDIR may be too long as well
    else:
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir(mode=0o700)
    if uid is not None:
        os.chown(path, uid, uid)
    return path


def _open_to_all(directory: Path) -> bool:
    return all(each.stat().st_mode & stat.S_IXOTH for each in (directory, *directory.parents))


def _lstat(path: Path) -> os.stat_result | None:
    try:
        return path.lstat()
    except FileNotFoundError:
        return None
