"""The law stands alone. It imports the standard library only, and takes the day and the hour as arguments."""

import ast
import re
import sys
from pathlib import Path

import pytest

import hub.law

MODULES = sorted(Path(hub.law.__path__[0]).glob("*.py"))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_the_law_imports_nothing_from_outside(path: Path) -> None:
    """A module of the law imports the standard library and the law, and nothing that writes logs or speaks to
    anyone."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imported = {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    imported |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    ours = {name for name in imported if name.startswith("hub.law")}
    assert {name.partition(".")[0] for name in imported - ours} <= sys.stdlib_module_names - {"logging", "os", "socket"}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_the_law_has_no_clock(path: Path) -> None:
    """No module of the law asks what day or time it is, or makes anything up."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    called = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert not called & {"now", "today", "utcnow", "time", "monotonic", "uuid4", "random", "environ"}


def test_every_module_of_the_law_is_named_for_its_provision_or_stands_in_the_map() -> None:
    """A module of the law is named for its provision, or the map of the law has it."""
    by_provision = re.compile(r"(s|reg)[0-9]+_\w+|budget_\w+|__init__")
    listed = set(re.findall(r"\w+", hub.law.__doc__ or ""))
    assert {path.stem for path in MODULES if not by_provision.fullmatch(path.stem)} <= listed


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_a_module_of_the_law_is_short_and_says_what_it_is(path: Path) -> None:
    """A module of the law is under 300 lines and begins with a sentence."""
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) < 300
    assert ast.get_docstring(ast.parse(text))
