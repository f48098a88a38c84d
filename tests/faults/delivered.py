"""What must be true of all that a receiver was sent, whatever was killed meanwhile."""

from collections import defaultdict
from collections.abc import Sequence

from tests.receiving import Posted


def must_be_told_under_one_id(posted: Sequence[Posted]) -> int:
    """What was delivered again was delivered under the id that it had; how many different things were told of."""
    ids: dict[str, set[str]] = defaultdict(set)
    for each in posted:
        ids[each.json["data"]["cursor"]].add(each.id)
    twice = {cursor for cursor, known in ids.items() if len(known) > 1}
    assert not twice, f"{len(twice)} of {len(ids)} were delivered under more than one id"
    assert len({next(iter(known)) for known in ids.values()}) == len(ids)
    return len(ids)
