"""The addresses of Subscriptions, below the FHIR address, with what each method does there."""

from collections.abc import Mapping

from adapters.nhs_fhir import subscription, subscription_operations
from adapters.nhs_fhir.face import Interaction

SUBSCRIPTIONS: Mapping[str, Mapping[str, Interaction]] = {
    "/Subscription": {"GET": subscription.search_subscriptions, "POST": subscription.create_subscription},
    "/Subscription/$status": {"GET": subscription_operations.statuses},
    "/Subscription/{id}": {
        "GET": subscription.read_subscription,
        "PUT": subscription.update_subscription,
        "DELETE": subscription.delete_subscription,
    },
    "/Subscription/{id}/$status": {"GET": subscription_operations.status_of},
    "/Subscription/{id}/$events": {"GET": subscription_operations.events_of},
}
"""In the order in which they are looked up."""
