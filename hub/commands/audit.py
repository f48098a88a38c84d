"""`hub audit`: what is recorded, and that nothing of it was changed."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from hub.commands import BAD_INPUT, say
from hub.settings import read_settings

app = typer.Typer(no_args_is_help=True, help="What is recorded, and that nothing of it was changed.")


@app.command("verify")
def verify(
    kept: Annotated[
        list[Path] | None,
        typer.Option(
            "--checkpoint", help="A checkpoint kept outside; repeat for several.", exists=True, dir_okay=False
        ),
    ] = None,
    key: Annotated[
        Path | None, typer.Option(help="The log's verifier key; left out: this hub's own.", exists=True)
    ] = None,
) -> None:
    """Read everything that is recorded again, and find the first row that is not as it was sealed."""
    from hub.auditing import verify_log

    if not verify_log(read_settings(), kept or (), key, say):
        raise typer.Exit(BAD_INPUT)


@app.command("checkpoint")
def checkpoint() -> None:
    """Seal what is recorded and print the signed tree head: keep it elsewhere, and nobody can rewrite the past."""
    from hub.auditing import sealed_checkpoint

    say(sealed_checkpoint(read_settings()))


@app.command("proof")
def proof(
    position: Annotated[int | None, typer.Option(help="That the row at this position is in the log.")] = None,
    earlier: Annotated[int | None, typer.Option(help="That the log begins with the log of this size.")] = None,
    size: Annotated[int | None, typer.Option(help="Of the log of this size; left out: as it is now.")] = None,
) -> None:
    """Print a proof (RFC 6962) as JSON, for whoever keeps checkpoints."""
    from hub.auditing import proof

    if (position is None) == (earlier is None):
        raise typer.BadParameter("give --position or --earlier")
    say(proof(read_settings(), position, earlier, size))


@app.command("disclosures")
def disclosures(
    child: Annotated[
        str, typer.Argument(help="The child's id, which tells nothing in a shell's history; or the NHS number or UPN.")
    ],
    json_: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
    for_family: Annotated[
        bool, typer.Option("--for-family", help="In plain words, for the answer to a request for subject access.")
    ] = False,
) -> None:
    """Show who has seen a child's record, when, for what purpose and by which law, and what was kept from them."""
    from hub.disclosing import disclosures

    if for_family:
        typer.echo(
            "Before this is given to the family, somebody must decide whether a line of it would be likely to cause "
            "serious harm (Data Protection Act 2018 Sch. 3).",
            err=True,
        )
    say(disclosures(read_settings(), child, as_json=json_, for_family=for_family))


@app.command("retire")
def retire(
    kind: Annotated[str, typer.Argument(help="disclosure or denied_attempt.")],
    before: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="Months wholly before this day go.")],
) -> None:
    """Drop what a retention schedule says must go, for good. The log says that it went, and still verifies."""
    from hub.auditing import retire_rows

    say(retire_rows(read_settings(), kind, before.date()))


@app.command("export")
def export(
    out: Annotated[Path, typer.Option(help="The file to write: FHIR R4 AuditEvents, a line each.", dir_okay=False)],
    first: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="From this day on.")] = None,
    last: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="To this day, itself counted.")] = None,
) -> None:
    """Write what is recorded as FHIR AuditEvents (IHE Basic Audit Log Patterns), for systems that watch over access."""
    from hub.exporting import export_audit

    say(export_audit(read_settings(), out, first.date() if first else None, last.date() if last else None))
