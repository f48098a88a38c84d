"""Children's records whose time is over: erased whole, by whom the law and the authority's schedule name, or kept."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import insert, text

import schema.execution  # noqa: F401  (declares every type)
from hub.actions import retention
from hub.actions.identity import decide
from hub.actions.transaction import Transaction, Transactions
from hub.audit.verifying import verify
from hub.db import erasure, tables
from hub.db.place import WORKER_ROLE, as_role
from hub.errors import Problem, RefusedByLaw
from hub.law.imports import ImportStatus
from hub.law.reg17_disclosure import Purpose
from hub.law.retention import Choice, CountedFrom, Matter
from hub.law.retention_holds import Hold, HoldGround
from hub.law.vocabulary import IdentityDecision, Sex, Source
from hub.retaining import adopt, drop, hold, release, run, show
from hub.settings import Settings
from tests.compile.rows import Rows, in_order
from tests.db.test_audit_log import SIGNER, Log
from tests.db.test_identity import CLERK, pair  # noqa: F401  (a fixture)
from tests.db.test_import_return import OWN, add_child, everything, make_bodies, rows
from tests.world import World

IN = datetime(2060, 6, 1, 12, tzinfo=UTC)
"""When the tests are: the children of 2020 are over 31."""
BORN = date(2020, 5, 2)
MANAGER = replace(CLERK, person="records-manager", scopes=frozenset[str]())
STAYS_WITH_ITS_ID = {
    "event": "what was done, in codes, dates and ids: the audit log, sealed",
    "disclosure": "who saw what: the audit log, sealed; retired by the month",
    "event_delivery": "who was told, by ids; forgotten after 30 or 180 days",
}


def at(transactions: Transactions, moment: datetime = IN) -> Transactions:
    return Transactions(transactions.database, clock=lambda: moment, new_id=transactions.new_id)


async def adopted(transactions: Transactions, *matters: Matter) -> None:
    async with at(transactions).begin(MANAGER) as tx:
        for each in matters or Matter:
            await retention.adopt(tx, each, reason="the committee of 3 May")


class OfOneChild(Rows):
    """Rows that point to rows of the same child alone."""

    def _pointed(self, table: str, owner: UUID, child: UUID) -> UUID | None:
        known = self.ids[table, child]
        return self.random.choice(known) if known else None


NAMES: dict[str, Any] = {
    "family_name": "Quillfeather",
    "given_names": ["Xanthippe", "Ny"],
    "date_of_birth": date(1987, 3, 14),
    "nhs_number": "9990007772",
    "upn": "Q990200013009",
    "postcode": "QQ7 7QQ",
}
TOLD = ("Quillfeather", "Xanthippe", "9990007772", "Q990200013009", "QQ7 7QQ", "1987-03-14", "QF-887766")


@pytest.fixture
async def filled(transactions: Transactions, world: World) -> tuple[UUID, UUID, UUID]:
    """An authority, and two of its children with rows in every table."""
    goes, stays = transactions.new_id(), transactions.new_id()
    bodies = (world.board, world.trust, world.authority)
    async with transactions.begin(None) as tx:
        made = OfOneChild(tx.connection, Random(7), transactions.new_id, bodies)
        for child, said in ((goes, NAMES), (stays, {"nhs_number": "9990007780", "upn": "Q990200013010"})):
            await made.add(tables.child, world.authority, child, **said)
            for table in in_order():
                await made.add(table, world.authority, child)
            await made.link(world.authority, child)
        await _kept_beside(tx, made, world.authority, goes, stays)
    return world.authority, goes, stays


async def _kept_beside(tx: Transaction, made: Rows, owner: UUID, goes: UUID, stays: UUID) -> None:
    """What else says something of the child that goes: files, messages, merges, answers, what waits."""
    for child in (goes, stays):
        await made.add(tables.enquiry, owner, child)
        await made.add(tables.withdrawn_request, owner, child, id=made.ids["cooperation_request", child][0])
        await made.add(tables.retention_hold, owner, child, released_at=tx.now)
    await made.add(tables.child_source, owner, goes, **NAMES)
    await made.add(tables.child_identifier, owner, goes, value="QF-887766")
    await made.add(tables.identity_candidate, owner, stays, other_child_id=goes, decision=IdentityDecision.KEEP_APART)
    former = {"former_child_id": tx.new_id(), "record": {**NAMES, "date_of_birth": "1987-03-14"}, "candidate_id": None}
    await made.add(tables.identity_merge, owner, goes, **former)
    said = f"<Surname>QUILLFEATHER</Surname><Given>Xanthippe</Given><Born>{NAMES['date_of_birth']}</Born>".encode()
    payload = {"received_at": tx.now, "name": "x", "media_type": "x", "sha256": "x", "size": 1, "kind": Source.FHIR}
    contents = {
        "by-number": b'{"value": "9990007772"}',
        "by-names": said,
        "spaced": b"NHS 999 000 7772",
        "utf-16": "UPN Q990200013009".encode("utf-16"),
        "zip": b"PK\x03\x04...",
        "other": b'{"value": "9990007780"}',
        "namesake": b"Quillfeather, Percival, 1987-03-14",
        "to be read": b"PK\x03\x04 and not read yet",
    }
    for number, (name, content) in enumerate(contents.items()):
        one = payload | {"name": name, "content": content, "received_at": tx.now + timedelta(seconds=number)}
        source = tx.new_id()
        await tx.connection.execute(insert(tables.source).values(id=source, owner_id=owner, **one))
        aside = {"content": content, "place": name, "about": {}, "problems": [], "steps": [], "chosen_child_id": None}
        await made.add(tables.quarantined_item, owner, owner, **aside)
    waiting = {"kind": Source.EXTRACT, "key": "k", "about": {}, "source_ids": [source], "status": ImportStatus.WAITING}
    sent = {"name": "x", "media_type": "x", "sha256": "x", "size": 1, "client_id": "c", "token_id": "t"}
    received = {"purpose": Purpose.OWN_FUNCTIONS, "received_at": tx.now}
    await tx.connection.execute(
        insert(tables.received_file).values(owner_id=owner, id=tx.new_id(), **waiting, **sent, **received)
    )
    await tx.connection.execute(text(DELIVERIES), {"owner": owner, "goes": goes, "stays": stays})
    for name, child in (("goes", goes), ("stays", stays)):
        await tx.connection.execute(
            text(
                "INSERT INTO idempotency_key (client_id, key, request_hash, answer, created_at, organisation_id) "
                "VALUES ('c', :name, 'h', CAST(:answer AS jsonb), now(), :owner)"
            ),
            {"name": name, "answer": json.dumps({"id": child.hex}), "owner": owner},
        )


DELIVERIES = """
WITH system AS (INSERT INTO client (client_id, organisation_id, label, jwks, algorithms, scopes, purposes,
        default_purpose, created_at, only_documents, dpop_required, redirect_uris)
    VALUES ('portal', :owner, 'p', '{}', '{}', '{}', '{}', 'OWN_FUNCTIONS', now(), false, false, '{}')
    RETURNING client_id),
told AS (INSERT INTO receiver (id, organisation_id, client_id, kind, address, topics, purpose, content, reason, status,
        created_at, updated_at, after_recorded_in, after_event_id, after_about_id)
    SELECT :owner, :owner, client_id, 'WEBHOOK', 'https://x', '{}', 'OWN_FUNCTIONS', 'EMPTY', 'x', 'ACTIVE', now(),
        now(), 0, :owner, :owner FROM system RETURNING id)
INSERT INTO event_delivery (id, receiver_id, organisation_id, telling, subject_id, topic, owner_id, child_id, status,
    created_at, due_at)
SELECT gen_random_uuid(), id, :owner, 'EVENT', child, 'x', :owner, child, 'WAITING', now(), now()
FROM told, unnest(ARRAY[CAST(:goes AS uuid), CAST(:stays AS uuid)]) AS child
"""


async def test_nothing_of_the_child_is_found_in_any_column_of_any_table(
    transactions: Transactions, filled: tuple[UUID, UUID, UUID]
) -> None:
    """And nothing of anybody else's is touched."""
    owner, goes, stays = filled
    before = {table: set(found) for table, found in (await everything(transactions)).items()}
    assert all(word in str(before) for word in TOLD)
    empty = {name for name in _of_children() if str(goes) not in str(before[name])}
    assert empty == set(), "the test must have a row of the child's in every table"
    async with transactions.begin(None) as tx:
        gone = await erasure.erase(tx.connection, owner, goes)
    after = {table: set(found) for table, found in (await everything(transactions)).items()}
    ids = {str(each) for each in [goes, *(each for table in gone.values() for each in table)]}
    for table, found in after.items():
        said = "\n".join(found)
        if table not in STAYS_WITH_ITS_ID:
            assert {each for each in ids if each in said} == set(), table
        if table not in ("source", "quarantined_item"):  # there a namesake of the same day of birth has his
            assert {each for each in TOLD if each in said} == set(), table
        if table not in ("replay_mark", "event_delivery"):
            assert found <= before[table], f"{table}: a row that stays was changed"
        assert {row for row in before[table] - found if str(stays) in row and str(goes) not in row} == set(), table
    names = await rows(transactions, "SELECT name FROM source ORDER BY name")
    assert [each["name"] for each in names] == ["namesake", "other", "to be read"]
    told = await rows(transactions, "SELECT child_id, status, failed_with FROM event_delivery")
    assert {(each["child_id"], each["status"], each["failed_with"]) for each in told} == {
        (goes, "WITHHELD", "erased"),
        (stays, "WAITING", None),
    }
    assert (await rows(transactions, "SELECT key FROM idempotency_key"))[0]["key"] == "stays"


def _of_children() -> set[str]:
    """The tables whose rows are a child's."""
    return {each.name for each in tables.metadata.sorted_tables if "child_id" in each.c} - {"event_delivery"}


async def test_whatever_refers_to_a_child_can_be_erased(transactions: Transactions) -> None:
    """A new table that forgets its GRANT DELETE would keep every child that has a row in it."""
    found = await rows(
        transactions,
        "SELECT named, has_table_privilege('hub_worker', named, 'DELETE') AS may FROM belongs_to_child()",
    )
    cannot = {each["named"] for each in found if not each["may"]}
    assert cannot == set(), "grant hub_worker DELETE of these in the migration that makes them"
    serving = "SELECT has_function_privilege('hub_serving', 'erase_child(uuid, uuid)', 'EXECUTE') AS may"
    assert not (await rows(transactions, serving))[0]["may"]
    in_log = {"child", "child_access", "disclosure", "event"}
    assert _of_children() - in_log <= {each["named"] for each in found}
    assert {"quarantined_item", "provision_outcome", "withdrawn_request"} <= {each["named"] for each in found}


@pytest.fixture
async def old(transactions: Transactions) -> list[UUID]:
    """Five children of 2020, whose records nobody changed for decades; adopted are all matters."""
    await make_bodies(transactions)
    children = [transactions.new_id() for _ in range(5)]
    for number, each in enumerate(children):
        await add_child(transactions, each, date_of_birth=BORN + timedelta(days=number))
    await add_child(transactions, transactions.new_id(), date_of_birth=date(2030, 1, 1))
    return children


async def _left(transactions: Transactions) -> set[UUID]:
    return {each["id"] for each in await rows(transactions, "SELECT id FROM child WHERE date_of_birth < '2025-01-01'")}


async def test_nothing_is_erased_that_no_schedule_names(transactions: Transactions, old: list[UUID]) -> None:
    then = at(transactions)
    assert (await retention.sweep(then, OWN)).erased == []
    await adopted(transactions, Matter.MONEY)
    assert (await retention.sweep(then)).erased == []
    assert await _left(transactions) == set(old)


async def test_a_dry_run_says_what_a_run_then_does(transactions: Transactions, old: list[UUID]) -> None:
    await adopted(transactions)
    then = at(transactions)
    would = await retention.sweep(then, OWN, dry_run=True)
    assert (would.erased, would.looked_at, await _left(transactions)) == (old, 5, set(old))
    did = await retention.sweep(then)
    assert (did.erased, await _left(transactions)) == (old, set())
    assert (await retention.sweep(then)).erased == []
    told = await rows(transactions, "SELECT child_id, facts, organisation_id FROM event WHERE kind = 'child_erased'")
    assert {each["child_id"] for each in told} == set(old)
    assert told[0]["facts"]["longest"] == "SEN/BIRTH"
    assert str(BORN) not in str(told), "of the day one could tell the day of birth"
    assert told[0]["facts"]["rows"] == {"child": 1}


async def test_a_hold_keeps_and_what_is_unfinished_keeps(transactions: Transactions, old: list[UUID]) -> None:
    """A hold on one child, a hold on all, a dispute and a plan; each released or ended, the record goes."""
    await adopted(transactions)
    then = at(transactions)
    async with then.begin(MANAGER) as tx:
        held = await retention.hold(tx, old[0], Hold(HoldGround.SUBJECT_ACCESS), reason="asked on 1 May")
        await retention.hold(tx, old[1], Hold(HoldGround.SAFEGUARDING, IN.date()), reason="an enquiry")
    async with then.begin(None) as tx:
        plan = {"owner_id": OWN, "id": tx.new_id(), "child_id": old[2], "status": "FINAL", "source": "RECORDED"}
        await tx.connection.execute(insert(tables.plan).values(version=1, **plan))
        dispute = {"owner_id": OWN, "id": tx.new_id(), "child_id": old[3], "kind": "COMPLAINT", "about_type": "Plan"}
        more = {"about_id": plan["id"], "parties": [], "status": "OPEN", "raised_on": BORN}
        await tx.connection.execute(insert(tables.dispute).values(**dispute, **more))
    assert (await retention.sweep(then)).erased == [old[4]]
    kept = {
        each.child_id: each.kept.because for each in await retention.due(then, OWN) if hasattr(each.kept, "because")
    }
    assert kept[old[2]] == ("unfinished PLAN",)
    assert kept[old[3]] == ("unfinished REDRESS",)
    assert {old[0], old[1]} <= kept.keys()
    async with then.begin(MANAGER) as tx:
        whole = await retention.hold(tx, None, Hold(HoldGround.INQUIRY), reason="the Inquiry wrote")
        await retention.release(tx, held, reason="answered on 20 May")
    later = at(transactions, IN + timedelta(days=2))
    assert (await retention.sweep(later)).erased == []
    async with later.begin(MANAGER) as tx:
        await retention.release(tx, whole, reason="the Inquiry has reported")
        with pytest.raises(Problem, match="hold"):
            await retention.release(tx, whole, reason="once more")
    assert (await retention.sweep(later)).erased == old[:2]


async def test_what_another_body_holds_is_not_to_be_found(transactions: Transactions, old: list[UUID]) -> None:
    async with at(transactions).begin(MANAGER) as tx:
        with pytest.raises(Problem, match="child"):
            await retention.hold(tx, UUID(int=99), Hold(HoldGround.OTHER), reason="x")
        held = await retention.hold(tx, old[0], Hold(HoldGround.OTHER), reason="x")
        with pytest.raises(RefusedByLaw):
            await retention.hold(tx, old[0], Hold(HoldGround.OTHER), reason=" ")
        with pytest.raises(RefusedByLaw):
            await retention.choose(tx, Choice(Matter.MONEY, CountedFrom.LAST_PAYMENT, 1), reason="x")
    stranger = replace(MANAGER, organisation=UUID(int=2))
    async with at(transactions).begin(stranger) as tx:
        with pytest.raises(Problem, match="hold"):
            await retention.release(tx, held, reason="x")


async def test_one_that_cannot_be_erased_keeps_no_other(transactions: Transactions, old: list[UUID]) -> None:
    """A row of another child that points into the record: nothing of that record goes, and the others do."""
    await adopted(transactions)
    async with transactions.begin(None) as tx:
        for child, plan, status in ((old[0], UUID(int=41), "CEASED"), (old[1], UUID(int=42), "FINAL")):
            row = {"owner_id": OWN, "id": plan, "child_id": child, "status": status, "source": "RECORDED"}
            await tx.connection.execute(insert(tables.plan).values(version=1, **row))
        row = {
            "owner_id": OWN,
            "id": UUID(int=43),
            "child_id": old[1],
            "plan_id": UUID(int=41),
            "code": "A",
            "text": "",
        }
        await tx.connection.execute(insert(tables.plan_section).values(row))
    assert (await retention.sweep(at(transactions))).erased == old[2:]
    assert await _left(transactions) == set(old[:2])
    assert len(await rows(transactions, "SELECT id FROM plan")) == 2


async def test_files_go_by_their_own_period(transactions: Transactions, old: list[UUID]) -> None:
    await adopted(transactions, Matter.RAW)
    async with transactions.begin(None) as tx:
        for number, year in enumerate((2052, 2053, 2055)):
            one = {"id": UUID(int=number), "owner_id": OWN, "received_at": datetime(year, 1, 1, tzinfo=UTC)}
            payload = {"name": str(year), "media_type": "x", "sha256": "x", "size": 1, "kind": Source.EXTRACT}
            await tx.connection.execute(insert(tables.source).values(content=b"x", **one, **payload))
    assert (await retention.sweep(at(transactions))).payloads == 2
    assert [each["name"] for each in await rows(transactions, "SELECT name FROM source")] == ["2055"]


async def test_the_log_verifies_once_glass_went_with_a_record(
    world: World, transactions: Transactions, new_id: Callable[[], UUID]
) -> None:
    """Broken glass is sealed; that it went with the record is told by an event, and no other absence is taken."""
    log = Log(transactions.database, world, new_id)
    await log.record()
    await log.seal()
    async with transactions.begin(None) as tx:
        gone = await erasure.erase(tx.connection, world.authority, world.child)
        assert len(gone["broken_glass"]) == 1
    await log.seal()
    found = await verify(transactions.database, SIGNER.witness)
    assert "deleted" in str(found.bad)
    async with transactions.begin(None) as tx:
        from hub.audit import Event

        facts = {"glass": [str(each) for each in gone["broken_glass"]]}
        await tx.record(Event("child_erased", world.authority, "Child", world.child, world.child, facts))
    await log.seal()
    assert (await verify(transactions.database, SIGNER.witness)).bad is None


async def test_the_log_verifies_once_two_records_are_one(
    transactions: Transactions,
    pair: dict[str, Any],  # noqa: F811  (the fixture, which this module imports)
    new_id: Callable[[], UUID],
) -> None:
    """Broken glass that was sealed goes to the record that stays, and back: neither changes what was sealed."""
    stays, goes = sorted((pair["child_id"], pair["other_child_id"]))
    async with transactions.begin(None) as tx:
        glass = {"owner_id": OWN, "id": new_id(), "child_id": goes, "body_id": OWN, "client_id": "x", "reason": "x"}
        moments = {"opened_at": tx.now, "ends_at": tx.now + timedelta(hours=1)}
        await tx.connection.execute(insert(tables.broken_glass).values(**glass, **moments))
    log = Log(transactions.database, None, new_id)
    await log.seal()
    for decision in (IdentityDecision.MERGE, IdentityDecision.SPLIT):
        async with transactions.begin(CLERK) as tx:
            await decide(tx, candidate_id=pair["id"], decision=decision, keep=stays)
        await log.seal()
        assert (await verify(transactions.database, SIGNER.witness)).bad is None, decision


CHILDREN = 150


def test_killed_in_the_middle_each_child_is_there_whole_or_gone(owner_url: str, tmp_path: Path) -> None:
    """`hub retention run` is killed (SIGKILL) once some are gone; run again, it erases the others."""
    with psycopg.connect(owner_url, autocommit=True) as db:
        db.execute("SET ROLE hub_worker")
        db.execute(
            "INSERT INTO organisation (id, name, kind, la_code) VALUES (%s, 'W', 'LOCAL_AUTHORITY', '990')", (OWN,)
        )
        db.execute(SOME, {"owner": OWN, "many": CHILDREN})
        for matter, counted_from, years in (("SEN", "BIRTH", 31), ("SEN", "LAST_ENTRY", 6)):
            db.execute(SCHEDULE, (OWN, matter, counted_from, years))

        def count(table: str) -> int:
            found = db.execute(
                f"SELECT count(DISTINCT {'id' if table == 'child' else 'child_id'}) FROM {table}"
            ).fetchone()
            return found[0] if found else -1

        erasing = _command(owner_url, tmp_path, "run")
        deadline = time.monotonic() + 60
        while count("child") == CHILDREN:
            assert erasing.poll() is None, "it had ended before it could be killed"
            assert time.monotonic() < deadline
            time.sleep(0.01)
        erasing.send_signal(signal.SIGKILL)
        erasing.communicate()
        assert erasing.returncode == -signal.SIGKILL
        left = count("child")
        assert 0 < left < CHILDREN
        whole = db.execute(WHOLE).fetchone()
        assert whole == (left, left, left, CHILDREN - left)
        again = _command(owner_url, tmp_path, "run")
        said, _ = again.communicate(timeout=120)
        assert (again.returncode, count("child"), count("plan"), count("need")) == (0, 0, 0, 0)
        assert f"{left} of {left} records" in said.decode()


SOME = """
WITH made AS (INSERT INTO child (owner_id, id, family_name, given_names, date_of_birth, sex, source, updated_at)
    SELECT %(owner)s, gen_random_uuid(), 'Appleby', ARRAY['Zo'], '1985-01-01', 'FEMALE', 'RECORDED', '2010-01-01'
    FROM generate_series(1, %(many)s) RETURNING owner_id, id),
planned AS (INSERT INTO plan (owner_id, id, child_id, status, version, source)
    SELECT owner_id, gen_random_uuid(), id, 'CEASED', 1, 'RECORDED' FROM made RETURNING owner_id, id, child_id)
INSERT INTO need (owner_id, id, child_id, plan_id, section, description)
SELECT owner_id, gen_random_uuid(), child_id, id, 'B', 'reads slowly' FROM planned
"""
SCHEDULE = """
INSERT INTO retention_choice (owner_id, id, matter, counted_from, years, reason, chosen_by, chosen_at)
VALUES (%s, gen_random_uuid(), %s, %s, %s, 'a trial', 'a test', now())
"""
WHOLE = """
SELECT count(*), count(DISTINCT p.id), count(DISTINCT n.id), (SELECT count(*) FROM event WHERE kind = 'child_erased')
FROM child c JOIN plan p ON p.child_id = c.id JOIN need n ON n.child_id = c.id
"""


def _command(owner_url: str, folder: Path, *words: str) -> "subprocess.Popen[bytes]":
    environment = {key: value for key, value in os.environ.items() if not key.startswith("HUB_")}
    environment |= {"HUB_DATABASE_URL": as_role(owner_url, WORKER_ROLE), "HUB_DATA_DIR": str(folder)}
    command = [sys.executable, "-m", "hub.cli", "retention", *words, "--authority", "990"]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def test_what_a_records_manager_types(owner_url: str, tmp_path: Path) -> None:
    """Adopt, look, hold, release, drop; each says what it did, and never a child's name."""
    child = UUID(int=7)
    with psycopg.connect(owner_url, autocommit=True) as db:
        db.execute("SET ROLE hub_worker")
        db.execute(
            "INSERT INTO organisation (id, name, kind, la_code) VALUES (%s, 'W', 'LOCAL_AUTHORITY', '990')", (OWN,)
        )
        db.execute(
            "INSERT INTO child (owner_id, id, family_name, given_names, date_of_birth, sex, source, updated_at) "
            "VALUES (%s, %s, 'Quillfeather', ARRAY['Zo'], '1985-01-01', %s, 'RECORDED', '2010-01-01')",
            (OWN, child, Sex.FEMALE),
        )
    url = as_role(owner_url, WORKER_ROLE)
    settings = Settings(data_dir=tmp_path, database_url=url)
    assert "not adopted, and so kept for good: SEN, HEALTH, MONEY, RAW" in show(settings, "990", None)
    assert adopt(settings, "990", "SEN", None, None, why="the committee").splitlines() == [
        "adopted: SEN from BIRTH: 31 years",
        "adopted: SEN from LAST_ENTRY: 6 years",
    ]
    assert adopt(settings, "990", "SEN", "BIRTH", 35, why="longer") == "adopted: SEN from BIRTH: 35 years"
    assert f"due: 1\n  {child}  since its SEN/BIRTH was over" in show(settings, "990", None)
    held = hold(settings, "990", "INQUIRY", None, None, why="it wrote").removeprefix("held: ")
    listed = show(settings, "990", None)
    assert f"{held}  INQUIRY  all records" in listed
    assert "1  hold INQUIRY" in listed
    assert "0 of 1 records" in run(settings, "990", dry_run=False)
    assert release(settings, "990", held, why="it has reported") == "released"
    assert str(child) in run(settings, "990", dry_run=True)
    assert "Quillfeather" not in listed + run(settings, "990", dry_run=False)
    assert drop(settings, "990", "SEN") == "dropped: records with SEN are kept for good"
    for wrong in (("SEX", None, None), ("SEN", "NAME", 1), ("SEN", None, 4)):
        with pytest.raises(Problem):
            adopt(settings, "990", *wrong, why="x")
    with pytest.raises(Problem):
        release(settings, "990", "no-id", why="x")
    with pytest.raises(Problem, match="line of the schedule"):
        drop(settings, "990", "RAW")
