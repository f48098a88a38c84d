"""An authority's single objects are looked for in its own records first, by a plan that knows all of them open."""

from hub.law.reg17_disclosure import Purpose
from hub.law.vocabulary import OrganisationKind
from tests.compile.answers import Answers
from tests.compile.documents import Asked
from tests.compile.filled import Filled

ONE = "query ($id: ID!) { child(id: $id) { id familyName withheld { fields } plans { id } } }"
BOTH = "query ($id: ID!, $other: ID!) { a: child(id: $id) { id } viewer { clientId } b: child(id: $other) { id upn } }"


async def test_what_is_not_its_own_is_found_by_the_other_plan(filled: Filled, answers: Answers) -> None:
    """Another's child that is open to it, and one that does not exist for it, alone and beside its own."""
    met: set[str] = set()
    for name in ("Northmere", "Southvale"):
        caller = filled.caller(name)
        found: dict[str, bool | None] = {}
        for child in filled.known.ids["Child"]:
            answer = await answers.compare(Asked(ONE, None, {"id": child}), caller)
            assert answer.compiled or "errors" in answer.body
            found[child] = next((owner == caller.organisation for owner, _ in answer.children), None)
        own = next(child for child, mine in found.items() if mine)
        met |= {str(each) for each in found.values()}
        for child in found:
            answer = await answers.compare(Asked(BOTH, None, {"id": own, "other": child}), caller)
            assert answer.compiled
            assert (answer.body["data"]["b"] is None) is (found[child] is None)
    assert met == {"True", "False", "None"}


def test_the_first_plan_is_an_authoritys_for_its_functions_alone(filled: Filled, answers: Answers) -> None:
    """For every other body, for a purpose that opens less, and of lists, there is one plan."""
    documents = answers.compiled.execution.documents
    operation, lists = (
        documents.read(text).operation(None) for text in (ONE, "{ children { nodes { id } } viewer { clientId } }")
    )
    coerced = {"id": filled.known.ids["Child"][0]}
    for each in filled.callers:
        first = documents.plan(operation, coerced, coerced, each)
        is_authority = each.organisation_kind is OrganisationKind.LOCAL_AUTHORITY
        assert first.own_alone is (is_authority and each.purpose is Purpose.OWN_FUNCTIONS)
        assert not documents.plan(operation, coerced, coerced, each, everywhere=True).own_alone
    authority = filled.caller("Northmere")
    assert not documents.plan(
        operation, coerced, coerced, filled.caller("Northmere", purpose=Purpose.SAFEGUARDING)
    ).own_alone
    assert len(documents.plan(operation, coerced, coerced, authority).sql) < len(
        documents.plan(operation, coerced, coerced, authority, everywhere=True).sql
    )
    assert not documents.plan(lists, {}, {}, authority).own_alone
