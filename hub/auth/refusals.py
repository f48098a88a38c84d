"""Who has proved who they are and is refused all the same is put on record: it may be somebody trying doors."""

from collections.abc import Callable
from datetime import datetime

import structlog

from hub.audit import Event, record_event
from hub.auth import clients
from hub.auth.access_token import AccessToken
from hub.clock import new_id
from hub.db.session import Database
from hub.errors import Problem
from hub.law.reg17_disclosure import Purpose

_log = structlog.get_logger()


class Refusals:
    """Records denied attempts, before the refusal leaves."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    async def record(self, problem: Problem, token: AccessToken, purpose: str | None) -> None:
        """An event `access_refused` of the client's body, with the rule and the purpose; and a warning in the log.

        Words that are not the hub's own are not kept: they may be anything.
        """
        said = purpose if purpose in set(Purpose) else None
        _log.warning("access_refused", rule=problem.rule, client_id=token.client_id, purpose=said)
        facts = {
            "rule": problem.rule,
            "client_id": token.client_id,
            "token_id": token.token_id,
            "person": token.person is not None,
            "purpose": said,
        }
        async with self._database.begin(None) as connection:
            client = await clients.find(connection, token.client_id)
            if client is not None:
                body = client.organisation
                event = Event("access_refused", body, "Organisation", body, None, facts)
                await record_event(connection, event, event_id=new_id(), caller=None, at=self._clock())
