"""Reads of replicas: what they show is recorded on the leader, in the statement that says whether it may be told.

An answer may be told if the replica had replayed, of what the leader has committed by now, the last change of who may
see what, and the last that the client wrote. Otherwise nothing of it is recorded, and the leader is read instead.
"""

import asyncio
from collections.abc import Sequence
from typing import Any

import orjson

from hub.audit.recording import READINGS_STORED, Reading, reading_row
from hub.db.replicas import Replayed
from hub.db.statements import Statements
from hub.observe import REPLICA_READS

_ANSWERS = b"""
WITH answer AS MATERIALIZED (
    SELECT answer.place, answer.readings, answer.timeline = leaders_timeline() AND answer.below > coalesce((
        SELECT max(mark.number) FROM unnest(ARRAY['sharing', 'client:' || answer.client]) AS of (about),
        LATERAL (SELECT max(number) AS number FROM replay_mark WHERE about = of.about) AS mark), 0) AS may_be_told
    FROM json_to_recordset($1::json) AS answer (place int, below bigint, timeline bigint, client text, readings json)
), stored AS (
    %b
    FROM answer, json_to_recordset(answer.readings) AS reading (
        first_id text, owner_id uuid, children json, at timestamptz, organisation_id uuid, client_id text, person text,
        token_id text, purpose text, ground text, operation text, operation_hash text, shown text[], withheld text[]
    ), json_array_elements_text(reading.children) WITH ORDINALITY AS child (id, place)
    WHERE answer.may_be_told
)
SELECT coalesce(json_agg(place) FILTER (WHERE may_be_told), '[]'),
    leaders_timeline() IS DISTINCT FROM (SELECT max(number) FROM replay_mark WHERE about = 'timeline')
FROM answer
"""


class ReplayedLog:
    """Says of answers of replicas whether they may be told, and records them: of all that wait together."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements
        self._sql = _ANSWERS % READINGS_STORED
        self._waiting: list[tuple[Replayed, str, Sequence[Reading], asyncio.Future[bool]]] = []
        self._asking: asyncio.Task[None] | None = None

    async def may_be_told(self, replayed: Replayed, client_id: str, readings: Sequence[Reading]) -> bool:
        """Whether the answer may be told; if so, its readings are durable. Raises `Problem` BUSY without a leader."""
        said: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append((replayed, client_id, readings, said))
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._ask())
        return await said

    async def _ask(self) -> None:
        while self._waiting:
            now, self._waiting = self._waiting, []
            answers = [
                _answer(place, replayed, client, readings) for place, (replayed, client, readings, _) in enumerate(now)
            ]
            try:
                told, is_unmarked = await self._statements.changed(self._sql, [orjson.dumps(answers).decode()])
                if is_unmarked == b"t":  # another leads than when last a timeline was marked
                    await self._statements.changed(b"SELECT mark_timeline()", [])
            except Exception as error:  # each who waits is told, whatever it was
                for *_, said in now:
                    if not said.done():
                        said.set_exception(error)
                continue
            may = frozenset(orjson.loads(told or b"[]"))
            for place, (*_, said) in enumerate(now):
                REPLICA_READS.labels("told" if place in may else "behind").inc()
                if not said.done():
                    said.set_result(place in may)


def _answer(place: int, replayed: Replayed, client_id: str, readings: Sequence[Reading]) -> dict[str, Any]:
    return {
        "place": place,
        "below": replayed.below,
        "timeline": replayed.timeline,
        "client": client_id,
        "readings": [reading_row(each) for each in readings],
    }
