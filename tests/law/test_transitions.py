"""What may follow what. Each of these tables is one, on which the hub runs and which this book prints."""

from pathlib import Path
from typing import Any

import pytest

from hub.law.reg12_agreement import AGREEMENT_TRANSITIONS
from hub.law.s31_cooperation import TRANSITIONS as REQUEST
from hub.law.s36_assessment import TRANSITIONS as ASSESSMENT
from hub.law.s37_plan import TRANSITIONS as PLAN
from hub.law.s44_review import TRANSITIONS as REVIEW
from hub.law.s49_personal_budget import BUDGET_TRANSITIONS, ITEM_TRANSITIONS
from hub.law.term import Term, means
from hub.law.transitions import Transitions

TABLES: tuple[Transitions[Any, Any, Any], ...] = (
    AGREEMENT_TRANSITIONS,
    REQUEST,
    ASSESSMENT,
    PLAN,
    REVIEW,
    BUDGET_TRANSITIONS,
    ITEM_TRANSITIONS,
)


class Door(Term):
    """How a door stands."""

    OPEN = means("It is open.")
    SHUT = means("It is shut.")
    LOCKED = means("It is locked.")


Push = type("Push", (), {})
Turn = type("Turn", (), {})


def test_a_table_is_printed_as_it_stands() -> None:
    """A row a state, a column a step, in order; several states are alternatives; a dash is a refusal."""
    table: Transitions[Door, Any, Any] = Transitions(
        Door,
        (Push, Turn),
        {(Door.OPEN, Push): Door.SHUT, (Door.SHUT, Turn): frozenset({Door.LOCKED, Door.OPEN})},
    )
    assert table.as_markdown().splitlines() == [
        "| | Push | Turn |",
        "|---|---|---|",
        "| **OPEN** | SHUT | - |",
        "| **SHUT** | - | OPEN or LOCKED |",
        "| **LOCKED** | - | - |",
    ]
    assert table.as_diagram().splitlines()[2:-1] == [
        "    OPEN --> SHUT : Push",
        "    SHUT --> OPEN : Turn",
        "    SHUT --> LOCKED : Turn",
    ]
    assert len(table) == 2
    assert table[Door.OPEN, Push] is Door.SHUT
    assert (Door.LOCKED, Push) not in table


def test_the_readme_draws_the_table_of_requests() -> None:
    """The diagram of requests to co-operate in the README is printed from their table, and is the one of this book."""
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    assert f"\n{REQUEST.as_diagram()}\n" in readme


@pytest.mark.parametrize("table", TABLES)
def test_every_transition_is_in_its_printed_table(table: Transitions[Any, Any, Any]) -> None:
    """No step is left out of what is printed: there are as many cells as transitions."""
    rows = table.as_markdown().splitlines()[2:]
    cells = [cell.strip() for row in rows for cell in row.strip("|").split("|")[1:]]
    assert sum(cell != "-" for cell in cells) == len(table) > 0
