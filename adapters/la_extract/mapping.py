"""The mapping of an extract: which column of a case system says what, by the names of the SEN2 return.

It is YAML or TOML: plain data. Of YAML every scalar is the text it looks like (`NO` is no truth value), and anchors,
tags and a name twice are refused. `hub extract schema` prints its JSON Schema. A column that a mapping does not name is
not read, and what it does not name is never erased.
"""

import tomllib
from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any, Literal, Self, TypeAlias

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from adapters.la_extract.yaml_text import LineOf, YAMLError, read_yaml
from adapters.la_sen2.names import FIELDS, local_name
from hub.errors import invalid

MOST_BYTES = 256 * 1024
Path: TypeAlias = tuple[str | int, ...]
"""Where something is in a mapping: names, and positions in lists."""
Name = Annotated[str, Field(min_length=1, max_length=200)]


def _text(said: Any) -> Any:
    """A text, as TOML and whoever checks YAML by the schema have a number."""
    return str(said) if isinstance(said, int) and not isinstance(said, bool) else said


Word = Annotated[str, BeforeValidator(_text, json_schema_input_type=str | int)]
"""A word or a code in a row; a code that is a number may be written as one."""


def _number(said: Any) -> Any:
    """A number, as YAML has it: a text."""
    return int(said) if isinstance(said, str) and said.isdecimal() else said


def _column(said: Any) -> Any:
    """A column alone."""
    return {"column": said} if isinstance(said, str) else said


def _way_to_write_a_day(said: str) -> str:
    """One that says the day, the month and the year."""
    day = datetime(2026, 11, 22)  # noqa: DTZ001  (a day has no zone)
    try:
        read = datetime.strptime(day.strftime(said), said)  # noqa: DTZ007  (nor has this one)
    except ValueError:
        read = None
    if read != day:
        raise ValueError("a day is written by %d, %m and %Y, such as %d/%m/%Y")
    return said


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Cell(_Strict):
    """Where an item is found, and how it is written there."""

    column: Name | None = Field(default=None, description="The column's name in the header.")
    value: Annotated[Word, Field(min_length=1, max_length=200)] | None = Field(
        default=None, description="The same for every row, where no column says it."
    )
    date: Annotated[Name, AfterValidator(_way_to_write_a_day)] | None = Field(
        default=None, description="How the day is written, such as %d/%m/%Y."
    )
    codes: dict[str, Word] = Field(
        default_factory=dict, description="The system's words, and the return's codes for them."
    )
    otherwise: Word | None = Field(default=None, description="The code for a word that is not among them.")
    digits: Annotated[int, BeforeValidator(_number), Field(ge=1, le=20)] | None = Field(
        default=None,
        description="How many digits a number has: zeros before it that a spreadsheet dropped are put back.",
    )

    @model_validator(mode="after")
    def says_one_thing(self) -> Self:
        if (self.column is None) == (self.value is None):
            raise ValueError("say the column, or a value that is the same for every row")
        return self


class Mark(Cell):
    """A column, and the words in it that mark a row."""

    @model_validator(mode="after")
    def has_words(self) -> Self:
        if self.column is None or not self.codes:
            raise ValueError("say the column, and under codes the words in it that are meant")
        return self


Items = dict[Name, Annotated[Cell, BeforeValidator(_column, json_schema_input_type=Name | Cell)]]


class Part(_Strict):
    """A part of the record. Without a file of its own, it is in the rows of the part that it belongs to."""

    file: Name | None = Field(
        default=None,
        description="The name of the file in the folder that is imported, or of the sheet in the workbook.",
    )
    key: Name | None = Field(default=None, description="The column that has the child's key in that file.")
    row: Name | None = Field(
        default=None, description="The column by which a row is of one request, as the request has it."
    )
    items: Items = Field(description="By the name in the SEN2 return: the column, or where and how it is written.")


class Mapping(_Strict):
    """One case system's extract."""

    version: Annotated[Literal[1], BeforeValidator(_number)] = Field(description="Of this form of mapping.")
    system: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,60}$")] = Field(
        description="The name under which the case system's own numbers of children are kept."
    )
    encoding: Literal["utf-8", "utf-16", "cp1252"] | None = Field(default=None, description="Left out: found out.")
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] | None = Field(
        default=None, description="Between the cells of CSV; left out: found out."
    )
    key: Name = Field(description="The column that has the case system's own number of the child.")
    nhs_number: Name | None = Field(
        default=None, description="The column with the NHS number. It counts as not traced."
    )
    leave_out: Mark | None = Field(
        default=None,
        description="Rows to pass over: those where the column's word is one of `codes`. Nothing is erased.",
    )
    deleted: Mark | None = Field(
        default=None,
        description="How the system marks a child that it has deleted: rows where the column's word is one of `codes`. "
        "The child's record stays; what this system said counts no longer. Left out: nothing is a deletion.",
    )
    person: Part
    request: Part | None = None
    assessment: Part | None = None
    named_plan: Part | None = None
    plan_detail: tuple[Part, ...] = ()
    active_plan: Part | None = None
    placement_detail: tuple[Part, ...] = ()
    sen_need: tuple[Part, ...] = ()

    def parts(self) -> list[tuple[str, Part]]:
        """Every part with the name of its element in a return."""
        return [(_ELEMENTS[field], part) for field, _, part in self.placed()]

    def placed(self) -> Iterator[tuple[str, tuple[int, ...], Part]]:
        """Every part with the field that it is of, and where that holds several, its position there."""
        for field in _ELEMENTS:
            found: Part | tuple[Part, ...] | None = getattr(self, field)
            if isinstance(found, Part):
                yield field, (), found
            else:
                yield from ((field, (nth,), part) for nth, part in enumerate(found or ()))


_ELEMENTS = {
    "person": "Person",
    "request": "Requests",
    "assessment": "Assessment",
    "named_plan": "NamedPlan",
    "active_plan": "ActivePlans",
    "plan_detail": "PlanDetail",
    "placement_detail": "PlacementDetail",
    "sen_need": "SENneed",
}
"""The parts of a mapping, and the elements of a return that they are."""


def read_mapping(content: bytes, name: str = "") -> Mapping:
    """Of YAML or TOML, as the end of the file's name says; a name that does not say is tried as both.

    Raises `Problem` INVALID, with each fault of the mapping at once: where it is, and in YAML in which line.
    """
    if len(content) > MOST_BYTES:
        raise invalid(f"a mapping has at most {MOST_BYTES // 1024} KiB", rule="mapping-too-large")
    line_of: LineOf | None = None
    try:
        said, line_of = _plain(content.decode("utf-8-sig"), name.rpartition(".")[2].lower())
        mapping = Mapping.model_validate(said)
    except (UnicodeDecodeError, RecursionError) as error:
        raise invalid("the mapping is not text in UTF-8, or too deep", rule="mapping-unreadable") from error
    except ValidationError as error:
        raise invalid("; ".join(_faults(error, line_of)), rule="mapping-malformed") from error
    unknown = [_at(path, "a return has no such item here", line_of) for path in _unknown_items(mapping)]
    if unknown:
        raise invalid("; ".join(unknown), rule="mapping-malformed")
    return mapping


def _plain(text: str, form: str) -> tuple[Any, LineOf | None]:
    """The data, and where its parts stand, where that can be told."""
    match form:
        case "toml":
            return _toml(text), None
        case "yaml" | "yml":
            return _yaml(text)
        case _:
            try:
                return tomllib.loads(text), None
            except tomllib.TOMLDecodeError:
                return _yaml(text)


def _toml(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise invalid(f"the mapping is not TOML: {error}", rule="mapping-unreadable") from error


def _yaml(text: str) -> tuple[dict[str, Any], LineOf]:
    try:
        return read_yaml(text)
    except YAMLError as error:
        raise invalid(f"the mapping is not YAML: {' '.join(str(error).split())}", rule="mapping-unreadable") from error


def _faults(error: ValidationError, line_of: LineOf | None) -> Iterator[str]:
    for each in error.errors(include_input=False, include_url=False):
        yield _at(each["loc"], _SAID.get(each["type"], each["msg"].removeprefix("Value error, ")), line_of)


def _at(path: Path, said: str, line_of: LineOf | None) -> str:
    line = "" if line_of is None else f"line {line_of(path)}: "
    return f"{line}{'.'.join(map(str, path))}: {said}"


def _unknown_items(mapping: Mapping) -> Iterator[Path]:
    """Where an item is that a return does not have: a slip of the pen would lose a column."""
    for field, nth, part in mapping.placed():
        known = FIELDS[_ELEMENTS[field].lower()]
        yield from ((field, *nth, "items", item) for item in part.items if local_name(item) not in known)


_SAID = {"extra_forbidden": "a mapping has no such name here", "missing": "this is missing"}


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a mapping."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Mapping.model_json_schema()}
