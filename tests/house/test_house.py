"""The house holds together: its floors, its names, and what must never be in it."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from graphql import build_schema, parse, validate

import adapters
import fhir_mappings
import schema
from schema.execution import make_schema
from schema.projection import projections

ROOT = Path(__file__).parents[2]


def _tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


def test_the_general_names_are_ours() -> None:
    for package in (schema, adapters, fhir_mappings):
        assert package.__file__ is not None
        assert Path(package.__file__).parent.parent == ROOT


@pytest.mark.parametrize(
    ("module", "planted"),
    [
        (None, ""),
        ("hub/law/periods.py", "import sqlalchemy"),
        ("hub/db/session.py", "import hub.actions.transaction"),
        ("hub/web/graphql.py", "import schema.query"),
        ("hub/actions/cooperation.py", "import fhir_mappings.task"),
        ("schema/reading.py", "import authlib"),
    ],
)
def test_a_planted_violation_breaks_the_floors(tmp_path: Path, module: str | None, planted: str) -> None:
    """lint-imports on a copy of the tree with one import too many; with none planted, it is content."""
    for package in ("hub", "schema", "adapters", "fhir_mappings"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("graphiql", "__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    if module is not None:
        target = tmp_path / module
        target.write_text(target.read_text() + f"\n{planted}  # planted\n")
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", "--no-logo"]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert result.returncode == (0 if module is None else 1), result.stdout + result.stderr
    assert ("BROKEN" in result.stdout) == (module is not None)


def test_the_printed_schema_is_the_schema() -> None:
    """When it drifts: `make schema`, and a line in schema/CHANGES.md for portal developers."""
    assert (ROOT / "schema/schema.graphql").read_text() == make_schema().as_str() + "\n"


def test_every_type_about_a_child_says_which_part_it_shows() -> None:
    """Or the record of disclosure would not say what was shown."""
    silent = [
        of.name
        for of in projections().values()
        if of.table is not None and of.table.info.get("childs_data") and of.part is None
    ]
    assert silent == []


def test_every_type_of_which_something_may_be_withheld_says_so() -> None:
    """A field that is null would otherwise look as if there were nothing."""
    kept = [of for of in projections().values() if of.part and any(each.parts for each in of.fields.values())]
    assert {"Child", "AdvisedNeed"} <= {of.name for of in kept}
    assert [of.name for of in kept if "withheld" not in of.fields] == []


def test_the_ready_tabs_of_graphiql_are_valid_queries() -> None:
    built = build_schema((ROOT / "schema/schema.graphql").read_text())
    tabs = sorted((ROOT / "hub/web/graphiql/src/tabs").glob("*.graphql"))
    assert tabs
    for tab in tabs:
        assert validate(built, parse(tab.read_text())) == [], tab.name


def test_no_registry_host_and_no_path_of_a_machine_is_in_the_tree() -> None:
    written_apart = ["py" + r"pi\.org", "python" + r"hosted\.", "registry" + r"\.npmjs", "deb" + r"\.debian"]
    hosts = re.compile("|".join(written_apart))
    found: list[str] = []
    for path in _tracked():
        text = path.read_bytes().decode("utf-8", "ignore")
        if hosts.search(text) or re.search(r"(^|[^\w.])/" + r"(work|farm)/", text):
            found.append(str(path.relative_to(ROOT)))
    assert found == []


@pytest.mark.parametrize("folder", ["hub/web/graphiql", "tests/node"])
def test_a_lock_file_names_no_address_and_every_hash(folder: str) -> None:
    lock = json.loads((ROOT / folder / "package-lock.json").read_text())
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert [name for name, package in packages.items() if "resolved" in package] == []
    assert [name for name, package in packages.items() if "integrity" not in package] == []


def test_floor_versions_of_what_has_had_advisories() -> None:
    """`pip-audit` needs the internet: these are the versions that mend what is known (November 2026)."""
    floors = {
        "authlib": (1, 8, 0),
        "joserfc": (1, 6, 3),
        "strawberry-graphql": (0, 315, 7),
        "starlette": (1, 3, 1),
        "h11": (0, 16, 0),
        "lxml": (5,),
        "pydantic": (2, 4, 0),
        "fhir-core": (1, 1, 12),
    }
    pinned = dict(re.findall(r"^([a-z0-9-]+)(?:\[[^\]]*\])?==([0-9.]+)", (ROOT / "requirements.txt").read_text(), re.M))
    for name, floor in floors.items():
        assert tuple(int(part) for part in pinned[name].split(".")) >= floor, name
