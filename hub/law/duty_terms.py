"""What a statutory duty is made of: which act, who owes it, from when, by when, and what relieves the time limit."""

from dataclasses import dataclass
from datetime import date
from enum import auto

from hub.law.periods import Period
from hub.law.vocabulary import Mark, Term

COMMENCED = date(2014, 9, 1)
"""Part 3 of the Act, the SEND Regulations 2014 and the Personal Budgets Regulations 2014."""


class DutyState(Term):
    """Where a clock stands on a day."""

    WAITING_TO_START = auto()
    RUNNING = auto()
    DUE_SOON = auto()
    MET = auto()
    MET_LATE = auto()
    OVERDUE = auto()
    EXCUSED = auto()
    ENDED = auto()


class DutyBasis(Term):
    """Where the time limit comes from: the statute, a local agreement, or nowhere (a duty without a clock)."""

    STATUTORY = auto()
    LOCAL_AGREEMENT = auto()
    NONE = auto()


class Holder(Term):
    """Who must act."""

    AUTHORITY = auto()
    OLD_AUTHORITY = auto()
    NEW_AUTHORITY = auto()
    ASKED_BODY = auto()
    COMMISSIONER = auto()
    OLD_COMMISSIONER = auto()
    NEW_COMMISSIONER = auto()
    AUTHORITY_OR_COMMISSIONER = auto()
    SCHOOL_OR_AUTHORITY = auto()
    MEDIATION_ADVISER = auto()
    PARENT_OR_YOUNG_PERSON = auto()


class Trigger(Term):
    """The event a period is counted from; for a period counted backwards, the event it must precede."""

    REQUEST_OR_RESPONSIBILITY = auto()  # a request under s. 36(1) is received, or s. 24 makes the authority responsible
    COOPERATION_REQUEST_RECEIVED = auto()
    DRAFT_SERVED = auto()
    MOVED = auto()
    MOVE_KNOWN = auto()
    PLAN_TRANSFERRED = auto()
    PLAN_MADE_OR_REVIEWED = auto()
    COMMISSIONER_CHANGE_KNOWN = auto()
    REVIEW_MEETING = auto()
    AMENDMENT_NOTICE_SENT = auto()
    PHASE_TRANSFER = auto()
    POST_16_TRANSFER = auto()
    REASSESSMENT_REQUESTED = auto()
    REASSESSMENT_DECIDED = auto()
    REASSESSED_PLAN_SENT = auto()
    DECISION_NOTICE_SENT = auto()
    MEDIATION_DECLINED = auto()
    MEDIATION_WANTED = auto()
    COMMISSIONER_TOLD_OF_MEDIATION = auto()
    MEDIATION_CANNOT_BE_ARRANGED = auto()
    MEDIATION_DATE = auto()
    MEDIATION_ENDED = auto()
    MEDIATION_AGREED = auto()
    MEDIATION_CERTIFICATE_ISSUED = auto()
    TRIBUNAL_ORDER = auto()
    APPEAL_NOT_OPPOSED = auto()
    RECOMMENDATION_MADE = auto()
    HEALTH_RESPONSE_RECEIVED = auto()
    SOCIAL_CARE_RESPONSE_SENT = auto()
    FIRST_DIRECT_PAYMENT = auto()
    HIGHER_EDUCATION_ASKED = auto()
    COMMENTS_LAST_PUBLISHED = auto()


class Relief(Term):
    """What relieves a time limit, never the duty itself."""

    EXCEPTIONAL_CIRCUMSTANCES = auto()  # regs 5(4)(c), 8(2)(a), 10(4)(c), 27(3)(c), 44(3)(a), 45(7)(a)
    ABSENT_FROM_AREA = auto()  # four weeks continuously: regs 5(4)(d), 8(2)(b), 10(4)(d), 27(3)(d)
    ABSENT_FROM_AREA_TWO_WEEKS = auto()  # regs 44(3)(b), 45(7)(b)
    MISSED_APPOINTMENT = auto()  # reg. 8(2)(c)
    SCHOOL_CLOSED = auto()  # regs 5(4)(a), 10(4)(a), 27(3)(a)
    EARLY_YEARS_PROVIDER_CLOSED = auto()  # regs 5(4)(b), 10(4)(b), 27(3)(b)
    AGREED_IN_WRITING = auto()  # reg. 42(5)
    FAMILY_CONSENTED = auto()  # reg. 37(2)
    TRIBUNAL_DIRECTION = auto()  # reg. 44(1), Rec Regs 2017 regs 6(4), 7(2)
    TRIBUNAL_LEAVE = auto()  # reg. 34(3)


class DutyRule(Term):
    """Every statutory clock that is one period long, by the act it asks for. In the order of the clocks C1 to C43."""

    NOTIFY_NOT_NECESSARY = auto()
    DECIDE_WHETHER_TO_ASSESS = auto()
    COMPLY_WITH_ADVICE_REQUEST = auto()
    NOTIFY_NO_PLAN = auto()
    LEAVE_TIME_TO_RESPOND_TO_DRAFT = auto()
    FINALISE_PLAN = auto()
    TRANSFER_PLAN = auto()
    TRANSFER_PLAN_ONCE_AWARE = auto()
    INFORM_FAMILY_OF_TRANSFER = auto()
    REVIEW_TRANSFERRED_PLAN_FROM_LAST_REVIEW = auto()
    REVIEW_TRANSFERRED_PLAN_FROM_TRANSFER = auto()
    NOTIFY_COMMISSIONER_OF_MOVE = auto()
    NOTIFY_COMMISSIONER_OF_MOVE_ONCE_AWARE = auto()
    ASK_FOR_ASSESSMENT_OR_REVIEW = auto()
    NOTIFY_COMMISSIONER_OF_CHANGE = auto()
    REVIEW_PLAN = auto()
    REVIEW_REASSESSED_PLAN = auto()
    GIVE_NOTICE_OF_REVIEW_MEETING = auto()
    CIRCULATE_REVIEW_ADVICE = auto()
    SEND_REVIEW_REPORT = auto()
    DECIDE_AFTER_REVIEW = auto()
    SEND_AMENDMENT_NOTICE = auto()
    LEAVE_TIME_TO_RESPOND_TO_AMENDMENT = auto()
    FINALISE_AMENDED_PLAN = auto()
    REVIEW_BEFORE_POST_16_PHASE = auto()
    REVIEW_BEFORE_PHASE_TRANSFER = auto()
    REVIEW_BEFORE_POST_16_TRANSFER = auto()
    DECIDE_WHETHER_TO_REASSESS = auto()
    FINALISE_REASSESSED_PLAN = auto()
    CONTACT_MEDIATION_ADVISER = auto()
    CERTIFY_MEDIATION_DECLINED = auto()
    TELL_COMMISSIONERS_OF_MEDIATION = auto()
    ARRANGE_HEALTH_MEDIATION = auto()
    ARRANGE_MEDIATION = auto()
    CERTIFY_MEDIATION_NOT_ARRANGED = auto()
    GIVE_NOTICE_OF_MEDIATION = auto()
    CERTIFY_MEDIATION_ENDED = auto()
    DO_WHAT_MEDIATION_AGREED = auto()
    TELL_AUTHORITY_OF_MEDIATION_AGREEMENT = auto()
    APPEAL_AFTER_DECISION = auto()
    APPEAL_AFTER_CERTIFICATE = auto()
    ORDERED_NOTIFY_ASSESSMENT = auto()
    ORDERED_NOTIFY_NO_PLAN = auto()
    ORDERED_FINALISE_AFTER_ASSESSMENT = auto()
    ORDERED_DRAFT_PLAN = auto()
    ORDERED_FINALISE_PLAN = auto()
    ORDERED_RECONSIDER = auto()
    ORDERED_AMEND_PROVISION = auto()
    ORDERED_AMEND_PLACEMENT = auto()
    ORDERED_CONTINUE_AND_AMEND = auto()
    UNOPPOSED_NOTIFY_ASSESSMENT = auto()
    UNOPPOSED_NOTIFY_NO_PLAN = auto()
    UNOPPOSED_FINALISE_AFTER_ASSESSMENT = auto()
    UNOPPOSED_AMEND_PROVISION = auto()
    UNOPPOSED_AMEND_PLACEMENT = auto()
    UNOPPOSED_DRAFT_PLAN = auto()
    UNOPPOSED_FINALISE_PLAN = auto()
    UNOPPOSED_CONTINUE_AND_AMEND = auto()
    RESPOND_TO_HEALTH_RECOMMENDATION = auto()
    COPY_HEALTH_RESPONSE_TO_SECRETARY_OF_STATE = auto()
    RESPOND_TO_SOCIAL_CARE_RECOMMENDATION = auto()
    COPY_SOCIAL_CARE_RESPONSE_TO_SECRETARY_OF_STATE = auto()
    REVIEW_DIRECT_PAYMENTS = auto()
    DISCLOSE_PLAN_FOR_HIGHER_EDUCATION = auto()
    PUBLISH_LOCAL_OFFER_COMMENTS = auto()


@dataclass(frozen=True, slots=True)
class Rule:
    """A duty to act by a date, with the provision that imposes it.

    `window`: the limit is time that must be left to others (reg. 13(1)(a)), so that its end makes nobody late.
    `note`: what else a reader must know, such as the other rule of two whose later date counts.
    """

    duty: DutyRule
    clock: str
    provision: str
    holder: Holder
    trigger: Trigger
    limit: Period
    relieved_by: frozenset[Relief] = frozenset()
    basis: DutyBasis = DutyBasis.STATUTORY
    in_force_from: date = COMMENCED
    certainty: Mark = Mark.VERIFIED
    window: bool = False
    note: str = ""
