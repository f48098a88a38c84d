"""The closed lists of terms: one enumeration a concept, in the words of the Act, the Regulations and the returns.

The value of a member is its name, and both are public: they are what the GraphQL schema shows and the database keeps.
Add members; never rename or remove one.
"""

from collections.abc import Mapping
from enum import StrEnum, auto


class Term(StrEnum):
    """A closed list whose members' values are their names."""

    @staticmethod
    def _generate_next_value_(name: str, start: int, count: int, last_values: list[str]) -> str:
        return name


class Mark(Term):
    """How a rule was come by: the wording was read, a third party says so, from memory, or by interpretation."""

    VERIFIED = auto()
    SECONDARY = auto()
    FROM_MEMORY = auto()
    INTERPRETED = auto()


class Source(Term):
    """Where a fact came from."""

    RECORDED = auto()
    SEN2_RETURN = auto()
    EXTRACT = auto()
    FHIR = auto()
    GRAPHQL = auto()
    SYNTHETIC = auto()


# --- bodies and people


class OrganisationKind(Term):
    """The kind of body. NHS_TRUST includes NHS foundation trusts."""

    LOCAL_AUTHORITY = auto()
    INTEGRATED_CARE_BOARD = auto()
    NHS_ENGLAND = auto()
    NHS_TRUST = auto()
    LOCAL_HEALTH_BOARD = auto()
    YOUTH_OFFENDING_TEAM = auto()
    YOUTH_ACCOMMODATION = auto()
    SCHOOL = auto()
    COLLEGE = auto()
    EARLY_YEARS_PROVIDER = auto()
    OTHER = auto()


class ResponsibilityKind(Term):
    """Why a body answers for a child: CFA 2014 s. 24; s. 26(8)(b); s. 26(8)(a)."""

    AUTHORITY = auto()
    COMMISSIONER = auto()
    SPECIALISED_COMMISSIONER = auto()


class Sex(Term):
    """As recorded by the return or the health record (SEN2: M, F, and U in statistics)."""

    MALE = auto()
    FEMALE = auto()
    UNKNOWN = auto()


class NHSNumberStatus(Term):
    """How far an NHS number has been traced (NHS number status indicator)."""

    VERIFIED = auto()
    PRESENT_NOT_TRACED = auto()
    TRACE_REQUIRED = auto()
    NO_MATCH = auto()
    TO_BE_RESOLVED = auto()
    IN_PROGRESS = auto()
    NOT_REQUIRED = auto()
    POSTPONED = auto()


NHS_NUMBER_STATUS_CODES: Mapping[NHSNumberStatus, str] = {
    status: f"{position:02}" for position, status in enumerate(NHSNumberStatus, start=1)
}
"""NHS Data Dictionary codes 01 to 08, in the order of the members."""


# --- notification (s. 23)


class NotificationBasis(Term):
    """CFA 2014 s. 23, or above compulsory school age s. 24(1)(b)."""

    S23_UNDER_COMPULSORY_SCHOOL_AGE = auto()
    S24_BROUGHT_TO_ATTENTION = auto()


class Opinion(Term):
    """What the body has formed the opinion of."""

    SEN = auto()
    DISABILITY = auto()
    SEN_AND_DISABILITY = auto()


class Certainty(Term):
    """ "Has (or probably has)", s. 23(1)."""

    HAS = auto()
    PROBABLY_HAS = auto()


# --- assessment and plan (ss. 36 to 45)


class AssessmentDecision(Term):
    """Whether to secure an EHC needs assessment (s. 36(3))."""

    WILL_ASSESS = auto()
    WILL_NOT_ASSESS = auto()
    WITHDRAWN = auto()


class AssessmentOutcome(Term):
    """What followed the assessment (s. 36(8), s. 37(1))."""

    PLAN = auto()
    NO_PLAN = auto()
    WITHDRAWN = auto()


class AdviceKind(Term):
    """The advice an authority must seek, SEND Regs 2014 reg. 6(1)(a) to (h) in order."""

    PARENT = auto()
    EDUCATION = auto()
    MEDICAL = auto()
    PSYCHOLOGICAL = auto()
    SOCIAL_CARE = auto()
    OTHER_AUTHORITY_THINKS_FIT = auto()
    PREPARING_FOR_ADULTHOOD = auto()
    PARENT_REASONABLY_ASKS = auto()


class SectionCode(Term):
    """The sections of an EHC plan, each separately identified (reg. 12(1))."""

    A = auto()
    B = auto()
    C = auto()
    D = auto()
    E = auto()
    F = auto()
    G = auto()
    H1 = auto()
    H2 = auto()
    I = auto()  # noqa: E741  (the letter is the section's)
    J = auto()
    K = auto()


class PlanStatus(Term):
    """Where a version of a plan stands; an amendment makes a new version."""

    DRAFT = auto()
    SERVED = auto()
    FINAL = auto()
    AMENDMENT_PROPOSED = auto()
    CEASE_NOTIFIED = auto()
    CEASED = auto()
    TRANSFERRED = auto()
    SUPERSEDED = auto()


class AgreementStatus(Term):
    """A responsible commissioning body's agreement to provision in section G (reg. 12(2))."""

    NOT_ASKED = auto()
    ASKED = auto()
    AGREED = auto()
    DECLINED = auto()
    LEFT_OUT = auto()
    NOT_RECORDED = auto()


class ReviewKind(Term):
    """Why a plan is reviewed (s. 44; regs 15(5), 18; PB Regs 11)."""

    ANNUAL = auto()
    EARLY = auto()
    PHASE_TRANSFER = auto()
    FIRST_AFTER_TRANSFER = auto()
    DIRECT_PAYMENT = auto()


class ReviewDecision(Term):
    """What the authority decided after a review (reg. 20(10), 21(9))."""

    MAINTAIN = auto()
    AMEND = auto()
    CEASE = auto()
    REASSESS = auto()


# --- personal budgets (s. 49)


class BudgetStatus(Term):
    """Where a personal budget stands."""

    REQUESTED = auto()
    PROPOSED = auto()
    AGREED = auto()
    IN_PAYMENT = auto()
    SUSPENDED = auto()
    ENDED = auto()
    REFUSED = auto()
    NOT_RECORDED = auto()


class BudgetKind(Term):
    """Which provision the money is for."""

    EDUCATION = auto()
    HEALTH = auto()
    SOCIAL_CARE = auto()


class PaymentPeriod(Term):
    """What an amount is for. The number of term weeks is set for each authority and school year."""

    WEEK = auto()
    TERM_WEEK = auto()
    MONTH = auto()
    TERM = auto()
    YEAR = auto()
    ONCE = auto()


class PaymentMechanism(Term):
    """How the provision is bought."""

    DIRECT_PAYMENT = auto()
    ARRANGEMENT = auto()
    THIRD_PARTY = auto()
    COMBINATION = auto()


class DirectPaymentStatus(Term):
    """Where a direct payment stands (PB Regs)."""

    CONSIDERED = auto()
    OFFERED = auto()
    AGREED = auto()
    PAYING = auto()
    REDUCED = auto()
    STOPPED = auto()
    REFUSED = auto()


# --- redress and sharing


class DisputeKind(Term):
    """Between partners (s. 26(3)(g)), mediation, appeal, recommendation or complaint."""

    BETWEEN_PARTNERS = auto()
    MEDIATION = auto()
    APPEAL = auto()
    RECOMMENDATION = auto()
    COMPLAINT = auto()


class DisputeStatus(Term):
    """Where a dispute stands."""

    OPEN = auto()
    ESCALATED = auto()
    AGREED = auto()
    ORDERED = auto()
    CLOSED = auto()


class IdentityDecision(Term):
    """What was decided about two records that may be one child's."""

    MERGE = auto()
    KEEP_APART = auto()
    SPLIT = auto()


class SharingMode(Term):
    """What a sharing rule of an arrangement opens: that a record exists, or what it says."""

    EXISTENCE = auto()
    CONTENT = auto()
