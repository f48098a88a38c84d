"""Money in a personal budget (CFA 2014 s. 49(2), PB Regs 2014 regs 8(2)(e), 10): exact, dated, and added up once.

Inside, an amount is a whole number of pence. `split` is the one place where anything is rounded: it divides an amount
into parts that add up to it, so that no penny is made or lost. A year's amount is due in twelve instalments, and one
amount of a pooled fund (NHS Act 2006 s. 75) falls on several funders, by `split`; every other amount is due whole.

`schedule` gives an amount its days, `totals` is the one function that adds anything up, and `reconcile` holds what was
due, paid and spent against one another.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import count, takewhile
from typing import TypeAlias
from uuid import UUID

from hub.law.decisions import Refusal
from hub.law.periods import months_on
from hub.law.term import Term, means
from hub.law.vocabulary import BudgetKind, PaymentPeriod

Pence: TypeAlias = int

S_49_2 = "CFA 2014 s. 49(2)"
MOST: Pence = 100_000_000  # a million pounds, for one period: more is a slip of the pen, by no provision
LONGEST = timedelta(days=3 * 366)  # a schedule is looked at again long before (reg. 11(2)(b)), by no provision
INSTALMENTS_A_YEAR = 12
_PENNY = Decimal("0.01")


class Standing(Term):
    """How far an amount has come."""

    INDICATIVE = means("Indicated before anything is agreed.")
    AGREED = means("Agreed by the body that funds it.")
    PAID = means("Paid.")


@dataclass(frozen=True, slots=True)
class SchoolYear:
    """The weeks of term of an authority's school year, by their Mondays, and the first day of each term. Data: they are
    set for each authority and school year, and no statute fixes how many there are."""

    weeks: frozenset[date]
    terms: frozenset[date]


@dataclass(frozen=True, slots=True)
class Due:
    """What is due on a day."""

    on: date
    amount: Pence


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount with all that it is added up by."""

    kind: BudgetKind
    funder: UUID
    on: date
    standing: Standing
    amount: Pence


@dataclass(frozen=True, slots=True)
class Total:
    """The sums of one kind, funder and financial year; indicative, agreed and paid are never mixed."""

    kind: BudgetKind
    funder: UUID
    financial_year: str
    indicative: Pence = 0
    agreed: Pence = 0
    paid: Pence = 0


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """What was due by a day against what was paid and what was spent.

    `owed` is due and not paid. `unspent` was paid and not spent: it may be offset (reg. 10(3)) or asked back
    (reg. 13(2)). `overspent` was spent beyond what was paid, which nobody owes.
    """

    due: Pence
    paid: Pence
    spent: Pence

    @property
    def owed(self) -> Pence:
        return self.due - self.paid

    @property
    def unspent(self) -> Pence:
        return max(self.paid - self.spent, 0)

    @property
    def overspent(self) -> Pence:
        return max(self.spent - self.paid, 0)


def in_pence(amount: Decimal, *path: str) -> Pence | Refusal:
    """The pence of an amount in pounds, or why it is none: part of a penny, nothing, below nothing, absurd."""
    if not amount.is_finite() or amount != amount.quantize(_PENNY):
        return Refusal(S_49_2, "amount-not-exact", "An amount is in pounds and whole pence.", path)
    if amount <= 0:
        return Refusal(S_49_2, "amount-not-positive", "An amount is more than nothing.", path)
    if amount * 100 > MOST:
        return Refusal(S_49_2, "amount-absurd", f"An amount is at most {in_pounds(MOST)} pounds for a period.", path)
    return int(amount * 100)


def in_pounds(amount: Pence) -> Decimal:
    """The same in pounds, with two decimals."""
    return (Decimal(amount) / 100).quantize(_PENNY)


def split(amount: Pence, weights: Sequence[int]) -> list[Pence]:
    """The amount in parts by weight, which add up to it: the one place where anything is rounded.

    Each part is rounded down; the pence that are left go one each to the parts that lost most, the first of equals
    first.
    """
    whole = sum(weights)
    parts = [amount * weight // whole for weight in weights]
    lost = sorted(range(len(weights)), key=lambda place: (-(amount * weights[place] % whole), place))
    for place in lost[: amount - sum(parts)]:
        parts[place] += 1
    return parts


def financial_year(day: date) -> str:
    """Such as 2026-27, from 1 April."""
    first = day.year - (day.month < 4)
    return f"{first}-{(first + 1) % 100:02}"


def last_day_of_financial_year(day: date) -> date:
    """The 31 March on which the financial year ends."""
    return date(day.year + (day.month >= 4), 3, 31)


def refuse_span(starts_on: date, ends_on: date) -> Refusal | None:
    """Why an amount cannot be due between two days."""
    if ends_on < starts_on:
        return Refusal(S_49_2, "dates-out-of-order", "It ends before it begins.", ("ends_on",))
    if ends_on - starts_on > LONGEST:
        return Refusal(S_49_2, "too-long", "At most three years: it is reviewed with the plan.", ("ends_on",))
    return None


def schedule(
    amount: Pence, per: PaymentPeriod, starts_on: date, ends_on: date, years: Collection[SchoolYear] = ()
) -> tuple[Due, ...] | Refusal:
    """What is due on which days, from the first day to the last.

    An amount for a week, a month, a term or a week of term is due whole on the first day of each that begins in the
    span. A year's is due in monthly instalments from its first day; of a year that is cut short, those that fall in
    the span. What is paid once is due on the first day.
    """
    refusal = refuse_span(starts_on, ends_on)
    if refusal is not None:
        return refusal
    match per:
        case PaymentPeriod.ONCE:
            days = [starts_on]
        case PaymentPeriod.WEEK:
            days = [starts_on + timedelta(weeks=n) for n in range((ends_on - starts_on).days // 7 + 1)]
        case PaymentPeriod.MONTH:
            days = _months(starts_on, ends_on)
        case PaymentPeriod.YEAR:
            parts = split(amount, [1] * INSTALMENTS_A_YEAR)
            return tuple(Due(day, parts[n % len(parts)]) for n, day in enumerate(_months(starts_on, ends_on)))
        case _:  # the type checker knows that only terms and weeks of term are left
            of_term = per is PaymentPeriod.TERM
            known = sorted(day for year in years for day in (year.terms if of_term else year.weeks))
            days = [day for day in known if starts_on <= day <= ends_on]
            if not known or known[-1] + timedelta(days=183) < ends_on:
                message = "The weeks of term of that school year are not set for this authority."
                return Refusal(S_49_2, "school-year-not-set", message, ("per",))
    return tuple(Due(day, amount) for day in days)


def changed_from(before: Iterable[Due], now: Iterable[Due], on: date, *, anew: bool = False) -> tuple[Due, ...]:
    """A schedule of which the amounts change on a day: what was due before it stays due. `anew`: nothing stays."""
    kept = () if anew else tuple(due for due in before if due.on < on)
    return kept + tuple(due for due in now if due.on >= on)


def totals(amounts: Iterable[Amount]) -> list[Total]:
    """Everything added up: by kind, funder and financial year, with indicative, agreed and paid apart."""
    sums: dict[tuple[str, BudgetKind, UUID], dict[Standing, Pence]] = defaultdict(lambda: dict.fromkeys(Standing, 0))
    for each in amounts:
        sums[financial_year(each.on), each.kind, each.funder][each.standing] += each.amount
    return [
        Total(kind, funder, year, by[Standing.INDICATIVE], by[Standing.AGREED], by[Standing.PAID])
        for (year, kind, funder), by in sorted(sums.items())
    ]


def whole(found: Iterable[Total]) -> Mapping[Standing, Pence]:
    """What the totals come to in all, of each standing."""
    listed = list(found)
    return {
        Standing.INDICATIVE: sum(each.indicative for each in listed),
        Standing.AGREED: sum(each.agreed for each in listed),
        Standing.PAID: sum(each.paid for each in listed),
    }


def reconcile(due: Iterable[Due], paid: Iterable[Due], spent: Iterable[Due], *, by: date) -> Reconciliation:
    """What was due, paid and spent up to and including a day."""
    return Reconciliation(*(sum(each.amount for each in dues if each.on <= by) for dues in (due, paid, spent)))


def _months(starts_on: date, ends_on: date) -> list[date]:
    """The first day and its corresponding dates, or the last day of a month that has none."""
    return list(takewhile(lambda day: day <= ends_on, (months_on(starts_on, n) for n in count())))
