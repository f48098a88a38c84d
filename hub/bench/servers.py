"""Servers in processes of their own, on free ports, for the length of a block; and the processor time they use."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from hub.bench import processor
from hub.errors import NotReadyError

_READY_WITHIN_S = 60


@dataclass(frozen=True, slots=True)
class Server:
    """A server that runs and answers on 127.0.0.1."""

    port: int
    process_id: int

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def processor_ms(self) -> float | None:
        """The processor time that it has used so far; None where the system does not say (no /proc)."""
        return processor.of_process(self.process_id)

    def memory_mb(self) -> float | None:
        """The memory that it has in use now; None where the system does not say (no /proc)."""
        try:
            pages = Path(f"/proc/{self.process_id}/statm").read_text().split()[1]
        except OSError:
            return None
        return int(pages) * os.sysconf("SC_PAGE_SIZE") / 1e6


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def server(command: Sequence[str], environment: Mapping[str, str], port: int, log: Path) -> Generator[Server]:
    """Run the command until the end of the block. Raises `NotReadyError` where it does not come to listen."""
    with log.open("wb") as written:
        process = subprocess.Popen(command, env=dict(environment), stdout=written, stderr=subprocess.STDOUT)  # noqa: S603  (our words)
        try:
            _wait_for(port, process, log)
            yield Server(port, process.pid)
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def python(module: str, *arguments: str) -> list[str]:
    """The command that runs a module of ours."""
    return [sys.executable, "-m", module, *arguments]


def bare_environment() -> dict[str, str]:
    """This process's environment without the hub's settings and the database client's."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("HUB_", "PG"))}


def _wait_for(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + _READY_WITHIN_S
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise NotReadyError(f"`{' '.join(process.args)}` did not come to listen:\n{log.read_text()[-2_000:]}")  # pyright: ignore  (its arguments are ours, and texts)
