"""The guard against the law: random records, callers, purposes and days, thousands of cases in one database.

`HUB_TEST_ROUNDS=20` tries so many rounds of a hundred and fifty children. The law decides on values alone, which are
written into the tables; what the guard says of the rows must be the same for every part of every child.
"""

import os
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random
from typing import Any, cast
from uuid import UUID

import pytest
from sqlalchemy import FromClause, Table, insert, not_, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import sharing, tables
from hub.db.asking import Asking
from hub.db.conditions import Condition, every
from hub.db.session import Database
from hub.db.sharing import Sight
from hub.db.sharing_parts import SECTION_PARTS
from hub.db.sharing_rules import ROWS, Narrow, Own, Rows
from hub.db.ways import ways
from hub.law.decisions import Permit
from hub.law.reg8_time_limit import Part3Function
from hub.law.reg17_added import Asked, Recorded, standing
from hub.law.reg17_consent import CapacityBasis, Consent, ConsentGiver
from hub.law.reg17_disclosure import MAY_HOLD, Opener, Part, Purpose, Relationship, decide, opened
from hub.law.reg17_grounds import STATED, DisclosureDecision, Ground
from hub.law.reg17_rows import row_open
from hub.law.responsibility import Responsibility, relationships_on
from hub.law.s26_arrangements import Arrangement, SharingRule
from hub.law.s31_cooperation import OPEN_TO_ASKED_BODY, CooperationStatus
from hub.law.s37_plan import MAINTAINED
from hub.law.s42_commissioned import Commissioned, is_of_its_kind
from hub.law.safeguarding import BREAK_GLASS_FOR, BrokenGlass
from hub.law.vocabulary import (
    AgreementStatus,
    Certainty,
    NotificationBasis,
    Opinion,
    OrganisationKind,
    PlanStatus,
    ResponsibilityKind,
    SectionCode,
    Sex,
    SharingMode,
    Source,
)
from tests.conftest import NOW

ROUNDS = int(os.environ.get("HUB_TEST_ROUNDS", "2"))
CHILDREN = 150
TODAY = NOW.date()
COMMISSIONING = (ResponsibilityKind.COMMISSIONER, ResponsibilityKind.SPECIALISED_COMMISSIONER)
KINDS = (
    OrganisationKind.LOCAL_AUTHORITY,
    OrganisationKind.LOCAL_AUTHORITY,
    OrganisationKind.INTEGRATED_CARE_BOARD,
    OrganisationKind.NHS_ENGLAND,
    OrganisationKind.NHS_TRUST,
    OrganisationKind.SCHOOL,
    OrganisationKind.YOUTH_OFFENDING_TEAM,
)


@dataclass
class Case:
    """One child's record, as values of the law."""

    owner: UUID
    child: UUID
    recorded: Recorded
    responsibilities: list[Responsibility] = field(default_factory=list[Responsibility])
    asked: list[tuple[UUID, CooperationStatus]] = field(default_factory=list[tuple[UUID, CooperationStatus]])
    notified_by: UUID | None = None
    provided_by: tuple[UUID, PlanStatus] | None = None
    transferred_to: UUID | None = None
    section_g: dict[UUID, Commissioned] = field(default_factory=dict[UUID, Commissioned])

    def meets(self, body: UUID, provision: Commissioned) -> frozenset[Relationship]:
        """The relationships by which provision in section G would be open, were it for what narrows it."""
        of_its_kind = is_of_its_kind(body, self.responsibilities, provision, TODAY)
        met = {
            Relationship.RESPONSIBLE_COMMISSIONER: of_its_kind,
            Relationship.RECEIVING_AUTHORITY: self.transferred_to == body,
        }
        return frozenset(each for each, is_met in met.items() if is_met)

    def held(self, body: UUID, kind: OrganisationKind) -> frozenset[Relationship]:
        """How a body stands to the child by statute, as the law says."""
        held = set(relationships_on(body, self.responsibilities, TODAY)) - {Relationship.RESPONSIBLE_AUTHORITY}
        held |= {Relationship.RESPONSIBLE_AUTHORITY} if body == self.owner else set()
        if any(to == body and status in OPEN_TO_ASKED_BODY for to, status in self.asked):
            held.add(Relationship.ASKED_TO_COOPERATE)
        if self.notified_by == body:
            held.add(Relationship.NOTIFYING_BODY)
        if self.provided_by is not None and self.provided_by[0] == body and self.provided_by[1] in MAINTAINED:
            held.add(Relationship.PROVIDER)
        if self.transferred_to == body:
            held.add(Relationship.RECEIVING_AUTHORITY)
        return frozenset(each for each in held if kind in MAY_HOLD[each])


class County:
    """Makes cases, and the rows that say the same."""

    def __init__(self, seed: int, new_id: Callable[[], UUID]) -> None:
        self.random = Random(seed)
        self.new_id = new_id
        self.bodies = [(new_id(), kind) for kind in KINDS]
        self.rows: dict[Table, list[dict[str, Any]]] = {}
        self.arrangements: dict[UUID, list[Arrangement]] = {owner: [] for owner, _ in self.bodies[:2]}

    def add(self, table: Table, **values: Any) -> UUID:
        row_id = values.get("id") or self.new_id()
        self.rows.setdefault(table, []).append(values | {"id": row_id})
        return row_id

    def some(self, words: Sequence[Any], most: int) -> frozenset[Any]:
        return frozenset(self.random.sample(list(words), self.random.randint(1, most)))

    def day(self, spread: int) -> date:
        return TODAY + timedelta(days=self.random.randint(-spread, spread))

    def maybe(self, share: float) -> bool:
        return self.random.random() < share

    def last_day(self, first: date) -> date | None:
        """Often far off, sometimes today or yesterday."""
        days = self.random.choice((None, None, 400, 0, -1))
        if days is None:
            return None
        return max(first, TODAY + timedelta(days=days))

    def tell(self, children: int = CHILDREN) -> list[Case]:
        for number, (body, kind) in enumerate(self.bodies):
            self.add(tables.organisation, id=body, name=f"body {number}", kind=kind)
        for owner, _ in self.bodies[:2]:
            for version in range(1, 7):
                self.arrangements[owner].append(self._arrangement(owner, version))
        return [self._case() for _ in range(children)]

    def _arrangement(self, owner: UUID, version: int) -> Arrangement:
        parties = dict(
            self.random.sample([(owner, KINDS[0]), self.bodies[2], self.bodies[3]], self.random.randint(2, 3))
        )
        begins, stale = self.random.choice((None, self.day(3), TODAY - timedelta(days=90))), self.maybe(0.2)
        made = Arrangement(
            id=self.new_id(),
            authority=owner,
            parties=parties,
            signed=frozenset(parties) if self.maybe(0.8) else self.some([*parties], 1),
            in_force_from=begins,
            in_force_to=None if begins is None or self.maybe(0.7) else max(begins, self.day(3)),
            review_on=TODAY - timedelta(days=1) if stale else self.random.choice((None, TODAY, TODAY + timedelta(30))),
            rules=tuple(self._rule() for _ in range(self.random.randint(1, 4))),
        )
        self.add(
            tables.arrangement,
            id=made.id,
            authority_id=owner,
            title="",
            version=version,
            in_force_from=made.in_force_from,
            in_force_to=made.in_force_to,
            review_on=made.review_on,
        )
        for body in made.parties:
            signed_at = NOW if body in made.signed else None
            self.add(tables.arrangement_party, arrangement_id=made.id, body_id=body, role="PARTY", signed_at=signed_at)
        acting = self.bodies[4][0]
        self.add(tables.arrangement_party, arrangement_id=made.id, body_id=acting, role="ACTING", signed_at=None)
        for rule in made.rules:
            self.add(
                tables.sharing_rule,
                arrangement_id=made.id,
                recipient_kinds=sorted(rule.recipient_kinds),
                recipients=[*rule.recipients],
                purposes=sorted(rule.purposes),
                parts=sorted(rule.parts),
                mode=rule.mode,
                basis=rule.basis,
                ground="",
                starts_on=rule.starts_on,
                ends_on=rule.ends_on,
            )
        return made

    def _rule(self) -> SharingRule:
        first = self.day(2)
        return SharingRule(
            recipient_kinds=self.some(KINDS, 2) if self.maybe(0.5) else frozenset(),
            recipients=self.some([body for body, _ in self.bodies], 3),
            purposes=self.some(sorted(Purpose), 20),
            parts=self.some(sorted(Part), 6),
            mode=self.random.choice((SharingMode.CONTENT, SharingMode.CONTENT, SharingMode.EXISTENCE)),
            basis=self.random.choice((Ground.INTERESTS_OF_THE_CHILD, Ground.STATUTE)),
            starts_on=first,
            ends_on=self.last_day(first),
        )

    def _case(self) -> Case:
        owner = self.bodies[self.random.randrange(2)][0]
        recorded = Recorded(
            decisions=tuple(self._decision(owner) for _ in range(self.random.randrange(3))),
            consents=tuple(self._consent() for _ in range(self.random.randrange(3))),
            arrangements=tuple(self.arrangements[owner]),
            glass=tuple(self._glass() for _ in range(self.random.randrange(2))),
            restricted=self.maybe(0.3),
        )
        case = Case(owner, self.new_id(), recorded)
        for body, kind in self.bodies[2:4]:
            if self.maybe(0.5):
                first = self.day(3)
                as_what = self.random.choice(COMMISSIONING)
                provision = self.random.choice((None, None, "Wheelchairs"))
                case.responsibilities.append(
                    Responsibility(body, as_what, provision, str(kind), first, self.last_day(first))
                )
        if self.maybe(0.5):
            case.asked.append((self.random.choice(self.bodies[1:])[0], self.random.choice(list(CooperationStatus))))
        case.notified_by = self.random.choice(self.bodies)[0] if self.maybe(0.4) else None
        if self.maybe(0.6):
            case.provided_by = self.random.choice(self.bodies)[0], self.random.choice(list(PlanStatus))
        case.transferred_to = self.random.choice(self.bodies)[0] if self.maybe(0.4) else None
        for _ in range(self.random.randrange(3)):
            by, by_kind = self.random.choice((*self.bodies[2:5], (None, None)))
            asked = self.some([body for body, _ in self.bodies[2:5]], 1) if self.maybe(0.2) else frozenset[UUID]()
            case.section_g[self.new_id()] = Commissioned(by, by_kind, asked)
        self._write(case)
        return case

    def _decision(self, owner: UUID) -> DisclosureDecision:
        first = self.day(2)
        own = [each.id for each in self.arrangements[owner]]
        others = [each.id for owner_, made in self.arrangements.items() if owner_ != owner for each in made]
        return DisclosureDecision(
            ground=self.random.choice((Ground.INTERESTS_OF_THE_CHILD, Ground.INTERESTS_OF_THE_CHILD, Ground.COURT)),
            recipients=self.some([body for body, _ in self.bodies], 4),
            purposes=self.some(sorted(Purpose), 20),
            parts=self.some(sorted(Part), 6) if self.maybe(0.8) else frozenset(),
            officer="",
            reasons="",
            starts_on=first,
            ends_on=self.last_day(first),
            revoked=self.maybe(0.15),
            arrangement=self.random.choice((None, *own, self.random.choice(others))),
            while_providing=self.maybe(0.4),
        )

    def _consent(self) -> Consent:
        first = self.day(2)
        return Consent(
            giver=ConsentGiver.PARENT,
            basis=CapacityBasis.CHILD_DOES_NOT_UNDERSTAND,
            recipients=self.some([body for body, _ in self.bodies], 4),
            purposes=self.some(sorted(Purpose), 20),
            parts=self.some(sorted(Part), 6),
            given_on=first,
            ends_on=self.last_day(first),
            withdrawn_on=self.random.choice((None, None, TODAY, TODAY + timedelta(days=1))),
            while_providing=self.maybe(0.3),
        )

    def _glass(self) -> BrokenGlass:
        ago = self.random.choice((timedelta(0), BREAK_GLASS_FOR / 2, BREAK_GLASS_FOR, -BREAK_GLASS_FOR / 2))
        return BrokenGlass(self.random.choice(self.bodies)[0], NOW - ago)

    def _write(self, case: Case) -> None:
        mine = {"owner_id": case.owner, "child_id": case.child}
        self.add(
            tables.child,
            owner_id=case.owner,
            id=case.child,
            family_name="",
            given_names=[],
            date_of_birth=date(2016, 3, 4),
            sex=Sex.UNKNOWN,
            restricted=case.recorded.restricted,
            source=Source.SYNTHETIC,
            updated_at=NOW,
        )
        self.add(tables.contact, **mine, name="", relationship="")
        for each in case.responsibilities:
            held = {"body_id": each.body, "kind": each.kind, "starts_on": each.from_, "ends_on": each.to}
            self.add(tables.responsibility, **mine, **held, for_provision=each.for_provision, reason="")
        for to, status in case.asked:
            asks = {"function": Part3Function.OTHER_PART_3, "asked": "", "requested_by_id": case.owner}
            when = {"sent_at": NOW, "updated_at": NOW}
            self.add(tables.cooperation_request, **mine, **asks, **when, addressed_to_id=to, status=status)
        if case.notified_by is not None:
            said = {
                "opinion": Opinion.SEN,
                "certainty": Certainty.HAS,
                "basis": NotificationBasis.S24_BROUGHT_TO_ATTENTION,
            }
            by = {"notified_by_id": case.notified_by, "to_authority_id": case.owner}
            self.add(tables.notification, **mine, **said, **by, notified_at=NOW)
        status = case.provided_by[1] if case.provided_by else PlanStatus.CEASED
        kept = {"status": status, "version": 1, "source": Source.SYNTHETIC}
        plan = self.add(tables.plan, **mine, **kept, transferred_to_id=case.transferred_to)
        for code in SectionCode:
            self.add(tables.plan_section, **mine, plan_id=plan, code=code, text="")
        if case.provided_by is not None:
            what = {"plan_id": plan, "section": SectionCode.F, "ordinal": 1, "description": ""}
            self.add(tables.provision, **mine, **what, provider_id=case.provided_by[0], commissioner_id=None)
        for line, commissioned in case.section_g.items():
            what = {"id": line, "plan_id": plan, "section": SectionCode.G, "ordinal": 1, "description": ""}
            self.add(tables.provision, **mine, **what, provider_id=None, commissioner_id=commissioned.by)
            for body in commissioned.asked:
                asked = {"provision_id": line, "commissioner_id": body, "status": AgreementStatus.ASKED}
                self.add(tables.provision_agreement, **mine, **asked)
        self._write_added(case, mine)

    def _write_added(self, case: Case, mine: dict[str, UUID]) -> None:
        for each in case.recorded.decisions:
            self.add(
                tables.disclosure_decision,
                **mine,
                **_opened(each),
                ground=each.ground,
                arrangement_id=each.arrangement,
                officer="",
                reasons="",
                decided_at=NOW,
                starts_on=each.starts_on,
                revoked_at=NOW if each.revoked else None,
            )
        for each in case.recorded.consents:
            by = {"given_by": "", "capacity": each.giver, "capacity_basis": each.basis}
            when = {"given_on": each.given_on, "withdrawn_on": each.withdrawn_on}
            self.add(tables.consent, **mine, **_opened(each), **by, **when)
        for each in case.recorded.glass:
            when = {"opened_at": each.opened_at, "ends_at": each.ends_at}
            self.add(tables.broken_glass, **mine, **when, body_id=each.body, client_id="", reason="")

    async def store(self, connection: AsyncConnection) -> None:
        for table in tables.metadata.sorted_tables:
            if table in self.rows:
                await connection.execute(insert(table), self.rows[table])


def _opened(each: DisclosureDecision | Consent) -> dict[str, Any]:
    return {
        "recipients": [*each.recipients],
        "purposes": sorted(each.purposes),
        "parts": sorted(each.parts),
        "ends_on": each.ends_on,
        "while_providing": each.while_providing,
    }


async def test_the_guard_opens_what_the_law_opens(database: Database, new_id: Callable[[], UUID]) -> None:
    """Of every child, every part: what is permitted, by which rule, and which rows exist, by each of the ways in."""
    told: Counter[Any] = Counter()
    for seed in range(ROUNDS):
        county = County(seed, new_id)
        cases = county.tell()
        async with database.begin(None) as connection:
            await county.store(connection)
            for body, kind in county.bodies:
                for purpose in (Purpose.OWN_FUNCTIONS, Purpose.SAFEGUARDING, *county.some(sorted(STATED), 4)):
                    asking = Asking(body, kind, purpose, TODAY, NOW)
                    asked = Asked(body, kind, purpose, TODAY, NOW)
                    told += await _compare(connection, cases, asking, asked)
            await connection.rollback()
    assert told["cases"] > 4_000 * ROUNDS
    assert told["children seen"] > told["cases"] / 20
    assert min(told[each] for each in Opener) > 20 * ROUNDS, told
    assert told["added alone"] > 100 * ROUNDS, "much is open by nothing but what is added"
    assert told["restricted"] > 10 * ROUNDS
    assert min(told["lines of G"], told["lines of another kind"]) > 50 * ROUNDS, told


def _of_any_kind(_: FromClause, __: Sight) -> Condition:
    return true()


def _named_alone(row: FromClause, sight: Sight) -> Condition:
    return every(row.c.commissioner_id.is_not(None), row.c.commissioner_id == sight.asking.organisation)


def _of_the_other_kind(row: FromClause, sight: Sight) -> Condition:
    return not_(_RULE.narrowed[Relationship.RESPONSIBLE_COMMISSIONER](row, sight))


@pytest.mark.parametrize("planted", [_of_any_kind, _named_alone, _of_the_other_kind])
async def test_a_wrong_rule_is_found(
    database: Database, new_id: Callable[[], UUID], monkeypatch: pytest.MonkeyPatch, planted: Narrow
) -> None:
    """Were the guard to open section G to a commissioner by another rule than the law's, the test above would fail."""
    county = County(0, new_id)
    cases = county.tell(children=40)
    async with database.begin(None) as connection:
        await county.store(connection)
        for body, kind in county.bodies[2:4]:
            asking = Asking(body, kind, Purpose.OWN_FUNCTIONS, TODAY, NOW)
            asked = Asked(body, kind, Purpose.OWN_FUNCTIONS, TODAY, NOW)
            assert await _compare(connection, cases, asking, asked)
            with monkeypatch.context() as patch:
                wrong = {**_RULE.narrowed, Relationship.RESPONSIBLE_COMMISSIONER: planted}
                patch.setitem(cast(dict[str, Rows | Own], ROWS), "provision", replace(_RULE, narrowed=wrong))
                with pytest.raises(AssertionError):
                    await _compare(connection, cases, asking, asked)
        await connection.rollback()


async def _compare(connection: AsyncConnection, cases: Sequence[Case], asking: Asking, asked: Asked) -> Counter[Any]:
    child = tables.child.alias()
    rows = (await connection.execute(select(child.c.id, sharing.standing(child, asking)))).all()
    bits = {row[0]: row[1] for row in rows}
    seen = await _seen(connection, asking)
    told: Counter[Any] = Counter()
    for case in cases:
        law = standing(case.recorded, case.held(asked.body, asked.kind), asked)
        guard = sharing.standing_in(bits[case.child])
        parts = opened(law, asked.purpose)
        assert opened(guard, asked.purpose) == parts, (case, asked)
        for part in Part:
            ours, theirs = decide(part, guard, asked.purpose), decide(part, law, asked.purpose)
            assert isinstance(ours, Permit) == isinstance(theirs, Permit), (part, case, asked)
            assert not theirs or ours == theirs, (part, case, asked)
        assert (case.child in seen["child"]) == (Part.EXISTENCE in parts), (case, asked)
        assert (case.child in seen["contact"]) == (Part.CONTACTS in parts), (case, asked)
        own = case.transferred_to == asked.body
        for code, part in SECTION_PARTS.items():
            narrowed = Relationship.RECEIVING_AUTHORITY in law.held and asked.purpose is Purpose.TRANSFER_AUTHORITY
            assert ((case.child, code) in seen["plan_section"]) == (part in parts), (narrowed, own, code, case, asked)
        for line, provision in case.section_g.items():
            by_law = row_open(Part.SECTION_G, law, asked.purpose, meets=case.meets(asked.body, provision))
            assert (line in seen["provision"]) == by_law, (provision, case, asked)
            told["lines of G"] += by_law
            told["lines of another kind"] += Part.SECTION_G in parts and not by_law
        told["cases"] += 1
        told["children seen"] += bool(parts)
        told.update(law.openers)
        told["added alone"] += law.held == frozenset({Relationship.DISCLOSED_TO})
        told["restricted"] += case.recorded.restricted and bool(law.added)
    return told


async def _seen(connection: AsyncConnection, asking: Asking) -> dict[str, set[Any]]:
    """The rows that exist for the body, in four tables; each of the ways in leads to them, and none twice."""
    found: dict[str, set[Any]] = {}
    for table, columns in _LOOKED_AT.items():
        row = table.alias()
        statement = select(row.c.owner_id, *(row.c[name] for name in columns)).where(sharing.may_see(row, asking))
        everything = [tuple(each) for each in (await connection.execute(statement)).all()]
        by_ways: list[Any] = []
        for way in ways(table, asking):
            one = way.rows.row
            reached = way.rows.select(one.c.owner_id, *(one.c[name] for name in columns))
            if way.start is not None:
                source = way.start.source
                reached = reached.join_from(one, source, true()).where(way.start.joined).correlate(None)
            by_ways += [tuple(each) for each in (await connection.execute(reached)).all()]
        assert sorted(map(str, by_ways)) == sorted(map(str, everything)), (table.name, asking)
        found[table.name] = {each[1] if len(each) == 2 else each[1:] for each in everything}
    return found


_RULE = cast(Rows, ROWS["provision"])
_LOOKED_AT = {
    tables.child: ("id",),
    tables.contact: ("child_id",),
    tables.plan_section: ("child_id", "code"),
    tables.provision: ("id",),
}
