"""What the mutations take: one input each."""

from __future__ import annotations

from datetime import date, datetime

import strawberry

from hub.law.reg8_time_limit import Part3Function, TimeExceptionGround
from hub.law.s31_cooperation import RefusalGround
from hub.law.vocabulary import AdviceKind


@strawberry.input(description="A document.")
class DocumentInput:
    title: str = strawberry.field(description="Its title.")
    media_type: str = strawberry.field(description="Its media type, such as application/pdf.")
    content: str = strawberry.field(
        description="Its content, in Base64. A request is at most 100,000 bytes: send larger documents by FHIR."
    )


@strawberry.input(description="Ask a body to co-operate (CFA 2014 s. 31(1)).")
class RequestCooperationInput:
    child: strawberry.ID = strawberry.field(description="The child, whose responsible authority you are.")
    addressed_to: strawberry.ID = strawberry.field(description="The body: one of those that s. 31(1) lists.")
    function: Part3Function = strawberry.field(description="The function under Part 3 in which you ask.")
    asked: str = strawberry.field(description="What you ask for, in words that the body can act on.")
    attachments: list[DocumentInput] = strawberry.field(
        default_factory=list[DocumentInput],
        description="The family's representations and evidence, which go with a request for advice (reg. 6(3)).",
    )


@strawberry.input(description="Ask several bodies to co-operate in the same (CFA 2014 s. 31(1)).")
class RequestCooperationOfSeveralInput:
    child: strawberry.ID = strawberry.field(description="The child, whose responsible authority you are.")
    addressed_to: list[strawberry.ID] = strawberry.field(
        description="The bodies, each once, at most 20: of those that s. 31(1) lists."
    )
    function: Part3Function = strawberry.field(description="The function under Part 3 in which you ask.")
    asked: str = strawberry.field(description="What you ask for, in words that each body can act on.")
    attachments: list[DocumentInput] = strawberry.field(
        default_factory=list[DocumentInput],
        description="The family's representations and evidence, which go with each request for advice (reg. 6(3)).",
    )


@strawberry.input(description="Acknowledge a request: receipt, if none was earlier.")
class AcknowledgeInput:
    cooperation_request: strawberry.ID = strawberry.field(description="The request, addressed to you.")


@strawberry.input(description="Show when a body was served with your request: receipt, if none was earlier.")
class ProveServiceInput:
    cooperation_request: strawberry.ID = strawberry.field(description="The request that you made.")
    served_at: datetime = strawberry.field(
        description="When it was served, with its offset from UTC. The body's six weeks are counted from that day in "
        "England."
    )


@strawberry.input(description="Say that you will comply.")
class AcceptInput:
    cooperation_request: strawberry.ID = strawberry.field(description="The request, addressed to you.")


@strawberry.input(description="Decide not to comply, with written reasons (s. 31(2), (3)).")
class DeclineInput:
    cooperation_request: strawberry.ID = strawberry.field(description="The request, addressed to you.")
    ground: RefusalGround | None = strawberry.field(
        default=None,
        description="Incompatible with your own duties (s. 31(2)(a)), or an adverse effect on your functions (s. "
        "31(2)(b)). Without one the law refuses.",
    )
    reasons: str = strawberry.field(
        default="",
        description="The written reasons that s. 31(3) requires. The authority reads them; blank ones are refused.",
    )


@strawberry.input(description="Say why it is impractical to comply within six weeks (reg. 8(2)).")
class ClaimTimeExceptionInput:
    cooperation_request: strawberry.ID = strawberry.field(description="The request, addressed to you.")
    ground: TimeExceptionGround = strawberry.field(description="Which of reg. 8(2)(a) to (c).")
    explanation: str = strawberry.field(
        default="",
        description="Why it was impractical to comply in the six weeks, in words. It relieves the time limit and "
        "never the duty.",
    )
    from_: date | None = strawberry.field(
        name="from",
        default=None,
        description="The first day it covers, itself counted; needed for an absence of four weeks.",
    )
    to: date | None = strawberry.field(
        default=None, description="The last day it covers, itself counted; needed for an absence of four weeks."
    )


@strawberry.input(description="Withdraw a request that you made.")
class WithdrawInput:
    cooperation_request: strawberry.ID = strawberry.field(description="The request.")


@strawberry.input(
    description="Identify who gives medical advice, and hand the request on (SEND Regs 2014 reg. 6(1)(c))."
)
class ForwardInput:
    cooperation_request: strawberry.ID = strawberry.field(description="The request, addressed to you.")
    to: strawberry.ID = strawberry.field(
        description="The body whose professional gives the advice. Its six weeks run from its own receipt (reg. 8(1))."
    )


@strawberry.input(description="Provision that you advise, specified and quantified.")
class AdvisedProvisionInput:
    description: str = strawberry.field(description="What is advised.")
    frequency: str | None = strawberry.field(default=None, description="How often, and for how long.")
    minutes_per_week: int | None = strawberry.field(default=None, description="Minutes in a week, on average.")
    delivered_by: str | None = strawberry.field(default=None, description="The role of who would deliver it.")
    qualification: str | None = strawberry.field(default=None, description="The qualification that this takes.")
    setting: str | None = strawberry.field(default=None, description="Where it would be delivered.")


@strawberry.input(description="Comply with a request by giving advice (SEND Regs 2014 regs 6(1), 8(1)).")
class SubmitAdviceInput:
    cooperation_request: strawberry.ID = strawberry.field(description="The request, addressed to you.")
    kind: AdviceKind = strawberry.field(description="Which advice.")
    given_on: date = strawberry.field(description="The day on which it was given.")
    author: str | None = strawberry.field(default=None, description="The name of the professional who wrote it.")
    registration: str | None = strawberry.field(
        default=None, description="The author's number with the professional regulator."
    )
    needs: list[str] = strawberry.field(default_factory=list[str], description="The needs, one an entry.")
    outcomes: list[str] = strawberry.field(default_factory=list[str], description="The outcomes, one an entry.")
    provision: list[AdvisedProvisionInput] = strawberry.field(
        default_factory=list[AdvisedProvisionInput], description="The provision that may be required."
    )
    documents: list[DocumentInput] = strawberry.field(
        default_factory=list[DocumentInput], description="The documents that belong to it, such as a report."
    )
