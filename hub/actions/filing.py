"""Which record of an authority is the child's of whom another body tells, or a new one. Nothing of it is told back."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from hub.actions import identity
from hub.actions.child_sources import Teller, heard
from hub.actions.transaction import Transaction
from hub.audit import Event
from hub.db import identity as records
from hub.db import responsibilities
from hub.db.responsibilities import NewChild
from hub.law.identity import Known, Linked, who_is
from hub.law.vocabulary import NHSNumberStatus, Source


async def file_child(
    tx: Transaction, authority: UUID, child: NewChild, *, number_status: NHSNumberStatus | None, source: Source
) -> UUID:
    """The record, with what the body says of the child kept beside what others say.

    By the NHS number; else by a rule of `hub.law.identity` that links one record alone; else a new one, and a clerk is
    asked about those that are alike. A number that the authority holds for a child born on another day, or that the
    sender has traced and not found, is not taken over.
    """
    status = (number_status or NHSNumberStatus.PRESENT_NOT_TRACED) if child.nhs_number else None
    teller = Teller(source, body=tx.caller.organisation)
    holder = None
    if child.nhs_number is not None:
        number = child.nhs_number
        holder = await responsibilities.child_with_number(tx.connection, owner_id=authority, nhs_number=number)
    doubts = _doubts(child, number_status, holder)
    if holder is not None and doubts:
        child, status = replace(child, nhs_number=None), NHSNumberStatus.TO_BE_RESOLVED
    near = await records.records_near(tx.connection, authority, _known(child, status))
    found = None if holder is None or doubts else holder[0]
    if holder is None:
        found = await _linked(tx, authority, _known(child, status), near)
    if any(each.upn == child.upn and row != found for row, each in near):
        child = replace(child, upn=None)
    said = _said(child, status)
    if found is not None:
        await heard(tx, authority, found, teller, said)
        return found
    child_id = tx.new_id()
    await responsibilities.insert_child(
        tx.connection, child, owner_id=authority, child_id=child_id, number_status=status, source=source, now=tx.now
    )
    await heard(tx, authority, child_id, teller, said, new=True)
    if holder is not None:
        await responsibilities.suspect_same_child(
            tx.connection,
            owner_id=authority,
            child_id=child_id,
            other_id=holder[0],
            reasons=["NHS_NUMBER_SAME", *doubts],
            row_id=tx.new_id(),
            now=tx.now,
        )
    else:
        await identity.bring_forward(tx.connection, authority, [child_id], new_id=tx.new_id, now=tx.now, today=tx.today)
    return child_id


async def hear_again(
    tx: Transaction,
    owner_id: UUID,
    child_id: UUID,
    child: NewChild,
    *,
    number_status: NHSNumberStatus | None,
    source: Source,
) -> None:
    """A body tells who the child is of whom it was asked: kept beside what others say. A number of another is not."""
    near = await records.records_near(tx.connection, owner_id, _known(child, number_status))
    others = [each for row, each in near if row != child_id]
    if any(each.upn == child.upn for each in others):
        child = replace(child, upn=None)
    if any(each.nhs_number == child.nhs_number for each in others):
        child = replace(child, nhs_number=None)
    await heard(tx, owner_id, child_id, Teller(source, body=tx.caller.organisation), _said(child, number_status))


def _doubts(child: NewChild, status: NHSNumberStatus | None, holder: tuple[UUID, Any] | None) -> list[str]:
    """Why the record with the same NHS number may be another child's."""
    doubts: list[str] = []
    if holder is not None and holder[1] != child.date_of_birth:
        doubts.append("DATE_OF_BIRTH_DIFFERS")
    if holder is not None and status not in {None, NHSNumberStatus.VERIFIED}:
        doubts.append("NHS_NUMBER_NOT_VERIFIED")
    return doubts


async def _linked(tx: Transaction, authority: UUID, said: Known, near: list[tuple[UUID, Known]]) -> UUID | None:
    """The one record that a rule links, if one does; by which rule and on what evidence is recorded."""
    linked = who_is(said, near, on=tx.today).linked
    if linked is None:
        return None
    child_id, why = linked
    await tx.record(Event("record_linked", authority, "Child", child_id, child_id, evidence_of(why)))
    return child_id


def evidence_of(why: Linked) -> dict[str, Any]:
    """As an event has it: codes, never a value."""
    return {"rule": why.rule, "evidence": sorted(each.value for each in why.evidence)}


def _known(child: NewChild, status: NHSNumberStatus | None) -> Known:
    names, born = " ".join(child.given_names), child.date_of_birth
    return Known(child.family_name, names, born, child.postcode, child.nhs_number, status, child.upn)


def _said(child: NewChild, status: NHSNumberStatus | None) -> dict[str, Any]:
    return {
        "family_name": child.family_name,
        "given_names": list(child.given_names),
        "date_of_birth": child.date_of_birth,
        "sex": child.sex,
        "postcode": child.postcode,
        "nhs_number": child.nhs_number,
        "nhs_number_status": status if child.nhs_number else None,
        "upn": child.upn,
    }
