"""The rule book: what tests/law says, as a page. `python -m hub.rulebook tests/law` prints it (make rulebook).

Outside hub/law, which reads no files. A test file is a chapter and a test a paragraph, in the words of its docstring;
the tables are printed from the values the hub runs on. `hub law` shows the copy shipped as hub/law/rulebook.md,
so that an installed hub, which has no tests, can show it too.
"""

import ast
import re
import sys
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from string import ascii_uppercase
from typing import Any

from hub.law import (
    budget_direct_payments,
    reg12_agreement,
    s31_cooperation,
    s36_assessment,
    s37_plan,
    s44_review,
    s49_personal_budget,
)
from hub.law.budget_regimes import regimes_table
from hub.law.duties import duties_table
from hub.law.reg17_grounds import grounds_table
from hub.law.reg17_rows import gateways_table
from hub.law.retention import rules_table
from hub.law.transitions import Transitions

TRANSITIONS: tuple[tuple[str, Transitions[Any, Any, Any]], ...] = (
    ("a request to co-operate", s31_cooperation.TRANSITIONS),
    ("an EHC needs assessment", s36_assessment.TRANSITIONS),
    ("a version of an EHC plan", s37_plan.TRANSITIONS),
    ("the agreement of health care provision", reg12_agreement.AGREEMENT_TRANSITIONS),
    ("a review", s44_review.TRANSITIONS),
    ("a personal budget", s49_personal_budget.BUDGET_TRANSITIONS),
    ("an amount in a personal budget", s49_personal_budget.ITEM_TRANSITIONS),
    ("a direct payment", budget_direct_payments.TRANSITIONS),
)
PREFACE = """# The rule book

Made from the tests in tests/law by `make rulebook`: do not edit it. Every paragraph is a test, and holds.
CFA 2014 is the Children and Families Act 2014. SEND Regs 2014 are SI 2014/1530, PB Regs 2014 SI 2014/1652 and Rec Regs
2017 SI 2017/1306. How unclear provisions are read is in readings.md.
"""


_END_OF_SENTENCE = re.compile(r"(?<=[a-z)])\. (?=[A-Z])")  # "s. 23" and "reg. 8" are followed by a number


def rulebook_text() -> str:
    """The rule book as shipped."""
    return files("hub.law").joinpath("rulebook.md").read_text(encoding="utf-8")


def print_rulebook(tests_dir: Path) -> str:
    """The rule book as the tests now have it. A chapter or test without words raises ValueError."""
    paths = sorted(tests_dir.glob("test_*.py"), key=_place)
    chapters = [_chapter(number, path) for number, path in enumerate(paths, start=1)]
    titled = [
        ("The statutory clocks", duties_table()),
        *(
            (f"What may follow what in {what}", f"{transitions.as_markdown()}\n\n{transitions.as_diagram()}")
            for what, transitions in TRANSITIONS
        ),
        ("What each law asks before a direct payment is made", regimes_table()),
        ("How long records are kept", rules_table()),
        ("What the statute alone opens of a child's record", gateways_table()),
        ("On what an authority may decide to disclose", grounds_table()),
    ]
    tables = [
        f"## Table {letter}. {title}\n\n{text}\n"
        for letter, (title, text) in zip(ascii_uppercase[: len(titled)], titled, strict=True)
    ]
    return "\n".join([PREFACE, *chapters, *tables])


DISCLOSURE = (
    "test_reg17_disclosure",
    "test_s42_commissioned",
    "test_reg17_grounds",
    "test_reg17_consent",
    "test_s26_arrangements",
    "test_reg17_added",
    "test_safeguarding",
)
"""The chapters that a privacy officer reads, in the order of the argument: what is shut, what the statute opens, and
what is opened beside it. They stand together where the first of them would."""


def _place(path: Path) -> tuple[str, int]:
    """Where a chapter stands: by its name, but for those of disclosure."""
    if path.stem in DISCLOSURE:
        return DISCLOSURE[0], DISCLOSURE.index(path.stem)
    return path.stem, 0


def _chapter(number: int, path: Path) -> str:
    module = ast.parse(path.read_text(encoding="utf-8"))
    title, *introduction = _END_OF_SENTENCE.split(_words(module, path.name), maxsplit=1)
    lines = [f"## {number}. {title.removesuffix('.')}", ""]
    lines += [line for text in introduction for line in (text, "")]
    for paragraph, test in enumerate(_tests(module), start=1):
        lines.append(f"- **{number}.{paragraph}** {_words(test, f'{path.name}: {test.name}')}")
    return "\n".join(lines) + "\n"


def _tests(module: ast.Module) -> Iterator[ast.FunctionDef]:
    for node in module.body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield node


def _words(node: ast.Module | ast.FunctionDef, where: str) -> str:
    docstring = ast.get_docstring(node)
    if not docstring:
        raise ValueError(f"{where} has no docstring: in the rule book it would be a paragraph without words")
    return " ".join(docstring.split())


if __name__ == "__main__":
    sys.stdout.write(print_rulebook(Path(sys.argv[1])))
