"""The results as tables of text, as performance figures are read: a row a contender, a column a query."""

from collections.abc import Mapping, Sequence

from hub.bench.rounds import Results


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in Markdown, with columns as wide as they need; all but the first stand to the right."""
    every = [list(header), *map(list, rows)]
    widths = [max(len(row[column]) for row in every) for column in range(len(header))]
    lines = [
        "| "
        + " | ".join(
            text.rjust(width) if column else text.ljust(width)
            for column, (text, width) in enumerate(zip(row, widths, strict=True))
        )
        + " |"
        for row in every
    ]
    rule = "|" + "|".join("-" * (width + 1) + (":" if column else "-") for column, width in enumerate(widths)) + "|"
    return "\n".join([lines[0], rule, *lines[1:]])


def number(value: float | None) -> str:
    """A figure with as many digits as mean something."""
    if value is None:
        return "–"
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def rates(results: Results, contenders: Sequence[str], queries: Sequence[str], connections: int) -> str:
    """Requests a second."""
    return table(
        [f"requests/s at {connections} connection{'s' if connections > 1 else ''}", *queries],
        [[each, *(number(results.rate(each, query, connections)) for query in queries)] for each in contenders],
    )


def costs(results: Results, contenders: Sequence[str], queries: Sequence[str], connections: int) -> str:
    """The processor time for a request, of the server and of PostgreSQL; where neither is watched, none is told."""

    def cell(contender: str, query: str) -> str:
        sample = results.cells.get((contender, query, connections))
        if sample is None or (sample.cpu_ms is None and sample.database_ms is None):
            return number(None)
        return f"{number(sample.cpu_ms)} + {number(sample.database_ms)}"

    rows = [[each, *(cell(each, query) for query in queries)] for each in contenders]
    watched = [row for row in rows if set(row[1:]) != {number(None)}]
    return table([f"CPU ms/request at {connections} connections, server + PostgreSQL", *queries], watched)


def burdens(results: Results, contender: str, others: Sequence[str], queries: Sequence[str], connections: int) -> str:
    """How many times its processor time for a request, server and PostgreSQL together, each of the others takes."""

    def cell(other: str, query: str) -> str:
        ours, theirs = (results.cells.get((each, query, connections)) for each in (contender, other))
        if ours is None or theirs is None or not ours.both_ms or theirs.both_ms is None:
            return number(None)
        return f"{number(theirs.both_ms / ours.both_ms)}x"

    rows = [[other, *(cell(other, query) for query in queries)] for other in others]
    watched = [row for row in rows if set(row[1:]) != {number(None)}]
    return table([f"CPU for a request beside that of {contender}, at {connections} connections", *queries], watched)


def ratios(
    results: Results,
    contender: str,
    *,
    bars: Mapping[str, Mapping[str, float]],
    queries: Sequence[str],
    connections: int,
) -> str:
    """How many times as fast it is as each of those in `bars`, with the bar where there is one."""

    def cell(other: str, query: str) -> str:
        ours, theirs = results.rate(contender, query, connections), results.rate(other, query, connections)
        if ours is None or theirs is None:
            return "–"
        ratio, bar = ours / theirs, bars[other].get(query)
        told = f"{ratio:.2f}x" if ratio >= 0.1 else f"{ratio:.1g}x"
        return told if bar is None else f"{told} (bar {bar:g}x {'met' if ratio >= bar else 'missed'})"

    rows = [[other, *(cell(other, query) for query in queries)] for other in bars]
    return table([f"{contender}, at {connections} connections, against", *queries], rows)
