"""`hub retention`: how long an authority keeps its records, what it holds, and erasing what is due."""

from datetime import datetime
from typing import Annotated

import typer

from hub.commands import say
from hub.settings import read_settings

app = typer.Typer(no_args_is_help=True, help="How long an authority keeps its records, holds, and erasing what is due.")

_AUTHORITY = typer.Option(help="The code of the authority whose records they are.")
_WHY = typer.Option("--reason", help="Why, in a line; kept with the name of this account.")
_MATTER = typer.Argument(help="SEN, HEALTH, MONEY or RAW.")


@app.command("list")
def listed(
    authority: Annotated[str, _AUTHORITY],
    on: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="As it will be on this day; left out: today.")
    ] = None,
) -> None:
    """Show the schedule, the holds, and each record whose time is over, with what keeps it; nothing is erased."""
    from hub.retaining import show

    say(show(read_settings(), authority, on.date() if on else None))


@app.command("adopt")
def adopt(
    authority: Annotated[str, _AUTHORITY],
    matter: Annotated[str, _MATTER],
    why: Annotated[str, _WHY],
    counted_from: Annotated[str | None, typer.Option(help="BIRTH, DEATH, LAST_ENTRY, LAST_PAYMENT or RECEIPT.")] = None,
    years: Annotated[int | None, typer.Option(help="Years; left out with --counted-from: for good.")] = None,
) -> None:
    """Take a matter into the schedule: by the hub's rules (`hub law` prints them), or with a period of your own.

    Nothing is erased of an authority that has not adopted SEN, nor of a record with a matter that it has not adopted.
    """
    from hub.retaining import adopt

    say(adopt(read_settings(), authority, matter, counted_from, years, why=why))


@app.command("drop")
def drop(authority: Annotated[str, _AUTHORITY], matter: Annotated[str, _MATTER]) -> None:
    """Take a matter out of the schedule: records that have it are kept for good."""
    from hub.retaining import drop

    say(drop(read_settings(), authority, matter))


@app.command("hold")
def hold(
    authority: Annotated[str, _AUTHORITY],
    ground: Annotated[str, typer.Option(help="REDRESS, SUBJECT_ACCESS, SAFEGUARDING, INQUIRY, LOOKED_AFTER or OTHER.")],
    why: Annotated[str, _WHY],
    child: Annotated[str | None, typer.Option(help="The child's id; left out: all of the authority's records.")] = None,
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The last day; left out: until it is released.")
    ] = None,
) -> None:
    """Keep a child's record, or all of them, whatever the schedule says."""
    from hub.retaining import hold

    say(hold(read_settings(), authority, ground, child, until.date() if until else None, why=why))


@app.command("release")
def release(
    authority: Annotated[str, _AUTHORITY],
    hold_id: Annotated[str, typer.Argument(help="The hold's id: see hub retention list.")],
    why: Annotated[str, _WHY],
) -> None:
    """Release a hold."""
    from hub.retaining import release

    say(release(read_settings(), authority, hold_id, why=why))


@app.command("run")
def run(
    authority: Annotated[str, _AUTHORITY],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be erased, and erase nothing.")] = False,
) -> None:
    """Erase what is due now, for good; the worker does the same each night."""
    from hub.retaining import run

    say(run(read_settings(), authority, dry_run=dry_run))
