"""The board of a body: what is due, late and waiting on whom, and how the months went."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from hub.law.periods import london_day
from hub.web.pages import charts, words
from hub.web.pages.session import Session
from hub.web.pages.visiting import Visiting

_MONTHS = 12
_ASKED = "COMPLY_WITH_ADVICE_REQUEST"
_LATE = "hub-figures__late"
_EMPTY = {"metInTime": 0, "metLate": 0, "overdue": 0}
_NONE: Mapping[str, Any] = {"nodes": (), "totalCount": 0}
_TWENTY_WEEKS = ("FINALISE_PLAN", "The twenty weeks to send a final plan (reg. 13(2))")
_SIX_WEEKS = (
    ("DECIDE_WHETHER_TO_ASSESS", "The six weeks to decide whether to assess (reg. 5(1))"),
    (_ASKED, "The six weeks to give advice (reg. 8(1))"),
)
_OF_ASKED = (_ASKED, "The six weeks in which those who were asked give advice (reg. 8(1))")
_PILED = ("chart__met", "chart__met-late", "chart__overdue")
_PILE_KEY = (
    ("chart__met", "in time"),
    ("chart__met-late", "done, but late"),
    ("chart__overdue", "late and not done"),
)
_STATE_COLOURS = {
    "SENT": "chart__waiting",
    "RECEIVED": "chart__running",
    "ACCEPTED": "chart__running",
    "COMPLIED": "chart__met",
    "DECLINED": "chart__met-late",
    "WITHDRAWN": "chart__waiting",
}


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart with the table that says the same."""

    title: str
    said: str
    drawn: Markup
    head: Sequence[Any]
    rows: Sequence[Sequence[Any]]
    key: Sequence[tuple[str, str]] = ()


def board_routes(visiting: Visiting, clock: Callable[[], datetime]) -> list[BaseRoute]:
    """`/board`."""

    async def board(_: Request, session: Session) -> Response:
        today = london_day(clock())
        begins, ends = _months_around(today)
        answer = visiting.asking.answer
        figures, duties = await asyncio.gather(
            answer(session, "PageBoard", organisation=session.organisation, **{"from": str(begins), "to": str(ends)}),
            answer(session, "PageBoardDuties"),
        )
        return visiting.drawing.page(
            "board.html", session, at="/board", **_shown(figures | duties, session, today), from_day=begins, to_day=ends
        )

    return [visiting.shows("/board", board)]


def _months_around(today: date) -> tuple[date, date]:
    """From the first of the month eleven months ago to the end of this one."""
    month = today.year * 12 + today.month - 1 - (_MONTHS - 1)
    nxt = today.year * 12 + today.month
    return date(month // 12, month % 12 + 1, 1), date(nxt // 12, nxt % 12 + 1, 1) - timedelta(days=1)


def _shown(answer: Mapping[str, Any], session: Session, today: date) -> dict[str, Any]:
    board: dict[str, Any] = answer["board"] or {}
    late, soon, asked = (answer[name] or _NONE for name in ("late", "soon", "lateRequests"))
    requests = [_row(each, today) for each in asked["nodes"]]
    others = [_row(each, today) for each in late["nodes"] if each["rule"] != _ASKED]
    waiting = sum(each["count"] for each in board.get("agreementsWaiting") or ())
    unanswered = sum(each["count"] for each in board.get("requestsByAge") or ())
    agreements = "/agreements" if session.may("provision.agree") else None
    return {
        "board": board,
        "requests": requests,
        "requests_total": asked["totalCount"],
        "requests_chart": _holders(requests),
        "others": others,
        "others_total": late["totalCount"] - asked["totalCount"],
        "others_grouped": _grouped(others),
        "soon": [_row(each, today) for each in soon["nodes"]],
        "soon_total": soon["totalCount"],
        "headline": _headline(requests, asked["totalCount"], session),
        "figures": [
            _figure(asked["totalCount"], "request late", "requests late", "#late", _LATE),
            _figure(late["totalCount"] - asked["totalCount"], "other duty late", "other duties late", "#others", _LATE),
            _figure(soon["totalCount"], "due within 14 days", "due within 14 days", "#soon", "hub-figures__soon"),
            _figure(unanswered, "request waiting for an answer", "requests waiting for an answer", "/requests"),
            _figure(waiting, "section G agreement waiting", "section G agreements waiting", agreements),
        ],
        "charts": _charts(board, _months_around(today)[0]),
    }


def _figure(count: int, one: str, many: str, to: str | None, colour: str = "") -> dict[str, Any]:
    """A number at the head of the board, which leads to what it counts."""
    return {"count": count, "said": one if count == 1 else many, "to": to, "class": colour}


def _headline(requests: Sequence[Mapping[str, Any]], total: int, session: Session) -> str:
    """Which requests are late, and whose they are, in a sentence."""
    if not requests:
        return f"No request that {session.organisation_name} made or was asked is late."
    held = Counter(row["holder"] for row in requests).most_common()
    whose = words.listed(f"{count} with {holder}" for holder, count in held[:4])
    rest = sum(count for _, count in held[4:])
    begun = f"{total} {'request is' if total == 1 else 'requests are'} late: {whose}"
    begun += f", and {rest} with others" if rest else ""
    begun += f" (of the {len(requests)} that are late for longest)" if total > len(requests) else ""
    return f"{begun}. {_ours(sum(row['holder_id'] == session.organisation for row in requests), len(requests))}"


def _ours(ours: int, all_: int) -> str:
    if ours == all_:
        return "It waits for you." if all_ == 1 else "All of them wait for you."
    if ours:
        return f"{ours} of them {'waits' if ours == 1 else 'wait'} for you."
    return "It does not wait for you." if all_ == 1 else "None of them waits for you."


def _grouped(rows: Sequence[Mapping[str, Any]]) -> list[tuple[str, str, str, int, str]]:
    """Who owes what, how often, and how long the longest is late; most often first."""
    counted = Counter((row["holder"], row["what"], row["provision"]) for row in rows)
    longest = {key: next(row["late_by"] for row in rows if (row["holder"], row["what"]) == key[:2]) for key in counted}
    return [(*key, count, longest[key]) for key, count in counted.most_common()]


def _row(clock: Mapping[str, Any], today: date) -> dict[str, Any]:
    about: Mapping[str, Any] = clock["about"] or {}
    child, holder = clock["child"], clock["holder"]
    what = words.duty(clock["rule"])
    late = (today - date.fromisoformat(clock["dueOn"])).days
    return {
        "holder": words.called(holder),
        "holder_id": holder["id"] if holder else None,
        "what": what,
        "to": f"/requests/{about['id']}" if about.get("__typename") == "CooperationRequest" else None,
        "provision": clock["provision"].replace("SEND Regs 2014 ", ""),
        "asked_by": words.called(about.get("requestedBy"), ""),
        "child": words.name(child),
        "child_to": f"/children/{child['id']}" if child else None,
        "due": words.short_day(clock["dueOn"]),
        "late_by": words.days(late),
    }


def _holders(rows: Sequence[Mapping[str, Any]]) -> Markup | None:
    """Whose the late ones are, as bars; where each body has one, or one has all, the table says it better."""
    counted = Counter(row["holder"] for row in rows).most_common(6)
    if len(counted) < 2 or counted[0][1] == 1:
        return None
    said = "Late now, by whom they wait for: " + words.listed(f"{holder} {count}" for holder, count in counted)
    return charts.bars(said, [charts.Bar(holder, count, "chart__overdue") for holder, count in counted])


def _charts(board: Mapping[str, Any], begins: date) -> list[Chart]:
    timeliness = board.get("timeliness") or ()
    first = begins.year * 12 + begins.month - 1
    months = [f"{month // 12}-{month % 12 + 1:02}" for month in range(first, first + _MONTHS)]
    kept = [_timely(timeliness, months, rule, title) for rule, title in (_TWENTY_WEEKS, *_SIX_WEEKS)]
    kept.append(_timely(board.get("timelinessOfAsked") or (), months, *_OF_ASKED))
    drawn = [each for each in kept if each.rows]  # a body is not told of what it never has to do
    drawn += [_by_state(board.get("requestsByState") or ()), _by_age(board.get("requestsByAge") or ())]
    drawn.append(_agreements(board.get("agreementsWaiting") or ()))
    return [*(each for each in drawn if each.rows), *(each for each in drawn if not each.rows)]


def _timely(timeliness: Sequence[Mapping[str, Any]], months: Sequence[str], rule: str, title: str) -> Chart:
    by_month = {each["month"]: each for each in timeliness if each["rule"] == rule}
    rows = [by_month.get(month, _EMPTY | {"month": month}) for month in months]
    kept, all_ = sum(r["metInTime"] for r in rows), sum(r["metInTime"] + r["metLate"] + r["overdue"] for r in rows)
    said = f"{kept} of {all_} in time ({kept / all_:.0%})." if all_ else "None whose last day was in these months."
    piled = [
        charts.Column(f"{date.fromisoformat(r['month'] + '-01'):%b}", (r["metInTime"], r["metLate"], r["overdue"]))
        for r in rows
    ]
    return Chart(
        title,
        said,
        charts.columns(f"{title}, by the month of the last day. {said}", piled, _PILED),
        ["Month", _number("In time"), _number("Late, done"), _number("Late, not done")],
        [(words.month(r["month"]), r["metInTime"], r["metLate"], r["overdue"]) for r in rows] if all_ else [],
        _PILE_KEY,
    )


def _by_state(counts: Sequence[Mapping[str, Any]]) -> Chart:
    by_state = {each["status"]: each["count"] for each in counts}
    rows = [
        charts.Bar(words.words(state), by_state[state], colour)
        for state, colour in _STATE_COLOURS.items()
        if state in by_state
    ]
    said = f"{sum(row.count for row in rows)} requests made or received." if rows else "None in these months."
    return _counted("Requests by state", said, "State", rows)


def _by_age(counts: Sequence[Mapping[str, Any]]) -> Chart:
    groups = (
        ("less than 2 weeks", 0, 1), ("2 to 3 weeks", 2, 3), ("4 to 5 weeks", 4, 5),
        ("6 to 7 weeks", 6, 7), ("8 weeks or more", 8, 10**6),
    )  # fmt: skip
    rows = [
        charts.Bar(
            label,
            sum(each["count"] for each in counts if low <= each["weeks"] <= high),
            "chart__running" if low < 6 else "chart__overdue",
        )
        for label, low, high in groups
    ]
    waiting = sum(row.count for row in rows)
    long = sum(row.count for row in rows[3:])
    said = f"{waiting} wait for an answer, {long} of them for six weeks or longer." if waiting else "None waits."
    return _counted("Requests that wait, by age", said, "Sent", rows if waiting else [])


def _agreements(counts: Sequence[Mapping[str, Any]]) -> Chart:
    rows = [charts.Bar(words.called(each["commissioner"]), each["count"], "chart__running") for each in counts]
    waiting = sum(row.count for row in rows)
    said = f"{waiting} wait for a commissioning body’s agreement (reg. 12(2))." if rows else "None waits."
    return _counted("Section G agreements that wait", said, "Commissioning body", rows)


def _counted(title: str, said: str, what: str, rows: Sequence[charts.Bar]) -> Chart:
    told = f"{title}: " + words.listed(f"{row.label} {row.count}" for row in rows)
    table = [(row.label, row.count) for row in rows]
    return Chart(title, said, charts.bars(told, rows), [what, _number("How many")], table)


def _number(text: str) -> dict[str, Any]:
    return {"text": text, "number": True}
