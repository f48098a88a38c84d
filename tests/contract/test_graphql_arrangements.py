"""Arrangements, as the bodies in them and outside them find them."""

from datetime import date

import pytest

from hub.db import tables
from hub.law.s26_arrangements import REQUIREMENTS, missing
from hub.law.vocabulary import (
    SharingMode,
)
from tests.contract.scene import Scene, scene
from tests.contract.test_graphql_story import Ask, ask

__all__ = ["ask", "scene"]  # fixtures


ARRANGEMENTS = """{ arrangements { totalCount nodes { title version authority { laCode } parties { name }
  actingBodies { name } inForceFrom missing clauses { requirement text } disputeSteps { description workingDays }
  sharingRules { recipientKinds recipients { name } purposes parts mode ground from to } } } }"""


async def _arrangement(scene: Scene) -> None:
    world = scene.world
    arrangement = await scene.add(
        tables.arrangement, authority_id=world.authority, title="Together", version=1, in_force_from=date(2026, 4, 1)
    )
    of_it = {"arrangement_id": arrangement}
    for body, role in ((world.authority, "PARTY"), (world.board, "PARTY"), (world.trust, "ACTING")):
        await scene.add(tables.arrangement_party, **of_it, body_id=body, role=role)
    for requirement in ("s. 26(4)(b)", "s. 26(3)(a)"):
        await scene.add(tables.arrangement_clause, **of_it, requirement=requirement, text=f"on {requirement}")
    for ordinal in (2, 1):
        step = {"ordinal": ordinal, "description": f"step {ordinal}", "working_days": 5}
        await scene.add(tables.arrangement_dispute_step, **of_it, **step)
    await scene.add(
        tables.sharing_rule,
        **of_it,
        recipient_kinds=["SCHOOL"],
        recipients=[world.trust, world.board],
        purposes=["ANNUAL_REVIEW"],
        parts=["EXISTENCE", "SECTION_F"],
        mode=SharingMode.CONTENT,
        ground="reg. 17(1)(a)",
        starts_on=date(2026, 4, 1),
    )
    await scene.add(tables.arrangement, authority_id=world.other_authority, title="Elsewhere", version=1)


async def test_an_arrangement_says_who_is_in_it_what_it_shares_and_what_it_lacks(ask: Ask, scene: Scene) -> None:
    await _arrangement(scene)
    answer = await ask(scene.world.authority, ARRANGEMENTS)
    assert "errors" not in answer
    assert answer["data"]["arrangements"]["totalCount"] == 1
    (node,) = answer["data"]["arrangements"]["nodes"]
    assert node["authority"] == {"laCode": "990"}
    assert [each["name"] for each in node["parties"]] == ["Mere and Vale ICB", "Northmere"]
    assert [each["name"] for each in node["actingBodies"]] == ["Mere Community Trust"]
    assert [each["requirement"] for each in node["clauses"]] == ["s. 26(3)(a)", "s. 26(4)(b)"]
    assert [each["description"] for each in node["disputeSteps"]] == ["step 1", "step 2"]
    assert node["sharingRules"] == [
        {
            "recipientKinds": ["SCHOOL"],
            "recipients": [{"name": "Mere Community Trust"}, {"name": "Mere and Vale ICB"}],
            "purposes": ["ANNUAL_REVIEW"],
            "parts": ["EXISTENCE", "SECTION_F"],
            "mode": "CONTENT",
            "ground": "reg. 17(1)(a)",
            "from": "2026-04-01",
            "to": None,
        }
    ]


async def test_what_an_arrangement_lacks_is_what_the_law_says_it_lacks(ask: Ask, scene: Scene) -> None:
    """CFA 2014 s. 26(3), (4): from no clause to all of them."""
    arrangement = await scene.add(tables.arrangement, authority_id=scene.world.authority, title="Together", version=1)
    answered: list[str] = []
    for requirement in (None, *reversed(REQUIREMENTS), "s. 26(1)"):
        if requirement:
            answered.append(requirement)
            clause = {"arrangement_id": arrangement, "requirement": requirement, "text": "agreed"}
            await scene.add(tables.arrangement_clause, **clause)
        answer = await ask(scene.world.authority, "{ arrangements { nodes { missing } } }")
        assert answer["data"]["arrangements"]["nodes"] == [{"missing": list(missing(answered))}]


@pytest.mark.parametrize("body", ["board", "trust"])
async def test_each_body_in_an_arrangement_sees_it(ask: Ask, scene: Scene, body: str) -> None:
    await _arrangement(scene)
    answer = await ask(getattr(scene.world, body), ARRANGEMENTS)
    assert [each["title"] for each in answer["data"]["arrangements"]["nodes"]] == ["Together"]


@pytest.mark.parametrize("body", ["other_trust", "other_board"])
async def test_for_a_body_outside_it_an_arrangement_does_not_exist(ask: Ask, scene: Scene, body: str) -> None:
    await _arrangement(scene)
    answer = await ask(getattr(scene.world, body), ARRANGEMENTS)
    assert answer == {"data": {"arrangements": {"totalCount": 0, "nodes": []}}}
