"""Whatever a return says: exported from what was imported it changes nothing, and makes the same record elsewhere."""

import asyncio
import io
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert

from adapters.la_sen2.exporting import ExportProblem, export_return
from adapters.la_sen2.importing import import_sen2
from adapters.la_sen2.writing import ENDS, header_xml, person_xml
from hub.actions.import_report import ImportReport
from hub.actions.sen2_return import Person, Request, ReturnHeader, Severity
from hub.actions.transaction import Transactions
from hub.db import tables
from hub.db.place import WORKER_ROLE, as_role
from hub.db.session import Database
from hub.law.vocabulary import OrganisationKind
from tests.conftest import NOW
from tests.unit.test_sen2_reading import PERSONS

_codes = iter(range(100, 990))


@dataclass
class _Hub:
    transactions: Transactions
    new_id: Callable[[], UUID]

    async def authority(self) -> str:
        code = str(next(_codes))
        body = {"id": self.new_id(), "name": code, "kind": OrganisationKind.LOCAL_AUTHORITY, "la_code": code}
        async with self.transactions.begin(None) as tx:
            await tx.connection.execute(insert(tables.organisation).values(body))
        return code

    async def imported(self, content: str, code: str) -> ImportReport:
        return await import_sen2(
            self.transactions, None, path_or_stream=io.BytesIO(content.encode()), name="x", authority_la_code=code
        )

    async def exported(self, code: str) -> tuple[str, list[ExportProblem]]:
        out, problems = io.BytesIO(), list[ExportProblem]()
        async with self.transactions.begin(None) as tx:
            await export_return(tx, la_code=code, year=2026, out=out, tell=problems.append, release="1", made_at=NOW)
        return out.getvalue().decode(), problems


def written(persons: list[Person], code: str) -> str:
    header = header_xml(ReturnHeader(2026, date(2026, 1, 15), code), release="1", made_at=NOW)
    return header + "".join(map(person_xml, persons)) + ENDS


DAYS = st.lists(st.dates(date(2021, 1, 1), date(2026, 3, 1)), min_size=7, max_size=7).map(sorted)


@st.composite
def in_order(draw: st.DrawFn) -> Person:
    """Any person whose dates follow one another: those of a return that nobody refuses."""
    person = draw(PERSONS)
    requests = tuple(_in_order(each, draw(DAYS)) for each in person.requests)
    days = {each.received_on: each for each in requests}
    return replace(
        person,
        date_of_birth=date(2010, 5, 2),
        uln=None,
        upn_unknown_reason=None if person.upn else person.upn_unknown_reason,
        requests=tuple(days.values()),
    )


def _in_order(request: Request, days: list[date]) -> Request:
    def known(day: date | None, nth: int) -> date | None:
        return None if day is None else days[nth]

    assessment, active = request.assessment, request.active_plan
    if assessment is not None:
        plan = assessment.named_plan
        if plan is not None:
            plan = replace(plan, starts_on=known(plan.starts_on, 3), ceased_on=known(plan.ceased_on, 6))
        assessment = replace(assessment, outcome_on=known(assessment.outcome_on, 2), named_plan=plan)
    if active is not None:
        attended = tuple(
            replace(each, entered_on=known(each.entered_on, 3), left_on=known(each.left_on, 6))
            for each in active.placements
        )
        active = replace(
            active,
            review_meeting_on=known(active.review_meeting_on, 4),
            last_review_on=known(active.last_review_on, 5),
            placements=attended,
        )
    return replace(
        request,
        received_on=days[0],
        outcome_on=known(request.outcome_on, 1),
        assessment=assessment,
        active_plan=active,
    )


async def _there_and_back(url: str, new_id: Callable[[], UUID], persons: list[Person]) -> None:
    database = Database(as_role(url, WORKER_ROLE), pool_size=1)
    hub = _Hub(Transactions(database, clock=lambda: NOW, new_id=new_id), new_id)
    try:
        here, there = await hub.authority(), await hub.authority()
        await hub.imported(written(persons, here), here)
        first, problems = await hub.exported(here)
        assert not [each for each in problems if each.problem.severity is Severity.REFUSED]
        again = await hub.imported(first, here)
        assert (again.new, again.changed, again.refused) == (0, 0, 0), again.as_text()
        elsewhere = first.replace(f"<LEA>{here}<", f"<LEA>{there}<")
        await hub.imported(elsewhere, there)
        assert (await hub.exported(there))[0] == elsewhere
    finally:
        await database.close()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(persons=st.lists(PERSONS | in_order(), min_size=1, max_size=6))
def test_the_way_out_is_the_way_in(owner_url: str, new_id: Callable[[], UUID], persons: list[Person]) -> None:
    named = [replace(each, family_name=f"{each.family_name}{nth}") for nth, each in enumerate(persons)]
    asyncio.run(_there_and_back(owner_url, new_id, named))
