"""Everything that this face can do, in one table: the addresses, and what metadata says, are made from it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from adapters.nhs_fhir.create_advice import create_composition, create_document_reference
from adapters.nhs_fhir.create_communication import create_communication
from adapters.nhs_fhir.create_document import create_document
from adapters.nhs_fhir.document import document
from adapters.nhs_fhir.face import Interaction
from adapters.nhs_fhir.history import history, version_reading
from adapters.nhs_fhir.process_message import process_message
from adapters.nhs_fhir.read import reading
from adapters.nhs_fhir.readable import READABLE
from adapters.nhs_fhir.search import searching
from adapters.nhs_fhir.subscription_routes import SUBSCRIPTIONS
from adapters.nhs_fhir.update_task import update_task
from adapters.nhs_fhir.validate import validate


@dataclass(frozen=True, slots=True)
class Offered:
    """One interaction. `code`: FHIR's name for it, or that of an operation (`$validate`); `type`: the resource type it
    is of, None for the whole face, "*" for every type of R4.
    """

    type: str | None
    code: str
    method: str
    path: str
    does: Interaction


OPERATIONS: Mapping[str, str] = MappingProxyType(
    {
        "$process-message": "http://hl7.org/fhir/OperationDefinition/MessageHeader-process-message",
        "$validate": "http://hl7.org/fhir/OperationDefinition/Resource-validate",
        "$expand": "http://hl7.org/fhir/OperationDefinition/ValueSet-expand",
        "$document": "http://hl7.org/fhir/OperationDefinition/Composition-document",
        "$status": "http://hl7.org/fhir/uv/subscriptions-backport/OperationDefinition/backport-subscription-status",
        "$events": "http://hl7.org/fhir/uv/subscriptions-backport/OperationDefinition/backport-subscription-events",
    }
)

_SUBSCRIPTION_CODES = {
    ("/Subscription", "GET"): "search-type",
    ("/Subscription", "POST"): "create",
    ("/Subscription/{id}", "GET"): "read",
    ("/Subscription/{id}", "PUT"): "update",
    ("/Subscription/{id}", "DELETE"): "delete",
}


def _offered() -> Iterator[Offered]:
    yield Offered(None, "$process-message", "POST", "/$process-message", process_message)
    yield Offered(None, "$validate", "POST", "/$validate", validate)
    yield Offered("*", "$validate", "POST", "/{type}/$validate", validate)
    for path, methods in SUBSCRIPTIONS.items():
        for method, does in methods.items():
            code = _SUBSCRIPTION_CODES.get((path, method)) or path.rpartition("/")[2]
            yield Offered("Subscription", code, method, path, does)
    for kind, readable in READABLE.items():
        if readable.searchable:
            yield Offered(kind, "search-type", "GET", f"/{kind}", searching(readable))
            yield Offered(kind, "search-type", "POST", f"/{kind}/_search", searching(readable))
        yield Offered(kind, "read", "GET", f"/{kind}/{{id}}", reading(readable))
        yield Offered(kind, "history-instance", "GET", f"/{kind}/{{id}}/_history", history(readable))
        yield Offered(kind, "vread", "GET", f"/{kind}/{{id}}/_history/{{version}}", version_reading(readable))
    yield Offered("Composition", "$document", "GET", "/Composition/{id}/$document", document)
    yield Offered("Communication", "create", "POST", "/Communication", create_communication)
    yield Offered("Bundle", "create", "POST", "/Bundle", create_document)
    yield Offered("Composition", "create", "POST", "/Composition", create_composition)
    yield Offered("DocumentReference", "create", "POST", "/DocumentReference", create_document_reference)
    yield Offered("Task", "update", "PUT", "/Task/{id}", update_task)


OFFERED: tuple[Offered, ...] = tuple(_offered())
