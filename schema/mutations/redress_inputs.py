"""What the mutations of redress take."""

from __future__ import annotations

from datetime import date

import strawberry

from hub.law.duties import DutyRule
from hub.law.reg44_orders import AppealedMatter
from hub.law.s51_terms import RedressMatter, RedressStep
from hub.law.vocabulary import DisputeKind, DisputeStatus
from schema.mutations.capacity import CapacityInput


@strawberry.input(description="Raise a dispute, or record a mediation, an appeal, a recommendation or a complaint.")
class RaiseDisputeInput:
    kind: DisputeKind = strawberry.field(description="Which kind; it decides who may raise it, and by which provision.")
    about: strawberry.ID = strawberry.field(
        description="What it is about: the global id of a plan, provision, request, assessment, review and so on."
    )
    matters: list[RedressMatter] = strawberry.field(
        description="The kinds of provision in issue. Health care: the commissioning bodies are in it (reg. 35(2))."
    )
    parties: list[strawberry.ID] = strawberry.field(
        default_factory=list,
        description="The other bodies, of a dispute between partners or a complaint (CFA 2014 s. 26(3)(f), (g)).",
    )
    description: str = strawberry.field(description="What it is about, in words.")
    on: date | None = strawberry.field(
        default=None,
        description="The day from which times are counted: when you were told that mediation is wanted (reg. 35), or "
        "the date of the recommendation (Rec Regs 2017 reg. 6(3)). Left out: today.",
    )
    capacity: CapacityInput | None = strawberry.field(
        default=None, description="Of a family's: what is known of capacity (regs 63, 64). Left out: presumed."
    )


@strawberry.input(description="Take a step in a dispute that you are in.")
class RecordDisputeStepInput:
    dispute: strawberry.ID = strawberry.field(description="The dispute.")
    step: RedressStep = strawberry.field(description="What was done, and under which regulation.")
    on: date | None = strawberry.field(
        default=None, description="The day on which it was done; times are counted from it. Left out: today."
    )
    description: str = strawberry.field(
        default="",
        description="What was done, in words. An answer to a recommendation says what will be done, and why not the "
        "rest (Rec Regs 2017 regs 6(5), 7(3)).",
    )
    held_on: date | None = strawberry.field(
        default=None, description="The day of a mediation that is arranged, five working days ahead (reg. 37(2))."
    )
    shorter_notice_agreed: bool = strawberry.field(
        default=False, description="The family agreed to shorter notice of the mediation (reg. 37(2))."
    )
    follows: bool | None = strawberry.field(
        default=None, description="Of an answer to a recommendation: whether it is followed. It does not bind."
    )
    order: AppealedMatter | None = strawberry.field(
        default=None, description="What the order is, or what the unopposed appeal is about (regs 44(2), 45)."
    )
    complied_with: DutyRule | None = strawberry.field(
        default=None, description="Which of the duties of the order was met (regs 44(2), 45)."
    )


@strawberry.input(description="End a dispute that you raised, or that is in your record.")
class ResolveDisputeInput:
    dispute: strawberry.ID = strawberry.field(description="The dispute.")
    status: DisputeStatus = strawberry.field(description="AGREED or CLOSED, as its kind allows.")
    outcome: str = strawberry.field(description="How it ended, in words.")
