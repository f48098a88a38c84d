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


def withheld(
    entries: Sequence[Mapping[str, Any]] | None, names: Mapping[str, str] | None = None
) -> list[dict[str, Any]]:
    """What is withheld and why. `names` says how a field is called on the page."""
    called = names or {}
    return [
        {
            "names": [called.get(field) or _spaced(field) for field in each["fields"]],
            "rule": each["rule"],
            "reason": words.plain(each["reason"]),
        }
        for each in entries or ()
    ]


def _spaced(field: str) -> str:
    """`requestedOn` as words."""
    return words.words("".join(f"_{letter}" if letter.isupper() else letter for letter in field)).lower()
