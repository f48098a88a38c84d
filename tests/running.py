"""A hub as people run it: `hub demo` in a process of its own, on a port and in a folder of its own."""

import contextlib
import io
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import httpx
import structlog

from hub import cli
from hub.auth.assertions import fetch_token
from hub.county.bank_names import BOYS, GIRLS, SURNAMES
from hub.db import embedded

HUB = Path(sys.executable).with_name("hub")


@dataclass(frozen=True)
class RunningHub:
    """A demo that runs, and what its demo.json says."""

    data_dir: Path
    base_url: str
    demo: Mapping[str, Any]
    environment: Mapping[str, str]
    process: subprocess.Popen[bytes]

    def again(self) -> AbstractContextManager["RunningHub"]:
        """Another demo on the same folder and port, once this one has ended."""
        return _started(self.data_dir, self.environment)

    @contextmanager
    def beside(self, port: int, **settings: str) -> Generator["RunningHub"]:
        """`hub serve` on the same database and keys, with other settings: seconds, where a demo of its own takes half
        a minute.
        """
        environment = {**self.environment, **settings, "HUB_PORT": str(port)}
        log = self.data_dir / f"beside-{port}.log"
        with log.open("wb") as written:
            process = subprocess.Popen([str(HUB), "serve"], env=environment, stdout=written, stderr=subprocess.STDOUT)
            with _ends(process):
                base_url = f"http://127.0.0.1:{port}"
                _wait(base_url, process, log)
                yield RunningHub(self.data_dir, base_url, self.demo, environment, process)
        _must_be_impersonal(log)

    def client(self, client_id: str) -> Mapping[str, Any]:
        return next(each for each in self.demo["clients"] if each["client_id"] == client_id)

    def token(self, client_id: str, scope: str | None = None) -> str:
        """A token as the client's own system would get it."""
        return str(fetch_token(self.base_url, client_id, self.client(client_id)["private_key"], scope)["access_token"])

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the `hub` command beside the running hub."""
        return subprocess.run(
            [str(HUB), *arguments], env=self.environment, capture_output=True, text=True, timeout=120, check=False
        )

    def command_here(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """The same command without a process of its own, which takes seconds to start."""
        return command_here(self.environment, *arguments)

    def graphql(self, client_id: str, query: str, variables: Any = None, **headers: str) -> Any:
        """A GraphQL answer as a client of the demo gets it."""
        response = httpx.post(
            f"{self.base_url}/graphql",
            json={"query": query, "variables": variables},
            headers={"Authorization": f"Bearer {self.token(client_id)}"} | headers,
            timeout=30,
        )
        return response.json()


def command_here(environment: Mapping[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the `hub` command in this process, as its own would: with this environment, to its exit status."""
    said, complained = io.StringIO(), io.StringIO()
    kept, terminated = dict(os.environ), signal.getsignal(signal.SIGTERM)
    try:
        os.environ.clear()
        os.environ.update(environment)
        with (
            patch.object(sys, "argv", ["hub", *arguments]),
            contextlib.redirect_stdout(said),
            contextlib.redirect_stderr(complained),
        ):
            cli.main()
        status = 0
    except SystemExit as ended:
        status = ended.code if isinstance(ended.code, int) else 0
    finally:
        os.environ.clear()
        os.environ.update(kept)
        signal.signal(signal.SIGTERM, terminated)
        structlog.reset_defaults()
    return subprocess.CompletedProcess(["hub", *arguments], status, said.getvalue(), complained.getvalue())


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running_hub(**settings: str) -> Generator[RunningHub]:
    """A demo in a new folder, on a free port, until the end of the block; `settings` are HUB_ variables."""
    data_dir = Path(tempfile.mkdtemp(prefix="hub-demo-"))
    kept = {key: value for key, value in os.environ.items() if not key.startswith("HUB_")}
    try:
        given = {"HUB_DATA_DIR": str(data_dir), "HUB_PORT": str(free_port())} | settings
        with _started(data_dir, kept | given) as running:
            yield running
    finally:
        embedded.erase(data_dir)
        shutil.rmtree(data_dir, ignore_errors=True)


@contextmanager
def _started(data_dir: Path, environment: Mapping[str, str]) -> Generator[RunningHub]:
    """Start `hub demo`, wait until it is ready, and interrupt it at the end as a person would."""
    log = data_dir / "demo.log"
    with log.open("wb") as written:
        process = subprocess.Popen([str(HUB), "demo"], env=environment, stdout=written, stderr=subprocess.STDOUT)
        with _ends(process):
            base_url = f"http://127.0.0.1:{environment['HUB_PORT']}"
            _wait(base_url, process, log)
            demo = json.loads((data_dir / "demo.json").read_text())
            yield RunningHub(data_dir, base_url, demo, environment, process)
    _must_be_impersonal(log)


@contextmanager
def _ends(process: subprocess.Popen[bytes]) -> Generator[None]:
    """Interrupts the process at the end of the block, and kills it if it does not end by that."""
    try:
        yield
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(timeout=60)
        finally:
            process.kill()
            process.wait()


def _must_be_impersonal(log: Path) -> None:
    written = personal_data_in(log.read_text())
    assert not written, f"the hub's log must not hold {written}"


def personal_data_in(text: str) -> list[str]:
    """What of the synthetic county's children, and which tokens, a text holds."""
    return sorted(set(_PERSONAL.findall(text)))


_PERSONAL = re.compile(
    "|".join(
        [
            r"\b999[ -]?\d{3}[ -]?\d{4}\b",  # NHS numbers of the range that is kept for tests
            r"\bZZ\d{1,2} ?\d[A-Z]{2}\b",  # a postcode area that does not exist
            r"\beyJ[\w-]{8,}",
            rf"\b(?:{'|'.join(sorted({*SURNAMES, *GIRLS, *BOYS}))}|Testchild)\b",
        ]
    )
)


def _wait(base_url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 240
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            if httpx.get(f"{base_url}/readyz", timeout=5).is_success:
                return
        except httpx.HTTPError:
            time.sleep(0.2)
    raise AssertionError(f"the hub did not become ready:\n{log.read_text()[-4000:]}")
