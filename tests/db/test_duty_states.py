"""The state of a duty as SQL is the state that the law gives it, over random clocks."""

from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Boolean, Date, cast, literal, select

from hub.actions.transaction import Transactions
from hub.db.duties import SOON, state_of
from hub.law.duties import state

TODAY = date(2026, 11, 22)
DAYS = st.one_of(st.none(), st.integers(-40, 40).map(lambda days: TODAY + timedelta(days=days)))
CLOCKS = st.tuples(DAYS, DAYS, DAYS, DAYS, st.booleans())


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(clocks=st.lists(CLOCKS, min_size=1, max_size=20))
async def test_sql_and_law_agree(
    transactions: Transactions, clocks: list[tuple[date | None, date | None, date | None, date | None, bool]]
) -> None:
    async with transactions.begin(None) as tx:
        for started_on, due_on, met_on, ended_on, excused in clocks:
            duty = select(
                cast(literal(started_on), Date).label("started_on"),
                cast(literal(due_on), Date).label("due_on"),
                cast(literal(met_on), Date).label("met_on"),
                cast(literal(ended_on), Date).label("ended_on"),
                cast(literal(excused), Boolean).label("excused"),
            ).subquery()
            found = await tx.connection.scalar(select(state_of(duty, TODAY)))
            expected = state(
                started_on=started_on,
                due_on=due_on,
                met_on=met_on,
                ended_on=ended_on,
                excused=excused,
                today=TODAY,
                soon=SOON,
            )
            assert found == expected.value
