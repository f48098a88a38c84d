"""What a person at the command line has at hand: demo.json of the data directory, and key files."""

import json
from pathlib import Path
from typing import Any, cast

from hub.errors import Kind, Problem
from hub.settings import Settings


def _demo(settings: Settings) -> dict[str, Any]:
    path = settings.data_dir / "demo.json"
    if not path.exists():
        raise Problem(Kind.INVALID, f"there is no {path}: run `hub demo`, or give --key", rule="no-demo")
    return json_file(path)


def running_at(settings: Settings) -> str:
    """The address to ask: what the settings say, else where the demo of this data directory runs."""
    path = settings.data_dir / "demo.json"
    if settings.base_url or not path.exists():
        return settings.address
    return str(_demo(settings)["base_url"])


def json_file(path: Path) -> dict[str, Any]:
    """A JSON object in a file; raises `Problem` INVALID for anything else."""
    try:
        content = json.loads(path.read_text())
    except ValueError as error:
        raise Problem(Kind.INVALID, f"{path} is not JSON in UTF-8", rule="not-json") from error
    if not isinstance(content, dict):
        raise Problem(Kind.INVALID, f"{path} is not a JSON object", rule="not-an-object")
    return cast(dict[str, Any], content)


def must_be_registered(purpose: str, purposes: list[str]) -> None:
    """Raises `Problem` FORBIDDEN unless the purpose is one of the client's."""
    if purpose not in purposes:
        message = f"the client is not registered for this purpose; it is for {', '.join(purposes)}"
        raise Problem(Kind.FORBIDDEN, message, rule="purpose-not-registered")


def client_of(settings: Settings, client_id: str) -> dict[str, Any]:
    """A client of the demo as demo.json has it; raises `Problem` INVALID that names those there are."""
    known = {each["client_id"]: each for each in _demo(settings)["clients"]}
    if client_id not in known:
        raise Problem(Kind.INVALID, f"the demo has no client of that name; it has {', '.join(known)}", rule="no-client")
    return known[client_id]
