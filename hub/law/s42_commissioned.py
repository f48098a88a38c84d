"""Which provision in section G a responsible commissioning body answers for (CFA 2014 ss. 26(8), 42(4)).

The responsible commissioning body "in relation to any particular health care provision" is the one under a duty to
arrange "health care provision of that kind" for the child. NHS England is, for what it commissions itself (s. 26(8)(a):
specialised services, and armed forces families); the integrated care board is for all else (s. 26(8)(b)). A line of
section G tells its kind by the body that the plan says commissions it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from hub.law.responsibility import Responsibility, responsible_on
from hub.law.vocabulary import OrganisationKind, ResponsibilityKind


@dataclass(frozen=True, slots=True)
class Commissioned:
    """Provision in section G: the body that commissions it, which kind of body that is, and whom the authority asked.

    `by` is None where the plan does not say, as in what was imported.
    """

    by: UUID | None
    by_kind: OrganisationKind | None
    asked: frozenset[UUID] = frozenset()

    @property
    def kind(self) -> ResponsibilityKind:
        """As what a body answers for it. Where nobody is named, a board does: it commissions what nobody else does."""
        if self.by_kind is OrganisationKind.NHS_ENGLAND:
            return ResponsibilityKind.SPECIALISED_COMMISSIONER
        return ResponsibilityKind.COMMISSIONER


def is_of_its_kind(body: UUID, responsibilities: Iterable[Responsibility], provision: Commissioned, day: date) -> bool:
    """Whether a body answers on the day for this provision: as the one that is named or was asked; or as one that
    answers for all provision of the kind, such as the board that took another's place."""
    held = [
        each
        for each in responsible_on(responsibilities, day)
        if each.body == body and each.kind is not ResponsibilityKind.AUTHORITY
    ]
    if body == provision.by or body in provision.asked:
        return bool(held)
    return any(each.kind is provision.kind and each.for_provision is None for each in held)
