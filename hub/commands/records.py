"""`hub organisation`, `succeed`, `import`, `law`: the bodies, their records and the law."""

from datetime import date
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from hub.commands import BAD_INPUT, end_with_stdin, say
from hub.settings import read_settings

exports = typer.Typer(no_args_is_help=True, help="Write files of what is on record.")
extracts = typer.Typer(no_args_is_help=True, help="Look at an extract of a case system before it is imported.")
imports = typer.Typer(no_args_is_help=True, help="Load files from case systems.")


def organisation(
    name: str,
    kind: Annotated[str, typer.Option(help="LOCAL_AUTHORITY, INTEGRATED_CARE_BOARD, NHS_TRUST, SCHOOL ...")],
    code: Annotated[str, typer.Option(help="Its local authority code, ODS code or URN.")],
) -> None:
    """Register a body: an authority, a commissioning body, a trust, a school."""
    from hub.registering import add_organisation

    say(add_organisation(read_settings(), name=name, kind=kind, code=code))


def succeed(
    old: Annotated[str, typer.Argument(help="ODS code of the body that is abolished.")],
    new: Annotated[str, typer.Argument(help="ODS code of its successor.")],
    on: Annotated[str, typer.Argument(help="The first day of the successor, such as 2026-04-01.")],
) -> None:
    """Put one commissioning body in the place of another, for all its children."""
    import uvloop

    from hub.db.place import database_place
    from hub.succeeding import run

    with database_place(read_settings()) as place:
        uvloop.run(run(place.worker, old, new, _day(on), say))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter("a day is written 2026-04-01") from error


@imports.command("sen2")
def import_sen2(
    file: Annotated[Path, typer.Argument(exists=True, readable=True, help="XML, or the CSV export: a folder or zip.")],
    authority: Annotated[str, typer.Option(help="The three-digit code of the authority whose return it is.")],
) -> None:
    """Load an authority's SEN2 return. Good persons are applied; the others are reported and kept aside."""
    from hub.importing import import_sen2_file

    refused = import_sen2_file(read_settings(), file, authority, say)
    if refused:
        raise typer.Exit(BAD_INPUT)


@imports.command("received", hidden=True)
def import_received(file: UUID) -> None:
    """Load a file that a body has sent. The worker starts this, and ends it by closing its standard input."""
    from hub.receiving import import_received_file

    end_with_stdin()
    import_received_file(read_settings(), file)


@exports.command("sen2")
def export_sen2(
    authority: Annotated[str, typer.Option(help="The three-digit code of the authority whose return it is.")],
    year: Annotated[int, typer.Option(help="The year of the return: that of its census, in January.")],
    out: Annotated[Path, typer.Option(dir_okay=False, writable=True, help="The file to write, XML.")],
    problems: Annotated[
        Path | None, typer.Option(dir_okay=False, help="What is wrong with it: .csv, or else JSON lines.")
    ] = None,
) -> None:
    """Write an authority's SEN2 return, and what whoever receives it would complain of, by the hub's own ids."""
    from hub.exporting import export_sen2 as export

    if export(read_settings(), authority, year, out, problems, say):
        raise typer.Exit(BAD_INPUT)


@imports.command("extract")
def import_extract(
    file: Annotated[
        Path, typer.Argument(exists=True, readable=True, help="CSV, JSON Lines or XLSX, or a folder of them.")
    ],
    mapping: Annotated[
        Path, typer.Option(exists=True, dir_okay=False, help="The mapping, YAML or TOML: see hub extract.")
    ],
    authority: Annotated[str, typer.Option(help="The three-digit code of the authority whose extract it is.")],
    on: Annotated[str | None, typer.Option(help="The day of which it tells; left out: today.")] = None,
) -> None:
    """Load an extract of a case system. Good rows are applied; the others are reported and kept aside."""
    from hub.extracting import import_extract_file

    day = None if on is None else _day(on)
    if import_extract_file(read_settings(), file, mapping, authority, day, say):
        raise typer.Exit(BAD_INPUT)


@extracts.command("check")
def check_extract(
    file: Annotated[
        Path, typer.Argument(exists=True, readable=True, help="CSV, JSON Lines or XLSX, or a folder of them.")
    ],
    mapping: Annotated[Path, typer.Option(exists=True, dir_okay=False, help="The mapping, YAML or TOML.")],
    first: Annotated[int, typer.Option(help="How many rows to show.")] = 5,
    names: Annotated[bool, typer.Option("--names", help="Show who the children are.")] = False,
) -> None:
    """Say what the mapping makes of the first rows, and everything that is wrong with any. Nothing is imported."""
    from hub.extracting import check_extract as check

    if check(file, mapping, say, first=first, names=names):
        raise typer.Exit(BAD_INPUT)


@extracts.command("schema")
def extract_schema() -> None:
    """Print the JSON Schema of a mapping."""
    from hub.extracting import schema_text

    say(schema_text())


@exports.command("annex-a")
def export_annex_a(
    authority: Annotated[str, typer.Option(help="The three-digit code of the authority whose children it lists.")],
    out: Annotated[Path, typer.Option(dir_okay=False, writable=True, help="The file to write: .xlsx, or .csv.")],
    on: Annotated[str | None, typer.Option(help="The day as of which, such as 2026-11-30; left out: today.")] = None,
) -> None:
    """Write the child-level list of an area SEND inspection (Annex A, list 1): children with a plan in force."""
    from hub.exporting import export_annex_a as export

    export(read_settings(), authority, out, _day(on) if on else None, say)


@imports.command("statement")
def import_statement(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True)],
    body: Annotated[str, typer.Option(help="The code of the funder whose statement it is.")],
) -> None:
    """Load a funder's statement of personal budgets (CSV: item, date, paid, spent). The rest is kept aside."""
    from hub.importing_statement import import_statement_file

    if import_statement_file(read_settings(), file, body, say):
        raise typer.Exit(BAD_INPUT)


def law() -> None:
    """Print the rule book: the law that this hub applies, provision by provision."""
    from hub.rulebook import rulebook_text

    say(rulebook_text())
