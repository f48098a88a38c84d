"""What each source says of who the children are: the authority of all of them, a trust of some, and not always the
same."""

from datetime import date, timedelta
from random import Random
from typing import Any

from hub.county.bodies import Bodies
from hub.county.rows import Book, new_id
from hub.law.precedence import ChildField, Said, StandsBy
from hub.law.vocabulary import Source

_TOLD = (
    "family_name",
    "given_names",
    "date_of_birth",
    "sex",
    "postcode",
    "nhs_number",
    "nhs_number_status",
    "upn",
)
_EVERY = 23
"""So many children to one of whom a trust tells otherwise."""


def write(book: Book, rng: Random, bodies: Bodies, today: date) -> None:
    """A source for each child, and for a few a trust that knows the child under another name."""
    names = [row["family_name"] for row in book.rows["child"]]
    for number, child in enumerate(book.rows["child"]):
        own = {name: child[name] for name in _TOLD}
        said_on = child["updated_at"].date()
        _source(book, rng, child, own, source=Source.SYNTHETIC, said_on=said_on)
        if number % _EVERY == 0:
            other = f"{child['family_name']}-{rng.choice(names)}"
            told = own | {"family_name": other, "postcode": None, "upn": None}
            later = min(said_on + timedelta(days=3), today - timedelta(days=1))
            trust = bodies.therapies
            _source(book, rng, child, told, source=Source.SYNTHETIC, said_by_id=trust.id, said_on=later)
            _differ(
                book, rng, child, Said(Source.SYNTHETIC, trust.code, other, later), body=str(trust.id), since=said_on
            )


def _source(book: Book, rng: Random, child: dict[str, Any], told: dict[str, Any], **who: Any) -> None:
    key = {"owner_id": child["owner_id"], "id": new_id(rng), "child_id": child["id"]}
    book.add("child_source", key | who | told | {"since": {}})


def _differ(book: Book, rng: Random, child: dict[str, Any], other: Said, *, body: str, since: date) -> None:
    own = {"value": child["family_name"], "source": Source.SYNTHETIC.value, "system": None, "body": None, "code": None}
    theirs = {"value": other.value, "source": other.source.value, "system": None, "body": body, "code": other.name}
    told = [own | {"on": str(since), "stands": True}, theirs | {"on": str(other.on), "stands": False}]
    key = {"owner_id": child["owner_id"], "id": new_id(rng), "child_id": child["id"]}
    what = {"field": ChildField.FAMILY_NAME, "rule": StandsBy.KEPT_BY_THE_AUTHORITY, "told": told}
    book.add("disagreement", key | what | {"found_on": other.on})
