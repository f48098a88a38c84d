"""What a portal asks first, on the demo: each question is one query, answered with rows by one statement.

The questions are those of the README, word for word, and those of GraphiQL's ready tabs.
"""

import json
import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from graphql import OperationDefinitionNode, OperationType, parse

from hub.actions.transaction import LONDON
from hub.bench.explaining import caller_for, execution_on
from hub.law.caller import Caller
from hub.law.vocabulary import OrganisationKind
from hub.web import graphiql_page
from schema.execution import Execution
from schema.ids import from_global
from tests.running import RunningHub

PORTAL = "northmere-portal"
README = (Path(__file__).parents[2] / "README.md").read_text()
_SECTION = README.partition("\n## Asking questions\n")[2].partition("\n## ")[0]
QUESTIONS = re.findall(rf"^ask {PORTAL} '([^']+)'", _SECTION, re.M)


def _is_query(tab: Path) -> bool:
    (operation,) = [each for each in parse(tab.read_text()).definitions if isinstance(each, OperationDefinitionNode)]
    return operation.operation is OperationType.QUERY


TABS = [tab for tab in sorted((graphiql_page.SOURCE / "src" / "tabs").glob("*.graphql")) if _is_query(tab)]


@pytest.fixture(scope="module")
def execution() -> Execution:
    """The hub's schema, to ask what it would run: planning takes no database."""
    return execution_on("postgresql://never-connected")


@pytest.fixture(scope="module")
def caller(hub: RunningHub) -> Caller:
    """The authority's portal, with the scopes that the demo gives it."""
    viewer = hub.graphql(PORTAL, "{ viewer { organisation { id laCode } scopes } }")["data"]["viewer"]
    body = viewer["organisation"]
    portal = caller_for(from_global(body["id"])[1], OrganisationKind.LOCAL_AUTHORITY, body["laCode"])
    return replace(portal, scopes=frozenset(viewer["scopes"]))


def asked(hub: RunningHub, question: str, variables: Any = None) -> Any:
    answer = hub.graphql(PORTAL, question, variables)
    assert "errors" not in answer, answer
    return answer["data"]


@pytest.mark.parametrize("question", QUESTIONS, ids=["agreement", "duties", "provision"])
def test_each_question_is_compiled_to_one_statement(execution: Execution, caller: Caller, question: str) -> None:
    assert execution.explain(question, {}, caller) is not None


def test_which_plans_have_health_provision_not_yet_agreed(hub: RunningHub) -> None:
    plans = asked(hub, QUESTIONS[0])["plans"]
    assert plans["totalCount"] >= len(plans["nodes"]) > 0
    for plan in plans["nodes"]:
        statuses = {agreement["status"] for each in plan["provisions"] for agreement in each["agreements"]}
        assert statuses & {"NOT_ASKED", "ASKED", "DECLINED"}, plan


def test_which_duties_fall_due_in_the_next_fourteen_days_and_whose(hub: RunningHub) -> None:
    before = datetime.now(LONDON).date()
    duties = asked(hub, QUESTIONS[1])["duties"]["nodes"]
    after = datetime.now(LONDON).date()
    assert duties
    assert all(duty["holder"]["name"] and duty["child"]["familyName"] for duty in duties)
    days = [date.fromisoformat(duty["dueOn"]) for duty in duties]
    assert before <= days[0] <= days[-1] <= after + timedelta(days=14)
    assert days == sorted(days)


def test_what_a_plan_provides_each_week_who_delivers_it_and_who_pays(hub: RunningHub) -> None:
    (child,) = asked(hub, QUESTIONS[2])["children"]["nodes"]
    provided = child["currentPlan"]["provisions"]
    assert any(each["minutesPerWeek"] for each in provided)
    assert all(each["deliveredBy"] and each["commissioner"]["name"] for each in provided)


@pytest.mark.parametrize("tab", TABS, ids=lambda tab: tab.stem)
def test_every_ready_tab_that_asks_is_answered_with_rows_by_one_statement(
    hub: RunningHub, execution: Execution, caller: Caller, tab: Path
) -> None:
    variables = {}
    if tab.with_suffix(".variables.json").is_file():
        # A page of children has just been shown, so that there is a record to ask about.
        said = asked(hub, "{ children(first: 1) { nodes { id } } viewer { organisation { id } } }")
        today = datetime.now(LONDON).date()
        first_day = today.replace(day=1)
        meant = {
            "child": said["children"]["nodes"][0]["id"],
            "body": said["viewer"]["organisation"]["id"],
            "from": str(first_day),
            "to": str((first_day + timedelta(days=31)).replace(day=1) - timedelta(days=1)),
        }
        given = json.loads(tab.with_suffix(".variables.json").read_text())
        assert all(each.startswith("put ") for each in given.values())
        variables = {name: meant[name] for name in given}
    assert execution.explain(tab.read_text(), variables, caller) is not None
    for name, answer in asked(hub, tab.read_text(), variables).items():
        assert any(answer.get(each) for each in ("nodes", "edges", "organisation", "budgets")), name


@pytest.mark.parametrize(
    ("tab", "who", "status", "again"),
    [
        ("09-request-cooperation", "northmere-portal:bryony.castell", "SENT", True),
        ("09b-decline-request", "marchland-icb-portal:anneliese.thorogood", "DECLINED", False),
        ("09c-comply-with-request", "marchland-icb-portal:anneliese.thorogood", "COMPLIED", True),
    ],
)
def test_every_ready_tab_that_acts_does_as_it_stands(
    hub: RunningHub, tab: str, who: str, status: str, again: bool
) -> None:
    """With the variables that the demo puts into it, as the person whom it names. More may be asked, and more advice
    given; what was declined is declined."""
    file = (graphiql_page.SOURCE / "src" / "tabs" / tab).with_suffix(".graphql")
    examples = httpx.get(f"{hub.base_url}/demo/identities").json()["examples"]
    (operation,) = [each for each in parse(file.read_text()).definitions if isinstance(each, OperationDefinitionNode)]
    assert operation.name is not None

    def known(name: str, value: object) -> object:
        if not isinstance(value, str) or not value.startswith("put "):
            return value
        return examples.get(f"{operation.name.value}.{name}", examples.get(name))  # type: ignore[union-attr]  (above)

    given = json.loads(file.with_suffix(".variables.json").read_text())["input"]
    variables = {"input": {name: known(name, value) for name, value in given.items()}}
    token = httpx.post(f"{hub.base_url}/demo/token", json={"client_id": who}).json()["access_token"]
    asked = {"json": {"query": file.read_text(), "variables": variables}, "timeout": 30}
    answers = [
        httpx.post(f"{hub.base_url}/graphql", headers={"Authorization": f"Bearer {token}"}, **asked).json()
        for _ in range(2)
    ]
    first, second = (next(iter(each["data"].values())) for each in answers)
    assert first["refusals"] == []
    assert first["cooperationRequest"]["status"] == status
    assert (second["refusals"] == []) is again
