"""What a statutory duty is made of: which act, who owes it, from when, by when, and what relieves the time limit."""

from dataclasses import dataclass
from datetime import date

from hub.law.periods import Period
from hub.law.term import Term, means
from hub.law.vocabulary import Mark

COMMENCED = date(2014, 9, 1)
"""Part 3 of the Act, the SEND Regulations 2014 and the Personal Budgets Regulations 2014."""


class DutyState(Term):
    """Where a clock stands on a day."""

    WAITING_TO_START = means("The event that the clock is counted from has not happened.")
    RUNNING = means("The clock runs, and its last day is more than 14 days ahead, or there is none.")
    DUE_SOON = means("Not met, and the last day is today or within 14 days.")
    MET = means("Met in time, or met late under a recorded exception, or met where there is no time limit.")
    MET_LATE = means("Met after the last day, and nothing relieved the time limit.")
    OVERDUE = means("Not met, and the last day is past.")
    CLOSED = means("The time is over, and nobody is late by it: it was left to others, or was there for a right.")
    EXCUSED = means("Not met, and a recorded exception relieves the time limit. The duty stands.")
    ENDED = means("Fell away before it was met: a request declined or withdrawn, a plan ceased.")


class DutyBasis(Term):
    """Where the time limit comes from: the statute, a local agreement, or nowhere (a duty without a clock)."""

    STATUTORY = means("The Act or regulations set the time limit.")
    LOCAL_AGREEMENT = means("The bodies have agreed a time limit among themselves; no statute sets one.")
    NONE = means("Nothing sets a time limit: there is a duty but no clock.")


class Holder(Term):
    """Who must act."""

    AUTHORITY = means("The local authority responsible for the child or young person (CFA 2014 s. 24).")
    OLD_AUTHORITY = means("The local authority from whose area the child or young person has moved.")
    NEW_AUTHORITY = means("The local authority to whose area the child or young person has moved.")
    ASKED_BODY = means("The body that was asked to co-operate (CFA 2014 s. 31(1)).")
    COMMISSIONER = means("The responsible commissioning body (CFA 2014 s. 42(4)).")
    OLD_COMMISSIONER = means("The commissioning body that was responsible until the change.")
    NEW_COMMISSIONER = means("The commissioning body that is responsible from the change.")
    AUTHORITY_OR_COMMISSIONER = means(
        "The local authority or the commissioning body, whichever the mediation concerns."
    )
    SCHOOL_OR_AUTHORITY = means(
        "The head or principal where the child or young person attends a school, or else the local authority."
    )
    MEDIATION_ADVISER = means("The mediation adviser.")
    PARENT_OR_YOUNG_PERSON = means("The child's parent or the young person.")

    @property
    def is_body(self) -> bool:
        """Whether the holder is a body, known by its id. A family and its adviser are known by this word alone."""
        return self not in {Holder.MEDIATION_ADVISER, Holder.PARENT_OR_YOUNG_PERSON}


class Trigger(Term):
    """The event a period is counted from; for a period counted backwards, the event it must precede."""

    REQUEST_OR_RESPONSIBILITY = means("Receipt of a request (CFA 2014 s. 36(1)), or becoming responsible (s. 24).")
    COOPERATION_REQUEST_RECEIVED = means("Receipt of the request by the body that is asked.")
    DRAFT_SERVED = means("Service of the draft plan on the parent or young person.")
    MOVED = means("The move to another area.")
    MOVE_KNOWN = means("Becoming aware of the move.")
    PLAN_TRANSFERRED = means("The transfer of the plan to the new authority.")
    PLAN_MADE_OR_REVIEWED = means("The making of the plan or its last review.")
    COMMISSIONER_CHANGE_KNOWN = means("Becoming aware of the change of commissioning body.")
    REVIEW_MEETING = means("The review meeting.")
    AMENDMENT_NOTICE_SENT = means("The sending of the proposed amendments.")
    PHASE_TRANSFER = means("The transfer to another phase of education.")
    POST_16_TRANSFER = means("The transfer from one post-16 institution to another.")
    REASSESSMENT_REQUESTED = means("Receipt of a request for a re-assessment.")
    REASSESSMENT_DECIDED = means("The notice of a re-assessment, or the decision to make one (CFA 2014 s. 44(3)).")
    REASSESSED_PLAN_SENT = means("The sending of the plan as finalised after a re-assessment.")
    DECISION_NOTICE_SENT = means("The sending of the decision that may be appealed.")
    MEDIATION_DECLINED = means("Being told that the family does not want mediation.")
    MEDIATION_WANTED = means("Being told that the family wants mediation.")
    COMMISSIONER_TOLD_OF_MEDIATION = means("Being told by the authority of the health care issues.")
    MEDIATION_CANNOT_BE_ARRANGED = means("Being told that the mediation cannot be arranged in time.")
    MEDIATION_DATE = means("The day of the mediation.")
    MEDIATION_ENDED = means("The conclusion of the mediation.")
    MEDIATION_AGREED = means("The agreement reached in the mediation.")
    MEDIATION_CERTIFICATE_ISSUED = means("The issue of the mediation certificate.")
    TRIBUNAL_ORDER = means("The Tribunal's order.")
    APPEAL_NOT_OPPOSED = means("Telling the Tribunal that the appeal is not opposed.")
    RECOMMENDATION_MADE = means("The Tribunal's recommendation.")
    HEALTH_RESPONSE_RECEIVED = means("Receipt of the commissioning body's response.")
    SOCIAL_CARE_RESPONSE_SENT = means("The sending of the authority's response.")
    FIRST_DIRECT_PAYMENT = means("The first direct payment.")
    HIGHER_EDUCATION_ASKED = means("The young person's request.")
    COMMENTS_LAST_PUBLISHED = means("The last publication of comments.")


class Relief(Term):
    """What relieves a time limit, never the duty itself."""

    EXCEPTIONAL_CIRCUMSTANCES = means(
        "Exceptional circumstances of the family (regs 5(4)(c), 8(2)(a), 10(4)(c), 27(3)(c), 44(3)(a), 45(7)(a))."
    )
    ABSENT_FROM_AREA = means(
        "At least four weeks' continuous absence from the area (regs 5(4)(d), 8(2)(b), 10(4)(d), 27(3)(d))."
    )
    ABSENT_FROM_AREA_TWO_WEEKS = means(
        "At least two weeks' continuous absence from the area (regs 44(3)(b), 45(7)(b))."
    )
    MISSED_APPOINTMENT = means("A missed appointment for an examination or a test (reg. 8(2)(c)).")
    SCHOOL_CLOSED = means("At least four weeks' closure of the school or college (regs 5(4)(a), 10(4)(a), 27(3)(a)).")
    EARLY_YEARS_PROVIDER_CLOSED = means(
        "At least four weeks' closure of the early years provider (regs 5(4)(b), 10(4)(b), 27(3)(b))."
    )
    AGREED_IN_WRITING = means("Another period agreed in writing (reg. 42(5)).")
    FAMILY_CONSENTED = means("The parent's or young person's consent to shorter notice (reg. 37(2)).")
    TRIBUNAL_DIRECTION = means("A direction of the Tribunal (reg. 44(1), Rec Regs 2017 regs 6(4), 7(2)).")
    TRIBUNAL_LEAVE = means("Leave of the Tribunal to appeal out of time (reg. 34(3)).")


class DutyRule(Term):
    """Every statutory clock that is one period long, by the act it asks for. In the order of the clocks C1 to C43."""

    NOTIFY_NOT_NECESSARY = means("Notify the determination that an assessment is not necessary.")
    DECIDE_WHETHER_TO_ASSESS = means("Decide whether to secure an EHC needs assessment, and notify the decision.")
    COMPLY_WITH_ADVICE_REQUEST = means("Comply with a request for an EHC needs assessment or a re-assessment.")
    NOTIFY_NO_PLAN = means("Notify the decision that no EHC plan is to be made.")
    LEAVE_TIME_TO_RESPOND_TO_DRAFT = means("Leave the family time to respond to the draft plan.")
    FINALISE_PLAN = means("Send the final EHC plan.")
    TRANSFER_PLAN = means("Transfer the plan to the new authority after a move known well ahead.")
    TRANSFER_PLAN_ONCE_AWARE = means("Transfer the plan to the new authority after a move not known well ahead.")
    INFORM_FAMILY_OF_TRANSFER = means("Inform the parent or young person that the plan has been transferred.")
    REVIEW_TRANSFERRED_PLAN_FROM_LAST_REVIEW = means("Review a transferred plan within the year of its last review.")
    REVIEW_TRANSFERRED_PLAN_FROM_TRANSFER = means("Review a transferred plan soon after the transfer.")
    NOTIFY_COMMISSIONER_OF_MOVE = means("Notify the new commissioning body of a move known well ahead.")
    NOTIFY_COMMISSIONER_OF_MOVE_ONCE_AWARE = means("Notify the new commissioning body of a move not known well ahead.")
    ASK_FOR_ASSESSMENT_OR_REVIEW = means("Ask for an assessment or a review, where section G cannot be arranged.")
    NOTIFY_COMMISSIONER_OF_CHANGE = means("Notify the new commissioning body of the change, without a move.")
    REVIEW_PLAN = means("Review the plan.")
    REVIEW_REASSESSED_PLAN = means("Review the plan for the first time after a re-assessment.")
    GIVE_NOTICE_OF_REVIEW_MEETING = means("Give notice of the review meeting to those who are invited.")
    CIRCULATE_REVIEW_ADVICE = means("Send those who are invited the advice gathered for the review meeting.")
    SEND_REVIEW_REPORT = means("Send the report of the review meeting.")
    DECIDE_AFTER_REVIEW = means(
        "Decide after a review whether to keep, amend or cease the plan, and notify the decision."
    )
    SEND_AMENDMENT_NOTICE = means("Send the proposed amendments of the plan, with the evidence for them.")
    LEAVE_TIME_TO_RESPOND_TO_AMENDMENT = means("Leave the family time to respond to the proposed amendments.")
    FINALISE_AMENDED_PLAN = means("Send the final amended plan, or the decision not to amend.")
    REVIEW_BEFORE_POST_16_PHASE = means("Review and amend the plan before a transfer to a post-16 institution.")
    REVIEW_BEFORE_PHASE_TRANSFER = means("Review and amend the plan before a transfer to any other phase.")
    REVIEW_BEFORE_POST_16_TRANSFER = means("Review and amend the plan before a transfer between post-16 institutions.")
    DECIDE_WHETHER_TO_REASSESS = means("Decide whether to re-assess, and notify the decision.")
    FINALISE_REASSESSED_PLAN = means("Send the final plan after a re-assessment.")
    CONTACT_MEDIATION_ADVISER = means("Contact a mediation adviser, before appealing.")
    CERTIFY_MEDIATION_DECLINED = means("Issue a certificate to a family that does not want mediation.")
    TELL_COMMISSIONERS_OF_MEDIATION = means("Tell each commissioning body of the health care issues for mediation.")
    ARRANGE_HEALTH_MEDIATION = means("Arrange mediation that is about health care provision alone.")
    ARRANGE_MEDIATION = means("Arrange mediation that is not about health care provision alone.")
    CERTIFY_MEDIATION_NOT_ARRANGED = means("Issue a certificate where mediation could not be arranged in time.")
    GIVE_NOTICE_OF_MEDIATION = means("Give notice of the date and place of the mediation.")
    CERTIFY_MEDIATION_ENDED = means("Issue a certificate after the mediation.")
    DO_WHAT_MEDIATION_AGREED = means("Do what the mediation agreed, in matters that cannot be appealed.")
    TELL_AUTHORITY_OF_MEDIATION_AGREEMENT = means("Tell the authority of an agreement that it was not a party to.")
    APPEAL_AFTER_DECISION = means("Appeal to the First-tier Tribunal, counted from the decision.")
    APPEAL_AFTER_CERTIFICATE = means("Appeal to the First-tier Tribunal, counted from the mediation certificate.")
    ORDERED_NOTIFY_ASSESSMENT = means("Ordered to assess: notify that there will be an assessment.")
    ORDERED_NOTIFY_NO_PLAN = means("Ordered to assess: notify that no plan is to be made.")
    ORDERED_FINALISE_AFTER_ASSESSMENT = means("Ordered to assess: send the final plan.")
    ORDERED_DRAFT_PLAN = means("Ordered to make a plan: send the draft.")
    ORDERED_FINALISE_PLAN = means("Ordered to make a plan: send the final plan.")
    ORDERED_RECONSIDER = means("Ordered to reconsider a decision: do so.")
    ORDERED_AMEND_PROVISION = means("Ordered to change the provision that a plan specifies: amend the plan.")
    ORDERED_AMEND_PLACEMENT = means("Ordered to change the institution that a plan names: amend the plan.")
    ORDERED_CONTINUE_AND_AMEND = means("Ordered to go on maintaining a plan with amendments: amend the plan.")
    UNOPPOSED_NOTIFY_ASSESSMENT = means("Appeal against not assessing, unopposed: notify the assessment.")
    UNOPPOSED_NOTIFY_NO_PLAN = means("Appeal against not assessing, unopposed: notify that no plan is to be made.")
    UNOPPOSED_FINALISE_AFTER_ASSESSMENT = means("Appeal against not assessing, unopposed: send the final plan.")
    UNOPPOSED_AMEND_PROVISION = means("Appeal about the provision in a plan, unopposed: amend the plan.")
    UNOPPOSED_AMEND_PLACEMENT = means("Appeal about the institution that a plan names, unopposed: amend the plan.")
    UNOPPOSED_DRAFT_PLAN = means("Appeal against not making a plan, unopposed: send the draft.")
    UNOPPOSED_FINALISE_PLAN = means("Appeal against not making a plan, unopposed: send the final plan.")
    UNOPPOSED_CONTINUE_AND_AMEND = means(
        "Appeal against ceasing a plan, unopposed: go on maintaining it, and amend it."
    )
    RESPOND_TO_HEALTH_RECOMMENDATION = means(
        "Respond to a recommendation on health care, to the parent or young person and the authority."
    )
    COPY_HEALTH_RESPONSE_TO_SECRETARY_OF_STATE = means("Copy the health response to the Secretary of State.")
    RESPOND_TO_SOCIAL_CARE_RECOMMENDATION = means("Respond to a recommendation on social care.")
    COPY_SOCIAL_CARE_RESPONSE_TO_SECRETARY_OF_STATE = means("Copy the social care response to the Secretary of State.")
    REVIEW_DIRECT_PAYMENTS = means("Review for the first time how direct payments are used.")
    DISCLOSE_PLAN_FOR_HIGHER_EDUCATION = means(
        "Send the plan to a higher education institution, or for a disabled students' allowance."
    )
    PUBLISH_LOCAL_OFFER_COMMENTS = means("Publish the comments on the local offer, with the responses, naming nobody.")


@dataclass(frozen=True, slots=True)
class Rule:
    """A duty to act by a date, with the provision that imposes it.

    `window`: its end makes nobody late. It is time that must be left to others (reg. 13(1)(a)), the time in which a
    right may be used (reg. 33), or that in which something may be asked (reg. 15(8)).
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
