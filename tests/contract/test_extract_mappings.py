"""Mappings of extracts: YAML or TOML, plain data alone, and what an analyst sees of one before anything is imported."""

import json
from pathlib import Path

import pytest
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
    assert "this is not a date of the calendar, written %d/%m/%Y in the column DOB [date-format]" in result.output
    assert "[upn-check-letter]" in result.output
    path.write_text(ONE_ROW_A_CHILD, "utf-8")
    result = CliRunner().invoke(app, ["extract", "check", str(path), "--mapping", mapping, "--names"])
    assert result.exit_code == 0
    assert "Appleby, Zoë, 2013-05-02" in result.output
    schema = json.loads(CliRunner().invoke(app, ["extract", "schema"]).output)
    assert schema == json_schema()
    assert schema["additionalProperties"] is False
