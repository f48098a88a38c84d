"""Every statutory clock, as one table. The provision is beside each number; a change of law is a changed line.

Read from the Regulations as amended to 3 April 2018 and from Part 3 of the Act; what could not be read carries another
mark than VERIFIED. The columns: duty, clock, provision, holder, trigger, limit, what relieves the time limit.
"""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from hub.law.duty_terms import DutyRule as Duty
from hub.law.duty_terms import Holder as Who
from hub.law.duty_terms import Relief, Rule
from hub.law.duty_terms import Trigger as From
from hub.law.periods import (
    Before,
    Days,
    DaysBeginningWith,
    Months,
    MonthsBefore,
    MonthsBeginningWith,
    Weeks,
    WeeksBefore,
    WeeksBeginningWith,
    WorkingDays,
    WorkingDaysBefore,
    WorkingDaysBeginningWith,
)
from hub.law.vocabulary import Mark

REC_REGS_IN_FORCE = date(2018, 4, 3)

CLOSURE_OR_ABSENCE = frozenset(  # regs 5(4), 10(4), 27(3)
    {
        Relief.SCHOOL_CLOSED,
        Relief.EARLY_YEARS_PROVIDER_CLOSED,
        Relief.EXCEPTIONAL_CIRCUMSTANCES,
        Relief.ABSENT_FROM_AREA,
    }
)
REG_8_2 = frozenset({Relief.EXCEPTIONAL_CIRCUMSTANCES, Relief.ABSENT_FROM_AREA, Relief.MISSED_APPOINTMENT})
REG_45_7 = CLOSURE_OR_ABSENCE | {Relief.ABSENT_FROM_AREA_TWO_WEEKS}
DIRECTED = frozenset({Relief.TRIBUNAL_DIRECTION})  # reg. 44(1)
REG_44_3 = REG_45_7 | DIRECTED

LATER_OF_C9 = "The later of the two dates of reg. 15(5) counts."
LATER_OF_C34 = "The later of the two dates counts."
HESC_RULES = "Tribunal Procedure (HESC) Rules 2008 r. 20"

# fmt: off
_ASSESSMENT_AND_PLAN = (
    Rule(Duty.NOTIFY_NOT_NECESSARY, "C1", "SEND Regs 2014 reg. 4(1)",
         Who.AUTHORITY, From.REQUEST_OR_RESPONSIBILITY, Weeks(6)),
    Rule(Duty.DECIDE_WHETHER_TO_ASSESS, "C2", "SEND Regs 2014 reg. 5(1)",
         Who.AUTHORITY, From.REQUEST_OR_RESPONSIBILITY, Weeks(6), CLOSURE_OR_ABSENCE),
    Rule(Duty.COMPLY_WITH_ADVICE_REQUEST, "C3", "SEND Regs 2014 reg. 8(1)",
         Who.ASKED_BODY, From.COOPERATION_REQUEST_RECEIVED, Weeks(6), REG_8_2),
    Rule(Duty.NOTIFY_NO_PLAN, "C4", "SEND Regs 2014 reg. 10(1)",
         Who.AUTHORITY, From.REQUEST_OR_RESPONSIBILITY, Weeks(16), CLOSURE_OR_ABSENCE),
    Rule(Duty.LEAVE_TIME_TO_RESPOND_TO_DRAFT, "C5", "SEND Regs 2014 reg. 13(1)(a)",
         Who.AUTHORITY, From.DRAFT_SERVED, DaysBeginningWith(15), window=True),
    Rule(Duty.FINALISE_PLAN, "C6", "SEND Regs 2014 reg. 13(2)",
         Who.AUTHORITY, From.REQUEST_OR_RESPONSIBILITY, Weeks(20), CLOSURE_OR_ABSENCE),
    Rule(Duty.DECIDE_WHETHER_TO_REASSESS, "C22", "SEND Regs 2014 reg. 25(1)",
         Who.AUTHORITY, From.REASSESSMENT_REQUESTED, Days(15)),
    Rule(Duty.FINALISE_REASSESSED_PLAN, "C23", "SEND Regs 2014 reg. 27(2)",
         Who.AUTHORITY, From.REASSESSMENT_DECIDED, Weeks(14), CLOSURE_OR_ABSENCE),
    Rule(Duty.DISCLOSE_PLAN_FOR_HIGHER_EDUCATION, "C41", "SEND Regs 2014 reg. 47",
         Who.AUTHORITY, From.HIGHER_EDUCATION_ASKED, WorkingDays(15)),
)

_TRANSFER = (
    Rule(Duty.TRANSFER_PLAN, "C7", "SEND Regs 2014 reg. 15(2)",
         Who.OLD_AUTHORITY, From.MOVED, DaysBeginningWith(1),
         note="Where it was aware of the move at least 15 working days before."),
    Rule(Duty.TRANSFER_PLAN_ONCE_AWARE, "C7", "SEND Regs 2014 reg. 15(2)",
         Who.OLD_AUTHORITY, From.MOVE_KNOWN, WorkingDaysBeginningWith(15)),
    Rule(Duty.INFORM_FAMILY_OF_TRANSFER, "C8", "SEND Regs 2014 reg. 15(4)",
         Who.NEW_AUTHORITY, From.PLAN_TRANSFERRED, Weeks(6)),
    Rule(Duty.REVIEW_TRANSFERRED_PLAN_FROM_LAST_REVIEW, "C9", "SEND Regs 2014 reg. 15(5)(a)",
         Who.NEW_AUTHORITY, From.PLAN_MADE_OR_REVIEWED, MonthsBeginningWith(12), note=LATER_OF_C9),
    Rule(Duty.REVIEW_TRANSFERRED_PLAN_FROM_TRANSFER, "C9", "SEND Regs 2014 reg. 15(5)(b)",
         Who.NEW_AUTHORITY, From.PLAN_TRANSFERRED, MonthsBeginningWith(3), note=LATER_OF_C9),
    Rule(Duty.NOTIFY_COMMISSIONER_OF_MOVE, "C10", "SEND Regs 2014 reg. 15(7)",
         Who.OLD_COMMISSIONER, From.MOVED, DaysBeginningWith(1),
         note="Where it was aware of the move at least 15 working days before."),
    Rule(Duty.NOTIFY_COMMISSIONER_OF_MOVE_ONCE_AWARE, "C10", "SEND Regs 2014 reg. 15(7)",
         Who.OLD_COMMISSIONER, From.MOVE_KNOWN, WorkingDaysBeginningWith(15)),
    Rule(Duty.ASK_FOR_ASSESSMENT_OR_REVIEW, "C11", "SEND Regs 2014 regs 15(8), 16(3)",
         Who.NEW_COMMISSIONER, From.COMMISSIONER_CHANGE_KNOWN, WorkingDaysBeginningWith(15), window=True,
         note="Owed where section G cannot be arranged; who does not ask arranges it (s. 42(3))."),
    Rule(Duty.NOTIFY_COMMISSIONER_OF_CHANGE, "C12", "SEND Regs 2014 reg. 16(2)",
         Who.OLD_COMMISSIONER, From.COMMISSIONER_CHANGE_KNOWN, WorkingDaysBeginningWith(15)),
)

_REVIEW = (
    Rule(Duty.REVIEW_PLAN, "C13", "CFA 2014 s. 44(1)",
         Who.AUTHORITY, From.PLAN_MADE_OR_REVIEWED, MonthsBeginningWith(12)),
    Rule(Duty.REVIEW_REASSESSED_PLAN, "C13", "SEND Regs 2014 reg. 27(4)(a)",
         Who.AUTHORITY, From.REASSESSED_PLAN_SENT, Months(12)),
    Rule(Duty.GIVE_NOTICE_OF_REVIEW_MEETING, "C14", "SEND Regs 2014 regs 20(3), 21(3)",
         Who.SCHOOL_OR_AUTHORITY, From.REVIEW_MEETING, WeeksBefore(2)),
    Rule(Duty.CIRCULATE_REVIEW_ADVICE, "C14", "SEND Regs 2014 regs 20(4), 21(4)",
         Who.SCHOOL_OR_AUTHORITY, From.REVIEW_MEETING, WeeksBefore(2)),
    Rule(Duty.SEND_REVIEW_REPORT, "C15", "SEND Regs 2014 regs 20(9), 21(8)",
         Who.SCHOOL_OR_AUTHORITY, From.REVIEW_MEETING, Weeks(2)),
    Rule(Duty.DECIDE_AFTER_REVIEW, "C16", "SEND Regs 2014 regs 20(10), 21(9)",
         Who.AUTHORITY, From.REVIEW_MEETING, Weeks(4)),
    Rule(Duty.SEND_AMENDMENT_NOTICE, "C17", "SEND Regs 2014 reg. 22(2)(a)",
         Who.AUTHORITY, From.REVIEW_MEETING, Weeks(4), certainty=Mark.SECONDARY,
         note="R (L, M and P) v Devon County Council [2022] EWHC 493 (Admin): within the four weeks of the decision."),
    Rule(Duty.LEAVE_TIME_TO_RESPOND_TO_AMENDMENT, "C5", "SEND Regs 2014 reg. 22(2)(c)",
         Who.AUTHORITY, From.AMENDMENT_NOTICE_SENT, DaysBeginningWith(15), window=True),
    Rule(Duty.FINALISE_AMENDED_PLAN, "C18", "SEND Regs 2014 reg. 22(3), (4)",
         Who.AUTHORITY, From.AMENDMENT_NOTICE_SENT, Weeks(8), note="So twelve weeks from the meeting (Devon)."),
    Rule(Duty.REVIEW_BEFORE_POST_16_PHASE, "C19", "SEND Regs 2014 reg. 18(1)(a)",
         Who.AUTHORITY, From.PHASE_TRANSFER, Before(month=3, day=31)),
    Rule(Duty.REVIEW_BEFORE_PHASE_TRANSFER, "C20", "SEND Regs 2014 reg. 18(1)(b)",
         Who.AUTHORITY, From.PHASE_TRANSFER, Before(month=2, day=15)),
    Rule(Duty.REVIEW_BEFORE_POST_16_TRANSFER, "C21", "SEND Regs 2014 reg. 18(2)",
         Who.AUTHORITY, From.POST_16_TRANSFER, MonthsBefore(5)),
    Rule(Duty.REVIEW_DIRECT_PAYMENTS, "C40", "PB Regs 2014 reg. 11(2)(a)",
         Who.AUTHORITY, From.FIRST_DIRECT_PAYMENT, MonthsBeginningWith(3)),
    Rule(Duty.PUBLISH_LOCAL_OFFER_COMMENTS, "C43", "SEND Regs 2014 reg. 56(3), (4)",
         Who.AUTHORITY, From.COMMENTS_LAST_PUBLISHED, Months(12)),
)

_MEDIATION_AND_APPEAL = (
    Rule(Duty.CONTACT_MEDIATION_ADVISER, "C25", "SEND Regs 2014 reg. 33",
         Who.PARENT_OR_YOUNG_PERSON, From.DECISION_NOTICE_SENT, Months(2), frozenset({Relief.TRIBUNAL_LEAVE}),
         window=True),
    Rule(Duty.CERTIFY_MEDIATION_DECLINED, "C26", "SEND Regs 2014 reg. 34(1)",
         Who.MEDIATION_ADVISER, From.MEDIATION_DECLINED, WorkingDays(3)),
    Rule(Duty.TELL_COMMISSIONERS_OF_MEDIATION, "C27", "SEND Regs 2014 reg. 35(2)",
         Who.AUTHORITY, From.MEDIATION_WANTED, WorkingDays(3)),
    Rule(Duty.ARRANGE_HEALTH_MEDIATION, "C28", "SEND Regs 2014 reg. 35(3)",
         Who.COMMISSIONER, From.COMMISSIONER_TOLD_OF_MEDIATION, Days(30)),
    Rule(Duty.ARRANGE_MEDIATION, "C29", "SEND Regs 2014 regs 35(4), 36(2)",
         Who.AUTHORITY, From.MEDIATION_WANTED, Days(30)),
    Rule(Duty.CERTIFY_MEDIATION_NOT_ARRANGED, "C29", "SEND Regs 2014 reg. 39(3)",
         Who.MEDIATION_ADVISER, From.MEDIATION_CANNOT_BE_ARRANGED, WorkingDays(3)),
    Rule(Duty.GIVE_NOTICE_OF_MEDIATION, "C30", "SEND Regs 2014 reg. 37(2)",
         Who.AUTHORITY_OR_COMMISSIONER, From.MEDIATION_DATE, WorkingDaysBefore(5),
         frozenset({Relief.FAMILY_CONSENTED})),
    Rule(Duty.CERTIFY_MEDIATION_ENDED, "C31", "SEND Regs 2014 reg. 39(1)",
         Who.MEDIATION_ADVISER, From.MEDIATION_ENDED, WorkingDays(3)),
    Rule(Duty.DO_WHAT_MEDIATION_AGREED, "C32", "SEND Regs 2014 reg. 42(3)",
         Who.AUTHORITY_OR_COMMISSIONER, From.MEDIATION_AGREED, Weeks(2), frozenset({Relief.AGREED_IN_WRITING})),
    Rule(Duty.TELL_AUTHORITY_OF_MEDIATION_AGREEMENT, "C33", "SEND Regs 2014 reg. 42(4)",
         Who.COMMISSIONER, From.MEDIATION_AGREED, Weeks(1)),
    Rule(Duty.APPEAL_AFTER_DECISION, "C34", HESC_RULES,
         Who.PARENT_OR_YOUNG_PERSON, From.DECISION_NOTICE_SENT, Months(2), certainty=Mark.SECONDARY, window=True,
         note=LATER_OF_C34),
    Rule(Duty.APPEAL_AFTER_CERTIFICATE, "C34", HESC_RULES,
         Who.PARENT_OR_YOUNG_PERSON, From.MEDIATION_CERTIFICATE_ISSUED, Months(1), certainty=Mark.SECONDARY,
         window=True, note=LATER_OF_C34),
)

_TRIBUNAL = (
    Rule(Duty.ORDERED_NOTIFY_ASSESSMENT, "C35", "SEND Regs 2014 reg. 44(2)(b)",
         Who.AUTHORITY, From.TRIBUNAL_ORDER, Weeks(2), REG_44_3),
    Rule(Duty.ORDERED_NOTIFY_NO_PLAN, "C35", "SEND Regs 2014 reg. 44(2)(b)(i)",
         Who.AUTHORITY, From.TRIBUNAL_ORDER, Weeks(10), REG_44_3),
    Rule(Duty.ORDERED_FINALISE_AFTER_ASSESSMENT, "C35", "SEND Regs 2014 reg. 44(2)(b)(ii)",
         Who.AUTHORITY, From.TRIBUNAL_ORDER, Weeks(14), REG_44_3),
    Rule(Duty.ORDERED_DRAFT_PLAN, "C35", "SEND Regs 2014 reg. 44(2)(c)(i)",
         Who.AUTHORITY, From.TRIBUNAL_ORDER, Weeks(5), REG_44_3),
    Rule(Duty.ORDERED_FINALISE_PLAN, "C35", "SEND Regs 2014 reg. 44(2)(c)(ii)",
         Who.AUTHORITY, From.TRIBUNAL_ORDER, Weeks(11), REG_44_3),
    Rule(Duty.ORDERED_RECONSIDER, "C35", "SEND Regs 2014 reg. 44(2)(d)",
         Who.AUTHORITY, From.TRIBUNAL_ORDER, Weeks(2), DIRECTED),
    Rule(Duty.ORDERED_AMEND_PROVISION, "C35", "SEND Regs 2014 reg. 44(2)(e)",
         Who.AUTHORITY, From.TRIBUNAL_ORDER, Weeks(5), DIRECTED),
    Rule(Duty.ORDERED_AMEND_PLACEMENT, "C35", "SEND Regs 2014 reg. 44(2)(f)",
         Who.AUTHORITY, From.TRIBUNAL_ORDER, Weeks(2), DIRECTED),
    Rule(Duty.ORDERED_CONTINUE_AND_AMEND, "C35", "SEND Regs 2014 reg. 44(2)(h)",
         Who.AUTHORITY, From.TRIBUNAL_ORDER, Weeks(5), DIRECTED),
    Rule(Duty.UNOPPOSED_NOTIFY_ASSESSMENT, "C36", "SEND Regs 2014 reg. 45(3)",
         Who.AUTHORITY, From.APPEAL_NOT_OPPOSED, Weeks(2), REG_45_7),
    Rule(Duty.UNOPPOSED_NOTIFY_NO_PLAN, "C36", "SEND Regs 2014 reg. 45(3A)(a)",
         Who.AUTHORITY, From.APPEAL_NOT_OPPOSED, Weeks(10)),
    Rule(Duty.UNOPPOSED_FINALISE_AFTER_ASSESSMENT, "C36", "SEND Regs 2014 reg. 45(3A)(b)",
         Who.AUTHORITY, From.APPEAL_NOT_OPPOSED, Weeks(14)),
    Rule(Duty.UNOPPOSED_AMEND_PROVISION, "C36", "SEND Regs 2014 reg. 45(4)",
         Who.AUTHORITY, From.APPEAL_NOT_OPPOSED, Weeks(5)),
    Rule(Duty.UNOPPOSED_AMEND_PLACEMENT, "C36", "SEND Regs 2014 reg. 45(5)(a)",
         Who.AUTHORITY, From.APPEAL_NOT_OPPOSED, Weeks(2),
         note="Five weeks where provision is amended too (reg. 45(5)(b))."),
    Rule(Duty.UNOPPOSED_DRAFT_PLAN, "C36", "SEND Regs 2014 reg. 45(6)(a)",
         Who.AUTHORITY, From.APPEAL_NOT_OPPOSED, Weeks(5), REG_45_7),
    Rule(Duty.UNOPPOSED_FINALISE_PLAN, "C36", "SEND Regs 2014 reg. 45(6)(b)",
         Who.AUTHORITY, From.APPEAL_NOT_OPPOSED, Weeks(11), REG_45_7),
    Rule(Duty.UNOPPOSED_CONTINUE_AND_AMEND, "C36", "SEND Regs 2014 reg. 45(6A)",
         Who.AUTHORITY, From.APPEAL_NOT_OPPOSED, Weeks(5)),
)

_RECOMMENDATION = (
    Rule(Duty.RESPOND_TO_HEALTH_RECOMMENDATION, "C37", "Rec Regs 2017 reg. 6(3)",
         Who.COMMISSIONER, From.RECOMMENDATION_MADE, WeeksBeginningWith(5), DIRECTED, in_force_from=REC_REGS_IN_FORCE),
    Rule(Duty.COPY_HEALTH_RESPONSE_TO_SECRETARY_OF_STATE, "C38", "Rec Regs 2017 reg. 6(6)",
         Who.AUTHORITY, From.HEALTH_RESPONSE_RECEIVED, WeeksBeginningWith(1), in_force_from=REC_REGS_IN_FORCE),
    Rule(Duty.RESPOND_TO_SOCIAL_CARE_RECOMMENDATION, "C39", "Rec Regs 2017 reg. 7(1)",
         Who.AUTHORITY, From.RECOMMENDATION_MADE, WeeksBeginningWith(5), DIRECTED, in_force_from=REC_REGS_IN_FORCE),
    Rule(Duty.COPY_SOCIAL_CARE_RESPONSE_TO_SECRETARY_OF_STATE, "C39", "Rec Regs 2017 reg. 7(4)",
         Who.AUTHORITY, From.SOCIAL_CARE_RESPONSE_SENT, WeeksBeginningWith(1), in_force_from=REC_REGS_IN_FORCE),
)
# fmt: on

RULES: Mapping[Duty, Rule] = MappingProxyType(
    {
        rule.duty: rule
        for rule in (
            *_ASSESSMENT_AND_PLAN,
            *_TRANSFER,
            *_REVIEW,
            *_MEDIATION_AND_APPEAL,
            *_TRIBUNAL,
            *_RECOMMENDATION,
        )
    }
)

WITHOUT_A_PERIOD: Mapping[str, str] = MappingProxyType(
    {
        "C24": "CFA 2014 s. 45(4): a plan may not cease until the time to appeal is over or the appeal determined.",
        "C42": "CFA 2014 s. 46, reg. 46: a plan may be kept to the end of the academic year of the 25th birthday.",
    }
)
"""The clocks that are not one period long, and what they ask."""

MET_BY_WORD: frozenset[Duty] = frozenset(
    {
        Duty.INFORM_FAMILY_OF_TRANSFER,
        Duty.NOTIFY_COMMISSIONER_OF_MOVE,
        Duty.NOTIFY_COMMISSIONER_OF_MOVE_ONCE_AWARE,
        Duty.NOTIFY_COMMISSIONER_OF_CHANGE,
        Duty.ASK_FOR_ASSESSMENT_OR_REVIEW,
        Duty.DISCLOSE_PLAN_FOR_HIGHER_EDUCATION,
    }
)
"""What is done outside the hub, so that somebody must say that it was. Every other clock is met by an action."""

NOT_OPENED: Mapping[Duty, str] = MappingProxyType(
    {
        Duty.PUBLISH_LOCAL_OFFER_COMMENTS: "It is about no child, and the hub keeps no local offer (reg. 56).",
    }
)
"""The clocks that no action opens, and why not: every other one is opened by an action."""
