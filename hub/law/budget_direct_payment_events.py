"""What a direct payment is made of: who receives it, what they undertake, and what happens to it (PB Regs 2014 regs
5 to 15). What may follow what is in budget_direct_payments.
"""

from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from hub.law.budget_money import Pence
from hub.law.budget_regimes import Exclusion, Requirement
from hub.law.term import Term, means


class Recipient(Term):
    """To whom a direct payment is made (PB Regs 2014 reg. 5(1)); a representative stands in by reg. 16."""

    PARENT = means("The child's parent (PB Regs 2014 reg. 5(1)(a)).")
    YOUNG_PERSON = means("The young person (PB Regs 2014 reg. 5(1)(b)).")
    NOMINEE = means("An individual whom the parent or young person nominated in writing (reg. 5(1)(c)).")
    NOMINATED_ORGANISATION = means("An organisation that was nominated in writing (reg. 5(1)(c)).")


NOMINATED = frozenset({Recipient.NOMINEE, Recipient.NOMINATED_ORGANISATION})


class Undertaking(Term):
    """What the recipient agrees to in writing (PB Regs 2014 reg. 8(3))."""

    RECEIVE = means("To receive the direct payments (reg. 8(3)(a)).")
    USE_FOR_PROVISION_ONLY = means("To use them only to secure the agreed provision (reg. 8(3)(b)).")
    KEEP_CONDITIONS = means("To comply with the conditions in the notice (reg. 8(3)(c)).")
    TELL_OF_CHANGES = means("To tell of changes that might affect the need for the provision (reg. 8(3)(d)).")
    DEDICATED_ACCOUNT = means("To use the approved account solely for direct payments (reg. 8(3)(e)).")
    ACCOUNT_ACCESS = means(
        "To let nobody else have access to that account but whom the authority approved (reg. 8(3)(f))."
    )
    KEEP_RECORDS = means("To keep a record of what is paid in and withdrawn, and show evidence (reg. 8(3)(g)).")


class YoungPersonsWish(Term):
    """What a young person says about payments that were made while they were a child (PB Regs 2014 reg. 15)."""

    RECEIVE = means("To receive them (reg. 15(2)).")
    CONTINUE = means("That they go on to the parent or nominee (reg. 15(3)).")


@dataclass(frozen=True, slots=True)
class Offered:
    """The paying body serves its notice (reg. 8(2)) on a recipient of whom it is satisfied (regs 5(2), 6(1))."""

    on: date
    recipient: Recipient
    payee: str
    goods: str
    amount: Pence
    sufficient: bool
    satisfied: frozenset[Requirement]
    exclusions: frozenset[Exclusion] = frozenset()
    nominee: str = ""
    on_premises: bool = False


@dataclass(frozen=True, slots=True)
class Accepted:
    """The recipient agrees in writing (reg. 8(3)); of a nominee, the two statements of reg. 8(4)."""

    on: date
    undertakings: frozenset[Undertaking]
    family_consents: bool = False
    nominee_responsible: bool = False


@dataclass(frozen=True, slots=True)
class PremisesConsented:
    """The head, the principal or the early years provider consents in writing (reg. 9)."""

    on: date


@dataclass(frozen=True, slots=True)
class Started:
    """It is paid from this day."""

    on: date


@dataclass(frozen=True, slots=True)
class Changed:
    """Another amount from a day (regs 10(2), (3), 11(5)(b)). `sufficient`: it is enough, or unused money is offset."""

    on: date
    amount: Pence
    sufficient: bool


@dataclass(frozen=True, slots=True)
class Stopped:
    """Payment stops (reg. 14): from this day on nothing is due."""

    on: date


@dataclass(frozen=True, slots=True)
class Refused:
    """It is decided not to make it (reg. 7(a))."""

    on: date


@dataclass(frozen=True, slots=True)
class Restored:
    """A decision is reversed when it is reviewed or reconsidered (regs 7(b), 12(2), 14(4)): `amount` is what counts
    again."""

    on: date
    amount: Pence


@dataclass(frozen=True, slots=True)
class Wished:
    """The young person, a child until then, says in writing what is to be (reg. 15(2), (3))."""

    on: date
    wish: YoungPersonsWish


DirectPaymentEvent: TypeAlias = (
    Offered | Accepted | PremisesConsented | Started | Changed | Stopped | Refused | Restored | Wished
)
