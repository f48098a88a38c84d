"""The wheel in a bare virtual environment, by the steps of docker/Dockerfile: `python -m tests.installed`.

Nothing of the checkout is on its path: what it serves, it carries.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import httpx

from hub.db import embedded
from tests.running import free_port

ROOT = Path(__file__).parents[1]
PAGES = ("/livez", "/readyz", "/", "/rulebook", "/fhir/R4/metadata", "/.well-known/oauth-authorization-server")


def install(folder: Path) -> Path:
    """The wheel and what it needs, by hash, in a new environment; its folder of programs."""
    run(sys.executable, "-m", "uv", "build", "--wheel", "--no-build-isolation", "--quiet", "-o", str(folder), str(ROOT))
    (wheel,) = folder.glob("*.whl")
    environment = folder / "environment"
    run(sys.executable, "-m", "uv", "venv", "--quiet", str(environment))
    python = environment / "bin/python"
    pinned = [f"--requirement={ROOT / name}" for name in ("requirements.txt", "requirements-traces.txt")]
    run(sys.executable, "-m", "uv", "pip", "install", "--quiet", f"--python={python}", "--require-hashes", *pinned)
    run(sys.executable, "-m", "uv", "pip", "install", "--quiet", f"--python={python}", "--no-deps", str(wheel))
    return python.parent


def serve(programs: Path, folder: Path) -> None:
    """A hub in production, on a database of its own, answers with all that it carries."""
    data, port = folder / "data", free_port()
    environment = {
        "PATH": f"{programs}:{os.defpath}",
        "HUB_ENVIRONMENT": "production",
        "HUB_DATA_DIR": str(data),
        "HUB_PORT": str(port),
    }
    hub = str(programs / "hub")
    for words in (("migrate",), ("law",), ("extract", "schema")):
        run(hub, *words, cwd=folder, env=environment)
    serving = subprocess.Popen([hub, "serve"], cwd=folder, env=environment)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=20) as http:
            wait_for(http, serving)
            for path in PAGES:
                must_be_ok(http.get(path))
            page = must_be_ok(http.get("/graphql", headers={"Accept": "text/html"})).text
            assets = [part.split('"')[0] for part in page.split('src="')[1:]]
            assert assets, "GraphiQL has no script"
            for each in assets:
                must_be_ok(http.get(each))
    finally:
        serving.terminate()
        assert serving.wait(timeout=20) == 0, "the hub did not end well"
        embedded.erase(data)


def wait_for(http: httpx.Client, serving: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and serving.poll() is None:
        with suppress(httpx.HTTPError):
            if http.get("/readyz").is_success:
                return
        time.sleep(0.2)
    raise AssertionError("the installed hub did not become ready")


def must_be_ok(answer: httpx.Response) -> httpx.Response:
    assert answer.is_success, f"{answer.request.url.path}: {answer.status_code} {answer.text[:300]}"
    return answer


def run(*command: str, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd, env=env)
    assert done.returncode == 0, f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}{done.stderr}"


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="hub-installed-") as made:
        folder = Path(made)
        serve(install(folder), folder)
        sys.stdout.write("the wheel, installed by itself, serves all that it carries\n")
