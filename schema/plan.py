"""EHC plans: versions, sections A to K, needs, outcomes and the placement (CFA 2014 s. 37, SEND Regs 2014 reg. 12)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

import strawberry

from hub.db import tables
from hub.db.sharing_parts import BUDGET_PARTS, SECTION_PARTS
from hub.law.reg17_disclosure import Part
from hub.law.s37_changes import ChangeKind
from hub.law.vocabulary import PlanStatus, SectionCode
from schema.fields import column, first_of, many, many_by, node_id, one, part_by, row_of, withheld
from schema.history import Event, history_of
from schema.node import Node
from schema.organisation import Organisation
from schema.projection import Link
from schema.withholding import Withheld

if TYPE_CHECKING:
    from schema.advice import Advice
    from schema.child import Child
    from schema.duty import Duty
    from schema.notice import Notice
    from schema.personal_budget import PersonalBudget
    from schema.provision import Provision
    from schema.review import Review

_PLAN, _SECTION, _NEED = tables.plan.c, tables.plan_section.c, tables.need.c
_OUTCOME, _PLACEMENT, _CHANGE = tables.outcome.c, tables.placement.c, tables.plan_change.c
_SECTIONS = SECTION_PARTS.values()
_NEED_SECTIONS = [Part.SECTION_B, Part.SECTION_C, Part.SECTION_D]
_PROVISION_SECTIONS = [Part.SECTION_F, Part.SECTION_G, Part.SECTION_H1, Part.SECTION_H2]


@row_of(tables.plan_section, scope="plan.read", part=part_by("code", SECTION_PARTS))
class PlanSection:
    """A section of a plan, separately identified (reg. 12(1)). Those that are not open to you are left out."""

    code: SectionCode = column(_SECTION.code, "Which section.")
    text: str = column(_SECTION.text, "What it says.")


@row_of(tables.need, scope="plan.read", part=part_by("section", SECTION_PARTS))
class Need(Node):
    """A need: special educational (section B), health (C) or social care (D)."""

    id: strawberry.ID = node_id(_NEED.id, "Need")
    section: SectionCode = column(_NEED.section, "B, C or D.")
    area: str | None = column(_NEED.area, "The broad area of need, in the words of the SEND Code of Practice.")
    sen_type: str | None = column(_NEED.sen_type, "The type of need by its SEN2 code, such as ASD or SLCN.")
    rank: int | None = column(_NEED.rank, "1 for the primary need, 2 for the secondary.")
    description: str | None = column(_NEED.description, "The need, in the words of the plan.")
    provisions: list[Annotated[Provision, strawberry.lazy("schema.provision")]] | None = many(
        "Provision", "need_id", "The provision that meets it.", order=("section", "ordinal"), parts=_PROVISION_SECTIONS
    )
    withheld: list[Withheld] = withheld()


@row_of(tables.outcome, scope="plan.read", part=Part.SECTION_E)
class Outcome(Node):
    """An outcome sought for the child or young person (section E)."""

    id: strawberry.ID = node_id(_OUTCOME.id, "Outcome")
    description: str | None = column(_OUTCOME.description, "The outcome, in the words of the plan.")
    by_when: date | None = column(_OUTCOME.by_when, "By when it is sought.")
    achievement: str | None = column(_OUTCOME.achievement, "How far it has been achieved, at the last review.")
    provisions: list[Annotated[Provision, strawberry.lazy("schema.provision")]] | None = many(
        "Provision",
        "outcome_id",
        "The provision that serves it.",
        order=("section", "ordinal"),
        parts=_PROVISION_SECTIONS,
        through=Link(tables.provision_outcome, "outcome_id", "provision_id"),
    )
    withheld: list[Withheld] = withheld()


@row_of(tables.placement, scope="plan.read", part=Part.SECTION_I)
class Placement:
    """The school or other institution (section I), or where the child attends."""

    setting: Organisation | None = one(
        "Organisation", _PLACEMENT.setting_id, "The institution, where the hub knows it."
    )
    named_in_plan: bool = column(_PLACEMENT.named_in_plan, "Whether it is the one that the plan names.")
    urn: str | None = column(_PLACEMENT.urn, "Its unique reference number.")
    type: str | None = column(_PLACEMENT.sen_setting, "The SEN2 code of a setting without a reference number.")
    starts_on: date | None = column(_PLACEMENT.starts_on, "The first day at this institution.")
    ends_on: date | None = column(_PLACEMENT.ends_on, "The last day at this institution; absent: until further notice.")
    residential: str | None = column(_PLACEMENT.residential, "SEN2 code: A for 38 to 51 weeks, B for 52 weeks.")


@row_of(tables.plan_change, scope="plan.read", part=part_by("section", SECTION_PARTS))
class PlanChange:
    """Something that this version says otherwise than the one before (reg. 22(2)(a))."""

    section: SectionCode = column(_CHANGE.section, "The section it is in.")
    kind: ChangeKind = column(_CHANGE.kind, "Whether it is new, changed, or gone.")
    before: str | None = column(_CHANGE.before, "What the version before said; absent: it is new.")
    after: str | None = column(_CHANGE.after, "What this version says; absent: it is gone.")


@row_of(tables.plan, scope="plan.read", part=Part.EXISTENCE)
class Plan(Node):
    """A version of an EHC plan. An amendment makes a new version, and the old one is superseded."""

    id: strawberry.ID = node_id(_PLAN.id, "Plan")
    child: Annotated[Child, strawberry.lazy("schema.child")] | None = one("Child", _PLAN.child_id, "Whose plan it is.")
    status: PlanStatus = column(_PLAN.status, "Where this version stands.")
    version: int = column(_PLAN.version, "1 for the first, one more with each amendment.")
    drafted_on: date | None = column(_PLAN.drafted_on, "When the draft was made.")
    served_on: date | None = column(_PLAN.served_on, "When the draft was served on the parent or young person.")
    finalised_on: date | None = column(_PLAN.finalised_on, "When it was made final.")
    cease_notified_on: date | None = column(
        _PLAN.cease_notified_on, "When the authority gave notice that it will cease to maintain it (reg. 31)."
    )
    ceased_on: date | None = column(_PLAN.ceased_on, "When the authority ceased to maintain it.")
    transferred_to: Organisation | None = one(
        "Organisation", _PLAN.transferred_to_id, "The authority it went to (reg. 15)."
    )
    sections: list[PlanSection] | None = many(
        "PlanSection",
        "plan_id",
        "Sections A to K (SEND Regs 2014 reg. 12(1)). By statute a commissioning body has C, E and G; "
        "those not open to you are left out.",
        order=("code",),
        parts=_SECTIONS,
    )
    needs: list[Need] | None = many(
        "Need", "plan_id", "The needs in sections B, C and D.", order=("section", "rank", "id"), parts=_NEED_SECTIONS
    )
    outcomes: list[Outcome] | None = many(
        "Outcome", "plan_id", "The outcomes in section E.", order=("ordinal",), parts=[Part.SECTION_E]
    )
    provisions: list[Annotated[Provision, strawberry.lazy("schema.provision")]] | None = many_by(
        "Provision",
        "plan_id",
        "The provision in sections F, G, H1 and H2.",
        argument="section",
        of=SectionCode,
        order=("section", "ordinal"),
        parts=_PROVISION_SECTIONS,
    )
    changes: list[PlanChange] | None = many(
        "PlanChange",
        "plan_id",
        "How this version differs from the one it amends or replaces, section by section; those not open to you are "
        "left out.",
        order=("ordinal",),
        parts=_SECTIONS,
    )
    placement: Placement | None = first_of(
        "Placement",
        "plan_id",
        "The institution that the plan names (section I); where it names none, where the child attends.",
        order=("-named_in_plan", "rank"),
        parts=[Part.SECTION_I],
    )
    personal_budget: Annotated[PersonalBudget, strawberry.lazy("schema.personal_budget")] | None = first_of(
        "PersonalBudget",
        "plan_id",
        "The personal budget for provision in this plan (CFA 2014 s. 49).",
        order=("id",),
        parts=[*BUDGET_PARTS.values(), Part.BUDGET_TOTAL],
    )
    advice: list[Annotated[Advice, strawberry.lazy("schema.advice")]] | None = many(
        "Advice",
        "child_id",
        "All advice on this child that is open to you, whether or not section K appends it to this version.",
        order=("-given_on", "id"),
        parts=[Part.ADVICE],
        local="child_id",
    )
    reviews: list[Annotated[Review, strawberry.lazy("schema.review")]] | None = many(
        "Review", "plan_id", "Its reviews, newest first.", order=("-meeting_on", "id"), parts=[Part.REVIEW]
    )
    duties: list[Annotated[Duty, strawberry.lazy("schema.duty")]] | None = many(
        "Duty", "about_id", "The clocks about this plan.", order=("due_on", "id"), parts=[Part.DUTIES]
    )
    notices: list[Annotated[Notice, strawberry.lazy("schema.notice")]] | None = many(
        "Notice",
        "about_id",
        "Notices that were given about this plan, newest first. A commissioning body sees those addressed to it.",
        order=("-given_at", "id"),
        parts=[Part.NOTICES],
    )
    history: list[Event] | None = history_of()
    withheld: list[Withheld] = withheld()
