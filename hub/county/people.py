"""Names, identifiers and families. Nobody here is real, and nothing here can reach anyone.

NHS numbers are of the range 999, which is kept for tests; the postcode area ZZ and the telephone numbers 07700 900
are never given to anyone; e-mail goes to example.org.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from random import Random

from hub.county.bodies import Body
from hub.law.interpretation import UPN_LETTERS
from hub.law.vocabulary import Sex

_BOYS = (
    "Aaron Abdullah Adeel Ahmed Aidan Alfie Amir Anton Archie Arjun Arlo Ayaan Barnaby Bilal Caleb Callum Casper Chidi "
    "Cody Connor Daniel Dario Declan Dexter Dylan Eesa Elijah Elliot Ethan Ezra Felix Finlay Finn Frankie Freddie Gabriel "
    "George Haaris Harley Hassan Henry Hugo Ibrahim Ioan Isaac Jack Jaden Jakub Jamal Jayden Jesse Jude Kacper Kai Kieran "
    "Kofi Kwame Leo Levi Liam Logan Louie Luca Malachi Marcel Mason Mateusz Max Micah Milo Mohammed Musa Nathan Noah Obi "
    "Oliver Omar Oscar Otis Ptolemy Rafael Reuben Rhys Riley Rohan Ronnie Rory Rowan Ryan Samir Samuel Sebastian Seth "
    "Shay Stanley Taio Tariq Theo Tobias Tomasz Tyler Umar Victor Wilfred Yusuf Zachary Zain Zeke"
).split()
_GIRLS = (
    "Aaliyah Abigail Ada Adanna Agnieszka Aisha Alice Amara Amelia Amina Anaya Anna Arabella Ava Bea Bronwen Caoimhe "
    "Carys Cerys Charlotte Chloe Clementine Daisy Dami Darcey Dorothy Edith Efua Eleanor Elif Eliza Ella Elodie Elsie Emily "
    "Erin Esme Eva Evie Fatima Fearne Florence Freya Gaia Grace Hafsa Halima Hana Hannah Harriet Iqra Isla Ivy Jasmine "
    "Jessica Joanna Kezia Khadija Kiera Lacey Layla Lena Lily Lola Lucia Maisie Maryam Matilda Maya Megan Mia Millie "
    "Nadia Naomi Nia Niamh Nimra Nora Olive Olivia Orla Poppy Priya Roisin Rosa Ruby Saanvi Safiya Sana Sara Seren Siân "
    "Sofia Sophie Summer Tabitha Tia Willow Yasmin Zahra Zara Zofia Zoë"
).split()
_SURNAMES = (
    "Abara Adcock Adewale Akhtar Allotey Amankwah Ansari Applegarth Arkwright Asante Ashdown Babatunde Bagshaw "
    "Bancroft Barzani Begum Birtwistle Blakeney Bose Braithwaite Brannigan Brzezicki Buckland Calloway Cartwright "
    "Chaudhry Chidlow Chowdhury Cieślak Clegg Coombes Copperwheat Cottingham Crowther Dalgleish Danso Devereux Dhaliwal "
    "Dogan Donnelly Dunnett Dziedzic Eastwick Ekwueme Entwistle Eze Fairbrother Farooqi Fernandes Fitzwater Garside Gathercole "
    "Gilhooly Goodenough Greenhalgh Grewal Gunasekara Haddad Halloran Hargreave Haworth Hepplewhite Hinchcliffe Horvat "
    "Hussain Ibekwe Jabłoński Jagger Jamieson Kapoor Karimi Kaur Kearney Kettlewell Khatun Kilbride Kowalik Lakhani "
    "Lamptey Langstaff Larkin Leadbetter Lightfoot Loughran Machado Makinde Malhotra Mandeville McGlinchey Mensah "
    "Merriweather Mirza Molloy Mwangi Nadarajah Nair Nandy Nettleship Ngata Nowicki Nuttall Obaseki O'Driscoll Ogunleye "
    "Okereke Olufemi Onyango Oyelaran Pargeter Patil Pemberthy Petrescu Pickersgill Pillai Polkinghorne Popescu Quarshie "
    "Quayle Qureshi Rafferty Rahimi Ramsbottom Rawcliffe Rehman Ridealgh Rostami Sadiq Sandhu Saunderson Savage Shackleford "
    "Sheikh Siddiqui Silva Skowron Smallbone Sowerby Stubbins Sutcliffe Swarbrick Szymański Tamang Tattersall Thackray "
    "Thirlwell Threadgold Tolland Tran Treloar Uddin Umeh Uzun Varghese Vasquez Venables Verma Vu Wachira Waddington "
    "Wainfleet Whitworth Wielgosz Winstanley Wójcik Wolstenholme Yeboah Yilmaz Zaman Żuraw"
).split()
_STREETS = (
    "Curlew Lane|Teasel Close|Old Mill Row|Chapel Bank|Rushside|Heron Way|Sorrel Drive|Ferry Road|Bittern Court|Long Acre|"
    "Kiln Terrace|Harebell Walk|Staithe Street|Coppice Rise"
).split("|")
ETHNICITIES = (
    "WBRI WBRI WBRI WBRI WBRI WBRI WBRI WBRI WBRI WOTH WOTH APKN APKN AIND ABAN BAFR BAFR BCRB MWBC MWAS CHNE OOTH NOBT"
).split()
_POSTCODE_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"


def names(rng: Random) -> Iterator[tuple[Sex, tuple[str, ...], str]]:
    """Sex, given names and family name, without end and no pair of first and family name twice in 10,000."""
    used: set[tuple[str, str]] = set()
    while True:
        male = rng.random() < 0.70
        first = rng.choice(_BOYS if male else _GIRLS)
        family = rng.choice(_SURNAMES)
        if (first, family) in used and len(used) < 10_000:
            continue
        used.add((first, family))
        second = (rng.choice(_BOYS if male else _GIRLS),) if rng.random() < 0.45 else ()
        sex = Sex.UNKNOWN if rng.random() < 0.01 else Sex.MALE if male else Sex.FEMALE
        yield sex, (first, *(name for name in second if name != first)), family


def nhs_numbers(rng: Random) -> Iterator[str]:
    """Numbers of the range 999, each with its check digit, none twice."""
    serial, step = (
        rng.randrange(1_000_000),
        rng.randrange(1_000_000) * 10 + 3,
    )  # prime to a million: no repeat until then
    for _ in range(1_000_000):
        serial = (serial + step) % 1_000_000
        nine = f"999{serial:06}"
        check = -sum(weight * int(digit) for weight, digit in zip(range(10, 1, -1), nine, strict=True)) % 11
        if check != 10:
            yield f"{nine}{check}"


def upn(establishment: str, authority: str, year: int, serial: int) -> str:
    """A UPN given by an establishment in a year (its last two digits), with its check letter."""
    rest = f"{authority}{establishment}{year % 100:02}{serial:03}"
    return UPN_LETTERS[sum(place * int(digit) for place, digit in enumerate(rest, start=2)) % 23] + rest


def uln(serial: int) -> str | None:
    """A unique learner number, or None for the one serial in eleven that has none."""
    nine = f"99{serial:07}"
    remainder = sum(weight * int(digit) for weight, digit in zip(range(10, 1, -1), nine, strict=True)) % 11
    return f"{nine}{10 - remainder}" if remainder else None


def postcode(rng: Random) -> str:
    letters = "".join(rng.choices(_POSTCODE_LETTERS, k=2))
    return f"ZZ99 {rng.randrange(1, 10)}{letters}"


def address(rng: Random, authority: Body, code: str) -> str:
    town = rng.choice(
        ("Northmere", "Thrushby", "Fenwick Staithe") if authority.code == "990" else ("Southwold Vale", "Tern Quay")
    )
    return f"{rng.randrange(1, 140)} {rng.choice(_STREETS)}, {town}, {code}"


def telephone(rng: Random) -> str:
    return f"07700 900{rng.randrange(1000):03}"


def adult(rng: Random, relationship: str, family: str) -> str:
    """A parent's or carer's name; now and then another family name than the child's."""
    women = {"Mother", "Grandmother", "Foster carer", "Aunt"}
    first = rng.choice(_GIRLS if relationship in women else _BOYS)
    return f"{first} {family if rng.random() < 0.7 else rng.choice(_SURNAMES)}"


def professional(rng: Random) -> str:
    """The name of someone who writes advice."""
    return f"{rng.choice(_GIRLS if rng.random() < 0.7 else _BOYS)} {rng.choice(_SURNAMES)}"


_ALWAYS_SPECIAL = {"PMLD": 0.95, "SLD": 0.85, "MSI": 0.7, "PD": 0.3, "ASD": 0.35, "SEMH": 0.3, "DS": 0.4, "MLD": 0.15}


@dataclass(frozen=True, slots=True)
class Way:
    """How a child is placed throughout: in special schools or not, which of several, and now otherwise than in one."""

    special: bool
    pick: int
    otherwise: str | None = None


def way_for(rolls: tuple[float, float, int], types: tuple[str, ...], age: int) -> Way:
    """From two chances and a number: mostly mainstream or special by need, 7.8% elsewhere (EES 2025)."""
    special, elsewhere, pick = rolls
    otherwise = None
    if elsewhere < 0.078 and age >= 5:
        otherwise = "NEET" if age >= 17 else "EHE" if elsewhere < 0.02 else "OLA"
    return Way(special < _ALWAYS_SPECIAL.get(types[0], 0.08), pick, otherwise)


class Specialised(Enum):
    """Why NHS England commissions for a child (s. 26(8)(a)): a forces family, or a specialised service."""

    FORCES_FAMILY = auto()
    SERVICE = auto()
