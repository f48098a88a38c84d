"""The life of a direct payment (PB Regs 2014 regs 5 to 15). Under which law it is made: budget_regimes.

In words:

1.  A request for direct payments must be considered (reg. 4(2)). The authority refuses in writing, with reasons and
    the right to a review (reg. 7), or offers: its notice names the child, what is to be bought, the amount, the
    conditions and the days of payment (reg. 8(2)), and the amount is sufficient (reg. 10(1)).
2.  Nothing is paid before the recipient has agreed in writing to all of reg. 8(3), a nominee has confirmed being
    responsible and was consented to (reg. 8(4)), and whoever is in charge of the premises on which it is used has
    consented in writing (reg. 9).
3.  The amount may be raised or reduced, and payment stopped, each with written reasons (regs 10, 12, 14). Payment
    stops at once when the recipient no longer consents (reg. 14(1)(a)).
4.  When the child becomes a young person, payment goes on as the young person says, or stops (reg. 15).
5.  It ends with the provision that it buys: when the plan as amended has that no more, ceases or is transferred.

TRANSITIONS is the whole of what may follow what. A pair that is absent is refused, and nothing happens.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from types import MappingProxyType

from hub.law.budget_direct_payment_events import (
    NOMINATED,
    Accepted,
    Changed,
    DirectPaymentEvent,
    Offered,
    PremisesConsented,
    Recipient,
    Refused,
    Restored,
    Started,
    Stopped,
    Undertaking,
    Wished,
    YoungPersonsWish,
)
from hub.law.budget_money import Pence
from hub.law.budget_regimes import Regime, missing, provision_of
from hub.law.decisions import Refusal, says_something
from hub.law.reg64_decision_makers import over_compulsory_school_age
from hub.law.transitions import Transitions
from hub.law.vocabulary import DirectPaymentStatus

REG_15_1 = "PB Regs 2014 reg. 15(1)"

_S = DirectPaymentStatus
_REGS: Mapping[type[DirectPaymentEvent], str] = MappingProxyType(
    {
        Offered: "8(2)",
        Accepted: "8(3)",
        PremisesConsented: "9",
        Started: "8(1)",
        Changed: "10(2)",
        Stopped: "14",
        Refused: "7",
        Restored: "7(b), 12(2), 14(4)",
        Wished: "15",
    }
)
TRANSITIONS: Transitions[DirectPaymentStatus, type[DirectPaymentEvent], DirectPaymentStatus] = Transitions(
    DirectPaymentStatus,
    tuple(_REGS),
    {
        (_S.CONSIDERED, Offered): _S.OFFERED,
        (_S.CONSIDERED, Refused): _S.REFUSED,
        (_S.CONSIDERED, PremisesConsented): _S.CONSIDERED,
        (_S.CONSIDERED, Stopped): _S.STOPPED,
        (_S.OFFERED, Offered): _S.OFFERED,
        (_S.OFFERED, Accepted): _S.AGREED,
        (_S.OFFERED, PremisesConsented): _S.OFFERED,
        (_S.OFFERED, Refused): _S.REFUSED,
        (_S.OFFERED, Stopped): _S.STOPPED,
        (_S.AGREED, PremisesConsented): _S.AGREED,
        (_S.AGREED, Started): _S.PAYING,
        (_S.AGREED, Stopped): _S.STOPPED,
        (_S.AGREED, Wished): _S.AGREED,
        (_S.PAYING, Changed): _S.PAYING,
        (_S.PAYING, Stopped): _S.STOPPED,
        (_S.PAYING, Wished): _S.PAYING,
        (_S.REDUCED, Changed): _S.PAYING,
        (_S.REDUCED, Stopped): _S.STOPPED,
        (_S.REDUCED, Restored): _S.PAYING,
        (_S.REDUCED, Wished): _S.REDUCED,
        (_S.STOPPED, Restored): _S.PAYING,
        (_S.REFUSED, Restored): _S.CONSIDERED,
    },
)
"""A changed amount that is lower than before makes it REDUCED. What was stopped before it was ever paid goes back to
where it stood, agreed to or considered."""


@dataclass(frozen=True, slots=True)
class DirectPayment:
    """A direct payment as it stands; `after` is the only way it changes. `agreed`: its share of what its funder agreed
    to for each period, and the most that it may be."""

    status: DirectPaymentStatus
    regime: Regime
    born_on: date
    agreed: Pence | None = None
    amount: Pence | None = None
    recipient: Recipient | None = None
    on_premises: bool = False
    notice_served_on: date | None = None
    agreed_on: date | None = None
    premises_consent_on: date | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    wish: YoungPersonsWish | None = None

    def after(self, event: DirectPaymentEvent, *, today: date) -> "DirectPayment | Refusal":
        """The direct payment after the event, or the first refusal that leaves it as it is."""
        refusals = self.refusals(event, today=today)
        if refusals:
            return refusals[0]
        status = TRANSITIONS[self.status, type(event)]
        match event:
            case Offered():
                return replace(
                    self,
                    status=status,
                    recipient=event.recipient,
                    amount=event.amount,
                    on_premises=event.on_premises,
                    notice_served_on=event.on,
                )
            case Accepted(on):
                return replace(self, status=status, agreed_on=on)
            case PremisesConsented(on):
                return replace(self, status=status, premises_consent_on=on)
            case Started(on):
                return replace(self, status=status, starts_on=on)
            case Changed(_, amount):
                lower = self.amount is not None and amount < self.amount
                return replace(self, status=_S.REDUCED if lower else status, amount=amount)
            case Stopped(on):
                return replace(self, status=status, ends_on=on - timedelta(days=1))
            case Restored(_, amount):
                if self.status is _S.STOPPED and self.starts_on is None:
                    status = _S.CONSIDERED if self.agreed_on is None else _S.AGREED
                return replace(self, status=status, amount=amount or self.amount, ends_on=None)
            case Wished(_, wish):
                receives = wish is YoungPersonsWish.RECEIVE
                return replace(self, wish=wish, recipient=Recipient.YOUNG_PERSON if receives else self.recipient)
            case _:  # the type checker knows that only a refusal is left
                return replace(self, status=status)

    def refusals(self, event: DirectPaymentEvent, *, today: date) -> list[Refusal]:
        """Every reason why the event is refused; none: it is lawful."""
        provision = provision_of(self.regime, _REGS[type(event)])
        if (self.status, type(event)) not in TRANSITIONS:
            return [Refusal(provision, "out-of-order", f"This direct payment stands at {self.status}.")]
        if event.on > today and not isinstance(event, Started | Changed | Stopped):
            return [Refusal(provision, "in-the-future", "It has not happened yet.", ("on",))]
        match event:
            case Offered():
                return self._refuse_offer(event)
            case Accepted():
                return self._refuse_acceptance(event)
            case Started():
                return self._refuse_start(event)
            case Changed():
                return self._refuse_change(event, provision)
            case Wished(on) if not over_compulsory_school_age(self.born_on, on):
                return [_still_a_child()]
            case _:
                return []

    def refuse_asking(self, today: date) -> Refusal | None:
        """Why the young person is not asked whether it goes on (reg. 15(1)): still a child, or asked about nothing."""
        if not over_compulsory_school_age(self.born_on, today):
            return _still_a_child()
        waits = self.status in {_S.AGREED, _S.PAYING, _S.REDUCED} and self.wish is None
        if not waits or self.recipient is Recipient.YOUNG_PERSON:
            return Refusal(REG_15_1, "nothing-to-ask", "It is the young person's own, or they have said what is to be.")
        return None

    def _refuse_offer(self, offer: Offered) -> list[Refusal]:
        young = over_compulsory_school_age(self.born_on, offer.on)
        found: list[Refusal] = []
        if self.agreed is None or offer.amount > self.agreed:
            found.append(_more_than_agreed(self.regime))
        if not offer.sufficient:
            message = "The amount must be sufficient to secure the agreed provision."
            found.append(Refusal(provision_of(self.regime, "10(1)"), "amount-not-sufficient", message, ("sufficient",)))
        if offer.recipient in {Recipient.PARENT, Recipient.YOUNG_PERSON} and (
            young is not (offer.recipient is Recipient.YOUNG_PERSON)
        ):
            message = "To the parent of a child, or to a young person; or to whom one of them nominated in writing."
            found.append(Refusal(provision_of(self.regime, "5(1)"), "not-the-recipient", message, ("recipient",)))
        nominated = offer.recipient in NOMINATED
        for name, text in (("payee", offer.payee), ("goods", offer.goods), *([("nominee", offer.nominee)] * nominated)):
            if not says_something(text):
                message = "The notice names whom it is for, who receives it, and what it is to buy."
                found.append(Refusal(provision_of(self.regime, "8(2)"), "notice-incomplete", message, (name,)))
        return found + missing(
            self.regime,
            offer.satisfied,
            offer.exclusions,
            individual=offer.recipient is not Recipient.NOMINATED_ORGANISATION,
            is_young_person=offer.recipient is Recipient.YOUNG_PERSON,
            on=offer.on,
        )

    def _refuse_acceptance(self, accepted: Accepted) -> list[Refusal]:
        found: list[Refusal] = []
        lacking = [each for each in Undertaking if each not in accepted.undertakings]
        if self.regime is Regime.PB_REGS_2014 and lacking:
            message = " ".join(["The recipient agrees in writing:", *(each.meaning for each in lacking)])
            found.append(Refusal("PB Regs 2014 reg. 8(3)", "undertaking-missing", message, ("undertakings",)))
        if self.recipient in NOMINATED and not (accepted.family_consents and accepted.nominee_responsible):
            message = "The family consents in writing, and the nominee confirms being responsible as a principal."
            found.append(Refusal(provision_of(self.regime, "8(4)"), "nominee-not-confirmed", message))
        if self.notice_served_on is not None and accepted.on < self.notice_served_on:
            message = "The recipient agrees upon receipt of the notice."
            found.append(Refusal(provision_of(self.regime, "8(3)"), "dates-out-of-order", message, ("on",)))
        return found

    def _refuse_start(self, started: Started) -> list[Refusal]:
        found: list[Refusal] = []
        if self.agreed_on is not None and started.on < self.agreed_on:
            message = "Nothing is paid for days before the recipient agreed in writing."
            found.append(Refusal(provision_of(self.regime, "8(1)"), "dates-out-of-order", message, ("on",)))
        if self.on_premises and self.premises_consent_on is None:
            message = "The head, the principal or the early years provider has not consented in writing."
            found.append(Refusal(provision_of(self.regime, "9"), "premises-consent-missing", message))
        if self.recipient is Recipient.PARENT and self.wish is None:
            found += _young_person_first(self.born_on, started.on)
        return found

    def _refuse_change(self, changed: Changed, provision: str) -> list[Refusal]:
        if self.agreed is None or changed.amount > self.agreed:
            return [_more_than_agreed(self.regime)]
        if changed.amount == self.amount:
            return [Refusal(provision, "nothing-changed", "That is the amount now.", ("amount",))]
        if not changed.sufficient:
            message = "The new amount must be sufficient, or offset what was not used."
            return [Refusal(provision, "amount-not-sufficient", message, ("sufficient",))]
        return []


def _still_a_child() -> Refusal:
    return Refusal(REG_15_1, "still-a-child", "The child is not over compulsory school age.", ("on",))


def _more_than_agreed(regime: Regime) -> Refusal:
    message = "It is no more than its funder agreed to; without that agreement there is none."
    return Refusal("CFA 2014 s. 49(2)", "more-than-agreed", f"{message} ({provision_of(regime, '10')})", ("amount",))


def _young_person_first(born_on: date, on: date) -> list[Refusal]:
    if not over_compulsory_school_age(born_on, on):
        return []
    message = "The child has become a young person, who says first whether it goes on to the parent."
    return [Refusal(REG_15_1, "young-person-not-asked", message)]


def may_pay(payment: DirectPayment | None, on: date) -> Refusal | None:
    """Why nothing may be paid under it on a day: there is none yet, or it is not in payment on that day."""
    if payment is None:
        message = "Nothing is paid before the recipient was given the notice and has agreed in writing."
        return Refusal("PB Regs 2014 reg. 8(1)", "not-in-payment", message, ("item",))
    paying = payment.status in {_S.PAYING, _S.REDUCED, _S.STOPPED}
    ended = payment.ends_on is not None and on > payment.ends_on
    if not paying or ended or payment.starts_on is None or on < payment.starts_on:
        message = f"On that day nothing is paid under it: it stands at {payment.status}."
        return Refusal(provision_of(payment.regime, "8(1)"), "not-in-payment", message, ("on",))
    return None
