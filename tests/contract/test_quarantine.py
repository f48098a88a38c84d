"""What could not be applied is mended and replayed, or put aside: who may, how often, and what is then on record."""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, TypeVar
from uuid import UUID

import pytest
from sqlalchemy import select, text

from adapters.la_extract.persons import MAIN
from adapters.la_statement.reading import read_statement
from hub.actions import quarantine
from hub.actions.quarantine import Mending
from hub.actions.statements import import_statement
from hub.actions.transaction import Transaction, Transactions
from hub.actions.upkeep import forget_quarantined
from hub.db import tables
from hub.errors import Kind, Problem
from hub.law.caller import Caller
from hub.law.imports import RESOLVED_KEPT_FOR, WAITING_KEPT_FOR, DiscardReason
from hub.settings import Settings
from hub.ways_in import ways_in
from tests.conftest import NOW
from tests.contract.fhir_world import FhirWorld, advice_bundle, entry, fhir_world, patient, task
from tests.contract.test_fhir_messages import child as young_child
from tests.contract.test_fhir_messages import composition_for, document_for, notice
from tests.contract.test_fhir_messages import document_of as document_bundle_for
from tests.db.test_import_return import CALLER, GOOD, OTHER, OWN, add_child, do_import, make_bodies, rows
from tests.extracts import ONE_ROW_A_CHILD, do_extract, example
from tests.world import ALL_SCOPES, World

T = TypeVar("T")
WAYS = ways_in(Settings())
BRYONY = replace(CALLER, person="bryony", client_id="portal")
WHY = "the case file says so"


async def acting(transactions: Transactions, caller: Caller, effect: Callable[[Transaction], Awaitable[T]]) -> T:
    async with transactions.begin(caller) as tx:
        return await effect(tx)


async def refused(transactions: Transactions, caller: Caller, effect: Callable[[Transaction], Awaitable[Any]]) -> str:
    """The kind and rule of the problem that it is."""
    with pytest.raises(Problem) as raised:
        await acting(transactions, caller, effect)
    return f"{raised.value.kind} {raised.value.rule}"


async def waiting(transactions: Transactions) -> list[dict[str, Any]]:
    return await rows(
        transactions, "SELECT * FROM quarantined_item WHERE resolved_at IS NULL ORDER BY quarantined_at, id"
    )


def replaying(item: UUID, version: int | None = None) -> Callable[[Transaction], Awaitable[quarantine.Replayed]]:
    return lambda tx: quarantine.replay(tx, item, ways=WAYS, version=version)


def mending(item: UUID, version: int, why: str = WHY, **what: Any) -> Callable[[Transaction], Awaitable[None]]:
    return lambda tx: quarantine.mend(tx, item, Mending(**what), version=version, why=why, ways=WAYS)


def discarding(item: UUID, version: int) -> Callable[[Transaction], Awaitable[None]]:
    return lambda tx: quarantine.discard(tx, item, version=version, reason=DiscardReason.NOT_OURS, why="")


async def test_a_person_of_a_return_is_mended_and_replayed_once(transactions: Transactions) -> None:
    """Refused again with the new reason, mended, replayed by two at once; the same file then sets nothing aside."""
    await make_bodies(transactions)
    bad = GOOD.replace("2022-06-11", "2022-06-31")
    await do_import(transactions, bad)
    (item,) = await waiting(transactions)
    kept = bytes(item["content"])
    assert b"Fairweather" in kept
    assert "Fairweather" not in json.dumps(item["problems"])

    again = await acting(transactions, BRYONY, replaying(item["id"]))
    assert not again.applied
    (item,) = await waiting(transactions)
    assert item["problems"][0]["rule"] == "date-format"
    assert item["version"] == 2

    for wrong, rule in (
        (b"<Person>", "truncated"),
        (b"<Person/><Person/>", "not-well-formed"),
        (b"<Persons><Person/></Persons>", "not-a-person"),
        (b"<!DOCTYPE a><Person/>", "doctype"),
        (b"x" * (quarantine.MOST_BYTES + 1), "item-too-large"),
    ):
        assert await refused(transactions, BRYONY, mending(item["id"], 2, content=wrong)) == f"INVALID {rule}"
    right = kept.replace(b"2022-06-31", b"2022-06-11")
    for effect, rule in (
        (mending(item["id"], 1, content=right), "CONFLICT version-stale"),
        (mending(item["id"], 2, content=kept), "INVALID nothing-mended"),
        (mending(item["id"], 2, content=right, why=" "), "INVALID reason-missing"),
        (mending(item["id"], 2, content=right, why="x" * 1_001), "INVALID reason-too-long"),
        (mending(item["id"], 2, child_id=UUID(int=9)), "NOT_FOUND not-found"),
        (mending(item["id"], 2, child_id=UUID(int=9), as_new_child=True), "INVALID one-child"),
        (replaying(item["id"], 1), "CONFLICT version-stale"),
    ):
        assert await refused(transactions, BRYONY, effect) == rule
    await acting(transactions, BRYONY, mending(item["id"], 2, content=right))
    both = await asyncio.gather(*(acting(transactions, BRYONY, replaying(item["id"])) for _ in range(2)))
    assert [each.applied for each in both] == [True, True]
    assert not await waiting(transactions)
    assert len(await rows(transactions, "SELECT 1 FROM child WHERE family_name = 'Fairweather'")) == 1

    (item,) = await rows(transactions, "SELECT * FROM quarantined_item")
    assert (item["resolution"], bytes(item["content"]), bytes(item["mended"])) == ("REPLAYED", kept, right)
    assert [each["step"] for each in item["steps"]] == ["REFUSED_AGAIN", "MENDED", "REPLAYED"]
    assert {each["person"] for each in item["steps"]} == {"bryony"}
    assert item["steps"][1]["why"] == WHY
    events = await rows(
        transactions,
        "SELECT kind, person, facts::text FROM event WHERE about_type = 'QuarantinedItem' ORDER BY recorded_in, id",
    )
    assert [each["kind"] for each in events] == [
        "quarantine_refused_again", "quarantine_mended", "quarantine_replayed",
    ]  # fmt: skip
    assert not any("Fairweather" in each["facts"] or WHY in each["facts"] for each in events)

    for effect in (mending(item["id"], item["version"], content=kept), discarding(item["id"], item["version"])):
        assert await refused(transactions, BRYONY, effect) == "CONFLICT resolved-already"
    assert (await do_import(transactions, bad)).refused == 1
    assert not await waiting(transactions), "somebody has decided on these bytes"


async def test_nobody_else_finds_it_and_no_machine_decides(transactions: Transactions) -> None:
    await make_bodies(transactions)
    await do_import(transactions, GOOD.replace("2022-06-11", "2022-06-31"))
    (item,) = await waiting(transactions)
    elsewhere = replace(BRYONY, organisation=OTHER, organisation_code="991")
    effects: tuple[Callable[[Transaction], Awaitable[Any]], ...] = (
        lambda tx: quarantine.open_item(tx, item["id"], why=WHY),
        mending(item["id"], 1, as_new_child=True),
        replaying(item["id"]),
        discarding(item["id"], 1),
    )
    for effect in effects:
        assert await refused(transactions, elsewhere, effect) == "NOT_FOUND not-found"
        assert await refused(transactions, CALLER, effect) == "FORBIDDEN person-needed"
        assert await refused(transactions, replace(BRYONY, scopes=frozenset()), effect) == "FORBIDDEN scope-missing"
    nobodys = (replaying(UUID(int=9)), discarding(UUID(int=9), 1))
    for effect in nobodys:
        assert await refused(transactions, BRYONY, effect) == "NOT_FOUND not-found"
    assert (await waiting(transactions))[0]["version"] == 1


async def test_of_two_who_may_be_the_same_a_person_says_who_it_is(transactions: Transactions) -> None:
    """Alone in its file the second would pass for the first: it takes a decision, which a UPN may still contradict."""
    await make_bodies(transactions)
    for number in (77, 78):
        await add_child(transactions, UUID(int=number), nhs_number=None)
    assert (await do_import(transactions, GOOD)).refused == 1
    (item,) = await waiting(transactions)
    assert item["problems"][0]["rule"] == "identity-ambiguous"
    async with transactions.begin(None) as tx:
        await tx.connection.execute(text(f"UPDATE child SET postcode = 'ZZ99 8XX' WHERE id = '{UUID(int=78)}'"))
    undecided = await acting(transactions, BRYONY, replaying(item["id"]))
    assert not undecided.applied
    await acting(transactions, BRYONY, mending(item["id"], 2, child_id=UUID(int=78)))
    assert (await acting(transactions, BRYONY, replaying(item["id"]))).applied
    (child,) = await rows(transactions, f"SELECT upn, postcode FROM child WHERE id = '{UUID(int=78)}'")
    assert child == {"upn": "R990200013001", "postcode": "ZZ99 1AA"}

    person = re.search(r"<Person>.*?</Person>", GOOD[GOOD.index("<!-- 6") :], flags=re.DOTALL)
    assert person is not None
    await do_import(transactions, GOOD.replace("</Persons>", f"{person[0]}</Persons>"))
    (item,) = await waiting(transactions)
    await acting(transactions, BRYONY, mending(item["id"], 1, as_new_child=True))
    assert (await acting(transactions, BRYONY, replaying(item["id"]))).applied
    assert len(await rows(transactions, "SELECT 1 FROM child WHERE family_name = 'Fairweather'")) == 2

    twice = GOOD.replace("Bancroft", "Bancrofft").replace("2014-11-23", "2014-12-23").replace("Idris", "Other")
    await do_import(transactions, twice.replace("<ReferenceDate>2026-01-15<", "<ReferenceDate>2026-01-16<"))
    (item,) = await waiting(transactions)
    await acting(transactions, BRYONY, mending(item["id"], 1, as_new_child=True))
    assert not (await acting(transactions, BRYONY, replaying(item["id"]))).applied
    (item,) = await waiting(transactions)
    assert [each["rule"] for each in item["problems"]] == ["upn-of-another"]
    await acting(transactions, BRYONY, discarding(item["id"], item["version"]))
    (item,) = await rows(transactions, "SELECT * FROM quarantined_item WHERE resolution = 'DISCARDED'")
    assert item["steps"][-1]["reason"] == "NOT_OURS"


async def test_a_row_of_an_extract_is_read_again_by_its_own_mapping(transactions: Transactions) -> None:
    await make_bodies(transactions)
    bad = ONE_ROW_A_CHILD.replace("23/11/2014", "31/02/2014") + "C9,999 000 0026,too,few\n"
    await do_extract(transactions, example("one-row-a-child"), {MAIN: bad.encode()})
    dated, short = sorted(await waiting(transactions), key=lambda each: str(each["place"]))
    assert json.loads(bytes(short["content"]))[""][0]["Record Status"] == "too"
    row = json.loads(bytes(dated["content"]))
    for wrong, rule in (
        (b"{", "json-syntax"),
        (b"[]", "not-rows"),
        (b'{"": [{"DOB": 1}]}', "not-rows"),
        (b'{"": []}', "not-rows"),
    ):
        assert await refused(transactions, BRYONY, mending(dated["id"], 1, content=wrong)) == f"INVALID {rule}"
    row[""][0]["DOB"] = "23/11/2014"
    several = json.dumps({"": [row[""][0], row[""][0] | {"Client ID": "C8"}]}).encode()
    for version, (content, rule) in enumerate(
        (
            (several, "not-one-child"),
            (json.dumps({"other.csv": row[""]}).encode(), "file-unknown"),
            (json.dumps({"": [row[""][0] | {"Record Status": "Deleted"}]}).encode(), "left-out"),
        )
    ):
        await acting(transactions, BRYONY, mending(dated["id"], 1 + 2 * version, content=content))
        assert not (await acting(transactions, BRYONY, replaying(dated["id"]))).applied
        problems = {each["id"]: each["problems"] for each in await waiting(transactions)}[dated["id"]]
        assert [each["rule"] for each in problems] == [rule]
    await acting(transactions, BRYONY, mending(dated["id"], 7, content=json.dumps(row).encode()))
    assert (await acting(transactions, BRYONY, replaying(dated["id"]))).applied
    assert len(await rows(transactions, "SELECT 1 FROM child WHERE family_name = 'Bancroft'")) == 1
    async with transactions.begin(None) as tx:
        await tx.connection.execute(text("UPDATE import_run SET about = NULL"))
    assert not (await acting(transactions, BRYONY, replaying(short["id"]))).applied
    assert [each["problems"][0]["rule"] for each in await waiting(transactions)] == ["mapping-unknown"]


async def test_a_line_of_a_statement_is_mended(transactions: Transactions, world: World) -> None:
    """It needs the scope that the statement itself needs."""
    funder = replace(world.caller(world.authority, scopes=ALL_SCOPES | {"budget.write", "record.import"}), person="b")
    content = f"item,date,paid,spent\nBudgetItem_{'0' * 32},2026-10-01,1.00,\n".encode()
    await acting(transactions, funder, lambda tx: import_statement(tx, lines=read_statement(content), content=content))
    (item,) = await waiting(transactions)
    only_reads = replace(funder, scopes=frozenset({"record.import"}))
    assert await refused(transactions, only_reads, replaying(item["id"])) == "FORBIDDEN scope-missing"
    for wrong in (b"a,b", b"", b'"', b"\xff", b"a,b,c,d\ne,f,g,h"):
        assert (await refused(transactions, funder, mending(item["id"], 1, content=wrong))).startswith("INVALID ")
    assert await refused(transactions, funder, mending(item["id"], 1, as_new_child=True)) == "INVALID child-not-asked"
    right = f"BudgetItem_{'0' * 31}7,2026-10-01,1.00,".encode()
    await acting(transactions, funder, mending(item["id"], 1, content=right))
    assert not (await acting(transactions, funder, replaying(item["id"]))).applied
    assert [each["problems"][0]["rule"] for each in await waiting(transactions)] == ["matches-nothing"]


def _clinician(fhir: FhirWorld) -> Caller:
    scopes = ALL_SCOPES | {"record.import"}
    return replace(fhir.world.caller(fhir.world.trust, scopes=scopes), person="perpetua", client_id="pages")


async def _mended(fhir: FhirWorld, content: Any) -> quarantine.Replayed:
    """The one item that waits, mended and replayed by somebody of the trust."""
    (item,) = await waiting(fhir.transactions)
    clinician = _clinician(fhir)
    await acting(
        fhir.transactions, clinician, mending(item["id"], item["version"], content=json.dumps(content).encode())
    )
    return await acting(fhir.transactions, clinician, replaying(item["id"]))


async def test_a_notification_is_mended_and_waits_no_second_time(world: World, transactions: Transactions) -> None:
    """The trust's system sends the very same bytes again: they are no more right than before, and nobody need look."""
    async with fhir_world(world, transactions) as fhir:
        wrong, name = notice(young_child("9990000043")), {"X-Request-ID": "n-1"}
        assert (await fhir.trust.post("/Communication", wrong, headers=name)).status_code == 422
        assert (await fhir.trust.post("/Communication", wrong, headers=name)).status_code == 422
        (item,) = await waiting(transactions)
        assert (item["place"], item["owner_id"]) == ("POST /Communication", world.trust)
        assert [each["rule"] for each in item["problems"]] == ["nhs-number-check-digit"]
        authority = replace(world.caller(world.authority), person="bryony")
        assert await refused(transactions, authority, replaying(item["id"])) == "NOT_FOUND not-found"
        clinician = _clinician(fhir)
        for content in (b"{", b"[]", b'{"resourceType":"Task"}'):
            assert (await refused(transactions, clinician, mending(item["id"], 1, content=content))).startswith(
                "INVALID"
            )
        few = replace(clinician, scopes=frozenset({"record.import"}))
        assert (await _mended(fhir, notice(young_child()))).applied
        assert await refused(transactions, few, discarding(item["id"], 9)) == "CONFLICT resolved-already"
        assert await fhir.count("notification") == 1
        again = await fhir.trust.post("/Communication", wrong, headers=name)
        assert again.status_code == 422
        assert not await waiting(transactions)
        assert await fhir.count("notification") == 1
        events = await rows(transactions, "SELECT person, client_id FROM event WHERE kind = 'quarantine_replayed'")
        assert events == [{"person": "perpetua", "client_id": "pages"}]


async def test_an_answer_to_a_wrong_task_reaches_the_right_one(world: World, transactions: Transactions) -> None:
    """As a Bundle, whose child is corrected too, and as a Task alone, whose version has gone on meanwhile."""
    async with fhir_world(world, transactions) as fhir:
        request_id = await fhir.retrieved()
        nobodys = "00000000-0000-4000-8000-000000000000"
        assert (await fhir.trust.post("", advice_bundle(nobodys))).status_code == 404
        still = await _mended(fhir, advice_bundle(request_id, entry(patient("9990000026"))))
        assert not still.applied
        assert [each["problems"][0]["rule"] for each in await waiting(transactions)] == ["patient-mismatch"]
        assert (await _mended(fhir, advice_bundle(request_id))).applied
        assert await fhir.count("advice") == 1
        (advice,) = await rows(transactions, "SELECT source_id FROM advice")
        assert advice["source_id"] is not None, "what it came as is kept"

        other = await fhir.retrieved()
        declined = task(other, "rejected")
        assert (await fhir.trust.answer(declined, headers={"X-Request-ID": "d-1"})).status_code == 422
        (item,) = await waiting(transactions)
        assert item["about"]["if_match"] == 'W/"2"'
        by_law = await acting(transactions, _clinician(fhir), replaying(item["id"]))
        assert not by_law.applied
        assert (await _mended(fhir, task(other, "accepted", meta={"versionId": "2"}))).applied
        assert (await fhir.trust.answer(declined, headers={"X-Request-ID": "d-1"})).status_code == 200


@pytest.mark.parametrize("made_of", [composition_for, document_for, document_bundle_for])
async def test_advice_that_came_alone_reaches_the_right_request(
    made_of: Callable[[dict[str, Any]], dict[str, Any]], world: World, transactions: Transactions
) -> None:
    """A Composition, a DocumentReference or a document: replayed it completes the request; sent again, it was done."""
    async with fhir_world(world, transactions) as fhir:
        request_id, name = await fhir.retrieved(), {"X-Request-ID": "alone-1"}
        sent = made_of({"reference": f"Task/{UUID(int=1)}"})
        path = f"/{sent['resourceType']}"
        assert (await fhir.trust.post(path, sent, headers=name)).status_code == 404
        (item,) = await waiting(transactions)
        assert (item["place"], item["owner_id"]) == (f"POST {path}", world.trust)
        still = await acting(transactions, _clinician(fhir), replaying(item["id"]))
        assert not still.applied, "it names no request yet"
        right = sent | made_of({"reference": f"Task/{request_id}"})
        assert (await _mended(fhir, right)).applied
        assert not await waiting(transactions)
        assert (await fhir.trust.get(f"/Task/{request_id}")).json()["status"] == "completed"
        again = await fhir.trust.post(path, sent, headers=name)
        assert again.status_code == 201, again.text
        assert again.headers["location"].partition("/fhir/R4")[2].startswith(f"{path}/")
        read = await fhir.authority.get(again.headers["location"].partition("/fhir/R4")[2])
        assert read.json()["resourceType"] == sent["resourceType"]
        assert await fhir.count("advice") == 1
        assert not await waiting(transactions)
        (advice,) = await rows(transactions, "SELECT source_id FROM advice")
        (kept,) = await rows(transactions, f"SELECT content FROM source WHERE id = '{advice['source_id']}'")
        assert json.loads(kept["content"]) == right, "what was replayed is kept as it was read"


async def test_what_its_sender_corrects_itself_waits_no_more(world: World, transactions: Transactions) -> None:
    async with fhir_world(world, transactions) as fhir:
        request_id = await fhir.retrieved()
        assert (await fhir.trust.answer(task(request_id, "rejected"))).status_code == 422
        assert len(await waiting(transactions)) == 1
        assert (await fhir.trust.answer(task(request_id, "accepted"))).status_code == 200
        assert not await waiting(transactions)
        (item,) = await rows(transactions, "SELECT resolution FROM quarantined_item")
        assert item["resolution"] == "CAME_AGAIN"


async def test_nothing_is_kept_longer_than_it_may_be(transactions: Transactions) -> None:
    """What is resolved for 90 days; what nobody decides on for 400, and then nothing of what it said."""
    await make_bodies(transactions)
    await do_import(transactions, GOOD.replace("2022-06-11", "2022-06-31").replace("2014-11-23", "2014-11-31"))
    one, _ = await waiting(transactions)
    await acting(transactions, BRYONY, discarding(one["id"], 1))

    async def swept(after: timedelta) -> list[tuple[str | None, int]]:
        later = Transactions(transactions.database, clock=lambda: NOW + after, new_id=transactions.new_id)
        async with later.begin(None) as tx:
            await forget_quarantined(tx)
            found = await tx.connection.execute(select(tables.quarantined_item).order_by(text("resolution")))
            return [(each.resolution, len(each.content)) for each in found]

    day = timedelta(days=1)
    assert len(await swept(RESOLVED_KEPT_FOR - day)) == 2
    ((stands, size),) = await swept(RESOLVED_KEPT_FOR + day)
    assert stands is None
    assert size > 0
    assert await swept(WAITING_KEPT_FOR + day) == [("EXPIRED", 0)]
    assert await rows(transactions, "SELECT owner_id FROM event WHERE kind = 'quarantine_expired'") == [
        {"owner_id": OWN}
    ]
    assert Kind.NOT_FOUND in await refused(transactions, BRYONY, replaying(one["id"]))
