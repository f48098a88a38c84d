"""The board: counts and timeliness of a body's work, as the rows say."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from hub.db import sharing, tables
from hub.db.sharing import Asking, Sight
from hub.law.duties import DutyRule
from hub.law.reg17_disclosure import Purpose
from hub.law.s31_cooperation import CooperationStatus
from hub.law.vocabulary import (
    AgreementStatus,
    OrganisationKind,
)
from schema.ids import to_global
from schema.projection import FiguresField, projections
from schema.roots import BoardRoot
from schema.values import given
from tests.conftest import NOW
from tests.contract.scene import STRANGERS, TODAY, Scene, scene
from tests.contract.test_graphql_story import Ask, ask
from tests.world import ALL_SCOPES

__all__ = ["ask", "scene"]  # fixtures


BOARD = """query($of: ID!, $from: Date!, $to: Date!) { board(organisation: $of, from: $from, to: $to) {
  organisation { name } from to requestsByState { status count } requestsByAge { weeks count }
  dutiesByState { rule state count } dutiesDueByMonth { month count open }
  timeliness { rule month metInTime metLate overdue } timelinessOfAsked { rule month metInTime metLate overdue }
  agreementsWaiting { commissioner { name } count }
  plansByStatus { status count } } }"""
PERIOD = {"from": "2026-09-01", "to": "2026-12-31"}


async def _work(scene: Scene) -> None:
    statuses = [CooperationStatus.SENT, CooperationStatus.SENT, CooperationStatus.COMPLIED, CooperationStatus.WITHDRAWN]
    for status, days in zip([*statuses, CooperationStatus.SENT], (8, 13.9, 20, 3, 400), strict=True):
        await scene.request(status, days=days)
    six, twenty = DutyRule.DECIDE_WHETHER_TO_ASSESS, DutyRule.FINALISE_PLAN
    for rule, due, met in (
        *((six, -30, -31), (six, -30, -2), (six, -29, None), (six, 5, None), (six, -1, None)),
        *((twenty, -30, -30), (twenty, 30, None), (twenty, -400, -300), (twenty, None, None)),
        (DutyRule.REVIEW_PLAN, -3, -1),
    ):
        await scene.duty(rule, due=due, met=met)
    for due, met, holder in (
        (-30, -31, "trust"),
        (-30, -1, "trust"),
        (-31, None, "board"),
        (5, None, "board"),
        (20, 1, "trust"),
    ):
        await scene.duty(DutyRule.COMPLY_WITH_ADVICE_REQUEST, due=due, met=met, holder=getattr(scene.world, holder))
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
    await scene.request(CooperationStatus.ACCEPTED, days=1, to=scene.world.board)
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
    await scene.request(CooperationStatus.SENT, days=(NOW - sent_at) / timedelta(days=1))
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
