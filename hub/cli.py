"""The `hub` command: its groups of commands, and what each way to fail makes of the exit status (`hub.commands`)."""

import gc
import json
import signal
import sys
from collections.abc import Mapping
from types import FrameType

import typer

from hub.commands import (
    BAD_INPUT,
    REFUSED,
    UNAVAILABLE,
    audit,
    bench,
    clients,
    keys,
    quarantine,
    records,
    retention,
    running,
    tokens,
    webhooks,
)
from hub.errors import Kind, NotReadyError, Problem, RefusedByLaw
from hub.settings import SettingError

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
for command in (
    running.demo,
    running.serve,
    running.worker,
    running.migrate,
    running.doctor,
    records.organisation,
    records.succeed,
    records.law,
    tokens.token,
    bench.bench,
):
    app.command()(command)
app.add_typer(clients.app, name="client")
app.add_typer(keys.app, name="key")
app.add_typer(records.imports, name="import")
app.add_typer(records.extracts, name="extract")
app.add_typer(records.exports, name="export")
app.add_typer(quarantine.app, name="quarantine")
app.add_typer(audit.app, name="audit")
app.add_typer(retention.app, name="retention")
app.add_typer(webhooks.app, name="webhook")
app.add_typer(webhooks.delivered, name="delivery")


@app.callback()
def logged() -> None:
    """Whatever a command does is logged as the hub logs: never by a library's own words. To show help takes no logs."""
    from hub import observe

    observe.configure()


def main() -> None:
    """Run the command, and turn every way it can fail into its exit status."""
    gc.set_threshold(50_000, 20, 50)  # what is made while a program starts stays: there is no garbage to look for
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
    except (NotReadyError, OSError) as error:
        _fail(str(error), UNAVAILABLE)
    except json.JSONDecodeError as error:
        _fail(f"not JSON: line {error.lineno}, column {error.colno}", BAD_INPUT)
    except Exception as error:
        _fail_if_of_the_database(error)
        raise


def _fail_if_of_the_database(error: Exception) -> None:
    from sqlalchemy.exc import DBAPIError, OperationalError  # not before: it is half of what a command loads

    match error:
        case OperationalError():
            _fail("the database does not answer at HUB_DATABASE_URL", UNAVAILABLE)
        case DBAPIError():  # its text quotes the row at fault, which may be a child's
            _fail(f"a fault of the hub's own in the database: {type(error.orig).__name__}", 1)
        case _:
            pass


def _exit(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(0)


def _fail(message: str, status: int) -> None:
    typer.echo(f"hub: {message}", err=True)
    sys.exit(status)


if __name__ == "__main__":
    main()
