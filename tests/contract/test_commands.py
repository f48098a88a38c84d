"""The `hub` command says how it went by its exit status, in one line, and never with a traceback."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from hub.auth.assertions import new_client_key, public_jwks
from tests.running import HUB, command_here


@pytest.fixture
def environment(owner_url: str, tmp_path: Path) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("HUB_")}
    return kept | {"HUB_DATABASE_URL": owner_url, "HUB_DATA_DIR": str(tmp_path / "data")}


def hub(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [str(HUB), *arguments], env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done


def test_a_body_and_its_system_are_registered_and_listed(environment: dict[str, str], tmp_path: Path) -> None:
    """What is printed is what the engineer at the other end needs."""
    keys = tmp_path / "keys.json"
    keys.write_text(json.dumps(public_jwks(new_client_key("ES384"))))
    assert (
        command_here(environment, "organisation", "A Trust", "--kind", "NHS_TRUST", "--code", "ZZR77").returncode == 0
    )
    again = command_here(environment, "organisation", "A Trust", "--kind", "NHS_TRUST", "--code", "ZZR77")
    assert (again.returncode, again.stderr) == (3, "hub: there is a body with this code\n")
    add = ["client", "add", "a-trust-ehr", "--organisation", "ZZR77", "--label", "EHR", "--jwks", str(keys)]
    add += ["--scope", "system/Task.rs", "--purpose", "S31_COOPERATION"]
    done = command_here(environment, *add)
    assert done.returncode == 0, done.stderr
    assert "aud = http://127.0.0.1:8000/oauth/token" in done.stdout
    assert "a-trust-ehr" in command_here(environment, "client", "list").stdout
    fresh = tmp_path / "fresh.json"
    fresh.write_text(json.dumps(public_jwks(new_client_key("ES384"))))
    assert command_here(environment, "client", "rotate", "a-trust-ehr", "--jwks", str(fresh)).returncode == 0
    assert command_here(environment, "client", "disable", "a-trust-ehr").returncode == 0
    assert "disabled" in command_here(environment, "client", "list").stdout


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["law"], 0),
        (["migrate"], 0),
        (["no-such-command"], 2),
        (["client", "disable", "nobody"], 3),
        (["token", "nobody"], 3),
        (["organisation", "X", "--kind", "CASTLE", "--code", "1"], 3),
        (["import", "sen2", "tests/data/return.xml", "--authority", "990"], 3),
    ],
)
def test_the_exit_status_says_how_it_went(environment: dict[str, str], arguments: list[str], status: int) -> None:
    done = hub(environment, *arguments)
    assert done.returncode == status, done.stdout + done.stderr


def test_the_doctor_says_what_is_wrong_and_what_to_do(environment: dict[str, str], database_url: str) -> None:
    """The tables' owner is bound by no policy: a hub that enters as it has lost its second lock."""
    done = command_here(environment, "doctor")
    assert done.returncode == 5
    assert "WRONG the serving role is hub_owner\n      the second lock does not hold" in done.stdout
    done = command_here(environment | {"HUB_DATABASE_URL": database_url}, "doctor")
    assert done.returncode == 0, done.stdout
    assert "well  the serving role is hub_serving, bound by row-level security" in done.stdout
    assert "look  no worker reports" in done.stdout
    assert "look  no hub answers at http://127.0.0.1:8000" in done.stdout


def test_a_database_that_is_away_is_busy(environment: dict[str, str]) -> None:
    away = environment | {"HUB_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}
    for arguments in (["migrate"], ["serve"], ["client", "list"], ["doctor"]):
        done = hub(away, *arguments)
        assert done.returncode == 5, (arguments, done.stderr)


def test_the_demo_and_its_keys_are_refused_in_production(environment: dict[str, str]) -> None:
    production = environment | {"HUB_ENVIRONMENT": "production", "HUB_BASE_URL": "https://hub.example"}
    assert hub(production, "demo").returncode == 4


def test_a_setting_that_cannot_be_read_is_named(environment: dict[str, str]) -> None:
    done = hub(environment | {"HUB_PORT": "eighty"}, "doctor")
    assert done.returncode == 2
    assert "HUB_PORT" in done.stderr
