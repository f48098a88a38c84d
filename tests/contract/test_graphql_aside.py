"""What stands beside the story: pairs that may be one child, what was kept aside, and what types lead to."""

from datetime import date, timedelta

import pytest

from hub.db import quarantine, tables
from hub.db.quarantine import KeptAside
from hub.law.duties import DutyRule
from hub.law.imports import QuarantineForm
from hub.law.s31_cooperation import CooperationStatus
from hub.law.vocabulary import (
    Certainty,
    DisputeKind,
    DisputeStatus,
    NotificationBasis,
    Opinion,
    Source,
)
from schema.ids import to_global
from tests.conftest import NOW
from tests.contract.scene import STRANGERS, TODAY, Scene, scene
from tests.contract.test_graphql_story import Ask, ask

__all__ = ["ask", "scene"]  # fixtures


CANDIDATES = """{ identityCandidates { totalCount nodes { child { givenNames } otherChild { givenNames } reasons foundAt
  decision decidedAt } } }"""


async def test_two_records_that_may_be_one_childs_wait_for_a_decision(ask: Ask, scene: Scene) -> None:
    twin = await scene.second_record()
    for days in (3, 1):
        found = {"found_at": NOW - timedelta(days=days), "reasons": ["family-name-agrees"]}
        await scene.add(tables.identity_candidate, other_child_id=twin, **found)
    answer = await ask(scene.world.authority, CANDIDATES)
    assert "errors" not in answer
    nodes = answer["data"]["identityCandidates"]["nodes"]
    assert [each["foundAt"] for each in nodes] == [(NOW - timedelta(days=days)).isoformat() for days in (1, 3)]
    assert nodes[0]["child"] == {"givenNames": ["Ada"]}
    assert nodes[0]["otherChild"] == {"givenNames": ["Adah"]}
    assert (nodes[0]["reasons"], nodes[0]["decision"], nodes[0]["decidedAt"]) == (["family-name-agrees"], None, None)


async def test_both_children_of_a_pair_are_on_record(ask: Ask, scene: Scene) -> None:
    twin = await scene.second_record()
    await scene.add(tables.identity_candidate, other_child_id=twin, found_at=NOW, reasons=[])
    await ask(scene.world.authority, CANDIDATES)
    assert {each["child_id"] for each in await scene.rows(tables.disclosure)} == {scene.world.child, twin}


@pytest.mark.parametrize("body", ["board", *STRANGERS])
async def test_candidates_and_quarantine_are_the_authoritys_alone(ask: Ask, scene: Scene, body: str) -> None:
    twin = await scene.second_record()
    await scene.add(tables.identity_candidate, other_child_id=twin, found_at=NOW, reasons=[])
    await _quarantined(scene)
    answer = await ask(getattr(scene.world, body), "{ identityCandidates { totalCount } quarantine { totalCount } }")
    assert answer["data"] == {"identityCandidates": {"totalCount": 0}, "quarantine": {"totalCount": 0}}


async def _quarantined(scene: Scene) -> None:
    problems = [{"place": f"line {n}", "rule": "upn", "message": "not a UPN", "severity": "refused"} for n in (9, 3, 7)]
    for days, sender in ((1, scene.world.authority), (2, None)):
        kept = KeptAside(
            owner_id=scene.world.authority,
            kind=Source.SEN2_RETURN,
            form=QuarantineForm.SEN2_PERSON,
            place="line 9",
            problems=problems if sender else [],
            content=b"<Person/>",
            sender_id=sender,
        )
        async with scene.transactions.begin(None) as tx:
            await quarantine.add(tx.connection, kept, scene.new_id(), at=NOW - timedelta(days=days))


async def test_what_was_kept_aside_says_why_and_never_what_it_says(ask: Ask, scene: Scene) -> None:
    await _quarantined(scene)
    document = """{ quarantine { nodes { id kind place size sender { laCode } quarantinedAt resolvedAt
        problems { place rule message } } } }"""
    answer = await ask(scene.world.authority, document)
    assert "errors" not in answer
    first, second = answer["data"]["quarantine"]["nodes"]
    assert [each["place"] for each in first["problems"]] == ["line 9", "line 3", "line 7"], "as they were found"
    assert first["problems"][0] == {"place": "line 9", "rule": "upn", "message": "not a UPN"}
    assert (first["kind"], first["size"], first["sender"]) == ("SEN2_RETURN", 9, {"laCode": "990"})
    assert (second["problems"], second["sender"], second["resolvedAt"]) == ([], None, None)
    node = "query($id: ID!) { node(id: $id) { ... on QuarantinedItem { place } } }"
    assert (await ask(scene.world.authority, node, {"id": first["id"]}))["data"]["node"] == {"place": "line 9"}
    assert (await ask(scene.world.board, node, {"id": first["id"]}))["data"]["node"] is None


async def test_a_child_has_its_other_numbers(ask: Ask, scene: Scene) -> None:
    await scene.add(tables.child_identifier, system="case-system", value="990-1", held_from=date(2020, 9, 1))
    document = "query($id: ID!) { child(id: $id) { identifiers { system value from to } source updatedAt } }"
    answer = await ask(scene.world.authority, document, {"id": to_global("Child", scene.world.child)})
    assert answer["data"]["child"] == {
        "identifiers": [{"system": "case-system", "value": "990-1", "from": "2020-09-01", "to": None}],
        "source": "RECORDED",
        "updatedAt": "2026-11-01T09:00:00+00:00",
    }


async def test_advice_that_was_given_before_suffices_where_all_three_say_so(ask: Ask, scene: Scene) -> None:
    """SEND Regs 2014 reg. 6(4)."""
    asked = {"assessment_id": scene.world.assessment, "kind": "MEDICAL", "asked_on": date(2026, 10, 21)}
    await scene.add(tables.advice_request, **asked, provider_satisfied=True, parent_satisfied=False)
    document = """{ assessments { nodes { adviceRequests { withheld { rule }
        sufficient { providerSatisfied authoritySatisfied parentSatisfied } } } } }"""
    for body, withheld in ((scene.world.authority, []), (scene.world.board, [{"rule": "part-not-open"}])):
        (request,) = (await ask(body, document))["data"]["assessments"]["nodes"][0]["adviceRequests"]
        satisfied = {"providerSatisfied": True, "authoritySatisfied": None, "parentSatisfied": False}
        assert request == {"withheld": withheld, "sufficient": satisfied}


async def test_a_request_leads_to_its_dispute_and_a_notification_to_its_duty(ask: Ask, scene: Scene) -> None:
    world = scene.world
    request = await scene.request(CooperationStatus.DECLINED, days=20)
    for days, parties in ((9, [world.authority]), (2, [world.trust, world.authority])):
        dispute = {"kind": DisputeKind.BETWEEN_PARTNERS, "about_type": "CooperationRequest", "about_id": request}
        day = TODAY - timedelta(days=days)
        await scene.add(tables.dispute, **dispute, parties=parties, status=DisputeStatus.OPEN, raised_on=day)
    notification = await scene.add(
        tables.notification,
        notified_by_id=world.trust,
        to_authority_id=world.authority,
        basis=NotificationBasis.S23_UNDER_COMPULSORY_SCHOOL_AGE,
        opinion=Opinion.SEN,
        certainty=Certainty.HAS,
        notified_at=NOW,
    )
    await scene.duty(DutyRule.DECIDE_WHETHER_TO_ASSESS, due=40, about=("Notification", notification))
    document = """{ cooperationRequests { nodes { dispute { raisedOn parties { name } } } }
        notifications { nodes { duty { rule } } } disputes { totalCount } }"""
    data = (await ask(world.authority, document))["data"]
    names = [{"name": "Mere Community Trust"}, {"name": "Northmere"}]
    assert data["cooperationRequests"]["nodes"] == [{"dispute": {"raisedOn": "2026-11-20", "parties": names}}]
    assert data["notifications"]["nodes"] == [{"duty": {"rule": "DECIDE_WHETHER_TO_ASSESS"}}]
    shut = (await ask(world.trust, document))["data"]
    assert shut["cooperationRequests"]["nodes"] == [{"dispute": None}], "redress is not open to the asked body"
