"""The pages of the demo's sign-in: plain HTML that works without scripts, by keyboard, magnified and read aloud."""

import base64
import hashlib
from collections.abc import Sequence
from html import escape

from starlette.responses import HTMLResponse, Response

from hub.auth.people import Person
from hub.auth.redirects import origin_of
from hub.auth.scopes import GRAPHQL

_STYLE = """
body { font: 1.1875rem/1.5 system-ui, sans-serif; color: #212b32; background: #f0f4f5; margin: 0 }
main { max-width: 40rem; margin: 1.5rem auto; padding: 1rem 1.5rem 2rem; background: #fff }
h1 { font-size: 1.75rem; line-height: 1.25 } fieldset { border: 0; margin: 0; padding: 0 }
legend { font-weight: 600; font-size: 1.25rem; padding: 0 }
label { display: block; padding: .5rem; min-height: 1.75rem } label span { color: #425563; display: block }
input { width: 1.5rem; height: 1.5rem; vertical-align: middle; margin-right: .5rem }
button { font: inherit; font-weight: 600; min-height: 2.75rem; padding: .5rem 1.25rem; margin: 1rem 1rem 0 0;
  border: 2px solid #006747; background: #006747; color: #fff; cursor: pointer }
button.other { background: #fff; color: #212b32; border-color: #4c6272 }
input:focus-visible, button:focus-visible { outline: 4px solid #212b32; outline-offset: 2px; background-color: #ffeb3b;
  color: #212b32 }
.alert { border: 4px solid #d5281b; padding: .5rem 1rem }
"""
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()

_PAGE = """<!doctype html>
<html lang="en-GB">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} - SEND Hub</title><style>{style}</style></head>
<body><main><h1>{title}</h1>{content}</main></body>
</html>
"""


def who_page(
    *, action: str, request: str, system: str, people: Sequence[Person], redirect_uri: str, missed: bool
) -> Response:
    """Who are you? A demo knows people by their names, and asks for nothing that only they know."""
    title = f"Sign in to {system}"
    options = "".join(
        f'<label><input type="radio" name="person" value="{escape(each.username)}" required>'
        f"{escape(each.name)}<span>{escape(each.title)}</span></label>"
        for each in people
    )
    alert = '<p class="alert" role="alert">Say who you are, then continue.</p>' if missed else ""
    content = (
        f"{alert}<p>These people do not exist, and neither do the children in this hub: nobody needs a password.</p>"
        f"<fieldset><legend>Who are you?</legend>{options}</fieldset>"
        '<button name="step" value="who">Continue</button>'
        '<button class="other" name="step" value="deny" formnovalidate>Do not sign in</button>'
    )
    return _page(title, _form(action, request, content), redirect_uri=redirect_uri)


def consent_page(
    *, action: str, request: str, system: str, person: Person, scopes: Sequence[str], redirect_uri: str
) -> Response:
    """What the system may then do in the person's name, in sentences."""
    title = f"Let {system} act for you?"
    listed = "".join(f"<li>{escape(GRAPHQL[scope])}</li>" for scope in scopes)
    said = f"<p>You are {escape(person.name)}, {escape(person.title)}.</p>"
    if scopes:
        said += f"<h2>It asks to</h2><ul>{listed}</ul><p>Whatever it reads for you is put on record.</p>"
        allow = '<button name="step" value="allow">Allow</button>'
    else:
        said += '<p class="alert" role="alert">Your role opens nothing that this system asks for.</p>'
        allow = ""
    kept = f'<input type="hidden" name="person" value="{escape(person.username)}">'
    refuse = '<button class="other" name="step" value="deny">Do not allow</button>'
    return _page(title, _form(action, request, said + kept + allow + refuse), redirect_uri=redirect_uri)


def stop_page(message: str, *, status: int = 400) -> Response:
    """Nothing can be done here; there is no way back that could be trusted."""
    content = (
        f'<p class="alert" role="alert">{escape(message)}</p><p>Close this page, and begin again in the system.</p>'
    )
    return _page("You cannot sign in from there", content, status=status)


def _form(action: str, request: str, content: str) -> str:
    kept = f'<input type="hidden" name="request" value="{escape(request)}">'
    return f'<form method="post" action="{escape(action)}">{kept}{content}</form>'


def _page(title: str, content: str, *, redirect_uri: str | None = None, status: int = 200) -> Response:
    # Browsers hold the redirect after a form to its policy too, and so the way back has to stand in it.
    way_back = f" {origin_of(redirect_uri)}" if redirect_uri else ""
    policy = (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'self'{way_back}; "
        "frame-ancestors 'none'; base-uri 'none'"
    )
    headers = {
        "Content-Security-Policy": policy,
        "Referrer-Policy": "same-origin",  # with none at all, browsers would send no Origin with the form
        "Cache-Control": "no-store",
        "X-Frame-Options": "DENY",
    }
    return HTMLResponse(_PAGE.format(title=escape(title), style=_STYLE, content=content), status, headers)
