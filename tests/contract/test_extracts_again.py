"""Extracts that come again and again: deletions, rows that say nothing new, and files that are sent as a zip."""

import io
import json
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from adapters.la_extract.importing import Taken, import_extract, take_zip
from adapters.la_extract.mapping import read_mapping
from adapters.la_extract.persons import MAIN
from hub.actions import received_files
from hub.actions.import_report import ImportReport
from hub.actions.received_files import SentFile
from hub.actions.transaction import Transactions
from hub.law.imports import ImportStatus
from hub.law.vocabulary import Source
from hub.receiving import import_received
from tests.db.test_import_return import CALLER, make_bodies, rows
from tests.extracts import DAY, EXAMPLES, MARKED, ONE_ROW_A_CHILD, SEVERAL, zipped
from tests.workbooks import one_sheet, workbook


async def extracted(
    transactions: Transactions, table: Sequence[Sequence[Any]], *, mapping: str = MARKED, on: date = DAY
) -> ImportReport:
    return await import_extract(
        transactions,
        None,
        taken=Taken("x", {MAIN: workbook({"A": table})}),
        mapping=read_mapping(mapping.encode()),
        authority_la_code="990",
        made_on=on,
    )


async def test_a_deletion_takes_a_systems_word_back_and_erases_nothing(transactions: Transactions) -> None:
    """Only where the mapping says how it is marked. A missing row is no deletion, and the child may come back."""
    await make_bodies(transactions)
    zoe: dict[str, Any] = {}
    idris = {"Client ID": "C2", "Last Name": "Bancroft", "UPN": "", "NHS No": ""}
    assert (await extracted(transactions, one_sheet(zoe, idris))).new == 2
    plantrack = MARKED.replace("system: caseworks", "system: plantrack")
    moved = one_sheet(zoe | {"Client ID": "P1", "Home Postcode": "ZZ99 7ZZ"})
    assert (await extracted(transactions, moved, mapping=plantrack, on=DAY + timedelta(days=1))).changed == 1
    (before,) = await rows(transactions, "SELECT postcode FROM child WHERE family_name = 'Appleby'")
    assert before["postcode"] == "ZZ99 7ZZ"
    gone = one_sheet(
        zoe | {"Client ID": "P1", "Record Status": "Deleted"}, {"Client ID": "P9", "Record Status": "Deleted"}
    )
    report = await extracted(transactions, gone, mapping=plantrack, on=DAY + timedelta(days=2))
    assert (report.changed, report.unchanged, report.refused) == (1, 1, 0)
    (child,) = await rows(transactions, "SELECT postcode FROM child WHERE family_name = 'Appleby'")
    assert child["postcode"] == "ZZ99 1AA"  # the other system's word, now that this one is taken back
    (number,) = await rows(transactions, "SELECT held_to FROM child_identifier WHERE system = 'plantrack'")
    assert number["held_to"] == DAY + timedelta(days=2)
    assert await rows(transactions, "SELECT 1 FROM disagreement WHERE settled_on IS NULL") == []
    assert len(await rows(transactions, "SELECT 1 FROM plan")) == 2
    # What is left out of a file is not deleted; what is in it again is back.
    assert (await extracted(transactions, one_sheet(zoe))).unchanged == 1
    assert (await extracted(transactions, moved, mapping=plantrack, on=DAY + timedelta(days=2))).changed == 1
    (number,) = await rows(transactions, "SELECT held_to FROM child_identifier WHERE system = 'plantrack'")
    assert number["held_to"] is None
    assert len(await rows(transactions, "SELECT 1 FROM child")) == 2


async def test_rows_that_say_nothing_new_are_not_compared(transactions: Transactions) -> None:
    """By a hash of each child's rows: what someone else has changed meanwhile is not undone by a system's old word; and
    a child is known by its number in the system, whatever else became another."""
    await make_bodies(transactions)
    await extracted(transactions, one_sheet({}, {"Client ID": "C2", "Last Name": "Bancroft", "UPN": "", "NHS No": ""}))
    async with transactions.begin(None) as tx:
        await tx.connection.exec_driver_sql("UPDATE child SET ethnicity = 'WBRI', sex = 'UNKNOWN'")
    same = {"Client ID": "C2", "Last Name": "Thorne", "Home Postcode": "ZZ99 8AA", "UPN": "", "NHS No": ""}
    report = await extracted(transactions, one_sheet({}, same), on=DAY + timedelta(days=1))
    assert (report.new, report.changed, report.unchanged) == (0, 1, 1)
    found = await rows(transactions, "SELECT family_name, sex FROM child ORDER BY family_name")
    assert [(each["family_name"], each["sex"]) for each in found] == [("Appleby", "UNKNOWN"), ("Thorne", "FEMALE")]
    linked = await rows(transactions, "SELECT facts FROM event WHERE kind = 'child_changed_by_return'")
    assert "Thorne" not in json.dumps([each["facts"] for each in linked], default=str)


async def sent(transactions: Transactions, content: bytes, **about: str) -> tuple[ImportStatus | None, dict[str, Any]]:
    """As `POST /import/extract` keeps it and the worker imports it."""
    async with transactions.begin(CALLER) as tx:
        whole = SentFile(
            Source.EXTRACT, "x.zip", "application/zip", str(hash(content)), len(content), io.BytesIO(content), about
        )
        file, _ = await received_files.receive(tx, whole)
    status = await import_received(transactions, file.id, max_bytes=100_000_000)
    async with transactions.begin(CALLER) as tx:
        return status, dict((await received_files.state(tx, file.id)).outcome or {})


async def test_an_extract_is_sent_as_a_zip_with_its_mapping(transactions: Transactions) -> None:
    """The same receipts as a return has; whatever is wrong with it, nothing of it is applied."""
    await make_bodies(transactions)
    files = {"mapping.yaml": MARKED.encode(), "children.csv": ONE_ROW_A_CHILD.encode()}
    status, outcome = await sent(transactions, zipped(files), on="2026-11-20")
    assert (status, outcome["new"], outcome["reference_date"]) == (ImportStatus.APPLIED, 2, "2026-11-20"), outcome
    status, outcome = await sent(transactions, zipped(files | {"children.csv": workbook({"A": one_sheet({})})}))
    assert status is ImportStatus.APPLIED, outcome
    several = {"mapping.yaml": (EXAMPLES / "several-files.yaml").read_bytes()}
    status, outcome = await sent(transactions, zipped(several | {n: t.encode() for n, t in SEVERAL.items()}))
    assert (status, outcome["read"]) == (ImportStatus.APPLIED, 1), outcome
    for content, about, rule in (
        (zipped({"children.csv": b"a"}), {}, "parts-missing"),
        (zipped({"mapping.yaml": MARKED.encode()}), {}, "parts-missing"),
        (zipped(files | {"x/mapping.toml": b""}), {}, "parts-missing"),
        (zipped(files | {"x/children.csv": b"a"}), {}, "parts-repeated"),
        (zipped({"mapping.yaml": MARKED.encode(), "children.csv": b"a,b\n1,2\n"}), {}, "column-missing"),
        (zipped(files)[:-9], {}, "zip-broken"),
        (zipped(files), {"on": "20/11/2026"}, "reference-date"),
        (zipped(files), {"on": "2036-11-20"}, "reference-date"),
        (zipped(files | {"children.csv": b"\xd0\xcf\x11\xe0"}), {}, "not-text"),
    ):
        status, outcome = await sent(transactions, content, **about)
        assert (status, outcome["problem"]["rule"]) == (ImportStatus.REFUSED, rule), outcome
    taken, _ = take_zip(io.BytesIO(zipped(files)), name="x")
    assert set(taken.files) == {MAIN}
