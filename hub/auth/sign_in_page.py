"""The pages of the hub's own sign-in: HTML that works without scripts, by keyboard, magnified and read aloud.

They are made of the components of the hub's other pages (the NHS design system's), whose style sheet they link to.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from starlette.responses import HTMLResponse, Response

from hub.auth.people import Person
from hub.auth.redirects import origin_of
from hub.auth.scopes import GRAPHQL

_PAGE = """<!doctype html>
<html lang="en-GB">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} – SEND Hub</title>{style}</head>
<body>
<header class="hub-header"><div class="nhsuk-width-container"><div class="hub-header__top">
<p><a class="hub-header__name" href="/">SEND Hub</a></p></div></div></header>
<main id="main" class="nhsuk-width-container"><h1>{title}</h1>{content}</main>
</body>
</html>
"""
_OTHER = "nhsuk-button nhsuk-button--secondary"


@dataclass(frozen=True, slots=True)
class SignInPages:
    """The steps of a sign-in as pages. `style`: the address of their style sheet; without one they are plain."""

    style: str | None = None

    def who(
        self, *, action: str, request: str, system: str, people: Sequence[Person], redirect_uri: str, missed: bool
    ) -> Response:
        """Who are you? A demo knows people by their names, and asks for nothing that only they know."""
        options = "".join(_radio(nth, each) for nth, each in enumerate(people, start=1))
        content = (
            f"{_problem('Say who you are', to='person-1') if missed else ''}"
            '<p class="hub-lead">These people do not exist, and neither do the children in this hub: nobody needs a '
            "password.</p>"
            f'<div class="nhsuk-form-group{" nhsuk-form-group--error" if missed else ""}"><fieldset '
            'class="nhsuk-fieldset"><legend class="nhsuk-fieldset__legend nhsuk-fieldset__legend--m">Who are you?'
            f'</legend><div class="nhsuk-radios">{options}</div></fieldset></div>'
            '<div class="nhsuk-button-group"><button class="nhsuk-button" name="step" value="who">Continue</button>'
            f'<button class="{_OTHER}" name="step" value="deny" formnovalidate>Do not sign in</button></div>'
        )
        return self._page(f"Sign in to {system}", _form(action, request, content), redirect_uri=redirect_uri)

    def consent(
        self, *, action: str, request: str, system: str, person: Person, scopes: Sequence[str], redirect_uri: str
    ) -> Response:
        """What the system may then do in the person's name, in sentences."""
        said = f'<p class="hub-lead">You are <strong>{escape(person.name)}</strong>, {escape(person.title)}.</p>'
        if scopes:
            listed = "".join(f"<li>{escape(GRAPHQL[scope])}</li>" for scope in scopes)
            said += (
                '<section class="hub-panel" aria-labelledby="asks"><h2 id="asks">It asks to</h2>'
                f'<ul class="nhsuk-list nhsuk-list--bullet">{listed}</ul>'
                "<p>Whatever it reads for you is put on record.</p></section>"
            )
            allow = '<button class="nhsuk-button" name="step" value="allow">Allow</button>'
        else:
            said += _problem("Your role opens nothing that this system asks for")
            allow = ""
        kept = f'<input type="hidden" name="person" value="{escape(person.username)}">'
        refuse = f'<button class="{_OTHER}" name="step" value="deny">Do not allow</button>'
        content = f'{said}{kept}<div class="nhsuk-button-group">{allow}{refuse}</div>'
        return self._page(f"Let {system} act for you?", _form(action, request, content), redirect_uri=redirect_uri)

    def stop(self, message: str, *, status: int = 400) -> Response:
        """Nothing can be done here; there is no way back that could be trusted."""
        content = f"{_problem(message)}<p>Close this page, and begin again in the system.</p>"
        return self._page("You cannot sign in from there", content, status=status)

    def _page(self, title: str, content: str, *, redirect_uri: str | None = None, status: int = 200) -> Response:
        # Browsers hold the redirect after a form to its policy too, and so the way back has to stand in it.
        way_back = f" {origin_of(redirect_uri)}" if redirect_uri else ""
        policy = (
            f"default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'{way_back}; "
            "frame-ancestors 'none'; base-uri 'none'"
        )
        headers = {
            "Content-Security-Policy": policy,
            "Referrer-Policy": "same-origin",  # with none at all, browsers would send no Origin with the form
            "Cache-Control": "no-store",
            "X-Frame-Options": "DENY",
        }
        style = f'<link rel="icon" href="/pages/icon.svg" type="image/svg+xml">{_link(self.style)}'
        return HTMLResponse(_PAGE.format(title=escape(title), style=style, content=content), status, headers)


def _link(style: str | None) -> str:
    return f'<link rel="stylesheet" href="{escape(style)}">' if style else ""


def _radio(nth: int, person: Person) -> str:
    name, hint = f"person-{nth}", f"person-{nth}-hint"
    return (
        f'<div class="nhsuk-radios__item"><input class="nhsuk-radios__input" id="{name}" type="radio" name="person" '
        f'value="{escape(person.username)}" aria-describedby="{hint}" required>'
        f'<label class="nhsuk-label nhsuk-radios__label" for="{name}">{escape(person.name)}</label>'
        f'<div class="nhsuk-hint nhsuk-radios__hint" id="{hint}">{escape(person.title)}</div></div>'
    )


def _problem(message: str, *, to: str | None = None) -> str:
    said = escape(message) if to is None else f'<a href="#{to}">{escape(message)}</a>'
    return (
        '<div class="nhsuk-error-summary" role="alert" aria-labelledby="problem" tabindex="-1">'
        '<h2 class="nhsuk-error-summary__title" id="problem">There is a problem</h2>'
        f'<div class="nhsuk-error-summary__body"><ul class="nhsuk-list nhsuk-error-summary__list"><li>{said}</li></ul>'
        "</div></div>"
    )


def _form(action: str, request: str, content: str) -> str:
    kept = f'<input type="hidden" name="request" value="{escape(request)}">'
    return f'<form method="post" action="{escape(action)}">{kept}{content}</form>'
