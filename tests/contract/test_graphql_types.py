"""The types of the schema that stand beside the story: arrangements, the record of disclosure, the board and others."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import insert, select

from hub.actions import identity
from hub.actions.transaction import Transactions
from hub.db import quarantine, sharing, tables
from hub.db.quarantine import KeptAside
from hub.db.sharing import Asking, Sight
from hub.law.budget_money import Amount, Due, Standing, in_pounds, reconcile, totals
from hub.law.duties import DutyBasis, DutyRule
from hub.law.imports import QuarantineForm
from hub.law.reg8_time_limit import Part3Function
from hub.law.reg17_disclosure import Purpose
from hub.law.s26_arrangements import REQUIREMENTS, missing
from hub.law.s31_cooperation import CooperationStatus
from hub.law.vocabulary import (
    AgreementStatus,
    BudgetKind,
    Certainty,
    DisputeKind,
    DisputeStatus,
    IdentityDecision,
    NotificationBasis,
    Opinion,
    OrganisationKind,
    PaymentMechanism,
    PaymentPeriod,
    SharingMode,
    Source,
)
from schema.ids import to_global
from schema.projection import FiguresField, projections
from schema.roots import BoardRoot
from schema.values import given
from tests.conftest import NOW
from tests.contract.test_graphql_story import Ask, ask
from tests.world import ALL_SCOPES, World

__all__ = ["ask"]  # a fixture

TODAY = NOW.date()
STRANGERS = ("other_trust", "other_authority", "other_board")


@dataclass(frozen=True)
class Scene:
    """The small world, and how to put rows into it."""

    world: World
    new_id: Callable[[], UUID]
    transactions: Transactions

    @property
    def mine(self) -> dict[str, UUID]:
        return {"owner_id": self.world.authority, "child_id": self.world.child}

    async def add(self, table: Any, **values: Any) -> UUID:
        """A row of a table; answers its id."""
        row_id = self.new_id()
        if table.info.get("childs_data"):
            values = self.mine | values
        async with self.transactions.begin(None) as tx:
            await tx.connection.execute(insert(table).values(id=row_id, **values))
        return row_id

    async def rows(self, table: Any) -> list[Any]:
        async with self.transactions.begin(None) as tx:
            return list((await tx.connection.execute(select(table))).mappings())


@pytest.fixture
def scene(world: World, new_id: Callable[[], UUID], transactions: Transactions) -> Scene:
    return Scene(world, new_id, transactions)


# --- arrangements

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


# --- disclosures

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
    world, twin = scene.world, await _second_record(scene)
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


# --- identity candidates and quarantine


async def _second_record(scene: Scene) -> UUID:
    record = {key: value for key, value in (await scene.rows(tables.child))[0].items() if key not in {"id", "upn"}}
    async with scene.transactions.begin(None) as tx:
        twin = scene.new_id()
        values = record | {"id": twin, "owner_id": scene.world.authority, "nhs_number": None, "given_names": ["Adah"]}
        await tx.connection.execute(insert(tables.child).values(values))
    return twin


CANDIDATES = """{ identityCandidates { totalCount nodes { child { givenNames } otherChild { givenNames } reasons foundAt
  decision decidedAt } } }"""


async def test_two_records_that_may_be_one_childs_wait_for_a_decision(ask: Ask, scene: Scene) -> None:
    twin = await _second_record(scene)
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
    twin = await _second_record(scene)
    await scene.add(tables.identity_candidate, other_child_id=twin, found_at=NOW, reasons=[])
    await ask(scene.world.authority, CANDIDATES)
    assert {each["child_id"] for each in await scene.rows(tables.disclosure)} == {scene.world.child, twin}


@pytest.mark.parametrize("body", ["board", *STRANGERS])
async def test_candidates_and_quarantine_are_the_authoritys_alone(ask: Ask, scene: Scene, body: str) -> None:
    twin = await _second_record(scene)
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


# --- what was missing on the types of a child's record


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
    request = await _request(scene, CooperationStatus.DECLINED, days=20)
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
    await _duty(scene, DutyRule.DECIDE_WHETHER_TO_ASSESS, due=40, about=("Notification", notification))
    document = """{ cooperationRequests { nodes { dispute { raisedOn parties { name } } } }
        notifications { nodes { duty { rule } } } disputes { totalCount } }"""
    data = (await ask(world.authority, document))["data"]
    names = [{"name": "Mere Community Trust"}, {"name": "Northmere"}]
    assert data["cooperationRequests"]["nodes"] == [{"dispute": {"raisedOn": "2026-11-20", "parties": names}}]
    assert data["notifications"]["nodes"] == [{"duty": {"rule": "DECIDE_WHETHER_TO_ASSESS"}}]
    shut = (await ask(world.trust, document))["data"]
    assert shut["cooperationRequests"]["nodes"] == [{"dispute": None}], "redress is not open to the asked body"


# --- totals of a personal budget

TOTALS = """{ personalBudgets { nodes { totals { kind funder { name } financialYear indicative agreed paid }
  items { id reconciliation { due paid spent owed unspent overspent } } withheld { fields } } } }"""
EDGES = (date(2026, 3, 31), date(2026, 4, 1), date(2026, 12, 31), date(2027, 1, 1), date(2027, 3, 31))
"""Days on both sides of the beginning of a financial year, and of today."""


async def _money(scene: Scene) -> None:
    (budget,) = await scene.rows(tables.personal_budget)
    of_it = {"personal_budget_id": budget["id"]}
    world = scene.world
    for kind, funder, indicative, agreed in (
        (BudgetKind.EDUCATION, world.authority, "40.00", "55.50"),
        (BudgetKind.EDUCATION, world.authority, "900.00", None),
        (BudgetKind.HEALTH, world.board, "10.00", "12.25"),
    ):
        item = await scene.add(
            tables.budget_item,
            **of_it,
            kind=kind,
            funder_id=funder,
            financial_year="2026-27",
            per=PaymentPeriod.MONTH,
            mechanism=PaymentMechanism.ARRANGEMENT,
        )
        for day in EDGES:
            amounts = {"indicative_amount": Decimal(indicative), "agreed_amount": agreed and Decimal(agreed)}
            under = {"budget_item_id": item, "kind": kind}
            await scene.add(tables.amount_due, **of_it, **under, funder_id=funder, due_on=day, **amounts)
            if agreed is not None:
                await scene.add(tables.payment, **under, funder_id=funder, paid_on=day, amount=Decimal("1.10"))
                await scene.add(tables.spending, **under, spent_on=day, amount=Decimal("2.30"))


async def _amounts(scene: Scene) -> list[Amount]:
    """Everything that is added up, from the rows."""
    found: list[Amount] = []
    for due in await scene.rows(tables.amount_due):
        for standing, name in ((Standing.INDICATIVE, "indicative_amount"), (Standing.AGREED, "agreed_amount")):
            if due[name] is not None:
                found.append(Amount(due["kind"], due["funder_id"], due["due_on"], standing, int(due[name] * 100)))
    return found + [
        Amount(paid["kind"], paid["funder_id"], paid["paid_on"], Standing.PAID, int(paid["amount"] * 100))
        for paid in await scene.rows(tables.payment)
    ]


async def _expected_totals(scene: Scene) -> list[dict[str, Any]]:
    """As the law adds them up."""
    names = {each["id"]: each["name"] for each in await scene.rows(tables.organisation)}
    return [
        {
            "kind": each.kind.value,
            "funder": {"name": names[each.funder]},
            "financialYear": each.financial_year,
            "indicative": f"{in_pounds(each.indicative)}" if each.indicative else None,
            "agreed": f"{in_pounds(each.agreed)}" if each.agreed else None,
            "paid": f"{in_pounds(each.paid)}" if each.paid else None,
        }
        for each in totals(await _amounts(scene))
    ]


async def test_the_totals_of_a_budget_are_what_the_law_adds_up(ask: Ask, scene: Scene) -> None:
    """The statement and `hub.law.budget_money` come to the same, to the penny."""
    await _money(scene)
    answer = await ask(scene.world.authority, TOTALS)
    assert "errors" not in answer
    (budget,) = answer["data"]["personalBudgets"]["nodes"]
    expected = await _expected_totals(scene)
    assert len(expected) == 4
    assert budget["totals"] == expected
    this_year = expected[2]
    assert (this_year["indicative"], this_year["agreed"], this_year["paid"]) == ("3760.00", "222.00", "4.40")
    for each in budget["items"]:
        row = UUID(hex=each["id"].rpartition("_")[2])
        due = [one for one in await scene.rows(tables.amount_due) if one["budget_item_id"] == row]
        paid = [one for one in await scene.rows(tables.payment) if one["budget_item_id"] == row]
        spent = [one for one in await scene.rows(tables.spending) if one["budget_item_id"] == row]
        found = reconcile(
            [Due(one["due_on"], int((one["agreed_amount"] or 0) * 100)) for one in due],
            [Due(one["paid_on"], int(one["amount"] * 100)) for one in paid],
            [Due(one["spent_on"], int(one["amount"] * 100)) for one in spent],
            by=NOW.date(),
        )
        names = ("due", "paid", "spent", "owed", "unspent", "overspent")
        assert each["reconciliation"] == [{name: f"{in_pounds(getattr(found, name))}" for name in names}]


async def test_a_commissioner_adds_up_what_is_open_to_it(ask: Ask, scene: Scene) -> None:
    await _money(scene)
    (budget,) = (await ask(scene.world.board, TOTALS))["data"]["personalBudgets"]["nodes"]
    assert budget["totals"] == [each for each in await _expected_totals(scene) if each["kind"] == "HEALTH"]
    assert "totals" in {field for each in budget["withheld"] for field in each["fields"]}
    assert (await ask(scene.world.other_board, TOTALS))["data"]["personalBudgets"]["nodes"] == []


# --- the board

BOARD = """query($of: ID!, $from: Date!, $to: Date!) { board(organisation: $of, from: $from, to: $to) {
  organisation { name } from to requestsByState { status count } requestsByAge { weeks count }
  dutiesByState { rule state count } dutiesDueByMonth { month count open }
  timeliness { rule month metInTime metLate overdue } timelinessOfAsked { rule month metInTime metLate overdue }
  agreementsWaiting { commissioner { name } count }
  plansByStatus { status count } } }"""
PERIOD = {"from": "2026-09-01", "to": "2026-12-31"}


async def _request(scene: Scene, status: CooperationStatus, *, days: float, to: UUID | None = None) -> UUID:
    return await scene.add(
        tables.cooperation_request,
        function=Part3Function.EHC_NEEDS_ASSESSMENT,
        asked="Advice.",
        requested_by_id=scene.world.authority,
        addressed_to_id=to or scene.world.trust,
        status=status,
        sent_at=NOW - timedelta(days=days),
        updated_at=NOW,
    )


async def _duty(
    scene: Scene,
    rule: DutyRule,
    *,
    due: int | None,
    met: int | None = None,
    about: tuple[str, UUID] | None = None,
    holder: UUID | None = None,
) -> None:
    about_type, about_id = about or ("Assessment", scene.new_id())
    await scene.add(
        tables.duty,
        rule=rule,
        provision="test",
        holder_id=holder or scene.world.authority,
        basis=DutyBasis.STATUTORY,
        started_on=date(2026, 8, 1),
        due_on=None if due is None else TODAY + timedelta(days=due),
        met_on=None if met is None else TODAY + timedelta(days=met),
        about_type=about_type,
        about_id=about_id,
    )


async def _work(scene: Scene) -> None:
    statuses = [CooperationStatus.SENT, CooperationStatus.SENT, CooperationStatus.COMPLIED, CooperationStatus.WITHDRAWN]
    for status, days in zip([*statuses, CooperationStatus.SENT], (8, 13.9, 20, 3, 400), strict=True):
        await _request(scene, status, days=days)
    six, twenty = DutyRule.DECIDE_WHETHER_TO_ASSESS, DutyRule.FINALISE_PLAN
    for rule, due, met in (
        *((six, -30, -31), (six, -30, -2), (six, -29, None), (six, 5, None), (six, -1, None)),
        *((twenty, -30, -30), (twenty, 30, None), (twenty, -400, -300), (twenty, None, None)),
        (DutyRule.REVIEW_PLAN, -3, -1),
    ):
        await _duty(scene, rule, due=due, met=met)
    for due, met, holder in (
        (-30, -31, "trust"),
        (-30, -1, "trust"),
        (-31, None, "board"),
        (5, None, "board"),
        (20, 1, "trust"),
    ):
        await _duty(scene, DutyRule.COMPLY_WITH_ADVICE_REQUEST, due=due, met=met, holder=getattr(scene.world, holder))
    asked = {"provision_id": scene.world.provision_g, "commissioner_id": scene.world.board}
    for _ in range(2):
        await scene.add(tables.provision_agreement, **asked, status=AgreementStatus.ASKED)


async def _expected_board(scene: Scene) -> Mapping[str, Any]:
    """Worked out from the rows, for the authority."""
    first, last = (date.fromisoformat(each) for each in PERIOD.values())
    requests = [
        each for each in await scene.rows(tables.cooperation_request) if first <= each["sent_at"].date() <= last
    ]
    waiting = [each for each in requests if each["status"] in {"SENT", "RECEIVED", "ACCEPTED"}]
    duties = await scene.rows(tables.duty)
    falling = [each for each in duties if each["due_on"] and first <= each["due_on"] <= last]
    others = [each for each in falling if each["holder_id"] != scene.world.authority]
    falling = [each for each in falling if each["holder_id"] == scene.world.authority]
    months = Counter(f"{each['due_on']:%Y-%m}" for each in falling)
    still = Counter(f"{each['due_on']:%Y-%m}" for each in falling if each["met_on"] is None)
    by_status = Counter(str(each["status"]) for each in requests)
    by_age = Counter((TODAY - each["sent_at"].date()).days // 7 for each in waiting)
    return {
        "requestsByState": [{"status": key, "count": count} for key, count in sorted(by_status.items())],
        "requestsByAge": [{"weeks": key, "count": count} for key, count in sorted(by_age.items())],
        "dutiesDueByMonth": [{"month": key, "count": months[key], "open": still[key]} for key in sorted(months)],
        "timeliness": _kept(falling),
        "timelinessOfAsked": _kept(others),
    }


def _kept(duties: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """How those that are timed were met, by rule and month."""
    kept: dict[tuple[str, str], Counter[str]] = {}
    for each in duties:
        if each["rule"] in {"DECIDE_WHETHER_TO_ASSESS", "COMPLY_WITH_ADVICE_REQUEST", "FINALISE_PLAN"}:
            counts = kept.setdefault((str(each["rule"]), f"{each['due_on']:%Y-%m}"), Counter())
            if each["met_on"]:
                counts["metInTime" if each["met_on"] <= each["due_on"] else "metLate"] += 1
            elif each["due_on"] < TODAY:
                counts["overdue"] += 1
    return [
        {"rule": rule, "month": month, **{name: counts[name] for name in ("metInTime", "metLate", "overdue")}}
        for (rule, month), counts in sorted(kept.items())
    ]


async def test_the_board_counts_what_the_rows_say(ask: Ask, scene: Scene) -> None:
    await _work(scene)
    of = to_global("Organisation", scene.world.authority)
    answer = await ask(scene.world.authority, BOARD, {"of": of, **PERIOD})
    assert "errors" not in answer
    board = answer["data"]["board"]
    assert (board["organisation"], board["from"], board["to"]) == ({"name": "Northmere"}, *PERIOD.values())
    for name, expected in (await _expected_board(scene)).items():
        assert board[name] == expected, name
        assert len(expected) > 1
    states = {(each["rule"], each["state"]): each["count"] for each in board["dutiesByState"]}
    assert states == {
        ("DECIDE_WHETHER_TO_ASSESS", "DUE_SOON"): 1,
        ("DECIDE_WHETHER_TO_ASSESS", "MET"): 1,
        ("DECIDE_WHETHER_TO_ASSESS", "MET_LATE"): 1,
        ("DECIDE_WHETHER_TO_ASSESS", "OVERDUE"): 2,
        ("FINALISE_PLAN", "MET"): 1,
        ("FINALISE_PLAN", "RUNNING"): 2,
        ("REVIEW_PLAN", "MET_LATE"): 1,
    }
    assert board["agreementsWaiting"] == [{"commissioner": {"name": "Mere and Vale ICB"}, "count": 2}]
    assert board["plansByStatus"] == [{"status": "FINAL", "count": 1}]
    shown = await scene.rows(tables.disclosure)
    assert shown == [], "a count shows nothing of any child"


async def test_a_commissioners_board_counts_its_own_agreements_and_the_plans_of_its_children(
    ask: Ask, scene: Scene
) -> None:
    await _work(scene)
    await _request(scene, CooperationStatus.ACCEPTED, days=1, to=scene.world.board)
    of = to_global("Organisation", scene.world.board)
    board = (await ask(scene.world.board, BOARD, {"of": of, **PERIOD}))["data"]["board"]
    assert board["requestsByState"] == [{"status": "ACCEPTED", "count": 1}]
    assert board["agreementsWaiting"] == [{"commissioner": {"name": "Mere and Vale ICB"}, "count": 2}]
    assert board["plansByStatus"] == [{"status": "FINAL", "count": 1}]
    owed = [(each["rule"], each["state"], each["count"]) for each in board["dutiesByState"]]
    assert owed == [("COMPLY_WITH_ADVICE_REQUEST", "DUE_SOON", 1), ("COMPLY_WITH_ADVICE_REQUEST", "OVERDUE", 1)]
    assert board["timelinessOfAsked"] == []


@pytest.mark.parametrize("body", STRANGERS)
async def test_of_another_bodys_work_a_stranger_counts_nothing(ask: Ask, scene: Scene, body: str) -> None:
    await _work(scene)
    of = to_global("Organisation", scene.world.authority)
    board = (await ask(getattr(scene.world, body), BOARD, {"of": of, **PERIOD}))["data"]["board"]
    figures = {name: value for name, value in board.items() if name not in {"organisation", "from", "to"}}
    assert len(figures) == 8
    assert all(each == [] for each in figures.values())


async def test_a_day_of_the_board_is_a_day_in_london(ask: Ask, scene: Scene) -> None:
    """What is sent at half past midnight on 1 July in London is sent at half past eleven on 30 June in UTC."""
    sent_at = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)
    await _request(scene, CooperationStatus.SENT, days=(NOW - sent_at) / timedelta(days=1))
    of = to_global("Organisation", scene.world.authority)
    for day, count in (("2026-06-30", 0), ("2026-07-01", 1)):
        answer = await ask(scene.world.authority, BOARD, {"of": of, "from": day, "to": day})
        assert sum(each["count"] for each in answer["data"]["board"]["requestsByState"]) == count


@pytest.mark.parametrize(
    ("asked", "argument", "rule"),
    [
        ({"from": "2026-12-31", "to": "2026-12-30"}, "from", "days-out-of-order"),
        ({"from": "2024-02-29", "to": "2027-03-01"}, "to", "too-many-days"),
        ({"of": "Child_00000000000000000000000000000001"}, "organisation", "id-of-another-type"),
    ],
)
async def test_a_board_that_cannot_be_drawn_names_the_argument(
    ask: Ask, scene: Scene, asked: dict[str, str], argument: str, rule: str
) -> None:
    good = {"of": to_global("Organisation", scene.world.authority), **PERIOD}
    answer = await ask(scene.world.authority, BOARD, good | asked)
    assert answer["errors"][0]["extensions"] == {"code": "INVALID", "rule": rule, "argument": [argument]}


async def test_the_row_of_a_board_is_made_of_its_arguments(scene: Scene) -> None:
    """As the compiler has it."""
    body, first, last = scene.world.authority, date(2026, 9, 1), date(2026, 12, 31)
    arguments = given({"organisation": to_global("Organisation", body), "from": first, "to": last})
    async with scene.transactions.begin(None) as tx:
        row = (await tx.connection.execute(BoardRoot("Board").row(arguments))).mappings().one()
    assert dict(row) == {"organisation_id": body, "starts_on": first, "ends_on": last}


def test_figures_read_childrens_tables_by_way_of_the_guard() -> None:
    asking = Asking(UUID(int=1), OrganisationKind.INTEGRATED_CARE_BOARD, Purpose.OWN_FUNCTIONS, TODAY)
    body = to_global("Organisation", UUID(int=1))
    board = BoardRoot("Board").row(given({"organisation": body, "from": TODAY, "to": TODAY})).subquery()
    found = 0
    for of in projections().values():
        row = board if of.table is None else sharing.issue(of.table)
        for field in of.fields.values():
            if isinstance(field, FiguresField):
                found += 1
                figures = field.statement(row, Sight.of(row, asking)).correlate(row)
                assert sharing.unguarded(select(row, figures.lateral())) == frozenset(), (of.name, field.to)
    assert found == 15


async def test_three_years_are_not_too_many(ask: Ask, scene: Scene) -> None:
    of = to_global("Organisation", scene.world.authority)
    answer = await ask(scene.world.authority, BOARD, {"of": of, "from": "2024-02-29", "to": "2027-02-28"})
    assert "errors" not in answer


@pytest.mark.parametrize(
    ("scope", "shut"),
    [
        ("cooperation.read", {"requestsByState", "requestsByAge"}),
        ("child.read", {"dutiesByState", "dutiesDueByMonth", "timeliness", "timelinessOfAsked"}),
        ("plan.read", {"agreementsWaiting", "plansByStatus"}),
    ],
)
async def test_each_part_of_the_board_takes_the_scope_of_what_it_counts(
    ask: Ask, scene: Scene, scope: str, shut: set[str]
) -> None:
    of = to_global("Organisation", scene.world.authority)
    answer = await ask(scene.world.authority, BOARD, {"of": of, **PERIOD}, scopes=ALL_SCOPES - {scope})
    assert {name for name, value in answer["data"]["board"].items() if value is None} == shut
    assert {each["extensions"]["rule"] for each in answer["errors"]} == {"scope-missing"}
