"""The synthetic county is consistent: with itself, with the tables, and with the law, whatever the seed and the day."""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import Enum, Table
from sqlalchemy.dialects.postgresql import JSONB

from hub.auth.scopes import is_known
from hub.county.clients import COUNTY_CLIENTS
from hub.county.county import EARLIEST, County, make_county
from hub.county.documents import pdf
from hub.db import tables
from hub.law.budget_decisions import DecisionOnDirectPayment, StopGround
from hub.law.budget_direct_payment_events import Recipient
from hub.law.duties import RULES, DutyBasis, DutyRule, DutyState, due_on, state
from hub.law.interpretation import check_la_code, check_nhs_number, check_ods_code, check_uln, check_upn, check_urn
from hub.law.notices import NoticeKind, NoticeTo
from hub.law.periods import london_day
from hub.law.precedence import ChildField, StandsBy
from hub.law.reg8_time_limit import STATUTORY_CLOCK, last_day_to_comply
from hub.law.reg17_grounds import Ground
from hub.law.reg64_decision_makers import Decider, DecidesBecause
from hub.law.responsibility import Responsibility, authority_on, commissioners_on, refuse_to_add
from hub.law.s23_notification import Notification, check, compulsory_school_age, makes_responsible
from hub.law.s31_cooperation import CooperationStatus, may_ask, may_be_asked
from hub.law.s49_personal_budget import Buys, ItemStatus
from hub.law.vocabulary import (
    AgreementStatus,
    BudgetKind,
    BudgetStatus,
    DirectPaymentStatus,
    NotificationBasis,
    OrganisationKind,
    PaymentMechanism,
    PlanStatus,
    ResponsibilityKind,
    ReviewDecision,
    SectionCode,
    Source,
)

TODAY = date(2026, 11, 22)
IN_FORCE = {PlanStatus.FINAL, PlanStatus.AMENDMENT_PROPOSED, PlanStatus.CEASE_NOTIFIED}
BEFORE_FINAL = {PlanStatus.DRAFT, PlanStatus.SERVED}
Row = Mapping[str, Any]


@pytest.fixture(
    scope="module",
    params=[(1, TODAY), (2, date(2026, 7, 1)), (3, date(2027, 1, 2)), (4, date(2027, 9, 3)), (5, date(2028, 2, 29))],
    ids=lambda told: f"seed {told[0]} on {told[1]}",
)
def told(request: pytest.FixtureRequest) -> tuple[County, date]:
    seed, today = request.param
    return make_county(seed=seed, today=today), today


@pytest.fixture(scope="module")
def county() -> County:
    """The county of the demo."""
    return make_county(seed=1, today=TODAY)


def by_id(rows: list[dict[str, Any]]) -> dict[Any, Row]:
    return {row["id"]: row for row in rows}


def grouped(rows: list[dict[str, Any]], column: str) -> dict[Any, list[Row]]:
    groups: dict[Any, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row[column]].append(row)
    return groups


def words(county: County) -> list[str]:
    """Everything that the county says in words of its own."""
    columns = (
        "text",
        "description",
        "asked",
        "declined_reasons",
        "explanation",
        "reasons",
        "outcome",
        "reason",
        "setting",
    )
    rows = [row for table in county.rows.values() for row in table]
    return [row[column] for row in rows for column in columns if type(row.get(column)) is str]


# --- as a whole


def test_the_same_seed_tells_the_same_county(county: County) -> None:
    assert make_county(seed=1, today=TODAY).rows == county.rows
    assert make_county(seed=7, today=TODAY).rows["child"] != county.rows["child"]


def test_what_is_told_of_one_child_does_not_hang_on_how_many_there_are(county: County) -> None:
    fewer = make_county(seed=1, today=TODAY, children=12)
    assert fewer.rows["child"] == county.rows["child"][:12]
    assert fewer.rows["plan_section"] == county.rows["plan_section"][: len(fewer.rows["plan_section"])]


def test_more_children_than_the_deck_has_stories() -> None:
    county = make_county(seed=1, today=TODAY, children=640)
    assert len(county.rows["child"]) == 640
    assert_unique(county)


def test_a_day_before_the_commissioners_merged_is_refused() -> None:
    with pytest.raises(ValueError, match=str(EARLIEST)):
        make_county(seed=1, today=EARLIEST - timedelta(days=1))


def test_two_thirds_of_the_children_are_the_first_authoritys(county: County) -> None:
    assert Counter(child["authority"] for child in county.children) == {"990": 200, "991": 100}


def test_it_says_who_is_who(county: County) -> None:
    assert {(each["code"], each["kind"]) for each in county.organisations} >= {
        ("990", "LOCAL_AUTHORITY"),
        ("991", "LOCAL_AUTHORITY"),
        (county.commissioner.code, "INTEGRATED_CARE_BOARD"),
    }
    assert len(county.trusts) == 2
    codes = {each["code"] for each in county.organisations}
    assert {each["organisation"] for each in county.people} <= codes
    assert {"990", "991", county.commissioner.code} <= {each["organisation"] for each in county.people}
    assert sum(map(len, county.rows.values())) == county.size


def test_every_kind_of_body_has_a_client_with_scopes_and_purposes(county: County) -> None:
    bodies = {body.code: body for body in county.bodies.every}
    assert {bodies[client.organisation].kind for client in COUNTY_CLIENTS} == {body.kind for body in bodies.values()}
    assert len({client.client_id for client in COUNTY_CLIENTS}) == len(COUNTY_CLIENTS)
    for client in COUNTY_CLIENTS:
        assert client.default_purpose in client.purposes
        assert all(map(is_known, client.scopes)), client.client_id
        assert len(set(client.scopes)) == len(client.scopes)
        assert "hub.admin" not in client.scopes


# --- the tables


def table_of(name: str) -> Table:
    return tables.metadata.tables[name]


def test_rows_have_the_columns_of_their_tables(county: County) -> None:
    for name, rows in county.rows.items():
        for row in rows:
            given = (each for each in table_of(name).columns if each.name in row or not each.info.get("never_given"))
            assert list(row) == [column.name for column in given], name


def test_every_table_with_a_childs_data_has_rows(county: County) -> None:
    filled_elsewhere = {"event", "quarantined_item", "disclosure", "identity_merge"}
    named = {name for name, table in tables.metadata.tables.items() if table.info.get("childs_data")}
    assert {name for name in named - filled_elsewhere if not county.rows.get(name)} == set()


def test_values_fit_their_columns(told: tuple[County, date]) -> None:
    county, _ = told
    for name, rows in county.rows.items():
        for column in table_of(name).columns:
            for row in rows:
                if column.name not in row and column.info.get("never_given"):
                    continue
                value = row[column.name]
                if value is None:
                    assert column.nullable, (name, column.name)
                elif isinstance(column.type, Enum):
                    assert type(value) is column.type.enum_class, (name, column.name)
                elif isinstance(column.type, JSONB):
                    assert type(value) in {dict, list}, (name, column.name, value)
                else:
                    assert type(value) is column.type.python_type, (name, column.name, value)
                if isinstance(value, datetime):
                    assert value.tzinfo is not None
                if isinstance(value, Decimal):
                    assert value == value.quantize(Decimal("0.01"))
                    assert value > 0


def assert_unique(county: County) -> None:
    for name, rows in county.rows.items():
        table = table_of(name)
        keys = [[column.name for column in table.primary_key.columns]]
        keys += [[column.name for column in index.columns] for index in table.indexes if index.unique]
        for key in keys:
            values = [tuple(row[column] for column in key) for row in rows]
            whole = [value for value in values if None not in value]
            assert len(set(whole)) == len(whole), (name, key)


def test_no_unique_key_is_used_twice(told: tuple[County, date]) -> None:
    """So no two children of an authority share an NHS number or a UPN."""
    assert_unique(told[0])


def test_whatever_is_pointed_to_exists_and_comes_first(told: tuple[County, date]) -> None:
    county, _ = told
    order = list(county.rows)
    for name, rows in county.rows.items():
        for constraint in table_of(name).foreign_key_constraints:
            target = constraint.referred_table.name
            assert order.index(target) <= order.index(name)
            columns = [element.column.name for element in constraint.elements]
            there = {tuple(row[column] for column in columns) for row in county.rows[target]}
            for row in rows:
                here = tuple(row[column.name] for column in constraint.columns)
                assert None in here or here in there, (name, constraint.name)


def test_a_childs_rows_belong_to_the_authority_and_the_child_that_owns_them(told: tuple[County, date]) -> None:
    county, _ = told
    children = {(row["owner_id"], row["id"]) for row in county.rows["child"]}
    authorities = {body.id for body in county.authorities}
    owners: dict[tuple[str, Any], tuple[Any, Any]] = {}
    for name, rows in county.rows.items():
        if "child_id" in table_of(name).columns:
            assert all((row["owner_id"], row["child_id"]) in children for row in rows)
            owners |= {(name, row["id"]): (row["owner_id"], row["child_id"]) for row in rows}
    assert {owner for owner, _ in children} == authorities
    for name, rows in county.rows.items():
        for constraint in table_of(name).foreign_key_constraints:
            if "child_id" in table_of(name).columns and len(constraint.elements) == 2:
                target, column = constraint.referred_table.name, constraint.column_keys[1]
                for row in rows:
                    if target != "child" and row[column] is not None:
                        assert owners[target, row[column]] == (row["owner_id"], row["child_id"]), (name, column)


NOT_ALL_WORDS = {
    "Source": {Source.SYNTHETIC},
    "ChildField": {ChildField.FAMILY_NAME},
    "StandsBy": {StandsBy.KEPT_BY_THE_AUTHORITY},
    "NHSNumberStatus": None,
    "DutyBasis": {DutyBasis.STATUTORY, DutyBasis.NONE},
    "DutyRule": None,
    "DutyState": set(DutyState) - {DutyState.CLOSED},  # its drafts are answered, and it has no families' own times
    "IdentityDecision": set(),  # that is for somebody to decide
    "AppealedMatter": set(),  # the county's disputes were brought in as their steps alone
    "RedressStep": set(),
    "Decider": {Decider.PARENT, Decider.YOUNG_PERSON},
    "DecidesBecause": {DecidesBecause.NOT_OVER_SCHOOL_AGE, DecidesBecause.OVER_SCHOOL_AGE},
    "NoticeKind": {NoticeKind.PLAN_MAINTAINED, NoticeKind.PLAN_TO_BE_AMENDED, NoticeKind.PLAN_TO_CEASE_AFTER_REVIEW},
    "NoticeTo": {NoticeTo.FAMILY},
    "Buys": {Buys.GOODS_OR_SERVICES},
    "ItemStatus": {ItemStatus.PROPOSED, ItemStatus.AGREED, ItemStatus.DECLINED, ItemStatus.ENDED},
    "AggregateBecause": set(),  # the county has no aggregate sums
    "Regime": None,  # whether there are adults among them depends on the day
    "Recipient": {Recipient.PARENT, Recipient.YOUNG_PERSON, Recipient.NOMINEE},
    "YoungPersonsWish": set(),
    "DecisionOnDirectPayment": {
        DecisionOnDirectPayment.REFUSED,
        DecisionOnDirectPayment.REDUCED,
        DecisionOnDirectPayment.STOPPED,
    },
    "StopGround": {StopGround.CONSENT_WITHDRAWN},
    "RepaymentGround": set(),
    "ReconsiderationOutcome": set(),
    "Ground": {Ground.INTERESTS_OF_THE_CHILD, Ground.STATUTE},  # the others are for courts, inspectors and researchers
}


def test_every_word_of_every_vocabulary_is_used(told: tuple[County, date]) -> None:
    county, _ = told
    used: dict[type[Any], set[Any]] = defaultdict(set)
    for name, rows in county.rows.items():
        for column in table_of(name).columns:
            if isinstance(column.type, Enum) and column.type.enum_class:
                used[column.type.enum_class] |= {row.get(column.name) for row in rows} - {None}
    for vocabulary, words_used in used.items():
        expected = NOT_ALL_WORDS.get(vocabulary.__name__, set(vocabulary))
        assert expected is None or words_used == expected, vocabulary.__name__
    assert len(used[DutyRule]) >= 20


# --- people and words


def test_identifiers_pass_their_checks(told: tuple[County, date]) -> None:
    county, _ = told
    for child in county.rows["child"]:
        if child["nhs_number"]:
            assert check_nhs_number(child["nhs_number"]).startswith("999")
        if child["upn"]:
            assert check_upn(child["upn"])[1:4] in {"990", "991"}
        assert (child["upn"] is None) == (child["upn_unknown_reason"] is not None)
        assert re.fullmatch(r"ZZ99 [1-9][A-Z]{2}", child["postcode"])
    for identifier in county.rows["child_identifier"]:
        if identifier["system"] == "unique-learner-number":
            check_uln(identifier["value"])
    for body in county.rows["organisation"]:
        for code, passes in (("la_code", check_la_code), ("ods_code", check_ods_code), ("urn", check_urn)):
            assert body[code] is None or passes(body[code])
        assert (body["ods_code"] or "ZZ").startswith("ZZ")
    assert {body.code for body in county.authorities} == {"990", "991"}


def test_one_person_may_have_a_record_with_each_authority_after_a_move(county: County) -> None:
    numbers = Counter(child["nhs_number"] for child in county.rows["child"] if child["nhs_number"])
    moved = {number for number, count in numbers.items() if count == 2}
    assert len(moved) == 2
    assert max(numbers.values()) == 2
    for number in moved:
        old, new = (child for child in county.rows["child"] if child["nhs_number"] == number)
        assert old["owner_id"] != new["owner_id"]
        assert (old["family_name"], old["upn"]) == (new["family_name"], new["upn"])


def test_two_records_of_one_authority_may_be_one_childs(told: tuple[County, date]) -> None:
    """The reasons say what agrees and what differs, and never a value."""
    county, _ = told
    children = by_id(county.rows["child"])
    (candidate,) = county.rows["identity_candidate"]
    one, other = children[candidate["child_id"]], children[candidate["other_child_id"]]
    assert one["id"] != other["id"]
    assert one["family_name"] == other["family_name"]
    for reason in candidate["reasons"]:
        column, _, word = reason.rpartition("-")
        column = column.replace("-", "_")
        assert word == ("agrees" if one[column] == other[column] else "differs")


def test_ages_run_from_two_to_twenty_four(told: tuple[County, date]) -> None:
    county, today = told
    ages = [(today - child["date_of_birth"]).days / 365.25 for child in county.rows["child"]]
    assert min(ages) >= 2
    assert max(ages) < 25
    assert sum(age < 5 for age in ages) >= 12


def test_nobody_can_be_reached(told: tuple[County, date]) -> None:
    for contact in told[0].rows["contact"]:
        assert re.fullmatch(r"07700 900\d{3}", contact["telephone"])
        assert contact["email"] is None or contact["email"].endswith("@example.org")
        assert "ZZ99" in contact["address"]


def test_every_text_is_filled_in_and_reads_as_english(told: tuple[County, date]) -> None:
    for text in words(told[0]):
        assert text.strip()
        assert not re.search(r"[\[\]{}|]", text), text
        assert not re.search(r"\ba (occup|educ|emot|orth|indep|audio|autis)", text), text
        assert "  " not in text


def test_plans_do_not_read_as_clones(county: County) -> None:
    finals = {row["id"] for row in county.rows["plan"] if row["status"] in IN_FORCE}
    for code in (SectionCode.A, SectionCode.B, SectionCode.F):
        texts = [row["text"] for row in county.rows["plan_section"] if row["plan_id"] in finals and row["code"] is code]
        assert len(set(texts)) > 0.97 * len(texts)


def test_a_document_is_a_pdf_whose_table_finds_its_objects() -> None:
    content = pdf("Advice (1)", ["Jabłoński \\ é"])
    at = int(content.split(b"startxref\n")[1].split(b"\n")[0])
    assert content[at:].startswith(b"xref\n0 6\n")
    places = [int(line[:10]) for line in content[at:].split(b"\n")[3:8]]
    assert all(content[place:].startswith(b"%d 0 obj" % number) for number, place in enumerate(places, start=1))
    assert b"(Advice \\(1\\)) Tj" in content
    assert "(Jablonski \\\\ é) Tj".encode("cp1252") in content


def test_documents_are_as_large_as_they_say(county: County) -> None:
    for row in county.rows["document"]:
        assert row["size"] == len(row["content"]) < 20_000
        assert row["content"].startswith(b"%PDF-1.4") == (row["media_type"] == "application/pdf")
    assert {row["media_type"] for row in county.rows["document"]} == {"application/pdf", "text/plain"}


# --- the law

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


# --- assessments and plans


def test_the_days_of_an_assessment_are_in_order(told: tuple[County, date]) -> None:
    for row in told[0].rows["assessment"]:
        began, decided, ended = row["requested_on"], row["decided_on"], row["outcome_on"]
        assert (row["decision"] is None) == (decided is None)
        assert (row["outcome"] is None) == (ended is None)
        assert began is None or decided is None or began <= decided
        assert ended is None or decided < ended


def test_about_as_many_plans_are_late_as_in_england(county: County) -> None:
    """46.4% within twenty weeks; decided within six weeks 84.8% (EES 2025)."""
    states = {
        rule: Counter(row["announced_state"] for row in county.rows["duty"] if row["rule"] is rule and row["met_on"])
        for rule in (DutyRule.FINALISE_PLAN, DutyRule.DECIDE_WHETHER_TO_ASSESS)
    }
    plans, decisions = states.values()
    assert 0.3 < plans[DutyState.MET] / plans.total() < 0.65
    assert 0.75 < decisions[DutyState.MET] / decisions.total() < 0.97


def test_a_version_has_the_dates_of_its_status(told: tuple[County, date]) -> None:
    county, _ = told
    for row in county.rows["plan"]:
        days = [row[name] for name in ("drafted_on", "served_on", "finalised_on", "ceased_on") if row[name]]
        assert days == sorted(days)
        assert (row["finalised_on"] is None) == (row["status"] in BEFORE_FINAL)
        assert (row["served_on"] is None) == (row["status"] is PlanStatus.DRAFT)
        assert (row["ceased_on"] is not None) == (row["status"] in {PlanStatus.CEASED, PlanStatus.TRANSFERRED})
        assert (row["transferred_to_id"] is not None) == (row["status"] is PlanStatus.TRANSFERRED)
        if row["finalised_on"]:  # reg. 13(1)(a): fifteen days, that of service the first
            assert row["finalised_on"] >= row["served_on"] + timedelta(days=15)


def test_versions_follow_each_other_and_one_at_most_is_in_force(told: tuple[County, date]) -> None:
    county, _ = told
    plans = by_id(county.rows["plan"])
    for versions in grouped(county.rows["plan"], "child_id").values():
        ordered = sorted(versions, key=lambda row: row["version"])
        assert [row["version"] for row in ordered] == list(range(1, len(ordered) + 1))
        assert ordered[0]["supersedes_id"] is None
        for before, after in pairwise(ordered):
            assert after["supersedes_id"] == before["id"]
            assert (after["finalised_on"] is None) == (before["status"] is PlanStatus.AMENDMENT_PROPOSED)
        assert sum(row["status"] in IN_FORCE for row in ordered) <= 1
    superseded = {row["supersedes_id"] for row in plans.values()}
    assert {row["id"] for row in plans.values() if row["status"] is PlanStatus.SUPERSEDED} <= superseded


def test_a_plan_has_each_section_apart_and_a_draft_names_no_school(told: tuple[County, date]) -> None:
    """SEND Regs 2014 reg. 12(1), CFA 2014 s. 38(5)."""
    county, _ = told
    sections = grouped(county.rows["plan_section"], "plan_id")
    budgets = {row["plan_id"] for row in county.rows["personal_budget"]}
    for plan in county.rows["plan"]:
        codes = {row["code"] for row in sections[plan["id"]]}
        always = set(SectionCode) - {SectionCode.I, SectionCode.J}
        assert codes >= always
        assert (SectionCode.I in codes) == (plan["status"] not in BEFORE_FINAL)
        assert SectionCode.J not in codes or plan["id"] in budgets


def test_every_need_leads_through_provision_to_an_outcome(told: tuple[County, date]) -> None:
    """The golden thread: need, provision and outcome of one plan."""
    county, _ = told
    plans = {
        name: {row["id"]: row["plan_id"] for row in county.rows[name]} for name in ("need", "outcome", "provision")
    }
    reached = {row["provision_id"]: row["outcome_id"] for row in county.rows["provision_outcome"]}
    for row in county.rows["provision"]:
        assert plans["need"][row["need_id"]] == row["plan_id"] == plans["outcome"][reached[row["id"]]]
    assert set(plans["need"]) == {row["need_id"] for row in county.rows["provision"]}
    sections = {row["id"]: row["section"] for row in county.rows["need"]}
    leads_to = {(sections[row["need_id"]], row["section"]) for row in county.rows["provision"]}
    assert leads_to == {
        (SectionCode.B, SectionCode.F),
        (SectionCode.C, SectionCode.G),
        (SectionCode.D, SectionCode.H1),
        (SectionCode.D, SectionCode.H2),
    }


def test_provision_is_specified_and_quantified(told: tuple[County, date]) -> None:
    """CFA 2014 s. 37(2), SEND Code 9.69: who, how qualified, how often, how long, where."""
    for row in told[0].rows["provision"]:
        for column in ("frequency", "delivered_by", "qualification", "setting"):
            assert row[column]
        assert row["frequency"].lower() in row["description"].lower()
        assert row["minutes_per_week"] is None or 0 < row["minutes_per_week"] <= 1680
        assert row["annual_cost"] >= 20
    quantified = [row["minutes_per_week"] is not None for row in told[0].rows["provision"]]
    assert sum(quantified) > 0.95 * len(quantified)


def test_plans_prepare_for_adulthood_from_year_9(county: County) -> None:
    """SEND Regs 2014 reg. 12(3)."""
    children, needs = by_id(county.rows["child"]), grouped(county.rows["need"], "plan_id")
    for plan in county.rows["plan"]:
        born, made = children[plan["child_id"]]["date_of_birth"], plan["drafted_on"]
        if (made - born).days > 14.1 * 365.25:
            assert any(row["area"] == "Preparing for adulthood" for row in needs[plan["id"]])


def test_health_provision_of_a_final_plan_is_agreed_left_out_or_not_recorded(told: tuple[County, date]) -> None:
    """SEND Regs 2014 reg. 12(2): nothing is in section G of a plan that the commissioner has not agreed."""
    county, _ = told
    plans = by_id(county.rows["plan"])
    agreements = {row["provision_id"]: row for row in county.rows["provision_agreement"]}
    settled = {AgreementStatus.AGREED, AgreementStatus.LEFT_OUT, AgreementStatus.NOT_RECORDED}
    bodies = by_id(county.rows["organisation"])
    health = [row for row in county.rows["provision"] if row["section"] is SectionCode.G]
    assert {row["id"] for row in health} == set(agreements)
    for row in health:
        agreement, plan = agreements[row["id"]], plans[row["plan_id"]]
        if plan["status"] not in BEFORE_FINAL:
            assert agreement["status"] in settled
        decided = agreement["decided_on"]
        assert (decided is None) == (agreement["status"] in {"NOT_ASKED", "ASKED", "NOT_RECORDED"})
        assert (agreement["reasons"] is not None) == (agreement["status"] in {"DECLINED", "LEFT_OUT"})
        body = bodies[agreement["commissioner_id"]]
        if decided:
            assert plan["drafted_on"] <= decided <= (plan["finalised_on"] or date.max)
            assert (body["in_force_from"] or date.min) <= decided <= (body["in_force_to"] or date.max)
        texts = [
            section["text"]
            for section in county.rows["plan_section"]
            if section["plan_id"] == plan["id"] and section["code"] is SectionCode.G
        ]
        assert (row["description"] in texts[0]) == (agreement["status"] is not AgreementStatus.LEFT_OUT)


def test_deliveries_are_of_months_that_are_over_and_say_why_they_fell_short(told: tuple[County, date]) -> None:
    county, today = told
    for row in county.rows["delivery"]:
        assert row["period"] < f"{today:%Y-%m}"
        assert 0 <= row["delivered_minutes"] <= row["planned_minutes"]
        assert (row["shortfall_reason"] is not None) == (row["delivered_minutes"] < row["planned_minutes"])


# --- reviews, budgets, disputes, sharing


def test_reviews_are_in_order_and_their_decisions_were_carried_out(told: tuple[County, date]) -> None:
    county, _ = told
    plans = by_id(county.rows["plan"])
    served = {(row["supersedes_id"], row["served_on"]) for row in plans.values()}
    for row in county.rows["review"]:
        days = [row[name] for name in ("meeting_on", "report_on", "decided_on") if row[name]]
        assert days == sorted(days)
        assert (row["decision"] is None) == (row["decided_on"] is None)
        if row["decision"] is ReviewDecision.AMEND:
            assert (row["plan_id"], row["decided_on"]) in served
        if row["decision"] is ReviewDecision.CEASE:
            assert plans[row["plan_id"]]["status"] in {PlanStatus.CEASE_NOTIFIED, PlanStatus.CEASED}


def test_a_plan_ceases_only_when_the_time_to_appeal_is_over(told: tuple[County, date]) -> None:
    """CFA 2014 s. 45(4): two months from the notice."""
    county, _ = told
    decided = {row["plan_id"]: row["decided_on"] for row in county.rows["review"] if row["decision"] == "CEASE"}
    ceased = [row for row in county.rows["plan"] if row["status"] is PlanStatus.CEASED]
    assert all(row["ceased_on"] > decided[row["id"]] + timedelta(days=61) for row in ceased)


def test_a_budget_was_asked_for_while_the_plan_was_a_draft(told: tuple[County, date]) -> None:
    """PB Regs 2014 reg. 4(1)."""
    county, _ = told
    plans = by_id(county.rows["plan"])
    assert 20 <= len(county.rows["personal_budget"]) <= 30
    for row in county.rows["personal_budget"]:
        if row["status"] is BudgetStatus.NOT_RECORDED:
            assert row["requested_on"] is None
        else:
            plan = plans[row["plan_id"]]
            assert plan["served_on"] <= row["requested_on"] <= (plan["finalised_on"] or date.max)


def test_a_plan_with_a_personal_budget_says_so_in_the_return(told: tuple[County, date]) -> None:
    county, _ = told
    counted = {BudgetStatus.AGREED, BudgetStatus.IN_PAYMENT, BudgetStatus.SUSPENDED, BudgetStatus.NOT_RECORDED}
    budgets = {row["plan_id"] for row in county.rows["personal_budget"] if row["status"] in counted}
    assert budgets == {row["id"] for row in county.rows["plan"] if row["personal_budget_reported"]}


def test_budget_items_are_of_their_sections_kind_and_paid_by_who_answers_for_it(told: tuple[County, date]) -> None:
    county, _ = told
    provisions, budgets = by_id(county.rows["provision"]), by_id(county.rows["personal_budget"])
    decided = {"AGREED", "IN_PAYMENT", "SUSPENDED", "ENDED"}
    for row in county.rows["budget_item"]:
        provision = provisions[row["provision_id"]]
        assert (row["kind"] is BudgetKind.HEALTH) == (provision["section"] is SectionCode.G)
        assert (row["agreement_id"] is not None) == (row["kind"] is BudgetKind.HEALTH)
        assert row["funder_id"] == provision["commissioner_id"]
        assert provision["plan_id"] == budgets[row["personal_budget_id"]]["plan_id"]
        assert (row["amount"] is not None) == (budgets[row["personal_budget_id"]]["status"] in decided)


def test_what_is_due_is_agreed_by_whom_it_falls_on_and_nothing_is_due_of_what_a_return_reported(
    told: tuple[County, date],
) -> None:
    county, _ = told
    items, due = by_id(county.rows["budget_item"]), grouped(county.rows["amount_due"], "budget_item_id")
    budgets = by_id(county.rows["personal_budget"])
    for item in items.values():
        for row in due[item["id"]]:
            assert row["agreed_amount"] is None or item["amount"] is not None
            assert item["starts_on"] <= row["due_on"] <= item["ends_on"]
            assert row["funder_id"] == item["funder_id"]
    assert not any(budgets[row["personal_budget_id"]]["status"] is BudgetStatus.NOT_RECORDED for row in items.values())


def test_direct_payments_start_after_notice_agreement_and_consent(told: tuple[County, date]) -> None:
    """PB Regs 2014 regs 8, 9: written notice, written agreement, consent of the head where it is spent on premises."""
    county, _ = told
    items, paid = by_id(county.rows["budget_item"]), grouped(county.rows["payment"], "direct_payment_id")
    pays = {DirectPaymentStatus.PAYING, DirectPaymentStatus.REDUCED, DirectPaymentStatus.STOPPED}
    for row in county.rows["direct_payment"]:
        assert items[row["budget_item_id"]]["mechanism"] is PaymentMechanism.DIRECT_PAYMENT
        payments = paid[row["id"]]
        assert bool(payments) == (row["status"] in pays)
        if row["starts_on"]:
            assert row["notice_served_on"] <= row["agreed_on"] <= row["starts_on"]
            assert (row["premises_consent_on"] is not None) == (row["kind"] is BudgetKind.EDUCATION)
        for payment in payments:
            assert row["starts_on"] <= payment["paid_on"] <= (row["ends_on"] or date.max)
            assert payment["amount"] in {row["amount"], items[row["budget_item_id"]]["indicative_amount"]}
        months = [(payment["paid_on"].year, payment["paid_on"].month) for payment in payments]
        assert len(set(months)) == len(months)


def test_each_kind_of_dispute_has_steps(county: County) -> None:
    steps = grouped(county.rows["dispute_step"], "dispute_id")
    assert all(len(steps[row["id"]]) >= 2 for row in county.rows["dispute"])


def test_the_arrangement_in_force_contains_what_s26_asks_and_is_signed(county: County) -> None:
    """CFA 2014 s. 26(3)(a) to (g), (4)(a) to (c)."""
    in_force, proposed = sorted(county.rows["arrangement"], key=lambda row: row["in_force_from"] is None)
    clauses = {
        row["requirement"] for row in county.rows["arrangement_clause"] if row["arrangement_id"] == in_force["id"]
    }
    assert clauses == {*(f"s. 26(3)({each})" for each in "abcdefg"), *(f"s. 26(4)({each})" for each in "abc")}
    parties = [row for row in county.rows["arrangement_party"] if row["arrangement_id"] == in_force["id"]]
    signed = {row["body_id"] for row in parties if row["signed_at"]}
    assert signed == {in_force["authority_id"], county.commissioner.id}
    assert {row["body_id"] for row in parties if row["role"] == "ACTING"} == {trust.id for trust in county.trusts}
    unsigned = [row for row in county.rows["arrangement_party"] if row["arrangement_id"] == proposed["id"]]
    assert unsigned
    assert not any(row["signed_at"] for row in unsigned)
    assert {row["arrangement_id"] for row in county.rows["sharing_rule"]} == {in_force["id"]}
