"""The root of everything that can be followed, and nothing else."""

from collections.abc import AsyncGenerator
from typing import Annotated

import strawberry
from strawberry.types import Info

from hub.db.conditions import is_one_of
from hub.db.duties import state_of
from hub.law.duties import DutyState
from hub.law.notices import NoticeKind
from schema.cooperation import CooperationRequest
from schema.duty import Duty
from schema.ids import row_of_type
from schema.notice import Notice
from schema.plan import Plan
from schema.reading import reader_of
from schema.scalars import LACode, ODSCode
from schema.sharing import BrokenGlass
from schema.subscribing import Followed, RecordedEvent, follow, is_body

After = Annotated[
    str | None,
    strawberry.argument(description="Only events after this cursor, the last that you have seen. Left out: from now."),
]
OfAuthority = Annotated[
    LACode | None, strawberry.argument(description="Only in this authority's records. Left out: in every body's.")
]


@strawberry.type(description="Something that was done about a request to co-operate.")
class CooperationRequestEvent(RecordedEvent):
    @strawberry.field(description="The request as it is now; to the body that is asked, reading it is receipt.")
    async def cooperation_request(self, info: Info) -> CooperationRequest | None:
        return await reader_of(info).node("CooperationRequest", self.about)


@strawberry.type(description="Something that was done about a duty, or about the thing that it belongs to.")
class DutyEvent(RecordedEvent):
    @strawberry.field(description="The duty as it is now.")
    async def duty(self, info: Info) -> Duty | None:
        return await reader_of(info).node("Duty", self.about)


@strawberry.type(description="Something that was done about a plan.")
class PlanEvent(RecordedEvent):
    @strawberry.field(description="The plan as it is now.")
    async def plan(self, info: Info) -> Plan | None:
        return await reader_of(info).node("Plan", self.about)


@strawberry.type(description="That a notice was given.")
class NoticeEvent(RecordedEvent):
    @strawberry.field(description="The notice, as data and as text.")
    async def notice(self, info: Info) -> Notice | None:
        return await reader_of(info).node("Notice", self.about)


@strawberry.type(description="The glass over a child's record was broken, or the alert of that was acknowledged.")
class BrokenGlassEvent(RecordedEvent):
    @strawberry.field(description="What was broken, by whom and why, as it stands now.")
    async def broken_glass(self, info: Info) -> BrokenGlass | None:
        return await reader_of(info).node("BrokenGlass", self.about)


@strawberry.type(
    description="Everything that can be followed, over server-sent events or a WebSocket. An event about what does not "
    "exist for you is not sent; when your token ends, so does the subscription."
)
class Subscription:
    @strawberry.subscription(description="Requests to co-operate, each time that something is done about one.")
    def cooperation_request_changed(
        self,
        info: Info,
        authority: OfAuthority = None,
        addressed_to: Annotated[
            ODSCode | None, strawberry.argument(description="Only those addressed to this body. Left out: to any.")
        ] = None,
        after: After = None,
    ) -> AsyncGenerator[CooperationRequestEvent, None]:
        followed = Followed(
            CooperationRequestEvent,
            CooperationRequest,
            lambda request, _: [
                *([is_body(request.c.owner_id, la_code=authority)] if authority is not None else []),
                *([is_body(request.c.addressed_to_id, ods_code=addressed_to)] if addressed_to is not None else []),
            ],
        )
        return follow(info, followed, after)

    @strawberry.subscription(description="Statutory clocks, each time that one starts, stops, or comes near its end.")
    def duty_changed(
        self,
        info: Info,
        holder: Annotated[
            strawberry.ID | None, strawberry.argument(description="Only those owed by this body. Left out: by any.")
        ] = None,
        states: Annotated[
            list[DutyState] | None,
            strawberry.argument(description="Only those that are now in one of these states. Left out: in any."),
        ] = None,
        after: After = None,
    ) -> AsyncGenerator[DutyEvent, None]:
        holder_id = row_of_type(holder, "Organisation", argument="holder") if holder is not None else None
        followed = Followed(
            DutyEvent,
            Duty,
            lambda duty, asking: [
                *([duty.c.holder_id == holder_id] if holder_id is not None else []),
                *([state_of(duty, asking.today).in_([each.value for each in states])] if states is not None else []),
            ],
        )
        return follow(info, followed, after)

    @strawberry.subscription(description="Plans, each time that something is done about one.")
    def plan_changed(
        self, info: Info, authority: OfAuthority = None, after: After = None
    ) -> AsyncGenerator[PlanEvent, None]:
        followed = Followed(
            PlanEvent,
            Plan,
            lambda plan, _: [is_body(plan.c.owner_id, la_code=authority)] if authority is not None else [],
        )
        return follow(info, followed, after)

    @strawberry.subscription(
        description="Notices, each time that one is given (SEND Regs 2014 regs 4 to 35). A commissioning body is told "
        "of those that are addressed to it."
    )
    def notice_given(
        self,
        info: Info,
        authority: OfAuthority = None,
        kinds: Annotated[
            list[NoticeKind] | None, strawberry.argument(description="Only notices of these kinds. Left out: of any.")
        ] = None,
        after: After = None,
    ) -> AsyncGenerator[NoticeEvent, None]:
        followed = Followed(
            NoticeEvent,
            Notice,
            lambda notice, _: [
                *([is_body(notice.c.owner_id, la_code=authority)] if authority is not None else []),
                *([is_one_of(notice.c.kind, kinds)] if kinds is not None else []),
            ],
        )
        return follow(info, followed, after)

    @strawberry.subscription(
        description="The glass over one of your records, each time that it is broken or the alert is acknowledged: "
        "what a privacy officer watches (Children Act 2004 s. 11)."
    )
    def glass_broken(
        self, info: Info, authority: OfAuthority = None, after: After = None
    ) -> AsyncGenerator[BrokenGlassEvent, None]:
        followed = Followed(
            BrokenGlassEvent,
            BrokenGlass,
            lambda glass, _: [is_body(glass.c.owner_id, la_code=authority)] if authority is not None else [],
        )
        return follow(info, followed, after)
