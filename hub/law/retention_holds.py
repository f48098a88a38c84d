"""What keeps a record though its time is over: holds that somebody places, and what is unfinished in it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from hub.law.decisions import Refusal
from hub.law.retention import STORAGE, Choice, Recorded, longest, periods
from hub.law.term import Term, means

MOST_WORDS = 1_000
"""The longest reason, characters."""


class HoldGround(Term):
    """Why a record is kept longer than its period."""

    REDRESS = means("A complaint, an appeal or a claim, at the Ombudsman, the Tribunal or a court.")
    SUBJECT_ACCESS = means("A request for access to it that is not answered yet (UK GDPR art. 15).")
    SAFEGUARDING = means("A child protection or safeguarding matter.")
    INQUIRY = means("An inquiry, which may forbid that records are destroyed (Inquiries Act 2005 s. 35).")
    LOOKED_AFTER = means("The child was looked after: such records are kept to 75 years of age (SI 2010/959 reg. 50).")
    OTHER = means("Another reason, which is written down.")


class Unfinished(Term):
    """What in the record itself keeps it, without anybody saying so."""

    PLAN = means("A plan that is drafted or maintained, or notice that it will cease.")
    ASSESSMENT = means("An assessment that has been asked for, and has no outcome.")
    REQUEST = means("A request to co-operate that has not been answered.")
    REDRESS = means("A dispute, mediation or appeal that is not over.")
    BUDGET = means("A personal budget that is not over.")
    GLASS = means("Access in an emergency that no privacy officer has looked at.")
    IDENTITY = means("Somebody is to decide whether it is one record with another.")


@dataclass(frozen=True, slots=True)
class Hold:
    """A hold on one child's record, or on all of an authority's. `until`: the last day; None: until it is released."""

    ground: HoldGround
    until: date | None = None

    def stops(self, on: date) -> bool:
        return self.until is None or on <= self.until


@dataclass(frozen=True, slots=True)
class Kept:
    """The record is kept. `until` None: for good, or for as long as what keeps it lasts."""

    because: tuple[str, ...]
    until: date | None


@dataclass(frozen=True, slots=True)
class Due:
    """Every period is over and nothing keeps the record: it is to be erased. `rules`: the periods that are over."""

    rules: tuple[str, ...]
    longest: str
    since: date


def judge(
    recorded: Recorded,
    choices: Collection[Choice],
    *,
    holds: Collection[Hold] = (),
    unfinished: Collection[Unfinished] = (),
    on: date,
) -> Kept | Due:
    """Whether a record is to be erased on a day: no hold, nothing unfinished, and every period over."""
    found = periods(recorded, choices, on=on)
    last = longest(found)
    stopping = [each for each in holds if each.stops(on)]
    because = [f"hold {each.ground}" for each in stopping] + [f"unfinished {each}" for each in unfinished]
    if last.until is None or on < last.until:
        return Kept((last.name, *sorted(because)), last.until)
    if because:
        return Kept(tuple(sorted(because)), None)
    return Due(tuple(sorted({each.name for each in found})), last.name, last.until)


def refuse_hold(why: str, until: date | None, *, today: date) -> list[Refusal]:
    """Why a hold may not be placed so: who asks for its reason later must find one."""
    refusals: list[Refusal] = []
    if not why.strip():
        refusals.append(Refusal(STORAGE, "reason-required", "Write down why the record is held.", ("reason",)))
    if len(why) > MOST_WORDS:
        refusals.append(Refusal(STORAGE, "reason-too-long", f"At most {MOST_WORDS:,} characters.", ("reason",)))
    if until is not None and until < today:
        refusals.append(Refusal(STORAGE, "hold-is-over", "A hold does not end before it begins.", ("until",)))
    return refusals
