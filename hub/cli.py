"""The `hub` command. Each command parses, calls one function, and says how it went by its exit status.

0 done whole, 1 a fault of the hub's own, 2 usage, 3 bad input (what was good is applied), 4 refused by law or sharing,
5 busy or unavailable.
"""

import asyncio
import json
import os
import signal
import sys
import threading
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from types import FrameType
from typing import Annotated, Any

import typer
import uvloop
from sqlalchemy.exc import DBAPIError, OperationalError

from hub import observe
from hub.db.embedded import EmbeddedPostgresError
from hub.db.place import database_place
from hub.demo_file import client_of, json_file, must_be_registered, running_at
from hub.errors import Kind, NotReadyError, Problem, RefusedByLaw
from hub.settings import SettingError, Settings, read_settings, sources

BAD_INPUT, REFUSED, UNAVAILABLE = 3, 4, 5
_STATUS: Mapping[Kind, int] = {
    Kind.INVALID: BAD_INPUT,
    Kind.CONFLICT: BAD_INPUT,
    Kind.NOT_FOUND: BAD_INPUT,
    Kind.TOO_COSTLY: BAD_INPUT,
    Kind.FORBIDDEN: REFUSED,
    Kind.UNAUTHENTICATED: REFUSED,
    Kind.BUSY: UNAVAILABLE,
}

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # they print local variables, which may hold a child's data
    help="The SEND Hub: local authorities and the NHS.",
)
client_app = typer.Typer(no_args_is_help=True, help="Register the systems that use this hub.")
audit_app = typer.Typer(no_args_is_help=True, help="What is recorded, and that nothing of it was changed.")
import_app = typer.Typer(no_args_is_help=True, help="Load files from case systems.")
app.add_typer(client_app, name="client")
app.add_typer(import_app, name="import")
app.add_typer(audit_app, name="audit")


_DOCUMENTS = typer.Argument(help="GraphQL documents, a file each.", exists=True, dir_okay=False)


def _settings(**overrides: Any) -> Settings:
    return read_settings(**overrides)


def say(text: str) -> None:
    typer.echo(text)
    sys.stdout.flush()


@app.command()
def demo() -> None:
    """Run a hub with a synthetic county in it, until interrupted."""
    from hub.demo import run

    uvloop.run(run(_settings(), say))


@app.command()
def serve() -> None:
    """Run the hub."""
    from hub.app import create_app, must_be_ready
    from hub.serving import server_for

    settings = _settings()
    with database_place(settings, adopt=True) as place:
        must_be_ready(settings, place)
        uvloop.run(server_for(create_app(settings, place), settings).serve())


@app.command()
def worker(until_stdin_closes: Annotated[bool, typer.Option(hidden=True)] = False) -> None:
    """Run the jobs: clock alarms and upkeep."""
    from hub.worker import run_worker

    settings = _settings()
    if until_stdin_closes:
        _end_with_stdin()
    with database_place(settings) as place:
        asyncio.run(run_worker(settings, place))


def _end_with_stdin() -> None:
    """Ask this process to end, as an operator would, when whoever started it is gone."""

    def wait() -> None:
        sys.stdin.buffer.read()
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, daemon=True).start()


@app.command()
def migrate() -> None:
    """Bring the database to this version of the hub."""
    from hub.db import migrate as migrations

    with database_place(_settings()) as place:
        say(f"the database is at version {migrations.upgrade(place.owner)}")


@app.command()
def doctor() -> None:
    """Show every setting with where it comes from, whose tokens are trusted, and whether the database is well."""
    from hub.auth.doctor import trusted
    from hub.db import migrate as migrations

    for name, value, source, sentence in sources():
        say(f"{name} = {value}  ({source})\n    {sentence}")
    well = True
    for line, reached in asyncio.run(trusted(_settings())):
        say(f"\n{line}")
        well = well and reached
    with database_place(_settings()) as place:
        found, needed = migrations.version(place.serving), migrations.latest()
        say(f"\ndatabase: at version {found or 'none'}, this hub needs {needed}")
        if found != needed:
            say("run: hub migrate")
            raise typer.Exit(UNAVAILABLE)
    if not well:
        raise typer.Exit(UNAVAILABLE)


@app.command()
def succeed(
    old: Annotated[str, typer.Argument(help="ODS code of the body that is abolished.")],
    new: Annotated[str, typer.Argument(help="ODS code of its successor.")],
    on: Annotated[str, typer.Argument(help="The first day of the successor, such as 2026-04-01.")],
) -> None:
    """Put one commissioning body in the place of another, for all its children."""
    from hub.succeeding import run

    with database_place(_settings()) as place:
        uvloop.run(run(place.worker, old, new, _day(on), say))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter("a day is written 2026-04-01") from error


@app.command()
def law() -> None:
    """Print the rule book: the law that this hub applies, provision by provision."""
    from hub.rulebook import rulebook_text

    say(rulebook_text())


@app.command()
def bench(
    load: Annotated[int | None, typer.Option(help="Add so many synthetic children to this hub's database.")] = None,
    authorities: Annotated[
        int | None, typer.Option(help="With --load: of so many authorities; left out: of realistic size.")
    ] = None,
    growth: Annotated[
        bool, typer.Option("--growth", help="Measure how time grows with the number of children.")
    ] = False,
    sizes: Annotated[str, typer.Option(help="With --growth: the numbers of children.")] = "10000,100000",
    writes: Annotated[bool, typer.Option("--writes", help="Measure advice, Bundles and an import.")] = False,
    duties: Annotated[bool, typer.Option("--duties", help="Measure the nightly sweep and a succession.")] = False,
    persons: Annotated[int, typer.Option(help="With --writes: so many persons in the imported return.")] = 3_000,
    explain: Annotated[
        Path | None, typer.Option(help="Print the statement and plan of this GraphQL document.", exists=True)
    ] = None,
    variables: Annotated[str, typer.Option(help="With --explain: its variables, as JSON.")] = "{}",
    as_: Annotated[str, typer.Option("--as", help="With --explain: the code of the body that asks.")] = "990",
    children: Annotated[int, typer.Option(help="How many children to measure with.")] = 20_000,
    connections: Annotated[str, typer.Option(help="At how many connections.")] = "1,16,64",
    rounds: Annotated[int, typer.Option(help="How many rounds; their medians count.")] = 3,
    seconds: Annotated[float, typer.Option(help="How long each measurement takes.")] = 1.5,
    peers: Annotated[bool, typer.Option(help="Also PostGraphile, which npm installs the first time.")] = True,
    database: Annotated[
        str | None, typer.Option(help="The owner's address of a PostgreSQL for the scratch databases; else embedded.")
    ] = None,
) -> None:
    """Measure how fast the hub reads, beside its limits and its peers, on a database made for it."""
    from hub.bench import commands

    effort = commands.Effort(rounds, seconds, database)
    if load is not None:
        commands.load(_settings(), load, authorities, say)
    elif explain is not None:
        commands.explain(_settings(), explain.read_text(), json.loads(variables), as_, say)
    elif growth:
        commands.grow(effort, _numbers(sizes), say)
    elif writes:
        commands.write(effort, say, children=children, persons=persons)
    elif duties:
        commands.sweep(effort, say, children=children)
    else:
        commands.compare(_settings(), effort, say, children=children, connections=_numbers(connections), peers=peers)


def _numbers(text: str) -> list[int]:
    try:
        return [int(each) for each in text.split(",")]
    except ValueError:
        raise typer.BadParameter("numbers, separated by commas") from None


@app.command()
def token(
    client_id: str,
    scope: Annotated[str | None, typer.Option(help="Scopes, separated by spaces; left out: all that it has.")] = None,
    purpose: Annotated[
        str | None, typer.Option(help="A purpose that you will state; checked against the demo's.")
    ] = None,
    key: Annotated[Path | None, typer.Option(help="The client's private key as a JWK; left out: demo.json's.")] = None,
) -> None:
    """Get a token as the client's own system would: sign an assertion, ask the token endpoint, print the token."""
    from hub.auth.assertions import fetch_token

    settings = _settings()
    private_key = json_file(key) if key else client_of(settings, client_id)["private_key"]
    if purpose is not None and not key:
        must_be_registered(purpose, client_of(settings, client_id)["purposes"])
    if purpose is not None:
        typer.echo(f"send with it: Purpose-Of-Use: {purpose}", err=True)
    say(fetch_token(running_at(settings), client_id, private_key, scope)["access_token"])


@import_app.command("sen2")
def import_sen2(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True)],
    authority: Annotated[str, typer.Option(help="The three-digit code of the authority whose return it is.")],
) -> None:
    """Load an authority's SEN2 return (XML). Good persons are applied; the others are reported and kept aside."""
    from hub.importing import import_sen2_file

    refused = import_sen2_file(_settings(), file, authority, say)
    if refused:
        raise typer.Exit(BAD_INPUT)


@app.command("organisation")
def organisation_add(
    name: str,
    kind: Annotated[str, typer.Option(help="LOCAL_AUTHORITY, INTEGRATED_CARE_BOARD, NHS_TRUST, SCHOOL ...")],
    code: Annotated[str, typer.Option(help="Its local authority code, ODS code or URN.")],
) -> None:
    """Register a body: an authority, a commissioning body, a trust, a school."""
    from hub.registering import add_organisation

    say(add_organisation(_settings(), name=name, kind=kind, code=code))


@client_app.command("add")
def client_add(
    client_id: str,
    organisation: Annotated[str, typer.Option(help="The ODS code or local authority code of the body it acts for.")],
    label: Annotated[str, typer.Option(help="What it is, in a line.")],
    scope: Annotated[list[str], typer.Option(help="A scope; repeat for several.")],
    purpose: Annotated[list[str], typer.Option(help="A purpose it may state; the first is its default.")],
    jwks: Annotated[
        Path | None, typer.Option(help="Its public keys as a JWKS file.", exists=True, dir_okay=False)
    ] = None,
    issuer: Annotated[
        str | None, typer.Option(help="In place of keys: the trusted issuer (HUB_ISSUERS) whose tokens name it.")
    ] = None,
    redirect: Annotated[
        list[str] | None,
        typer.Option(help="An address that people who sign in through it come back to (not in production)."),
    ] = None,
    dpop: Annotated[
        bool, typer.Option("--dpop", help="Its tokens must be bound to a key of its own (RFC 9449).")
    ] = False,
    algorithm: Annotated[
        list[str] | None, typer.Option(help="A signing algorithm; left out: those of its keys.")
    ] = None,
    document: Annotated[list[Path] | None, _DOCUMENTS] = None,
    only_documents: Annotated[
        bool, typer.Option("--only-documents", help="It may run no GraphQL document but the hub's and these files.")
    ] = False,
) -> None:
    """Register a system, and print what the engineer at the other end needs."""
    from hub.registering import SigningIn, add_client
    from schema.documents import read

    if document and not only_documents:
        raise typer.BadParameter("documents are given with --only-documents")
    say(
        add_client(
            _settings(),
            client_id=client_id,
            organisation=organisation,
            label=label,
            jwks=json_file(jwks) if jwks else None,
            scopes=scope,
            purposes=purpose,
            algorithms=algorithm,
            signing_in=SigningIn(issuer=issuer, redirect_uris=redirect or [], dpop_required=dpop),
            own_documents=read(document or ()) if only_documents else None,
        )
    )


@client_app.command("documents")
def client_documents(client_id: str, document: Annotated[list[Path], _DOCUMENTS]) -> None:
    """Let a system that was registered with --only-documents run these files too. It keeps those that it had."""
    from hub.registering import trust_documents
    from schema.documents import read

    say(trust_documents(_settings(), client_id, read(document)))


@client_app.command("list")
def client_list() -> None:
    """List the registered systems."""
    from hub.registering import list_clients

    say(list_clients(_settings()))


@client_app.command("rotate")
def client_rotate(
    client_id: str,
    jwks: Annotated[Path, typer.Option(help="Its new public keys as a JWKS file.", exists=True, dir_okay=False)],
    keep_old: Annotated[bool, typer.Option(help="Let the old keys work beside the new ones.")] = False,
) -> None:
    """Give a system new keys."""
    from hub.registering import rotate_client

    say(rotate_client(_settings(), client_id, json_file(jwks), keep_old=keep_old))


@client_app.command("disable")
def client_disable(client_id: str) -> None:
    """Stop a system from getting or using tokens."""
    from hub.registering import disable_client

    say(disable_client(_settings(), client_id))


@audit_app.command("verify")
def audit_verify(
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

    if not verify_log(_settings(), kept or (), key, say):
        raise typer.Exit(BAD_INPUT)


@audit_app.command("checkpoint")
def audit_checkpoint() -> None:
    """Seal what is recorded and print the signed tree head: keep it elsewhere, and nobody can rewrite the past."""
    from hub.auditing import sealed_checkpoint

    say(sealed_checkpoint(_settings()))


@audit_app.command("proof")
def audit_proof(
    position: Annotated[int | None, typer.Option(help="That the row at this position is in the log.")] = None,
    earlier: Annotated[int | None, typer.Option(help="That the log begins with the log of this size.")] = None,
    size: Annotated[int | None, typer.Option(help="Of the log of this size; left out: as it is now.")] = None,
) -> None:
    """Print a proof (RFC 6962) as JSON, for whoever keeps checkpoints."""
    from hub.auditing import proof

    if (position is None) == (earlier is None):
        raise typer.BadParameter("give --position or --earlier")
    say(proof(_settings(), position, earlier, size))


@audit_app.command("disclosures")
def audit_disclosures(
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
    say(disclosures(_settings(), child, as_json=json_, for_family=for_family))


@audit_app.command("retire")
def audit_retire(
    kind: Annotated[str, typer.Argument(help="disclosure or denied_attempt.")],
    before: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="Months wholly before this day go.")],
) -> None:
    """Drop what a retention schedule says must go, for good. The log says that it went, and still verifies."""
    from hub.auditing import retire_rows

    say(retire_rows(_settings(), kind, before.date()))


@audit_app.command("export")
def audit_export(
    out: Annotated[Path, typer.Option(help="The file to write: FHIR R4 AuditEvents, a line each.", dir_okay=False)],
    first: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="From this day on.")] = None,
    last: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="To this day, itself counted.")] = None,
) -> None:
    """Write what is recorded as FHIR AuditEvents (IHE Basic Audit Log Patterns), for systems that watch over access."""
    from hub.exporting import export_audit

    say(export_audit(_settings(), out, first.date() if first else None, last.date() if last else None))


def main() -> None:
    """Run the command, and turn every way it can fail into its exit status."""
    observe.configure()
    # uvicorn gives a signal on, once it has drained: this turns it into an exit that runs what stands in `finally`.
    signal.signal(signal.SIGTERM, _exit)
    try:
        app(standalone_mode=True)
    except Problem as problem:
        where = f" ({'.'.join(problem.path)})" if problem.path else ""
        _fail(f"{problem.message}{where}", _STATUS[problem.kind])
    except RefusedByLaw as refused:
        _fail(str(refused), REFUSED)
    except KeyboardInterrupt:
        sys.exit(130)
    except SettingError as error:
        _fail(str(error), 2)
    except (EmbeddedPostgresError, NotReadyError, OSError) as error:
        _fail(str(error), UNAVAILABLE)
    except OperationalError:
        _fail("the database does not answer at HUB_DATABASE_URL", UNAVAILABLE)
    except DBAPIError as error:  # its text quotes the row at fault, which may be a child's
        _fail(f"a fault of the hub's own in the database: {type(error.orig).__name__}", 1)
    except json.JSONDecodeError as error:
        _fail(f"not JSON: line {error.lineno}, column {error.colno}", BAD_INPUT)


def _exit(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(0)


def _fail(message: str, status: int) -> None:
    typer.echo(f"hub: {message}", err=True)
    sys.exit(status)


if __name__ == "__main__":
    main()
