"""What a portal narrows its lists by: each filter keeps the rows it says, for whoever asks."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from hub.db import tables
from hub.law.duties import DutyBasis, DutyRule
from hub.law.vocabulary import (
    Certainty,
    DisputeKind,
    DisputeStatus,
    NotificationBasis,
    Opinion,
    PlanStatus,
    ReviewDecision,
    ReviewKind,
    SectionCode,
    Source,
)
from schema.ids import to_global
from tests.conftest import NOW
from tests.contract.scene import TODAY, Scene, scene
from tests.contract.test_graphql_story import Ask, ask
from tests.world import ALL_SCOPES, World

__all__ = ["ask", "scene"]  # fixtures


async def found(ask: Ask, body: UUID, field: str, **filter_: Any) -> set[str]:
    """The ids of the objects that a list answers with; `totalCount` agrees."""
    type_name = {"plans": "Plan", "duties": "Duty", "children": "Child"}.get(field, field[0].upper() + field[1:-1])
    document = f"query($f: {type_name}Filter) {{ {field}(filter: $f) {{ totalCount nodes {{ id }} }} }}"
    answer = await ask(body, document, {"f": filter_})
    assert "errors" not in answer, answer
    listed = answer["data"][field]
    assert listed["totalCount"] == len(listed["nodes"])
    return {each["id"] for each in listed["nodes"]}


def ids(type_name: str, *row_ids: UUID) -> set[str]:
    return {to_global(type_name, each) for each in row_ids}


async def test_provision_is_found_by_how_its_plan_stands(ask: Ask, scene: Scene) -> None:
    """So that what is superseded is not taken for what is in force."""
    world = scene.world
    before = await scene.add(tables.plan, status=PlanStatus.SUPERSEDED, version=0, source=Source.RECORDED)
    old = await scene.add(
        tables.provision, plan_id=before, section=SectionCode.F, ordinal=1, description="as it was", minutes_per_week=5
    )
    both = ids("Provision", world.provision_f, old)
    assert await found(ask, world.authority, "provisions", sections=["F"]) == both
    current = await found(ask, world.authority, "provisions", sections=["F"], planStatuses=["FINAL"])
    assert current == ids("Provision", world.provision_f)
    superseded = await found(ask, world.authority, "provisions", planStatuses=["SUPERSEDED", "CEASED"])
    assert superseded == ids("Provision", old)
    assert await found(ask, world.board, "provisions", planStatuses=["FINAL"]) == ids("Provision", world.provision_g)
    assert await found(ask, world.other_board, "provisions", planStatuses=["FINAL"]) == set()


async def test_asking_how_a_plan_stands_takes_the_scope_of_plans(ask: Ask, world: World) -> None:
    scopes = ALL_SCOPES - {"plan.read"}
    document = "{ provisions(filter: { planStatuses: [FINAL] }) { totalCount } }"
    answer = await ask(world.authority, document, scopes=scopes)
    assert answer["errors"][0]["extensions"] == {"code": "FORBIDDEN", "rule": "scope-missing"}


@pytest.mark.parametrize(
    "field", ["provisions", "plans", "personalBudgets", "assessments", "reviews", "disputes", "duties", "children"]
)
async def test_a_commissioner_of_several_authorities_asks_of_one(ask: Ask, scene: Scene, field: str) -> None:
    """Who has rows of one authority's records alone finds them by it, and none by another."""
    world = scene.world
    await _casework(scene)
    body = world.authority
    all_of_it = await found(ask, body, field)
    assert all_of_it
    assert await found(ask, body, field, authority=to_global("Organisation", world.authority)) == all_of_it
    assert await found(ask, body, field, authority=to_global("Organisation", world.other_authority)) == set()


@pytest.mark.parametrize(
    "field", ["personalBudgets", "assessments", "reviews", "disputes", "duties", "notifications", "plans"]
)
async def test_what_is_about_one_child_is_found(ask: Ask, scene: Scene, field: str) -> None:
    world = scene.world
    await _casework(scene)
    all_of_it = await found(ask, world.authority, field)
    assert all_of_it
    assert await found(ask, world.authority, field, child=to_global("Child", world.child)) == all_of_it
    assert await found(ask, world.authority, field, child=to_global("Child", world.other_child)) == set()


async def _casework(scene: Scene) -> None:
    """A row of each list; the same of another authority's child beside it, which nobody here may see."""
    world = scene.world
    theirs = {"owner_id": world.other_authority, "child_id": world.other_child}
    their_plan = await scene.add(tables.plan, **theirs, status=PlanStatus.FINAL, version=1, source=Source.RECORDED)
    await scene.add(tables.assessment, **theirs, source=Source.RECORDED)
    for record, plan in ((scene.mine, world.plan), (theirs, their_plan)):
        owner = record["owner_id"]
        await _notification(scene, **record, to_authority_id=owner)
        await scene.add(tables.review, **record, plan_id=plan, kind=ReviewKind.ANNUAL, source=Source.RECORDED)
        await scene.add(
            tables.dispute,
            **record,
            kind=DisputeKind.MEDIATION,
            status=DisputeStatus.OPEN,
            raised_on=date(2026, 10, 1),
            parties=[owner],
            about_type="Plan",
            about_id=plan,
        )
        await scene.add(
            tables.duty,
            **record,
            rule=DutyRule.REVIEW_PLAN,
            provision="test",
            holder_id=owner,
            basis=DutyBasis.STATUTORY,
            due_on=TODAY,
            about_type="Plan",
            about_id=plan,
        )


async def _notification(scene: Scene, **values: Any) -> UUID:
    world = scene.world
    said: dict[str, Any] = {
        "notified_by_id": world.trust,
        "to_authority_id": world.authority,
        "basis": NotificationBasis.S24_BROUGHT_TO_ATTENTION,
        "opinion": Opinion.SEN,
        "certainty": Certainty.HAS,
        "notified_at": NOW - timedelta(days=3),
    }
    return await scene.add(tables.notification, **(said | values))


async def test_a_clerk_finds_what_waits_for_a_decision(ask: Ask, scene: Scene) -> None:
    """Assessments, notifications and reviews that the authority has not decided yet, which no word of a decision
    finds."""
    world = scene.world
    waiting = await scene.add(tables.assessment, requested_on=date(2026, 11, 2), source=Source.RECORDED)
    assert await found(ask, world.authority, "assessments", decided=False) == ids("Assessment", waiting)
    assert await found(ask, world.authority, "assessments", decided=True) == ids("Assessment", world.assessment)

    told = await _notification(scene, opinion=Opinion.DISABILITY)
    done = await _notification(scene, determination="WILL_ASSESS")
    assert await found(ask, world.authority, "notifications", determined=False) == ids("Notification", told)
    assert await found(ask, world.authority, "notifications", determined=True) == ids("Notification", done)
    assert await found(ask, world.authority, "notifications", opinions=["DISABILITY"]) == ids("Notification", told)
    authority, other = (to_global("Organisation", each) for each in (world.authority, world.other_authority))
    assert await found(ask, world.trust, "notifications", toAuthority=authority) == ids("Notification", told, done)
    assert await found(ask, world.trust, "notifications", toAuthority=other) == set()

    review = {"plan_id": world.plan, "kind": ReviewKind.ANNUAL, "source": Source.RECORDED}
    held = await scene.add(tables.review, meeting_on=TODAY - timedelta(days=9), **review)
    kept = await scene.add(
        tables.review, meeting_on=TODAY - timedelta(days=40), decision=ReviewDecision.MAINTAIN, **review
    )
    assert await found(ask, world.authority, "reviews", decided=False) == ids("Review", held)
    assert await found(ask, world.authority, "reviews", decided=True) == ids("Review", kept)
    since = str(TODAY - timedelta(days=9))
    assert await found(ask, world.authority, "reviews", meetingFrom=since) == ids("Review", held)
    assert await found(ask, world.authority, "reviews", meetingTo=str(TODAY - timedelta(days=10))) == ids(
        "Review", kept
    )


async def test_disputes_are_found_by_when_they_were_raised(ask: Ask, scene: Scene) -> None:
    world = scene.world
    old, new = [
        await scene.add(
            tables.dispute,
            kind=DisputeKind.MEDIATION,
            status=DisputeStatus.OPEN,
            raised_on=day,
            parties=[world.authority],
            about_type="Plan",
            about_id=world.plan,
        )
        for day in (date(2026, 1, 5), date(2026, 11, 5))
    ]
    assert await found(ask, world.authority, "disputes", raisedFrom="2026-11-05") == ids("Dispute", new)
    assert await found(ask, world.authority, "disputes", raisedTo="2026-11-04") == ids("Dispute", old)


async def test_a_body_is_found_by_a_piece_of_its_name(ask: Ask, world: World) -> None:
    """For the field in which somebody chooses whom to ask. What means something in a pattern means itself."""
    mere = {world.authority, world.board, world.trust, world.school}
    assert await found(ask, world.authority, "organisations", nameHas="MERE") == ids("Organisation", *mere)
    trusts = await found(ask, world.authority, "organisations", nameHas="trust", kinds=["NHS_TRUST"])
    assert trusts == ids("Organisation", world.trust, world.other_trust)
    for nothing in ("%", "_", "mere%trust", "\\"):
        assert await found(ask, world.authority, "organisations", nameHas=nothing) == set()
