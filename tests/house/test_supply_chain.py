"""What the hub is made of: pinned by hash, above every version with a known hole, under licences it may be given on
with; and what the dashboard draws exists.
"""

import json
import re
import tomllib
from importlib.metadata import metadata
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from hub.auth.issuer_file import IssuerFile, IssuerRow
from hub.auth.metadata import JWKS_PATH
from hub.auth.own_pages import GRAPHIQL_PATH, RETURN_PATH
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


def test_what_the_package_needs_is_what_is_pinned() -> None:
    """Who installs the wheel without the pins gets all that it imports: two lists of one thing."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    lines = (ROOT / "requirements.in").read_text().splitlines()
    listed = {canonicalize_name(Requirement(line).name) for line in lines if line and not line.startswith("#")}
    assert listed - {"editables", "hatchling"} == {canonicalize_name(Requirement(each).name) for each in project}


INSTALLED = sorted({*pinned(ROOT / "requirements.txt"), *pinned(ROOT / "requirements-traces.txt")})


@pytest.mark.parametrize("package", INSTALLED)
def test_every_licence_lets_the_hub_be_given_on(package: str) -> None:
    said = metadata(package)
    licences = [said.get("License-Expression") or "", said.get("License") or "", *said.get_all("Classifier", [])]
    named = [each for each in licences if each and (not each.count("::") or each.startswith("License ::"))]
    assert any(_LICENCES.search(each[:200]) for each in named), named


@pytest.mark.parametrize("folder", ["hub/web/graphiql", "hub/web/pages/assets"])
def test_what_npm_brings_into_the_pages_is_pinned_and_may_be_given_on(folder: str) -> None:
    """By hash, from no named registry; what only builds is not given on."""
    found = json.loads((ROOT / folder / "package-lock.json").read_text())["packages"]
    shipped = {name: each for name, each in found.items() if name and not each.get("dev")}
    assert shipped
    for name, each in shipped.items():
        assert _LICENCES.search(each.get("license", "")), (name, each.get("license"))
    for name, each in found.items():
        assert "resolved" not in each, name
        assert not name or each["integrity"].startswith("sha512-"), name


def _example() -> tuple[IssuerRow, Any]:
    """The issuer's row, and the realm that it is about."""
    (row,) = IssuerFile.model_validate_json((ROOT / "docker/issuers.json").read_text()).issuers
    return row, json.loads((ROOT / "docker/keycloak/realm.json").read_text())


def test_the_example_of_an_issuer_is_one() -> None:
    """The realm's clients put into a token what the hub's table looks for: claims, audience, and the scopes."""
    row, realm = _example()
    scopes = {each["name"]: each for each in realm["clientScopes"]}
    in_tokens = {name for name, each in scopes.items() if each["attributes"]["include.in.token.scope"] == "true"}
    assert in_tokens == set(row.scopes or ())
    for client in realm["clients"]:
        given = [*client["defaultClientScopes"], *client["optionalClientScopes"]]
        assert in_tokens <= set(given) <= set(scopes)
        of_scopes = [mapper for name in given for mapper in scopes[name].get("protocolMappers", ())]
        mapped = [each["config"] for each in (*client["protocolMappers"], *of_scopes)]
        claims = {each.get("claim.name") for each in mapped if each.get("access.token.claim") == "true"}
        assert {row.claims.organisation, row.claims.role, row.claims.person} <= claims
        assert row.audience in {each.get("included.custom.audience") for each in mapped}
        assert client["attributes"]["access.token.signed.response.alg"] in row.algorithms
        life = client["attributes"].get("access.token.lifespan", realm["accessTokenLifespan"])
        assert int(life) <= row.longest_life_s
    assert {each["name"] for each in realm["roles"]["realm"]} == set(row.roles)
    assert all(set(role.scopes) <= set(row.scopes or ()) for role in row.roles.values())


def test_people_sign_in_to_the_pages_at_the_example_of_an_issuer() -> None:
    """The client of the pages comes back to them, and proves itself by the hub's own keys."""
    row, realm = _example()
    at, clients = row.sign_in, {each["clientId"]: each for each in realm["clients"]}
    assert at is not None
    assert {at.authorization, at.token, row.keys.address} == {
        f"{row.issuer}/protocol/openid-connect/{each}" for each in ("auth", "token", "certs")
    }
    for each in at.clients:
        client, said = clients[each], clients[each]["attributes"]
        assert set(client["redirectUris"]) == {row.audience + RETURN_PATH, row.audience + GRAPHIQL_PATH}
        assert (client["clientAuthenticatorType"], said["jwks.url"]) == ("client-jwt", row.audience + JWKS_PATH)
        assert said["id.token.signed.response.alg"] in row.algorithms


def test_the_readme_s_example_of_an_issuer_is_the_same_one() -> None:
    """It leaves scopes out for brevity; whatever it says is what the file says."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    (shown,) = [each for each in re.findall(r"```json\n(.+?)```", text, re.DOTALL) if '"issuers"' in each]
    (said,), (row, _) = IssuerFile.model_validate_json(shown).issuers, _example()
    same = ("issuer", "kind", "keys", "audience", "algorithms", "claims", "organisations", "purposes", "longest_life_s")
    for name in (*same, "sign_in"):
        assert getattr(said, name) == getattr(row, name), name
    assert set(said.scopes or ()) <= set(row.scopes or ())
    for name, role in said.roles.items():
        assert set(role.scopes) <= set(row.roles[name].scopes)


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
