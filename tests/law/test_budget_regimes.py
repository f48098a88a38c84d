"""Under which law a direct payment is made. Each regime is data: dated, and marked for how surely it is known."""

import pytest

from hub.law.budget_regimes import (
    REGIMES,
    Exclusion,
    Regime,
    Requirement,
    missing,
    provision_of,
    regime_of,
    regimes_table,
)
from hub.law.vocabulary import BudgetKind, Mark
from tests.law.cases import day

ON = day("2026-11-20")
ALL = frozenset(Requirement)


def test_each_kind_of_provision_has_its_own_law() -> None:
    """Special educational provision is under the PB Regs 2014; health care under the NHS's own; social care under
    s. 17A of the Children Act 1989 until 18, and under the Care Act 2014 from then on."""
    born = day("2008-11-21")
    assert regime_of(BudgetKind.EDUCATION, born, ON) is Regime.PB_REGS_2014
    assert regime_of(BudgetKind.HEALTH, born, ON) is Regime.NHS_REGS_2013
    assert regime_of(BudgetKind.SOCIAL_CARE, born, ON) is Regime.CHILDREN_ACT_1989_S17A
    assert regime_of(BudgetKind.SOCIAL_CARE, born, day("2026-11-21")) is Regime.CARE_ACT_2014_S31


@pytest.mark.parametrize("regime", Regime)
def test_every_requirement_of_a_regime_must_be_satisfied(regime: Regime) -> None:
    """Before a direct payment is made the paying body is satisfied of every requirement of its law; each that is
    missing is named with its provision."""
    assert missing(regime, ALL, (), individual=True, is_young_person=False, on=ON) == []
    found = missing(regime, (), (), individual=True, is_young_person=False, on=ON)
    assert [each.provision for each in found] == [each.provision for each in REGIMES[regime]]
    assert missing(regime, (), (), individual=True, is_young_person=False, on=day("2009-01-01")) == []


def test_the_four_conditions_of_regulation_6_and_the_recipients_of_regulation_5() -> None:
    """An authority is satisfied of the four things of reg. 6(1), and of the four of the recipient in reg. 5(2)."""
    found = missing(Regime.PB_REGS_2014, (), (), individual=True, is_young_person=False, on=ON)
    assert [each.rule for each in found] == [
        "capable-of-managing",
        "over-school-age",
        "has-capacity",
        "not-excluded",
        "appropriate-use",
        "best-interests",
        "no-adverse-impact",
        "efficient",
    ]


def test_some_requirements_are_of_individuals_and_some_of_others_than_the_young_person() -> None:
    """An organisation has no age and no capacity (reg. 5(2)(b), (c)); the young person's own interests are not asked
    after (reg. 6(1)(b))."""
    of_body = missing(Regime.PB_REGS_2014, (), (), individual=False, is_young_person=False, on=ON)
    assert not {"over-school-age", "has-capacity"} & {each.rule for each in of_body}
    of_young = missing(Regime.PB_REGS_2014, (), (), individual=True, is_young_person=True, on=ON)
    assert "best-interests" not in {each.rule for each in of_young}


@pytest.mark.parametrize("exclusion", Exclusion)
def test_nobody_under_an_order_of_the_schedule_is_paid(exclusion: Exclusion) -> None:
    """A person under a drug or alcohol order of the Schedule may not receive direct payments, whatever else is
    satisfied (reg. 5(2)(d))."""
    for regime in Regime:
        (refusal,) = missing(regime, ALL, {exclusion}, individual=True, is_young_person=True, on=ON)
        assert refusal.rule == "excluded-recipient"


def test_what_was_not_read_says_so() -> None:
    """The requirements of the PB Regs 2014 were read; those of social care and of the NHS are known from memory, and
    say so."""
    for regime, asked in REGIMES.items():
        read = regime is Regime.PB_REGS_2014
        assert {each.certainty for each in asked} == {Mark.VERIFIED if read else Mark.FROM_MEMORY}
        assert regime.value in regimes_table()
    assert provision_of(Regime.PB_REGS_2014, "9") == "PB Regs 2014 reg. 9"
    assert provision_of(Regime.NHS_REGS_2013, "9") == "NHS Act 2006 s. 12A, SI 2013/1617"
