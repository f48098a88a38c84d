"""What waits in quarantine: who must decide, and how long it is kept (UK GDPR art. 5)."""

from datetime import timedelta

import pytest

from hub.law.imports import RESOLVED_KEPT_FOR, WAITING_KEPT_FOR, needs_decision


@pytest.mark.parametrize("rule", ["identity-ambiguous", "upn-repeated"])
def test_of_two_who_may_be_one_a_person_decides(rule: str) -> None:
    """Where another person may be the same, whoever is replayed alone would pass for the other: somebody must say which
    child it is (UK GDPR art. 5(1)(d))."""
    assert needs_decision({rule})
    assert needs_decision({rule, "date-format"})


def test_what_is_merely_wrong_needs_no_decision_on_who_it_is() -> None:
    """A date or a code that is wrong is corrected, and says no less who the child is (UK GDPR art. 5(1)(d))."""
    assert not needs_decision({"date-format", "code-unknown"})
    assert not needs_decision(frozenset())


def test_it_is_kept_no_longer_than_somebody_may_need_it() -> None:
    """What was decided can be looked at for 90 days; what nobody decides on outlasts the next yearly return, and no
    more than that (UK GDPR art. 5(1)(e))."""
    assert timedelta(days=90) == RESOLVED_KEPT_FOR
    assert timedelta(days=366) < WAITING_KEPT_FOR <= timedelta(days=400)
