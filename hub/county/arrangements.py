"""Joint commissioning arrangements (s. 26): one in force, with what it shares, and one that nobody has signed yet."""

# ruff: noqa: E501  (a clause stays on one line)

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID

from hub.county.bodies import MERGED_FROM, Bodies, Body
from hub.county.rows import Book, new_id
from hub.law.reg17_disclosure import Part, Purpose
from hub.law.reg17_grounds import Ground
from hub.law.vocabulary import OrganisationKind, SharingMode

CLAUSES: Mapping[str, str] = {
    "s. 26(3)(a)": "Each June the parties publish the provision reasonably required by children and young people with SEN and by those with a disability, from plans, s. 23 notifications and waiting times.",
    "s. 26(3)(b)": "They secure: therapies at the three tiers of the annex, community paediatrics, mental health support in schools, equipment, short breaks and the resourced provisions named in the annex.",
    "s. 26(3)(c)": "The authority secures sections F and H; the ICB secures section G through the two trusts; speech and language therapy in section F is bought jointly, in equal shares.",
    "s. 26(3)(d)": "Advice and information on education, health and care provision is to be given on need, provision, outcomes, delivery by month, and co-operation under s. 31.",
    "s. 26(3)(e)": "It is given by the case workers, the designated officers and the therapists, to those whom the sharing rules name and to families, through the hub and the Local Offer.",
    "s. 26(3)(f)": "A complaint about any provision in a plan goes to either party. The one that receives it sees to it that there is one joint answer within 25 working days.",
    "s. 26(3)(g)": "Disputes between the parties are resolved by the steps below, as quickly as possible, and provision goes on meanwhile at the cost of the party that last secured it.",
    "s. 26(4)(a)": "Assessments are secured by one panel each week. The designated clinical officer identifies who gives medical advice within three working days.",
    "s. 26(4)(b)": "Provision in plans is secured from the day the plan is final; gaps in delivery of over a quarter in a month are reported to both parties.",
    "s. 26(4)(c)": "Personal budgets are agreed by one officer of each party within 20 working days, from the price list in the annex.",
}
_DISPUTE_STEPS: Sequence[tuple[str, str, int]] = (
    ("The plan co-ordinator and the designated clinical officer meet.", "Designated clinical officer", 5),
    ("The joint commissioning manager and the children's commissioner decide.", "Joint commissioning manager", 10),
    (
        "The director of children's services and the ICB's executive lead for SEND decide.",
        "Executive lead for SEND",
        10,
    ),
)


def write(book: Book, rng: Random, bodies: Bodies, today: date) -> UUID:
    """Write both arrangements; answers the id of the one in force."""
    first, second = bodies["990"], bodies["991"]
    in_force = _arrangement(book, rng, first, MERGED_FROM, today)
    signed_at = datetime.combine(MERGED_FROM, time(9, 30), UTC)
    for body in (first, bodies.icb):
        _add(book, rng, "arrangement_party", in_force, body_id=body.id, role="PARTY", signed_at=signed_at)
    for body in (bodies.therapies, bodies.hospital):
        _add(book, rng, "arrangement_party", in_force, body_id=body.id, role="ACTING")
    for requirement, text in CLAUSES.items():
        _add(book, rng, "arrangement_clause", in_force, requirement=requirement, text=text)
    _steps(book, rng, in_force)
    for rule in _rules(bodies):
        _add(book, rng, "sharing_rule", in_force, starts_on=MERGED_FROM, **rule)
    proposed = _arrangement(book, rng, second, None, today)
    for body in (second, bodies.icb):
        _add(book, rng, "arrangement_party", proposed, body_id=body.id, role="PARTY")
    for requirement in ("s. 26(3)(a)", "s. 26(3)(b)", "s. 26(3)(c)", "s. 26(3)(d)", "s. 26(3)(e)"):
        _add(book, rng, "arrangement_clause", proposed, requirement=requirement, text=CLAUSES[requirement])
    _steps(book, rng, proposed)
    return in_force


def _arrangement(book: Book, rng: Random, authority: Body, since: date | None, today: date) -> UUID:
    arrangement_id = new_id(rng)
    book.add(
        "arrangement",
        {
            "id": arrangement_id,
            "authority_id": authority.id,
            "title": f"Joint commissioning arrangements for children with SEND: {authority.name}",
            "version": 1,
            "in_force_from": since,
            "proposed_by_id": authority.id,
            "proposed_at": datetime.combine((since or today) - timedelta(days=30), time(9), UTC),
            "starts_on": since,
            "review_on": date(today.year + (today.month >= 3), 3, 31) if since else None,
        },
    )
    return arrangement_id


def _rules(bodies: Bodies) -> Sequence[dict[str, Any]]:
    """What the arrangement opens beside the statute: to whoever delivers, to the commissioner at review, to schools."""
    who = [Part.EXISTENCE, Part.IDENTITY]
    return (
        {
            "recipient_kinds": [],
            "recipients": [bodies.therapies.id, bodies.hospital.id],
            "purposes": _words([Purpose.PROVISION_DELIVERY]),
            "parts": _words([*who, Part.SECTION_B, Part.SECTION_C, Part.SECTION_E, Part.SECTION_F, Part.SECTION_G]),
            "mode": SharingMode.CONTENT,
            "basis": Ground.INTERESTS_OF_THE_CHILD,
            "ground": "SEND Regs 2014 reg. 17(1)(a): necessary for those who deliver the provision to deliver it",
        },
        {
            "recipient_kinds": [],
            "recipients": [bodies.icb.id],
            "purposes": _words([Purpose.ANNUAL_REVIEW, Purpose.SECTION_G_AGREEMENT]),
            "parts": _words([*who, Part.SECTION_B, Part.SECTION_F, Part.REVIEW, Part.BUDGET_TOTAL]),
            "mode": SharingMode.CONTENT,
            "basis": Ground.STATUTE,
            "ground": "CFA 2014 s. 26(3)(d), (e), (4)(b): securing provision in plans together",
        },
        {
            "recipient_kinds": [OrganisationKind.SCHOOL.value, OrganisationKind.COLLEGE.value],
            "recipients": [],
            "purposes": _words([Purpose.PROVISION_DELIVERY, Purpose.ANNUAL_REVIEW]),
            "parts": _words(who),
            "mode": SharingMode.EXISTENCE,
            "basis": Ground.INTERESTS_OF_THE_CHILD,
            "ground": "SEND Regs 2014 reg. 17(1)(a): a school must know that there is a plan to deliver it",
        },
    )


def _words(terms: Sequence[Part] | Sequence[Purpose]) -> list[str]:
    return [term.value for term in terms]


def _steps(book: Book, rng: Random, arrangement_id: UUID) -> None:
    for ordinal, (description, owner, days) in enumerate(_DISPUTE_STEPS, start=1):
        _add(
            book, rng, "arrangement_dispute_step", arrangement_id,
            ordinal=ordinal, description=description, owner_role=owner, working_days=days,
        )  # fmt: skip


def _add(book: Book, rng: Random, table: str, arrangement_id: UUID, **values: Any) -> None:
    book.add(table, {"id": new_id(rng), "arrangement_id": arrangement_id, **values})
