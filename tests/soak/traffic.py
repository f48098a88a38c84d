"""What partners send all day, in about the proportions in which they send it, at a rate that is held."""

import asyncio
import json
import random
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

_CHILDREN = """query Children($first: Int!) { children(first: $first, filter: {hasCurrentPlan: true}) { totalCount
  nodes { id familyName currentPlan { status sections { code } provisions { section agreements { status } } } } } }"""
_CHILD = """query Child($id: ID!) { child(id: $id) { familyName givenNames dateOfBirth withheld { fields rule }
  currentPlan { id status provisions { section description minutesPerWeek } } } }"""
_DUTIES = "{ duties(first: 20, filter: {dueWithinDays: 30}) { totalCount nodes { dueOn rule state } } }"
_REQUESTS = "{ cooperationRequests(first: 10) { nodes { id status dueOn } } }"
_ASK = """mutation($input: RequestCooperationInput!) { requestCooperation(input: $input) {
  cooperationRequest { id } refusals { message } } }"""
_NOBODY = "query Nobody($id: ID!) { child(id: $id) { familyName } }"


@dataclass(slots=True)
class Traffic:
    """Makes requests. `tokens`: of the portal and of the trust's system, had anew when they must be."""

    tokens: Callable[[str], str]
    portal: str
    trust: str
    trust_code: str
    children: list[str]
    given: dict[str, str]
    random: random.Random

    def next(self) -> bytes:
        """One request, ready to send."""
        turn = self.random.random()
        if turn < 0.35:
            return self._ask(_CHILDREN, {"first": self.random.choice((5, 20, 50))})
        if turn < 0.70:
            return self._ask(_CHILD, {"id": self.random.choice(self.children)})
        if turn < 0.80:
            return self._ask(_DUTIES, {})
        if turn < 0.87:
            return self._ask(_REQUESTS, {})
        if turn < 0.93:
            return self._search()
        if turn < 0.95:
            return self._ask(_NOBODY, {"id": "Q2hpbGQ6" + uuid.uuid4().hex})
        if turn < 0.97:  # a text that nobody sent before, as clients have it that write values into their documents
            return self._ask(f"query New{uuid.uuid4().hex} {{ organisations(first: 3) {{ nodes {{ name }} }} }}", {})
        return self._ask(_ASK, {"input": self.given | {"asked": f"Asked in a soak {uuid.uuid4()}"}}, uuid.uuid4().hex)

    def _ask(self, query: str, variables: object, key: str = "") -> bytes:
        body = json.dumps({"query": query, "variables": variables}).encode()
        lines = [f"Authorization: Bearer {self.tokens(self.portal)}", "Content-Type: application/json"]
        lines += [f"Content-Length: {len(body)}", *([f"Idempotency-Key: {key}"] if key else [])]
        return _head("POST /graphql", lines) + body

    def _search(self) -> bytes:
        owner = f"owner:identifier=https%3A%2F%2Ffhir.nhs.uk%2FId%2Fods-organization-code%7C{self.trust_code}"
        path = f"/fhir/R4/Task?{owner}&status=requested&_count=20"
        return _head(f"GET {path}", [f"Authorization: Bearer {self.tokens(self.trust)}"])


def _head(line: str, lines: list[str]) -> bytes:
    return "\r\n".join([f"{line} HTTP/1.1", "Host: 127.0.0.1", *lines, "", ""]).encode()


@dataclass(slots=True)
class Answered:
    """What came of it: how many answers of each status, the time each took, and how many were sent late."""

    statuses: Counter[int] = field(default_factory=Counter[int])
    seconds: list[float] = field(default_factory=list[float])
    late: int = 0

    def within_ms(self, share: float) -> float:
        """The time within which this share of the answers came, milliseconds."""
        ordered = sorted(self.seconds)
        return 1_000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]


async def send(port: int, traffic: Traffic, *, seconds: float, connections: int, rate: float | None = None) -> Answered:
    """Send for so long over so many connections: at this rate a second, or as fast as the answers come."""
    answered = Answered()
    began = time.monotonic()
    due = (began + number / rate for number in range(int(seconds * rate))) if rate else iter(lambda: 0.0, 1.0)
    await asyncio.gather(*(_one(port, traffic, answered, due, began + seconds) for _ in range(connections)))
    return answered


async def _one(port: int, traffic: Traffic, answered: Answered, due: Iterator[float], until: float) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for moment in due:
            now = time.monotonic()
            if now >= until:
                break
            if moment > now:
                await asyncio.sleep(moment - now)
            elif moment and now - moment > 1:
                answered.late += 1
            sent = time.monotonic()
            writer.write(traffic.next())
            status, closes = await _read(reader)
            answered.statuses[status] += 1
            answered.seconds.append(time.monotonic() - sent)
            if closes:
                writer.close()
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
    finally:
        writer.close()


async def _read(reader: asyncio.StreamReader) -> tuple[int, bool]:
    """The status of the next answer, and whether the server closes after it."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    lines = dict(line.split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line)
    if "content-length" in lines:
        await reader.readexactly(int(lines["content-length"]))
    elif lines.get("transfer-encoding") == "chunked":
        while size := int((await reader.readline()).strip() or b"0", 16):
            await reader.readexactly(size + 2)
        await reader.readline()
    return int(head.split(" ", 2)[1]), lines.get("connection") == "close"
