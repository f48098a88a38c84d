"""The child and the people around it: Patient, RelatedPerson, Consent, and Flag for a restricted record."""

from collections.abc import Iterable
from datetime import date

from adapters.nhs_fhir.reads.rows import known, rows_below, rows_of, to_child
from adapters.nhs_fhir.showing import Kind, Page, Parameter, Readable, Shown, Wanted, child_parameters
from fhir_mappings.elements import organisation_reference
from fhir_mappings.patient import to_patient
from fhir_mappings.people import Contact, Given, to_consent, to_flag, to_related_person
from fhir_mappings.told import ToldOtherwise
from hub.actions.transaction import Transaction
from hub.db import queries, tables
from hub.db.queries import ChildIdentity
from hub.db.sharing_parts import FIELD_PARTS
from hub.db.shown import Record
from hub.law.purposes import Purpose
from hub.law.reg17_disclosure import Part, Relationship
from hub.law.vocabulary import Source


async def load_patients(tx: Transaction, wanted: Wanted) -> Page:
    """Who children are: those alone whose identity is open to the caller."""
    found = await rows_of(tx, tables.child, wanted)
    differing = await rows_below(tx, tables.disagreement, "child_id", found.rows)
    return found.page(
        _patient(tx, child, differing[child.owner_id, child.id])
        for child in map(found.child, found.rows)
        if known(child)
    )


def _patient(tx: Transaction, child: ChildIdentity, differing: Iterable[Record]) -> Shown:
    """The child, and beside each field what others say of it."""
    own = Relationship.RESPONSIBLE_AUTHORITY in child.standing.held
    otherwise, parts = list[ToldOtherwise](), {Part.IDENTITY}
    for row in (each for each in differing if each["settled_on"] is None):
        parts.add(FIELD_PARTS[row["field"]])
        for word in (each for each in row["told"] if not each["stands"]):
            named = own or word["body"] == str(tx.caller.organisation)
            by = word["system"] or (word["code"] if named else None)
            since = date.fromisoformat(word["on"])
            told = ToldOtherwise(row["field"], word["value"], Source(word["source"]), by, since, row["rule"])
            otherwise.append(told)
    return Shown(to_patient(child, otherwise=otherwise), child, frozenset(parts))


async def load_related_persons(tx: Transaction, wanted: Wanted) -> Page:
    """The contacts; an address that is withheld is for the authority alone whose record it is."""
    found = await rows_of(tx, tables.contact, wanted)
    shown: list[Shown] = []
    for row in found.rows:
        child = found.child(row)
        own = Relationship.RESPONSIBLE_AUTHORITY in child.standing.held
        contact = Contact(
            row["id"],
            row["name"],
            row["relationship"],
            row["parental_responsibility"],
            row["telephone"],
            row["email"],
            row["address"] if own or not row["address_withheld"] else None,
            row["address_withheld"],
        )
        related = to_related_person(contact, child=found.known(row))
        shown.append(Shown(related, child, frozenset({Part.CONTACTS, Part.IDENTITY}), links=to_child(child)))
    return found.page(shown)


async def load_consents(tx: Transaction, wanted: Wanted) -> Page:
    """Consents, which exist for the authority whose record it is."""
    found = await rows_of(tx, tables.consent, wanted)
    named = {each for row in found.rows for each in row["recipients"]} | {row["owner_id"] for row in found.rows}
    bodies = await queries.organisations_by_id(tx.connection, named)
    shown: list[Shown] = []
    for row in found.rows:
        given = Given(
            row["id"],
            row["given_by"],
            row["capacity"],
            row["capacity_basis"],
            tuple(Part(each) for each in row["parts"]),
            tuple(Purpose(each) for each in row["purposes"]),
            tuple(organisation_reference(bodies[each]) for each in row["recipients"]),
            row["given_on"],
            row["while_providing"],
            row["ends_on"],
            row["withdrawn_on"],
        )
        authority, child = organisation_reference(bodies[row["owner_id"]]), found.child(row)
        consent = to_consent(given, child=found.known(row), authority=authority, on=tx.today)
        shown.append(Shown(consent, child, frozenset({Part.IDENTITY}), links=to_child(child)))
    return found.page(shown)


async def load_flags(tx: Transaction, wanted: Wanted) -> Page:
    """That a record is restricted, for who may see whom to reach."""
    found = await rows_of(tx, tables.child, wanted, having={"restricted": [True]})
    return found.page(
        Shown(
            to_flag(child.id, child=known(child)),
            child,
            frozenset({Part.CONTACTS, Part.IDENTITY}),
            links=to_child(child),
        )
        for child in map(found.child, found.rows)
        if Part.CONTACTS in child.parts
    )


_OF_CHILD = child_parameters()
_NARROW = frozenset({"patient"})
READS = (
    Readable(
        "RelatedPerson",
        "A parent, carer or other contact; an address that is withheld is not in it",
        load_related_persons,
        _OF_CHILD,
        {"patient": "Patient"},
        narrow=_NARROW,
    ),
    Readable(
        "Consent",
        "Consent to disclosure (SEND Regs 2014 reg. 17(1) to (3)), for the authority whose record it is",
        load_consents,
        _OF_CHILD,
        {"patient": "Patient"},
        narrow=_NARROW,
    ),
    Readable(
        "Flag",
        "That where the child lives and whom to reach is kept from every other body",
        load_flags,
        _OF_CHILD,
        {"patient": "Patient"},
        narrow=_NARROW,
    ),
    Readable(
        "Patient",
        "Who the child is, as far as the caller may know",
        load_patients,
        {"identifier": Parameter(Kind.CHILD_IDENTIFIER, "An NHS number, or a unique pupil number with its system")},
        narrow=frozenset({"identifier"}),
    ),
)
