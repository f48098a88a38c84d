"""Asking partners and schools for help (CFA 2014 ss. 28, 29): an authority asks, and who is asked answers in words."""

from dataclasses import replace
from uuid import UUID

from hub.actions.checks import asking, body_in_force, checked, decided, lawful, must_exist, own_child
from hub.actions.transaction import Transaction
from hub.audit import Event
from hub.db import enquiries
from hub.errors import forbidden, invalid
from hub.law.s28_cooperation import Enquiry, may_ask_for_help, refuse_answer


async def ask_for_help(tx: Transaction, *, addressed_to: UUID, asked: str, child_id: UUID | None) -> UUID:
    """An authority asks a partner or a school for help, about one of its children or in general; the enquiry's id.

    No clock starts, and nothing of a record is opened: the body has the words, and not even which child it is.
    """
    tx.must_have("cooperation.request")
    body = await body_in_force(tx, addressed_to, on=tx.today, path="addressedTo")
    decision = may_ask_for_help(tx.caller.organisation_kind, body.kind)
    decided(decision, "CFA 2014 ss. 28, 29", path="addressedTo")
    if child_id is not None:
        await own_child(tx, child_id)
    enquiry = Enquiry(
        id=tx.new_id(),
        asked_by=tx.caller.organisation,
        addressed_to=body.id,
        child_id=child_id,
        provision=decision.rule,
        asked=_words(asked, "asked"),
        asked_at=tx.now,
    )
    await enquiries.insert_enquiry(tx.connection, enquiry)
    await tx.record(_event("help_asked_for", enquiry))
    return enquiry.id


async def answer_enquiry(tx: Transaction, *, enquiry_id: UUID, answer: str) -> None:
    """The body that was asked answers, in words."""
    tx.must_have("cooperation.respond")
    enquiry = must_exist(await enquiries.enquiry_by_id(tx.connection, enquiry_id, asking(tx)), "enquiry")
    if enquiry.addressed_to != tx.caller.organisation:
        raise forbidden("only the body that was asked may answer", rule="not-addressed-to-you")
    words = _words(answer, "answer")
    kept = await enquiries.answer_enquiry(tx.connection, enquiry, answer=words, at=tx.now)
    lawful(None if kept else refuse_answer(replace(enquiry, answered_at=tx.now)))
    await tx.record(_event("help_answered", enquiry))


def _words(text: str, path: str) -> str:
    if not checked(text, path).strip():
        raise invalid("say it in words", rule=f"{path}-required", path=(path,))
    return text


def _event(kind: str, enquiry: Enquiry) -> Event:
    return Event(kind, enquiry.asked_by, "Enquiry", enquiry.id, enquiry.child_id)
