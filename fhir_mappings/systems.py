"""Every code system of more than one code, once; those of budgets are in `budget_systems`, single codes in `codings`.

The hub's own are names that partners store: add, never rename.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from fhir_mappings.code_system import CodeSystem, words
from fhir_mappings.identifiers import HUB
from hub.law.notices import NoticeKind
from hub.law.precedence import ChildField, StandsBy
from hub.law.reg8_time_limit import Part3Function, TimeExceptionGround
from hub.law.reg17_consent import CapacityBasis, ConsentGiver
from hub.law.reg17_disclosure import Part, Purpose
from hub.law.s31_cooperation import RefusalGround
from hub.law.vocabulary import (
    NHS_NUMBER_STATUS_CODES,
    AdviceKind,
    AssessmentDecision,
    Certainty,
    NHSNumberStatus,
    NotificationBasis,
    Opinion,
    OrganisationKind,
    PlanStatus,
    SectionCode,
    Sex,
    Source,
)


class BusinessStatus(StrEnum):
    """How a request stands in the words of s. 31 and reg. 8, beside the FHIR status."""

    AWAITING_RECEIPT = "awaiting-receipt"
    CLOCK_RUNNING = "clock-running"
    NO_STATUTORY_CLOCK = "no-statutory-clock"
    ACCEPTED = "accepted"
    EXTENSION_CLAIMED = "extension-claimed"
    REFUSED_INCOMPATIBLE_DUTIES = "refused-incompatible-duties"
    REFUSED_ADVERSE_EFFECT = "refused-adverse-effect"
    COMPLIED = "complied"
    WITHDRAWN = "withdrawn"


class AdviceSection(StrEnum):
    """The sections of advice: what reg. 6(1) asks it to be on, and the documents that came with it."""

    NEEDS = "needs"
    OUTCOMES = "outcomes"
    PROVISION = "provision"
    DOCUMENTS = "documents"


_STANDING = {
    BusinessStatus.AWAITING_RECEIPT: "Sent, and not yet known to be received",
    BusinessStatus.CLOCK_RUNNING: "Received: the six weeks of reg. 8(1) are running",
    BusinessStatus.NO_STATUTORY_CLOCK: "Received: no statutory time limit applies",
    BusinessStatus.ACCEPTED: "The body says that it will comply",
    BusinessStatus.EXTENSION_CLAIMED: "An exception to the six weeks is claimed (reg. 8(2))",
    BusinessStatus.REFUSED_INCOMPATIBLE_DUTIES: "Declined: incompatible with the body's own duties (s. 31(2)(a))",
    BusinessStatus.REFUSED_ADVERSE_EFFECT: "Declined: adverse effect on the body's functions (s. 31(2)(b))",
    BusinessStatus.COMPLIED: "The body has complied",
    BusinessStatus.WITHDRAWN: "The authority no longer asks",
}
BUSINESS_STATUS: CodeSystem[BusinessStatus] = CodeSystem(
    f"{HUB}/CodeSystem/send-business-status", {status: (status.value, text) for status, text in _STANDING.items()}
)

TIME_EXCEPTION: CodeSystem[TimeExceptionGround] = CodeSystem(  # claimed by a body in Task.businessStatus
    BUSINESS_STATUS.url,
    {
        TimeExceptionGround.EXCEPTIONAL_CIRCUMSTANCES: (
            "extension-exceptional-circumstances",
            "Exceptional circumstances affect the child or the parent (reg. 8(2)(a))",
        ),
        TimeExceptionGround.ABSENT_FROM_AREA: (
            "extension-absent-from-area",
            "The child or the parent is absent from the area for four weeks or more (reg. 8(2)(b))",
        ),
        TimeExceptionGround.MISSED_APPOINTMENT: (
            "extension-missed-appointment",
            "The child failed to keep an appointment (reg. 8(2)(c))",
        ),
    },
)

REFUSAL_GROUND: CodeSystem[RefusalGround] = CodeSystem(
    f"{HUB}/CodeSystem/send-refusal-ground",
    {
        RefusalGround.INCOMPATIBLE_WITH_OWN_DUTIES: (
            "incompatible-with-own-duties",
            "Incompatible with the body's own duties (CFA 2014 s. 31(2)(a))",
        ),
        RefusalGround.ADVERSE_EFFECT_ON_FUNCTIONS: (
            "adverse-effect-on-functions",
            "An adverse effect on the exercise of the body's functions (CFA 2014 s. 31(2)(b))",
        ),
    },
)

PART_3_FUNCTION: CodeSystem[Part3Function] = CodeSystem(
    f"{HUB}/CodeSystem/send-part-3-function",
    {
        Part3Function.EHC_NEEDS_ASSESSMENT: ("ehc-needs-assessment", "EHC needs assessment (s. 36)"),
        Part3Function.REASSESSMENT: ("reassessment", "Re-assessment (s. 44)"),
        Part3Function.PLAN_PREPARATION: ("plan-preparation", "Preparation of an EHC plan (s. 38)"),
        Part3Function.PLAN_REVIEW: ("plan-review", "Review of an EHC plan (s. 44)"),
        Part3Function.SECURING_PROVISION: ("securing-provision", "Securing provision in a plan (s. 42)"),
        Part3Function.PERSONAL_BUDGET: ("personal-budget", "Personal budget (s. 49)"),
        Part3Function.TRANSFER: ("transfer", "Transfer of a plan (s. 47)"),
        Part3Function.OTHER_PART_3: ("other-part-3", "Another function under Part 3"),
    },
)

ADVICE_KIND: CodeSystem[AdviceKind] = CodeSystem(
    f"{HUB}/CodeSystem/send-advice-kind",
    {
        AdviceKind.PARENT: ("ehc-parent-advice", "Advice of the parent or young person (reg. 6(1)(a))"),
        AdviceKind.EDUCATION: ("ehc-education-advice", "Educational advice (reg. 6(1)(b))"),
        AdviceKind.MEDICAL: ("ehc-health-advice", "Medical advice of a health care professional (reg. 6(1)(c))"),
        AdviceKind.PSYCHOLOGICAL: ("ehc-psychological-advice", "Advice of an educational psychologist (reg. 6(1)(d))"),
        AdviceKind.SOCIAL_CARE: ("ehc-social-care-advice", "Advice in relation to social care (reg. 6(1)(e))"),
        AdviceKind.OTHER_AUTHORITY_THINKS_FIT: ("ehc-other-advice", "Advice the authority thinks fit (reg. 6(1)(f))"),
        AdviceKind.PREPARING_FOR_ADULTHOOD: (
            "ehc-preparing-for-adulthood-advice",
            "Advice on preparing for adulthood (reg. 6(1)(g))",
        ),
        AdviceKind.PARENT_REASONABLY_ASKS: (
            "ehc-parent-requested-advice",
            "Advice the parent reasonably asks for (reg. 6(1)(h))",
        ),
    },
)

ADVICE_SECTION: CodeSystem[AdviceSection] = CodeSystem(
    f"{HUB}/CodeSystem/send-advice-section",
    {
        AdviceSection.NEEDS: ("needs", "Needs"),
        AdviceSection.OUTCOMES: ("outcomes", "Outcomes"),
        AdviceSection.PROVISION: ("provision", "Provision"),
        AdviceSection.DOCUMENTS: ("documents", "Documents"),
    },
)

_TRACED = {
    NHSNumberStatus.VERIFIED: "Number present and verified",
    NHSNumberStatus.PRESENT_NOT_TRACED: "Number present but not traced",
    NHSNumberStatus.TRACE_REQUIRED: "Trace required",
    NHSNumberStatus.NO_MATCH: "Trace attempted - No match or multiple match found",
    NHSNumberStatus.TO_BE_RESOLVED: "Trace needs to be resolved - (NHS Number or patient detail conflict)",
    NHSNumberStatus.IN_PROGRESS: "Trace in progress",
    NHSNumberStatus.NOT_REQUIRED: "Number not present and trace not required",
    NHSNumberStatus.POSTPONED: "Trace postponed (baby under six weeks old)",
}
NHS_NUMBER_STATUS_IN_WORDS: CodeSystem[NHSNumberStatus] = CodeSystem(
    "https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatus",
    {NHSNumberStatus.VERIFIED: ("number-present-and-verified", _TRACED[NHSNumberStatus.VERIFIED])},
)
"""The system before, which referrals still carry: read for the one status that links records by itself."""
NHS_NUMBER_STATUS: CodeSystem[NHSNumberStatus] = CodeSystem(
    "https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatusEngland",
    {status: (NHS_NUMBER_STATUS_CODES[status], text) for status, text in _TRACED.items()},
)

NOTIFICATION_BASIS = words("send-notification-basis", NotificationBasis)
OPINION = words("send-opinion", Opinion)
CERTAINTY = words("send-certainty", Certainty)
NOTICE_KIND = words("send-notice-kind", NoticeKind)
ASSESSMENT_DECISION = words("send-assessment-decision", AssessmentDecision)

ORGANISATION_KIND = words("send-organisation-kind", OrganisationKind)
PLAN_STATUS = words("send-plan-status", PlanStatus)
PLAN_SECTION = words("send-plan-section", SectionCode)
CONSENT_GIVER = words("send-consent-giver", ConsentGiver)
CAPACITY_BASIS = words("send-capacity-basis", CapacityBasis)
PURPOSE: CodeSystem[Purpose] = CodeSystem(
    f"{HUB}/CodeSystem/purpose", {each: (each.value, each.meaning.removesuffix(".")) for each in Purpose}
)
PART = words("send-record-part", Part)
CHILD_FIELD = words("send-child-field", ChildField)
STANDS_BY = words("send-stands-by", StandsBy)
SOURCE = words("send-source", Source)

GENDER: Mapping[Sex, str] = MappingProxyType({Sex.MALE: "male", Sex.FEMALE: "female", Sex.UNKNOWN: "unknown"})

# --- open lists, known by their address

EVENT_KINDS = f"{HUB}/CodeSystem/audit-event-kind"
"""What happened to a record, by the kind of the hub's own event: the list is open, as the hub's is."""

ERROR_CODES = f"{HUB}/CodeSystem/send-error"
NHS_HTTP_ERROR_CODES = "https://fhir.nhs.uk/Codesystem/http-error-codes"
