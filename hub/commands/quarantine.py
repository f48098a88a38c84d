"""`hub quarantine`: what could not be applied of a file or a message, and what becomes of it."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from hub.commands import BAD_INPUT, say
from hub.settings import read_settings

app = typer.Typer(no_args_is_help=True, help="What could not be applied waits to be mended, replayed or put aside.")

_ITEM = typer.Argument(help="The item's id: see hub quarantine list.")
_VERSION = typer.Option(help="The version that you looked at: see hub quarantine show.")
_WHY = typer.Option("--reason", help="Why, in a line; kept with the name of this account.")


@app.command("list")
def listed(
    body: Annotated[str | None, typer.Option(help="The code of the body whose they are; left out: of all.")] = None,
    form: Annotated[str | None, typer.Option(help="SEN2_PERSON, EXTRACT_ROWS, STATEMENT_LINE or FHIR_WRITE.")] = None,
    resolved: Annotated[bool, typer.Option("--resolved", help="What was resolved, in place of what waits.")] = False,
) -> None:
    """List what waits, oldest first: when it came, what it is, where it stood and which rules it breaks."""
    from hub.quarantining import list_items

    say(list_items(read_settings(), body=body, form=form, resolved=resolved))


@app.command("show")
def show(
    item: Annotated[str, _ITEM],
    content: Annotated[bool, typer.Option("--content", help="Print what it says, and nothing else.")] = False,
    as_it_came: Annotated[bool, typer.Option("--as-it-came", help="With --content: as it was not mended.")] = False,
    why: Annotated[str, _WHY] = "",
) -> None:
    """Show what is wrong with an item, and what was done with it. What it says takes --content and a --reason."""
    from hub.quarantining import read_item, show_item

    if content:
        found = read_item(read_settings(), item, why=why, as_it_came=as_it_came)
        sys.stdout.buffer.write(found)
        return
    say(show_item(read_settings(), item))


@app.command("mend")
def mend(
    item: Annotated[str, _ITEM],
    version: Annotated[int, _VERSION],
    why: Annotated[str, _WHY],
    file: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="What it should say, in the form that it has.")
    ] = None,
    child: Annotated[str | None, typer.Option(help="The id of the child that it is about.")] = None,
    new_child: Annotated[bool, typer.Option("--new-child", help="It is about a child new to the body.")] = False,
) -> None:
    """Correct what an item says, or say which child it is about."""
    from hub.quarantining import Correction, mend_item

    correction = Correction(file.read_bytes() if file else None, child, new_child)
    say(mend_item(read_settings(), item, correction, version=version, why=why))


@app.command("replay")
def replay(item: Annotated[str, _ITEM]) -> None:
    """Send an item the way it came. It is taken in, or it waits on with the new reason."""
    from hub.quarantining import replay_item

    said, applied = replay_item(read_settings(), item)
    say(said)
    if not applied:
        raise typer.Exit(BAD_INPUT)


@app.command("discard")
def discard(
    item: Annotated[str, _ITEM],
    version: Annotated[int, _VERSION],
    reason: Annotated[
        str, typer.Option(help="SENT_AGAIN, RECORDED_BY_HAND, NOT_OURS, SENT_IN_ERROR or CANNOT_BE_MENDED.")
    ],
    note: Annotated[str, typer.Option(help="More of why, where there is more.")] = "",
) -> None:
    """Put an item aside for good."""
    from hub.quarantining import discard_item

    say(discard_item(read_settings(), item, version=version, reason=reason, note=note))
