"""What a request to co-operate (CFA 2014 s. 31) was before: its states, from the steps that were taken."""

from collections.abc import Iterable

from hub.law.decisions import Refusal
from hub.law.s31_cooperation import CooperationRequest, CooperationStatus, Event


def as_it_stood(request: CooperationRequest, steps: Iterable[Event]) -> tuple[CooperationRequest, ...]:
    """The request as it was sent and after each step, the last as it stands now; nothing where the steps, as far as
    they are still on record, do not lead to how it stands: what it was before is then not known, and not guessed.
    """
    states = [
        CooperationRequest(
            id=request.id,
            requested_by=request.requested_by,
            addressed_to=request.addressed_to,
            function=request.function,
            status=CooperationStatus.SENT,
            sent_at=request.sent_at,
            agreed=request.agreed,
        )
    ]
    for step in steps:
        after = states[-1].after(step, now=step.at)
        if isinstance(after, Refusal):
            return ()
        states.append(after)
    return tuple(states) if states[-1] == request else ()
