"""The root of every change, put together from the concerns. Each mutation is one action, in one transaction.

A refusal by law is data: `refusals` says which provision refuses, and nothing has changed. Anything else that goes
wrong is an error with `extensions.code`.
"""

import strawberry

from schema.mutations.assessment import AssessmentMutations
from schema.mutations.budget import BudgetMutations
from schema.mutations.cooperation import CooperationMutations
from schema.mutations.direct_payment import DirectPaymentMutations
from schema.mutations.duty import DutyMutations
from schema.mutations.enquiry import EnquiryMutations
from schema.mutations.identity import IdentityMutations
from schema.mutations.notification import NotificationMutations
from schema.mutations.plan import PlanMutations
from schema.mutations.precedence import PrecedenceMutations
from schema.mutations.quarantine import QuarantineMutations
from schema.mutations.reassessment import ReassessmentMutations
from schema.mutations.redress import RedressMutations
from schema.mutations.responsibility import ResponsibilityMutations
from schema.mutations.review import ReviewMutations
from schema.mutations.sharing import SharingMutations
from schema.mutations.succession import SuccessionMutations


@strawberry.type(
    description="Everything that can be changed. Send `Idempotency-Key`, so that a retry does nothing twice."
)
class Mutation(
    AssessmentMutations,
    BudgetMutations,
    CooperationMutations,
    DirectPaymentMutations,
    DutyMutations,
    EnquiryMutations,
    IdentityMutations,
    NotificationMutations,
    PlanMutations,
    QuarantineMutations,
    PrecedenceMutations,
    ReassessmentMutations,
    RedressMutations,
    ResponsibilityMutations,
    ReviewMutations,
    SharingMutations,
    SuccessionMutations,
):
    """One base a concern."""
