"""Who has signed in to the pages, as their browser keeps it: sealed, so that it can neither be read nor changed.

The cookie goes to nobody but the hub, no script sees it, and no other site's form sends it. What it holds is the
person's token, which is looked up like everybody's at each question: a role that is taken away ends here too. It ends
when its token does. Browsers keep cookies of 4,096 bytes, and a provider's token may be longer: then there are several.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from hub.auth.own_pages import PENDING_LIFE, Pending
from hub.auth.sealing import Seal
from hub.errors import invalid

_SESSION = "hub-session"
_PENDING = "hub-sign-in"
_PIECE = 3_600
"""Characters: with its name and rules a cookie may have 4,096 bytes."""

_MOST_PIECES = 4


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
        if kept is None:
            return None
        to = kept.pop("to")
        return Pending(**kept), to

    def await_return(self, response: Response, pending: Pending, to: str) -> None:
        self._write(response, _PENDING, asdict(pending) | {"to": to}, self._clock() + PENDING_LIFE)

    def forget(self, response: Response) -> None:
        """Neither signed in nor signing in."""
        for name in (*(self._named(_SESSION, nth) for nth in range(_MOST_PIECES)), self._named(_PENDING)):
            response.delete_cookie(name, path="/", secure=self._secure, httponly=True, samesite="lax")

    def _named(self, name: str, nth: int = 0) -> str:
        numbered = f"{name}-{nth}" if nth else name
        return f"__Host-{numbered}" if self._secure else numbered

    def _read(self, request: Request, name: str) -> dict[str, Any] | None:
        pieces = (request.cookies.get(self._named(name, nth), "") for nth in range(_MOST_PIECES))
        text = "".join(takewhile(bool, pieces))
        return self._seal.open(name, text, now=self._clock()) if text else None

    def _write(self, response: Response, name: str, content: Mapping[str, Any], until: datetime) -> None:
        """In as many cookies as it takes. One more that an earlier sign-in left would spoil it: there is an end."""
        left = max(until - self._clock(), timedelta())
        text = self._seal.seal(name, content, until=until)
        pieces = [text[at : at + _PIECE] for at in range(0, len(text), _PIECE)]
        if len(pieces) > _MOST_PIECES:
            raise invalid("the provider's token is too long for a browser to keep", rule="token-too-long")
        for nth, piece in enumerate((*pieces, "") if len(pieces) < _MOST_PIECES else pieces):
            response.set_cookie(
                self._named(name, nth),
                piece,
                max_age=int(left.total_seconds()) if piece else 0,
                path="/",
                secure=self._secure,
                httponly=True,
                samesite="lax",  # strict would not be sent when the sign-in comes back from another server
            )


def new_form_key() -> str:
    return secrets.token_urlsafe(16)
