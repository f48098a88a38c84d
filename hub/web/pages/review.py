"""What people decide on: whether two records are of one child, and what becomes of what could not be taken in.

Each form is one of the schema's own mutations, and needs no script. What an item of the quarantine says is shown in
answer to a form alone, with the reason for which it is read, and stands in no address.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

from hub.errors import Kind, Problem, invalid
from hub.law.imports import DiscardReason
from hub.law.vocabulary import IdentityDecision
from hub.web.pages.session import Session
from hub.web.pages.visiting import Visiting

_AFTER = {"identityCandidates": "identityAfter", "quarantine": "quarantineAfter"}
_SAID_AT_A_FIELD = frozenset({Kind.INVALID, Kind.CONFLICT})
_ABOUT_A_CHILD = frozenset({"SEN2_PERSON", "EXTRACT_ROWS"})
_COMPARED = (
    ("Given names", "givenNames"),
    ("Family name", "familyName"),
    ("Date of birth", "dateOfBirth"),
    ("Sex", "sex"),
    ("Postcode", "postcode"),
    ("NHS number", "nhsNumber"),
    ("NHS number status", "nhsNumberStatus"),
    ("UPN", "upn"),
    ("Last changed", "updatedAt"),
)


@dataclass(frozen=True, slots=True)
class Filled:
    """A form as it was filled in, what is wrong with it, and what an item was found to say."""

    form: Mapping[str, str]
    wrong: Mapping[str, str]
    content: str | None = None

    @property
    def told(self) -> dict[str, Any]:
        summary = [{"href": f"#{field}", "text": text} for field, text in self.wrong.items()]
        return {"form": self.form, "wrong": self.wrong, "summary": summary, "content": self.content}


_NOTHING = Filled({}, {})


class Reviewing:
    """The pages under `/review`, and what their forms do."""

    def __init__(self, visiting: Visiting) -> None:
        self._visiting = visiting
        self.routes: list[BaseRoute] = [
            visiting.shows("/review", self._queues),
            visiting.shows("/review/pairs/{pair}", self._pair),
            visiting.acts("/review/pairs/{pair}", self._decide),
            visiting.shows("/review/items/{item}", self._item),
            visiting.acts("/review/items/{item}", self._step),
        ]

    async def _queues(self, request: Request, session: Session) -> Response:
        asked: dict[str, Any] = {name: request.query_params.get(name) for name in _AFTER.values()}
        waiting = request.query_params.get("stands") != "resolved"
        found = await self._visiting.asking.answer(session, "PageQueues", waiting=waiting, **asked)
        given = {name: found[name] or {"nodes": (), "totalCount": 0} for name in _AFTER}
        stands = {} if waiting else {"stands": "resolved"}
        more = {name: _more(queue, _AFTER[name], stands) for name, queue in given.items()}
        return self._visiting.drawing.page(
            "review.html", session, at="/review", queues=given, more=more, waiting=waiting
        )

    # --- two records

    async def _pair(self, request: Request, session: Session) -> Response:
        return await self._pair_page(request, session, _NOTHING)

    async def _pair_page(self, request: Request, session: Session, filled: Filled) -> Response:
        pair = await self._node(session, "PagePair", request.path_params["pair"], "foundAt")
        both: list[Mapping[str, Any]] = [pair["child"] or {}, pair["otherChild"] or {}]
        compared = [(name, *(each.get(field) for each in both), field) for name, field in _COMPARED]
        return self._visiting.drawing.page(
            "pair.html",
            session,
            at="/review",
            status=422 if filled.wrong else 200,
            pair=pair,
            compared=compared,
            decides=session.may("assessment.write"),
            key=str(uuid.uuid4()),
            **filled.told,
        )

    async def _decide(self, request: Request, session: Session, form: Mapping[str, str]) -> Response:
        pair_id = request.path_params["pair"]
        decision, _, keep = form.get("decision", "").partition(" ")
        wrong = {} if decision in IdentityDecision.__members__ else {"decision": "Say what you decide"}
        wrong |= {} if form.get("reason") else {"reason": "Say why"}
        if not wrong:
            asked = {"candidate": pair_id, "decision": decision, "keep": keep or None, "reason": form["reason"]}
            wrong = await self._do(session, "PageDecidePair", asked, form, at="decision")
        if wrong:
            return await self._pair_page(request, session, Filled(form, wrong))
        return RedirectResponse(f"/review/pairs/{pair_id}", 303)

    # --- an item of the quarantine

    async def _item(self, request: Request, session: Session) -> Response:
        return await self._item_page(request, session, _NOTHING)

    async def _item_page(self, request: Request, session: Session, filled: Filled) -> Response:
        item = await self._node(session, "PageQuarantined", request.path_params["item"], "sha256")
        return self._visiting.drawing.page(
            "quarantined.html",
            session,
            at="/review",
            status=422 if filled.wrong else 200,
            item=item,
            about_a_child=item["form"] in _ABOUT_A_CHILD,
            reasons=[{"value": each.value, "text": each.meaning} for each in DiscardReason],
            key=str(uuid.uuid4()),
            **filled.told,
        )

    async def _step(self, request: Request, session: Session, form: Mapping[str, str]) -> Response:
        item_id = request.path_params["item"]
        filled = Filled(form, {})
        match form.get("step"):
            case "open":
                filled = await self._opened(session, item_id, form)
            case "mend":
                filled = await self._mended(session, item_id, form)
            case "replay":
                asked = {"item": item_id, "version": _version(form)}
                filled = replace(filled, wrong=await self._do(session, "PageReplay", asked, form, at="replay"))
            case "discard":
                filled = await self._discarded(session, item_id, form)
            case _:
                raise invalid("that is nothing to do with an item", rule="step")
        if filled.wrong or filled.content is not None:
            return await self._item_page(request, session, filled)
        return RedirectResponse(f"/review/items/{item_id}", 303)

    async def _opened(self, session: Session, item_id: str, form: Mapping[str, str]) -> Filled:
        why = form.get("why", "")
        if not why:
            return Filled(form, {"why": "Say why you read it"})
        asked = {"item": item_id, "reason": why}
        answer = await self._visiting.asking.answer(session, "PageOpenQuarantined", input=asked)
        content = answer["openQuarantined"]["content"]
        if content is None:
            return Filled(form, {"why": "It is no text: an operator mends it with hub quarantine mend"})
        return Filled({"reason": why}, {}, content)

    async def _mended(self, session: Session, item_id: str, form: Mapping[str, str]) -> Filled:
        content, who = form.get("content", ""), form.get("who", "as-it-says")
        asked: dict[str, Any] = {"item": item_id, "version": _version(form), "reason": form.get("reason", "")}
        asked |= {"content": content or None, "newChild": who == "new"}
        wrong = {} if form.get("reason") else {"reason": "Say why"}
        if who == "known":
            asked["child"] = await self._child(session, form.get("number", "").replace(" ", ""))
            wrong |= {} if asked["child"] else {"number": "No child of yours has this UPN or NHS number"}
        wrong = wrong or await self._do(session, "PageMend", asked, form, at="content")
        return Filled(form, wrong, content if wrong else None)

    async def _discarded(self, session: Session, item_id: str, form: Mapping[str, str]) -> Filled:
        if form.get("discard") not in DiscardReason.__members__:
            return Filled(form, {"discard": "Say why it is put aside"})
        asked = {"item": item_id, "version": _version(form), "reason": form["discard"], "note": form.get("note", "")}
        return Filled(form, await self._do(session, "PageDiscard", asked, form, at="discard"))

    async def _child(self, session: Session, number: str) -> str | None:
        named = {"nhsNumber": number} if number.isdecimal() else {"upn": number}
        try:
            found = await self._visiting.asking.answer(session, "PageChildByNumber", **named)
        except Problem as problem:
            if problem.kind not in {Kind.INVALID, Kind.NOT_FOUND}:
                raise
            return None
        return found["child"]["id"]

    # --- both

    async def _node(self, session: Session, document: str, node_id: str, must_have: str) -> dict[str, Any]:
        """The record with this id, if it is of the page's kind."""
        node = (await self._visiting.asking.answer(session, document, id=node_id))["node"]
        if must_have not in node:
            raise Problem(Kind.NOT_FOUND, "there is no such record for you", rule="not-found")
        return node

    async def _do(
        self, session: Session, document: str, asked: Mapping[str, Any], form: Mapping[str, str], *, at: str
    ) -> dict[str, str]:
        """Do it; what is wrong or refused, by the field it is about."""
        key = form.get("idempotency-key")
        try:
            answer = await self._visiting.asking.answer(session, document, key=key, input=asked)
        except Problem as problem:
            if problem.kind not in _SAID_AT_A_FIELD:
                raise
            field = problem.path[-1] if problem.path and problem.path[-1] in form else at
            return {field: f"{problem.message[:1].upper()}{problem.message[1:]}"}
        refusals = next(iter(answer.values()))["refusals"]
        said = "; ".join(f"{each['message']} ({each['provision']})" for each in refusals)
        return {at: said} if said else {}


def _version(form: Mapping[str, str]) -> int:
    said = form.get("version", "")
    if not said.isdecimal() or len(said) > 9:
        raise invalid("the form cannot be read", rule="not-a-form")
    return int(said)


def _more(queue: Mapping[str, Any], after: str, stands: Mapping[str, str]) -> str | None:
    page = queue.get("pageInfo")
    return f"/review?{urlencode({**stands, after: page['endCursor']})}" if page and page["hasNextPage"] else None
