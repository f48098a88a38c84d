"""Figures about one body's work: what a board page draws. They count the rows that exist for the caller alone."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Date,
    DateTime,
    FromClause,
    Integer,
    Select,
    Text,
    Uuid,
    cast,
    func,
    literal_column,
    null,
    or_,
    select,
    union_all,
)

from hub.db import tables
from hub.db.conditions import is_one_of
from hub.db.sharing import Asking, Guarded, Sight, guarded
from hub.db.tables.base import Pounds
from hub.law.s31_cooperation import CooperationStatus
from hub.law.vocabulary import AgreementStatus, BudgetKind, PlanStatus
from schema import board_duties
from schema.board_duties import DutiesInMonth, DutiesInState, Timeliness
from schema.encoding import constant
from schema.fields import counted, figure, figures, one
from schema.organisation import Organisation
from schema.scalars import Money

WAITING = (CooperationStatus.SENT, CooperationStatus.RECEIVED, CooperationStatus.ACCEPTED)
"""The request stands, and the body has neither complied nor declined."""

_LONDON = constant("Europe/London")
_ONE_DAY, _A_WEEK = literal_column("1", Integer), literal_column("7", Integer)


@figures(scope="cooperation.read")
class RequestsInStatus:
    """How many requests to co-operate stand so."""

    status: CooperationStatus = figure("status", Text(), "Where they stand.")
    count: int = figure("count", Integer(), "How many.")


@figures(scope="cooperation.read")
class RequestsOfAge:
    """How many requests to co-operate have waited so long."""

    weeks: int = figure("weeks", Integer(), "Whole weeks since the day they were sent.")
    count: int = figure("count", Integer(), "How many.")


@figures(scope="plan.read")
class AgreementsWaiting:
    """How many agreements to health care provision a commissioning body has been asked for and not decided."""

    commissioner: Organisation | None = one(
        "Organisation", Column("commissioner_id", Uuid()), "The responsible commissioning body."
    )
    count: int = figure("count", Integer(), "How many.")


@figures(scope="plan.read")
class PlansInStatus:
    """How many versions of plans stand so."""

    status: PlanStatus = figure("status", Text(), "Where they stand.")
    count: int = figure("count", Integer(), "How many.")


def _begins(day: ColumnElement[date]) -> ColumnElement[Any]:
    """The instant at which a day begins in London."""
    return func.timezone(_LONDON, cast(day, DateTime))


def _requests(board: FromClause, asking: Asking) -> Guarded:
    """Made by the body or addressed to it, and sent on one of the days."""
    found, _ = guarded(tables.cooperation_request, asking)
    request = found.row.c
    its_own = or_(
        request.requested_by_id == board.c.organisation_id, request.addressed_to_id == board.c.organisation_id
    )
    sent = (request.sent_at >= _begins(board.c.starts_on)) & (request.sent_at < _begins(board.c.ends_on + _ONE_DAY))
    return Guarded(found.row, its_own & sent & found.condition)


def _requests_by_state(board: FromClause, sight: Sight) -> Select[Any]:
    found = _requests(board, sight.asking)
    status = found.row.c.status.label("status")
    return found.select(status, func.count().label("count")).group_by(status).order_by(status)


def _requests_by_age(board: FromClause, sight: Sight) -> Select[Any]:
    found = _requests(board, sight.asking)
    sent_on = cast(func.timezone(_LONDON, found.row.c.sent_at), Date)
    weeks = ((sight.asking.today - sent_on) // _A_WEEK).label("weeks")
    return (
        found.select(weeks, func.count().label("count"))
        .where(is_one_of(found.row.c.status, WAITING))
        .group_by("weeks")
        .order_by("weeks")
    )


def _agreements_waiting(board: FromClause, sight: Sight) -> Select[Any]:
    found, _ = guarded(tables.provision_agreement, sight.asking)
    agreement, body = found.row.c, found.row.c.commissioner_id
    its_own = or_(agreement.owner_id == board.c.organisation_id, body == board.c.organisation_id)
    waiting = is_one_of(agreement.status, [AgreementStatus.ASKED])
    return found.select(body, func.count().label("count")).where(its_own, waiting).group_by(body).order_by(body)


def _budgets(board: FromClause, sight: Sight) -> Select[Any]:
    """Owed by the body, or in its own records, by kind and funder: due on these days, and paid on them."""

    def its_own(row: FromClause) -> ColumnElement[bool]:
        return or_(row.c.funder_id == board.c.organisation_id, row.c.owner_id == board.c.organisation_id)

    nothing = cast(null(), Pounds)
    due, _ = guarded(tables.amount_due, sight.asking)
    of_dues = due.select(
        due.row.c.kind.label("kind"),
        due.row.c.funder_id.label("funder_id"),
        due.row.c.agreed_amount.label("agreed"),
        nothing.label("paid"),
    ).where(due.row.c.due_on.between(board.c.starts_on, board.c.ends_on), its_own(due.row))
    payment, _ = guarded(tables.payment, sight.asking)
    of_payments = payment.select(payment.row.c.kind, payment.row.c.funder_id, nothing, payment.row.c.amount).where(
        payment.row.c.paid_on.between(board.c.starts_on, board.c.ends_on), its_own(payment.row)
    )
    amounts = union_all(of_dues, of_payments).subquery()
    key = (amounts.c.kind, amounts.c.funder_id)
    sums = [func.sum(amounts.c[name]).label(name) for name in ("agreed", "paid")]
    return select(*key, *sums).group_by(*key).order_by(*key)


def _plans_by_status(board: FromClause, sight: Sight) -> Select[Any]:
    found, _ = guarded(tables.plan, sight.asking)
    plan, today = found.row.c, sight.asking.today
    held, _ = guarded(tables.responsibility, sight.asking)
    answers = held.exists(
        held.row.c.owner_id == plan.owner_id,
        held.row.c.child_id == plan.child_id,
        held.row.c.body_id == board.c.organisation_id,
        held.row.c.starts_on <= today,
        or_(held.row.c.ends_on.is_(None), held.row.c.ends_on >= today),
    )
    status = plan.status.label("status")
    figures = found.select(status, func.count().label("count")).where(
        or_(plan.owner_id == board.c.organisation_id, answers)
    )
    return figures.group_by(status).order_by(status)


@figures(scope="budget.read")
class BudgetsOfFunder:
    """What a funder owes of personal budgets on these days for one kind of provision, and what was paid on them."""

    kind: BudgetKind = figure("kind", Text(), "Education, health or social care.")
    funder: Organisation | None = one("Organisation", Column("funder_id", Uuid()), "Who owes it.")
    agreed: Money | None = figure("agreed", Pounds, "What is agreed and due on these days, in pounds; absent: nothing.")
    paid: Money | None = figure("paid", Pounds, "What was paid on these days, in pounds; absent: nothing.")


@figures()
class Board:
    """Figures about one body's work, counted over what exists for you: of a body other than your own, only what you
    may see. What has no rows is left out.
    """

    organisation: Organisation | None = one("Organisation", Column("organisation_id", Uuid()), "The body.")
    from_: date = figure("starts_on", Date(), "The first day.", named="from")
    to: date = figure("ends_on", Date(), "The last day.")
    requests_by_state: list[RequestsInStatus] | None = counted(
        "RequestsInStatus",
        _requests_by_state,
        "Requests to co-operate that it made or was asked, sent on these days (London), by where they stand now.",
    )
    requests_by_age: list[RequestsOfAge] | None = counted(
        "RequestsOfAge",
        _requests_by_age,
        "Of these requests, those with which the body has neither complied nor declined, by how long they have waited.",
    )
    duties_by_state: list[DutiesInState] | None = counted(
        "DutiesInState",
        board_duties.duties_by_state,
        "The duties that it owes whose last day is one of these days, or that have no last day yet.",
    )
    duties_due_by_month: list[DutiesInMonth] | None = counted(
        "DutiesInMonth",
        board_duties.duties_by_month,
        "The duties that it owes whose last day is one of these days, by month.",
    )
    timeliness: list[Timeliness] | None = counted(
        "Timeliness",
        board_duties.timeliness,
        "How far it kept the six weeks to decide whether to assess (reg. 5(1)), the six weeks to give advice "
        "(reg. 8(1)) and the twenty weeks to finalise a plan (reg. 13(2)), by the month of the last day.",
    )
    timeliness_of_asked: list[Timeliness] | None = counted(
        "Timeliness",
        board_duties.timeliness_of_asked,
        "How far those whom it asked for advice kept the six weeks to give it (reg. 8(1)), in its own records, by the "
        "month of the last day.",
    )
    agreements_waiting: list[AgreementsWaiting] | None = counted(
        "AgreementsWaiting",
        _agreements_waiting,
        "Agreements to section G (reg. 12(2)) that wait today, in its own records or for its own decision.",
    )
    budgets: list[BudgetsOfFunder] | None = counted(
        "BudgetsOfFunder",
        _budgets,
        "What personal budgets come to on these days, of those that the body funds or that are in its records "
        "(CFA 2014 s. 49). `amountsDue` says what for.",
    )
    plans_by_status: list[PlansInStatus] | None = counted(
        "PlansInStatus", _plans_by_status, "The plans today that are its own, or of children whom it answers for."
    )
