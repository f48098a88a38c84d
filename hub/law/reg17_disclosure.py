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
from enum import auto

from hub.law.decisions import Decision, Permit, Refuse
from hub.law.s31_cooperation import ASKABLE
from hub.law.vocabulary import OrganisationKind, Term


class Purpose(Term):
    """What a caller asks for. OWN_FUNCTIONS, the default: a body's own functions for a child it answers for."""

    OWN_FUNCTIONS = auto()
    S23_NOTIFICATION = auto()
    S31_COOPERATION = auto()
    EHCNA_ADVICE_REQUEST = auto()
    EHCNA_ADVICE_RETURN = auto()
    COMMISSIONER_NOTICE = auto()
    SECTION_G_AGREEMENT = auto()
    PROVISION_DELIVERY = auto()
    ANNUAL_REVIEW = auto()
    PERSONAL_BUDGET = auto()
    TRANSFER_AUTHORITY = auto()
    CHANGE_OF_COMMISSIONER = auto()
    MEDIATION = auto()
    APPEAL = auto()
    RECOMMENDATION = auto()
    SAFEGUARDING = auto()
    HIGHER_EDUCATION_DSA = auto()
    OFSTED_INSPECTION = auto()
    CQC_INSPECTION = auto()
    OMBUDSMAN = auto()
    COURT = auto()
    SECRETARY_OF_STATE = auto()
    YOUTH_JUSTICE = auto()
    RESEARCH = auto()
    STATISTICS = auto()
    SUBJECT_ACCESS = auto()
    SELF_OR_PARENT_VIEW = auto()


class Part(Term):
    """A part of a child's record that is opened or kept shut as one. That a record exists is itself a part."""

    EXISTENCE = auto()
    IDENTITY = auto()
    CONTACTS = auto()
    SECTION_A = auto()
    SECTION_B = auto()
    SECTION_C = auto()
    SECTION_D = auto()
    SECTION_E = auto()
    SECTION_F = auto()
    SECTION_G = auto()
    SECTION_H1 = auto()
    SECTION_H2 = auto()
    SECTION_I = auto()
    SECTION_J = auto()
    SECTION_K = auto()
    ADVICE = auto()
    ASSESSMENT = auto()
    NOTIFICATION = auto()
    COOPERATION = auto()
    BUDGET_EDUCATION = auto()
    BUDGET_HEALTH = auto()
    BUDGET_SOCIAL_CARE = auto()
    BUDGET_TOTAL = auto()
    REVIEW = auto()
    REDRESS = auto()
    DUTIES = auto()


class Relationship(Term):
    """How a body stands to a child, by statute alone."""

    RESPONSIBLE_AUTHORITY = auto()
    RESPONSIBLE_COMMISSIONER = auto()
    ASKED_TO_COOPERATE = auto()


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
    # advice it gave itself; DUTIES to those it holds or that are owed to it.
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
