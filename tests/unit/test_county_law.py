"""What happens in the synthetic county is lawful, and its clocks are the law's."""

from datetime import date, datetime, timedelta

from hub.county.county import County
from hub.law.duties import RULES, DutyBasis, DutyRule, DutyState, due_on, state
from hub.law.periods import london_day
from hub.law.reg8_time_limit import STATUTORY_CLOCK, last_day_to_comply
from hub.law.responsibility import Responsibility, authority_on, commissioners_on, refuse_to_add
from hub.law.s23_notification import Notification, check, compulsory_school_age, makes_responsible
from hub.law.s31_cooperation import CooperationStatus, may_ask, may_be_asked
from hub.law.vocabulary import (
    NotificationBasis,
    OrganisationKind,
    ResponsibilityKind,
)
from tests.counties import Row, by_id, grouped, table_of

MAY_BE_AHEAD = {
    "consent.ends_on",
    "disclosure_decision.ends_on",
    "due_on",
    "by_when",
    "reply_by",
    "review_on",
    "phase_transfer_due_on",
    "direct_payment.starts_on",
    "direct_payment.agreed_on",
    "direct_payment.notice_served_on",
    "direct_payment.premises_consent_on",
    "direct_payment_decision.decided_on",
    "direct_payment_decision.effective_on",
    "budget_item.starts_on",
    "budget_item.ends_on",
    "budget_item.decided_on",
}


def test_nothing_has_happened_that_is_yet_to_come(told: tuple[County, date]) -> None:
    county, today = told
    for name, rows in county.rows.items():
        for column in table_of(name).columns:
            if {column.name, f"{name}.{column.name}"} & MAY_BE_AHEAD:
                continue
            for row in rows:
                value = row.get(column.name)
                if isinstance(value, datetime):
                    assert london_day(value) < today, (name, column.name)
                elif isinstance(value, date) and not _counts_backwards(name, row):
                    assert value < today, (name, column.name, value)


def _counts_backwards(name: str, row: Row) -> bool:
    return name == "duty" and row["rule"] in {
        DutyRule.REVIEW_BEFORE_PHASE_TRANSFER,
        DutyRule.REVIEW_BEFORE_POST_16_PHASE,
        DutyRule.GIVE_NOTICE_OF_MEDIATION,
    }


def test_where_a_plan_is_drafted_nobody_waits_to_be_told_that_there_is_none(told: tuple[County, date]) -> None:
    county, _ = told
    of_plans = {each["assessment_id"] for each in county.rows["plan"]}
    notify = [each for each in county.rows["duty"] if each["rule"] is DutyRule.NOTIFY_NO_PLAN]
    assert {bool(each["ended_on"]) for each in notify if each["about_id"] in of_plans} == {True}


def test_a_duty_is_due_when_the_law_says(told: tuple[County, date]) -> None:
    county, today = told
    children = by_id(county.rows["child"])
    for duty in county.rows["duty"]:
        rule = RULES[duty["rule"]]
        if duty["basis"] is DutyBasis.NONE:
            assert (duty["due_on"], duty["provision"]) == (None, "CFA 2014 s. 31(2)")
        else:
            assert duty["provision"] == rule.provision
            assert duty["due_on"] == (due_on(duty["rule"], duty["started_on"]) if duty["started_on"] else None)
        assert duty["announced_state"] is state_of(duty, today)
        assert not (duty["met_on"] and duty["ended_on"])
        if duty["started_on"] and duty["met_on"] and not _counts_backwards("duty", duty):
            assert duty["started_on"] <= duty["met_on"], duty["rule"]
        assert not duty["started_on"] or duty["started_on"] > children[duty["child_id"]]["date_of_birth"]


def state_of(duty: Row, today: date) -> DutyState:
    names = ("due_on", "started_on", "met_on", "ended_on", "excused")
    return state(**{name: duty[name] for name in names}, today=today, window=RULES[duty["rule"]].window)


def test_what_a_duty_is_about_exists(told: tuple[County, date]) -> None:
    county, _ = told
    names = {
        "Assessment": "assessment",
        "Plan": "plan",
        "Review": "review",
        "CooperationRequest": "cooperation_request",
        "PersonalBudget": "personal_budget",
        "Provision": "provision",
        "Dispute": "dispute",
    }
    ids = {type_: set(by_id(county.rows[table])) for type_, table in names.items()}
    assert all(row["about_id"] in ids[row["about_type"]] for row in county.rows["duty"] + county.rows["dispute"])


def test_an_exception_is_one_that_relieves_the_time_limit(told: tuple[County, date]) -> None:
    county, _ = told
    duties = by_id(county.rows["duty"])
    excused = {row["duty_id"] for row in county.rows["duty_exception"]}
    assert excused == {row["id"] for row in county.rows["duty"] if row["excused"]}
    for row in county.rows["duty_exception"]:
        assert row["ground"] in RULES[duties[row["duty_id"]]["rule"]].relieved_by


def test_a_request_to_cooperate_is_lawful_and_its_clock_the_laws(told: tuple[County, date]) -> None:
    """CFA 2014 s. 31, SEND Regs 2014 reg. 8: six weeks from receipt, where the function has a clock."""
    county, _ = told
    bodies = by_id(county.rows["organisation"])
    duties = {row["about_id"]: row for row in county.rows["duty"] if row["about_type"] == "CooperationRequest"}
    for row in county.rows["cooperation_request"]:
        asked, asking = bodies[row["addressed_to_id"]], bodies[row["requested_by_id"]]
        assert may_ask(asking["kind"])
        assert may_be_asked(asked["kind"], same_body=asked is asking)
        sent_on = london_day(row["sent_at"])
        assert (asked["in_force_from"] or date.min) <= sent_on <= (asked["in_force_to"] or date.max)
        received_at = row["received_at"]
        assert row["due_on"] == (last_day_to_comply(row["function"], received_at) if received_at else None)
        assert row["function"] in STATUTORY_CLOCK or row["due_on"] is None
        moments = [row[name] for name in ("sent_at", "received_at", "accepted_at", "complied_at") if row[name]]
        assert moments == sorted(moments)
        assert row["updated_at"] == max(
            each for each in (*moments, row["declined_at"], row["withdrawn_at"], *claimed(county, row)) if each
        )
        duty = duties[row["id"]]
        assert duty["holder_id"] == row["addressed_to_id"]
        assert duty["met_on"] == (london_day(row["complied_at"]) if row["complied_at"] else None)
        assert duty["due_on"] == row["due_on"]
        match row["status"]:
            case CooperationStatus.SENT:
                assert received_at is None
            case CooperationStatus.COMPLIED:
                assert row["complied_at"]
            case CooperationStatus.DECLINED:
                assert row["declined_ground"]
                assert len(row["declined_reasons"]) > 80
            case CooperationStatus.WITHDRAWN:
                assert row["withdrawn_at"]
            case _:
                assert received_at


def claimed(county: County, request: Row) -> list[datetime]:
    return [
        row["claimed_at"] for row in county.rows["time_exception"] if row["cooperation_request_id"] == request["id"]
    ]


def test_requests_go_to_every_kind_of_body_that_can_be_asked(county: County) -> None:
    bodies = by_id(county.rows["organisation"])
    kinds = {bodies[row["addressed_to_id"]]["kind"] for row in county.rows["cooperation_request"]}
    assert kinds == {kind for kind in OrganisationKind if may_be_asked(kind, same_body=False)}
    states = {duty["announced_state"] for duty in county.rows["duty"] if duty["about_type"] == "CooperationRequest"}
    assert states == set(DutyState) - {DutyState.CLOSED}  # a request is no window


def test_advice_that_was_asked_for_under_s31_answers_its_request(told: tuple[County, date]) -> None:
    county, _ = told
    requests = by_id(county.rows["cooperation_request"])
    advice = by_id(county.rows["advice"])
    for row in advice.values():
        request = requests.get(row["cooperation_request_id"])
        if request:
            assert row["given_by_id"] == request["addressed_to_id"]
            assert row["received_at"] == request["complied_at"]
        assert row["given_on"] <= london_day(row["received_at"])
    for asked in county.rows["advice_request"]:
        assert (asked["received_on"] is None) == (asked["advice_id"] is None)
        if asked["advice_id"]:
            assert asked["asked_on"] <= asked["received_on"]
            earlier = advice[asked["advice_id"]]["given_on"] < asked["asked_on"]
            assert bool(asked["provider_satisfied"] and asked["parent_satisfied"]) == earlier  # reg. 6(4)
    complied = {row["id"] for row in requests.values() if row["complied_at"]}
    assert complied == {row["cooperation_request_id"] for row in advice.values() if row["cooperation_request_id"]}


def test_notifications_pass_the_laws_check(told: tuple[County, date]) -> None:
    """CFA 2014 ss. 23, 24(1)(b): the parent first; s. 23 under compulsory school age alone."""
    county, _ = told
    bodies, children = by_id(county.rows["organisation"]), by_id(county.rows["child"])
    assessed = {(row["child_id"], row["responsible_from"]) for row in county.rows["assessment"]}
    for row in county.rows["notification"]:
        notification = Notification(
            notified_by=bodies[row["notified_by_id"]]["kind"],
            basis=row["basis"],
            born_on=children[row["child_id"]]["date_of_birth"],
            opinion=row["opinion"],
            certainty=row["certainty"],
            parent_informed_on=row["parent_informed_on"],
            discussion_offered_on=row["discussion_offered_on"],
            notified_on=london_day(row["notified_at"]),
        )
        assert check(notification) == ()
        young = notification.notified_on < compulsory_school_age(notification.born_on).from_
        assert young == (row["basis"] is NotificationBasis.S23_UNDER_COMPULSORY_SCHOOL_AGE)
        received_on = london_day(row["received_at"])
        assert ((row["child_id"], received_on) in assessed) == makes_responsible(row["opinion"])


def test_one_authority_answers_for_a_child_and_a_commissioner_always_does(told: tuple[County, date]) -> None:
    county, today = told
    bodies = by_id(county.rows["organisation"])
    disabled = {row["child_id"] for row in county.rows["notification"] if not makes_responsible(row["opinion"])}
    for child_id, rows in grouped(county.rows["responsibility"], "child_id").items():
        held = [_responsibility(row) for row in rows]
        for number, each in enumerate(held):
            assert refuse_to_add(each, held[:number]) is None
            body = bodies[each.body]
            assert (body["in_force_from"] or date.min) <= each.from_
            assert (each.to or today) <= (body["in_force_to"] or date.max)
        now = authority_on(held, today)
        moved = any(each.kind is ResponsibilityKind.AUTHORITY and each.to for each in held)
        assert (now is None) == (child_id in disabled or moved)
        assert moved or county.commissioner.id in commissioners_on(held, today)


def _responsibility(row: Row) -> Responsibility:
    return Responsibility(
        row["body_id"], row["kind"], row["for_provision"], row["reason"], row["starts_on"], row["ends_on"]
    )


def test_commissioners_succeed_each_other_without_a_gap(county: County) -> None:
    bodies = by_id(county.rows["organisation"])
    for body in bodies.values():
        if body["successor_id"]:
            assert bodies[body["successor_id"]]["in_force_from"] == body["in_force_to"] + timedelta(days=1)
    assert sum(body["successor_id"] == county.commissioner.id for body in bodies.values()) == 2
