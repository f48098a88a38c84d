"""Terms. The closed lists of the Act, the Regulations and the returns, which outside parties depend on."""

import pickle

import pytest

from hub.law import (
    budget_decisions,
    budget_direct_payment_events,
    budget_money,
    budget_regimes,
    deliveries,
    duty_terms,
    reg8_time_limit,
    reg17_disclosure,
    s31_events,
    s49_personal_budget,
    vocabulary,
)
from hub.law.term import Term
from hub.law.vocabulary import NHS_NUMBER_STATUS_CODES, AdviceKind, NHSNumberStatus, SectionCode

TERMS = [
    term
    for module in (
        vocabulary,
        deliveries,
        duty_terms,
        reg17_disclosure,
        reg8_time_limit,
        s31_events,
        s49_personal_budget,
        budget_money,
        budget_regimes,
        budget_direct_payment_events,
        budget_decisions,
    )
    for term in vars(module).values()
    if isinstance(term, type) and issubclass(term, Term) and term is not Term and term.__module__ == module.__name__
]


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.__name__)
def test_a_value_is_its_name(term: type[Term]) -> None:
    """The value of every term is its name, so that the schema, the database and the law say the same word."""
    assert [member.value for member in term] == [member.name for member in term]
    for member in term:
        assert term(member.name) is member
        assert (str(member), hash(member)) == (member.name, hash(member.name))
        assert pickle.loads(pickle.dumps(member)) is member


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.__name__)
def test_a_term_says_what_it_means(term: type[Term]) -> None:
    """Every list, and every term of it, says in a sentence what it means; no two terms of a list say the same."""
    assert term.__doc__
    meanings = [member.meaning for member in term]
    assert all(meaning.endswith(".") for meaning in meanings)
    assert all(len(member.meaning) > len(member) for member in term)
    assert len(set(meanings)) == len(meanings)


def test_the_status_of_an_nhs_number_has_a_national_code() -> None:
    """The eight statuses of an NHS number are coded 01 (verified) to 08 (postponed), as in the NHS Data Dictionary."""
    assert list(NHS_NUMBER_STATUS_CODES.values()) == ["01", "02", "03", "04", "05", "06", "07", "08"]
    assert NHS_NUMBER_STATUS_CODES[NHSNumberStatus.VERIFIED] == "01"
    assert NHS_NUMBER_STATUS_CODES[NHSNumberStatus.POSTPONED] == "08"


def test_advice_is_of_eight_kinds() -> None:
    """Advice in an assessment is of the eight kinds of SEND Regs 2014 reg. 6(1)(a) to (h); (c) is medical advice."""
    assert len(AdviceKind) == 8
    assert list(AdviceKind)[2] is AdviceKind.MEDICAL


def test_a_plan_has_twelve_sections() -> None:
    """A plan has sections A to K, H in two parts (reg. 12(1))."""
    assert [*SectionCode] == ["A", "B", "C", "D", "E", "F", "G", "H1", "H2", "I", "J", "K"]
