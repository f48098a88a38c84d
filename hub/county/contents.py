"""What a plan is to say of one child: threads chosen for its needs and age, filled in, and changed by an amendment."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from hub.county import (
    bank_adulthood,
    bank_care,
    bank_communication,
    bank_health,
    bank_learning,
    bank_semh,
    bank_sensory,
)
from hub.county.dates import Phase, phase_of, year_group
from hub.county.people import Specialised
from hub.county.placements import setting_on
from hub.county.rows import Case
from hub.county.threads import Dose, Thread, Work, fill
from hub.law.school_years import age_on
from hub.law.vocabulary import OrganisationKind, SectionCode, Sex

_LEARNING: tuple[Thread, ...] = (
    *bank_communication.THREADS,
    *bank_learning.THREADS,
    *bank_semh.THREADS,
    *bank_sensory.THREADS,
)
_HEALTH_LIKELY = {
    "PMLD": 3,
    "PD": 2,
    "MSI": 2,
    "SLD": 1.4,
    "HI": 1,
    "VI": 1,
    "DS": 1,
    "OTH": 0.5,
    "SEMH": 0.4,
    "ASD": 0.4,
}
_CARE_LIKELY = {"PMLD": 1.5, "SLD": 0.9, "PD": 0.5, "MSI": 0.6, "DS": 0.4, "ASD": 0.25, "SEMH": 0.2}
_PRONOUNS = {
    Sex.MALE: ("his", "him", "himself"),
    Sex.FEMALE: ("her", "her", "herself"),
    Sex.UNKNOWN: ("their", "them", "themself"),
}
_TO_THE_PENNY = Decimal("0.01")
_FIVE_MONTHS = timedelta(days=150)


@dataclass(frozen=True, slots=True)
class Provided:
    """A piece of provision as one plan has it."""

    work: Work
    dose: Dose
    what: str
    where: str

    @property
    def annual_cost(self) -> Decimal:
        if self.work.cost is not None:
            return Decimal(self.work.cost).quantize(_TO_THE_PENNY)
        return (self.dose.hours_a_year * self.work.role.hourly / self.work.group).quantize(_TO_THE_PENNY)


@dataclass(frozen=True, slots=True)
class Strand:
    """A thread filled in for a child: the need (section B, C or D), the outcome, and what is provided."""

    thread: Thread
    section: SectionCode
    need: str
    outcome: str
    phase: Phase
    provided: tuple[Provided, ...]
    specialised: bool = False


def words_of(case: Case, day: date) -> dict[str, str]:
    """What fills the blanks in a text about this child on a day."""
    their, them, themself = _PRONOUNS[case.sex]
    place, lessons, lesson, group = _place_words(case, day)
    return {
        "name": case.name, "age": str(age_on(case.born, day)), "their": their, "them": them, "themself": themself,
        "their_cap": their.capitalize(), "place": place, "lessons": lessons, "lessons_one": lesson, "group": group,
        "by": _horizon(case, day).label,
    }  # fmt: skip


def _place_words(case: Case, day: date) -> tuple[str, str, str, str]:
    """What the child's place of education is called, what happens there, one of that, and the group."""
    setting, age = setting_on(case, day), age_on(case.born, day)
    kind = setting.kind if setting else None
    if kind is OrganisationKind.EARLY_YEARS_PROVIDER or (kind is None and age < 5):
        return "nursery", "activities", "activity", "room"
    if kind is OrganisationKind.COLLEGE or (kind is None and age > 16):
        return "college", "sessions", "session", "group"
    return "school", "lessons", "lesson", "class"


def choose(case: Case, day: date) -> tuple[Strand, ...]:
    """The strands of a first plan made about this day."""
    age = age_on(case.born, day)
    primary, *others = case.types
    chosen = _sample(case, _fitting(_LEARNING, primary, age) or _fitting(_LEARNING, None, age), case.days(2, 3))
    for other in others:
        chosen += _sample(case, _fitting(_LEARNING, other, age, but=chosen), case.days(1, 2))
    if year_group(case.born, day) >= 9:  # reg. 12(3)
        chosen += _sample(case, _fitting(bank_adulthood.THREADS, primary, age), case.days(1, 2))
    strands = [_strand(case, each, SectionCode.B, day) for each in chosen]
    health = _sample(case, _of_any(bank_health.THREADS, case.types, age), _likely(case, _HEALTH_LIKELY))
    forces = case.specialised is Specialised.FORCES_FAMILY
    strands += [replace(_strand(case, each, SectionCode.C, day), specialised=forces) for each in health]
    if case.specialised is Specialised.SERVICE:
        strands.append(replace(_strand(case, bank_health.SPECIALISED[0], SectionCode.C, day), specialised=True))
    care = _sample(case, _of_any(bank_care.THREADS, case.types, age), _likely(case, _CARE_LIKELY))
    return (*strands, *(_strand(case, each, SectionCode.D, day) for each in care))


def amend(case: Case, strands: Sequence[Strand], day: date) -> tuple[Strand, ...]:
    """The strands as amended: outcomes to the present phase, other amounts, a need that is met left out or one more."""
    age = age_on(case.born, day)
    kept = [each for each in strands if each.thread.fits(age)]
    if len(kept) > 3 and case.chance(0.5):
        kept.remove(case.rng.choice([each for each in kept if each.section is SectionCode.B] or kept))
    changed = [_renewed(case, each, day) for each in kept]
    held = [each.thread for each in changed]
    for type_ in case.types[: case.days(1, 2)]:
        more = _sample(case, _fitting(_LEARNING, type_, age, but=held), 1)
        changed[:0] = [_strand(case, each, SectionCode.B, day) for each in more]
    if year_group(case.born, day) >= 9 and not any(each.area == bank_adulthood.AREA for each in held):
        more = _sample(case, _fitting(bank_adulthood.THREADS, case.types[0], age), 1)
        changed += [_strand(case, each, SectionCode.B, day) for each in more]
    return tuple(sorted(changed, key=lambda each: each.section))


def _horizon(case: Case, day: date) -> Phase:
    """What outcomes look to: the end of the phase that the child will be in five months on."""
    return phase_of(case.born, day + _FIVE_MONTHS)


def _fitting(threads: Iterable[Thread], type_: str | None, age: int, but: Iterable[Thread] = ()) -> list[Thread]:
    left_out = set(map(id, but))
    return [
        each
        for each in threads
        if each.fits(age) and (type_ is None or type_ in each.types) and id(each) not in left_out
    ]


def _of_any(threads: Iterable[Thread], types: Iterable[str], age: int) -> list[Thread]:
    wanted = set(types)
    return [each for each in threads if each.fits(age) and each.types & wanted]


def _sample(case: Case, threads: Sequence[Thread], count: int) -> list[Thread]:
    return case.rng.sample(threads, min(count, len(threads)))


def _likely(case: Case, likely: dict[str, float]) -> int:
    expected = max((likely.get(type_, 0.12) for type_ in case.types), default=0.0)
    return int(expected) + case.chance(expected - int(expected))


def _strand(case: Case, thread: Thread, section: SectionCode, day: date) -> Strand:
    words = words_of(case, day)
    return Strand(
        thread,
        section,
        need=fill(case.rng, thread.need, words),
        outcome=fill(case.rng, thread.outcome, words),
        phase=_horizon(case, day),
        provided=tuple(_provided(case, work, words) for work in thread.works),
    )


def _provided(case: Case, work: Work, words: dict[str, str]) -> Provided:
    dose = Dose.read(case.rng.choice(work.doses))
    return Provided(work, dose, fill(case.rng, work.what, words), fill(case.rng, work.where, words))


def _renewed(case: Case, strand: Strand, day: date) -> Strand:
    """The same need with its outcome looked at afresh; what is provided is said afresh, and half the time changed."""
    words = words_of(case, day)
    fresh = tuple(_provided(case, each.work, words) for each in strand.provided)
    if case.chance(0.5):
        fresh = tuple(replace(new, dose=old.dose) for new, old in zip(fresh, strand.provided, strict=True))
    outcome = fill(case.rng, strand.thread.outcome, words)
    return replace(strand, outcome=outcome, phase=_horizon(case, day), provided=fresh)
