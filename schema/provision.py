"""Provision, who must agree and arrange it, and what was delivered (CFA 2014 s. 42, SEND Regs 2014 reg. 12(2))."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

import strawberry

from hub.db import tables
from hub.db.sharing_parts import SECTION_PARTS
from hub.law.reg17_disclosure import Part
from hub.law.vocabulary import AgreementStatus, SectionCode, Source
from schema.fields import column, first_of, many, node_id, one, part_by, row_of, withheld
from schema.history import Event, history_of
from schema.node import Node
from schema.organisation import Organisation
from schema.projection import Link
from schema.scalars import Money
from schema.withholding import Withheld

if TYPE_CHECKING:
    from schema.duty import Duty
    from schema.plan import Need, Outcome, Plan

_PROVISION, _AGREEMENT, _DELIVERY = tables.provision.c, tables.provision_agreement.c, tables.delivery.c


# These two are on record with the part of the provision above them.
@row_of(tables.provision_agreement, part=Part.EXISTENCE)
class ProvisionAgreement:
    """A responsible commissioning body's agreement to provision in section G (reg. 12(2))."""

    commissioner: Organisation = one("Organisation", _AGREEMENT.commissioner_id, "The commissioning body.")
    status: AgreementStatus = column(_AGREEMENT.status, "Where its agreement stands.")
    decided_on: date | None = column(
        _AGREEMENT.decided_on, "The day on which it agreed or declined; absent: it has not decided."
    )
    reasons: str | None = column(
        _AGREEMENT.reasons,
        "The body's reasons for not agreeing. The provision is then left out, and the dispute procedure "
        "of the arrangement is open (CFA 2014 s. 26(3)(g)).",
    )
    asked_on: date | None = column(_AGREEMENT.asked_on, "When the body was asked.")
    reply_by: date | None = column(
        _AGREEMENT.reply_by,
        "By when the authority asked for an answer. No statute sets a day; past it, the provision may be left out.",
    )
    left_out_on: date | None = column(_AGREEMENT.left_out_on, "When the authority left the provision out of the plan.")
    left_out_reasons: str | None = column(_AGREEMENT.left_out_reasons, "The authority's reasons for leaving it out.")


@row_of(tables.delivery, part=Part.EXISTENCE)
class Delivery:
    """What was planned and what was delivered in a period (s. 42)."""

    period: str = column(_DELIVERY.period, "The month, such as 2026-09.")
    planned_minutes: int = column(_DELIVERY.planned_minutes, "Minutes that the plan specifies for the month.")
    delivered_minutes: int = column(
        _DELIVERY.delivered_minutes, "Minutes that the child or young person received in the month."
    )
    reported_by: Organisation = one("Organisation", _DELIVERY.reported_by_id, "The body that reported the figures.")
    source: Source = column(_DELIVERY.source, "Where the figures came from.")
    shortfall_reason: str | None = column(_DELIVERY.shortfall_reason, "Why less was delivered than planned.")


@row_of(tables.provision, scope="provision.read", part=part_by("section", SECTION_PARTS))
class Provision(Node):
    """Provision in a plan: special educational (F), health (G) or social care (H1, H2), specified and quantified."""

    id: strawberry.ID = node_id(_PROVISION.id, "Provision")
    plan: Annotated[Plan, strawberry.lazy("schema.plan")] | None = one(
        "Plan", _PROVISION.plan_id, "The plan it stands in."
    )
    section: SectionCode = column(_PROVISION.section, "F, G, H1 or H2.")
    description: str | None = column(_PROVISION.description, "What is provided.")
    need: Annotated[Need, strawberry.lazy("schema.plan")] | None = one(
        "Need",
        _PROVISION.need_id,
        "The need it meets, where that is open to you.",
        parts=[Part.SECTION_B, Part.SECTION_C, Part.SECTION_D],
    )
    outcomes: list[Annotated[Outcome, strawberry.lazy("schema.plan")]] | None = many(
        "Outcome",
        "provision_id",
        "The outcomes it serves.",
        order=("ordinal",),
        parts=[Part.SECTION_E],
        through=Link(tables.provision_outcome, "provision_id", "outcome_id"),
    )
    frequency: str | None = column(_PROVISION.frequency, "How often, and for how long.")
    minutes_per_week: int | None = column(
        _PROVISION.minutes_per_week,
        "Minutes in a week, on average; absent: the plan specifies it otherwise, as `frequency` says.",
    )
    delivered_by: str | None = column(_PROVISION.delivered_by, "The role of who delivers it.")
    qualification: str | None = column(_PROVISION.qualification, "The qualification that this takes.")
    setting: str | None = column(_PROVISION.setting, "Where it is delivered.")
    starts_on: date | None = column(_PROVISION.starts_on, "The first day.")
    for_adulthood: bool = column(
        _PROVISION.for_adulthood,
        "Whether it prepares for adulthood and independent living, as some must from year 9 (reg. 12(3)).",
    )
    ends_on: date | None = column(_PROVISION.ends_on, "The last day; absent: until the plan changes.")
    commissioner: Organisation | None = one(
        "Organisation",
        _PROVISION.commissioner_id,
        "The body that commissions it and pays for it. In section G it is the one that must arrange it "
        "(CFA 2014 s. 42(3)). A version that is final goes on naming the body it named: `successor` says who took its "
        "place.",
    )
    provider: Organisation | None = one(
        "Organisation", _PROVISION.provider_id, "The body whose staff provide it, where the hub knows it."
    )
    annual_cost: Money | None = column(
        _PROVISION.annual_cost, "What it costs the body that pays for it, in pounds a year."
    )
    agreements: list[ProvisionAgreement] | None = many(
        "ProvisionAgreement",
        "provision_id",
        "Section G: the agreement of each responsible commissioning body, without which the provision may "
        "not stand there (SEND Regs 2014 reg. 12(2)).",
    )
    duty: Annotated[Duty, strawberry.lazy("schema.duty")] | None = first_of(
        "Duty",
        "about_id",
        "The duty to secure it (section F: the authority, CFA 2014 s. 42(2)) or to arrange it (section G: "
        "the commissioning body, s. 42(3)), where it is recorded.",
        order=("id",),
        parts=[Part.DUTIES],
    )
    deliveries: list[Delivery] | None = many(
        "Delivery", "provision_id", "Minutes planned against minutes delivered, month by month.", order=("period",)
    )
    history: list[Event] | None = history_of()
    withheld: list[Withheld] = withheld()
