"""Redress over GraphQL: who may do what, which clocks run, who is told; and what is refused changes nothing."""

from collections.abc import Callable
from datetime import timedelta
from itertools import product
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, update

from hub.actions.transaction import Transactions
from hub.db import tables
from hub.law.s51_redress import MAY_RAISE, STEPS
from hub.law.s51_terms import Actor, RedressStep
from hub.law.vocabulary import DisputeKind
from schema.ids import from_global, to_global
from tests.conftest import NOW
from tests.contract.scene import Scene, scene
from tests.contract.test_graphql_story import Ask, ask
from tests.world import ALL_SCOPES, World

__all__ = ["ask", "scene"]  # fixtures

TODAY = NOW.date()
SCOPES = ALL_SCOPES | {"redress.write"}
SHOWN = """dispute { id status appealed decider decidesBecause matters parties { name } outcome endedOn
    steps { step description dueOn takenOn follows takenBy { name } }
    duties { rule dueOn metOn state holder { name } } notices { kind provision text addressedTo { name } }
    arrangement { title } }
  warnings { rule provision } refusals { provision rule path }"""
RAISE = f"mutation($input: RaiseDisputeInput!) {{ done: raiseDispute(input: $input) {{ {SHOWN} }} }}"
STEP = f"mutation($input: RecordDisputeStepInput!) {{ done: recordDisputeStep(input: $input) {{ {SHOWN} }} }}"
RESOLVE = f"mutation($input: ResolveDisputeInput!) {{ done: resolveDispute(input: $input) {{ {SHOWN} }} }}"


class Redress:
    """Raises disputes about the plan of the small world, and takes steps in them."""

    def __init__(self, ask: Ask, world: World) -> None:
        self.ask, self.world = ask, world

    async def done(self, body: UUID, document: str, **given: Any) -> Any:
        answer = await self.ask(body, document, {"input": given}, scopes=SCOPES)
        return answer["data"]["done"] if "errors" not in answer else answer["errors"][0]["extensions"]

    async def raised(self, body: UUID, kind: DisputeKind, *matters: str, **given: Any) -> Any:
        about = to_global("Plan", self.world.plan)
        plain = {"kind": kind.value, "about": about, "matters": list(matters), "description": "What is not agreed."}
        return await self.done(body, RAISE, **plain | given)

    async def step(self, body: UUID, dispute: Any, step: RedressStep, **given: Any) -> Any:
        return await self.done(body, STEP, dispute=dispute["id"], step=step.value, **given)


@pytest.fixture
def redress(ask: Ask, world: World) -> Redress:
    return Redress(ask, world)


def _clocks(dispute: Any) -> dict[str, Any]:
    return {each["rule"]: (each["dueOn"], each["metOn"]) for each in dispute["duties"]}


def _in(days: int) -> str:
    return (TODAY + timedelta(days=days)).isoformat()


async def test_a_recommendation_on_health_is_answered_in_five_weeks(redress: Redress) -> None:
    """Rec Regs 2017 reg. 6: the commissioning body answers within five weeks, with reasons; the authority copies it to
    the Secretary of State within one; it is not over before the answer."""
    world = redress.world
    made = await redress.raised(world.authority, DisputeKind.RECOMMENDATION, "HEALTH", on=_in(-7))
    dispute = made["dispute"]
    assert dispute["status"] == "ORDERED"
    assert (dispute["decider"], dispute["decidesBecause"]) == ("PARENT", "NOT_OVER_SCHOOL_AGE")
    assert _clocks(dispute) == {"RESPOND_TO_HEALTH_RECOMMENDATION": (_in(-7 + 34), None)}
    assert dispute["duties"][0]["holder"] == {"name": "Mere and Vale ICB"}
    early = await redress.done(world.authority, RESOLVE, dispute=dispute["id"], status="CLOSED", outcome="Over.")
    assert early["refusals"][0]["rule"] == "not-answered"
    said = {"description": "Weekly physiotherapy will be arranged.", "follows": True}
    answered = await redress.step(world.board, dispute, RedressStep.HEALTH_RESPONSE, **said)
    assert answered["refusals"] == []
    assert _clocks(answered["dispute"])["RESPOND_TO_HEALTH_RECOMMENDATION"][1] == _in(0)
    again = await redress.step(world.board, dispute, RedressStep.HEALTH_RESPONSE, **said)
    assert again["refusals"][0]["rule"] == "already-done"
    copied = await redress.step(world.authority, dispute, RedressStep.HEALTH_RESPONSE_COPIED)
    assert _clocks(copied["dispute"])["COPY_HEALTH_RESPONSE_TO_SECRETARY_OF_STATE"] == (_in(6), _in(0))
    over = await redress.done(world.authority, RESOLVE, dispute=dispute["id"], status="CLOSED", outcome="Followed.")
    assert (over["dispute"]["status"], over["dispute"]["endedOn"]) == ("CLOSED", _in(0))


async def test_a_recommendation_on_social_care_is_the_authoritys(redress: Redress) -> None:
    """Rec Regs 2017 reg. 7: the authority answers within five weeks, and copies that within one."""
    world = redress.world
    made = await redress.raised(world.authority, DisputeKind.RECOMMENDATION, "SOCIAL_CARE")
    dispute = made["dispute"]
    assert [each["name"] for each in dispute["parties"]] == ["Northmere"]
    early = await redress.done(world.authority, RESOLVE, dispute=dispute["id"], status="CLOSED", outcome="Over.")
    assert early["refusals"][0]["rule"] == "not-answered"
    said = {"description": "Not followed: the need is met otherwise.", "follows": False}
    await redress.step(world.authority, dispute, RedressStep.SOCIAL_CARE_RESPONSE, **said)
    copied = await redress.step(world.authority, dispute, RedressStep.SOCIAL_CARE_RESPONSE_COPIED)
    assert _clocks(copied["dispute"]) == {
        "RESPOND_TO_SOCIAL_CARE_RECOMMENDATION": (_in(34), _in(0)),
        "COPY_SOCIAL_CARE_RESPONSE_TO_SECRETARY_OF_STATE": (_in(6), _in(0)),
    }


async def test_mediation_of_health_issues_is_arranged_by_the_commissioning_body(redress: Redress) -> None:
    """Reg. 35(2), (3): the authority tells each commissioning body in three working days, which arranges it within 30
    days, with five working days' notice; what is agreed is done in two weeks, and the authority told in one (reg.
    42)."""
    world = redress.world
    made = await redress.raised(world.authority, DisputeKind.MEDIATION, "HEALTH")
    dispute = made["dispute"]
    assert list(_clocks(dispute)) == ["TELL_COMMISSIONERS_OF_MEDIATION"]
    told = await redress.step(
        world.authority, dispute, RedressStep.COMMISSIONERS_TOLD, description="Physiotherapy: weekly is wanted."
    )
    (notice,) = told["dispute"]["notices"]
    assert notice["addressedTo"] == {"name": "Mere and Vale ICB"}
    assert notice["provision"] == "SEND Regs 2014 reg. 35(2)"
    assert "weekly is wanted" in notice["text"]
    assert _clocks(told["dispute"])["ARRANGE_HEALTH_MEDIATION"] == (_in(30), None)
    soon = await redress.step(world.board, dispute, RedressStep.MEDIATION_ARRANGED, heldOn=_in(2))
    assert soon["refusals"][0]["provision"] == "SEND Regs 2014 reg. 37(2)"
    waived = {"heldOn": _in(2), "shorterNoticeAgreed": True}
    assert (await redress.step(world.board, dispute, RedressStep.MEDIATION_ARRANGED, **waived))["refusals"] == []
    arranged = await redress.step(world.board, dispute, RedressStep.MEDIATION_ARRANGED, heldOn=_in(20))
    assert _clocks(arranged["dispute"])["GIVE_NOTICE_OF_MEDIATION"][1] == _in(0)
    await redress.step(world.board, dispute, RedressStep.MEDIATION_HELD)
    agreed = await redress.step(world.board, dispute, RedressStep.MEDIATION_AGREED, description="Weekly it is.")
    assert agreed["dispute"]["status"] == "AGREED"
    assert _clocks(agreed["dispute"])["DO_WHAT_MEDIATION_AGREED"] == (_in(14), None)
    assert _clocks(agreed["dispute"])["TELL_AUTHORITY_OF_MEDIATION_AGREEMENT"] == (_in(7), None)
    await redress.step(world.board, dispute, RedressStep.AUTHORITY_TOLD)
    finished = await redress.step(world.board, dispute, RedressStep.AGREEMENT_DONE)
    assert all(met is not None for _, met in _clocks(finished["dispute"]).values())


async def test_mediation_of_other_issues_is_the_authoritys(redress: Redress) -> None:
    """Regs 35(4), 36(2): within 30 days; where it cannot be, the adviser is told, and the clock ends (reg. 39(2))."""
    world = redress.world
    for ending in (RedressStep.MEDIATION_NOT_ARRANGED, RedressStep.MEDIATION_AGREED):
        made = await redress.raised(world.authority, DisputeKind.MEDIATION, "EDUCATION", "SOCIAL_CARE")
        dispute = made["dispute"]
        assert _clocks(dispute) == {"ARRANGE_MEDIATION": (_in(30), None)}
        if ending is RedressStep.MEDIATION_AGREED:
            await redress.step(world.authority, dispute, RedressStep.MEDIATION_ARRANGED, heldOn=_in(20))
            await redress.step(world.authority, dispute, RedressStep.MEDIATION_HELD)
        ended = await redress.step(world.authority, dispute, ending, description="How it went.")
        assert ended["refusals"] == []
        states = {each["rule"]: each["state"] for each in ended["dispute"]["duties"]}
        assert states["ARRANGE_MEDIATION"] == ("MET" if ending is RedressStep.MEDIATION_AGREED else "ENDED")
        await redress.done(world.authority, RESOLVE, dispute=dispute["id"], status="CLOSED", outcome="Over.")


@pytest.mark.parametrize(
    ("order", "complied", "others"),
    [
        ("ASSESS", "ORDERED_NOTIFY_NO_PLAN", {"ORDERED_NOTIFY_ASSESSMENT", "ORDERED_FINALISE_AFTER_ASSESSMENT"}),
        ("AMEND_PROVISION", "ORDERED_AMEND_PROVISION", set[str]()),
    ],
)
async def test_an_order_starts_its_times(redress: Redress, order: str, complied: str, others: set[str]) -> None:
    """Reg. 44(2): each kind of order has its own; of two that exclude each other, the other ends."""
    world = redress.world
    dispute = (await redress.raised(world.authority, DisputeKind.APPEAL, "EDUCATION"))["dispute"]
    vague = await redress.step(world.authority, dispute, RedressStep.ORDERED)
    assert vague["refusals"][0]["rule"] == "say-what-is-asked"
    ordered = await redress.step(world.authority, dispute, RedressStep.ORDERED, order=order)
    assert (ordered["dispute"]["status"], ordered["dispute"]["appealed"]) == ("ORDERED", order)
    assert set(_clocks(ordered["dispute"])) == {complied, *others}
    other = await redress.step(
        world.authority, dispute, RedressStep.ORDER_COMPLIED, compliedWith="ORDERED_AMEND_PLACEMENT"
    )
    assert other["refusals"][0]["rule"] == "not-asked"
    done = await redress.step(world.authority, dispute, RedressStep.ORDER_COMPLIED, compliedWith=complied)
    states = {each["rule"]: each["state"] for each in done["dispute"]["duties"]}
    assert states[complied] == "MET"
    assert states.get("ORDERED_FINALISE_AFTER_ASSESSMENT", "ENDED") == "ENDED"


async def test_an_appeal_that_is_not_opposed_starts_the_times_of_reg_45(redress: Redress) -> None:
    """Reg. 45 mirrors reg. 44; there is nothing to reconsider where nothing is opposed."""
    world = redress.world
    dispute = (await redress.raised(world.authority, DisputeKind.APPEAL, "EDUCATION"))["dispute"]
    refused = await redress.step(world.authority, dispute, RedressStep.APPEAL_NOT_OPPOSED, order="RECONSIDER")
    assert refused["refusals"][0]["rule"] == "say-what-is-asked"
    yielded = await redress.step(world.authority, dispute, RedressStep.APPEAL_NOT_OPPOSED, order="MAKE_PLAN")
    assert yielded["dispute"]["status"] == "CLOSED"
    assert _clocks(yielded["dispute"]) == {
        "UNOPPOSED_DRAFT_PLAN": (_in(35), None),
        "UNOPPOSED_FINALISE_PLAN": (_in(77), None),
    }
    met = {"compliedWith": "UNOPPOSED_DRAFT_PLAN"}
    assert (await redress.step(world.authority, dispute, RedressStep.ORDER_COMPLIED, **met))["refusals"] == []


async def _arranged(scene: Scene, world: World) -> None:
    """An arrangement between the authority and the board, with three steps for disputes."""
    arrangement = await scene.add(
        tables.arrangement, authority_id=world.authority, title="Together", version=1, in_force_from=_day(-90)
    )
    await scene.add(tables.arrangement_party, arrangement_id=arrangement, body_id=world.board, role="PARTY")
    for ordinal, (description, days) in enumerate((("Managers meet.", 5), ("Directors meet.", 10), ("Ask.", None))):
        step = {"ordinal": ordinal, "description": description, "working_days": days}
        await scene.add(tables.arrangement_dispute_step, arrangement_id=arrangement, **step)


async def test_partners_take_the_steps_of_their_arrangement(redress: Redress, scene: Scene) -> None:
    """S. 26(3)(g): the steps are laid out with their working days; an escalation takes the next. What is open about a
    thing is not opened again."""
    world = redress.world
    await _arranged(scene, world)
    parties = [to_global("Organisation", world.authority)]
    made = await redress.raised(world.board, DisputeKind.BETWEEN_PARTNERS, "HEALTH", parties=parties)
    dispute = made["dispute"]
    first, managers, directors, asked = dispute["steps"]
    assert (first["step"], first["takenBy"]) == ("POSITION_STATED", {"name": "Mere and Vale ICB"})
    assert managers["dueOn"] < directors["dueOn"]
    assert asked["dueOn"] is None
    again = await redress.raised(world.authority, DisputeKind.BETWEEN_PARTNERS, "HEALTH", parties=_ids(world.board))
    assert again["refusals"][0]["rule"] == "already-raised"
    said = {"description": "The managers did not agree."}
    escalated = await redress.step(world.authority, dispute, RedressStep.ESCALATED, **said)
    assert escalated["dispute"]["status"] == "ESCALATED"
    assert escalated["dispute"]["steps"][1]["takenOn"] == _in(0)
    agreed = await redress.done(world.board, RESOLVE, dispute=dispute["id"], status="AGREED", outcome="Shared.")
    assert agreed["dispute"]["status"] == "AGREED"
    late = await redress.step(world.board, dispute, RedressStep.POSITION_STATED, description="And yet.")
    assert late["refusals"][0]["rule"] == "not-now"


REQUEST = """mutation($input: RequestCooperationInput!) { done: requestCooperation(input: $input) {
    cooperationRequest { id } refusals { rule } } }"""
WITHDRAW = "mutation($input: WithdrawInput!) { done: withdrawCooperationRequest(input: $input) { refusals { rule } } }"


async def _asked(redress: Redress, body: UUID, function: str = "EHC_NEEDS_ASSESSMENT") -> str:
    child, to = to_global("Child", redress.world.child), to_global("Organisation", body)
    given = {"child": child, "addressedTo": to, "function": function, "asked": "Advice on therapy."}
    return str((await redress.done(redress.world.authority, REQUEST, **given))["cooperationRequest"]["id"])


async def _stands(transactions: Transactions, request: str, **values: Any) -> None:
    row = tables.cooperation_request
    async with transactions.begin(None) as tx:
        await tx.connection.execute(update(row).where(row.c.id == from_global(request)[1]).values(**values))


async def test_a_request_that_is_refused_or_not_answered_opens_the_steps(
    redress: Redress, scene: Scene, transactions: Transactions
) -> None:
    """Ss. 26(3)(g), 31: not while the body may still comply in time. Then with the body that was asked, or those that
    commission from it; in the steps of the arrangement with their days, and without one that is said."""
    world, partners = redress.world, DisputeKind.BETWEEN_PARTNERS
    of_board, of_trust = await _asked(redress, world.board), await _asked(redress, world.trust)
    early = await redress.raised(world.authority, partners, "HEALTH", about=of_board)
    assert early["refusals"][0] == {"provision": "CFA 2014 s. 26(3)(g)", "rule": "not-received", "path": ["about"]}
    received = {"status": "RECEIVED", "received_at": NOW - timedelta(days=50)}
    await _stands(transactions, of_board, **received, due_on=TODAY)
    early = await redress.raised(world.authority, partners, "HEALTH", about=of_board)
    assert early["refusals"][0]["rule"] == "may-still-be-answered"
    await _stands(transactions, of_board, **received, due_on=_day(-1))
    silent = await redress.raised(world.authority, partners, "HEALTH", about=of_board)
    assert silent["refusals"] == []
    assert [each["rule"] for each in silent["warnings"]] == ["no-arrangement"]
    assert (silent["dispute"]["arrangement"], len(silent["dispute"]["steps"])) == (None, 1)
    await _arranged(scene, world)
    await _stands(transactions, of_trust, status="DECLINED")
    refused = await redress.raised(world.authority, partners, "HEALTH", about=of_trust)
    assert (refused["refusals"], refused["warnings"]) == ([], [])
    dispute = refused["dispute"]
    assert {each["name"] for each in dispute["parties"]} == {"Northmere", "Mere and Vale ICB"}
    assert dispute["arrangement"] == {"title": "Together"}
    assert [(each["description"], each["dueOn"]) for each in dispute["steps"]] == [
        ("What is not agreed.", None),
        ("Managers meet.", "2026-11-27"),
        ("Directors meet.", "2026-12-11"),
        ("Ask.", None),
    ]
    again = await redress.raised(world.authority, partners, "HEALTH", about=of_trust)
    assert again["refusals"][0]["rule"] == "already-raised"
    shown = "query($id: ID!) { node(id: $id) { ... on CooperationRequest { dispute { id } } } }"
    seen = await redress.ask(world.authority, shown, {"id": of_trust}, scopes=SCOPES)
    assert seen["data"]["node"]["dispute"] == {"id": dispute["id"]}
    taken_back = await _asked(redress, world.board, "PLAN_REVIEW")
    assert (await redress.done(world.authority, WITHDRAW, cooperationRequest=taken_back))["refusals"] == []
    late = await redress.raised(world.authority, partners, "HEALTH", about=taken_back)
    assert late["refusals"][0]["rule"] == "withdrawn"


async def test_a_complaint_is_answered_by_a_body_in_it(redress: Redress) -> None:
    """S. 26(3)(f). The capacity to decide is recorded with it (regs 63, 64)."""
    world = redress.world
    made = await redress.raised(
        world.authority, DisputeKind.COMPLAINT, "HEALTH", parties=_ids(world.board), capacity={"parentLacks": True}
    )
    dispute = made["dispute"]
    assert dispute["decider"] == "PARENTS_REPRESENTATIVE"
    await redress.step(world.board, dispute, RedressStep.ACKNOWLEDGED)
    answered = await redress.step(world.board, dispute, RedressStep.ANSWERED, description="We are sorry.")
    assert answered["dispute"]["steps"][-1]["takenBy"] == {"name": "Mere and Vale ICB"}
    not_ours = await redress.done(world.board, RESOLVE, dispute=dispute["id"], status="CLOSED", outcome="Over.")
    assert not_ours["code"] == "FORBIDDEN"


async def _count(transactions: Transactions) -> list[Any]:
    counted = (tables.dispute, tables.dispute_step, tables.duty, tables.notice, tables.event)
    async with transactions.begin(None) as tx:
        return [await tx.connection.scalar(select(func.count()).select_from(each)) for each in counted]


async def test_what_is_refused_changes_nothing(
    redress: Redress, transactions: Transactions, new_id: Callable[[], UUID]
) -> None:
    """Every step of every kind by the wrong body, out of its kind or in the future: refused, with the provision, and
    nothing is stored. For another authority and another board the dispute does not exist."""
    world = redress.world
    opened = {
        kind: (
            await redress.raised(
                world.authority,
                kind,
                "HEALTH",
                parties=_ids(world.board) if kind in {DisputeKind.BETWEEN_PARTNERS, DisputeKind.COMPLAINT} else [],
            )
        )["dispute"]
        for kind in DisputeKind
    }
    before = await _count(transactions)
    for kind, step in product(DisputeKind, (RedressStep.ORDERED, RedressStep.HEALTH_RESPONSE, RedressStep.ESCALATED)):
        if (kind, step) not in STEPS:
            refused = await redress.step(world.authority, opened[kind], step, description="x", follows=True)
            assert refused["refusals"][0]["rule"] == "no-such-step"
    wrong = {frozenset({Actor.AUTHORITY}): world.board, frozenset({Actor.COMMISSIONER}): world.authority}
    for (kind, step), rule in STEPS.items():
        if rule.by in wrong and kind is not DisputeKind.APPEAL:
            refused = await redress.step(wrong[rule.by], opened[kind], step, description="x", follows=True)
            assert refused["refusals"][0] == {
                "provision": rule.provision,
                "rule": "not-yours-to-take",
                "path": ["step"],
            }
    position = {"description": "x", "on": _in(1)}
    dispute = opened[DisputeKind.BETWEEN_PARTNERS]
    future = await redress.step(world.board, dispute, RedressStep.POSITION_STATED, **position)
    assert future["refusals"][0]["rule"] == "in-the-future"
    for stranger in (world.other_authority, world.other_board, world.trust):
        unseen = await redress.step(stranger, dispute, RedressStep.POSITION_STATED, description="x")
        assert unseen["code"] == "NOT_FOUND"
    assert await _count(transactions) == before


async def test_what_may_not_be_raised(redress: Redress, transactions: Transactions, new_id: Callable[[], UUID]) -> None:
    """By the wrong body, about nothing, of no matter, with nobody, in the future, without words or a scope."""
    world = redress.world
    before = await _count(transactions)
    for kind in (DisputeKind.MEDIATION, DisputeKind.APPEAL, DisputeKind.RECOMMENDATION):
        refused = await redress.raised(world.board, kind, "HEALTH", about=to_global("Provision", world.provision_g))
        assert refused["refusals"][0] == {
            "provision": MAY_RAISE[kind][0],
            "rule": "not-yours-to-raise",
            "path": ["kind"],
        }
    raised = redress.raised
    partners, appeal = DisputeKind.BETWEEN_PARTNERS, DisputeKind.APPEAL
    assert (await raised(world.authority, partners, "HEALTH"))["refusals"][0]["rule"] == "two-parties"
    assert (await raised(world.authority, appeal))["refusals"][0]["rule"] == "matters-required"
    assert (await raised(world.authority, appeal, "HEALTH", on=_in(1)))["refusals"][0]["rule"] == "in-the-future"
    assert (await raised(world.authority, appeal, "HEALTH", description=" "))["code"] == "INVALID"
    assert (await raised(world.authority, appeal, "HEALTH", parties=_ids(world.board)))["code"] == "INVALID"
    unknown = [to_global("Organisation", new_id())]
    assert (await raised(world.authority, partners, "HEALTH", parties=unknown))["code"] == "NOT_FOUND"
    for about in (to_global("Plan", new_id()), to_global("Child", world.child)):
        assert (await raised(world.authority, appeal, "HEALTH", about=about))["code"] == "NOT_FOUND"
    assert (await raised(world.other_authority, appeal, "HEALTH"))["code"] == "NOT_FOUND"
    answer = await redress.ask(
        world.authority,
        RESOLVE,
        {"input": {"dispute": to_global("Dispute", new_id()), "status": "CLOSED", "outcome": "x"}},
    )
    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert await _count(transactions) == before


def _ids(*bodies: UUID) -> list[str]:
    return [to_global("Organisation", each) for each in bodies]


def _day(days: int) -> Any:
    return TODAY + timedelta(days=days)
