"""When a duty is due and what state it is in. The table of duties itself is RULES."""

from datetime import date

from hub.law.duty_table import MET_BY_WORD, NOT_OPENED, RULES, WITHOUT_A_PERIOD
from hub.law.duty_terms import DutyBasis, DutyRule, DutyState, Holder, Relief, Rule, Trigger
from hub.law.periods import ENGLAND, WorkingCalendar, in_words, last_day
from hub.law.vocabulary import Mark

__all__ = [
    "MET_BY_WORD",
    "NOT_OPENED",
    "RULES",
    "WINDOWS",
    "WITHOUT_A_PERIOD",
    "DutyBasis",
    "DutyRule",
    "DutyState",
    "Holder",
    "Mark",
    "Relief",
    "Rule",
    "Trigger",
    "due_on",
    "duties_table",
    "in_full",
    "refuse_met",
    "state",
]


WINDOWS: frozenset[DutyRule] = frozenset(duty for duty, rule in RULES.items() if rule.window)
"""The rules whose time makes nobody late when it is over."""


def due_on(rule: DutyRule, started_on: date, calendar: WorkingCalendar = ENGLAND) -> date:
    """The last day on which the duty is met in time; counting backwards, `started_on` is the event ahead."""
    return last_day(RULES[rule].limit, started_on, calendar)


def state(
    *,
    due_on: date | None,
    started_on: date | None,
    met_on: date | None,
    ended_on: date | None,
    excused: bool,
    today: date,
    soon: int = 14,
    window: bool = False,
) -> DutyState:
    """The state of a clock on a day.

    `excused`: an exception that relieves the time limit is recorded, so the duty cannot be late. `ended_on`: the duty
    fell away before it was met (a request withdrawn or declined, a plan ceased). `soon`: days before the last day.
    `window`: the rule is one of `WINDOWS`, by which nobody is late.
    """
    if met_on is not None:
        in_time = excused or window or due_on is None or met_on <= due_on
        return DutyState.MET if in_time else DutyState.MET_LATE
    if ended_on is not None:
        return DutyState.ENDED
    if started_on is None:
        return DutyState.WAITING_TO_START
    if excused:
        return DutyState.EXCUSED
    if due_on is None:
        return DutyState.RUNNING
    days_left = (due_on - today).days
    if days_left < 0:
        return DutyState.CLOSED if window else DutyState.OVERDUE
    return DutyState.DUE_SOON if days_left <= soon else DutyState.RUNNING


def refuse_met(
    rule: DutyRule, *, started_on: date | None, closed: bool, on: date, today: date
) -> tuple[str, str] | None:
    """Why it may not be said that a duty was met on a day: (code, message); None where it may. `closed`: it is over."""
    if rule not in MET_BY_WORD:
        return "met-by-an-action", "What meets this duty is done in the hub, and not said."
    if closed:
        return "already-closed", "This duty was met, or has fallen away."
    if on > today:
        return "in-the-future", "It has not happened yet."
    if started_on is None or on < started_on:
        return "before-it-started", "The clock had not started on that day."
    return None


def in_full(duty: DutyRule) -> str:
    """A duty in full: the act, its time limit and what that is counted from, who owes it, and the provision."""
    rule = RULES[duty]
    return (
        f"{duty.meaning} Time limit: {_limit(rule)} Counted from: {rule.trigger.meaning} "
        f"Owed by: {rule.holder.meaning} Source: {_source(rule)}."
    )


def duties_table() -> str:
    """The clocks as a Markdown table, for the rule book."""
    lines = ["| Clock | Duty | Who | Counted from | Limit | Relieved by | Source |", f"|{'---|' * 7}"]
    lines += [_row(rule) for rule in sorted(RULES.values(), key=lambda rule: int(rule.clock[1:]))]
    lines += [f"\n{clock} is not one period long. {what}" for clock, what in WITHOUT_A_PERIOD.items()]
    lines += [f"\n{RULES[duty].clock} (`{duty}`) is not opened. {why}" for duty, why in NOT_OPENED.items()]
    return "\n".join(lines)


def _row(rule: Rule) -> str:
    relief = ", ".join(_words(each) for each in sorted(rule.relieved_by)) or "nothing"
    who, counted_from = _words(rule.holder), _words(rule.trigger)
    return f"| {rule.clock} | `{rule.duty}` | {who} | {counted_from} | {_limit(rule)} | {relief} | {_source(rule)} |"


def _limit(rule: Rule) -> str:
    return f"{in_words(rule.limit)}{' (its end makes nobody late)' if rule.window else ''}. {rule.note}".strip()


def _source(rule: Rule) -> str:
    return rule.provision if rule.certainty is Mark.VERIFIED else f"{rule.provision} ({_words(rule.certainty)})"


def _words(term: str) -> str:
    return term.replace("_", " ").lower()
