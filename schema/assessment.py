"""EHC needs assessments and the advice sought for them (CFA 2014 s. 36, SEND Regs 2014 regs 3 to 10)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

import strawberry

from hub.db import tables
from hub.law.reg17_disclosure import Part
from hub.law.reg64_decision_makers import Decider, DecidesBecause
from hub.law.vocabulary import AdviceKind, AssessmentDecision, AssessmentOutcome
from schema.fields import column, embedded, many, node_id, one, row_of, withheld
from schema.history import Event, history_of
from schema.node import Node
from schema.organisation import Organisation
from schema.withholding import Withheld

if TYPE_CHECKING:
    from schema.advice import Advice
    from schema.child import Child
    from schema.cooperation import CooperationRequest
    from schema.duty import Duty
    from schema.notice import Notice

_ASSESSMENT, _ASKED = tables.assessment.c, tables.advice_request.c


@row_of(tables.advice_request, part=Part.ASSESSMENT)
class Sufficiency:
    """Whether advice that was given before suffices. Where all three are satisfied that it does, the authority must not
    seek it again (SEND Regs 2014 reg. 6(4)).
    """

    provider_satisfied: bool | None = column(
        _ASKED.provider_satisfied, "Whether the person who gave it is satisfied; absent: not known."
    )
    authority_satisfied: bool | None = column(
        _ASKED.authority_satisfied, "Whether the authority is satisfied; absent: not known."
    )
    parent_satisfied: bool | None = column(
        _ASKED.parent_satisfied, "Whether the parent or the young person is satisfied; absent: not known."
    )


@row_of(tables.advice_request, scope="child.read", part=Part.ASSESSMENT)
class AdviceRequest(Node):
    """Advice that the authority must seek (reg. 6(1)(a) to (h))."""

    id: strawberry.ID = node_id(_ASKED.id, "AdviceRequest")
    kind: AdviceKind = column(_ASKED.kind, "Which advice.")
    asked_of: str | None = column(_ASKED.asked_of, "Who was asked, by role; never a name.")
    organisation: Organisation | None = one("Organisation", _ASKED.organisation_id, "The body that was asked.")
    identified_by: Organisation | None = one(
        "Organisation",
        _ASKED.identified_by_id,
        "The responsible commissioning body, which identifies the health care professional who gives "
        "medical advice (reg. 6(1)(c)).",
    )
    asked_on: date = column(_ASKED.asked_on, "When it was asked.")
    received_on: date | None = column(_ASKED.received_on, "When the advice came.")
    representations: bool | None = column(
        _ASKED.representations,
        "Whether the family's representations and evidence went with it; false: there were none (reg. 6(3)).",
    )
    advice: Annotated[Advice, strawberry.lazy("schema.advice")] | None = one(
        "Advice", _ASKED.advice_id, "The advice, where it is open to you.", parts=[Part.ADVICE]
    )
    cooperation_request: Annotated[CooperationRequest, strawberry.lazy("schema.cooperation")] | None = one(
        "CooperationRequest",
        _ASKED.cooperation_request_id,
        "The request to co-operate, where it is also one (s. 31).",
        parts=[Part.COOPERATION],
    )
    sufficient: Sufficiency = embedded(
        "Sufficiency", _ASKED.id, "Whether earlier advice suffices, as each of the three says (reg. 6(4))."
    )
    withheld: list[Withheld] = withheld()


@row_of(tables.assessment, scope="child.read", part=Part.ASSESSMENT)
class Assessment(Node):
    """A request for an EHC needs assessment, and what came of it."""

    id: strawberry.ID = node_id(_ASSESSMENT.id, "Assessment")
    child: Annotated[Child, strawberry.lazy("schema.child")] | None = one("Child", _ASSESSMENT.child_id, "Whose needs.")
    requested_on: date | None = column(_ASSESSMENT.requested_on, "When the authority received the request.")
    requested_by: str | None = column(
        _ASSESSMENT.requested_by, "Who asked for it, by role, such as PARENT_OR_YOUNG_PERSON; never a name."
    )
    decider: Decider | None = column(
        _ASSESSMENT.decider, "Who asked, or in whose place, where the family did (SEND Regs 2014 regs 63, 64)."
    )
    decides_because: DecidesBecause | None = column(
        _ASSESSMENT.decides_because,
        "Why it was that person's to ask: the age, and the capacity (SEND Regs 2014 regs 63, 64).",
    )
    responsible_from: date | None = column(
        _ASSESSMENT.responsible_from,
        "The day on which the authority became responsible without a request (CFA 2014 s. 24), from which "
        "its 6, 16 and 20 weeks are then counted.",
    )
    reassessment: bool = column(_ASSESSMENT.reassessment, "Whether it is a re-assessment (s. 44).")
    decision: AssessmentDecision | None = column(
        _ASSESSMENT.decision,
        "Whether the authority will secure an EHC needs assessment; due six weeks from the request (SEND "
        "Regs 2014 reg. 5(1)).",
    )
    decided_on: date | None = column(_ASSESSMENT.decided_on, "When it decided that.")
    decision_reasons: str | None = column(_ASSESSMENT.decision_reasons, "Its reasons (CFA 2014 s. 36(5)(a)).")
    outcome: AssessmentOutcome | None = column(_ASSESSMENT.outcome, "Whether a plan followed.")
    outcome_on: date | None = column(_ASSESSMENT.outcome_on, "When that was decided or made.")
    outcome_reasons: str | None = column(_ASSESSMENT.outcome_reasons, "The reasons for it (CFA 2014 s. 36(9)(c)).")
    advice_requests: list[AdviceRequest] | None = many(
        "AdviceRequest", "assessment_id", "The advice sought.", order=("asked_on", "kind")
    )
    duties: list[Annotated[Duty, strawberry.lazy("schema.duty")]] | None = many(
        "Duty", "about_id", "The clocks about this assessment.", order=("due_on", "id"), parts=[Part.DUTIES]
    )
    notices: list[Annotated[Notice, strawberry.lazy("schema.notice")]] | None = many(
        "Notice",
        "about_id",
        "Notices that were given about this assessment, newest first. A commissioning body sees those addressed to it.",
        order=("-given_at", "id"),
        parts=[Part.NOTICES],
    )
    history: list[Event] | None = history_of()
    withheld: list[Withheld] = withheld()
