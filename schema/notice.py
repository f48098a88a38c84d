"""Notices that the authority gave to the family and to responsible commissioning bodies."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from hub.db import tables
from hub.law.notices import NoticeContent, NoticeKind, NoticeTo
from hub.law.reg17_disclosure import Part
from hub.law.reg64_decision_makers import Decider, DecidesBecause
from schema.duty import ABOUT
from schema.fields import about, column, node_id, one, row_of
from schema.history import Event, history_of
from schema.node import Node
from schema.organisation import Organisation

if TYPE_CHECKING:
    from schema.child import Child

_NOTICE = tables.notice.c


@row_of(tables.notice, scope="child.read", part=Part.NOTICES)
class Notice(Node):
    """A notice of a decision, with what the regulations ask of it, as data and as text. A commissioning body sees those
    that are addressed to it."""

    id: strawberry.ID = node_id(_NOTICE.id, "Notice")
    kind: NoticeKind = column(_NOTICE.kind, "What it tells, and under which regulation.")
    given_to: NoticeTo = column(
        _NOTICE.given_to, "Whether it is the family's, a commissioning body's, or the head's or principal's."
    )
    addressed_to: Organisation | None = one(
        "Organisation",
        _NOTICE.addressed_to_id,
        "The commissioning body, or the school or other institution; absent: it is the family's.",
    )
    decider: Decider | None = column(
        _NOTICE.decider, "Who decides for the child that day, and so has the notice (SEND Regs 2014 regs 63, 64)."
    )
    decides_because: DecidesBecause | None = column(
        _NOTICE.decides_because, "Why it is that person: the age, and the capacity (SEND Regs 2014 regs 63, 64)."
    )
    provision: str = column(_NOTICE.provision, "The provision under which it is given.")
    contents: list[NoticeContent] = column(_NOTICE.contents, "What it contains, in the order of its text.")
    text: str = column(_NOTICE.text, "The notice in words: a paragraph for each thing it contains.")
    given_on: date = column(_NOTICE.given_on, "The day on which it was given; times to appeal are counted from it.")
    given_at: datetime = column(_NOTICE.given_at, "When it was recorded here.")
    given_by: Organisation = one("Organisation", _NOTICE.given_by_id, "The body that gave it.")
    child: Annotated[Child, strawberry.lazy("schema.child")] | None = one(
        "Child", _NOTICE.child_id, "Whom it concerns."
    )
    about: Node | None = about(_NOTICE.about_type, _NOTICE.about_id, ABOUT, "What was decided about.")
    history: list[Event] | None = history_of()
