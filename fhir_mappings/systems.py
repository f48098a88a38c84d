"""Every code system, once. An unknown code raises: nothing is guessed.

The hub's own are names that partners store: add, never rename.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from fhir_mappings.identifiers import HUB, bare
from hub.law.budget_decisions import DecisionOnDirectPayment, ReconsiderationOutcome, RepaymentGround, StopGround
from hub.law.budget_direct_payment_events import Recipient, Undertaking, YoungPersonsWish
from hub.law.budget_regimes import Regime
from hub.law.notices import NoticeKind
from hub.law.precedence import ChildField, StandsBy
from hub.law.reg8_time_limit import Part3Function, TimeExceptionGround
from hub.law.reg17_consent import CapacityBasis, ConsentGiver
from hub.law.reg17_disclosure import Part, Purpose
from hub.law.reg64_decision_makers import Decider, DecidesBecause
from hub.law.s31_cooperation import RefusalGround
from hub.law.s49_personal_budget import AggregateBecause, Buys, ItemStatus
from hub.law.term import Term
from hub.law.vocabulary import (
    NHS_NUMBER_STATUS_CODES,
    AdviceKind,
    AgreementStatus,
    AssessmentDecision,
    BudgetKind,
    BudgetStatus,
    Certainty,
    DirectPaymentStatus,
    NHSNumberStatus,
    NotificationBasis,
    Opinion,
    OrganisationKind,
    PaymentMechanism,
    PaymentPeriod,
    PlanStatus,
    SectionCode,
    Sex,
    Source,
)

Code = TypeVar("Code", bound=StrEnum)
T = TypeVar("T", bound=Term)


class UnknownCode(ValueError):  # noqa: N818  (named for what it says)
    """A code that is not in the code system it says it is from. Never carries the code: it came from outside."""

    def __init__(self, system: str) -> None:
        super().__init__(f"this is not a code of {system}")
        self.system = system


@dataclass(frozen=True, slots=True)
class CodeSystem(Generic[Code]):
    """A code system: for each term of ours its code and display."""

    url: str
    codes: Mapping[Code, tuple[str, str]]

    def coding(self, term: Code) -> dict[str, Any]:
        code, display = self.codes[term]
        return {"system": self.url, "code": code, "display": display}

    def code(self, term: Code) -> str:
        return self.codes[term][0]

    def display(self, term: Code) -> str:
        return self.codes[term][1]

    def term(self, code: str) -> Code:
        """The term of a code; raises `UnknownCode`."""
        for term, (known, _) in self.codes.items():
            if known == code:
                return term
        raise UnknownCode(self.url)

    def read(self, concept: Mapping[str, Any] | None) -> Code | None:
        """The term that a CodeableConcept names; None where it has no coding of this system. Raises `UnknownCode`."""
        for coding in (concept or {}).get("coding", ()):
            if bare(coding.get("system", "")) == bare(self.url):
                return self.term(coding.get("code", ""))
        return None


def words(name: str, vocabulary: type[T]) -> CodeSystem[T]:
    """The hub's code system of a vocabulary of the law: each word in kebab case, and what it means."""
    return CodeSystem(
        f"{HUB}/CodeSystem/{name}",
        {word: (word.value.lower().replace("_", "-"), word.meaning.removesuffix(".")) for word in vocabulary},
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

BUDGET_STATUS = words("send-budget-status", BudgetStatus)
BUDGET_KIND = words("send-budget-kind", BudgetKind)
ITEM_STATUS = words("send-budget-item-status", ItemStatus)
PAYMENT_PERIOD = words("send-payment-period", PaymentPeriod)
PAYMENT_MECHANISM = words("send-payment-mechanism", PaymentMechanism)
BUYS = words("send-budget-buys", Buys)
AGGREGATE_BECAUSE = words("send-aggregate-because", AggregateBecause)
AGREEMENT_STATUS = words("send-agreement-status", AgreementStatus)
DECIDER = words("send-decider", Decider)
DECIDES_BECAUSE = words("send-decides-because", DecidesBecause)
DIRECT_PAYMENT_STATUS = words("send-direct-payment-status", DirectPaymentStatus)
REGIME = words("send-direct-payment-regime", Regime)
RECIPIENT = words("send-direct-payment-recipient", Recipient)
UNDERTAKING = words("send-direct-payment-undertaking", Undertaking)
YOUNG_PERSONS_WISH = words("send-young-persons-wish", YoungPersonsWish)
DECISION_ON_DIRECT_PAYMENT = words("send-direct-payment-decision", DecisionOnDirectPayment)
STOP_GROUND = words("send-direct-payment-stop-ground", StopGround)
REPAYMENT_GROUND = words("send-direct-payment-repayment-ground", RepaymentGround)
RECONSIDERATION_OUTCOME = words("send-reconsideration-outcome", ReconsiderationOutcome)
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

REDACTED = {
    "system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue",
    "code": "REDACTED",
    "display": "redacted",
}
"""The security label of a resource from which something was left out for this reader."""

GENDER: Mapping[Sex, str] = MappingProxyType({Sex.MALE: "male", Sex.FEMALE: "female", Sex.UNKNOWN: "unknown"})

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
ACCOUNT_TYPE = {
    "system": f"{HUB}/CodeSystem/send-account-type",
    "code": "personal-budget",
    "display": "Personal budget (CFA 2014 s. 49)",
}
CONTRACT_TYPE = {
    "system": f"{HUB}/CodeSystem/send-contract-type",
    "code": "budget-item",
    "display": "What one funder gives for one thing in a personal budget",
}
FUNDER = {"system": f"{HUB}/CodeSystem/send-contract-role", "code": "funder", "display": "Funds it"}
ARRANGER = {"system": f"{HUB}/CodeSystem/send-contract-role", "code": "arranger", "display": "Arranges it (s. 49(6))"}

# --- events and errors

EVENT_KINDS = f"{HUB}/CodeSystem/audit-event-kind"
"""What happened to a record, by the kind of the hub's own event: the list is open, as the hub's is."""

ERROR_CODES = f"{HUB}/CodeSystem/send-error"
NHS_HTTP_ERROR_CODES = "https://fhir.nhs.uk/Codesystem/http-error-codes"
