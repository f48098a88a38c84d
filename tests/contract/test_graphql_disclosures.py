"""The record of disclosure, as the authority reads it and nobody else does."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from hub.actions import identity
from hub.db import tables
from hub.law.reg17_disclosure import Purpose
from hub.law.vocabulary import (
    IdentityDecision,
)
from schema.ids import to_global
from tests.conftest import NOW
from tests.contract.scene import STRANGERS, Scene, scene
from tests.contract.test_graphql_story import Ask, ask
from tests.world import ALL_SCOPES

__all__ = ["ask", "scene"]  # fixtures


DISCLOSURES = """query($child: ID!, $last: Int) { disclosures(child: $child, last: $last) { totalCount nodes { at
  organisation { odsCode laCode } clientId person purpose ground operation parts withheldParts
  child { familyName } } } }"""


async def test_the_authority_reads_who_was_shown_what_newest_first(ask: Ask, scene: Scene) -> None:
    world = scene.world
    shown = {
        "organisation_id": world.board,
        "client_id": "their-client",
        "token_id": "token",
        "purpose": Purpose.SECTION_G_AGREEMENT,
        "ground": "SEND Regs 2014 reg. 12(2)",
        "operation": "graphql:Agree",
        "operation_hash": "0",
        "parts_shown": ["SECTION_C", "SECTION_G"],
        "parts_withheld": ["SECTION_D"],
    }
    await scene.add(tables.disclosure, recorded_at=NOW - timedelta(days=2), **shown)
    await scene.add(tables.disclosure, recorded_at=NOW - timedelta(days=1), **shown | {"operation": "graphql:Later"})
    child = to_global("Child", world.child)
    answer = await ask(world.authority, DISCLOSURES, {"child": child})
    assert "errors" not in answer
    nodes = answer["data"]["disclosures"]["nodes"]
    assert [each["operation"] for each in nodes] == ["graphql:Later", "graphql:Agree"]
    assert nodes[1] == {
        "at": (NOW - timedelta(days=2)).isoformat(),
        "organisation": {"odsCode": "QX1", "laCode": None},
        "clientId": "their-client",
        "person": None,
        "purpose": "SECTION_G_AGREEMENT",
        "ground": "SEND Regs 2014 reg. 12(2)",
        "operation": "graphql:Agree",
        "parts": ["SECTION_C", "SECTION_G"],
        "withheldParts": ["SECTION_D"],
        "child": {"familyName": "Testchild"},
    }
    again = await ask(world.authority, DISCLOSURES, {"child": child, "last": 1})
    assert again["data"]["disclosures"]["totalCount"] == 3, "the reading of the record is on record"
    assert [each["operation"] for each in again["data"]["disclosures"]["nodes"]] == ["graphql:Agree"]


async def test_what_was_shown_of_a_record_that_became_part_of_another_is_told_with_it(ask: Ask, scene: Scene) -> None:
    """For as long as the two are one: who was shown what stays as it was written, under the id of that day."""
    world, twin = scene.world, await scene.second_record()
    shown = {
        "organisation_id": world.board,
        "token_id": "token",
        "purpose": Purpose.SECTION_G_AGREEMENT,
        "ground": "SEND Regs 2014 reg. 12(2)",
        "operation": "graphql:Before",
        "operation_hash": "0",
        "parts_shown": ["SECTION_G"],
        "parts_withheld": [],
    }
    await scene.add(tables.disclosure, child_id=twin, recorded_at=NOW - timedelta(days=2), **shown)
    pair = await scene.add(tables.identity_candidate, other_child_id=twin, found_at=NOW, reasons=[])
    clerk = replace(world.caller(world.authority), person="clerk-1")

    async def told(decision: IdentityDecision | None, keep: UUID | None = None) -> list[str]:
        if decision is not None:
            async with scene.transactions.begin(clerk) as tx:
                await identity.decide(tx, candidate_id=pair, decision=decision, keep=keep, why="seen")
        answer = await ask(world.authority, DISCLOSURES, {"child": to_global("Child", world.child)})
        assert "errors" not in answer
        return [each["operation"] for each in answer["data"]["disclosures"]["nodes"] if each["clientId"] is None]

    assert await told(None) == []
    assert await told(IdentityDecision.MERGE, world.child) == ["graphql:Before"]
    assert await told(IdentityDecision.SPLIT) == []


@pytest.mark.parametrize("body", ["board", *STRANGERS])
async def test_nobody_but_the_authority_reads_the_record_of_disclosure(ask: Ask, scene: Scene, body: str) -> None:
    """Not even a commissioning body that was itself shown something."""
    child = to_global("Child", scene.world.child)
    await ask(scene.world.board, "query($id: ID!) { child(id: $id) { familyName } }", {"id": child})
    assert len(await scene.rows(tables.disclosure)) == 1
    answer = await ask(getattr(scene.world, body), DISCLOSURES, {"child": child})
    assert answer == {"data": {"disclosures": {"totalCount": 0, "nodes": []}}}


async def test_the_record_of_disclosure_takes_its_own_scope_and_a_childs_id(ask: Ask, scene: Scene) -> None:
    child = {"child": to_global("Child", scene.world.child)}
    answer = await ask(scene.world.authority, DISCLOSURES, child, scopes=ALL_SCOPES - {"audit.read"})
    assert answer["errors"][0]["extensions"] == {"code": "FORBIDDEN", "rule": "scope-missing"}
    answer = await ask(scene.world.authority, DISCLOSURES, {"child": to_global("Plan", scene.world.plan)})
    assert answer["errors"][0]["extensions"] == {
        "code": "INVALID",
        "rule": "id-of-another-type",
        "argument": ["child"],
    }
