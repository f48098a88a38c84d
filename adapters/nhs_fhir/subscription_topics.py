"""The topics that a FHIR Subscription can be of: what each tells of, and as which resource.

R4 has no SubscriptionTopic: metadata lists them. Their addresses are names that partners store: add, never rename.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from fhir_mappings.identifiers import HUB
from hub.actions.telling import Topic
from hub.auth.scopes import grants
from hub.db.deliveries import About
from hub.law.caller import Caller
from hub.law.reg17_disclosure import Part

_AT = f"{HUB}/SubscriptionTopic"


def _reads(resource: str, scope: str) -> Callable[[Caller], bool]:
    """Who may read what is told of, here or by GraphQL."""
    return lambda caller: grants(caller.scopes, resource, "r") or caller.has(scope)


_TOPICS = (
    Topic(
        f"{_AT}/request-addressed-to-me",
        "Something was done about a request to co-operate that is addressed to the subscriber (CFA 2014 s. 31): first, "
        "that it was sent. The focus is the Task.",
        "CooperationRequest",
        Part.COOPERATION,
        _reads("Task", "cooperation.read"),
        lambda request, asking: [request.c.addressed_to_id == asking.organisation],
    ),
    Topic(
        f"{_AT}/request-of-mine",
        "Something was done about a request to co-operate that the subscriber has made: it was received, answered or "
        "declined. The focus is the Task.",
        "CooperationRequest",
        Part.COOPERATION,
        _reads("Task", "cooperation.read"),
        lambda request, asking: [request.c.requested_by_id == asking.organisation],
    ),
    Topic(
        f"{_AT}/notice-addressed-to-me",
        "A decision or another notice was given to the subscriber as the responsible commissioning body (SEND Regs "
        "2014). The focus is the Communication.",
        "Notice",
        Part.NOTICES,
        _reads("Communication", "child.read"),
        lambda notice, asking: [notice.c.addressed_to_id == asking.organisation],
    ),
    Topic(
        f"{_AT}/plan-final",
        "An EHC plan that exists for the subscriber was made final (SEND Regs 2014 reg. 14). The focus is "
        "the CarePlan.",
        "Plan",
        Part.EXISTENCE,
        _reads("CarePlan", "plan.read"),
        kinds=frozenset({"plan_finalised"}),
    ),
)
TOPICS: Mapping[str, Topic] = MappingProxyType({each.name: each for each in _TOPICS})

_READ_AS = {"CooperationRequest": "Task", "Notice": "Communication", "Plan": "CarePlan"}


def focus_of(about: About) -> str:
    """What an event is about, as a resource here."""
    return f"{_READ_AS[about.type]}/{about.id}"
