"""Every identifier system, once, with the ways in which senders write it.

The hub's own URIs are names, not addresses: they are the same in every deployment, so that what a trust has built
against a test hub holds in the live one. Partners store them: add, never rename.
"""

from collections.abc import Mapping
from types import MappingProxyType

HUB = "https://send-hub.example/fhir"
"""Where the names that the hub gives begin."""

NHS_NUMBER = "https://fhir.nhs.uk/Id/nhs-number"
ODS_CODE = "https://fhir.nhs.uk/Id/ods-organization-code"
LA_CODE = f"{HUB}/Id/local-authority-code"
URN = f"{HUB}/Id/establishment-urn"
UPN = f"{HUB}/Id/unique-pupil-number"
COOPERATION_REQUEST = f"{HUB}/Id/cooperation-request"
PLAN = f"{HUB}/Id/ehc-plan"
NOTIFICATION = f"{HUB}/Id/notification"
NOTICE = f"{HUB}/Id/notice"
PROVISION = f"{HUB}/Id/provision"
DIRECT_PAYMENT = f"{HUB}/Id/direct-payment"
POOL = f"{HUB}/Id/pooled-fund-amount"
PERSONAL_BUDGET = f"{HUB}/Id/personal-budget"
CLIENT = f"{HUB}/Id/client"
PERSON = f"{HUB}/Id/person"
OPERATION = f"{HUB}/Id/operation"
GMC = "https://fhir.hl7.org.uk/Id/gmc-number"
NMC = "https://fhir.hl7.org.uk/Id/nmc-number"
HCPC = "https://fhir.hl7.org.uk/Id/hcpc-number"

REGISTERS: Mapping[str, str] = MappingProxyType({GMC: "GMC", NMC: "NMC", HCPC: "HCPC"})
"""Professional registers, and how a registration begins in the hub: "GMC 1234567"."""

HUB_IDENTIFIERS: Mapping[str, str] = MappingProxyType(
    {
        LA_CODE: "The code of a local authority, three digits, as the Department for Education gives it.",
        URN: "The unique reference number of a school or college in the register of establishments.",
        UPN: "The unique pupil number, by which schools and authorities know a pupil.",
        COOPERATION_REQUEST: "A request for co-operation (Children and Families Act 2014 s. 31).",
        PLAN: "A version of an Education, Health and Care plan.",
        NOTIFICATION: "A notification to an authority (Children and Families Act 2014 ss. 23, 24(1)(b)).",
        NOTICE: "A notice that was given (SEND Regs 2014).",
        PROVISION: "Provision in a plan: an activity of its CarePlan has the same id.",
        DIRECT_PAYMENT: "A direct payment in a personal budget.",
        POOL: "An amount of a pooled fund (NHS Act 2006 s. 75), of which several items are shares.",
        PERSONAL_BUDGET: "A personal budget (Children and Families Act 2014 s. 49).",
        CLIENT: "A client, which is a system that is registered with the hub.",
        PERSON: "A person who used the hub, by the name under which their body signs them in.",
        OPERATION: "An operation that was asked for, by the hash of its text.",
    }
)
"""Those that nobody else has an address for: the hub's own, and what each names. Published as NamingSystems."""

_IDENTIFIERS = (NHS_NUMBER, ODS_CODE, GMC, NMC, HCPC, *HUB_IDENTIFIERS)
_OLDER = {
    "fhir.nhs.net/id/nhs-number": NHS_NUMBER,
    "fhir.nhs.net/id/ods-organization-code": ODS_CODE,
}


def bare(uri: str) -> str:
    """Without scheme and letter case, in which real senders differ."""
    return uri.strip().casefold().removeprefix("https://").removeprefix("http://")


_ALIASES: Mapping[str, str] = MappingProxyType({bare(uri): uri for uri in _IDENTIFIERS} | _OLDER)


def canonical(system: str) -> str:
    """An identifier system as this module writes it; one that is not known here stays as it is."""
    return _ALIASES.get(bare(system), system)
