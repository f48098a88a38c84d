"""The pages of a child's record besides the timeline: the list of children, the plan, the budget, and who saw it."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from hub.errors import Kind, Problem
from hub.law.vocabulary import SectionCode
from hub.web.pages import charts, words
from hub.web.pages.child import places, withheld
from hub.web.pages.session import Session
from hub.web.pages.visiting import Visiting

_SHOWN = {"/plan": frozenset({"currentPlan", "plans"}), "/budget": frozenset({"currentPlan", "personalBudgets"})}
"""The child's fields of which a page is made."""

_KIND_COLOURS = {"EDUCATION": "chart__education", "HEALTH": "chart__health", "SOCIAL_CARE": "chart__social"}


def record_routes(visiting: Visiting) -> list[BaseRoute]:
    """`/children`, and each child's `/plan`, `/budget` and `/disclosures`."""

    async def children(request: Request, session: Session) -> Response:
        begins, after = request.query_params.get("name", "").strip()[:60], request.query_params.get("after")
        found = await visiting.asking.answer(session, "PageChildren", startsWith=begins or None, after=after)
        page = found["children"]["pageInfo"]
        asked = {"name": begins} if begins else {}
        more = f"/children?{urlencode(asked | {'after': page['endCursor']})}" if page["hasNextPage"] else None
        return visiting.drawing.page(
            "children.html", session, at="/children", found=found["children"], begins=begins, more=more
        )

    async def of_child(request: Request, session: Session, document: str, here: str, **more: Any) -> dict[str, Any]:
        child_id = request.path_params["child"]
        answer = await visiting.asking.answer(session, document, id=child_id, **more)
        child = answer["child"]
        given = {"child": child, "child_places": places(child_id, here, session)}
        return answer | given | {"withheld": withheld(child.get("withheld"), _SHOWN.get(here))}

    async def plan(request: Request, session: Session) -> Response:
        """The version that is named, or else the one in force, or else the newest that there is for who looks."""
        named = request.path_params.get("plan")
        given = await plan_of_child(request, session, named)
        versions: Sequence[Mapping[str, Any]] = given["child"]["plans"] or ()
        if not named and given["shown"] is None and versions:
            given = await plan_of_child(request, session, versions[0]["id"])
        shown = given["shown"]
        given |= {
            "sections": _sections(shown) if shown else [],
            "versions": [_version(each, given) for each in versions],
        }
        return visiting.drawing.page("plan.html", session, at="/children", **given)

    async def plan_of_child(request: Request, session: Session, named: str | None) -> dict[str, Any]:
        chosen = {"version": named, "isNamed": True} if named else {"isNamed": False}
        given = await of_child(request, session, "PagePlan", "/plan", **chosen)
        shown = given["plan"] if named else given["child"]["currentPlan"]
        if named and (shown is None or shown["child"]["id"] != given["child"]["id"]):
            raise Problem(Kind.NOT_FOUND, "there is no such version for you", rule="not-found")
        return given | {"shown": shown}

    async def budget(request: Request, session: Session) -> Response:
        given = await of_child(request, session, "PageBudget", "/budget")
        found = budget_shown(given["child"])
        given |= {"budget": found, "pictures": _pictures(found["totals"] or ()) if found else []}
        given["budget_withheld"] = withheld(found["withheld"]) if found else []
        return visiting.drawing.page("budget.html", session, at="/children", **given)

    async def disclosures(request: Request, session: Session) -> Response:
        after = request.query_params.get("after")
        given = await of_child(request, session, "PageDisclosures", "/disclosures", after=after)
        page = given["disclosures"]["pageInfo"]
        more = f"?{urlencode({'after': page['endCursor']})}" if page["hasNextPage"] else None
        return visiting.drawing.page("disclosures.html", session, at="/children", **given, more=more)

    return [
        visiting.shows("/children", children),
        visiting.shows("/children/{child}/plan", plan),
        visiting.shows("/children/{child}/plan/{plan}", plan),
        visiting.shows("/children/{child}/budget", budget),
        visiting.shows("/children/{child}/disclosures", disclosures),
    ]


def _version(plan: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """A version in the list of them: where it stands, since when, and whether it is the one that is shown."""
    steps = ("ceasedOn", "finalisedOn", "servedOn", "draftedOn")
    since = next((plan[step] for step in steps if plan[step]), None)
    here = given["shown"] is not None and plan["id"] == given["shown"]["id"]
    return {**plan, "since": since, "here": here, "to": f"/children/{given['child']['id']}/plan/{plan['id']}"}


def budget_shown(child: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The budget of the current plan; else the one that was asked for last, as in the draft of a first plan."""
    budgets: Sequence[Mapping[str, Any]] = child["personalBudgets"] or ()
    plan: Mapping[str, Any] | None = child["currentPlan"]
    current: Mapping[str, Any] | None = plan["personalBudget"] if plan else None
    of_plan = next((each for each in budgets if current and each["id"] == current["id"]), None)
    return of_plan or max(budgets, key=lambda each: each["requestedOn"] or "", default=None)


def _sections(plan: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Each section of the plan from A to K: what stands in it, or by which rule it is kept from you."""
    texts = {each["code"]: each["text"] for each in plan["sections"] or ()}
    shut = plan["withheld"]
    return [
        {
            "code": code.value,
            "meaning": code.meaning,
            "text": texts.get(code.value),
            "needs": [each for each in plan["needs"] or () if each["section"] == code.value],
            "outcomes": plan["outcomes"] or () if code is SectionCode.E else (),
            "provisions": [each for each in plan["provisions"] or () if each["section"] == code.value],
            "placement": plan["placement"] if code is SectionCode.I else None,
            "shut": _shut(shut, f"SECTION_{code.value}"),
        }
        for code in SectionCode
    ]


def _shut(withheld: Sequence[Mapping[str, Any]], part: str) -> dict[str, str] | None:
    """Why the part is kept from you: by the entry that is about the fewest parts besides it."""
    about = [(_parts(each["reason"]), each) for each in withheld]
    found = min((each for each in about if part in each[0]), key=lambda each: len(each[0]), default=None)
    if found is None:
        return None
    why = found[1]["reason"].partition(". ")[2]
    why = re.sub(r"does not open \w+ for", f"does not open {part} for", why)  # it names one, and is true of each
    return {"why": words.plain(why), "rule": found[1]["rule"]}


def _parts(reason: str) -> set[str]:
    """The parts that a reason lists as not open."""
    return {each.strip() for each in reason.partition(":")[2].partition(".")[0].split(",")}


def _pictures(totals: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Who pays what, a picture for each financial year; agreed where it is agreed, and indicative before that."""
    by_year: dict[str, list[tuple[str, Decimal, str]]] = defaultdict(list)
    for each in totals:
        amount = Decimal(each["agreed"] or each["indicative"] or 0)
        said = f"{words.called(each['funder'])}, {words.words(each['kind']).lower()}: {words.pounds(str(amount))}"
        by_year[each["financialYear"]].append((said, amount, _KIND_COLOURS[each["kind"]]))
    return [
        {
            "year": year,
            "total": words.pounds(str(sum((amount for _, amount, _ in rows), Decimal(0)))),
            "drawn": charts.shares(
                f"Who pays in {year}: " + words.listed(said for said, _, _ in rows),
                [(float(amount), colour) for _, amount, colour in rows],
            ),
            "key": [(colour, said) for said, _, colour in rows],
        }
        for year, rows in sorted(by_year.items())
    ]
