"""A health body brings a child to an authority's attention (CFA 2014 ss. 23, 24(1)(b))."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from hub.actions.checks import body_in_force, checked, lawful
from hub.actions.duties import About, open_duty
from hub.actions.filing import file_child
from hub.actions.transaction import Transaction
from hub.audit import Event
from hub.db import assessments, responsibilities
from hub.db.responsibilities import NewChild
from hub.errors import invalid
from hub.law.duties import DutyRule
from hub.law.interpretation import InvalidIdentifier, check_nhs_number
from hub.law.responsibility import Responsibility, ResponsibilityGround, authority_on, refuse_to_add
from hub.law.s23_notification import Notification, check, makes_responsible
from hub.law.vocabulary import (
    Certainty,
    NHSNumberStatus,
    NotificationBasis,
    Opinion,
    OrganisationKind,
    ResponsibilityKind,
    Source,
)

CLOCKS = (DutyRule.DECIDE_WHETHER_TO_ASSESS, DutyRule.FINALISE_PLAN)
"""What becoming responsible starts (regs 5(1)(b), 13(2)): the six weeks and the twenty."""


@dataclass(frozen=True, slots=True)
class Notified:
    """What a health body says of a child, and what was done for the parent first."""

    authority_id: UUID
    child: NewChild
    basis: NotificationBasis
    opinion: Opinion
    certainty: Certainty
    parent_informed_on: date | None
    discussion_offered_on: date | None
    voluntary_organisations: Sequence[str]
    number_status: NHSNumberStatus | None = None
    """How far the sender has traced the NHS number, where it says so: then only a verified one links records."""


async def notify_suspected_need(tx: Transaction, given: Notified, *, source: Source) -> UUID:
    """The opinion comes to the authority's attention; the notification's id.

    The answer is the same whether or not the authority knew the child. With an opinion of SEN an authority that was not
    responsible becomes so, and its six and twenty weeks start (ss. 24(1)(b), 36(3)).
    """
    tx.must_have("notification.write")
    _check(given)
    notified = Notification(
        tx.caller.organisation_kind,
        given.basis,
        given.child.date_of_birth,
        given.opinion,
        given.certainty,
        given.parent_informed_on,
        given.discussion_offered_on,
        tx.today,
    )
    lawful(*check(notified))
    authority = await body_in_force(tx, given.authority_id, on=tx.today, path="authority")
    if authority.kind is not OrganisationKind.LOCAL_AUTHORITY:
        raise invalid("s. 23(3): the opinion goes to a local authority", rule="not-an-authority", path=("authority",))
    async with tx.in_records_of(authority.id):
        child_id = await file_child(tx, authority.id, given.child, number_status=given.number_status, source=source)
        notification_id = tx.new_id()
        await responsibilities.insert_notification(
            tx.connection,
            owner_id=authority.id,
            id=notification_id,
            child_id=child_id,
            notified_by_id=tx.caller.organisation,
            to_authority_id=authority.id,
            basis=given.basis,
            opinion=given.opinion,
            certainty=given.certainty,
            parent_informed_on=given.parent_informed_on,
            discussion_offered_on=given.discussion_offered_on,
            notified_at=tx.now,
            received_at=tx.now,
            voluntary_organisations=list(given.voluntary_organisations),
        )
        facts = {"basis": given.basis.value, "opinion": given.opinion.value}
        await tx.record(Event("need_notified", authority.id, "Notification", notification_id, child_id, facts))
        if makes_responsible(given.opinion):
            owed = await _become_responsible(tx, authority.id, child_id, source)
            if owed is not None:
                await tx.record(Event("became_responsible", authority.id, "Assessment", owed, child_id, {}))
    return notification_id


async def _become_responsible(tx: Transaction, authority: UUID, child_id: UUID, source: Source) -> UUID | None:
    """The assessment that is now to be determined (s. 36(3)), with its clocks; None where nothing starts."""
    await responsibilities.lock_child(tx.connection, authority, child_id)
    held = await responsibilities.responsibilities_in_record(tx.connection, owner_id=authority, child_id=child_id)
    new = Responsibility(
        authority,
        ResponsibilityKind.AUTHORITY,
        None,
        ResponsibilityGround.BROUGHT_TO_ATTENTION.meaning,
        tx.today,
    )
    if authority_on(held, tx.today) is not None or refuse_to_add(new, held) is not None:
        return None
    await responsibilities.insert_responsibility(
        tx.connection, new, owner_id=authority, child_id=child_id, row_id=tx.new_id()
    )
    if await assessments.in_progress(tx.connection, authority, child_id):
        return None
    about = About("Assessment", tx.new_id(), authority, child_id)
    await assessments.insert_assessment(tx.connection, about, responsible_from=tx.today, source=source)
    for rule in CLOCKS:
        await open_duty(tx, rule, about, holder=authority, started_on=tx.today)
    return about.id


def _check(given: Notified) -> None:
    """What a record can hold; the law's own questions are asked of the law."""
    child = given.child
    if child.nhs_number is not None:
        try:
            check_nhs_number(child.nhs_number)
        except InvalidIdentifier as error:
            raise invalid(error.message, rule=error.rule, path=("nhsNumber",)) from error
    if not checked(child.family_name, "familyName").strip() or not child.given_names:
        raise invalid("give the family name and a given name", rule="name-required", path=("familyName",))
    for place, name in enumerate(child.given_names):
        checked(name, "givenNames", str(place))
    checked(child.postcode or "", "postcode")
    for place, name in enumerate(given.voluntary_organisations):
        checked(name, "voluntaryOrganisations", str(place))
    if child.date_of_birth.year < EARLIEST_YEAR:
        raise invalid("born before 1900", rule="date-of-birth", path=("dateOfBirth",))


EARLIEST_YEAR = 1900
