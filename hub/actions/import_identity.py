"""Which of the authority's own children a person of its file is. No other body's records are asked.

By the rules of `hub.law.identity`, each with its evidence. Where they leave a doubt, nobody is chosen: the person goes
to quarantine, and someone who can tell decides.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum, auto
from uuid import UUID

from hub.actions.sen2_return import ImportProblem, Person, ReadPerson, Severity
from hub.db.import_return import Row
from hub.law import identity
from hub.law.identity import NUMBER_IN_COMMON, Linked
from hub.law.identity_rules import OWN_FILE_RULES, RULES, Evidence

_RULES = (*RULES, *OWN_FILE_RULES)
_BY_A_PERSON = Linked("chosen-by-a-person", frozenset())
_EXACTLY = Linked(
    RULES[1].name,
    frozenset(
        {Evidence.UPN_SAME, Evidence.FAMILY_NAME_SAME, Evidence.GIVEN_NAME_SAME, Evidence.DATE_OF_BIRTH_SAME},
    ),
)
"""A pupil number with the same names and date of birth: what most persons of a later file are known by."""


NOBODY = UUID(int=0)


class Doubt(Enum):
    """Why nobody was chosen."""

    AMBIGUOUS = auto()
    UPN_OF_ANOTHER = auto()
    GONE = auto()


@dataclass(frozen=True, slots=True)
class Match:
    """The child that a person is, by which rule, and on what evidence."""

    child: Row
    why: Linked


class Known:
    """The children that the persons of a batch may turn out to be, and those that earlier persons turned out to be.

    `numbered`: the ids of children by their number in the case system that the file is of, which is called `system`.
    """

    def __init__(
        self,
        children: Iterable[Row],
        claimed: set[UUID],
        *,
        system: str | None,
        numbered: Mapping[str, UUID],
        today: date,
    ) -> None:
        self._claimed = claimed
        self._system = system
        self._numbered = numbered
        self._today = today
        self._by_id: dict[UUID, Row] = {}
        self._by_upn: dict[str, Row] = {}
        self._by_nhs_number: dict[str, Row] = {}
        self._by_name: dict[tuple[str, str, date], list[Row]] = defaultdict(list)
        self._by_home: dict[tuple[str, date], list[Row]] = defaultdict(list)
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
        _put(self._by_name[_name(child)], child)
        if child["postcode"]:
            _put(self._by_home[home_of(child["postcode"]), child["date_of_birth"]], child)

    def with_id(self, child_id: UUID) -> Row | None:
        """The child of this id, if it was looked up."""
        return self._by_id.get(child_id)

    def with_upn(self, upn: str | None) -> Row | None:
        """The child that has the UPN."""
        return None if upn is None else self._by_upn.get(upn)

    def with_nhs_number(self, nhs_number: str) -> Row | None:
        """The child that has the number."""
        return self._by_nhs_number.get(nhs_number)

    def numbered(self, number: str) -> Row | None:
        """The child that the case system has under the number."""
        return self._by_id.get(self._numbered.get(number, NOBODY))

    def who_is(self, person: Person) -> Match | Doubt | None:
        """The child that the person is; None for a child the authority has not had."""
        found = self._find(person)
        if isinstance(found, Match) and found.child["id"] in self._claimed:
            return Doubt.AMBIGUOUS
        return found

    def _find(self, person: Person) -> Match | Doubt | None:
        holder = self._holder(person)
        name = (person.family_name, person.forename, person.date_of_birth)
        if holder is not None and _name(holder) == name:
            return Match(holder, _EXACTLY)
        linked = {child["id"]: Match(child, why) for child, why in self._linked(person)}
        sure = [each for each in linked.values() if each.why.evidence & NUMBER_IN_COMMON] or list(linked.values())
        named = [child for child in self._by_name.get(name, ()) if _name(child) == name]
        if len(sure) == 1 and not _speaks_against(sure[0], holder, named, person):
            return sure[0]
        alike = any(_same_home(person.postcode, child["postcode"]) for child in named)
        return Doubt.AMBIGUOUS if sure or holder is not None or alike else None

    def _holder(self, person: Person) -> Row | None:
        """The child that has the pupil number now."""
        found = self._by_upn.get(person.upn) if person.upn else None
        return found if found is not None and found["upn"] == person.upn else None

    def _linked(self, person: Person) -> Iterator[tuple[Row, Linked]]:
        said: identity.Known | None = None
        for child in self._near(person):
            said = said or self._known(person)
            numbered = person.key is not None and self._numbered.get(person.key) == child["id"]
            record = _known(child, said.system_number if numbered else None)
            judged = identity.judge(said, record, on=self._today, rules=_RULES)
            if isinstance(judged, Linked):
                yield child, judged

    def _near(self, person: Person) -> Iterator[Row]:
        """Children with a number in common, with the same words, or at the same home with the same day of birth."""
        by_key = self._numbered.get(person.key) if person.key else None
        numbers = (
            self._holder(person),
            self._by_nhs_number.get(person.nhs_number or ""),
            self._by_id.get(by_key) if by_key else None,
        )
        yield from (each for each in numbers if each is not None)
        yield from self._by_name.get((person.family_name, person.forename, person.date_of_birth), ())
        if person.postcode:
            yield from self._by_home.get((home_of(person.postcode), person.date_of_birth), ())

    def _known(self, person: Person) -> identity.Known:
        return identity.Known(
            person.family_name,
            person.forename,
            person.date_of_birth,
            person.postcode,
            person.nhs_number,
            person.nhs_number_status,
            person.upn,
            (self._system, person.key) if self._system and person.key else None,
        )


def home_of(postcode: str) -> str:
    """A postcode as `children_like` compares it."""
    return postcode.replace(" ", "").lower()


def _put(children: list[Row], child: Row) -> None:
    if not any(child is other for other in children):
        children.append(child)


def _known(child: Row, system_number: tuple[str, str] | None) -> identity.Known:
    return identity.Known(
        child["family_name"],
        " ".join(child["given_names"]),
        child["date_of_birth"],
        child["postcode"],
        child["nhs_number"],
        child["nhs_number_status"],
        child["upn"],
        system_number,
    )


@dataclass(frozen=True, slots=True)
class Chosen:
    """A person has said which child of the authority somebody in a file is; `child_id` None: one it has not had."""

    child_id: UUID | None

    @property
    def ids(self) -> tuple[UUID, ...]:
        return () if self.child_id is None else (self.child_id,)

    def of(self, person: Person, known: Known) -> Match | Doubt | None:
        """The child that was chosen, unless the UPN says that it is another."""
        holder = known.with_upn(person.upn)
        if holder is not None and holder["id"] != self.child_id:
            return Doubt.UPN_OF_ANOTHER
        if self.child_id is None:
            return None
        child = known.with_id(self.child_id)
        return Doubt.GONE if child is None else Match(child, _BY_A_PERSON)


def _name(child: Row) -> tuple[str, str, date]:
    return (child["family_name"], " ".join(child["given_names"]), child["date_of_birth"])


def _speaks_against(match: Match, holder: Row | None, named: Iterable[Row], person: Person) -> bool:
    """Another child has the pupil number, or has the person's very names while the match has another given name (as
    twins have who were given one number by mistake); or the pupil number became another."""
    child = match.child
    twin = Evidence.GIVEN_NAME_DIFFERS in match.why.evidence and any(each is not child for each in named)
    taken = holder is not None and holder["id"] != child["id"]
    return taken or twin or not _upn_may_become(child["upn"], person.upn)


def _same_home(one: str | None, other: str | None) -> bool:
    return not one or not other or one.replace(" ", "") == other.replace(" ", "")


def _upn_may_become(recorded: str | None, said: str | None) -> bool:
    """A child gets a UPN, or a permanent one for a temporary one (which ends in a letter); no other change is."""
    return recorded is None or said is None or recorded == said or recorded[-1].isalpha()


def without_number_of_another(read: ReadPerson, child: Row | None, known: Known) -> ReadPerson:
    """An NHS number that the authority holds for another child is left out, and told: somebody looks at both."""
    person = read.person
    if person is None or person.nhs_number is None:
        return read
    holder = known.with_nhs_number(person.nhs_number)
    if holder is None or (child is not None and holder["id"] == child["id"]):
        return read
    message = "another child of the authority has this NHS number: it was left out"
    problem = ImportProblem(read.place, read.line, "nhs-number-of-another", message, Severity.WARNING)
    person = replace(person, nhs_number=None, nhs_number_status=None)
    return replace(read, person=person, problems=(*read.problems, problem))


def doubted(read: ReadPerson, doubt: Doubt) -> ImportProblem:
    """What the doubt is called in a report."""
    return ImportProblem(read.place, read.line, *_DOUBTS[doubt])


_DOUBTS = {
    Doubt.AMBIGUOUS: (
        "identity-ambiguous",
        "which of the authority's children this is cannot be told from the names, dates and numbers given",
    ),
    Doubt.UPN_OF_ANOTHER: ("upn-of-another", "another child of the authority has this UPN"),
    Doubt.GONE: ("child-gone", "the child that was chosen is not among the authority's any more: choose again"),
}
