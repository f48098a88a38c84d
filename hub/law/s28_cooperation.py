"""Asking partners and schools for help (CFA 2014 ss. 28, 29): a general duty to co-operate.

An authority and its local partners co-operate with each other in their functions under Part 3 (s. 28(1)), and those who
run a school or post-16 institution with the authority responsible for its pupils (s. 29). No period is prescribed and
no ground of refusal listed: an enquiry has no clock, and is answered or not. It opens nothing of a child's record:
reg. 17(1) still stands, and who is asked has what the authority wrote to it. What s. 31 asks has grounds and clocks.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hub.law.decisions import Decision, Permit, Refusal, Refuse
from hub.law.vocabulary import OrganisationKind

SCHOOLS = frozenset({OrganisationKind.SCHOOL, OrganisationKind.COLLEGE})  # s. 29(1)


@dataclass(frozen=True, slots=True)
class Enquiry:
    """A request for help as it stands. `child_id` is for the authority alone, which may ask about no child."""

    id: UUID
    asked_by: UUID
    addressed_to: UUID
    child_id: UUID | None
    provision: str
    asked: str
    asked_at: datetime
    answered_at: datetime | None = None


def may_ask_for_help(by: OrganisationKind, of: OrganisationKind) -> Decision:
    """Whether a body of one kind may ask one of another for help; a permit names the provision."""
    if by is not OrganisationKind.LOCAL_AUTHORITY:
        return Refuse("only-an-authority-asks", "The authority asks its partners and its schools for help.")
    if of is OrganisationKind.LOCAL_AUTHORITY:
        return Refuse("not-a-partner", "Another authority is asked to co-operate under CFA 2014 s. 31(1)(a).")
    return Permit("CFA 2014 s. 29" if of in SCHOOLS else "CFA 2014 s. 28")


def refuse_answer(enquiry: Enquiry) -> Refusal | None:
    """Why an enquiry may not be answered, or None where it may: it is answered once."""
    if enquiry.answered_at is None:
        return None
    return Refusal(enquiry.provision, "already-answered", "This has been answered.", ("answer",))
