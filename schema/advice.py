"""Advice on needs, on provision that may be required, and on outcomes (SEND Regs 2014 reg. 6)."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import strawberry
from sqlalchemy import ColumnElement, FromClause, Text, case, cast, func
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by, array

from hub.db import tables
from hub.db.sharing import Sight
from hub.law.reg17_disclosure import Part
from hub.law.vocabulary import AdviceKind, Source
from schema.encoding import BASE64, constant
from schema.fields import column, computed, many, node_id, one, row_of, withheld
from schema.history import Event, history_of
from schema.node import Node
from schema.organisation import Organisation
from schema.projection import RowPart
from schema.withholding import Withheld

if TYPE_CHECKING:
    from schema.child import Child
    from schema.plan import Need
    from schema.provision import Provision

_ADVICE, _NEED, _PROVISION = tables.advice.c, tables.advised_need.c, tables.advised_provision.c
_DOCUMENT = tables.document.c


def _advice_or_request(document: FromClause) -> ColumnElement[str]:
    return case((document.c.advice_id.is_not(None), constant("ADVICE")), else_=constant("COOPERATION"))


_PART = RowPart(_advice_or_request, {each.value: each for each in (Part.ADVICE, Part.COOPERATION)})


@row_of(
    tables.document,
    scope="advice.read",
    part=_PART,
)
class Document(Node):
    """A document as it came."""

    id: strawberry.ID = node_id(_DOCUMENT.id, "Document")
    title: str = column(_DOCUMENT.title, "Its title.")
    media_type: str = column(_DOCUMENT.media_type, "Its media type, such as application/pdf.")
    size: int = column(_DOCUMENT.size, "Its size in bytes.")
    sha256: str = column(_DOCUMENT.sha256, "The SHA-256 of its content, in hexadecimal.")
    content: str = column(_DOCUMENT.content, "Its content, in Base64.", encoding=BASE64)


@row_of(tables.advised_need, part=Part.ADVICE)
class AdvisedNeed:
    """A need, as the adviser describes it."""

    description: str = column(_NEED.description, "The need.")
    became_need: Annotated[Need, strawberry.lazy("schema.plan")] | None = one(
        "Need",
        _NEED.need_id,
        "The need in a plan that was made from it, where that is open to you.",
        parts=[Part.SECTION_B, Part.SECTION_C, Part.SECTION_D],
    )
    withheld: list[Withheld] = withheld()


@row_of(tables.advised_provision, part=Part.ADVICE)
class AdvisedProvision:
    """Provision that the adviser thinks may be required."""

    description: str = column(_PROVISION.description, "What is advised.")
    frequency: str | None = column(_PROVISION.frequency, "How often, and for how long.")
    minutes_per_week: int | None = column(_PROVISION.minutes_per_week, "Minutes in a week, on average.")
    delivered_by: str | None = column(_PROVISION.delivered_by, "The role of who would deliver it.")
    qualification: str | None = column(_PROVISION.qualification, "The qualification that this takes.")
    setting: str | None = column(_PROVISION.setting, "Where it would be delivered.")
    became_provision: Annotated[Provision, strawberry.lazy("schema.provision")] | None = one(
        "Provision",
        _PROVISION.provision_id,
        "The provision in a plan that was made from it, where that is open to you.",
        parts=[Part.SECTION_F, Part.SECTION_G, Part.SECTION_H1, Part.SECTION_H2],
    )
    withheld: list[Withheld] = withheld()


def _outcomes(advice: FromClause, sight: Sight) -> ColumnElement[list[str]]:
    outcome = sight.rows(tables.advised_outcome, below=("advice", "advice_id"))
    of_advice = (outcome.row.c.owner_id == advice.c.owner_id) & (outcome.row.c.advice_id == advice.c.id)
    in_order = aggregate_order_by(outcome.row.c.description, outcome.row.c.ordinal)
    all_of_them = func.coalesce(func.array_agg(in_order), cast(array([]), ARRAY(Text)))
    return outcome.select(all_of_them).where(of_advice).scalar_subquery()


@row_of(tables.advice, scope="advice.read", part=Part.ADVICE)
class Advice(Node):
    """Advice for an assessment, a review or another function. Once the authority holds it, reg. 17 protects it."""

    id: strawberry.ID = node_id(_ADVICE.id, "Advice")
    child: Annotated[Child, strawberry.lazy("schema.child")] | None = one(
        "Child", _ADVICE.child_id, "Whom it is about."
    )
    kind: AdviceKind = column(_ADVICE.kind, "Which of the advice that reg. 6(1) lists.")
    given_by: Organisation | None = one("Organisation", _ADVICE.given_by_id, "The body that gave it.")
    author: str | None = column(_ADVICE.author, "The name of the professional who wrote it.")
    registration: str | None = column(
        _ADVICE.registration, "The author's number with the professional regulator, where it was given."
    )
    given_on: date = column(_ADVICE.given_on, "When it was given.")
    received_at: datetime | None = column(_ADVICE.received_at, "When the hub received it.")
    needs: list[AdvisedNeed] | None = many(
        "AdvisedNeed", "advice_id", "The needs, as the adviser describes them, in order.", order=("ordinal",)
    )
    provision: list[AdvisedProvision] | None = many(
        "AdvisedProvision",
        "advice_id",
        "The provision that the adviser thinks may be required, in order. It binds nobody until it is in a plan.",
        order=("ordinal",),
    )
    outcomes: list[str] | None = computed(_outcomes, "The outcomes, as the adviser describes them.")
    documents: list[Document] | None = many("Document", "advice_id", "The documents that came with it.")
    source: Source = column(_ADVICE.source, "How it reached the hub.")
    history: list[Event] | None = history_of()
    withheld: list[Withheld] = withheld()
