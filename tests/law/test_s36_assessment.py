"""EHC needs assessments (CFA 2014 s. 36, SEND Regs 2014 regs 3 to 10). What may follow what, and whose advice is
sought."""

from dataclasses import replace

import pytest

from hub.law.decisions import Refusal
from hub.law.s36_assessment import (
    DETAINED,
    MUST_BE_SOUGHT,
    TRANSITIONS,
    AdviceCame,
    AdviceSought,
    Assessment,
    AssessmentEvent,
    AssessmentStage,
    Decided,
    NoPlanDecided,
    PlanBegun,
    refuse_asking,
    refuse_considering,
    refuse_deciding,
    refuse_request,
    stage_of,
)
from hub.law.vocabulary import AdviceKind, AssessmentDecision, AssessmentOutcome
from tests.law.cases import day

TODAY = day("2026-11-22")
ASSESSMENT = Assessment(
    AssessmentStage.ASSESSING, day("2020-01-15"), day("2026-06-01"), day("2026-07-13"), MUST_BE_SOUGHT
)
ON = day("2026-09-01")
WILL, WILL_NOT = AssessmentDecision.WILL_ASSESS, AssessmentDecision.WILL_NOT_ASSESS
EVENTS: tuple[AssessmentEvent, ...] = (
    Decided(WILL, "", ON),
    Decided(WILL_NOT, "The school can meet the needs.", ON),
    Decided(AssessmentDecision.WITHDRAWN, "", ON),
    AdviceSought(AdviceKind.MEDICAL, ON),
    AdviceCame(ON),
    NoPlanDecided("The needs can be met without.", ON),
    PlanBegun(ON),
)


def _rule(assessment: Assessment, event: AssessmentEvent) -> str | None:
    after = assessment.after(event, today=TODAY)
    return after.rule if isinstance(after, Refusal) else None


def _request(**given: object) -> str | None:
    asked = {
        "born_on": day("2020-01-15"),
        "received_on": ON,
        "today": TODAY,
        "detained": False,
        "plan_maintained": False,
        "in_progress": False,
    }
    refusal = refuse_request(**(asked | given))  # type: ignore[arg-type]  (one key of each kind)
    return refusal.rule if refusal else None


def test_a_request_is_recorded_of_a_child_without_a_plan() -> None:
    """A request may be made for any child or young person under 25; where a plan is maintained it would be for a
    re-assessment, and one request is decided at a time (ss. 36(1), (3), (6), 83(2))."""
    assert _request() is None
    assert _request(plan_maintained=True) == "plan-maintained"
    assert _request(in_progress=True) == "already-requested"
    assert _request(received_on=day("2026-11-23")) == "in-the-future"
    assert _request(received_on=day("2020-01-14")) == "not-born-yet"
    assert _request(born_on=day("2001-09-01")) == "not-under-25"
    assert _request(born_on=day("2001-09-02")) is None


def test_detained_persons_have_other_rules() -> None:
    """A detained person is assessed under ss. 70 to 75 and SI 2015/62, which the hub does not have: it says so."""
    assert _request(detained=True) == DETAINED.rule
    assert DETAINED.provision == "SI 2015/62"


@pytest.mark.parametrize("stage", AssessmentStage)
def test_what_is_absent_from_the_table_is_refused(stage: AssessmentStage) -> None:
    """Whatever may not follow is refused, and leaves the assessment as it was."""
    for event in EVENTS:
        assessment = replace(ASSESSMENT, stage=stage)
        after = assessment.after(event, today=TODAY)
        allowed = TRANSITIONS.get((stage, type(event)), frozenset())
        if isinstance(after, Refusal):
            assert after.rule == "out-of-order"
            assert not isinstance(event, Decided) or len(allowed) < 3
        else:
            assert after in allowed


@pytest.mark.parametrize(
    ("stage", "reassessment", "told", "rule"),
    [
        (AssessmentStage.REQUESTED, False, False, None),
        (AssessmentStage.REQUESTED, False, True, "already-told"),
        (AssessmentStage.REQUESTED, True, False, "not-considered"),
        (AssessmentStage.ASSESSING, False, False, "not-considered"),
    ],
)
def test_that_an_assessment_is_considered_is_told_once(
    stage: AssessmentStage, reassessment: bool, told: bool, rule: str | None
) -> None:
    """Those whom reg. 4(2) names are told while the authority considers it, once. Of a re-assessment the regulations
    ask for no such notice."""
    refusal = refuse_considering(stage, reassessment=reassessment, told=told)
    assert (refusal.rule if refusal else None) == rule


def test_a_reassessment_is_not_decided_as_a_first_one() -> None:
    """Who asked, and reg. 24, decide on it (reg. 25(1)); that the request was withdrawn may be recorded."""
    refusal = refuse_deciding(WILL, reassessment=True)
    assert refusal is not None
    assert refusal.rule == "re-assessment"
    assert refuse_deciding(AssessmentDecision.WITHDRAWN, reassessment=True) is None
    assert refuse_deciding(WILL_NOT, reassessment=False) is None


def test_the_authority_decides_and_may_come_to_another_view() -> None:
    """It decides to assess or not; after it decided not to, it may still decide to. A request may be withdrawn."""
    requested = replace(ASSESSMENT, stage=AssessmentStage.REQUESTED, decided_on=None)
    assert requested.after(Decided(WILL, "", ON), today=TODAY) is AssessmentStage.ASSESSING
    assert requested.after(Decided(WILL_NOT, "No.", ON), today=TODAY) is AssessmentStage.NOT_ASSESSED
    refused = replace(ASSESSMENT, stage=AssessmentStage.NOT_ASSESSED)
    assert refused.after(Decided(WILL, "", ON), today=TODAY) is AssessmentStage.ASSESSING
    assert _rule(refused, Decided(WILL_NOT, "No.", ON)) == "out-of-order"
    assert ASSESSMENT.after(Decided(AssessmentDecision.WITHDRAWN, "", ON), today=TODAY) is AssessmentStage.WITHDRAWN


def test_a_no_has_its_reasons() -> None:
    """A decision not to assess, and a decision that there is to be no plan, give reasons (s. 36(5)(a), (9)(c))."""
    requested = replace(ASSESSMENT, stage=AssessmentStage.REQUESTED)
    assert _rule(requested, Decided(WILL_NOT, " - ", ON)) == "reasons-required"
    assert _rule(ASSESSMENT, NoPlanDecided("", ON)) == "reasons-required"


def test_nothing_happens_in_the_future_or_before_what_it_follows() -> None:
    """A decision is not of a day to come, nor before the request; advice not before the decision to assess."""
    requested = replace(ASSESSMENT, stage=AssessmentStage.REQUESTED, decided_on=None)
    assert _rule(requested, Decided(WILL, "", day("2026-11-23"))) == "in-the-future"
    assert _rule(requested, Decided(WILL, "", day("2026-05-31"))) == "dates-out-of-order"
    assert _rule(requested, Decided(WILL, "", day("2026-06-01"))) is None
    assert _rule(ASSESSMENT, AdviceCame(day("2026-07-12"))) == "dates-out-of-order"
    assert _rule(replace(ASSESSMENT, began_on=None, decided_on=None), AdviceCame(day("2026-07-12"))) is None


def test_the_advice_of_reg_6_is_sought_before_it_is_decided_on_a_plan() -> None:
    """Advice of the parent, on education, medical, psychological and on social care must be sought (reg. 6(1)(a) to
    (e)); of an assessment that was imported the hub does not know what was."""
    lacking = replace(ASSESSMENT, sought=MUST_BE_SOUGHT - {AdviceKind.MEDICAL})
    for event in (PlanBegun(ON), NoPlanDecided("It is not needed.", ON)):
        after = lacking.after(event, today=TODAY)
        assert isinstance(after, Refusal)
        assert (after.rule, "MEDICAL" in after.message) == ("advice-not-sought", True)
        assert _rule(replace(lacking, known_sought=False), event) is None
        assert _rule(ASSESSMENT, event) is None


def test_from_year_9_advice_on_adulthood_is_sought() -> None:
    """From year 9 advice is sought on preparing for adulthood (reg. 6(1)(g)): a child who was 13 on 1 September."""
    older = replace(ASSESSMENT, born_on=day("2013-09-01"))
    assert _rule(older, PlanBegun(day("2026-09-01"))) == "advice-not-sought"
    assert _rule(replace(older, sought=frozenset(AdviceKind)), PlanBegun(day("2026-09-01"))) is None
    assert _rule(older, AdviceSought(AdviceKind.PREPARING_FOR_ADULTHOOD, ON)) is None
    younger = replace(ASSESSMENT, born_on=day("2013-09-02"))
    assert _rule(younger, PlanBegun(ON)) is None
    assert _rule(younger, AdviceSought(AdviceKind.PREPARING_FOR_ADULTHOOD, ON)) == "before-year-9"


def _asking(kind: AdviceKind, **given: object) -> str | None:
    said = {
        "is_commissioner": False,
        "identified_by_commissioner": False,
        "named_body": True,
        "said_of_representations": True,
        "settled": (None, None, None),
    }
    refusal = refuse_asking(kind, **(said | given))  # type: ignore[arg-type]  (one key of each kind)
    return refusal.rule if refusal else None


def test_the_commissioning_body_identifies_who_gives_medical_advice() -> None:
    """Medical advice is sought of the responsible commissioning body, or of a professional it identified (6(1)(c))."""
    assert _asking(AdviceKind.MEDICAL) == "not-identified"
    assert _asking(AdviceKind.MEDICAL, is_commissioner=True) is None
    assert _asking(AdviceKind.MEDICAL, identified_by_commissioner=True) is None
    assert _asking(AdviceKind.PSYCHOLOGICAL) is None


def test_the_familys_representations_go_with_the_request() -> None:
    """The adviser gets copies of the representations and evidence of the family, or is told there are none (6(3))."""
    assert _asking(AdviceKind.EDUCATION, said_of_representations=False) == "representations-go-with-it"


def test_advice_that_suffices_is_not_sought_again() -> None:
    """Advice (b) to (h) that was given before is not sought again where the person who gave it, the authority and the
    family are all satisfied with it (reg. 6(4)). It is asked of the family each time."""
    settled = (True, True, True)
    assert _asking(AdviceKind.MEDICAL, settled=settled, said_of_representations=False) is None
    assert _asking(AdviceKind.MEDICAL, settled=(True, True, False)) == "not-identified"
    assert _asking(AdviceKind.PARENT, settled=settled, named_body=False) == "ask-the-family"
    assert _asking(AdviceKind.PARENT) == "ask-the-family"
    assert _asking(AdviceKind.PARENT, named_body=False) is None


def test_the_stage_is_what_the_decision_and_the_outcome_make() -> None:
    """No decision: requested; a decision; then an outcome."""
    assert stage_of(None, None) is AssessmentStage.REQUESTED
    assert stage_of(WILL, None) is AssessmentStage.ASSESSING
    assert stage_of(WILL, AssessmentOutcome.NO_PLAN) is AssessmentStage.NO_PLAN


def test_the_table_of_an_assessment_is_printed_from_the_transitions() -> None:
    """The table at the end of this book is the one that the hub runs on."""
    table = TRANSITIONS.as_markdown()
    assert "| **REQUESTED** | ASSESSING or NOT_ASSESSED or WITHDRAWN | - | - | - | - |" in table
    assert len(table.splitlines()) == 2 + len(AssessmentStage)
