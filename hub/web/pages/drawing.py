"""A page from its template: the NHS design system's components, and headers that let nothing in and nothing out."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from jinja2 import ChainableUndefined, ChoiceLoader, Environment, FileSystemLoader, PackageLoader
from starlette.responses import HTMLResponse, Response

from hub.errors import Kind, Problem
from hub.web.pages import style, words
from hub.web.pages.session import Session
from hub.web.problems import STATUS

# Not one script, and not one style that is not in the file: what a record says can never be run.
_POLICY = "Content-Security-Policy"
HEADERS: Mapping[str, str] = {
    _POLICY: (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; "
        "base-uri 'none'"
    ),
    "Referrer-Policy": "same-origin",  # with none at all, browsers would send no Origin with a form
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
}

_NAVIGATION: tuple[tuple[str, str, str | None], ...] = (
    ("/board", "Board", "cooperation.read"),
    ("/children", "Children", "child.read"),
    ("/requests", "Requests", "cooperation.read"),
    ("/agreements", "Section G", "provision.agree"),
    ("/arrangements", "Arrangements", "offer.read"),
    ("/review", "Review", "record.import"),
    ("/rulebook", "Rule book", None),
)

_SAID: Mapping[Kind, tuple[str, str]] = {
    Kind.NOT_FOUND: ("There is no such page for you", "It does not exist, or your body has no part in it."),
    Kind.FORBIDDEN: ("You may not see this page", "Your role does not open it."),
    Kind.BUSY: ("The hub is busy", "Try again in a moment. Nothing was lost."),
    Kind.INVALID: ("That cannot be read", "Go back and try again."),
    Kind.CONFLICT: ("Somebody was faster", "The record has changed since you opened it. Go back and look again."),
}


class Drawing:
    """Draws pages. One for each process; templates are compiled once."""

    def __init__(self) -> None:
        own = FileSystemLoader(Path(__file__).parent / "templates")
        self._templates = Environment(
            loader=ChoiceLoader([own, PackageLoader("nhsuk_frontend_jinja")]),
            autoescape=True,
            undefined=ChainableUndefined,  # as the components ask
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        said: dict[str, Callable[..., str]] = {
            each.__name__: each
            for each in (
                words.day, words.short_day, words.moment, words.month, words.words, words.duty, words.part,
                words.plain, words.plan_status, words.purpose, words.reason, words.sentence, words.name, words.pounds,
                words.days, words.listed, words.nhs_number,
            )
        }  # fmt: skip
        self._templates.filters.update(said)
        shared: dict[str, Any] = {"style": style.address(), "clock_states": words.CLOCK_STATES}
        self._templates.globals.update(shared)

    def page(
        self,
        template: str,
        session: Session | None,
        *,
        at: str = "",
        status: int = 200,
        forms_lead_to: Sequence[str] = (),
        **given: Any,
    ) -> Response:
        """The page; `at` is its place in the navigation, `forms_lead_to` where else than here its forms may lead."""
        places = [
            {"to": to, "name": name, "here": to == at}
            for to, name, scope in _NAVIGATION
            if scope is None or (session is not None and session.may(scope))
        ]
        child_pages = (each["to"] for each in given.get("child_places", ()) if each["here"])
        given["purpose_to"] = next(child_pages, at)
        text = self._templates.get_template(template).render(session=session, places=places, **given)
        headers = dict(HEADERS)
        if forms_lead_to:
            headers[_POLICY] = headers[_POLICY].replace(
                "form-action 'self'", " ".join(["form-action 'self'", *forms_lead_to])
            )
        return HTMLResponse(text, status, headers)

    def problem(self, problem: Problem, session: Session | None) -> Response:
        title, said = _SAID.get(problem.kind, ("That did not work", problem.message))
        return self.page("problem.html", session, status=STATUS[problem.kind], title=title, said=said)
