"""What the pages about one child share: their places, and what is withheld, in words."""

from collections.abc import Mapping, Sequence
from typing import Any

from hub.web.pages import words
from hub.web.pages.session import Session

_PLACES: tuple[tuple[str, str, str], ...] = (
    ("", "Timeline", "child.read"),
    ("/plan", "Plan", "plan.read"),
    ("/budget", "Personal budget", "budget.read"),
    ("/disclosures", "Who saw this record", "audit.read"),
)


def places(child_id: str, here: str, session: Session) -> list[dict[str, Any]]:
    """The pages about the child that this person's role opens."""
    return [
        {"to": f"/children/{child_id}{to}", "name": name, "here": to == here}
        for to, name, scope in _PLACES
        if session.may(scope)
    ]


_HEAD = frozenset({"dateOfBirth", "familyName", "givenNames", "nhsNumber"})
"""What every page about a child has at its head."""

_CALLED: Mapping[str, str] = {"nhsNumber": "NHS number", "currentPlan": "the plan now", "plans": "versions of the plan"}


def withheld(entries: Sequence[Mapping[str, Any]] | None, about: frozenset[str] | None = None) -> list[dict[str, Any]]:
    """What is withheld and why. `about`: the child's fields that the page would show, for it tells of no others."""
    shown = None if about is None else about | _HEAD
    told = [(each, [field for field in each["fields"] if shown is None or field in shown]) for each in entries or ()]
    return [
        {
            "names": [_CALLED.get(field) or _spaced(field) for field in fields],
            "rule": each["rule"],
            "reason": words.plain(each["reason"]),
        }
        for each, fields in told
        if fields
    ]


def _spaced(field: str) -> str:
    """`requestedOn` as words."""
    return words.words("".join(f"_{letter}" if letter.isupper() else letter for letter in field)).lower()
