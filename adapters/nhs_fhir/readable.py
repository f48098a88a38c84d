"""Every type of resource that can be read here, in one table. Routes, searches, includes and metadata follow it."""

from collections.abc import Mapping
from types import MappingProxyType

from adapters.nhs_fhir.reads import advice, bodies, budget, cooperation, document, history, notification, people, plan
from adapters.nhs_fhir.showing import Readable

READABLE: Mapping[str, Readable] = MappingProxyType(
    {
        each.type: each
        for module in (cooperation, people, advice, document, notification, budget, plan, bodies, history)
        for each in module.READS
    }
)
