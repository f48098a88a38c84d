"""The nine parts of COLLECT's "Blade" CSV export, each a file, and how the rows of one belong to those of another."""

import re
from calendar import month_abbr
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Part:
    """A part: its name, which its file ends in and its element bears, and the part its rows belong to."""

    name: str
    within: str | None

    @property
    def key(self) -> str:
        """The column of a row's own id."""
        return f"{self.name}tableid"

    @property
    def belongs_to(self) -> str | None:
        """The column of the id of the row that a row belongs to."""
        return f"{self.within}tableid" if self.within else None


PARTS: Mapping[str, Part] = {
    each.name: each
    for each in (
        Part("sen2", None),
        Part("person", "sen2"),
        Part("requests", "person"),
        Part("assessment", "requests"),
        Part("namedplan", "assessment"),
        Part("plandetail", "namedplan"),
        Part("activeplans", "requests"),
        Part("placementdetail", "activeplans"),
        Part("senneed", "activeplans"),
    )
}
"""Each after the part it belongs to."""

_OWN = re.compile(r"nativeid|sourceid|[a-z0-9]+orderseqcolumn|[a-z0-9]+tableid")
"""COLLECT's own columns, which say nothing of the person."""

_DAYS = frozenset(
    {
        "referencedate", "personbirthdate", "receiveddate", "requestoutcomedate", "assessmentoutcomedate", "startdate",
        "ceasedate", "reviewmeeting", "reviewdraft", "phasetransferduedate", "phasetransferfinaldate", "lastreview",
        "entrydate", "leavingdate",
    }
)  # fmt: skip
_FLAGS = frozenset(
    {
        "rya", "requestmediation", "requesttribunal", "assessmentmediation", "assessmenttribunal", "othermediation",
        "othertribunal", "week20", "pb", "oa", "senunitindicator", "resourcedprovisionindicator",
    }
)  # fmt: skip
_DAY = re.compile(r"(\d{4})-([A-Z][a-z]{2})-(\d{2})(?: 00:00:00)?|(\d{4}-\d{2}-\d{2}) 00:00:00")
_MONTHS = dict(zip(month_abbr[1:], (f"{number:02}" for number in range(1, 13)), strict=True))
_TRUTH = {"true": "1", "false": "0"}


def says_of_a_person(column: str) -> bool:
    """Whether the column (lower case) is more than COLLECT's own numbering."""
    return _OWN.fullmatch(column) is None


def as_in_a_return(column: str, cell: str) -> str:
    """The cell as the XML return writes it: its day as YYYY-MM-DD, its truth as 1 or 0. Anything else as it stands."""
    if column in _DAYS:
        return _day(cell)
    return _TRUTH.get(cell.lower(), cell) if column in _FLAGS else cell


def _day(cell: str) -> str:
    """A day such as 2022-Sep-28 00:00:00."""
    found = _DAY.fullmatch(cell.strip())
    if found is None:
        return cell
    year, month, day, plain = found.groups()
    number = _MONTHS.get(month) if month else None
    return plain or (f"{year}-{number}-{day}" if number else cell)
