"""The rows of the synthetic county are rows of the tables, whatever the seed and the day."""

from collections import defaultdict
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Enum
from sqlalchemy.dialects.postgresql import JSONB

from hub.county.county import County
from hub.db import tables
from hub.law.budget_decisions import DecisionOnDirectPayment, StopGround
from hub.law.budget_direct_payment_events import Recipient
from hub.law.duties import DutyBasis, DutyRule, DutyState
from hub.law.notices import NoticeKind, NoticeTo
from hub.law.precedence import ChildField, StandsBy
from hub.law.reg17_grounds import Ground
from hub.law.reg64_decision_makers import Decider, DecidesBecause
from hub.law.s49_personal_budget import Buys, ItemStatus
from hub.law.vocabulary import (
    Source,
)
from tests.counties import assert_unique, table_of


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
