"""Provision, specified and quantified (CFA 2014 s. 37(2), SEND Regs 2014 reg. 12(1)). What has to be said of it."""

from datetime import date
from decimal import Decimal
from itertools import combinations
from typing import Any

import pytest

from hub.law.reg12_form import Contents, ProvisionIn, warnings
from hub.law.s37_provision import Planned, Specified
from hub.law.vocabulary import SectionCode

WHOLE: dict[str, Any] = {
    "frequency": "Weekly",
    "minutes_per_week": 60,
    "delivered_by": "A speech and language therapist",
    "qualification": "HCPC registered",
    "setting": "In class",
}
IN_WORDS = {
    "frequency": "frequency",
    "minutes_per_week": "minutes a week",
    "delivered_by": "who delivers it",
    "qualification": "their qualification",
    "setting": "the setting",
}
LEFT_OUT = [left_out for count in range(len(WHOLE) + 1) for left_out in combinations(WHOLE, count)]


def _unsaid(provision: Specified) -> list[str]:
    contents = Contents([], [], [], [ProvisionIn(SectionCode.F, None, [], provision.says)])
    return [each.message for each in warnings(contents) if "does not say" in each.message]


@pytest.mark.parametrize("left_out", LEFT_OUT, ids=lambda left_out: "+".join(left_out) or "nothing")
def test_it_is_told_what_is_not_said(left_out: tuple[str, ...]) -> None:
    """Frequency, minutes a week, who delivers it, their qualification and the setting: the warning names each that is
    not said, and no other."""
    provision = Specified("Speech therapy", **{name: said for name, said in WHOLE.items() if name not in left_out})
    (said,) = _unsaid(provision) or ("",)
    assert [name for name, words in IN_WORDS.items() if words in said] == list(left_out)


def test_no_minutes_are_minutes_that_are_said() -> None:
    """None in a week is a quantity; an empty text says nothing."""
    assert Specified("Therapy in a block", minutes_per_week=0).says["minutes a week"]
    assert not Specified("Therapy", delivered_by="").says["who delivers it"]


def test_who_pays_and_how_much_specifies_nothing() -> None:
    """The days of provision in a plan and its cost do not say what is provided."""
    planned = Planned("Therapy", section=SectionCode.G, starts_on=date(2026, 9, 1), annual_cost=Decimal(1200))
    assert not any(planned.says.values())
