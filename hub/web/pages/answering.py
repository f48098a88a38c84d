"""Where requests to co-operate are answered (CFA 2014 s. 31) and section G provision is agreed (reg. 12(2)).

Each form is one of the schema's own mutations. What the law refuses is said at the field that it is about, with the
provision; a form that is sent twice is done once, for it carries its idempotency key.
"""

import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

from hub.errors import Kind, Problem, invalid
from hub.law.periods import london_day
from hub.law.reg8_time_limit import TimeExceptionGround
from hub.law.s31_cooperation import RefusalGround
from hub.law.term import Term
from hub.law.vocabulary import AdviceKind
from hub.web.pages.child import withheld
from hub.web.pages.session import Session
from hub.web.pages.visiting import Visiting

_WAITING = frozenset({"SENT", "RECEIVED", "ACCEPTED", "DECLINED"})
_NOTHING: Mapping[str, str] = {}


class Answering:
    """The pages of requests and of section G, and what their forms do."""

    def __init__(self, visiting: Visiting, clock: Callable[[], datetime]) -> None:
        self._visiting = visiting
        self._clock = clock
        self.routes: list[BaseRoute] = [
            visiting.shows("/requests", self._requests),
            visiting.shows("/requests/{request}", self._request),
            visiting.acts("/requests/{request}", self._answer),
            visiting.shows("/agreements", self._agreements),
            visiting.shows("/agreements/{provision}", self._provision),
            visiting.acts("/agreements/{provision}", self._decide),
        ]

    async def _requests(self, _: Request, session: Session) -> Response:
        found = await self._visiting.asking.answer(session, "PageRequests", organisation=session.organisation)
        return self._visiting.drawing.page("requests.html", session, at="/requests", **found)

    async def _request(self, request: Request, session: Session) -> Response:
        return await self._request_page(request, session, {}, _NOTHING)

    async def _request_page(
        self, request: Request, session: Session, wrong: Mapping[str, Any], form: Mapping[str, str]
    ) -> Response:
        asked = await self._node(session, "PageRequest", request.path_params["request"], "addressedTo")
        ours = asked["addressedTo"]["id"] == session.organisation
        return self._visiting.drawing.page(
            "request.html",
            session,
            at="/requests",
            status=422 if wrong else 200,
            asked=asked,
            answers=ours and asked["status"] in _WAITING and session.may("cooperation.respond"),
            advises=ours and asked["status"] in _WAITING and session.may("advice.write"),
            grounds=_choices(RefusalGround),
            exceptions=_choices(TimeExceptionGround),
            kinds=_choices(AdviceKind),
            today=london_day(self._clock()),
            withheld=withheld(asked["withheld"]),
            key=str(uuid.uuid4()),
            form=form,
            **_told(wrong),
        )

    async def _answer(self, request: Request, session: Session, form: Mapping[str, str]) -> Response:
        request_id = request.path_params["request"]
        document, asked, wrong = _step(form, request_id)
        if not wrong:
            wrong = await self._do(session, document, asked, form)
        if wrong:
            return await self._request_page(request, session, wrong, form)
        return RedirectResponse(f"/requests/{request_id}", 303)

    async def _agreements(self, request: Request, session: Session) -> Response:
        after = request.query_params.get("after")
        found = (await self._visiting.asking.answer(session, "PageAgreements", after=after))["provisions"]
        return self._visiting.drawing.page(
            "agreements.html", session, at="/agreements", found=found, today=str(london_day(self._clock()))
        )

    async def _provision(self, request: Request, session: Session) -> Response:
        return await self._provision_page(request, session, {}, _NOTHING)

    async def _provision_page(
        self, request: Request, session: Session, wrong: Mapping[str, Any], form: Mapping[str, str]
    ) -> Response:
        provision = await self._node(session, "PageProvision", request.path_params["provision"], "section")
        asked = (each for each in provision["agreements"] or () if each["commissioner"]["id"] == session.organisation)
        ours = next(asked, None)
        return self._visiting.drawing.page(
            "agreement.html",
            session,
            at="/agreements",
            status=422 if wrong else 200,
            provision=provision,
            ours=ours,
            decides=ours is not None and ours["status"] == "ASKED" and session.may("provision.agree"),
            withheld=withheld(provision["withheld"]),
            key=str(uuid.uuid4()),
            form=form,
            **_told(wrong),
        )

    async def _decide(self, request: Request, session: Session, form: Mapping[str, str]) -> Response:
        provision_id = request.path_params["provision"]
        match form.get("decision"):
            case "agree":
                wrong = await self._do(session, "PageAgreeProvision", {"provision": provision_id}, form)
            case "decline":
                asked = {"provision": provision_id, "reasons": form.get("reasons", "")}
                wrong = await self._do(session, "PageDeclineProvision", asked, form)
            case _:
                wrong = {"decision": "Say whether your body agrees"}
        if wrong:
            return await self._provision_page(request, session, wrong, form)
        return RedirectResponse(f"/agreements/{provision_id}", 303)

    async def _node(self, session: Session, document: str, node_id: str, must_have: str) -> dict[str, Any]:
        """The record with this id, if it is of the page's kind."""
        node = (await self._visiting.asking.answer(session, document, id=node_id))["node"]
        if must_have not in node:
            raise Problem(Kind.NOT_FOUND, "there is no such record for you", rule="not-found")
        return node

    async def _do(
        self, session: Session, document: str, asked: Mapping[str, Any], form: Mapping[str, str]
    ) -> dict[str, str]:
        """Do it; what the law refuses, by the field it is about."""
        key = form.get("idempotency-key")
        answer = await self._visiting.asking.answer(session, document, key=key, input=asked)
        refusals = next(iter(answer.values()))["refusals"]
        return {_field(each["path"], form): f"{each['message']} ({each['provision']})" for each in refusals}


def _step(form: Mapping[str, str], request_id: str) -> tuple[str, dict[str, Any], dict[str, str]]:
    """The document that the form stands for, its input, and what is wrong before anybody is asked."""
    request = {"cooperationRequest": request_id}
    match form.get("step"):
        case "accept":
            return "AnswerAccept", request, {}
        case "decline":
            return "AnswerDecline", request | {"ground": form.get("ground"), "reasons": form.get("reasons", "")}, {}
        case "exception":
            asked = request | {"ground": form.get("exception"), "explanation": form.get("explanation", "")}
            asked |= {"from": form.get("from") or None, "to": form.get("to") or None}
            wrong = {} if form.get("exception") else {"exception": "Choose what makes six weeks impractical"}
            return "ClaimTimeException", asked, wrong
        case "advice":
            lists = {name: _lines(form.get(name, "")) for name in ("needs", "outcomes")}
            asked = request | lists | {"kind": form.get("kind"), "givenOn": form.get("givenOn")}
            asked |= {"author": form.get("author") or None}
            wrong = {} if form.get("givenOn") else {"givenOn": "Say on which day the advice was given"}
            wrong |= {} if form.get("kind") else {"kind": "Choose the kind of advice"}
            return "SubmitAdvice", asked, wrong
        case _:
            raise invalid("that is no answer to a request", rule="step")


def _field(path: Sequence[str], form: Mapping[str, str]) -> str:
    """The field of the form that a refusal is about: of the whole answer, its first."""
    step = form.get("step", "decision")
    if not path or (step == "exception" and path[-1] == "ground"):
        return step
    return path[-1]


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.split("\n") if line.strip()]


def _choices(terms: type[Term]) -> list[dict[str, str]]:
    return [{"value": term.value, "text": term.meaning} for term in terms]


def _told(wrong: Mapping[str, str]) -> dict[str, Any]:
    """What is wrong, for the summary at the top and for each field."""
    return {"wrong": wrong, "summary": [{"href": f"#{field}", "text": text} for field, text in wrong.items()]}
