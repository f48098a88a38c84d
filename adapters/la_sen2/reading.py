"""Reads a SEN2 return: its header, then each person on its own, as values of `hub.actions.sen2_return`.

The file is refused whole when it is not a SEN2 return of the authority asked for, of a year this hub knows. After that
a problem belongs to one person: it is told with its place, line and rule, and a refused person does not stop the rest.
"""

from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from typing import BinaryIO

from adapters.la_sen2.checks import check_person
from adapters.la_sen2.names import local_name
from adapters.la_sen2.node import Book, Node, Place
from adapters.la_sen2.person import read_person
from adapters.la_sen2.xml import Element, elements, forget, raw
from hub.actions.sen2_return import ReadPerson, ReturnHeader, Severity
from hub.errors import Problem, invalid

SOFTWARE = "SEND Hub"
"""How the header names the software of a return that this hub wrote."""

YEARS = range(2023, 2027)
"""The person-level returns whose guides this reader follows."""

CENSUS_DAYS = {2023: date(2023, 1, 19), 2024: date(2024, 1, 18), 2025: date(2025, 1, 16), 2026: date(2026, 1, 15)}
"""The reference date of a return that leaves it out."""

MAX_ELEMENTS = 20_000
"""The most elements that one person, or what stands between two, may be made of: what a reader must hold at once."""


def read_return(stream: BinaryIO, *, authority_la_code: str, today: date) -> tuple[ReturnHeader, Iterator[ReadPerson]]:
    """The header, and the persons one by one. `stream` can seek. Constant memory.

    Raises `Problem` INVALID, at once or while the persons are taken, when the whole file is refused.
    """
    ended = elements(stream, name_of=local_name, names=_READ, most=MAX_ELEMENTS)
    for name, element in ended:
        match name:
            case "header":
                header = read_header(element, authority_la_code)
                forget(element)
                return header, _persons(ended, header, max(today, header.reference_date))
            case "person":
                break
            case _:
                pass
    raise _not_sen2("it has no header before its first person", ("Header",))


_READ = frozenset({"header", "person", "persons"})


def _persons(ended: Iterator[tuple[str, Element]], header: ReturnHeader, today: date) -> Iterator[ReadPerson]:
    seen_upns: set[str] = set()
    position, persons_ended = 0, False
    for name, element in ended:
        match name:
            case "person":
                position += 1
                place, content = f"Person[{position}]", partial(raw, element)
                yield read_one(element, place, header=header, today=today, seen_upns=seen_upns, raw=content)
                forget(element)
            case "header":
                raise _not_sen2("it has two headers", ("Header",))
            case "persons":
                persons_ended = True
            case _:
                pass
    if not persons_ended:
        raise _not_sen2("it has no list of persons", ("Persons",))


def read_one(
    element: Element,
    place: str,
    *,
    header: ReturnHeader,
    today: date,
    seen_upns: set[str],
    raw: Callable[[], bytes],
) -> ReadPerson:
    """One person, with what is wrong with it. `seen_upns` are those of the file so far; `raw` is what it came as."""
    book = Book(today)
    node = Node(element, Place(place, element), book)
    person = read_person(node)
    if person is not None:
        check_person(person, node, header)
    upn = node.text("upn")
    if upn is not None:
        if upn in seen_upns:
            node.complain("upn-repeated", "an earlier person of this file has this UPN", "upn")
        seen_upns.add(upn)
    refused = person is None or any(each.severity is Severity.REFUSED for each in book.problems)
    return ReadPerson(place, node.line, None if refused else person, tuple(book.problems), raw())


def read_header(element: Element, authority_la_code: str) -> ReturnHeader:
    """The header, whose collection, year and authority must be what was asked for."""
    found: dict[str, Element] = {}
    _gather(element, found)
    if _text(found, "collection").upper() != "SEN2":
        raise _not_sen2("its header names another collection", ("Header", "CollectionDetails", "Collection"))
    year = _text(found, "year")
    if not (year.isascii() and year.isdecimal() and len(year) == 4 and int(year) in YEARS):
        message = f"the return's year must be {YEARS[0]} to {YEARS[-1]}{_line(found, 'year')}"
        raise invalid(message, rule="year-not-supported", path=("Header", "CollectionDetails", "Year"))
    if _text(found, "lea") != authority_la_code:
        message = f"the return is not of authority {authority_la_code}{_line(found, 'lea')}"
        raise invalid(message, rule="authority-differs", path=("Header", "Source", "LEA"))
    ours = _text(found, "softwarecode") == SOFTWARE
    return ReturnHeader(int(year), _reference_date(found, int(year)), authority_la_code, ours=ours)


def _reference_date(found: dict[str, Element], year: int) -> date:
    text = _text(found, "referencedate")
    try:
        day = date.fromisoformat(text) if text else CENSUS_DAYS[year]
    except ValueError:
        day = None
    if day is None or day.year != year:
        message = (
            f"the reference date must be a date in the return's year, written YYYY-MM-DD{_line(found, 'referencedate')}"
        )
        raise invalid(message, rule="reference-date", path=("Header", "CollectionDetails", "ReferenceDate"))
    return day


def _gather(element: Element, found: dict[str, Element]) -> None:
    """The header's elements by name, whichever group they stand in; what is read of it may stand there once."""
    for child in element:
        name = local_name(child.tag)
        if name in found and name in {"collection", "year", "referencedate", "lea"}:
            raise _not_sen2(f"its header says something twice{_line({name: child}, name)}", ("Header",))
        found[name] = child
        _gather(child, found)


def _text(found: dict[str, Element], name: str) -> str:
    element = found.get(name)
    return ((element.text if element is not None else None) or "").strip()


def _line(found: dict[str, Element], name: str) -> str:
    element = found.get(name)
    return f" (line {element.sourceline})" if element is not None and element.sourceline else ""


def _not_sen2(why: str, path: tuple[str, ...]) -> Problem:
    return invalid(f"the file is not a SEN2 return: {why}", rule="not-sen2", path=path)
