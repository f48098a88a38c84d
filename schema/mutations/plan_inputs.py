"""What the mutations of plans take."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import strawberry

from hub.law.s37_plan import CeaseReason
from hub.law.vocabulary import SectionCode
from schema.mutations.capacity import CapacityInput, of_notice
from schema.scalars import Money

_PLAN = "The version, which is yours to make."
_KEY = "What the rest of this request calls it, such as n1; needed where something refers to it."


@strawberry.input(description="A need or provision in advice, by its place (SEND Regs 2014 reg. 7(b)).")
class FromAdviceInput:
    advice: strawberry.ID = strawberry.field(description="The advice.")
    place: int = strawberry.field(
        description="Its place among the needs, or the provision, of the advice: 1 is the first."
    )


@strawberry.input(description="A section of a plan, separately identified (SEND Regs 2014 reg. 12(1)).")
class SectionInput:
    code: SectionCode = strawberry.field(description="Which section; a draft has no section I (CFA 2014 s. 38(5)).")
    text: str = strawberry.field(description="What it says; where there is nothing, that there is nothing.")


@strawberry.input(description="A need (CFA 2014 s. 37(2)(a)): in section B, C or D.")
class NeedInput:
    id: strawberry.ID | None = strawberry.field(
        default=None, description="The need that is to read so; left out: a new one."
    )
    key: str = strawberry.field(default="", description=_KEY)
    section: SectionCode = strawberry.field(description="B, C or D (SEND Regs 2014 reg. 12(1)(b) to (d)).")
    description: str = strawberry.field(description="The need, in words.")
    area: str | None = strawberry.field(
        default=None, description="The broad area of need of the SEND Code of Practice."
    )
    sen_type: str | None = strawberry.field(
        default=None, description="The type of need by its SEN2 code, such as SLCN."
    )
    rank: int | None = strawberry.field(default=None, description="1 for the primary need, 2 for the secondary.")
    from_advice: list[FromAdviceInput] = strawberry.field(
        default_factory=list[FromAdviceInput], description="The needs in advice that it was made from."
    )


@strawberry.input(description="An outcome sought (CFA 2014 s. 37(2)(b)): section E.")
class OutcomeInput:
    id: strawberry.ID | None = strawberry.field(
        default=None, description="The outcome that is to read so; left out: a new one."
    )
    key: str = strawberry.field(default="", description=_KEY)
    description: str = strawberry.field(description="The outcome, in words.")
    by_when: date | None = strawberry.field(default=None, description="By when it is sought.")


@strawberry.input(description="Provision (CFA 2014 s. 37(2)(c) to (f)), specified and quantified.")
class ProvisionInput:
    id: strawberry.ID | None = strawberry.field(
        default=None, description="The provision that is to read so; left out: new provision."
    )
    section: SectionCode = strawberry.field(description="F, G, H1 or H2 (SEND Regs 2014 reg. 12(1)(f) to (h)).")
    description: str = strawberry.field(description="What is provided.")
    need: str | None = strawberry.field(
        default=None, description="The need that it meets: its id, or its key in this request."
    )
    outcomes: list[str] = strawberry.field(
        default_factory=list[str], description="The outcomes that it serves: their ids, or their keys in this request."
    )
    frequency: str | None = strawberry.field(default=None, description="How often, and for how long.")
    minutes_per_week: int | None = strawberry.field(default=None, description="Minutes in a week, on average.")
    delivered_by: str | None = strawberry.field(default=None, description="The role of who delivers it.")
    qualification: str | None = strawberry.field(default=None, description="The qualification that this takes.")
    setting: str | None = strawberry.field(default=None, description="Where it is delivered.")
    starts_on: date | None = strawberry.field(default=None, description="The first day.")
    ends_on: date | None = strawberry.field(default=None, description="The last day, itself counted.")
    commissioner: strawberry.ID | None = strawberry.field(
        default=None,
        description="In section G, the responsible commissioning body that must agree to it (reg. 12(2)) "
        "and arrange it (CFA 2014 s. 42(3)). Elsewhere left out: you.",
    )
    provider: strawberry.ID | None = strawberry.field(default=None, description="The body whose staff provide it.")
    annual_cost: Money | None = strawberry.field(default=None, description="What it costs, in pounds a year.")
    for_adulthood: bool = strawberry.field(
        default=False,
        description="Whether it prepares for adulthood and independent living (SEND Regs 2014 reg. 12(3)).",
    )
    from_advice: list[FromAdviceInput] = strawberry.field(
        default_factory=list[FromAdviceInput], description="The provision in advice that it was made from."
    )

    def cost(self) -> Decimal | None:
        return Decimal(str(self.annual_cost)) if self.annual_cost is not None else None


@strawberry.input(description="What is to be in a draft (SEND Regs 2014 reg. 12).")
class PlanContentsInput:
    sections: list[SectionInput] = strawberry.field(
        default_factory=list[SectionInput], description="Sections as they are to read; others stay as they are."
    )
    needs: list[NeedInput] = strawberry.field(
        default_factory=list[NeedInput], description="Needs, new or changed; others stay."
    )
    outcomes: list[OutcomeInput] = strawberry.field(
        default_factory=list[OutcomeInput], description="Outcomes, new or changed; others stay."
    )
    provisions: list[ProvisionInput] = strawberry.field(
        default_factory=list[ProvisionInput],
        description="Provision, new or changed; other stays. A commissioning body is asked anew about what is changed.",
    )
    taken_out: list[strawberry.ID] = strawberry.field(
        default_factory=list[strawberry.ID], description="Needs, outcomes and provisions that are to go."
    )
    agreement_by: date | None = strawberry.field(
        default=None,
        description="By when the commissioning bodies are asked to answer about section G. No statute sets a day.",
    )


@strawberry.input(description="Prepare a draft plan (CFA 2014 ss. 37(1), 38(1)).")
class DraftPlanInput:
    assessment: strawberry.ID = strawberry.field(
        description="The assessment that the plan follows (CFA 2014 s. 37(1))."
    )
    on: date = strawberry.field(description="The day on which it is decided that there is to be a plan.")
    contents: PlanContentsInput = strawberry.field(description="What is in it (SEND Regs 2014 reg. 12).")


@strawberry.input(description="Change what a draft says, before or after it was served (CFA 2014 s. 38).")
class RevisePlanInput:
    plan: strawberry.ID = strawberry.field(description=_PLAN)
    contents: PlanContentsInput = strawberry.field(description="What is to be otherwise (SEND Regs 2014 reg. 12).")


@strawberry.input(description="Send the draft to the family (CFA 2014 s. 38(2), SEND Regs 2014 regs 13(1), 22(2)).")
class ServePlanInput:
    plan: strawberry.ID = strawberry.field(description=_PLAN)
    on: date = strawberry.field(description="The day of service: the first of the 15 days or more to respond.")
    capacity: CapacityInput | None = of_notice()


@strawberry.input(description="Make the plan final and send it (SEND Regs 2014 regs 13(2), 22(3)).")
class FinalisePlanInput:
    plan: strawberry.ID = strawberry.field(description=_PLAN)
    on: date = strawberry.field(description="The day on which it is sent, after the family's time to respond.")
    section_i: str | None = strawberry.field(
        default=None,
        description="Section I: the school or other institution, or its type (SEND Regs 2014 reg. 12(1)(i)).",
    )
    setting: strawberry.ID | None = strawberry.field(
        default=None, description="The school or other institution that section I names."
    )
    capacity: CapacityInput | None = of_notice()


@strawberry.input(description="Begin an amendment of a final plan: a further version (SEND Regs 2014 regs 22, 28).")
class ProposeAmendmentInput:
    plan: strawberry.ID = strawberry.field(description="The plan as it is final.")
    reasons: str = strawberry.field(default="", description="Why it is to be amended; without any it is refused.")
    agreement_by: date | None = strawberry.field(
        default=None, description="By when a body is asked to agree, whose agreement to section G nobody recorded."
    )


@strawberry.input(description="Decide not to amend after all (SEND Regs 2014 reg. 22(4)).")
class DropAmendmentInput:
    plan: strawberry.ID = strawberry.field(description="The version that was to amend the plan.")
    reasons: str = strawberry.field(default="", description="Why not; without any it is refused (reg. 22(4)).")
    on: date = strawberry.field(description="The day on which that is notified.")
    capacity: CapacityInput | None = of_notice()


@strawberry.input(description="Say that you consider ceasing to maintain a plan (SEND Regs 2014 reg. 31(1)).")
class ConsiderCeasingInput:
    plan: strawberry.ID = strawberry.field(description="The plan as it is final.")
    reasons: str = strawberry.field(default="", description="Why it is considered; without any it is refused.")
    on: date = strawberry.field(description="The day on which it is told.")
    capacity: CapacityInput | None = of_notice()


@strawberry.input(description="Notify that you will cease to maintain a plan (SEND Regs 2014 reg. 31).")
class NotifyCeasingInput:
    plan: strawberry.ID = strawberry.field(description="The plan as it is final.")
    reason: CeaseReason = strawberry.field(description="Why (CFA 2014 s. 45(1)).")
    reasons: str = strawberry.field(
        default="",
        description="The reasons in words, for the notice (reg. 31(2)). Left out: what `reason` means; OTHER says "
        "nothing by itself, and is refused without.",
    )
    on: date = strawberry.field(description="The day on which it is notified: the time to appeal is counted from it.")
    capacity: CapacityInput | None = of_notice()


@strawberry.input(description="Cease to maintain a plan (CFA 2014 s. 45).")
class CeasePlanInput:
    plan: strawberry.ID = strawberry.field(description="The plan that you maintain.")
    reason: CeaseReason = strawberry.field(description="Why (CFA 2014 s. 45(1)).")
    on: date = strawberry.field(description="The day; not before the time to appeal is over (CFA 2014 s. 45(4)).")


@strawberry.input(description="Agree to provision in section G (SEND Regs 2014 reg. 12(2)).")
class AgreeProvisionInput:
    provision: strawberry.ID = strawberry.field(description="The provision, which you would have to arrange.")


@strawberry.input(description="Decline provision in section G, with reasons (SEND Regs 2014 reg. 12(2)).")
class DeclineProvisionInput:
    provision: strawberry.ID = strawberry.field(description="The provision, which you would have to arrange.")
    reasons: str = strawberry.field(default="", description="Why you do not agree; without any it is refused.")


@strawberry.input(
    description="Leave provision out of section G that was declined, or not answered in time (CFA 2014 s. 26(3)(g))."
)
class LeaveOutProvisionInput:
    provision: strawberry.ID = strawberry.field(description="The provision.")
    reasons: str = strawberry.field(default="", description="Why it is left out; without any it is refused.")


@strawberry.input(description="Report what was delivered of provision in a month (CFA 2014 s. 42).")
class ReportDeliveryInput:
    provision: strawberry.ID = strawberry.field(description="The provision, which you secure, arrange or provide.")
    month: date = strawberry.field(description="The month, by any day of it.")
    planned_minutes: int | None = strawberry.field(
        default=None, description="Minutes that were planned; left out: as the plan says by the week."
    )
    delivered_minutes: int = strawberry.field(description="Minutes that the child or young person received.")
    shortfall_reason: str | None = strawberry.field(
        default=None, description="Why less was delivered than planned; without it less is refused."
    )
