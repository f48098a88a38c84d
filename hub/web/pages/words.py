"""How a page says a value: dates in full, closed lists by their meanings, money in pounds, people by their names."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from hub.law.duties import DutyRule
from hub.law.reg17_disclosure import Part, Purpose
from hub.law.vocabulary import PlanStatus

_LONDON = ZoneInfo("Europe/London")

CLOCK_STATES: Mapping[str, str] = {
    "WAITING_TO_START": "not started",
    "RUNNING": "running",
    "DUE_SOON": "due soon",
    "MET": "done in time",
    "MET_LATE": "done late",
    "OVERDUE": "late",
    "CLOSED": "over",
    "EXCUSED": "excused",
    "ENDED": "fell away",
}
"""In two words: what stands in full is `DutyState`."""


def parsed(day: str | date) -> date:
    """A date of an answer, or the day in London of an instant."""
    if isinstance(day, date):
        return day
    if len(day) > len("2026-11-28"):
        return datetime.fromisoformat(day).astimezone(_LONDON).date()
    return date.fromisoformat(day)


def day(value: str | date | None) -> str:
    """13 November 2026."""
    if value is None:
        return ""
    said = parsed(value)
    return f"{said.day} {said:%B %Y}"


def short_day(value: str | date | None) -> str:
    """13 Nov 2026."""
    return f"{parsed(value).day} {parsed(value):%b %Y}" if value else ""


def moment(value: str) -> str:
    """13 November 2026, 14:05 (in London)."""
    at = datetime.fromisoformat(value)
    local = (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(_LONDON)
    return f"{day(local.date())}, {local:%H:%M}"


def month(value: str) -> str:
    """Nov 2026, of 2026-11."""
    return f"{date.fromisoformat(value + '-01'):%b %Y}"


_KEPT = {"ehc": "EHC", "ehcna": "EHC needs assessment", "s31": "s. 31", "s23": "s. 23", "dsa": "DSA", "sen": "SEN"}


def words(value: str | None) -> str:
    """A member of a closed list as words: Plan preparation."""
    if not value:
        return ""
    said = " ".join(_KEPT.get(each, each) for each in value.lower().split("_"))
    said = re.sub(r"\bsection ([a-k])(?=\d?\b)", lambda found: f"section {found[1].upper()}", said)
    return said[:1].upper() + said[1:]


def sentence(text: str) -> str:
    """The text with its first letter as a sentence has it."""
    return text[:1].upper() + text[1:]


def plan_status(value: str) -> str:
    """Where a version of a plan stands, as the law's list says it."""
    return PlanStatus(value).meaning


def reason(code: str) -> str:
    """Why two records may be of one child: family name agrees."""
    return re.sub("[-_]", " ", code).lower()


def plain(reason: str) -> str:
    """What the law says of parts and purposes by their codes, in words: section D, provision delivery."""
    known = {each.value for each in (*Part, *Purpose)}

    def said(found: re.Match[str]) -> str:
        return within(words(found[0])) if found[0] in known else found[0]

    return re.sub(r"\b[A-Z][A-Z0-9_]{3,}\b", said, reason)


_SHORTER: Mapping[str, str] = {
    "COMPLY_WITH_ADVICE_REQUEST": "Answer a request for advice",
    "DECIDE_WHETHER_TO_ASSESS": "Decide whether to assess",
    "DECIDE_AFTER_REVIEW": "Decide after the review, and notify the decision",
    "NOTIFY_NO_PLAN": "Decide whether to make a plan, and notify if not",
}
"""Of reg. 10(1): who has decided nothing by then is late, whatever the decision will be."""

_ADVICE: Mapping[str, str] = {
    "OTHER_AUTHORITY_THINKS_FIT": "further",
    "PARENT_REASONABLY_ASKS": "further (at the family’s request)",
}


def duty(rule: str) -> str:
    """What must be done, as briefly as a page needs it: Send the final EHC plan."""
    return _SHORTER.get(rule) or DutyRule(rule).meaning.rstrip(".")


def advice(kind: str) -> str:
    """Whose or what advice it is, inside a sentence: educational psychology."""
    return _ADVICE.get(kind) or within(words(kind))


def within(text: str) -> str:
    """A sentence's beginning inside another sentence: its first letter small, unless it begins an abbreviation."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def part(value: str) -> str:
    return re.split("[:,]", Part(value).meaning)[0].rstrip(".")


def purpose(value: str) -> str:
    return Purpose(value).meaning


def name(child: Mapping[str, Any] | None) -> str:
    """The child's name, as far as it may be seen."""
    if not child or not (child.get("familyName") or child.get("givenNames")):
        return "A child whose name is withheld"
    return " ".join([*(child.get("givenNames") or ()), child.get("familyName") or ""]).strip()


def called(body: Mapping[str, Any] | None, otherwise: str = "withheld from you") -> str:
    """A body's name, where there is one that may be seen."""
    said: str | None = body["name"] if body else None
    return said or otherwise


def pounds(amount: str | None) -> str:
    """£1,234.50."""
    return "" if amount is None else f"£{Decimal(amount):,.2f}"


def days(count: int) -> str:
    """3 days, or weeks where that is plainer."""
    if count >= 21 and count % 7 == 0:
        return f"{count // 7} weeks"
    return f"{count} day{'' if count == 1 else 's'}"


def listed(items: Iterable[str]) -> str:
    """One, two and three."""
    *most, last = list(items) or [""]
    return f"{', '.join(most)} and {last}" if most else last


def nhs_number(value: str | None) -> str:
    """999 278 4547, as the NHS writes it."""
    return f"{value[:3]} {value[3:6]} {value[6:]}" if value else ""
