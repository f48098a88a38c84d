"""The form of an EHC plan (CFA 2014 ss. 37(2), 38(5), SEND Regs 2014 reg. 12). Sections, needs, provision."""

from dataclasses import replace

from hub.law.decisions import Refusal
from hub.law.reg12_form import (
    Contents,
    NeedIn,
    ProvisionIn,
    refuse_draft,
    refuse_final,
    refuse_service,
    warnings,
)
from hub.law.vocabulary import AgreementStatus, SectionCode
from tests.law.cases import day

SAID = {"frequency": True, "minutes a week": True}
TEACHING = ProvisionIn(SectionCode.F, "n1", ["o1"], SAID)
THERAPY = ProvisionIn(SectionCode.G, "n2", ["o1"], SAID, agreed=[AgreementStatus.AGREED])
ALL = list(SectionCode)
CONTENTS = Contents(ALL, [NeedIn("n1", SectionCode.B), NeedIn("n2", SectionCode.C)], ["o1"], [TEACHING, THERAPY])
DRAFT = replace(CONTENTS, sections=[code for code in SectionCode if code is not SectionCode.I])
BORN, ON = day("2020-01-15"), day("2026-11-20")


def _rules(refusals: tuple[Refusal, ...]) -> list[str]:
    return [each.rule for each in refusals]


def _final(contents: Contents) -> list[str]:
    return _rules(refuse_final(contents, born_on=BORN, on=ON))


def test_a_draft_names_no_school() -> None:
    """A draft does not contain section I (s. 38(5)); the final plan does (reg. 12(1)(i))."""
    assert refuse_draft(DRAFT) == ()
    assert _rules(refuse_draft(CONTENTS)) == ["section-i-in-draft"]
    assert _final(CONTENTS) == []
    assert _final(DRAFT) == ["section-missing"]


def test_each_section_is_separately_identified() -> None:
    """All of A to K are there when the draft is served, but for I; one with nothing in it says so (reg. 12(1))."""
    assert refuse_service(DRAFT) == ()
    without = replace(DRAFT, sections=[code for code in DRAFT.sections if code is not SectionCode.H2])
    refused = refuse_service(without)
    assert _rules(refused) == ["section-missing"]
    assert "H2" in refused[0].message


def test_needs_provision_and_outcomes_are_linked() -> None:
    """Needs are in B, C and D; provision in F, G, H1 and H2 meets a need and serves outcomes of the same plan, as its
    section may: F meets B, and what educates or trains may be in F (s. 21(5)); G meets C; H meets D."""
    assert _rules(refuse_draft(replace(DRAFT, needs=[NeedIn("n1", SectionCode.F)], provision=[]))) == [
        "not-a-section-of-needs"
    ]
    for wrong, rule in (
        (replace(TEACHING, section=SectionCode.B), "not-a-section-of-provision"),
        (replace(TEACHING, need="n9"), "does-not-meet-the-need"),
        (replace(THERAPY, need="n1"), "does-not-meet-the-need"),
        (replace(TEACHING, outcomes=["o9"]), "no-such-outcome"),
    ):
        assert _rules(refuse_draft(replace(DRAFT, provision=[wrong]))) == [rule]
    assert refuse_draft(replace(DRAFT, provision=[replace(TEACHING, need="n2")])) == ()


def test_health_care_provision_is_for_a_responsible_commissioning_body() -> None:
    """Provision in G is agreed and arranged by a responsible commissioning body of the child (reg. 12(2), s. 42(3))."""
    wrong = replace(THERAPY, commissioner_answers=False)
    assert _rules(refuse_draft(replace(DRAFT, provision=[wrong]))) == ["not-the-responsible-commissioner"]


def test_a_plan_with_unagreed_health_care_provision_does_not_become_final() -> None:
    """Asked, declined or never asked: it is not final until it is agreed or left out (reg. 12(2))."""
    for statuses in ([], [AgreementStatus.ASKED], [AgreementStatus.DECLINED], [AgreementStatus.NOT_RECORDED]):
        assert _final(replace(CONTENTS, provision=[TEACHING, replace(THERAPY, agreed=statuses)])) == ["not-agreed"]
    left_out = replace(THERAPY, agreed=[AgreementStatus.LEFT_OUT])
    assert _final(replace(CONTENTS, provision=[TEACHING, left_out])) == []


def test_each_special_educational_need_has_its_provision() -> None:
    """The plan specifies the provision that each special educational need requires (s. 37(2)(c)). For a health care
    need that nothing meets there is a warning: what the body did not agree was left out."""
    assert _final(replace(CONTENTS, provision=[THERAPY])) == ["need-without-provision"]
    left_out = replace(CONTENTS, provision=[TEACHING, replace(THERAPY, agreed=[AgreementStatus.LEFT_OUT])])
    assert _rules(warnings(left_out)) == ["need-without-provision"]


def test_from_year_9_some_provision_prepares_for_adulthood() -> None:
    """From year 9 the provision includes some to prepare for adulthood and independent living (reg. 12(3))."""
    older = day("2013-08-31")
    assert _rules(refuse_final(CONTENTS, born_on=older, on=ON)) == ["nothing-for-adulthood"]
    prepares = replace(CONTENTS, provision=[replace(TEACHING, for_adulthood=True), THERAPY])
    assert refuse_final(prepares, born_on=older, on=ON) == ()


def test_provision_is_specified_and_quantified_or_there_is_a_warning() -> None:
    """How often, how long, by whom, how qualified and where; what is not said is warned of, and stops nothing. So is
    provision that meets no need, and an outcome that nothing serves."""
    assert warnings(CONTENTS) == ()
    vague = replace(TEACHING, specified={"frequency": False, "minutes a week": True}, need=None)
    found = warnings(replace(CONTENTS, provision=[vague, THERAPY], outcomes=["o1", "o2"]))
    assert _rules(found) == ["not-quantified", "meets-no-need", "need-without-provision", "outcome-unserved"]
    assert "frequency" in found[0].message
