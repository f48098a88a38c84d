"""Agreement to health care provision (SEND Regs 2014 reg. 12(2)). Each body agrees or declines; what is not agreed is
left out."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.law.decisions import Refusal
from hub.law.reg12_agreement import (
    AGREEMENT_TRANSITIONS,
    Agreed,
    Agreement,
    AgreementEvent,
    Asked,
    Declined,
    LeftOut,
    is_agreed,
)
from hub.law.reg12_form import Contents, ProvisionIn, refuse_final
from hub.law.s37_plan import Finalised, Plan, PlanEvent, Revised, Served
from hub.law.vocabulary import AgreementStatus, PlanStatus, SectionCode
from tests.law.cases import day, every_case

TODAY = day("2026-11-22")
ON = day("2026-11-20")
ASKED = Agreement(AgreementStatus.ASKED, day("2026-11-01"), day("2026-11-15"))
EVENTS: tuple[AgreementEvent, ...] = (
    Asked(ON, day("2026-12-01")),
    Agreed(ON),
    Declined(ON, "There is no such service."),
    LeftOut(ON, "The body has not agreed."),
)


def _rule(agreement: Agreement, event: AgreementEvent) -> str | None:
    after = agreement.after(event, today=TODAY)
    return after.rule if isinstance(after, Refusal) else None


@pytest.mark.parametrize("status", AgreementStatus)
def test_an_answer_follows_a_question(status: AgreementStatus) -> None:
    """Whatever is absent from the table is refused: a body that was not asked does not answer, nor twice alike."""
    for event in EVENTS:
        refused = _rule(replace(ASKED, status=status), event)
        if (status, type(event)) not in AGREEMENT_TRANSITIONS:
            assert refused == "out-of-order"
        else:
            assert refused in {None, "may-still-be-agreed"}


def test_a_body_that_declines_says_why() -> None:
    """A decision not to agree has reasons; a body may still agree afterwards."""
    assert _rule(ASKED, Declined(ON, "  ")) == "reasons-required"
    assert ASKED.after(EVENTS[2], today=TODAY) is AgreementStatus.DECLINED
    assert replace(ASKED, status=AgreementStatus.DECLINED).after(Agreed(ON), today=TODAY) is AgreementStatus.AGREED


def test_provision_is_left_out_where_it_was_declined_or_nobody_answered() -> None:
    """Provision is left out, with reasons, where a body declined it, or is silent past the day it was asked for; so
    that the plan can be sent in time (reg. 13(2))."""
    assert ASKED.after(EVENTS[3], today=TODAY) is AgreementStatus.LEFT_OUT
    assert _rule(replace(ASKED, reply_by=ON), EVENTS[3]) == "may-still-be-agreed"
    assert _rule(replace(ASKED, reply_by=None), EVENTS[3]) == "may-still-be-agreed"
    assert _rule(ASKED, LeftOut(ON, "")) == "reasons-required"
    declined = replace(ASKED, status=AgreementStatus.DECLINED, reply_by=None)
    assert declined.after(EVENTS[3], today=TODAY) is AgreementStatus.LEFT_OUT
    agreed = replace(ASKED, status=AgreementStatus.AGREED)
    assert _rule(agreed, EVENTS[3]) == "may-still-be-agreed"
    assert replace(agreed, others=[declined]).after(EVENTS[3], today=TODAY) is AgreementStatus.LEFT_OUT


def test_the_days_of_an_answer_are_in_order() -> None:
    """An answer is not of a day to come, nor before the question; the day to answer by is not past."""
    assert _rule(ASKED, Agreed(day("2026-11-23"))) == "in-the-future"
    assert _rule(ASKED, Agreed(day("2026-10-31"))) == "dates-out-of-order"
    assert _rule(ASKED, Asked(ON, day("2026-11-19"))) == "dates-out-of-order"
    assert _rule(replace(ASKED, asked_on=None), Asked(ON, None)) is None


def test_provision_stands_in_section_g_where_each_body_agreed() -> None:
    """Each responsible commissioning body agrees (s. 42(4)); an unanswered question is no agreement, and neither is
    none."""
    agreed, asked, out = AgreementStatus.AGREED, AgreementStatus.ASKED, AgreementStatus.LEFT_OUT
    assert is_agreed([agreed, agreed])
    assert is_agreed([out, out])
    assert not is_agreed([agreed, asked])
    assert not is_agreed([agreed, out])
    assert not is_agreed([])
    assert not is_agreed([AgreementStatus.NOT_RECORDED])


STEPS = st.lists(st.sampled_from([Asked, Agreed, Declined, LeftOut, Revised, Served, Finalised]), max_size=12)


@every_case
@given(STEPS)
def test_no_sequence_of_permitted_steps_reaches_a_final_plan_with_unagreed_provision(steps: list[type]) -> None:
    """Whatever is done in whatever order, each step as the law permits it: where the plan is final, the provision in
    section G is agreed or left out."""
    plan = Plan(PlanStatus.DRAFT, day("2020-01-01"), day("2026-10-01"))
    answer = Agreement(AgreementStatus.NOT_ASKED)
    answers: dict[type, AgreementEvent] = {
        Asked: Asked(day("2026-11-01"), day("2026-11-10")),
        Agreed: Agreed(ON),
        Declined: Declined(ON, "No."),
        LeftOut: LeftOut(ON, "Not agreed."),
    }
    moves: dict[type, PlanEvent] = {Revised: Revised(ON), Served: Served(day("2026-11-01")), Finalised: Finalised(ON)}
    for step in steps:
        if step in answers:
            if plan.status is PlanStatus.FINAL:
                continue
            status = answer.after(answers[step], today=TODAY)
            if not isinstance(status, Refusal):
                answer = Agreement(status, day("2026-11-01"), day("2026-11-10"))
            continue
        after = plan.after(moves[step], today=TODAY)
        provision = ProvisionIn(SectionCode.G, None, (), {}, agreed=[answer.status])
        held = refuse_final(Contents(list(SectionCode), (), (), [provision]), born_on=plan.born_on, on=ON)
        if not isinstance(after, Refusal) and not (step is Finalised and held):
            plan = replace(plan, status=after, served_on=day("2026-11-01") if step is Served else plan.served_on)
        if plan.status is PlanStatus.FINAL:
            assert is_agreed([answer.status])


def test_the_table_of_an_agreement_is_printed_from_the_transitions() -> None:
    """The table at the end of this book is the one that the hub runs on."""
    assert "| **DECLINED** | ASKED | AGREED | - | LEFT_OUT |" in AGREEMENT_TRANSITIONS.as_markdown()
