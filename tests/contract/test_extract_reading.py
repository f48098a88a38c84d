"""An extract is read by a mapping, or refused with where and which rule, and never with a child's data."""

import io
import json
import os
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from adapters.la_extract import decoding
from adapters.la_extract.importing import read_whole, take
from hub.errors import Problem
from tests.extracts import HEADER, ONE_ROW_A_CHILD, ONE_ROW_A_PLAN, SEVERAL, example, read, read_file


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


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        pytest.param(ONE_ROW_A_CHILD.encode("utf-16-le"), "encoding-unclear", id="row 60: UTF-16 without its mark"),
        pytest.param("Last Name\nBjÃ¶rk\n".encode(), "encoding-unclear", id="row 60: mojibake"),
        pytest.param(b"Last Name\nBj\x81rk\n", "encoding-unclear", id="row 60: no such byte in Windows-1252"),
        pytest.param(HEADER + '\nC1,"never ends\n' + "C2,x\n" * 50, "csv-broken", id="row 61: an open quotation mark"),
        pytest.param(f"{HEADER}\n" + "x" * 2_000_000 + "\n", "csv-broken", id="row 62: a cell of 2 MB"),
        pytest.param("Last Name\nJosé\n".encode("cp850"), "encoding-unclear", id="row 60: DOS letters"),
        pytest.param("Last Name\nJosé\n".encode("macroman"), "encoding-unclear", id="row 60: Mac letters"),
        pytest.param("Zoë\n".encode() + "Zoë\n".encode("cp1252"), "encoding-unclear", id="row 60: two encodings"),
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


def test_windows_letters_are_read_with_the_signs_of_running_text() -> None:
    for text in ("Zoë O’Neill", "• 2 × 30 min – “as needed” … £5", "Señor José, 2½ hrs; ±5 m²", "Lego®-based"):
        assert decoding.decode(f"Last Name\n{text}\n".encode("cp1252"), None).endswith(f"{text}\n")


def test_columns_that_a_spreadsheet_left_empty_at_the_end_are_nobodys_fault() -> None:
    header, *lines = ONE_ROW_A_CHILD.strip().split("\n")
    wider = "\n".join([f"{header},,", *(f"{line},," for line in lines)])
    mapping = example("one-row-a-child")
    assert [each.person for each in read(mapping, wider)] == [each.person for each in read(mapping, ONE_ROW_A_CHILD)]
    refused = {each.place: each.problems[0].rule for each in read(mapping, f"{wider}x") if each.person is None}
    assert refused == {"row 4": "row-unreadable"}, "what stands there is not passed over"


def test_a_cell_that_is_too_long_is_its_own_rows_fault() -> None:
    """Row 62: 200 kB, beside a row that is well."""
    text = ONE_ROW_A_CHILD.replace("Bancroft", "x" * 200_000)
    found = {each.place: each.person is not None for each in read(example("one-row-a-child"), text)}
    assert found == {"row 2": True, "row 3": False}


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


def test_json_lines_are_read_as_rows_are() -> None:
    names = HEADER.split(",")
    cells = ONE_ROW_A_CHILD.split("\n")[1].split(",")
    line = json.dumps({name: cell for name, cell in zip(names, cells, strict=True) if cell})
    line = line.replace("Appleby", "Apple\u2028by")  # which is no end of a line in JSON
    bad = ['{"Client ID": "C8", "Client ID": "C9"}', '{"Client ID": [1]}', "[1]", '{"Client ID": NaN}', "{"]
    found = read(example("one-row-a-child"), "\n".join([line, *bad]))
    (read_one,) = [each for each in found if each.person]
    assert read_one.person is not None
    assert read_one.person.key == "C1"
    assert [each.problems[0].rule for each in found if each.person is None] == ["row-unreadable"] * len(bad)


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
