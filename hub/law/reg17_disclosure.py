"""Who may see what of a child's record, by statute alone (SEND Regs 2014 reg. 17, and the duties around it).

Reg. 17(1) forbids the authority to disclose a plan without consent, but "subject to the provisions of the Act and of
these Regulations": what the Act and the Regulations oblige it to send is not caught. Reg. 17(1)(a) speaks of "the whole
or any part", and reg. 17(5) makes every representation, evidence, advice or information part of the plan. So a
gateway opens parts, for purposes, to a relationship. What is not opened here stays shut, until an arrangement
(s. 26(3)(d), (e)), a consent or the authority's recorded opinion on the child (reg. 17(1)(a)) opens it.

hub/db/sharing.py says the same in SQL, and a differential test holds the two together.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from hub.law.decisions import Decision, Permit, Refuse
from hub.law.s31_cooperation import ASKABLE
from hub.law.term import Term, means
from hub.law.vocabulary import OrganisationKind


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


class Part(Term):
    """A part of a child's record that is opened or kept shut as one. That a record exists is itself a part."""

    EXISTENCE = means("That a record exists, and which bodies answer for the child.")
    IDENTITY = means("Who the child is: names, date of birth and identifiers.")
    CONTACTS = means("Parents and carers, and how to reach them.")
    SECTION_A = means("Section A of the plan: views, interests and aspirations.")
    SECTION_B = means("Section B of the plan: special educational needs.")
    SECTION_C = means("Section C of the plan: health care needs.")
    SECTION_D = means("Section D of the plan: social care needs.")
    SECTION_E = means("Section E of the plan: outcomes.")
    SECTION_F = means("Section F of the plan: special educational provision.")
    SECTION_G = means("Section G of the plan: health care provision.")
    SECTION_H1 = means("Section H1 of the plan: social care provision under the 1970 Act.")
    SECTION_H2 = means("Section H2 of the plan: other social care provision.")
    SECTION_I = means("Section I of the plan: the placement.")
    SECTION_J = means("Section J of the plan: direct payments.")
    SECTION_K = means("Section K of the plan: advice and information.")
    ADVICE = means("Advice, evidence and documents. Reg. 17(5) makes them part of the plan.")
    ASSESSMENT = means("Requests for assessment, what advice was asked for, and what was decided.")
    NOTIFICATION = means("Health bodies' opinions under CFA 2014 s. 23.")
    COOPERATION = means("Requests to co-operate (CFA 2014 s. 31), their answers and attachments.")
    BUDGET_EDUCATION = means("The personal budget for special educational provision.")
    BUDGET_HEALTH = means("The personal budget for health care provision.")
    BUDGET_SOCIAL_CARE = means("The personal budget for social care provision.")
    BUDGET_TOTAL = means("The personal budget as a whole.")
    REVIEW = means("Reviews, and what was decided.")
    REDRESS = means("Disagreements, mediation, appeals, recommendations and complaints.")
    DUTIES = means("Statutory clocks, and what relieves them.")
    NOTICES = means("Notices that the authority gave, and what each said.")


class Relationship(Term):
    """How a body stands to a child, by statute alone."""

    RESPONSIBLE_AUTHORITY = means("The local authority responsible for the child (CFA 2014 s. 24).")
    RESPONSIBLE_COMMISSIONER = means(
        "A body under a duty to arrange health care of some kind for the child (CFA 2014 s. 42(4))."
    )
    ASKED_TO_COOPERATE = means("A body with a request about the child that it may still answer (CFA 2014 s. 31).")


MAY_HOLD: Mapping[Relationship, frozenset[OrganisationKind]] = {
    Relationship.RESPONSIBLE_AUTHORITY: frozenset({OrganisationKind.LOCAL_AUTHORITY}),  # s. 24
    Relationship.RESPONSIBLE_COMMISSIONER: frozenset(  # s. 26(8)
        {OrganisationKind.INTEGRATED_CARE_BOARD, OrganisationKind.NHS_ENGLAND}
    ),
    Relationship.ASKED_TO_COOPERATE: ASKABLE,  # s. 31(1)
}
"""Which kinds of body can stand in a relationship at all."""

ALL_PARTS: frozenset[Part] = frozenset(Part)

AUTHORITY_PURPOSES: frozenset[Purpose] = frozenset(
    {
        Purpose.OWN_FUNCTIONS,
        Purpose.S23_NOTIFICATION,  # s. 23(3), s. 24(1)(b): it is brought to the authority's attention
        Purpose.S31_COOPERATION,
        Purpose.EHCNA_ADVICE_REQUEST,
        Purpose.EHCNA_ADVICE_RETURN,
        Purpose.COMMISSIONER_NOTICE,
        Purpose.SECTION_G_AGREEMENT,
        Purpose.PROVISION_DELIVERY,
        Purpose.ANNUAL_REVIEW,
        Purpose.PERSONAL_BUDGET,
        Purpose.TRANSFER_AUTHORITY,
        Purpose.CHANGE_OF_COMMISSIONER,  # regs 15(8), 16(3): it must comply with the new commissioner's request
        Purpose.MEDIATION,
        Purpose.APPEAL,
        Purpose.RECOMMENDATION,
        Purpose.HIGHER_EDUCATION_DSA,  # reg. 47
    }
)
"""The functions of a local authority under Part 3. Safeguarding, inspection and statistics are not among them."""

COMMISSIONER_PURPOSES: frozenset[Purpose] = frozenset(
    {
        Purpose.OWN_FUNCTIONS,
        Purpose.S23_NOTIFICATION,
        Purpose.S31_COOPERATION,
        Purpose.EHCNA_ADVICE_REQUEST,  # reg. 6(1)(c): it identifies who gives medical advice
        Purpose.EHCNA_ADVICE_RETURN,
        Purpose.COMMISSIONER_NOTICE,  # regs 4(2), 5(2), 10(2), 13(2)(c), 22(3)(c), 27(2)(c), 31(2)
        Purpose.SECTION_G_AGREEMENT,  # reg. 12(2)
        Purpose.PROVISION_DELIVERY,  # s. 42(3)
        Purpose.ANNUAL_REVIEW,  # regs 20(2)(d), 21(2)(c)
        Purpose.PERSONAL_BUDGET,
        Purpose.CHANGE_OF_COMMISSIONER,  # regs 15(7), (8), 16
        Purpose.MEDIATION,  # reg. 35(2), (3)
        Purpose.RECOMMENDATION,  # Rec Regs 2017 reg. 6
    }
)
"""The functions of a responsible commissioning body. It is not a party to an appeal."""


@dataclass(frozen=True, slots=True)
class Gateway:
    """What the statute opens to a relationship: these parts, for these purposes."""

    relationship: Relationship
    purposes: frozenset[Purpose]
    parts: frozenset[Part]
    rule: str


GATEWAYS: tuple[Gateway, ...] = (
    # Reg. 17 restricts what the authority discloses, not what it reads to do its own work under Part 3.
    Gateway(
        Relationship.RESPONSIBLE_AUTHORITY,
        AUTHORITY_PURPOSES,
        ALL_PARTS,
        "CFA 2014 s. 24",
    ),
    # The health parts: it must agree G (reg. 12(2)) against the needs in C and the outcomes in E, and arrange it
    # (s. 42(3)). Not D, not H, not contacts. ADVICE is narrowed by the row rule to medical advice (reg. 6(1)(c)) and
    # advice it gave itself; DUTIES to those it holds or that are owed to it; NOTICES to those that the authority must
    # give it; REDRESS to what it is in (reg. 35(2), Rec Regs 2017 reg. 6).
    Gateway(
        Relationship.RESPONSIBLE_COMMISSIONER,
        COMMISSIONER_PURPOSES,
        frozenset(
            {
                Part.EXISTENCE,
                Part.IDENTITY,
                Part.SECTION_C,
                Part.SECTION_E,
                Part.SECTION_G,
                Part.ADVICE,
                Part.ASSESSMENT,
                Part.NOTIFICATION,
                Part.BUDGET_HEALTH,
                Part.DUTIES,
                Part.NOTICES,
                Part.REDRESS,
            }
        ),
        "CFA 2014 s. 42(3), SEND Regs 2014 regs 12(2), 13(2)(c)",
    ),
    # The question, who the child is, and what must go with it (reg. 6(3)). The row rule narrows every part to the
    # body's own: requests addressed to it, advice it gave, duties it holds.
    Gateway(
        Relationship.ASKED_TO_COOPERATE,
        frozenset(
            {
                Purpose.OWN_FUNCTIONS,
                Purpose.S31_COOPERATION,
                Purpose.EHCNA_ADVICE_REQUEST,
                Purpose.EHCNA_ADVICE_RETURN,
            }
        ),
        frozenset({Part.EXISTENCE, Part.IDENTITY, Part.COOPERATION, Part.ADVICE, Part.DUTIES}),
        "CFA 2014 s. 31, SEND Regs 2014 regs 6(3), 8",
    ),
)


def parts_open(relationships: Collection[Relationship], purpose: Purpose) -> frozenset[Part]:
    """Every part that some relationship of the body opens for the purpose; empty where none does."""
    return frozenset(
        part
        for gateway in GATEWAYS
        if gateway.relationship in relationships and purpose in gateway.purposes
        for part in gateway.parts
    )


def decide(part: Part, relationships: Collection[Relationship], purpose: Purpose) -> Decision:
    """Whether one part is open, by which provision, or else which step of the way is missing."""
    held = [gateway for gateway in GATEWAYS if gateway.relationship in relationships]
    if not held:
        return Refuse("no-relationship", "This body has no statutory relationship to the child that opens the record.")
    for_purpose = [gateway for gateway in held if purpose in gateway.purposes]
    if not for_purpose:
        return Refuse("purpose-not-open", f"No relationship of this body to the child opens it for {purpose}.")
    for gateway in for_purpose:
        if part in gateway.parts:
            return Permit(gateway.rule)
    rules = "; ".join(gateway.rule for gateway in for_purpose)
    return Refuse("part-not-open", f"{rules}: does not open {part} for {purpose}. Reg. 17(1) keeps it shut.")
