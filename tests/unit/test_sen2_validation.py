"""The faults that an authority fights with each January: each a named rule at its place, in a return that is otherwise
good. The list is that of the validators that authorities use (witan, D2I), and of what a guide makes compulsory.
"""

import pytest

from hub.actions.sen2_return import Severity
from tests.unit.test_sen2_reading import read, the_return

REFUSED, WARNING = Severity.REFUSED, Severity.WARNING
UPN, PLACED = "<UPN>R990200013001</UPN>", "<PlanDetail><URN>100001</URN><PlacementRank>1</PlacementRank>"
FLAGS = (
    "<SENunitIndicator>0</SENunitIndicator><ResourcedProvisionIndicator>0</ResourcedProvisionIndicator></PlanDetail>"
)
REVIEWED = (
    "<ReviewMeeting>2025-10-14</ReviewMeeting><ReviewOutcome>M</ReviewOutcome><LastReview>2025-11-06</LastReview>"
)
BORN, DECIDED = "<PersonBirthDate>2013-05-02<", "<RequestOutcomeDate>2022-04-05<"
NEEDS = (
    "<SENneed><SENtype>ASD</SENtype><SENtypeRank>1</SENtypeRank></SENneed>\n"
    "          <SENneed><SENtype>SLCN</SENtype><SENtypeRank>2</SENtypeRank></SENneed>"
)


def appleby(*changes: tuple[str, str], year: int = 2026) -> list[tuple[str, Severity]]:
    """What is wrong with the first person of the example, once it is changed; all others stay as they are."""
    text = the_return()
    head, end, rest = text.partition("</Person>")
    for before, after in changes:
        assert before in head, before
        head = head.replace(before, after)
    text = (head + end + rest).replace(
        "<Year>2026</Year><ReferenceDate>2026", f"<Year>{year}</Year><ReferenceDate>{year}"
    )
    return [(each.rule, each.severity) for each in read(text)[1][0].problems]


@pytest.mark.parametrize(
    ("before", "after", "rule", "severity"),
    [
        pytest.param(UPN, "", "upn-missing", WARNING, id="neither UPN nor ULN, and no reason"),
        pytest.param(UPN, "<UPNunknown>UN1</UPNunknown>", "upn-missing-of-schoolchild", WARNING, id="six or older"),
        pytest.param(UPN, UPN + "<UPNunknown>UN1</UPNunknown>", "upn-and-reason", WARNING, id="a UPN and a reason"),
        pytest.param(PLACED, "<PlanDetail><PlacementRank>1</PlacementRank>", "placement-without-setting", WARNING,
                     id="a placement that is nowhere"),
        pytest.param(PLACED + FLAGS, "", "placement-missing", WARNING, id="no placement"),
        pytest.param(FLAGS, "</PlanDetail>", "unit-not-told", WARNING, id="a URN without unit flags"),
        pytest.param(PLACED, PLACED.replace("<URN>100001</URN>", "<SENSetting>ABC</SENSetting>"), "code-not-listed",
                     WARNING, id="an unknown setting"),
        pytest.param(BORN, "<PersonBirthDate><", "birth-date-missing", REFUSED, id="no date of birth"),
        pytest.param(BORN, "<PersonBirthDate>2026-02-01<", "birth-date-in-future", REFUSED, id="born in the future"),
        pytest.param(BORN, "<PersonBirthDate>2000-01-15<", "age-over-25", REFUSED, id="26 years old"),
        pytest.param(DECIDED, "<RequestOutcomeDate>2022-02-28<", "decision-before-request", REFUSED,
                     id="a decision before the request"),
        pytest.param("<StartDate>2022-11-01<", "<StartDate>2022-03-31<", "plan-before-decision", REFUSED,
                     id="a plan before the decision"),
        pytest.param("<StartDate>2022-11-01<", "<StartDate>2025-10-15<", "review-before-plan", WARNING,
                     id="a plan after its review"),
        pytest.param(REVIEWED, "<LastReview>2022-10-31</LastReview>", "review-before-plan", WARNING,
                     id="a plan after what was decided on it"),
        pytest.param(REVIEWED, "", "review-missing", WARNING, id="no review in more than a year"),
        pytest.param(REVIEWED, REVIEWED + "<PhaseTransferDueDate>2025-02-15</PhaseTransferDueDate>",
                     "phase-transfer-missing", WARNING, id="a phase transfer that is due and not told"),
        pytest.param(REVIEWED, REVIEWED + "<PhaseTransferFinalDate>2025-02-10</PhaseTransferFinalDate>",
                     "phase-transfer-half-told", WARNING, id="a phase transfer without its last day"),
        pytest.param(REVIEWED, "<TransferLA>Kent</TransferLA>" + REVIEWED, "la-code-format", WARNING,
                     id="an authority without a code"),
        pytest.param("<RequestSource>2</RequestSource>", "", "request-source-missing", WARNING, id="nobody asked"),
        pytest.param(NEEDS, "", "need-missing", WARNING, id="no type of need"),
    ],
)  # fmt: skip
def test_each_fault_has_a_name(before: str, after: str, rule: str, severity: Severity) -> None:
    assert (rule, severity) in appleby((before, after))


def test_what_became_compulsory_is_not_asked_for_before() -> None:
    """From 2026 a return says who asked, and when plans were reviewed and amended for a phase transfer."""
    told = REVIEWED.replace("2025-1", "2024-1")
    assert appleby((REVIEWED, ""), ("<RequestSource>2</RequestSource>", ""), year=2025) == []
    overdue = told + "<PhaseTransferDueDate>2024-02-15</PhaseTransferDueDate>"
    assert appleby((REVIEWED, overdue), year=2025) == []


def test_a_plan_of_this_year_need_not_have_been_reviewed() -> None:
    """CFA 2014 s. 44(1): within twelve months."""
    began = [("<StartDate>2022-11-01<", "<StartDate>2025-01-16<"), (REVIEWED, "")]
    assert appleby(*began) == []
    assert appleby(("<StartDate>2022-11-01<", "<StartDate>2025-01-15<"), (REVIEWED, "")) == [
        ("review-missing", WARNING)
    ]


def test_two_persons_with_one_upn_and_two_plans_of_one_person() -> None:
    text = the_return()
    _, persons = read(text.replace("R990200014002", "R990200013001"))
    assert "upn-repeated" in [each.rule for each in persons[1].problems]
    first = text[text.index("<Requests>") : text.index("</Requests>") + len("</Requests>")]
    another = first.replace("2022-03-01", "2022-03-02")
    (rule,) = [each.rule for each in read(text.replace(first, first + another, 1))[1][0].problems]
    assert rule == "plans-several"
