"""A child's timeline: every clock as a bar, what happened, and why the plan is late."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from hub.law.periods import london_day
from hub.web.pages import charts, told, words
from hub.web.pages.child import places, withheld
from hub.web.pages.session import Session
from hub.web.pages.story import Happening, happenings, story
from hub.web.pages.visiting import Visiting

_COLOURS: Mapping[str, tuple[str, str]] = {
    "MET": ("chart__met", "chart__waiting"),
    "MET_LATE": ("chart__met", "chart__met-late"),
    "OVERDUE": ("chart__running", "chart__overdue"),
    "RUNNING": ("chart__running", ""),
    "DUE_SOON": ("chart__running", ""),
    "EXCUSED": ("chart__running", "chart__waiting"),
    "CLOSED": ("chart__waiting", ""),
    "ENDED": ("chart__waiting", ""),
}
"""The colour until the last day, and after it."""

_KEY = (
    ("chart__met", "done: within the time limit"),
    ("chart__met-late", "done: the days too late"),
    ("chart__running", "not done: within the time limit"),
    ("chart__overdue", "not done: the days too late"),
    ("chart__waiting", "excused, over or fallen away"),
)
_SHOWN = frozenset(
    {"assessments", "cooperationRequests", "disagreements", "disputes", "duties", "plans", "reviews", "sources"}
)
"""The child's fields of which the page is made."""

_RECENT = 560
"""Days: older clocks that are over stand in the table alone, so that the ones that matter can be read."""


def timeline_routes(visiting: Visiting, clock: Callable[[], datetime]) -> list[BaseRoute]:
    """`/children/{id}`."""

    async def show(request: Request, session: Session) -> Response:
        child_id, today = request.path_params["child"], london_day(clock())
        child = (await visiting.asking.answer(session, "PageTimeline", id=child_id))["child"]
        happened = happenings(child)
        return visiting.drawing.page(
            "timeline.html",
            session,
            at="/children",
            child=child,
            child_places=places(child_id, "", session),
            story=story(child, today, sees_all=not any("duties" in each["fields"] for each in child["withheld"])),
            drawn=_drawn(child["duties"] or (), happened, today),
            key=_KEY,
            clocks=_sorted(child["duties"] or ()),
            happened=list(enumerate(happened, start=1)),
            sources=told.sources(child),
            differences=list(told.differences(child)),
            withheld=withheld(child["withheld"], _SHOWN),
        )

    return [visiting.shows("/children/{child}", show)]


def _sorted(duties: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return sorted(duties, key=lambda each: (each["startedOn"] or "9999", each["dueOn"] or "9999"))


def _drawn(duties: Sequence[Mapping[str, Any]], happened: Sequence[Happening], today: date) -> Markup:
    clocks = [_clock(each, today) for each in _sorted(duties) if _is_drawn(each, today)]
    begins = min((each.begins for each in clocks), default=today)
    marks = [charts.Mark(nth, each.on) for nth, each in enumerate(happened, start=1) if each.on >= begins]
    said = "Each clock as a bar from the day it began to the day it was met, or to today: " + words.listed(
        f"{clock.title} ({clock.said})" for clock in clocks
    )
    return charts.timeline(said, clocks, marks, today)


def _is_drawn(duty: Mapping[str, Any], today: date) -> bool:
    if not duty["startedOn"] or duty["state"] == "WAITING_TO_START":
        return False
    is_open = duty["state"] in {"RUNNING", "DUE_SOON", "OVERDUE"}
    return is_open or (today - date.fromisoformat(duty["startedOn"])).days <= _RECENT


def _clock(duty: Mapping[str, Any], today: date) -> charts.Clock:
    due = date.fromisoformat(duty["dueOn"]) if duty["dueOn"] else None
    begins = date.fromisoformat(duty["startedOn"])
    ended = date.fromisoformat(duty["metOn"]) if duty["metOn"] else today
    if duty["state"] in {"ENDED", "CLOSED"} and duty["metOn"] is None and due is not None:
        ended = min(due, today)
    return charts.Clock(
        title=f"{words.duty(duty['rule'])} · {duty['provision'].replace('SEND Regs 2014 ', '')}",
        said=f"{words.called(duty['holder'])}, {words.CLOCK_STATES[duty['state']]}",
        begins=begins,
        to=max(ended, begins),
        due=due,
        colour=_COLOURS[duty["state"]][0],
        after=_COLOURS[duty["state"]][1],
    )
