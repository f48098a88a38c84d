"""What a request to co-operate was before (CFA 2014 s. 31): the same steps lead through the same states."""

from hub.law.s31_cooperation import Accepted, Complied, CooperationStatus, Receipt, Received
from hub.law.s31_history import as_it_stood
from tests.law.cases import SENT, at, becomes, day

RETRIEVED = Received(Receipt.RETRIEVED, at("2026-09-08"))
ACCEPTED = Accepted(at("2026-09-10"))
PROVED = Received(Receipt.SERVICE_PROVED, at("2026-09-03"))
COMPLIED = Complied(at("2026-10-15"), day("2026-10-14"))


def test_each_state_of_a_request_is_told_from_its_steps() -> None:
    """A request is told as it stood after each step: proof of an earlier service moves the time limit from then on, and
    not in what was told before."""
    steps = (RETRIEVED, ACCEPTED, PROVED, COMPLIED)
    states = as_it_stood(becomes(SENT, *steps), steps)
    assert [each.status for each in states] == [
        CooperationStatus.SENT,
        CooperationStatus.RECEIVED,
        CooperationStatus.ACCEPTED,
        CooperationStatus.ACCEPTED,
        CooperationStatus.COMPLIED,
    ]
    assert [each.received_at for each in states] == [None, RETRIEVED.at, RETRIEVED.at, PROVED.at, PROVED.at]
    assert states[0] == SENT


def test_what_the_record_does_not_lead_to_is_not_guessed() -> None:
    """Where steps are missing from the record, or could not have been taken, nothing is told of what a request was."""
    stands = becomes(SENT, RETRIEVED, ACCEPTED)
    assert as_it_stood(stands, (RETRIEVED,)) == ()
    assert as_it_stood(stands, (COMPLIED, COMPLIED, ACCEPTED)) == ()
    assert as_it_stood(SENT, ()) == (SENT,)
