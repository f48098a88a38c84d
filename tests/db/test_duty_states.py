"""The state and the holder of a duty as SQL are those that the law gives it, over random clocks of every rule."""

from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Boolean, Date, Text, cast, literal, select

from hub.actions.transaction import Transactions
from hub.db.duties import SOON, OpenDuties, held_by, open_duties, state_of
from hub.law.duties import RULES, WINDOWS, DutyRule, DutyState, state

TODAY = date(2026, 11, 22)
DAYS = st.one_of(st.none(), st.integers(-40, 40).map(lambda days: TODAY + timedelta(days=days)))
RULE = st.one_of(st.sampled_from(sorted(DutyRule)), st.sampled_from(sorted(WINDOWS)))
CLOCKS = st.tuples(RULE, DAYS, DAYS, DAYS, DAYS, st.booleans())


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(clocks=st.lists(CLOCKS, min_size=1, max_size=20))
async def test_sql_and_law_agree(
    transactions: Transactions, clocks: list[tuple[DutyRule, date | None, date | None, date | None, date | None, bool]]
) -> None:
    async with transactions.begin(None) as tx:
        for rule, started_on, due_on, met_on, ended_on, excused in clocks:
            duty = select(
                cast(literal(rule.value), Text).label("rule"),
                cast(literal(started_on), Date).label("started_on"),
                cast(literal(due_on), Date).label("due_on"),
                cast(literal(met_on), Date).label("met_on"),
                cast(literal(ended_on), Date).label("ended_on"),
                cast(literal(excused), Boolean).label("excused"),
            ).subquery()
            found, holder = (await tx.connection.execute(select(state_of(duty, TODAY), held_by(duty)))).one()
            assert holder == RULES[rule].holder.value
            expected = state(
                started_on=started_on,
                due_on=due_on,
                met_on=met_on,
                ended_on=ended_on,
                excused=excused,
                today=TODAY,
                soon=SOON,
                window=rule in WINDOWS,
            )
            assert found == expected.value
            known = open_duties([expected])
            assert (known is None) == (met_on is not None or ended_on is not None)
            if known is not None and known.latest_days is not None:
                assert due_on is not None
                assert due_on <= TODAY + timedelta(days=known.latest_days)


def test_of_several_states_no_more_is_known_than_holds_of_each() -> None:
    late, soon, runs = DutyState.OVERDUE, DutyState.DUE_SOON, DutyState.RUNNING
    assert open_duties([late, DutyState.CLOSED]) == OpenDuties(-1)
    assert open_duties([late, soon]) == OpenDuties(SOON)
    assert open_duties([late, soon, runs]) == OpenDuties(None)
    for others in ([], [late, DutyState.MET], [late, "OVERDUE"], [late, None], "OVERDUE", None):
        assert open_duties(others) is None
