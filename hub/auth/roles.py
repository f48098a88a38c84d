"""What a person may do through a system, by role: never more than the system is registered for. No role, nothing.

The roles are those of the people who sign in at the hub's own server, in a demo or in development. Where an external
provider signs people in, its row in the table of issuers says what each of its roles opens (`any_of`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from hub.law.reg17_disclosure import AUTHORITY_PURPOSES, COMMISSIONER_PURPOSES, Purpose


@dataclass(frozen=True, slots=True)
class Role:
    """The scopes that a role opens, and the purposes that somebody in it may name."""

    scopes: frozenset[str]
    purposes: frozenset[Purpose]


NOTHING = Role(frozenset(), frozenset())

_RECORD = "child.read plan.read provision.read advice.read cooperation.read notification.read offer.read"
_ASKED = frozenset(
    {
        Purpose.OWN_FUNCTIONS,
        Purpose.S31_COOPERATION,
        Purpose.EHCNA_ADVICE_REQUEST,
        Purpose.EHCNA_ADVICE_RETURN,
        Purpose.PROVISION_DELIVERY,
        Purpose.ANNUAL_REVIEW,
    }
)


def _role(scopes: str, purposes: frozenset[Purpose]) -> Role:
    return Role(frozenset(scopes.split()), purposes)


_COORDINATOR = _role(
    f"{_RECORD} budget.read statistics.read cooperation.request advice.write assessment.write plan.write "
    "provision.agree budget.write review.write redress.write record.import",
    AUTHORITY_PURPOSES | {Purpose.SAFEGUARDING},
)
_COMMISSIONER = _role(
    f"{_RECORD} budget.read statistics.read cooperation.respond provision.agree budget.write arrangement.write "
    "record.import",
    COMMISSIONER_PURPOSES,
)
_CLINICIAN = _role(
    f"{_RECORD} cooperation.respond advice.write notification.write provision.agree record.import", _ASKED
)
_SETTING = _role("child.read plan.read provision.read offer.read", _ASKED)

ROLES: Mapping[str, Role] = MappingProxyType(
    {
        "EHC plan co-ordinator": _COORDINATOR,
        "Head of SEND": Role(_COORDINATOR.scopes | {"audit.read"}, _COORDINATOR.purposes),
        "SEND portal lead": _role(
            f"{_RECORD} statistics.read record.import offer.write", frozenset({Purpose.OWN_FUNCTIONS})
        ),
        "Privacy officer": _role(
            "child.read audit.read", frozenset({Purpose.OWN_FUNCTIONS, Purpose.SUBJECT_ACCESS, Purpose.SAFEGUARDING})
        ),
        "Joint commissioning manager": _role(
            f"{_RECORD} budget.read statistics.read arrangement.write offer.write", AUTHORITY_PURPOSES
        ),
        "Designated clinical officer for SEND": Role(
            _CLINICIAN.scopes | {"budget.read"}, COMMISSIONER_PURPOSES | {Purpose.SAFEGUARDING}
        ),
        "Children's commissioning manager": _COMMISSIONER,
        "Specialised commissioning manager": _COMMISSIONER,
        "Children's therapies lead": _CLINICIAN,
        "Community paediatrics co-ordinator": _CLINICIAN,
        "SENCO": _SETTING,
        "Additional learning support manager": _SETTING,
    }
)


def role(name: str) -> Role:
    """What the role opens; nothing for one that is not known."""
    return ROLES.get(name, NOTHING)


def any_of(roles: Iterable[Role]) -> Role:
    """What some of the roles open, together; nothing where there are none."""
    each_of = tuple(roles)
    scopes, purposes = (each.scopes for each in each_of), (each.purposes for each in each_of)
    return Role(frozenset[str]().union(*scopes), frozenset[Purpose]().union(*purposes))
