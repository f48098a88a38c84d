"""The topics that a FHIR Subscription can be of: what each tells of, and as which resource.

R4 has no SubscriptionTopic: metadata lists them. Their addresses are names that partners store: add, never rename.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from fhir_mappings.systems import HUB
from fhir_mappings.values import Json
from hub.actions.telling import Topic
from hub.auth.scopes import grants
from hub.db.deliveries import About
from hub.law.caller import Caller
from hub.law.reg17_disclosure import Part

_AT = f"{HUB}/SubscriptionTopic"


def _reads(resource: str) -> Callable[[Caller], bool]:
    return lambda caller: grants(caller.scopes, resource, "r")


_TOPICS = (
    Topic(
        f"{_AT}/request-addressed-to-me",
        "Something was done about a request to co-operate that is addressed to the subscriber (CFA 2014 s. 31): first, "
        "that it was sent. The focus is the Task.",
        "CooperationRequest",
        Part.COOPERATION,
        _reads("Task"),
        lambda request, asking: [request.c.addressed_to_id == asking.organisation],
    ),
    Topic(
        f"{_AT}/request-of-mine",
        "Something was done about a request to co-operate that the subscriber has made: it was received, answered or "
        "declined. The focus is the Task.",
        "CooperationRequest",
        Part.COOPERATION,
        _reads("Task"),
        lambda request, asking: [request.c.requested_by_id == asking.organisation],
    ),
    Topic(
        f"{_AT}/notice-addressed-to-me",
        "A decision or another notice was given to the subscriber as the responsible commissioning body (SEND Regs "
        "2014). The focus is a logical reference to the notice.",
        "Notice",
        Part.NOTICES,
        _reads("Communication"),
        lambda notice, asking: [notice.c.addressed_to_id == asking.organisation],
    ),
    Topic(
        f"{_AT}/plan-final",
        "An EHC plan that exists for the subscriber was made final (SEND Regs 2014 reg. 14). The focus is a logical "
        "reference to the plan.",
        "Plan",
        Part.EXISTENCE,
        _reads("CarePlan"),
        kinds=frozenset({"plan_finalised"}),
    ),
)
TOPICS: Mapping[str, Topic] = MappingProxyType({each.name: each for each in _TOPICS})

_NOT_READ_HERE = {"Notice": ("Communication", f"{HUB}/Id/notice"), "Plan": ("CarePlan", f"{HUB}/Id/plan")}


def focus_of(about: About) -> str | Json:
    """What an event is about: a resource here, or a logical reference to what is read elsewhere."""
    if about.type == "CooperationRequest":
        return f"Task/{about.id}"
    kind, system = _NOT_READ_HERE[about.type]
    return {"type": kind, "identifier": {"system": system, "value": str(about.id)}}
