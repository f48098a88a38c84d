"""The steps of docker/Dockerfile without a Docker engine: `python -m tests.image` (Linux, as root, with debootstrap).

Each stage is a root that debootstrap made of Debian's own Python 3.11, in the place of `python:3.11-slim`; its
instructions are done there one after another, with chroot. Then what the image runs is run: as its user, on a root that
is read only but for what compose.yaml mounts, until its health check is content. What needs the engine itself (layers,
networks, compose) is not tried.

Packages are had as on this machine: pip's and npm's environment variables are passed on, and `--bind PATH` lets the
build see a folder of it.
"""

import argparse
import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[1]
SUITE = "bookworm"
PACKAGES = "python3,python3-venv,ca-certificates"
OUTSIDE = ("PIP_", "NPM_CONFIG_", "npm_config_", "NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE")
FROM_HERE = ("/etc/resolv.conf", "/etc/hosts", "/etc/ssl/certs", "/etc/pip.conf", "/etc/npmrc", "/root/.npmrc")
"""Where there are such files, the build is to reach packages as this machine does."""


@dataclass
class Stage:
    """One FROM of the Dockerfile, with what follows it."""

    name: str
    steps: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])


def stages(dockerfile: str) -> list[Stage]:
    """The stages; an instruction that this does not know is an error."""
    found: list[Stage] = []
    for line in dockerfile.replace("\\\n", " ").splitlines():
        word, _, rest = line.strip().partition(" ")
        if not word or word.startswith("#"):
            continue
        if word == "FROM":
            image, _, name = rest.partition(" AS ")
            assert image == "python:3.11-slim", image
            found.append(Stage(name or f"stage {len(found)}"))
        else:
            assert word in {"WORKDIR", "COPY", "RUN", "USER", "ENV", "EXPOSE", "HEALTHCHECK", "CMD"}, word
            found[-1].steps.append((word, rest.strip()))
    return found


@dataclass
class Image:
    """A root in the making: where it is, and what later instructions go by."""

    root: Path
    workdir: str = "/"
    user: str = "root"
    environment: dict[str, str] = field(default_factory=dict[str, str])
    command: list[str] = field(default_factory=list[str])
    health: list[str] = field(default_factory=list[str])

    def inside(self, path: str) -> Path:
        return self.root / (path if path.startswith("/") else f"{self.workdir}/{path}").lstrip("/")

    def argv(self, command: Sequence[str], *, user: str = "root") -> list[str]:
        """The command in this root; not as root, without any capability, as compose.yaml drops them."""
        env = {
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": "/root",
        } | self.environment
        as_user = [] if user == "root" else ["--userspec", f"{user}:{user}"]
        words = [f"{name}={value}" for name, value in env.items()]
        into = f'cd {shlex.quote(self.workdir)} && exec "$@"'
        return ["chroot", *as_user, str(self.root), "env", "-i", *words, "sh", "-c", into, "sh", *command]


def build(folder: Path, base: Path, context: Path, binds: Sequence[str]) -> Image:
    """Every stage in order; the image of the last."""
    made: dict[str, Image] = {}
    image = Image(folder)
    for stage in stages((context / "docker/Dockerfile").read_text()):
        image = Image(folder / stage.name.replace(" ", "-"))
        image.root.parent.mkdir(parents=True, exist_ok=True)
        run("cp", "-a", str(base), str(image.root))
        made[stage.name] = image
        with mounted(image.root, binds):
            for word, rest in stage.steps:
                sys.stdout.write(f"{stage.name}: {word} {rest[:100]}\n")
                sys.stdout.flush()
                step(image, word, rest, context, made)
    return image


def step(image: Image, word: str, rest: str, context: Path, made: Mapping[str, Image]) -> None:
    """One instruction."""
    match word:
        case "RUN":
            outside = {name: value for name, value in os.environ.items() if name.startswith(OUTSIDE)}
            building = Image(image.root, image.workdir, environment=outside | image.environment)
            run(*building.argv(["sh", "-ec", rest]))
        case "COPY":
            first, *others = rest.split()
            source = made[first.removeprefix("--from=")].root if first.startswith("--from=") else context
            *paths, target = others if first.startswith("--from=") else [first, *others]
            copy(source, paths, image.inside(target.rstrip("/")), into=target.endswith("/"))
        case "WORKDIR":
            image.workdir = rest
            image.inside(rest).mkdir(parents=True, exist_ok=True)
        case "ENV":
            for pair in shlex.split(rest):
                name, _, value = pair.partition("=")
                old = image.environment.get("PATH", "/usr/local/bin:/usr/bin:/bin")
                image.environment[name] = value.replace("$PATH", old)
        case "USER":
            image.user = rest
        case "CMD":
            image.command = json.loads(rest)
        case "HEALTHCHECK":
            image.health = json.loads(rest.partition("CMD ")[2])
        case _:
            pass


def copy(source: Path, paths: Sequence[str], target: Path, *, into: bool) -> None:
    """As COPY does: what a folder holds, a file into a folder or under a name."""
    for path in paths:
        found = source / path.lstrip("/")
        if found.is_dir():
            target.mkdir(parents=True, exist_ok=True)
            run("cp", "-a", f"{found}/.", str(target))
        else:
            to = target / found.name if into or target.is_dir() else target
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(found, to)


@contextmanager
def mounted(root: Path, binds: Sequence[str] = ()) -> Generator[None]:
    """/proc and /dev, and what of this machine the build is to see, for the block."""
    with ExitStack() as stack:
        for each in ("/proc", "/dev", *binds, *(path for path in FROM_HERE if binds_here(path))):
            source, target = Path(each), root / each.lstrip("/")
            if source.is_dir():
                target.mkdir(parents=True, exist_ok=True)
            else:
                target.parent.mkdir(parents=True, exist_ok=True)
                target.touch()
            run("mount", "--bind", each, str(target))
            stack.callback(run, "umount", "-l", str(target))
        yield


def binds_here(path: str) -> bool:
    return Path(path).exists()


def serve(image: Image) -> None:
    """What the image runs is healthy, on a root that is read only, as its user, and ends well."""
    image.environment["HUB_BASE_URL"] = "https://hub.example"  # as compose.yaml asks for one
    data = image.environment["HUB_DATA_DIR"]
    with ExitStack() as stack:
        stack.enter_context(mounted(image.root))
        kept = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hub-image-data-")))
        owner = image.inside(data).stat()
        os.chown(kept, owner.st_uid, owner.st_gid)
        read_only(stack, image.root, writable={data: str(kept)})
        uid = str(owner.st_uid)
        refused = subprocess.run(image.argv(["touch", "/opt/hub/x"], user=uid), capture_output=True, check=False)
        assert refused.returncode != 0, "the root can be written to"
        run(*image.argv(["hub", "migrate"], user=uid))
        serving = subprocess.Popen(image.argv(image.command, user=uid))
        try:
            wait_until_healthy(image, serving, user=uid)
            ready = "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/readyz', timeout=10)"
            run(*image.argv(["python", "-c", ready], user=uid))
        finally:
            serving.terminate()
            ended = serving.wait(timeout=60)
            assert ended == 0, f"the hub ended with {ended}"


def wait_until_healthy(image: Image, serving: "subprocess.Popen[bytes]", *, user: str) -> None:
    deadline = time.monotonic() + 120
    while subprocess.run(image.argv(image.health, user=user), capture_output=True, check=False).returncode:
        assert serving.poll() is None, "the hub ended"
        assert time.monotonic() < deadline, "the health check was never content"
        time.sleep(1)


def read_only(stack: ExitStack, root: Path, *, writable: Mapping[str, str]) -> None:
    """The root as `read_only: true` has it, with /tmp in memory and these folders from elsewhere."""
    for source, target, options in (
        ("tmpfs", f"{root}/tmp", ["-t", "tmpfs"]),
        *((source, f"{root}{target}", ["--bind"]) for target, source in writable.items()),
    ):
        run("mount", *options, source, target)
        stack.callback(run, "umount", "-l", target)
    for name in ("opt", "usr", "etc", "var", "root", "home"):
        if name == "var":
            continue  # what is writable is below it
        target = f"{root}/{name}"
        run("mount", "--bind", target, target)
        stack.callback(run, "umount", "-l", target)
        run("mount", "-o", "remount,bind,ro", target)


def run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, (
        f"{' '.join(command)[-300:]} ended with {done.returncode}:\n{done.stdout[-3000:]}{done.stderr[-3000:]}"
    )


def main() -> None:
    options = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    options.add_argument("--bind", action="append", default=[], metavar="PATH", help="a folder that the build may see")
    options.add_argument("--base", type=Path, help="a root that debootstrap has made; left out: one is made")
    options.add_argument("--folder", type=Path, help="an empty folder for the roots, which are kept; left out: none is")
    given = options.parse_args()
    with ExitStack() as stack:
        folder = given.folder or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hub-image-")))
        base = given.base
        if base is None:
            base = folder / "base"
            run("debootstrap", "--variant=minbase", f"--include={PACKAGES}", SUITE, str(base))
        python = base / "usr/local/bin/python"
        if not python.exists():
            python.symlink_to("/usr/bin/python3")
        context = folder / "context"
        context.mkdir(parents=True)
        run("sh", "-c", f"git -C {shlex.quote(str(ROOT))} archive HEAD | tar -x -C {shlex.quote(str(context))}")
        serve(build(folder / "stages", base, context, given.bind))
    sys.stdout.write("the steps of docker/Dockerfile, done in a root of Debian's: the hub is healthy\n")


if __name__ == "__main__":
    main()
