"""Who has proved who they are and is refused all the same is put on record: it may be somebody trying doors."""

from collections.abc import Callable
from datetime import datetime

import structlog

from hub.audit import Denial, Denials, Operation
from hub.auth import clients
from hub.auth.access_token import AccessToken
from hub.auth.clients import Client
from hub.clock import new_id
from hub.db.session import Database
from hub.errors import Problem
from hub.law.caller import Caller
from hub.law.reg17_disclosure import Purpose

_ASKED = Operation("(not begun)", "")
_log = structlog.get_logger()


class Refusals:
    """Records denied attempts, before the refusal leaves."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._denials = Denials(database.statements, clock=clock, new_id=new_id)

    async def record(self, problem: Problem, token: AccessToken, purpose: str | None) -> None:
        """A denied attempt of the client's body, with the rule and the purpose; and a warning in the log.

        A purpose that the hub does not know is recorded as the client's default: it may be any words.
        """
        said = Purpose(purpose) if purpose in set(Purpose) else None
        _log.warning("access_refused", rule=problem.rule, client_id=token.client_id, purpose=said)
        async with self._database.begin(None) as connection:
            client = await clients.find(connection, token.client_id)
        if client is not None:
            caller = _caller(token, client, said or client.default_purpose)
            await self._denials.deny(Denial(problem.kind.value, problem.rule or problem.kind.value, _ASKED, caller))


def _caller(token: AccessToken, client: Client, purpose: Purpose) -> Caller:
    """Who tried: with no scopes, for nothing was opened."""
    return Caller(
        organisation=client.organisation,
        organisation_kind=client.organisation_kind,
        organisation_code=client.organisation_code,
        organisation_name=client.organisation_name,
        client_id=client.client_id,
        person=token.person,
        scopes=frozenset(),
        purpose=purpose,
        purposes=frozenset(),
        token_id=token.token_id,
    )
