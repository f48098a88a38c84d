"""Asking partners and schools for help (CFA 2014 ss. 28, 29). A general duty, without a clock or grounds of refusal."""

import pytest

from hub.law.decisions import Permit
from hub.law.s28_cooperation import SCHOOLS, Enquiry, may_ask_for_help, refuse_answer
from hub.law.vocabulary import OrganisationKind
from tests.law.cases import AUTHORITY, NOW, SENT, TRUST

ENQUIRY = Enquiry(SENT.id, AUTHORITY, TRUST, None, "CFA 2014 s. 28", "Which therapists serve the school?", NOW)


@pytest.mark.parametrize("kind", OrganisationKind)
def test_an_authority_asks_its_partners_and_its_schools(kind: OrganisationKind) -> None:
    """A partner co-operates under s. 28, a school or post-16 institution under s. 29. Another authority is asked under
    s. 31(1)(a), and nobody but an authority asks here."""
    decision = may_ask_for_help(OrganisationKind.LOCAL_AUTHORITY, kind)
    if kind is OrganisationKind.LOCAL_AUTHORITY:
        assert decision.rule == "not-a-partner"
    else:
        assert decision == Permit("CFA 2014 s. 29" if kind in SCHOOLS else "CFA 2014 s. 28")
        assert may_ask_for_help(kind, kind).rule == "only-an-authority-asks"


def test_an_enquiry_is_answered_once() -> None:
    """There is no time limit and no ground of refusal: it is answered, once, or it is not."""
    assert refuse_answer(ENQUIRY) is None
    answered = Enquiry(SENT.id, AUTHORITY, TRUST, None, "CFA 2014 s. 28", "Which?", NOW, answered_at=NOW)
    refusal = refuse_answer(answered)
    assert refusal is not None
    assert (refusal.rule, refusal.provision) == ("already-answered", "CFA 2014 s. 28")
