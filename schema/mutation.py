"""The root of every change, put together from the concerns. Each mutation is one action, in one transaction.

A refusal by law is data: `refusals` says which provision refuses, and nothing has changed. Anything else that goes
wrong is an error with `extensions.code`.
"""

import strawberry

from schema.mutations.cooperation import CooperationMutations
from schema.mutations.duty import DutyMutations
from schema.mutations.reassessment import ReassessmentMutations
from schema.mutations.redress import RedressMutations
from schema.mutations.review import ReviewMutations


@strawberry.type(
    description="Everything that can be changed. Send `Idempotency-Key`, so that a retry does nothing twice."
)
class Mutation(CooperationMutations, DutyMutations, ReassessmentMutations, RedressMutations, ReviewMutations):
    """One base a concern."""
