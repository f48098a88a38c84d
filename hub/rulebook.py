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

from hub.law.budget_direct_payments import direct_payment_table
from hub.law.budget_regimes import regimes_table
from hub.law.duties import duties_table
from hub.law.reg12_agreement import agreement_table
from hub.law.s31_cooperation import transitions_table
from hub.law.s36_assessment import assessment_table
from hub.law.s37_plan import plan_table
from hub.law.s49_personal_budget import budget_table

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
    chapters = [_chapter(number, path) for number, path in enumerate(sorted(tests_dir.glob("test_*.py")), start=1)]
    tables = (
        f"## Table A. The statutory clocks\n\n{duties_table()}\n",
        f"## Table B. What may follow what in a request to co-operate\n\n{transitions_table()}\n",
        f"## Table C. What may follow what in an EHC needs assessment\n\n{assessment_table()}\n",
        f"## Table D. What may follow what in a version of an EHC plan\n\n{plan_table()}\n",
        f"## Table E. What may follow what in the agreement of health care provision\n\n{agreement_table()}\n",
        f"## Table F. What may follow what in a personal budget\n\n{budget_table()}\n",
        f"## Table G. What may follow what in a direct payment\n\n{direct_payment_table()}\n",
        f"## Table H. What each law asks before a direct payment is made\n\n{regimes_table()}\n",
    )
    return "\n".join([PREFACE, *chapters, *tables])


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
