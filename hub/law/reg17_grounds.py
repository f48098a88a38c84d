"""On which grounds an authority may disclose a plan (SEND Regs 2014 reg. 17(1)).

A plan is disclosed with consent, as the Act and the Regulations oblige the authority to send it, or on one of the
grounds (a) to (k). Each ground serves its own purposes, and some of them their own recipients.
"""

from hub.law.term import Term, means


class Ground(Term):
    """On what a disclosure rests that the body's own relationship to the child does not open."""

    STATUTE = means("The Act or the Regulations oblige the authority to send it (reg. 17(1), opening words).")
    CONSENT = means("The child, the young person or, for the child, the parent consents (reg. 17(1), (2), (3)).")
    INTERESTS_OF_THE_CHILD = means(
        "In the authority's opinion it is necessary in the interests of the child or young person (reg. 17(1)(a))."
    )
    APPEAL = means("For the purposes of an appeal under the Act (reg. 17(1)(b)).")
    RESEARCH = means(
        "For educational research that may advance the education of children with SEN, on an undertaking to publish "
        "nothing that identifies a person (reg. 17(1)(c))."
    )
    COURT = means("On the order of a court, or for criminal proceedings (reg. 17(1)(d)).")
    OMBUDSMAN = means("For an investigation under Part 3 of the Local Government Act 1974 (reg. 17(1)(e)).")
    SECRETARY_OF_STATE = means("To the Secretary of State, who asks for it to decide (reg. 17(1)(f)).")
    SOCIAL_SERVICES_ASSESSMENT = means(
        "For an assessment of needs under the Disabled Persons Act 1986 s. 5(5) (reg. 17(1)(g))."
    )
    CHILDREN_ACT = means(
        "For an authority's duties under the Children Act 1989 ss. 22(3)(a), 85(4)(a), 86(3)(a), 87(3) (reg. 17(1)(h))."
    )
    INSPECTION = means("To the Chief Inspector, who inspects and copies plans (reg. 17(1)(i)).")
    YOUTH_ACCOMMODATION = means(
        "To the person in charge of relevant youth accommodation, for the education of a detained person "
        "(reg. 17(1)(j))."
    )
    YOUTH_OFFENDING_TEAM = means("To a youth offending team, for the same purpose (reg. 17(1)(k)).")
