"""The rule book itself. Printed from these tests, and shipped with the hub."""

import ast
import re
from pathlib import Path

import pytest

from hub.law.reg17_disclosure import GATEWAYS
from hub.law.reg17_grounds import ADMITTED
from hub.rulebook import DISCLOSURE, print_rulebook, rulebook_text

HERE = Path(__file__).parent
READINGS = HERE.parents[1] / "hub" / "law" / "readings.md"


def test_the_shipped_rule_book_has_not_drifted() -> None:
    """The rule book that `hub law` prints is the one these tests make: run `make rulebook` after changing them."""
    assert rulebook_text() == print_rulebook(HERE)


def test_a_test_without_words_is_no_rule(tmp_path: Path) -> None:
    """A test or a chapter without a docstring cannot be printed."""
    chapter = tmp_path / "test_chapter.py"
    chapter.write_text('"""A chapter. With an introduction."""\n\n\ndef test_nothing() -> None:\n    pass\n')
    with pytest.raises(ValueError, match="test_nothing has no docstring"):
        print_rulebook(tmp_path)
    chapter.write_text("")
    with pytest.raises(ValueError, match=r"test_chapter\.py has no docstring"):
        print_rulebook(tmp_path)


def test_a_chapter_is_a_file_and_a_paragraph_a_test(tmp_path: Path) -> None:
    """A chapter bears the first sentence of its file, and its paragraphs are numbered."""
    (tmp_path / "test_a.py").write_text('"""First."""\n\n\ndef test_one() -> None:\n    """One\n    line."""\n')
    (tmp_path / "test_b.py").write_text('"""Second. With more."""\n\nNOT_A_TEST = 1\n')
    book = print_rulebook(tmp_path)
    assert "## 1. First\n\n- **1.1** One line.\n" in book
    assert "## 2. Second\n\nWith more.\n" in book
    assert "## Table A." in book
    assert "## Table B." in book


def test_the_chapters_on_disclosure_stand_together() -> None:
    """They are read in the order of the argument: what is shut and what the statute opens, each commissioning body's
    provision, the grounds, consent, arrangements, what these add, and broken glass. Two tables say the same."""
    names = [path.stem for path in HERE.glob("test_*.py")]
    assert set(DISCLOSURE) <= set(names)
    book = rulebook_text()
    titles = [
        ast.get_docstring(ast.parse((HERE / f"{name}.py").read_text(encoding="utf-8"))) or "" for name in DISCLOSURE
    ]
    numbers = [int(re.findall(rf"## (\d+)\. {re.escape(' '.join(title.split())[:20])}", book)[0]) for title in titles]
    assert numbers == list(range(numbers[0], numbers[0] + len(DISCLOSURE)))
    assert all(f"| **{each.relationship}** |" in book for each in GATEWAYS)
    assert all(f"| **{each}**: " in book for each in ADMITTED)


def test_a_reading_names_a_test_that_exists() -> None:
    """Every reading of an unclear provision names the test that shows it."""
    named = re.findall(r"`(test_\w+)::(test_\w+)`", READINGS.read_text(encoding="utf-8"))
    assert len(named) >= 10
    for file, test in named:
        found = [path.read_text(encoding="utf-8") for path in HERE.parent.rglob(f"{file}.py")]
        assert any(f"def {test}(" in text for text in found), (file, test)
