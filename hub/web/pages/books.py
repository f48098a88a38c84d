"""The pages about the rules: the rule book, and what the bodies have arranged among themselves (CFA 2014 s. 26)."""

import gzip
import re
from collections.abc import Callable, Mapping
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from hub.law.s26_arrangements import REQUIREMENTS
from hub.web.pages import words
from hub.web.pages.session import Session
from hub.web.pages.visiting import Visiting

_MODES = {
    "CONTENT": "may see {parts}",
    "EXISTENCE": "may know of {parts}, and no more",
}


_FOR_DEVELOPERS = "Made from the tests in tests/law by `make rulebook`: do not edit it. "


def book_routes(visiting: Visiting, rulebook: Callable[[], str]) -> list[BaseRoute]:
    """`/rulebook` for everybody, as Markdown for whoever does not read HTML; `/arrangements` for who has signed in."""
    text = rulebook()
    book, chapters = _rendered(text.replace(_FOR_DEVELOPERS, ""))

    async def rule_book(request: Request) -> Response:
        if "text/html" not in request.headers.get("accept", ""):
            return PlainTextResponse(text, media_type="text/markdown")
        session = visiting.sessions.of(request)
        page = visiting.drawing.page("rulebook.html", session, at="/rulebook", book=book, chapters=chapters)
        page.headers["Vary"] = "Accept, Accept-Encoding"
        return _packed(page) if "gzip" in request.headers.get("accept-encoding", "") else page

    async def arrangements(_: Request, session: Session) -> Response:
        found = (await visiting.asking.answer(session, "PageArrangements"))["arrangements"]["nodes"]
        shown = [
            each
            | {
                "answered": [(REQUIREMENTS.get(c["requirement"], ""), c) for c in each["clauses"]],
                "lacking": [(paragraph, REQUIREMENTS.get(paragraph, "")) for paragraph in each["missing"]],
                "sentences": [_sentence(rule) for rule in each["sharingRules"]],
            }
            for each in found
        ]
        return visiting.drawing.page("arrangements.html", session, at="/arrangements", arrangements=shown)

    return [Route("/rulebook", rule_book), visiting.shows("/arrangements", arrangements)]


def _packed(page: Response) -> Response:
    """The page as gzip. Not for a page that says again what it was asked: with its form key that would tell the key."""
    page.body = gzip.compress(page.body, 6, mtime=0)
    page.headers["Content-Encoding"] = "gzip"
    page.headers["Content-Length"] = str(len(page.body))
    return page


def _rendered(text: str) -> tuple[Markup, list[tuple[str, str]]]:
    """The book as HTML, and its chapters with their anchors. What HTML may stand in the text is shown, never used."""
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens, chapters = reader.parse(text), list[tuple[str, str]]()
    for nth, token in enumerate(tokens):
        if token.type == "heading_open" and token.tag in {"h2", "h3"}:
            anchor = _anchor(tokens[nth + 1])
            token.attrSet("id", anchor)
            if token.tag == "h2":
                chapters.append((anchor, tokens[nth + 1].content))
        if token.type == "table_open":
            token.attrSet("tabindex", "0")
    return Markup(reader.renderer.render(tokens, reader.options, {})), chapters  # noqa: S704  (made from the law's own tables)


def _anchor(heading: Token) -> str:
    return re.sub(r"[^a-z0-9]+", "-", heading.content.lower()).strip("-")


def _sentence(rule: Mapping[str, Any]) -> dict[str, str]:
    """A sharing rule as a sentence: who may see what, for what, and why."""
    who = [each["name"] for each in rule["recipients"]]
    who += [f"every {words.within(words.words(kind))}" for kind in rule["recipientKinds"]]
    parts = words.listed(words.within(words.part(part)) for part in rule["parts"])
    purposes = words.listed(words.within(words.words(purpose)) for purpose in rule["purposes"])
    may = _MODES.get(rule["mode"], "may see {parts}").format(parts=parts)
    said = words.listed(who)
    until = f" to {words.day(rule['to'])}" if rule["to"] else ""
    return {
        "said": f"{said[:1].upper()}{said[1:]} {may}, for {purposes}.",
        "ground": rule["ground"],
        "time": f"From {words.day(rule['from'])}{until}.",
    }
