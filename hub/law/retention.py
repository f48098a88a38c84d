"""How long the record of a child is kept, and what keeps it longer (UK GDPR art. 5(1)(e): storage limitation).

No provision of the CFA 2014 or its regulations sets a period. `RULES` has what guidance and general law say, dated and
marked for certainty: data that an authority replaces with its own schedule (`Choice`). The longest of the periods that
apply counts. Nothing is erased but by a schedule that the authority has adopted: absence of a rule keeps.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from hub.law.decisions import Refusal
from hub.law.periods import years_on
from hub.law.term import Term, means
from hub.law.vocabulary import Mark

STORAGE = "UK GDPR art. 5(1)(e)"
LONGEST_YEARS = 150
"""A longer period is a mistake: what is never to be erased has no period."""


class Matter(Term):
    """What there is in a record that brings a period with it."""

    SEN = means("The child's needs, assessments and plans: every record has them.")
    HEALTH = means("Advice that a health body gave.")
    MONEY = means("A personal budget, and what was paid.")
    RAW = means("Files and messages as they came, before they were read into records.")


class CountedFrom(Term):
    """The day from which a period counts."""

    BIRTH = means("The day of birth.")
    DEATH = means("The day on which the plan ceased because the child or young person had died.")
    LAST_ENTRY = means("The last day on which somebody changed the record.")
    LAST_ADVICE = means("The day of the last advice of a health body.")
    LAST_PAYMENT = means("The last day on which money was paid or spent, or was due to be.")
    RECEIPT = means("The day on which it was received.")


@dataclass(frozen=True, slots=True)
class Rule:
    """A period: of what, from which day, how long, who says so and how surely that is known.

    `at_17`: only where the young person was 17 on the day of the last advice. `binding`: an authority may choose a
    longer period, and no shorter one.
    """

    matter: Matter
    counted_from: CountedFrom
    years: int
    said_by: str
    certainty: Mark
    in_force_from: date
    at_17: bool = False
    binding: bool = False

    @property
    def name(self) -> str:
        return f"{self.matter}/{self.counted_from}"


_M, _F = Matter, CountedFrom
_IRMS = "IRMS toolkit for schools: SEN files, date of birth + 31 years (25, and 6 in which a claim may be brought)"
_NHS = "NHS Records Management Code 2021: records of children"
_LIMITATION = "Limitation Act 1980 s. 5: six years in which a claim may be brought"
_PLANS, _CODE = date(2014, 9, 1), date(2021, 8, 1)

RULES: tuple[Rule, ...] = (
    Rule(_M.SEN, _F.BIRTH, 31, _IRMS, Mark.SECONDARY, _PLANS),
    Rule(_M.SEN, _F.LAST_ENTRY, 6, f"{_LIMITATION}; a date of birth may be wrong", Mark.INTERPRETED, _PLANS),
    Rule(_M.HEALTH, _F.BIRTH, 25, _NHS, Mark.FROM_MEMORY, _CODE),
    Rule(_M.HEALTH, _F.BIRTH, 26, f"{_NHS}, 17 when treatment ended", Mark.FROM_MEMORY, _CODE, at_17=True),
    Rule(_M.HEALTH, _F.DEATH, 8, _NHS, Mark.FROM_MEMORY, _CODE),
    Rule(_M.MONEY, _F.LAST_PAYMENT, 6, _LIMITATION, Mark.FROM_MEMORY, _PLANS, binding=True),
    Rule(_M.RAW, _F.RECEIPT, 6, f"{_LIMITATION}: what was sent is evidence", Mark.INTERPRETED, _PLANS),
)
"""One row is one fact: corrected here, with its mark, when the source is read."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What an authority's schedule says of a matter, in the place of the rule. `years` None: for good."""

    matter: Matter
    counted_from: CountedFrom
    years: int | None

    @property
    def name(self) -> str:
        return f"{self.matter}/{self.counted_from}"


@dataclass(frozen=True, slots=True)
class Recorded:
    """The days that a record's periods count from. `matters`: what there is in it beside `SEN`."""

    born_on: date
    last_entry_on: date
    matters: frozenset[Matter] = frozenset()
    died_on: date | None = None
    last_advice_on: date | None = None
    last_payment_on: date | None = None

    def day(self, counted_from: CountedFrom) -> date | None:
        days: Mapping[CountedFrom, date | None] = {
            CountedFrom.BIRTH: self.born_on,
            CountedFrom.DEATH: self.died_on,
            CountedFrom.LAST_ENTRY: self.last_entry_on,
            CountedFrom.LAST_ADVICE: self.last_advice_on,
            CountedFrom.LAST_PAYMENT: self.last_payment_on or self.last_entry_on,
        }
        return days.get(counted_from)


@dataclass(frozen=True, slots=True)
class Period:
    """One period that applies to a record: up to the day before `until`; None: for good."""

    name: str
    until: date | None
    said_by: str


OWN_SCHEDULE = "the authority's own schedule"
NO_SCHEDULE = "the authority has adopted no schedule for this"


def periods(recorded: Recorded, choices: Collection[Choice], *, on: date) -> tuple[Period, ...]:
    """Every period that applies to the record on a day, by the authority's schedule and the rules of that day.

    A matter of which the schedule says nothing is kept for good: the authority has not adopted it.
    """
    found: list[Period] = []
    for matter in sorted({Matter.SEN, *recorded.matters} - {Matter.RAW}):
        chosen = {each.counted_from: each for each in choices if each.matter is matter}
        if not chosen:
            found.append(Period(matter.value, None, NO_SCHEDULE))
            continue
        rules = [each for each in rules_on(on) if each.matter is matter and each.counted_from not in chosen]
        for rule in rules:
            start = recorded.day(rule.counted_from)
            if start is not None and (not rule.at_17 or _was_17(recorded)):
                found.append(Period(rule.name, years_on(start, rule.years), rule.said_by))
        for choice in chosen.values():
            start = recorded.day(choice.counted_from)
            if choice.years is None:
                found.append(Period(choice.name, None, OWN_SCHEDULE))
            elif start is not None:
                found.append(Period(choice.name, years_on(start, choice.years), OWN_SCHEDULE))
    return tuple(found)


def longest(found: Iterable[Period]) -> Period:
    """The period that ends last; one without an end outlasts every other. Of none: for good."""
    return max(found, key=lambda each: each.until or date.max, default=Period("none", None, NO_SCHEDULE))


def rules_on(day: date) -> tuple[Rule, ...]:
    """The rules in force on a day."""
    return tuple(each for each in RULES if each.in_force_from <= day)


def suggested(matter: Matter, on: date) -> tuple[Choice, ...]:
    """What an authority adopts that has nothing else to say of a matter: the rules as they are."""
    longest_of: dict[CountedFrom, int] = {}
    for rule in rules_on(on):
        if rule.matter is matter:
            longest_of[rule.counted_from] = max(rule.years, longest_of.get(rule.counted_from, 0))
    return tuple(Choice(matter, counted_from, years) for counted_from, years in longest_of.items())


def refuse_choice(choice: Choice, *, on: date) -> list[Refusal]:
    """Why an authority may not have this in its schedule."""
    if choice.matter is Matter.RAW and choice.counted_from is not CountedFrom.RECEIPT:
        return [Refusal(STORAGE, "counted-from-receipt", "What came is kept from the day of its receipt.")]
    if choice.matter is not Matter.RAW and choice.counted_from is CountedFrom.RECEIPT:
        return [Refusal(STORAGE, "no-day-of-receipt", "Only what came as a file or message has a day of receipt.")]
    if choice.years is None:
        return []
    if not 1 <= choice.years <= LONGEST_YEARS:
        message = f"A period is 1 to {LONGEST_YEARS} years; what is never to be erased has none."
        return [Refusal(STORAGE, "years-out-of-range", message, ("years",))]
    return [
        Refusal(rule.said_by, "shorter-than-the-law", f"It is kept for {rule.years} years at least.", ("years",))
        for rule in rules_on(on)
        if rule.binding and (rule.matter, rule.counted_from) == (choice.matter, choice.counted_from)
        if choice.years < rule.years
    ]


def _was_17(recorded: Recorded) -> bool:
    last, born = recorded.last_advice_on, recorded.born_on
    return last is not None and years_on(born, 17) <= last < years_on(born, 18)


def rules_table() -> str:
    """RULES as Markdown: a row a rule."""
    lines = ["| of | counted from | years | said by | certainty |", "|---|---|---|---|---|"]
    lines += [
        f"| {each.matter} | {each.counted_from} | {each.years}{', at least' if each.binding else ''} | {each.said_by} "
        f"| {each.certainty} |"
        for each in RULES
    ]
    return "\n".join(lines)
