"""What the hub is made of: pinned by hash, above every version with a known hole, under licences it may be given on
with; and what the dashboard draws exists.
"""

import json
import re
import tomllib
from importlib.metadata import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from hub.auth.issuer_file import IssuerFile
from hub.observe import REGISTRY

ROOT = Path(__file__).parents[2]
PINS = sorted(ROOT.glob("requirements*.txt"))

FLOORS = {
    "authlib": ("1.8.0", "CVE-2022-39174, CVE-2024-37568, CVE-2025-59420, CVE-2026-28802, CVE-2026-27962"),
    "joserfc": ("1.6.3", "CVE-2026-27932"),
    "strawberry-graphql": ("0.315.7", "CVE-2024-47082, CVE-2026-35523, CVE-2026-47706, CVE-2026-47707"),
    "starlette": ("1.3.1", "CVE-2025-62727, CVE-2026-48710, CVE-2026-54283"),
    "lxml": ("5.0", "external entities are off by default from here"),
    "pydantic": ("2.4.0", "CVE-2024-3772"),
    "h11": ("0.16.0", "CVE-2025-43859"),
    "python-multipart": ("0.0.31", "CVE-2024-53981, CVE-2026-24486, CVE-2026-53540"),
}
"""The first version without the holes that are known, by package."""

_LICENCES = re.compile(r"MIT|BSD|Apache|ISC|PSF|MPL|Mozilla Public|LGPL|Unlicense|Python Software", re.IGNORECASE)
"""Permissive, or weak copyleft that asks nothing of a program that only uses the library."""


def pinned(path: Path) -> dict[str, str]:
    """Package and version of each line of a requirements file that is for this platform."""
    lines = [line.rstrip(" \\") for line in path.read_text().splitlines() if re.match(r"[A-Za-z0-9]", line)]
    found = [each for each in map(Requirement, lines) if each.marker is None or each.marker.evaluate()]
    return {canonicalize_name(each.name): str(each.specifier).removeprefix("==") for each in found}


@pytest.mark.parametrize("path", PINS, ids=lambda path: path.name)
def test_every_pin_has_its_hashes_and_names_no_registry(path: Path) -> None:
    text = path.read_text()
    assert "://" not in text
    assert "--index" not in text
    entries = re.split(r"\n(?=\S)", text.strip())
    for entry in entries:
        if not entry.startswith("#"):
            assert re.match(r"[A-Za-z0-9._-]+(\[[^\]]*\])?==", entry), entry.splitlines()[0]
            assert "--hash=sha256:" in entry, entry.splitlines()[0]


@pytest.mark.parametrize("package", sorted(FLOORS))
def test_nothing_has_a_known_hole(package: str) -> None:
    """What is pinned, and also the least that `pyproject.toml` lets an installation without the pins have."""
    floor = Version(FLOORS[package][0])
    for path in PINS:
        version = pinned(path).get(package)
        assert version is None or Version(version) >= floor, (path.name, package)
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    for each in map(Requirement, declared):
        if canonicalize_name(each.name) == package:
            lowest = [Version(part.version) for part in each.specifier if part.operator in {">=", "==", "~="}]
            assert lowest, f"{package} has no least version"
            assert max(lowest) >= floor, f"{package} may be older than {floor}"


@pytest.mark.parametrize("package", sorted(pinned(ROOT / "requirements.txt")))
def test_every_licence_lets_the_hub_be_given_on(package: str) -> None:
    said = metadata(package)
    licences = [said.get("License-Expression") or "", said.get("License") or "", *said.get_all("Classifier", [])]
    named = [each for each in licences if each and (not each.count("::") or each.startswith("License ::"))]
    assert any(_LICENCES.search(each[:200]) for each in named), named


def test_the_example_of_an_issuer_is_one() -> None:
    """The realm's clients put into a token what the hub's table looks for."""
    (row,) = IssuerFile.model_validate_json((ROOT / "docker/issuers.json").read_text()).issuers
    realm = json.loads((ROOT / "docker/keycloak/realm.json").read_text())
    for client in realm["clients"]:
        mapped = [each["config"] for each in client["protocolMappers"]]
        assert {row.claims.organisation, row.claims.role} <= {each.get("claim.name") for each in mapped}
        assert row.audience in {each.get("included.custom.audience") for each in mapped}
        assert client["attributes"]["access.token.signed.response.alg"] in row.algorithms
    assert {each["name"] for each in realm["roles"]["realm"]} == set(row.roles)


def test_the_dashboard_draws_what_there_is() -> None:
    board = json.loads((ROOT / "docker/grafana/send-hub.json").read_text())
    known = {f"{each.name}{suffix}" for each in REGISTRY.collect() for suffix in ("", "_total", "_bucket")}
    asked = {
        name
        for panel in board["panels"]
        for target in panel["targets"]
        for name in re.findall(r"\bhub_[a-z_]+", target["expr"])
    }
    assert asked <= known
    assert len(asked) > 5
