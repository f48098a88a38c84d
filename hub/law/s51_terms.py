"""The words of redress: what it is about, who acts in it, and what is done (CFA 2014 ss. 51 to 57)."""

from hub.law.term import Term, means


class RedressMatter(Term):
    """What kind of provision redress is about. Several may be in issue at once."""

    EDUCATION = means("Special educational needs and provision, or the placement.")
    HEALTH = means("Health care needs and provision.")
    SOCIAL_CARE = means("Social care needs and provision.")


class Actor(Term):
    """Who may take a step: as what a body is in the dispute."""

    AUTHORITY = means("The local authority whose record it is.")
    COMMISSIONER = means("A commissioning body that is in the dispute.")
    PARTY = means("Any body that is in the dispute.")


class RedressStep(Term):
    """What is done in a dispute."""

    POSITION_STATED = means("A body says what it holds, or answers (CFA 2014 s. 26(3)(g)).")
    ESCALATED = means("A body takes the dispute to the next step of the arrangement (CFA 2014 s. 26(3)(g)).")
    COMMISSIONERS_TOLD = means("The commissioning bodies were told of the health care issues (reg. 35(2)).")
    MEDIATION_DECLINED = means("The adviser was told that the family does not want mediation (reg. 34(1)).")
    MEDIATION_ARRANGED = means("The mediation has a date and place, and notice of them was given (reg. 37).")
    MEDIATION_NOT_ARRANGED = means("The adviser was told that it cannot be arranged in time (reg. 39(2)).")
    MEDIATION_HELD = means("The mediation was concluded (reg. 39(1)).")
    MEDIATION_AGREED = means("An agreement was reached in the mediation (reg. 42).")
    AUTHORITY_TOLD = means("The authority was told of an agreement that it was not a party to (reg. 42(4)).")
    AGREEMENT_DONE = means("What the mediation agreed was done (reg. 42(3)).")
    CERTIFICATE_ISSUED = means("The mediation adviser's certificate was issued (regs 34, 39).")
    APPEAL_OPPOSED = means("The authority told the Tribunal that it opposes the appeal.")
    APPEAL_NOT_OPPOSED = means("The authority told the Tribunal that it does not oppose the appeal (reg. 45).")
    APPEAL_WITHDRAWN = means("The appeal was withdrawn or struck out.")
    ORDERED = means("The Tribunal made its order (CFA 2014 s. 51(5), reg. 43).")
    ORDER_COMPLIED = means("Something that the order, or not opposing, asks was done (regs 44, 45).")
    HEALTH_RESPONSE = means("A commissioning body answered the recommendation (Rec Regs 2017 reg. 6(3)).")
    SOCIAL_CARE_RESPONSE = means("The authority answered the recommendation (Rec Regs 2017 reg. 7(1)).")
    HEALTH_RESPONSE_COPIED = means("The health response went to the Secretary of State (Rec Regs 2017 reg. 6(6)).")
    SOCIAL_CARE_RESPONSE_COPIED = means("The social care response went to the Secretary of State (reg. 7(4)).")
    ACKNOWLEDGED = means("The complaint was acknowledged (CFA 2014 s. 26(3)(f)).")
    ANSWERED = means("The complaint was answered (CFA 2014 s. 26(3)(f)).")
