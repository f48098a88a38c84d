"""Mappings of extracts: YAML or TOML, plain data alone, and what an analyst sees of one before anything is imported."""

import json
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator
from typer.testing import CliRunner

from adapters.la_extract.mapping import json_schema, read_mapping
from hub.cli import app
from hub.errors import Problem
from tests.extracts import EXAMPLES, ONE_ROW_A_CHILD


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


@pytest.mark.parametrize(
    "text",
    [
        "version: 1\nsystem: ok\nkey: &k x\nnhs_number: *k\nperson: { items: { Surname: a } }",
        "version: 1\nsystem: !!python/name:os.system ok\nkey: k\nperson: { items: { Surname: a } }",
        "version: 1\nversion: 1\nsystem: ok\nkey: k\nperson: { items: { Surname: a } }",
        "- a list",
        "just words",
        "a: [",
    ],
)
def test_yaml_that_is_more_than_plain_data_is_refused(text: str) -> None:
    with pytest.raises(Problem) as refused:
        read_mapping(text.encode())
    assert refused.value.rule == "mapping-unreadable"


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        (
            "Surname: Last Name",
            "Surname: { colum: Last Name }",
            "line 15: person.items.Surname.colum: a mapping has no such",
        ),
        ("Surname: Last Name", "Surname: { date: '%d/%m/%Y' }", "line 15: person.items.Surname: say the column, or"),
        ("Surname: Last Name", "Surname: { column: a, value: b }", "line 15: person.items.Surname: say the column, or"),
        ("Surname: Last Name", "Surname: [Last Name]", "line 15: person.items.Surname: "),
        (
            'column: DOB, date: "%d/%m/%Y"',
            "column: DOB, date: dd/mm/yyyy",
            "line 17: person.items.PersonBirthDate.date",
        ),
        ('column: DOB, date: "%d/%m/%Y"', "column: DOB, date: '%d/%m'", "a day is written by %d, %m and %Y"),
        ('Deleted: "", Test record: ""', "", "line 9: leave_out: say the column, and under codes the words"),
        ("      URN: School URN", "      URN: { value: 1, digits: 0 }", "line 40: plan_detail.0.items.URN.digits"),
        ("Surname: Last Name", "Surnam: Last Name", "line 15: person.items.Surnam: a return has no such item here"),
        ("URN: School URN", "Urm: School URN", "line 40: plan_detail.0.items.Urm: a return has no such item here"),
        ("system: caseworks\n", "", "line 2: system: this is missing"),
    ],
)
def test_each_fault_of_a_mapping_says_where_it_is(before: str, after: str, fault: str) -> None:
    """In YAML by its line too: whoever wrote the file is no programmer."""
    example = (EXAMPLES / "one-row-a-child.yaml").read_text()
    assert before in example
    with pytest.raises(Problem) as refused:
        read_mapping(example.replace(before, after).encode(), "mapping.yaml")
    assert refused.value.rule == "mapping-malformed"
    assert fault in refused.value.message


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("m.yaml", "version: 1\nkey: { a: [b }\n", "not YAML: .* line 2, column 14"),
        ("m.yml", "version: 1\nkey: &k x\n", "not YAML: anchors.* line 2, column 6"),
        ("m.yaml", "version: 1\nkey: x\nkey: y\n", "not YAML: a name stands twice.* line 3, column 1"),
        ("M.TOML", "version = 1\nkey = x\n", "not TOML: .*line 2"),
    ],
)
def test_a_mapping_that_cannot_be_read_says_in_which_line(name: str, text: str, told: str) -> None:
    """As what its name says that it is, and as nothing else."""
    with pytest.raises(Problem, match=told) as refused:
        read_mapping(text.encode(), name)
    assert refused.value.rule == "mapping-unreadable"
    assert not {"TOML", "YAML"} <= set(refused.value.message.split())


def test_the_json_schema_takes_a_column_alone() -> None:
    """It is what an editor checks a mapping by while it is written."""
    schema = Draft202012Validator(json_schema())
    for path in EXAMPLES.iterdir():
        assert not list(schema.iter_errors(yaml.safe_load(path.read_text()))), path.name
    wrong = {"version": 1, "system": "ok", "key": "k", "person": {"items": {"Surname": {"colum": "a"}}}}
    assert [each.json_path for each in schema.iter_errors(wrong)] == ["$.person.items.Surname"]


def test_yaml_and_toml_are_read_alike_and_no_is_a_word() -> None:
    yaml = "version: 1\nsystem: ok\nkey: k\nperson:\n  items:\n    Sex: { column: no, codes: { NO: M, 012: F } }\n"
    toml = "version = 1\nsystem = 'ok'\nkey = 'k'\n[person.items]\n"
    toml += "Sex = { column = 'no', codes = { NO = 'M', 012 = 'F' } }"
    assert read_mapping(yaml.encode()) == read_mapping(toml.encode())


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
    assert "  UPN: (said)" not in result.output, "the first is refused for it"
    assert "this is not a date of the calendar, written %d/%m/%Y in the column DOB [date-format]" in result.output
    assert "[upn-check-letter]" in result.output
    path.write_text(ONE_ROW_A_CHILD, "utf-8")
    result = CliRunner().invoke(app, ["extract", "check", str(path), "--mapping", mapping, "--names"])
    assert result.exit_code == 0
    shown = result.output.partition("row 3")[0].splitlines()
    assert {"  key: C1", "  nhs_number: 9990000018", "  Surname: Appleby", "  PersonBirthDate: 2013-05-02"} <= set(
        shown
    )
    assert "  Requests/ReceivedDate: 2022-03-01" in shown, "as it was mapped, by the names of the return"
    assert "  Requests/Assessment/NamedPlan/PlanDetail/URN: 100001" in shown
    assert "  Requests/ActivePlans/SENneed/SENtype: ASD" in shown
    hidden = CliRunner().invoke(app, ["extract", "check", str(path), "--mapping", mapping]).output
    assert {"  Surname: (said)", "  UPN: (said)", "  Requests/ReceivedDate: 2022-03-01"} <= set(hidden.splitlines())
    for secret in ("Appleby", "Zoë", "2013-05-02", "R990", "9990000018", "C1", "ZZ99"):
        assert secret not in hidden
    schema = json.loads(CliRunner().invoke(app, ["extract", "schema"]).output)
    assert schema == json_schema()
    assert schema["additionalProperties"] is False
