"""How long the record of a child is kept, and what keeps it longer (UK GDPR art. 5(1)(e)). No provision sets a period:
guidance and general law do, dated and marked for certainty, and an authority adopts them or its own."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.law.periods import years_on
from hub.law.retention import (
    RULES,
    Choice,
    CountedFrom,
    Matter,
    Recorded,
    longest,
    periods,
    refuse_choice,
    rules_on,
    rules_table,
    suggested,
)
from hub.law.retention_holds import Due, Hold, HoldGround, Kept, Unfinished, judge, refuse_hold
from hub.law.vocabulary import Mark

M, F = Matter, CountedFrom
TODAY = date(2060, 6, 1)
BORN = date(2020, 5, 2)
RECORD = Recorded(BORN, date(2040, 7, 31))
ADOPTED = tuple(choice for matter in Matter for choice in suggested(matter, TODAY))


def until(recorded: Recorded, choices: tuple[Choice, ...] = ADOPTED, on: date = TODAY) -> date | None:
    return longest(periods(recorded, choices, on=on)).until


def test_a_record_of_special_educational_needs_is_kept_to_31_years_of_age() -> None:
    """Date of birth + 31 years: 25, the age to which a plan may be kept (CFA 2014 s. 46), and six in which a claim may
    be brought (IRMS toolkit for schools; secondary). It is due on the birthday, and not the day before."""
    assert until(RECORD) == date(2051, 5, 2)
    assert isinstance(judge(RECORD, ADOPTED, on=date(2051, 5, 1)), Kept)
    found = judge(RECORD, ADOPTED, on=date(2051, 5, 2))
    assert found == Due(("SEN/BIRTH", "SEN/LAST_ENTRY"), "SEN/BIRTH", date(2051, 5, 2))


def test_a_record_that_was_changed_lately_is_kept_six_years_from_then() -> None:
    """Six years in which a claim may be brought (Limitation Act 1980 s. 5) from the last entry, whatever the day of
    birth says: it may be wrong."""
    assert until(Recorded(date(1920, 1, 1), date(2059, 3, 1))) == date(2065, 3, 1)


def test_advice_of_health_bodies_has_their_own_periods() -> None:
    """To the 25th birthday, to the 26th where the young person was 17 when treatment ended, or 8 years after death (NHS
    Records Management Code; from memory): they count beside the others, and the longest stands."""
    health = (Choice(M.SEN, F.BIRTH, 20), Choice(M.HEALTH, F.LAST_ADVICE, 1))
    last = date(2030, 1, 1)
    assert until(Recorded(BORN, last, frozenset({M.HEALTH}), last_advice_on=last), health) == years_on(BORN, 25)
    at_17 = date(2037, 9, 1)
    assert until(Recorded(BORN, last, frozenset({M.HEALTH}), last_advice_on=at_17), health) == years_on(BORN, 26)
    died = Recorded(BORN, last, frozenset({M.HEALTH}), died_on=date(2044, 1, 1), last_advice_on=at_17)
    assert until(died, health) == date(2052, 1, 1)


def test_what_was_paid_is_kept_for_six_years() -> None:
    """Six years from the last payment (Limitation Act 1980 s. 5; from memory), from the last entry where none is known:
    an authority may choose longer, and no shorter."""
    money = Recorded(BORN, date(2040, 7, 31), frozenset({M.MONEY}), last_payment_on=date(2050, 1, 1))
    assert until(money) == date(2056, 1, 1)
    assert until(Recorded(date(1990, 1, 1), date(2058, 7, 31), frozenset({M.MONEY}))) == date(2064, 7, 31)
    (refusal,) = refuse_choice(Choice(M.MONEY, F.LAST_PAYMENT, 5), on=TODAY)
    assert refusal.rule == "shorter-than-the-law"
    assert refuse_choice(Choice(M.MONEY, F.LAST_PAYMENT, 6), on=TODAY) == []
    assert refuse_choice(Choice(M.SEN, F.BIRTH, 25), on=TODAY) == []


def test_absence_of_a_rule_keeps() -> None:
    """Nothing is erased of an authority that has adopted no schedule, nor a record with a matter that its schedule says
    nothing of; and "for good" outlasts every period."""
    assert isinstance(judge(RECORD, (), on=date(2150, 1, 1)), Kept)
    of_sen = suggested(M.SEN, TODAY)
    assert isinstance(judge(RECORD, of_sen, on=TODAY), Due)
    money = Recorded(BORN, date(2040, 7, 31), frozenset({M.MONEY}))
    assert judge(money, of_sen, on=TODAY) == Kept(("MONEY",), None)
    assert until(RECORD, (Choice(M.SEN, F.BIRTH, None),)) is None
    assert longest([]).until is None


def test_a_choice_stands_in_the_place_of_the_rule_alone() -> None:
    """A schedule of 35 years from birth (as some authorities have) leaves six years from the last entry as they are; a
    day that the record does not have counts for nothing."""
    own = (Choice(M.SEN, F.BIRTH, 35), Choice(M.SEN, F.DEATH, 10))
    found = {each.name: each.until for each in periods(RECORD, own, on=TODAY)}
    assert found == {"SEN/BIRTH": date(2055, 5, 2), "SEN/LAST_ENTRY": date(2046, 7, 31)}
    died = Recorded(BORN, date(2040, 7, 31), died_on=date(2049, 1, 1))
    assert until(died, own) == date(2059, 1, 1)


def test_what_may_not_be_chosen() -> None:
    """A period is 1 to 150 years or none; what came as a file or message is kept from its receipt, and nothing else."""
    wrong = [
        (Choice(M.SEN, F.BIRTH, 0), "years-out-of-range"),
        (Choice(M.SEN, F.BIRTH, 151), "years-out-of-range"),
        (Choice(M.SEN, F.RECEIPT, 5), "no-day-of-receipt"),
        (Choice(M.RAW, F.BIRTH, 5), "counted-from-receipt"),
    ]
    for choice, rule in wrong:
        assert [each.rule for each in refuse_choice(choice, on=TODAY)] == [rule]
    assert refuse_choice(Choice(M.SEN, F.BIRTH, None), on=TODAY) == []
    assert refuse_choice(Choice(M.RAW, F.RECEIPT, 1), on=TODAY) == []


@pytest.mark.parametrize(
    ("start", "years", "day"),
    [
        (date(2020, 2, 29), 31, date(2051, 3, 1)),
        (date(2020, 2, 29), 32, date(2052, 2, 29)),
        (date(2020, 3, 1), 31, date(2051, 3, 1)),
    ],
)
def test_who_was_born_on_29_february_is_a_year_older_on_1_march(start: date, years: int, day: date) -> None:
    """In a year without that day: of two readings the longer."""
    assert years_on(start, years) == day


def test_a_hold_keeps_a_record_whose_time_is_over() -> None:
    """A complaint, appeal or claim, a request for access (UK GDPR art. 15), safeguarding, an inquiry (Inquiries Act
    2005 s. 35), or that the child was looked after: to its last day, itself counted, or until it is released."""
    for ground in HoldGround:
        assert judge(RECORD, ADOPTED, holds=[Hold(ground)], on=TODAY) == Kept((f"hold {ground}",), None)
    held = [Hold(HoldGround.INQUIRY, TODAY)]
    assert isinstance(judge(RECORD, ADOPTED, holds=held, on=TODAY), Kept)
    assert isinstance(judge(RECORD, ADOPTED, holds=held, on=TODAY + timedelta(days=1)), Due)


def test_what_is_unfinished_keeps_a_record() -> None:
    """A plan that is maintained, an assessment without an outcome, a request without an answer, redress that is open, a
    budget, access in an emergency that nobody looked at, a pair to be decided on: without anybody placing a hold."""
    for each in Unfinished:
        assert judge(RECORD, ADOPTED, unfinished=[each], on=TODAY) == Kept((f"unfinished {each}",), None)


def test_a_hold_says_why() -> None:
    """Whoever asks later why a record was kept longer finds a reason; a hold does not end before it begins."""
    day = TODAY
    assert refuse_hold("the Ombudsman wrote on 3 May", None, today=day) == []
    assert refuse_hold("the Ombudsman wrote on 3 May", day, today=day) == []
    assert [each.rule for each in refuse_hold(" ", day - timedelta(days=1), today=day)] == [
        "reason-required",
        "hold-is-over",
    ]
    assert [each.rule for each in refuse_hold("x" * 1_001, None, today=day)] == ["reason-too-long"]


def test_each_rule_says_who_says_so_and_how_surely_it_is_known() -> None:
    """A rule that was not read is not marked as if it were; one that is not in force yet counts for nothing."""
    assert all(each.said_by and each.certainty is not Mark.VERIFIED for each in RULES)
    assert rules_on(date(2014, 8, 31)) == ()
    assert {each.matter for each in rules_on(date(2014, 9, 1))} == {M.SEN, M.MONEY, M.RAW}
    assert all(f"| {each.matter} | {each.counted_from} | {each.years}" in rules_table() for each in RULES)


DAYS = st.dates(date(1940, 1, 1), date(2060, 1, 1))
YEARS = st.one_of(st.none(), st.integers(1, 150))
CHOICES = st.lists(
    st.builds(Choice, st.sampled_from([M.SEN, M.HEALTH, M.MONEY]), st.sampled_from(list(F)), YEARS), max_size=6
)
HOLDS = st.lists(st.builds(Hold, st.sampled_from(list(HoldGround)), st.one_of(st.none(), DAYS)), max_size=2)
RECORDED = st.builds(
    Recorded,
    DAYS,
    DAYS,
    st.frozensets(st.sampled_from([M.HEALTH, M.MONEY])),
    st.one_of(st.none(), DAYS),
    st.one_of(st.none(), DAYS),
    st.one_of(st.none(), DAYS),
)


@given(RECORDED, CHOICES, HOLDS, st.frozensets(st.sampled_from(list(Unfinished)), max_size=1), DAYS)
def test_a_record_is_erased_only_when_everything_that_could_keep_it_is_over(
    recorded: Recorded, choices: list[Choice], holds: list[Hold], unfinished: frozenset[Unfinished], on: date
) -> None:
    """Of any record, schedule and holds: it is due if and only if a period applies, every one is over, no hold stands
    and nothing is unfinished; one hold more never makes it due, and a longer period never makes it due earlier."""
    found = judge(recorded, choices, holds=holds, unfinished=unfinished, on=on)
    applying = periods(recorded, choices, on=on)
    all_over = bool(applying) and all(each.until is not None and each.until <= on for each in applying)
    stopped = any(each.until is None or on <= each.until for each in holds) or bool(unfinished)
    assert isinstance(found, Due) == (all_over and not stopped)
    if isinstance(found, Kept):
        more = [*holds, Hold(HoldGround.OTHER)]
        longer = [Choice(each.matter, each.counted_from, each.years and each.years + 1) for each in choices]
        assert isinstance(judge(recorded, choices, holds=more, unfinished=unfinished, on=on), Kept)
        assert isinstance(judge(recorded, longer, holds=holds, unfinished=unfinished, on=on), Kept)
    else:
        assert isinstance(judge(recorded, choices, holds=[Hold(HoldGround.OTHER)], on=on), Kept)
        assert isinstance(judge(recorded, choices, on=on + timedelta(days=1)), Due) or rules_on(on) != rules_on(
            on + timedelta(days=1)
        )
