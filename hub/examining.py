"""What `hub doctor` looks at, each finding with its remedy: the database, who it is entered as, the files of keys, and
the hub that runs at this address, from outside, as nobody and (in a demo) as each of its systems.
"""

import json
import stat
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

import httpx
import psycopg

from hub.auth.assertions import fetch_token
from hub.db import migrate
from hub.db.place import Place
from hub.db.session import Database
from hub.errors import Problem
from hub.settings import Settings
from hub.standing import Stand


class State(StrEnum):
    WELL = "well"
    LOOK = "look"
    """It works, and somebody should look."""

    WRONG = "WRONG"


@dataclass(frozen=True, slots=True)
class Finding:
    """One check. `remedy` says what to do, where there is something to do."""

    state: State
    said: str
    remedy: str = ""


def well(said: str) -> Finding:
    return Finding(State.WELL, said)


# --- the database


async def database(place: Place, clock: Callable[[], datetime]) -> list[Finding]:
    """Its version, clock, queue and worker, as `/readyz` tells them."""
    async with Database(place.serving, pool_size=1) as opened:
        standing = await Stand(opened, version=migrate.latest(), clock=clock).look()
    wrong = [Finding(State.WRONG, each) for each in standing.problems]
    found = wrong or [well(f"database: at version {migrate.latest()}, which this hub needs")]
    return found + [Finding(State.LOOK, each) for each in standing.warnings]


_WANTED = {
    "fsync": ({"on"}, "what is acknowledged may be lost when the machine goes down: set fsync = on"),
    "full_page_writes": ({"on"}, "a torn page after a crash cannot be mended: set full_page_writes = on"),
    "synchronous_commit": ({"on", "remote_write", "remote_apply", "local"}, "set synchronous_commit = on"),
    "log_error_verbosity": ({"terse"}, "error details quote rows of children: set log_error_verbosity = terse"),
    "log_min_error_statement": ({"panic"}, "logged statements hold children's data: set it to panic"),
    "log_statement": ({"none", "ddl"}, "logged statements hold children's data: set log_statement = none"),
}


def server(place: Place) -> list[Finding]:
    """PostgreSQL's version and settings, and whether policies bind the serving role. Nothing while it is away."""
    try:
        with psycopg.connect(place.serving, connect_timeout=5) as connection:
            return [_version(connection), *_settings(connection), _role(connection)]
    except psycopg.OperationalError:
        return []


def _version(connection: psycopg.Connection[Any]) -> Finding:
    major = connection.info.server_version // 10_000
    if 15 <= major <= 18:
        return well(f"PostgreSQL {major}")
    return Finding(State.LOOK, f"PostgreSQL {major}", "the hub is tested on 15 to 18")


def _settings(connection: psycopg.Connection[Any]) -> Iterable[Finding]:
    rows = connection.execute("SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", (list(_WANTED),)).fetchall()
    for name, value in rows:
        wanted, remedy = _WANTED[name]
        said = f"{name} = {value}"
        yield well(said) if value in wanted else Finding(State.LOOK, said, remedy)


_REPLAYED = "SELECT pg_is_in_recovery(), extract(epoch FROM now() - pg_last_xact_replay_timestamp())"


def replicas(place: Place) -> list[Finding]:
    """Whether there is a replica where reads are put to one, and how old the last is that it has replayed."""
    if not place.replicas:
        return []
    try:
        with psycopg.connect(place.replicas, connect_timeout=5) as connection:
            follows, age_s = connection.execute(_REPLAYED).fetchone() or (False, None)
    except psycopg.OperationalError:
        return [
            Finding(State.LOOK, "no replica answers", "look at HUB_READ_DATABASE_URL; the leader is read meanwhile")
        ]
    if not follows:
        remedy = "reads gain nothing: let HUB_READ_DATABASE_URL name replicas, or leave it out"
        return [Finding(State.LOOK, "what is read as a replica follows nobody", remedy)]
    return [well(f"a replica answers; the last change that it has replayed is {age_s or 0:.0f} s old")]


_WHO = """
    SELECT rolname, rolsuper OR rolbypassrls
        OR EXISTS (SELECT FROM pg_class WHERE relname = 'child' AND relowner = pg_roles.oid)
      FROM pg_roles WHERE rolname = current_user
"""


def _role(connection: psycopg.Connection[Any]) -> Finding:
    name, is_free = connection.execute(_WHO).fetchone() or ("unknown", True)
    said = f"the serving role is {name}"
    if not is_free:
        return well(f"{said}, bound by row-level security")
    remedy = "the second lock does not hold: let HUB_DATABASE_URL name a member of hub_serving that owns nothing"
    return Finding(State.WRONG, said, remedy)


# --- files


def keys(settings: Settings) -> list[Finding]:
    """Whether others can read the hub's keys."""
    named = [settings.signing_key_file, settings.audit_key_file, settings.delivery_key_file]
    own = sorted((settings.data_dir / "keys").glob("*")) if (settings.data_dir / "keys").is_dir() else []
    return [_key(path) for path in [*(Path(each) for each in named if each), *own]]


def _key(path: Path) -> Finding:
    try:
        open_to_others = stat.S_IMODE(path.stat().st_mode) & 0o077
    except OSError:
        return Finding(State.WRONG, f"{path} cannot be read", "give the hub's account the right to read it")
    if open_to_others:
        return Finding(State.WRONG, f"{path} can be read by others", f"chmod 600 {path}, and consider new keys")
    return well(f"{path} is the hub's alone")


# --- the hub that runs, from outside


def running(settings: Settings) -> list[Finding]:
    """Whether a hub answers at this address, and what it tells nobody."""
    base = f"http://{settings.host}:{settings.port}"
    try:
        with httpx.Client(base_url=base, timeout=10) as http:
            return [_ready(http), *_nobody(http)]
    except httpx.HTTPError:
        return [Finding(State.LOOK, f"no hub answers at {base}", "start one: hub serve")]


def _ready(http: httpx.Client) -> Finding:
    body = http.get("/readyz").json()
    said = f"the hub at {http.base_url} is {body.get('status')}"
    reasons = "; ".join(body.get("problems", []))
    return well(said) if body.get("status") == "ready" else Finding(State.WRONG, said, reasons)


def is_running(findings: Iterable[Finding]) -> bool:
    """Whether a hub answered as it should."""
    return any(each.state is State.WELL and each.said.startswith("the hub at ") for each in findings)


_CLOSED: Sequence[tuple[str, str]] = (
    ("POST", "/graphql"),
    ("GET", "/fhir/R4/Task"),
    ("GET", "/fhir/R4/Patient/00000000-0000-0000-0000-000000000000"),
    ("POST", "/fhir/R4"),
)


def _nobody(http: httpx.Client) -> Iterable[Finding]:
    """Without a token there is nothing but a challenge."""
    for method, path in _CLOSED:
        body = {"query": "{ __schema { types { name } } }"} if method == "POST" else None
        answer = http.request(method, path, json=body)
        said = f"nobody asks {method} {path}: {answer.status_code}"
        closed = answer.status_code == 401
        yield well(said) if closed else Finding(State.WRONG, said, "it must be 401: take this hub off the network")


def demo_leaks(settings: Settings, place: Place, description: Mapping[str, Any]) -> list[Finding]:
    """Each system of the demo asks for a sample of children: whom it sees, its body must own or have access to."""
    base = f"http://{settings.host}:{settings.port}"
    sample = description["children"][:: max(1, len(description["children"]) // 25)]
    found: list[Finding] = []
    with httpx.Client(base_url=base, timeout=20) as http, psycopg.connect(place.worker) as connection:
        for client in description["clients"]:
            if "child.read" not in client["scopes"]:
                continue
            try:
                token = fetch_token(base, client["client_id"], client["private_key"])["access_token"]
            except Problem as problem:
                found.append(Finding(State.LOOK, f"{client['client_id']}: no token: {problem.message}"))
                continue
            seen = [each for each in sample if _sees(http, token, each["id"])]
            leaked = [each for each in seen if not _may(connection, client["organisation"], each["fhir_id"])]
            said = f"{client['client_id']} sees {len(seen)} of {len(sample)} children"
            remedy = f"{len(leaked)} of them without a relationship: take this hub off the network"
            found.append(Finding(State.WRONG, said, remedy) if leaked else well(f"{said}, each by a relationship"))
    return found


def _sees(http: httpx.Client, token: str, child: str) -> bool:
    asked = {"query": "query($id: ID!) { child(id: $id) { id } }", "variables": {"id": child}}
    answer: Any = http.post("/graphql", json=asked, headers={"Authorization": f"Bearer {token}"}).json()
    return bool(answer.get("data") and answer["data"]["child"])


_MAY = """
    SELECT EXISTS (SELECT FROM child WHERE id = %(child)s AND owner_id = o.id)
        OR EXISTS (SELECT FROM child_access WHERE child_id = %(child)s AND body_id = o.id
                   AND current_date BETWEEN starts_on AND ends_on)
      FROM organisation o WHERE %(code)s IN (la_code, ods_code, urn)
"""


def _may(connection: psycopg.Connection[Any], code: str, child: str) -> bool:
    row = connection.execute(_MAY, {"child": child, "code": code}).fetchone()
    return bool(row and row[0])


def demo_of(settings: Settings) -> Mapping[str, Any] | None:
    """What `demo.json` says, where this is a demo."""
    path = settings.data_dir / "demo.json"
    if settings.production or not path.exists():
        return None
    described: Mapping[str, Any] = json.loads(path.read_text())
    return described
