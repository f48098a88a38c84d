"""Needs of a plan <-> Condition, outcomes <-> Goal, and the needs that advice finds <-> Observation.

A need is no diagnosis: it is said in words, without a code of a disease. What the return knows of it (the area, the
type of SEN, its rank) travels in send-need; the place of an outcome in its plan in send-outcome.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from uuid import UUID

from fhir_mappings import codings, profiles, systems
from fhir_mappings.elements import code_of, compact, concept_text, day_of, first, id_of, subject_reference, uuid_of
from fhir_mappings.extension import Piece, find_extension, numbered, read_pieces, referring, worded, written
from fhir_mappings.outcome import Faults
from fhir_mappings.values import Child, Json, Located
from hub.law.vocabulary import PlanStatus, SectionCode


@dataclass(frozen=True, slots=True)
class Need:
    """A need in section B, C or D."""

    id: UUID
    section: SectionCode
    description: str
    plan_id: UUID | None = None
    area: str | None = None
    sen_type: str | None = None
    rank: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """An outcome in section E."""

    id: UUID
    description: str
    ordinal: int
    plan_id: UUID | None = None
    by_when: date | None = None
    achievement: str | None = None


@dataclass(frozen=True, slots=True)
class AdvisedNeed:
    """A need that advice finds. `given_by` is a Reference."""

    id: UUID
    advice_id: UUID
    description: str
    given_on: date
    given_by: Json | None = None


NEED_PIECES: Sequence[Piece] = (
    referring("plan", "plan_id", "CarePlan"),
    worded("area", "area"),
    worded("senType", "sen_type"),
    numbered("rank", "rank"),
)
OUTCOME_PIECES: Sequence[Piece] = (referring("plan", "plan_id", "CarePlan"), numbered("ordinal", "ordinal"))

GOAL_STATUS: Mapping[PlanStatus, str] = MappingProxyType(
    {
        PlanStatus.DRAFT: "proposed",
        PlanStatus.SERVED: "proposed",
        PlanStatus.FINAL: "active",
        PlanStatus.AMENDMENT_PROPOSED: "active",
        PlanStatus.CEASE_NOTIFIED: "active",
        PlanStatus.CEASED: "completed",
        PlanStatus.TRANSFERRED: "completed",
        PlanStatus.SUPERSEDED: "cancelled",
    }
)
"""Goal.lifecycleStatus, a required binding: as the plan stands that seeks the outcome."""


def to_condition(need: Need, *, child: Child | None) -> Json:
    return compact(
        {
            "resourceType": "Condition",
            "id": str(need.id),
            "extension": _extension(profiles.NEED_EXTENSION, written(need, NEED_PIECES)),
            "clinicalStatus": {"coding": [_ACTIVE]},
            "category": [{"coding": [systems.PLAN_SECTION.coding(need.section)]}],
            "code": {"text": need.description},
            "subject": subject_reference(child),
        }
    )


_ACTIVE = {"system": "http://terminology.hl7.org/CodeSystem/condition-clinical", "code": "active"}


def read_condition(located: Located, faults: Faults) -> Need | None:
    """The need that a Condition tells; None where something is wrong."""
    condition, at = located.resource, located.at
    said = read_pieces(find_extension(condition, profiles.NEED_EXTENSION), NEED_PIECES, faults, at)
    section = code_of(systems.PLAN_SECTION, first(condition, "category"), faults, f"{at}.category")
    text, id_ = concept_text(condition.get("code")), id_of(located, faults)
    if section is None or not text or id_ is None:
        faults.add("need", "a need stands in a section, and is said in words", at, code="required")
        return None
    return Need(id_, section, text, **said)


def to_goal(outcome: Outcome, *, child: Child | None, plan: PlanStatus) -> Json:
    """The Goal, as the plan that seeks the outcome stands."""
    return compact(
        {
            "resourceType": "Goal",
            "id": str(outcome.id),
            "extension": _extension(profiles.OUTCOME_EXTENSION, written(outcome, OUTCOME_PIECES)),
            "lifecycleStatus": GOAL_STATUS[plan],
            "description": {"text": outcome.description},
            "subject": subject_reference(child),
            "target": [{"dueDate": outcome.by_when.isoformat()}] if outcome.by_when else None,
            "note": [{"text": outcome.achievement}] if outcome.achievement else None,
        }
    )


def read_goal(located: Located, faults: Faults) -> Outcome | None:
    """The outcome that a Goal tells; None where something is wrong."""
    goal, at = located.resource, located.at
    said = read_pieces(find_extension(goal, profiles.OUTCOME_EXTENSION), OUTCOME_PIECES, faults, at)
    text, id_, due = concept_text(goal.get("description")), id_of(located, faults), first(goal, "target").get("dueDate")
    by_when = day_of(due, faults, f"{at}.target[0].dueDate") if due else None
    if not text or id_ is None or "ordinal" not in said or (due and by_when is None):
        faults.add("outcome", "an outcome is said in words, and has its place in the plan", at, code="required")
        return None
    return Outcome(id_, text, by_when=by_when, achievement=first(goal, "note").get("text"), **said)


def to_observation(need: AdvisedNeed, *, child: Child | None) -> Json:
    advice = {"reference": f"Composition/{need.advice_id}", "type": "Composition"}
    return compact(
        {
            "resourceType": "Observation",
            "id": str(need.id),
            "extension": [{"url": profiles.OBSERVED_IN_EXTENSION, "valueReference": advice}],
            "status": "final",
            "code": {"coding": [codings.ADVISED_NEED]},
            "subject": subject_reference(child),
            "effectiveDateTime": need.given_on.isoformat(),
            "performer": [need.given_by] if need.given_by else None,
            "valueString": need.description,
        }
    )


def read_observation(located: Located, faults: Faults) -> AdvisedNeed | None:
    """The advised need that an Observation tells; None where something is wrong."""
    observation, at = located.resource, located.at
    within = find_extension(observation, profiles.OBSERVED_IN_EXTENSION).get("valueReference", {})
    advice_id, id_ = uuid_of(within.get("reference", ""), "Composition"), id_of(located, faults)
    given_on = day_of(observation.get("effectiveDateTime", ""), faults, f"{at}.effectiveDateTime")
    text = observation.get("valueString")
    if advice_id is None or id_ is None or given_on is None or not text:
        faults.add(
            "advised-need", "a need that advice finds names the advice, its day and the need", at, code="required"
        )
        return None
    return AdvisedNeed(id_, advice_id, text, given_on, first(observation, "performer") or None)


def _extension(url: str, parts: list[Json]) -> list[Json]:
    return [{"url": url, "extension": parts}] if parts else []
