"""What a person of a file hashes to: of whom the same is told again need not be compared again."""

import hashlib
from collections.abc import Iterable, Mapping
from uuid import UUID

import orjson

from hub.actions.sen2_return import Person, ReadPerson, ReturnHeader
from hub.law.vocabulary import Source

READING = b"1"
"""To be counted up when more is made of what a return says than before: then it is compared once more."""


def content_hash(read: ReadPerson, header: ReturnHeader, settings: Mapping[str, UUID]) -> str | None:
    """What this file tells of the person, in whichever form, hashed; None where it is compared whatever was before.

    A school that the hub has come to know since is new too. A return that the hub wrote is no source's word.
    """
    if read.content_hash is not None or read.person is None or header.source is not Source.SEN2_RETURN or header.ours:
        return read.content_hash
    known = " ".join(sorted(urn for urn in urns((read.person,)) if urn in settings))
    about = f"{header.year} {header.reference_date} {known}\n".encode()
    return hashlib.sha256(READING + about + orjson.dumps(read.person)).hexdigest()


def urns(people: Iterable[Person | None]) -> set[str]:
    """The numbers of the schools and colleges that the people are placed at."""
    found: set[str] = set()
    for person in people:
        for request in person.requests if person is not None else ():
            named = request.assessment.named_plan if request.assessment else None
            for plan in (named, request.active_plan):
                found.update(each.urn for each in (plan.placements if plan else ()) if each.urn)
    return found
