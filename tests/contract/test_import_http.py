"""Files over HTTP: kept before they are acknowledged, imported by a job, once, and answered for by their address."""

import asyncio
import http.client
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import select, text
from starlette.applications import Starlette
from starlette.requests import Request

from hub import audit, jobs
from hub.actions.transaction import Transactions
from hub.db import tables
from hub.inboxes import SEN2_INBOX
from hub.law.caller import Caller
from hub.law.imports import ImportStatus
from hub.law.vocabulary import OrganisationKind
from hub.receiving import import_received, resume_imports
from hub.web.imports import import_routes
from tests.blade import blade, zipped
from tests.conftest import NOW
from tests.db.test_import_return import CALLER, GOOD, MISTAKES, OTHER, make_bodies, rows
from tests.extracts import MARKED, ONE_ROW_A_CHILD
from tests.running import RunningHub

XML = {"Content-Type": "application/xml"}
CAP = 100_000


class _Face:
    """The routes for one caller at a time, without a token: who may have one is tested elsewhere."""

    def __init__(self, transactions: Transactions, new_id: Callable[[], UUID]) -> None:
        self.caller: Caller = CALLER
        self.transactions = transactions
        routes = import_routes(
            [SEN2_INBOX],
            transactions=transactions,
            authenticate=self._who,
            denials=audit.Denials(transactions.database.statements, clock=lambda: NOW, new_id=new_id),
            max_bytes=CAP,
        )
        transport = httpx.ASGITransport(Starlette(routes=routes))
        self.http = httpx.AsyncClient(transport=transport, base_url="http://hub.test")

    async def _who(self, _: Request) -> Caller:
        return self.caller

    async def send(self, content: Any, path: str = "/import/sen2", **headers: str) -> httpx.Response:
        return await self.http.post(path, content=content, headers={**XML, **headers})

    async def work(self, sent: httpx.Response) -> ImportStatus | None:
        """What the worker does."""
        return await import_received(self.transactions, UUID(sent.json()["id"]), max_bytes=10 * CAP)


@pytest.fixture
async def face(transactions: Transactions, new_id: Callable[[], UUID]) -> _Face:
    await make_bodies(transactions)
    return _Face(transactions, new_id)


async def _jobs(transactions: Transactions) -> list[dict[str, Any]]:
    return await rows(
        transactions, f"SELECT args FROM procrastinate_jobs WHERE task_name = '{jobs.IMPORT_FILE}' ORDER BY id"
    )


async def test_a_file_is_kept_then_imported_once_and_answered_for(face: _Face, transactions: Transactions) -> None:
    sent = await face.send(MISTAKES.encode(), **{"Content-Disposition": 'attachment; filename="january.xml"'})
    assert (sent.status_code, sent.json()["status"], sent.json()["name"]) == (202, "WAITING", "january.xml")
    assert sent.headers["location"] == f"/import/{sent.json()['id']}"
    (job,) = await _jobs(transactions)
    assert job["args"] == {"file": sent.json()["id"]}
    (kept,) = await rows(transactions, "SELECT content, sender_id, client_id FROM source")
    assert (bytes(kept["content"]).decode(), kept["sender_id"]) == (MISTAKES, CALLER.organisation)

    assert await face.work(sent) is ImportStatus.APPLIED_IN_PART
    shown = (await face.http.get(sent.headers["location"])).json()
    assert (shown["status"], shown["refused"]) == ("APPLIED_IN_PART", MISTAKES.count("<!-- refused: "))
    assert shown["problems"][0].keys() == {"place", "line", "rule", "message", "severity"}
    found = await rows(transactions, "SELECT DISTINCT client_id, organisation_id, token_id FROM event")
    assert [tuple(each.values()) for each in found] == [("westshire-case-system", CALLER.organisation, "token-1")]

    again = await face.send(MISTAKES.encode())
    assert (again.status_code, again.json()["id"]) == (200, sent.json()["id"])
    assert await face.work(sent) is None
    assert len(await _jobs(transactions)) == 1
    assert len(await rows(transactions, "SELECT id FROM source")) == 1
    assert len(await rows(transactions, "SELECT id FROM import_run")) == 1


async def test_an_export_is_sent_as_a_zip_and_twenty_racing_are_one(face: _Face, transactions: Transactions) -> None:
    content = zipped(blade(GOOD))
    answers = await asyncio.gather(*(face.send(content, **{"Content-Type": "application/zip"}) for _ in range(20)))
    assert {each.status_code for each in answers} <= {200, 202, 503}
    assert [each.status_code for each in answers].count(202) == 1
    assert len(await _jobs(transactions)) == 1
    first = next(each for each in answers if each.status_code == 202)
    assert await face.work(first) is ImportStatus.APPLIED
    assert len(await rows(transactions, "SELECT id FROM child")) == 12


async def test_a_file_refused_whole_says_why_and_applies_nothing(face: _Face, transactions: Transactions) -> None:
    """Of another authority, cut off, and no return at all."""
    for content, rule in (
        (GOOD.replace("<LEA>990<", "<LEA>991<"), "authority-differs"),
        (GOOD[:4_000], "truncated"),
        ("{}", "not-xml"),
    ):
        sent = await face.send(content.encode())
        assert await face.work(sent) is ImportStatus.REFUSED
        shown = (await face.http.get(sent.headers["location"])).json()
        assert (shown["status"], shown["problem"]["rule"]) == ("REFUSED", rule)
        assert "Appleby" not in str(shown)
    assert not await rows(transactions, "SELECT id FROM child")


async def test_what_may_not_be_sent_is_refused_before_it_is_kept(face: _Face, transactions: Transactions) -> None:
    async def slowly() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b"x" * (CAP // 10)

    over = b"x" * (CAP + 1)
    for answer, status, rule in (
        (await face.send(over), 413, "file-too-large"),
        (await face.send(slowly()), 413, "file-too-large"),
        (await face.send(b""), 400, "file-empty"),
        (await face.send(b"x", **{"Content-Type": "text/plain"}), 415, "media-type"),
        (await face.send(b"x", "/import/sen2?mapping=x"), 400, "parameter-unknown"),
        (await face.http.get("/import/1"), 404, "not-found"),
        (await face.http.get(f"/import/{uuid4()}"), 404, "not-found"),
    ):
        assert (answer.status_code, answer.json()["errors"][0]["extensions"]["rule"]) == (status, rule)
    own = (await face.send(GOOD.encode())).headers["location"]
    for caller, status in (
        (replace(CALLER, scopes=frozenset({"child.read"})), 403),
        (replace(CALLER, organisation_kind=OrganisationKind.NHS_TRUST), 403),
    ):
        face.caller = caller
        assert (await face.send(MISTAKES.encode())).status_code == status
    face.caller = replace(CALLER, organisation=OTHER, organisation_code="991")
    assert (await face.http.get(own)).status_code == 404, "another body's file does not exist for this one"
    for caller, seen in ((face.caller, 0), (CALLER, 1)):  # and by the second lock alone
        async with transactions.begin(caller) as tx:
            assert await tx.connection.scalar(text("SELECT count(*) FROM received_file")) == seen
    assert len(await rows(transactions, "SELECT id FROM source")) == 1
    assert len(await rows(transactions, "SELECT id FROM denied_attempt")) == 5


async def test_a_file_whose_job_was_lost_is_imported_all_the_same(face: _Face, transactions: Transactions) -> None:
    """A worker was killed in the middle: nothing was applied, the file waits, and is found again."""
    sent = await face.send(GOOD.encode())

    async def importing(transactions: Transactions, file_id: UUID) -> None:
        await import_received(transactions, file_id, max_bytes=CAP)

    assert await resume_imports(transactions, importing) == 0, "its job may still run"
    async with transactions.begin(None) as tx:
        await tx.connection.execute(text("DELETE FROM procrastinate_jobs"))
    later = Transactions(transactions.database, clock=lambda: NOW.replace(hour=13), new_id=transactions.new_id)
    assert await resume_imports(later, importing) == 1
    assert (await face.http.get(sent.headers["location"])).json()["status"] == "APPLIED"
    assert await resume_imports(later, importing) == 0


async def test_two_workers_with_one_file_import_it_once(face: _Face, transactions: Transactions) -> None:
    sent = await face.send(GOOD.encode())
    done = await asyncio.gather(face.work(sent), face.work(sent), return_exceptions=True)
    assert sorted(str(getattr(each, "rule", each)) for each in done) == ["APPLIED", "imported-already"]
    async with transactions.begin(None) as tx:
        assert len((await tx.connection.execute(select(tables.import_run.c.id))).all()) == 1


def test_a_case_system_sends_a_return_to_a_running_hub(hub: RunningHub) -> None:
    """Its worker takes the file; here it is another authority's, so that the county stays as other tests know it."""
    token = {"Authorization": f"Bearer {hub.token('northmere-case-system')}"}
    content = GOOD.replace("<LEA>990<", "<LEA>991<")
    assert httpx.post(f"{hub.base_url}/import/sen2", content=content, headers=XML).status_code == 401
    sent = httpx.post(f"{hub.base_url}/import/sen2", content=content, headers={**XML, **token})
    assert sent.status_code in {200, 202}, sent.text
    shown = _settled(hub, sent, token)
    assert (shown["status"], shown["problem"]["rule"]) == ("REFUSED", "authority-differs")


def _settled(hub: RunningHub, sent: httpx.Response, token: dict[str, str]) -> dict[str, Any]:
    """What came of a file, once the worker has had it."""
    deadline = time.monotonic() + 60
    while (shown := httpx.get(hub.base_url + sent.headers["location"], headers=token).json())["status"] == "WAITING":
        assert time.monotonic() < deadline
        time.sleep(0.2)
    return shown


def _gone(number: str) -> bytes:
    """An extract of a child whom the county does not have: it changes nothing, and other tests find it as it was."""
    header = ONE_ROW_A_CHILD.splitlines()[0]
    cells = {"Client ID": number, "Record Status": "Deleted"}
    row = ",".join(cells.get(each, "") for each in header.split(","))
    return zipped({"mapping.yaml": MARKED.encode(), "children.csv": f"{header}\n{row}\n".encode()})


def test_extracts_are_sent_to_a_running_hub(hub: RunningHub) -> None:
    """Over real HTTP: what may not be sent is refused at once, what cannot be read is told by its address, the same
    twice is one, and two at once of one authority are imported one after the other."""
    token = {"Authorization": f"Bearer {hub.token('northmere-case-system')}"}
    narrow = {"Authorization": f"Bearer {hub.token('northmere-portal', 'child.read')}"}
    address = f"{hub.base_url}/import/extract"

    def send(
        content: bytes, who: dict[str, str] = token, media_type: str = "application/zip", asked: str = ""
    ) -> httpx.Response:
        return httpx.post(address + asked, content=content, headers={"Content-Type": media_type} | who, timeout=30)

    for answer, status, rule in (
        (send(_gone("1"), {}), 401, None),
        (send(_gone("1"), narrow), 403, "scope-missing"),
        (send(b"Client ID\n1\n", media_type="text/csv"), 415, "media-type"),
        (send(b""), 400, "file-empty"),
        (send(b"x", asked="?mapping=x"), 400, "parameter-unknown"),
    ):
        assert answer.status_code == status, answer.text
        assert rule is None or answer.json()["errors"][0]["extensions"]["rule"] == rule
    assert _declared(hub, 10**12, token) == 413, "refused by what it says it is, before it is sent"

    for content, rule in (
        (b"PK\x03\x04 no zip", "zip-broken"),
        (zipped({"children.csv": b"a\n1\n"}), "parts-missing"),
        (zipped({"mapping.yaml": b"version: 1", "children.csv": b"a\n1\n"}), "mapping-malformed"),
        (zipped({"mapping.yaml": MARKED.encode(), "children.csv": b"a\n1\n"}), "column-missing"),
    ):
        sent = send(content)
        assert sent.status_code in {200, 202}, sent.text
        shown = _settled(hub, sent, token)
        assert (shown["status"], shown["problem"]["rule"]) == ("REFUSED", rule), shown

    one = _gone("1")  # made once: a zip tells when
    with ThreadPoolExecutor(2) as threads:
        first, second = threads.map(send, (one, _gone("2")))
    again = send(one)
    assert (again.status_code, again.json()["id"]) == (200, first.json()["id"])
    for sent in (first, second):
        shown = _settled(hub, sent, token)
        assert (shown["status"], shown["read"], shown["unchanged"]) == ("APPLIED", 1, 1), shown


def _declared(hub: RunningHub, size: int, who: dict[str, str]) -> int:
    """The status of a file that says that it has so many bytes and sends none."""
    connection = http.client.HTTPConnection(hub.base_url.removeprefix("http://"), timeout=30)
    try:
        connection.putrequest("POST", "/import/extract")
        for name, value in ({"Content-Type": "application/zip", "Content-Length": str(size)} | who).items():
            connection.putheader(name, value)
        connection.endheaders()
        return connection.getresponse().status
    finally:
        connection.close()
