"""Reads a statement: CSV in UTF-8 with the columns item, date, paid and spent, and no others.

A file with another column is refused whole, for that is where the particulars of bank accounts would be, and the hub
keeps none. `item` is the global id of the amount in a budget, or of one of its direct payments, as the hub gives it and
the funder's ledger carries it.
A line says either what was paid on a day, or what the recipient showed to have spent.
"""

import csv
import io
from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from uuid import UUID

from hub.actions.statements import MOST_LINES, LineProblem, StatementLine
from hub.errors import invalid

COLUMNS = ("item", "date", "paid", "spent")
_NAMED = {"BudgetItem": "item_id", "DirectPayment": "payment_id"}
_HEX_DIGITS = 32


def read_statement(content: bytes) -> list[StatementLine]:
    """The lines of a statement; raises `Problem` INVALID for a file that is none."""
    try:
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise invalid("a statement is CSV in UTF-8", rule="not-csv") from error
    if not rows or tuple(cell.strip() for cell in rows[0]) != COLUMNS:
        raise invalid(f"a statement has the columns {', '.join(COLUMNS)}, and no others", rule="statement-columns")
    if len(rows) > MOST_LINES:
        raise invalid(f"a statement has at most {MOST_LINES} lines", rule="statement-too-long")
    return [_line(number, cells) for number, cells in enumerate(rows[1:], start=2) if any(cells)]


def read_line(number: int, content: bytes) -> StatementLine:
    """One line alone, as it waits in quarantine. Raises `Problem` INVALID for bytes that are not one line of CSV."""
    try:
        rows = list(csv.reader(io.StringIO(content.decode(), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise invalid("a line is CSV in UTF-8", rule="not-csv", path=("content",)) from error
    if len(rows) != 1 or len(rows[0]) != len(COLUMNS):
        message = f"this is one line of a statement: {', '.join(COLUMNS)}"
        raise invalid(message, rule="line-cells", path=("content",))
    return _line(number, rows[0])


def _line(number: int, cells: Sequence[str]) -> StatementLine:
    if len(cells) != len(COLUMNS):  # what is too much is not kept: it may be an account
        return StatementLine(number, b"", problems=(_problem("line-cells", "A line has four cells."),))
    item, day, paid, spent = (cell.strip() for cell in cells)
    raw = ",".join((item, day, paid, spent)).encode()
    problems: list[LineProblem] = []
    if bool(paid) is bool(spent):
        problems.append(_problem("paid-or-spent", "A line says what was paid, or what was spent: one of them."))
    return StatementLine(
        number,
        raw,
        **_named(item, problems),
        on=_day(day, problems),
        paid=_pounds(paid, problems),
        spent=_pounds(spent, problems),
        problems=tuple(problems),
    )


def _named(text: str, problems: list[LineProblem]) -> dict[str, UUID]:
    """What the line is about: an amount, or one of its direct payments."""
    kind, _, digits = text.partition("_")
    try:
        if kind in _NAMED and len(digits) == _HEX_DIGITS:
            return {_NAMED[kind]: UUID(digits)}
    except ValueError:
        pass
    message = "The item is the id of an amount in a budget, or of a direct payment."
    problems.append(_problem("item-malformed", message))
    return {}


def _day(text: str, problems: list[LineProblem]) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        problems.append(_problem("date-malformed", "A date is written 2026-11-22."))
        return None


def _pounds(text: str, problems: list[LineProblem]) -> Decimal | None:
    if not text:
        return None
    try:
        return Decimal(text)
    except InvalidOperation:
        problems.append(_problem("amount-malformed", "An amount is in pounds, such as 1234.50."))
        return None


def _problem(rule: str, message: str) -> LineProblem:
    return LineProblem(rule, message)
