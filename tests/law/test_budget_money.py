"""Money in a personal budget. Exact amounts on their days, one place where anything is rounded, one way to add up."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.law.budget_money import (
    LONGEST,
    MOST,
    Amount,
    Due,
    SchoolYear,
    Standing,
    Total,
    changed_from,
    financial_year,
    in_pence,
    in_pounds,
    last_day_of_financial_year,
    reconcile,
    refuse_span,
    schedule,
    split,
    totals,
    whole,
)
from hub.law.decisions import Refusal
from hub.law.vocabulary import BudgetKind, PaymentPeriod
from tests.law.cases import AUTHORITY, BOARD, day, days, every_case

amounts = st.integers(1, MOST)
TERM = SchoolYear(frozenset(day("2026-09-07") + timedelta(weeks=n) for n in range(7)), frozenset({day("2026-09-03")}))


@pytest.mark.parametrize(
    ("pounds", "rule"),
    [
        ("1.005", "amount-not-exact"),
        ("NaN", "amount-not-exact"),
        ("0", "amount-not-positive"),
        ("-3.20", "amount-not-positive"),
        ("1000000.01", "amount-absurd"),
    ],
)
def test_an_amount_is_in_whole_pence_more_than_nothing_and_not_absurd(pounds: str, rule: str) -> None:
    """An amount is in pounds with whole pence, more than nothing, and at most a million pounds for a period."""
    refusal = in_pence(Decimal(pounds), "amount")
    assert isinstance(refusal, Refusal)
    assert (refusal.rule, refusal.path) == (rule, ("amount",))


@every_case
@given(amounts)
def test_pence_and_pounds_are_the_same_amount(amount: int) -> None:
    """What is written in pounds is kept in pence and written in pounds again."""
    assert in_pence(in_pounds(amount)) == amount


@every_case
@given(st.integers(0, MOST), st.lists(st.integers(0, 1000), min_size=1, max_size=12).filter(any))
def test_no_penny_is_lost_where_an_amount_is_divided(amount: int, weights: list[int]) -> None:
    """An amount that is divided is rounded in one place: its parts add up to it, each within a penny of its exact
    share, and a part of no weight is nothing."""
    parts = split(amount, weights)
    assert sum(parts) == amount
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - Decimal(amount) * weight / sum(weights)) < 1
        assert weight or not part


def test_the_pence_that_are_left_go_to_the_parts_that_lost_most() -> None:
    """Ten pounds in three are 3.34, 3.33 and 3.33: the first of equals has the penny that is left."""
    assert split(1000, [1, 1, 1]) == [334, 333, 333]
    assert split(1001, [2, 1, 1]) == [501, 250, 250]


def test_a_financial_year_begins_on_1_april() -> None:
    """A day belongs to the financial year from 1 April to 31 March."""
    assert financial_year(day("2026-04-01")) == "2026-27"
    assert financial_year(day("2027-03-31")) == "2026-27"
    assert financial_year(day("2100-01-05")) == "2099-00"
    assert last_day_of_financial_year(day("2026-04-01")) == day("2027-03-31")
    assert last_day_of_financial_year(day("2027-03-31")) == day("2027-03-31")


def _days(amount: int, per: PaymentPeriod, first: str, last: str, *years: SchoolYear) -> list[tuple[str, int]]:
    due = schedule(amount, per, day(first), day(last), years)
    assert not isinstance(due, Refusal)
    return [(each.on.isoformat(), each.amount) for each in due]


def test_each_period_has_its_days() -> None:
    """An amount is due whole on the first day of each week or month; once, on the first day; a month that has no such
    day has its last."""
    assert _days(100, PaymentPeriod.ONCE, "2026-09-07", "2027-03-31") == [("2026-09-07", 100)]
    assert _days(100, PaymentPeriod.WEEK, "2026-09-07", "2026-09-21") == [
        ("2026-09-07", 100),
        ("2026-09-14", 100),
        ("2026-09-21", 100),
    ]
    assert _days(100, PaymentPeriod.MONTH, "2027-01-31", "2027-04-30") == [
        ("2027-01-31", 100),
        ("2027-02-28", 100),
        ("2027-03-31", 100),
        ("2027-04-30", 100),
    ]


def test_a_years_amount_is_due_in_monthly_instalments_that_add_up_to_it() -> None:
    """A thousand pounds a year are twelve instalments of 83.33 and 83.34, and a thousand pounds."""
    due = _days(100_000, PaymentPeriod.YEAR, "2026-04-01", "2027-03-31")
    assert len(due) == 12
    assert sum(amount for _, amount in due) == 100_000
    assert {amount for _, amount in due} == {8333, 8334}
    two_years = _days(100_000, PaymentPeriod.YEAR, "2026-04-01", "2028-03-31")
    assert sum(amount for _, amount in two_years) == 200_000


def test_weeks_of_term_are_data_of_an_authority_and_school_year() -> None:
    """How many weeks of term there are is set for each authority and school year; where they are not, nothing can be
    due for them."""
    assert len(_days(100, PaymentPeriod.TERM_WEEK, "2026-09-01", "2026-12-31", TERM)) == len(TERM.weeks)
    assert _days(100, PaymentPeriod.TERM_WEEK, "2026-09-08", "2026-09-14", TERM) == [("2026-09-14", 100)]
    assert _days(100, PaymentPeriod.TERM, "2026-09-01", "2026-12-31", TERM) == [("2026-09-03", 100)]
    for years in ((), (TERM,)):
        refusal = schedule(100, PaymentPeriod.TERM_WEEK, day("2026-09-01"), day("2028-09-01"), years)
        assert isinstance(refusal, Refusal)
        assert refusal.rule == "school-year-not-set"


def test_a_span_ends_after_it_begins_and_is_not_endless() -> None:
    """An amount ends on its first day or later, and within three years."""
    first = day("2026-09-01")
    assert refuse_span(first, first) is None
    ended, endless = refuse_span(first, first - timedelta(days=1)), refuse_span(first, first + LONGEST * 2)
    assert ended is not None
    assert endless is not None
    assert (ended.rule, endless.rule) == ("dates-out-of-order", "too-long")
    assert isinstance(schedule(1, PaymentPeriod.WEEK, first, first - timedelta(days=1)), Refusal)


@every_case
@given(
    amounts, st.sampled_from([PaymentPeriod.WEEK, PaymentPeriod.MONTH, PaymentPeriod.YEAR]), days, st.integers(0, 900)
)
def test_what_is_due_is_due_in_the_span_in_order(amount: int, per: PaymentPeriod, first: date, length: int) -> None:
    """Whatever the amount and the span: each day is in it, none twice, in order, and the first is the first day."""
    due = schedule(amount, per, first, first + timedelta(days=length))
    assert not isinstance(due, Refusal)
    found = [each.on for each in due]
    assert found == sorted(set(found))
    assert found[0] == first
    assert found[-1] <= first + timedelta(days=length)


def test_what_was_due_before_a_change_stays_due() -> None:
    """A changed amount counts from its day; what was due before that stays as it was, unless all is counted anew."""
    before = [Due(day("2026-09-01"), 100), Due(day("2026-10-01"), 100), Due(day("2026-11-01"), 100)]
    now = [Due(day("2026-10-01"), 60), Due(day("2026-11-01"), 60)]
    assert changed_from(before, now, day("2026-11-01")) == (*before[:2], now[1])
    assert changed_from(before, now, day("2026-10-01"), anew=True) == tuple(now)


AMOUNTS = st.lists(
    st.builds(
        Amount,
        st.sampled_from(BudgetKind),
        st.sampled_from([AUTHORITY, BOARD]),
        days,
        st.sampled_from(Standing),
        amounts,
    ),
    max_size=30,
)


@every_case
@given(AMOUNTS)
def test_no_penny_is_lost_between_the_items_and_the_totals(found: list[Amount]) -> None:
    """Totals are by kind, funder and financial year, each once; indicative, agreed and paid are never mixed, and come
    to what the amounts come to."""
    added = totals(found)
    keys = [(each.financial_year, each.kind, each.funder) for each in added]
    assert keys == sorted(set(keys))
    for standing, amount in whole(added).items():
        assert amount == sum(each.amount for each in found if each.standing is standing)


def test_totals_keep_what_is_agreed_apart_from_what_is_paid() -> None:
    """An agreed hundred pounds of which forty are paid are a hundred and forty pounds in no total."""
    kind, on = BudgetKind.EDUCATION, day("2026-09-01")
    found = [Amount(kind, AUTHORITY, on, Standing.AGREED, 10_000), Amount(kind, AUTHORITY, on, Standing.PAID, 4_000)]
    assert totals(found) == [Total(kind, AUTHORITY, "2026-27", agreed=10_000, paid=4_000)]


def test_what_was_due_is_held_against_what_was_paid_and_spent() -> None:
    """By a day: what is due and not paid is owed; what was paid and not spent is unspent; what was spent beyond what
    was paid is overspent."""
    first, second = day("2026-09-01"), day("2026-10-01")
    due = [Due(first, 100), Due(second, 100)]
    found = reconcile(due, [Due(first, 80)], [Due(first, 30)], by=first)
    assert (found.due, found.owed, found.unspent, found.overspent) == (100, 20, 50, 0)
    found = reconcile(due, [Due(first, 80)], [Due(second, 95)], by=second)
    assert (found.due, found.owed, found.unspent, found.overspent) == (200, 120, 0, 15)
