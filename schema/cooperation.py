"""Requests to co-operate (CFA 2014 s. 31), with their receipt, answers, time exceptions and history."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import strawberry
from sqlalchemy import ColumnElement, FromClause, case

from hub.db import tables
from hub.db.conditions import is_one_of
from hub.db.sharing import Sight
from hub.law.duties import DutyBasis, DutyRule
from hub.law.reg8_time_limit import STATUTORY_CLOCK, Part3Function, TimeExceptionGround
from hub.law.reg17_disclosure import Part
from hub.law.s31_cooperation import CooperationStatus, Receipt, RefusalGround
from schema.encoding import constant
from schema.fields import column, computed, embedded, first_of, many, node_id, one, row_of, withheld
from schema.history import Event, history_of
from schema.node import Node
from schema.organisation import Organisation
from schema.withholding import Withheld

if TYPE_CHECKING:
    from schema.advice import Advice, Document
    from schema.arrangement import Arrangement
    from schema.child import Child
    from schema.dispute import Dispute
    from schema.duty import Duty

_REQUEST, _EXCEPTION = tables.cooperation_request.c, tables.time_exception.c


def _to_comply(duty: FromClause, _: Sight) -> ColumnElement[bool]:
    return is_one_of(duty.c.rule, [DutyRule.COMPLY_WITH_ADVICE_REQUEST])


def _clock_basis(request: FromClause, _: Sight) -> ColumnElement[str]:
    """The twin of `hub.law.reg8_time_limit.basis`."""
    return case(
        (is_one_of(request.c.function, STATUTORY_CLOCK), constant(DutyBasis.STATUTORY.value)),
        (request.c.agreed_working_days.is_not(None), constant(DutyBasis.LOCAL_AGREEMENT.value)),
        else_=constant(DutyBasis.NONE.value),
    )


@row_of(tables.time_exception, part=Part.COOPERATION)
class TimeException:
    """Why it was impractical to comply within six weeks (reg. 8(2)). It relieves the time limit, not the duty."""

    ground: TimeExceptionGround = column(_EXCEPTION.ground, "Which of the three reasons of reg. 8(2)(a) to (c).")
    explanation: str = column(_EXCEPTION.explanation, "Why it was impractical to comply in the six weeks, in words.")
    claimed_by: Organisation = one("Organisation", _EXCEPTION.claimed_by_id, "Who says so.")
    claimed_at: datetime = column(_EXCEPTION.claimed_at, "When it was said.")
    from_: date | None = column(
        _EXCEPTION.starts_on,
        "The first day it covers, itself counted; needed for an absence of four weeks.",
        named="from",
    )
    to: date | None = column(
        _EXCEPTION.ends_on, "The last day it covers, itself counted; needed for an absence of four weeks."
    )


def _sent_with_it(document: FromClause, _: Sight) -> ColumnElement[bool]:
    return document.c.advice_id.is_(None)


@row_of(tables.cooperation_request, part=Part.COOPERATION)
class Declined:
    """A body's decision not to comply (s. 31(2)), with the written reasons that s. 31(3) asks for."""

    ground: RefusalGround = column(_REQUEST.declined_ground, "Which ground of s. 31(2).")
    reasons: str = column(_REQUEST.declined_reasons, "The written reasons.")
    at: datetime = column(_REQUEST.declined_at, "When it was declined.")


@row_of(tables.cooperation_request, scope="cooperation.read", part=Part.COOPERATION)
class CooperationRequest(Node):
    """An authority's request to a body to co-operate in a function under Part 3 of the Act."""

    id: strawberry.ID = node_id(_REQUEST.id, "CooperationRequest")
    child: Annotated[Child, strawberry.lazy("schema.child")] | None = one("Child", _REQUEST.child_id, "The child.")
    function: Part3Function = column(
        _REQUEST.function, "The function under Part 3. Only assessment and re-assessment have a statutory clock."
    )
    asked: str | None = column(_REQUEST.asked, "What is asked for, in the authority's own words.")
    requested_by: Organisation = one("Organisation", _REQUEST.requested_by_id, "The authority that asks.")
    addressed_to: Organisation = one("Organisation", _REQUEST.addressed_to_id, "The body that is asked (s. 31(1)).")
    status: CooperationStatus = column(_REQUEST.status, "Where the request stands. SENT: nobody has received it yet.")
    sent_at: datetime = column(_REQUEST.sent_at, "When it was sent.")
    received_at: datetime | None = column(
        _REQUEST.received_at,
        "The earliest of retrieval, acknowledgement and proof of service. The six weeks of reg. 8(1) are "
        "counted from its day in England, where the function has a clock.",
    )
    receipt_by: Receipt | None = column(
        _REQUEST.receipt_by, "How receipt is known: retrieved, acknowledged, or service proved."
    )
    due_on: date | None = column(_REQUEST.due_on, "The last day to comply in time; absent: no clock, or not started.")
    clock_basis: DutyBasis = computed(
        _clock_basis,
        "Where its time limit comes from: the statute, for an assessment or a re-assessment (regs 8(1), 26(2)); what "
        "the two bodies agreed; or nowhere.",
    )
    agreed_working_days: int | None = column(
        _REQUEST.agreed_working_days,
        "The working days from receipt that the two bodies agreed; absent: they agreed none, or the statute has one.",
    )
    agreed_in: Annotated[Arrangement, strawberry.lazy("schema.arrangement")] | None = one(
        "Arrangement", _REQUEST.agreed_in_id, "The arrangement in force in which they agreed it (s. 26(3)(e))."
    )
    acknowledged_at: datetime | None = column(
        _REQUEST.acknowledged_at, "When the body acknowledged it, whether or not it had received it before."
    )
    accepted_at: datetime | None = column(_REQUEST.accepted_at, "When the body said that it would comply.")
    complied_at: datetime | None = column(_REQUEST.complied_at, "When the body complied; absent while it has not.")
    withdrawn_at: datetime | None = column(_REQUEST.withdrawn_at, "When the authority withdrew the request.")
    version: int = column(_REQUEST.version, "One more with every change; the ETag of the FHIR Task.")
    duty: Annotated[Duty, strawberry.lazy("schema.duty")] | None = first_of(
        "Duty", "about_id", "The body's duty to comply.", order=("id",), where=_to_comply, parts=[Part.DUTIES]
    )
    dispute: Annotated[Dispute, strawberry.lazy("schema.dispute")] | None = first_of(
        "Dispute", "about_id", "The latest disagreement about it.", order=("-raised_on",), parts=[Part.REDRESS]
    )
    time_exceptions: list[TimeException] | None = many(
        "TimeException",
        "cooperation_request_id",
        "Why the body says that six weeks were impractical (SEND Regs 2014 reg. 8(2)), earliest first.",
        order=("claimed_at", "id"),
    )
    advice: list[Annotated[Advice, strawberry.lazy("schema.advice")]] | None = many(
        "Advice",
        "cooperation_request_id",
        "The advice that answers it.",
        order=("received_at", "id"),
        parts=[Part.ADVICE],
    )
    attachments: list[Annotated[Document, strawberry.lazy("schema.advice")]] | None = many(
        "Document",
        "cooperation_request_id",
        "What was sent with it: the family's representations and evidence (reg. 6(3)).",
        where=_sent_with_it,
    )
    history: list[Event] | None = history_of()
    declined: Declined | None = embedded(
        "Declined", _REQUEST.declined_at, "The body's decision not to comply; it stays on record if it later complies."
    )
    withheld: list[Withheld] = withheld()
