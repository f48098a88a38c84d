"""What metadata says of Subscriptions: the topics, and what can be done.

http://hl7.org/fhir/uv/subscriptions-backport/STU1.1/CapabilityStatement-backport-subscription-server-r4.html
"""

from adapters.nhs_fhir.subscription_topics import TOPICS
from fhir_mappings.subscription import BACKPORT, PROFILE
from fhir_mappings.values import Json

_OPERATIONS = "http://hl7.org/fhir/uv/subscriptions-backport/OperationDefinition"


def subscription() -> Json:
    """The entry of the CapabilityStatement."""
    said = "\n".join(f"* `{name}`: {topic.meaning}" for name, topic in TOPICS.items())
    return {
        "type": "Subscription",
        "extension": [
            {"url": f"{BACKPORT}/capabilitystatement-subscriptiontopic-canonical", "valueCanonical": name}
            for name in TOPICS
        ],
        "supportedProfile": [PROFILE],
        "documentation": (
            "By rest-hook, empty or id-only. A resource is never sent: to read it is an act of the receiver's, and may "
            "be receipt. First the operator allows the endpoint's host for the client. A handshake must be answered "
            "before anything is told. What is sent carries the headers asked for, and signatures (Standard Webhooks "
            "1.0, v1a) that the key in the channel checks. What fails is sent again for three days, in order for each "
            f"child; access is checked again each time. Topics:\n\n{said}"
        ),
        "interaction": [{"code": code} for code in ("read", "search-type", "create", "update", "delete")],
        "versioning": "versioned",
        "readHistory": False,
        "updateCreate": False,
        "conditionalCreate": False,
        "searchParam": [
            {"name": "_id", "type": "token"},
            {"name": "status", "type": "token"},
            {"name": "criteria", "type": "string", "documentation": "The topic"},
            {"name": "url", "type": "uri", "documentation": "The endpoint"},
        ],
        "operation": [
            {"name": "status", "definition": f"{_OPERATIONS}/backport-subscription-status"},
            {"name": "events", "definition": f"{_OPERATIONS}/backport-subscription-events"},
        ],
    }
