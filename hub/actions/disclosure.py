"""What opens a record beside the statute (SEND Regs 2014 reg. 17(1)): consents, decisions to disclose, broken glass."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from hub.actions.checks import asking, checked, lawful, must_exist, own_child
from hub.actions.transaction import Transaction
from hub.audit import Event
from hub.db import arrangements, openings, queries
from hub.db.openings import Kept
from hub.errors import forbidden, invalid, not_found
from hub.law.decisions import Refusal
from hub.law.reg17_consent import Consent, last_day, refuse_consent, refuse_withdrawal
from hub.law.reg17_grounds import DisclosureDecision, refuse_to_decide
from hub.law.safeguarding import Alerted, BrokenGlass, refuse_acknowledgement, refuse_to_break
from hub.law.vocabulary import OrganisationKind

_SCOPE = "arrangement.write"


async def record_consent(tx: Transaction, *, child_id: UUID, given_by: str, consent: Consent) -> UUID:
    """The authority records a consent to disclose parts of a child's record (reg. 17(1) to (3)); the consent's id.

    What a child or a parent consents to ends when the child becomes a young person.
    """
    tx.must_have(_SCOPE)
    child = await own_child(tx, child_id)
    if not checked(given_by, "givenBy").strip():
        raise invalid("say who consents", rule="given-by-required", path=("givenBy",))
    await _kinds(tx, consent.recipients)
    lawful(*refuse_consent(consent, born_on=child.date_of_birth, today=tx.today))
    ends_on = last_day(consent.giver, child.date_of_birth, consent.ends_on)
    kept = Kept(child.owner_id, tx.new_id(), child.id)
    await openings.insert_consent(tx.connection, kept, replace(consent, ends_on=ends_on), given_by=given_by)
    await tx.record(_event("consent_recorded", "Consent", kept, giver=consent.giver.value))
    return kept.id


async def withdraw_consent(tx: Transaction, *, consent_id: UUID, on: date | None) -> None:
    """A consent is withdrawn: from that day, today at last, it opens nothing."""
    tx.must_have(_SCOPE)
    found = await openings.consent_for_update(tx.connection, asking(tx), consent_id)
    kept, consent = must_exist(found, "consent")
    day = on or tx.today
    lawful(refuse_withdrawal(consent, on=day, today=tx.today))
    await openings.withdraw_consent(tx.connection, kept, on=day)
    await tx.record(_event("consent_withdrawn", "Consent", kept))


async def decide_disclosure(tx: Transaction, *, child_id: UUID, decision: DisclosureDecision) -> UUID:
    """The authority decides to disclose parts of one child's record (reg. 17(1)(a) to (k)); the decision's id."""
    tx.must_have(_SCOPE)
    child = await own_child(tx, child_id)
    checked(decision.officer, "officer")
    checked(decision.reasons, "reasons")
    kinds = await _kinds(tx, decision.recipients)
    if decision.arrangement is not None:
        where = (tx.connection, asking(tx), decision.arrangement, child.owner_id)
        if not await arrangements.is_of_authority(*where):
            raise not_found("arrangement")
    lawful(*refuse_to_decide(decision, kinds))
    kept = Kept(child.owner_id, tx.new_id(), child.id)
    await openings.insert_decision(tx.connection, kept, decision, at=tx.now)
    await tx.record(_event("disclosure_decided", "DisclosureDecision", kept, ground=decision.ground.value))
    return kept.id


async def revoke_disclosure(tx: Transaction, *, decision_id: UUID) -> None:
    """The authority revokes a decision: from now on it opens nothing."""
    tx.must_have(_SCOPE)
    found = await openings.decision_for_update(tx.connection, asking(tx), decision_id)
    kept, revoked = must_exist(found, "decision")
    if revoked:
        message = "This decision was revoked before."
        lawful(Refusal("SEND Regs 2014 reg. 17(1)", "already-revoked", message, ("disclosure_decision",)))
    await openings.revoke_decision(tx.connection, kept, at=tx.now)
    await tx.record(_event("disclosure_revoked", "DisclosureDecision", kept))


@dataclass(frozen=True, slots=True)
class Sought:
    """The child over whose record the glass is broken: by id, or by the NHS number."""

    child_id: UUID | None
    nhs_number: str | None


async def break_glass(tx: Transaction, *, sought: Sought, reason: str) -> list[UUID]:
    """A body breaks the glass for safeguarding, in words; each record of the child is open to it for an hour.

    The owning body's privacy officer is told, or the body where it named none: the event is addressed to that body, and
    stays an open alert until it is acknowledged. Answers the ids of what is kept.
    """
    tx.must_have("child.read")
    if (sought.child_id is None) == (sought.nhs_number is None):
        raise invalid("give exactly one of child and nhsNumber", rule="exactly-one-of")
    refusal = refuse_to_break(tx.caller.organisation_kind, tx.caller.purpose, checked(reason, "reason"))
    if refusal is not None:
        raise forbidden(refusal.message, rule=refusal.rule)
    records = await openings.behind_glass(tx.connection, child_id=sought.child_id, nhs_number=sought.nhs_number)
    if not records:
        raise not_found("child")
    broken: list[UUID] = []
    glass = BrokenGlass(tx.caller.organisation, tx.now)
    for owner_id, child_id in records:
        kept = Kept(owner_id, tx.new_id(), child_id)
        alerted = await openings.insert_broken_glass(tx.connection, kept, glass, caller=tx.caller, reason=reason)
        until, told = glass.ends_at.isoformat(), Alerted.of(alerted).value.lower()
        await tx.record(_event("glass_broken", "BrokenGlass", kept, until=until, alerts=told))
        broken.append(kept.id)
    return broken


async def acknowledge_glass(tx: Transaction, *, glass_id: UUID, finding: str) -> None:
    """The body whose record it is acknowledges the alert that the glass was broken, with what its review found.

    It takes the scope of who looks after the record of access: a privacy officer decides nothing else.
    """
    tx.must_have("audit.read")
    kept = must_exist(await openings.glass_broken(tx.connection, asking(tx), glass_id), "broken glass")
    if kept.owner_id != tx.caller.organisation:
        raise forbidden("only the authority whose record it is may do this", rule="not-the-responsible-authority")
    lawful(refuse_acknowledgement(checked(finding, "finding"), acknowledged=False))
    kept_now = await openings.acknowledge_glass(
        tx.connection, kept, row_id=tx.new_id(), caller=tx.caller, finding=finding, at=tx.now
    )
    if not kept_now:
        lawful(refuse_acknowledgement(finding, acknowledged=True))
    await tx.record(_event("glass_acknowledged", "BrokenGlass", kept))


async def restrict(tx: Transaction, *, child_id: UUID, restricted: bool) -> None:
    """The authority keeps, or no longer keeps, where a child lives and whom to reach from every other body."""
    tx.must_have(_SCOPE)
    child = await own_child(tx, child_id)
    await openings.set_restricted(tx.connection, child.owner_id, child.id, restricted=restricted)
    kind = "child_restricted" if restricted else "child_no_longer_restricted"
    await tx.record(Event(kind, child.owner_id, "Child", child.id, child.id))


async def name_privacy_officer(tx: Transaction, *, name: str, contact: str) -> None:
    """A body names who is told when the glass over one of its records is broken."""
    tx.must_have(_SCOPE)
    if not checked(name, "name").strip() or not checked(contact, "contact").strip():
        raise invalid("say who it is, and how to reach them", rule="officer-required", path=("name",))
    body = tx.caller.organisation
    await openings.name_privacy_officer(tx.connection, body, name=name, contact=contact, at=tx.now)
    await tx.record(Event("privacy_officer_named", body, "Organisation", body))


async def _kinds(tx: Transaction, recipients: Collection[UUID]) -> list[OrganisationKind]:
    found = await queries.organisations_by_id(tx.connection, recipients)
    if len(found) != len(recipients):
        raise not_found("organisation")
    return [each.kind for each in found.values()]


def _event(kind: str, about: str, kept: Kept, **facts: str) -> Event:
    return Event(kind, kept.owner_id, about, kept.id, kept.child_id, facts)
