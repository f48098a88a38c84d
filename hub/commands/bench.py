"""`hub bench`: how fast the hub is, beside its limits and its peers."""

import json
from pathlib import Path
from typing import Annotated

import typer

from hub.commands import say
from hub.settings import read_settings


def bench(
    load: Annotated[int | None, typer.Option(help="Add so many synthetic children to this hub's database.")] = None,
    authorities: Annotated[
        int | None, typer.Option(help="With --load: of so many authorities; left out: of realistic size.")
    ] = None,
    growth: Annotated[
        bool, typer.Option("--growth", help="Measure how time grows with the number of children.")
    ] = False,
    sizes: Annotated[str, typer.Option(help="With --growth: the numbers of children.")] = "10000,100000",
    requests: Annotated[
        int | None, typer.Option(help="Send so many requests of a thousand documents, and print the server's memory.")
    ] = None,
    writes: Annotated[bool, typer.Option("--writes", help="Measure advice, Bundles and an import.")] = False,
    fhir: Annotated[
        bool, typer.Option("--fhir", help="Measure Bundles and Task updates, and who reads beside.")
    ] = False,
    duties: Annotated[bool, typer.Option("--duties", help="Measure the nightly sweep.")] = False,
    succession: Annotated[
        bool, typer.Option("--succession", help="Measure one board in the place of another, for all the children.")
    ] = False,
    pages: Annotated[
        bool, typer.Option("--pages", help="Measure each page, in the demo's county and for one large authority.")
    ] = False,
    identity: Annotated[
        Path | None, typer.Option(help="Measure who is found of a return's children (XML); with --trust.", exists=True)
    ] = None,
    trust: Annotated[
        Path | None, typer.Option(help="With --identity: the same children as a trust has them.", exists=True)
    ] = None,
    import_: Annotated[bool, typer.Option("--import", help="Measure imports of returns, and their memory.")] = False,
    persons: Annotated[
        str, typer.Option(help="With --writes and --import: so many persons in the return; --import takes several.")
    ] = "3000",
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
        commands.load(read_settings(), load, authorities, say)
    elif explain is not None:
        commands.explain(read_settings(), explain.read_text(), json.loads(variables), as_, say)
    elif identity is not None and trust is not None:
        commands.identify(identity, trust, as_, say)
    elif growth:
        commands.grow(effort, _numbers(sizes), say)
    elif requests is not None:
        commands.remember(effort, requests, say, children=children)
    elif writes:
        commands.write(effort, say, children=children, persons=_numbers(persons)[0])
    elif fhir:
        commands.exchange(effort, say, children=children)
    elif import_:
        commands.bring_in(effort, say, children=children, persons=_numbers(persons))
    elif duties:
        commands.sweep(effort, say, children=children)
    elif pages:
        commands.show(effort, say, children=children)
    elif succession:
        commands.succeed(effort, say, children=children)
    else:
        commands.compare(
            read_settings(), effort, say, children=children, connections=_numbers(connections), peers=peers
        )


def _numbers(text: str) -> list[int]:
    try:
        return [int(each) for each in text.split(",")]
    except ValueError:
        raise typer.BadParameter("numbers, separated by commas") from None
