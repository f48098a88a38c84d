"""Advice: Composition, DocumentReference and Binary."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from adapters.nhs_fhir.reads.plan_document import plan_compositions
from adapters.nhs_fhir.reads.rows import known, rows_of, to_child
from adapters.nhs_fhir.record import asking
from adapters.nhs_fhir.showing import Kind, Page, Parameter, Readable, Shown, Wanted, hub_id
from adapters.nhs_fhir.showing import child_parameters as child
from fhir_mappings.advice import to_composition, to_document_references
from fhir_mappings.document import document_id, to_binary
from fhir_mappings.elements import organisation_reference, subject_reference
from fhir_mappings.practitioner import to_practitioner, to_practitioner_role
from fhir_mappings.values import Json
from hub.actions.transaction import Transaction
from hub.db import queries, tables
from hub.db.advice import RecordedAdvice, several_advice
from hub.db.queries import ChildIdentity, Organisation
from hub.law.reg17_disclosure import Part

_PARTS = frozenset({Part.ADVICE, Part.IDENTITY})


@dataclass(frozen=True, slots=True)
class Given:
    """Advice with whom it is about and which body gave it."""

    recorded: RecordedAdvice
    child: ChildIdentity
    given_by: Organisation | None

    @property
    def subject(self) -> Json:
        return subject_reference(known(self.child))

    def composition(self) -> Json:
        return to_composition(
            self.recorded.advice,
            id=self.recorded.id,
            subject=self.subject,
            given_by=self.given_by,
            received_at=self.recorded.received_at,
        )

    def document_references(self) -> list[Json]:
        return to_document_references(
            self.recorded.advice,
            id=self.recorded.id,
            subject=self.subject,
            given_by=self.given_by,
            received_at=self.recorded.received_at,
        )

    @property
    def named(self) -> bool:
        return bool(self.recorded.advice.author or self.recorded.advice.registration)

    def practitioner(self) -> Json:
        advice = self.recorded.advice
        return to_practitioner(advice.author, advice.registration, id=str(self.recorded.id))

    def practitioner_role(self) -> Json:
        body = organisation_reference(self.given_by) if self.given_by else None
        return to_practitioner_role(id=str(self.recorded.id), practitioner=str(self.recorded.id), body=body)

    def binaries(self) -> list[Json]:
        advice = self.recorded.advice
        return [to_binary(each, id=document_id(self.recorded.id, each)) for each in advice.documents]

    def shown(self, resource: Json) -> Shown:
        return Shown(resource, self.child, _PARTS, links=to_child(self.child))


@dataclass(frozen=True, slots=True)
class GivenPage:
    """A page of advice, and the place of the last where there is more."""

    given: Sequence[Given]
    last: tuple[UUID, UUID] | None


async def given_advice(tx: Transaction, wanted: Wanted) -> GivenPage:
    """The advice that a search wants, in the order of its ids."""
    having = {"given_by_id": wanted.asked["author"]} if "author" in wanted.asked else {}
    rows = await rows_of(tx, tables.advice, wanted, having=having, changed="received_at")
    recorded = await several_advice(tx.connection, asking(tx), [row["id"] for row in rows.rows])
    bodies = await queries.organisations_by_id(
        tx.connection, {each.given_by_id for each in recorded if each.given_by_id}
    )
    given = [
        Given(each, rows.children[each.owner_id, each.child_id], each.given_by_id and bodies.get(each.given_by_id))
        for each in recorded
    ]
    return GivenPage(given, rows.last)


async def load_compositions(tx: Transaction, wanted: Wanted) -> Page:
    """Advice; and plans, where they are asked for by their ids."""
    page = await given_advice(tx, wanted)
    shown = [each.shown(each.composition()) for each in page.given]
    if wanted.ids is not None and len(shown) < len(wanted.ids) and page.last is None and not wanted.asked:
        shown += await plan_compositions(tx, wanted)
    return Page(shown, page.last)


async def load_document_references(tx: Transaction, wanted: Wanted) -> Page:
    page = await given_advice(tx, _of_advice(wanted))
    shown = [each.shown(one) for each in page.given for one in each.document_references()]
    return Page(_named(shown, wanted), page.last)


async def load_binaries(tx: Transaction, wanted: Wanted) -> Page:
    """The bytes of documents, under the scope and the sharing rules of their DocumentReferences."""
    page = await given_advice(tx, _of_advice(wanted))
    return Page(_named([each.shown(one) for each in page.given for one in each.binaries()], wanted), page.last)


def _of_advice(wanted: Wanted) -> Wanted:
    """The same of the advice that documents came with: their ids begin with its id."""
    if wanted.ids is None:
        return wanted
    return replace(wanted, ids=tuple(str(hub_id(each.rpartition("-")[0])) for each in wanted.ids))


def _named(shown: list[Shown], wanted: Wanted) -> list[Shown]:
    return [each for each in shown if wanted.ids is None or each.resource["id"] in wanted.ids]


async def load_practitioners(tx: Transaction, wanted: Wanted) -> Page:
    """Who gave advice, by the id of the advice: a person is shown with it, and not kept as one."""
    page = await given_advice(tx, wanted)
    return Page([each.shown(each.practitioner()) for each in page.given if each.named], page.last)


async def load_practitioner_roles(tx: Transaction, wanted: Wanted) -> Page:
    page = await given_advice(tx, wanted)
    return Page([each.shown(each.practitioner_role()) for each in page.given if each.named], page.last)


_MOST_WITH_DOCUMENTS = 20  # a page of advice is loaded with the bytes of its documents

_AUTHOR = Parameter(Kind.BODY, "Which body gave it; author:identifier takes system|code", ("Organization",))
_SEARCH = {"author": _AUTHOR, **child()}
_NARROW = frozenset({"patient"})
READS = (
    Readable(
        "Composition",
        "Advice, with what it refers to contained in it; or a plan with its sections, by the id of its CarePlan",
        load_compositions,
        _SEARCH,
        {"patient": "Patient"},
        narrow=_NARROW,
        dated=True,
        most=_MOST_WITH_DOCUMENTS,
    ),
    Readable(
        "DocumentReference",
        "A document that came with advice; a page of a search has the documents of so many pieces of advice",
        load_document_references,
        _SEARCH,
        {"patient": "Patient"},
        narrow=_NARROW,
        dated=True,
        most=_MOST_WITH_DOCUMENTS,
    ),
    Readable(
        "Practitioner",
        "Who gave advice, with the registration; has the id of the advice",
        load_practitioners,
        searchable=False,
    ),
    Readable(
        "PractitionerRole",
        "For which body the author of advice gave it; has the id of the advice",
        load_practitioner_roles,
        searchable=False,
    ),
    Readable(
        "Binary",
        "The bytes of a document, in JSON; needs the scope of DocumentReference",
        load_binaries,
        scope_of="DocumentReference",
        searchable=False,
    ),
)
