"""The way in of a line of a funder's statement that waited in quarantine."""

from adapters.la_statement.reading import read_line
from hub.actions.quarantine import StillRefused, WayIn
from hub.actions.statements import record_line, told
from hub.actions.transaction import Transaction
from hub.db.quarantine import Item


def _check(_: Item, content: bytes) -> None:
    read_line(0, content)


async def _take(tx: Transaction, item: Item) -> None:
    problems = await record_line(tx, read_line(0, item.says))
    if problems:
        raise StillRefused(told(item.place, problems))


WAY_IN = WayIn(_check, _take)
