"""Every clock of the table is opened by some action, or says why no action opens it."""

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Iterator, Mapping
from types import FunctionType, ModuleType
from typing import Any

import hub.actions
import hub.db.cooperation
from hub.law.duties import NOT_OPENED, RULES, WITHOUT_A_PERIOD, DutyRule

_OPENS = frozenset({"open_duty", "put_duty", "keep_duty", "_each_commissioner"})
"""What opens a clock; a function that calls one of them opens the rules that it names."""
_ONLY_CLOSES = frozenset({"meet", "end", "meet_childs", "due_on"})
"""What is named in a call of these alone is not opened by it."""


def _modules() -> list[ModuleType]:
    names = [each.name for each in pkgutil.iter_modules(hub.actions.__path__, "hub.actions.")]
    return [*(importlib.import_module(each) for each in names), hub.db.cooperation]


def _called(node: ast.AST) -> str:
    if not isinstance(node, ast.Call):
        return ""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def _named(node: ast.AST, module: ModuleType) -> Iterator[DutyRule]:
    """The rules that the code under a node names, by themselves, in a table, or in a function of the law."""
    if _called(node) in _ONLY_CLOSES:
        return
    if isinstance(node, ast.Attribute | ast.Name):
        first, *others = ast.unparse(node).split(".")
        value: Any = vars(module).get(first)
        for name in others:
            value = getattr(value, name, None)
        yield from _rules(value)
    for child in ast.iter_child_nodes(node):
        yield from _named(child, module)


def _rules(value: Any) -> Iterator[DutyRule]:
    if isinstance(value, DutyRule):
        yield value
    elif value is RULES:
        return
    elif isinstance(value, Mapping):
        yield from (rule for each in value.values() for rule in _rules(each))  # pyright: ignore[reportUnknownVariableType]  (of any kind)
    elif isinstance(value, tuple | frozenset):
        yield from (rule for each in value for rule in _rules(each))  # pyright: ignore[reportUnknownVariableType]  (of any kind)
    elif isinstance(value, FunctionType) and value.__module__.startswith("hub.law."):
        source = ast.parse(inspect.getsource(value))
        yield from _named(source, importlib.import_module(value.__module__))


def _opened() -> set[DutyRule]:
    found: set[DutyRule] = set()
    for module in _modules():
        for node in ast.walk(ast.parse(inspect.getsource(module))):
            if not isinstance(node, ast.AsyncFunctionDef):
                continue
            opens = node.name == "keep_duty" or any(_called(each) in _OPENS for each in ast.walk(node))
            if opens:
                found.update(rule for each in node.body for rule in _named(each, module))
    return found


def test_every_clock_is_in_the_table() -> None:
    """C1 to C43, each with its rules, or in words where it is not one period long."""
    numbered = {rule.clock for rule in RULES.values()} | set(WITHOUT_A_PERIOD)
    assert numbered == {f"C{number}" for number in range(1, 44)}


def test_every_clock_is_opened_or_says_why_not() -> None:
    """A rule that nothing opens stands in `NOT_OPENED` with its reason, and one that something opens does not."""
    opened = _opened()
    assert set(DutyRule) - opened == set(NOT_OPENED)
    assert all(len(reason) > 20 for reason in NOT_OPENED.values())
