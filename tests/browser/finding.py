"""Which of the demo's records a test looks at: found by asking, for others may have changed them before."""

from tests.running import RunningHub

from .visiting import Visitor


def graphql(hub: RunningHub, query: str) -> dict[str, object]:
    return hub.graphql("northmere-portal", query)["data"]


def late_child(hub: RunningHub) -> str:
    """One whose plan is late and whose assessment was decided late: what other tests bring in tells less."""
    late = children_of(hub, "OVERDUE", "FINALISE_PLAN")
    took = children_of(hub, "MET_LATE", "DECIDE_WHETHER_TO_ASSESS")
    return next(each for each in late if each in took)


def children_of(hub: RunningHub, state: str, rule: str) -> list[str]:
    asked = f"filter: {{ states: [{state}], rules: [{rule}] }}"
    found = graphql(hub, f"{{ duties(first: 100, {asked}) {{ nodes {{ child {{ id }} }} }} }}")
    return [each["child"]["id"] for each in found["duties"]["nodes"]]  # type: ignore[index]  (read from JSON)


def paid_child(hub: RunningHub) -> str:
    query = "{ personalBudgets(first: 50) { nodes { status plan { child { id } } } } }"
    nodes = graphql(hub, query)["personalBudgets"]["nodes"]  # type: ignore[index]  (read from JSON)
    return next(each["plan"]["child"]["id"] for each in nodes if each["status"] == "IN_PAYMENT")


def plan_that_is(hub: RunningHub, status: str) -> tuple[str, str]:
    """A child, and a version of the child's plan that stands so."""
    asked = f"{{ plans(first: 1, filter: {{statuses: [{status}]}}) {{ nodes {{ id child {{ id }} }} }} }}"
    (found,) = graphql(hub, asked)["plans"]["nodes"]  # type: ignore[index]  (read from JSON)
    return found["child"]["id"], found["id"]


def child_shown_to_southwold(hub: RunningHub, of: str) -> str:
    """One that Southwold Vale may see, for whom the authority of this name answers."""
    query = """query($after: String) { children(first: 100, after: $after) {
        nodes { id responsibleAuthority { name } } pageInfo { hasNextPage endCursor } } }"""
    after, goes_on = None, True
    while goes_on:
        page = hub.graphql("southwoldvale-portal", query, {"after": after})["data"]["children"]
        for each in page["nodes"]:
            if each["responsibleAuthority"]["name"] == of:
                return str(each["id"])
        after, goes_on = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    raise AssertionError(f"no child of {of} is shown to Southwold Vale")


def first_child(visit: Visitor) -> str:
    visit.sees("/children")
    return str(visit.page.locator("main table a").first.get_attribute("href"))


def pair(hub: RunningHub) -> str:
    nodes = graphql(hub, "{ identityCandidates(first: 1) { nodes { id } } }")["identityCandidates"]["nodes"]  # type: ignore[index]  (read from JSON)
    return str(nodes[0]["id"])
