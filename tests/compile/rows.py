"""Random rows in every table of the schema: all words of the law, awkward texts, days at the ends of time, nulls.

Whatever the constraints of the tables admit may come. Rows point mostly to rows about the same child, and sometimes,
as no constraint forbids it, to another child's of the same authority.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Boolean, Column, Date, DateTime, Enum, Integer, LargeBinary, Numeric, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import AsyncConnection

import schema.query  # noqa: F401  (declares every type)
from hub.county.people import nhs_numbers, upn
from hub.db import sharing, tables
from hub.db.sharing_parts import HasHistory
from hub.law.duties import RULES
from hub.law.notices import NoticeContent
from hub.law.precedence import ChildField
from hub.law.reg17_disclosure import Part, Purpose
from hub.law.s44_review import Invited
from hub.law.s51_terms import RedressMatter
from hub.law.vocabulary import OrganisationKind, Source
from schema.duty import ABOUT
from schema.projection import table_named
from tests.conftest import NOW
from tests.world import World

TODAY = NOW.date()

TEXTS = (
    "",
    " ",
    "plain words",
    "two\nlines\r\nand\ta tab",
    "\"quoted\", 'quoted', `quoted`",
    "back\\slash \\n \\u0041 \\u0000 \\",
    "$1 %s %(name)s :name {} {0} ; -- /* */",
    "'; DROP TABLE child; --",
    "null",
    '[1, {"a": 2}]',
    "".join(chr(code) for code in (*range(1, 32), 127, 0x85, 0xAD, 0x2028, 0x2029, 0xFEFF, 0xFFFD, 0xFFFE)),
    "é e\u0301 ß İ ı ﬁ Ω 漢字 עברית \u202eabc\u202c",
    "👩‍👩‍👧‍👦 🏴󠁧󠁢󠁥󠁮󠁧󠁿 \U0010ffff",
    "long " * 1_000,
)
NAMES = (
    "Able",
    "able",
    "ABLE",
    "Ábel",
    "O'Brien",
    "de la Cruz",
    "Zz\\",
    '"Q"',
    "",
    "Smith",
    "Smith",
    "Smith-Jones",
    "Ωmega",
)
DAYS = (
    date(1, 1, 1),
    date(1900, 1, 1),
    date(2016, 2, 29),
    TODAY - timedelta(days=30),
    TODAY - timedelta(days=1),
    TODAY,
    TODAY + timedelta(days=7),
    TODAY + timedelta(days=40),
    date(9999, 12, 30),
    date(9999, 12, 31),
)
INSTANTS = (
    datetime(1, 1, 1, tzinfo=UTC),
    datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
    datetime(2026, 3, 29, 1, 0, tzinfo=UTC),
    datetime(2026, 11, 1, 9, 0, 0, 120_000, tzinfo=UTC),
    datetime(2026, 11, 1, 9, 0, 0, 1, tzinfo=UTC),
    datetime(2026, 11, 1, 9, 0, 0, 100_000, tzinfo=UTC),
    datetime(2026, 11, 1, 9, 0, tzinfo=UTC),
    NOW - timedelta(seconds=1),
)
_VALUES: Mapping[type[Any], Sequence[Any]] = {
    Boolean: (True, False),
    Date: DAYS,
    DateTime: (*INSTANTS, datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)),
    Numeric: [Decimal(each) for each in ("0.00", "0.01", "-0.50", "100.00", "1234.5", "9999999999.99", "NaN")],
    Integer: (-(2**31), -1, 0, 1, 2, 3, 45, 2**31 - 1),
    LargeBinary: (b"", b"\x00\xff\xfe", b"words", bytes(range(256)) * 2),
    Text: TEXTS,
}


@dataclass
class Rows:
    """Makes rows about children, each table after those it points to."""

    connection: AsyncConnection
    random: Random
    new_id: Callable[[], UUID]
    bodies: Sequence[UUID]
    ids: dict[tuple[str, UUID], list[UUID]] = field(default_factory=lambda: defaultdict(list))
    """Of a table: by child, and by authority those of all its children."""

    async def add(self, table: Table, owner: UUID, child: UUID, **given: Any) -> None:
        """Some rows of a table about one child; what a unique key forbids is left out."""
        many = 1 if table is tables.child else self.random.randint(1, 6 if table.name in _MANY else 3)
        made = [self._row(table, owner, child) | given for _ in range(many)]
        statement = insert(table).on_conflict_do_nothing().returning(table.c.id)
        for row_id in (await self.connection.execute(statement, made)).scalars():
            self.ids[table.name, child].append(row_id)
            self.ids[table.name, owner].append(row_id)

    async def link(self, owner: UUID, child: UUID) -> None:
        """Provision to the outcomes that it serves."""
        pairs = [(self._pointed("provision", owner, child), self._pointed("outcome", owner, child)) for _ in range(4)]
        rows = [{"owner_id": owner, "provision_id": one, "outcome_id": other} for one, other in pairs]
        await self.connection.execute(insert(tables.provision_outcome).on_conflict_do_nothing(), rows)

    def _row(self, table: Table, owner: UUID, child: UUID) -> dict[str, Any]:
        row = {"owner_id": owner, "id": child if table is tables.child else self.new_id(), "child_id": child}
        asked = (each for each in table.c if each.name not in row and not each.info.get("never_given"))
        row |= {each.name: self._value(each, owner, child) for each in asked}
        row |= self._as_it_is_kept(table, row)
        return {name: value for name, value in row.items() if name in table.c}

    def _value(self, column: Column[Any], owner: UUID, child: UUID) -> Any:
        if column.nullable and self.random.random() < 0.25:
            return None
        pointed_to = {each.column.table.name for each in column.foreign_keys}
        if pointed_to == {"organisation"}:
            return self.random.choice(self.bodies)
        if pointed_to:
            return self._pointed(pointed_to.pop(), owner, child)
        return self._of_type(column.type)

    def _pointed(self, table: str, owner: UUID, child: UUID) -> UUID | None:
        known = self.ids[table, owner if self.random.random() < 0.1 else child]
        return self.random.choice(known) if known else None

    def _of_type(self, kind: Any) -> Any:
        match kind:
            case Enum(enum_class=words):
                return self.random.choice(list(words))
            case ARRAY(item_type=item):
                return [self._of_type(item) for _ in range(self.random.randint(0, 3))]
            case Uuid():
                return self.new_id()
            case JSONB():
                return {}
            case _:
                return self.random.choice(_VALUES[type(kind)])

    def _as_it_is_kept(self, table: Table, row: Mapping[str, Any]) -> dict[str, Any]:
        """What every action of the hub makes sure of, and checks of the database too."""
        match table.name:
            case "child":
                return {"family_name": self.random.choice(NAMES), "date_of_birth": self.random.choice(DAYS[1:])}
            case "child_source":
                days = {
                    field.value: str(self.random.choice(DAYS)) for field in ChildField if self.random.random() < 0.3
                }
                return {"since": days}
            case "disagreement":
                return {"told": [self._told() for _ in range(self.random.randint(0, 3))]}
            case "responsibility":
                first, *last = sorted(each for each in (row["starts_on"], row["ends_on"]) if each is not None)
                return {"starts_on": first, "ends_on": last[0] if last else None}
            case "cooperation_request":
                told = {name: each for name, each in row.items() if isinstance(each, datetime)}
                times = {name: min(max(each, INSTANTS[1]), INSTANTS[-1]) for name, each in told.items()}
                declined = row["declined_ground"] is not None and row["declined_reasons"] is not None
                kept = times | {"requested_by_id": row["owner_id"], "version": 1}
                return kept | ({} if declined else {"declined_at": None})
            case "disclosure":
                parts = [each.value for each in self.random.sample(list(Part), 4)]
                told = {"parts_shown": parts[:3], "parts_withheld": parts[3:], "token_id": "long ago"}
                return told | {"organisation_id": self.random.choice(self.bodies)}
            case "disclosure_decision" | "consent":
                known = [row[name] for name in ("starts_on", "ends_on") if row.get(name) is not None]
                days = dict(zip(("starts_on", "ends_on"), sorted(known), strict=False)) if "starts_on" in row else {}
                return days | {
                    "recipients": self.random.sample(list(self.bodies), 3),
                    "purposes": [each.value for each in self.random.sample(list(Purpose), 5)],
                    "parts": [each.value for each in self.random.sample(list(Part), 6)],
                }
            case "review" if row["invited"] is not None:
                return {"invited": [each.value for each in self.random.sample(list(Invited), 3)]}
            case "event" | "duty" | "dispute" | "notice":
                kind = self.random.choice([each.value for each in HasHistory] if table is tables.event else ABOUT)
                about = self._pointed(table_named(kind).name, row["owner_id"], row["child_id"])
                contents = [each.value for each in self.random.sample(list(NoticeContent), 3)]
                matters = [each.value for each in self.random.sample(list(RedressMatter), 2)]
                kept = {"about_type": kind, "about_id": about or self.new_id(), "contents": contents}
                if table is tables.duty:
                    of_body = RULES[row["rule"]].holder.is_body
                    kept["holder_id"] = (row["holder_id"] or self.random.choice(self.bodies)) if of_body else None
                return kept | ({"matters": matters} if row.get("matters") is not None else {})
            case _:
                return {}

    def _told(self) -> dict[str, Any]:
        body = self.random.choice((None, *self.bodies))
        return {
            "value": self.random.choice(TEXTS).replace("\x00", ""),
            "source": self.random.choice(list(Source)).value,
            "system": self.random.choice((None, "caseworks")),
            "body": body and str(body),
            "code": body and "RX1",
            "on": str(self.random.choice(DAYS)),
            "stands": self.random.random() < 0.5,
        }


_MANY = ("responsibility", "plan_section", "provision", "cooperation_request", "duty", "event")
_LAST = ("dispute", "dispute_step", "notice", "duty", "duty_exception", "event")
"""They name what they are about without a foreign key, so the order of the tables does not tell."""


def in_order() -> list[Table]:
    """The tables about children, each after those it points to; of what is kept about their keeping, none."""
    later = (*_LAST, "child", "identity_candidate")
    first = [each for each in tables.metadata.sorted_tables if sharing.is_childs(each) and each.name not in later]
    return [*first, *(tables.metadata.tables[name] for name in _LAST)]


async def add_rows(
    connection: AsyncConnection, world: World, new_id: Callable[[], UUID], *, seed: int, children: int
) -> None:
    """More bodies, and children of the two authorities with rows in every table about them."""
    random = Random(seed)
    board = {"kind": OrganisationKind.INTEGRATED_CARE_BOARD, "successor_id": None, "ods_code": None}
    more = [
        board | {"id": new_id(), "name": "NHS England", "kind": OrganisationKind.NHS_ENGLAND, "ods_code": "X24"},
        board | {"id": new_id(), "name": "Mere CCG", "ods_code": "QX0", "successor_id": world.board},
        board | {"id": new_id(), "name": "Mere Primary School", "kind": OrganisationKind.SCHOOL},
    ]
    days = {"in_force_from": date(1, 1, 1), "in_force_to": TODAY}
    await connection.execute(insert(tables.organisation), [each | days for each in more])
    merged = {"old_id": more[1]["id"], "new_id": world.board, "starts_on": TODAY, "requested_at": NOW}
    progress = {"requested_by_id": more[0]["id"], "children_total": 9, "children": 3, "finished_at": None}
    await connection.execute(insert(tables.succession).values(id=new_id(), **merged, **progress))
    bodies = (world.board, world.other_board, more[0]["id"], world.trust, world.other_trust, world.other_authority)
    rows = Rows(connection, random, new_id, (*bodies, *bodies, world.authority, more[1]["id"]))
    numbers = nhs_numbers(random)
    for serial in range(children):
        number, in_both = next(numbers), serial % 4 == 0
        owners = [world.authority, world.other_authority][serial % 3 // 2 :]
        for owner in owners if in_both else owners[:1]:
            child, pupil = new_id(), upn("9001", "990", 26, serial)
            await rows.add(tables.child, owner, child, nhs_number=number, upn=pupil)
            for table in in_order():
                await rows.add(table, owner, child)
            await rows.link(owner, child)
    problems = [{"place": place, "rule": "some-rule", "message": "some message"} for place in TEXTS]
    steps = [
        {"step": "MENDED", "at": NOW.isoformat(), "person": text, "client": "portal", "why": text} for text in TEXTS
    ]
    steps += [{"step": "DISCARDED", "at": NOW.isoformat(), "person": None, "reason": "NOT_OURS"}]
    for authority in (world.authority, world.other_authority):
        aside = {"about": {}, "steps": steps}
        await rows.add(tables.quarantined_item, authority, authority, problems=problems, **aside)
        await rows.add(tables.quarantined_item, authority, authority, problems=[], about={}, steps=[])
        await rows.add(tables.precedence, authority, authority)
        await rows.add(tables.arrangement, authority, authority, authority_id=authority)
        for table in (tables.arrangement_party, tables.arrangement_clause, tables.arrangement_dispute_step):
            await rows.add(table, authority, authority)
        await rows.add(tables.arrangement_time_limit, authority, authority)
        await rows.add(tables.enquiry, authority, rows.ids["child", authority][0])
        for request in rows.ids["cooperation_request", authority][:3]:
            await rows.add(tables.withdrawn_request, authority, authority, id=request)
        one, other, *_ = rows.ids["child", authority]
        await rows.add(tables.identity_candidate, authority, one, other_child_id=other)
        await rows.add(tables.identity_candidate, authority, other, other_child_id=one)
