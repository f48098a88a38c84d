"""The profiles and extensions that resources bear, once: the hub's own names, which partners store, and UK Core's."""

from collections.abc import Mapping
from types import MappingProxyType

from fhir_mappings.identifiers import HUB

PROVISION_EXTENSION = f"{HUB}/StructureDefinition/send-provision"
"""Sub-extensions: frequency, minutesPerWeek, deliveredBy, qualification, setting."""

NOTIFICATION_EXTENSION = f"{HUB}/StructureDefinition/send-notification"
"""Sub-extensions: certainty, parentInformed, discussionOffered, voluntaryOrganisation, determination."""

PLAN_EXTENSION = f"{HUB}/StructureDefinition/send-plan"
PLAN_PROVISION_EXTENSION = f"{HUB}/StructureDefinition/send-plan-provision"
OBSERVED_IN_EXTENSION = f"{HUB}/StructureDefinition/send-observed-in"
"""On an Observation: a Reference to the Composition of the advice that says it."""
OUTCOME_EXTENSION = f"{HUB}/StructureDefinition/send-outcome"
NEED_EXTENSION = f"{HUB}/StructureDefinition/send-need"
CONSENT_EXTENSION = f"{HUB}/StructureDefinition/send-consent"
CONTACT_EXTENSION = f"{HUB}/StructureDefinition/send-contact"
BUDGET_EXTENSION = f"{HUB}/StructureDefinition/send-personal-budget"
BUDGET_ITEM_EXTENSION = f"{HUB}/StructureDefinition/send-budget-item"
TOLD_OTHERWISE_EXTENSION = f"{HUB}/StructureDefinition/send-told-otherwise"
"""On Patient: what another source says of a field. Sub-extensions: field, value, source, by, since, standsBy."""
WITHHELD_EXTENSION = f"{HUB}/StructureDefinition/send-withheld"
"""On meta: each part of the record that was kept back from this reader."""

DATA_ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
_UK_CORE = "https://fhir.hl7.org.uk"
NHS_NUMBER_STATUS_EXTENSION = f"{_UK_CORE}/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus"

_UK_CORE_TYPES = """
    AuditEvent CarePlan Communication Composition Condition Consent DocumentReference Flag HealthcareService Observation
    Organization Patient Practitioner PractitionerRole Provenance RelatedPerson ServiceRequest Task
"""
UK_CORE_PROFILES: Mapping[str, str] = MappingProxyType(
    {kind: f"{_UK_CORE}/StructureDefinition/UKCore-{kind}" for kind in _UK_CORE_TYPES.split()}
)
"""The types that have a profile of UK Core, with which what leaves conforms."""
