"""A health body's Communication, read and done: it brings a child to an authority's attention (CFA 2014 ss. 23, 24).

Who the child is stands in a Patient that comes with it. The answer is the same whether or not the authority knew the
child, and names nothing but the notification.
"""

from dataclasses import dataclass
from uuid import UUID

from adapters.nhs_fhir.resolution import Resolver
from adapters.nhs_fhir.structure import Walk
from fhir_mappings import identifiers
from fhir_mappings.communication import Opined, read_communication, recipient_of
from fhir_mappings.elements import token
from fhir_mappings.outcome import BadInput, Faults, Issue
from fhir_mappings.patient import read_patient
from fhir_mappings.values import GivenChild, Located
from hub.actions.notifications import Notified, notify_suspected_need
from hub.actions.transaction import Payload, Transaction
from hub.db import queries
from hub.db.queries import Organisation
from hub.db.responsibilities import NewChild
from hub.errors import forbidden
from hub.law.interpretation import InvalidIdentifier, check_upn
from hub.law.vocabulary import Source

_WOULD_BE_LOST = frozenset({"Condition", "CarePlan", "Goal", "Observation", "Composition", "DocumentReference"})


@dataclass(frozen=True, slots=True)
class Notice:
    """A notification as it came: what is said of whom, to whom, and in whose name."""

    at: str
    opined: Opined
    child: GivenChild
    recipient: tuple[str, str]
    sender: tuple[str, str] | None
    own_references: tuple[tuple[str, str], ...]
    with_text: bool
    """Whether it has a payload, which is kept as it came and shown nowhere."""


def notice_of(communication: Located, walk: Walk, resolver: Resolver) -> Notice:
    """The notification that a Communication is. Raises `BadInput` with everything that is wrong."""
    faults = walk.faults
    own = resolver.check(walk.references, faults)
    said = Faults()
    opined = read_communication(communication, said)
    recipient = recipient_of(communication, said)
    patient = resolver.find(communication.resource.get("subject", {}), communication)
    child = None
    if patient is None or patient.type != "Patient":
        message = "the subject is a Patient that comes with it, contained or in the same Bundle"
        said.add("communication-subject", message, f"{communication.at}.subject", code="required")
    else:
        child = read_patient(patient, said)
    for located in [*walk.resources, *walk.contained]:
        if located.type in _WOULD_BE_LOST:
            message = "a notification holds an opinion and who the child is: this would be lost"
            said.add("resource-not-used", message, located.at, code="business-rule")
    faults.issues += [issue for issue in said.issues if issue.at is None or not faults.under(issue.at)]
    faults.check()
    if opined is None or child is None or recipient is None:
        raise BadInput(Issue("notification-incomplete", "this is no notification", communication.at, "required"))
    resource = communication.resource
    sender = token(resource.get("sender", {}).get("identifier"))
    return Notice(communication.at, opined, child, recipient, sender, tuple(own), bool(resource.get("payload")))


async def notify(tx: Transaction, notice: Notice, payload: Payload) -> UUID:
    """The notification's id. Raises `Problem`, `BadInput`, or `RefusedByLaw` from the action."""
    for at, _ in notice.own_references:
        raise BadInput(Issue("reference-not-found", "there is no such resource", at, "not-found"))
    authority = await _authority(tx, notice)
    await check_sender(tx, notice.sender)
    child, opined = notice.child, notice.opined
    await tx.keep(payload)
    return await notify_suspected_need(
        tx,
        Notified(
            authority.id,
            new_child(child),
            opined.basis,
            opined.opinion,
            opined.certainty,
            opined.parent_informed_on,
            opined.discussion_offered_on,
            opined.voluntary_organisations,
            number_status=child.nhs_number_status,
        ),
        source=Source.FHIR,
    )


def new_child(child: GivenChild) -> NewChild:
    """As the hub files it; a pupil number that fails its check is not taken."""
    return NewChild(
        child.family_name,
        child.given_names,
        child.date_of_birth,
        child.sex,
        child.nhs_number,
        child.postcode,
        _sound(child.upn),
    )


def _sound(upn: str | None) -> str | None:
    try:
        return None if upn is None else check_upn(upn)
    except InvalidIdentifier:
        return None


async def check_sender(tx: Transaction, said: tuple[str, str] | None) -> None:
    """Nobody speaks in another body's name: a sender that is named is the body of the token."""
    if said is not None:
        body = await _named(tx, said)
        if body is None or body.id != tx.caller.organisation:
            message = "the sender is not the body that the access token is for"
            raise forbidden(message, rule="sender-mismatch")


async def _authority(tx: Transaction, notice: Notice) -> Organisation:
    found = await _named(tx, notice.recipient)
    if found is None:
        message = "no body has this code: an authority has a three-digit code or an ODS code"
        raise BadInput(Issue("recipient-unknown", message, f"{notice.at}.recipient", "not-found"))
    return found


async def _named(tx: Transaction, said: tuple[str, str]) -> Organisation | None:
    match said:
        case (identifiers.ODS_CODE, code):
            return await queries.organisation_by_code(tx.connection, ods_code=code)
        case (identifiers.LA_CODE, code):
            return await queries.organisation_by_code(tx.connection, la_code=code)
        case _:
            return None
