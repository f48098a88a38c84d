"""Advice in an assessment (SEND Regs 2014 reg. 6(1)). Who identifies the professional that gives medical advice."""

import pytest

from hub.law.decisions import Refuse
from hub.law.reg6_advice import may_forward
from hub.law.reg8_time_limit import Part3Function
from hub.law.vocabulary import OrganisationKind


@pytest.mark.parametrize("kind", [OrganisationKind.INTEGRATED_CARE_BOARD, OrganisationKind.NHS_ENGLAND])
def test_a_commissioning_body_identifies_who_advises(kind: OrganisationKind) -> None:
    """Medical advice is from a health care professional whom the responsible commissioning body identifies (reg.
    6(1)(c)): it may hand the request on, in an assessment or a re-assessment."""
    assert may_forward(kind, Part3Function.EHC_NEEDS_ASSESSMENT)
    assert may_forward(kind, Part3Function.REASSESSMENT)
    refused = may_forward(kind, Part3Function.PLAN_REVIEW)
    assert isinstance(refused, Refuse)
    assert refused.rule == "not-an-assessment"


def test_no_other_body_hands_a_request_on() -> None:
    """A trust that is asked complies or declines: to pass the question on is neither."""
    refused = may_forward(OrganisationKind.NHS_TRUST, Part3Function.EHC_NEEDS_ASSESSMENT)
    assert isinstance(refused, Refuse)
    assert refused.rule == "not-a-commissioning-body"
