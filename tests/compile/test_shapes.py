"""One plan serves many requests: what it depends on is in its shape, and what it does not is checked each time."""

import pytest

from hub.law.duties import DutyState
from hub.law.reg17_disclosure import Purpose
from tests.compile.answers import Answers
from tests.compile.documents import Asked
from tests.compile.filled import Filled

NODE = "query ($id: ID!) { node(id: $id) { id __typename } }"


async def test_a_bad_id_is_told_before_and_after_a_good_one(filled: Filled, answers: Answers) -> None:
    """Neither what is no id nor the id of no node spoils the plan of the next."""
    caller, plan = filled.caller("Northmere"), filled.known.ids["Plan"][0]
    nobody = "0" * 32
    for each in (
        "garbage",
        f"Contact_{nobody}",
        "garbage",
        "Plan_garbage",
        plan,
        f"Plan_{nobody}",
        f"Child_{nobody}",
        plan,
    ):
        found = await answers.compare(Asked(NODE, None, {"id": each}), caller)
        assert found.compiled == (len(each.rpartition("_")[2]) == 32 and not each.startswith("Contact"))


@pytest.mark.parametrize("purpose", [Purpose.OWN_FUNCTIONS, Purpose.SAFEGUARDING])
async def test_a_bad_value_is_told_where_nothing_is_open(filled: Filled, answers: Answers, purpose: Purpose) -> None:
    """What an access folds away is checked all the same, and tells nothing of what there is."""
    caller = filled.caller("Mere and Vale ICB", purpose=purpose)
    for document, values in (
        ("query ($v: ID!) { plan(id: $v) { id } }", (filled.known.ids["Plan"][0], filled.known.ids["Child"][0], "x")),
        ("query ($v: Int) { contacts: children(first: $v) { totalCount } }", (3, 0, 101, None)),
        (
            "query ($v: ID) { plans(filter: {child: $v}) { totalCount } }",
            (filled.known.ids["Child"][0], "Plan_1", None),
        ),
    ):
        for value in values:
            await answers.compare(Asked(document, None, {"v": value}), caller)


@pytest.mark.parametrize(
    ("document", "name"),
    [
        ("query ($o: ChildOrder = OLDEST_FIRST) { children(orderBy: $o) { nodes { id } } }", "o"),
        ("query ($s: PlanStatus = FINAL) { plans(filter: {statuses: [$s]}) { totalCount } }", "s"),
        ("query ($b: Boolean = true) { viewer { clientId person @include(if: $b) } }", "b"),
        ("query ($b: Boolean = false) { ...F @skip(if: $b) } fragment F on Query { viewer { person } }", "b"),
    ],
)
async def test_null_against_a_default_is_an_error_of_execution(
    filled: Filled, answers: Answers, document: str, name: str
) -> None:
    """Validation lets it pass."""
    caller = filled.caller("Northmere")
    for variables in (None, {name: None}, None):
        found = await answers.compare(Asked(document, None, variables), caller)
        assert found.compiled == (variables is None)


async def test_more_than_one_call_of_postgresql_takes_is_for_the_resolvers(filled: Filled, answers: Answers) -> None:
    """`json_build_object` has a hundred arguments: fifty fields. The objects of a list are written without it."""
    fields = " ".join(f"a{at}: {('clientId', 'person', 'purpose')[at % 3]}" for at in range(50))
    of_children = " ".join(f"a{at}: {('id', 'familyName', 'givenNames')[at % 3]}" for at in range(50))
    for document, compiled in (
        (f"{{ viewer {{ {fields} }} }}", True),
        (f"{{ viewer {{ {fields} clientId }} }}", False),
        (f"{{ children {{ nodes {{ {of_children} id }} }} }}", True),
    ):
        found = await answers.compare(Asked(document, None, None), filled.caller("Northmere"))
        assert found.compiled is compiled


async def test_an_object_of_which_nothing_is_left_is_empty(filled: Filled, answers: Answers) -> None:
    document = (
        "query ($no: Boolean!) { viewer { person @include(if: $no) } children { nodes { id @include(if: $no) } } }"
    )
    assert (await answers.compare(Asked(document, None, {"no": False}), filled.caller("Northmere"))).compiled
    assert (await answers.compare(Asked(document, None, {"no": True}), filled.caller("Northmere"))).compiled


async def test_rows_of_a_relation_are_on_record(filled: Filled, answers: Answers) -> None:
    """Though the relation itself belongs to no part: what a dispute or a duty is about, and whose it is."""
    for document in (
        "{ disputes { nodes { about { id } } } }",
        "{ duties { nodes { about { id } child { id } } } }",
        "{ assessments { nodes { child { id } } } notifications { nodes { child { familyName } } } }",
    ):
        assert (await answers.compare(Asked(document, None, None), filled.caller("Southvale"))).leaves > 5


async def test_states_of_open_duties_make_a_plan_of_their_own(filled: Filled, answers: Answers) -> None:
    """Which of them are asked for bounds what is looked at, so that the plan of some is not that of others."""
    document = "query ($s: [DutyState!]) { duties(first: 100, filter: {states: $s}) { totalCount nodes { id state } } }"
    caller, every = filled.caller("Northmere"), [each.value for each in DutyState]
    over, late = ["MET", "MET_LATE", "ENDED"], ["OVERDUE", "CLOSED"]
    found: dict[str, int] = {}
    for states in (
        [],
        every,
        [each for each in every if each not in over],
        late,
        [*late, "DUE_SOON"],
        *([one] for one in every),
    ):
        answer = await answers.compare(Asked(document, None, {"s": states}), caller)
        assert answer.compiled
        found[" ".join(states)] = answer.leaves
    assert found[""] < max(found[each] for each in every if each not in over) < found[" ".join(every)]
