"""`hub bench --requests`: what a server's memory does over many requests of many different documents.

Plans, documents and prepared statements are kept, each so many: after all of them are full the memory must not grow.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations, product

import uvloop

from hub.bench import client, comparison, printed, progress
from hub.bench.ids import child_id
from hub.bench.scratch import Scratch, register
from schema.ids import to_global

_DOCUMENTS = 1_000
_NEW_EACH_TIME = 100  # of these, as many were never sent before
_WINDOW_S = 5.0
_LINES = 20  # of the table
_CONNECTIONS = 16
_OF_CHILD = ("nhsNumber", "upn", "familyName", "givenNames", "dateOfBirth", "sex", "postcode")
_OF_PLAN = ("status", "version", "finalisedOn", "sections { code }", "outcomes { description }", "needs { rank }")
_SELECTIONS = list(product(combinations(_OF_CHILD, 4), combinations(_OF_PLAN, 3)))


def measure(scratch: Scratch, *, requests: int, say: Callable[[str], None]) -> None:
    """Send so many requests and print, from time to time, the memory of the server that answers them."""
    key = register(scratch.settings, comparison.CLIENT, scratch.authority.la_code)
    rows: list[Sequence[str]] = []
    answered = 0
    try:
        with (
            comparison.hub_server(scratch, comparison.CLIENT, key, compiled=True) as (running, token),
            progress.shown("requests", requests) as done,
        ):
            windows = _windows(comparison.Asked(scratch, token))
            while answered < requests:
                sent = next(windows)
                measured = uvloop.run(client.measure(running.port, sent, connections=_CONNECTIONS, seconds=_WINDOW_S))
                answered += measured.answers
                done(measured.answers)
                if answered >= min(requests, len(rows) * requests / _LINES):
                    rows.append([f"{answered:,}", printed.number(measured.rate), printed.number(running.memory_mb())])
    finally:  # an hour is long: who interrupts it is told what there is
        say(printed.table(["requests answered", "requests/s", "memory, MB"], rows))


def _windows(asked: comparison.Asked) -> Iterator[list[bytes]]:
    """What is sent in each window of time: the same documents, and some that are new."""
    kept = [_request(asked, number) for number in range(_DOCUMENTS - _NEW_EACH_TIME)]
    number = _DOCUMENTS
    while True:
        yield [*kept, *(_request(asked, number + new) for new in range(_NEW_EACH_TIME))]
        number += _NEW_EACH_TIME


def requests(asked: comparison.Asked, documents: int = 20) -> list[bytes]:
    """A request for each of so many documents, each about another child."""
    return [_request(asked, number) for number in range(documents)]


def _request(asked: comparison.Asked, number: int) -> bytes:
    """One request about one child, of a document that has this number and no other has."""
    children = asked.children
    variables = {"id": to_global("Child", child_id(children[number % len(children)]))}
    body = json.dumps({"query": document(number), "variables": variables}).encode()
    return client.request("/graphql", body, {"Authorization": f"Bearer {asked.token}"})


def document(number: int) -> str:
    """A document that no other number has."""
    child, plan = _SELECTIONS[number % len(_SELECTIONS)]
    selected = f"id {' '.join(child)} currentPlan {{ id {' '.join(plan)} }}"
    return f"query Number{number}($id: ID!) {{ child(id: $id) {{ {selected} }} }}"
