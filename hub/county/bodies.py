"""The bodies of the county, none of them real, and the people who act for some of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid5

from hub.law.vocabulary import OrganisationKind as Kind

_BODIES = UUID("6d3c1f0e-5a6b-5c0e-9a40-53454e444855")  # the space of names that the ids of these bodies are made in

CCGS_END, ICBS_BEGIN = date(2022, 6, 30), date(2022, 7, 1)
ICBS_END, MERGED_FROM = date(2026, 3, 31), date(2026, 4, 1)


@dataclass(frozen=True, slots=True)
class Body:
    """An organisation. `code` is the LA code of an authority, the ODS code of any other body.

    For settings: `authority` is the LA code of its area, `ages` whom it takes, `establishment` its DfE number;
    `special` the SEN types a special school is for, `resourced` the type its resourced provision is for.
    """

    id: UUID
    name: str
    kind: Kind
    code: str
    in_force_from: date | None = None
    in_force_to: date | None = None
    successor: str | None = None
    urn: str | None = None
    authority: str = ""
    ages: tuple[int, int] = (0, 0)
    establishment: str = ""
    special: frozenset[str] = frozenset()
    resourced: str = ""
    ukprn: str = ""

    @property
    def la_code(self) -> str | None:
        return self.code if self.kind is Kind.LOCAL_AUTHORITY else None

    @property
    def ods_code(self) -> str | None:
        return None if self.la_code else self.code


def _body(name: str, kind: Kind, code: str, **more: Any) -> Body:
    return Body(uuid5(_BODIES, code), name, kind, code, **more)


def _setting(name: str, number: str, authority: str, ages: tuple[int, int], **more: Any) -> Body:
    """A school, college or nursery: its codes are all made from its number."""
    kind = more.pop("kind", Kind.SCHOOL)
    special = frozenset(str(more.pop("special", "")).split())
    more |= {"authority": authority, "ages": ages, "special": special, "establishment": f"9{number}"}
    return _body(name, kind, f"ZZE{number}", urn=None if kind is Kind.COLLEGE else f"900{number}", **more)


_CCG = {"in_force_from": date(2013, 4, 1), "in_force_to": CCGS_END}
_ICB = {"in_force_from": ICBS_BEGIN, "in_force_to": ICBS_END, "successor": "ZZQ90"}

_ALL: tuple[Body, ...] = (  # a successor before those it follows
    _body("Northmere County Council", Kind.LOCAL_AUTHORITY, "990"),
    _body("Southwold Vale Council", Kind.LOCAL_AUTHORITY, "991"),
    _body("NHS Marchland Integrated Care Board", Kind.INTEGRATED_CARE_BOARD, "ZZQ90", in_force_from=MERGED_FROM),
    _body("NHS Northmere and the Fens Integrated Care Board", Kind.INTEGRATED_CARE_BOARD, "ZZQ91", **_ICB),
    _body("NHS Southwold Vale and Coast Integrated Care Board", Kind.INTEGRATED_CARE_BOARD, "ZZQ92", **_ICB),
    _body("NHS Northmere Clinical Commissioning Group", Kind.INTEGRATED_CARE_BOARD, "ZZ01A", **_CCG, successor="ZZQ91"),
    _body("NHS Southwold Clinical Commissioning Group", Kind.INTEGRATED_CARE_BOARD, "ZZ02A", **_CCG, successor="ZZQ92"),
    _body("NHS England", Kind.NHS_ENGLAND, "ZZX24"),
    _body("Mereside Children's Community NHS Trust", Kind.NHS_TRUST, "ZZR01"),
    _body("Marchland Hospitals and Mental Health NHS Foundation Trust", Kind.NHS_TRUST, "ZZR02"),
    _body("Gwernfach University Health Board", Kind.LOCAL_HEALTH_BOARD, "ZZ7A9"),
    _body("Marchland Youth Offending Team", Kind.YOUTH_OFFENDING_TEAM, "ZZY01"),
    _body("Stonecrop House Secure Children's Home", Kind.YOUTH_ACCOMMODATION, "ZZS01"),
    _body("Kingcup Independent Therapies", Kind.OTHER, "ZZT01"),
    _setting("Little Curlews Nursery", "101", "990", (2, 4), kind=Kind.EARLY_YEARS_PROVIDER),
    _setting("Thrushmere Primary School", "102", "990", (4, 10)),
    _setting("Larkfen Primary School", "103", "990", (4, 10)),
    _setting("Quillmarsh Primary School", "104", "990", (4, 10), resourced="HI"),
    _setting("Wexmere High School", "105", "990", (11, 18)),
    _setting("Harrowfen Academy", "106", "990", (11, 16)),
    _setting("Hazelmarsh School", "107", "990", (3, 19), special="SLD PMLD MSI DS"),
    _setting("Lanternhouse School", "108", "990", (7, 16), special="SEMH"),
    _setting("Rookmere School", "109", "990", (4, 19), special="ASD SLCN MLD"),
    _setting("Marchland College", "110", "990", (16, 25), kind=Kind.COLLEGE, ukprn="19900110"),
    _setting("Ternholm Primary School", "201", "991", (3, 10)),
    _setting("Plovergate Primary School", "202", "991", (4, 10), resourced="ASD"),
    _setting("Skelderby Academy", "203", "991", (11, 18)),
    _setting("Dunfenner School", "204", "991", (3, 19), special="SLD PMLD MSI DS ASD PD"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Bodies:
    """All bodies, and those that the story of the county is about."""

    every: tuple[Body, ...]
    by_code: Mapping[str, Body]

    def __getitem__(self, code: str) -> Body:
        return self.by_code[code]

    @property
    def icb(self) -> Body:
        return self["ZZQ90"]

    @property
    def nhs_england(self) -> Body:
        return self["ZZX24"]

    @property
    def therapies(self) -> Body:
        return self["ZZR01"]

    @property
    def hospital(self) -> Body:
        return self["ZZR02"]

    @property
    def independent(self) -> Body:
        return self["ZZT01"]

    def commissioners(self, authority: Body) -> tuple[Body, Body, Body]:
        """The commissioning bodies of an authority's area, each the successor of the one before."""
        first = self["ZZ01A" if authority.code == "990" else "ZZ02A"]
        second = self[first.successor or ""]
        return first, second, self.icb

    def commissioner_on(self, authority: Body, day: date) -> Body:
        """The one in force on a day."""
        first, second, merged = self.commissioners(authority)
        return merged if day >= MERGED_FROM else second if day >= ICBS_BEGIN else first

    def settings(self, authority: Body) -> tuple[Body, ...]:
        """The schools, colleges and nurseries of an area. There is one college for both."""
        return tuple(
            body
            for body in self.every
            if body.ages[1] and (body.authority == authority.code or body.kind is Kind.COLLEGE)
        )


def all_bodies() -> Bodies:
    """The bodies are the same in every county: their ids are made from their codes."""
    return Bodies(_ALL, {body.code: body for body in _ALL})


def organisation_rows(bodies: Bodies) -> list[dict[str, Any]]:
    """Rows of the table `organisation`."""
    return [
        {
            "id": body.id,
            "name": body.name,
            "kind": body.kind,
            "ods_code": body.ods_code,
            "la_code": body.la_code,
            "urn": body.urn,
            "in_force_from": body.in_force_from,
            "in_force_to": body.in_force_to,
            "successor_id": bodies[body.successor].id if body.successor else None,
        }
        for body in bodies.every
    ]


PEOPLE: tuple[tuple[str, str, str, str], ...] = (  # username, code of the body, role, name
    ("bryony.castell", "990", "EHC plan co-ordinator", "Bryony Castell"),
    ("idris.penhallow", "990", "SEND portal lead", "Idris Penhallow"),
    ("odette.marchbanks", "990", "Privacy officer", "Odette Marchbanks"),
    ("corin.ashby-lowe", "990", "Joint commissioning manager", "Corin Ashby-Lowe"),
    ("tamsin.okonjo", "991", "EHC plan co-ordinator", "Tamsin Okonjo"),
    ("rafferty.dunmore", "991", "Head of SEND", "Rafferty Dunmore"),
    ("anneliese.thorogood", "ZZQ90", "Designated clinical officer for SEND", "Anneliese Thorogood"),
    ("jarek.wilczynski", "ZZQ90", "Children's commissioning manager", "Jarek Wilczynski"),
    ("perpetua.adeyemi-hall", "ZZR01", "Children's therapies lead", "Perpetua Adeyemi-Hall"),
    ("lorcan.featherstone", "ZZR02", "Community paediatrics co-ordinator", "Lorcan Featherstone"),
    ("winifred.sato", "ZZX24", "Specialised commissioning manager", "Winifred Sato"),
    ("dilys.marlowe", "ZZE102", "SENCO", "Dilys Marlowe"),
    ("emeka.stroud", "ZZE110", "Additional learning support manager", "Emeka Stroud"),
)


def person_rows(bodies: Bodies) -> list[dict[str, Any]]:
    """Rows of the table `person`."""
    return [
        {"username": username, "organisation_id": bodies[code].id, "role": role, "name": name}
        for username, code, role, name in PEOPLE
    ]
