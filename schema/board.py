"""Figures about one body's work: what a board page draws. They count the rows that exist for the caller alone."""

from __future__ import annotations

from collections.abc import Sequence
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
from hub.db.duties import state_of
from hub.db.sharing import Asking, Guarded, Sight, guarded
from hub.db.tables.base import Pounds
from hub.law.duties import DutyRule, DutyState
from hub.law.s31_cooperation import CooperationStatus
from hub.law.vocabulary import AgreementStatus, BudgetKind, PlanStatus
from schema.encoding import constant
from schema.fields import counted, figure, figures, one
from schema.organisation import Organisation
from schema.paging import LAST_DAY
from schema.scalars import Money

TIMELY = (DutyRule.DECIDE_WHETHER_TO_ASSESS, DutyRule.COMPLY_WITH_ADVICE_REQUEST, DutyRule.FINALISE_PLAN)
"""The clocks whose timeliness is followed: six weeks to decide, six weeks to give advice, twenty weeks in all."""

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


@figures(scope="child.read")
class DutiesInState:
    """How many duties under a rule stand so."""

    rule: DutyRule = figure("rule", Text(), "What must be done.")
    state: DutyState = figure("state", Text(), "Where the clocks stand today.")
    count: int = figure("count", Integer(), "How many.")


@figures(scope="child.read")
class DutiesInMonth:
    """How many duties have their last day in a month."""

    month: str = figure("month", Text(), "The month, such as 2026-11.")
    count: int = figure("count", Integer(), "How many in all.")
    open: int = figure("open", Integer(), "How many of them are neither met nor ended.")


@figures(scope="child.read")
class Timeliness:
    """How duties under a rule were met, of those whose last day is in a month."""

    rule: DutyRule = figure("rule", Text(), "What must be done.")
    month: str = figure("month", Text(), "The month of the last day, such as 2026-11.")
    met_in_time: int = figure("met_in_time", Integer(), "Met in time, or late under a recorded exception.")
    met_late: int = figure("met_late", Integer(), "Met after the last day, and nothing relieved the time limit.")
    overdue: int = figure("overdue", Integer(), "Not met, and the last day is past.")


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


def _count(*which: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count().filter(*which) if which else func.count()


def _month(day: ColumnElement[date]) -> ColumnElement[str]:
    return func.to_char(day, constant("YYYY-MM"))


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
    return found.select(status, _count().label("count")).group_by(status).order_by(status)


def _requests_by_age(board: FromClause, sight: Sight) -> Select[Any]:
    found = _requests(board, sight.asking)
    sent_on = cast(func.timezone(_LONDON, found.row.c.sent_at), Date)
    weeks = ((sight.asking.today - sent_on) // _A_WEEK).label("weeks")
    return (
        found.select(weeks, _count().label("count"))
        .where(is_one_of(found.row.c.status, WAITING))
        .group_by("weeks")
        .order_by("weeks")
    )


def _duties(board: FromClause, asking: Asking) -> Guarded:
    """Owed by the body."""
    found, _ = guarded(tables.duty, asking)
    return Guarded(found.row, (found.row.c.holder_id == board.c.organisation_id) & found.condition)


def _falls_due(duty: FromClause, board: FromClause) -> ColumnElement[bool]:
    """As the index has it, where a day that is missing is the last of all."""
    day = func.coalesce(duty.c.due_on, LAST_DAY)
    return duty.c.due_on.is_not(None) & day.between(board.c.starts_on, board.c.ends_on)


def _duties_by_state(board: FromClause, sight: Sight) -> Select[Any]:
    found = _duties(board, sight.asking)
    rule, state = found.row.c.rule.label("rule"), state_of(found.row, sight.asking.today).label("state")
    here = found.row.c.due_on.is_(None) | _falls_due(found.row, board)
    return (
        found.select(rule, state, _count().label("count")).where(here).group_by(rule, "state").order_by(rule, "state")
    )


def _duties_by_month(board: FromClause, sight: Sight) -> Select[Any]:
    found = _duties(board, sight.asking)
    duty, month = found.row.c, _month(found.row.c.due_on).label("month")
    is_open = _count(duty.met_on.is_(None), duty.ended_on.is_(None)).label("open")
    figures = found.select(month, _count().label("count"), is_open).where(_falls_due(found.row, board))
    return figures.group_by("month").order_by("month")


def _timeliness(board: FromClause, sight: Sight) -> Select[Any]:
    return _kept(_duties(board, sight.asking), board, sight, TIMELY)


def _timeliness_of_asked(board: FromClause, sight: Sight) -> Select[Any]:
    found, _ = guarded(tables.duty, sight.asking)
    others = (found.row.c.owner_id == board.c.organisation_id) & (found.row.c.holder_id != board.c.organisation_id)
    asked = Guarded(found.row, others & found.condition)
    return _kept(asked, board, sight, (DutyRule.COMPLY_WITH_ADVICE_REQUEST,))


def _kept(found: Guarded, board: FromClause, sight: Sight, rules: Sequence[DutyRule]) -> Select[Any]:
    rule, month = found.row.c.rule.label("rule"), _month(found.row.c.due_on).label("month")
    state = state_of(found.row, sight.asking.today)
    told = {"met_in_time": DutyState.MET, "met_late": DutyState.MET_LATE, "overdue": DutyState.OVERDUE}
    counts = [_count(state == constant(each.value)).label(name) for name, each in told.items()]
    here = _falls_due(found.row, board) & is_one_of(found.row.c.rule, rules)
    return found.select(rule, month, *counts).where(here).group_by(rule, "month").order_by(rule, "month")


def _agreements_waiting(board: FromClause, sight: Sight) -> Select[Any]:
    found, _ = guarded(tables.provision_agreement, sight.asking)
    agreement, body = found.row.c, found.row.c.commissioner_id
    its_own = or_(agreement.owner_id == board.c.organisation_id, body == board.c.organisation_id)
    waiting = is_one_of(agreement.status, [AgreementStatus.ASKED])
    return found.select(body, _count().label("count")).where(its_own, waiting).group_by(body).order_by(body)


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
    figures = found.select(status, _count().label("count")).where(
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
        _duties_by_state,
        "The duties that it owes whose last day is one of these days, or that have no last day yet.",
    )
    duties_due_by_month: list[DutiesInMonth] | None = counted(
        "DutiesInMonth", _duties_by_month, "The duties that it owes whose last day is one of these days, by month."
    )
    timeliness: list[Timeliness] | None = counted(
        "Timeliness",
        _timeliness,
        "How far it kept the six weeks to decide whether to assess (reg. 5(1)), the six weeks to give advice "
        "(reg. 8(1)) and the twenty weeks to finalise a plan (reg. 13(2)), by the month of the last day.",
    )
    timeliness_of_asked: list[Timeliness] | None = counted(
        "Timeliness",
        _timeliness_of_asked,
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
