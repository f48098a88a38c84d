"""What notices are made of: what they tell, to whom, and what they contain; `hub.law.notices` says which say what."""

from dataclasses import dataclass

from hub.law.term import Term, means


class NoticeKind(Term):
    """What a notice tells."""

    CONSIDERING_ASSESSMENT = means("That the authority considers whether an assessment is necessary (reg. 4(2)).")
    WILL_ASSESS = means("That the authority will secure an EHC needs assessment (reg. 5).")
    WILL_NOT_ASSESS = means("That the authority will not secure an EHC needs assessment (reg. 5).")
    NO_PLAN = means("That no EHC plan is to be made (reg. 10).")
    DRAFT_PLAN = means("The draft plan, on which the family may make representations (reg. 13(1)).")
    FINAL_PLAN = means("The final plan (regs 13(2), 14).")
    REVIEW_MEETING = means("When the review meeting is, and that one is invited to it (regs 20(2), (3), 21(2), (3)).")
    PLAN_MAINTAINED = means("That after a review the plan stays as it is (regs 20(10), 21(9)).")
    PLAN_TO_BE_AMENDED = means("That after a review the plan is to be amended (regs 20(10), 21(9)).")
    PLAN_TO_CEASE_AFTER_REVIEW = means("That after a review the plan is to cease (regs 20(10), 21(9)).")
    AMENDMENT_PROPOSED = means("The proposed amendments, with the evidence for them (reg. 22(2)).")
    AMENDED_PLAN = means("The amended plan (reg. 22(3)).")
    NOT_AMENDED = means("That the proposed amendments are not made (reg. 22(4)).")
    WILL_REASSESS = means("That the authority will secure a re-assessment (reg. 25).")
    WILL_NOT_REASSESS = means("That the authority will not secure a re-assessment (reg. 25).")
    REASSESSED_PLAN = means("The plan as finalised after a re-assessment (reg. 27(2)).")
    CONSIDERING_CEASING = means("That the authority considers ceasing to maintain the plan (reg. 31(1)).")
    CEASE = means("That the authority has decided to cease to maintain the plan (reg. 31).")
    PLAN_TRANSFERRED = means("That the plan has been transferred to this authority (reg. 15(4)).")
    HEALTH_MEDIATION_ISSUES = means("The health care issues on which the family wants mediation (reg. 35(2)).")
    AMOUNT_DECLINED = means("That its funder does not agree to an amount in the personal budget (CFA 2014 s. 49(2)).")
    LEFT_OUT_OF_BUDGET = means("That provision is left out of the personal budget (PB Regs 2014 reg. 4A).")
    DIRECT_PAYMENT_REFUSED = means("That a direct payment is not made (PB Regs 2014 reg. 7(a)).")
    DIRECT_PAYMENT_OFFERED = means("What a direct payment is for, and on which conditions (PB Regs 2014 reg. 8(2)).")
    DIRECT_PAYMENT_INCREASED = means("That a direct payment is raised (PB Regs 2014 reg. 10(2)).")
    DIRECT_PAYMENT_REDUCED = means("That a direct payment is reduced (PB Regs 2014 reg. 12(1)).")
    DIRECT_PAYMENT_REPAYABLE = means("That a direct payment is to be repaid (PB Regs 2014 reg. 13(3)).")
    DIRECT_PAYMENT_STOPPED = means("That a direct payment stops (PB Regs 2014 reg. 14(3)).")
    DIRECT_PAYMENT_REVIEWED = means("What came of the review of a refusal (PB Regs 2014 reg. 7(c)).")
    DIRECT_PAYMENT_RECONSIDERED = means("What came of a reconsideration (PB Regs 2014 regs 12(3), 13(5), 14(5)).")
    YOUNG_PERSON_ASKED = means("The young person is asked whether direct payments are to go on (PB Regs 2014 reg. 15).")


class NoticeTo(Term):
    """To whom a notice is given."""

    FAMILY = means("The child's parent or the young person, or who stands in (SEND Regs 2014 regs 63, 64).")
    COMMISSIONER = means("Each responsible commissioning body (CFA 2014 s. 42(4)).")
    SETTING = means("The head or principal of a school, other institution or early years provider (reg. 4(2)(c), (d)).")
    RECIPIENT = means("Whoever receives a direct payment, or is to (PB Regs 2014 reg. 5(1)).")


class NoticeContent(Term):
    """What a notice contains."""

    DECISION = means("What was decided, or is told.")
    REASONS = means("The reasons for the decision.")
    APPEAL_RIGHT = means("The right to appeal to the First-tier Tribunal (CFA 2014 s. 51).")
    APPEAL_TIME_LIMITS = means("By when an appeal must be made.")
    MEDIATION = means("That mediation is to be had and how, and by when an adviser is to be contacted (reg. 32).")
    DISAGREEMENT_RESOLUTION = means("Where disagreements are resolved (CFA 2014 s. 57).")
    INFORMATION_AND_ADVICE = means("Where information, advice and support are had (CFA 2014 s. 32).")
    RECOMMENDATIONS_POWER = means("That the Tribunal may recommend health and social care (Rec Regs 2017).")
    VIEWS = means("That views are asked for before it is decided.")
    REPRESENTATIONS = means("That the family may express views, and by when.")
    INSTITUTION = means("That the family may ask for a particular school or other institution (CFA 2014 s. 38(2)(b)).")
    MEETING = means("The day of the meeting.")
    PROPOSALS = means("Whether the new authority proposes to assess, and when to review (reg. 15(4)(b), (c)).")
    ISSUES = means("The issues for mediation, and the provision wanted (reg. 35(2)).")
    PARTICULARS = means("For whom, what it buys, how much, on which days and on which conditions (PB Regs reg. 8(2)).")
    UNDERTAKINGS = means("What the recipient agrees to in writing before anything is paid (PB Regs 2014 reg. 8(3)).")
    REVIEW_RIGHT = means("That the family may ask for a review of the decision (PB Regs 2014 reg. 7(a)(iii)).")
    RECONSIDERATION = means("That the recipient may ask once for reconsideration (PB Regs 2014 regs 12 to 14).")
    OUTCOME = means("What came of it when it was looked at once more.")
    CHOICES = means("What a young person may say: to receive them, that they go on, or that they stop (reg. 15).")


@dataclass(frozen=True, slots=True)
class Requirement:
    """Under which provision a notice is given, and what it must contain, in order."""

    provision: str
    contents: tuple[NoticeContent, ...]
