"""The county: two authorities, their partners and their children, put together from a seed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from hub.county import arrangements, children, disclosures, likeness, moves, school_years, stories, words
from hub.county.bodies import MERGED_FROM, Bodies, Body, all_bodies, organisation_rows, person_rows
from hub.county.casework import live
from hub.county.children import Identity, Registers, Traits
from hub.county.holdings import Holding
from hub.county.people import Specialised, way_for
from hub.county.rows import Book, Case, new_id
from hub.county.stories import Story
from hub.law.reg64_decision_makers import over_compulsory_school_age
from hub.law.school_years import age_on
from hub.law.vocabulary import OrganisationKind

_A_YEAR = timedelta(days=366)
EARLIEST = date(MERGED_FROM.year, 7, 1)
"""The county is told as of a day after its commissioners merged."""


@dataclass(frozen=True, slots=True)
class County:
    """Everything there is, as rows by table in the order in which they can be inserted."""

    rows: Mapping[str, list[dict[str, Any]]]
    bodies: Bodies

    @property
    def size(self) -> int:
        """How many rows there are in all."""
        return sum(map(len, self.rows.values()))

    @property
    def authorities(self) -> tuple[Body, ...]:
        return self._of(OrganisationKind.LOCAL_AUTHORITY)

    @property
    def trusts(self) -> tuple[Body, ...]:
        return self._of(OrganisationKind.NHS_TRUST)

    @property
    def commissioner(self) -> Body:
        """The integrated care board in force."""
        return self.bodies.icb

    @property
    def organisations(self) -> list[dict[str, str]]:
        """Name, kind and code of each body, as demo.json has them."""
        return [{"name": body.name, "kind": body.kind.value, "code": body.code} for body in self.bodies.every]

    @property
    def people(self) -> list[dict[str, str]]:
        """Who can sign in, as demo.json has them; `organisation` is the code."""
        by_id = {body.id: body.code for body in self.bodies.every}
        return [
            {"username": row["username"], "organisation": by_id[row["organisation_id"]], "role": row["role"]}
            for row in self.rows["person"]
        ]

    @property
    def children(self) -> list[dict[str, str | None]]:
        """The children's records, as demo.json has them; `authority` is the LA code."""
        by_id = {body.id: body.code for body in self.bodies.every}
        return [
            {
                "id": str(row["id"]),
                "nhs_number": row["nhs_number"],
                "upn": row["upn"],
                "authority": by_id[row["owner_id"]],
            }
            for row in self.rows["child"]
        ]

    def _of(self, kind: OrganisationKind) -> tuple[Body, ...]:
        return tuple(body for body in self.bodies.every if body.kind is kind)


def make_county(*, seed: int, today: date, children: int = 300) -> County:
    """The same county for the same seed, day and number of children. Everything in it happened before `today`.

    Two thirds of the children are the first authority's. Raises ValueError for a day before EARLIEST.
    """
    if today < EARLIEST:
        raise ValueError(f"The county is told as of {EARLIEST} or later.")
    telling = _Telling(seed, today, all_bodies(), Book())
    telling.tell(children)
    return County(telling.book.rows, telling.bodies)


@dataclass(slots=True)
class _Moving:
    """A child on the way from one authority to the other."""

    who: Identity
    left: Holding


class _Telling:
    """The state of one telling: the book that it writes, and who is on the move."""

    def __init__(self, seed: int, today: date, bodies: Bodies, book: Book) -> None:
        self.seed = seed
        self.today = today
        self.bodies = bodies
        self.book = book
        self.registers = Registers(self.rng("registers"))
        self.moving: list[_Moving] = []

    def rng(self, name: object) -> Random:
        """A stream of its own for each child, so that what is told of one changes nothing for another."""
        return Random(f"{self.seed}/{name}")  # noqa: S311  (the county must come out the same, not secret)

    def tell(self, count: int) -> None:
        for row in organisation_rows(self.bodies):
            self.book.add("organisation", row)
        for row in person_rows(self.bodies):
            self.book.add("person", row)
        school_years.write(self.book, self.rng("school years"), self.bodies, self.today)
        deck = stories.deck()
        for number in range(count):
            story, seat = deck[number % len(deck)]
            self._child(number, story, seat)
        likeness.write(self.book, self.rng("likeness"), self.today)
        words.write(self.book, self.rng("words"), self.bodies, self.today)
        in_force = arrangements.write(self.book, self.rng("arrangements"), self.bodies, self.today)
        disclosures.write(self.book, self.rng("disclosures"), self.bodies, self.today, in_force)

    def _child(self, number: int, story: Story, seat: int) -> None:
        rng = self.rng(number)
        owner = self._owner(number, story)
        moving = self.moving.pop() if story is Story.MOVED_IN else None
        who = moving.who if moving else self._identity(rng, owner, number, story, seat)
        case = self._case(rng, owner, who)
        children.write(case, who, number)
        holding: Holding | None = None
        if moving:
            moves.move_in(case, seat, moving.left)
        elif story is Story.MOVED_OUT:
            self.moving.append(_Moving(who, moves.move_out(case, seat)))
        else:
            holding = live(case, story, seat)
        grown = story is Story.LONG_HELD and over_compulsory_school_age(case.born, self.today - _A_YEAR)
        if holding is not None and ((story is Story.NEW and 20 <= seat < 28) or (grown and seat % 4 == 0)):
            setting = holding.in_force.setting or self.bodies.independent
            children.consent(case, seat % 8, setting.id)

    def _case(self, rng: Random, owner: Body, who: Identity) -> Case:
        return Case(
            book=self.book,
            rng=rng,
            bodies=self.bodies,
            today=self.today,
            owner=owner,
            child_id=new_id(rng),
            name=who.given_names[0],
            family_name=who.family_name,
            sex=who.sex,
            born=who.traits.born,
            types=who.traits.types,
            way=who.traits.way,
            specialised=who.traits.specialised,
            budget=who.traits.budget,
        )

    def _owner(self, number: int, story: Story) -> Body:
        if story in {Story.MOVED_OUT, Story.MOVED_IN}:
            return self.bodies["990" if story is Story.MOVED_OUT else "991"]
        return self.bodies["991" if number % 3 == 2 else "990"]

    def _identity(self, rng: Random, owner: Body, number: int, story: Story, seat: int) -> Identity:
        born = stories.born(rng, story, self.today)
        types = stories.sen_types(rng, story, seat)
        way = way_for((rng.random(), rng.random(), rng.randrange(1000)), types, age_on(born, self.today))
        traits = Traits(born, types, way, _specialised(story, seat), stories.BUDGETS.get((story, seat)))
        schools = [each for each in self.bodies.settings(owner) if each.authority == owner.code]
        return children.identity(self.registers, rng, traits, schools, self.today)


def _specialised(story: Story, seat: int) -> Specialised | None:
    """For a few children with plans NHS England commissions."""
    if story not in {Story.NEW, Story.LONG_HELD, Story.AMENDED}:
        return None
    return {9: Specialised.SERVICE, 19: Specialised.FORCES_FAMILY}.get(seat % 23)
