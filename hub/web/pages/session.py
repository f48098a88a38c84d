"""Who has signed in to the pages, as their browser keeps it: sealed, so that it can neither be read nor changed.

The cookie goes to nobody but the hub, no script sees it, and no other site's form sends it. What it holds is the
person's token, which is looked up like everybody's at each question: a role that is taken away ends here too.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from hub.auth.own_pages import PENDING_LIFE, Pending
from hub.auth.sealing import Seal

_SESSION = "hub-session"
_PENDING = "hub-sign-in"


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who has signed in. `organisation` is the global id of their body; `purpose` is what they look for now;
    `form_key` stands in each form; `until` is when the sign-in ends, in seconds since 1970.
    """

    token: str
    token_id: str
    client_id: str
    name: str
    organisation: str
    organisation_name: str
    organisation_kind: str
    scopes: tuple[str, ...]
    purposes: tuple[str, ...]
    purpose: str
    form_key: str
    until: float

    def may(self, scope: str) -> bool:
        return scope in self.scopes


class Sessions:
    """Writes and reads the pages' two cookies."""

    def __init__(self, seal: Seal, *, clock: Callable[[], datetime], secure: bool) -> None:
        self._seal = seal
        self._clock = clock
        self._secure = secure

    def of(self, request: Request) -> Session | None:
        """Who asks for this page; None: nobody has signed in, or it is over."""
        kept = self._read(request, _SESSION)
        if kept is None:
            return None
        return Session(scopes=tuple(kept.pop("scopes")), purposes=tuple(kept.pop("purposes")), **kept)

    def keep(self, response: Response, session: Session) -> None:
        self._write(response, _SESSION, asdict(session), datetime.fromtimestamp(session.until, UTC))

    def pending(self, request: Request) -> tuple[Pending, str] | None:
        """The sign-in that this browser has begun, and where it wants to be afterwards."""
        kept = self._read(request, _PENDING)
        return None if kept is None else (Pending(kept["client_id"], kept["state"], kept["verifier"]), kept["to"])

    def await_return(self, response: Response, pending: Pending, to: str) -> None:
        self._write(response, _PENDING, asdict(pending) | {"to": to}, self._clock() + PENDING_LIFE)

    def forget(self, response: Response) -> None:
        """Neither signed in nor signing in."""
        for name in (_SESSION, _PENDING):
            response.delete_cookie(self._named(name), path="/", secure=self._secure, httponly=True, samesite="lax")

    def _named(self, name: str) -> str:
        return f"__Host-{name}" if self._secure else name

    def _read(self, request: Request, name: str) -> dict[str, Any] | None:
        text = request.cookies.get(self._named(name))
        return self._seal.open(name, text, now=self._clock()) if text else None

    def _write(self, response: Response, name: str, content: Mapping[str, Any], until: datetime) -> None:
        left = max(until - self._clock(), timedelta())
        response.set_cookie(
            self._named(name),
            self._seal.seal(name, content, until=until),
            max_age=int(left.total_seconds()),
            path="/",
            secure=self._secure,
            httponly=True,
            samesite="lax",  # strict would not be sent when the sign-in comes back from another server
        )


def new_form_key() -> str:
    return secrets.token_urlsafe(16)
