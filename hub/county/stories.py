"""What has happened to each child so far: how many of each kind there are among 300, and the life each kind leads."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from enum import Enum, auto
from random import Random

from hub.county import assessments, budgets, redress
from hub.county.assessments import Steps
from hub.county.contents import choose
from hub.county.cooperation import IN_ASSESSMENTS
from hub.county.dates import days_after, on_work_day
from hub.county.holdings import Ending, drafted, hold
from hub.county.notifications import notify
from hub.county.requests import about_draft, about_plan
from hub.county.responsibilities import answer
from hub.county.reviews import KEPT_FOR, open_next, years_until
from hub.county.rows import Case
from hub.law.vocabulary import (
    AgreementStatus,
    AssessmentDecision,
    AssessmentOutcome,
    BudgetStatus,
    Opinion,
    PlanStatus,
    ReviewDecision,
)


class Story(Enum):
    """Where a child stands."""

    NOTIFIED = auto()
    REQUESTED = auto()
    REFUSED = auto()
    REQUEST_WITHDRAWN = auto()
    ASSESSING = auto()
    ASSESSMENT_WITHDRAWN = auto()
    NO_PLAN = auto()
    DRAFTED = auto()
    SERVED = auto()
    LONG_HELD = auto()
    NEW = auto()
    AMENDED = auto()
    AMENDMENT_PROPOSED = auto()
    REASSESSING = auto()
    CEASE_NOTIFIED = auto()
    CEASED = auto()
    MOVED_OUT = auto()
    MOVED_IN = auto()
