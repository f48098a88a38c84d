"""Which of the authority's own children a person of its return is. No other body's records are asked.

By UPN; else by family name, forename and date of birth, and by postcode where both have one. Where that leaves a doubt,
nobody is chosen: the person goes to quarantine, and someone who can tell decides.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import Enum, auto
from uuid import UUID

from hub.actions.sen2_return import Person
from hub.db.import_return import Row


class Doubt(Enum):
    """Why nobody was chosen."""

    AMBIGUOUS = auto()
    UPN_OF_ANOTHER = auto()
    GONE = auto()


class Known:
    """The children that the persons of a batch may turn out to be, and those that earlier persons turned out to be."""

    def __init__(self, children: Iterable[Row], claimed: set[UUID]) -> None:
        self._claimed = claimed
        self._by_id: dict[UUID, Row] = {}
        self._by_upn: dict[str, Row] = {}
        self._by_nhs_number: dict[str, Row] = {}
        self._by_name: dict[tuple[str, str, date], list[Row]] = defaultdict(list)
        for child in children:
            self._add(child)

    def became(self, child: Row) -> None:
        """A person turned out to be this child, who may be new or have a new name or UPN, and is nobody else's now."""
        self._claimed.add(child["id"])
        self._add(child)

    def _add(self, child: Row) -> None:
        self._by_id[child["id"]] = child
        if child["upn"] is not None:
            self._by_upn[child["upn"]] = child
        if child["nhs_number"] is not None:
            self._by_nhs_number[child["nhs_number"]] = child
        alike = self._by_name[_name(child)]
        if not any(child is other for other in alike):
            alike.append(child)

    def with_id(self, child_id: UUID) -> Row | None:
        """The child of this id, if it was looked up."""
        return self._by_id.get(child_id)

    def with_upn(self, upn: str | None) -> Row | None:
        """The child that has the UPN."""
        return None if upn is None else self._by_upn.get(upn)

    def with_nhs_number(self, nhs_number: str) -> Row | None:
        """The child that has the number."""
        return self._by_nhs_number.get(nhs_number)

    def who_is(self, person: Person) -> Row | Doubt | None:
        """The child that the person is; None for a child the authority has not had."""
        child = self._find(person)
        if isinstance(child, dict) and child["id"] in self._claimed:
            return Doubt.AMBIGUOUS
        return child

    def _find(self, person: Person) -> Row | Doubt | None:
        by_upn = self._by_upn.get(person.upn) if person.upn else None
        if by_upn is not None and by_upn["upn"] == person.upn:
            return by_upn if _could_be(person, by_upn) else Doubt.AMBIGUOUS
        name = (person.family_name, person.forename, person.date_of_birth)
        alike = [
            child
            for child in self._by_name.get(name, ())
            if _name(child) == name and _same_home(person.postcode, child["postcode"])
        ]
        if not alike:
            return None
        if len(alike) > 1 or not _upn_may_become(alike[0]["upn"], person.upn):
            return Doubt.AMBIGUOUS
        return alike[0]


@dataclass(frozen=True, slots=True)
class Chosen:
    """A person has said which child of the authority somebody in a file is; `child_id` None: one it has not had."""

    child_id: UUID | None

    @property
    def ids(self) -> tuple[UUID, ...]:
        return () if self.child_id is None else (self.child_id,)

    def of(self, person: Person, known: Known) -> Row | Doubt | None:
        """The child that was chosen, unless the UPN says that it is another."""
        holder = known.with_upn(person.upn)
        if holder is not None and holder["id"] != self.child_id:
            return Doubt.UPN_OF_ANOTHER
        return None if self.child_id is None else known.with_id(self.child_id) or Doubt.GONE


def _name(child: Row) -> tuple[str, str, date]:
    return (child["family_name"], " ".join(child["given_names"]), child["date_of_birth"])


def _could_be(person: Person, child: Row) -> bool:
    """A name may change and a date be corrected, but forename and date of birth together are another child's."""
    return person.date_of_birth == child["date_of_birth"] or person.forename in {
        child["given_names"][0],
        " ".join(child["given_names"]),
    }


def _same_home(one: str | None, other: str | None) -> bool:
    return not one or not other or one.replace(" ", "") == other.replace(" ", "")


def _upn_may_become(recorded: str | None, said: str | None) -> bool:
    """A child gets a UPN, or a permanent one for a temporary one (which ends in a letter); no other change is."""
    return recorded is None or said is None or recorded == said or recorded[-1].isalpha()
