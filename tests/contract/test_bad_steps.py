"""Bad steps over GraphQL, made of the tables of the law and of the schema: refused, and nothing changes.

Every step of every table on whatever stands in a state from which the law does not have it; on wrong days; twice; by
each wrong body. Then every mutation of the schema with inputs drawn from its types at random, by every kind of body.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    build_schema,
)

import schema
from hub.actions.transaction import Transactions
from hub.auth.scopes import GRAPHQL
from hub.law import reg12_agreement as g
from hub.law import s31_cooperation as r
from hub.law import s36_assessment as a
from hub.law import s37_plan as p
from hub.law import s44_review as v
from hub.law.vocabulary import SectionCode
from schema.answer import Request
from schema.execution import Execution
from tests.conftest import NOW
from tests.contract.casework_in_every_state import InEveryState, changes, in_every_state, watch
from tests.world import World

SCHEMA = build_schema(Path(schema.__file__).with_name("schema.graphql").read_text())
assert SCHEMA.mutation_type is not None
MUTATIONS = SCHEMA.mutation_type.fields
TODAY, TOMORROW, LONG_AGO = "2026-11-22", "2026-11-23", "1999-01-01"
EVERY_SCOPE = frozenset(GRAPHQL) | {"hub.admin"}
REFUSED = {"NOT_FOUND", "FORBIDDEN", "INVALID", "CONFLICT"}


class Hub:
    """Runs mutations on a world in which everything stands in every state, and sees what has changed."""

    def __init__(self, transactions: Transactions, world: World, made: InEveryState) -> None:
        self.transactions, self.world, self.made = transactions, world, made
        self._execution = Execution(transactions, clock=lambda: NOW, new_id=transactions.new_id)
        self._changes = 0

    async def try_(self, body: UUID, name: str, given: Mapping[str, Any]) -> list[str]:
        """The rules by which it was refused; none where it was done. What is refused has changed nothing, and a refusal
        by law says by which provision."""
        kind = MUTATIONS[name].args["input"].type
        document = f"mutation($given: {kind}) {{ done: {name}(input: $given) {{ refusals {{ rule provision }} }} }}"
        caller = self.world.caller(body, scopes=EVERY_SCOPE)
        answer = await self._execution.execute(Request(document, None, {"given": given}, None), caller)
        if "errors" in answer:
            error = answer["errors"][0]
            assert error["extensions"]["code"] in REFUSED, (name, given, error)
            rules = [str(error["extensions"].get("rule", error["extensions"]["code"]))]
        else:
            refusals = answer["data"]["done"]["refusals"]
            assert all(each["provision"] and each["rule"] for each in refusals)
            rules = [each["rule"] for each in refusals]
        async with self.transactions.begin(None) as tx:
            noted = await changes(tx.connection)
        assert not rules or len(noted) == self._changes, (name, given, rules, noted[self._changes :])
        self._changes = len(noted)
        return rules


@pytest.fixture
async def hub(transactions: Transactions, world: World, owner_url: str, new_id: Callable[[], UUID]) -> Hub:
    async with transactions.begin(None) as tx:
        made = await in_every_state(tx.connection, world, new_id)
    watch(owner_url)
    return Hub(transactions, world, made)


ON = {"on": TODAY}
ADVICE = {"kind": "MEDICAL", "givenOn": TODAY, "needs": ["a need"], "provision": []}
DRAFT = {"sections": [{"code": code.value, "text": "x"} for code in SectionCode if code is not SectionCode.I]}
# Each table: the argument that names what stands in a state; what each mutation is in it; who takes the step.
PLANS: Mapping[str, tuple[type, Mapping[str, Any]]] = {
    "revisePlan": (p.Revised, {"contents": {}}),
    "servePlan": (p.Served, ON),
    "finalisePlan": (p.Finalised, ON | {"sectionI": "a school"}),
    "proposeAmendment": (p.AmendmentProposed, {"reasons": "The review found progress."}),
    "notifyCeasing": (p.CeaseNotified, ON | {"reason": "OTHER", "reasons": "Because."}),
    "ceasePlan": (p.Ceased, ON | {"reason": "DECEASED"}),
}
ASSESSMENTS: Mapping[str, tuple[type, Mapping[str, Any]]] = {
    "seekAdvice": (a.AdviceSought, {"kind": "EDUCATION", "askedOn": TODAY, "noRepresentations": True}),
    "decideNoPlan": (a.NoPlanDecided, ON | {"reasons": "Because."}),
    "draftPlan": (a.PlanBegun, ON | {"contents": DRAFT}),
}
REQUESTS: Mapping[str, tuple[type, Mapping[str, Any]]] = {
    "acknowledgeCooperationRequest": (r.Received, {}),
    "acceptCooperationRequest": (r.Accepted, {}),
    "submitAdvice": (r.Complied, ADVICE),
    "declineCooperationRequest": (r.Declined, {"ground": "INCOMPATIBLE_WITH_OWN_DUTIES", "reasons": "Because."}),
    "claimTimeException": (r.TimeExceptionClaimed, {"ground": "EXCEPTIONAL_CIRCUMSTANCES", "explanation": "Because."}),
    "withdrawCooperationRequest": (r.Withdrawn, {}),
}
REVIEWS: Mapping[str, tuple[type, Mapping[str, Any]]] = {
    "circulateReviewAdvice": (v.PapersSent, {"on": "2026-10-01"}),
    "holdReview": (v.Held, {"on": "2026-10-01"}),
    "reportReview": (v.Reported, ON),
    "decideReview": (v.Decided, ON | {"decision": "MAINTAIN", "reasons": "Because."}),
}
ANSWERS: Mapping[str, tuple[type, Mapping[str, Any]]] = {
    "declineProvision": (g.Declined, {"reasons": "Because."}),
    "agreeProvision": (g.Agreed, {}),
    "leaveOutProvision": (g.LeftOut, {"reasons": "Because."}),
}
TABLES = (
    ("plan", p.PlanStatus, PLANS, p.TRANSITIONS),
    ("assessment", a.AssessmentStage, ASSESSMENTS, a.TRANSITIONS),
    ("cooperationRequest", r.CooperationStatus, REQUESTS, r.TRANSITIONS),
    ("review", v.ReviewState, REVIEWS, v.TRANSITIONS),
    ("provision", g.AgreementStatus, ANSWERS, g.AGREEMENT_TRANSITIONS),
)


def _whose(world: World, argument: str, name: str) -> UUID:
    if argument == "cooperationRequest":
        return world.authority if name == "withdrawCooperationRequest" else world.trust
    return world.board if name in {"agreeProvision", "declineProvision"} else world.authority


async def test_each_step_that_the_tables_do_not_have_is_refused(hub: Hub) -> None:
    """Out of order, on a plan that has ceased or gone, by each wrong body; and what the tables have, before it can have
    been, before it has happened, and a second time."""
    for argument, states, steps, transitions in TABLES:
        for state in states:
            for name, (event, given) in steps.items():
                whole, mine = {argument: hub.made.of(state)} | given, _whose(hub.world, argument, name)
                if (state, event) not in transitions:
                    assert await hub.try_(mine, name, whole), (name, state)
                    continue
                others = {hub.world.authority, hub.world.board, hub.world.trust, hub.world.other_authority} - {mine}
                for body in (*sorted(others), hub.world.other_trust):
                    assert await hub.try_(body, name, whole), (name, state, body)
                for day in (TOMORROW, LONG_AGO):
                    wrong = {key: day for key in ("on", "askedOn", "givenOn") if key in given}
                    if wrong and name != "submitAdvice":
                        assert await hub.try_(mine, name, whole | wrong), (name, state, day)
    await _permitted_and_then_again(hub)


async def _permitted_and_then_again(hub: Hub) -> None:
    """What the tables have is done, where it waits for nothing else, and leads to the state that they say: what is done
    next, and the same once more, is done or refused as from there."""
    done: set[str] = set()
    for argument, states, steps, transitions in TABLES:
        for began in states:
            state: Any = began
            fresh = [each for each in steps if each not in done and (began, steps[each][0]) in transitions]
            for name in dict.fromkeys((*fresh, *steps)):
                event, given = steps[name]
                whole = {argument: hub.made.of(began)} | given
                for _ in range(2):
                    refused = await hub.try_(_whose(hub.world, argument, name), name, whole)
                    assert refused or (state, event) in transitions, (name, began, state)
                    if not refused:
                        done.add(name)
                        state = _next(transitions[state, event])
    assert {name for _, _, steps, _ in TABLES for name in steps} - done == WAIT_FOR_MORE


def _next(after: Any) -> Any:
    """The state that follows; of an assessment the one state that these steps lead to."""
    return next(iter(after)) if isinstance(after, frozenset) else after


WAIT_FOR_MORE = {"decideNoPlan", "draftPlan"}
"""Steps that wait for more than the state: advice must have been sought."""
MAY = {
    "notifySuspectedNeed": "s. 23 makes it the duty of any trust",
    "namePrivacyOfficer": "its own",
    "breakGlass": "its own decision, which is told",
}
"""What a stranger may do."""
NAMES = {
    "body": "Organisation",
    "organisation": "Organisation",
    "to": "Organisation",
    "authority": "Organisation",
    "successor": "Organisation",
    "addressedTo": "Organisation",
    "identifiedBy": "Organisation",
    "setting": "Organisation",
    "commissioner": "Organisation",
    "provider": "Organisation",
    "recipients": "Organisation",
}
DAYS = (LONG_AGO, "2016-03-03", "2026-10-01", TODAY, TODAY, TOMORROW, "2100-01-01")
WORDS = ("", " ", "Because.", "Because.", "\u202e", "x" * 20_001)


class Drawn:
    """Inputs drawn from the types of the schema, with the ids of what there is."""

    def __init__(self, seed: int, made: InEveryState) -> None:
        self._random, self._made = Random(seed), made

    def of(self, type_: GraphQLInputType, name: str) -> Any:
        match type_:
            case GraphQLNonNull():
                return self.of(type_.of_type, name)
            case GraphQLList():
                return [self.of(type_.of_type, name) for _ in range(self._random.randrange(3))]
            case GraphQLEnumType():
                return self._random.choice(sorted(type_.values))
            case GraphQLInputObjectType():
                return {
                    key: self.of(each.type, key)
                    for key, each in type_.fields.items()
                    if isinstance(each.type, GraphQLNonNull) or self._random.random() < 0.5
                }
            case _:
                return self._scalar(type_.name, name)

    def _scalar(self, kind: str, name: str) -> Any:
        choose = self._random.choice
        match kind:
            case "ID":
                wanted = NAMES.get(name, name[0].upper() + name[1:])
                ids = self._made.ids.get(wanted) or sorted(sum(self._made.ids.values(), start=list[str]()))
                return choose(ids)
            case "Date":
                return choose(DAYS)
            case "DateTime":
                return f"{choose(DAYS)}T12:00:00Z"
            case "Int":
                return choose((-1, 0, 1, 45, 2_000_000_000))
            case "Boolean":
                return choose((True, False))
            case "Money":
                return choose(("-1.00", "0.00", "1.00", "99999999.99"))
            case "NHSNumber":
                return choose(("9990000018", "9990000026"))
            case _:
                return choose(WORDS)


async def test_whatever_is_asked_is_done_whole_or_refused_and_changes_nothing(hub: Hub) -> None:
    """Every mutation by every kind of body, with inputs of the right types and no sense: never an internal error; what
    is refused has changed nothing; and whoever has nothing to do with a child changes nothing of it."""
    for who in ("authority", "board", "trust", "other_authority", "other_trust"):
        drawn = Drawn(sum(who.encode()), hub.made)
        for name, mutation in MUTATIONS.items():
            for _ in range(2):
                refused = await hub.try_(getattr(hub.world, who), name, drawn.of(mutation.args["input"].type, "input"))
                assert refused or who not in _OWN or name in {*MAY, *_OWN[who]}, (who, name)


_OWN = {
    "other_authority": {"proposeArrangement", "askForHelp", "putSourcesFirst"},  # of its own, with whom it will
    "other_trust": set[str](),
}
