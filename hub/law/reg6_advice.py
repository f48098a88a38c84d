"""Whose advice is sought in an assessment (SEND Regs 2014 reg. 6(1)).

Medical advice comes "from a health care professional identified by the responsible commissioning body" (reg. 6(1)(c)):
the body that is asked may name who gives it and hand the request on. Nobody else may.
"""

from hub.law.decisions import Decision, Permit, Refuse
from hub.law.reg8_time_limit import STATUTORY_CLOCK, Part3Function
from hub.law.vocabulary import COMMISSIONING_BODIES, OrganisationKind


def may_forward(asked: OrganisationKind, function: Part3Function) -> Decision:
    """Whether a body that was asked may identify another that gives the advice, and hand the request on to it."""
    if asked not in COMMISSIONING_BODIES:
        return Refuse("not-a-commissioning-body", "Only a responsible commissioning body identifies who advises.")
    if function not in STATUTORY_CLOCK:
        return Refuse("not-an-assessment", "Who advises is identified in an assessment or a re-assessment alone.")
    return Permit("SEND Regs 2014 reg. 6(1)(c)")
