"""On which grounds an authority may disclose a plan (SEND Regs 2014 reg. 17(1)), as dated data.

A plan is disclosed with consent, as the Act and the Regulations oblige the authority to send it, or on one of the
grounds (a) to (k). Each ground serves its own purposes, and some of them their own recipients.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from hub.law.decisions import Refusal, says_something
from hub.law.reg17_disclosure import Part, Purpose
from hub.law.term import Term, means
from hub.law.vocabulary import OrganisationKind


class Ground(Term):
    """On what a disclosure rests that the body's own relationship to the child does not open."""

    STATUTE = means("The Act or the Regulations oblige the authority to send it (reg. 17(1), opening words).")
    CONSENT = means("The child, the young person or, for the child, the parent consents (reg. 17(1), (2), (3)).")
    INTERESTS_OF_THE_CHILD = means(
        "To persons to whom, in the opinion of the authority, it is necessary to disclose the whole or any part of the "
        "plan in the interests of the child or young person (reg. 17(1)(a))."
    )
    APPEAL = means("For the purposes of any appeal under the Act (reg. 17(1)(b)).")
    RESEARCH = means(
        "For the purposes of educational research which, in the opinion of the authority, may advance the education or "
        "training of children or young persons with SEN, if, but only if, the person engaged in it undertakes not to "
        "publish anything from a plan in a form that identifies any individual (reg. 17(1)(c))."
    )
    COURT = means("On the order of any court, or for the purposes of any criminal proceedings (reg. 17(1)(d)).")
    OMBUDSMAN = means(
        "For the purposes of any investigation of maladministration under Part 3 of the Local Government Act 1974 "
        "(reg. 17(1)(e))."
    )
    SECRETARY_OF_STATE = means(
        "To the Secretary of State, who requests it to decide whether to give directions, make determinations or "
        "exercise any contractual rights under an Academy's funding agreement, or to make an order under the Education "
        "Act 1996 s. 496, 497 or 497A (reg. 17(1)(f))."
    )
    SOCIAL_SERVICES_ASSESSMENT = means(
        "For the purposes of an assessment of needs with respect to the provision of any statutory services, carried "
        "out by officers of an authority by virtue of arrangements made under the Disabled Persons (Services, "
        "Consultation and Representation) Act 1986 s. 5(5) (reg. 17(1)(g))."
    )
    CHILDREN_ACT = means(
        "For the purposes of a local authority in the performance of its duties under the Children Act 1989 "
        "ss. 22(3)(a), 85(4)(a), 86(3)(a) and 87(3) (reg. 17(1)(h))."
    )
    INSPECTION = means(
        "To His Majesty's Chief Inspector, exercising the right to inspect and take copies of a plan under the "
        "Education Act 2005 s. 10(1)(e) and the Education and Inspections Act 2006 s. 140(2)(a) (reg. 17(1)(i))."
    )
    YOUTH_ACCOMMODATION = means(
        "To the person in charge of any relevant youth accommodation, for the purposes of the provision of education "
        "or training for a detained person (reg. 17(1)(j))."
    )
    YOUTH_OFFENDING_TEAM = means(
        "To a youth offending team, for the purposes of the provision of education or training for a detained person "
        "(reg. 17(1)(k))."
    )


IN_FORCE = date(2014, 9, 1)
"""SI 2014/1530 reg. 1."""


@dataclass(frozen=True, slots=True)
class Admits:
    """What a ground admits: for which purposes, to which kinds of body (None: any), from when, and on what terms."""

    provision: str
    purposes: frozenset[Purpose]
    recipients: frozenset[OrganisationKind] | None = None
    in_force_from: date = IN_FORCE
    takes_undertaking: bool = False


STATED: frozenset[Purpose] = frozenset(Purpose) - {Purpose.OWN_FUNCTIONS}
"""What is added is added for a purpose that is stated. A body's own functions have the statute alone."""

_AUTHORITY = frozenset({OrganisationKind.LOCAL_AUTHORITY})
_OTHER = frozenset({OrganisationKind.OTHER})
"""The Secretary of State and the Chief Inspector are none of the kinds of body that have a name of their own here."""

ADMITTED: Mapping[Ground, Admits] = {
    Ground.INTERESTS_OF_THE_CHILD: Admits("reg. 17(1)(a)", STATED),
    Ground.APPEAL: Admits("reg. 17(1)(b)", frozenset({Purpose.APPEAL})),
    Ground.RESEARCH: Admits("reg. 17(1)(c)", frozenset({Purpose.RESEARCH}), takes_undertaking=True),
    Ground.COURT: Admits("reg. 17(1)(d)", frozenset({Purpose.COURT})),
    Ground.OMBUDSMAN: Admits("reg. 17(1)(e)", frozenset({Purpose.OMBUDSMAN})),
    Ground.SECRETARY_OF_STATE: Admits("reg. 17(1)(f)", frozenset({Purpose.SECRETARY_OF_STATE}), _OTHER),
    Ground.SOCIAL_SERVICES_ASSESSMENT: Admits("reg. 17(1)(g)", frozenset({Purpose.PROVISION_DELIVERY}), _AUTHORITY),
    Ground.CHILDREN_ACT: Admits("reg. 17(1)(h)", frozenset({Purpose.SAFEGUARDING}), _AUTHORITY),
    Ground.INSPECTION: Admits("reg. 17(1)(i)", frozenset({Purpose.OFSTED_INSPECTION}), _OTHER),
    Ground.YOUTH_ACCOMMODATION: Admits(
        "reg. 17(1)(j)", frozenset({Purpose.YOUTH_JUSTICE}), frozenset({OrganisationKind.YOUTH_ACCOMMODATION})
    ),
    Ground.YOUTH_OFFENDING_TEAM: Admits(
        "reg. 17(1)(k)", frozenset({Purpose.YOUTH_JUSTICE}), frozenset({OrganisationKind.YOUTH_OFFENDING_TEAM})
    ),
}
"""What an authority may decide. The statute itself and consent are no decision of the authority's."""


@dataclass(frozen=True, slots=True)
class DisclosureDecision:
    """An authority's decision to disclose parts of one child's record to bodies it names (reg. 17(1)(a) to (k)).

    `ends_on` is its last day. `arrangement`: under (a), what the rules of this version of an arrangement open to these
    recipients for these purposes is necessary too. `while_providing`: only while a recipient provides provision.
    """

    ground: Ground
    recipients: frozenset[UUID]
    purposes: frozenset[Purpose]
    parts: frozenset[Part]
    officer: str
    reasons: str
    starts_on: date
    ends_on: date | None = None
    revoked: bool = False
    arrangement: UUID | None = None
    while_providing: bool = False
    undertaking_on: date | None = None

    def stands_on(self, day: date) -> bool:
        """Whether it has begun, has not ended and was not revoked."""
        return not self.revoked and self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)


def refuse_to_decide(decision: DisclosureDecision, to: Collection[OrganisationKind]) -> tuple[Refusal, ...]:
    """Everything that keeps a decision to disclose from being recorded; `to`: the kinds of its recipients."""
    admits = ADMITTED.get(decision.ground)
    if admits is None:
        message = "The statute and consent open by themselves: they are no decision of the authority's."
        return (Refusal("SEND Regs 2014 reg. 17(1)", "not-a-ground-to-decide-on", message, ("ground",)),)
    return tuple(_against(decision, admits, to))


def _against(decision: DisclosureDecision, admits: Admits, to: Collection[OrganisationKind]) -> Iterator[Refusal]:
    def refusal(rule: str, message: str, path: str) -> Refusal:
        return Refusal(f"SEND Regs 2014 {admits.provision}", rule, message, (path,))

    if not decision.recipients:
        yield refusal("recipients-required", "Name the bodies to which it is disclosed.", "recipients")
    if not decision.purposes or not decision.purposes <= admits.purposes:
        names = ", ".join(sorted(admits.purposes)) if admits.purposes != STATED else "any but OWN_FUNCTIONS"
        yield refusal("purpose-not-of-ground", f"On this ground it may be disclosed for: {names}.", "purposes")
    if not decision.parts and decision.arrangement is None:
        yield refusal("parts-required", "Say which part of the record is disclosed, or the whole.", "parts")
    if admits.recipients is not None and not frozenset(to) <= admits.recipients:
        kinds = ", ".join(sorted(admits.recipients))
        yield refusal("recipient-not-of-ground", f"On this ground it may be disclosed to: {kinds}.", "recipients")
    if not decision.officer.strip():
        yield refusal("officer-required", "Name the officer who decided for the authority.", "officer")
    if not says_something(decision.reasons):
        yield refusal("reasons-required", "Write down why the authority is of this opinion.", "reasons")
    if admits.takes_undertaking and decision.undertaking_on is None:
        message = "The researcher must have undertaken to publish nothing that identifies a person."
        yield refusal("undertaking-required", message, "undertaking_on")
    if decision.arrangement is not None and decision.ground is not Ground.INTERESTS_OF_THE_CHILD:
        message = "An arrangement's rules are taken over in the interests of the child alone (reg. 17(1)(a))."
        yield refusal("arrangement-not-of-ground", message, "arrangement")
    if decision.starts_on < admits.in_force_from:
        yield refusal("ground-not-in-force", f"The ground is in force from {admits.in_force_from}.", "starts_on")
    if decision.ends_on is not None and decision.ends_on < decision.starts_on:
        yield refusal("dates-out-of-order", "It ends before it begins.", "ends_on")


def grounds_table() -> str:
    """What an authority may decide on, as Markdown: a row a ground of reg. 17(1)."""
    lines = ["| Ground | For which purposes | To whom |", "|---|---|---|"]
    for ground, admits in ADMITTED.items():
        purposes = "any that is stated" if admits.purposes == STATED else ", ".join(sorted(admits.purposes))
        to = "whom the decision names" if admits.recipients is None else ", ".join(sorted(admits.recipients))
        lines.append(f"| **{ground}**: {ground.meaning} | {purposes} | {to} |")
    return "\n".join(lines)
