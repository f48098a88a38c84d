"""Long work rests where others are served, and only there."""

import asyncio
import time

from hypothesis import given
from hypothesis import strategies as st

from adapters.nhs_fhir.apart import LARGE, Apart
from hub.errors import Kind, Problem
from hub.sparing import BUSY_PER_S, LONGEST_REST_S, RESTS, Others


@given(st.lists(st.tuples(st.floats(0.01, 3), st.integers(0, 500)), min_size=1, max_size=20))
def test_it_rests_after_a_step_if_and_only_if_others_were_served_more_than_seldom(
    steps: list[tuple[float, int]],
) -> None:
    """Steps of so many seconds, in which so many others were served. At one rate throughout there is no doubt."""
    (took, served), now, done = steps[0], 100.0, 7
    others = Others(done, clock=lambda: now)
    for _ in steps:
        now, done = now + took, done + served
        rested = others.rest_s(took, done)
        assert rested == (min(RESTS * took, LONGEST_REST_S) if served > BUSY_PER_S * took else 0)


def test_what_others_did_long_ago_is_forgotten() -> None:
    times = iter((0.0, 2.0, 4.0, 6.0, 8.0))
    others = Others(0, clock=lambda: next(times))
    rested = [others.rest_s(0.1, done) > 0 for done in (1_000, 1_000, 1_000, 2_000)]
    assert rested == [True, False, False, True]


def test_it_rests_no_longer_in_all_than_it_may() -> None:
    times = iter((0.0, 2.0, 4.0, 6.0, 8.0))
    others = Others(0, most_s=2.5 * LONGEST_REST_S, clock=lambda: next(times))
    rested = [others.rest_s(LONGEST_REST_S, done) for done in (1_000, 2_000, 3_000, 4_000)]
    assert rested == [LONGEST_REST_S, LONGEST_REST_S, LONGEST_REST_S / 2, 0]


async def test_a_large_body_waits_where_others_are_served_besides() -> None:
    answered, each_time = 0, 0

    def so_far() -> int:
        nonlocal answered
        answered += each_time
        return answered

    apart = Apart(so_far)
    await apart.run(LARGE, time.sleep, 0.0)  # the other process has started
    each_time = 10_000
    began = time.monotonic()
    await apart.run(LARGE, time.sleep, 0.02)
    await apart.run(LARGE, time.sleep, 0.0)
    assert time.monotonic() - began >= 0.02 * (1 + RESTS)


async def test_more_large_bodies_than_can_wait_are_told_to_come_again() -> None:
    apart = Apart(lambda: 0)
    runs = [asyncio.create_task(apart.run(LARGE, time.sleep, 0.01)) for _ in range(30)]
    ended = await asyncio.gather(*runs, return_exceptions=True)
    refused = [each for each in ended if isinstance(each, Problem)]
    assert 0 < len(refused) < len(runs)
    assert {each.kind for each in refused} == {Kind.BUSY}
    assert await apart.run(LARGE, abs, -1) == 1, "there is room again"
