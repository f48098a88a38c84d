"""What a SEN2 person-level return says, as values: what a reader of the file makes and `import_return` takes.

The codes are the Department for Education's (SEN2 guides 2023 to 2026): a member's value is the code in the file, its
name is the term the hub keeps (of needs, settings and residence it keeps the code). A field that the return leaves
out is None.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from hub.law.vocabulary import NHSNumberStatus, Sex, Source


class RequestSource(StrEnum):
    """Who asked for the assessment."""

    PARENT_OR_YOUNG_PERSON = "1"
    SCHOOL_OR_COLLEGE = "2"
    HEALTH_PROFESSIONAL = "3"
    SOCIAL_CARE_PROFESSIONAL = "4"
    OTHER = "5"


class Outcome(StrEnum):
    """What was decided, of a request (to assess) or of an assessment (to make a plan)."""

    YES = "Y"
    NO = "N"
    AWAITED = "A"
    WITHDRAWN = "W"
    HISTORICAL = "H"  # before the return was by person: left out of the year's counts


class ReviewOutcome(StrEnum):
    """What was decided after a review."""

    MAINTAIN = "M"
    AMEND = "A"
    CEASE = "C"


class CeaseReason(StrEnum):
    """Why a plan ceased (guide item 4.6)."""

    MAX_AGE = "1"
    NEEDS_MET_WITHOUT_PLAN = "2"
    HIGHER_EDUCATION = "3"
    PAID_EMPLOYMENT = "4"
    TRANSFERRED_TO_OTHER_AUTHORITY = "5"
    NO_LONGER_WISHES_TO_ENGAGE = "6"
    LEFT_ENGLAND = "7"
    DECEASED = "8"
    OTHER = "9"


class Residential(StrEnum):
    """How many weeks a year the child lives at the setting."""

    WEEKS_38_TO_51 = "A"
    WEEKS_52 = "B"


class SenType(StrEnum):
    """The type of special educational need (guide item 5.8a)."""

    SPECIFIC_LEARNING_DIFFICULTY = "SPLD"
    MODERATE_LEARNING_DIFFICULTY = "MLD"
    SEVERE_LEARNING_DIFFICULTY = "SLD"
    PROFOUND_AND_MULTIPLE_LEARNING_DIFFICULTY = "PMLD"
    SOCIAL_EMOTIONAL_AND_MENTAL_HEALTH = "SEMH"
    SPEECH_LANGUAGE_AND_COMMUNICATION_NEEDS = "SLCN"
    HEARING_IMPAIRMENT = "HI"
    VISION_IMPAIRMENT = "VI"
    MULTI_SENSORY_IMPAIRMENT = "MSI"
    PHYSICAL_DISABILITY = "PD"
    AUTISTIC_SPECTRUM_DISORDER = "ASD"
    DOWN_SYNDROME = "DS"
    OTHER_DIFFICULTY_OR_DISABILITY = "OTH"

    @property
    def full_name(self) -> str:
        """The type's name, as it stands in a plan whose need has no words of its own."""
        return _TITLES.get(self, self.name.replace("_", " ").capitalize())


_TITLES = {
    SenType.SOCIAL_EMOTIONAL_AND_MENTAL_HEALTH: "Social, emotional and mental health",
    SenType.SPEECH_LANGUAGE_AND_COMMUNICATION_NEEDS: "Speech, language and communication needs",
    SenType.MULTI_SENSORY_IMPAIRMENT: "Multi-sensory impairment",
}
"""Names whose punctuation the member's name cannot carry."""


class Setting(StrEnum):
    """Where a child without a school's or provider's number is (guide items 4.7c, 5.7c)."""

    OTHER_AUTHORITY_ARRANGEMENTS = "OLA"  # includes education otherwise than at school (s. 61)
    OTHER_PARENT_ARRANGEMENTS = "OPA"
    ELECTIVE_HOME_EDUCATION = "EHE"
    EARLY_YEARS_PROVIDER = "EYP"
    OTHER = "OTH"
    NOT_IN_EDUCATION_EMPLOYMENT_OR_TRAINING = "NEET"
    NOTICE_TO_CEASE_ISSUED = "NIEC"
    OTHER_NOT_IN_EDUCATION = "NIEO"


@dataclass(frozen=True, slots=True)
class Placement:
    """A setting: named in the plan (module 4) or attended (module 5).

    `setting` and `residential` are as written: a code of `Setting` and of `Residential`, mostly.
    """

    rank: int
    urn: str | None = None
    ukprn: str | None = None
    setting: str | None = None
    setting_other: str | None = None
    sen_unit: bool | None = None
    resourced_provision: bool | None = None
    entered_on: date | None = None
    left_on: date | None = None
    residential: str | None = None
    work_based: str | None = None


@dataclass(frozen=True, slots=True)
class Need:
    """A type of need; rank 1 is the primary one."""

    sen_type: SenType
    rank: int


@dataclass(frozen=True, slots=True)
class NamedPlan:
    """The plan that an assessment led to (module 4)."""

    starts_on: date | None = None
    residential: str | None = None
    work_based: str | None = None
    personal_budget: bool | None = None
    organised_arrangements: bool | None = None
    direct_payment: str | None = None
    ceased_on: date | None = None
    cease_reason: CeaseReason | None = None
    placements: tuple[Placement, ...] = ()

    @property
    def ceased(self) -> bool:
        return self.ceased_on is not None or self.cease_reason is not None


@dataclass(frozen=True, slots=True)
class ActivePlan:
    """How a plan in force on the day of the census stands (module 5). `transfer_from` is another authority's code."""

    transfer_from: str | None = None
    review_meeting_on: date | None = None
    review_outcome: ReviewOutcome | None = None
    review_drafted_on: date | None = None
    phase_transfer_due_on: date | None = None
    phase_transfer_final_on: date | None = None
    last_review_on: date | None = None
    placements: tuple[Placement, ...] = ()
    needs: tuple[Need, ...] = ()


@dataclass(frozen=True, slots=True)
class Assessment:
    """What followed the decision to assess (module 3)."""

    outcome: Outcome | None = None
    outcome_on: date | None = None
    mediation: bool | None = None
    tribunal: bool | None = None
    other_mediation: bool | None = None
    other_tribunal: bool | None = None
    week20: bool | None = None
    named_plan: NamedPlan | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """A request for an assessment and what came of it (module 2). `received_on` is None only in a historical one."""

    received_on: date | None = None
    source: RequestSource | None = None
    rya: bool | None = None
    outcome: Outcome | None = None
    outcome_on: date | None = None
    mediation: bool | None = None
    tribunal: bool | None = None
    exported_to: str | None = None
    assessment: Assessment | None = None
    active_plan: ActivePlan | None = None

    @property
    def historical(self) -> bool:
        assessed = self.assessment is not None and self.assessment.outcome is Outcome.HISTORICAL
        return assessed or self.outcome is Outcome.HISTORICAL


@dataclass(frozen=True, slots=True)
class Person:
    """A child or young person, and each request made for them (module 1).

    A return has no NHS number and no key: they are in extracts, `key` being the case system's own number of the child.
    """

    family_name: str
    forename: str
    date_of_birth: date
    sex: Sex = Sex.UNKNOWN
    ethnicity: str | None = None
    postcode: str | None = None
    upn: str | None = None
    uln: str | None = None
    upn_unknown_reason: str | None = None
    nhs_number: str | None = None
    nhs_number_status: NHSNumberStatus | None = None
    key: str | None = None
    requests: tuple[Request, ...] = ()


class Severity(StrEnum):
    """Whether a problem keeps the person out, or is told and no more."""

    REFUSED = "refused"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class ImportProblem:
    """What is wrong at one place of a file, and by which rule. Never the value there, nor any other of the child's."""

    place: str
    line: int | None
    rule: str
    message: str
    severity: Severity = Severity.REFUSED


@dataclass(frozen=True, slots=True)
class ReadPerson:
    """A person as read: the value, unless a problem refuses it, and the bytes that it was read from.

    `content_hash`: of an extract, what its rows and the mapping hash to. `gone`: the case system's number of a child
    whom it says that it has deleted.
    """

    place: str
    line: int | None
    person: Person | None
    problems: tuple[ImportProblem, ...]
    raw: bytes
    content_hash: str | None = None
    gone: str | None = None


@dataclass(frozen=True, slots=True)
class ReturnHeader:
    """Whose return it is, of which year, and its census day; or an extract of `system`, and the day it was made.

    `ours`: the hub wrote it, so that what it repeats of a record is no source's word.
    """

    year: int
    reference_date: date
    authority_la_code: str
    source: Source = Source.SEN2_RETURN
    system: str | None = None
    ours: bool = False

    @property
    def title(self) -> str:
        return f"SEN2 return {self.year}" if self.system is None else f"Extract of {self.system}"


@dataclass(frozen=True, slots=True)
class ReturnFile:
    """The file: its name, what it hashes to, and its bytes as they came, in pieces small enough to hold."""

    name: str
    media_type: str
    sha256: str
    size: int
    pieces: Callable[[], Iterator[bytes]]
