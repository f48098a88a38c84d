"""`hub import statement`: reads a funder's statement of personal budgets, and says what came of it."""

from collections.abc import Callable
from pathlib import Path

from adapters.la_statement.reading import read_statement
from hub.actions.statements import StatementReport, import_statement
from hub.actions.transaction import Transactions
from hub.operating import body_of_code, operator_for, with_transactions
from hub.settings import Settings


def import_statement_file(settings: Settings, path: Path, body: str, say: Callable[[str], None]) -> bool:
    """Import a funder's statement and say what came of it; whether any line was kept aside."""
    content = path.read_bytes()
    lines = read_statement(content)

    async def work(transactions: Transactions) -> StatementReport:
        async with transactions.begin(None) as tx:
            found = await body_of_code(tx, body)
            operator = await operator_for(tx, found.id, frozenset({"budget.read", "budget.write"}))
        # It works as the body itself: the lock shows it what the body may see, and no more.
        async with transactions.begin(operator) as tx:
            return await import_statement(tx, lines=lines, content=content)

    report = with_transactions(settings, work)
    say(report.as_text())
    return bool(report.aside)
