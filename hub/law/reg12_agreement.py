"""Whether a responsible commissioning body agrees to health care provision in section G (SEND Regs 2014 reg. 12(2)).

"The health care provision ... must be agreed by the responsible commissioning body": by each one, where there are
several (s. 42(4)). A body that does not agree says why. No statute gives it a time: the authority says by when it asks
for an answer. Provision that was declined, or on which a body stays silent past that day, may be left out of the plan
with reasons, so that the plan can be sent in time (reg. 13(2)); it then goes to the steps for disputes between partners
(s. 26(3)(g)). A plan that arrived final says nothing of agreement, and is exempt until it is next amended.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from hub.law.decisions import Refusal, says_something
from hub.law.transitions import Transitions
from hub.law.vocabulary import AgreementStatus

REG_12_2 = "SEND Regs 2014 reg. 12(2)"


@dataclass(frozen=True, slots=True)
class Asked:
    """The authority asks the body to agree, and by when."""

    on: date
    by: date | None


@dataclass(frozen=True, slots=True)
class Agreed:
    """The body agrees."""

    on: date


@dataclass(frozen=True, slots=True)
class Declined:
    """The body does not agree, and says why."""

    on: date
    reasons: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """The authority leaves the provision out of the plan, and says why."""

    on: date
    reasons: str


AgreementEvent: TypeAlias = Asked | Agreed | Declined | LeftOut

_G = AgreementStatus
AGREEMENT_TRANSITIONS: Transitions[AgreementStatus, type[AgreementEvent], AgreementStatus] = Transitions(
    AgreementStatus,
    (Asked, Agreed, Declined, LeftOut),
    {
        (_G.NOT_ASKED, Asked): _G.ASKED,
        (_G.NOT_RECORDED, Asked): _G.ASKED,
        (_G.AGREED, Asked): _G.ASKED,
        (_G.DECLINED, Asked): _G.ASKED,
        (_G.LEFT_OUT, Asked): _G.ASKED,
        (_G.ASKED, Asked): _G.ASKED,
        (_G.ASKED, Agreed): _G.AGREED,
        (_G.ASKED, Declined): _G.DECLINED,
        (_G.ASKED, LeftOut): _G.LEFT_OUT,
        (_G.DECLINED, Agreed): _G.AGREED,
        (_G.DECLINED, LeftOut): _G.LEFT_OUT,
        (_G.AGREED, LeftOut): _G.LEFT_OUT,
    },
)
"""The provision is asked about anew whenever it is changed. (AGREED, LeftOut): another body did not agree to it."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """One body's answer about one provision. `others`: how the other bodies stand that must agree to the same."""

    status: AgreementStatus
    asked_on: date | None = None
    reply_by: date | None = None
    others: Collection["Agreement"] = ()

    def after(self, event: AgreementEvent, *, today: date) -> AgreementStatus | Refusal:
        """The status after the event, or the refusal that leaves it as it is."""
        status = AGREEMENT_TRANSITIONS.get((self.status, type(event)))
        if status is None:
            return Refusal(REG_12_2, "out-of-order", f"The body's answer stands at {self.status}.")
        if event.on > today:
            return Refusal(REG_12_2, "in-the-future", "It has not happened yet.", ("on",))
        if self.asked_on is not None and event.on < self.asked_on:
            return Refusal(REG_12_2, "dates-out-of-order", "The body was asked later than that.", ("on",))
        match event:
            case Asked(on, by) if by is not None and by < on:
                return Refusal(REG_12_2, "dates-out-of-order", "The day to answer by is past.", ("agreement_by",))
            case Declined(_, reasons) if not says_something(reasons):
                return Refusal(REG_12_2, "reasons-required", "Say why the provision is not agreed.", ("reasons",))
            case LeftOut():
                return self._refuse_leaving_out(event) or status
            case _:
                return status

    def _refuse_leaving_out(self, event: LeftOut) -> Refusal | None:
        if not says_something(event.reasons):
            return Refusal(REG_12_2, "reasons-required", "Say why the provision is left out.", ("reasons",))
        if any(each.lacking(event.on) for each in (self, *self.others)):
            return None
        message = "Provision is left out where a body declined it, or has not answered by the day it was asked for."
        return Refusal(REG_12_2, "may-still-be-agreed", message)

    def lacking(self, day: date) -> bool:
        """Whether the body declined, or has stayed silent past its date."""
        if self.status is AgreementStatus.DECLINED:
            return True
        return self.status is AgreementStatus.ASKED and self.reply_by is not None and self.reply_by < day


def is_agreed(statuses: Collection[AgreementStatus]) -> bool:
    """Whether provision may stand in section G of a plan that is made final: each body agreed; or it is left out."""
    settled = (AgreementStatus.AGREED, AgreementStatus.LEFT_OUT)
    return any(bool(statuses) and all(each is one for each in statuses) for one in settled)
