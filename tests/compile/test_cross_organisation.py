"""Nobody changes, or learns of, what is another's: every mutation, at every place of its input that takes an id.

Made from the schema. An id of somebody else's is answered, byte for byte, as an id that nobody has (security: row 24).
What kind of thing an id is of is learned from the hub's own answers, so that a new mutation is tried at once.
"""

import re
import uuid
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import orjson
import psycopg
import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    get_named_type,
    is_required_input_field,
)
from psycopg import sql

from hub.db import sharing, tables
from hub.db.place import WORKER_ROLE, as_role
from hub.db.session import Database
from hub.law.caller import Caller
from hub.law.reg17_disclosure import Purpose
from hub.law.vocabulary import OrganisationKind
from schema.answer import Request
from schema.execution import Execution
from schema.ids import to_global
from schema.projection import projections
from tests.compile.answers import Rehearsal
from tests.compile.filled import Filled
from tests.compile.related import related, whose
from tests.compile.rows import TODAY
from tests.compile.whole import SCHEMA
from tests.conftest import NOW
from tests.world import ALL_SCOPES

SCOPES = ALL_SCOPES | {"notification.write", "budget.write", "review.write", "redress.write", "arrangement.write"}
KINDS = (OrganisationKind.LOCAL_AUTHORITY, OrganisationKind.INTEGRATED_CARE_BOARD, OrganisationKind.NHS_TRUST)
Path = tuple[str, ...]
_SCALARS: Mapping[str, Any] = {
    "Int": 1,
    "Float": 1.0,
    "Boolean": True,
    "Date": TODAY.isoformat(),
    "DateTime": NOW.isoformat(),
    "Money": "1.00",
    "NHSNumber": "9990000018",
    "LACode": "990",
    "ODSCode": "QX1",
}
_WORDS = {"AdviceKind": "EDUCATION"}
"""The parent's advice is no body's."""
_SAID = {"outcomes"}
"""Advice says something."""
_PUBLIC = {"Organisation"}
"""Bodies are in no body's records: everybody may name one."""
INJECTED = ("'; DROP TABLE child; --", '") OR (""="', "$1 %s {0} $.owner_id ? (@ != null)")
"""What means something in SQL, in a format and in a JSON path (security: row 26)."""


@dataclass
class Attempt:
    """A mutation whose input is filled in, with the optional fields on the way to one id and no others."""

    name: str
    place: Path
    """Where the id is that is another's."""
    words: str = "words"
    types: dict[str, str] = field(default_factory=dict[str, str])
    """Of which type the id in each field is, as far as it has been learned."""

    @property
    def document(self) -> str:
        mutation = SCHEMA.mutation_type.fields[self.name]
        return (
            f"mutation Try($input: {mutation.args['input'].type}) "
            f"{{ done: {self.name}(input: $input) {{ refusals {{ provision rule message path }} }} }}"
        )

    def variables(self, ids: Mapping[Path, str], unknown: Mapping[str, str]) -> dict[str, Any]:
        """`ids`: what stands at a place; elsewhere an id stands that nobody has."""
        kind = get_named_type(SCHEMA.mutation_type.fields[self.name].args["input"].type)
        return {"input": self._object(kind, (), ids, unknown)}

    def _object(self, kind: Any, at: Path, ids: Mapping[Path, str], unknown: Mapping[str, str]) -> dict[str, Any]:
        wanted = (
            (name, each)
            for name, each in kind.fields.items()
            if is_required_input_field(each) or name in _SAID or (*at, name) == self.place[: len(at) + 1]
        )
        return {name: self._value(each.type, (*at, name), ids, unknown) for name, each in wanted}

    def _value(self, kind: Any, at: Path, ids: Mapping[Path, str], unknown: Mapping[str, str]) -> Any:
        match kind:
            case GraphQLNonNull():
                return self._value(kind.of_type, at, ids, unknown)
            case GraphQLList():
                return [self._value(kind.of_type, at, ids, unknown)]
            case GraphQLInputObjectType():
                return self._object(kind, at, ids, unknown)
            case GraphQLEnumType():
                return _WORDS.get(kind.name) or next(iter(kind.values))
            case _ if kind.name == "ID":
                return ids.get(at) or unknown[self.type_at(at)]
            case _:
                return _SCALARS.get(kind.name, self.words)

    def type_at(self, at: Path) -> str:
        return self.types.get(".".join(at), "Child")

    def ids(self) -> list[Path]:
        """Every place of this input where an id stands."""
        return [at for at in places(self.name) if self._stands(at)]

    def _stands(self, at: Path) -> bool:
        kind = get_named_type(SCHEMA.mutation_type.fields[self.name].args["input"].type)
        for step, name in enumerate(at, start=1):
            if not is_required_input_field(kind.fields[name]) and at[:step] != self.place[:step]:
                return False
            kind = get_named_type(kind.fields[name].type)
        return True


def places(mutation: str) -> list[Path]:
    """Every place in the input of a mutation that takes an id."""
    return list(_places(get_named_type(SCHEMA.mutation_type.fields[mutation].args["input"].type), ()))


def _places(kind: Any, at: Path) -> Iterator[Path]:
    for name, each in kind.fields.items():
        below = get_named_type(each.type)
        if isinstance(below, GraphQLInputObjectType):
            yield from _places(below, (*at, name))
        elif below.name == "ID":
            yield (*at, name)


ATTEMPTS = [(name, place) for name in SCHEMA.mutation_type.fields for place in places(name)]


class Trying:
    """Sends attempts. What they would do is undone; what they answer is kept."""

    def __init__(self, database: Database) -> None:
        transactions = Rehearsal(database, clock=lambda: NOW, new_id=uuid.uuid4)
        self.database = database
        self._execution = Execution(transactions, clock=lambda: NOW, new_id=uuid.uuid4)
        names = [each.name for each in projections().values() if each.is_node]
        self.unknown = {name: to_global(name, uuid.uuid4()) for name in names}

    async def answer(self, attempt: Attempt, caller: Caller, ids: Mapping[Path, str]) -> bytes:
        variables = attempt.variables(ids, self.unknown)
        return orjson.dumps(await self._execution.execute(Request(attempt.document, None, variables), caller))

    async def learn(self, attempt: Attempt, caller: Caller) -> None:
        """Ask until no id is of the wrong type: the answer says which one should be of which."""
        for _ in range(len(attempt.ids()) + 1):
            told = orjson.loads(await self.answer(attempt, caller, {}))
            (error,) = told.get("errors") or [{"extensions": {}}]
            if error["extensions"].get("rule") != "id-of-another-type":
                return
            wanted = re.findall(r"the id of a (\w+)", error["message"])[0]
            argument = [each for each in error["extensions"]["argument"] if not each.isdigit()][-1]
            named = [at for at in attempt.ids() if argument in at and attempt.type_at(at) != wanted]
            attempt.types |= {".".join(at): wanted for at in named or [attempt.place]}
        raise AssertionError(f"{attempt.name} takes no id of any type at {attempt.place}")


@pytest.fixture
async def trying(filled: Filled) -> AsyncIterator[Trying]:
    database = Database(filled.url, own_url=as_role(filled.owner_url, WORKER_ROLE), pool_size=2)
    yield Trying(database)
    await database.close()


def stranger(kind: OrganisationKind) -> Caller:
    """A body with every scope, and nothing to do with any child."""
    return Caller(
        UUID(int=1),
        kind,
        "RX9",
        "Strange body",
        "stranger",
        None,
        SCOPES,
        Purpose.OWN_FUNCTIONS,
        frozenset(Purpose),
        "token",
    )


def everything(owner_url: str) -> dict[str, Any]:
    """What is in every table about a child, as a number for each."""
    with psycopg.connect(owner_url) as connection:
        connection.execute("SET row_security = off")
        whole = sql.SQL("SELECT count(*), sum(hashtextextended(t::text, 0)) FROM {} AS t")
        return {
            each.name: connection.execute(whole.format(sql.Identifier(each.name))).fetchone()
            for each in tables.metadata.sorted_tables
            if sharing.is_childs(each) and each is not tables.disclosure
        }


async def test_an_id_of_anothers_is_answered_as_one_that_nobody_has(filled: Filled, trying: Trying) -> None:
    """By a stranger of each kind with every scope: the same bytes, and nothing is changed."""
    before, not_found, tried = everything(filled.owner_url), set[str](), set[str]()
    for name, place in ATTEMPTS:
        for kind in KINDS:
            attempt = Attempt(name, place)
            await trying.learn(attempt, stranger(kind))
            of = attempt.type_at(place)
            if of in _PUBLIC:
                continue
            nobodys = await trying.answer(attempt, stranger(kind), {})
            tried.add(name)
            if b'"NOT_FOUND"' in nobodys:
                not_found.add(name)
            for real in filled.known.ids[of][:2]:
                assert await trying.answer(attempt, stranger(kind), {place: real}) == nobodys, (name, place, kind)
    assert everything(filled.owner_url) == before
    assert len(tried) > 35
    assert tried - not_found == REFUSED_BEFORE_IT_IS_LOOKED_FOR


REFUSED_BEFORE_IT_IS_LOOKED_FOR = {"breakGlass"}
"""Mutations that are refused whatever the id, before anything is looked for: the purpose SAFEGUARDING is not stated."""


async def test_an_id_of_anothers_beside_ones_own_is_answered_so_too(filled: Filled, trying: Trying) -> None:
    """By an authority with records of its own, which it names everywhere else in the same input."""
    caller = replace(filled.caller("Southvale"), scopes=SCOPES)
    about, mine = await whose(trying.database, filled.known), await related(trying.database, caller)
    own = {
        name: [each for each in ids if about.get(each, (None,))[0] == caller.organisation]
        for name, ids in filled.known.ids.items()
    }
    theirs = {
        name: [each for each in ids if each in about and about[each] not in mine]
        for name, ids in filled.known.ids.items()
    }
    compared = 0
    for name, place in ATTEMPTS:
        attempt = Attempt(name, place)
        await trying.learn(attempt, caller)
        others = [at for at in attempt.ids() if at != place]
        if not theirs.get(attempt.type_at(place)) or not others:
            continue
        for nth in range(2):
            beside: dict[Path, str] = {}
            for at in others:
                of = attempt.type_at(at)
                beside[at] = _nth(own.get(of) or filled.known.ids[of], nth)
            nobodys = await trying.answer(attempt, caller, beside)
            real = _nth(theirs[attempt.type_at(place)], nth)
            assert await trying.answer(attempt, caller, beside | {place: real}) == nobodys, (name, place)
            compared += 1
    assert compared > 20


def _nth(ids: Sequence[str], nth: int) -> str:
    return ids[nth % len(ids)]


@pytest.mark.parametrize("words", INJECTED)
async def test_what_means_something_in_sql_is_words(filled: Filled, trying: Trying, words: str) -> None:
    """In every text of every mutation, and as the id: it is an answer of the hub's own, and nothing is changed."""
    before, caller = everything(filled.owner_url), replace(filled.caller("Southvale"), scopes=SCOPES)
    for name in SCHEMA.mutation_type.fields:
        place = next(iter(places(name)), ())
        attempt = Attempt(name, place, words)
        await trying.learn(attempt, caller)
        for ids in ({}, {place: words}):
            told = orjson.loads(await trying.answer(attempt, caller, ids))
            codes = {each["extensions"]["code"] for each in told.get("errors") or ()}
            assert codes <= {"NOT_FOUND", "FORBIDDEN", "INVALID"}, (name, told)
    assert everything(filled.owner_url) == before
