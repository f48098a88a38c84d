"""Who delivers provision: title, qualification, employer and what an hour costs (invented rates)."""

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, auto


class Employer(Enum):
    """Whose staff it is. THERAPIES and HOSPITAL are the two trusts."""

    SETTING = auto()
    AUTHORITY = auto()
    THERAPIES = auto()
    HOSPITAL = auto()
    INDEPENDENT = auto()


@dataclass(frozen=True, slots=True)
class Role:
    """A kind of person who delivers provision. `register` is where the profession is registered, if it is."""

    title: str
    qualification: str
    employer: Employer
    hourly: Decimal
    register: str | None = None

    @property
    def one(self) -> str:
        """The title with its article."""
        return f"{'an' if self.title[0] in 'aeiou' else 'a'} {self.title}"


def _role(title: str, qualification: str, employer: Employer, hourly: str, register: str | None = None) -> Role:
    return Role(title, qualification, employer, Decimal(hourly), register)


# --- schools, colleges and nurseries
TA = _role("teaching assistant", "Level 2 or 3, trained in the programme", Employer.SETTING, "19.80")
SPECIALIST_TA = _role(
    "specialist teaching assistant",
    "Level 3, with at least two days of training a year in this need",
    Employer.SETTING,
    "22.40",
)
KEY_PERSON = _role("key person", "Early years level 3", Employer.SETTING, "18.60")
TEACHER = _role("teacher", "Qualified teacher status", Employer.SETTING, "46.00")
SENCO = _role("SENCO", "NPQ for SENCOs or the National Award", Employer.SETTING, "51.00")
ELSA = _role(
    "emotional literacy support assistant", "ELSA trained, supervised each half-term", Employer.SETTING, "21.60"
)
MENTOR = _role("learning mentor", "Level 3, trained in attachment and trauma", Employer.SETTING, "23.10")
JOB_COACH = _role("job coach", "Trained in systematic instruction", Employer.SETTING, "27.50")
TUTOR = _role(
    "specialist tutor", "Teaching qualification, with a specialist award in this need", Employer.SETTING, "39.00"
)

# --- the authority's services
PSYCHOLOGIST = _role(
    "educational psychologist", "HCPC registered practitioner psychologist", Employer.AUTHORITY, "88.00", "HCPC"
)
LITERACY_TEACHER = _role("specialist teacher of literacy", "Level 7 (AMBDA or equivalent)", Employer.AUTHORITY, "58.00")
AUTISM_TEACHER = _role("autism advisory teacher", "Postgraduate award in autism education", Employer.AUTHORITY, "58.00")
BEHAVIOUR_TEACHER = _role(
    "inclusion advisory teacher", "Qualified teacher, trained in therapeutic approaches", Employer.AUTHORITY, "56.00"
)
DEAF_TEACHER = _role("teacher of deaf children", "Mandatory qualification (QToD)", Employer.AUTHORITY, "60.50")
VISION_TEACHER = _role(
    "teacher of children with vision impairment", "Mandatory qualification (QTVI)", Employer.AUTHORITY, "60.50"
)
SENSORY_TEACHER = _role(
    "teacher of children with multi-sensory impairment", "Mandatory qualification (QTMSI)", Employer.AUTHORITY, "63.00"
)
HABILITATION = _role("habilitation specialist", "Graduate diploma in habilitation", Employer.AUTHORITY, "47.00")
EARLY_YEARS_TEACHER = _role(
    "early years SEN teacher", "Qualified teacher status, Portage trained", Employer.AUTHORITY, "52.00"
)

# --- the trusts
SPEECH_THERAPIST = _role(
    "speech and language therapist", "HCPC registered, paediatric", Employer.THERAPIES, "62.50", "HCPC"
)
SPEECH_ASSISTANT = _role(
    "speech and language therapy assistant", "Supervised by the therapist each half-term", Employer.THERAPIES, "31.00"
)
OCCUPATIONAL_THERAPIST = _role(
    "occupational therapist", "HCPC registered, paediatric", Employer.THERAPIES, "61.00", "HCPC"
)
PHYSIOTHERAPIST = _role("paediatric physiotherapist", "HCPC registered", Employer.THERAPIES, "61.00", "HCPC")
DIETITIAN = _role("paediatric dietitian", "HCPC registered", Employer.THERAPIES, "56.00", "HCPC")
CHILDRENS_NURSE = _role("community children's nurse", "NMC registered", Employer.THERAPIES, "49.00", "NMC")
CONTINENCE_NURSE = _role("continence nurse specialist", "NMC registered", Employer.THERAPIES, "52.00", "NMC")
LEARNING_DISABILITY_NURSE = _role("learning disability nurse", "NMC registered", Employer.HOSPITAL, "51.00", "NMC")
CAMHS_PRACTITIONER = _role(
    "CAMHS practitioner", "Registered with the HCPC, NMC or BABCP", Employer.HOSPITAL, "64.00", "HCPC"
)
CLINICAL_PSYCHOLOGIST = _role(
    "clinical psychologist", "HCPC registered practitioner psychologist", Employer.HOSPITAL, "84.00", "HCPC"
)
PAEDIATRICIAN = _role("consultant community paediatrician", "GMC registered", Employer.HOSPITAL, "118.00", "GMC")
AUDIOLOGIST = _role("paediatric audiologist", "HCPC registered clinical scientist", Employer.HOSPITAL, "63.00", "HCPC")
ORTHOPTIST = _role("orthoptist", "HCPC registered", Employer.HOSPITAL, "57.00", "HCPC")

# --- others
INDEPENDENT_THERAPIST = _role(
    "independent occupational therapist",
    "HCPC registered, sensory integration level 3",
    Employer.INDEPENDENT,
    "92.00",
    "HCPC",
)
PERSONAL_ASSISTANT = _role(
    "personal assistant",
    "Chosen by the family, with enhanced DBS check and moving and handling training",
    Employer.AUTHORITY,
    "18.20",
)
SHORT_BREAKS_WORKER = _role("short breaks worker", "Level 3 in children's care", Employer.AUTHORITY, "21.30")
SOCIAL_WORKER = _role("social worker", "Social Work England registered", Employer.AUTHORITY, "58.00", "SWE")
YOUTH_JUSTICE_WORKER = _role("youth justice worker", "Youth justice qualification", Employer.INDEPENDENT, "34.00")
DESIGNATED_OFFICER = _role(
    "designated clinical officer", "Registered clinician, designated for SEND", Employer.INDEPENDENT, "66.00", "HCPC"
)
HEAD_OF_EDUCATION = _role("head of education", "Qualified teacher status", Employer.INDEPENDENT, "55.00")
