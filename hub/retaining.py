"""`hub retention`: an authority's schedule and its holds, and what they keep or erase; never a child's name."""

from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import date
from typing import TypeVar
from uuid import UUID

from hub.actions import retention as actions
from hub.actions.retention import Judged
from hub.actions.transaction import Transaction, Transactions
from hub.db import retention
from hub.db.retention import KeptChoice, KeptHold
from hub.errors import invalid
from hub.law.retention import Choice, CountedFrom, Matter
from hub.law.retention_holds import Due, Hold, HoldGround
from hub.law.term import Term
from hub.operating import body_of_code, operator_for, with_transactions
from hub.settings import Settings

T = TypeVar("T")
N = TypeVar("N", bound=Term)


def show(settings: Settings, authority: str, on: date | None) -> str:
    """The schedule, the holds, and every record whose time by the day of birth is over."""

    async def look(transactions: Transactions) -> str:
        async with transactions.begin(None) as tx:
            owner = (await body_of_code(tx, authority)).id
            day = on or tx.today
            kept = await retention.schedule(tx.connection, owner)
            held = await retention.holds(tx.connection, owner, on=day)
        found = await actions.due(transactions, owner, on=day)
        return "\n".join([*_schedule(kept), *_holds(held), *_judged(found)])

    return with_transactions(settings, look)


def adopt(
    settings: Settings, authority: str, matter: str, counted_from: str | None, years: int | None, *, why: str
) -> str:
    """Take a matter into the schedule, as the rules have it or with a period of its own."""
    what = _word(Matter, matter)

    async def effect(tx: Transaction) -> str:
        if counted_from is None:
            if years is not None:
                raise invalid("say from which day the years count: --counted-from", rule="counted-from-required")
            chosen = await actions.adopt(tx, what, reason=why)
        else:
            chosen = (Choice(what, _word(CountedFrom, counted_from), years),)
            await actions.choose(tx, chosen[0], reason=why)
        return "\n".join(f"adopted: {_period(each)}" for each in chosen)

    return _as_operator(settings, authority, effect)


def drop(settings: Settings, authority: str, matter: str) -> str:
    """Take a matter out of the schedule."""
    what = _word(Matter, matter)

    async def effect(tx: Transaction) -> str:
        await actions.drop(tx, what)
        return f"dropped: records with {what} are kept for good"

    return _as_operator(settings, authority, effect)


def hold(settings: Settings, authority: str, ground: str, child: str | None, until: date | None, *, why: str) -> str:
    """Place a hold; its id."""
    child_id, held = None if child is None else _id(child, "Child_"), Hold(_word(HoldGround, ground), until)

    async def effect(tx: Transaction) -> str:
        return f"held: {await actions.hold(tx, child_id, held, reason=why)}"

    return _as_operator(settings, authority, effect)


def release(settings: Settings, authority: str, hold_id: str, *, why: str) -> str:
    """Release a hold."""
    wanted = _id(hold_id, "")

    async def effect(tx: Transaction) -> str:
        await actions.release(tx, wanted, reason=why)
        return "released"

    return _as_operator(settings, authority, effect)


def run(settings: Settings, authority: str, *, dry_run: bool) -> str:
    """Erase what is due, or say what would be."""

    async def work(transactions: Transactions) -> str:
        async with transactions.begin(None) as tx:
            owner = (await body_of_code(tx, authority)).id
        swept = await actions.sweep(transactions, owner, dry_run=dry_run)
        ids = [f"  {each}" for each in swept.erased]
        said = "would be erased" if dry_run else "were erased"
        files = (
            [] if dry_run else [f"{swept.payloads:,} files and messages as they came were erased by their own period"]
        )
        looked = f"{len(swept.erased):,} of {swept.looked_at:,} records whose time by the day of birth is over {said}"
        return "\n".join([looked, *ids, *files])

    return with_transactions(settings, work)


def _as_operator(settings: Settings, authority: str, effect: Callable[[Transaction], Awaitable[T]]) -> T:
    async def do(transactions: Transactions) -> T:
        async with transactions.begin(None) as tx:
            caller = await operator_for(tx, (await body_of_code(tx, authority)).id, frozenset())
        async with transactions.begin(caller) as tx:
            return await effect(tx)

    return with_transactions(settings, do)


def _word(words: type[N], said: str) -> N:
    if said not in words.__members__:
        raise invalid(f"one of {', '.join(words)}", rule="word-unknown")
    return words(said)


def _id(said: str, prefix: str) -> UUID:
    try:
        return UUID(said.removeprefix(prefix))
    except ValueError as error:
        raise invalid("it is named by its id", rule="id-malformed") from error


def _period(choice: Choice) -> str:
    years = "for good" if choice.years is None else f"{choice.years} years"
    return f"{choice.matter} from {choice.counted_from}: {years}"


def _schedule(kept: list[KeptChoice]) -> list[str]:
    lines = [f"  {_period(each.choice)}  ({each.chosen_by}, {each.chosen_at:%Y-%m-%d}: {each.reason})" for each in kept]
    missing = [each for each in Matter if each not in {one.choice.matter for one in kept}]
    not_adopted = f"  not adopted, and so kept for good: {', '.join(missing)}"
    return ["schedule:", *lines, *([not_adopted] if missing else [])]


def _holds(held: list[KeptHold]) -> list[str]:
    if not held:
        return ["holds: none"]
    return ["holds:", *(f"  {each.id}  {_held(each)}  ({each.placed_by}: {each.reason})" for each in held)]


def _held(kept: KeptHold) -> str:
    until = "" if kept.hold.until is None else f" until {kept.hold.until}"
    return f"{kept.hold.ground}{until}  {kept.child_id or 'all records'}"


def _judged(found: list[Judged]) -> list[str]:
    """What is due by its id; what is kept by why, counted: a list of thousands would be read by nobody."""
    due = [f"  {each.child_id}  since its {each.kept.longest} was over" for each in found if isinstance(each.kept, Due)]
    why = Counter(reason for each in found if not isinstance(each.kept, Due) for reason in each.kept.because)
    kept = [f"  {count:>6,}  {reason}" for reason, count in sorted(why.items())]
    return [f"due: {len(due):,}", *due, f"over by the day of birth, and kept: {len(found) - len(due):,}", *kept]
