"""One child's record as a SEN2 return tells it, as things stood on the day of the census: rows in, a `Person` out.

It is the way back of `import_person`: what an import of the return would record is what is recorded, save what a
return has no room for. What happened after the day of the census is not told.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any, TypeVar

from hub.actions.import_person import DECISIONS, OUTCOMES, ULN
from hub.actions.plan_chain import as_of, is_draft, of_plans, versions_from
from hub.actions.sen2_return import (
    ActivePlan,
    Assessment,
    CeaseReason,
    NamedPlan,
    Need,
    Outcome,
    Person,
    Placement,
    Request,
    RequestSource,
    ReviewOutcome,
    SenType,
)
from hub.db.import_return import Row
from hub.law.vocabulary import PlanStatus, ReviewKind, SectionCode, Sex

Facts = Mapping[str, Sequence[Row]]
"""What is recorded of a child, by table."""

_DECIDED = {decision.value: outcome for outcome, decision in DECISIONS.items()}
_FOLLOWED = {outcome.value: code for code, outcome in OUTCOMES.items()}
_NOTHING: Row = {}
_ENDED = frozenset({PlanStatus.CEASED, PlanStatus.TRANSFERRED})

E = TypeVar("E", bound=Enum)


@dataclass(frozen=True, slots=True)
class Census:
    """What a return is about: all of the calendar year before its own, as things stood on the day of the census."""

    year: int
    on: date

    @property
    def begins_on(self) -> date:
        return date(self.year - 1, 1, 1)

    def known(self, day: date | None) -> date | None:
        """The day, unless it had not come yet."""
        return day if day is not None and day <= self.on else None

    def has_come(self, day: date | None) -> bool:
        """What happened on this day, or on a day that nobody recorded, had happened."""
        return day is None or day <= self.on

    def is_within(self, day: date | None) -> bool:
        return day is not None and self.begins_on <= day <= self.on


def person_of(child: Row, facts: Facts, census: Census) -> Person | None:
    """The child as the return tells it; None for one of whom it has nothing to tell."""
    requests = tuple(request for request in _requests(facts, census) if _is_told(request, census))
    if not requests:
        return None
    upn = child["upn"]
    return Person(
        family_name=child["family_name"],
        forename=" ".join(child["given_names"]),
        date_of_birth=child["date_of_birth"],
        sex=Sex(child["sex"]),
        ethnicity=child["ethnicity"],
        postcode=child["postcode"],
        upn=upn,
        uln=max((row["value"] for row in facts.get("child_identifier", ()) if row["system"] == ULN), default=None),
        upn_unknown_reason=child["upn_unknown_reason"] if upn is None else None,
        requests=requests,
    )


def _is_told(request: Request, census: Census) -> bool:
    """Whether the request, or what came of it, is of the return's year, or was not over on the day of the census."""
    assessed = request.assessment or Assessment()
    plan = assessed.named_plan
    open_still = request.outcome is Outcome.AWAITED or assessed.outcome is Outcome.AWAITED
    dates = (request.received_on, request.outcome_on, assessed.outcome_on, plan.ceased_on if plan else None)
    return request.active_plan is not None or open_still or any(census.is_within(day) for day in dates)


def _requests(facts: Facts, census: Census) -> Iterable[Request]:
    first = [row for row in facts.get("assessment", ()) if not row["reassessment"]]
    for row in sorted(first, key=lambda row: (row["requested_on"] or date.min, str(row["decided_on"]))):
        if census.has_come(row["requested_on"]):
            yield _request(row, facts, census)
    from_elsewhere = PlanThen.of(facts, None, census)
    if from_elsewhere is not None:
        yield Request(
            outcome=Outcome.HISTORICAL,
            assessment=Assessment(outcome=Outcome.HISTORICAL, named_plan=from_elsewhere.named()),
            active_plan=from_elsewhere.active(),
        )


def _request(row: Row, facts: Facts, census: Census) -> Request:
    plan = PlanThen.of(facts, row["id"], census)
    outcome = _DECIDED.get(row["decision"]) if census.has_come(row["decided_on"]) else None
    historical = row["historical"] and not (outcome and row["outcome"])
    if outcome is None:
        outcome = Outcome.HISTORICAL if historical else Outcome.AWAITED
    return Request(
        received_on=row["requested_on"],
        source=_member(RequestSource, row["requested_by"]),
        rya=row["rya"],
        outcome=outcome,
        outcome_on=census.known(row["decided_on"]),
        mediation=row["request_mediation"],
        tribunal=row["request_tribunal"],
        exported_to=row["exported_to"],
        assessment=_assessment(row, outcome, plan, historical=historical, census=census),
        active_plan=plan.active() if plan else None,
    )


def _assessment(
    row: Row, decided: Outcome, plan: "PlanThen | None", *, historical: bool, census: Census
) -> Assessment | None:
    told = _FOLLOWED.get(row["outcome"]) if census.has_come(row["outcome_on"]) else None
    if told is None:
        if historical:
            told = Outcome.HISTORICAL if decided is not Outcome.HISTORICAL or plan else None
        elif decided is Outcome.YES:
            told = Outcome.AWAITED
    assessment = Assessment(
        outcome=told,
        outcome_on=census.known(row["outcome_on"]),
        mediation=row["assessment_mediation"],
        tribunal=row["assessment_tribunal"],
        other_mediation=row["other_mediation"],
        other_tribunal=row["other_tribunal"],
        week20=row["week20_exception"],
        named_plan=plan.named() if plan else None,
    )
    return None if assessment == Assessment() else assessment


@dataclass(frozen=True, slots=True)
class PlanThen:
    """A plan on the day of the census: the version that was in force, all of them, and what belongs to them."""

    row: Row
    versions: Sequence[Row]
    facts: Facts
    census: Census

    @classmethod
    def of(cls, facts: Facts, assessment_id: Any, census: Census) -> "PlanThen | None":
        """The plan that the request led to, if there was one by then: a draft is none."""
        every = versions_from(facts.get("plan", ()), assessment_id)
        versions = [row for row in every if not is_draft(row) and census.has_come(row["finalised_on"])]
        row = as_of(versions, census.on)
        return None if row is None else cls(row, versions, facts, census)

    @property
    def ended(self) -> bool:
        return self.row["status"] in _ENDED and self.census.has_come(self.row["ceased_on"])

    def named(self) -> NamedPlan:
        """Module 4. How a child lives and works stands beside each placement that is named; here it is said once."""
        placements = [row for row in self._own("placement") if row["named_in_plan"]]
        return NamedPlan(
            starts_on=self.versions[0]["finalised_on"],
            residential=next((row["residential"] for row in placements if row["residential"]), None),
            work_based=next((row["work_based"] for row in placements if row["work_based"]), None),
            personal_budget=self.row["personal_budget_reported"],
            organised_arrangements=self.row["organised_arrangements_reported"],
            direct_payment=self.row["direct_payment_reported"],
            ceased_on=self.row["ceased_on"] if self.ended else None,
            cease_reason=self._cease_reason() if self.ended else None,
            placements=_placements(placements, said_above=True),
        )

    def _cease_reason(self) -> CeaseReason | None:
        if self.row["status"] == PlanStatus.TRANSFERRED:
            return CeaseReason.TRANSFERRED_TO_OTHER_AUTHORITY
        return _member(CeaseReason, self.row["cease_reason"])

    def active(self) -> ActivePlan | None:
        """Module 5: None for a plan that is over."""
        if self.ended:
            return None
        review = self.latest_review()
        begins_on = self.census.begins_on
        attended = [
            row
            for row in self._own("placement")
            if not row["named_in_plan"] and (row["ends_on"] is None or row["ends_on"] >= begins_on)
        ]
        return ActivePlan(
            transfer_from=self.row["transferred_from"],
            review_meeting_on=self.census.known(review.get("meeting_on")),
            review_outcome=self._review_outcome(review),
            review_drafted_on=self.census.known(review.get("amendment_drafted_on")),
            phase_transfer_due_on=self.row["phase_transfer_due_on"],
            phase_transfer_final_on=self.row["phase_transfer_final_on"],
            last_review_on=self.census.known(review.get("decided_on")),
            placements=_placements(attended),
            needs=tuple(self._needs()),
        )

    def _own(self, table: str) -> list[Row]:
        return [row for row in self.facts.get(table, ()) if row["plan_id"] == self.row["id"]]

    def latest_review(self) -> Row:
        """The latest annual review that had been held or decided by then; an empty row where there was none."""
        held = [
            row
            for row in of_plans(self.facts.get("review", ()), self.versions)
            if row["kind"] == ReviewKind.ANNUAL
            and (row["meeting_on"] or row["decided_on"])
            and self.census.has_come(row["meeting_on"] or row["decided_on"])
        ]
        return max(held, key=lambda row: (row["meeting_on"] or row["decided_on"], str(row["id"])), default=_NOTHING)

    def _review_outcome(self, review: Row) -> ReviewOutcome | None:
        decided = review and self.census.has_come(review["decided_on"])
        return _member(ReviewOutcome, review["decision"]) if decided else None

    def _needs(self) -> Iterable[Need]:
        told: set[int] = set()
        for row in sorted(self._own("need"), key=lambda row: (row["rank"] or 0, str(row["id"]))):
            known = row["sen_type"] in set(SenType) and row["rank"] in {1, 2} and row["section"] == SectionCode.B
            if known and row["rank"] not in told:
                told.add(row["rank"])
                yield Need(SenType(row["sen_type"]), row["rank"])


def _placements(rows: Sequence[Row], *, said_above: bool = False) -> tuple[Placement, ...]:
    """In the order of their ranks; what the plan says of all of them is not said again of each."""
    settings = ("urn", "ukprn", "sen_setting")
    ordered = sorted(
        rows,
        key=lambda row: (row["rank"] or 0, row["starts_on"] or date.min, *(str(row[name]) for name in settings)),
    )
    return tuple(
        Placement(
            rank=row["rank"] or position,
            urn=row["urn"],
            ukprn=row["ukprn"],
            setting=row["sen_setting"],
            setting_other=row["sen_setting_other"],
            sen_unit=row["sen_unit"],
            resourced_provision=row["resourced_provision"],
            entered_on=row["starts_on"],
            left_on=row["ends_on"],
            residential=None if said_above else row["residential"],
            work_based=None if said_above else row["work_based"],
        )
        for position, row in enumerate(ordered, start=1)
    )


def _member(codes: type[E], name: str | None) -> E | None:
    """The code whose term the hub keeps; None for a term that the return has no code for."""
    return None if name is None else codes.__members__.get(name)
