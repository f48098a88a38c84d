"""The way in of one person of a SEN2 return that waited in quarantine: the same reader, the same import."""

from datetime import date
from functools import partial
from io import BytesIO

from adapters.la_sen2.names import local_name
from adapters.la_sen2.reading import MAX_ELEMENTS, read_one
from adapters.la_sen2.xml import Element, elements, raw
from hub.actions.import_replay import header_of, replay_person
from hub.actions.quarantine import WayIn
from hub.actions.sen2_return import ReadPerson, ReturnHeader
from hub.actions.transaction import Transaction
from hub.db.quarantine import Item
from hub.errors import Problem, invalid
from hub.law.vocabulary import Source

_NAMES = frozenset({"person"})


def read_kept(content: bytes, place: str, *, header: ReturnHeader, today: date) -> ReadPerson:
    """The person that the bytes are. Raises `Problem` INVALID for bytes that are not one person."""
    element = _person(content)
    day = max(today, header.reference_date)
    return read_one(element, place, header=header, today=day, seen_upns=set(), raw=partial(raw, element))


def _person(content: bytes) -> Element:
    """The one element, which is a person."""
    found = [element for _, element in elements(BytesIO(content), name_of=local_name, names=_NAMES, most=MAX_ELEMENTS)]
    if len(found) != 1 or found[0].getparent() is not None:
        raise invalid("this is not one Person of a SEN2 return, as XML", rule="not-a-person", path=("content",))
    return found[0]


def _check(_: Item, content: bytes) -> None:
    _person(content)


async def _take(tx: Transaction, item: Item) -> None:
    header = header_of(tx, item, Source.SEN2_RETURN)
    reading = partial(read_kept, place=item.place, header=header, today=tx.today)
    await replay_person(tx, item, header=header, read=reading(item.says), as_it_came=_before(item, reading))


def _before(item: Item, reading: "partial[ReadPerson]") -> ReadPerson | None:
    try:
        return reading(item.content)
    except Problem:
        return None


WAY_IN = WayIn(_check, _take)
