"""Single codes by which resources say what they are, where a list of them would have one member."""

from fhir_mappings.identifiers import HUB

REDACTED = {
    "system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue",
    "code": "REDACTED",
    "display": "redacted",
}
"""The security label of a resource from which something was left out for this reader."""

TASK_CODE = {
    "system": "http://hl7.org/fhir/CodeSystem/task-code",
    "code": "fulfill",
    "display": "Fulfill the focal request",
}
S31_REQUEST = {
    "system": f"{HUB}/CodeSystem/send-request-category",
    "code": "s31-cooperation",
    "display": "Request for co-operation (CFA 2014 s. 31)",
}

PLAN_CATEGORY = {
    "system": f"{HUB}/CodeSystem/send-plan-category",
    "code": "ehc-plan",
    "display": "Education, Health and Care plan (CFA 2014 s. 37)",
}
ADVISER = {
    "system": f"{HUB}/CodeSystem/send-role",
    "code": "adviser",
    "display": "Gives advice for an EHC needs assessment (SEND Regs 2014 reg. 6(1))",
}
ADVISED_NEED = {
    "system": f"{HUB}/CodeSystem/send-observation",
    "code": "advised-need",
    "display": "A need that advice finds (SEND Regs 2014 reg. 6(1))",
}
RESTRICTED_FLAG = {
    "system": f"{HUB}/CodeSystem/send-flag",
    "code": "restricted",
    "display": "Where the child lives and whom to reach is kept from every other body: never relay an address",
}
RESTRICTED = {
    "system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality",
    "code": "R",
    "display": "restricted",
}
