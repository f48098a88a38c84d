"""Sharing (SEND Regs 2014 reg. 17, CFA 2014 s. 26): each mutation is one action of `hub.actions`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import Annotated, Any
from uuid import UUID

import strawberry
from strawberry.types import Info

from hub.actions import arrangements, disclosure
from hub.actions.disclosure import Sought
from hub.actions.transaction import Answer, Transaction
from hub.db.arrangements import DisputeStep, Text
from hub.law.reg17_consent import Consent as LawConsent
from hub.law.reg17_grounds import DisclosureDecision as LawDecision
from hub.law.s26_arrangements import SharingRule, TimeLimit
from schema.arrangement import Arrangement
from schema.child import Child
from schema.ids import row_of_type
from schema.mutations.changing import Refusal, perform, read, refusals, says
from schema.mutations.sharing_inputs import (
    AcknowledgeBrokenGlassInput,
    BreakGlassInput,
    DecideDisclosureInput,
    NamePrivacyOfficerInput,
    ProposeArrangementInput,
    RecordConsentInput,
    RestrictChildInput,
    RevokeDisclosureInput,
    SharingRuleInput,
    SignArrangementInput,
    WithdrawConsentInput,
)
from schema.organisation import Organisation
from schema.reading import reader_of
from schema.sharing import BrokenGlass, Consent, DisclosureDecision

_WHY = "Why the law refused; empty when it was done."


@strawberry.type(description="The consent after the change, or what refused it.")
class ConsentPayload:
    consent: Consent | None = strawberry.field(description="The consent as it now stands.")
    refusals: list[Refusal] = strawberry.field(description=_WHY)


@strawberry.type(description="The decision after the change, or the glass that was broken, or what refused it.")
class DisclosureDecisionPayload:
    disclosure_decision: DisclosureDecision | None = strawberry.field(description="The decision as it now stands.")
    broken_glass: list[BrokenGlass] = strawberry.field(
        description="For each record of the child: that the glass over it is broken, and until when."
    )
    refusals: list[Refusal] = strawberry.field(description=_WHY)


@strawberry.type(description="The broken glass with its acknowledgement, or what refused it.")
class BrokenGlassPayload:
    broken_glass: BrokenGlass | None = strawberry.field(description="The broken glass as it now stands.")
    refusals: list[Refusal] = strawberry.field(description=_WHY)


@strawberry.type(description="The arrangements after the change, or what refused it.")
class ArrangementPayload:
    arrangement: Arrangement | None = strawberry.field(description="The arrangements as they now stand.")
    refusals: list[Refusal] = strawberry.field(description=_WHY)


@strawberry.type(description="The child after the change, or what refused it.")
class RestrictChildPayload:
    child: Child | None = strawberry.field(description="The child.")
    refusals: list[Refusal] = strawberry.field(description=_WHY)


@strawberry.type(description="The body after the change, or what refused it.")
class PrivacyOfficerPayload:
    organisation: Organisation | None = strawberry.field(description="The body that named the officer.")
    refusals: list[Refusal] = strawberry.field(description=_WHY)


@strawberry.type
class SharingMutations:
    @strawberry.mutation(description="The authority records a consent to disclose (SEND Regs 2014 reg. 17(1) to (3)).")
    async def record_consent(
        self, info: Info, input: Annotated[RecordConsentInput, says("Who consents to what, and in what capacity.")]
    ) -> ConsentPayload:
        child_id = row_of_type(input.child, "Child", argument="child")
        consent = LawConsent(
            giver=input.giver,
            basis=input.basis,
            recipients=_bodies(input.recipients, "recipients"),
            purposes=frozenset(input.purposes),
            parts=frozenset(input.parts),
            given_on=input.given_on,
            ends_on=input.until,
            while_providing=input.while_providing,
        )

        async def effect(tx: Transaction) -> Answer:
            kept = await disclosure.record_consent(tx, child_id=child_id, given_by=input.given_by, consent=consent)
            return {"consent": str(kept)}

        return await _consent(info, effect)

    @strawberry.mutation(description="A consent is withdrawn: it opens nothing any more (SEND Regs 2014 reg. 17(1)).")
    async def withdraw_consent(
        self, info: Info, input: Annotated[WithdrawConsentInput, says("Which consent.")]
    ) -> ConsentPayload:
        consent_id = row_of_type(input.consent, "Consent", argument="consent")

        async def effect(tx: Transaction) -> Answer:
            await disclosure.withdraw_consent(tx, consent_id=consent_id, on=input.on)
            return {"consent": str(consent_id)}

        return await _consent(info, effect)

    @strawberry.mutation(
        description="The authority decides to disclose parts of a child's record (SEND Regs 2014 reg. 17(1)(a) to (k))."
    )
    async def decide_disclosure(
        self,
        info: Info,
        input: Annotated[DecideDisclosureInput, says("To whom, which parts, on which ground and why.")],
    ) -> DisclosureDecisionPayload:
        child_id = row_of_type(input.child, "Child", argument="child")
        arrangement = input.arrangement

        async def effect(tx: Transaction) -> Answer:
            decision = LawDecision(
                ground=input.ground,
                recipients=_bodies(input.recipients, "recipients"),
                purposes=frozenset(input.purposes),
                parts=frozenset(input.parts),
                officer=input.officer,
                reasons=input.reasons,
                starts_on=input.from_ or tx.today,
                ends_on=input.until,
                arrangement=row_of_type(arrangement, "Arrangement", argument="arrangement") if arrangement else None,
                while_providing=input.while_providing,
                undertaking_on=input.undertaking_on,
            )
            kept = await disclosure.decide_disclosure(tx, child_id=child_id, decision=decision)
            return {"decision": str(kept)}

        return await _decision(info, effect)

    @strawberry.mutation(description="The authority revokes a decision to disclose (SEND Regs 2014 reg. 17(1)).")
    async def revoke_disclosure(
        self, info: Info, input: Annotated[RevokeDisclosureInput, says("Which decision.")]
    ) -> DisclosureDecisionPayload:
        decision_id = row_of_type(input.disclosure_decision, "DisclosureDecision", argument="disclosureDecision")

        async def effect(tx: Transaction) -> Answer:
            await disclosure.revoke_disclosure(tx, decision_id=decision_id)
            return {"decision": str(decision_id)}

        return await _decision(info, effect)

    @strawberry.mutation(
        description="Break the glass over a child's record for 60 minutes, with the purpose SAFEGUARDING stated. It is "
        "recorded, and the authority is told at once (Children Act 1989 s. 47, Children Act 2004 s. 11)."
    )
    async def break_glass(
        self, info: Info, input: Annotated[BreakGlassInput, says("Over whose record, and why it cannot wait.")]
    ) -> DisclosureDecisionPayload:
        child = row_of_type(input.child, "Child", argument="child") if input.child is not None else None
        sought = Sought(child, input.nhs_number)

        async def effect(tx: Transaction) -> Answer:
            broken = await disclosure.break_glass(tx, sought=sought, reason=input.reason)
            return {"glass": [str(each) for each in broken]}

        return await _decision(info, effect)

    @strawberry.mutation(
        description="The authority whose record it is acknowledges the alert that the glass was broken, with what its "
        "review found (SEND Regs 2014 reg. 17(4))."
    )
    async def acknowledge_broken_glass(
        self, info: Info, input: Annotated[AcknowledgeBrokenGlassInput, says("Which, and what was found.")]
    ) -> BrokenGlassPayload:
        glass_id = row_of_type(input.broken_glass, "BrokenGlass", argument="brokenGlass")

        async def effect(tx: Transaction) -> Answer:
            await disclosure.acknowledge_glass(tx, glass_id=glass_id, finding=input.finding)
            return {"glass": str(glass_id)}

        answer = await perform(info, effect)
        glass = await read(info, "BrokenGlass", answer.get("glass"))
        return BrokenGlassPayload(broken_glass=glass, refusals=refusals(answer))

    @strawberry.mutation(description="The authority keeps where a child lives from every other body, or no longer.")
    async def restrict_child(
        self, info: Info, input: Annotated[RestrictChildInput, says("Which child, and whether.")]
    ) -> RestrictChildPayload:
        child_id = row_of_type(input.child, "Child", argument="child")

        async def effect(tx: Transaction) -> Answer:
            await disclosure.restrict(tx, child_id=child_id, restricted=input.restricted)
            return {"child": str(child_id)}

        answer = await perform(info, effect)
        return RestrictChildPayload(child=await read(info, "Child", answer.get("child")), refusals=refusals(answer))

    @strawberry.mutation(description="You name who is told when the glass over one of your records is broken.")
    async def name_privacy_officer(
        self, info: Info, input: Annotated[NamePrivacyOfficerInput, says("Who it is.")]
    ) -> PrivacyOfficerPayload:
        async def effect(tx: Transaction) -> Answer:
            await disclosure.name_privacy_officer(tx, name=input.name, contact=input.contact)
            return {"organisation": str(tx.caller.organisation)}

        answer = await perform(info, effect)
        body = await read(info, "Organisation", answer.get("organisation"))
        return PrivacyOfficerPayload(organisation=body, refusals=refusals(answer))

    @strawberry.mutation(description="A party proposes arrangements, or a new version of them (CFA 2014 s. 26).")
    async def propose_arrangement(
        self, info: Info, input: Annotated[ProposeArrangementInput, says("Who makes them, and what they say.")]
    ) -> ArrangementPayload:
        authority = row_of_type(input.authority, "Organisation", argument="authority")
        before = input.supersedes
        supersedes = row_of_type(before, "Arrangement", argument="supersedes") if before is not None else None
        text = Text(
            title=input.title,
            clauses=[(each.requirement, each.text) for each in input.clauses],
            dispute_steps=[
                DisputeStep(each.description, each.owner_role, each.working_days) for each in input.dispute_steps
            ],
            acting=sorted(_bodies(input.acting_bodies, "actingBodies")),
            starts_on=input.starts_on,
        )
        rules = [_rule(each) for each in input.sharing_rules]

        async def effect(tx: Transaction) -> Answer:
            kept = await arrangements.propose(
                tx,
                authority=authority,
                parties=_bodies(input.parties, "parties"),
                text=text,
                rules=rules,
                limits=[TimeLimit(each.function, each.working_days) for each in input.time_limits],
                review_on=input.review_on,
                supersedes=supersedes,
            )
            return {"arrangement": str(kept)}

        return await _arrangement(info, effect)

    @strawberry.mutation(
        description="A party signs arrangements; with the last signature they are in force (s. 26(1))."
    )
    async def sign_arrangement(
        self, info: Info, input: Annotated[SignArrangementInput, says("Which arrangements.")]
    ) -> ArrangementPayload:
        arrangement_id = row_of_type(input.arrangement, "Arrangement", argument="arrangement")

        async def effect(tx: Transaction) -> Answer:
            await arrangements.sign(tx, arrangement_id=arrangement_id)
            return {"arrangement": str(arrangement_id)}

        return await _arrangement(info, effect)


async def _consent(info: Info, effect: Callable[[Transaction], Awaitable[Answer]]) -> ConsentPayload:
    answer = await perform(info, effect)
    return ConsentPayload(consent=await read(info, "Consent", answer.get("consent")), refusals=refusals(answer))


async def _decision(info: Info, effect: Callable[[Transaction], Awaitable[Answer]]) -> DisclosureDecisionPayload:
    answer = await perform(info, effect)
    reader = reader_of(info)
    broken: list[Any] = [await reader.node("BrokenGlass", UUID(each)) for each in answer.get("glass", ())]
    decision = await read(info, "DisclosureDecision", answer.get("decision"))
    return DisclosureDecisionPayload(disclosure_decision=decision, broken_glass=broken, refusals=refusals(answer))


async def _arrangement(info: Info, effect: Callable[[Transaction], Awaitable[Answer]]) -> ArrangementPayload:
    answer = await perform(info, effect)
    found = await read(info, "Arrangement", answer.get("arrangement"))
    return ArrangementPayload(arrangement=found, refusals=refusals(answer))


def _bodies(ids: Iterable[strawberry.ID], argument: str) -> frozenset[UUID]:
    return frozenset(row_of_type(each, "Organisation", argument=argument) for each in ids)


def _rule(given: SharingRuleInput) -> SharingRule:
    return SharingRule(
        recipient_kinds=frozenset(given.recipient_kinds),
        recipients=_bodies(given.recipients, "sharingRules"),
        purposes=frozenset(given.purposes),
        parts=frozenset(given.parts),
        mode=given.mode,
        basis=given.basis,
        starts_on=given.from_,
        ends_on=given.to,
    )
