"""The guard and the law say the same: `hub.db.sharing` against `hub.law.reg17_disclosure`, over random cases."""

from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select

from hub.actions.transaction import Transactions
from hub.db import sharing, sharing_rules, tables
from hub.db.sharing import Asking
from hub.law.reg8_time_limit import Part3Function
from hub.law.reg17_disclosure import Part, Purpose, Relationship, parts_open
from hub.law.s31_cooperation import OPEN_TO_ASKED_BODY, CooperationStatus
from hub.law.vocabulary import OrganisationKind, ResponsibilityKind, SectionCode
from tests.conftest import NOW
from tests.world import World

TODAY = date(2026, 11, 22)


def test_every_table_with_a_childs_data_has_a_rule() -> None:
    """A table without one could not be read; a rule without a table would guard nothing."""
    guarded = {name for name, table in tables.metadata.tables.items() if table.info.get("childs_data")}
    assert guarded == set(sharing.guarded_tables())


def test_a_table_without_a_rule_cannot_be_read() -> None:
    asking = Asking(UUID(int=1), OrganisationKind.NHS_TRUST, Purpose.OWN_FUNCTIONS, TODAY)
    with pytest.raises(KeyError):
        sharing.may_see(tables.used_assertion, asking)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    purpose=st.sampled_from(Purpose),
    held_as=st.sampled_from(ResponsibilityKind),
    starts=st.integers(-40, 10),
    lasts=st.one_of(st.none(), st.integers(0, 60)),
    status=st.one_of(st.none(), st.sampled_from(CooperationStatus)),
    asking_owner=st.booleans(),
)
async def test_what_the_guard_shows_is_what_the_law_opens(
    transactions: Transactions,
    world: World,
    new_id: Callable[[], UUID],
    purpose: Purpose,
    held_as: ResponsibilityKind,
    starts: int,
    lasts: int | None,
    status: CooperationStatus | None,
    asking_owner: bool,
) -> None:
    starts_on = TODAY + timedelta(days=starts)
    ends_on = None if lasts is None else starts_on + timedelta(days=lasts)
    body = world.authority if asking_owner else world.other_board
    kind = OrganisationKind.LOCAL_AUTHORITY if asking_owner else OrganisationKind.INTEGRATED_CARE_BOARD
    held: set[Relationship] = {Relationship.RESPONSIBLE_AUTHORITY} if asking_owner else set()
    in_force = starts_on <= TODAY and (ends_on is None or ends_on >= TODAY)
    if held_as is not ResponsibilityKind.AUTHORITY and in_force and not asking_owner:
        held.add(Relationship.RESPONSIBLE_COMMISSIONER)
    if status in OPEN_TO_ASKED_BODY:
        held.add(Relationship.ASKED_TO_COOPERATE)
    opened = parts_open(held, purpose)
    mine = {"owner_id": world.authority, "child_id": world.child}
    async with transactions.begin(None) as tx:
        run = tx.connection.execute
        await run(
            insert(tables.responsibility).values(
                **mine, id=new_id(), body_id=body, kind=held_as, reason="test", starts_on=starts_on, ends_on=ends_on
            )
        )
        if status is not None:
            await run(
                insert(tables.cooperation_request).values(
                    **mine,
                    id=new_id(),
                    function=Part3Function.OTHER_PART_3,
                    asked="test",
                    requested_by_id=world.authority,
                    addressed_to_id=body,
                    status=status,
                    sent_at=NOW,
                    updated_at=NOW,
                )
            )
        asking = Asking(body, kind, purpose, TODAY)
        child, section = tables.child.alias(), tables.plan_section.alias()
        bits = (await run(select(sharing.standing(child, asking)).where(child.c.id == world.child))).scalar_one()
        assert sharing.standing_in(bits).held == {each for each in held if parts_open([each], purpose)}
        exists = (await run(select(child.c.id).where(child.c.id == world.child, sharing.may_see(child, asking)))).all()
        assert bool(exists) == (Part.EXISTENCE in opened)
        sections = (await run(select(section.c.code).where(sharing.may_see(section, asking)))).scalars().all()
        assert set(sections) == {code for code in SectionCode if sharing_rules.SECTION_PARTS[code] in opened}
        contact = tables.contact.alias()
        contacts = (await run(select(contact.c.id).where(sharing.may_see(contact, asking)))).all()
        assert bool(contacts) == (Part.CONTACTS in opened)
        request = tables.cooperation_request.alias()
        requests = (await run(select(request.c.id).where(sharing.may_see(request, asking)))).all()
        asked = status in OPEN_TO_ASKED_BODY or (asking_owner and status is not None)
        assert bool(requests) == (Part.COOPERATION in opened and asked)
        await tx.connection.rollback()
