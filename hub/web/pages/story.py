"""Why a plan is late, in sentences that follow from a child's clocks and dates; and what happened, in order.

The clocks are the hub's own (`duties`): nothing here counts a period or decides who is late.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from hub.web.pages import words

_PLAN = frozenset({"FINALISE_PLAN", "FINALISE_AMENDED_PLAN", "FINALISE_REASSESSED_PLAN", "NOTIFY_NO_PLAN"})
_OPEN = frozenset({"RUNNING", "DUE_SOON", "OVERDUE"})


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happened on a day, and who did it."""

    on: date
    what: str
    who: str
    to: str | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """The one sentence that matters, what took the time, and what is waited for."""

    late: bool
    headline: str
    took: Sequence[str]
    waits: Sequence[str]


def story(child: Mapping[str, Any], today: date, *, sees_all: bool = True) -> Story:
    """How the child's case stands, by its clocks. `sees_all`: whether all of them are open to who asks."""
    clocks: list[Mapping[str, Any]] = child.get("duties") or []
    late = sorted((each for each in clocks if each["state"] == "OVERDUE"), key=_matters)
    waits = [_waits(each, today) for each in sorted(clocks, key=_due) if each["state"] in _OPEN]
    took = [*_took(clocks), *_advice(child, today)]
    if not late:
        running = [each for each in clocks if each["state"] in {"RUNNING", "DUE_SOON"}]
        return Story(False, _in_time(sorted(running, key=_due), sees_all=sees_all), took, waits)
    first = late[0]
    by = (today - date.fromisoformat(first["dueOn"])).days
    what = "The final plan" if first["rule"] in _PLAN - {"NOTIFY_NO_PLAN"} else f"“{words.duty(first['rule'])}”"
    headline = (
        f"{what} is {words.days(by)} late. Its last day was {words.day(first['dueOn'])} ({first['provision']}), "
        f"and the ball is with {_holder(first)}."
    )
    return Story(True, headline, took, waits)


def _in_time(running: Sequence[Mapping[str, Any]], *, sees_all: bool) -> str:
    well = "Nothing is late" if sees_all else "Nothing that you may see is late"
    if not running:
        return f"{well}, and no clock runs." if sees_all else f"{well}, and no clock that you may see runs."
    first = next((each for each in running if each["rule"] in _PLAN and each["rule"] != "NOTIFY_NO_PLAN"), running[0])
    if not first["dueOn"]:
        return f"{well}."
    return (
        f"{well}. {words.duty(first['rule'])} by {words.day(first['dueOn'])} ({first['provision']}): "
        f"the ball is with {_holder(first)}."
    )


def _matters(clock: Mapping[str, Any]) -> tuple[bool, bool, str]:
    return (clock["rule"] not in _PLAN, clock["rule"] == "NOTIFY_NO_PLAN", clock["dueOn"])


def _due(clock: Mapping[str, Any]) -> str:
    return clock["dueOn"] or "9999"


def _holder(clock: Mapping[str, Any]) -> str:
    return words.called(clock["holder"], "a body that is withheld from you")


def _waits(clock: Mapping[str, Any], today: date) -> str:
    said = f"{_holder(clock)}: {words.within(words.duty(clock['rule']))}"
    if not clock["dueOn"]:
        return f"{said} (no time limit)"
    due = date.fromisoformat(clock["dueOn"])
    if due < today:
        return f"{said} ({words.days((today - due).days)} late)"
    return f"{said} (by {words.day(due)})"


def _took(clocks: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """What was done late."""
    for each in sorted(clocks, key=_due):
        if each["state"] == "MET_LATE":
            by = (date.fromisoformat(each["metOn"]) - date.fromisoformat(each["dueOn"])).days
            yield (
                f"{_holder(each)} took {words.days(by)} too long: “{words.duty(each['rule'])}” was done on "
                f"{words.day(each['metOn'])}, and its last day was {words.day(each['dueOn'])} ({each['provision']})."
            )
        for exception in each.get("exceptions") or ():
            ground = words.within(words.words(exception["ground"]))
            yield f"“{words.duty(each['rule'])}”: {_holder(each)} is relieved of this time limit ({ground})."


def _advice(child: Mapping[str, Any], today: date) -> Iterator[str]:
    """What advice of the latest assessment is missing, or came after six weeks."""
    asked = sorted(child.get("assessments") or (), key=lambda each: each["requestedOn"] or "")
    for each in (asked[-1].get("adviceRequests") or ()) if asked else ():
        who = words.called(each["organisation"], each["askedOf"] or "Somebody")
        kind = words.advice(each["kind"])
        waited = (
            (words.parsed(each["receivedOn"]) if each["receivedOn"] else today) - words.parsed(each["askedOn"])
        ).days
        if each["receivedOn"] is None and not asked[-1]["outcome"]:
            yield f"{who} has not given the {kind} advice that was asked for on {words.day(each['askedOn'])}."
        elif each["receivedOn"] is not None and waited > 42:
            yield (
                f"{who} gave the {kind} advice on {words.day(each['receivedOn'])}, {words.days(waited)} after it was "
                "asked for."
            )


def happenings(child: Mapping[str, Any]) -> list[Happening]:
    """What happened, in order."""
    responsible = words.called(child.get("responsibleAuthority"), "The authority")
    found = [
        *_assessed(child, responsible),
        *_planned(child, responsible),
        *_cooperated(child),
        *_reviewed(child, responsible),
    ]
    return sorted(found, key=lambda each: each.on)


def _assessed(child: Mapping[str, Any], authority: str) -> Iterator[Happening]:
    for each in child.get("assessments") or ():
        if each["requestedOn"]:
            yield Happening(
                words.parsed(each["requestedOn"]), "An EHC needs assessment was asked for", "the family or others"
            )
        if each["decidedOn"]:
            yield Happening(
                words.parsed(each["decidedOn"]), f"Decision: {words.within(words.words(each['decision']))}", authority
            )
        if each["outcomeOn"]:
            yield Happening(
                words.parsed(each["outcomeOn"]), f"Outcome: {words.within(words.words(each['outcome']))}", authority
            )
        for advice in each["adviceRequests"] or ():
            if advice["cooperationRequest"] is not None or not advice["receivedOn"]:
                continue  # those are told as requests to co-operate
            who = words.called(advice["organisation"], advice["askedOf"] or "")
            yield Happening(words.parsed(advice["receivedOn"]), f"Advice came: {words.advice(advice['kind'])}", who)


def _planned(child: Mapping[str, Any], authority: str) -> Iterator[Happening]:
    steps = (
        ("draftedOn", "was drafted"), ("servedOn", "was sent to the family as a draft"),
        ("finalisedOn", "was made final"), ("ceasedOn", "ceased"),
    )  # fmt: skip
    for plan in child.get("plans") or ():
        for field, said in steps:
            if plan[field]:
                yield Happening(words.parsed(plan[field]), f"Plan, version {plan['version']}, {said}", authority)


def _cooperated(child: Mapping[str, Any]) -> Iterator[Happening]:
    for each in child.get("cooperationRequests") or ():
        to, asked = f"/requests/{each['id']}", each["addressedTo"]["name"]
        what = words.within(words.words(each["function"]))
        yield Happening(
            words.parsed(each["sentAt"]), f"{asked} was asked to co-operate: {what}", each["requestedBy"]["name"], to
        )
        if each["receivedAt"]:
            yield Happening(words.parsed(each["receivedAt"]), f"The request was received: {what}", asked, to)
        if each["declined"]:
            ground = words.within(words.words(each["declined"]["ground"]))
            yield Happening(words.parsed(each["declined"]["at"]), f"The request was declined: {ground}", asked, to)
        if each["compliedAt"]:
            yield Happening(words.parsed(each["compliedAt"]), f"The request was complied with: {what}", asked, to)


def _reviewed(child: Mapping[str, Any], authority: str) -> Iterator[Happening]:
    for each in child.get("reviews") or ():
        if each["meetingOn"]:
            yield Happening(words.parsed(each["meetingOn"]), "The plan was reviewed at a meeting", authority)
        if each["decidedOn"]:
            said = f"Decided after the review: {words.within(words.words(each['decision']))}"
            yield Happening(words.parsed(each["decidedOn"]), said, authority)
    for each in child.get("disputes") or ():
        yield Happening(
            words.parsed(each["raisedOn"]), f"{words.words(each['kind'])} was raised", "the family or others"
        )
        if each["endedOn"]:
            yield Happening(words.parsed(each["endedOn"]), f"{words.words(each['kind'])} ended", "")
