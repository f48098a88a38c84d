"""The names of a return's elements: matched without regard to case, and those of older guides counting as today's."""

from collections.abc import Mapping
from functools import lru_cache

from adapters.la_sen2.xml import Element

ALIASES: Mapping[str, str] = {
    "familyname": "surname",
    "firstname": "forename",
    "gendercurrent": "sex",
    "planwpb": "planwbp",
    "wpb": "wbp",
}
"""Names that older guides and tools use (lower case), and the names they stand for."""

PARTS = frozenset({"requests", "assessment", "namedplan", "plandetail", "activeplans", "placementdetail", "senneed"})
"""The elements that hold others."""

_PLACED = (
    "urn ukprn sensetting sensettingother placementrank senunitindicator resourcedprovisionindicator "
    "entrydate leavingdate res wbp attendancepattern"
)
FIELDS: Mapping[str, frozenset[str]] = {
    part: frozenset(fields.split())
    for part, fields in {
        "person": "surname forename personbirthdate sex ethnicity postcode upn uniquelearnernumber upnunknown",
        "requests": "receiveddate requestsource rya requestoutcomedate requestoutcome requestmediation "
        "requesttribunal exported",
        "assessment": "assessmentoutcome assessmentoutcomedate assessmentmediation assessmenttribunal othermediation "
        "othertribunal week20",
        "namedplan": "startdate planres planwbp pb oa dp ceasedate ceasereason",
        "activeplans": "transferla reviewmeeting reviewoutcome reviewdraft phasetransferduedate "
        "phasetransferfinaldate lastreview res wbp",
        "plandetail": _PLACED,
        "placementdetail": _PLACED,
        "senneed": "sentype sentyperank",
    }.items()
}
"""What each part may say of itself; this hub has no place for the attendance pattern. Anything else is warned of."""


@lru_cache(maxsize=1024)
def local_name(tag: str) -> str:
    """An element's name in lower case, without a namespace, and as today's guide has it."""
    name = tag.rpartition("}")[2].lower()
    return ALIASES.get(name, name)


NAMES: dict[str, str] = {}
"""Names that have been read before, by the tag as it is written: as many as a guide has, in a few spellings."""

_MOST_NAMES = 1024


def name_of(tag: str) -> str:
    """The same, and remembered."""
    name = local_name(tag)
    if len(NAMES) < _MOST_NAMES:
        NAMES[tag] = name
    return name


def spelling(name: str, element: Element | None) -> str:
    """The element's name as the file spells it, or as the guide does where it is missing."""
    return SPELLINGS.get(name, name) if element is None else element.tag.rpartition("}")[2]


SPELLINGS: Mapping[str, str] = {
    name.lower(): name
    for name in (
        "Surname", "Forename", "PersonBirthDate", "Sex", "UPN", "UPNunknown", "PostCode", "ReceivedDate",
        "RequestSource", "RequestOutcome", "RequestOutcomeDate", "AssessmentOutcome", "AssessmentOutcomeDate",
        "StartDate", "CeaseDate", "CeaseReason", "PlacementRank", "SENtype", "SENtypeRank", "SENunitIndicator",
        "ReviewMeeting", "LastReview", "ReviewOutcome", "PlanDetail", "PlacementDetail", "SENSetting", "SENneed",
        "PhaseTransferDueDate", "PhaseTransferFinalDate",
    )
}  # fmt: skip
"""How the guide spells the fields that a complaint may be about when they are missing."""
