"""Consent to the disclosure of a plan (SEND Regs 2014 reg. 17(1) to (3)): who may give it, and how long it lasts.

Reg. 17 uses the word for this alone. It is not consent under the UK GDPR, nor to treatment.
"""

from hub.law.term import Term, means


class ConsentGiver(Term):
    """Who consents to a disclosure (reg. 17(1) to (3), regs 63, 64)."""

    CHILD = means("The child, who is old and mature enough to understand (reg. 17(2)).")
    PARENT = means("The child's parent, for a child who is not (reg. 17(3)).")
    YOUNG_PERSON = means("The young person, who is over compulsory school age (reg. 17(1), CFA 2014 s. 83(2)).")
    ALTERNATIVE_PERSON = means("Whoever stands in for a young person who lacks capacity (reg. 64).")


class CapacityBasis(Term):
    """Why it is this person who consents."""

    UNDERSTANDS = means("The child has the age and understanding that it takes (reg. 17(2)).")
    CHILD_DOES_NOT_UNDERSTAND = means("The child has not, and so the parent consents (reg. 17(3)).")
    PARENT_LACKS_CAPACITY = means("Nor can the parent: the parent's representative consents (regs 17(3), 63).")
    HAS_CAPACITY = means("The young person has capacity (Mental Capacity Act 2005 s. 1(2): assumed).")
    LACKS_CAPACITY_REPRESENTATIVE = means("The young person lacks capacity and has a representative (reg. 64).")
    LACKS_CAPACITY_PARENT = means("The young person lacks capacity and has no representative but a parent (reg. 64).")
