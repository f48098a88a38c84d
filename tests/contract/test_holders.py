"""Clocks of no body: the family's own times and its mediation adviser's certificates, over GraphQL."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import update

from hub.actions.duties import About
from hub.actions.notices import NoticeKind, Said, give_notice
from hub.actions.transaction import Transactions
from hub.db import plan_rows, tables
from hub.db.session import Database
from hub.law.s51_terms import RedressStep
from hub.law.vocabulary import DisputeKind
from schema.ids import to_global
from tests.conftest import NOW
from tests.contract.test_graphql_story import Ask, ask
from tests.contract.test_redress import RESOLVE, SCOPES, Redress, redress
from tests.world import World

__all__ = ["ask", "redress"]  # fixtures

TRAY = """query($filter: DutyFilter) { duties(first: 50, filter: $filter) {
    nodes { rule holder { name } heldBy dueOn metOn state } } }"""


async def _tray(ask: Ask, body: UUID, **asked: Any) -> dict[str, Any]:
    answer = await ask(body, TRAY, {"filter": asked})
    nodes = answer["data"]["duties"]["nodes"]
    assert all((each["holder"] is None) == (each["heldBy"] in FAMILYS) for each in nodes)
    return {each["rule"]: each for each in nodes}


FAMILYS = ("PARENT_OR_YOUNG_PERSON", "MEDIATION_ADVISER")


async def test_the_familys_times_start_with_the_notice(
    ask: Ask, world: World, transactions: Transactions, redress: Redress, new_id: Callable[[], UUID]
) -> None:
    """Reg. 33, HESC Rules r. 20: two months from the notice of a decision that may be appealed. Over, they are closed,
    and nobody is late. A plan may not cease before (s. 45(4)); a mediation and an appeal are what they were for."""
    about = About("Plan", world.plan, world.authority, world.child)
    told_on = NOW.date() - timedelta(days=70)
    async with transactions.begin(world.caller(world.authority)) as tx:
        await give_notice(tx, NoticeKind.CEASE, about, said=Said(reasons="Needs are met."), given_on=told_on)
        assert await plan_rows.appeal(tx.connection, world.authority, world.plan) == (date(2026, 11, 13), False)
    closed = await _tray(ask, world.authority, heldBy=["PARENT_OR_YOUNG_PERSON"], states=["CLOSED"])
    assert set(closed) == {"CONTACT_MEDIATION_ADVISER", "APPEAL_AFTER_DECISION"}
    assert closed["APPEAL_AFTER_DECISION"]["dueOn"] == "2026-11-13"
    async with transactions.begin(world.caller(world.authority)) as tx:
        await give_notice(tx, NoticeKind.FINAL_PLAN, about)
    anew = await _tray(ask, world.authority, heldBy=["PARENT_OR_YOUNG_PERSON"])
    assert {(each["dueOn"], each["state"]) for each in anew.values()} == {("2027-01-22", "RUNNING")}
    await redress.raised(world.authority, DisputeKind.MEDIATION, "EDUCATION")
    contacted = await _tray(ask, world.authority, rules=["CONTACT_MEDIATION_ADVISER"])
    assert contacted["CONTACT_MEDIATION_ADVISER"]["state"] == "MET"
    await redress.raised(world.authority, DisputeKind.APPEAL, "EDUCATION")
    assert (await _tray(ask, world.authority, rules=["APPEAL_AFTER_DECISION"]))["APPEAL_AFTER_DECISION"]["metOn"]
    for stranger in (world.board, world.trust, world.other_authority):
        assert await _tray(ask, stranger, heldBy=list(FAMILYS)) == {}


async def test_a_certificate_is_the_advisers(ask: Ask, world: World, redress: Redress) -> None:
    """Regs 34(1), 39: three working days after the adviser was told that no mediation is wanted or can be had, or after
    it was held; the certificate starts the month to appeal. The commissioning body that is in it sees neither."""
    ways: tuple[tuple[tuple[RedressStep, ...], str], ...] = (
        ((RedressStep.MEDIATION_DECLINED,), "CERTIFY_MEDIATION_DECLINED"),
        ((RedressStep.MEDIATION_NOT_ARRANGED,), "CERTIFY_MEDIATION_NOT_ARRANGED"),
        ((RedressStep.MEDIATION_ARRANGED, RedressStep.MEDIATION_HELD), "CERTIFY_MEDIATION_ENDED"),
    )
    for steps, rule in ways:
        dispute = (await redress.raised(world.authority, DisputeKind.MEDIATION, "EDUCATION", "HEALTH"))["dispute"]
        for step in steps:
            held_on = (NOW.date() + timedelta(days=20)).isoformat()
            given = {"heldOn": held_on} if step is RedressStep.MEDIATION_ARRANGED else {}
            assert (await redress.step(world.authority, dispute, step, **given))["refusals"] == [], step
        (due,) = (await _tray(ask, world.authority, heldBy=["MEDIATION_ADVISER"], states=["DUE_SOON"])).values()
        assert (due["rule"], due["dueOn"]) == (rule, "2026-11-25")
        assert await _tray(ask, world.board, heldBy=["MEDIATION_ADVISER"]) == {}
        await redress.step(world.authority, dispute, RedressStep.CERTIFICATE_ISSUED)
        assert await _tray(ask, world.authority, heldBy=["MEDIATION_ADVISER"], states=["DUE_SOON"]) == {}
        appeal = (await _tray(ask, world.authority, rules=["APPEAL_AFTER_CERTIFICATE"]))["APPEAL_AFTER_CERTIFICATE"]
        assert (appeal["dueOn"], appeal["heldBy"]) == ("2026-12-22", "PARENT_OR_YOUNG_PERSON")
        closing = {"dispute": dispute["id"], "status": "CLOSED", "outcome": "Over."}
        assert (await redress.done(world.authority, RESOLVE, **closing))["refusals"] == []


async def test_who_comes_late_to_the_adviser_has_no_certificate(
    ask: Ask, world: World, transactions: Transactions, redress: Redress
) -> None:
    """Reg. 34(1), and reg. 33: the adviser was to be contacted within two months of the notice."""
    about = About("Plan", world.plan, world.authority, world.child)
    async with transactions.begin(world.caller(world.authority)) as tx:
        said, told_on = Said(reasons="Needs are met."), NOW.date() - timedelta(days=70)
        await give_notice(tx, NoticeKind.CEASE, about, said=said, given_on=told_on)
    dispute = (await redress.raised(world.authority, DisputeKind.MEDIATION, "EDUCATION"))["dispute"]
    assert (await redress.step(world.authority, dispute, RedressStep.MEDIATION_DECLINED))["refusals"] == []
    assert await _tray(ask, world.authority, heldBy=["MEDIATION_ADVISER"]) == {}


ASKED = """mutation($input: RecordHigherEducationRequestInput!) { done: recordHigherEducationRequest(input: $input) {
  duty { id rule dueOn state holder { id } } refusals { rule } } }"""
SENT = "mutation($input: MeetDutyInput!) { done: meetDuty(input: $input) { duty { state metOn } refusals { rule } } }"


async def test_a_young_person_asks_for_the_plan(ask: Ask, world: World, database: Database) -> None:
    """Reg. 47: within 15 working days of the request. A child does not ask, nor anybody of another authority."""

    async def asked(body: UUID, on: str) -> Any:
        given = {"plan": to_global("Plan", world.plan), "on": on}
        return await ask(body, ASKED, {"input": given}, scopes=SCOPES)

    too_young = (await asked(world.authority, "2026-11-20"))["data"]["done"]
    assert [each["rule"] for each in too_young["refusals"]] == ["not-a-young-person"]
    async with database.begin(None) as connection:
        born = {"date_of_birth": date(2008, 3, 4)}
        await connection.execute(update(tables.child).where(tables.child.c.id == world.child).values(born))
    assert "errors" in await asked(world.other_authority, "2026-11-20")
    duty = (await asked(world.authority, "2026-11-20"))["data"]["done"]["duty"]
    assert (duty["rule"], duty["dueOn"]) == ("DISCLOSE_PLAN_FOR_HIGHER_EDUCATION", "2026-12-11")
    assert duty["holder"]["id"] == to_global("Organisation", world.authority)
    sent = await ask(world.authority, SENT, {"input": {"duty": duty["id"], "on": "2026-11-22"}}, scopes=SCOPES)
    assert sent["data"]["done"] == {"duty": {"state": "MET", "metOn": "2026-11-22"}, "refusals": []}
