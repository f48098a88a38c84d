"""When what could not be delivered is tried again: the schedule of Standard Webhooks 1.0, with jitter, for three days.

Each delivery has its own schedule. A receiver that fails is paused beside it, shortly: one that is down is asked once
a minute, and not once for each child that waits.
"""

from datetime import datetime, timedelta
from random import Random

SCHEDULE = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""How long after each attempt the next one is made; the last again and again."""
GIVEN_UP_AFTER = timedelta(hours=75)
"""After the first attempt: the whole schedule, which jitter makes no shorter."""
JITTER = 0.1
LONGEST_PAUSE = timedelta(seconds=60)
LONGEST_ASKED_FOR = timedelta(hours=24)


def next_try(
    *, attempts: int, first_tried_at: datetime, now: datetime, asked_for: timedelta | None, random: Random
) -> datetime | None:
    """When to try again after so many attempts; None: no more. `asked_for`: what the receiver said in Retry-After."""
    if now - first_tried_at >= GIVEN_UP_AFTER:
        return None
    wait = _with_jitter(SCHEDULE[min(attempts, len(SCHEDULE)) - 1], random)
    if asked_for is not None:
        wait = max(wait, min(asked_for, LONGEST_ASKED_FOR))
    return now + wait


def paused_until(*, failures: int, now: datetime, random: Random) -> datetime:
    """Until when nothing is sent to a receiver that has failed so often in a row."""
    pause = min(timedelta(seconds=2 ** min(failures, 10)), LONGEST_PAUSE)
    return now + _with_jitter(pause, random)


def _with_jitter(wait: timedelta, random: Random) -> timedelta:
    return wait * (1 + JITTER * random.random())
