"""What a record may be asked for: one list of purposes, each with the provision that it serves."""

from hub.law.term import Term, means


class Purpose(Term):
    """What a caller asks for. Where the statute opens nothing to a body for a purpose, an arrangement (CFA 2014
    s. 26(3)(d), (e)), a consent or the authority's recorded opinion (SEND Regs 2014 reg. 17(1)(a)) may."""

    OWN_FUNCTIONS = means("The body's own functions for a child whom it answers for or is asked about. The default.")
    S23_NOTIFICATION = means("A health body's opinion of SEN or disability, brought to the authority (CFA 2014 s. 23).")
    S31_COOPERATION = means(
        "An authority asks a body to co-operate in a function under Part 3, and it answers (CFA 2014 s. 31)."
    )
    EHCNA_ADVICE_REQUEST = means(
        "Asking for advice in an EHC needs assessment, and what goes with it (SEND Regs 2014 regs 6(3), 8)."
    )
    EHCNA_ADVICE_RETURN = means(
        "Giving that advice to the authority that asked (CFA 2014 s. 31(2), SEND Regs 2014 reg. 8)."
    )
    COMMISSIONER_NOTICE = means(
        "Notices and plans that must reach the commissioning body (SEND Regs 2014 regs 4, 5, 10, 13, 22, 27, 31)."
    )
    SECTION_G_AGREEMENT = means(
        "Agreeing the health care provision in a plan (SEND Regs 2014 reg. 12(2), CFA 2014 s. 42(3))."
    )
    PROVISION_DELIVERY = means("Securing, arranging and delivering the provision in a plan (CFA 2014 s. 42).")
    ANNUAL_REVIEW = means("Reviewing a plan, and advice for the review (CFA 2014 s. 44, SEND Regs 2014 regs 20, 21).")
    PERSONAL_BUDGET = means("Preparing and agreeing a personal budget (CFA 2014 s. 49).")
    TRANSFER_AUTHORITY = means(
        "Transferring the plan of a child who moves to another authority (SEND Regs 2014 reg. 15)."
    )
    CHANGE_OF_COMMISSIONER = means(
        "Another commissioning body becomes responsible, by a move or otherwise (SEND Regs 2014 regs 15, 16)."
    )
    MEDIATION = means("Mediation with the family (CFA 2014 ss. 52 to 56).")
    APPEAL = means("An appeal under the Act (reg. 17(1)(b)). A commissioning body is not a party to it.")
    RECOMMENDATION = means("Responding to the Tribunal's recommendation on health or social care (Rec Regs 2017).")
    SAFEGUARDING = means(
        "Keeping a child from harm (Children Act 1989 s. 47, Children Act 2004 s. 11). Always stated, never a default."
    )
    HIGHER_EDUCATION_DSA = means(
        "Higher education or a disabled students' allowance, as the young person asks (SEND Regs 2014 reg. 47)."
    )
    OFSTED_INSPECTION = means("Inspection of plans by His Majesty's Chief Inspector (SEND Regs 2014 reg. 17(1)(i)).")
    CQC_INSPECTION = means("The Care Quality Commission inspects, under its own powers. Reg. 17 has no ground for it.")
    OMBUDSMAN = means("The Local Government and Social Care Ombudsman investigates (SEND Regs 2014 reg. 17(1)(e)).")
    COURT = means("A court orders it, or for criminal proceedings (SEND Regs 2014 reg. 17(1)(d)).")
    SECRETARY_OF_STATE = means(
        "The Secretary of State decides on an academy, or on an order to a school or authority (reg. 17(1)(f))."
    )
    YOUTH_JUSTICE = means("Educating or training a detained young person (SEND Regs 2014 reg. 17(1)(j), (k)).")
    RESEARCH = means(
        "Educational research, on an undertaking to publish nothing identifying (SEND Regs 2014 reg. 17(1)(c))."
    )
    STATISTICS = means("The statutory return to the Department for Education (SEN2).")
    SUBJECT_ACCESS = means("Somebody asks for their own data (UK GDPR art. 15).")
    SELF_OR_PARENT_VIEW = means("The parent or young person reads the plan (SEND Regs 2014 regs 13, 22).")
