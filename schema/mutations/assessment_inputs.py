"""What the mutations of assessments take."""

from __future__ import annotations

from datetime import date

import strawberry

from hub.law.s36_assessment import AskedBy
from hub.law.vocabulary import AdviceKind, AssessmentDecision
from schema.mutations.capacity import CapacityInput, of_notice
from schema.mutations.cooperation_inputs import AdvisedProvisionInput, DocumentInput

_SETTING = (
    "The school, post-16 institution or early years provider that is attended: its head or principal is told, too "
    "(reg. 4(2)(c), (d)), and of what is decided (regs 5(2), 10(2))."
)
_ASSESSMENT = "The assessment, which is yours to make."


@strawberry.input(description="Record a request for an EHC needs assessment, or becoming responsible (s. 36(1), (3)).")
class RequestAssessmentInput:
    child: strawberry.ID = strawberry.field(
        description="The child or young person, for whom you are responsible (s. 24)."
    )
    received_on: date = strawberry.field(
        description="When you received the request or became responsible: the six, sixteen and twenty weeks are "
        "counted from this day (SEND Regs 2014 regs 5(1), 10(1), 13(2))."
    )
    asked_by: AskedBy = strawberry.field(description="Who asked (CFA 2014 s. 36(1)).")
    detained: bool = strawberry.field(
        default=False,
        description="Whether the child or young person is detained: then refused, until the hub has SI 2015/62.",
    )
    setting: strawberry.ID | None = strawberry.field(default=None, description=_SETTING)
    capacity: CapacityInput | None = of_notice()


@strawberry.input(description="Tell that an assessment is considered (SEND Regs 2014 reg. 4(2)).")
class ConsiderAssessmentInput:
    assessment: strawberry.ID = strawberry.field(
        description="The assessment that began when the child was brought to your attention (CFA 2014 s. 24(1)(b))."
    )
    setting: strawberry.ID | None = strawberry.field(default=None, description=_SETTING)
    capacity: CapacityInput | None = of_notice()


@strawberry.input(description="Decide whether to secure an EHC needs assessment (SEND Regs 2014 reg. 5(1)).")
class DecideAssessmentInput:
    assessment: strawberry.ID = strawberry.field(description=_ASSESSMENT)
    decision: AssessmentDecision = strawberry.field(description="What you decide; or that the request was withdrawn.")
    reasons: str = strawberry.field(
        default="", description="Your reasons; a decision not to assess without any is refused (CFA 2014 s. 36(5)(a))."
    )
    on: date = strawberry.field(description="The day on which you notify it.")
    capacity: CapacityInput | None = of_notice()


@strawberry.input(description="Whether advice that was given before suffices, as each of the three says (reg. 6(4)).")
class SufficiencyInput:
    earlier_advice: strawberry.ID = strawberry.field(description="The advice that was given before, for any purpose.")
    provider_satisfied: bool = strawberry.field(description="Whether the person who gave it is satisfied.")
    authority_satisfied: bool = strawberry.field(description="Whether you are satisfied.")
    parent_satisfied: bool = strawberry.field(description="Whether the parent or young person is satisfied.")


@strawberry.input(description="Seek advice for an EHC needs assessment (SEND Regs 2014 reg. 6(1)).")
class SeekAdviceInput:
    assessment: strawberry.ID = strawberry.field(description=_ASSESSMENT)
    kind: AdviceKind = strawberry.field(description="Which advice: reg. 6(1)(a) to (h).")
    asked_on: date = strawberry.field(description="When it is asked; a request to co-operate goes today.")
    asked_of: str | None = strawberry.field(default=None, description="Who is asked, by role; never a name.")
    organisation: strawberry.ID | None = strawberry.field(
        default=None,
        description="The body that is asked; of one of CFA 2014 s. 31(1), by a request to co-operate.",
    )
    identified_by: strawberry.ID | None = strawberry.field(
        default=None,
        description="The responsible commissioning body that identified the professional; needed for medical advice "
        "that is not sought of that body itself (reg. 6(1)(c)).",
    )
    words: str = strawberry.field(default="", description="What is asked, in words; left out: the words of reg. 6(1).")
    representations: list[DocumentInput] = strawberry.field(
        default_factory=list[DocumentInput],
        description="The family's representations and evidence, which go with the request (reg. 6(3)).",
    )
    no_representations: bool = strawberry.field(
        default=False, description="Say so where the family made none and sent no evidence (reg. 6(3))."
    )
    sufficient: SufficiencyInput | None = strawberry.field(
        default=None,
        description="Earlier advice. Where all three are satisfied with it, it is not sought again (reg. 6(4)).",
    )


@strawberry.input(description="Record advice that came to you from whoever you asked (SEND Regs 2014 reg. 6(1)).")
class RecordAdviceInput:
    advice_request: strawberry.ID = strawberry.field(
        description="The advice that you sought; not of a body of s. 31(1)."
    )
    kind: AdviceKind = strawberry.field(description="Which advice it is: the kind that was sought (reg. 6(1)).")
    given_on: date = strawberry.field(description="The day on which it was given.")
    received_on: date = strawberry.field(description="The day on which it came to you.")
    author: str | None = strawberry.field(default=None, description="The name of who wrote it.")
    registration: str | None = strawberry.field(
        default=None, description="The author's number with the professional regulator."
    )
    needs: list[str] = strawberry.field(default_factory=list[str], description="The needs, one an entry.")
    outcomes: list[str] = strawberry.field(default_factory=list[str], description="The outcomes, one an entry.")
    provision: list[AdvisedProvisionInput] = strawberry.field(
        default_factory=list[AdvisedProvisionInput], description="The provision that may be required."
    )
    documents: list[DocumentInput] = strawberry.field(
        default_factory=list[DocumentInput], description="The documents that belong to it."
    )


@strawberry.input(description="Decide that there is to be no EHC plan (SEND Regs 2014 reg. 10(1)).")
class DecideNoPlanInput:
    assessment: strawberry.ID = strawberry.field(description=_ASSESSMENT)
    reasons: str = strawberry.field(
        default="", description="Your reasons; without any it is refused (CFA 2014 s. 36(9)(c))."
    )
    on: date = strawberry.field(description="The day on which you notify it.")
    capacity: CapacityInput | None = of_notice()
