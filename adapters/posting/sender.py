"""One POST of a letter, and what its answer means. Nothing that a receiver answers is kept but its status."""

import asyncio
import ssl
from collections.abc import Callable
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx

from adapters.posting.networks import Resolve, may_reach, resolve
from adapters.posting.signatures import signed_headers
from hub.actions.addresses import Address, read_address
from hub.actions.telling import Letter, Outcome
from hub.law.deliveries import SecretKind
from hub.tracing import sending

TIMEOUT_S = 15.0
"""For all of it: looking up the name, connecting, sending, and the answer."""
MOST_BYTES = 64 * 1024
"""So much of an answer is read, and no more."""
_ALWAYS = {"User-Agent": "SEND-Hub/1", "Accept": "*/*", "Accept-Encoding": "identity"}
_SPOKEN = frozenset({"host", "content-type", "content-length", "transfer-encoding", "connection"})
"""Headers that belong to the exchange, and that no receiver can ask for."""


class Sender:
    """Sends letters. No connection is kept: one that was checked for a host must not carry what is for another."""

    def __init__(
        self,
        *,
        clock: Callable[[], datetime],
        production: bool,
        ca_file: str = "",
        look_up: Resolve = resolve,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        self._clock = clock
        self._production = production
        self._look_up = look_up
        self._timeout_s = timeout_s
        trusted = ssl.create_default_context(cafile=str(Path(ca_file)) if ca_file else None)
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)
        self._client = httpx.AsyncClient(
            verify=trusted, trust_env=False, follow_redirects=False, limits=limits, timeout=timeout_s
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        await self._client.aclose()

    async def __call__(self, letter: Letter) -> Outcome:
        """Send it once. Every way to fail is an outcome."""
        try:
            async with asyncio.timeout(self._timeout_s):
                return await self._post(letter)
        except TimeoutError:
            return Outcome("timeout")
        except ssl.SSLError:
            return Outcome("tls")
        except httpx.HTTPError as error:
            return Outcome("tls" if _is_about_tls(error) else "no-connection")
        except OSError:
            return Outcome("host-unknown")

    async def _post(self, letter: Letter) -> Outcome:
        to = read_address(letter.address, production=self._production)
        if letter.destination is None:
            return Outcome("address-not-allowed")
        found = await self._look_up(to.host, to.port)
        allowed = [each for each in found if may_reach(each, letter.destination.networks)]
        if not allowed:
            return Outcome("address-not-allowed")
        headers = _headers(letter, to)
        with sending("deliver", headers) as traced:
            request = self._client.build_request(
                "POST",
                _at(to, allowed[0]),
                content=letter.rendered.body,
                headers=headers,
                extensions={"sni_hostname": to.host},
            )
            response = await self._client.send(request, stream=True)
            try:
                await _drain(response)
            finally:
                await response.aclose()
            traced.set_attribute("http.response.status_code", response.status_code)
        return self._meaning(response)

    def _meaning(self, response: httpx.Response) -> Outcome:
        status = response.status_code
        if HTTPStatus(200) <= status < HTTPStatus(300):
            return Outcome()
        asked = _retry_after(response.headers.get("retry-after", ""), self._clock())
        return Outcome(str(status), gone=status == HTTPStatus.GONE, retry_after=asked)


def _headers(letter: Letter, to: Address) -> dict[str, str]:
    given = [secret.decode().partition(":") for kind, secret in letter.secrets if kind is SecretKind.HEADER]
    asked_for = {name.strip(): value.strip() for name, _, value in given if name.strip().casefold() not in _SPOKEN}
    exchange = {"Host": to.authority, "Content-Type": letter.rendered.media_type}
    signed = signed_headers(letter.id, letter.at, letter.rendered.body, letter.secrets)
    return {**asked_for, **_ALWAYS, **exchange, **signed}


def _at(to: Address, address: str) -> str:
    host = f"[{address}]" if ":" in address else address
    return f"{to.scheme}://{host}:{to.port}{to.target}"


async def _drain(response: httpx.Response) -> None:
    """Read the answer so far as it is bounded: who sends more has answered all the same."""
    read = 0
    async for chunk in response.aiter_raw():
        read += len(chunk)
        if read > MOST_BYTES:
            return


def _retry_after(said: str, now: datetime) -> timedelta | None:
    """What Retry-After asks for: seconds, or a date (RFC 9110 s. 10.2.3)."""
    if said.isascii() and said.isdigit() and len(said) <= 8:
        return timedelta(seconds=int(said))
    try:
        return max(parsedate_to_datetime(said) - now, timedelta(0))
    except (ValueError, TypeError):
        return None


def _is_about_tls(error: httpx.HTTPError) -> bool:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return True
        cause = cause.__cause__ or cause.__context__
    return False
