"""Charts as SVG, drawn here on the server: no script draws them, and a table says the same under each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from markupsafe import Markup, escape

_WIDE = 400
"""Of a chart in half a page, or on a telephone: what is written in it can be read in both."""

_LETTER = 7.8
"""How wide a letter is at most on the average of a name."""

_BAR = 22
_STEP = 46
_At = Callable[[date], float]


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: what it stands for, how long it is, and the class of its colour."""

    label: str
    count: int
    colour: str = "chart__plain"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of parts that are piled up, each with its colour in `columns`."""

    label: str
    parts: tuple[int, ...]


def bars(said: str, rows: Sequence[Bar]) -> Markup:
    """Horizontal bars under each other, each with its label above and its number at its end."""
    most = max((row.count for row in rows), default=1) or 1
    wide = max(_WIDE, *(round(len(row.label) * _LETTER) for row in rows), 0)
    drawn: list[Markup] = []
    for nth, row in enumerate(rows):
        top = nth * _STEP
        width = round(row.count / most * (wide - 60), 1)
        drawn.append(_text(0, top + 15, row.label))
        drawn.append(_rect(0, top + 20, max(width, 2), _BAR - 4, row.colour))
        drawn.append(_text(max(width, 2) + 8, top + 34, str(row.count), "chart__strong"))
    return _svg(said, wide, max(len(rows), 1) * _STEP, drawn)


def columns(said: str, rows: Sequence[Column], colours: Sequence[str]) -> Markup:
    """Columns side by side, the first part at the foot of each, with the whole number above."""
    height, foot, left = 190, 166, 4
    most = max((sum(row.parts) for row in rows), default=1) or 1
    step = (_WIDE - left) / max(len(rows), 1)
    wide = min(step * 0.7, 44)
    drawn = [_line(0, foot, _WIDE, foot, "chart__line")]
    for nth, row in enumerate(rows):
        x, y = left + nth * step, float(foot)
        for part, colour in zip(row.parts, colours, strict=True):
            tall = part / most * (foot - 24)
            y -= tall
            if part:
                drawn.append(_rect(x, y, wide, tall, colour))
        total = sum(row.parts)
        if total:
            drawn.append(_text(x + wide / 2, y - 5, str(total), "chart__small chart__middle"))
        drawn.append(_text(x + wide / 2, foot + 16, row.label, "chart__small chart__middle"))
    return _svg(said, _WIDE, height, drawn)


@dataclass(frozen=True, slots=True)
class Clock:
    """One clock on the timeline. `to` is when it was met, or today; `due` its last day, if it has one; `after` is the
    colour of what lies after that.
    """

    title: str
    said: str
    begins: date
    to: date
    due: date | None
    colour: str
    after: str


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened. The number stands beside it in the table."""

    number: int
    on: date


def timeline(said: str, clocks: Sequence[Clock], marks: Sequence[Mark], today: date) -> Markup:
    """Every clock as a bar on its own line, over the months, with today and what happened."""
    wide, row, head = 960, 54, 56
    days = [today, *(mark.on for mark in marks)]
    for clock in clocks:
        days += [clock.begins, clock.to, *([clock.due] if clock.due else [])]
    first, last = min(days) - timedelta(days=4), max(days) + timedelta(days=12)
    span = max((last - first).days, 1)

    def at(day: date) -> float:
        return round((day - first).days / span * wide, 1)

    height = head + len(clocks) * row + 8
    drawn = _months(first, last, at, height)
    drawn.append(_line(at(today), 22, at(today), height, "chart__today"))
    drawn.append(_text(min(at(today), wide - 4), 34, "today", "chart__strong chart__end"))
    for mark, x in _spread(marks, at):
        drawn.append(Markup('<circle cx="{}" cy="46" r="9" class="chart__plain"/>').format(x))
        drawn.append(_text(x, 50, str(mark.number), "chart__small chart__on chart__middle"))
    for nth, clock in enumerate(clocks):
        drawn += _clock(clock, head + nth * row, at, wide)
    return _svg(said, wide, height, drawn)


def _clock(clock: Clock, top: int, at: _At, wide: int) -> list[Markup]:
    """The title and what is said above, the bar below: what lies after the last day in a colour of its own."""
    x, end = at(clock.begins), at(clock.to)
    long = len(clock.title) * 8.2 + len(clock.said) * 6.6
    title = Markup(
        '<text x="{:.1f}" y="{}"><tspan class="chart__strong">{}</tspan> <tspan class="chart__small">{}</tspan></text>'
    )
    drawn = [title.format(max(min(x, wide - long), 0), top + 22, clock.title, clock.said)]
    kept_to = end if clock.due is None else min(end, max(at(clock.due), x))
    drawn.append(_rect(x, top + 28, max(kept_to - x, 3), 14, clock.colour))
    if clock.due is not None:
        due = at(clock.due)
        if clock.due < clock.to and clock.after:
            drawn.append(_rect(kept_to, top + 28, max(end - kept_to, 3), 14, clock.after))
        elif clock.due > clock.to:
            drawn.append(_line(end, top + 35, due, top + 35, "chart__line"))
        drawn.append(_line(due, top + 25, due, top + 46, "chart__due"))
    return drawn


def _months(first: date, last: date, at: _At, height: int) -> list[Markup]:
    months: list[date] = []
    day = date(first.year, first.month, 1)
    while day <= last:
        if day >= first:
            months.append(day)
        day = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    every = max(1, len(months) // 12 + (len(months) % 12 > 0))
    drawn: list[Markup] = []
    for nth, month in enumerate(months):
        if nth % every == 0:
            said = f"{month:%b %Y}" if month.month == 1 or nth == 0 or every > 1 else f"{month:%b}"
            drawn.append(_line(at(month), 18, at(month), height, "chart__grid"))
            drawn.append(_text(at(month), 14, said, "chart__small"))
    return drawn


def _spread(marks: Sequence[Mark], at: _At) -> list[tuple[Mark, float]]:
    """Where each mark is drawn: no two on top of each other."""
    placed: list[tuple[Mark, float]] = []
    before = -20.0
    for mark in sorted(marks, key=lambda each: (each.on, each.number)):
        before = max(at(mark.on), before + 20)
        placed.append((mark, before))
    return placed


def shares(said: str, rows: Sequence[tuple[float, str]]) -> Markup:
    """One bar cut into shares: amount and colour of each. What each is stands in the key beside it."""
    total = sum(amount for amount, _ in rows) or 1
    x, drawn = 0.0, list[Markup]()
    for amount, colour in rows:
        width = amount / total * _WIDE
        drawn.append(_rect(x, 0, max(width - 2, 2), 32, colour))
        if width > 36:
            drawn.append(_text(x + width / 2, 21, f"{amount / total:.0%}", "chart__on chart__middle chart__strong"))
        x += width
    return _svg(said, _WIDE, 32, drawn)


def _svg(said: str, wide: int, tall: int, drawn: Sequence[Markup]) -> Markup:
    inside = Markup("").join(drawn)
    return Markup('<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>').format(
        wide, tall, said, inside
    )


def _rect(x: float, y: float, wide: float, tall: float, colour: str) -> Markup:
    return Markup('<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" class="{}"/>').format(
        x, y, wide, tall, colour
    )


def _line(x: float, y: float, to_x: float, to_y: float, kind: str) -> Markup:
    return Markup('<line x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}" class="{}"/>').format(x, y, to_x, to_y, kind)


def _text(x: float, y: float, said: str, kind: str = "") -> Markup:
    return Markup('<text x="{:.1f}" y="{:.1f}" class="{}">{}</text>').format(x, y, kind, escape(said))
