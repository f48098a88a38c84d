"""When partners may take a disagreement to the dispute steps of their arrangement (CFA 2014 s. 26(3)(g)).

In words:

1.  Joint commissioning arrangements say how disputes between the parties are resolved "as quickly as possible". They
    may be about anything; of what the other body may still do in time there is no dispute yet.
2.  A request under s. 31 is in dispute once it was declined (s. 31(2)), or once its day to comply is past. A clock that
    has not begun (reg. 8(1)) has no such day: the authority shows first when the body was served. Of a request without
    a clock silence is enough.
3.  Health care provision is in dispute once a body declined it, or has not answered by the day it was asked for (reg.
    12(2)).
4.  The parties are the authority and the commissioning bodies. Where an NHS trust is silent or declines, the bodies
    that commission from it answer for that in the arrangement.
5.  Without an arrangement in force, or without steps in it, the dispute is recorded all the same: the law asks for the
    arrangement (s. 26(1)), and does not close the matter for want of it. It is said that there are no steps.
"""

from collections.abc import Collection
from datetime import date

from hub.law.decisions import Refusal
from hub.law.reg8_time_limit import STATUTORY_CLOCK, Part3Function
from hub.law.reg12_agreement import Agreement
from hub.law.s31_events import CooperationStatus
from hub.law.vocabulary import AgreementStatus, OrganisationKind

PARTNERS = "CFA 2014 s. 26(3)(g)"
PROVIDES_FOR_COMMISSIONER = frozenset({OrganisationKind.NHS_TRUST, OrganisationKind.LOCAL_HEALTH_BOARD})
"""Bodies for whose silence the responsible commissioning bodies answer in the arrangement."""

_MAY_STILL_ANSWER = frozenset({CooperationStatus.SENT, CooperationStatus.RECEIVED, CooperationStatus.ACCEPTED})


def refuse_about_request(
    status: CooperationStatus, function: Part3Function, *, due_on: date | None, on: date
) -> Refusal | None:
    """Why a request to co-operate is not yet, or no longer, in dispute."""
    if status is CooperationStatus.WITHDRAWN:
        return Refusal(PARTNERS, "withdrawn", "The request was withdrawn: nothing is asked of the body.", ("about",))
    if status not in _MAY_STILL_ANSWER:
        return None
    if due_on is None and function in STATUTORY_CLOCK:
        message = "The time to comply has not begun: show when the body was served."
        return Refusal(PARTNERS, "not-received", message, ("about",))
    if due_on is not None and on <= due_on:
        message = f"The body may still comply in time: until {due_on}."
        return Refusal(PARTNERS, "may-still-be-answered", message, ("about",))
    return None


def refuse_about_provision(agreements: Collection[Agreement], *, on: date) -> Refusal | None:
    """Why provision in section G is not yet in dispute: each body that was asked may still answer in time."""
    asked = [each for each in agreements if each.status is AgreementStatus.ASKED]
    if not asked or len(asked) < len(agreements) or any(each.lacking(on) for each in asked):
        return None
    message = "The bodies that were asked to agree may still answer in time."
    return Refusal(PARTNERS, "may-still-be-agreed", message, ("about",))


def warn_without_steps(*, arrangement: bool, steps: int) -> Refusal | None:
    """What is said of a dispute between partners that has no steps to take."""
    if not arrangement:
        message = "No arrangement between these bodies is in force: the dispute is recorded without steps or days."
        return Refusal("CFA 2014 s. 26(1), (3)(g)", "no-arrangement", message)
    if steps == 0:
        message = "The arrangement has no steps for disputes: this one is recorded without steps or days."
        return Refusal(PARTNERS, "no-dispute-steps", message)
    return None
