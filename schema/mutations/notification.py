"""A health body brings a child to an authority's attention (CFA 2014 ss. 23, 24(1)(b))."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import strawberry
from strawberry.types import Info

from hub.actions import notifications
from hub.actions.transaction import Answer, Transaction
from hub.db.responsibilities import NewChild
from hub.law.vocabulary import Certainty, NotificationBasis, Opinion, Sex, Source
from schema.ids import row_of_type
from schema.mutations.changing import Refusal, perform, read, refusals, says
from schema.notification import Notification
from schema.scalars import NHSNumber


@strawberry.input(description="Who the child is, as you know it. The authority files it by the NHS number.")
class NotifiedChildInput:
    family_name: str = strawberry.field(description="Family name.")
    given_names: list[str] = strawberry.field(description="Given names, in order; at least one.")
    date_of_birth: date = strawberry.field(description="Date of birth.")
    sex: Sex = strawberry.field(description="Sex, as recorded.")
    nhs_number: NHSNumber | None = strawberry.field(default=None, description="The NHS number, where you know it.")
    postcode: str | None = strawberry.field(default=None, description="Postcode of the home address.")


@strawberry.input(
    description="Bring to an authority's attention a child who has, or probably has, SEN or a disability (CFA 2014 "
    "s. 23). It is a duty: the parent is informed first, and is not asked for consent."
)
class NotifySuspectedNeedInput:
    authority: strawberry.ID = strawberry.field(description="The authority for the area where the child is (s. 23(3)).")
    child: NotifiedChildInput = strawberry.field(description="Who the child is.")
    basis: NotificationBasis = strawberry.field(
        default=NotificationBasis.S23_UNDER_COMPULSORY_SCHOOL_AGE,
        description="S. 23 under compulsory school age; s. 24(1)(b) for an older child.",
    )
    opinion: Opinion = strawberry.field(
        description="SEN, a disability, or both (s. 23(1)). SEN makes the authority responsible, and starts its clocks."
    )
    certainty: Certainty = strawberry.field(description="Has, or probably has (s. 23(1)).")
    parent_informed_on: date | None = strawberry.field(
        default=None, description="When the parent was informed of the opinion and of your duty (s. 23(2)(a))."
    )
    discussion_offered_on: date | None = strawberry.field(
        default=None, description="When the parent was given an opportunity to discuss it (s. 23(2)(b))."
    )
    voluntary_organisations: list[str] = strawberry.field(
        default_factory=list[str],
        description="The voluntary organisations likely to help, of which you told the parent (s. 23(4)).",
    )


@strawberry.type(description="The notification, or what refused it.")
class NotificationPayload:
    notification: Notification | None = strawberry.field(
        description="The notification, where it is open to you: it never says whether the authority knew the child."
    )
    refusals: list[Refusal] = strawberry.field(description="Why the law refused; empty when it was done.")


@strawberry.type
class NotificationMutations:
    @strawberry.mutation(
        description="A health body brings a child to the authority's attention, after informing the parent and "
        "offering a discussion (CFA 2014 ss. 23, 24(1)(b))."
    )
    async def notify_suspected_need(
        self,
        info: Info,
        input: Annotated[NotifySuspectedNeedInput, says("Which child, the opinion, and what was done for the parent.")],
    ) -> NotificationPayload:
        child = input.child
        given = notifications.Notified(
            authority_id=row_of_type(input.authority, "Organisation", argument="authority"),
            child=NewChild(
                child.family_name,
                tuple(child.given_names),
                child.date_of_birth,
                child.sex,
                child.nhs_number,
                child.postcode,
            ),
            basis=input.basis,
            opinion=input.opinion,
            certainty=input.certainty,
            parent_informed_on=input.parent_informed_on,
            discussion_offered_on=input.discussion_offered_on,
            voluntary_organisations=input.voluntary_organisations,
        )

        async def effect(tx: Transaction) -> Answer:
            made = await notifications.notify_suspected_need(tx, given, source=Source.GRAPHQL)
            return {"notification": str(made)}

        answer = await perform(info, effect)
        return NotificationPayload(
            notification=await read(info, "Notification", answer.get("notification")), refusals=refusals(answer)
        )
