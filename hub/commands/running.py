"""`hub demo`, `serve`, `worker`, `migrate`, `doctor`: the processes, and what an operator does to them."""

import asyncio
from typing import Annotated

import typer

from hub.commands import UNAVAILABLE, end_with_stdin, say
from hub.settings import read_settings, sources


def demo() -> None:
    """Run a hub with a synthetic county in it, until interrupted."""
    import uvloop

    from hub.demo import run

    uvloop.run(run(read_settings(), say))


def serve() -> None:
    """Run the hub."""
    import uvloop

    from hub.app import create_app, must_be_ready
    from hub.db.place import database_place
    from hub.serving import server_for
    from hub.tracing import traces

    settings = read_settings()
    with database_place(settings, adopt=True) as place, traces(settings.traces_url, "send-hub"):
        must_be_ready(settings, place)
        uvloop.run(server_for(create_app(settings, place), settings).serve())


def worker(until_stdin_closes: Annotated[bool, typer.Option(hidden=True)] = False) -> None:
    """Run the jobs: clock alarms and upkeep."""
    from hub.db.place import database_place
    from hub.tracing import traces
    from hub.worker import run_worker

    settings = read_settings()
    if until_stdin_closes:
        end_with_stdin()
    with database_place(settings) as place, traces(settings.traces_url, "send-hub-worker"):
        asyncio.run(run_worker(settings, place))


def migrate() -> None:
    """Bring the database to this version of the hub."""
    from hub.db import migrate as migrations
    from hub.db.place import database_place

    with database_place(read_settings()) as place:
        say(f"the database is at version {migrations.upgrade(place.owner)}")


def doctor() -> None:
    """Show every setting with where it comes from, then what is well and what is not, each with its remedy."""
    from hub import examining
    from hub.auth.doctor import trusted
    from hub.clock import utc_now
    from hub.db.place import database_place

    settings = read_settings()
    for name, value, source, sentence in sources():
        say(f"{name} = {value}  ({source})\n    {sentence}")
    say("")
    findings = [
        examining.Finding(examining.State.WELL if reached else examining.State.WRONG, line)
        for line, reached in asyncio.run(trusted(settings))
    ]
    with database_place(settings) as place:
        looked = asyncio.run(examining.database(place, utc_now))
        findings += [*looked, *examining.server(place), *examining.replicas(place)]
        findings += [*examining.keys(settings), *examining.running(settings)]
        demo = examining.demo_of(settings)
        if demo is not None and examining.is_running(findings):
            findings += examining.demo_leaks(settings, place, demo)
    for each in findings:
        say(f"{each.state:<5} {each.said}" + (f"\n      {each.remedy}" if each.remedy else ""))
    if any(each.state is examining.State.WRONG for each in findings):
        raise typer.Exit(UNAVAILABLE)
