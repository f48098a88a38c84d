"""Who may see what of a child's record (SEND Regs 2014 reg. 17, and the duties around it).

Reg. 17(1) forbids the authority to disclose a plan without consent, but "subject to the provisions of the Act and of
these Regulations": what the Act and the Regulations oblige it to send is not caught. Reg. 17(1)(a) speaks of "the whole
or any part", and reg. 17(5) makes every representation, evidence, advice or information part of the plan. So a
gateway opens parts, for purposes, to a relationship, whatever is arranged. What no gateway opens stays shut, until the
authority's decision on this child, a consent, an arrangement or broken glass adds it (`hub.law.reg17_added`).

hub/db/sharing.py says the same in SQL, and a differential test holds the two together.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from hub.law.decisions import Decision, Permit, Refuse
from hub.law.purposes import Purpose
from hub.law.s23_notification import NOTIFYING_BODIES
from hub.law.s31_cooperation import ASKABLE
from hub.law.term import Term, means
from hub.law.vocabulary import COMMISSIONING_BODIES, OrganisationKind


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
    """How a body stands to a child."""

    RESPONSIBLE_AUTHORITY = means(
        "The local authority whose record it is: responsible for the child (CFA 2014 s. 24), or the one that the child "
        "moved from, which keeps what it had and sees nothing of the other's (SEND Regs 2014 reg. 15)."
    )
    RESPONSIBLE_COMMISSIONER = means(
        "A body under a duty to arrange health care of some kind for the child (CFA 2014 s. 42(4))."
    )
    ASKED_TO_COOPERATE = means("A body with a request about the child that it may still answer (CFA 2014 s. 31).")
    NOTIFYING_BODY = means("A health body that brought the child to the authority's attention (CFA 2014 s. 23).")
    RECEIVING_AUTHORITY = means("The authority to which a plan is transferred (SEND Regs 2014 reg. 15(2)).")
    PROVIDER = means(
        "A body that provides provision in a plan that is maintained. It opens nothing by itself: the authority's "
        "decision or a consent does, and may do so only while the body provides."
    )
    DISCLOSED_TO = means(
        "A body to which something is opened beside the statute: by the authority's decision on this child, a consent, "
        "an arrangement, or broken glass (SEND Regs 2014 reg. 17(1))."
    )


class Opener(Term):
    """What opens something of a record beside the statute."""

    DECISION = means("The authority's decision on this child (SEND Regs 2014 reg. 17(1)(a) to (k)).")
    CONSENT = means("Consent (SEND Regs 2014 reg. 17(1) to (3)).")
    ARRANGEMENT = means("The joint commissioning arrangement (CFA 2014 s. 26(3)(d), (e)).")
    BROKEN_GLASS = means("Broken glass, for safeguarding (Children Act 1989 s. 47, Children Act 2004 s. 11).")

    @property
    def rule(self) -> str:
        """As a permit and the record of disclosure name it."""
        return self.meaning.removesuffix(".")


MAY_HOLD: Mapping[Relationship, frozenset[OrganisationKind]] = {
    Relationship.RESPONSIBLE_AUTHORITY: frozenset({OrganisationKind.LOCAL_AUTHORITY}),  # s. 24
    Relationship.RESPONSIBLE_COMMISSIONER: COMMISSIONING_BODIES,  # s. 26(8)
    Relationship.ASKED_TO_COOPERATE: ASKABLE,  # s. 31(1)
    Relationship.NOTIFYING_BODY: NOTIFYING_BODIES,  # s. 23(1)
    Relationship.RECEIVING_AUTHORITY: frozenset({OrganisationKind.LOCAL_AUTHORITY}),  # reg. 15
    Relationship.PROVIDER: frozenset(OrganisationKind),
    Relationship.DISCLOSED_TO: frozenset(OrganisationKind),  # reg. 17(1)(a): "to persons to whom"
}
"""Which kinds of body can stand in a relationship at all."""

ALL_PARTS: frozenset[Part] = frozenset(Part)
SECTIONS: frozenset[Part] = frozenset(part for part in Part if part.startswith("SECTION_"))

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
    narrowed: Mapping[Part, str] = field(default_factory=dict[Part, str])
    """Parts of which it opens some rows alone, and which."""


GATEWAYS: tuple[Gateway, ...] = (
    # Reg. 17 restricts what the authority discloses, not what it reads to do its own work under Part 3.
    Gateway(
        Relationship.RESPONSIBLE_AUTHORITY,
        AUTHORITY_PURPOSES,
        ALL_PARTS,
        "CFA 2014 s. 24",
    ),
    # The health parts: it must agree G (reg. 12(2)) against the needs in C and the outcomes in E, and arrange it
    # (s. 42(3)). Not D, not H, not contacts. The provision in G is narrowed by the row rule to that of its own kind
    # (s. 42(4), hub.law.s42_commissioned), ADVICE to medical advice (reg. 6(1)(c)), DUTIES to those it holds, NOTICES
    # to those that the authority must give it, REDRESS to what it is in (reg. 35(2), Rec Regs 2017 reg. 6).
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
        narrowed={
            Part.SECTION_G: (
                "To a responsible commissioning body, of the provision in section G that alone is open which is of the "
                "kind that it commissions (CFA 2014 ss. 26(8), 42(4))."
            ),
            Part.ADVICE: "To a responsible commissioning body, medical advice alone is open (reg. 6(1)(c)).",
            Part.DUTIES: "To a responsible commissioning body, the duties alone are open that it holds.",
        },
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
        narrowed={
            Part.COOPERATION: "To a body that is asked, the requests alone are open that are addressed to it (s. 31).",
            Part.ADVICE: "To a body that is asked, the advice alone is open that it gave (reg. 8).",
            Part.DUTIES: "To a body that is asked, the duties alone are open that it holds.",
        },
    ),
    # It keeps what it said, and learns nothing more: not even who the child now is.
    Gateway(
        Relationship.NOTIFYING_BODY,
        frozenset({Purpose.OWN_FUNCTIONS, Purpose.S23_NOTIFICATION}),
        frozenset({Part.EXISTENCE, Part.NOTIFICATION}),
        "CFA 2014 s. 23",
        narrowed={Part.NOTIFICATION: "To a body that notified, its own notifications alone are open (s. 23)."},
    ),
    # The plan that is transferred, with what reg. 17(5) makes part of it; nothing else of the old authority's record.
    Gateway(
        Relationship.RECEIVING_AUTHORITY,
        frozenset({Purpose.TRANSFER_AUTHORITY}),
        SECTIONS | {Part.EXISTENCE, Part.IDENTITY, Part.ADVICE},
        "SEND Regs 2014 reg. 15(2)",
        narrowed=dict.fromkeys(SECTIONS, "To the new authority, the plan alone is open that is transferred to it."),
    ),
)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a body stands to a child: its relationships by statute, and the parts that are added, by what."""

    held: frozenset[Relationship] = frozenset()
    added: frozenset[Part] = frozenset()
    openers: frozenset[Opener] = frozenset()


def parts_open(relationships: Collection[Relationship], purpose: Purpose) -> frozenset[Part]:
    """Every part that some relationship of the body opens by statute alone for the purpose."""
    return frozenset(
        part
        for gateway in GATEWAYS
        if gateway.relationship in relationships and purpose in gateway.purposes
        for part in gateway.parts
    )


def opened(standing: Standing, purpose: Purpose) -> frozenset[Part]:
    """Every part that is open for the purpose, by statute or beside it; empty where none is."""
    return parts_open(standing.held, purpose) | standing.added


def decide(part: Part, standing: Standing, purpose: Purpose) -> Decision:
    """Whether one part is open, by which provision, or else which step of the way is missing."""
    held = [gateway for gateway in GATEWAYS if gateway.relationship in standing.held]
    if not held and not standing.added:
        return Refuse("no-relationship", "This body has no statutory relationship to the child that opens the record.")
    for_purpose = [gateway for gateway in held if purpose in gateway.purposes]
    if not for_purpose and not standing.added:
        return Refuse("purpose-not-open", f"No relationship of this body to the child opens it for {purpose}.")
    for gateway in for_purpose:
        if part in gateway.parts:
            return Permit(gateway.rule)
    beside = [opener.rule for opener in sorted(standing.openers)]
    if part in standing.added:
        return Permit("; ".join(beside))
    return kept_shut([*rules_open(standing.held, purpose), *beside], part, purpose)


def rules_open(relationships: Collection[Relationship], purpose: Purpose) -> list[str]:
    """The provisions by which these relationships open something for the purpose."""
    return [each.rule for each in GATEWAYS if each.relationship in relationships and purpose in each.purposes]


def kept_shut(rules: Collection[str], part: str, purpose: Purpose) -> Refuse:
    """The refusal of a part that nothing opens, where these provisions open others."""
    return Refuse("part-not-open", f"{'; '.join(rules)}: does not open {part} for {purpose}. Reg. 17(1) keeps it shut.")
