"""Personal budgets (CFA 2014 s. 49, PB Regs 2014): each mutation is one action."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated
from uuid import UUID

import strawberry
from strawberry.types import Info

from hub.actions import budget_payments, budget_proposals, budgets
from hub.actions.budget_proposals import GivenItem, LeftOut, Share
from hub.actions.transaction import Answer, Transaction
from hub.errors import invalid
from hub.law.reg64_decision_makers import Capacity
from schema.ids import row_of_type
from schema.mutations.budget_inputs import (
    AgreeBudgetItemInput,
    BudgetItemInput,
    DeclineBudgetItemInput,
    ProposeBudgetInput,
    RecordPaymentInput,
    RecordSpendingInput,
    RequestPersonalBudgetInput,
    SetSchoolYearInput,
    WriteSectionJInput,
    pounds,
)
from schema.mutations.changing import Refusal, perform, read, refusals, says
from schema.personal_budget import PersonalBudget
from schema.school_year import SchoolYear


@strawberry.type(description="The personal budget after the change, or what refused it.")
class PersonalBudgetPayload:
    personal_budget: PersonalBudget | None = strawberry.field(description="The budget as it now stands.")
    refusals: list[Refusal] = strawberry.field(description="Why the law refused; empty when it was done.")


@strawberry.type(description="The school year as it is now set, or what refused it.")
class SchoolYearPayload:
    school_year: SchoolYear | None = strawberry.field(description="The school year as it is now set.")
    term_weeks: int | None = strawberry.field(description="How many weeks of term it has.")
    refusals: list[Refusal] = strawberry.field(description="Why the law refused; empty when it was done.")


@strawberry.type
class BudgetMutations:
    @strawberry.mutation(
        description="The authority records that a personal budget was asked for: while a draft is prepared, or the "
        "plan is reviewed or re-assessed (CFA 2014 s. 49(1), PB Regs 2014 reg. 4(1))."
    )
    async def request_personal_budget(
        self, info: Info, input: Annotated[RequestPersonalBudgetInput, says("For which plan, and who asked.")]
    ) -> PersonalBudgetPayload:
        plan_id = row_of_type(input.plan, "Plan", argument="plan")
        capacity = Capacity(input.young_person_lacks_capacity, input.has_representative, input.parent_lacks_capacity)
        return await answered(
            info,
            lambda tx: budgets.request_budget(
                tx,
                plan_id=plan_id,
                by=input.requested_by,
                direct_payments=input.direct_payments,
                on=input.on,
                capacity=capacity,
            ),
        )

    @strawberry.mutation(
        description="The authority prepares the budget: amounts for particular provision in the plan, for their "
        "funders to decide on (CFA 2014 s. 49(2)). So it also completes a budget that a return only reported."
    )
    async def propose_budget(
        self, info: Info, input: Annotated[ProposeBudgetInput, says("Which budget, and the amounts.")]
    ) -> PersonalBudgetPayload:
        budget_id = row_of_type(input.budget, "PersonalBudget", argument="budget")
        items = [_item(each, str(place)) for place, each in enumerate(input.items)]
        left_out = [
            LeftOut(row_of_type(each.provision, "Provision", argument="leftOut"), each.because, each.reasons)
            for each in input.left_out
        ]

        async def effect(tx: Transaction) -> UUID:
            await budget_proposals.propose_budget(tx, budget_id=budget_id, items=items, left_out=left_out)
            return budget_id

        return await answered(info, effect)

    @strawberry.mutation(
        description="The body that is to fund an amount agrees to it, and owes it on its days from then on "
        "(CFA 2014 s. 49(2)). Of health care, the responsible commissioning body."
    )
    async def agree_budget_item(
        self, info: Info, input: Annotated[AgreeBudgetItemInput, says("Which amount.")]
    ) -> PersonalBudgetPayload:
        item_id = row_of_type(input.item, "BudgetItem", argument="item")
        return await answered(info, lambda tx: budgets.agree_item(tx, item_id=item_id, amount=pounds(input.amount)))

    @strawberry.mutation(description="The body that is to fund an amount declines, with reasons (CFA 2014 s. 49(2)).")
    async def decline_budget_item(
        self, info: Info, input: Annotated[DeclineBudgetItemInput, says("Which amount, and why not.")]
    ) -> PersonalBudgetPayload:
        item_id = row_of_type(input.item, "BudgetItem", argument="item")
        return await answered(info, lambda tx: budgets.decline_item(tx, item_id=item_id, reasons=input.reasons))

    @strawberry.mutation(
        description="The funder records what it paid under an amount that it agreed to, never more than is due "
        "(CFA 2014 s. 49(2), PB Regs 2014 reg. 8(1))."
    )
    async def record_payment(
        self, info: Info, input: Annotated[RecordPaymentInput, says("Under which amount, how much, and when.")]
    ) -> PersonalBudgetPayload:
        under = _under(input)
        return await answered(
            info, lambda tx: budget_payments.record_payment(tx, amount=input.amount, on=input.on, **under)
        )

    @strawberry.mutation(
        description="The funder records what the recipient showed to have spent (PB Regs 2014 reg. 8(3)(g))."
    )
    async def record_spending(
        self, info: Info, input: Annotated[RecordSpendingInput, says("Under which amount, how much, and when.")]
    ) -> PersonalBudgetPayload:
        under = _under(input)
        return await answered(
            info, lambda tx: budget_payments.record_spending(tx, amount=input.amount, on=input.on, **under)
        )

    @strawberry.mutation(
        description="The authority has section J of the draft that is being prepared say what direct payments are made "
        "(SEND Regs 2014 reg. 12(1)(j)). Without a draft, propose an amendment first."
    )
    async def write_section_j(
        self, info: Info, input: Annotated[WriteSectionJInput, says("Of which budget.")]
    ) -> PersonalBudgetPayload:
        budget_id = row_of_type(input.budget, "PersonalBudget", argument="budget")

        async def effect(tx: Transaction) -> UUID:
            await budgets.write_section_j(tx, budget_id=budget_id)
            return budget_id

        return await answered(info, effect)

    @strawberry.mutation(
        description="The authority sets the weeks of term of a school year, by which amounts for TERM_WEEK and TERM "
        "are due. What is due already stays as it is."
    )
    async def set_school_year(
        self, info: Info, input: Annotated[SetSchoolYearInput, says("The weeks and the terms.")]
    ) -> SchoolYearPayload:
        async def effect(tx: Transaction) -> Answer:
            year = await budget_payments.set_school_year(tx, name=input.name, weeks=input.weeks, terms=input.terms)
            return {"year": str(year), "weeks": len(set(input.weeks))}

        answer = await perform(info, effect)
        year = await read(info, "SchoolYear", answer.get("year"))
        return SchoolYearPayload(school_year=year, term_weeks=answer.get("weeks"), refusals=refusals(answer))


def _item(given: BudgetItemInput, place: str) -> GivenItem:
    """One amount: for one provision and its funder, or in shares."""
    alone = given.provision is not None and given.funder is not None
    if alone is bool(given.shares):
        raise invalid(
            "give the provision and its funder, or shares, and not both", rule="item-incomplete", path=("items", place)
        )
    shares = [
        Share(
            row_of_type(each.provision, "Provision", argument="provision"),
            row_of_type(each.funder, "Organisation", argument="funder"),
            each.weight,
        )
        for each in given.shares
    ]
    if given.provision is not None and given.funder is not None:
        provision_id = row_of_type(given.provision, "Provision", argument="provision")
        shares = [Share(provision_id, row_of_type(given.funder, "Organisation", argument="funder"), 1)]
    return GivenItem(
        shares,
        given.amount,
        given.per,
        given.mechanism,
        given.buys,
        given.starts_on,
        given.ends_on,
        given.direct_payments,
    )


def _under(given: RecordPaymentInput | RecordSpendingInput) -> dict[str, UUID | None]:
    """The amount or the direct payment that is named."""
    item = None if given.item is None else row_of_type(given.item, "BudgetItem", argument="item")
    if given.direct_payment is None:
        return {"item_id": item}
    return {"item_id": item, "payment_id": row_of_type(given.direct_payment, "DirectPayment", argument="directPayment")}


async def answered(info: Info, action: Callable[[Transaction], Awaitable[UUID]]) -> PersonalBudgetPayload:
    """The budget that an action changed, read again."""

    async def effect(tx: Transaction) -> Answer:
        return {"budget": str(await action(tx))}

    answer = await perform(info, effect)
    return PersonalBudgetPayload(
        personal_budget=await read(info, "PersonalBudget", answer.get("budget")), refusals=refusals(answer)
    )
