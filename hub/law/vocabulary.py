"""The closed lists of terms: one enumeration a concept, in the words of the Act, the Regulations and the returns."""

from hub.law.term import Term, means


class Mark(Term):
    """How a rule was come by."""

    VERIFIED = means("The wording of the provision was read.")
    SECONDARY = means("A named third party says so; the provision itself was not read.")
    FROM_MEMORY = means("Known from memory, and not checked.")
    INTERPRETED = means("The hub's own reading of a provision that is unclear.")


class Source(Term):
    """Where a fact came from."""

    RECORDED = means("Recorded at the hub by the body itself.")
    SEN2_RETURN = means("Taken from an authority's SEN2 return to the Department for Education.")
    EXTRACT = means("Taken from an extract of a body's own system.")
    FHIR = means("Sent by a health system through the hub's FHIR interface.")
    GRAPHQL = means("Sent by a portal through this GraphQL schema.")
    SYNTHETIC = means("Made up for demonstrations and tests: about no real child.")


# --- bodies and people


class OrganisationKind(Term):
    """The kind of body. Those that may be asked to co-operate are listed in CFA 2014 s. 31(1)."""

    LOCAL_AUTHORITY = means("A local authority in England. It alone may ask for co-operation (CFA 2014 s. 31(1)).")
    INTEGRATED_CARE_BOARD = means("An integrated care board, which commissions health care (CFA 2014 s. 26(8)(b)).")
    NHS_ENGLAND = means("NHS England, for the health care that it commissions itself (CFA 2014 s. 26(8)(a)).")
    NHS_TRUST = means("An NHS trust or NHS foundation trust.")
    LOCAL_HEALTH_BOARD = means("A Local Health Board, which is in Wales.")
    YOUTH_OFFENDING_TEAM = means("A youth offending team.")
    YOUTH_ACCOMMODATION = means("The person in charge of relevant youth accommodation, for detained young people.")
    SCHOOL = means("A school. It co-operates under CFA 2014 ss. 28 and 29, and is not asked under s. 31.")
    COLLEGE = means("A further education college or other post-16 institution. It is not asked under CFA 2014 s. 31.")
    EARLY_YEARS_PROVIDER = means("A provider of early years education. It is not asked under CFA 2014 s. 31.")
    OTHER = means("Any other body, such as a private provider. It is not asked under CFA 2014 s. 31.")


COMMISSIONING_BODIES = frozenset({OrganisationKind.INTEGRATED_CARE_BOARD, OrganisationKind.NHS_ENGLAND})  # s. 26(8)


class ResponsibilityKind(Term):
    """As what a body answers for a child. Several commissioners may, and one authority."""

    AUTHORITY = means("The local authority, for a child or young person who has or may have SEN (CFA 2014 s. 24).")
    COMMISSIONER = means("The integrated care board, for health care provision (CFA 2014 s. 26(8)(b)).")
    SPECIALISED_COMMISSIONER = means("NHS England, for the health care it commissions itself (CFA 2014 s. 26(8)(a)).")


class Sex(Term):
    """As recorded by the return or the health record (SEN2: M, F, and U in statistics)."""

    MALE = means("Male (SEN2: M).")
    FEMALE = means("Female (SEN2: F).")
    UNKNOWN = means("Not known, or not recorded (U in the statistics).")


class NHSNumberStatus(Term):
    """How far an NHS number has been traced (NHS number status indicator)."""

    VERIFIED = means("01: the number is present and verified. Only then does it link records by itself.")
    PRESENT_NOT_TRACED = means("02: the number is present and has not been traced.")
    TRACE_REQUIRED = means("03: the number must be traced.")
    NO_MATCH = means("04: a trace was tried, and found no match or several.")
    TO_BE_RESOLVED = means("05: the number or the person's details conflict, which must be resolved.")
    IN_PROGRESS = means("06: a trace is under way.")
    NOT_REQUIRED = means("07: the number is not present, and a trace is not required.")
    POSTPONED = means("08: the trace is put off.")


NHS_NUMBER_STATUS_CODES = {status: f"{position:02}" for position, status in enumerate(NHSNumberStatus, start=1)}
"""NHS Data Dictionary codes 01 to 08, in the order of the members."""


# --- notification (s. 23)


class NotificationBasis(Term):
    """Why an opinion is brought to the attention of an authority."""

    S23_UNDER_COMPULSORY_SCHOOL_AGE = means("The health body must: the child is under that age (CFA 2014 s. 23).")
    S24_BROUGHT_TO_ATTENTION = means("Anyone may, of a child who has or may have SEN (CFA 2014 s. 24(1)(b)).")


class Opinion(Term):
    """What the body has formed the opinion of."""

    SEN = means("Special educational needs. This makes the authority responsible (CFA 2014 s. 24(1)(b)).")
    DISABILITY = means("A disability alone. S. 24 speaks of SEN, so this does not make the authority responsible.")
    SEN_AND_DISABILITY = means("Both. The SEN makes the authority responsible (CFA 2014 s. 24(1)(b)).")


class Certainty(Term):
    """ "Has (or probably has)", s. 23(1)."""

    HAS = means("The child has them (CFA 2014 s. 23(1)).")
    PROBABLY_HAS = means("The child probably has them (CFA 2014 s. 23(1)).")


# --- assessment and plan (ss. 36 to 45)


class AssessmentDecision(Term):
    """Whether to secure an EHC needs assessment (s. 36(3))."""

    WILL_ASSESS = means("The authority will secure an EHC needs assessment (CFA 2014 s. 36).")
    WILL_NOT_ASSESS = means("The authority will not secure one (CFA 2014 s. 36).")
    WITHDRAWN = means("The request was withdrawn before the authority decided.")


class AssessmentOutcome(Term):
    """What followed the assessment (s. 36(8), s. 37(1))."""

    PLAN = means("An EHC plan is to be made (CFA 2014 s. 37(1)).")
    NO_PLAN = means("No EHC plan is to be made (SEND Regs 2014 reg. 10).")
    WITHDRAWN = means("The assessment ended before the authority decided.")


class AdviceKind(Term):
    """The advice an authority must seek, SEND Regs 2014 reg. 6(1)(a) to (h) in order."""

    PARENT = means("From the child's parent or the young person (SEND Regs 2014 reg. 6(1)(a)).")
    EDUCATION = means("Educational advice, from the head, the principal or whoever stands in for them (reg. 6(1)(b)).")
    MEDICAL = means("From a health care professional whom the responsible commissioning body names (reg. 6(1)(c)).")
    PSYCHOLOGICAL = means("From an educational psychologist (reg. 6(1)(d)).")
    SOCIAL_CARE = means("About social care (reg. 6(1)(e)).")
    OTHER_AUTHORITY_THINKS_FIT = means(
        "From anyone else whom the authority thinks it appropriate to ask (reg. 6(1)(f))."
    )
    PREPARING_FOR_ADULTHOOD = means("From year 9: about provision to prepare for adulthood (reg. 6(1)(g)).")
    PARENT_REASONABLY_ASKS = means("From anyone else, at the reasonable request of the family (reg. 6(1)(h)).")


class SectionCode(Term):
    """The sections of an EHC plan, each separately identified (reg. 12(1))."""

    A = means("The views, interests and aspirations of the child and the parent, or of the young person.")
    B = means("Special educational needs.")
    C = means("Health care needs related to SEN.")
    D = means("Social care needs related to SEN or to a disability.")
    E = means("The outcomes sought.")
    F = means("Special educational provision. The authority must secure it (CFA 2014 s. 42(2)).")
    G = means("Health care provision, agreed (reg. 12(2)) and arranged (CFA 2014 s. 42(3)) by the commissioning body.")
    H1 = means("Social care provision under s. 2 of the Chronically Sick and Disabled Persons Act 1970.")
    H2 = means("Other social care provision.")
    I = means("The school or other institution. Absent from a draft.")  # noqa: E741  (the letter is the section's)
    J = means("Direct payments: the needs and outcomes that they are to meet.")
    K = means("The advice and information that the assessment gathered.")


class PlanStatus(Term):
    """Where a version of a plan stands; an amendment makes a new version."""

    DRAFT = means("Being drafted; the family does not have it yet.")
    SERVED = means(
        "A draft that was sent to the family, who have 15 days or more to respond (SEND Regs 2014 reg. 13(1))."
    )
    FINAL = means("The final plan, which the authority maintains.")
    AMENDMENT_PROPOSED = means("A final plan to which the authority proposes amendments (SEND Regs 2014 reg. 22(2)).")
    CEASE_NOTIFIED = means(
        "The authority has given notice that the plan will cease, and still maintains it (CFA 2014 s. 45(4))."
    )
    CEASED = means("No longer maintained (CFA 2014 s. 45).")
    TRANSFERRED = means("Gone to another authority, because the child or young person moved (SEND Regs 2014 reg. 15).")
    SUPERSEDED = means("Replaced by a later version.")


class AgreementStatus(Term):
    """A responsible commissioning body's agreement to provision in section G (reg. 12(2))."""

    NOT_ASKED = means("The body has not been asked yet.")
    ASKED = means("The body has been asked and has not answered.")
    AGREED = means("The body agrees that the provision goes into section G.")
    DECLINED = means("The body does not agree, and says why.")
    LEFT_OUT = means("The body did not agree, and so the provision was left out of the plan.")
    NOT_RECORDED = means("Not known: the plan was imported or came from another authority.")


class ReviewKind(Term):
    """Why a plan is reviewed (s. 44; regs 15(5), 18; PB Regs 11)."""

    ANNUAL = means("Within 12 months of the plan being made or last reviewed (CFA 2014 s. 44(1)).")
    EARLY = means("Before the annual review is due.")
    PHASE_TRANSFER = means("Before a move to another phase of education (SEND Regs 2014 reg. 18).")
    FIRST_AFTER_TRANSFER = means(
        "The first by an authority to which the plan was transferred (SEND Regs 2014 reg. 15(5))."
    )
    DIRECT_PAYMENT = means("Of how direct payments are used (PB Regs 2014 reg. 11).")


class ReviewDecision(Term):
    """What the authority decided after a review (reg. 20(10), 21(9))."""

    MAINTAIN = means("Keep the plan as it is.")
    AMEND = means("Amend the plan (SEND Regs 2014 reg. 22).")
    CEASE = means("Cease to maintain the plan (CFA 2014 s. 45).")
    REASSESS = means("Secure a re-assessment of needs (CFA 2014 s. 44).")


# --- personal budgets (s. 49)


class BudgetStatus(Term):
    """Where a personal budget stands."""

    REQUESTED = means("The parent or young person has asked for it (CFA 2014 s. 49(1)).")
    PROPOSED = means("Amounts have been proposed; they are not agreed yet.")
    AGREED = means("The amounts are agreed; nothing has been paid yet.")
    IN_PAYMENT = means("The agreed money is being paid.")
    SUSPENDED = means("Payment has stopped for the time being.")
    ENDED = means("The budget is over, and nothing more is paid.")
    REFUSED = means("The budget was asked for and refused.")
    NOT_RECORDED = means("Not known: a return says only that there is a personal budget.")


class BudgetKind(Term):
    """Which provision the money is for."""

    EDUCATION = means("Special educational provision (section F).")
    HEALTH = means("Health care provision (section G).")
    SOCIAL_CARE = means("Social care provision (sections H1 and H2).")


class PaymentPeriod(Term):
    """What an amount is for."""

    WEEK = means("A week, in term or out of it.")
    TERM_WEEK = means("A week of term. How many there are is set for each authority and school year.")
    MONTH = means("A calendar month.")
    TERM = means("A school term.")
    YEAR = means("A whole year.")
    ONCE = means("The whole amount, paid once.")


class PaymentMechanism(Term):
    """How the provision is bought."""

    DIRECT_PAYMENT = means("The family or its nominee receives the money and buys the provision.")
    ARRANGEMENT = means("The authority, school or health body holds the money and buys what was agreed.")
    THIRD_PARTY = means("A third party holds the money for the family and buys the provision.")
    COMBINATION = means("More than one of these.")


class DirectPaymentStatus(Term):
    """Where a direct payment stands (PB Regs)."""

    CONSIDERED = means("The request for it is being considered (PB Regs 2014 reg. 4(2)).")
    OFFERED = means("Offered; the recipient has not agreed in writing yet (PB Regs 2014 reg. 8).")
    AGREED = means("The recipient has agreed in writing; nothing has been paid yet (PB Regs 2014 reg. 8).")
    PAYING = means("Payments are being made.")
    REDUCED = means("Payments are being made, at a lower amount than before.")
    STOPPED = means("Payments have stopped.")
    REFUSED = means("Refused in writing, with reasons and a right to a review (PB Regs 2014 reg. 7).")


# --- redress and sharing


class DisputeKind(Term):
    """What kind of disagreement or redress it is."""

    BETWEEN_PARTNERS = means("Between bodies that commission together (CFA 2014 s. 26(3)(g)).")
    MEDIATION = means("Mediation of the family with the authority or a commissioning body (CFA 2014 ss. 52 to 56).")
    APPEAL = means("The family's appeal to the First-tier Tribunal (CFA 2014 s. 51).")
    RECOMMENDATION = means("The Tribunal's recommendation on health or social care. It does not bind (Rec Regs 2017).")
    COMPLAINT = means("A complaint about what a body did or did not do (CFA 2014 s. 26(3)(f)).")


class DisputeStatus(Term):
    """Where a dispute stands."""

    OPEN = means("Raised, and not settled yet.")
    ESCALATED = means("Taken a step further, because it was not settled.")
    AGREED = means("Settled by agreement.")
    ORDERED = means("The Tribunal has given its order or recommendation.")
    CLOSED = means("Over, without an agreement or an order.")


class IdentityDecision(Term):
    """What was decided about two records that may be one child's."""

    MERGE = means("They are one child's, and one record was made of them.")
    KEEP_APART = means("They are two children's, and are not brought forward again.")
    SPLIT = means("They had been made one by mistake, and were parted again.")


class SharingMode(Term):
    """What a sharing rule of an arrangement opens."""

    EXISTENCE = means("Only that a record exists, which is itself a disclosure.")
    CONTENT = means("What the record says, in the parts that the rule names.")
