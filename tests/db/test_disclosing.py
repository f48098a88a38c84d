"""Who has seen a child's record: for the privacy officer as a table, for the family in plain words."""

import asyncio
import json
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest

from hub.audit import Disclosure, Operation, record_disclosures
from hub.db import tables
from hub.db.session import Database
from hub.disclosing import disclosures
from hub.errors import Problem
from hub.law.reg17_disclosure import Part, Purpose
from hub.settings import Settings
from tests.conftest import NOW
from tests.world import World


@pytest.fixture
async def seen(database: Database, world: World, new_id: Callable[[], UUID]) -> World:
    """A trust has seen the child twice, the authority once, and a trust has broken the glass; another child apart."""
    async with database.begin(None) as connection:
        for body, days, purpose, owner, child in (
            (world.trust, 1, Purpose.S31_COOPERATION, world.authority, world.child),
            (world.trust, 9, Purpose.S31_COOPERATION, world.authority, world.child),
            (world.authority, 3, Purpose.OWN_FUNCTIONS, world.authority, world.child),
            (world.board, 4, Purpose.OWN_FUNCTIONS, world.other_authority, world.other_child),
        ):
            await record_disclosures(
                connection,
                [
                    (
                        new_id(),
                        Disclosure(owner, child, frozenset({Part.SECTION_G}), frozenset({Part.REDRESS})),
                    )
                ],
                caller=world.caller(body, purpose=purpose),
                operation=Operation("graphql:Plan", "query Plan { x }"),
                ground="CFA 2014 s. 31",
                at=NOW - timedelta(days=days),
            )
        await connection.execute(
            tables.broken_glass.insert().values(
                owner_id=world.authority,
                id=new_id(),
                child_id=world.child,
                body_id=world.other_trust,
                client_id="ehr",
                person="nurse.one",
                reason="found alone at night",
                opened_at=NOW,
                ends_at=NOW + timedelta(hours=1),
            )
        )
    return world


def shown(owner_url: str, child: str, *, as_json: bool = False, for_family: bool = False) -> str:
    return disclosures(Settings(database_url=owner_url), child, as_json=as_json, for_family=for_family)


def test_the_privacy_officer_sees_every_time_in_order(seen: World, owner_url: str) -> None:
    """By any of the child's identifiers, and nothing of another child."""
    listed = json.loads(shown(owner_url, str(seen.child), as_json=True))
    assert [each["purpose"] for each in listed] == [
        "S31_COOPERATION",
        "OWN_FUNCTIONS",
        "S31_COOPERATION",
        "SAFEGUARDING",
    ]
    assert listed == sorted(listed, key=lambda each: each["at"])
    assert (listed[0]["parts_shown"], listed[0]["parts_withheld"]) == (["SECTION_G"], ["REDRESS"])
    assert (listed[3]["person"], listed[3]["operation"]) == ("nurse.one", "broken glass")
    lines = shown(owner_url, f"Child_{seen.child.hex}").splitlines()
    assert len(lines) == 1 + 4
    assert lines[0].split()[0] == "at"
    assert shown(owner_url, "999 000 0018", as_json=True) == shown(owner_url, str(seen.child), as_json=True)
    for nobody in ("Child_" + "0" * 32, "9990000000", "Plan_" + seen.plan.hex, "nobody"):
        with pytest.raises(Problem, match="no such child"):
            shown(owner_url, nobody)


def test_the_family_reads_who_when_why_and_what(seen: World, owner_url: str) -> None:
    """Bodies and not their staff; the words of the law's purposes and parts; grouped by body and reason."""
    text = shown(owner_url, str(seen.child), for_family=True)
    assert "2 times, from 13 November 2026 to 21 November 2026" in text
    assert Purpose.S31_COOPERATION.meaning in text
    assert Part.SECTION_G.meaning in text
    assert "(which keeps the record)" in text
    assert "opened in an emergency, to keep a child from harm" in text
    for kept_back in ("nurse.one", "found alone at night", "S31_COOPERATION", "graphql", Part.REDRESS.meaning):
        assert kept_back not in text
    assert shown(owner_url, str(seen.other_child), for_family=True).count("When:") == 1


def test_a_record_that_nobody_has_seen(world: World, owner_url: str) -> None:
    assert shown(owner_url, str(world.child), for_family=True) == "Nobody has seen this record through the hub."


async def test_what_was_shown_of_a_record_that_became_part_of_it_is_told_too(
    seen: World, database: Database, owner_url: str, new_id: Callable[[], UUID]
) -> None:
    """By either id. Of a record that was erased, by its id alone, which is all that is left."""
    former, row = new_id(), {"family_name": "Applebx"}
    async with database.begin(None) as connection:
        told = Disclosure(seen.authority, former, frozenset({Part.EXISTENCE}), frozenset())
        caller = seen.caller(seen.board)
        operation = Operation("graphql:Former", "query Former { x }")
        await record_disclosures(
            connection, [(new_id(), told)], caller=caller, operation=operation, ground="s. 26", at=NOW
        )
        merged = {"owner_id": seen.authority, "child_id": seen.child, "former_child_id": former, "merged_at": NOW}
        await connection.execute(
            tables.identity_merge.insert().values(id=new_id(), record=row, filled=[], moved={}, **merged)
        )

    def operations(child: UUID) -> set[str]:
        return {each["operation"] for each in json.loads(shown(owner_url, str(child), as_json=True))}

    both = await asyncio.to_thread(operations, seen.child)
    assert both == {"graphql:Plan", "broken glass", "graphql:Former"}
    assert await asyncio.to_thread(operations, former) == both
    async with database.begin(None) as connection:
        await connection.execute(tables.identity_merge.update().values(split_at=NOW))
    assert await asyncio.to_thread(operations, seen.child) == {"graphql:Plan", "broken glass"}
    assert await asyncio.to_thread(operations, former) == {"graphql:Former"}
