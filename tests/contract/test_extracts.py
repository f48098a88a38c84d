"""Extracts of case systems: read by a mapping, or refused with where and which rule, and never with a child's data."""

import asyncio
import io
import json
import os
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import insert
from typer.testing import CliRunner

from adapters.la_extract import decoding
from adapters.la_extract.importing import Taken, extract_of, import_extract, read_whole, take
from adapters.la_extract.mapping import Mapping, json_schema, read_mapping
from adapters.la_extract.persons import MAIN, persons
from hub.actions.import_report import ImportReport
from hub.actions.sen2_return import ReadPerson, ReturnHeader
from hub.actions.transaction import Transactions
from hub.cli import app
from hub.db import tables
from hub.errors import Problem
from hub.law.vocabulary import Source
from tests.db.test_import_return import GOOD, OTHER, OWN, add_child, do_import, everything, make_bodies, rows

EXAMPLES = Path(decoding.__file__).parent / "examples"
DAY = date(2026, 11, 20)

ONE_ROW_A_CHILD = """\
Client ID,NHS No,Record Status,Last Name,First Name,DOB,Gender,Home Postcode,UPN,EHCNA Requested,Requested By,Decision \
Date,Decision,Plan Decision Date,Plan Decision,EHCP Start,School URN,Last Review Meeting,Review Outcome,Primary Need
C1,999 000 0018,Open,Appleby,Zoë,02/05/2013,Female,ZZ99 1AA,R990200013001,01/03/2022,School,05/04/2022,Agreed,\
20/10/2022,Issue,01/11/2022,100001,14/10/2025,No change,Autism
C2,,Open,Bancroft,Idris,23/11/2014,Male,zz99 1ab,,,,,,,,,,,,
C3,,Deleted,Castellano,Nia May,14/02/2010,Female,,,,,,,,,,,,,
"""
ONE_ROW_A_PLAN = """\
pupil_ref;surname;forename;born;sex;pc;upn;req_rcvd;req_source;req_decided;req_outcome;plan_decided;plan_start;plan_end;end_reason;urn
P-7;Appleby;Zoë;02-May-2013;F;ZZ99 1AA;R990200013001;01-Mar-2022;2;05-Apr-2022;ASSESS;20-Oct-2022;01-Nov-2022;;;100001
P-7;Appleby;Zoë;02-May-2013;F;ZZ99 1AA;R990200013001;10-Jan-2019;1;12-Feb-2019;NOASSESS;;;;;
P-8;Bancroft;Idris;23-Nov-2014;M;ZZ99 1AB;R990200014002;09-Jan-2023;1;13-Feb-2023;ASSESS;22-May-2023;;;;100002
"""
SEVERAL = {
    "children.csv": "ChildRef,Surname,Forenames,BirthDate,Sex,Postcode,UPN\n1,Appleby,Zoë,2013-05-02,F,ZZ99 1AA,\n",
    "cases.csv": "ChildRef,CaseRef,Received,SourceCode,Decided,Outcome\n1,a,2022-03-01,2,2022-04-05,Y\n"
    "1,b,2019-01-10,1,2019-02-12,N\n",
    "plans.csv": "ChildRef,CaseRef,DecidedOn,FinalOn,ReviewedOn,ReviewOutcome\n"
    "1,a,2022-10-20,2022-11-01,2025-10-14,M\n",
    "needs.csv": "ChildRef,CaseRef,Need,Rank\n1,a,ASD,1\n1,a,SLCN,2\n",
}


def example(name: str) -> Mapping:
    return read_mapping((EXAMPLES / f"{name}.yaml").read_bytes())


def read(mapping: Mapping, *contents: bytes | str, files: dict[str, str] | None = None) -> list[ReadPerson]:
    given = {name: text.encode() for name, text in (files or {}).items()}
    for each in contents:
        given[MAIN] = each if isinstance(each, bytes) else each.encode()
    header = ReturnHeader(2026, DAY, "990", Source.EXTRACT, mapping.system)
    return list(persons(extract_of(Taken("extract", given), mapping), header=header, today=DAY))


def read_file(path: Path) -> list[ReadPerson]:
    header = ReturnHeader(2026, DAY, "990", Source.EXTRACT, "caseworks")
    return list(persons(extract_of(take(path), example("one-row-a-child")), header=header, today=DAY))


async def do_extract(transactions: Transactions, mapping: Mapping, files: dict[str, bytes]) -> ImportReport:
    taken = Taken("extract", files)
    return await import_extract(transactions, None, taken=taken, mapping=mapping, authority_la_code="990", made_on=DAY)


def test_three_shapes_say_the_same_of_a_child() -> None:
    found = [
        read(example("one-row-a-child"), ONE_ROW_A_CHILD),
        read(example("one-row-a-plan"), ONE_ROW_A_PLAN.encode("cp1252")),
        read(example("several-files"), files=SEVERAL),
    ]
    for each in found:
        person = each[0].person
        assert person is not None, each[0].problems
        assert (person.family_name, person.forename, person.date_of_birth) == ("Appleby", "Zoë", date(2013, 5, 2))
        request = person.requests[0]
        assert (request.received_on, request.outcome_on) == (date(2022, 3, 1), date(2022, 4, 5))
        assert request.assessment is not None
        assert request.assessment.named_plan is not None
        assert request.assessment.named_plan.starts_on == date(2022, 11, 1)
    one, plans, several = found
    assert [each.person and each.person.key for each in one] == ["C1", "C2"]  # the third is passed over
    assert one[0].person is not None
    assert one[0].person.nhs_number == "9990000018"
    assert [len(each.person.requests) for each in plans if each.person] == [2, 1]
    person = several[0].person
    assert person is not None
    assert person.requests[0].active_plan is not None
    assert [need.sen_type for need in person.requests[0].active_plan.needs] == ["ASD", "SLCN"]
    assert person.requests[1].assessment is None


async def test_two_extracts_and_a_return_become_one_record_each(transactions: Transactions) -> None:
    """Two case systems and the return know the same children: one record of each child, with every number it has."""
    await make_bodies(transactions)
    await do_import(transactions, GOOD)
    children = await rows(transactions, "SELECT count(*) AS n FROM child")
    first = await do_extract(transactions, example("one-row-a-child"), {MAIN: ONE_ROW_A_CHILD.encode("utf-16")})
    second = await do_extract(transactions, example("one-row-a-plan"), {MAIN: ONE_ROW_A_PLAN.encode("cp1252")})
    assert (first.new, first.changed, first.refused) == (0, 2, 0), first.problems
    assert (second.new, second.refused) == (0, 0), second.problems
    assert await rows(transactions, "SELECT count(*) AS n FROM child") == children
    zoe = "SELECT i.system, i.value FROM child_identifier i JOIN child c ON c.id = child_id WHERE upn = 'R990200013001'"
    assert {(each["system"], each["value"]) for each in await rows(transactions, zoe)} >= {
        ("caseworks", "C1"),
        ("plantrack", "P-7"),
    }
    (number,) = await rows(transactions, "SELECT nhs_number, nhs_number_status FROM child WHERE upn = 'R990200013001'")
    assert number == {"nhs_number": "9990000018", "nhs_number_status": "PRESENT_NOT_TRACED"}
    # What an extract does not say is not erased; the same one again changes nothing.
    (idris,) = await rows(transactions, "SELECT upn, postcode FROM child WHERE family_name = 'Bancroft'")
    assert idris["upn"] == "R990200014002"
    before = await everything(transactions)
    again = await do_extract(transactions, example("one-row-a-child"), {MAIN: ONE_ROW_A_CHILD.encode("utf-16")})
    assert (again.changed, again.new, again.unchanged_file) == (0, 0, True)
    after = await everything(transactions)
    assert {table for table in after if after[table] != before[table]} == {"event", "import_run"}
    # A changed row changes that child alone.
    moved = ONE_ROW_A_CHILD.replace("ZZ99 1AA", "ZZ99 7ZZ")
    assert (await do_extract(transactions, example("one-row-a-child"), {MAIN: moved.encode()})).changed == 1


async def test_a_number_of_another_child_is_left_out_and_a_bad_row_waits(transactions: Transactions) -> None:
    await make_bodies(transactions)
    mapping = example("one-row-a-child")
    await do_extract(transactions, mapping, {MAIN: ONE_ROW_A_CHILD.encode()})
    twice = ONE_ROW_A_CHILD.replace("C2,,", "C2,9990000018,")
    report = await do_extract(transactions, mapping, {MAIN: twice.encode()})
    assert dict(report.warnings_by_rule).get("nhs-number-of-another") == 1
    assert len(await rows(transactions, "SELECT 1 FROM child WHERE nhs_number IS NOT NULL")) == 1
    bad = ONE_ROW_A_CHILD.replace("23/11/2014", "31/02/2014")
    report = await do_extract(transactions, mapping, {MAIN: bad.encode()})
    assert report.refusals_by_rule == {"date-format": 1}
    (item,) = await rows(transactions, "SELECT kind, place, problems, content FROM quarantined_item")
    assert (item["kind"], item["place"]) == ("EXTRACT", "row 3")
    assert "Bancroft" not in json.dumps(item["problems"])
    assert json.loads(bytes(item["content"]))[""][0]["Last Name"] == "Bancroft"
    report = await do_extract(transactions, mapping, {MAIN: ONE_ROW_A_CHILD.encode() + b"\r\n"})
    assert report.refused == 0


HEADER = ONE_ROW_A_CHILD.split("\n", 1)[0]


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        pytest.param(ONE_ROW_A_CHILD.encode("utf-16-le"), "encoding-unclear", id="row 60: UTF-16 without its mark"),
        pytest.param("Last Name\nBjÃ¶rk\n".encode(), "encoding-unclear", id="row 60: mojibake"),
        pytest.param(b"Last Name\nBj\x81rk\n", "encoding-unclear", id="row 60: no such byte in Windows-1252"),
        pytest.param(HEADER + '\nC1,"never ends\n' + "C2,x\n" * 50, "csv-broken", id="row 61: an open quotation mark"),
        pytest.param(f"{HEADER}\n" + "x" * 200_000 + "\n", "csv-broken", id="row 62: a cell of 200 kB"),
        pytest.param("", "header-missing", id="row 65: nothing"),
        pytest.param("a,b,a\n1,2,3\n", "header-repeated", id="row 65: a column twice"),
        pytest.param("a,b\n1,2\n", "column-missing", id="row 65: columns that are not there"),
        pytest.param(b"PK\x03\x04" + b"\0" * 50, "zip-broken", id="row 64: a workbook"),
    ],
)
def test_a_file_that_is_not_what_it_should_be_is_refused_whole(content: bytes | str, rule: str, tmp_path: Path) -> None:
    path = tmp_path / "extract.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(Problem) as refused:
        read_file(path)
    assert refused.value.rule == rule


def test_a_letter_that_names_have_is_no_sign_of_garbling() -> None:
    for name in ("JOÃO", "Ângela", "Åse", "Bjørk", "Zoë"):
        assert decoding.decode(f"Last Name\n{name}\n".encode(), None).endswith(f"{name}\n")
    for name in ("Zoë", "Seán", "Åse", "Ångström", "O’Neill"):
        with pytest.raises(Problem, match="garbled"):
            decoding.decode(name.encode().decode("cp1252").encode(), None)


def test_a_row_that_cannot_be_read_stops_no_other() -> None:
    """Rows 59, 60 and 62: a formula is text, line ends may be mixed, NUL and a row too short are that row's fault."""
    first, second = ONE_ROW_A_CHILD.split("\n")[1:3]
    text = (
        "\r\n".join([HEADER, first.replace("Appleby", "=cmd|x"), "short,row"]) + f"\n{second}\nC9\0" + "," * 19 + "\n"
    )
    found = read(example("one-row-a-child"), text)
    assert sorted((each.place, each.person is None) for each in found) == [
        ("row 2", False),
        ("row 3", True),
        ("row 4", False),
        ("row 5", True),
    ]
    assert next(each.person.family_name for each in found if each.person and each.place == "row 2") == "=cmd|x"


def test_columns_may_stand_in_any_order_and_beside_others() -> None:
    """Row 65: reordered, and with columns that the mapping does not name."""
    table = [line.split(",") for line in ONE_ROW_A_CHILD.strip().split("\n")]
    turned = "\n".join(",".join([*reversed(row), "x" if at else "Caseworker"]) for at, row in enumerate(table))
    mapping = example("one-row-a-child")
    assert [each.person for each in read(mapping, turned)] == [each.person for each in read(mapping, ONE_ROW_A_CHILD)]


@pytest.mark.parametrize("left_out", SEVERAL)
def test_an_extract_without_one_of_its_files_is_refused_whole(left_out: str) -> None:
    """Row 65: two of three parts."""
    with pytest.raises(Problem) as refused:
        read(example("several-files"), files={name: text for name, text in SEVERAL.items() if name != left_out})
    assert (refused.value.rule, left_out in f"{refused.value.message} {refused.value.path}") == ("column-missing", True)


async def test_a_child_of_another_authority_is_never_looked_at(transactions: Transactions) -> None:
    """Row 66: the same NHS number, UPN, names and number of the case system in another authority's records. The report
    is the one that there is without it, and the row stays as it was."""
    await make_bodies(transactions)
    mapping, files = example("one-row-a-child"), {MAIN: ONE_ROW_A_CHILD.encode()}
    held = {"upn": "R990200013001", "nhs_number": "9990000018", "nhs_number_status": "VERIFIED"}
    await add_child(transactions, UUID(int=77), owner=OTHER, **held)
    number = {"owner_id": OTHER, "id": UUID(int=78), "child_id": UUID(int=77), "system": "caseworks", "value": "C1"}
    async with transactions.begin(None) as tx:
        await tx.connection.execute(insert(tables.child_identifier).values(number))
    before = await rows(transactions, "SELECT child::text AS row FROM child")
    report = await do_extract(transactions, mapping, files)
    alone = tuple(problem for each in read(mapping, ONE_ROW_A_CHILD) for problem in each.problems)
    assert (report.new, report.changed, report.problems) == (2, 0, alone)
    assert await rows(transactions, f"SELECT child::text AS row FROM child WHERE owner_id = '{OTHER}'") == before
    (own,) = await rows(
        transactions, f"SELECT nhs_number FROM child WHERE owner_id = '{OWN}' AND upn IS NOT NULL LIMIT 1"
    )
    assert own["nhs_number"] == "9990000018"
    assert not await rows(transactions, "SELECT 1 FROM identity_candidate")


def test_json_lines_are_read_as_rows_are() -> None:
    names = HEADER.split(",")
    cells = ONE_ROW_A_CHILD.split("\n")[1].split(",")
    line = json.dumps({name: cell for name, cell in zip(names, cells, strict=True) if cell})
    bad = ['{"Client ID": "C8", "Client ID": "C9"}', '{"Client ID": [1]}', "[1]", '{"Client ID": NaN}', "{"]
    found = read(example("one-row-a-child"), "\n".join([line, *bad]))
    (read_one,) = [each for each in found if each.person]
    assert read_one.person is not None
    assert read_one.person.key == "C1"
    assert [each.problems[0].rule for each in found if each.person is None] == ["row-unreadable"] * len(bad)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("version = 1\nsystem = [", "mapping-unreadable"),
        ("version = 1\nsystem = 'Case Works'\nkey = 'k'\n[person.items]\nSurname = 'a'", "mapping-malformed"),
        ("version = 1\nsystem = 'ok'\nkey = 'k'\nerase = true\n[person.items]\nSurname = 'a'", "mapping-malformed"),
        ("#" * 300_000, "mapping-too-large"),
    ],
)
def test_a_mapping_at_fault_is_refused(text: str, rule: str) -> None:
    with pytest.raises(Problem) as refused:
        read_mapping(text.encode())
    assert refused.value.rule == rule


def test_an_analyst_looks_at_an_extract_before_it_is_imported(tmp_path: Path) -> None:
    """`hub extract check` shows the first rows and every fault at once, and who the children are only when asked."""
    path, mapping = tmp_path / "extract.csv", str(EXAMPLES / "one-row-a-child.yaml")
    path.write_text(
        ONE_ROW_A_CHILD.replace("23/11/2014", "31/02/2014").replace("R990200013001", "R990200013002"), "utf-8"
    )
    result = CliRunner().invoke(app, ["extract", "check", str(path), "--mapping", mapping])
    assert result.exit_code == 3
    for secret in ("Appleby", "Zoë", "2013-05-02", "Bancroft", "31/02/2014", "R990"):
        assert secret not in result.output
    assert "row 3/PersonBirthDate" in result.output
    assert "this is not a date of the calendar, written %d/%m/%Y in the column DOB [date-format]" in result.output
    assert "[upn-check-letter]" in result.output
    path.write_text(ONE_ROW_A_CHILD, "utf-8")
    result = CliRunner().invoke(app, ["extract", "check", str(path), "--mapping", mapping, "--names"])
    assert result.exit_code == 0
    assert "Appleby, Zoë, 2013-05-02" in result.output
    schema = json.loads(CliRunner().invoke(app, ["extract", "schema"]).output)
    assert schema == json_schema()
    assert schema["additionalProperties"] is False


def test_a_file_that_goes_away_is_told_as_such(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        take(tmp_path / "gone.csv")


class _Meddled(io.FileIO):
    """A file with which something happens when its bytes have been read."""

    def __init__(self, path: Path, meddle: Callable[[Path], object]) -> None:
        super().__init__(path)
        self._meddle, self._path = meddle, path

    def read(self, size: int | None = -1) -> bytes:
        found = super().read(-1 if size is None else size)
        self._meddle(self._path)
        return found


@pytest.mark.parametrize(
    ("meddle", "rule"),
    [
        (Path.unlink, None),
        (lambda path: path.rename(path.with_name("extract.csv.1")), None),
        (lambda path: path.write_text(ONE_ROW_A_CHILD + "\n"), "file-changed"),
        (lambda path: os.truncate(path, 100), "file-changed"),
        (lambda path: os.truncate(path, 0), "file-changed"),
    ],
    ids=["is gone", "is rotated away", "grows", "is cut short", "is emptied"],
)
def test_an_extract_that_is_gone_or_changes_while_it_is_read_is_whole_or_refused(
    tmp_path: Path, meddle: Callable[[Path], object], rule: str | None
) -> None:
    """An extract that is written anew each night may be read while it is: half of it is not taken for all."""
    path = tmp_path / "extract.csv"
    path.write_text(ONE_ROW_A_CHILD, "utf-8")
    with _Meddled(path, meddle) as file:
        if rule is None:
            assert read_whole(file, 10**6) == ONE_ROW_A_CHILD.encode()
            return
        with pytest.raises(Problem) as refused:
            read_whole(file, 10**6)
        assert refused.value.rule == rule


async def test_two_imports_at_once_go_one_after_the_other(transactions: Transactions) -> None:
    await make_bodies(transactions)
    mapping = example("one-row-a-child")
    both: list[Any] = await asyncio.gather(
        *(do_extract(transactions, mapping, {MAIN: ONE_ROW_A_CHILD.encode()}) for _ in range(2))
    )
    assert sorted(each.new for each in both) == [0, 2]
