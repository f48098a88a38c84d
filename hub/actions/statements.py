"""A funder's statement is held against its personal budgets: what matches is recorded, all else is kept aside.

A line that matches nothing, that pays what was not agreed or more than is due, or that is spent before anything was
paid changes nothing. It waits in quarantine with the rule that it breaks, for somebody to look at.
"""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from hub.actions import budget_payments
from hub.actions.transaction import Transaction
from hub.audit import Event
from hub.db import quarantine, statement_rows
from hub.db.quarantine import KeptAside
from hub.errors import Problem, RefusedByLaw
from hub.law.imports import QuarantineForm
from hub.law.vocabulary import Source

MOST_LINES = 100_000


@dataclass(frozen=True, slots=True)
class LineProblem:
    """What is wrong with a line, in words that never carry a child's data."""

    rule: str
    message: str


@dataclass(frozen=True, slots=True)
class StatementLine:
    """A line as it was read, with what is wrong with it by itself."""

    number: int
    raw: bytes
    item_id: UUID | None = None
    payment_id: UUID | None = None
    on: date | None = None
    paid: Decimal | None = None
    spent: Decimal | None = None
    problems: tuple[LineProblem, ...] = ()


@dataclass(frozen=True, slots=True)
class StatementReport:
    """What came of a statement: how many lines were recorded, and which were kept aside by which rule."""

    recorded: int
    aside: Sequence[tuple[int, str]]
    repeated: bool = False

    def as_text(self) -> str:
        if self.repeated:
            return "this statement was imported before: nothing changed"
        rules = Counter(rule for _, rule in self.aside)
        said = [f"{self.recorded} lines recorded, {len(self.aside)} kept aside"]
        said += [f"line {number}: {rule}" for number, rule in self.aside[:100]]
        return "\n".join([*said, *(f"{rule}: {count}" for rule, count in sorted(rules.items()))])


async def import_statement(tx: Transaction, *, lines: Sequence[StatementLine], content: bytes) -> StatementReport:
    """Record what matches. The same file again changes nothing."""
    tx.must_have("budget.write")
    owner, sha256 = tx.caller.organisation, hashlib.sha256(content).hexdigest()
    if await statement_rows.imported_before(tx.connection, owner, sha256):
        return StatementReport(0, (), repeated=True)
    run_id = tx.new_id()
    aside: list[tuple[int, str]] = []
    for line in lines:
        problems = await record_line(tx, line)
        if problems:
            aside.append((line.number, problems[0].rule))
            kept = KeptAside(
                owner_id=owner,
                kind=Source.EXTRACT,
                form=QuarantineForm.STATEMENT_LINE,
                place=f"line {line.number}",
                problems=told(f"line {line.number}", problems),
                content=line.raw,
                import_run_id=run_id,
                sender_id=owner,
                client_id=tx.caller.client_id,
            )
            await quarantine.add(tx.connection, kept, tx.new_id(), at=tx.now)
    report = StatementReport(len(lines) - len(aside), tuple(aside))
    counts = {"lines": len(lines), "recorded": report.recorded, "aside": len(aside)}
    await statement_rows.finish(tx.connection, owner, run_id, sha256=sha256, counts=counts, at=tx.now)
    await tx.record(Event("statement_imported", owner, "ImportRun", run_id, facts={"sha256": sha256, **counts}))
    return report


async def record_line(tx: Transaction, line: StatementLine) -> tuple[LineProblem, ...]:
    """Record one line, or say why not. What it had begun is undone."""
    if line.problems:
        return line.problems
    if (line.item_id is None and line.payment_id is None) or line.on is None:
        return (LineProblem("line-incomplete", "A line names an amount or a direct payment, and a day."),)
    under = {"item_id": line.item_id, "payment_id": line.payment_id}
    try:
        async with tx.savepoint():
            if line.paid is not None:
                await budget_payments.record_payment(tx, amount=line.paid, on=line.on, **under)
            elif line.spent is not None:
                await budget_payments.record_spending(tx, amount=line.spent, on=line.on, **under)
    except RefusedByLaw as refused:
        return tuple(LineProblem(each.rule, f"{each.provision}: {each.message}") for each in refused.refusals)
    except Problem as problem:
        if problem.rule != "not-found":
            raise
        return (
            LineProblem("matches-nothing", "No amount or direct payment of yours in a personal budget has this id."),
        )
    return ()


def told(place: str, problems: Sequence[LineProblem]) -> list[Mapping[str, str]]:
    """What is wrong, as the quarantine keeps it."""
    return [{"place": place, "rule": each.rule, "message": each.message} for each in problems]
