"""What the mutations on sharing take (SEND Regs 2014 reg. 17, CFA 2014 s. 26)."""

from datetime import date

import strawberry

from hub.law.reg8_time_limit import Part3Function
from hub.law.reg17_consent import CapacityBasis, ConsentGiver
from hub.law.reg17_disclosure import Part, Purpose
from hub.law.reg17_grounds import Ground
from hub.law.vocabulary import OrganisationKind, SharingMode
from schema.scalars import NHSNumber


@strawberry.input(
    description="Record a consent to disclose parts of a child's record (SEND Regs 2014 reg. 17(1) to (3))."
)
class RecordConsentInput:
    child: strawberry.ID = strawberry.field(description="Whose record.")
    given_by: str = strawberry.field(description="Who consents, by name.")
    giver: ConsentGiver = strawberry.field(description="As what this person consents (reg. 17(2), (3), reg. 64).")
    basis: CapacityBasis = strawberry.field(description="Why it is this person's to give (regs 17, 63, 64).")
    recipients: list[strawberry.ID] = strawberry.field(description="The bodies to which it may be disclosed.")
    purposes: list[Purpose] = strawberry.field(description="For which purposes; OWN_FUNCTIONS is none.")
    parts: list[Part] = strawberry.field(description="Which parts of the record.")
    given_on: date = strawberry.field(description="The day on which it was given.")
    until: date | None = strawberry.field(
        default=None,
        description="The last day, itself counted. A child's or parent's ends with compulsory school age.",
    )
    while_providing: bool = strawberry.field(
        default=False, description="Only while a recipient provides provision in a maintained plan."
    )


@strawberry.input(description="Withdraw a consent. No reason is needed.")
class WithdrawConsentInput:
    consent: strawberry.ID = strawberry.field(description="The consent.")
    on: date | None = strawberry.field(
        default=None, description="From which day on it opens nothing; not in the future. Left out: today."
    )


@strawberry.input(description="Decide to disclose parts of one child's record (SEND Regs 2014 reg. 17(1)(a) to (k)).")
class DecideDisclosureInput:
    child: strawberry.ID = strawberry.field(description="Whose record.")
    ground: Ground = strawberry.field(
        default=Ground.INTERESTS_OF_THE_CHILD, description="On which ground of reg. 17(1). Left out: (a)."
    )
    recipients: list[strawberry.ID] = strawberry.field(description="The bodies to which it is disclosed.")
    purposes: list[Purpose] = strawberry.field(description="For which purposes; OWN_FUNCTIONS is none.")
    parts: list[Part] = strawberry.field(
        default_factory=list[Part],
        description="Which parts of the record. Left out: those of `arrangement`.",
    )
    arrangement: strawberry.ID | None = strawberry.field(
        default=None,
        description="A version of your arrangements: what its rules open to these recipients for these purposes is, in "
        "your opinion, necessary too (reg. 17(1)(a)).",
    )
    officer: str = strawberry.field(description="The officer who decides for the authority.")
    reasons: str = strawberry.field(description="Why it is necessary, or what the ground rests on, in words.")
    from_: date | None = strawberry.field(name="from", default=None, description="The first day. Left out: today.")
    until: date | None = strawberry.field(default=None, description="The last day, counted. Left out: until revoked.")
    while_providing: bool = strawberry.field(
        default=False, description="Only while a recipient provides provision in a maintained plan."
    )
    undertaking_on: date | None = strawberry.field(
        default=None, description="When a researcher undertook to publish nothing that identifies (reg. 17(1)(c))."
    )


@strawberry.input(
    description="Revoke a decision to disclose: from now on it opens nothing (SEND Regs 2014 reg. 17(1))."
)
class RevokeDisclosureInput:
    disclosure_decision: strawberry.ID = strawberry.field(description="The decision.")


@strawberry.input(
    description="Break the glass over a child's record, for safeguarding (Children Act 2004 s. 11). Give one of "
    "`child` and `nhsNumber`."
)
class BreakGlassInput:
    child: strawberry.ID | None = strawberry.field(default=None, description="The child; its global id.")
    nhs_number: NHSNumber | None = strawberry.field(default=None, description="The child's NHS number.")
    reason: str = strawberry.field(
        description="Why it cannot wait, in words. The privacy officer of the authority reads it."
    )


@strawberry.input(description="Keep where a child lives and whom to reach from every other body, or no longer.")
class RestrictChildInput:
    child: strawberry.ID = strawberry.field(description="The child.")
    restricted: bool = strawberry.field(description="True: kept from every body but you. False: no longer.")


@strawberry.input(description="Name who is told when the glass over one of your records is broken.")
class NamePrivacyOfficerInput:
    name: str = strawberry.field(description="The officer's name or role.")
    contact: str = strawberry.field(description="How to reach the officer, such as an e-mail address.")


@strawberry.input(description="Acknowledge the alert that the glass over one of your records was broken.")
class AcknowledgeBrokenGlassInput:
    broken_glass: strawberry.ID = strawberry.field(description="Which broken glass; its global id.")
    finding: str = strawberry.field(description="What the review of it found, in words.")


@strawberry.input(description="What arrangements say on a paragraph that they must contain (CFA 2014 s. 26(3), (4)).")
class ClauseInput:
    requirement: str = strawberry.field(description="The paragraph, as `missing` names it, such as `s. 26(3)(a)`.")
    text: str = strawberry.field(description="What was agreed.")


@strawberry.input(description="A step of the procedure to resolve disputes between the parties (CFA 2014 s. 26(3)(g)).")
class DisputeStepInput:
    description: str = strawberry.field(description="What is done.")
    owner_role: str | None = strawberry.field(default=None, description="The role of who sees to it.")
    working_days: int | None = strawberry.field(default=None, description="How many working days the parties give it.")


@strawberry.input(description="What arrangements open to recipients beside the statute (CFA 2014 s. 26(3)(d), (e)).")
class SharingRuleInput:
    recipient_kinds: list[OrganisationKind] = strawberry.field(
        default_factory=list[OrganisationKind], description="The kinds of body that it opens the parts to."
    )
    recipients: list[strawberry.ID] = strawberry.field(
        default_factory=list[strawberry.ID], description="The bodies that it opens the parts to by name."
    )
    purposes: list[Purpose] = strawberry.field(description="For which purposes; OWN_FUNCTIONS is none.")
    parts: list[Part] = strawberry.field(description="Which parts of a child's record.")
    mode: SharingMode = strawberry.field(
        default=SharingMode.CONTENT, description="Whether what the parts say is opened, or only that there is a record."
    )
    basis: Ground = strawberry.field(
        default=Ground.INTERESTS_OF_THE_CHILD,
        description="On what it rests: INTERESTS_OF_THE_CHILD, with your decision on each child (reg. 17(1)(a)); or "
        "STATUTE, for a responsible commissioning body alone (reg. 13(2)(c)).",
    )
    from_: date = strawberry.field(name="from", description="The first day.")
    to: date | None = strawberry.field(default=None, description="The last day, itself counted. Left out: none.")


@strawberry.input(description="How soon the parties comply with a request, where no statute says so (s. 26(3)(e)).")
class TimeLimitInput:
    function: Part3Function = strawberry.field(
        description="The function under Part 3 in which a party asks. An assessment and a re-assessment have their six "
        "weeks by statute (SEND Regs 2014 reg. 8(1)), which no agreement changes."
    )
    working_days: int = strawberry.field(description="Working days from receipt, from 1 to 250.")


@strawberry.input(description="Propose arrangements, or a new version of them (CFA 2014 s. 26). You are a party.")
class ProposeArrangementInput:
    title: str = strawberry.field(description="Their title.")
    authority: strawberry.ID = strawberry.field(description="The local authority whose arrangements they are.")
    parties: list[strawberry.ID] = strawberry.field(
        description="Who makes and signs them: the authority and its partner commissioning bodies (s. 26(1), (8))."
    )
    acting_bodies: list[strawberry.ID] = strawberry.field(
        default_factory=list[strawberry.ID], description="Who acts under them, and does not sign."
    )
    clauses: list[ClauseInput] = strawberry.field(
        default_factory=list[ClauseInput],
        description="What they say, a paragraph an entry. Nobody can sign while one is missing (s. 26(3), (4)).",
    )
    sharing_rules: list[SharingRuleInput] = strawberry.field(
        default_factory=list[SharingRuleInput], description="What they open, to whom, for what (s. 26(3)(d), (e))."
    )
    time_limits: list[TimeLimitInput] = strawberry.field(
        default_factory=list[TimeLimitInput],
        description="How soon the parties comply with each other's requests where no statute says so (s. 26(3)(e)).",
    )
    dispute_steps: list[DisputeStepInput] = strawberry.field(
        default_factory=list[DisputeStepInput], description="How disputes between the parties are resolved, in order."
    )
    starts_on: date | None = strawberry.field(
        default=None, description="The first day, once all have signed. Left out: the day of the last signature."
    )
    review_on: date | None = strawberry.field(
        default=None,
        description="When the parties review them; once that day has passed they share nothing (s. 26(6)).",
    )
    supersedes: strawberry.ID | None = strawberry.field(
        default=None, description="The version that this one ends when it comes into force."
    )


@strawberry.input(description="Sign arrangements (CFA 2014 s. 26(1)). The parties alone do, each once.")
class SignArrangementInput:
    arrangement: strawberry.ID = strawberry.field(description="The arrangements.")
